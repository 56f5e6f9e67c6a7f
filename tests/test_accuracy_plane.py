"""All networks in one plane: the figure against the results, and against made-up networks."""

import itertools
import json
import math
import re

import numpy as np
import pytest
import traitlets
from figure_page import FigurePage, text_of

from explorables import AccuracyPlane
from explorables.figures.robustness_and_accuracy.accuracy_plane import EARLIER, FAMILIES
from helpers.results import load_attacked, load_lmt, load_robustness

RADII = {"linf": [0.05, 0.1, 0.2, 0.3, 0.4], "l2": [0.5, 1.0, 1.58, 2.0, 3.0]}


def made_up(model, family, name, full, *seeds, certified=None):
    seeds = [{"clean": clean, "linf": linf, "l2": l2} for clean, linf, l2 in seeds]
    return {
        "model": model,
        "family": family,
        "name": name,
        "full": full,
        "seeds": seeds,
        "certified": certified,
    }


NETWORKS = [
    made_up(
        "standard",
        "standard",
        "12 epochs",
        "standard training",
        (98.9, [80, 18, 0, 0, 0], [91, 57, 20, 3, 0]),
        (99.1, [82, 20, 0, 0, 0], [92, 59, 22, 4, 0]),
    ),
    made_up(
        "plain",
        "standard",
        "20 epochs",
        "standard, 20 epochs",
        (98.7, [70, 10, 0, 0, 0], [90, 50, 15, 2, 0]),
        certified=[0, 0, 0, 0, 0],
    ),
    made_up(
        "linf_0.1",
        "linf",
        "0.1",
        "adversarial (L∞, ε = 0.1)",
        (99.2, [98, 95, 18, 0, 0], [97, 93, 82, 54, 6]),
    ),
    made_up(
        "linf_0.3",
        "linf",
        "0.3",
        "adversarial (L∞, ε = 0.3)",
        (98.1, [96, 94, 92, 88, 0], [94, 91, 84, 75, 54]),
    ),
    made_up(
        "lmt",
        "lmt",
        "LMT",
        "LMT",
        (96.3, [90, 70, 10, 0, 0], [92, 83, 65, 40, 8]),
        certified=[81.9, 44.9, 6.8, 0.2, 0],
    ),
    made_up(
        "best",
        "maxout",
        "maxout",
        "certified maxout",
        (96, [91, 76, 20, 1, 0], [93, 84, 72, 60, 19]),
        certified=[90.7, 81.6, 67.2, 49.8, 0],
    ),
]
WIDGET = AccuracyPlane(networks=NETWORKS, radii=RADII)
MODELS = [network["model"] for network in NETWORKS]
SCENES = [(norm, eps) for norm in RADII for eps in (0, *RADII[norm])]


def robust(network, norm, eps):
    """The mean over the seeds."""
    seeds = network["seeds"]
    at = RADII[norm].index(eps) if eps else None
    return np.mean([seed[norm][at] if eps else seed["clean"] for seed in seeds])


def clean(network):
    return np.mean([seed["clean"] for seed in network["seeds"]])


# The figure


class Plane(FigurePage):
    figure = AccuracyPlane

    @property
    def accuracies(self):
        return self.plot("Robust against clean accuracy")

    def follow(self, full):
        self.root.get_by_role("radio", name=full, exact=True).check()


@pytest.fixture
def figure(open_figure):
    return open_figure(Plane, widget=WIDGET)


def test_marks_lie_at_both_accuracies(figure):
    for norm, eps in SCENES:
        figure.set(norm=norm, eps=eps)
        points = figure.accuracies.all_points()
        for network in NETWORKS:
            expected = [[clean(network), robust(network, norm, eps)]]
            assert points[network["full"]] == pytest.approx(np.array(expected), abs=0.01)


def test_every_seed_has_a_dot_where_there_are_several(figure):
    figure.set(norm="linf", eps=0.1)
    dots = [name for name in figure.accuracies.names() if "seed" in name]
    assert dots == ["standard training, seed 0", "standard training, seed 1"]
    found = np.array([figure.accuracies.point(name) for name in dots])
    assert found == pytest.approx(np.array([[98.9, 18], [99.1, 20]]), abs=0.01)


def test_bars_reach_from_the_proof_to_the_attack(figure):
    for norm, eps in SCENES:
        figure.set(norm=norm, eps=eps)
        certified = NETWORKS[-2:] if norm == "l2" and eps else []
        points = figure.accuracies.all_points()
        for network in NETWORKS:
            bar = points.get(f"between for {network['full']}")
            assert (bar is not None) == (network in certified)
            if bar is not None:
                proven = network["certified"][RADII["l2"].index(eps)]
                ends = [[clean(network), end] for end in (proven, robust(network, norm, eps))]
                assert bar == pytest.approx(np.array(ends), abs=0.01)


def test_the_verdict_names_the_best_and_what_it_costs(figure):
    for norm, eps in SCENES:
        figure.set(norm=norm, eps=eps)
        text = text_of(figure.verdict)
        best = max(NETWORKS, key=lambda network: robust(network, norm, eps))
        most, cost = robust(best, norm, eps), 99 - clean(best)
        if eps == 0:
            assert text.endswith(f"Best: {best['full']}, {clean(best):.2f} %.")
        elif most == 0:
            assert text == "No image of any network withstands changes of up to 0.4 in every pixel."
        else:
            assert f"{best['full']} keeps most: {most:.1f} %." in text
            gain = f"better than standard training: by {-cost:.2f} percentage points."
            price = f"costs {cost:.2f} percentage points of clean accuracy"
            assert (price if cost > 0 else gain) in text
        proven = NETWORKS[-1]["certified"][RADII["l2"].index(eps)] if norm == "l2" and eps else 0
        assert (f"Most is proven of certified maxout: {proven:.1f} %." in text) == (proven > 0)


def test_the_note_tells_of_the_network_that_is_followed(figure):
    figure.set(norm="l2", eps=1, picked="best")
    assert text_of(figure.note) == (
        "Certified maxout: clean 96.00 %; within ε = 1 (L2) at least 81.6 %, proven, and at most "
        "84.0 %."
    )
    figure.set(picked="standard", norm="linf", eps=0.1)
    assert text_of(figure.note) == (
        "Standard training, mean of 2 networks: clean 99.00 %; within ε = 0.1 (L∞) at most 19.0 % "
        "withstand."
    )


def test_another_norm_keeps_the_place_of_the_slider(figure):
    figure.set(norm="linf", eps=0.2)
    figure.root.get_by_role("radio", name="L2", exact=True).check()
    assert figure.spoken("Change ε") == "1.58 px"
    figure.control("Change ε").press("ArrowRight")
    assert figure.spoken("Change ε") == "2 px"
    figure.control("Change ε").press("Home")
    assert figure.spoken("Change ε") == "0 px"
    figure.root.get_by_role("radio", name="L∞", exact=True).check()
    figure.control("Change ε").press("End")
    assert figure.spoken("Change ε") == "0.4 px"


def test_values_between_two_radii_show_the_nearer(figure):
    figure.set(norm="l2", eps=1.3)
    assert "of up to 1.58 in length" in text_of(figure.verdict)
    figure.set(norm="linf")
    assert "of up to 0.4 in every pixel" in text_of(figure.verdict)


def names(figure):
    return set(figure.accuracies.texts())


def test_a_network_is_followed_by_its_name_and_its_ring(figure):
    figure.set(norm="l2", eps=2)
    for network, short in ((NETWORKS[4], "LMT"), (NETWORKS[2], "L∞, ε = 0.1")):
        figure.follow(network["full"])
        for eps in (0.5, 3):
            figure.set(eps=eps)
            place = [clean(network), robust(network, "l2", eps)]
            assert figure.accuracies.point("followed") == pytest.approx(place, abs=0.01)
            assert short in names(figure)
    assert names(figure) == {"as standard", "L∞, ε = 0.1", "L∞, ε = 0.3"}  # the last is the best


def test_a_click_on_a_mark_follows_its_network(figure):
    figure.set(norm="l2", eps=1)
    for network in NETWORKS:
        x, y = clean(network), robust(network, "l2", 1)
        figure.page.mouse.click(*figure.accuracies.to_pixels(x, y))
        assert figure.root.get_by_role("radio", name=network["full"], exact=True).is_checked()


def test_a_tap_beside_a_mark_follows_the_nearest(open_figure):
    figure = open_figure(Plane, width=390, widget=WIDGET, has_touch=True)
    figure.set(norm="l2", eps=1)
    x, y = figure.accuracies.to_pixels(96, 84)
    figure.page.touchscreen.tap(x - 12, y + 12)
    assert figure.accuracies.point("followed") == pytest.approx([96, 84], abs=0.01)


def test_every_network_stands_beside_the_sign_of_its_family(figure):
    rows = [row.inner_text().split("\n") for row in figure.root.locator(".xp-family").all()]
    found = {row[0].strip(): [text.strip() for text in row[1:] if text.strip()] for row in rows}
    assert len(rows) == len(FAMILIES)
    assert found["standard"] == ["12 epochs", "20 epochs"]
    assert found["adversarial L∞"] == ["0.1", "0.3"]


def test_names_stand_inside_the_plot_and_apart(figure):
    frame = figure.accuracies.frame
    for (norm, eps), picked in itertools.product(SCENES, MODELS):
        figure.set(norm=norm, eps=eps, picked=picked)
        boxes = [box for text, box in figure.accuracies.boxes_of_texts() if text != "as standard"]
        assert 1 <= len(boxes) <= 2
        for box in boxes:
            assert box["left"] > frame["x"] - 1 and box["top"] > frame["y"] - 4
            assert box["right"] < frame["x"] + frame["width"] + 8
            assert box["bottom"] < frame["y"] + frame["height"] + 4
        if len(boxes) == 2:
            one, other = boxes
            across = one["right"] <= other["left"] or other["right"] <= one["left"]
            assert across or abs(one["top"] - other["top"]) > 12


@pytest.mark.parametrize("extra", [0, 1, 3, 7])
def test_there_may_be_more_radii_or_fewer(open_figure, extra):
    count = 2 + extra
    radii = {norm: [round(0.3 * (k + 1), 1) for k in range(count)] for norm in RADII}
    seeds = [(99 - k, [60 - k] * count, [70 - k] * count) for k in range(3)]
    networks = [
        made_up(name, family, name, name, seed)
        for name, family, seed in zip(("standard", "a", "b"), FAMILIES, seeds, strict=False)
    ]
    figure = open_figure(Plane, widget=AccuracyPlane(networks=networks, radii=radii), fresh=True)
    control = figure.control("Change ε")
    control.press("Home")
    for eps in (0, *radii["linf"]):
        assert figure.spoken("Change ε") == f"{eps} px"
        control.press("ArrowRight")
    assert figure.spoken("Change ε") == f"{radii['linf'][-1]} px"


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_figure, width):
    figure = open_figure(Plane, width=width, widget=WIDGET)
    heights = set()
    for norm, eps in SCENES:
        for picked in ("standard", "best"):
            figure.set(norm=norm, eps=eps, picked=picked)
            heights.add(round(figure.height()))
            assert figure.sticks_out() <= 0
    assert len(heights) == 1


# The class


def check_shares(seed, name):
    """That what is left of a network is what its distances say."""
    found = load_attacked(name)
    for norm, radii in RADII.items():
        assert seed[norm] == pytest.approx([100 * (found[norm] > eps).mean() for eps in radii])


def test_networks_of_the_chapter_are_those_of_the_experiment():
    own = [network for network in AccuracyPlane().networks if network["model"] not in EARLIER]
    assert "standard" in [network["model"] for network in own]
    for network in own:
        runs = load_robustness(network["model"])
        assert len(network["seeds"]) == len(runs)
        for seed, run in zip(network["seeds"], runs, strict=True):
            assert seed["clean"] == run["figures"]["clean"]
            check_shares(seed, f"{network['model']}-55000-{run['figures']['seed']}")
        trained_for = re.search(r"ε = ([0-9.]+)", network["full"])
        eps = float(trained_for[1]) if trained_for else 0
        assert eps == runs[0]["figures"]["eps_train"]


def test_networks_of_earlier_chapters_are_there():
    widget = AccuracyPlane()
    found = {network["model"]: network for network in widget.networks}
    assert set(EARLIER) <= set(found)
    assert widget.radii == RADII
    for model, (name, *_) in EARLIER.items():
        check_shares(found[model]["seeds"][0], name)
    for model in ("plain", "decay", "adversarial", "lmt", "best"):
        certified = load_lmt(model)[0]["certified"][::10]
        shares = [100 * (certified >= eps).mean() for eps in RADII["l2"]]
        assert found[model]["certified"] == pytest.approx(shares, abs=1e-3)
        assert all(np.array(shares) <= found[model]["seeds"][0]["l2"])
    assert found["lenet_high"]["certified"] is None


def test_networks_are_listed_by_family_and_name():
    listed = [(network["family"], network["name"]) for network in AccuracyPlane().networks]
    assert listed == sorted(listed, key=lambda pair: (FAMILIES.index(pair[0]), pair[1]))
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("norm", "l1"),
        ("norm", None),
        ("eps", -0.1),
        ("eps", 3.1),
        ("eps", math.nan),
        ("eps", "1"),
        ("picked", "nobody"),
        ("picked", None),
    ],
)
def test_bad_values_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        AccuracyPlane(networks=NETWORKS, radii=RADII, **{name: value})


def test_the_page_is_small():
    assert len(json.dumps(AccuracyPlane().state())) < 6_000
