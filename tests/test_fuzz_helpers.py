"""Every function of the helpers, given what it cannot use: it names the argument or does its work.

CALLS holds a good call of each. One argument after the other is replaced by odd values, and what
comes back must be a ValueError, TypeError or OSError that names the argument, or a result without
a NaN; a NaN is always refused. What a function must refuse besides is tested beside its own tests,
but for values that once went through unnoticed: see WRONG.
"""

import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from helpers import (
    apgd,
    architectures,
    attacks,
    evaluation,
    linear,
    lipschitz,
    lmt,
    local_linear,
    losses,
    maxout,
    nearest,
    published,
    results,
    robust_linear,
    svm,
    tilting,
    toy,
    tradeoff,
)
from helpers.initialisation import fan_in, initialise

pytestmark = pytest.mark.usefixtures("one_thread")

rng = np.random.default_rng(0)
X, y = rng.normal(size=(6, 3)), np.array([-1, 1] * 3)
w, b = np.array([1.0, -2.0, 0.5]), 0.3
i, j = np.array([-1.0, -1.0, -1.0]), np.array([1.0, 1.0, 2.0])
z_hat, n_hat = tilting.tilting_plane(w, i, j)
plane = local_linear.Network(*(rng.normal(size=shape) for shape in ((4, 2), 4, 4)), 0.1)
box = np.array([[-1.0, 1.0], [-1.0, 1.0]])
problem = tradeoff.Problem(0.9, 2, 0.5)
network = initialise(architectures.two_layers(3, 4, 2), fan_in, seed=0).eval()
planes = architectures.maxout_network(2, 2, 3)
images = torch.rand(6, 3, generator=torch.Generator().manual_seed(0))
classes = torch.tensor([0, 1] * 3)
labelled, classifier = {"X": X, "y": y}, {"w": w, "b": b}
attacked = {"network": network, "X": images, "y": classes}
aimed = {"network": network, "X": images, "target": classes}

CALLS = [
    *[
        (function, {"X": X} | classifier)
        for function in (
            linear.raw_score,
            linear.signed_distance,
            linear.projected_image,
            linear.mirror_image,
        )
    ],
    *[
        (function, labelled | classifier)
        for function in (
            linear.geometric_margin,
            linear.error_rate,
            linear.error_distance,
            linear.adversarial_distance,
        )
    ],
    (linear.empirical_risk, labelled | classifier | {"loss": losses.hinge}),
    (linear.robust_accuracy, labelled | classifier | {"eps": 0.1}),
    (robust_linear.robust_margin, labelled | classifier | {"eps": 0.1}),
    (robust_linear.worst_images, labelled | {"w": w, "eps": 0.1}),
    (robust_linear.robust_accuracy, labelled | classifier | {"eps": 0.1}),
    (robust_linear.correlations, labelled),
    (robust_linear.fit, labelled | {"eps": 0.01, "lam": 0.01}),
    (robust_linear.fit_l2, labelled | {"eps": 0.01, "lam": 0.01}),
    (tilting.centroids, labelled),
    (tilting.tilting_angle, {"w": w, "i": i, "j": j}),
    (tilting.tilting_plane, {"w": w, "i": i, "j": j}),
    (tilting.project, {"X": X, "z_hat": z_hat, "n_hat": n_hat, "origin": i}),
    (tilting.in_frame, {"w": w, "z_hat": z_hat, "n_hat": n_hat}),
    (toy.training_set, {"p": np.array([0.1, 0.2])}),
    (toy.fit, {"X": X[:, :2], "y": y, "lam": 0.1}),
    (toy.tilt, {"w": w[:2]}),
    (tradeoff.Problem, {"p": 0.9, "d": 3, "eta": 0.5}),
    (tradeoff.sample, {"problem": problem, "n": 5}),
    (tradeoff.mix, {"problem": problem, "w_1": 0.2}),
    (tradeoff.best_mix, {"problem": problem, "eps": 0.1}),
    (tradeoff.accuracy, {"problem": problem, "w": w, "eps": 0.1}),
    (tradeoff.hinge_risk, {"problem": problem, "w": w, "eps": 0.1}),
    (tradeoff.robust_bound, {"standard": 0.9, "p": 0.9}),
    (tradeoff.worst_margin, labelled | {"w": w, "eps": 0.1}),
    (tradeoff.population_minimiser, {"problem": problem, "eps": 0.1}),
    (tradeoff.fit, labelled | {"eps": 0.1}),
    *[
        (function, {"X": X[:, :2], "network": plane})
        for function in (
            local_linear.score,
            local_linear.units_on,
            local_linear.local_linear,
            local_linear.gradient_norm,
            local_linear.first_order_distance,
        )
    ],
    (local_linear.linear_regions, {"network": plane, "box": box}),
    (local_linear.boundary_segments, {"network": plane, "box": box}),
    (local_linear.nearest_boundary_point, {"X": X[:, :2], "segments": rng.normal(size=(3, 2, 2))}),
    (svm.svm_path, labelled | {"lams": np.array([1.0, 0.1]), "tol": 1e-4}),
    (attacks.fgsm, attacked | {"eps": 0.1}),
    (attacks.pgd, attacked | {"eps": 0.1, "steps": 2, "step": 0.1, "restarts": 1}),
    (attacks.targeted_pgd, aimed | {"eps": 0.1, "steps": 2}),
    (attacks.robust_accuracy, attacked | {"radii": [0.1, 0.2], "batch": 4}),
    (attacks.fooling_radius, attacked | {"radii": [0.1, 0.2], "batch": 4}),
    (
        attacks.equal_confidence,
        aimed | {"temperature": 1.0, "confidence": 0.9, "step": 0.01, "most_steps": 2},
    ),
    (attacks.deepfool, attacked | {"steps": 2, "overshoot": 0.02}),
    (apgd.apgd, attacked | {"eps": 0.1, "steps": 2}),
    (nearest.minimum_norm, attacked | {"steps": 2, "sigma": 0.1}),
    (lipschitz.layer_bounds, {"network": network, "shape": (3,)}),
    (lipschitz.lipschitz_constant, {"network": network, "shape": (3,)}),
    (lipschitz.proven_slopes, {"network": network, "shape": (3,)}),
    (lipschitz.PowerIteration, {"network": network, "shape": (3,), "steps": 1}),
    (lmt.certified_radius, attacked),
    (lmt.certified_accuracy, {"radii": images[0], "eps": 0.1}),
    (lmt.LMT, {"network": network, "shape": (3,), "c": 0.1, "steps": 1}),
    (lmt.GloRo, {"network": network, "shape": (3,), "eps": 0.1, "steps": 1}),
    (maxout.start_from_images, {"X": images, "y": classes, "planes": 2, "images": 2, "seed": 0}),
    (maxout.certified_radius, attacked | {"network": planes, "batch": 4}),
    (maxout.CertifiedMargin, {"eps": 0.1, "width": 0.4, "keep": 0.3, "own": 2}),
    (evaluation.error_rate, attacked),
    (results.load_arrays, {"name": "real_digit"}),
    (results.load_figures, {"name": "real_digit"}),
    (results.load_table, {"name": "svm_mnist"}),
    (results.load_svms, {"i": 3, "j": 8}),
    (results.load_lenets, {"decay": 1e-4, "init": "hundredth"}),
    (results.load_lmt, {"model": "plain"}),
    (results.load_robustness, {"model": "standard"}),
    (results.load_costs, {"chapter": "intro"}),
    (published.load_published, {"name": "lenet"}),
]


# What is left to the caller.
UNCHECKED = {(lmt.certified_accuracy, "radii"), (maxout.start_from_images, "seed")}


def odd_values(value):
    """What a reader may give by mistake in the place of a value."""
    match value:
        case np.ndarray():
            shapes = [value[:0], value[None], value[:-1], value[0]]
            return [None, "abc", np.full(value.shape, "a"), *shapes, value * math.nan, value / 0.0]
        case torch.Tensor():
            shapes = [value[:0], value[None], value[:-1], value[0]]
            others = [None, "abc", value.numpy(), value.tolist(), value.to(torch.int32), -1 - value]
            return [*others, *shapes, value * math.nan]
        case local_linear.Network():
            return []
        case tuple():
            return [5, (4,), (3, 3), ("a",), None]
        case list():
            return [[math.nan], [-1], [2, 1]]
        case int() | float():
            return [math.nan, math.inf, -math.inf, -1, -0.1]
        case str():
            return ["nope", "", "../x"]
    return []


def has_nan(result):
    if isinstance(result, tuple | list):
        return any(map(has_nan, result))
    is_array = isinstance(result, float | np.ndarray | torch.Tensor)
    numbers = np.asarray(result if is_array else 0)
    return numbers.dtype.kind == "f" and bool(np.isnan(numbers).any())


def fault_of(function, good, name, odd):
    """What is wrong with how the function takes the odd value, or None."""
    try:
        result = function(**good | {name: odd})
    except (ValueError, TypeError, OSError) as error:
        # Where two arguments do not fit together, either of them is named.
        named = "|".join(good)
        is_clear = re.search(rf"(?<!\w)({named}|there is no result)(?!\w)", str(error))
        return None if is_clear else repr(error)
    except Exception as error:
        return None if type(error).__name__ in function.__doc__ else repr(error)
    if has_nan(odd):
        return f"took a NaN for a number, and returned {result}"
    return "a NaN" if has_nan(result) else None


def in_words(call):
    function, _ = call
    return f"{function.__module__.removeprefix('helpers.')}.{function.__name__}"


@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
@pytest.mark.parametrize("call", CALLS, ids=map(in_words, CALLS))
def test_odd_arguments_are_named_or_used(call):
    function, good = call
    assert not has_nan(function(**good))
    faults = {
        f"{name}={odd!r}": fault
        for name, value in good.items()
        if (function, name) not in UNCHECKED
        for odd in odd_values(value)
        if (fault := fault_of(function, good, name, odd))
    }
    assert faults == {}


GOOD = dict(CALLS)
WRONG = [
    (attacks.robust_accuracy, "radii", [-1.0]),
    (attacks.fooling_radius, "radii", [-0.1, 0.1]),
    (attacks.fooling_radius, "batch", 0),
    (lmt.certified_accuracy, "eps", -0.1),
    (evaluation.error_rate, "y", 2 * classes - 1),
    (robust_linear.worst_images, "w", 1.0),
    (toy.fit, "y", (y + 1) // 2),
    (tradeoff.sample, "n", 2.5),
    (lipschitz.lipschitz_constant, "shape", 3),
    (local_linear.linear_regions, "box", [0, 1]),
]


@pytest.mark.parametrize(("function", "name", "odd"), WRONG)
def test_what_is_plausible_and_wrong_is_refused(function, name, odd):
    with pytest.raises(ValueError, match=rf"^{name} "):
        function(**GOOD[function] | {name: odd})


def test_without_a_direction_to_start_in_the_search_says_so():
    square = np.array([[-1.0, -1], [1, 1], [-1, 1], [1, -1]])  # no line tells its diagonals apart
    with pytest.raises(ArithmeticError, match="the weights were not found"):
        robust_linear.fit_l2(square, [1, 1, -1, -1], eps=0.1)


ARRAY_ARGUMENTS = [
    (function, good, name)
    for function, good in CALLS
    for name, value in good.items()
    if isinstance(value, np.ndarray)
]
any_array = arrays(
    float,
    array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
    elements=st.sampled_from([0.0, 1.0, -1.0, 0.5, math.nan, math.inf, -math.inf]),
)


@settings(max_examples=400)
@given(st.sampled_from(ARRAY_ARGUMENTS), any_array)
def test_any_array_is_refused_or_used(argument, odd):
    function, good, name = argument
    assert fault_of(function, good, name, odd) is None, (function.__name__, name)
