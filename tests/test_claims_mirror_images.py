"""Each claim of chapter 1, checked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from book.quoted import mirror_images
from book.quoted.mirror_images import tilt_in_degrees
from helpers import linear, toy

NUMBERS = mirror_images.numbers()
angles = st.floats(0, np.radians(89.5))
brightness = st.floats(0.2, 1)


def weights(theta):
    return np.array([np.cos(theta), np.sin(theta)])


@given(st.floats(0, np.radians(89.999)))
def test_every_tilt_below_a_right_angle_classifies_perfectly(theta):
    X, y = toy.training_set()
    assert (np.sign(linear.raw_score(X[:-1], weights(theta), 0)) == y[:-1]).all()


@given(angles, brightness)
def test_the_mirror_image_is_as_sure_and_says_the_opposite(theta, a):
    x, w = np.array([-a, 0]), weights(theta)
    x_m = linear.mirror_image(x, w, 0)
    assert linear.signed_distance(x_m, w, 0) == pytest.approx(-linear.signed_distance(x, w, 0))
    assert np.linalg.norm(x - x_m) == pytest.approx(2 * a * np.cos(theta))
    assert x_m == pytest.approx(a * np.array([np.cos(2 * theta), np.sin(2 * theta)]))


@given(angles, brightness)
def test_from_22_5_degrees_on_the_mirror_image_has_a_dark_centre_again(theta, a):
    centre, background = linear.mirror_image(np.array([-a, 0]), weights(theta), 0)
    if abs(theta - np.radians(22.5)) > 1e-6:
        assert (centre < background) == (theta > np.radians(22.5))


def test_half_the_distance_is_left_at_60_degrees():
    assert np.cos(np.radians(60)) == pytest.approx(0.5)


def test_the_noisy_point_tilts_the_boundary_and_regularisation_rights_it():
    assert NUMBERS["tilt-origin"] == pytest.approx(75.5, abs=0.05)
    assert NUMBERS["tilt-free"] == pytest.approx(28.3, abs=0.05)
    assert NUMBERS["tilt-strong"] < 1
    assert tilt_in_degrees(1e-1, bias=True) < 1


@pytest.mark.parametrize("loss", ["hinge", "softplus"])
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("lam", np.logspace(-6, -1, 6))
def test_all_but_the_noisy_point_are_classified_correctly_throughout(loss, bias, lam):
    X, y = toy.training_set()
    w, b = toy.fit(X, y, lam, loss, bias)
    assert (np.sign(linear.raw_score(X[:-1], w, b)) == y[:-1]).all()


def test_weak_regularisation_fits_the_noisy_point_and_strong_ignores_it():
    X, y = toy.training_set()
    for bias in (False, True):
        scores = [linear.raw_score(X[-1], *toy.fit(X, y, lam, bias=bias)) for lam in (1e-6, 1e-1)]
        assert scores[0] <= 0 < scores[1]


def test_the_tilt_falls_as_regularisation_grows_and_a_free_bias_needs_less():
    for loss in ("hinge", "softplus"):
        lams = np.logspace(-6, -1, 26)
        origin = np.array([tilt_in_degrees(lam, loss=loss) for lam in lams])
        free = np.array([tilt_in_degrees(lam, loss=loss, bias=True) for lam in lams])
        assert (np.diff(origin) < 1e-3).all() and (np.diff(free) < 1e-3).all()
        assert origin[0] > 2 * free[0]
        assert max(origin[-1], free[-1]) < 1


def test_the_softplus_is_still_turning_where_the_hinge_has_come_to_rest():
    hinge = [tilt_in_degrees(lam) for lam in (1e-6, 1e-5)]
    softplus = [tilt_in_degrees(lam, loss="softplus") for lam in (1e-6, 1e-5)]
    assert abs(hinge[0] - hinge[1]) < 1e-3
    assert hinge[0] > softplus[0] > softplus[1] + 4
    assert hinge[0] == pytest.approx(NUMBERS["tilt-origin"])
    assert softplus[0] == pytest.approx(NUMBERS["tilt-softplus"])


def test_below_the_middle_of_j_a_free_bias_is_no_advantage():
    X, y = toy.training_set(p=(0.6, -0.4))
    tilts = [toy.tilt(toy.fit(X, y, 1e-6, bias=bias)[0]) for bias in (False, True)]
    assert tilts[0] == pytest.approx(tilts[1], abs=1e-3)


@given(st.floats(0.02, 0.19))
def test_the_tilt_for_a_noisy_point_at_h_minus_h(h):
    X, y = toy.training_set(p=(h, -h))
    w, _ = toy.fit(X, y, 1e-8)
    assert np.tan(toy.tilt(w)) == pytest.approx(1 + 1 / (5 * h), rel=1e-3)


def test_logistic_regressions_weights_grow_without_end_and_the_svms_do_not():
    X, y = toy.training_set()
    lams = [10.0**-k for k in range(5, 10)]
    hinge, softplus = (
        np.array([np.linalg.norm(toy.fit(X, y, lam, loss)[0]) for lam in lams])
        for loss in ("hinge", "softplus")
    )
    assert np.ptp(hinge) < 1e-3 * hinge[0]
    steps = np.diff(softplus)
    assert (steps > 30).all() and np.ptp(steps) < 0.3 * steps.mean()


@pytest.mark.parametrize(
    ("lam", "loss"), [(0, "hinge"), (-1, "hinge"), (np.nan, "hinge"), (1, "l2")]
)
def test_fit_names_what_is_wrong(lam, loss):
    with pytest.raises(ValueError, match="lam must be" if loss == "hinge" else "loss must be"):
        toy.fit(*toy.training_set(), lam, loss)


def test_the_mirror_image_is_dark_from_52_degrees_on():
    def centre_and_background(degrees):
        w = [np.cos(np.radians(degrees)), np.sin(np.radians(degrees))]
        return linear.mirror_image([-0.8, 0], w, 0)

    centre, background = centre_and_background(23)
    assert 0 < centre < background
    assert centre_and_background(22)[0] > centre_and_background(22)[1]
    assert centre_and_background(52.1)[0] > -0.2 > centre_and_background(52.3)[0]
