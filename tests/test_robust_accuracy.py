"""The figure of robust accuracy: what it shows is what the helpers count on the test images."""

import json
import math
import re

import numpy as np
import pytest
import traitlets
from playwright.sync_api import expect
from test_explorables import SCHEMES, Figure, centre, numbers

from helpers import linear
from helpers.data import digit_pair
from explorables import RobustAccuracy
from helpers.results import load_svms

CHAPTER = "book/svm-on-mnist.html"
LOG_LAMS = [round(2 - k / 10, 1) for k in range(81)]
EPS = [round(e / 10, 1) for e in range(41)]
PAIRS = sorted(RobustAccuracy.parts())


def accuracy(pair):
    """Per cent of the pair's test images with y d(x) > eps: a row of 41 eps for each of 81 λ."""
    svms = load_svms(*map(int, pair.split("-")))
    return 100 * svms["robust"].astype(float) / svms["n_test"]


class Robust(Figure):
    def __init__(self, visit):
        super().__init__(visit, "robust_accuracy")
        self.verdict = self.root.locator(".xp-verdict")

    def show(self, pair, log_lam, eps):
        self.root.get_by_label("Digits").select_option(pair)
        self.root.get_by_label("Regularisation λ").fill(str(log_lam))
        self.root.get_by_label("Change ε").fill(str(eps))
        images = load_svms(*map(int, pair.split("-")))["n_test"]
        expect(self.root.locator("p.xp-note")).to_contain_text(f" {images:,} test images")

    def table(self):
        """Of this λ, the best at ε = 0 and the best at ε: its λ in words, and two accuracies."""
        rows = self.root.locator("tbody tr").all()
        texts = [row.locator("td").all_inner_texts() for row in rows]
        return [(lam, *numbers(f"{usual} {robust}")) for lam, usual, robust in texts]

    def points(self, plot, kind, x, y=(0, 100)):
        """The corners of a plot's curves of one kind, in the units of its axes."""
        chart = self.root.locator(".xp-plane").nth(plot)
        left, top, width, height = chart.locator(".xp-frame").evaluate(
            "frame => ['x', 'y', 'width', 'height'].map((name) => Number(frame.getAttribute(name)))"
        )
        curves = chart.locator(f"polyline.xp-{kind}").evaluate_all(
            "curves => curves.map((curve) => curve.getAttribute('points'))"
        )
        across, down = np.array(
            [[corner.split(",") for corner in curve.split()] for curve in curves], float
        ).transpose(2, 0, 1)
        return (
            x[0] + (across - left) / width * (x[1] - x[0]),
            y[1] - (down - top) / height * (y[1] - y[0]),
        )


@pytest.fixture(params=SCHEMES)
def figure(open_page, request):
    visit = open_page(CHAPTER, scheme=request.param)
    yield Robust(visit)
    assert visit.errors == []


def in_words(log_lam):
    """λ as the figure writes it, to two digits."""
    if log_lam > -3:
        return f"{10**log_lam:.2g}".replace("1e+02", "100")
    digits, exponent = f"{10**log_lam:.1e}".split("e-")
    power = "10⁻" + "⁰¹²³⁴⁵⁶⁷⁸⁹"[int(exponent)]
    return power if digits == "1.0" else f"{digits} · {power}"


@pytest.mark.parametrize("pair", ["3-8", "0-1", "5-8", "4-9"])
def test_the_table_holds_the_accuracies_of_the_results(figure, pair):
    expected = accuracy(pair)
    usual = np.argmax(expected[:, 0])
    for log_lam, eps in ((2, 0), (-1.6, 0.4), (-6, 1.3), (0.3, 4)):
        figure.show(pair, log_lam, eps)
        k, e = LOG_LAMS.index(log_lam), EPS.index(eps)
        robust = np.argmax(expected[:, e])
        for row, of in zip(figure.table(), (k, usual, robust), strict=True):
            assert row[0] == in_words(LOG_LAMS[of])
            assert row[1:] == pytest.approx(expected[of, [0, e]], abs=0.0501)
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
    counts = np.frombuffer(part["robust"], "<u2").reshape(81, 41).astype(int)
    svms = load_svms(*map(int, pair.split("-")))
    assert np.array_equal(counts, svms["robust"])
    assert (np.diff(counts, axis=1) <= 0).all()
    assert 100 - 100 * counts[:, 0] / part["n_test"] == pytest.approx(svms["table"]["err_test"])
    assert len(part["robust"]) < 10_000


def test_every_pair_has_a_part():
    assert PAIRS == [f"{i}-{j}" for i in range(10) for j in range(i + 1, 10)]


def test_the_sentence_counts_what_is_gained_and_what_is_lost(figure):
    assert figure.table()[0] == figure.table()[1]  # it starts at the λ that is best at ε = 0
    counts = load_svms(3, 8)["robust"].astype(int)
    usual, robust = counts[:, 0].argmax(), counts[:, 10].argmax()
    assert figure.verdict.inner_text() == (
        f"λ = {in_words(LOG_LAMS[usual])} wins at ε = 0, λ = {in_words(LOG_LAMS[robust])} at "
        f"ε = 1.0: the latter gets {counts[robust, 10] - counts[usual, 10]} more of the test "
        f"images right there, and {counts[usual, 0] - counts[robust, 0]} fewer at ε = 0."
    )
    figure.set(eps=0)
    assert figure.verdict.inner_text() == (
        f"At ε = 0 this is the usual test accuracy: λ = {in_words(LOG_LAMS[usual])} wins."
    )


def test_the_sentence_says_where_one_lambda_wins_both(figure):
    pair, e = next(
        (pair, e) for pair in PAIRS for e in range(1, 5)
        if np.argmax(accuracy(pair)[:, 0]) == np.argmax(accuracy(pair)[:, e])
    )
    figure.show(pair, 0, EPS[e])
    best = in_words(LOG_LAMS[np.argmax(accuracy(pair)[:, 0])])
    assert figure.verdict.inner_text() == f"λ = {best} wins at ε = 0 and at ε = {EPS[e]}."


def test_curves_over_eps_are_the_results_and_fall(figure):
    for pair in ("3-8", "2-7"):
        figure.show(pair, -0.7, 1)
        expected = accuracy(pair)
        wanted = {
            "own": expected[[LOG_LAMS.index(-0.7)]],
            "envelope": expected.max(axis=0)[None],
            "family": expected[[LOG_LAMS.index(u) for u in (2, 0, -2, -4, -6)]],
        }
        for kind, curves in wanted.items():
            eps, shown = figure.points(0, kind, (0, 4))
            assert eps == pytest.approx(np.tile(EPS, (len(curves), 1)), abs=1e-6)
            assert shown == pytest.approx(curves, abs=1e-6)
            assert (np.diff(shown) <= 1e-9).all()


def test_curves_over_lambda_are_the_results(figure):
    for eps in (0.5, 2):
        figure.show("3-8", 0, eps)
        for kind, e in (("family", 0), ("own", EPS.index(eps))):
            log_lam, shown = figure.points(1, kind, (-6, 2))
            assert log_lam[0] == pytest.approx(LOG_LAMS, abs=1e-6)
            assert shown[0] == pytest.approx(accuracy("3-8")[:, e], abs=1e-6)


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
    frame = figure.root.locator(".xp-frame").first.bounding_box()
    figure.drag("ε", frame["width"] / 4, 40)  # by one of four pixels; up and down do not matter
    figure.drag("λ", frame["width"] / 8, -40)  # by one of eight powers of ten
    assert (figure.spoken("ε"), figure.spoken("λ")) == ("ε = 2.0 pixels", "λ = 0.1")
    figure.drag("ε", 1000, 0)
    figure.drag("λ", -1000, 0)
    assert (figure.spoken("ε"), figure.spoken("λ")) == ("ε = 4.0 pixels", "λ = 10⁻⁶")


def test_handles_and_markers_lie_on_the_curves(figure):
    figure.show("3-8", -3.5, 0.8)
    expected = accuracy("3-8")[:, 8]
    own, robust = expected[LOG_LAMS.index(-3.5)], expected.max()
    frame = figure.root.locator(".xp-frame").first.bounding_box()

    def height(locator):
        return 100 * (1 - (centre(locator)[1] - frame["y"]) / frame["height"])

    assert height(figure.handle("ε")) == pytest.approx(own, abs=0.5)
    assert height(figure.handle("λ")) == pytest.approx(own, abs=0.5)
    diamonds = figure.root.locator(".xp-plane").first.locator(".xp-marker.xp-adversarial")
    assert height(diamonds) == pytest.approx(robust, abs=0.5)


def test_buttons_lead_to_the_best_lambda(figure):
    figure.show("2-7", -5, 1.5)
    for name, row in (("best λ at ε = 0", 1), ("best λ at this ε", 2)):
        figure.root.get_by_role("button", name=name).press("Enter")
        assert figure.table()[0] == figure.table()[row]
        log_lam = float(figure.root.get_by_label("Regularisation λ").input_value())
        assert log_lam == LOG_LAMS[np.argmax(accuracy("2-7")[:, 15 * (row - 1)])]


def test_values_between_two_svms_show_the_nearer(figure):
    figure.set(log_lam=-1.23, eps=0.68)
    assert (figure.spoken("λ"), figure.spoken("ε")) == ("λ = 0.063", "ε = 0.7 pixels")
    expected = accuracy("3-8")[LOG_LAMS.index(-1.2), [0, 7]]
    assert figure.table()[0][1:] == pytest.approx(expected, abs=0.0501)


def test_a_pair_is_loaded_when_it_is_wanted_and_once(open_page):
    visit = open_page(CHAPTER)
    figure = Robust(visit)

    def loaded():
        return [url[-6:-3] for url in visit.requests if "/robust_accuracy/" in url]

    assert loaded() == ["3-8"]
    for pair in ("0-6", "3-8", "0-6"):
        figure.show(pair, 0, 1)
    assert loaded() == ["3-8", "0-6"]
    assert visit.errors == []


def test_a_pair_that_does_not_load_is_named_and_can_be_asked_for_again(open_page):
    visit = open_page(CHAPTER)
    figure = Robust(visit)
    visit.page.route("**/robust_accuracy/1-7.js", lambda route: route.abort())
    figure.root.get_by_label("Digits").select_option("1-7")
    expect(figure.verdict).to_have_text(re.compile("^The results of 1-7 did not load: "))
    visit.page.unroute("**/robust_accuracy/1-7.js")
    figure.show("3-8", 0, 1)
    figure.show("1-7", 0, 1)
    assert figure.table()[0][1] == pytest.approx(accuracy("1-7")[20, 0], abs=0.0501)


def test_the_last_pair_that_was_chosen_is_shown(open_page):
    visit = open_page(CHAPTER)
    figure = Robust(visit)
    held = []
    visit.page.route("**/robust_accuracy/0-1.js", lambda route: held.append(route))
    digits = figure.root.get_by_label("Digits")
    digits.select_option("0-1")
    figure.show("2-3", 0, 1)
    with visit.page.expect_response("**/robust_accuracy/0-1.js"):
        held[0].continue_()
    visit.page.wait_for_load_state("networkidle")
    assert figure.table()[0][1] == pytest.approx(accuracy("2-3")[20, 0], abs=0.0501)


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_page, width):
    figure = Robust(open_page(CHAPTER, width=width))
    reserved = "--wide" if width == 1280 else "--narrow"
    room = figure.root.evaluate("(e, name) => parseFloat(e.style.getPropertyValue(name))", reserved)
    for pair, log_lam, eps in (("3-8", -2, 1), ("1-7", -3.7, 0.1), ("0-1", -5.9, 4), ("5-8", 2, 0)):
        figure.show(pair, log_lam, eps)
        assert figure.root.bounding_box()["height"] == pytest.approx(room, abs=2)
        assert figure.root.evaluate("e => e.scrollWidth - e.clientWidth") <= 0


def test_on_a_phone_each_slider_stands_under_its_plot(open_page):
    figure = Robust(open_page(CHAPTER, width=390))
    parts = [
        figure.root.locator(".xp-plane").nth(0),
        figure.root.get_by_label("Change ε"),
        figure.root.locator(".xp-plane").nth(1),
        figure.root.get_by_label("Regularisation λ"),
    ]
    tops = [part.bounding_box()["y"] for part in parts]
    assert tops == sorted(tops)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pair", "8-3"), ("pair", "3-3"), ("pair", "38"), ("pair", None),
        ("log_lam", 2.1), ("log_lam", -6.1), ("log_lam", math.nan), ("log_lam", "0.1"),
        ("eps", -0.1), ("eps", 4.1), ("eps", math.inf), ("eps", "1"),
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
        best = LOG_LAMS[np.argmax(accuracy(pair)[:, 0])]
        assert RobustAccuracy(pair=pair).log_lam == best
        assert RobustAccuracy(pair=pair, log_lam=-3).log_lam == -3


def test_the_page_holds_no_results_of_its_own():
    assert len(json.dumps(RobustAccuracy().state())) < 200
