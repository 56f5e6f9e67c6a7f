"""Modules of the front end, made into one: run in V8, as a page would run them."""

import pytest
from javascript import running
from py_mini_racer import MiniRacer

import explorables
from explorables.host.bundle import bundle, bundle_for_page, kit_script


def run(source, expression):
    """The value of ``expression`` after the module."""
    with running(source) as value:
        return value(expression)


@pytest.fixture
def write(tmp_path):
    def write(**modules):
        for name, text in modules.items():
            (tmp_path / f"{name}.js").write_text(text, encoding="utf-8")
        return tmp_path / "main.js"

    return write


def test_imports_are_written_in(write):
    path = write(
        main='import { twice } from "./maths.js";\nexport default twice(21);\n',
        maths="const two = 2;\nexport const twice = (x) => two * x;\n",
    )
    assert run(bundle(path), "main") == 42


def test_imports_of_imports_and_over_several_lines(write):
    path = write(
        main='import {\n  a,\n  b,\n} from "./middle.js";\nexport default [a(), b];\n',
        middle='import { c } from "./deep.js";\nexport function a() { return c; }\n'
        "export const b = c + 1;\n",
        deep="export const c = 1;\n",
    )
    assert run(bundle(path), "main") == [1, 2]


def test_names_are_passed_on(write):
    path = write(
        main='import { a, b, c } from "./front.js";\nexport default [a, b(), c];\n',
        front='export { a } from "./one.js";\nexport {\n  b,\n  c,\n} from "./other.js";\n',
        one="export const a = 1;\n",
        other="export function b() { return 2; }\nexport const c = 3;\n",
    )
    assert run(bundle(path), "main") == [1, 2, 3]


def test_names_that_are_not_exported_stay_private(write):
    path = write(
        main='import { f } from "./other.js";\nconst hidden = 1;\nexport default [f(), hidden];\n',
        other="const hidden = 2;\nexport function f() { return hidden; }\n",
    )
    assert run(bundle(path), "main") == [2, 1]


def test_a_file_that_two_files_import_is_there_once(write):
    path = write(
        main='import { one } from "./left.js";\nimport { two } from "./right.js";\n'
        "one();\ntwo();\nexport default two();\n",
        left='import { count } from "./shared.js";\nexport const one = () => count();\n',
        right='import { count } from "./shared.js";\nexport const two = () => count();\n',
        shared="let calls = 0;\nexport const count = () => ++calls;\n",
    )
    assert bundle(path).count("let calls") == 1
    assert run(bundle(path), "main") == 3


def test_what_is_imported_must_be_exported(write):
    path = write(
        main='import { one, two } from "./other.js";\nexport default one + two;\n',
        other="export const one = 1;\nconst two = 2;\n",
    )
    with pytest.raises(
        ValueError, match=r"main\.js imports \['two'\], which \./other\.js does not"
    ):
        bundle(path)


@pytest.mark.parametrize("name", explorables.__all__)
def test_every_explorables_script_is_one_module_without_imports(name):
    source = bundle(getattr(explorables, name).front_end)
    assert "import {" not in source and "import(" not in source
    assert run(source, "typeof main.render") == "function"


def test_a_page_has_one_copy_of_the_kit():
    engine = MiniRacer()
    try:
        engine.eval("globalThis.explorables = {}")
        engine.eval(kit_script())
        for name in explorables.__all__:
            if name == "Quiz":  # which is text, and needs next to nothing of the kit
                continue
            source = bundle_for_page(getattr(explorables, name).front_end)
            assert "import {" not in source and "MutationObserver" not in source, name
            source = source.replace("export default ", "globalThis.main = ")
            engine.eval(f"(() => {{ {source} }})()")
            assert engine.eval("typeof main.render") == "function", name
    finally:
        engine.close()
