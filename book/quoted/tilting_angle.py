"""The numbers that the chapter on the tilting angle quotes: of the SVMs of 3 and 8."""

import numpy as np

from book.quoted import costs
from helpers.results import load_svm_figures


def numbers():
    svms = load_svm_figures(3, 8)  # from the largest λ
    weak = min(svms, key=lambda svm: abs(np.log10(svm["lam"]) + 4))  # λ = 10⁻⁴
    best = min(svms, key=lambda svm: svm["err_test"])
    return {
        "half-distance": max(svm["d_adv"] for svm in svms),
        "theta-weak": float(np.degrees(weak["theta"])),
        "d-adv-weak": weak["d_adv"],
        "theta-best": float(np.degrees(best["theta"])),
        "err-best": best["err_test"],
        "lam-best": f"{best['lam']:.2g}",
        "err-largest-lam": svms[0]["err_test"],
        "theta-least": float(np.degrees(svms[-1]["theta"])),
        **costs("tilting-angle"),
    }
