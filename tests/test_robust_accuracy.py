"""The figure of robust accuracy: what it shows is what the helpers count on the test images."""

import json
import math
import re

import numpy as np
import pytest
import traitlets
from figure_page import FigurePage, HeldParts, centre, numbers, text_of
from playwright.sync_api import expect

from explorables import RobustAccuracy
from helpers import linear
from helpers.data import digit_pair
from helpers.results import load_arrays, load_svms

PAIRS = RobustAccuracy.parts()
LOG_LAMS = np.log10(load_svms(3, 8)["lam"]).round(1).tolist()
EPS = load_svms(3, 8)["eps"].tolist()


def svms_of(pair):
    return load_svms(*map(int, pair.split("-")))


def accuracy(pair):
    """Per cent of the pair's test images with y d(x) > eps: a row of all eps for each λ."""
    svms = svms_of(pair)
    return 100 * svms["robust"].astype(float) / svms["n_test"]


def chosen(pair):
    """For each eps the number of the SVM that gets most of the held-out images right."""
    return load_arrays("svm_mnist", "held_out")["robust"][PAIRS.index(pair)].argmax(axis=0)


class Robust(FigurePage):
    figure = RobustAccuracy

    @property
    def over_eps(self):
        return self.plot("Robust accuracy against ε")

    @property
    def over_lambda(self):
        return self.plot("Robust accuracy against λ")

    def show(self, pair, log_lam, eps):
        self.control("Digits").select_option(pair)
        self.set(log_lam=log_lam, eps=eps)
        images = svms_of(pair)["n_test"]
        expect(self.note).to_contain_text(f" {images:,} test images")

    def k(self):
        """The number of the SVM that is shown."""
        return LOG_LAMS.index(self.get("log_lam"))

    def table(self):
        """Of this λ, the best at ε = 0 and the best at ε: its λ in words, and two accuracies."""
        rows = self.root.locator("tbody tr").all()
        texts = [row.locator("td").all_inner_texts() for row in rows]
        return [(lam, *numbers(f"{usual} {robust}")) for lam, usual, robust in texts]


@pytest.fixture
def figure(open_figure):
    return open_figure(Robust)


def in_words(log_lam):
    """λ as the figure writes it, to two digits."""
    if log_lam > -3:
        return f"{10**log_lam:.2g}".replace("1e+02", "100")
    digits, exponent = f"{10**log_lam:.1e}".split("e-")
    power = "10⁻" + "⁰¹²³⁴⁵⁶⁷⁸⁹"[int(exponent)]
    return power if digits == "1.0" else f"{digits} · {power}"


@pytest.mark.parametrize("pair", ["3-8", "0-1", "5-8", "4-9"])
def test_the_table_holds_the_accuracies_of_the_results(figure, pair):
    expected, best_at = accuracy(pair), chosen(pair)
    for log_lam, eps in ((2, 0), (-1.6, 0.4), (-6, 1.3), (0.3, 4)):
        figure.show(pair, log_lam, eps)
        k, e = LOG_LAMS.index(log_lam), EPS.index(eps)
        for row, best in zip(figure.table(), (k, best_at[0], best_at[e]), strict=True):
            assert row[0] == in_words(LOG_LAMS[best])
            assert row[1:] == pytest.approx(expected[best, [0, e]], abs=0.0501)
        assert figure.root.locator("thead th").all_inner_texts()[1:] == ["ε = 0", f"ε = {eps:.1f}"]


def test_the_results_are_what_the_helpers_count(mnist):
    test_set = digit_pair(mnist, 4, 9, split="test")
    svms, eps = load_svms(4, 9), np.array(EPS)
    for k in (0, 30, 80):
        counted = linear.robust_accuracy(*test_set, svms["w"][k].astype(float), svms["b"][k], eps)
        # Weights are kept as float32: an image may change sides at the edge of a count.
        assert accuracy("4-9")[k] == pytest.approx(100 * counted, abs=0.11)


@pytest.mark.parametrize("pair", PAIRS)
def test_parts_hold_the_results_and_fall_with_eps(pair):
    part = RobustAccuracy.part(pair)
    counts = part["robust"].astype(int)
    assert counts.shape == (len(LOG_LAMS), len(EPS)) == (len(part["log_lam"]), len(part["eps"]))
    svms = svms_of(pair)
    assert np.array_equal(counts, svms["robust"])
    assert (np.diff(counts, axis=1) <= 0).all()
    assert 100 - 100 * counts[:, 0] / part["n_test"] == pytest.approx(svms["table"]["err_test"])
    assert part["robust"].nbytes < 10_000
    held_out = load_arrays("svm_mnist", "held_out")
    assert part["chosen"] == chosen(pair).tolist()
    assert part["n_held_out"] == held_out["n"][PAIRS.index(pair)]


def test_every_pair_has_a_part():
    assert PAIRS == [f"{i}-{j}" for i in range(10) for j in range(i + 1, 10)]


def test_the_sentence_counts_what_is_gained_and_what_is_lost(figure):
    assert figure.table()[0] == figure.table()[1]  # it starts at the λ that is best at ε = 0
    counts = load_svms(3, 8)["robust"].astype(int)
    usual, robust = chosen("3-8")[[0, 10]]
    assert text_of(figure.verdict) == (
        f"λ = {in_words(LOG_LAMS[usual])} is chosen at ε = 0, λ = {in_words(LOG_LAMS[robust])} at "
        f"ε = 1.0: the latter gets {counts[robust, 10]:,} test images right there, and not "
        f"{counts[usual, 10]:,}; at ε = 0 it is {counts[robust, 0]:,}, and not "
        f"{counts[usual, 0]:,}."
    )
    figure.set(eps=0)
    assert text_of(figure.verdict) == (
        f"At ε = 0 this is the usual test accuracy: λ = {in_words(LOG_LAMS[usual])} is chosen."
    )


def test_the_sentence_says_where_one_lambda_is_chosen_for_both(figure):
    pair, e = next(
        (pair, e) for pair in PAIRS for e in range(1, 5) if chosen(pair)[0] == chosen(pair)[e]
    )
    figure.show(pair, 0, EPS[e])
    best = in_words(LOG_LAMS[chosen(pair)[0]])
    assert text_of(figure.verdict) == (f"λ = {best} is chosen at ε = 0 and at ε = {EPS[e]}.")


def test_curves_over_eps_are_the_results_and_fall(figure):
    for pair in ("3-8", "2-7"):
        figure.show(pair, -0.7, 1)
        expected = accuracy(pair)
        wanted = {
            "this λ": expected[LOG_LAMS.index(-0.7)],
            "best λ at each ε": expected[chosen(pair), range(len(EPS))],
        } | {f"λ = {in_words(u)}": expected[LOG_LAMS.index(u)] for u in (2, 0, -2, -4, -6)}
        curves = figure.over_eps.all_points()
        for name, values in wanted.items():
            assert curves[name] == pytest.approx(np.column_stack([EPS, values]), abs=1e-6)
            if name.startswith("λ = "):
                assert (np.diff(curves[name][:, 1]) <= 1e-9).all()


def test_curves_over_lambda_are_the_results(figure):
    for eps in (0.5, 2):
        figure.show("3-8", 0, eps)
        for name, e in (("at ε = 0", 0), ("at the chosen ε", EPS.index(eps))):
            [curve] = figure.over_lambda.points(name)
            expected = np.column_stack([LOG_LAMS, accuracy("3-8")[:, e]])
            assert curve == pytest.approx(expected, abs=1e-6)


def test_arrow_keys_move_both_handles(figure):
    figure.show("3-8", -1, 1)
    figure.handle("λ").press("ArrowRight")
    figure.handle("λ").press("Shift+ArrowRight")
    figure.handle("ε").press("ArrowLeft")
    assert figure.spoken("λ") == f"λ = {in_words(-0.4)}"
    assert figure.spoken("ε") == "ε = 0.9 pixels"
    expected = accuracy("3-8")[LOG_LAMS.index(-0.4), [0, 9]]
    assert figure.table()[0][1:] == pytest.approx(expected, abs=0.0501)
    for _ in range(6):
        figure.handle("λ").press("Shift+ArrowRight")
        figure.handle("ε").press("Shift+ArrowLeft")
    assert (figure.spoken("ε"), figure.spoken("λ")) == ("ε = 0.0 pixels", "λ = 100")


def test_the_mouse_drags_both_handles(figure):
    figure.show("3-8", -2, 1)
    frame = figure.over_eps.frame
    figure.drag("ε", frame["width"] / 4, 40)  # by one of four pixels; up and down do not matter
    figure.drag("λ", frame["width"] / 8, -40)  # by one of eight powers of ten
    assert (figure.spoken("ε"), figure.spoken("λ")) == ("ε = 2.0 pixels", "λ = 0.1")
    figure.drag("ε", 1000, 0)
    figure.drag("λ", -1000, 0)
    assert (figure.spoken("ε"), figure.spoken("λ")) == ("ε = 4.0 pixels", "λ = 10⁻⁶")


def test_handles_and_markers_lie_on_the_curves(figure):
    figure.show("3-8", -3.5, 0.8)
    expected = accuracy("3-8")
    own, usual, robust = LOG_LAMS.index(-3.5), *chosen("3-8")[[0, 8]]
    for plot, name, x in ((figure.over_eps, "ε", 0.8), (figure.over_lambda, "λ", -3.5)):
        place = plot.to_pixels(x, expected[own, 8])
        assert centre(figure.handle(name).locator("path")) == pytest.approx(place, abs=1)
    for name, k in (("best at ε = 0", usual), ("best at this ε", robust)):
        assert figure.over_eps.point(name) == pytest.approx([0.8, expected[k, 8]])
        found = np.concatenate(figure.over_lambda.points(name))
        assert found == pytest.approx(np.array([[LOG_LAMS[k], expected[k, e]] for e in (0, 8)]))


def test_buttons_lead_to_the_best_lambda(figure):
    figure.show("2-7", -5, 1.5)
    for name, row in (("best λ at ε = 0", 1), ("best λ at this ε", 2)):
        figure.root.get_by_role("button", name=name).press("Enter")
        assert figure.table()[0] == figure.table()[row]
        assert figure.get("log_lam") == LOG_LAMS[chosen("2-7")[15 * (row - 1)]]


def test_values_between_two_svms_show_the_nearer(figure):
    figure.set(log_lam=-1.23, eps=0.68)
    assert (figure.spoken("λ"), figure.spoken("ε")) == ("λ = 0.063", "ε = 0.7 pixels")
    expected = accuracy("3-8")[LOG_LAMS.index(-1.2), [0, 7]]
    assert figure.table()[0][1:] == pytest.approx(expected, abs=0.0501)


def test_sliders_go_from_one_result_to_the_next(figure):
    figure.show("3-8", -1.2, 0.7)
    strength, size = figure.control("Regularisation λ"), figure.control("Change ε")
    strength.press("ArrowRight")
    size.press("ArrowLeft")
    assert (figure.get("log_lam"), figure.get("eps")) == (-1.1, 0.6)
    strength.press("Home")
    size.press("End")
    assert figure.spoken("Regularisation λ") == "10⁻⁶"
    assert figure.spoken("Change ε") == "4.0 px"


def test_a_pair_is_loaded_when_it_is_wanted_and_once(open_figure):
    figure = open_figure(Robust, fresh=True)

    def loaded():
        return [url[-6:-3] for url in figure.visit.requests if "/robust_accuracy/" in url]

    assert loaded() == ["3-8"]
    for pair in ("0-6", "3-8", "0-6"):
        figure.show(pair, 0, 1)
    assert loaded() == ["3-8", "0-6"]


def test_a_pair_that_does_not_load_is_named_and_can_be_asked_for_again(open_figure):
    figure = open_figure(Robust, fresh=True)
    figure.page.route("**/robust_accuracy/1-7.js", lambda route: route.abort())
    figure.control("Digits").select_option("1-7")
    expect(figure.verdict).to_have_text(re.compile("^The results of 1-7 did not load: "))
    figure.set(eps=2)
    expect(figure.verdict).to_have_text(re.compile("^The results of 1-7 did not load: "))
    figure.page.unroute("**/robust_accuracy/1-7.js")
    figure.show("3-8", 0, 1)
    figure.show("1-7", 0, 1)
    assert figure.table()[0][1] == pytest.approx(accuracy("1-7")[20, 0], abs=0.0501)
    figure.visit.errors.remove(next(e for e in figure.visit.errors if "ERR_FAILED" in e))


def test_the_last_pair_that_was_chosen_is_shown(open_figure):
    figure = open_figure(Robust, fresh=True)
    held = HeldParts(figure.page, "robust_accuracy")
    digits = figure.control("Digits")
    for pair in ("0-1", "2-3"):
        digits.select_option(pair)
        held.wait_for(pair)
    for pair in ("2-3", "0-1"):  # the first to be asked for is the last to arrive
        held.release(pair)
        assert figure.table()[0][1] == pytest.approx(accuracy("2-3")[figure.k(), 0], abs=0.0501)


def test_a_pair_that_is_chosen_before_the_first_has_arrived_is_shown(browser, figure_server):
    page = browser.new_page()
    held = HeldParts(page, "robust_accuracy")
    page.goto(figure_server.page(RobustAccuracy()), wait_until="commit")
    held.wait_for("3-8")
    page.evaluate("explorables.models['explorable-1'].set('pair', '1-7')")
    held.release("3-8")
    held.release("1-7")
    images = svms_of("1-7")["n_test"]
    expect(page.get_by_text(f"of {images:,} test images")).to_be_visible()
    page.close()


def chosen_of_few(pair):
    held_out = load_arrays("svm_mnist", "held_out")["robust"][PAIRS.index(pair)]
    return held_out[::10, ::8].argmax(axis=0).tolist()


class Coarse(RobustAccuracy):
    """Every tenth λ and every eighth ε."""

    module = "coarse"

    @classmethod
    def part(cls, key):
        part = super().part(key)
        return {
            "log_lam": part["log_lam"][::10],
            "eps": part["eps"][::8],
            "robust": part["robust"][::10, ::8],
            "n_test": part["n_test"],
            "chosen": chosen_of_few(key),
            "n_held_out": part["n_held_out"],
        }


class CoarsePage(Robust):
    figure = Coarse


def test_there_may_be_fewer_lambdas_and_fewer_eps(open_figure):
    figure = open_figure(CoarsePage)
    expected = accuracy("3-8")[::10, ::8]
    strength, size = figure.control("Regularisation λ"), figure.control("Change ε")
    strength.press("End")
    size.press("Home")
    for k, log_lam in enumerate(LOG_LAMS[::10]):
        for e, eps in enumerate(EPS[::8]):
            figure.set(eps=eps)
            assert figure.spoken("Change ε") == f"{eps:.1f} px"
            row = figure.table()[0]
            assert row[0] == in_words(log_lam)
            assert row[1:] == pytest.approx(expected[k, [0, e]], abs=0.0501)
        strength.press("ArrowLeft")
    [curve] = figure.over_eps.points("best λ at each ε")
    best = expected[chosen_of_few("3-8"), range(len(EPS[::8]))]
    assert curve == pytest.approx(np.column_stack([EPS[::8], best]))
    figure.handle("λ").press("ArrowRight")
    assert figure.get("log_lam") == -5


class Single(RobustAccuracy):
    """A single SVM, and a single ε."""

    module = "single_svm"

    @classmethod
    def part(cls, key):
        return {
            "log_lam": [0],
            "eps": [0],
            "robust": np.array([[900]], "uint16"),
            "n_test": 1000,
            "chosen": [0],
            "n_held_out": 1000,
        }


class SinglePage(Robust):
    figure = Single


def test_there_may_be_a_single_svm(open_figure):
    figure = open_figure(SinglePage, fresh=True)
    for plot in (figure.over_eps, figure.over_lambda):
        for name, points in plot.all_points().items():
            assert np.isfinite(points).all(), name
    figure.handle("ε").press("ArrowRight")
    figure.handle("λ").press("ArrowRight")
    assert figure.table() == [("1", 90, 90)] * 3


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_figure, width):
    figure = open_figure(Robust, width=width)
    heights = set()
    for pair, log_lam, eps in (("3-8", -2, 1), ("1-7", -3.7, 0.1), ("0-1", -5.9, 4), ("5-8", 2, 0)):
        figure.show(pair, log_lam, eps)
        heights.add(round(figure.height()))
        assert figure.sticks_out() <= 0
    assert len(heights) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pair", "8-3"),
        ("pair", "3-3"),
        ("pair", "38"),
        ("pair", None),
        ("log_lam", 2.1),
        ("log_lam", -6.1),
        ("log_lam", math.nan),
        ("log_lam", "0.1"),
        ("eps", -0.1),
        ("eps", 4.1),
        ("eps", math.inf),
        ("eps", "1"),
    ],
)
def test_values_that_have_no_results_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        RobustAccuracy(**{name: value})


@pytest.mark.parametrize("key", ["3-3", "8-3", "../3-8"])
def test_a_part_that_there_is_not_is_refused(key):
    with pytest.raises(ValueError, match=f"RobustAccuracy has no part '{key}'"):
        RobustAccuracy.part(key)


def test_it_starts_at_the_best_lambda_of_its_pair():
    for pair in ("3-8", "0-4"):
        best = LOG_LAMS[chosen(pair)[0]]
        assert RobustAccuracy(pair=pair).log_lam == best
        assert RobustAccuracy(pair=pair, log_lam=-3).log_lam == -3


def test_the_page_holds_no_results_of_its_own():
    assert len(json.dumps(RobustAccuracy().state())) < 200
