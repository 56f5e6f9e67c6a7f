"""What rounding does to certificates: the experiment, and what it left."""

import pytest
import torch
from test_maxout import crossing

from experiments import lmt_rounding
from helpers.maxout import certified_radius
from helpers.results import load_figures, load_run

pytestmark = pytest.mark.usefixtures("one_thread")


def test_a_tight_certificate_is_found_broken(monkeypatch):
    network, X, y = crossing(bias=1000.0)
    monkeypatch.setitem(lmt_rounding.SETTINGS, "depths", [1e-6, 1e-5, 2e-5])
    exact, single = (certified_radius(network, X, y, single) for single in (False, True))
    ways = lmt_rounding.ways_out(network, X, y)
    assert ways.tolist() == [[-1, 0]]
    assert lmt_rounding.is_tight(network, X, y, exact, ways).all()
    assert 0 < lmt_rounding.depth_of_breaks(network, X, y, exact, ways) < 1e-4
    assert lmt_rounding.depth_of_breaks(network, X, y, single, ways) == 0
    assert not lmt_rounding.is_tight(network, X, y, single, ways).any()


def check(figures, images):
    assert 0 < figures["broken"] <= figures["tight"] <= images
    assert figures["broken_single"] == 0
    assert 0 < figures["deepest"] < figures["cost"][0] < figures["cost"][1] < 0.01


def test_what_is_in_results():
    assert load_run("lmt_rounding")["settings"] == lmt_rounding.SETTINGS
    check(load_figures("lmt_rounding"), lmt_rounding.SETTINGS["images"])


@pytest.mark.slow
def test_the_experiment_on_fewer_images(mnist, monkeypatch):
    monkeypatch.setitem(lmt_rounding.SETTINGS, "images", 100)
    X, y = (torch.from_numpy(values) for values in (mnist.x_test, mnist.y_test))
    arrays, figures = lmt_rounding.measured(None, (X, y))
    assert arrays == {}
    check(figures, 100)
