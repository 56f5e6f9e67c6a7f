"""All 3,645 SVMs: what results/ holds of them, and that the experiment makes it anew."""

import csv
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from experiments import record, svm_mnist
from helpers import linear, tilting
from helpers.data import digit_pair
from helpers.results import FOLDER, load_arrays, load_svm_figures, load_svms, load_table

ROOT = Path(__file__).resolve().parent.parent
PUBLISHED = yaml.safe_load((ROOT / "book" / "published.yml").read_text(encoding="utf-8"))
COLUMNS = "digit_i,digit_j,alpha,theta,d_adv,d_err,err_train,err_test,norm_w,b,gap"
PAIRS = [(i, j) for i in range(10) for j in range(i + 1, 10)]
SOME = [(0, 1), (3, 8), (7, 9)]


@pytest.fixture(scope="module")
def table():
    return load_table("svm_mnist")


@pytest.fixture(scope="module", params=SOME, ids=lambda pair: "{}-{}".format(*pair))
def pair(request):
    return request.param


@pytest.fixture(scope="module")
def svms(pair):
    """The arrays of a pair, in float64, points in pixels."""
    svms = load_svms(*pair)
    floats = {
        name: svms[name].astype(float) for name in ("w", "centroids", "basis", "coefficients")
    }
    return svms | floats


def test_the_summary_has_a_row_for_each_svm(table):
    assert (FOLDER / "svm_mnist" / "summary.csv").read_text(encoding="utf-8").splitlines()[
        0
    ] == COLUMNS
    rows = [(row["digit_i"], row["digit_j"], row["alpha"]) for row in table]
    assert rows == [(*pair, round(7 - k / 10, 1)) for pair in PAIRS for k in range(81)]


def test_every_svm_is_certified(table):
    assert (table["gap"] <= 1e-6).all()


def test_figures_lie_where_they_can(table):
    assert ((table["theta"] >= 0) & (table["theta"] < np.pi / 2)).all()
    for name in ("err_train", "err_test"):
        assert ((table[name] >= 0) & (table[name] < 50)).all()
    assert (table["d_adv"] > 0).all() and (table["d_err"] >= 0).all()


@pytest.mark.parametrize(
    "published", PUBLISHED["svm_mnist_3_8"]["models"], ids=lambda p: str(p["lam"])
)
def test_svms_agree_with_the_published_figures(published):
    [ours] = [of for of in load_svm_figures(3, 8) if of["lam"] == pytest.approx(published["lam"])]
    for key in published.keys() & {"theta", "d_adv"}:
        assert ours[key] == pytest.approx(published[key], abs=0.0016)
    for key in ("err_train", "err_test"):
        assert ours[key] == pytest.approx(published[key], abs=0.02)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: "{}-{}".format(*pair))
def test_weaker_regularisation_tilts_lengthens_and_comes_closer(pair):
    figures = load_svm_figures(*pair)
    # ‖w‖ and the mean hinge are exactly monotone along the path; θ and the distances nearly so.
    norms = np.array([of["norm_w"] for of in figures])
    assert (np.diff(norms) > -1e-4 * norms[1:]).all()
    theta = np.array([of["theta"] for of in figures])
    assert theta[0] < 1e-6 and theta[-1] == pytest.approx(theta.max(), abs=0.05)


def test_the_summary_describes_the_arrays(svms):
    i, j = svms["centroids"]
    half_way = np.linalg.norm(j - i) / 2
    for row, w, b in zip(svms["table"], svms["w"], svms["b"], strict=True):
        assert row["norm_w"] == pytest.approx(np.linalg.norm(w), rel=1e-6)
        assert row["theta"] == pytest.approx(tilting.tilting_angle(w, i, j), abs=1e-6)
        # Balanced classes: d_adv = ½ ‖j − i‖ cos θ.
        assert row["d_adv"] == pytest.approx(half_way * np.cos(row["theta"]), abs=1e-6)
        assert row["b"] == pytest.approx(b, rel=1e-9)


def test_the_basis_holds_nearly_all_of_each_normal(svms):
    basis, (i, j) = svms["basis"], svms["centroids"]
    assert basis @ basis.T == pytest.approx(np.eye(12), abs=1e-5)
    assert basis[0] == pytest.approx((j - i) / np.linalg.norm(j - i), abs=1e-5)
    w_hat = svms["w"] / np.linalg.norm(svms["w"], axis=1, keepdims=True)
    assert svms["coefficients"] == pytest.approx(w_hat @ basis.T, abs=1e-5)
    assert np.linalg.norm(w_hat - svms["coefficients"] @ basis, axis=1).max() < 0.12


def test_robust_counts_start_at_the_test_error_and_fall(svms):
    robust, n = svms["robust"].astype(int), int(svms["n_test"])
    assert robust.shape == (81, 41) and (np.diff(robust, axis=1) <= 0).all()
    assert 100 * (1 - robust[:, 0] / n) == pytest.approx(svms["table"]["err_test"], abs=1e-6)


def test_stored_points_are_the_training_images(mnist, pair, svms):
    X, y = digit_pair(mnist, *pair, n=3000)
    i, j = tilting.centroids(X, y)
    assert svms["centroids"] == pytest.approx(np.array([i, j]), abs=1e-6)
    for k in (0, 30, 55, 80):
        d = svms["points"] @ svms["coefficients"][k] + svms["offset"][k]
        exact = linear.signed_distance(X, svms["w"][k], svms["b"][k])
        # What the explorer says of its own precision.
        assert np.abs(d - exact).max() < 0.15 and np.sqrt(np.mean((d - exact) ** 2)) < 0.04


def test_errors_and_robust_counts_of_the_stored_svms(mnist, pair, svms):
    train, test = svm_mnist.data_of(mnist, pair)
    for k in range(0, 81, 16):
        w, b, row = svms["w"][k], svms["b"][k], svms["table"][k]
        for name, (X, y) in (("err_train", train), ("err_test", test)):
            # One image may change sides in float32.
            wrong = 100 * linear.error_rate(X, y, w, b)
            assert row[name] == pytest.approx(wrong, abs=100.1 / len(y))
        robust = linear.robust_accuracy(*test, w, b, svm_mnist.SETTINGS["eps"])
        assert np.abs(robust * len(test[1]) - svms["robust"][k]).max() <= 1


def test_held_out_are_the_training_images_that_no_svm_has_learnt_from(mnist, pair, svms):
    held_out, k = load_arrays("svm_mnist", "held_out"), PAIRS.index(pair)
    of_pair = [np.flatnonzero(mnist.y_train == digit)[3000:] for digit in pair]
    X, n = mnist.x_train[np.concatenate(of_pair)].astype(float), sum(map(len, of_pair))
    y = np.repeat([-1, 1], list(map(len, of_pair)))
    assert held_out["n"][k] == n and held_out["robust"].shape == (45, 81, 41)
    for at in range(0, 81, 16):
        robust = linear.robust_accuracy(X, y, svms["w"][at], svms["b"][at], svms["eps"])
        assert np.abs(robust * n - held_out["robust"][k, at]).max() <= 1


def test_coordinates_of_the_finely_drawn_images(mnist):
    arrays = load_arrays("svm_mnist")
    X, y = digit_pair(mnist, 3, 8, n=3000)
    i, j = tilting.centroids(X, y)
    drawn = X[arrays["points"]]
    assert (drawn == np.concatenate([X[:500], X[3000:3500]])).all()
    for k in (20, 36, 80):
        z_hat, n_hat = tilting.tilting_plane(arrays["w"][k].astype(float), i, j)
        expected = tilting.project(drawn, z_hat, n_hat, (i + j) / 2)
        ours = np.column_stack([arrays["horizontal"], arrays["vertical"][k]])
        assert np.abs(ours - expected).max() < 1e-3


def test_where_an_svm_spans_no_plane_it_is_shown_in_the_next_ones():
    upright = np.sin([of["theta"] for of in load_svm_figures(3, 8)]) < tilting.SMALLEST_SINE
    first_tilted = np.argmin(upright)
    assert 0 < first_tilted < 81 and not upright[first_tilted:].any()
    vertical = load_arrays("svm_mnist")["vertical"]
    assert (vertical[:first_tilted] == vertical[first_tilted]).all()


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: "{}-{}".format(*pair))
def test_the_largest_entry_of_each_direction_is_positive(pair):
    basis = load_svms(*pair)["basis"][1:]  # ẑ comes first, and has a sign of its own
    assert (svm_mnist.signs(basis) == 1).all()
    # Rounding cannot change which entry is the largest, where it would change the sign.
    assert (basis.max(axis=1) > (1 + 1e-6) * -basis.min(axis=1)).all()


def test_a_basis_does_not_depend_on_the_signs_that_an_svd_finds(monkeypatch):
    rng = np.random.default_rng(0)
    w, z_hat = rng.normal(size=(5, 8)), np.eye(8)[0]
    basis = svm_mnist.basis_of(w, z_hat, 4)
    assert basis @ basis.T == pytest.approx(np.eye(4))
    svd = np.linalg.svd

    def other_signs(*arguments, **options):
        U, sigma, V = svd(*arguments, **options)
        turned = rng.choice([-1, 1], size=len(V))
        return U * turned, sigma, turned[:, None] * V

    monkeypatch.setattr(np.linalg, "svd", other_signs)
    for _ in range(5):
        assert np.array_equal(svm_mnist.basis_of(w, z_hat, 4), basis)


@pytest.mark.slow
def test_a_pair_can_be_had_again(mnist):
    pair = random.choice(PAIRS)
    print("drawn:", pair)
    stored = load_svms(*pair)
    anew = svm_mnist.solve_pair(*svm_mnist.data_of(mnist, pair), svm_mnist.SETTINGS)
    figures = dict(zip(svm_mnist.FIGURES, anew["figures"].T, strict=True))
    norms = np.linalg.norm(stored["w"], axis=1)
    assert (np.linalg.norm(anew["w"] - stored["w"], axis=1) < 1e-2 * norms).all()
    assert figures["theta"] == pytest.approx(stored["table"]["theta"], abs=2e-3)
    assert figures["d_adv"] == pytest.approx(stored["table"]["d_adv"], abs=1e-3)
    for name in ("err_train", "err_test"):
        assert figures[name] == pytest.approx(stored["table"][name], abs=0.15)


# A small run: few images, few λ, three pairs.


@pytest.fixture
def small_run(mnist, tmp_path, monkeypatch):
    few = {"images_per_class": 60, "drawn_per_class": 5, "log_lam": [2.0, 0.0, -2.0, -4.0]}
    few["middling_log_lam"] = -2.0
    few["directions"] = 3
    for name, value in {
        "SETTINGS": svm_mnist.SETTINGS | few,
        "PAIRS": [(0, 1), (3, 8), (4, 9)],
        "STUDY": replace(svm_mnist.STUDY, data=lambda: mnist),
    }.items():
        monkeypatch.setattr(svm_mnist, name, value)
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    monkeypatch.setattr(record, "BUILD", tmp_path / "build")
    return tmp_path / "svm_mnist"


def run(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["svm_mnist", *arguments])
    svm_mnist.main()


def numbers(results):
    with (results / "summary.csv").open() as file:
        return np.array([list(map(float, row)) for row in list(csv.reader(file))[1:]])


def test_an_interrupted_run_goes_on_where_it_was(small_run, monkeypatch):
    run(monkeypatch, "--jobs", "1")
    whole = {path: path.read_bytes() for path in small_run.rglob("*.npz")}
    summary = numbers(small_run)
    assert len(whole) == 5 and summary.shape == (12, 11)
    for path in whole:
        path.unlink()
    solved, solve_pair = [], svm_mnist.solve_pair

    def recorded(train_set, *others):
        if len(solved) == 2:
            raise KeyboardInterrupt
        solved.append(train_set)
        return solve_pair(train_set, *others)

    monkeypatch.setattr(svm_mnist, "solve_pair", recorded)
    with pytest.raises(KeyboardInterrupt):
        run(monkeypatch, "--jobs", "1")
    assert not (small_run / "arrays.npz").exists()
    solved.clear()
    run(monkeypatch, "--jobs", "1")
    assert 1 <= len(solved) <= 2  # none of the finished ones again
    assert {path: path.read_bytes() for path in small_run.rglob("*.npz")} == whole
    assert (numbers(small_run) == summary).all()
    assert list(record.BUILD.iterdir()) == []


@pytest.fixture
def cluster(tmp_path):
    """The address of a dask scheduler with two worker processes."""
    from dask.distributed import LocalCluster

    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        local_directory=tmp_path / "dask",
    ) as cluster:
        yield cluster.scheduler_address


@pytest.mark.slow
def test_a_cluster_gives_the_same_results(small_run, monkeypatch, mnist, cluster):
    data = {pair: svm_mnist.data_of(mnist, pair) for pair in svm_mnist.PAIRS}
    here = {pair: svm_mnist.solve_pair(*data[pair], svm_mnist.SETTINGS) for pair in data}
    run(monkeypatch, "--dask", cluster)
    for pair, arrays in here.items():
        with np.load(small_run / "pairs" / f"{svm_mnist.name_of(pair)}.npz") as there:
            assert there["w"] == pytest.approx(arrays["w"], rel=1e-6, abs=1e-9)
    rows = np.vstack([arrays["figures"] for arrays in here.values()])
    assert numbers(small_run)[:, 3:] == pytest.approx(rows, rel=1e-6, abs=1e-6)
