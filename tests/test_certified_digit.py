"""One digit under several networks: the radii and the pictures are those of the results."""

import gzip
import json

import numpy as np
import pytest
import traitlets
from single_page import opening, write_page
from test_explorables import Figure, numbers

from explorables import CertifiedDigit
from explorables.figures.lipschitz_margins.lmt_networks import NAMES
from helpers.results import load_lmt

MODELS = list(NAMES)
PIXELS = "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data]"
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
    of = results[model]
    lengths = np.linalg.norm(of.nearest.astype(float) - of.image, axis=1)
    assert (of.certified <= np.minimum(of.found, of.fooling)).all()
    assert lengths == pytest.approx(of.found - 0.0005, abs=0.00051) or (of.found == 0).any()
    for digit in range(10):
        assert of.scores[digit, of.taken_for(digit)] >= of.scores[digit, digit]


def test_the_state_holds_what_the_results_say(results):
    figure = CertifiedDigit()
    images = np.frombuffer(figure.images, np.uint8).reshape(10, 784)
    nearest = np.frombuffer(figure.nearest, np.uint8).reshape(len(MODELS), 10, 784)
    for n, (model, network) in enumerate(zip(MODELS, figure.networks, strict=True)):
        of = results[model]
        assert (network["model"], network["name"]) == (model, NAMES[model])
        assert np.array(network["certified"]) == pytest.approx(1000 * of.certified)
        assert np.array(network["found"]) == pytest.approx(1000 * of.found)
        assert network["taken_for"] == [of.taken_for(digit) for digit in range(10)]
        assert np.array_equal(images, np.rint(255 * of.image))
        assert np.abs(nearest[n] / 255 - of.nearest).max() < 0.502 / 255


def test_the_state_is_light():
    assert len(gzip.compress(json.dumps(CertifiedDigit().state()).encode())) < 50_000


@pytest.mark.parametrize(
    ("name", "value"),
    [("network", "lenet"), ("network", 0), ("digit", -1), ("digit", 10), ("digit", "3")],
)
def test_values_that_mean_nothing_are_refused(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        CertifiedDigit(**{name: value})


# The figure


class Certified(Figure):
    def __init__(self, visit):
        super().__init__(visit, "certified_digit")
        self.verdict = self.root.locator(".xp-verdict")
        self.rows = self.root.locator(".xp-radii label").all()

    def radio(self, model):
        return self.rows[MODELS.index(model)].get_by_role("radio")

    def texts(self, model):
        return self.rows[MODELS.index(model)].locator(".xp-radius-number").all_inner_texts()

    def stretches(self, model):
        """Where the proven stretch ends, where the unknown one ends, and where the mark is, in
        pixels of the axis."""
        row = self.rows[MODELS.index(model)]
        ticks = self.root.locator(".xp-radius-axis > span")
        box = row.locator(".xp-radius-track").bounding_box()
        unit = box["width"] / (ticks.count() - 1)
        ends = [row.locator(f".xp-radius-{kind}").bounding_box() for kind in ("proven", "unknown")]
        mark = row.locator(".xp-radius-found").bounding_box()
        places = [end["x"] + end["width"] for end in ends] + [mark["x"] + mark["width"] / 2]
        return [(place - box["x"]) / unit for place in places]

    def pictures(self):
        """The three pictures: shape (3, 784, 3), from 0 to 255."""
        drawn = [canvas.evaluate(PIXELS) for canvas in self.root.locator(".xp-three canvas").all()]
        return np.array(drawn).reshape(3, 784, 4)[:, :, :3]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return write_page(tmp_path_factory.mktemp("digit"), CertifiedDigit())


@pytest.fixture
def open_digit(browser, address):
    with opening(browser, address, Certified) as open_digit:
        yield open_digit


@pytest.fixture
def figure(open_digit):
    return open_digit(viewport={"width": 1280, "height": 900})


def article(c):
    return "an 8" if c == 8 else f"a {c}"


def says(results, model, digit):
    of, name = results[model], NAMES[model]
    certified, found = of.certified[digit], of.found[digit]
    other = article(of.taken_for(digit))
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
        assert figure.verdict.inner_text() == says(results, model, digit)


def test_every_row_has_its_radii_and_its_stretches(figure, results):
    for digit in range(10):
        figure.set(digit=digit)
        for model in MODELS:
            certified, found = (results[model].__dict__[r][digit] for r in ("certified", "found"))
            proven = "< 0.001" if certified == 0 < found else f"{certified:.3f}"
            wanted = [proven, f"{found:.3f}" if found else "wrong"]
            assert figure.texts(model) == wanted
            assert figure.stretches(model) == pytest.approx([certified, found, found], abs=0.02)
            spoken = figure.radio(model).get_attribute("aria-label")
            assert spoken.startswith(f"{NAMES[model]}: ")
            assert all(text in spoken for text in wanted) or found == 0


def test_the_axis_has_room_for_all_that_was_found(figure, results):
    ticks = figure.root.locator(".xp-radius-axis > span").all_inner_texts()
    assert numbers(" ".join(ticks)) == list(range(len(ticks)))
    assert len(ticks) - 2 < max(of.found.max() for of in results.values()) <= len(ticks) - 1


@models
def test_pictures_are_the_image_what_was_found_and_their_difference(figure, results, model):
    for digit in range(10):
        figure.set(network=model, digit=digit)
        image, near, change = figure.pictures()
        of = results[model]
        assert np.array_equal(image[:, 0], np.rint(255 * of.image[digit]))
        assert np.abs(near[:, 0] - 255 * of.nearest[digit]).max() < 0.502
        delta = of.nearest[digit] - of.image[digit]
        largest = max(np.abs(each.nearest - each.image)[digit].max() for each in results.values())
        strength = 1 - change.min(axis=1) / 255  # blue and orange lack one primary wholly
        assert np.abs(strength - np.abs(delta) / largest).max() < 0.01 + 0.003 / largest
        clear = np.abs(delta) > max(0.1 * largest, 0.01)
        assert np.array_equal((change[:, 0] > change[:, 2])[clear], delta[clear] > 0)
        notes = figure.root.locator(".xp-three .xp-note").all_inner_texts()
        assert notes == [
            article(digit), f"taken for {article(of.taken_for(digit))}",
            f"{of.found[digit]:.3f} pixels",
        ]  # fmt: skip


def test_an_image_that_is_wrong_as_it_is_has_radius_0(open_digit, tmp_path):
    networks = CertifiedDigit().networks
    networks[0] = networks[0] | {"certified": [0] * 10, "found": [0] * 10, "taken_for": [8] * 10}
    page = write_page(tmp_path, CertifiedDigit(networks=networks, network=MODELS[0], digit=4))
    figure = open_digit(page)
    assert figure.texts(MODELS[0]) == ["0.000", "wrong"]
    assert figure.radio(MODELS[0]).get_attribute("aria-label").endswith(": wrong as it is")
    assert figure.rows[0].locator(".xp-radius-found").inner_text() == "✗"
    assert figure.stretches(MODELS[0])[2] == pytest.approx(0, abs=0.01)
    assert figure.verdict.inner_text() == (
        f"{NAMES[MODELS[0]]}: wrong as it is, an 8 instead of a 4. Its radius is 0."
    )


def test_networks_and_digits_are_chosen_by_click_and_by_key(figure, results):
    figure.set(network=MODELS[0], digit=4)
    figure.radio(MODELS[0]).focus()
    figure.page.keyboard.press("ArrowDown")
    assert figure.verdict.inner_text() == says(results, MODELS[1], 4)
    figure.rows[0].locator(".xp-radius-track").click()
    assert figure.verdict.inner_text() == says(results, MODELS[0], 4)
    figure.root.locator("canvas[aria-label='digit 7']").click()
    assert figure.verdict.inner_text() == says(results, MODELS[0], 7)
    figure.root.get_by_role("radio", name="digit 7").focus()
    figure.page.keyboard.press("ArrowRight")
    assert figure.verdict.inner_text() == says(results, MODELS[0], 8)


@pytest.mark.parametrize("width", [1280, 390])
def test_it_keeps_its_height_and_fits(open_digit, width):
    figure = open_digit(viewport={"width": width, "height": 800})
    heights = set()
    for model in MODELS:
        for digit in range(10):
            figure.set(network=model, digit=digit)
            heights.add(round(figure.root.locator(".xp").bounding_box()["height"]))
            assert figure.root.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    assert len(heights) == 1
