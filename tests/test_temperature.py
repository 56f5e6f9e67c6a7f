"""The figure of temperature and weight decay: what it shows is what numpy makes of the scores."""

import gzip
import json
import math
import re

import numpy as np
import pytest
import traitlets
from figure_page import FigurePage, HeldParts, numbers, text_of
from playwright.sync_api import expect
from scipy.special import logsumexp, softmax

from explorables import Temperature
from explorables.base import wired
from explorables.host.sphinx import part_script
from helpers.results import lenet_name, load_arrays, load_figures

NETWORKS = Temperature().networks
DECAYS = [network["decay"] for network in NETWORKS]
LOW, HIGH = 1e-4, 1e-1
EDGES = np.arange(-5, 13.5, 0.5)
DECAY, HEAT = "Weight decay λ", "Temperature t"
CALIBRATED = "calibrated (median 95 %)"
PLOTS = ("How sure the network is", "Where the pull comes from")


def result(decay):
    return lenet_name(decay, "hundredth", 0)


class Seen:
    """What a network makes of its images at temperature t, from the scores in the results."""

    def __init__(self, decay, t, images="test"):
        arrays = load_arrays(result(decay))
        ending = {"test": "", "training": "_train"}[images]
        s = arrays[f"scores{ending}"].astype(float)
        y = arrays[f"labels{ending}"].astype(int)
        is_y = np.eye(10, dtype=bool)[y]
        others = s[~is_y].reshape(-1, 9)
        log_odds = s[is_y] / t - logsumexp(others / t, axis=1)
        self.odds = log_odds / np.log(10)
        self.pull = 1 / (1 + np.exp(log_odds))  # 1 − p_y would be rounded to 0
        self.wrong = s.argmax(1) != y
        self.total = self.pull.sum()
        self.share_of_wrong = self.pull[self.wrong].sum() / self.total
        carried = np.cumsum(np.sort(self.pull)[::-1])
        self.carriers = np.searchsorted(carried, 0.9 * self.total) + 1
        self.confidence = np.sort(softmax(s / t, axis=1).max(1))[(len(y) - 1) // 2]

    def counts(self, weights=None, which=slice(None)):
        weights = np.ones(len(self.odds)) if weights is None else weights
        inside = np.clip(self.odds, -5, 13 - 1e-9)
        return np.histogram(inside[which], EDGES, weights=weights[which])[0]

    def shares(self, which=slice(None)):
        return self.counts(100 * self.pull / self.total, which)

    def overlap(self, other):
        return np.minimum(self.counts(), other.counts()).sum() / len(self.odds)


class Probabilities(FigurePage):
    figure = Temperature

    def show(self, decay, log_t, images="test"):
        self.root.get_by_role("radio", name=images).check()
        self.control(HEAT).fill(str(log_t))
        self.control(DECAY).fill(str(DECAYS.index(decay)))
        seen = Seen(decay, 10**log_t, images)
        total = "< 0.01" if seen.total < 0.01 else f"{seen.total:#.3g}".rstrip(".")
        expect(self.row("sum of all").first).to_have_text(total)  # its scores have arrived
        return seen

    def row(self, name):
        """The cells of the row that begins with ``name``: of the bars, and of the outline."""
        return self.root.locator("tbody tr").filter(has_text=name).locator("td")

    def column(self, k):
        """The numbers of the bars, 0, or of the outline, 1."""
        texts = [row.locator("td").all_inner_texts()[k] for row in self.rows()]
        return [numbers(text)[0] for text in texts]

    def rows(self):
        return self.root.locator("tbody tr").all()

    def plots(self):
        return [self.plot(name) for name in PLOTS]

    def bars(self, plot, name):
        """The heights of a plot's bars of one name, in each of the 36 bins."""
        heights = np.zeros(len(EDGES) - 1)
        [corners] = plot.points(name)
        left, top = corners.reshape(-1, 4, 2)[:, 1].T
        heights[np.round((left + 5) / 0.5).astype(int)] = top
        return heights


@pytest.fixture
def figure(open_figure):
    return open_figure(Probabilities)


SCENES = [
    (LOW, 0, "test"),
    (LOW, 0.45, "test"),
    (LOW, -1, "test"),
    (LOW, 1.5, "test"),
    (HIGH, 0, "test"),
    (HIGH, 1.5, "training"),
    (1e-2, 0.2, "training"),
    (LOW, -0.6, "training"),
    (1e-5, 0.45, "training"),
]


def test_the_table_holds_what_numpy_finds(figure):
    for decay, log_t, images in SCENES:
        shown = figure.show(decay, log_t, images)
        for column, seen in enumerate((shown, Seen(HIGH, 1, images))):
            assert figure.column(column) == [
                pytest.approx(100 * np.mean(~seen.wrong), abs=0.0501),
                pytest.approx(100 * np.mean(seen.pull < 0.01), abs=0.0501),
                pytest.approx(min(100 * seen.confidence, 99.99), abs=0.00501),
                pytest.approx(max(seen.total, 0.01), rel=0.00501),
                pytest.approx(100 * seen.share_of_wrong, abs=0.501),
                seen.carriers,
            ]


def test_bars_and_outlines_are_the_images_and_their_pull(figure):
    sure, pull = figure.plots()
    for decay, log_t, images in SCENES:
        seen, outlined = figure.show(decay, log_t, images), Seen(HIGH, 1, images)
        for name, which in (("all images", slice(None)), ("misclassified", seen.wrong)):
            counts = seen.counts(which=which)
            assert figure.bars(sure, name) ** 2 == pytest.approx(counts, abs=1e-6)
            assert figure.bars(pull, name) == pytest.approx(seen.shares(which), abs=1e-6)
        for plot, heights in ((sure, np.sqrt(outlined.counts())), (pull, outlined.shares())):
            [corners] = plot.points("outline")
            across, up = corners.T
            bins = np.round((across[1:-1:2] + 5) / 0.5).astype(int)
            for corner, edges in ((1, EDGES[bins]), (2, EDGES[bins + 1])):
                stop = len(across) - 2 + corner
                assert across[corner:stop:2] == pytest.approx(edges, abs=1e-6)
                assert up[corner:stop:2] == pytest.approx(heights[bins], abs=1e-6)
            assert heights[bins].sum() == pytest.approx(heights.sum())  # it leaves no image out


def test_temperature_moves_probabilities_and_leaves_the_accuracy(figure):
    sure = []
    for log_t in (-1, 0, 0.5, 1.5):
        figure.show(LOW, log_t)
        sure.append(figure.column(0)[1])
        expect(figure.row("accuracy").first).to_have_text("98.9 %")
        assert {"11 misclassified", "989 correct"} <= set(figure.plots()[0].texts())
    assert sure == sorted(sure, reverse=True) and sure[-1] == 0


def test_the_sentence_says_who_pulls_and_where_the_outline_lies(figure):
    def says(who, where):
        assert text_of(figure.verdict) == f"{who} {where}"

    def carried(seen):
        return f"{seen.carriers} of 1,000 carry 90 % of the pull"

    def due(seen):
        return f"{100 * seen.share_of_wrong:.0f} % is due to the {seen.wrong.sum()} misclassified"

    seen = figure.show(LOW, 0)
    assert seen.carriers < 50
    surer = "Surer than the outlined network: raise t."
    says(f"Hardly any image pulls: {carried(seen)}; {due(seen)}.", surer)
    seen = figure.show(LOW, 0.45)
    common = 100 * seen.overlap(Seen(HIGH, 1))
    agree = f"Bars and outline nearly agree: on {common:.0f} % of the images."
    says(f"Some images pull: {carried(seen)}; {due(seen)}.", agree)
    seen = figure.show(LOW, 1.2)
    less = "Less sure than the outlined network: lower t."
    says(f"Most images pull: {carried(seen)}; {due(seen)}.", less)
    seen = figure.show(HIGH, 0)
    own = "The outline is this network's own."
    says(f"Some images pull: {carried(seen)}; {due(seen)}.", own)
    seen = figure.show(LOW, 0, "training")
    says(f"Hardly any image pulls: {carried(seen)}; none is misclassified.", surer)


def test_no_temperature_makes_bars_and_outline_the_same(figure):
    outlined = Seen(HIGH, 1)
    log_ts = np.arange(-1, 1.5, 0.025).round(3)
    common = {log_t: Seen(LOW, 10**log_t).overlap(outlined) for log_t in log_ts}
    best = max(common, key=common.get)
    assert 0.85 < common[best] < 0.95 and common[0] < 0.3
    figure.show(LOW, best)
    expect(figure.verdict).to_contain_text(f"on {100 * common[best]:.0f} % of the images")


def test_a_bar_that_is_cut_off_says_how_much_it_is(figure):
    for decay, log_t in ((LOW, -1), (LOW, 1.5), (HIGH, 1.5), (LOW, 0)):
        seen = figure.show(decay, log_t)
        for plot, amounts, top, unit in zip(
            figure.plots(), (seen.counts, seen.shares), (625, 50), ("images", "%"), strict=True
        ):
            most = max(amounts())
            texts = plot.texts()
            expected = [f"↑ {most:.0f} {unit}"] if most > top else []
            assert [text for text in texts if text.startswith("↑")] == expected


def test_buttons_set_the_temperature(figure):
    for network in NETWORKS:
        figure.show(network["decay"], 0.9)
        figure.root.get_by_role("button", name=CALIBRATED).press("Enter")
        assert numbers(figure.spoken(HEAT)) == [pytest.approx(network["temperature"], abs=0.00501)]
        [confidence, _] = figure.row("median confidence").all_inner_texts()
        # It is calibrated on all 10,000 test images, of which the figure shows 1,000.
        assert numbers(confidence) == [pytest.approx(95, abs=2)]
        figure.root.get_by_role("button", name="t = 1").click()
        assert figure.spoken(HEAT) == "1.00"


def test_arrow_keys_move_both_sliders(figure):
    figure.show(DECAYS[0], 0)
    figure.control(DECAY).press("ArrowRight")
    figure.control(HEAT).press("ArrowRight")
    assert figure.spoken(HEAT) == "1.06"  # 10^0.025
    figure.control(HEAT).press("End")
    assert figure.spoken(HEAT) == "31.6"
    figure.control(HEAT).press("Home")
    assert figure.spoken(HEAT) == "0.100"
    figure.control(DECAY).press("End")
    assert figure.spoken(DECAY) == "0.1"
    figure.control(DECAY).press("Home")
    assert figure.spoken(DECAY) == "10⁻⁵"


def test_a_network_is_loaded_when_it_is_wanted_and_once(open_figure):
    figure = open_figure(Probabilities, fresh=True)

    def loaded():
        urls = [url for url in figure.visit.requests if "/temperature/" in url]
        return sorted(url.rpartition("/")[2] for url in urls)

    assert loaded() == ["1e-01.js", "1e-04.js"]
    for decay in (1e-2, LOW, 1e-2):
        figure.show(decay, 0)
    assert loaded() == ["1e-01.js", "1e-02.js", "1e-04.js"]


def test_a_network_that_does_not_load_is_named_and_can_be_asked_for_again(open_figure):
    figure = open_figure(Probabilities, fresh=True)
    figure.page.route("**/temperature/1e-02.js", lambda route: route.abort())
    figure.control(DECAY).fill(str(DECAYS.index(1e-2)))
    expect(figure.verdict).to_have_text(re.compile(r"^The network with λ\s=\s0\.01 did not load: "))
    figure.page.unroute("**/temperature/1e-02.js")
    figure.show(LOW, 0)
    figure.show(1e-2, 0)
    figure.visit.errors.remove(next(e for e in figure.visit.errors if "ERR_FAILED" in e))


def test_a_network_that_arrives_late_is_not_shown(open_figure):
    figure = open_figure(Probabilities, fresh=True)
    held = HeldParts(figure.page, "temperature")
    control = figure.control(DECAY)
    for key, decay in (("1e-02", 1e-2), ("1e-05", 1e-5)):
        control.fill(str(DECAYS.index(decay)))
        held.wait_for(key)
    seen = Seen(1e-5, 1)
    for key in ("1e-05", "1e-02"):  # the first to be asked for is the last to arrive
        held.release(key)
        assert figure.column(0)[-1] == seen.carriers


class FewImages(Temperature):
    """The first 50 images of either set."""

    module = "few_images"

    @classmethod
    def part(cls, key):
        return {name: array[:50] for name, array in super().part(key).items()}


class FewImagesPage(Probabilities):
    figure = FewImages


def test_fewer_networks_and_fewer_images_live(open_figure):
    networks = [NETWORKS[DECAYS.index(decay)] for decay in (LOW, 1e-2)]
    figure = open_figure(FewImagesPage, fresh=True, widget=FewImages(networks=networks))
    figure.control(DECAY).press("End")
    expect(figure.verdict).to_contain_text("of 50 carry 90 % of the pull")
    expect(figure.verdict).to_contain_text("The outline is this network's own.")
    assert figure.spoken(DECAY) == "0.01"
    sure, _ = figure.plots()
    assert "λ = 0.01, t = 1" in sure.texts()
    assert (figure.bars(sure, "all images") ** 2).sum() == pytest.approx(50)


def test_a_screen_reader_hears_both_plots(figure):
    seen = figure.show(LOW, 0)
    share = round(100 * seen.share_of_wrong)
    labels = [plot.locator.get_attribute("aria-label") for plot in figure.plots()]
    assert [label.replace("\u00a0", " ") for label in labels] == [
        "How sure the network is: 11 misclassified, 989 correct",
        f"Where the pull comes from: misclassified {share} %, correct {100 - share} %",
    ]


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_figure, width):
    figure = open_figure(Probabilities, width=width)
    heights = set()
    for scene in SCENES:
        figure.show(*scene)
        heights.add(round(figure.height()))
        assert figure.sticks_out() <= 0
    assert len(heights) == 1


def test_its_networks_are_those_of_the_results():
    assert DECAYS == sorted(DECAYS) and {1e-5, LOW, 1e-2, HIGH} <= set(DECAYS)
    for network in NETWORKS:
        figures = load_figures(result(network["decay"]))
        assert (figures["init"], figures["seed"]) == ("hundredth", 0)
        assert figures["decay"] == network["decay"]
        assert figures["temperature"] == pytest.approx(network["temperature"])


def test_every_network_has_a_part_with_its_scores():
    assert list(Temperature.parts()) == [network["key"] for network in NETWORKS]
    for network in NETWORKS:
        part, arrays = Temperature.part(network["key"]), load_arrays(result(network["decay"]))
        for name, ending in (("test", ""), ("training", "_train")):
            scores, labels = part[f"scores_{name}"], part[f"labels_{name}"]
            assert np.isfinite(scores).all()
            assert np.array_equal(scores, arrays[f"scores{ending}"])
            assert np.array_equal(labels, arrays[f"labels{ending}"])
        sent = wired(part)
        assert {array["dtype"] for array in sent.values()} == {"float16", "uint8"}


def test_parts_and_state_are_light():
    for key in Temperature.parts():
        assert len(gzip.compress(part_script(Temperature, key).encode())) < 50_000
    assert len(json.dumps(Temperature().state())) < 1500


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("decay", 2e-4),
        ("decay", 0),
        ("decay", math.nan),
        ("decay", "low"),
        ("log_t", 1.6),
        ("log_t", -1.1),
        ("log_t", math.inf),
        ("log_t", "1"),
        ("images", "validation"),
    ],
)
def test_values_without_results_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        Temperature(**{name: value})


def test_the_decays_that_there_are_are_named():
    with pytest.raises(traitlets.TraitError, match=r"1e-05, 0\.0001, .*0\.1; it was 0\.5"):
        Temperature(decay=0.5)


@pytest.mark.parametrize("key", ["1e-06", "0.1", "../1e-01"])
def test_a_part_that_there_is_not_is_refused(key):
    with pytest.raises(ValueError, match=f"Temperature has no part '{key}'"):
        Temperature.part(key)
