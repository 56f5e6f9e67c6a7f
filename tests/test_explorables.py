"""The explorables as a reader meets them: dragged, typed at, and compared with the helpers."""

import math
import re

import numpy as np
import pytest
import traitlets
from playwright.sync_api import expect

import explorables
from helpers import linear, toy
from helpers.results import load_arrays, load_figures

CHAPTER = "book/mirror-images.html"
SCHEMES = ("http", "file")


class Figure:
    """One explorable of an open page."""

    def __init__(self, visit, module):
        self.page = visit.page
        self.root = self.page.locator(f'.explorable[data-module="{module}"]')
        self.page.locator(f'.explorable[data-module="{module}"][data-state="live"]').wait_for()
        self.root.scroll_into_view_if_needed()

    def handle(self, name):
        return self.root.get_by_role("slider", name=name, exact=True)

    def readout(self, name):
        """The number or numbers shown under ``name``, as floats; "d_err" has a subscript."""
        shown = re.compile(f"^{re.escape(name.replace('_', ''))}$")
        label = self.root.locator(".xp-readouts span", has_text=shown)
        return numbers(label.locator("xpath=following-sibling::strong").inner_text())

    def spoken(self, name):
        return self.handle(name).get_attribute("aria-valuetext")

    def drag(self, name, dx, dy):
        """Drag the centre of a handle by so many pixels, in several steps, with the mouse."""
        x, y = centre(self.handle(name))
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + dx, y + dy, steps=5)
        self.page.mouse.up()

    def set(self, **traits):
        index = self.root.evaluate(
            "figure => [...document.querySelectorAll('.explorable')].indexOf(figure) + 1"
        )
        for name, value in traits.items():
            self.page.evaluate(
                "([id, name, value]) => explorables.models[id].set(name, value)",
                [f"explorable-{index}", name, value],
            )


def numbers(text):
    return [float(number.replace("−", "-")) for number in re.findall(r"[−-]?\d+(?:\.\d+)?", text)]


def centre(locator):
    box = locator.locator("path").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.fixture(params=SCHEMES)
def chapter(open_page, request):
    visit = open_page(CHAPTER, scheme=request.param)
    yield visit
    assert visit.errors == []
    own = "file://" if request.param == "file" else "http://127.0.0.1"
    assert all(url.startswith((own, "blob:", "data:")) for url in visit.requests)


def test_image_space_follows_the_mouse_and_the_arrow_keys(chapter):
    figure = Figure(chapter, "image_space")
    assert numbers(figure.spoken("The image x")) == [-0.8, 0.0]
    plot = figure.root.locator(".xp-frame").bounding_box()
    figure.drag("The image x", plot["width"] / 2, -plot["height"] / 4)
    assert numbers(figure.spoken("The image x")) == pytest.approx([0.2, 0.5], abs=0.011)
    figure.drag("The image x", 2000, 2000)  # an image's brightness cannot leave [-1, 1]
    assert numbers(figure.spoken("The image x")) == [1, -1]
    figure.handle("The image x").press("ArrowLeft")
    figure.handle("The image x").press("Shift+ArrowUp")
    assert numbers(figure.spoken("The image x")) == [0.98, -0.9]
    picture = figure.root.locator(".xp-picture svg")
    assert picture.get_attribute("aria-label").startswith("centre of brightness 0.98 on")
    fills = picture.locator("rect").evaluate_all("rects => rects.map(r => r.getAttribute('fill'))")
    assert fills == ["rgb(13,13,13)", "rgb(252,252,252)"]


def expected_mirror(theta, a):
    x, w = np.array([a, 0.0]), np.array([math.cos(theta), math.sin(theta)])
    x_m = linear.mirror_image(x, w, 0)
    return np.linalg.norm(x - x_m), 2 * abs(linear.signed_distance(x, w, 0))


@pytest.mark.parametrize("degrees", [0, 12.5, 45, 60, 89.5])
def test_mirror_image_agrees_with_helpers(chapter, degrees):
    figure = Figure(chapter, "mirror_image")
    for a in (-0.8, 0.35):
        figure.set(x=[a, 0])
        figure.root.get_by_label("Angle θ").fill(str(degrees))
        distance, twice_d = expected_mirror(math.radians(degrees), a)
        assert figure.readout("‖x − xₘ‖") == pytest.approx([distance], abs=0.005001)
        assert figure.readout("2 |x·w|") == pytest.approx([twice_d], abs=0.005001)


def test_mirror_image_turns_by_its_handle_by_keys_and_by_buttons(chapter):
    figure = Figure(chapter, "mirror_image")
    turn = "Angle of the boundary"
    plot = figure.root.locator(".xp-frame").bounding_box()
    x, y = centre(figure.handle(turn))
    figure.page.mouse.move(x, y)
    figure.page.mouse.down()
    middle = plot["x"] + plot["width"] / 2, plot["y"] + plot["height"] / 2
    figure.page.mouse.move(middle[0] - 90, middle[1] - 90 * math.tan(math.radians(30)), steps=4)
    figure.page.mouse.up()
    # The handle lies on the boundary, which is perpendicular to w: 30° above the axis is 60°.
    assert numbers(figure.spoken(turn)) == pytest.approx([60], abs=1)

    figure.root.get_by_role("button", name="θ = 0").press("Enter")
    assert numbers(figure.spoken(turn)) == [0]
    assert figure.readout("‖x − xₘ‖") == [1.6]
    figure.root.get_by_role("button", name="θ → 90°").click()
    assert numbers(figure.spoken(turn)) == [89.5]
    assert figure.readout("‖x − xₘ‖") == [0.01]
    figure.root.get_by_label("Angle θ").press("ArrowLeft")
    assert numbers(figure.spoken(turn)) == [89]

    figure.handle("The image x").press("ArrowRight")
    assert numbers(figure.spoken("The image x")) == [-0.75]
    figure.drag("The image x", 1000, 50)  # x stays an image of one of the classes' line, b = 0
    assert numbers(figure.spoken("The image x")) == [1]
    notes = figure.root.locator(".xp-note").all_inner_texts()
    assert [note.split(",")[0] for note in notes] == ["class J", "on the boundary", "class I"]


@pytest.mark.parametrize("loss", ["hinge", "softplus"])
@pytest.mark.parametrize("bias", ["origin", "free"])
def test_noisy_point_agrees_with_scikit_learn(chapter, loss, bias):
    figure = Figure(chapter, "noisy_point")
    figure.root.get_by_label(loss).check()
    figure.root.get_by_label({"origin": "through the origin", "free": "free bias"}[bias]).check()
    for log_lam in (-6, -4.5, -3, -2, -1):
        figure.root.get_by_label("Regularisation λ").fill(str(log_lam))
        for p in ([0.07, -0.07], [0.5, -0.3], [-0.1, 0.2], [0.07, 0.6]):
            figure.set(p=p)
            w, b = toy.fit(*toy.training_set(p), 10.0**log_lam, loss, bias == "free")
            scale = np.linalg.norm(w)
            shown = np.array([*figure.readout("w"), *figure.readout("b₀")])
            assert shown == pytest.approx(np.array([*w, b]), abs=1e-3 * scale + 5e-4)
            assert figure.readout("tilt θ") == pytest.approx([np.degrees(toy.tilt(w))], abs=0.06)


def test_noisy_point_is_fitted_or_ignored(chapter):
    figure = Figure(chapter, "noisy_point")
    verdict = figure.root.locator(".xp-note")
    assert verdict.inner_text() == "labelled I, classified I: fitted"
    assert figure.readout("tilt θ") == [75.5]
    figure.root.get_by_label("free bias").check()
    assert figure.readout("tilt θ") == [28.3]
    figure.root.get_by_label("Regularisation λ").press("End")
    assert verdict.inner_text() == "labelled I, classified J: ignored"
    figure.root.get_by_label("Regularisation λ").press("Home")
    before = figure.readout("tilt θ")
    figure.handle("The noisy point p, labelled I").press("Shift+ArrowDown")
    assert numbers(figure.spoken("The noisy point p, labelled I")) == [0.07, -0.12]
    figure.drag("The noisy point p, labelled I", 30, 0)
    assert figure.readout("tilt θ") > before


@pytest.mark.parametrize("scheme", SCHEMES)
def test_real_digits_walk_to_their_mirror_images(open_page, scheme):
    visit = open_page("book/intro.html", scheme=scheme)
    figure = Figure(visit, "real_digit")
    stored = load_figures("real_digit").values()
    full_way = [distance for of in stored for distance in of["mirror_distance"]]
    notes, walk = figure.root.locator(".xp-walker .xp-note"), figure.root.get_by_role("slider")

    def shown():
        words = [note.split("\n") for note in notes.all_inner_texts()]
        return [verdict for verdict, _ in words], [numbers(moved)[0] for _, moved in words]

    assert shown() == (["says 3", "says 8"] * 2, [0, 0, 0, 0])
    for t, verdicts in ((0.3, ["says 3", "says 8"] * 2), (0.51, ["says 8", "says 3"] * 2)):
        walk.fill(str(t))
        assert shown()[0] == verdicts
        assert shown()[1] == pytest.approx([t * distance for distance in full_way], abs=0.00501)
    figure.root.get_by_role("button", name="boundary").click()
    assert shown()[0] == ["on the boundary"] * 4
    walk.press("End")
    assert shown()[0] == ["says 8", "says 3"] * 2
    assert shown()[1] == pytest.approx(full_way, abs=0.00501)
    figure.root.get_by_role("button", name="digit", exact=True).press("Space")
    assert shown()[1] == [0, 0, 0, 0]

    walk.fill("1")
    canvas = figure.root.locator(".xp-walker canvas").nth(3)
    assert canvas.get_attribute("aria-label").startswith("the digit 8, moved 3.14; the Strong")
    drawn = canvas.evaluate("c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data]")
    arrays = load_arrays("real_digit")
    x_m = linear.mirror_image(arrays["digits"][1] / 255, arrays["w"][1], arrays["b"][1])
    assert np.abs(np.array(drawn[::4]) - 255 * x_m.clip(0, 1)).max() <= 1
    assert visit.errors == []


def test_a_finger_drags_too(open_page):
    visit = open_page(CHAPTER, width=390, has_touch=True, is_mobile=True)
    figure = Figure(visit, "image_space")
    x, y = centre(figure.handle("The image x"))
    cdp = visit.page.context.new_cdp_session(visit.page)
    for kind, dx in (("touchStart", 0), ("touchMove", 30), ("touchMove", 60), ("touchEnd", None)):
        points = [] if dx is None else [{"x": x + dx, "y": y}]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    plot = figure.root.locator(".xp-frame").bounding_box()
    expected = -0.8 + 60 / plot["width"] * 2
    arrived = re.compile(f"^a = −{abs(expected):.1f}\\d, b = 0.00$")  # touches arrive a frame later
    expect(figure.handle("The image x")).to_have_attribute("aria-valuetext", arrived)


def test_two_figures_of_one_kind_do_not_share_state():
    first, second = explorables.MirrorImage(), explorables.MirrorImage(theta=0.2)
    assert first.model_id != second.model_id
    first.theta = 1.0
    assert second.theta == 0.2


def test_state_holds_what_the_page_needs_and_nothing_private():
    assert explorables.ImageSpace(x=[0.1, 0.2]).state() == {"title": "Image space", "x": [0.1, 0.2]}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: explorables.ImageSpace(x=[0, 2]), r"x must be two numbers in \[-1, 1\]"),
        (lambda: explorables.ImageSpace(x=[0, math.nan]), "x must be two numbers"),
        (lambda: explorables.ImageSpace(x=[0]), "x must be two numbers"),
        (lambda: explorables.MirrorImage(theta=math.nan), "theta must be a finite number"),
        (lambda: explorables.MirrorImage(theta=2), "theta"),
        (lambda: explorables.NoisyPoint(loss="squared"), "loss"),
        (lambda: explorables.NoisyPoint(log_lam=1), "log_lam"),
    ],
)
def test_bad_values_are_named(make, message):
    with pytest.raises(traitlets.TraitError, match=message):
        make()
