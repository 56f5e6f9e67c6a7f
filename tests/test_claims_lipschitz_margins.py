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
from helpers.results import (
    FOLDER,
    certified_of_attacked,
    load_arrays,
    load_attacked,
    load_figures,
    load_lmt,
)
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


def test_halved_weights_before_a_batch_norm_turn_four_times_as_far_in_a_step():
    generator = torch.Generator().manual_seed(0)
    X, target = (torch.randn(50, n, generator=generator).double() for n in (6, 3))
    linear = nn.Linear(6, 3, bias=False).double()
    linear.weight.data = torch.randn(3, 6, generator=generator).double()
    norm = nn.BatchNorm1d(3, eps=1e-12).double()

    def output_and_turn():
        W = linear.weight
        output = norm(linear(X))
        (g,) = torch.autograd.grad((output - target).square().mean(), W)
        step = W - 1e-6 * g
        return output, torch.linalg.vector_norm(step / step.norm() - W / W.norm())

    output, turn = output_and_turn()
    linear.weight.data /= 2
    same, farther = output_and_turn()
    torch.testing.assert_close(same, output)
    assert (farther / turn).item() == pytest.approx(4, rel=1e-3)


def test_pooling_stretches_only_where_windows_overlap():
    def constant(pooling):
        return lipschitz.lipschitz_constant(nn.Sequential(pooling), (1, 28, 28))

    for k in (2, 3, 4):
        assert constant(nn.MaxPool2d(k, 1)) == pytest.approx(k)
        assert constant(nn.AvgPool2d(k, 1)) == pytest.approx(1)
        for stride in (1, 2, 3, 4):
            if stride >= k:
                assert constant(nn.MaxPool2d(k, stride)) == pytest.approx(1)
                assert constant(nn.AvgPool2d(k, stride)) == pytest.approx(1 / k)


def test_lmt_halves_the_norm_of_fc1_and_leaves_its_squares_nearly_as_they_are():
    networks = {
        model: load_weights(architectures.conv_2c2f(), FOLDER / "lmt" / f"{model}.safetensors")
        for model in ("plain", "lmt")
    }
    norms = {model: load_lmt(model)[0]["figures"]["bounds"] for model in networks}
    frobenius = {model: network.fc1.weight.norm().item() for model, network in networks.items()}
    assert norms["lmt"]["fc1"] / norms["plain"]["fc1"] == pytest.approx(0.5, abs=0.05)
    assert 0.95 < frobenius["lmt"] / frobenius["plain"] < 1
    for model, network in networks.items():
        shapes = lipschitz.input_shapes(network, (784,))
        for name, layer in linear_layers(network).items():
            norm = norms[model][name]
            if name.startswith("fc"):
                assert norm < layer.weight.norm().item()
                continue
            near = spectral.reshaped_bound(layer, shapes[layer])
            loosest = spectral.overlap(layer, shapes[layer]) ** 0.5 * layer.weight.norm().item()
            parseval = spectral.parseval_bound(layer)
            assert norm < near < parseval < loosest and parseval == pytest.approx(2 * near)


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
def test_without_lmt_nothing_is_certified_in_any_seed(model):
    for radius in ("cert_03", "cert_10", "cert_158"):
        assert (column(model, radius) == 0).all()


def unknown(model, eps):
    """The share of the attacked images, in per cent, that survive and are not certified."""
    survives = load_attacked(f"lmt-{model}")["l2"] > eps
    return 100 * (survives.mean() - (certified_of_attacked(model) >= eps).mean())


def test_what_nobody_knows():
    assert 3 < unknown("lmt", 0.3) < 5 and unknown("lmt", 1.58) > 50
    assert max(unknown("best", eps) for eps in (0.3, 1.0, 1.58)) < 9


@pytest.mark.parametrize("model", lipschitz_margins.ATTACKED)
def test_what_survives_attack(model):
    found = load_attacked(f"lmt-{model}")
    assert NUMBERS[f"{model}-attacked"] == pytest.approx(100 * (found["l2"] > 1.58).mean())
    assert NUMBERS[f"{model}-found"] == np.median(found["l2"])
    assert abs(found["figures"]["clean"] - NUMBERS[f"{model}-clean"]) < 1
    assert (certified_of_attacked(model) <= found["l2"]).all()
    assert found["settings"]["every"] == 10


def test_adversarial_training_survives_attacks_on_most_images():
    assert NUMBERS["adversarial-attacked"] > 75
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
    assert NUMBERS["lmt-excess_i"] == pytest.approx(100 * (mean("lmt", "ratio_i") - 1), abs=0.01)
    overall = figures("lmt", "ratio_overall")
    assert (overall < 2.5).all() and (overall > PAPER["lmt"]["ratio_overall"]).all()


def test_the_certificates_of_lmt_are_about_half_as_long_as_what_attacks_find():
    overall = figures("lmt", "ratio_overall")
    assert (overall > 1.6).all() and (overall < 2.3).all()
    assert (column("lmt", "cert_158") < NUMBERS["lmt-attacked"] / 4).all()


def test_the_balls_that_slopes_were_sampled_in():
    for model in ("plain", "lmt"):
        radii = [np.median(network["chain"][:, 3]) for network in load_lmt(model)]
        assert NUMBERS[f"{model}-chain-ball"] == pytest.approx(np.mean(radii))


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


def test_few_images_lead_by_three_pixels():
    radii = load_lmt("lmt_3")[0]["certified"]
    assert NUMBERS["lmt_3-above-3"] == pytest.approx(100 * (radii > 2.9995).mean())
    assert NUMBERS["lmt_3-above-3"] < 5


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


def test_rounding_breaks_tight_certificates_and_none_that_leaves_room_for_it():
    found = load_figures("lmt_rounding")
    assert found["broken_single"] == 0 < found["broken"] <= found["tight"]
    for name in ("broken", "tight"):
        assert NUMBERS[f"rounding-{name}"] == found[name]
    assert NUMBERS["rounding-deepest"] == 1e6 * found["deepest"] < 10
    assert NUMBERS["rounding-cost"] == found["cost"][0] < 0.002
    assert spectral.gamma(786, u=2.0**-24) == pytest.approx(4.7e-5, abs=5e-7)


def test_a_shift_by_two_pixels_moves_a_digit_much_further_than_158():
    images = load_lmt("plain")[0]["shown_images"].reshape(10, 28, 28) / 255
    for axis in (1, 2):
        lengths = np.linalg.norm((np.roll(images, 2, axis) - images).reshape(10, -1), axis=1)
        assert (lengths > 2 * 1.58).all()


# Exactly


def test_of_the_best_network_next_to_nothing_is_left_to_guess():
    figures, radii = load_figures("certified/best-0"), load_arrays("certified/best-0")
    assert NUMBERS["exact-simple_158"] == load_lmt("best")[0]["figures"]["cert_158"]
    counted = {
        "exact_158": radii["radius"] >= 1.58,
        "broken_158": radii["distance"] <= 1.58,
        "box_158": radii["box_radius"] >= 1.58,
        "box_broken_158": radii["box_distance"] <= 1.58,
    }
    for name, rows in counted.items():
        assert NUMBERS[f"exact-{name}"] == figures[name] == pytest.approx(100 * rows.mean())
    assert abs(NUMBERS["exact-undecided_158"]) < 1e-9 and NUMBERS["exact-box_undecided_158"] == 0
    assert 0 < NUMBERS["exact-gain"] < 1 < 4 < NUMBERS["exact-box-gain"]


def test_exact_radii_lie_between_the_simple_ones_and_what_attacks_find():
    radii, found = load_arrays("certified/best-0"), load_attacked("lmt-best")["l2"]
    simple = load_lmt("best")[0]["certified"]
    assert (simple <= radii["radius"] + 1.5e-3).all()
    assert (radii["radius"] <= radii["box_radius"] + 1.5e-3).all()
    for name in ("", "box_"):
        assert (radii[f"{name}radius"] <= radii[f"{name}distance"]).all()
    assert (radii["box_radius"][::10] <= found).all()
    tenth = 100 * (radii["box_radius"][::10] >= 1.58).mean()
    assert NUMBERS["exact-box-tenth"] == pytest.approx(tenth)
    assert tenth <= NUMBERS["best-attacked"] < tenth + 1
