"""The experiments: what they left in results/ is what the papers report, and can be had again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from experiments import real_digit, record, study, svm_mnist
from helpers import data, linear
from helpers.data import MnistUnavailable, digit_pair
from helpers.results import load_arrays, load_figures, load_svm_figures

BOOK = Path(__file__).resolve().parent.parent / "book"
PUBLISHED = yaml.safe_load((BOOK / "published.yml").read_text(encoding="utf-8"))
NAMES = ["weak", "strong"]


@pytest.fixture
def arrays():
    return load_arrays("real_digit")


@pytest.fixture
def pixels(arrays):
    """The 3 and the 8, shape (2, 784), in [0, 1]."""
    return arrays["digits"].reshape(2, -1) / 255


def classifiers(arrays):
    return list(zip(NAMES, arrays["w"], arrays["b"], strict=True))


def test_sources_of_published_figures_are_in_the_bibliography():
    bibliography = (BOOK / "references.bib").read_text(encoding="utf-8")
    for entry in PUBLISHED.values():
        rows = [row for row in entry["models"] if isinstance(row, dict)]  # names, in a dict of rows
        named = [row[key] for row in rows for key in ("source", "by") if key in row]
        for source in [entry["source"], *named]:
            assert f"{{{source}," in bibliography


@pytest.mark.parametrize("name", NAMES)
def test_real_digit_agrees_with_the_published_figures(name):
    published, ours = PUBLISHED["real_digit"]["models"][name], load_figures("real_digit")[name]
    assert ours["lam"] == published["lam"]
    for key in ("theta", "d_adv"):
        assert ours[key] == pytest.approx(published[key], abs=0.005)
    for key in ("err_train", "err_test"):
        assert ours[key] == pytest.approx(published[key], abs=0.1)


def test_real_digit_figures_describe_its_arrays(arrays, pixels):
    figures = load_figures("real_digit")
    assert list(figures) == NAMES
    assert arrays["w"].shape == (2, 784) and arrays["digits"].dtype == np.uint8
    for name, w, b in classifiers(arrays):
        assert figures[name]["norm_w"] == pytest.approx(np.linalg.norm(w), rel=1e-5)
        walked = np.linalg.norm(pixels - linear.mirror_image(pixels, w, b), axis=1)
        assert figures[name]["mirror_distance"] == pytest.approx(walked, rel=1e-4)


def test_real_digits_are_classified_right_and_their_mirror_images_wrong(arrays, pixels):
    for _, w, b in classifiers(arrays):
        assert np.sign(linear.raw_score(pixels, w, b)).tolist() == [-1, 1]
        mirror_images = linear.mirror_image(pixels, w, b)
        assert np.sign(linear.raw_score(mirror_images, w, b)).tolist() == [1, -1]


def test_real_digits_are_images_of_the_test_set(mnist, arrays, pixels):
    X, y = digit_pair(mnist, 3, 8, split="test")
    for x, label in zip(pixels, (-1, 1), strict=True):
        assert y[np.abs(X - x).max(axis=1) < 1e-6].tolist() == [label]


def test_test_errors_of_the_stored_weights(mnist, arrays):
    X, y = digit_pair(mnist, 3, 8, split="test")
    for name, w, b in classifiers(arrays):
        wrong = (linear.raw_score(X, w, b) > 0) != (y > 0)
        expected = load_figures("real_digit")[name]["err_test"]
        assert 100 * wrong.mean() == pytest.approx(expected, abs=0.051)  # one image


def test_real_digit_can_be_had_again(mnist, arrays, tmp_path, monkeypatch):
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    committed = load_figures("real_digit")
    digits = replace(real_digit.STUDY, data=lambda: svm_mnist.data_of(mnist, (3, 8)))
    study.drive(digits, anew=True)

    monkeypatch.setattr("helpers.results.FOLDER", tmp_path)
    anew = load_arrays("real_digit")
    assert (anew["digits"] == arrays["digits"]).all()
    assert (anew["w"] == arrays["w"]).all()
    for name, numbers in load_figures("real_digit").items():
        for key, number in numbers.items():
            assert number == pytest.approx(committed[name][key], rel=1e-9)


@pytest.mark.parametrize("experiment", [real_digit, svm_mnist], ids=lambda each: each.__name__)
def test_no_stand_in_for_mnist(experiment, tmp_path, monkeypatch):
    def nothing():
        raise MnistUnavailable("no MNIST here")

    monkeypatch.setattr(data, "mnist_files", nothing)
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    with pytest.raises(MnistUnavailable):
        study.drive(experiment.STUDY, anew=True)
    assert list(tmp_path.iterdir()) == []


def test_the_real_digits_svms_are_those_of_all_pairs():
    for of in load_figures("real_digit").values():
        [same] = [
            each for each in load_svm_figures(3, 8) if each["lam"] == pytest.approx(of["lam"])
        ]
        shared = of.keys() & same.keys()
        assert shared >= {"theta", "d_adv", "err_train", "err_test", "norm_w"}
        for key in shared:
            assert same[key] == pytest.approx(of[key], rel=1e-6)
