"""A figure that is used for long takes no more memory: what a step makes, the next one lets go."""

from itertools import combinations

import pytest
from playwright.sync_api import expect
from test_fuzz_explorables import LIVE, made

import explorables

PAIRS = [f"{i}-{j}" for i, j in combinations(range(10), 2)]
STEPS = """async (count) => {
  const figure = document.querySelector(".explorable");
  const seen = (kind) =>
    [...figure.querySelectorAll(kind)].filter((node) => node.getClientRects().length);
  const keys = ["ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft"];
  for (let k = 0; k < count; k++) {
    for (const slider of seen("[type=range]")) {
      const [low, high] = [Number(slider.min), Number(slider.max)];
      slider.value = low + ((high - low) * ((7 * k) % 101)) / 100;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    }
    for (const handle of seen("[role=slider]")) {
      const key = { key: keys[k % 4], bubbles: true, cancelable: true };
      handle.dispatchEvent(new KeyboardEvent("keydown", key));
    }
    seen("[type=radio]").at(k % 7)?.click();
    if (k % 10 === 0) await new Promise(requestAnimationFrame);
  }
}"""
SHOW = """async ([trait, value]) => {
  explorables.models["explorable-1"].set(trait, value);
  do await new Promise(requestAnimationFrame); while (explorables.waiting.size);
}"""


class Page:
    """A page with one explorable."""

    def __init__(self, page, address):
        page.goto(address)
        expect(page.locator(LIVE)).to_have_count(1)
        self.evaluate = page.evaluate
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable")

    def held(self):
        """What it holds when all that can go is gone: kilobytes, nodes, listeners."""
        for _ in range(3):
            self._session.send("HeapProfiler.collectGarbage")
        found = self._session.send("Performance.getMetrics")["metrics"]
        found = {metric["name"]: metric["value"] for metric in found}
        return found["JSHeapUsedSize"] / 1000, found["Nodes"], found["JSEventListeners"]


@pytest.fixture
def open_page(browser, figure_server):
    """A function that opens a page with an explorable of the class of that name."""
    page = browser.new_page()
    yield lambda name: Page(page, figure_server.page(made(name)))
    page.close()


@pytest.mark.parametrize("name", explorables.__all__)
def test_steps_leave_nothing_behind(open_page, name):
    page = open_page(name)
    page.evaluate(STEPS, 60)
    kilobytes, nodes, listeners = page.held()
    page.evaluate(STEPS, 100)
    after = page.held()
    assert after[0] < kilobytes + 200  # a copy of one image a step would be 300
    assert after[1] < nodes + 80
    assert after[2] <= listeners + 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "trait", "values"),
    [
        ("SvmExplorer", "pair", PAIRS),
        ("RobustAccuracy", "pair", PAIRS),
        ("LargeChanges", "digit", range(10)),
    ],
)
def test_what_was_seen_once_is_not_kept_twice(open_page, name, trait, values):
    page = open_page(name)
    counts = []
    for _ in range(2):
        for value in values:
            page.evaluate(SHOW, [trait, value])
        counts.append(page.held())
    (kilobytes, nodes, listeners), after = counts
    assert after[0] < kilobytes + 200
    assert after[1:] == (nodes, listeners)
