"""Takes a still picture of every figure of the built book, for readers without scripts.

Run by ``make pictures`` after a build. The pictures are committed, so that the book builds
without a browser.
"""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

BOOK = Path(__file__).resolve().parent
sys.path.insert(0, str(BOOK.parent / "tests"))

from browser import find_chromium  # noqa: E402

PICTURES = BOOK / "pictures"
SITE = BOOK.parent / "_build" / "html" / "book"
COLOURS = 96  # a third of the bytes of all colours
LIVE = "[...document.querySelectorAll('.explorable')].every(e => e.dataset.state === 'live')"


def save(png, path):
    """Write the picture with few colours: pages load stills before their figures live."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    # The colours of thin lines are rare, and must not give way to shades of what is large.
    picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE).save(path, optimize=True)


def take_pictures(page, path):
    """One picture per explorable of the built page at ``path``, and how many there were.

    What brings its own still, as a quiz does, needs none.
    """
    page.goto(path.as_uri())
    page.wait_for_function(LIVE)
    # A figure as wide as the page reaches under the page's list of contents.
    page.add_style_tag(content=".bd-sidebar-secondary { visibility: hidden; }")
    taken = 0
    for number, explorable in enumerate(page.locator(".explorable").all(), 1):
        if explorable.get_attribute("data-still") is None:
            picture = explorable.locator(".xp").screenshot()
            save(picture, PICTURES / f"{path.stem}-{number}.png")
            taken += 1
    return taken


def main():
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        # Higher than any figure: otherwise the page's header would be in the picture.
        page = browser.new_page(viewport={"width": 1280, "height": 1500}, color_scheme="light")
        taken = sum(take_pictures(page, path) for path in sorted(SITE.glob("*.html")))
        page.set_viewport_size({"width": 1280, "height": 860})
        page.goto((SITE / "mirror-images.html").as_uri() + "#fig-mirror-image")
        page.wait_for_function(LIVE)
        page.screenshot(path=PICTURES / "readme.png")
        browser.close()
    print(f"{taken} pictures in {PICTURES.relative_to(BOOK.parent)}")


if __name__ == "__main__":
    main()
