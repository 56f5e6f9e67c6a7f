"""Every explorable in the hands of a reader who does anything, in a page of its own.

A session that fails prints its seed and its last actions; `session(..., seed)` repeats it.
"""

import random
import re
from pathlib import Path

import pytest
from browser import find_chromium
from conftest import CHROMIUM_FLAGS, Visit
from playwright.sync_api import expect
from test_quiz import QUESTIONS

import explorables

SESSION = Path(__file__).with_name("fuzz_session.js")
WIDTHS = [1280, 320, 1400, 390, 700, 360]  # one a round, in this order
ACTIONS = 25  # in each round
SYNTHETIC = (
    *["slide"] * 5,
    *["end"] * 3,
    *["key"] * 4,
    *["drag"] * 5,
    *["press"] * 4,
    *["choose"] * 2,
    "type",
    "theme",
    "wait",
)
KEYS = (
    *["Tab"] * 6,
    "Shift+Tab",
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "ArrowDown",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "Enter",
    "Space",
    "Escape",
)
LIVE = '.explorable[data-state="live"]'
QUIET = "explorables.waiting.size === 0"  # no figure waits for a part any more
MADE = {"Quiz": lambda: explorables.Quiz(QUESTIONS)}


def made(name):
    """An explorable of the class of that name, as chapters show it."""
    return MADE.get(name, getattr(explorables, name))()


@pytest.fixture
def address(figure_server):
    """A function: the address of a page that holds, in turn, an explorable of each name."""
    return lambda *names: figure_server.page(*map(made, names))


@pytest.fixture
def visit(browser):
    visit = Visit(browser.new_context(viewport={"width": 1280, "height": 800}).new_page())
    yield visit
    visit.page.context.close()


def random_action(rng):
    return [rng.choice(SYNTHETIC), *(round(rng.random(), 3) for _ in range(3))]


def real_input(page, rng):
    """A few keys and a drag as the browser itself hears them. Returns them in words."""
    keys = [rng.choice(KEYS) for _ in range(6)]
    for key in keys:
        page.keyboard.press(key)
    box = page.locator(".explorable").first.bounding_box()
    top, bottom = max(box["y"], 0), min(box["y"] + box["height"], 800)
    places = [
        (round(rng.uniform(box["x"], box["x"] + box["width"])), round(rng.uniform(top, bottom)))
        for _ in range(2)
    ]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=2)
    page.mouse.up()
    return [*keys, f"mouse from {places[0]} to {places[1]}"]


def session(page, seed):
    """150 random actions and some real input. Returns None, or what went wrong, and after what."""
    rng = random.Random(seed)
    done = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        actions = [random_action(rng) for _ in range(ACTIONS)]
        done += [f"width {width}", *actions]
        found = page.evaluate("perform", actions)
        if found is None:
            done += real_input(page, rng)
            what = page.evaluate("fault()")
            found = what and {"at": None, "what": what}
        if found:
            last = len(done) if found["at"] is None else len(done) - ACTIONS + found["at"] + 1
            return f"seed {seed}: {found['what']}\nafter {done[max(0, last - 8) : last]}"
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if width <= 390 and over > 0:
            return f"seed {seed}: {over} pixels too wide at {width}, after {done[-8:]}"
    return None


def opened(visit, url, count=1):
    """Open the page and wait until so many figures live in it."""
    visit.page.goto(url)
    expect(visit.page.locator(LIVE)).to_have_count(count)
    visit.page.add_script_tag(path=SESSION)
    return visit.page


@pytest.mark.parametrize("name", explorables.__all__)
def test_a_random_session_finds_no_fault(visit, address, name):
    fault = session(opened(visit, address(name)), seed=name)
    assert fault is None, fault
    assert visit.errors == []


@pytest.mark.parametrize("name", explorables.__all__)
def test_two_figures_of_one_kind_do_not_move_each_other(visit, address, name):
    page = opened(visit, address(name, name), 2)
    rng = random.Random(name)
    actions = [random_action(rng) for _ in range(40)]
    actions = [action for action in actions if action[0] != "theme"]  # which is that of the page
    page.wait_for_load_state("networkidle")  # all parts that the figures asked for
    assert page.evaluate("perform([], 0)") is None  # and what they draw a frame later
    first, second = page.evaluate("[looks(0), looks(1)]")
    assert page.evaluate("actions => perform(actions, 1)", actions) is None
    assert page.evaluate("looks(0)") == first
    assert page.evaluate("looks(1)") != second
    assert visit.errors == []


# What the host gets of a damaged file, from what it should be.
DAMAGES = {
    "missing": lambda text: {"status": 404},
    "empty": lambda text: {"body": ""},
    "truncated": lambda text: {"body": text[: len(text) // 2]},
    "another file": lambda text: {"body": "<!doctype html><p>Sorry</p>"},
    "damaged bytes": lambda text: {"body": text.replace('"base64":"', '"base64":"?')},
    "without values": lambda text: {"body": text[: text.index(",")] + ", {});"},
}
UNREADABLE = [kind for kind in DAMAGES if kind != "without values"]
# A trait and two values of it that ask for parts which are not there at first.
ASKS = {
    "LargeChanges": ("digit", 5, 6),
    "RobustAccuracy": ("pair", "1-7", "4-9"),
    "SvmExplorer": ("pair", "1-7", "4-9"),
    "Temperature": ("decay", 1e-2, 3e-2),
}
WITH_PARTS = [name for name in explorables.__all__ if getattr(explorables, name).parts()]
SORRY = re.compile("could not start|could not be loaded|did not load")


def damage(visit, name, kind):
    """From now on, the parts of the figure of that name come damaged; until the route is undone."""

    def fulfil(route):
        whole = route.fetch().text()
        visit.page.evaluate("url => (window.damaged ||= []).push(url)", route.request.url)
        route.fulfill(**DAMAGES[kind](whole))

    visit.page.route(f"**/{getattr(explorables, name).module}/*.js", fulfil)


@pytest.mark.parametrize("name", WITH_PARTS)
def test_a_damaged_part_is_spoken_of_and_asked_for_again(visit, address, name):
    page = opened(visit, address(name))
    figure = page.locator(".explorable")
    trait, value, other = ASKS[name]
    first = page.evaluate(f"explorables.models['explorable-1'].get('{trait}')")

    def ask(value):
        assigned = "([trait, value]) => explorables.models['explorable-1'].set(trait, value)"
        page.evaluate(assigned, [trait, value])

    def ask_for_damaged(value, kind):
        damage(visit, name, kind)
        ask(value)
        expect(figure).to_contain_text(SORRY)
        assert page.evaluate("fault()") is None, kind
        page.unroute_all(behavior="wait")
        ask(first)

    for kind in UNREADABLE:
        ask_for_damaged(value, kind)
    ask(value)
    page.wait_for_function(QUIET)  # it has arrived, or has failed again
    expect(figure).not_to_contain_text(SORRY)
    ask_for_damaged(other, "without values")
    assert page.evaluate("perform([['press', 0.1], ['wait']])") is None


@pytest.mark.parametrize("kind", ["missing", "damaged bytes", "without values"])
@pytest.mark.parametrize("name", WITH_PARTS)
def test_a_figure_that_opens_with_a_damaged_part_says_so(visit, address, name, kind):
    damage(visit, name, kind)
    visit.page.goto(address(name))
    figure = visit.page.locator(".explorable")
    expect(figure).to_contain_text(SORRY)
    assert not re.search("NaN|undefined|Infinity", figure.inner_text())
    visit.page.unroute_all(behavior="wait")
    opened(visit, visit.page.url)
    visit.page.wait_for_function(QUIET)
    expect(figure).not_to_contain_text(SORRY)


STATE = re.compile(r'(<script type="application/json">)(.*?)(</script>)', re.DOTALL)


@pytest.mark.parametrize(
    "state",
    [
        r"\1{\3",
        r"\1\3",
        r"\1{}\3",
        r"\1null\3",
        r'\1{"id": "explorable-1", "module": "image_space"}\3',
        r'\1{"id": "explorable-1", "module": "none", "state": {}}\3',
        "",
    ],
)
def test_a_figure_without_its_state_says_so_and_others_live(visit, figure_server, address, state):
    url = address("ImageSpace", "MirrorImage")
    path = url.removeprefix(figure_server.address)
    figure_server.pages[path] = STATE.sub(state, figure_server.pages[path], count=1)
    opened(visit, url, 1)
    broken, other = visit.page.locator(".explorable").all()
    expect(broken).to_contain_text("This figure could not start (")
    assert broken.bounding_box()["height"] > 0
    assert len(visit.errors) == 1 and visit.errors[0].startswith("explorable image_space: ")
    other.get_by_role("slider", name="Angle θ").press("End")
    expect(other.get_by_role("slider", name="Angle of the boundary")).to_have_attribute(
        "aria-valuetext", "89.5 degrees"
    )


def test_a_figure_whose_script_is_missing_says_so(visit, address):
    visit.page.route("**/image_space.js", lambda route: route.fulfill(status=404))
    opened(visit, address("ImageSpace", "MirrorImage"), 1)
    expect(visit.page.locator(".explorable").first).to_contain_text(
        "This figure could not start (its script could not be read)."
    )


@pytest.fixture(params=["kept", "loaded again"])
def leaving_browser(browser, request):
    """A Chromium that keeps pages that are left to go back to them, and one that does not."""
    flag = "--disable-back-forward-cache"
    chromium = browser.browser_type.launch(
        executable_path=find_chromium(),
        args=CHROMIUM_FLAGS,
        ignore_default_args=[flag] if request.param == "kept" else None,
    )
    yield chromium
    chromium.close()


def test_going_back_to_a_page_finds_its_figures_alive(leaving_browser, address):
    names = explorables.__all__
    visit = Visit(leaving_browser.new_page(viewport={"width": 390, "height": 800}))
    page = opened(visit, address(*names), len(names))
    rng = random.Random(0)
    for n in range(len(names)):
        page.evaluate("([a, n]) => perform(a, n)", [[random_action(rng) for _ in range(5)], n])
    page.goto("about:blank")
    page.go_back(wait_until="commit")  # a page that was kept is not loaded
    expect(page.locator(LIVE)).to_have_count(len(names))
    page.add_script_tag(path=SESSION)
    for n, name in enumerate(names):
        actions = [random_action(rng) for _ in range(10)]
        assert page.evaluate("([a, n]) => perform(a, n)", [actions, n]) is None, name
    assert visit.errors == []
