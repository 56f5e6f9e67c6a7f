"""The numbers that the chapter on the tilting angle quotes: of the SVMs of 3 and 8."""

import numpy as np

from book.quoted import costs
from book.quoted.svm_on_mnist import BEST, OF_38
from helpers.results import load_svm_figures


def numbers():
    svms = load_svm_figures(3, 8)  # from the largest λ
    weak = min(svms, key=lambda svm: abs(np.log10(svm["lam"]) + 4))  # λ = 10⁻⁴
    least = min(svms, key=lambda svm: svm["err_test"])
    chosen = svms[BEST[OF_38]]  # by held-out images
    return {
        "half-distance": max(svm["d_adv"] for svm in svms),
        "theta-weak": float(np.degrees(weak["theta"])),
        "d-adv-weak": weak["d_adv"],
        "theta-least-test": float(np.degrees(least["theta"])),
        "least-test": least["err_test"],
        "lam-least-test": f"{least['lam']:.2g}",
        "theta-chosen": float(np.degrees(chosen["theta"])),
        "err-chosen": chosen["err_test"],
        "lam-chosen": f"{chosen['lam']:.2g}",
        "err-least-lam": svms[-1]["err_test"],
        "err-largest-lam": svms[0]["err_test"],
        "theta-least": float(np.degrees(svms[-1]["theta"])),
        **costs("tilting-angle"),
    }
