"""No script or style of the book needs a browser newer than the page "how it is made" says.

The versions are those of MDN's browser-compat-data: the first of Chrome (and Edge), of Firefox and
of Safari that has the feature.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STARTS_FROM = (92, 98, 15.4)  # Array.at, and the <dialog> of the theme's menu and search
LOOKS_RIGHT_FROM = (117, 113, 16.2)  # subgrid, and color-mix()
SCRIPT_FEATURES = {
    r"\.at\(": (92, 90, 15.4),
    r"\|\|=": (85, 79, 14),
    r"\.replaceAll\(": (85, 77, 13.1),
    r"\.replaceChildren\(": (86, 78, 14),
    r"\.findLast(?:Index)?\(": (97, 104, 15.4),
    r"\.to(?:Reversed|Sorted|Spliced)\(": (110, 115, 16),
    r"\bObject\.hasOwn\(": (93, 92, 15.4),
    r"\bstructuredClone\(": (98, 94, 15.4),
    r"\b(?:Object|Map)\.groupBy\(": (117, 119, 17.4),
    r"\bArray\.fromAsync\(": (121, 115, 16.4),
    r"\bPromise\.withResolvers\(": (119, 121, 17.4),
    r"\(\?<[=!]": (62, 78, 16.4),
    r"\.checkVisibility\(": (105, 106, 17.4),
    r"\bstartViewTransition\(": (111, 144, 18),
    r"\bstatic \{": (94, 93, 16.4),
}
STYLE_FEATURES = {
    r"@container\b": (105, 110, 16),
    r"\bcolor-mix\(": (111, 113, 16.2),
    r":has\(": (105, 121, 15.4),
    r"\blight-dark\(": (123, 120, 17.5),
    r"@scope\b": (118, 146, 17.4),
    r"@starting-style\b": (117, 129, 17.5),
    r"@property\b": (85, 128, 16.4),
    r"^\s*&|[{;]\s*&": (120, 117, 17.2),
    r"\bsubgrid\b": (117, 71, 16),
    r"\banchor-name\b": (125, 147, 26),
}
IN_SUPPORTS = re.compile(r"^@supports .*?^}", re.M | re.S)
PAGE = (ROOT / "book" / "how-it-is-made.md").read_text(encoding="utf-8")


def files(suffix):
    folders = ("explorables", "book/assets", "book/_ext")
    found = (path for folder in folders for path in (ROOT / folder).rglob(f"*.{suffix}"))
    return [path for path in found if "katex" not in path.parts]


def newer(text, features, floor):
    """The features in the text that a browser at the floor lacks."""
    return [
        feature
        for feature, since in features.items()
        if any(a > b for a, b in zip(since, floor, strict=True)) and re.search(feature, text, re.M)
    ]


@pytest.mark.parametrize("path", files("js"), ids=lambda path: path.name)
def test_scripts_need_no_browser_newer_than_the_oldest(path):
    assert newer(path.read_text(encoding="utf-8"), SCRIPT_FEATURES, STARTS_FROM) == []


@pytest.mark.parametrize("path", files("css"), ids=lambda path: path.name)
def test_styles_need_no_newer_browser_unless_they_ask_first(path):
    text = IN_SUPPORTS.sub("", path.read_text(encoding="utf-8"))
    assert newer(text, STYLE_FEATURES, LOOKS_RIGHT_FROM) == []


@pytest.mark.parametrize("versions", [STARTS_FROM, LOOKS_RIGHT_FROM])
def test_the_page_states_these_versions(versions):
    chrome, firefox, safari = versions
    stated = f"Chrome and Edge {chrome}, Firefox {firefox} and Safari {safari}"
    assert stated in " ".join(PAGE.split())


def test_the_lint_sees_what_is_too_new():
    assert newer("a.findLast(f)", SCRIPT_FEATURES, STARTS_FROM)
    assert newer("a:has(b) {}", STYLE_FEATURES, LOOKS_RIGHT_FROM)
    assert not newer("a.at(-1)", SCRIPT_FEATURES, STARTS_FROM)
