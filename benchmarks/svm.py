"""How long the 81 SVMs of a pair of digits take, beside scikit-learn's on the same images.

    python benchmarks/svm.py [I J] [--quick]        (needs MNIST; about ten minutes)

Both solve the same path in the same run, one after the other: helpers.svm to a relative duality
gap of 1e-4, and SVC(kernel="linear", tol=1e-3), which is libsvm. A ratio above 1 says how many
times as fast the former is; the excess is by how much its objective lies above libsvm's, at the
worst λ (negative: below). Peak memory is that of the process while helpers.svm ran. --quick takes
every tenth λ.
"""

import argparse
import multiprocessing
import resource
import time

import numpy as np
from sklearn.svm import SVC

from helpers.data import digit_pair, load_mnist
from helpers.svm import svm_path

LAMS = 10.0 ** np.linspace(2, -6, 81)
TOL = 1e-4
SIZES = (500, 1000, 2000, 3000, 5400)
COUNTS = (6, 11, 21, 41, 81)


def timed(function, *arguments):
    start = time.perf_counter()
    result = function(*arguments)
    return time.perf_counter() - start, result


def libsvm_objectives(X, y, lams):
    objectives = []
    for lam in lams:
        svm = SVC(kernel="linear", C=1 / (2 * lam * len(y)), tol=1e-3).fit(X, y)
        w, b = svm.coef_[0], svm.intercept_[0]
        objectives.append(np.maximum(1 - y * (X @ w + b), 0).mean() + lam * w @ w)
    return np.array(objectives)


def measure_path(data, lams, answer):
    """Runs in a process of its own, so that its peak of memory is its own."""
    seconds, path = timed(svm_path, *data, lams, TOL)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    answer.put((seconds, path.objective, path.gap.max(), peak))


def our_path(X, y, lams):
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    process = context.Process(target=measure_path, args=((X, y), lams, answer))
    process.start()
    result = answer.get()
    process.join()
    return result


def compare(X, y, lams):
    ours, objectives, gap, peak = our_path(X, y, lams)
    theirs, least = timed(libsvm_objectives, X, y, lams)
    excess = (objectives / least - 1).max()
    print(f"{len(lams)} SVMs on {len(y)} images")
    print(f"  helpers.svm   {ours:7.1f} s   largest gap {gap:.1e}   peak {peak:.2f} GB")
    print(f"  libsvm        {theirs:7.1f} s")
    above = f"objective at most {excess:+.1e} above libsvm's"
    print(f"  ratio         {theirs / ours:7.1f}     {above}")


def growth(title, cases):
    print(title)
    first = None
    for name, X, y, lams in cases:
        seconds, _ = timed(svm_path, X, y, lams, TOL)
        first = first or seconds
        print(f"  {name:>5}  {seconds:6.1f} s   {seconds / first:5.1f} times the first")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("digits", nargs="*", type=int, default=[3, 8])
    parser.add_argument("--quick", action="store_true", help="every tenth λ")
    asked = parser.parse_args()
    lams = LAMS[::10] if asked.quick else LAMS
    mnist = load_mnist()

    def pair(n):
        return digit_pair(mnist, *asked.digits, n=n)

    compare(*pair(3000), lams)
    most = min(np.sum(mnist.y_train == digit) for digit in asked.digits)
    sizes = [n for n in SIZES if n <= most]
    growth("images per class", [(n, *pair(n), lams) for n in sizes])
    counts = [k for k in COUNTS if k <= len(lams)]
    growth("number of λ", [(k, *pair(3000), LAMS[:: 80 // (k - 1)]) for k in counts])


if __name__ == "__main__":
    main()
