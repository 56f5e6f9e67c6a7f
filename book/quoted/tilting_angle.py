"""The numbers that the chapter on the tilting angle quotes: of the SVMs of 3 and 8, and of how
digits vary along the directions of all 45 pairs."""

import numpy as np

from book.quoted import costs
from book.quoted.svm_on_mnist import ALL, BEST, LAM, OF_38, SVMS, TEST
from helpers.results import load_arrays, load_run, load_svm_figures, load_svms

VARIANCE = load_arrays("variance")
#: d_adv / σ(ŵ) for each pair and λ.
SEPARATION = SVMS["d_adv"] / VARIANCE["deviation_w"]


def column(lam):
    """The column of the SVMs with this λ."""
    return int(np.abs(np.log10(LAM / lam)).argmin())


def variance_of_38():
    """Of 3 and 8, how images vary along ẑ and along the n̂ of some SVMs."""
    chosen, along_n = BEST[OF_38], VARIANCE["deviation_n"][OF_38]
    return {
        "deviation-z": float(VARIANCE["deviation_z"][OF_38]),
        "deviation-n-chosen": float(along_n[chosen]),
        "deviation-n-weak": float(along_n[column(1e-4)]),
        "deviation-n-least": float(along_n[-1]),
        "d-adv-chosen": float(SVMS["d_adv"][OF_38, chosen]),
        "separation-upright": float(SEPARATION[OF_38, 0]),
        "separation-chosen": float(SEPARATION[OF_38, chosen]),
    }


def variance_of_all():
    """Of all pairs: deviations along n̂ over those along ẑ, and how close ridge LDA is."""
    ratio = VARIANCE["deviation_n"][ALL, BEST] / VARIANCE["deviation_z"]
    cosine = VARIANCE["cosine"]
    lead = VARIANCE["err_test_lda"].min(axis=1) - TEST.min(axis=1)
    return {
        "least-ratio": float(ratio.min()),
        "most-ratio": float(ratio.max()),
        "least-cosine-tenth": float(cosine[:, column(0.1)].min()),
        "median-cosine-chosen": float(np.median(cosine[ALL, BEST])),
        "median-cosine-least": float(np.median(cosine[:, -1])),
        "svm-better": int((lead > 0).sum()),
        "median-lead": float(np.median(lead)),
    }


def left_alone():
    """Of the pixels that are 0 in all training images, and of descents with and without decay."""
    settings = load_run("variance")["settings"]["descent"]
    theta = np.degrees(VARIANCE["descent_theta"][:, -1])
    unused = VARIANCE["descent_unused"][:, -1]
    share = 100 * unused / VARIANCE["descent_norm"][:, -1]
    mean_3 = load_svms(3, 8)["centroids"][0]
    reach = np.abs(VARIANCE["descent_w"] @ mean_3 + VARIANCE["descent_b"]) / unused
    return {
        "unused-38": int(VARIANCE["unused"][OF_38]),
        "least-unused": int(VARIANCE["unused"].min()),
        "most-unused": int(VARIANCE["unused"].max()),
        "descent-steps": settings["steps"],
        "descent-lam": f"{settings['lams'][1]:g}",
        "descent-theta": f"{theta[0]:.0f}",
        "descent-theta-decay": f"{theta[1]:.0f}",
        "descent-unused-share": float(share[0]),
        "descent-unused-decay": float(share[1]),
        "descent-reach": float(reach[0]),
        "descent-reach-decay": float(reach[1]),
    }


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
        **variance_of_38(),
        **variance_of_all(),
        **left_alone(),
        **costs("tilting-angle"),
    }
