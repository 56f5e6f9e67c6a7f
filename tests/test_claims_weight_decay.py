"""Each claim of the chapter on LeNet and weight decay that no test of the helpers holds already."""

import numpy as np
import pytest
import torch

from book.quoted import weight_decay
from book.quoted.weight_decay import stacked
from helpers import architectures, evaluation
from helpers.initialisation import fan_in, initialise
from helpers.layers import linear_layers
from helpers.published import load_published
from helpers.results import FOLDER, load_attacked, load_lenets, load_table
from helpers.spectral import reshaped_bound
from helpers.weights import load_weights

NUMBERS = weight_decay.numbers()
PAPER = load_published("lenet")
TABLE = load_table("lenet")
TOY = load_table("two_layers")
QUOTED = {  # columns of TOY, and how the text calls their means
    "mislabelled_fitted": "fitted",
    "err_test": "test",
    "norm_gradient_median": "gradient",
    "first_order_median": "first",
    "true_distance_median": "true",
    "first_order_off_median": "off",
}
LOW, HIGH = load_lenets(1e-4), load_lenets(1e-1)
LAYERS = ("conv1", "conv2", "fc1", "fc2")
HALVES = slice(5000), slice(5000, None)
SWEEP = [load_lenets(decay)[0] for decay in np.unique(TABLE["decay"][TABLE["init"] == "hundredth"])]


def each(lenets, name):
    """One of the numbers of the summary, for each seed."""
    return np.array([lenet["figures"][name] for lenet in lenets])


def far_apart(one, other):
    """The difference of the means is more than twice its standard error."""
    error = np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))
    return abs(one.mean() - other.mean()) > 2 * error


def confidence(s):
    return torch.from_numpy(s).softmax(-1).amax(-1).numpy()


def assert_quoted(name, of_seeds):
    """That the text quotes the mean of the seeds' values and their standard deviation."""
    expected = np.mean(of_seeds), np.std(of_seeds, ddof=1)
    assert (NUMBERS[name], NUMBERS[f"{name}-sd"]) == pytest.approx(expected, rel=1e-5)


# Two layers


def toy(decay, name):
    """The mean over the starts, as in the chapter's table."""
    rows = TOY[np.isclose(TOY["decay"], decay, rtol=1e-3)]
    assert len(rows) == NUMBERS["toy-starts"] >= 5
    if name in QUOTED:
        assert NUMBERS[f"toy-{QUOTED[name]}-{ROWS.index(decay)}"] == rows[name].mean()
    return rows[name].mean()


ROWS = (1e-5, 1e-4, 10**-2.5, 1e-1)


def test_the_network_stops_folding_and_errs_less():
    fitted = [toy(decay, "mislabelled_fitted") for decay in ROWS]
    assert fitted[0] > 50 and fitted[0] > fitted[1] > fitted[2] == 0
    errors = [toy(decay, "err_test") for decay in ROWS]
    assert errors[0] > errors[1] > 2 * errors[2] and errors[3] > 10
    assert toy(1e-1, "regions") <= 3


def test_the_gradient_falls_to_an_eighth_while_the_distance_doubles():
    assert 7 < toy(1e-5, "norm_gradient_median") / toy(10**-2.5, "norm_gradient_median") < 9
    for name in ("first_order_median", "true_distance_median"):
        assert 1.9 < toy(10**-2.5, name) / toy(1e-5, name) < 2.5


def test_the_first_order_distance_is_better_where_the_network_bends_less():
    off = [toy(decay, "first_order_off_median") for decay in ROWS]
    assert off[0] > 10 and off[1] > 10 and off[2] < 3 and off[3] < 0.1
    for decay in ROWS:
        first, true = toy(decay, "first_order_median"), toy(decay, "true_distance_median")
        assert first == pytest.approx(true, rel=0.08)
    assert toy(1e-4, "first_order_right") < 50  # "most will do"


# The experiment


def test_five_seeds_of_each_and_a_sweep_of_seven():
    for lenets in (LOW, HIGH):
        assert [lenet["figures"]["seed"] for lenet in lenets] == [0, 1, 2, 3, 4]
    assert each(SWEEP, "decay") == pytest.approx([1e-5, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1])


def test_high_decay_from_a_hundredth_ends_as_published():
    """Each size to the last digit that is printed."""
    for published, layer in zip(PAPER["high"]["rms"], LAYERS, strict=True):
        printed = 0.5 * 10.0 ** np.floor(np.log10(published))  # half of the last digit
        assert each(HIGH, f"rms_{layer}") == pytest.approx(published, abs=1.01 * printed)
    for name in ("err_train", "err_test"):  # about
        assert_quoted(f"high-{name}", each(HIGH, name))
        assert NUMBERS[f"high-{name}"] == pytest.approx(PAPER["high"][name], abs=0.2)


def test_the_table_of_first_weights_shows_the_first_seeds_and_the_paper():
    for init in ("hundredth", "fan_out"):
        for name, decay in (("low", 1e-4), ("high", 1e-1)):
            figures = load_lenets(decay, init)[0]["figures"]
            sizes = [figures[f"rms_{layer}"] for layer in LAYERS]
            assert [NUMBERS[f"{init}-{name}-{k}"] for k in range(4)] == sizes
            assert NUMBERS[f"{init}-{name}-test"] == figures["err_test"]
            assert [NUMBERS[f"paper-{name}-{k}"] for k in range(4)] == PAPER[name]["rms"]


def test_no_start_explains_low_decay():
    (fan_out,) = load_lenets(1e-4, "fan_out")
    hundredth = [each(LOW, f"rms_{layer}").mean() for layer in LAYERS]
    ratios = np.array([fan_out["figures"][f"rms_{layer}"] for layer in LAYERS])
    ratios /= PAPER["low"]["rms"]
    assert ((0.75 < ratios) & (ratios < 1.25)).tolist() == [False, True, True, True]
    assert hundredth[3] < PAPER["low"]["rms"][3] / 10


def test_high_decay_from_fan_out_underfits():
    (lenet,) = load_lenets(1e-1, "fan_out")
    assert lenet["figures"]["err_train"] > 5
    assert np.ptp(lenet["err_train"][-10:]) < 0.5  # more epochs would not help


def test_low_decay_is_in_effect_none():
    settings = LOW[0]["settings"]
    w, momentum, decays = np.ones(2), np.zeros(2), np.array([1e-4, 1e-1])
    after = []
    for _ in range(
        60_000 // settings["batch"] * settings["epochs"]
    ):  # no loss pulls at the weights
        momentum = settings["momentum"] * momentum + decays * w
        w = w - settings["learning_rate"] * momentum
        after.append(w)
    assert NUMBERS["steps"] == f"{len(after):,}" == "10,000"
    assert NUMBERS["lost-low"] == pytest.approx(100 * (1 - w[0]), abs=0.01)
    assert NUMBERS["lost-low"] < 0.6
    shown = [
        sum(row[1] > np.exp(-1) for row in after),
        float(NUMBERS["steps-low"].replace(",", "")),
    ]
    assert shown == pytest.approx([float(NUMBERS["steps-high"].replace(",", "")), 2e6], rel=0.02)


def test_the_first_half_of_the_test_images_is_the_harder_one(mnist):
    X, y = (torch.from_numpy(values) for values in (mnist.x_test, mnist.y_test))
    for name in ("low", "high"):
        path = FOLDER / "lenet" / f"{name}.safetensors"
        network = load_weights(architectures.lenet(torch.zeros(784)), path)
        first, last = (evaluation.error_rate(network, X[k], y[k]) for k in HALVES)
        assert first > 2.5 * last


# While it learns


def test_low_decay_fits_nearly_every_training_image_and_is_better_on_test_images():
    assert each(LOW, "err_train").max() * 600 < 5.5  # images of 60,000
    assert each(LOW, "err_test").max() < each(HIGH, "err_test").min()
    assert far_apart(each(LOW, "err_test"), each(HIGH, "err_test"))
    assert_quoted("low-err_test", each(LOW, "err_test"))
    assert NUMBERS["low-err_test"] < NUMBERS["paper-low-test"] - 0.3


def test_high_decay_overfits_less():
    gaps = [each(lenets, "err_test") - each(lenets, "err_train") for lenets in (LOW, HIGH)]
    assert gaps[0].min() > 3 * gaps[1].max()
    assert_quoted("gap-low", gaps[0])
    assert_quoted("gap-high", gaps[1])


def test_there_is_no_dip_near_epoch_21():
    test = stacked(HIGH, "err_test")
    assert test[:, 15:27].min() > 1.15
    assert NUMBERS["high-least"] == test.min() > 1.1


# The filters


def test_weights_are_smaller_smoother_and_more_varied_in_each_layer():
    for layer in LAYERS:
        assert each(HIGH, f"rms_{layer}").max() < each(LOW, f"rms_{layer}").min()
    rough = [stacked(lenets, "roughness") for lenets in (LOW, HIGH)]
    assert (rough[1].max(axis=0) < rough[0].min(axis=0)).all()
    for k in range(3):
        assert_quoted(f"low-rough-{k}", rough[0][:, k])
        assert_quoted(f"high-rough-{k}", rough[1][:, k])
    assert rough[0][:, 2].min() > 0.95  # low decay's FC1 is noise
    for layer in ("conv1", "conv2", "fc1"):
        sizes = [stacked(lenets, f"filter_rms_{layer}") for lenets in (LOW, HIGH)]
        varied = [rows.std(axis=1) / rows.mean(axis=1) for rows in sizes]
        assert varied[1].mean() > varied[0].mean() and far_apart(*varied)
        if layer == "conv2":
            assert_quoted("low-varied", varied[0])
            assert_quoted("high-varied", varied[1])


@pytest.mark.parametrize("layer", ["conv2", "fc1"])
def test_high_decay_lets_filters_vanish(layer):
    def smallest(lenets):
        sizes = stacked(lenets, f"filter_rms_{layer}")
        return sizes.min(axis=1) / np.sqrt(np.mean(sizes**2, axis=1))

    assert smallest(LOW).min() > 0.8 and smallest(HIGH).max() < 0.35


# How sure they are


def test_low_decay_is_surer_of_its_errors():
    for name, lenets, sure in (("low", LOW, True), ("high", HIGH, False)):
        s, labels = stacked(lenets, "scores").astype(float), lenets[0]["labels"]
        wrong = s.argmax(axis=2) != labels
        in_percent = 100 * confidence(s)[wrong].mean()
        assert NUMBERS[f"wrong-confidence-{name}"] == pytest.approx(in_percent)
        assert (in_percent > 80) == sure


def pulls(lenet, images="", t=1.0):
    """(1 − p_y)/t and whether it is misclassified, of each test or training image."""
    s, labels = lenet[f"scores{images}"].astype(float), lenet[f"labels{images}"].astype(int)
    p = torch.from_numpy(s / t).softmax(1).numpy()[np.arange(len(s)), labels]
    return (1 - p) / t, s.argmax(axis=1) != labels


def test_errors_have_most_of_the_pull_at_low_decay_only():
    for name, lenet, most, learnt in (
        ("low", LOW[0], True, (90, 100)),
        ("high", HIGH[0], False, (20, 40)),
    ):
        pull, wrong = pulls(lenet)
        share = 100 * pull[wrong].sum() / pull.sum()
        assert NUMBERS[f"pull-{name}"] == pytest.approx(share) and (share > 60) == most
        assert NUMBERS[f"errors-{name}"] == wrong.sum()
        assert NUMBERS[f"learnt-{name}"] == pytest.approx(100 * (pull < 1e-3).mean())
        assert learnt[0] < NUMBERS[f"learnt-{name}"] < learnt[1]


def test_a_temperature_turns_low_decays_probabilities_nearly_into_high_decays():
    def counts(lenet, t):
        wrong = (t * pulls(lenet, t=t)[0]).clip(1e-13, 1 - 1e-13)  # 1 − p_y
        return np.histogram(np.log((1 - wrong) / wrong), np.arange(-8, 30, 1.0))[0]

    def agreement(t):
        return np.minimum(counts(LOW[0], t), counts(HIGH[0], 1)).sum() / 1000

    assert agreement(1) < 0.3 and agreement(2.8) > 0.85
    temperatures = np.arange(1, 6, 0.1)
    best = temperatures[np.argmax([agreement(t) for t in temperatures])]
    assert 2.4 < best < 3.2


def test_no_temperature_brings_forth_the_errors_of_high_decay_on_training_images():
    assert pulls(LOW[0], "_train")[1].sum() == 0
    assert pulls(HIGH[0], "_train")[1].sum() >= 10
    pull = np.sort(pulls(LOW[0], "_train")[0])[::-1]
    assert 12 <= (pull.cumsum() < 0.9 * pull.sum()).sum() <= 48  # a few dozen


# How far


def test_lengths_to_equal_confidence():
    low, high = each(LOW, "equal_confidence_median"), each(HIGH, "equal_confidence_median")
    published = [np.median(PAPER[name]["lengths"]) for name in ("low", "high")]
    assert [NUMBERS["published-low"], NUMBERS["published-high"]] == published
    assert high.min() > low.max()
    assert_quoted("low-equal_confidence_median", low)
    assert_quoted("high-equal_confidence_median", high)
    assert high.mean() == pytest.approx(published[1], rel=0.1)
    assert low.mean() > 2 * published[0]
    assert NUMBERS["ratio-equal"] == pytest.approx(high.mean() / low.mean())
    assert 1.1 < NUMBERS["ratio-equal"] < 1.3
    assert NUMBERS["ratio-paper"] == published[1] / published[0] > 3


def test_the_nearest_adversarial_example_is_a_fifth_further():
    low, high = each(LOW, "deepfool_median"), each(HIGH, "deepfool_median")
    assert high.min() > low.max()
    assert_quoted("low-deepfool_median", low)
    assert_quoted("high-deepfool_median", high)
    assert NUMBERS["ratio-deepfool"] == pytest.approx(high.mean() / low.mean())
    assert 1.12 < NUMBERS["ratio-deepfool"] < 1.28
    for lenets in (LOW, HIGH):
        ratio = each(lenets, "equal_confidence_median") / each(lenets, "deepfool_median")
        assert ((2.8 < ratio) & (ratio < 3.6)).all()


def test_decay_changes_much_in_scale_and_little_in_distance():
    gradients = [np.median(stacked(lenets, "gradient_norm")) for lenets in (LOW, HIGH)]
    assert NUMBERS["ratio-gradient"] == pytest.approx(gradients[0] / gradients[1])
    assert 2.8 < NUMBERS["ratio-gradient"] < 3.8


def test_the_first_order_distance_is_nearly_deepfools():
    for name, lenets in (("low", LOW), ("high", HIGH)):
        margin, norm, deepfool = (
            stacked(lenets, array).astype(float)
            for array in ("margin", "gradient_norm", "deepfool")
        )
        right = margin > 0
        correlation = np.corrcoef(margin[right] / norm[right], deepfool[right])[0, 1]
        assert NUMBERS[f"first-order-correlation-{name}"] == pytest.approx(correlation, abs=1e-4)
        assert correlation > 0.95


def test_roughness_is_1_for_noise_and_0_for_a_constant():
    rng = np.random.default_rng(0)
    assert weight_decay.roughness(rng.normal(size=(50, 784))) == pytest.approx(1, abs=0.02)
    assert weight_decay.roughness(np.ones((3, 784))) == 0


def test_changes_are_a_little_smoother():
    rough = [
        [weight_decay.roughness_of_changes(lenet) for lenet in lenets] for lenets in (LOW, HIGH)
    ]
    assert_quoted("low-meaning", rough[0])
    assert_quoted("high-meaning", rough[1])
    assert max(rough[1]) < min(rough[0]) and np.mean(rough[1]) > 0.8 * np.mean(rough[0])


# The walk, of the first seed


def winners(lenet, digit):
    return lenet["walk_adversarial"][digit].argmax(axis=-1)


def length(lenet, digit, kind="equal_confidence"):
    return lenet[kind][lenet["shown"][digit]]


def test_as_it_opens_low_decay_reads_a_5_and_high_decay_a_4():
    half = length(HIGH[0], 4) / 2
    place = round(40 * half / length(LOW[0], 4))
    assert winners(LOW[0], 4)[place] == 5 and winners(HIGH[0], 4)[20] == 4


def test_a_9_gives_way_to_high_decay_first_and_takes_longer_to_convince():
    first = [
        (winners(lenet, 9) != 9).argmax() / 40 * length(lenet, 9) for lenet in (LOW[0], HIGH[0])
    ]
    assert first[1] < first[0] - 0.15
    assert [NUMBERS["low-sure-9"], NUMBERS["high-sure-9"]] == [
        length(LOW[0], 9),
        length(HIGH[0], 9),
    ]
    assert NUMBERS["high-sure-9"] > NUMBERS["low-sure-9"] + 1


def test_a_3_goes_through_an_8_on_its_way_to_a_4():
    for lenets in (LOW, HIGH):
        read = winners(lenets[0], 3)
        assert read[0] == 3 and read[-1] == 4 and 8 in read


def test_equal_confidence_is_further_for_every_digit_and_deepfool_for_most():
    longer = [
        sum(length(HIGH[0], digit, kind) > length(LOW[0], digit, kind) for digit in range(10))
        for kind in ("equal_confidence", "deepfool")
    ]
    assert longer[0] == 10 and 6 <= longer[1] < 10 and longer[1] == NUMBERS["deepfool-longer"]


# How robust, and the sweep


@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_high_decay_is_more_robust_and_neither_is_robust(norm):
    low, high = stacked(LOW, f"robust_{norm}"), stacked(HIGH, f"robust_{norm}")
    assert (high.mean(axis=0)[1:] > low.mean(axis=0)[1:]).all()
    for k in (1, 2):
        assert high[:, k].min() > low[:, k].max()
        spread = max(low[:, k].std(ddof=1), high[:, k].std(ddof=1))
        assert high[:, k].mean() - low[:, k].mean() > 2.5 * spread
    assert high[:, -1].max() < 10


def test_the_ensemble_says_the_same_of_the_first_seeds():
    shares = {}
    for name in ("low", "high"):
        found = load_attacked(f"lenet-{name}")
        for size, norm, eps in (("l2_1", "l2", 1), ("l2_2", "l2", 2), ("linf_01", "linf", 0.1)):
            shares[name, size] = 100 * (found[norm] > eps).mean()
            assert NUMBERS[f"{name}-all-{size}"] == pytest.approx(shares[name, size])
    for size in ("l2_1", "l2_2", "linf_01"):
        assert shares["high", size] > shares["low", size] + 4
    assert (load_attacked("lenet-high")["l2"] > 3).mean() < 0.1


def test_the_first_thousand_images_are_harder_than_the_others():
    wrong = stacked(LOW + HIGH, "margin") <= 0
    assert wrong.shape[1] == 1000
    assert 100 * wrong.mean() > each(LOW + HIGH, "err_test").mean() + 0.1


def test_the_sweep():
    errors = each(SWEEP, "err_test")
    assert 0 < errors.argmin() < len(SWEEP) - 1
    assert float(NUMBERS["best-decay"]) == pytest.approx(each(SWEEP, "decay")[errors.argmin()])
    assert NUMBERS["best-decay-error"] == errors.min()
    gradients = np.array([np.median(lenet["gradient_norm"]) for lenet in SWEEP])
    assert (np.diff(gradients) < 0.02 * gradients[0]).all()
    assert gradients[-1] < 0.35 * gradients[0]
    assert errors[5] < errors.min() + 0.05  # at 0.03
    assert NUMBERS["errors-within"] == np.ptp(errors[:-1]) < 2 * NUMBERS["low-err_test-sd"]
    assert errors[-1] - errors.min() > 2 * NUMBERS["errors-within"]
    linf = each(SWEEP, "robust_linf_01")
    assert [NUMBERS["weakest-linf"], NUMBERS["middling-linf"]] == [linf[0], linf[5]]
    assert linf[5] - linf[0] > 0.7 * (linf[-1] - linf[0])
    distances = each(SWEEP, "deepfool_median")
    assert distances[-1] / distances[0] < 1.2
    for name in ("deepfool_median", "robust_l2_1", "robust_linf_01"):
        values = each(SWEEP, name)
        assert (np.diff(values) > -0.02 * values[0]).all() and values[-1] > values[0]
    weak = SWEEP[:2]  # 1e-5 and 1e-4
    assert np.ptp(each(weak, "err_test")) < 0.1 and np.ptp(each(weak, "deepfool_median")) < 0.02


# Lipschitz constants


def test_the_norms_of_the_layers_bound_the_slope_and_squared_weights_bound_the_norms():
    generator = torch.Generator().manual_seed(0)
    network = initialise(architectures.two_layers(20, 64, 1), fan_in, 0)
    W_1, W_2 = (layer.weight.detach() for layer in linear_layers(network).values())
    bound = torch.linalg.matrix_norm(W_2, 2) * torch.linalg.matrix_norm(W_1, 2)
    X = torch.randn(200, 20, generator=generator, requires_grad=True)
    (slopes,) = torch.autograd.grad(network(X).sum(), X)
    assert slopes.norm(dim=1).max() <= bound <= W_2.norm() * W_1.norm()


def test_much_decay_makes_the_bound_smaller_by_more_than_the_slope():
    shapes = {"conv1": (1, 28, 28), "conv2": (20, 12, 12), "fc1": (50, 4, 4)}
    bounds = []
    for name in ("low", "high"):
        path = FOLDER / "lenet" / f"{name}.safetensors"
        network = load_weights(architectures.lenet(torch.zeros(784)), path)
        norms = [reshaped_bound(network.get_submodule(key), shape) for key, shape in shapes.items()]
        bounds.append(np.prod(norms) * torch.linalg.matrix_norm(network.fc2.weight, 2).item())
    assert NUMBERS["ratio-bound"] == pytest.approx(bounds[0] / bounds[1], rel=1e-4)
    assert NUMBERS["ratio-bound"] > NUMBERS["ratio-gradient"] > 3


def test_with_smooth_units_the_first_order_distance_is_off_by_the_square_of_the_distance():
    generator = torch.Generator().manual_seed(0)
    U, v, w = (torch.randn(n, generator=generator).double() for n in (160, 20, 8))
    U = U.view(20, 8)

    def s(x):
        return v @ torch.tanh(U @ x) / 10

    for _ in range(50):  # Newton's method, to a point of the boundary
        slope = torch.autograd.functional.jacobian(s, w)
        w = w - s(w) * slope / (slope @ slope)
    off = []
    for d in (0.02, 0.01):  # along the normal, so that w is the nearest point
        x = w + d * slope / slope.norm()
        first_order = s(x) / torch.autograd.functional.jacobian(s, x).norm()
        off.append(abs(first_order.item() - d))
    assert off[0] / off[1] == pytest.approx(4, rel=0.2) and off[1] > 1e-7


# Scale and temperature


def test_scaling_the_layers_scales_the_scores():
    network = initialise(architectures.lenet(torch.zeros(784), 1), fan_in, 0)
    X = torch.rand(4, 784, generator=torch.Generator().manual_seed(0))
    s = evaluation.scores(network, X)
    with torch.no_grad():
        for depth, layer in enumerate(linear_layers(network).values(), 1):
            layer.weight *= 0.5
            layer.bias *= 0.5**depth
    torch.testing.assert_close(evaluation.scores(network, X), s / 16)
