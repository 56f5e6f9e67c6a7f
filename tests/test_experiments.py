"""The experiments: what they left in results/ is what the papers report, and can be had again."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from sklearn.svm import SVC

from experiments import real_digit, record, svm_3_8
from helpers import data, linear, tilting
from helpers.data import MnistUnavailable, digit_pair
from helpers.results import load_arrays, load_figures

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
        assert f"{{{entry['source']}," in bibliography


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


@pytest.mark.slow
def test_real_digit_can_be_had_again(mnist, arrays, tmp_path, monkeypatch):
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    monkeypatch.setattr(real_digit, "load_mnist", lambda: mnist)
    committed = load_figures("real_digit")
    real_digit.main()

    monkeypatch.setattr("helpers.results.FOLDER", tmp_path)
    anew = load_arrays("real_digit")
    assert (anew["digits"] == arrays["digits"]).all()
    # libsvm stops at a tolerance: another machine may stop a little earlier or later.
    assert np.abs(anew["w"] - arrays["w"]).max() < 1e-2 * np.abs(arrays["w"]).max()
    for name, numbers in load_figures("real_digit").items():
        assert numbers["theta"] == pytest.approx(committed[name]["theta"], abs=1e-3)
        assert numbers["err_test"] == pytest.approx(committed[name]["err_test"], abs=0.11)


@pytest.mark.parametrize("experiment", [real_digit, svm_3_8], ids=lambda each: each.__name__)
def test_no_stand_in_for_mnist(experiment, tmp_path, monkeypatch):
    def nothing():
        raise MnistUnavailable("no MNIST here")

    monkeypatch.setattr(data, "mnist_files", nothing)
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    with pytest.raises(MnistUnavailable):
        experiment.main()
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def svms():
    """The arrays of svm_3_8; those of the geometry in float64, coordinates in pixels."""
    arrays = load_arrays("svm_3_8")
    pixels = {name: arrays[name] / arrays["per_pixel"] for name in ("horizontal", "vertical")}
    return arrays | pixels | {name: arrays[name].astype(float) for name in ("w", "centroids")}


@pytest.mark.parametrize("published", PUBLISHED["svm_3_8"]["models"], ids=lambda p: str(p["lam"]))
def test_svms_agree_with_the_published_figures(published):
    [ours] = [of for of in load_figures("svm_3_8") if of["lam"] == pytest.approx(published["lam"])]
    for key in published.keys() & {"theta", "d_adv"}:
        assert ours[key] == pytest.approx(published[key], abs=0.005)
    for key in ("err_train", "err_test"):
        assert ours[key] == pytest.approx(published[key], abs=0.1)


def test_svms_agree_with_those_of_the_introduction():
    for of in load_figures("real_digit").values():
        [same] = [each for each in load_figures("svm_3_8") if each["lam"] == pytest.approx(of["lam"])]
        shared = of.keys() & same.keys()
        assert shared >= {"theta", "d_adv", "err_train", "err_test", "norm_w"}
        for key in shared:
            assert same[key] == pytest.approx(of[key], rel=1e-6)


def test_svm_figures_describe_their_arrays(svms):
    figures = load_figures("svm_3_8")
    i, j = svms["centroids"]
    assert [of["lam"] for of in figures] == svms["lam"].tolist()
    assert np.log10(svms["lam"]) == pytest.approx(np.linspace(2, -6, 81))
    for of, w in zip(figures, svms["w"], strict=True):
        assert of["norm_w"] == pytest.approx(np.linalg.norm(w), rel=1e-6)
        assert of["theta"] == pytest.approx(tilting.tilting_angle(w, i, j), abs=1e-6)
        # Balanced classes: d_adv = ½ ‖j − i‖ cos θ.
        half_way = np.linalg.norm(j - i) / 2
        assert of["d_adv"] == pytest.approx(half_way * np.cos(of["theta"]), abs=1e-6)


def test_weaker_regularisation_tilts_lengthens_and_comes_closer():
    figures = load_figures("svm_3_8")
    for key, sign in (("theta", 1), ("norm_w", 1), ("d_adv", -1), ("d_err", -1)):
        path = np.array([of[key] for of in figures])
        assert (sign * np.diff(path) >= -1e-6).all(), key


def test_coordinates_are_those_of_the_drawn_images(mnist, svms):
    X, y = digit_pair(mnist, 3, 8, n=3000)
    i, j = svms["centroids"]
    assert np.abs(svms["centroids"] - tilting.centroids(X, y)).max() < 1e-6
    drawn = X[svms["points"]]
    assert (drawn == np.concatenate([X[:500], X[3000:3500]])).all()
    for k in (20, 36, 80):
        z_hat, n_hat = tilting.tilting_plane(svms["w"][k], i, j)
        expected = tilting.project(drawn, z_hat, n_hat, (i + j) / 2)
        ours = np.column_stack([svms["horizontal"], svms["vertical"][k]])
        assert np.abs(ours - expected).max() < 1e-3


def test_where_an_svm_spans_no_plane_it_is_shown_in_the_next_ones(svms):
    upright = np.sin([of["theta"] for of in load_figures("svm_3_8")]) < tilting.SMALLEST_SINE
    first_tilted = np.argmin(upright)
    assert 0 < first_tilted < 81 and not upright[first_tilted:].any()
    assert (svms["vertical"][:first_tilted] == svms["vertical"][first_tilted]).all()


def test_errors_of_the_stored_svms(mnist, svms):
    sets = {"train": digit_pair(mnist, 3, 8, n=3000), "test": digit_pair(mnist, 3, 8, split="test")}
    figures = load_figures("svm_3_8")
    for k in range(0, 81, 10):
        for split, (X, y) in sets.items():
            wrong = 100 * linear.error_rate(X, y, svms["w"][k], svms["b"][k])
            # One image may change sides in float32.
            assert figures[k][f"err_{split}"] == pytest.approx(wrong, abs=100.1 / len(y))


def test_the_shared_gram_matrix_gives_the_same_svm(mnist):
    X, y = digit_pair(mnist, 3, 8, n=150)
    lam = 1e-3
    direct = SVC(kernel="linear", C=1 / (2 * lam * len(y)), tol=svm_3_8.SETTINGS["tol"]).fit(X, y)
    w, b = svm_3_8.train(X, y, X @ X.T, lam)
    assert np.abs(w - direct.coef_[0]).max() < 1e-9
    assert b == pytest.approx(direct.intercept_[0], abs=1e-9)


@pytest.mark.slow
def test_svms_can_be_had_again(mnist, svms):
    X, y = digit_pair(mnist, 3, 8, n=3000)
    gram = X @ X.T
    for k in (0, 30, 50):
        w, b = svm_3_8.train(X, y, gram, svms["lam"][k])
        assert np.abs(w - svms["w"][k]).max() < 1e-3 * np.abs(w).max()
        assert b == pytest.approx(svms["b"][k], abs=1e-3)


@pytest.fixture
def small_run(mnist, tmp_path, monkeypatch):
    """svm_3_8 with 100 images a class and every twentieth λ, in a folder of its own."""
    few = {"images_per_class": 100, "drawn_per_class": 5, "log_lam": [2, 0, -2, -4, -6]}
    few["middling_log_lam"] = -2
    monkeypatch.setattr(svm_3_8, "SETTINGS", svm_3_8.SETTINGS | few)
    monkeypatch.setattr(svm_3_8, "FINISHED", tmp_path / "finished")
    monkeypatch.setattr(svm_3_8, "load_mnist", lambda: mnist)
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    return tmp_path


def test_an_interrupted_run_goes_on_where_it_was(small_run, monkeypatch):
    svm_3_8.main()
    whole = (small_run / "svm_3_8" / "arrays.npz").read_bytes()
    (small_run / "svm_3_8" / "arrays.npz").unlink()
    trained, train = [], svm_3_8.train

    def interrupted(X, y, gram, lam):
        if len(trained) == 3:
            raise KeyboardInterrupt
        trained.append(lam)
        return train(X, y, gram, lam)

    with monkeypatch.context() as patch:
        patch.setattr(svm_3_8, "train", interrupted)
        with pytest.raises(KeyboardInterrupt):
            svm_3_8.main()
    assert not (small_run / "svm_3_8" / "arrays.npz").exists()

    def recorded(X, y, gram, lam):
        trained.append(lam)
        return train(X, y, gram, lam)

    monkeypatch.setattr(svm_3_8, "train", recorded)
    svm_3_8.main()
    assert trained == pytest.approx([1e2, 1, 1e-2, 1e-4, 1e-6])  # none of them twice
    assert (small_run / "svm_3_8" / "arrays.npz").read_bytes() == whole
    assert not (small_run / "finished").exists()
