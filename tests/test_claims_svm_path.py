"""Each claim of the appendix on the path of SVMs that no test of the helpers holds already."""

from pathlib import Path

import jupytext
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import linear, losses
from helpers.svm import svm_path

PAGE = Path(__file__).resolve().parent.parent / "book" / "svm-path.md"
N, DIMS = 200, 20


def clouds(seed=0):
    """The two clouds of the page's first cell."""
    rng = np.random.default_rng(seed)
    y = np.repeat([-1, 1], N // 2)
    return rng.normal(size=(N, DIMS)) + np.outer(y, np.linspace(0, 0.5, DIMS)), y


@pytest.fixture(scope="module")
def page():
    """The variables of the page after its cells have run."""
    variables = {}
    with plt.rc_context():
        plt.switch_backend("agg")
        for cell in jupytext.read(PAGE).cells:
            if cell.cell_type == "code":
                # The style asks for a notebook to draw in.
                exec(cell.source.replace("plots.use_book_style()", ""), variables)
        plt.close("all")
    return variables


def primal(X, y, w, b, lam):
    return linear.empirical_risk(X, y, w, b, losses.hinge) + lam * w @ w


def dual(X, y, alpha, lam):
    w = (alpha * y) @ X / (2 * lam * len(y))
    return alpha.mean() - lam * w @ w


def best_slope(u, a, sigma):
    return np.clip(a + sigma * u, 0, 1)


def rounded_hinge(u, a, sigma):
    slope = best_slope(u, a, sigma)
    return slope * u - (slope - a) ** 2 / (2 * sigma)


@given(st.integers(0, 2**32 - 1), st.floats(1e-3, 10))
def test_no_slopes_beat_any_weights(seed, lam):
    X, y = clouds(seed % 1000)
    rng = np.random.default_rng(seed)
    alpha = np.tile(rng.uniform(0, 1, N // 2), 2)  # the same sum in both classes
    w, b = rng.normal(size=DIMS) * rng.uniform(0, 1), rng.normal()
    w_alpha = (alpha * y) @ X / (2 * lam * N)
    difference = primal(X, y, w, b, lam) - dual(X, y, alpha, lam)
    assert difference >= lam * (w - w_alpha) @ (w - w_alpha) - 1e-9


def test_a_certified_machine_is_better_than_others():
    X, y = clouds()
    path = svm_path(X, y, [1e-3], tol=1e-9)
    assert path.gap[0] <= 1e-9
    rng = np.random.default_rng(1)
    for scale in (1e-3, 1e-2, 0.1):
        w, b = path.w[0] + scale * rng.normal(size=DIMS), path.b[0] + scale * rng.normal()
        assert primal(X, y, w, b, 1e-3) >= path.objective[0] * (1 - 1e-9)


def test_the_mean_hinge_has_a_flat_bottom_for_a_large_lam_and_one_corner_for_a_small_one():
    X, y = clouds()
    widths = []
    for w, best in zip(*svm_path(X, y, [10, 0.01])[:2], strict=True):
        biases = best + np.linspace(-2, 2, 4001)
        hinges = losses.hinge(y * (X @ w + biases[:, None])).mean(axis=1)
        flat = biases[hinges < hinges.min() + 1e-9]
        widths.append(np.ptp(flat))
        assert best == pytest.approx(flat.mean(), abs=2e-3)
    assert widths[0] > 1.2 and widths[1] < 0.01


@given(st.floats(-3, 3), st.floats(0, 1), st.floats(0.1, 100))
def test_the_rounded_hinge_lies_below_and_touches_with_the_right_slope(u, a, sigma):
    assert rounded_hinge(u, a, sigma) <= max(u, 0) + 1e-12
    true_slope = float(u > 0)
    assert rounded_hinge(u, true_slope, sigma) == pytest.approx(max(u, 0))
    assert rounded_hinge(0.0, a, sigma) == pytest.approx(0, abs=1e-12)
    below = rounded_hinge(u, a, sigma) - rounded_hinge(u, a, 3 * sigma)
    assert below <= 1e-12  # a larger σ comes closer


def test_slopes_that_a_round_hands_back_are_the_true_ones():
    for u, a in ((-0.5, 0.0), (0.5, 1.0), (0.0, 0.3)):
        assert best_slope(u, a, 2.0) == a
    for u, a in ((-0.5, 0.2), (0.5, 0.9)):
        assert best_slope(u, a, 2.0) != a


def test_seven_rounds_take_the_gap_below_a_millionth(page):
    assert len(page["gaps"]) == 7
    assert 0.05 < page["gaps"][0] and page["gaps"][-1] < 1e-6
    assert (np.diff(page["gaps"]) < 0).all()
    assert page["a"] @ page["y"] == pytest.approx(0, abs=1e-4)


def test_the_pages_own_method_and_scikit_learn_enclose_the_same_objective(page):
    assert page["D"] <= page["path"].objective[0] * (1 + 1e-9)
    assert page["path"].objective[0] <= page["P"] * (1 + 1e-9)
    X, y, wb = page["X"], page["y"], page["wb"]
    own = primal(X, y, wb[:-1], wb[-1], 1e-3)
    assert own == pytest.approx(page["path"].objective[0], rel=1e-6)


def test_the_warm_start_saves_about_half_of_the_steps(page):
    assert 0.4 < page["warm_steps"] / page["cold_steps"] < 0.65


def test_the_gap_of_scikit_learn_is_about_a_ten_thousandth(page):
    assert 0.3e-4 < (page["P"] - page["D"]) / page["P"] < 3e-4


def test_the_flat_bottom_is_a_little_less_than_2_wide_for_a_large_lam(page):
    corners = np.sort(page["y"] - page["X"] @ page["both"].w[0])
    of_j = (page["y"] > 0).sum()
    assert 1.4 < corners[of_j] - corners[of_j - 1] < 2


def test_closer_lams_gain_more_from_the_warm_start(page):
    cold, warm, state = 0, 0, page["start"]
    for lam in 10.0 ** np.arange(-1, -3, -0.02):
        cold += page["machine"](*page["start"], lam, tol=1e-4)[2]
        *state, steps, _ = page["machine"](*state, lam, tol=1e-4)
        warm += steps
    assert warm / cold < 0.35
