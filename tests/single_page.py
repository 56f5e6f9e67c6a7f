"""Pages that hold one explorable as the book's pages do: to try it without building the book."""

import json
from contextlib import contextmanager

from conftest import Visit

from helpers.explorables import sphinx_host
from helpers.explorables.base import CSS, HERE, MIME_TYPE, script


def write_page(folder, explorable):
    """Write the page and its scripts into the folder. Returns its address, a file:// URL."""
    spec = explorable._repr_mimebundle_()[0][MIME_TYPE]
    name, source = json.dumps(explorable.module), json.dumps(script(explorable.module))
    host = (HERE / "host.js").read_text(encoding="utf-8")
    (folder / "host.js").write_text(host, encoding="utf-8")
    (folder / "module.js").write_text(f"explorables.define({name}, {source});", encoding="utf-8")
    page = folder / "index.html"
    page.write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{explorable.title}</title>'
        f"<style>{CSS} body {{ font-family: sans-serif; }}</style>"
        '<script defer src="host.js"></script><script defer src="module.js"></script>'
        f"{sphinx_host._placeholder(spec, 1, spec['still'] or '')}",
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
