"""The notebook that a page offers for download: the chapter, as JupyterLab can show it.

JupyterLab, with jupyterlab-myst, knows MyST's admonitions, exercises, proofs and maths. It does
not know what only the book as a whole can tell: quoted values, numbers, the bibliography and
other pages. These are written into the notebook's text. Captions become cells of text, and
cells whose source the page hides are folded, as is the first one of code, which looks whether the
book's helpers are to be had.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from posixpath import basename, dirname, join, normpath

import jupytext
import quoted_numbers
from nbformat.v4 import new_code_cell, new_markdown_cell
from pybtex.plugin import find_plugin

from helpers import hidden

ROLE = re.compile(r"\{([a-z:]+)\}`([^`]+)`")
EXPLICIT = re.compile(r"(.*\S)\s*<(.+)>", re.S)  # a title <target>
# A display formula; a label behind it gives it a number.
FORMULA = re.compile(r"^( *)\$\$\n(.*?)\n *\$\$(?: \(([^)\n]+)\))?$", re.M | re.S)
NUMBERED = re.compile(r"^:label: (\S+)$", re.M)
PROOF = re.compile(r"^`+\{prf:proof\}$", re.M)  # has no number on the page
REFERENCES = re.compile(r"^```\{footbibliography\}\n```$", re.M)
HIDDEN = {"remove-cell", "remove-input", "hide-cell", "hide-input"}


@dataclass
class Page:
    """A page, and what the built book knows that the page's text alone does not say.

    name: of the page, from the root of the book ("book/intro").
    numbers: of the book's figures, equations, theorems and exercises, by label, as the page shows
        them ("7", or "2.7" where chapters are numbered).
    figure: how the page names a figure, with %s for its number.
    titles: of all pages, by name.
    notebooks: the names of the pages that can be downloaded.
    entries: the bibliography, as pybtex has it.
    values: the numbers that its text quotes, by name.
    """

    name: str
    numbers: Mapping[str, str] = field(default_factory=dict)
    figure: str = "Fig. %s"
    titles: Mapping[str, str] = field(default_factory=dict)
    notebooks: Iterable[str] = ()
    entries: Mapping = field(default_factory=dict)
    values: Mapping = field(default_factory=dict)


def page_of(env, name):
    """The Page ``name`` of the book that Sphinx has read into ``env``."""
    kinds = [kind for of_page in env.toc_fignumbers.values() for kind in of_page.values()]
    return Page(
        name=name,
        numbers={
            label.removeprefix("equation-"): ".".join(map(str, number))
            for kind in kinds
            for label, number in kind.items()
        },
        figure=env.config.numfig_format["figure"],
        titles={page: title.astext() for page, title in env.titles.items()},
        notebooks={page for page, of in env.nb_metadata.items() if "exec_data" in of},
        entries=env.get_domain("cite").bibdata.data.entries if "cite" in env.domaindata else {},
        values=quoted_numbers.numbers(basename(name)),
    )


# Roles: each a function of the page and of what stands between the role's backticks.


def _doc(page, text):
    explicit = EXPLICIT.fullmatch(text)
    title, target = explicit.groups() if explicit else (None, text)
    name = normpath(join(dirname(page.name), target))
    title = title or page.titles[name]
    return f"[{title}]({basename(name)}.ipynb)" if name in page.notebooks else f"*{title}*"


def _authors(entry):
    names = [
        " ".join(map(str, person.rich_prelast_names + person.rich_last_names))
        for person in entry.persons["author"]
    ]
    return f"{names[0]} et al." if len(names) > 2 else " and ".join(names)


def _works(page, text):
    return [page.entries[key.strip()] for key in text.split(",")]


def _cite_in_text(page, text):
    return ", ".join(f"{_authors(work)} ({work.fields['year']})" for work in _works(page, text))


def _cite_in_brackets(page, text):
    works = (f"{_authors(work)}, {work.fields['year']}" for work in _works(page, text))
    return f"({'; '.join(works)})"


ROLES = {
    "glue:text": lambda page, quotation: quoted_numbers.as_text(page.values, quotation),
    "doc": _doc,
    "numref": lambda page, label: page.figure % page.numbers[label],
    "eq": lambda page, label: f"({page.numbers[label]})",
    "footcite:t": _cite_in_text,
    "footcite:p": _cite_in_brackets,
}


def fill(text, page):
    """The Markdown ``text`` with all roles that JupyterLab cannot know filled in."""

    def fill_role(match):
        name, content = match.groups()
        return ROLES[name](page, content) if name in ROLES else match[0]

    return ROLE.sub(fill_role, text)


def number(text, page):
    """The Markdown ``text`` with the formulas, theorems and exercises numbered as on ``page``."""

    def formula(match):
        indent, body, label = match.groups()
        tag = f" \\tag{{{page.numbers[label]}}}" if label else ""
        begin, end = (indent + f"\\{word}{{equation*}}" for word in ("begin", "end"))
        return f"{begin}\n{body}{tag}\n{end}"

    def option(match):
        known = page.numbers.get(match[1])
        return f"{match[0]}\n:enumerator: {known}" if known else match[0]

    text = PROOF.sub(r"\g<0>\n:enumerated: false", text)
    return NUMBERED.sub(option, FORMULA.sub(formula, text))


def references(text, page):
    """The works that the Markdown ``text`` names, as a Markdown list."""
    keys = {
        key.strip()
        for role, content in ROLE.findall(text)
        if role.startswith("footcite:")
        for key in content.split(",")
    }
    works = sorted((page.entries[key] for key in keys), key=lambda work: (_authors(work), work.key))
    style = find_plugin("pybtex.style.formatting", "alpha")()
    backend = find_plugin("pybtex.backends", "text")()
    lines = (style.format_entry("", work).text.render(backend) for work in works)
    return "\n".join("- " + line.replace("\n", " ") for line in lines)


def _caption(cell, page):
    """The cell of text with the caption that the page puts below ``cell``, if it does."""
    figure = cell.metadata.get("mystnb", {}).get("figure", {})
    if "caption" not in figure:
        return []
    caption = fill(figure["caption"].strip(), page)
    title = page.figure % page.numbers[figure["name"]]
    return [new_markdown_cell(f"**{title}** {caption}")]


def notebook(text, page):
    """The chapter ``text`` as the text of an .ipynb file: no outputs, the same ids each time."""
    notebook = jupytext.reads(text, fmt="md:myst")
    notebook.metadata.pop("jupytext", None)
    cells = []
    codes = [at for at, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    if codes:
        check = new_code_cell(hidden.SOURCE, metadata={"tags": ["remove-input"]})
        notebook.cells.insert(codes[0], check)
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type == "code":
            if HIDDEN & set(cell.metadata.get("tags", ())):
                cell.metadata["jupyter"] = {"source_hidden": True}
            cells += _caption(cell, page)
        else:
            cell.source = REFERENCES.sub(lambda _: references(text, page), cell.source)
            cell.source = fill(number(cell.source, page), page)
    for count, cell in enumerate(cells, 1):
        cell.id = f"cell-{count}"
    notebook.cells = cells
    return jupytext.writes(notebook, fmt="ipynb")
