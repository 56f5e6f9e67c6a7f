"""Each claim of the chapter on certificates that no test of the helpers holds already."""

import numpy as np
import pytest
import torch
from torch import nn

from book.quoted import lipschitz_margins
from book.quoted.lipschitz_margins import SUMMARY, TRIALS, column
from helpers import architectures, lipschitz, spectral
from helpers.layers import linear_layers
from helpers.published import load_published
from helpers.results import FOLDER, load_figures, load_lmt
from helpers.weights import load_weights

NUMBERS = lipschitz_margins.numbers()
PLANE = load_figures("lmt_plane")
PAPER = load_published("lmt")
PUBLISHED = load_published("certified_mnist")
SEEDED = ("plain", "decay", "adversarial", "lmt", "lmt_global", "best")


def mean(model, name):
    return NUMBERS[f"{model}-{name}"]


def figures(model, name):
    return np.array([network["figures"][name] for network in load_lmt(model)])


# The plane


def plane(name):
    return dict(zip(PLANE["c"], PLANE[name], strict=True))


def test_the_discs_fill_out_as_c_grows_and_the_errors_mount():
    tight, errors = plane("tightness"), plane("err_train")
    assert 0.18 < tight[0] < 0.25
    assert tight[0] < tight[0.1] < tight[0.2] < tight[0.3] < 0.85 and tight[0.5] > 0.99
    for c, name in ((0, "0"), (0.1, "01"), (0.2, "02"), (0.3, "03"), (0.5, "05")):
        assert NUMBERS[f"plane-tight-{name}"] == 100 * tight[c]
    assert errors[0.1] < 1 < 5 < errors[0.2] < errors[0.3] < errors[0.5]


def test_too_large_a_radius_leaves_a_constant():
    assert plane("err_train")[2.0] == 50


# Layers


def test_overlapping_max_pooling_reaches_two_and_disjoint_windows_one():
    assert spectral.overlap(nn.MaxPool2d(3, 2), (1, 5, 5)) == 4
    assert spectral.overlap(nn.MaxPool2d(2), (1, 6, 6)) == 1


def stored_lmt():
    return load_weights(architectures.conv_2c2f(), FOLDER / "lmt" / "lmt.safetensors")


def test_power_iteration_is_slow_where_training_has_pressed():
    """After ten rounds from a random vector some layer of LMT is still a per cent short."""
    network, short = stored_lmt(), []
    shapes = lipschitz.input_shapes(network, (784,))
    for layer in linear_layers(network).values():
        A = spectral.operator_matrix(layer, shapes[layer])
        u = torch.randn(len(A), generator=torch.Generator().manual_seed(0)).double()
        for _ in range(10):
            v = A.T @ u / (A.T @ u).norm()
            u = A @ v / (A @ v).norm()
        short.append(1 - ((A @ v).norm() / spectral.proven_norm(A)).item())
    assert min(short) > 0 and max(short) > 0.01


# The experiment


def test_the_seeds_of_the_experiment():
    for model in SEEDED:
        assert list(column(model, "seed")) == [0, 1, 2]
    assert NUMBERS["lmt-networks"] == len(SUMMARY)


def test_lmt_costs_little_and_adversarial_training_much():
    assert NUMBERS["lmt-slower"] < 2 and NUMBERS["adversarial-slower"] > 5
    for model in ("lmt", "adversarial"):
        slower = column(model, "minutes").mean() / column("plain", "minutes").mean()
        assert NUMBERS[f"{model}-slower"] == pytest.approx(slower)


@pytest.mark.parametrize("model", ["plain", "decay", "adversarial"])
def test_without_lmt_nothing_is_certified_at_158_in_any_seed(model):
    assert (column(model, "cert_158") < 0.1).all()


def test_adversarial_training_survives_attacks_on_most_images():
    assert (column("adversarial", "pgd_158") > 80).all()
    assert (column("adversarial", "clean") > 98).all()


def test_lmt_keeps_the_first_layer_below_one():
    first = load_lmt("lmt")[0]["figures"]["bounds"]
    assert first["conv1"] < 1 < 5 < first["fc1"]
    start = load_lmt("lmt")[0]["figures"]["bounds_before"]
    plain = load_lmt("plain")[0]["figures"]["bounds"]
    assert all(plain[name] > start[name] for name in ("conv1", "conv2", "fc1", "fc2"))


# The chain


def test_the_product_of_norms_loses_most_for_the_plain_network():
    assert (column("plain", "ratio_i") > 20).all()
    for name in ("ratio_ii", "ratio_iii"):
        assert (column("plain", name) < 2).all()


def test_lmt_closes_the_gap():
    assert (column("lmt", "ratio_i") < 2).all() and (column("lmt", "ratio_i") > 1.42).all()
    assert mean("lmt", "ratio_ii") < 1.2 and mean("lmt", "ratio_iii") < 1.2
    overall = figures("lmt", "ratio_overall")
    assert (overall < 2.5).all() and (overall > PAPER["lmt"]["ratio_overall"]).all()


def test_the_samples_miss_the_steepest_places_of_adversarial_training():
    assert (figures("adversarial", "violated_iii") > 50).all()
    assert mean("adversarial", "ratio_iii") < PAPER["adversarial"]["ratio_iii_above"]


def test_the_proof_for_one_does_not_beat_the_attack_on_the_other():
    assert (figures("plain", "median_deepfool") > PAPER["plain"]["median_deepfool"]).all()
    certified = column("lmt", "median_certified")
    assert certified.max() < figures("plain", "median_deepfool").min()


def test_the_median_radius_is_the_published_one_within_the_seeds():
    certified = column("lmt", "median_certified")
    mean, deviation = (NUMBERS[f"lmt-median_certified{end}"] for end in ("", "-sd"))
    assert (mean, deviation) == pytest.approx((certified.mean(), certified.std(ddof=1)), abs=1e-3)
    assert abs(mean - NUMBERS["paper-lmt-median_certified"]) < deviation


def test_the_second_form_certifies_more_in_each_seed():
    for radius in ("cert_03", "cert_10", "cert_158"):
        assert (column("lmt", radius) > column("lmt_global", radius)).all()


# The size of c


def one(model, name):
    """A column of the summary, for a model with one seed or the first of several."""
    return column(model, name)[0]


SWEEP = ("lmt_0.1", "lmt_0.3", "lmt", "lmt_3", "lmt_10")


def test_larger_c_trade_accuracy_for_certificates_up_to_3():
    clean = [one(model, "clean") for model in SWEEP]
    assert clean == sorted(clean, reverse=True) and clean[1] > 98.5 and clean[-1] < 88
    for name in ("cert_10", "cert_158"):
        certified = [one(model, name) for model in SWEEP]
        assert certified[:4] == sorted(certified[:4])
        assert certified[3] - 3 < certified[4] < certified[3]
    assert one("lmt_3", "cert_158") > 30 and max(column("lmt", "cert_158")) < 15


def test_the_published_figures_lie_between_the_two_programs():
    for name in ("median_certified", "ratio_i", "ratio_overall"):
        low, high = sorted([figures("lmt", name).mean(), figures("lmt_uncut_1", name)[0]])
        assert low < PAPER["lmt"][name] < high


def test_without_the_share_a_large_c_collapses_to_the_commonest_digit():
    for name in ("clean", "pgd_158", "cert_03", "cert_10", "cert_158"):
        assert one("lmt_uncut_3", name) == 11.35
    assert one("lmt_uncut_1", "clean") < one("lmt", "clean")
    assert one("lmt_uncut_1", "cert_158") > one("lmt", "cert_158")


def test_lmt_turns_the_knob_of_batch_norm():
    without = load_lmt("lmt")[0]["figures"]["bounds"]
    assert NUMBERS["bn-norm2"] < 0.2 and NUMBERS["bn-conv2"] > without["conv2"]
    certified = column("lmt", "cert_10")
    assert certified.min() < one("lmt_batch_norm", "cert_10") < certified.max()


# The best


def test_the_best_network_beats_what_was_published():
    assert (column("best", "cert_158") > max(row["cert_158"] for row in PUBLISHED)).all()
    assert (column("best", "clean") >= 95).all()
    assert (column("best", "minutes") <= 60).all()


def test_at_small_changes_what_was_published_is_better():
    published = [row["cert_03"] for row in PUBLISHED if "cert_03" in row]
    assert (column("best", "cert_03") < min(published)).all()


def test_lmt_comes_closer_with_a_larger_c_to_what_was_published_of_it_at_158():
    (published,) = (row["cert_158"] for row in PUBLISHED if row["method"] == "LMT")
    assert column("lmt", "cert_158").max() < load_lmt("lmt_3")[0]["figures"]["cert_158"] < published


def test_the_certificates_are_below_what_attacks_leave_everywhere():
    for row in SUMMARY:
        levels = [row["clean"]]
        for radius in ("03", "10", "158"):
            assert row[f"cert_{radius}"] <= row[f"pgd_{radius}"] <= levels[-1]
            levels.append(row[f"pgd_{radius}"])


def trial(**changed):
    """The row of the trial in which these settings differ from the first, and no others."""
    base = TRIALS[0]
    names = ("planes", "own", "width", "keep", "moved")
    expected = {name: changed.get(name, base[name]) for name in names}
    (row,) = [row for row in TRIALS if all(row[name] == expected[name] for name in names)]
    return row


def test_what_was_tried_with_maxout():
    planes = [trial(planes=count)["cert_158"] for count in (1, 8, 32, 96)]
    planes.append(TRIALS[0]["cert_158"])
    assert planes == sorted(planes)
    assert NUMBERS["trial-own"] == TRIALS[0]["cert_158"] - trial(own=1)["cert_158"] > 2
    kept = [trial(keep=0.1), TRIALS[0], trial(keep=1.0), trial(keep=3.0)]
    assert [row["clean"] for row in kept] == sorted(row["clean"] for row in kept)
    certified = [row["cert_158"] for row in kept]
    assert certified == sorted(certified, reverse=True)
    assert abs(trial(moved=0.0)["cert_158"] - TRIALS[0]["cert_158"]) < 0.3


def test_the_held_out_images_are_easier_than_the_test_images():
    rows = [network["figures"] for network in load_lmt("best")]
    gaps = [row["held_out"]["cert_158"] - row["cert_158"] for row in rows]
    assert 3 < min(gaps) < max(gaps) < 5 and NUMBERS["best-gap"] == pytest.approx(np.mean(gaps))


# The limits


def test_a_shift_by_two_pixels_moves_a_digit_much_further_than_158():
    images = load_lmt("plain")[0]["shown_images"].reshape(10, 28, 28) / 255
    for axis in (1, 2):
        lengths = np.linalg.norm((np.roll(images, 2, axis) - images).reshape(10, -1), axis=1)
        assert (lengths > 2 * 1.58).all()
