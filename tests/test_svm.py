"""The path of SVMs: against libsvm, against what optimality means, and against bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.svm import SVC

from helpers import linear, losses
from helpers.svm import lam_from_paper, lam_to_paper, svm_path

LAMS = [10.0, 1, 0.1, 0.01, 1e-3, 1e-4]


@st.composite
def problems(draw):
    """Two overlapping clouds: few or many dimensions, even or uneven classes."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_I, n_J, d = draw(st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(1, 60)))
    y = np.repeat([-1, 1], [n_I, n_J])
    apart = draw(st.sampled_from([0, 0.3, 3]))
    X = rng.normal(size=(n_I + n_J, d)) + apart * np.outer(y, rng.normal(size=d))
    return X, y


def objective(X, y, w, b, lam):
    return np.maximum(1 - y * (X @ w + b), 0).mean() + lam * w @ w


def libsvm(X, y, lam):
    # A few problems would take it millions of steps, without a gain that one could see.
    svc = SVC(kernel="linear", C=1 / (2 * lam * len(y)), tol=1e-8, max_iter=100_000)
    fit = svc.fit(X, y)
    return fit.coef_[0], fit.intercept_[0]


@pytest.mark.filterwarnings("ignore:Solver terminated early")
@given(problems())
@settings(max_examples=60)
def test_every_svm_is_as_good_as_libsvms(problem):
    X, y = problem
    path = svm_path(X, y, LAMS, tol=1e-6)
    assert (path.gap <= 1e-6).all()
    for lam, w, b, primal in zip(LAMS, path.w, path.b, path.objective, strict=True):
        assert primal == pytest.approx(objective(X, y, w, b, lam), rel=1e-12)
        w_libsvm, b_libsvm = libsvm(X, y, lam)
        theirs = objective(X, y, w_libsvm, b_libsvm, lam)
        assert primal <= theirs * (1 + 1e-6) + 1e-12
        # Strong convexity: λ‖w − w*‖² is at most what the objective exceeds the least one by.
        assert (
            lam * ((w - w_libsvm) ** 2).sum() <= 4 * (1e-6 * primal + abs(theirs - primal)) + 1e-12
        )


@given(problems(), st.sampled_from([1e-1, 1e-2, 1e-4]))
def test_the_certificate_holds_against_a_better_machine(problem, tol):
    X, y = problem
    rough, fine = (svm_path(X, y, LAMS, tol=t) for t in (tol, 1e-8))
    assert (rough.gap <= tol).all()
    assert (fine.objective >= rough.objective * (1 - rough.gap) - 1e-12).all()


@given(problems())
def test_b_is_the_midpoint_of_the_best_interval(problem):
    X, y = problem
    path = svm_path(X, y, LAMS, tol=1e-6)
    for w, b in zip(path.w, path.b, strict=True):

        def risk(bias, w=w):
            return losses.hinge(y * (X @ w + bias)).mean()

        kinks = np.sort(y - X @ w)
        best = [kink for kink in kinks if risk(kink) <= risk(b) + 1e-12]
        assert risk(b) <= min(risk(kink) for kink in kinks) + 1e-12
        assert b == pytest.approx((best[0] + best[-1]) / 2, abs=1e-9)


@given(problems(), st.randoms(use_true_random=False))
def test_a_start_from_another_lam_changes_nothing(problem, random):
    X, y = problem
    lams = sorted(random.sample(LAMS, 3), reverse=True)
    together = svm_path(X, y, LAMS, tol=1e-8)
    apart = svm_path(X, y, lams, tol=1e-8)
    for lam, w in zip(lams, apart.w, strict=True):
        assert np.linalg.norm(w - together.w[LAMS.index(lam)]) < 1e-2 * (1 + np.linalg.norm(w))


@given(problems(), st.sampled_from([1e-2, 1.0, 1e3]), st.sampled_from([1e-5, 1e-7]))
def test_a_small_lam_can_be_had_alone(problem, scale, lam):
    """Whatever the units of X are."""
    X, y = scale * problem[0], problem[1]
    lam = lam * scale**2
    path = svm_path(X, y, [lam], tol=1e-5)
    assert path.gap[0] <= 1e-5
    assert path.objective[0] == pytest.approx(objective(X, y, path.w[0], path.b[0], lam))


def test_the_next_lam_may_be_far_away():
    X, y = np.random.default_rng(0).random((20, 100)), np.repeat([-1, 1], 10)
    assert svm_path(X, y, [1000, 1e-6], tol=1e-4).gap.max() <= 1e-4


def test_for_large_lam_only_b_is_left_and_is_the_midpoint():
    rng = np.random.default_rng(0)
    y = np.repeat([-1, 1], 50)
    X = rng.random((100, 10)) + 0.1 * y[:, None]
    path = svm_path(X, y, [1e4, 1e3])
    i, j = X[y < 0].mean(axis=0), X[y > 0].mean(axis=0)
    for lam, w, b in zip([1e4, 1e3], path.w, path.b, strict=True):
        assert w == pytest.approx((j - i) / (4 * lam), rel=1e-9)
        assert b == pytest.approx(-((X[y > 0] @ w).max() + (X[y < 0] @ w).min()) / 2, rel=1e-9)


def test_separable_classes_end_at_the_widest_margin():
    X = np.array([[0, 0], [0, 1], [1, 0], [3, 3], [4, 3]])
    y = np.array([-1, -1, -1, 1, 1])
    path = svm_path(X, y, [1, 1e-2, 1e-4, 1e-6], tol=1e-8)
    # The hulls are nearest between (½, ½) and (3, 3).
    assert linear.geometric_margin(X, y, path.w[-1], path.b[-1]).min() == pytest.approx(
        np.hypot(2.5, 2.5) / 2, rel=1e-3
    )


def test_the_classes_may_change_names():
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(60, 5)), np.repeat([-1, 1], [20, 40])
    one, other = svm_path(X, y, LAMS, 1e-8), svm_path(X, -y, LAMS, 1e-8)
    assert one.w == pytest.approx(-other.w, abs=1e-3)
    assert one.b == pytest.approx(-other.b, abs=1e-3)


def test_a_pixel_that_is_always_black_gets_no_weight():
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(40, 6)), np.repeat([-1, 1], 20)
    X[:, [0, 3]] = 0
    path = svm_path(X, y, LAMS)
    assert (path.w[:, [0, 3]] == 0).all() and (path.w[:, 1] != 0).all()


def test_images_without_any_difference_are_no_obstacle():
    path = svm_path(np.ones((6, 3)), np.repeat([-1, 1], 3), LAMS)
    assert path.w == pytest.approx(0, abs=1e-9)
    assert path.objective == pytest.approx(1)


def test_the_same_images_give_the_same_svms():
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(50, 20)), np.repeat([-1, 1], 25)
    for one, other in zip(svm_path(X, y, LAMS), svm_path(X, y, LAMS), strict=True):
        assert (one == other).all()


def test_the_papers_lam_is_a_hundred_thousand_times_ours():
    assert lam_from_paper(1e7) == pytest.approx(100)
    assert lam_to_paper(lam_from_paper(3.0)) == pytest.approx(3.0)


X_OK, Y_OK = np.eye(4), np.array([-1, -1, 1, 1])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"lams": [1, 0]}, r"lams .* > 0"),
        ({"lams": [1, -1]}, "lams"),
        ({"lams": [1, 2]}, "decreasing"),
        ({"lams": [1, 1]}, "decreasing"),
        ({"lams": []}, "lams"),
        ({"lams": 0.1}, "lams"),
        ({"lams": [1, np.nan]}, "lams"),
        ({"y": [1, 1, 1, 1]}, "both classes"),
        ({"y": [0, 0, 1, 1]}, "y must hold -1"),
        ({"y": [-1, 1]}, r"y must have shape \(4,\)"),
        ({"X": np.full((4, 4), np.nan)}, "X must hold finite"),
        ({"X": np.zeros(4)}, "X must have shape"),
        ({"tol": 0}, "tol"),
        ({"tol": 1}, "tol"),
        ({"tol": np.nan}, "tol"),
    ],
)
def test_bad_input(change, words):
    good = {"X": X_OK, "y": Y_OK, "lams": [1, 0.1], "tol": 1e-4}
    with pytest.raises(ValueError, match=words):
        svm_path(**good | change)
