"""The numbers that the introduction quotes."""

from helpers.results import load_figures


def numbers():
    classifiers = load_figures("real_digit")
    found = {"d-adv-ratio": classifiers["strong"]["d_adv"] / classifiers["weak"]["d_adv"]}
    for name, figures in classifiers.items():
        for digit, distance in zip("38", figures["mirror_distance"], strict=True):
            found[f"{name}-distance-{digit}"] = distance
        found[f"{name}-error"] = figures["err_test"]
        found[f"{name}-d-adv"] = figures["d_adv"]
    return found
