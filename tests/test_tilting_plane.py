"""A boundary that the reader turns: its numbers against the helpers, its controls, its pictures."""

import re

import numpy as np
import pytest
import traitlets
from figure_page import FigurePage, centre, numbers, text_of
from playwright.sync_api import expect

from explorables import TiltingPlane
from helpers import linear, plots, tilting
from helpers.data import digit_pair
from helpers.results import load_arrays, load_svm_figures

HANDLE, SLIDER = "Direction of the weights ŵ", "Tilting angle θ"
ANGLES = [0, 0.3, np.pi / 4, 1.2, TiltingPlane().theta_svm, np.radians(89.5)]


class Tilting(FigurePage):
    figure = TiltingPlane

    @property
    def plane(self):
        return self.plot("Training images in the plane of ẑ and n̂")

    def angle(self):
        """θ in degrees, as the handle says it."""
        [angle] = numbers(self.spoken(HANDLE))
        return angle

    def words_under(self, name):
        """What stands under the picture of that name, line by line."""
        picture = self.root.get_by_text(name, exact=True).locator("xpath=..")
        return text_of(picture).split("\n")[1:]


@pytest.fixture
def figure(open_figure):
    return open_figure(Tilting)


@pytest.fixture(scope="module")
def plane():
    """i, j, ẑ and n̂ of the figure, the coordinates of its points in pixels, and their labels."""
    arrays = load_arrays("svm_mnist")
    i, j = arrays["centroids"].astype(float)
    [weak] = arrays["w"][np.isclose(arrays["lam"], 1e-4)].astype(float)
    labels = np.repeat([-1, 1], 3000)
    return i, j, *tilting.tilting_plane(weak, i, j), arrays["in_weak_plane"], labels


def direction(theta):
    return np.array([np.cos(theta), np.sin(theta)])


def test_every_training_image_has_its_place_in_the_plane(mnist, plane):
    i, j, z_hat, n_hat, points, labels = plane
    X, y = digit_pair(mnist, 3, 8, n=3000)
    assert (y == labels).all()
    assert np.abs(points - tilting.project(X, z_hat, n_hat, (i + j) / 2)).max() < 1e-3


def test_the_svm_is_marked_at_its_own_angle(figure):
    [svm] = [of for of in load_svm_figures(3, 8) if np.isclose(of["lam"], 1e-4)]
    assert TiltingPlane().theta_svm == pytest.approx(svm["theta"], abs=1e-6)
    assert figure.plane.point("SVM") == pytest.approx(direction(svm["theta"]), abs=1e-6)


def test_numbers_agree_with_helpers(figure, plane):
    i, j, *_, points, y = plane
    half = np.linalg.norm(j - i) / 2
    for theta in ANGLES:
        figure.set(theta=float(theta))
        factors = [half, np.cos(theta), half * np.cos(theta)]
        assert figure.readout("½‖j − i‖ cos θ") == pytest.approx(factors, abs=5.01e-4)
        d_adv = linear.adversarial_distance(points, y, direction(theta), 0)
        assert figure.readout("mean distance d_adv") == pytest.approx([d_adv], abs=5.01e-4)
        error = linear.error_rate(points, y, direction(theta), 0)
        shown = figure.readout_text("training error").replace(",", "")
        per_cent, wrong, total = numbers(shown)
        assert (wrong, total) == (round(6000 * error), 6000)
        assert per_cent == pytest.approx(100 * error, abs=0.0501)


def test_the_points_on_the_wrong_side_are_drawn_in_full_colour(figure, plane):
    *_, points, y = plane
    drawn = np.r_[:500, 3000:3500]
    for theta in ANGLES:
        figure.set(theta=float(theta))
        wrong = y[drawn] * (points[drawn] @ direction(theta)) <= 0
        for name, label in (("I", -1), ("J", 1)):
            spots = figure.plane.mark(f"class {name}, on the wrong side")
            assert spots.get_attribute("d").count("M") == wrong[y[drawn] == label].sum()


def test_the_distance_is_drawn_twice_and_as_long_as_it_is(figure, plane):
    i, j, *_ = plane
    half = np.linalg.norm(j - i) / 2
    for theta in ANGLES:
        figure.set(theta=float(theta))
        [along_w], [from_j], [boundary] = (
            np.diff(figure.plane.points(name)[0], axis=0)
            for name in ("½‖j − i‖ cos θ", "d_adv", "boundary")
        )
        d_adv = half * np.cos(theta)
        assert np.linalg.norm(along_w) == pytest.approx(d_adv, abs=1e-4)
        assert np.linalg.norm(from_j) == pytest.approx(d_adv, abs=1e-4)
        assert from_j @ boundary == pytest.approx(0, abs=1e-3 * np.linalg.norm(boundary))
        w = direction(theta)
        assert figure.plane.point("jₘ") == pytest.approx([half, 0] - 2 * d_adv * w, abs=1e-4)
        assert figure.plane.point("iₘ") == pytest.approx(2 * d_adv * w - [half, 0], abs=1e-4)


@pytest.mark.parametrize("width", [1280, 390])
def test_names_stand_inside_the_plot_and_apart(open_figure, width):
    figure = open_figure(Tilting, width=width)
    frame = figure.plane.frame
    for theta in np.radians([*range(0, 90, 5), 89.5]):
        figure.set(theta=float(theta))
        boxes = figure.plane.boxes_of_texts()
        names = {name for text, _ in boxes for name in text.split(", ")}  # of points that coincide
        assert {"i", "j", "iₘ", "jₘ", "ŵ", "SVM", "½‖j − i‖"} <= names
        for k, (_, box) in enumerate(boxes):
            assert box["left"] >= frame["x"] - 1 and box["top"] >= frame["y"] - 4
            assert box["right"] <= frame["x"] + frame["width"] + 8
            assert box["bottom"] <= frame["y"] + frame["height"] + 4
            for _, other in boxes[:k]:
                across = box["right"] <= other["left"] + 2 or other["right"] <= box["left"] + 2
                assert across or abs(box["top"] - other["top"]) > 8, np.degrees(theta)


def test_the_weights_turn_by_mouse_by_keys_and_by_buttons(figure):
    assert figure.angle() == 30
    handle = np.array(centre(figure.handle(HANDLE).locator("path")))
    lever = 90 * direction(1.2) * [1, -1]  # on the screen, down is positive
    figure.drag(HANDLE, *(figure.plane.to_pixels(0, 0) + lever - handle))
    assert figure.angle() == pytest.approx(np.degrees(1.2), abs=1)
    figure.drag(HANDLE, -300, 0)  # θ stays below a right angle
    assert figure.angle() == 89.5
    figure.drag(HANDLE, 300, 300)
    assert figure.angle() == 0

    figure.handle(HANDLE).press("ArrowUp")
    assert figure.angle() == 1.1
    figure.handle(HANDLE).press("Shift+ArrowUp")
    assert figure.angle() == 6.8
    slider = figure.control(SLIDER)
    slider.press("End")
    assert figure.angle() == 89.5
    slider.press("ArrowLeft")
    assert figure.angle() == 89

    figure.root.get_by_role("button", name="weakly regularised SVM").press("Enter")
    assert figure.angle() == pytest.approx(np.degrees(TiltingPlane().theta_svm), abs=0.0501)
    figure.root.get_by_role("button", name="nearest centroid").click()
    assert figure.angle() == 0


def test_a_finger_turns_them_on_a_phone(open_figure):
    figure = open_figure(Tilting, width=390, has_touch=True, is_mobile=True)
    figure.set(theta=0)
    x, y = centre(figure.handle(HANDLE).locator("path"))
    cdp = figure.page.context.new_cdp_session(figure.page)
    for kind, up in (("touchStart", 0), ("touchMove", 20), ("touchMove", 400), ("touchEnd", None)):
        points = [] if up is None else [{"x": x, "y": y - up}]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    # 400 screen pixels above a handle that is some 34 from the middle: nearly straight up.
    arrived = re.compile(r"^8[4-6]\.\d degrees$")  # touches arrive a frame later
    expect(figure.handle(HANDLE)).to_have_attribute("aria-valuetext", arrived)


def test_pictures_show_the_weights_and_the_mirror_images(figure, plane):
    i, j, z_hat, n_hat, *_ = plane
    colours = {
        sign: np.array([int(colour["light"][k : k + 2], 16) for k in (1, 3, 5)])
        for sign, colour in ((-1, plots.PALETTE["class-i"]), (1, plots.PALETTE["class-j"]))
    }
    for theta in ANGLES:
        figure.set(theta=float(theta))
        w_hat = np.cos(theta) * z_hat + np.sin(theta) * n_hat
        b = -w_hat @ (i + j) / 2
        strength = np.abs(w_hat / np.abs(w_hat).max())[:, None]
        ink = np.where(w_hat[:, None] < 0, colours[-1], colours[1])
        shown = figure.image("the weights, turned by")
        assert np.abs(shown - (255 + (ink - 255) * strength)).max() <= 1
        for name, digit, x, says in (("i", 3, i, 8), ("j", 8, j, 3)):
            x_m = linear.mirror_image(x, w_hat, b)
            mirrored = figure.image(f"mirror image of the mean {digit}")
            assert np.abs(mirrored - 255 * x_m.clip(0, 1)[:, None]).max() <= 1
            assert np.abs(figure.image(f"the mean {digit}") - 255 * x[:, None]).max() <= 1
            verdict, moved = figure.words_under(f"{name}ₘ, mirrored")
            assert verdict == f"says {says}"
            assert numbers(moved) == pytest.approx([np.linalg.norm(x - x_m)], abs=5.01e-3)


def test_upright_the_mirror_image_of_one_centroid_is_the_other(figure):
    figure.set(theta=0)
    for mirrored, other in ((3, 8), (8, 3)):
        shown = figure.image(f"mirror image of the mean {mirrored}")
        assert np.abs(shown - figure.image(f"the mean {other}")).max() <= 1


def test_a_phone_that_is_turned_gets_the_wide_figure_and_keeps_the_angle(open_figure):
    figure = open_figure(Tilting, width=390, fresh=True)
    figure.set(theta=1.0)
    expect(figure.root).to_contain_text("lie outside this narrow frame")
    figure.page.set_viewport_size({"width": 844, "height": 390})
    expect(figure.root).not_to_contain_text("narrow frame")
    assert figure.angle() == 57.3
    expect(figure.plane.locator).to_have_count(1)


def test_there_may_be_fewer_images(open_figure):
    points = np.array([[-3, 1], [1, 0], [-0.5, -0.5], [2, 1], [-1, 0.5], [0.5, 0.5]])
    figure = open_figure(Tilting, widget=TiltingPlane(points=points, theta=0))
    assert figure.readout_text("training error") == "33.3 %, 2 of 6"
    assert "The first 3 images of each class" in text_of(figure.root)
    figure.root.get_by_role("img", name="3 threes as blue discs, 3 eights").wait_for()


def test_it_keeps_its_height_and_fits(open_figure):
    for width in (1280, 390):
        figure = open_figure(Tilting, width=width)
        heights = set()
        for theta in ANGLES:
            figure.set(theta=float(theta))
            heights.add(round(figure.height()))
            assert figure.sticks_out() <= 0
        assert len(heights) == 1


@pytest.mark.parametrize("theta", [np.nan, np.inf, -0.1, 2, "0.3"])
def test_bad_angles_are_named(theta):
    with pytest.raises(traitlets.TraitError, match="theta"):
        TiltingPlane(theta=theta)


@pytest.mark.parametrize("name", ["points", "centroids", "n_hat"])
def test_arrays_of_another_shape_are_named(name):
    with pytest.raises(traitlets.TraitError, match=f"{name}: the array must have shape"):
        TiltingPlane(**{name: np.zeros((2, 3, 4))})
