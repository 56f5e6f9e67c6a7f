"""The Nu HTML checker does find faults."""

from html_checker import faults


def test_the_checker_finds_a_fault(java, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<!DOCTYPE html><html lang="en"><title>A</title><p><img src="a.png"></html>',
        encoding="utf-8",
    )
    assert len(faults([page])) == 1
