"""The losses, what the norm of the weights does to them, and what they come down to."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import losses
from helpers.losses import hinge, softplus, zero_one

SURROGATES = [hinge, softplus]
SLOPES = {hinge: losses.hinge_slope, softplus: losses.softplus_slope}
both = pytest.mark.parametrize("loss", SURROGATES)
margins = st.floats(-1e3, 1e3, allow_subnormal=False)
norms = st.floats(-1.5, 1.5).map(lambda u: 10**u)


@pytest.mark.parametrize(
    ("z", "expected"),
    [
        (-2, (1, 3, math.log1p(math.exp(2)))),
        (0, (1, 1, math.log(2))),
        (0.25, (0, 0.75, math.log1p(math.exp(-0.25)))),
        (1, (0, 0, math.log1p(math.exp(-1)))),
        (3, (0, 0, math.log1p(math.exp(-3)))),
    ],
)
def test_the_losses_by_hand(z, expected):
    assert [loss(z) for loss in (zero_one, hinge, softplus)] == pytest.approx(expected)


@given(st.lists(margins, min_size=1))
def test_a_list_of_margins_gives_what_they_give_one_by_one(z):
    for function in (zero_one, hinge, softplus, *SLOPES.values()):
        assert function(z).tolist() == [function(one) for one in z]
        assert function([z, z]).shape == (2, len(z))


@given(margins)
def test_the_surrogates_bound_the_zero_one_loss(z):
    assert hinge(z) >= zero_one(z)
    assert softplus(z) / math.log(2) >= zero_one(z)


@given(margins, st.floats(1e-3, 1e3))
def test_the_zero_one_loss_does_not_see_the_norm(z, norm):
    assert losses.scaled(zero_one, norm)(z) == zero_one(z)


@both
@given(margins, margins, st.floats(0, 1))
def test_the_surrogates_are_convex(loss, z1, z2, t):
    chord = t * loss(z1) + (1 - t) * loss(z2)
    assert loss(t * z1 + (1 - t) * z2) <= chord + 1e-9


@both
@given(st.floats(-30, 30))
def test_the_slope_is_the_derivative(loss, z):
    h = 1e-5
    difference = (loss(z + h) - loss(z - h)) / (2 * h)
    if loss is softplus or abs(z - 1) > h:
        assert SLOPES[loss](z) == pytest.approx(difference, abs=1e-8)


@both
@given(margins, margins)
def test_no_tangent_cuts_through_the_loss(loss, z, other):
    assert loss(other) >= loss(z) + SLOPES[loss](z) * (other - z) - 1e-9


def test_softplus_survives_huge_margins():
    assert softplus([-1e308, 1e308]).tolist() == [1e308, 0]
    assert losses.softplus_slope([-1e308, 1e308]).tolist() == [-1, 0]
    assert softplus(40) == pytest.approx(math.exp(-40), rel=1e-12)


@both
@given(margins, norms)
def test_the_scaled_loss_is_the_loss_of_the_score(loss, yd, norm):
    assert losses.scaled(loss, norm)(yd) == loss(norm * yd)


@both
@given(margins, norms)
def test_the_scaled_loss_lies_above_its_large_norm_limit_by_at_most_f_of_0(loss, yd, norm):
    gap = losses.scaled(loss, norm)(yd) - losses.large_norm_limit(norm)(yd)
    assert -1e-9 <= gap <= loss(0) + 1e-9


@both
@given(st.floats(-30, 30), norms)
def test_the_small_norm_limit_is_the_tangent_at_the_boundary(loss, yd, norm):
    f, tangent = losses.scaled(loss, norm), losses.small_norm_limit(loss, norm)
    assert tangent(0) == f(0)
    assert tangent(1) - tangent(0) == pytest.approx(norm * SLOPES[loss](0))
    assert f(yd) >= tangent(yd) - 1e-9
    if loss is hinge and norm * yd <= 1:
        assert f(yd) == pytest.approx(tangent(yd), abs=1e-9)
    if loss is softplus:  # its second derivative is at most 1/4
        assert f(yd) <= tangent(yd) + (norm * yd) ** 2 / 8 + 1e-9


def test_margins_that_are_no_numbers_are_refused():
    limits = losses.large_norm_limit(1), losses.small_norm_limit(hinge, 1)
    for function in (zero_one, hinge, softplus, *SLOPES.values(), *limits):
        with pytest.raises(ValueError, match="margins must be numbers"):
            function([1, math.nan])


@pytest.mark.parametrize("norm", [0, -1, math.nan, math.inf])
def test_a_norm_that_no_weights_have_is_refused(norm):
    for limit in (
        lambda: losses.scaled(hinge, norm),
        lambda: losses.large_norm_limit(norm),
        lambda: losses.small_norm_limit(hinge, norm),
    ):
        with pytest.raises(ValueError, match=f"norm must be a positive number.*{norm}"):
            limit()


def test_the_zero_one_loss_has_no_small_norm_limit():
    with pytest.raises(ValueError, match="loss must be hinge or softplus"):
        losses.small_norm_limit(zero_one, 1)
