"""The two-layer networks of chapter 5: what results/ holds of them, and how they are made."""

import csv
import json
import shutil

import numpy as np
import pytest
import torch
from trainings import killed

from experiments import record, study, two_layers
from helpers.local_linear import (
    Network,
    boundary_segments,
    first_order_distance,
    gradient_norm,
    nearest_boundary_point,
    score,
)
from helpers.results import FOLDER, load_arrays, load_figures, load_table

COLUMNS = (
    "decay,seed,objective,objective_gradient,err_train,err_train_true_labels,err_test,"
    "mislabelled_fitted,norm_gradient_median,first_order_median,true_distance_median,"
    "first_order_off_median,first_order_right,regions"
)
DECAYS = 10.0 ** np.array(two_layers.SETTINGS["log_decay"])
SEEDS = two_layers.SETTINGS["seeds"]
FEW = {
    "points": 30,
    "test_points": 40,
    "log_decay": [-4.0, -2.0, 0.0],
    "seeds": 2,
    "steps": 60,
    "hidden": 5,
}


@pytest.fixture(scope="module", autouse=True)
def small_numbers():
    """The experiment has the processor take the smallest numbers for 0; other tests need them."""
    yield
    torch.set_flush_denormal(False)


@pytest.fixture(scope="module")
def arrays():
    return load_arrays("two_layers")


@pytest.fixture(scope="module")
def table():
    return load_table("two_layers")


@pytest.fixture(scope="module")
def stored(arrays):
    """The networks of the first seed, in double precision, and their boundaries."""
    weights = zip(*(arrays[name].astype(float) for name in Network._fields), strict=True)
    ends = np.cumsum(arrays["segment_counts"])[:-1]
    boundaries = np.split(arrays["segments"].astype(float), ends)
    return list(zip([Network(*each) for each in weights], boundaries, strict=True))


def column(table, name):
    """Of a column of the summary a row a seed, a number a decay."""
    return np.sort(table, order=("seed", "decay"))[name].reshape(SEEDS, len(DECAYS))


# What is in results/


def test_the_summary_has_a_row_for_each_decay_and_seed(table):
    assert (FOLDER / "two_layers" / "summary.csv").read_text(encoding="utf-8").splitlines()[
        0
    ] == COLUMNS
    assert len(DECAYS) >= 9 and SEEDS >= 5
    assert column(table, "seed")[:, 0].tolist() == list(range(SEEDS))
    assert column(table, "decay") == pytest.approx(np.tile(DECAYS, (SEEDS, 1)), rel=1e-5)


def test_the_settings_are_those_of_the_run():
    run = json.loads((FOLDER / "two_layers" / "run.json").read_text(encoding="utf-8"))
    assert run["settings"] == two_layers.SETTINGS


def test_the_stored_points_are_half_moons_a_tenth_of_them_mislabelled(arrays):
    X, y, flipped = two_layers.training_set()
    assert np.array_equal(arrays["points"], X) and np.array_equal(arrays["labels"], y)
    assert np.array_equal(arrays["flipped"], flipped)
    assert flipped.sum() == 20 and len(X) == 200
    true = np.where(flipped, -y, y)
    assert (true == 1).sum() == 100
    # Before the noise, the upper moon is the upper half of a circle, the lower one of another.
    centres, sides = np.where(true[:, None] < 0, [0, 0], [1, 0.5]), -true
    from_circle = abs(np.linalg.norm(X - centres, axis=1) - 1)
    assert np.median(from_circle) < 0.15 and np.mean(sides * (X - centres)[:, 1] > -0.3) > 0.95


def test_the_summary_describes_the_stored_networks(arrays, stored, table):
    X, y = arrays["points"].astype(float), arrays["labels"]
    X_test, y_test = two_layers.test_set()
    first = np.sort(table[table["seed"] == 0], order="decay")
    for row, (network, boundary) in zip(first, stored, strict=True):
        wrong = (score(X, network) > 0) != (y > 0)
        assert row["err_train"] == pytest.approx(100 * wrong.mean())
        truly_wrong = (score(X, network) > 0) != (np.where(arrays["flipped"], -y, y) > 0)
        assert row["err_train_true_labels"] == pytest.approx(100 * truly_wrong.mean())
        wrong_test = (score(X_test, network) > 0) != (y_test > 0)
        assert row["err_test"] == pytest.approx(100 * wrong_test.mean())
        fitted = ~wrong[arrays["flipped"]]
        assert row["mislabelled_fitted"] == pytest.approx(100 * fitted.mean())
        norms = gradient_norm(X, network)
        assert row["norm_gradient_median"] == pytest.approx(np.median(norms), rel=1e-5)
        first_order = abs(first_order_distance(X, network))
        assert row["first_order_median"] == pytest.approx(np.median(first_order), rel=1e-5)
        if len(boundary):
            to = np.linalg.norm(nearest_boundary_point(X, boundary) - X, axis=1)
            assert row["true_distance_median"] == pytest.approx(np.median(to), rel=1e-4)
        else:
            assert row["true_distance_median"] == np.inf


def test_the_stored_boundaries_are_those_of_the_stored_networks(arrays, stored):
    box = [(low - 10, high + 10) for low, high in arrays["frame"]]
    for network, boundary in stored:
        anew = boundary_segments(network, box)
        assert len(anew) == len(boundary)
        assert boundary == pytest.approx(anew, abs=1e-5)


def test_the_figures_are_over_the_seeds(table):
    figures = load_figures("two_layers")
    assert figures["decay"] == pytest.approx(DECAYS)
    for name in COLUMNS.split(",")[2:]:
        values = column(table, name)
        for what, over in (("mean", np.mean), ("least", np.min), ("most", np.max)):
            numbers = [np.inf if each is None else each for each in figures[name][what]]
            assert numbers == pytest.approx(over(values, axis=0), rel=2e-5, abs=1e-6)


def test_the_objective_cannot_be_lowered_by_a_small_step(arrays, stored):
    """The training has come to rest: no step along the gradient, long or short, helps much."""
    X, y = torch.from_numpy(arrays["points"]).double(), torch.from_numpy(arrays["labels"])
    form = two_layers.new_network(seed=0)
    for lam, (network, _) in zip(DECAYS, stored, strict=True):
        parts = [network.W1, network.b1, network.w2[None], np.array([network.b2])]
        names = list(form.state_dict())
        weights = {
            name: torch.tensor(part)[None].requires_grad_()
            for name, part in zip(names, parts, strict=True)
        }
        value = two_layers.objectives(form, weights, lam, X, y)
        gradients = torch.autograd.grad(value.sum(), list(weights.values()))
        for step in (1e-4, 1e-3, 1e-2, 1e-1):
            moved = {
                name: W - step * g for (name, W), g in zip(weights.items(), gradients, strict=True)
            }
            lower = two_layers.objectives(form, moved, lam, X, y)
            assert (value - lower).item() < 1e-3 * value.item()


# What chapter 5 says of them


def means(table, name):
    return dict(
        zip(two_layers.SETTINGS["log_decay"], column(table, name).mean(axis=0), strict=True)
    )


def test_more_decay_flattens_every_seed(table):
    norms = column(table, "norm_gradient_median")
    for weak, strong in ((-6.0, -4.0), (-4.0, -3.0), (-3.0, -2.0), (-2.0, -1.0), (-1.0, -0.5)):
        log_decay = two_layers.SETTINGS["log_decay"]
        assert (norms[:, log_decay.index(weak)] > norms[:, log_decay.index(strong)]).all()


def test_little_decay_fits_mislabelled_points_and_the_best_fits_none(table):
    errors, fitted = means(table, "err_test"), means(table, "mislabelled_fitted")
    best = min(errors, key=errors.get)
    assert -3.5 < best < -2 and fitted[best] < 2
    assert all(fitted[u] > 40 for u in errors if u <= -4.5)
    assert all(errors[u] > 2.5 * errors[best] for u in errors if u <= -4.5 or u >= -2)
    train = means(table, "err_train")
    assert train[-6.0] < train[best] < train[-1.0]


def test_more_decay_keeps_the_boundary_further_from_the_points(table):
    true = means(table, "true_distance_median")
    levels = [true[u] for u in (-6.0, -4.0, -3.0, -2.0, -1.0)]
    assert levels == sorted(levels) and levels[-1] > 3 * levels[0]


def test_more_decay_leaves_fewer_regions_and_at_last_a_constant(table, stored):
    regions = means(table, "regions")
    assert regions[-6.0] > 3 * regions[-2.5] > 9 * regions[-1.0]
    network, boundary = stored[-1]
    assert not network.W1.any() and not network.w2.any() and len(boundary) == 0


# A small run


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(two_layers, "SETTINGS", two_layers.SETTINGS | FEW)


def test_networks_of_one_seed_start_alike_and_seeds_differ(few):
    for W in two_layers.starts().values():
        of_seed = W.unflatten(0, (2, 3))
        assert (of_seed == of_seed[:, :1]).all()
    W1 = two_layers.starts()["fc1.weight"].unflatten(0, (2, 3))
    assert not torch.equal(W1[0], W1[1])


def test_networks_trained_side_by_side_do_not_see_each_other(few, monkeypatch, tmp_path):
    X, y, _ = two_layers.training_set()
    together = two_layers.trained(tmp_path / "together", X, y, disable=True)
    monkeypatch.setitem(two_layers.SETTINGS, "log_decay", [-2.0])
    alone = two_layers.trained(tmp_path / "alone", X, y, disable=True)
    for many, (one,) in zip(together, alone, strict=True):
        for ours, others in zip(one, many[1], strict=True):
            np.testing.assert_allclose(ours, others, rtol=1e-3, atol=1e-4)


def test_the_objective_is_the_loss_and_half_the_decay(few):
    X, y, _ = two_layers.training_set()
    rng = np.random.default_rng(0)
    network = Network(rng.normal(size=(5, 2)), rng.normal(size=5), rng.normal(size=5), 0.3)
    squares = sum(np.square(W).sum() for W in network)
    expected = np.log1p(np.exp(-y * score(X, network))).mean() + 0.1 / 2 * squares
    value, gradient = two_layers.remaining_gradient(network, 0.1, X, y)
    assert value == pytest.approx(expected)
    step, slopes = 1e-6, []
    for name in Network._fields:
        flat = np.ravel(getattr(network, name))
        for k in range(flat.size):
            ends = []
            for way in (step, -step):
                moved = flat.astype(float).copy()
                moved[k] += way
                other = moved.reshape(np.shape(getattr(network, name)))
                nudged = network._replace(**{name: other if other.ndim else float(other)})
                ends.append(two_layers.remaining_gradient(nudged, 0.1, X, y)[0])
            slopes.append((ends[0] - ends[1]) / (2 * step))
    assert gradient == pytest.approx(np.linalg.norm(slopes), rel=1e-5)


def test_units_that_decay_has_switched_off_are_left_out():
    W1 = np.array([[1e-4, 0], [3, 4], [0, 0]], np.float32)
    network = Network(W1, np.array([0, 0, 1], np.float32), np.array([1e-4, 2, 1], np.float32), 0.5)
    kept = two_layers.without_idle_units(network)
    assert kept.w2.tolist() == [0, 2, 1] and kept.b1.tolist() == [0, 0, 1]
    X = np.random.default_rng(0).normal(size=(20, 2))
    np.testing.assert_allclose(score(X, kept), score(X, network), atol=1e-6)


def test_relative_errors_are_infinite_without_a_boundary():
    first_order, true = np.array([1.0, 3.0, np.inf]), np.array([1.0, 2.0, np.inf])
    assert two_layers.relative_errors(first_order, true).tolist() == [0, 0.5, np.inf]


@pytest.fixture
def folder(few, tmp_path, monkeypatch):
    """That of the results of a small run; there is a checkpoint every 20 of its 60 steps."""
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    monkeypatch.setattr(record, "BUILD", tmp_path / "build")
    monkeypatch.setattr(two_layers, "CHECKPOINT_EVERY", 20)
    return tmp_path / "two_layers"


def run(folder):
    """The bytes of what a run leaves, by file."""
    study.drive(two_layers.STUDY, anew=True)
    names = ("arrays.npz", "figures.json", "summary.csv")
    return {name: (folder / name).read_bytes() for name in names}


@pytest.mark.parametrize(
    "target, method, call, steps",
    [
        (two_layers, "objectives", 50, 20),  # killed in step 50, after the checkpoint of step 40
        (two_layers, "row", 1, 0),
    ],
)
def test_a_run_that_is_killed_goes_on_as_if_it_had_not_been(
    folder, monkeypatch, target, method, call, steps
):
    whole = run(folder)
    shutil.rmtree(folder)
    with killed(monkeypatch, target, method, call):
        run(folder)
    assert not folder.exists()
    taken, objectives = [], two_layers.objectives

    def counted(form, weights, *others):
        taken.append(len(weights["fc1.weight"]) == 6)  # not that of one network, when measuring
        return objectives(form, weights, *others)

    monkeypatch.setattr(two_layers, "objectives", counted)
    assert run(folder) == whole
    assert sum(taken) == steps
    assert list(record.BUILD.iterdir()) == []


def test_a_small_run_leaves_its_results_and_can_be_had_again(folder):
    written = run(folder)
    assert run(folder) == written
    assert sorted(path.name for path in folder.iterdir()) == [
        "arrays.npz",
        "figures.json",
        "run.json",
        "summary.csv",
    ]
    with (folder / "summary.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6 and list(rows[0]) == COLUMNS.split(",")
    with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
        assert arrays["W1"].shape == (3, 5, 2) and arrays["b2"].shape == (3,)
        assert arrays["segment_counts"].sum() == len(arrays["segments"])
