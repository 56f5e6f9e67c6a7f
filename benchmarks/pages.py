"""How soon the figures of a page are alive, and how long one step of a slider takes.

    python benchmarks/pages.py        (after `make book`; needs Chromium)
    python benchmarks/pages.py --against ../other/_build/html

Compressed bytes are what a server that compresses would send. Times are medians over fresh
browser contexts. The page without figures, run in the same way, says how much of a time is
the browser and the theme: the ratio to it is what to compare between machines. A step moves a
slider to another of its positions, and is timed with layout and by its script alone. What was
measured goes to results/page_costs/, for the page on how the book is made.

With ``--against``, the site in that folder and this one are measured by turns: what a first visit
to each page loads, and the median of each slider's script, before (there) and after (here). Nothing
is written then.
"""

import argparse
import gzip
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser import find_chromium  # noqa: E402

from experiments.record import write_json, write_run  # noqa: E402
from helpers.results import FOLDER  # noqa: E402

NAME = "page_costs"
PEER = "book/notation.html"
RUNS = 7
ROUNDS = 3  # in which two sites take turns
STEPS = 60  # at most, of a fine slider; a coarse one goes through all its positions
ALIVE = """() => new Promise((done) => {
  const alive = () => [...document.querySelectorAll(".explorable")]
    .every((figure) => figure.dataset.state === "live");
  const look = () => alive() && document.readyState === "complete"
    ? requestAnimationFrame(() => done(performance.now()))
    : setTimeout(look, 4);
  look();
})"""
STEP = """async (input, most) => {
  const frame = () => new Promise(requestAnimationFrame);
  const [low, high] = [Number(input.min), Number(input.max)];
  const steps = Math.min(most, Math.round((high - low) / (Number(input.step) || 1)));
  const times = { script: [], frame: [] };
  for (let k = 0; k <= steps; k++) {
    await frame();
    const [start, before] = [performance.now(), input.value];
    input.value = low + ((high - low) * k) / steps; // rounded to the slider's step
    if (input.value === before) continue;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    times.script.push(performance.now() - start);
    input.getBoundingClientRect(); // layout belongs to the step
    times.frame.push(performance.now() - start);
  }
  return times;
}"""
CHOICES = ".explorable :is(option, button, [type=radio], [type=checkbox])"
CHOOSE = """(choice) => {
  if (choice.tagName !== "OPTION") return choice.click();
  choice.selected = true;
  choice.parentElement.dispatchEvent(new Event("change", { bubbles: true }));
}"""


def first_load(browser, site, path):
    """Compressed bytes of a first visit, and milliseconds until every figure is alive."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page, responses = context.new_page(), {}
    page.on("response", lambda response: responses.update({response: response.url}))
    page.goto((site / path).as_uri())
    alive = page.evaluate(ALIVE)
    page.wait_for_load_state("networkidle")
    size = sum(
        len(gzip.compress(response.body()))
        for response, url in responses.items()
        if not url.startswith(("blob:", "data:"))  # made of what has been counted
    )
    context.close()
    return size, alive


def sliders(page):
    """(slider, figure, name) for each that is in view, and for those that a choice brings."""
    seen = set()
    for k in range(-1, page.locator(CHOICES).count()):
        choice = page.locator(CHOICES).nth(k)
        if k >= 0 and choice.count():
            choice.evaluate(CHOOSE)
            page.wait_for_load_state("networkidle")
        for slider in page.locator(".explorable input[type=range]").all():
            figure, name = slider.evaluate(
                """input => [input.closest(".explorable").dataset.module,
                  input.parentElement.firstChild.textContent]"""
            )
            if (figure, name) not in seen and slider.is_visible():
                seen.add((figure, name))
                yield slider, figure, name


def steps(browser, site, path):
    """(figure, slider, times by kind in ms) for each slider of a page."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((site / path).as_uri())
    page.evaluate(ALIVE)
    for slider, figure, name in sliders(page):
        slider.scroll_into_view_if_needed()
        yield figure, name, slider.evaluate(STEP, STEPS)
    page.close()


def middle_and_late(times):
    """The median, and what one time in twenty exceeds: budgets are 8 ms of script, 16 in all."""
    return [float(time) for time in np.percentile(times, [50, 95])]


def pages(site):
    """The peer, then all pages with figures, as paths in the site."""
    return [PEER] + [
        path.relative_to(site).as_posix()
        for path in sorted((site / "book").glob("*.html"))
        if 'class="explorable"' in path.read_text(encoding="utf-8")
    ]


def measure(browser):
    """Of each page its kilobytes, milliseconds until alive, and the slowest step; printed, too."""
    found, peer = {}, None
    print(f"{'page':34} {'KB, gzip':>9} {'alive, ms':>10} {'ratio':>6}")
    for path in pages(SITE):
        loads = [first_load(browser, SITE, path) for _ in range(RUNS)]
        alive = statistics.median(time for _, time in loads)
        peer = peer or alive
        found[Path(path).stem] = {"kilobytes": loads[0][0] / 1000, "alive": alive}
        print(f"{path:34} {loads[0][0] / 1000:9.0f} {alive:10.0f} {alive / peer:6.2f}")
    print(f"\n{'':49} {'script, ms':>17} {'with layout':>17}")
    print(f"{'figure':20} {'slider':28}" + f" {'median':>8} {'95 %':>8}" * 2)
    for path in pages(SITE):
        slowest = {"step": 0.0, "late": 0.0}
        for figure, name, times in steps(browser, SITE, path):
            script, frame = (middle_and_late(times[kind]) for kind in ("script", "frame"))
            slowest["step"] = max(slowest["step"], script[0])
            slowest["late"] = max(slowest["late"], frame[1])
            print(f"{figure:20} {name:28}" + "".join(f" {ms:8.2f}" for ms in (*script, *frame)))
        found[Path(path).stem].update(slowest)
    return found


def compare(browser, other):
    """Print what the pages of both sites load, and how long a step of their sliders takes.

    other: the folder of a built site, the one before. Its pages are those of this site.
    """
    sites = {"before": other, "after": SITE}
    print(f"{'page':34} {'bytes, gzip':>21} {'':>10}")
    print(f"{'':34} {'before':>10} {'after':>10} {'change':>10}")
    for path in pages(SITE):
        before, after = (first_load(browser, site, path)[0] for site in sites.values())
        print(f"{path:34} {before:10,} {after:10,} {after - before:+10,}")
    print(f"\n{'':49} {'script, ms':>17}")
    print(f"{'figure':20} {'slider':28} {'before':>8} {'after':>8}")
    for path in pages(SITE):
        for (figure, name), times in by_turns(browser, sites, path).items():
            medians = [f"{np.median(times[k]):8.2f}" if k in times else f"{'–':>8}" for k in sites]
            print(f"{figure:20} {name:28} {' '.join(medians)}")


def by_turns(browser, sites, path):
    """Of each slider (figure, name) of a page the times of its script in each of the sites."""
    found = defaultdict(lambda: defaultdict(list))
    for _ in range(ROUNDS):
        for which, site in sites.items():
            for figure, name, times in steps(browser, site, path):
                found[figure, name][which] += times["script"]
    return found


def site_folder(text):
    """The folder of a built site; argparse.ArgumentTypeError where there is none."""
    folder = Path(text).resolve()
    if not (folder / PEER).is_file():
        raise argparse.ArgumentTypeError(
            f"must be the folder of a built site, with {PEER} in it; it was {text!r}"
        )
    return folder


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--against", type=site_folder, metavar="PATH/TO/_build/html")
    other = parser.parse_args().against
    started = time.perf_counter()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        found = compare(browser, other) if other else measure(browser)
        browser.close()
    if found:
        write_json(FOLDER / NAME / "figures.json", found)
        write_run(NAME, {"runs": RUNS}, started, "python benchmarks/pages.py")


if __name__ == "__main__":
    main()
