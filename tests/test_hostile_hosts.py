"""The built book where a browser or a host allows less than usual: no storage, a strict content
security policy, a page saved from the browser, a strange search."""

import re
import time
from pathlib import Path

import pytest
from firefox import Firefox
from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parent.parent
PAGE = "book/mirror-images.html"
HOW = (ROOT / "book" / "how-it-is-made.md").read_text(encoding="utf-8")
[POLICY] = re.findall(r"```\n(default-src.*?)\n```", HOW, re.S)
POLICY = " ".join(POLICY.split())
NO_STORAGE = "sandbox allow-scripts allow-forms allow-modals"  # an origin that may store nothing
CONTROL = "\ue009"  # the key, as WebDriver names it
BLOCKED = """(() => { try { return !Storage.prototype.isPrototypeOf(localStorage); }
  catch { return true; } })()"""

pytestmark = pytest.mark.slow


@pytest.fixture
def open_under(browser, server):
    """open_under(policy, path, width=1280): a page and what it reports, served with the policy."""
    contexts = []

    def open_under(policy, path, width=1280):
        context = browser.new_context(viewport={"width": width, "height": 800})
        contexts.append(context)
        page = context.new_page()
        errors = []
        page.on("console", lambda message: message.type == "error" and errors.append(message.text))
        page.on("pageerror", lambda error: errors.append(str(error)))

        # An origin that may store nothing is not the server's own, and would be refused the rest.
        headers = {"content-security-policy": policy, "access-control-allow-origin": "*"}

        def serve(route):
            response = route.fetch()
            route.fulfill(response=response, headers=response.headers | headers)

        page.route("**/*", serve)
        page.goto(f"{server}/{path}")
        return page, errors

    yield open_under
    for context in contexts:
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")  # a page that closes no longer waits
        context.close()


def wait_until_live(page):
    """As a locator does: wait_for_function() needs eval(), which a policy forbids."""
    expect(page.locator(".explorable:not([data-state=live])")).to_have_count(0)
    expect(page.locator(".explorable")).not_to_have_count(0)


def use_the_theme(page):
    """Its theme button, its search by Ctrl-K, and on a phone its menu."""
    html = page.locator("html")
    before = html.get_attribute("data-mode")
    page.locator("button.theme-switch-button:visible").first.click()
    expect(html).not_to_have_attribute("data-mode", before)
    page.keyboard.press("Control+k")
    field = page.locator("#pst-search-dialog input")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    if page.viewport_size["width"] < 600:
        page.locator("button.primary-toggle:visible").click()
        expect(page.get_by_role("link", name="The tilting angle").first).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_menu_search_and_theme_work_where_storage_is_blocked(open_under, width):
    page, errors = open_under(NO_STORAGE, PAGE, width)
    wait_until_live(page)
    assert page.evaluate(BLOCKED)
    use_the_theme(page)
    assert errors == []


@pytest.fixture
def firefox(tmp_path):
    """One that stores nothing."""
    firefox = Firefox(tmp_path, dom_storage_enabled=False)
    yield firefox
    firefox.close()


def test_theme_and_search_work_in_a_firefox_that_stores_nothing(firefox, site):
    firefox.open((site / PAGE).as_uri())
    assert firefox.evaluate(BLOCKED)
    mode, button = "document.documentElement.dataset.mode", "button.theme-switch-button"
    before = firefox.evaluate(mode)
    firefox.evaluate(f"document.querySelector('{button}').click()")
    assert firefox.evaluate(mode) != before
    firefox.press(CONTROL, "k")
    assert firefox.evaluate("document.activeElement.matches('#pst-search-dialog input')")
    assert firefox.errors == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_stated_policy_is_enough(open_under, width):
    page, errors = open_under(POLICY, PAGE, width)
    wait_until_live(page)
    use_the_theme(page)
    assert errors == []


def test_figures_load_their_parts_under_the_stated_policy(open_under):
    page, errors = open_under(POLICY, "book/svm-on-mnist.html")
    expect(page.locator("[data-module=svm_explorer][data-state=live]")).to_have_count(1)
    page.get_by_text("All 45 pairs: choose another").click()
    page.locator(".xp-map button").last.click()
    expect(page.get_by_role("status").filter(has_text="could not be loaded")).to_have_count(0)
    page.wait_for_timeout(1000)
    assert page.evaluate("explorables.waiting.size") == 0
    assert errors == []


@pytest.mark.parametrize("part", ["script-src", "style-src", "img-src", "font-src", "connect-src"])
def test_the_stated_policy_is_the_least(open_under, part):
    rest = "; ".join(rule for rule in POLICY.split("; ") if not rule.startswith(part))
    page, errors = open_under(rest, "search.html?q=hinge")
    deadline = time.monotonic() + 20
    while not any(part in error for error in errors) and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    assert any(part in error for error in errors), errors


def test_the_search_page_finds_its_excerpts_under_the_stated_policy(open_under):
    page, errors = open_under(POLICY, "search.html?q=hinge")
    expect(page.locator("#search-results .context").first).to_be_visible()
    expect(page.locator("main form.bd-search input")).to_be_focused()
    assert errors == []


@pytest.mark.parametrize("query", ["constructor", "__proto__", "hinge+constructor", "-__proto__"])
def test_a_search_for_what_all_objects_inherit_is_a_search_like_others(open_page, query):
    visit = open_page(f"search.html?q={query}")
    visit.page.wait_for_function(
        "/Search (finished|results)|did not match|Search Results/i.test("
        "document.querySelector('#search-results').innerText)"
        " && !/Searching|Preparing/.test(document.querySelector('#search-results h2').innerText)"
    )
    assert visit.errors == []


def test_a_page_that_was_saved_lives_and_has_nothing_twice(open_page, server):
    page = open_page(PAGE).page
    wait_until_live(page)
    expect(page.locator(".copybtn").first).to_be_attached()
    count = "[document.querySelectorAll('*').length, document.querySelectorAll('.copybtn').length]"
    hidden = "document.querySelectorAll('.toggle-hidden').length"
    before, folded = page.evaluate(count), page.evaluate(hidden)
    saved = page.content()
    page.route(
        f"{server}/{PAGE}", lambda route: route.fulfill(body=saved, content_type="text/html")
    )
    page.reload()
    page.wait_for_function("Object.keys(explorables.models).length > 0")
    page.wait_for_load_state("networkidle")
    assert page.evaluate(count) == before
    assert page.evaluate(hidden) == folded
