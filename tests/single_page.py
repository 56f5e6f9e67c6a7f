"""Pages that hold explorables as the book's pages do: to try them without building the book."""

from contextlib import contextmanager

from conftest import Visit

from explorables.host import sphinx as sphinx_host
from explorables.base import CSS, HERE, MIME_TYPE


def write_page(folder, *explorables):
    """Write the page and its scripts into the folder. Returns its address, a file:// URL."""
    host = (HERE / "host" / "host.js").read_text(encoding="utf-8")
    (folder / "host.js").write_text(host, encoding="utf-8")
    scripts = ["host.js"]
    for figure in dict.fromkeys(map(type, explorables)):
        scripts.append(f"{figure.module}.js")
        (folder / scripts[-1]).write_text(sphinx_host.definition(figure), encoding="utf-8")
    style = CSS + "".join(figure.css for figure in dict.fromkeys(map(type, explorables)))
    specs = [explorable._repr_mimebundle_()[0][MIME_TYPE] for explorable in explorables]
    page = folder / "index.html"
    page.write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{explorables[0].title}</title>'
        '<link rel="icon" href="data:,">'
        f"<style>{style} body {{ font-family: sans-serif; }}</style>"
        + "".join(f'<script defer src="{name}"></script>' for name in scripts)
        + "".join(
            sphinx_host._placeholder(spec, number, spec["still"] or "")
            for number, spec in enumerate(specs, 1)
        ),
        encoding="utf-8",
    )
    return page.as_uri()


@contextmanager
def opening(browser, address, drive):
    """A function open_figure(url=address, **options): it opens the page in a context of its own,
    made with Playwright's options, and returns drive(visit). In the end all are closed; none may
    have written an error to its console."""
    visits = []

    def open_figure(url=address, **options):
        visit = Visit(browser.new_context(**options).new_page())
        visits.append(visit)
        visit.page.goto(url)
        return drive(visit)

    yield open_figure
    for visit in visits:
        visit.page.context.close()
    assert [visit.errors for visit in visits] == [[]] * len(visits)
