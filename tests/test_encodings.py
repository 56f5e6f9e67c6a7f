"""Files and output of programs are read and written in UTF-8, whatever the machine prefers."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = {"read_text", "write_text"}
TEXT_MODES = {"text", "universal_newlines"}


def leaves_the_encoding_open(call: ast.Call) -> bool:
    """Whether the machine settles the encoding of the text that ``call`` reads or writes."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if "encoding" in given or None in given:
        return False
    if isinstance(call.func, ast.Attribute):
        return call.func.attr in FILES or bool(TEXT_MODES & given.keys())
    if isinstance(call.func, ast.Name) and call.func.id == "open":
        mode = given.get("mode", call.args[1] if len(call.args) > 1 else ast.Constant("r"))
        return "b" not in ast.literal_eval(mode)
    return bool(TEXT_MODES & given.keys())


def left_open(source: str) -> list[int]:
    """The lines of the Python text ``source`` on which an encoding is left open."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return sorted(call.lineno for call in calls if leaves_the_encoding_open(call))


@pytest.mark.parametrize(
    ("call", "is_open"),
    [
        ("path.read_text()", True),
        ("path.write_text('é')", True),
        ("path.read_text(encoding='utf-8')", False),
        ("open(path)", True),
        ("open(path, mode='w')", True),
        ("open(path, 'rb')", False),
        ("subprocess.run(['ls'], text=True)", True),
        ("subprocess.run(['ls'], encoding='utf-8')", False),
        ("subprocess.run(['ls'], **options)", False),
    ],
)
def test_the_lint_knows_what_leaves_an_encoding_open(call, is_open):
    assert bool(left_open(call)) == is_open


def test_no_encoding_is_left_to_the_machine():
    names = subprocess.check_output(["git", "ls-files", "-z", "*.py"], cwd=ROOT, encoding="utf-8")
    files = [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]
    found = {path.name: left_open(path.read_text(encoding="utf-8")) for path in files}
    assert len(found) > 100
    assert {name: lines for name, lines in found.items() if lines} == {}
