"""A figure that cannot start still teaches: what a page shows where its scripts do not run."""

import pytest
from playwright.sync_api import expect

from explorables import ImageSpace, Quiz, TrainingSetSize

# A browser of early 2022, as far as figures and quizzes could tell.
OLD_BROWSER = """for (const name of [
  "findLast", "findLastIndex", "toReversed", "toSorted", "toSpliced", "with",
]) {
  delete Array.prototype[name];
  delete Object.getPrototypeOf(Int8Array).prototype[name];
}
delete Object.hasOwn;
delete Object.groupBy;
delete globalThis.structuredClone;"""
QUESTIONS = [{"question": "Is it?", "answers": [("Yes", True, "It is."), ("No", False, "Not so.")]}]


def not_found(route):
    route.fulfill(status=404)


def blocked(route):
    route.abort()


def of_another_type(route):
    headers = {"Content-Type": "text/plain", "X-Content-Type-Options": "nosniff"}
    route.fulfill(response=route.fetch(), headers=headers)


def throwing(route):
    body = 'explorables.define("image_space", () => { throw new Error("a fault"); });'
    route.fulfill(body=body, content_type="text/javascript")


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def assert_still_is_shown(page):
    figure = page.locator(".explorable")
    picture = figure.locator("img")
    expect(picture).to_be_visible()
    page.wait_for_function("document.querySelector('.explorable img').naturalWidth > 0")
    note = figure.locator(".explorable-note")
    expect(note).to_have_count(1)
    expect(note).to_be_visible()
    page.wait_for_function(
        "getComputedStyle(document.querySelector('.explorable-note')).visibility === 'visible'"
    )
    frame, least = figure.bounding_box(), ImageSpace.heights[page.viewport_size["width"] < 600]
    assert frame["height"] == pytest.approx(least, abs=1)
    return note.inner_text()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("fault", [blocked, of_another_type, not_found])
@pytest.mark.parametrize("script", ["host", "kit", "image_space"])
def test_a_script_that_does_not_arrive_leaves_the_still(page, figure_server, script, fault, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.route(f"**/{script}.js", fault)
    page.goto(figure_server.page(ImageSpace()))
    assert "still picture" in assert_still_is_shown(page)


def test_a_module_that_throws_leaves_the_still_and_says_why(page, figure_server):
    page.route("**/image_space.js", throwing)
    page.goto(figure_server.page(ImageSpace()))
    expect(page.locator(".explorable")).to_have_attribute("data-state", "failed")
    assert assert_still_is_shown(page) == (
        "This figure could not start (a fault). You see a still picture of it."
    )


def test_the_live_figure_replaces_the_still(page, figure_server):
    page.goto(figure_server.page(ImageSpace()))
    figure = page.locator(".explorable")
    expect(figure).to_have_attribute("data-state", "live")
    expect(figure.locator("img, .explorable-note")).to_have_count(0)


@pytest.mark.parametrize("script", ["host", "kit", "quiz"])
def test_a_quiz_without_its_scripts_still_answers(page, figure_server, script):
    page.route(f"**/{script}.js", blocked)
    page.goto(figure_server.page(Quiz(QUESTIONS)))
    page.get_by_label("No").check()
    expect(page.get_by_text("Not so.")).to_be_visible()


def test_a_figure_starts_in_a_page_that_was_saved_with_it_alive(page, figure_server):
    url = figure_server.page(ImageSpace())
    page.goto(url)
    expect(page.locator(".explorable")).to_have_attribute("data-state", "live")
    saved = page.content()
    count = page.locator("*").count()
    page.route(url, lambda route: route.fulfill(body=saved, content_type="text/html"))
    page.reload()
    page.wait_for_function("Object.keys(explorables.models).length === 1")
    slider = page.get_by_role("slider").first
    before = slider.get_attribute("aria-valuetext")
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") != before
    assert page.locator("*").count() == count


@pytest.mark.parametrize("figure", [TrainingSetSize, ImageSpace])
def test_figures_start_without_the_newer_built_ins(page, figure_server, figure):
    page.add_init_script(OLD_BROWSER)
    page.goto(figure_server.page(figure()))
    expect(page.locator(".explorable")).to_have_attribute("data-state", "live")


def test_a_quiz_answers_where_css_has_no_has(page, figure_server):
    def without_has(route):
        body = route.fetch().text().replace(":has(", ":not-known(")
        route.fulfill(body=body, content_type="text/html")

    page.add_init_script(OLD_BROWSER)
    page.route("**/page-*.html", without_has)
    page.goto(figure_server.page(Quiz(QUESTIONS)))
    expect(page.locator(".explorable")).to_have_attribute("data-state", "live")
    page.get_by_label("Yes").check()
    expect(page.get_by_text("Right. It is.")).to_be_visible()
    expect(page.get_by_text("Not so.")).to_be_hidden()


def test_a_swipe_that_scrolls_the_page_leaves_a_slider_as_it_was(browser, figure_server):
    context = browser.new_context(
        viewport={"width": 390, "height": 600}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(figure_server.page(TrainingSetSize(), ImageSpace()))
    expect(page.locator(".explorable[data-state=live]")).to_have_count(2)
    slider = page.locator("input[type=range]").first
    slider.scroll_into_view_if_needed()
    before = slider.get_attribute("aria-valuetext")
    scrolled = page.evaluate("scrollY")
    box = slider.bounding_box()
    x, y = box["x"] + 0.25 * box["width"], box["y"] + box["height"] / 2
    touches = context.new_cdp_session(page)
    for step in range(8):
        kind = "touchMove" if step else "touchStart"
        points = [{"x": x, "y": y - 20 * step}]
        touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touches.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function("before => scrollY > before", arg=scrolled)
    page.evaluate(SETTLED)
    assert slider.get_attribute("aria-valuetext") == before
    slider.scroll_into_view_if_needed()
    page.evaluate(SETTLED)
    page.touchscreen.tap(*centre_right(slider))
    expect(slider).not_to_have_attribute("aria-valuetext", before)
    context.close()


# Resolves once the page has not scrolled for twenty frames.
SETTLED = """() => new Promise((resolve) => {
  let y = scrollY, still = 0;
  requestAnimationFrame(function look() {
    still = scrollY === y ? still + 1 : 0;
    y = scrollY;
    still > 20 ? resolve() : requestAnimationFrame(look);
  });
})"""


def centre_right(slider):
    box = slider.bounding_box()
    return box["x"] + 0.75 * box["width"], box["y"] + box["height"] / 2
