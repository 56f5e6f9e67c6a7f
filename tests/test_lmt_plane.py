"""LMT in the plane: no disc reaches the boundary, in results/ or in networks made anew."""

import csv
import shutil

import numpy as np
import pytest
import torch
from trainings import killed

from experiments import lmt_plane, record, study
from experiments.plane import half_moons
from helpers.local_linear import Network, gradient_norm, nearest_boundary_point, score
from helpers.results import load_arrays, load_figures, load_run, load_table

COLUMNS = "c,seed,err_train,err_test,median_certified,median_distance,tightness,K,steepest"
FEW = {"points": 30, "test_points": 40, "hidden": 6, "c": [0.0, 0.3], "seeds": 2, "steps": 40}


@pytest.fixture
def few(monkeypatch, tmp_path):
    monkeypatch.setattr(lmt_plane, "SETTINGS", lmt_plane.SETTINGS | FEW)
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    monkeypatch.setattr(record, "BUILD", tmp_path / "build")
    return tmp_path / "lmt_plane"


def networks_of(arrays):
    """The stored networks, with K, the points' nearest on the boundary, and its segments."""
    weights = zip(*(arrays[name] for name in Network._fields), strict=True)
    ends = np.cumsum(arrays["segment_counts"])[:-1]
    boundaries = np.split(arrays["segments"].astype(float), ends)
    parts = zip(weights, arrays["K"], arrays["nearest"], boundaries, strict=True)
    return [(Network(*each), K, nearest, segments) for each, K, nearest, segments in parts]


def check(arrays, rows):
    """That the discs hold, and that the summary is of these networks."""
    X, y = arrays["points"].astype(float), arrays["labels"]
    rng = np.random.default_rng(0)
    for (network, K, nearest, segments), row in zip(networks_of(arrays), rows, strict=True):
        s = score(X, network)
        radii = np.where(y * s > 0, abs(s) / K, 0)
        assert float(row["median_certified"]) == pytest.approx(np.median(radii), rel=1e-4)
        assert float(row["err_train"]) == pytest.approx(100 * np.mean(y * s <= 0), abs=1e-3)
        # Nowhere in a disc, neither at its edge, does the class change.
        directions = rng.normal(size=(200, 1, 2))
        directions /= np.linalg.norm(directions, axis=2, keepdims=True)
        places = X + 0.999 * radii[:, None] * directions
        inside = np.sign(score(places.reshape(-1, 2), network)).reshape(200, -1)
        assert (inside[:, radii > 0] == y[radii > 0]).all()
        frame = np.array(arrays["frame"])
        anywhere = frame[:, 0] + rng.random((2000, 2)) * np.diff(frame)[:, 0]
        steepest = gradient_norm(anywhere, network).max()
        assert steepest <= float(row["steepest"]) * (1 + 1e-5)
        assert float(row["steepest"]) <= float(row["K"]) * (1 + 1e-5)
        if len(segments) == 0:
            assert np.isnan(nearest).all()
            continue
        distances = np.linalg.norm(nearest - X, axis=1)
        assert (radii <= distances).all()
        # The segments are stored in single precision.
        anew = np.linalg.norm(nearest_boundary_point(X, segments) - X, axis=1)
        np.testing.assert_allclose(distances, anew, atol=1e-5)
        assert abs(score(nearest, network)).max() < 1e-8 * max(1, K)


def test_the_stored_discs_hold():
    rows = [row for row in load_table("lmt_plane") if row["seed"] == 0]
    check(load_arrays("lmt_plane"), rows)


def test_the_stored_results_are_of_these_settings():
    assert load_run("lmt_plane")["settings"] == lmt_plane.SETTINGS
    arrays, table = load_arrays("lmt_plane"), load_table("lmt_plane")
    assert arrays["c"].tolist() == lmt_plane.SETTINGS["c"] and arrays["c"][0] == 0
    X, y = half_moons(lmt_plane.SETTINGS["points"], lmt_plane.SETTINGS["noise"], seed=0)
    assert np.array_equal(arrays["points"], X) and np.array_equal(arrays["labels"], y)
    figures = load_figures("lmt_plane")
    first = table[table["seed"] == 0]
    for name in COLUMNS.split(","):
        values = np.array([np.nan if each is None else each for each in figures[name]])
        known = np.isfinite(first[name])
        np.testing.assert_allclose(values[known], first[name][known], rtol=1e-5)


def test_what_a_larger_c_does():
    table = load_table("lmt_plane")
    for seed in range(lmt_plane.SETTINGS["seeds"]):
        of = table[table["seed"] == seed]
        plain, middling, large, collapsed = (of[of["c"] == c][0] for c in (0, 0.2, 1, 2))
        certified = [row["median_certified"] for row in (plain, middling, large)]
        assert certified == sorted(certified) and certified[2] > 3 * certified[0]
        tightness = [row["tightness"] for row in (plain, middling, large)]
        assert tightness == sorted(tightness) and tightness[0] < 0.4 < 0.9 < tightness[2]
        errors = [row["err_train"] for row in (plain, middling, large, collapsed)]
        assert errors == sorted(errors) and errors[0] < 2 and errors[3] == 50


def run(few):
    """The bytes of what a run leaves, by file."""
    study.drive(lmt_plane.STUDY, anew=True)
    names = ("arrays.npz", "figures.json", "summary.csv")
    return {name: (few / name).read_bytes() for name in names}


@pytest.mark.parametrize("method, left", [("trained", 2), ("row_and_arrays", 1)])
def test_a_run_that_is_killed_does_not_train_again(few, monkeypatch, method, left):
    whole = run(few)
    shutil.rmtree(few)
    with killed(monkeypatch, lmt_plane, method, call=3):
        run(few)
    assert not few.exists()
    seen, trained = [], lmt_plane.trained

    def noted(c, seed, *points):
        seen.append((seed, c))
        return trained(c, seed, *points)

    monkeypatch.setattr(lmt_plane, "trained", noted)
    assert run(few) == whole
    assert seen == [(0, 0.0), (0, 0.3), (1, 0.0), (1, 0.3)][-left:]
    assert list(record.BUILD.iterdir()) == []


def test_a_small_run_leaves_its_results_and_can_be_had_again(few):
    written = run(few)
    assert run(few) == written
    with (few / "summary.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4 and list(rows[0]) == COLUMNS.split(",")
    with np.load(few / "arrays.npz", allow_pickle=False) as arrays:
        check(dict(arrays), [row for row in rows if row["seed"] == "0"])


def test_the_difference_of_two_scores(few):
    network = lmt_plane.trained(0.3, 0, *half_moons(30, noise=0.1, seed=0))
    X, _ = half_moons(50, noise=0.1, seed=1)
    with torch.no_grad():
        s = network(torch.from_numpy(X)).double().numpy()
    one = score(X.astype(float), lmt_plane.difference(network))
    np.testing.assert_allclose(one, s[:, 1] - s[:, 0], atol=1e-4)


def test_a_disc_across_the_boundary_ends_the_experiment(few, monkeypatch):
    original = lmt_plane.certified_radii
    monkeypatch.setattr(lmt_plane, "certified_radii", lambda *few: 50 * original(*few))
    with pytest.raises(AssertionError, match=r"the boundary is .* from point \d+, although"):
        study.drive(lmt_plane.STUDY, anew=True)
    assert not few.exists()


def test_without_a_boundary_nothing_is_near():
    X = np.zeros((3, 2))
    assert np.isnan(lmt_plane.nearest_on_boundary(X, np.zeros((0, 2, 2)))).all()
