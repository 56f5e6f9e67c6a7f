"""One digit under several networks: the radii and the pictures are those of the results."""

import gzip
import json

import numpy as np
import pytest
import traitlets
from figure_page import FigurePage, numbers, pixels, text_of

from explorables import CertifiedDigit
from explorables.figures.lipschitz_margins.lmt_networks import NAMES
from helpers.results import load_lmt

MODELS = list(NAMES)
models = pytest.mark.parametrize("model", MODELS)


class Digits:
    """Of the ten digits shown what a network's results say: radii in pixels, images in [0, 1]."""

    def __init__(self, model):
        arrays = load_lmt(model)[0]
        shown = arrays["shown"]
        self.certified, self.found = arrays["certified"][shown], arrays["found"][shown]
        self.fooling = arrays["fooling"][shown]
        self.image = arrays["shown_images"] / 255
        self.nearest = arrays["shown_nearest"]
        self.scores = arrays["shown_scores"].astype(float)

    def taken_for(self, digit):
        return max(set(range(10)) - {digit}, key=lambda c: self.scores[digit, c])


@pytest.fixture(scope="module")
def results():
    return {model: Digits(model) for model in MODELS}


# What is shown


@models
def test_radii_and_images_belong_together(results, model):
    digits = results[model]
    lengths = np.linalg.norm(digits.nearest.astype(float) - digits.image, axis=1)
    assert (digits.certified <= np.minimum(digits.found, digits.fooling)).all()
    assert lengths == pytest.approx(digits.found - 0.0005, abs=0.00051) or (digits.found == 0).any()
    for digit in range(10):
        assert digits.scores[digit, digits.taken_for(digit)] >= digits.scores[digit, digit]


def test_the_state_holds_what_the_results_say(results):
    figure = CertifiedDigit()
    assert figure.networks == [{"model": model, "name": NAMES[model]} for model in MODELS]
    for n, digits in enumerate(results.values()):
        assert np.array_equal(figure.certified[n], digits.certified)
        assert np.array_equal(figure.found[n], digits.found)
        assert figure.taken_for[n].tolist() == [digits.taken_for(digit) for digit in range(10)]
        assert np.array_equal(figure.images, digits.image)
        assert np.array_equal(figure.nearest[n], digits.nearest)


def test_the_state_is_light():
    assert len(gzip.compress(json.dumps(CertifiedDigit().state()).encode())) < 50_000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("network", "lenet"),
        ("network", 0),
        ("digit", -1),
        ("digit", 10),
        ("digit", "3"),
        ("found", np.full((5, 10), np.inf)),
        ("certified", np.zeros((5, 9))),
    ],
)
def test_values_that_mean_nothing_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        CertifiedDigit(**{name: value})


# The figure


class Certified(FigurePage):
    figure = CertifiedDigit

    def row(self, model):
        return (
            self.root.get_by_role("group", name="Network").locator("label").nth(MODELS.index(model))
        )

    def radio(self, model):
        return self.row(model).get_by_role("radio")

    def texts(self, model):
        """What stands beside the network's name: its two radii."""
        return self.row(model).inner_text().replace("\u00a0", " ").split("\n")[1:3]

    def axis(self):
        """The marks below the number lines."""
        return self.root.locator(".xp-radius-axis > span").all_inner_texts()

    def stretches(self, model):
        """Where the proven stretch ends, where the unknown one ends, and where the mark is, in
        pixels of the axis."""
        track, proven, unknown, found = (
            self.row(model).locator(f".xp-radius-{kind}").bounding_box()
            for kind in ("track", "proven", "unknown", "found")
        )
        unit = track["width"] / (len(self.axis()) - 1)
        places = [end["x"] + end["width"] for end in (proven, unknown)]
        places.append(found["x"] + found["width"] / 2)
        return [(place - track["x"]) / unit for place in places]

    def pictures(self):
        """The three pictures: shape (3, 784, 3), from 0 to 255."""
        names = ("a test image", "the nearest image", "their difference")
        return np.array([pixels(self.root.get_by_role("img", name=name)) for name in names])


@pytest.fixture
def figure(open_figure):
    return open_figure(Certified)


def article(c):
    return "an 8" if c == 8 else f"a {c}"


def says(results, model, digit):
    digits, name = results[model], NAMES[model].replace("\u00a0", " ")
    certified, found = digits.certified[digit], digits.found[digit]
    other = article(digits.taken_for(digit))
    if found == 0:
        return f"{name}: wrong as it is, {other} instead of {article(digit)}. Its radius is 0."
    broken = f"one of {found:.3f} makes it see {other}"
    if certified == 0:
        return f"{name}: not even 0.001 pixels are proven safe; {broken}."
    times = found / certified
    far = f"{times:.2f}" if times < 10 else f"{times:.0f}"
    return (
        f"{name}: no change of less than {certified:.3f} pixels fools it; {broken}, {far} times as "
        "far."
    )


@models
def test_the_verdict(figure, results, model):
    for digit in range(10):
        figure.set(network=model, digit=digit)
        assert text_of(figure.verdict) == says(results, model, digit)


def test_every_row_has_its_radii_and_its_stretches(figure, results):
    for digit in range(10):
        figure.set(digit=digit)
        for model in MODELS:
            certified, found = results[model].certified[digit], results[model].found[digit]
            proven = "< 0.001" if certified == 0 < found else f"{certified:.3f}"
            wanted = [proven, f"{found:.3f}" if found else "wrong"]
            assert figure.texts(model) == wanted
            assert figure.stretches(model) == pytest.approx([certified, found, found], abs=0.02)
            spoken = figure.radio(model).get_attribute("aria-label")
            assert spoken.startswith(f"{NAMES[model]}: ")
            assert all(text in spoken for text in wanted) or found == 0


def test_the_axis_has_room_for_all_that_was_found(figure, results):
    ticks = figure.axis()
    assert numbers(" ".join(ticks)) == list(range(len(ticks)))
    largest = max(digits.found.max() for digits in results.values())
    assert len(ticks) - 2 < largest <= len(ticks) - 1


@models
def test_pictures_are_the_image_what_was_found_and_their_difference(figure, results, model):
    for digit in range(10):
        figure.set(network=model, digit=digit)
        image, near, change = figure.pictures()
        shown = results[model]
        assert np.array_equal(image[:, 0], np.rint(255 * shown.image[digit]))
        assert np.abs(near[:, 0] - 255 * shown.nearest[digit]).max() < 0.502
        delta = shown.nearest[digit] - shown.image[digit]
        largest = max(np.abs(each.nearest - each.image)[digit].max() for each in results.values())
        strength = 1 - change.min(axis=1) / 255  # blue and orange lack one primary wholly
        assert np.abs(strength - np.abs(delta) / largest).max() < 0.01 + 0.003 / largest
        clear = np.abs(delta) > max(0.1 * largest, 0.01)
        assert np.array_equal((change[:, 0] > change[:, 2])[clear], delta[clear] > 0)
        assert figure.caption("image") == article(digit)
        assert figure.caption("nearest found") == f"taken for {article(shown.taken_for(digit))}"
        assert figure.caption("difference") == f"{shown.found[digit]:.3f} pixels"


def test_an_image_that_is_wrong_as_it_is_has_radius_0(open_figure):
    book = CertifiedDigit()
    certified, found, taken_for = book.certified.copy(), book.found.copy(), book.taken_for.copy()
    certified[0], found[0], taken_for[0] = 0, 0, 8
    widget = CertifiedDigit(
        certified=certified, found=found, taken_for=taken_for, network=MODELS[0], digit=4
    )
    figure = open_figure(Certified, fresh=True, widget=widget)
    assert figure.texts(MODELS[0]) == ["0.000", "wrong"]
    assert figure.radio(MODELS[0]).get_attribute("aria-label").endswith(": wrong as it is")
    assert "✗" in figure.row(MODELS[0]).inner_text()
    assert figure.stretches(MODELS[0])[2] == pytest.approx(0, abs=0.01)
    assert text_of(figure.verdict) == (
        f"{NAMES[MODELS[0]]}: wrong as it is, an 8 instead of a 4. Its radius is 0."
    )


def test_fewer_networks_and_larger_radii_live(open_figure):
    ones = np.ones((2, 10))
    images = np.eye(10, 784)
    widget = CertifiedDigit(
        networks=[{"model": "plain", "name": "one"}, {"model": "best", "name": "two"}],
        network="best",
        images=images,
        nearest=np.stack([images, 1 - images]),
        certified=np.array([[1.25], [2.5]]) * ones,
        found=np.array([[2.5], [7.5]]) * ones,
        taken_for=3 * ones,
    )
    figure = open_figure(Certified, fresh=True, widget=widget)
    assert text_of(figure.verdict) == (
        "two: no change of less than 2.500 pixels fools it; one of 7.500 makes it see a 3, 3.00 "
        "times as far."
    )
    assert len(figure.axis()) == 8 + 1
    assert (figure.pictures()[1, :, 0] == 255 * (1 - images[7])).all()


def test_networks_and_digits_are_chosen_by_click_and_by_key(figure, results):
    figure.set(network=MODELS[0], digit=4)
    figure.radio(MODELS[0]).focus()
    figure.page.keyboard.press("ArrowDown")
    assert text_of(figure.verdict) == says(results, MODELS[1], 4)
    figure.row(MODELS[0]).click()
    assert text_of(figure.verdict) == says(results, MODELS[0], 4)
    figure.root.get_by_role("img", name="digit 7").click()
    assert text_of(figure.verdict) == says(results, MODELS[0], 7)
    figure.root.get_by_role("radio", name="digit 7").focus()
    figure.page.keyboard.press("ArrowRight")
    assert text_of(figure.verdict) == says(results, MODELS[0], 8)


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_figure, width):
    figure = open_figure(Certified, width=width)
    heights = set()
    for model in MODELS:
        for digit in range(10):
            figure.set(network=model, digit=digit)
            heights.add(round(figure.height()))
            assert figure.sticks_out() <= 0
    assert len(heights) == 1
