"""Every page of the built book, in a real browser: quiet, self-contained, accessible, light.

A page is opened once at each width, and asked everything: see `visited`.
"""

import gzip
import re
from pathlib import Path

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from conftest import Visit
from html_checker import faults

ROOT = Path(__file__).resolve().parent.parent
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
CHAPTERS = [TOC["root"], *(chapter["file"] for chapter in TOC["chapters"])]
PAGES = [f"{chapter}.html" for chapter in CHAPTERS] + ["search.html", "genindex.html"]
WIDTHS = [1280, 390]
USE = Path(__file__).with_name("use_explorables.js").read_text(encoding="utf-8")
FIRST_LOAD = 500_000  # bytes, compressed, of a page without the parts that its figures load
WITH_PARTS = 550_000
LAYOUT_SHIFT = 0.05

pytestmark = pytest.mark.slow  # among the first files that a process of the tests takes

every_page = pytest.mark.parametrize("path", PAGES)
every_chapter = pytest.mark.parametrize("path", [f"{chapter}.html" for chapter in CHAPTERS])
both_widths = pytest.mark.parametrize("width", WIDTHS)

LIVE = "[...document.querySelectorAll('.explorable')].every(e => e.dataset.state === 'live')"
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
WATCH_SHIFT = """window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });"""
# To the end of the page and back, a frame a step.
SCROLL = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  for (let y = 0; y < document.body.scrollHeight; y += 600) {
    scrollTo(0, y);
    await frame();
  }
  scrollTo(0, 0);
  await frame();
  await frame();
  return window.shift;
}"""
ENLARGED = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  document.documentElement.style.fontSize = "32px";
  await frame();
  await frame();
  await frame();
  return document.documentElement.scrollWidth - innerWidth;
}"""
# Until colours that fade from one theme to the other have arrived.
SETTLED = """async () => {
  await new Promise(requestAnimationFrame);
  await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
}"""
# In small letters: the formulas, whose colour is that of the text around them.
FORMULAS = ".katex-html"
OTHER_COLOUR = """() => [...document.querySelectorAll(".katex")].filter((formula) =>
  getComputedStyle(formula).color !== getComputedStyle(formula.parentElement).color).length"""


def wait_until_live(page):
    page.wait_for_function(LIVE)


def violations(page, within=None, **options):
    """What axe-core finds on the page, or in the elements of that selector, less formulas."""
    context = {"exclude": [[FORMULAS]]}
    if within:
        context["include"] = [[selector] for selector in within]
    options |= {"resultTypes": ["violations"], "preload": False}  # of style sheets, elsewhere
    found = Axe().run(page, context, options).response["violations"]
    return [f"{each['id']}: {[node['html'][:160] for node in each['nodes']]}" for each in found]


CONTRAST = {"runOnly": ["color-contrast"]}
STRUCTURE = {"rules": {"color-contrast": {"enabled": False}}}
# What a narrow page shows that a wide one does not, or in other places.
NARROW = [".bd-header-article", ".explorable"]


class Seen:
    """What a page showed at one width, before and after its figures were used."""

    def __init__(self, visit, path, width, server):
        page = visit.page
        page.add_init_script(WATCH_SHIFT)
        page.goto(f"{server}/{path}")
        wait_until_live(page)
        self.path, self.width = path, width
        self.requests = list(visit.requests)
        self.shift = page.evaluate(SCROLL)
        self.captions = page.evaluate(CAPTIONS)
        self.quizzes = page.evaluate(QUIZZES)
        self.figures = page.locator(".explorable:not([data-still])").count()
        self.formulas_of_other_colour = page.evaluate(OTHER_COLOUR)
        self.violations = {"before use": self._violations(page)}
        self.too_wide = {"before use": page.evaluate(TOO_WIDE)}
        if page.locator(".explorable").count():
            page.evaluate(USE)
            page.wait_for_function(QUIET)
            self.violations["after use"] = violations(page, [".explorable"])
            self.too_wide["after use"] = page.evaluate(TOO_WIDE)
        self.html_after_use = "<!DOCTYPE html>" + page.evaluate(
            "document.documentElement.outerHTML"
        )
        page.emulate_media(color_scheme="dark")
        page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
        page.evaluate(SETTLED)
        self.violations["dark"] = self._dark(page)
        self.too_wide["enlarged"] = page.evaluate(ENLARGED)
        self.errors = visit.errors

    def _violations(self, page):
        if self.width == max(WIDTHS):
            return violations(page)
        shown = [selector for selector in NARROW if page.locator(selector).count()]
        return violations(page, **STRUCTURE) + violations(page, shown or None, **CONTRAST)

    def _dark(self, page):
        if self.width == max(WIDTHS):
            return violations(page, **CONTRAST)
        shown = [selector for selector in NARROW if page.locator(selector).count()]
        return violations(page, shown or None, **CONTRAST)


# No figure waits for a part any more.
QUIET = "!window.explorables || explorables.waiting.size === 0"
CAPTIONS = """() => ({
  bare: [...document.querySelectorAll(".bd-article :is(img, svg[role=img], canvas)")]
    .filter((e) => !(e.getAttribute("alt") || e.getAttribute("aria-label") || "").trim())
    .map((e) => e.outerHTML.slice(0, 200)),
  uncaptioned: [...document.querySelectorAll(".bd-article .explorable:not([data-still])")]
    .filter((e) => !e.closest("figure")?.querySelector("figcaption")?.textContent.trim())
    .map((e) => e.dataset.module),
})"""
QUIZZES = """() => ({
  titles: [...document.querySelectorAll(".bd-article section > h2")]
    .map((h) => h.textContent.replace(/#$/, "")),
  questions: [...document.querySelectorAll("#check-yourself .explorable[data-module=quiz]")]
    .map((quiz) => [...quiz.querySelectorAll("fieldset")].map((question) =>
      [...question.querySelectorAll(".xp-feedback p")].map((p) => p.className === "xp-right"))),
})"""


@pytest.fixture(scope="module")
def visited(browser, server):
    """visited(path, width): the page as Seen, from the one visit at that width."""
    seen = {}

    def visited(path, width) -> Seen:
        if (path, width) not in seen:
            context = browser.new_context(
                color_scheme="light", viewport={"width": width, "height": 800}
            )
            seen[path, width] = Seen(Visit(context.new_page()), path, width, server)
            context.close()
        return seen[path, width]

    return visited


@every_page
@both_widths
def test_page_is_quiet(visited, path, width):
    assert visited(path, width).errors == []


@every_page
@both_widths
def test_page_is_accessible(visited, path, width):
    seen = visited(path, width)
    assert seen.violations == {when: [] for when in seen.violations}
    assert seen.formulas_of_other_colour == 0


@every_page
@both_widths
def test_page_fits_its_window(visited, path, width):
    assert max(visited(path, width).too_wide.values()) <= 0


@every_page
@both_widths
def test_page_asks_no_other_host_for_anything(visited, server, path, width):
    requests = visited(path, width).requests
    assert [url for url in requests if not url.startswith((server, "data:"))] == []


@every_page
def test_page_lives_without_a_server(open_page, site, path):
    visit = open_page(path, scheme="file")
    wait_until_live(visit.page)
    visit.page.evaluate(USE)
    visit.page.wait_for_function(QUIET)
    own = (site.as_uri(), "data:")
    assert [url for url in visit.requests if not url.startswith(own)] == []
    assert visit.errors == []


@every_page
def test_first_load_is_light(visited, server, site, path, record_property):
    requests = visited(path, 1280).requests
    paths = {url.removeprefix(server).split("?")[0] for url in requests if server in url}
    sizes = {path: len(gzip.compress((site / path.lstrip("/")).read_bytes())) for path in paths}
    assert len(sizes) > 5
    assert ("/searchindex.js" in sizes) == (path == "search.html")
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:8]
    parts = [path for path in sizes if path.count("/") > 3 and "/explorables/" in path]
    whole = sum(sizes.values())
    first = whole - sum(sizes[part] for part in parts)
    record_property(path, f"first load {first / 1000:.0f} KB, {whole / 1000:.0f} KB with parts")
    assert whole < WITH_PARTS, largest
    assert first < FIRST_LOAD, largest


@every_page
@both_widths
def test_nothing_jumps_while_the_page_loads(visited, path, width, record_property):
    shift = visited(path, width).shift
    record_property(path, f"shift {shift:.3f} at {width}")
    assert shift < LAYOUT_SHIFT


@every_chapter
def test_every_figure_has_a_caption_and_an_alternative_text(visited, path):
    assert visited(path, 1280).captions == {"bare": [], "uncaptioned": []}


@pytest.mark.parametrize("path", [f"{chapter}.html" for chapter in CHAPTERS[1:9]])
def test_every_chapter_asks_its_reader_between_recap_and_exercises(visited, path):
    seen = visited(path, 1280).quizzes
    recap = seen["titles"].index("Recap")
    assert seen["titles"][recap : recap + 3] == ["Recap", "Check yourself", "Exercises"]
    [questions] = seen["questions"]
    assert 4 <= len(questions) <= 6
    assert all(len(answers) >= 3 for answers in questions)
    assert len({answers.index(True) for answers in questions}) >= 3


@every_chapter
def test_without_scripts_every_figure_is_a_still_picture(visited, open_page, path):
    page = open_page(path, java_script_enabled=False).page
    pictures = page.locator(".explorable img").all()
    assert len(pictures) == visited(path, 1280).figures
    for picture in pictures:
        picture.scroll_into_view_if_needed()
        assert picture.is_visible()
        assert picture.bounding_box()["height"] > 100  # loaded: a missing one has a line of text
        assert picture.get_attribute("alt")


def test_every_page_is_valid_html(site, java):
    pages = [path for path in site.rglob("*.html") if "_static" not in path.parts]
    assert len(pages) > len(CHAPTERS)
    assert faults(pages) == []


def test_every_page_is_valid_html_after_use(visited, java, tmp_path):
    for path in PAGES:
        (tmp_path / Path(path).name).write_text(
            visited(path, 1280).html_after_use, encoding="utf-8"
        )
    assert faults(tmp_path.iterdir()) == []


@every_chapter
def test_no_line_ends_between_a_number_and_its_per_cent_sign(site, path):
    article = BeautifulSoup((site / path).read_text(encoding="utf-8"), "html.parser").article
    for other in article.select("pre, code, script, .explorable"):
        other.extract()
    assert re.findall(r".{0,20}\d %.{0,20}", article.get_text()) == []


def test_search_shows_where_a_word_stands(open_page):
    visit = open_page("search.html?q=hinge")
    found = visit.page.locator("#search-results li")
    visit.page.wait_for_function(
        """() => {
          const hits = [...document.querySelectorAll("#search-results li")];
          return hits.length > 1 && hits.every((hit) => hit.querySelector(".context"));
        }"""
    )
    excerpts = found.locator(".context").all_inner_texts()
    assert any("hinge loss" in excerpt for excerpt in excerpts)
    assert visit.errors == []
