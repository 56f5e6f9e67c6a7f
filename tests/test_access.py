"""The book for every reader: explorables by keyboard alone, by touch, enlarged, without motion; in
print; in another browser."""

import json

import pytest
from conftest import Visit
from firefox import Firefox
from playwright.sync_api import expect
from test_fuzz_explorables import LIVE, made
from test_pages import CHAPTERS, QUIET, USE, wait_until_live

import explorables

# Each explorable, on a page of its own between two buttons


@pytest.fixture(params=explorables.__all__)
def open_between(request, browser, figure_server):
    """A function that opens the page in a context of its own, made with Playwright's options."""
    contexts, errors = [], []

    def open_between(**options):
        contexts.append(browser.new_context(**options))
        visit = Visit(contexts[-1].new_page(), errors)
        visit.page.goto(figure_server.page(made(request.param)))
        expect(visit.page.locator(LIVE)).to_have_count(1)
        visit.page.wait_for_function(QUIET)
        visit.page.evaluate(BUTTONS)
        return visit.page

    yield open_between
    for context in contexts:
        context.close()
    assert errors == []


BUTTONS = """() => {
  const button = (id) => Object.assign(document.createElement("button"), { id });
  document.body.prepend(button("before"));
  document.body.append(button("after"));
}"""
FRAMES = """async (count) => {
  while (count--) await new Promise(requestAnimationFrame);
}"""

# The controls that Tab should stop at: of a group of radio buttons one.
STOPS = """() => {
  const groups = new Set();
  const stops = ":is(input, button, select, a, summary, [tabindex])";
  return [...document.querySelectorAll(`.explorable ${stops}`)]
    .filter((node) => node.checkVisibility({ visibilityProperty: true }) && node.tabIndex >= 0)
    .filter(({ type, name }) => type !== "radio" || (!groups.has(name) && groups.add(name)))
    .length;
}"""
FOCUSED = """() => {
  const node = document.activeElement;
  const ring = (at) => getComputedStyle(at).outlineStyle !== "none";
  const halo = (at) => at && getComputedStyle(at).stroke !== "none";
  window.stops ||= [];
  if (!window.stops.includes(node)) window.stops.push(node);
  return {
    id: node.id || window.stops.indexOf(node),
    shows: ring(node) || Boolean(halo(node.querySelector(".xp-halo"))),
  };
}"""
VALUE = """() => {
  const node = document.activeElement;
  const chosen = node.type === "radio" || node.type === "checkbox" ? node.checked : node.value;
  const place = [...document.querySelectorAll("*")].indexOf(node); // of radio buttons it moves
  return JSON.stringify([place, chosen ?? null, node.getAttribute("aria-valuetext")]);
}"""


def test_the_keyboard_alone_is_enough(open_between):
    page = open_between(viewport={"width": 1280, "height": 800})
    wanted = page.evaluate(STOPS)

    def walk(start, key, end):
        page.locator(start).focus()
        passed = []
        while len(passed) <= wanted:
            page.keyboard.press(key)
            focused = page.evaluate(FOCUSED)
            if focused["id"] == end:
                break
            passed.append(focused["id"])
            assert focused["shows"], page.evaluate("document.activeElement.outerHTML")
        return passed

    there = walk("#before", "Tab", "after")
    assert len(there) == wanted > 0
    assert walk("#after", "Shift+Tab", "before") == there[::-1]

    for stop in there:
        page.evaluate("stop => stops[stop].focus()", stop)
        if page.evaluate("document.activeElement.matches('button, summary, [type=number]')"):
            continue
        before = page.evaluate(VALUE)
        for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Space"):
            page.keyboard.press(key)
            page.evaluate(FRAMES, 2)
            if page.evaluate(VALUE) != before:
                break
        else:
            pytest.fail(f"no key changes {page.evaluate('document.activeElement.outerHTML')}")


def test_a_finger_moves_every_handle(open_between):
    page = open_between(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    touches = page.context.new_cdp_session(page)

    def drag(handle, dx, dy):
        handle.scroll_into_view_if_needed()
        box = handle.locator("circle, path").first.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        for kind, share in (("touchStart", 0), ("touchMove", 0.5), ("touchMove", 1)):
            points = [{"x": x + share * dx, "y": y + share * dy}]
            touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        touches.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.evaluate(FRAMES, 2)

    for handle in page.locator("[role=slider]:visible").all():
        before = handle.get_attribute("aria-valuetext")
        for way in ((40, 0), (-40, 0), (0, 40), (0, -40)):
            drag(handle, *way)
            if handle.get_attribute("aria-valuetext") != before:
                break
        else:
            pytest.fail(f"no finger moves {handle.get_attribute('aria-label')}")
        assert page.evaluate("scrollX") == 0


BEYOND = """() => [...document.querySelectorAll(
    ".explorable :is(input, button, select, label, legend, p, th, td, canvas, strong, data)")]
  .filter((node) => node.checkVisibility({ visibilityProperty: true }))
  .filter((node) => {
    const inner = node.getBoundingClientRect();
    const outer = node.closest(".explorable").getBoundingClientRect();
    return inner.left < outer.left || inner.right > outer.right;
  })
  .map((node) => node.outerHTML.slice(0, 200))"""


def test_at_twice_the_size_nothing_is_lost(open_between):
    page = open_between(viewport={"width": 640, "height": 400}, device_scale_factor=2)
    page.evaluate(USE)
    assert page.evaluate(BEYOND) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


# What a reader can no longer read or reach: text and controls beyond the figure's frame, and text
# over something else. Tables, and the map of pairs, may scroll.
LOST = """() => {
  const figure = document.querySelector(".explorable");
  const frame = figure.getBoundingClientRect();
  const shows = (node) => node.checkVisibility({ visibilityProperty: true });
  const boxes =
    "input, button:not(.xp-map *), select, canvas, table, .xp-map-box, svg:not(svg svg)";
  const pieces = [...figure.querySelectorAll(boxes)].filter(shows).map((node) => (
    { node, box: node.getBoundingClientRect(), name: node.outerHTML.slice(0, 200) }
  ));
  const texts = [];
  const walker = document.createTreeWalker(figure, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const inside = node.parentElement;
    if (!shows(inside) || inside.closest("svg, option, table, .xp-map")) continue;
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) texts.push({ node, box, name: node.data });
  }
  pieces.push(...texts);
  const beyond = ({ box }) => box.left < frame.left || box.right > frame.right;
  const overlap = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 5;
  const covers = (text) => pieces.some(({ node, box }) =>
    !node.contains(text.node) && overlap(text.box, box));
  return [...pieces.filter(beyond), ...texts.filter(covers)].map(({ name }) => name);
}"""
# The text's size, and the frame's width: in the book on a screen 1280 and 390 wide, in a notebook.
SIZES = [(32, 570), (32, 294), (16, 500)]
# Bars stop sticking where a screen is low for its text; media queries measure that by the browser's
# own size of text, which a page cannot set.
RESIZE = """([text, frame]) => {
  document.documentElement.style.fontSize = `${text}px`;
  document.body.style.width = `${frame}px`;
  window.low ||= document.head.appendChild(document.createElement("style"));
  low.textContent = innerHeight < 30 * text ? ".xp-control-bar { position: static; }" : "";
}"""


def test_enlarged_text_and_a_narrow_frame_lose_nothing(open_between):
    page = open_between(viewport={"width": 1280, "height": 800})
    for use in (False, True):
        if use:
            page.evaluate(USE)
        for size in SIZES:
            page.evaluate(RESIZE, size)
            page.evaluate(FRAMES, 3)  # one for the frame's new width, one for a figure made anew
            assert page.evaluate(LOST) == [], (*size, use)


def test_who_wants_no_motion_gets_none(open_between):
    page = open_between(reduced_motion="reduce")
    page.evaluate(USE)
    page.wait_for_function(QUIET)
    page.evaluate(FRAMES, 2)  # some draw a frame later
    shown = page.content()
    page.evaluate(FRAMES, 10)
    assert page.content() == shown
    assert page.evaluate("document.getAnimations().length") == 0


# On paper


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_print_is_dark_on_white_and_unfolded(open_page, theme):
    page = open_page("book/mirror-images.html", theme=theme).page
    wait_until_live(page)
    state = """[document.documentElement.dataset.theme,
      document.querySelectorAll("details:not([open])").length]"""
    before = page.evaluate(state)
    assert before[0] == theme
    assert before[1] > 0
    page.evaluate(f"addEventListener('beforeprint', () => (window.printed = {state}))")
    page.pdf()
    page.wait_for_function("window.printed")
    assert page.evaluate("printed") == ["light", 0]
    assert page.evaluate(state) == before


# In another browser


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    firefox = Firefox(tmp_path_factory.mktemp("firefox"))
    yield firefox
    firefox.close()


def test_firefox_brings_every_explorable_to_life(firefox, site):
    states = "[...document.querySelectorAll('.explorable')].map((figure) => figure.dataset.state)"
    texts = "[...document.querySelectorAll('.explorable')].map((figure) => figure.innerText)"
    waiting = f"""new Promise((done) => (function look() {{
      {states}.includes("waiting") ? setTimeout(look, 20) : done();
    }})())"""

    def still_the_same(before):
        """The texts that are the same ten seconds later: a figure may have to load a part."""
        return f"""new Promise((done) => (function look(end) {{
          const same = {json.dumps(before)}.filter((text, k) => {texts}[k] === text);
          same.length && Date.now() < end ? setTimeout(look, 50, end) : done(same);
        }})(Date.now() + 10_000))"""

    for chapter in CHAPTERS:
        firefox.open((site / f"{chapter}.html").as_uri())
        firefox.evaluate(waiting)
        assert set(firefox.evaluate(states)) <= {"live"}, chapter
        before = firefox.evaluate(texts)
        firefox.evaluate(f"({USE.rstrip().removesuffix(';')})()")
        assert firefox.evaluate(still_the_same(before)) == [], chapter
        assert firefox.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert firefox.errors == []
