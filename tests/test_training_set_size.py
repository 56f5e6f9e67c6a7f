"""Accuracy against the number of training images: the figure against made-up networks, and the
class against the results."""

import json
import math

import numpy as np
import pytest
import traitlets
from single_page import opening, write_page
from test_explorables import Figure, numbers

from explorables import TrainingSetSize
from explorables.figures.robustness_and_accuracy.training_set_size import NAMES
from helpers.results import load_robustness

RADII = [0.5, 1.0, 1.5, 2.0, 3.0]


STANDARD = [
    (100, 78, 1.5, 20), (300, 88, 0.5, 30), (3000, 96, 0.2, 40), (30_000, 98.6, None, 60),
    (55_000, 98.9, 0.05, 70),
]  # fmt: skip


def spread(mean, sd, than, than_sd):
    """With a gain over a standard mean of ``than``, spread by both deviations."""
    single = sd is None or than_sd is None
    gain = {"mean": mean - than, "sd": None if single else sd + than_sd}
    return {"mean": mean, "sd": sd, "gain": gain}


def of_model(model, points):
    """points: n, the mean clean accuracy, its deviation (None of a single network), and the robust
    accuracy at the first radius, or None."""
    standard = {n: rest for n, *rest in STANDARD}
    return {
        "model": model,
        "name": NAMES[model],
        "points": [
            {
                "n": n,
                "clean": spread(clean, sd, *standard[n][:2]),
                "robust": robust and [
                    spread(robust / (k + 1), None, standard[n][2] / (k + 1), None)
                    for k in range(len(RADII))
                ],
            }
            for n, clean, sd, robust in points
        ],
    }


CURVES = [
    of_model("standard", STANDARD),
    of_model("l2_2", [
        (100, 82, 1, 60), (300, 91, 0.4, 70), (3000, 96.1, 0.2, 80), (30_000, 98.5, None, 85),
        (55_000, 98.6, 0.1, 90),
    ]),
    of_model("linf_0.3", [(100, 70, None, None), (55_000, 98, 0.1, 85)]),
]  # fmt: skip
SIZES = [100, 300, 3000, 30_000, 55_000]


# The figure


class Sizes(Figure):
    def __init__(self, visit):
        super().__init__(visit, "training_set_size")
        self.plot = self.root.locator("svg.xp-plane:visible")
        self.verdict = self.root.locator(".xp-verdict")
        self.turn = self.root.locator(".xp-accuracies p.xp-note")

    def axes(self):
        """Two functions from places in the visible plot: to log n, and to an accuracy in per cent.
        They are read off the ticks."""
        ticks = self.plot.locator(".xp-ticks text").evaluate_all(
            """ticks => ticks.map((tick) => [tick.textContent.replace(",", ""),
            tick.getAttribute("text-anchor"), tick.getAttribute("x"), tick.getAttribute("y")])"""
        )
        across = [
            (float(x), math.log10(float(n))) for n, anchor, x, _ in ticks if anchor == "middle"
        ]
        up = [
            (float(y) - 4, math.log10(100 - float(share)))
            for share, anchor, _, y in ticks
            if anchor == "end" and float(share) < 100
        ]
        log_n, log_error = (np.polyfit(*np.transpose(pairs), 1) for pairs in (across, up))
        return lambda x: np.polyval(log_n, x), lambda y: 100 - 10 ** np.polyval(log_error, y)

    def curve(self, kind):
        """n and accuracy along a curve: shape (points, 2)."""
        text = self.plot.locator(f"polyline.xp-of-{kind}").get_attribute("points")
        x, y = np.array([corner.split(",") for corner in text.split()], float).T
        log_n, accuracy = self.axes()
        return np.stack([10 ** log_n(x), accuracy(y)], 1)

    def text(self, locator):
        return locator.text_content().replace("\u00a0", " ")

    def table(self):
        return [
            [cell.replace("\u00a0", " ") for cell in row.locator("td").all_text_contents()]
            for row in self.root.locator("tbody tr").all()
        ]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    widget = TrainingSetSize(curves=CURVES, radii=RADII)
    return write_page(tmp_path_factory.mktemp("sizes"), widget)


@pytest.fixture
def open_figure(browser, address):
    with opening(browser, address, Sizes) as open_figure:
        yield open_figure


@pytest.fixture
def figure(open_figure):
    return open_figure(viewport={"width": 1280, "height": 900})


def test_curves_go_through_the_means(figure):
    kinds = ("usual", "adversarial", "class-j")
    for eps in (0, 0.5, 3):
        figure.set(eps=eps)
        for kind, curve in zip(kinds, CURVES, strict=True):
            expected = [
                (point["n"], (point["robust"][RADII.index(eps)] if eps else point["clean"])["mean"])
                for point in curve["points"]
                if point["robust"] or not eps
            ]
            assert figure.curve(kind) == pytest.approx(np.array(expected), rel=1e-3)


def test_bands_and_bars_are_one_deviation_wide(figure):
    _, accuracy = figure.axes()
    bars = figure.plot.locator("line.xp-bar-usual").evaluate_all(
        "lines => lines.map((line) => [line.getAttribute('y1'), line.getAttribute('y2')])"
    )
    ends = accuracy(np.array(bars, float))
    expected = [
        (clean["mean"] - (clean["sd"] or 0), clean["mean"] + (clean["sd"] or 0))
        for clean in (point["clean"] for point in CURVES[0]["points"])
    ]
    assert ends == pytest.approx(np.array(expected), rel=1e-3)
    bands = figure.plot.locator("polygon.xp-band-usual").evaluate_all(
        "bands => bands.map((band) => band.getAttribute('points'))"
    )
    assert [len(band.split()) for band in bands] == [4, 4, 0, 0]  # none next to a single network
    y = [float(corner.split(",")[1]) for corner in bands[0].split()]
    assert accuracy(np.array(y)) == pytest.approx([76.5, 79.5, 88.5, 87.5], rel=1e-3)


def test_a_single_network_is_hollow(figure):
    for kind, expected in (("usual", [0, 0, 0, 1, 0]), ("class-j", [1, 0])):
        hollow = figure.plot.locator(f"g.xp-marker.xp-{kind}").evaluate_all(
            "marks => marks.map((mark) => Number(mark.classList.contains('xp-single')))"
        )
        assert hollow == expected


def test_the_table_holds_means_deviations_and_differences(figure):
    figure.set(n=300)
    assert figure.table() == [["88.00 ± 0.50 %", ""], ["91.00 ± 0.40 %", "+3.00"], ["–", ""]]
    figure.set(n=55_000)
    assert figure.table()[1:] == [["98.60 ± 0.10 %", "−0.30"], ["98.00 ± 0.10 %", "−0.90"]]
    figure.set(eps=1)
    assert figure.table() == [["35.00 %", ""], ["45.00 %", "+10.00"], ["42.50 %", "+7.50"]]


@pytest.mark.parametrize(
    ("n", "eps", "words"),
    [
        (300, 0, "With 300 training images standard training is right for 88.00 %. Adversarial "
         "(L2, ε = 2) gains 3.00 percentage points."),
        (3000, 0, "gains 0.10 percentage points (within the spread)."),
        (30_000, 0, "loses 0.10 percentage points (single networks)."),
        (55_000, 0, "loses 0.30 percentage points, adversarial (L∞, ε = 0.3) loses 0.90."),
        (100, 0.5, "With 100 training images, at ε = 0.5 standard training is right for 20.00 %."),
    ],
)  # fmt: skip
def test_the_verdict(figure, n, eps, words):
    figure.set(n=n, eps=eps)
    assert words in figure.text(figure.verdict)


def test_a_network_that_learnt_nothing_is_called_so(browser, tmp_path):
    curves = [CURVES[0], of_model("linf_0.3", [(100, 9.82, None, None)])]
    address = write_page(tmp_path, TrainingSetSize(curves=curves, radii=RADII, n=100))
    with opening(browser, address, Sizes) as open_figure:
        figure = open_figure()
        learns = "Adversarial (L∞, ε = 0.3) learns nothing: 9.82 %."
        assert figure.text(figure.verdict).endswith(learns)
        assert figure.table()[1] == ["9.82 %", "−68.18"]


def test_the_note_says_where_curves_cross_as_far_as_one_can_tell(figure):
    assert figure.text(figure.turn) == (
        "Adversarial (L2, ε = 2) is ahead up to 300 images, behind from 30,000 on. "
        "Adversarial (L∞, ε = 0.3) is behind at every size."
    )
    figure.set(eps=1)  # single networks, here: their differences count as they are
    assert "at every size" in figure.text(figure.turn)


def test_sliders_go_from_stop_to_stop_and_say_their_values(figure):
    n = figure.handle("Training images")
    for key, expected in (("Home", "100"), ("ArrowRight", "300"), ("End", "55,000")):
        n.press(key)
        assert n.get_attribute("aria-valuetext") == expected
    eps = figure.handle("Change ε (L2)")
    for key, expected in (("Home", "0, clean"), ("ArrowRight", "0.5 px"), ("End", "3 px")):
        eps.press(key)
        assert eps.get_attribute("aria-valuetext") == expected
    assert "at ε = 3" in figure.text(figure.verdict)


def test_the_line_stands_at_the_nearest_size(figure):
    for n, expected in ((100, 100), (180, 300), (170, 100), (9000, 3000), (40_000, 30_000)):
        figure.set(n=n)
        x = float(figure.plot.locator("line.xp-thin").get_attribute("x1"))
        assert 10 ** figure.axes()[0](x) == pytest.approx(expected, rel=1e-3)
        assert numbers(figure.text(figure.verdict).replace(",", ""))[0] == expected


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_figure, width):
    figure = open_figure(viewport={"width": width, "height": 800})
    heights = set()
    for n in SIZES:
        for eps in (0, 0.5, 3):
            figure.set(n=n, eps=eps)
            heights.add(round(figure.root.locator(".xp").bounding_box()["height"]))
            assert figure.root.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    assert len(heights) == 1


def test_one_size_is_enough_to_begin_with(browser, tmp_path):
    curves = [{**curve, "points": curve["points"][-1:]} for curve in CURVES[:1]]
    address = write_page(tmp_path, TrainingSetSize(curves=curves, radii=RADII))
    with opening(browser, address, Sizes) as open_figure:
        figure = open_figure()
        assert figure.text(figure.verdict) == (
            "With 55,000 training images standard training is right for 98.90 %."
        )


# The class


def test_points_are_means_over_the_seeds_of_the_experiment():
    widget = TrainingSetSize()
    assert widget.curves[0]["model"] == "standard"
    for curve in widget.curves:
        sizes = [point["n"] for point in curve["points"]]
        assert sizes == sorted(set(sizes))
        for point in curve["points"]:
            runs = load_robustness(curve["model"], point["n"])
            clean = [run["figures"]["clean"] for run in runs]
            check(point["clean"], clean)
            standard = load_robustness("standard", point["n"])[: len(clean)]
            gains = [a - b["figures"]["clean"] for a, b in zip(clean, standard, strict=False)]
            check(point["clean"]["gain"], gains)
            if point["robust"] is None:
                assert curve["model"] == "linf_0.3"  # whose gradients hide what is near in L2
                continue
            for eps, of_eps in zip(widget.radii, point["robust"], strict=True):
                check(of_eps, [100 * (run["fooling_l2"] > eps).mean() for run in runs])


def check(found, shares):
    assert found["mean"] == pytest.approx(np.mean(shares), abs=1e-3)
    if len(shares) == 1:
        assert found["sd"] is None
    else:
        around = np.sum((np.array(shares) - np.mean(shares)) ** 2) / (len(shares) - 1)
        assert found["sd"] == pytest.approx(math.sqrt(around), abs=1e-3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", 99), ("n", 55_001), ("n", 300.5), ("n", None), ("eps", -0.1), ("eps", 3.1),
        ("eps", math.nan), ("eps", "1"),
    ],
)  # fmt: skip
def test_bad_values_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        TrainingSetSize(curves=CURVES, radii=RADII, **{name: value})


def test_the_page_is_small():
    assert len(json.dumps(TrainingSetSize().state())) < 8_000
