"""A boundary that the reader turns: its numbers against the helpers, its controls, its pictures."""

import re

import numpy as np
import pytest
import traitlets
from playwright.sync_api import expect
from test_explorables import SCHEMES, Figure, centre, numbers

from helpers import linear, plots, tilting
from helpers.data import digit_pair
from explorables import TiltingPlane
from helpers.results import load_arrays, load_svm_figures

CHAPTER = "book/tilting-angle.html"
HANDLE, SLIDER = "Direction of the weights ŵ", "Tilting angle θ"
ANGLES = [0, 0.3, np.pi / 4, 1.2, TiltingPlane().theta_svm, np.radians(89.5)]


@pytest.fixture(params=SCHEMES)
def figure(open_page, request):
    visit = open_page(CHAPTER, scheme=request.param)
    yield Figure(visit, "tilting_plane")
    assert visit.errors == []


@pytest.fixture(scope="module")
def plane():
    """i, j, ẑ and n̂ of the figure, the coordinates of its points in pixels, and their labels."""
    arrays = load_arrays("svm_mnist")
    i, j = arrays["centroids"].astype(float)
    [weak] = arrays["w"][np.isclose(arrays["lam"], 1e-4)].astype(float)
    points = arrays["in_weak_plane"]
    return i, j, *tilting.tilting_plane(weak, i, j), points, np.repeat([-1, 1], 3000)


def direction(theta):
    return np.array([np.cos(theta), np.sin(theta)])


def spoken_angle(figure):
    [angle] = numbers(figure.spoken(HANDLE))
    return angle


def strong(figure, name):
    label = figure.root.locator(".xp-readouts span", has_text=re.compile(f"^{re.escape(name)}$"))
    return label.locator("xpath=following-sibling::strong").inner_text()


def picture(figure, name):
    """The picture called ``name``, its canvas as 784 rows of red, green and blue, and its text."""
    of = figure.root.locator(".xp-thumbnail").filter(has_text=name)
    read = "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data]"
    drawn = np.array(of.locator("canvas").evaluate(read)).reshape(784, 4)[:, :3]
    return drawn, of.locator(".xp-note").inner_text()


def ends(line):
    """Both ends of a line of the plot, in screen pixels."""
    x1, y1, x2, y2 = (float(line.get_attribute(name)) for name in ("x1", "y1", "x2", "y2"))
    return np.array([x1, y1]), np.array([x2, y2])


def test_every_training_image_has_its_place_in_the_plane(mnist, plane):
    i, j, z_hat, n_hat, points, labels = plane
    X, y = digit_pair(mnist, 3, 8, n=3000)
    assert (y == labels).all()
    assert np.abs(points - tilting.project(X, z_hat, n_hat, (i + j) / 2)).max() < 1e-3


def test_the_svm_is_marked_at_its_own_angle():
    [svm] = [of for of in load_svm_figures(3, 8) if np.isclose(of["lam"], 1e-4)]
    assert TiltingPlane().theta_svm == pytest.approx(svm["theta"], abs=1e-6)


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
        shown = strong(figure, "training error").replace(",", "")
        per_cent, count, of = numbers(shown)
        assert (count, of) == (round(6000 * error), 6000)
        assert per_cent == pytest.approx(100 * error, abs=0.0501)


def test_the_points_on_the_wrong_side_are_drawn_in_full_colour(figure, plane):
    *_, points, y = plane
    drawn = np.r_[:500, 3000:3500]
    for theta in ANGLES:
        figure.set(theta=float(theta))
        wrong = y[drawn] * (points[drawn] @ direction(theta)) <= 0
        for name, label in (("i", -1), ("j", 1)):
            path = figure.root.locator(f".xp-spots-{name}").get_attribute("d")
            assert path.count("M") == wrong[y[drawn] == label].sum()


def test_the_distance_is_drawn_twice_and_as_long_as_it_is(figure, plane):
    i, j, *_ = plane
    frame = figure.root.locator(".xp-frame").first
    pixel = float(frame.get_attribute("width")) / 10  # the plot shows 10 pixels across
    for theta in ANGLES:
        figure.set(theta=float(theta))
        lines = figure.root.locator("line.xp-adversarial").all()
        along_w, from_j = [np.subtract(*ends(line)) for line in lines]
        boundary = np.subtract(*ends(figure.root.locator("line.xp-boundary")))
        d_adv = np.linalg.norm(j - i) / 2 * np.cos(theta)
        assert np.linalg.norm(from_j) == pytest.approx(d_adv * pixel, abs=0.01)
        assert np.linalg.norm(along_w) == pytest.approx(d_adv * pixel, abs=0.01)
        assert from_j @ boundary == pytest.approx(0, abs=0.01 * np.linalg.norm(boundary))


def test_the_weights_turn_by_mouse_by_keys_and_by_buttons(figure):
    assert spoken_angle(figure) == 30
    frame = figure.root.locator(".xp-frame").bounding_box()
    handle = np.array(centre(figure.handle(HANDLE)))
    middle = np.array([frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2])
    lever = 90 * direction(1.2) * [1, -1]  # on the screen, down is positive
    figure.drag(HANDLE, *(middle + lever - handle))
    assert spoken_angle(figure) == pytest.approx(np.degrees(1.2), abs=1)
    figure.drag(HANDLE, -300, 0)  # θ stays below a right angle
    assert spoken_angle(figure) == 89.5
    figure.drag(HANDLE, 300, 300)
    assert spoken_angle(figure) == 0

    figure.handle(HANDLE).press("ArrowUp")
    assert spoken_angle(figure) == 1.1
    figure.handle(HANDLE).press("Shift+ArrowUp")
    assert spoken_angle(figure) == 6.8
    slider = figure.root.get_by_role("slider", name=SLIDER)
    slider.press("End")
    assert spoken_angle(figure) == 89.5
    slider.press("ArrowLeft")
    assert spoken_angle(figure) == 89

    figure.root.get_by_role("button", name="weakly regularised SVM").press("Enter")
    assert spoken_angle(figure) == pytest.approx(np.degrees(TiltingPlane().theta_svm), abs=0.0501)
    figure.root.get_by_role("button", name="nearest centroid").click()
    assert spoken_angle(figure) == 0


def test_a_finger_turns_them_on_a_phone(open_page):
    visit = open_page(CHAPTER, width=390, has_touch=True, is_mobile=True)
    figure = Figure(visit, "tilting_plane")
    figure.set(theta=0)
    x, y = centre(figure.handle(HANDLE))
    cdp = visit.page.context.new_cdp_session(visit.page)
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
        assert np.abs(picture(figure, "ŵ")[0] - (255 + (ink - 255) * strength)).max() <= 1
        for name, x, says in (("i", i, 8), ("j", j, 3)):
            x_m = linear.mirror_image(x, w_hat, b)
            drawn, text = picture(figure, f"{name}ₘ")
            assert np.abs(drawn - 255 * x_m.clip(0, 1)[:, None]).max() <= 1
            assert np.abs(picture(figure, f"{name}, mean")[0] - 255 * x[:, None]).max() <= 1
            verdict, moved = text.split("\n")
            assert verdict == f"says {says}"
            assert numbers(moved) == pytest.approx([np.linalg.norm(x - x_m)], abs=5.01e-3)


def test_upright_the_mirror_image_of_one_centroid_is_the_other(figure):
    figure.set(theta=0)
    for mirrored, other in (("iₘ", "j, mean"), ("jₘ", "i, mean")):
        assert np.abs(picture(figure, mirrored)[0] - picture(figure, other)[0]).max() <= 1


def test_a_phone_that_is_turned_gets_the_wide_figure_and_keeps_the_angle(open_page):
    visit = open_page(CHAPTER, width=390)
    figure = Figure(visit, "tilting_plane")
    figure.set(theta=1.0)
    note = figure.root.locator(".xp-key")
    assert "lie outside this narrow frame" in note.inner_text()
    visit.page.set_viewport_size({"width": 844, "height": 390})
    expect(note).not_to_contain_text("narrow frame")
    assert spoken_angle(figure) == 57.3
    assert figure.root.locator(".xp-plane").count() == 1


@pytest.mark.parametrize("theta", [np.nan, np.inf, -0.1, 2, "0.3"])
def test_bad_angles_are_named(theta):
    with pytest.raises(traitlets.TraitError, match="theta"):
        TiltingPlane(theta=theta)
