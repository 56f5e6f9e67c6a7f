"""Accuracy against the number of training images: the figure against made-up networks, and the
class against the results."""

import json
import math

import numpy as np
import pytest
import traitlets
from figure_page import FigurePage, numbers, text_of

from explorables import TrainingSetSize
from explorables.figures.robustness_and_accuracy.training_set_size import NAMES
from helpers.results import load_robustness

RADII = [0.5, 1.0, 1.5, 2.0, 3.0]
STANDARD = [
    (100, 78, 1.5, 20),
    (300, 88, 0.5, 30),
    (3000, 96, 0.2, 40),
    (30_000, 98.6, None, 60),
    (55_000, 98.9, 0.05, 70),
]


def spread(mean, sd, than, than_sd):
    """With a gain over a standard mean of ``than``, spread by both deviations."""
    single = sd is None or than_sd is None
    gain = {"mean": mean - than, "sd": None if single else sd + than_sd}
    return {"mean": mean, "sd": sd, "gain": gain}


def curve_of(model, points, radii=RADII):
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
                "robust": robust
                and [
                    spread(robust / (k + 1), None, standard[n][2] / (k + 1), None)
                    for k in range(len(radii))
                ],
            }
            for n, clean, sd, robust in points
        ],
    }


CURVES = [
    curve_of("standard", STANDARD),
    curve_of(
        "l2_2",
        [
            (100, 82, 1, 60),
            (300, 91, 0.4, 70),
            (3000, 96.1, 0.2, 80),
            (30_000, 98.5, None, 85),
            (55_000, 98.6, 0.1, 90),
        ],
    ),
    curve_of("linf_0.3", [(100, 70, None, None), (55_000, 98, 0.1, 85)]),
]
SIZES = [100, 300, 3000, 30_000, 55_000]
WIDGET = TrainingSetSize(curves=CURVES, radii=RADII)


# The figure


class Sizes(FigurePage):
    figure = TrainingSetSize

    @property
    def chart(self):
        """The chart that is shown."""
        return self.plot("robust" if self.get("eps") else "clean")

    @property
    def crossings(self):
        return self.note.first

    def points(self, name):
        """Of the only mark of that name: numbers of images, and accuracies in per cent."""
        [points] = self.chart.points(name)
        return in_units(points)

    def table(self):
        return [
            [cell.replace("\u00a0", " ") for cell in row.get_by_role("cell").all_text_contents()]
            for row in self.root.locator("tbody tr").all()
        ]


def in_units(points):
    """n and the accuracy in per cent, from the logarithms of n and of 1/error that axes show."""
    return np.stack([10 ** points[:, 0], 100 - 10 ** -points[:, 1]], axis=1)


@pytest.fixture
def figure(open_figure):
    return open_figure(Sizes, widget=WIDGET)


def accuracy(point, eps):
    return point["robust"][RADII.index(eps)] if eps else point["clean"]


def test_curves_and_marks_are_the_means(figure):
    for eps in (0, 0.5, 3):
        figure.set(eps=eps)
        shown = figure.chart.all_points()
        for curve in CURVES:
            known = [point for point in curve["points"] if point["robust"] or not eps]
            expected = np.array([(point["n"], accuracy(point, eps)["mean"]) for point in known])
            assert in_units(shown[curve["name"]]) == pytest.approx(expected, rel=1e-3)
            names = [f"{curve['name']}, {point['n']} images" for point in known]
            assert [name for name in shown if name.startswith(f"{curve['name']}, ")] == names
            marks = np.concatenate([in_units(shown[name]) for name in names])
            assert marks == pytest.approx(expected, rel=1e-3)


def test_bands_and_bars_are_one_deviation_wide(figure):
    bars = figure.points("bars of standard")[:, 1].reshape(-1, 2)
    expected = [
        (clean["mean"] - (clean["sd"] or 0), clean["mean"] + (clean["sd"] or 0))
        for clean in (point["clean"] for point in CURVES[0]["points"])
    ]
    assert bars == pytest.approx(np.array(expected), rel=1e-3)
    bands = figure.points("band of standard").reshape(-1, 4, 2)
    assert len(bands) == 2  # none next to a single network
    assert bands[:, :, 0] == pytest.approx(
        np.array([[100, 100, 300, 300], [300, 300, 3000, 3000]]), rel=1e-3
    )
    assert bands[0, :, 1] == pytest.approx([76.5, 79.5, 88.5, 87.5], rel=1e-3)


def test_a_single_network_is_hollow(figure):
    for curve in CURVES:
        for point in curve["points"]:
            mark = figure.chart.mark(f"{curve['name']}, {point['n']} images")
            fill, stroke = mark.locator("path").evaluate(
                "path => [getComputedStyle(path).fill, getComputedStyle(path).stroke]"
            )
            assert (fill != stroke) == (point["clean"]["sd"] is None)


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
        (300, 0, "With 300 training images standard training is right for 88.00 %."),
        (300, 0, "%. Adversarial (L2, ε = 2) gains 3.00 percentage points."),
        (3000, 0, "gains 0.10 percentage points (within the spread)."),
        (30_000, 0, "loses 0.10 percentage points (single networks)."),
        (55_000, 0, "loses 0.30 percentage points, adversarial (L∞, ε = 0.3) loses 0.90."),
        (100, 0.5, "With 100 training images, at ε = 0.5 standard training is right for 20.00 %."),
    ],
)
def test_the_verdict(figure, n, eps, words):
    figure.set(n=n, eps=eps)
    assert words in text_of(figure.verdict)


def test_a_network_that_learnt_nothing_is_called_so(open_figure):
    curves = [CURVES[0], curve_of("linf_0.3", [(100, 9.82, None, None)])]
    widget = TrainingSetSize(curves=curves, radii=RADII, n=100)
    figure = open_figure(Sizes, widget=widget, fresh=True)
    learns = "Adversarial (L∞, ε = 0.3) learns nothing: 9.82 %."
    assert text_of(figure.verdict).endswith(learns)
    assert figure.table()[1] == ["9.82 %", "−68.18"]


def test_the_note_says_where_curves_cross_as_far_as_one_can_tell(figure):
    assert text_of(figure.crossings) == (
        "Adversarial (L2, ε = 2) is ahead up to 300 images, behind from 30,000 on. "
        "Adversarial (L∞, ε = 0.3) is behind at every size."
    )
    figure.set(eps=1)  # single networks, here: their differences count as they are
    assert "at every size" in text_of(figure.crossings)


def test_sliders_go_from_stop_to_stop_and_say_their_values(figure):
    for key, expected in (("Home", "100"), ("ArrowRight", "300"), ("End", "55,000")):
        figure.control("Training images").press(key)
        assert figure.spoken("Training images") == expected
    for key, expected in (("Home", "0, clean"), ("ArrowRight", "0.5 px"), ("End", "3 px")):
        figure.control("Change ε (L2)").press(key)
        assert figure.spoken("Change ε (L2)") == expected
    assert "at ε = 3" in text_of(figure.verdict)


def test_the_line_and_the_slider_stand_at_the_nearest_size(figure):
    for n, expected in ((100, 100), (180, 300), (170, 100), (9000, 3000), (40_000, 30_000)):
        figure.set(n=n)
        sizes = figure.points("chosen number")[:, 0]
        assert sizes == pytest.approx([expected, expected], rel=1e-3)
        assert numbers(text_of(figure.verdict).replace(",", ""))[0] == expected
        assert figure.control("Training images").input_value() == str(SIZES.index(expected))


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_figure, width):
    figure = open_figure(Sizes, width=width, widget=WIDGET)
    heights = set()
    for n in SIZES:
        for eps in (0, 0.5, 3):
            figure.set(n=n, eps=eps)
            heights.add(round(figure.height()))
            assert figure.sticks_out() <= 0
    assert len(heights) == 1


def test_one_size_is_enough_to_begin_with(open_figure):
    curves = [{**curve, "points": curve["points"][-1:]} for curve in CURVES[:1]]
    widget = TrainingSetSize(curves=curves, radii=RADII)
    figure = open_figure(Sizes, widget=widget, fresh=True)
    assert text_of(figure.verdict) == (
        "With 55,000 training images standard training is right for 98.90 %."
    )
    assert figure.points("standard") == pytest.approx(np.array([[55_000, 98.9]]), rel=1e-3)


def test_there_may_be_other_sizes_and_radii(open_figure):
    radii = [0.25, 0.75]
    points = [(n, *rest) for n, *rest in STANDARD if n in (300, 30_000)]
    curves = [curve_of(model, points, radii) for model in ("standard", "l2_2")]
    figure = open_figure(Sizes, widget=TrainingSetSize(curves=curves, radii=radii), fresh=True)
    for label, values in (
        ("Training images", ["300", "30,000"]),
        ("Change ε (L2)", ["0, clean", "0.25 px", "0.75 px"]),
    ):
        figure.control(label).press("Home")
        for value in values:
            assert figure.spoken(label) == value
            figure.control(label).press("ArrowRight")
        assert figure.spoken(label) == values[-1]
    expected = np.array([[300, 15], [30_000, 30]])
    for curve in curves:
        assert figure.points(curve["name"]) == pytest.approx(expected, rel=1e-3)


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
            for eps, shares in zip(widget.radii, point["robust"], strict=True):
                check(shares, [100 * (run["fooling_l2"] > eps).mean() for run in runs])


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
        ("n", 99),
        ("n", 55_001),
        ("n", 300.5),
        ("n", None),
        ("eps", -0.1),
        ("eps", 3.1),
        ("eps", math.nan),
        ("eps", "1"),
    ],
)
def test_bad_values_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        TrainingSetSize(curves=CURVES, radii=RADII, **{name: value})


def test_the_page_is_small():
    assert len(json.dumps(TrainingSetSize().state())) < 8_000
