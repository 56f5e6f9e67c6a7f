"""Figures quoted from papers, as the chapters read them."""

import pytest
import yaml

from helpers import published


def test_an_entry_is_read_as_it_is_written(tmp_path, monkeypatch):
    models = [{"lam": 0.1, "err_test": 3.23}, {"lam": 1, "err_test": 6.45}]
    file = tmp_path / "published.yml"
    file.write_text(
        yaml.safe_dump({"svms": {"source": "someone2018", "models": models}}), encoding="utf-8"
    )
    monkeypatch.setattr(published, "FILE", file)
    assert published.load_published("svms") == models
    with pytest.raises(ValueError, match=r"name must be one of \['svms'\]; got 'trees'"):
        published.load_published("trees")
