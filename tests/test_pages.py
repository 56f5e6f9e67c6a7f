"""Every page of the built book, in a real browser: quiet, self-contained, accessible, light."""

import gzip
import re
from pathlib import Path

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parent.parent
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text())
CHAPTERS = [TOC["root"], *(chapter["file"] for chapter in TOC["chapters"])]
PAGES = [f"{chapter}.html" for chapter in CHAPTERS] + ["search.html", "genindex.html"]
USE = Path(__file__).with_name("use_explorables.js").read_text(encoding="utf-8")
FIRST_LOAD = 500_000  # bytes, compressed, of a page without the parts that its figures load
WITH_PARTS = 550_000
LAYOUT_SHIFT = 0.05


def wait_until_live(page):
    page.wait_for_function(
        "[...document.querySelectorAll('.explorable')].every(e => e.dataset.state === 'live')"
    )


def violations(page, within=None):
    """What axe-core finds on the page, or in the elements of that selector."""
    options = {"resultTypes": ["violations"], "preload": False}  # of style sheets, from wrong places
    found = Axe().run(page, within, options).response["violations"]
    return [f"{each['id']}: {[node['html'][:160] for node in each['nodes']]}" for each in found]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_page_is_quiet_accessible_and_fits(open_page, path, width, theme):
    visit = open_page(path, theme=theme, width=width)
    wait_until_live(visit.page)
    assert visit.errors == []
    too_wide = "document.documentElement.scrollWidth - innerWidth"
    assert violations(visit.page) == []
    assert visit.page.evaluate(too_wide) <= 0
    if visit.page.locator(".explorable").count():
        visit.page.evaluate(USE)
        visit.page.wait_for_load_state("networkidle")
        assert violations(visit.page, ".explorable") == []
        assert visit.page.evaluate(too_wide) <= 0
        assert visit.errors == []


@pytest.mark.parametrize("scheme", ["http", "file"])
@pytest.mark.parametrize("path", PAGES)
def test_page_asks_no_other_host_for_anything(open_page, server, site, path, scheme):
    visit = open_page(path, scheme=scheme)
    wait_until_live(visit.page)
    visit.page.wait_for_load_state("networkidle")
    own = {"http": server, "file": site.as_uri()}[scheme]
    assert [url for url in visit.requests if not url.startswith((own, "blob:", "data:"))] == []
    assert visit.errors == []


@pytest.mark.parametrize("path", PAGES)
def test_first_load_is_light(open_page, server, site, path, record_property):
    visit = open_page(path)
    wait_until_live(visit.page)
    visit.page.wait_for_load_state("networkidle")
    paths = {url.removeprefix(server).split("?")[0] for url in visit.requests if server in url}
    sizes = {
        path: len(gzip.compress((site / path.lstrip("/")).read_bytes()))
        for path in paths
        if not path.startswith("blob:")
    }
    assert len(sizes) > 5
    assert ("/searchindex.js" in sizes) == (path == "search.html")
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:8]
    parts = [path for path in sizes if path.count("/") > 3 and "/explorables/" in path]
    whole = sum(sizes.values())
    first = whole - sum(sizes[part] for part in parts)
    record_property(path, f"first load {first / 1000:.0f} KB, {whole / 1000:.0f} KB with parts")
    assert whole < WITH_PARTS, largest
    assert first < FIRST_LOAD, largest


def test_search_shows_where_a_word_stands(open_page):
    visit = open_page("search.html?q=hinge")
    visit.page.locator("#search-results li .context").first.wait_for()
    visit.page.wait_for_load_state("networkidle")
    found = visit.page.locator("#search-results li")
    excerpts = found.locator(".context").all_inner_texts()
    assert len(excerpts) == found.count() > 1
    assert any("hinge loss" in excerpt for excerpt in excerpts)
    assert visit.errors == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_jumps_while_the_page_loads(open_page, path, width, record_property):
    visit = open_page("search.html", width=width)
    visit.page.add_init_script(
        """window.shift = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value;
        }).observe({ type: "layout-shift", buffered: true });"""
    )
    visit.page.goto(visit.page.url.replace("search.html", path))
    wait_until_live(visit.page)
    height = visit.page.evaluate("document.body.scrollHeight")
    for y in range(0, height, 600):
        visit.page.mouse.wheel(0, 600)
    shift = visit.page.evaluate("shift")
    record_property(path, f"shift {shift:.3f} at {width}")
    assert shift < LAYOUT_SHIFT


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_figure_has_a_caption_and_an_alternative_text(open_page, chapter):
    visit = open_page(f"{chapter}.html")
    wait_until_live(visit.page)
    bare = visit.page.evaluate(
        """() => [...document.querySelectorAll(".bd-article :is(img, svg[role=img], canvas)")]
          .filter(e => !(e.getAttribute("alt") || e.getAttribute("aria-label") || "").trim())
          .map(e => e.outerHTML.slice(0, 200))"""
    )
    assert bare == []
    uncaptioned = visit.page.evaluate(
        """() => [...document.querySelectorAll(".bd-article .explorable:not([data-still])")]
          .filter(e => !e.closest("figure")?.querySelector("figcaption")?.textContent.trim())
          .map(e => e.dataset.module)"""
    )
    assert uncaptioned == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_line_ends_between_a_number_and_its_per_cent_sign(site, chapter):
    html = (site / f"{chapter}.html").read_text(encoding="utf-8")
    article = BeautifulSoup(html, "html.parser").article
    for other in article.select("pre, code, script, .explorable"):
        other.extract()
    assert re.findall(r".{0,20}\d %.{0,20}", article.get_text()) == []


@pytest.mark.parametrize("chapter", CHAPTERS[1:9])
def test_every_chapter_asks_its_reader_between_recap_and_exercises(open_page, chapter):
    page = open_page(f"{chapter}.html").page
    wait_until_live(page)
    titles = page.locator(".bd-article section > h2").all_inner_texts()
    titles = [title.rstrip("#") for title in titles]
    recap = titles.index("Recap")
    assert titles[recap : recap + 3] == ["Recap", "Check yourself", "Exercises"]
    quiz = page.locator("#check-yourself .explorable[data-module=quiz]")
    assert quiz.count() == 1
    questions = quiz.locator("fieldset").all()
    assert 4 <= len(questions) <= 6
    place_of_right = set()
    for question in questions:
        kinds = question.locator(".xp-feedback p").evaluate_all("all => all.map(p => p.className)")
        place_of_right.add(kinds.index("xp-right"))
        assert len(kinds) >= 3
    assert len(place_of_right) >= 3


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_without_scripts_every_figure_is_a_still_picture(open_page, chapter):
    live = open_page(f"{chapter}.html")
    wait_until_live(live.page)
    figures = live.page.locator(".explorable:not([data-still])").count()
    still = open_page(f"{chapter}.html", java_script_enabled=False)
    pictures = still.page.locator(".explorable img").all()
    assert len(pictures) == figures
    for picture in pictures:
        picture.scroll_into_view_if_needed()
        assert picture.is_visible()
        assert picture.bounding_box()["height"] > 100  # loaded: a missing one has a line of text
        assert picture.get_attribute("alt")
