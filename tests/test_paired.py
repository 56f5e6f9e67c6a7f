"""Paired differences and their intervals: as scipy.stats has them, and how often they are right."""

import numpy as np
import pytest
from scipy import stats

from helpers.paired import (
    differences,
    gain_over_images,
    gain_over_seeds,
    t_interval,
)


@pytest.fixture
def pair():
    """Two trainings, five seeds of each, whose networks err on much the same images."""
    rng = np.random.default_rng(0)
    hard = rng.random(2000)
    seeds = 0.03 * rng.normal(size=(5, 1))
    right, other = (hard + gain + seeds + 0.1 * rng.random((5, 2000)) > 0.2 for gain in (0.02, 0))
    return right, other


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.99])
@pytest.mark.parametrize("k", [2, 3, 5, 1000])
def test_the_t_interval_is_that_of_scipy(k, confidence):
    values = np.random.default_rng(k).normal(3, 2, size=k)
    interval = t_interval(values, confidence)
    theirs = stats.ttest_1samp(values, 0).confidence_interval(confidence)
    assert interval.mean == pytest.approx(values.mean())
    assert (interval.low, interval.high) == pytest.approx((theirs.low, theirs.high))


@pytest.mark.parametrize("gain, axis", [(gain_over_seeds, 1), (gain_over_images, 0)])
def test_a_gain_is_that_of_the_paired_t_test(pair, gain, axis):
    right, other = pair
    theirs = stats.ttest_rel(100 * right.mean(axis), 100 * other.mean(axis))
    interval = gain(right, other)
    assert (interval.low, interval.high) == pytest.approx(tuple(theirs.confidence_interval(0.95)))
    assert interval.mean == pytest.approx(100 * (right.mean() - other.mean()))
    back = gain(other, right)
    assert tuple(back) == pytest.approx((-interval.mean, -interval.high, -interval.low))


def test_pairs_tell_more_than_the_same_networks_unpaired(pair):
    right, other = (100 * each.mean(axis=1) for each in pair)
    unpaired = stats.ttest_ind(right, other).confidence_interval(0.95)
    interval = gain_over_seeds(*pair)
    assert 3 * (interval.high - interval.low) < unpaired.high - unpaired.low
    assert interval.low > 0 > unpaired.low


@pytest.mark.parametrize("k", [3, 5])
def test_nineteen_of_twenty_intervals_hold_the_truth(k):
    values = np.random.default_rng(0).normal(1, 2, size=(4000, k))
    intervals = [t_interval(row) for row in values]
    held = np.mean([each.low <= 1 <= each.high for each in intervals])
    assert held == pytest.approx(0.95, abs=0.012)


def test_differences_are_points_of_each_seed_and_image():
    right, other = (
        np.array([[True, True], [False, False]]),
        np.array([[True, False], [True, False]]),
    )
    assert differences(right, other).tolist() == [[0, 100], [-100, 0]]


def test_bad_input_is_named():
    right = np.ones((2, 3), bool)
    with pytest.raises(ValueError, match=r"other must be boolean.*float64 of shape \(2, 3\)"):
        differences(right, right.astype(float))
    with pytest.raises(ValueError, match=r"right must be boolean.*bool of shape \(3,\)"):
        differences(right[0], right)
    with pytest.raises(ValueError, match=r"one shape; they had \(2, 3\) and \(1, 3\)"):
        differences(right, right[:1])
    with pytest.raises(ValueError, match=r"k >= 2; they had shape \(1,\)"):
        gain_over_seeds(right[:1], right[:1])
    with pytest.raises(ValueError, match="values must hold finite numbers"):
        t_interval([1, np.nan])
    for confidence in (0, 1, 95):
        with pytest.raises(ValueError, match="confidence must lie between 0 and 1; got"):
            t_interval([1, 2], confidence)
