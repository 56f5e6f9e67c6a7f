"""MNIST: find it, check it, and pick two digits out of it.

Y. LeCun, C. Cortes and C. J. C. Burges, *The MNIST database of handwritten digits*: 60,000
images to train on and 10,000 to test on, 28×28 pixels each.
"""

from dataclasses import dataclass
from numbers import Integral

import numpy as np

from helpers.checks import check_one_of
from helpers.mnist_files import MnistUnavailable, mnist_files


@dataclass(frozen=True, eq=False)
class Mnist:
    """The images and labels of one data set.

    x_train, x_test: float32 arrays of shape (n, 784), pixels in [0, 1], row by row.
    y_train, y_test: int64 arrays of shape (n,), digits 0 to 9.
    source: "MNIST" or "digits stand-in".
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    source: str


def load_mnist(allow_digits: bool = False) -> Mnist:
    """Load MNIST: from the folder $MNIST_DIR where that is set, otherwise from the user's
    cache, into which missing files are downloaded first.

    Files may be packed (`train-images-idx3-ubyte.gz`) or unpacked (`train-images-idx3-ubyte`).
    The SHA-256 of the contents is checked every time.

    With allow_digits=True, a machine without MNIST and without a network gets a stand-in, and
    one printed line says so: the 1,797 8×8 digits of scikit-learn scaled to 28×28 (about 180 a
    class), the last 360 of them for testing.

    Raises MnistUnavailable (an OSError) when no good copy is to be had, and OSError when
    $MNIST_DIR is missing, incomplete or damaged (whatever allow_digits is) or when the cache
    cannot be written.
    """
    try:
        x_train, y_train, x_test, y_test = mnist_files()
    except MnistUnavailable:
        if not allow_digits:
            raise
        print(
            "Stand-in, not MNIST: MNIST is not on this machine and no mirror gave it, so these are "
            "scikit-learn's 8×8 digits scaled to 28×28 (about 180 images a class)."
        )
        return _digits_stand_in()
    return Mnist(_images(x_train), _labels(y_train), _images(x_test), _labels(y_test), "MNIST")


def digit_pair(
    mnist: Mnist, i: int, j: int, n: int | None = None, split: str = "train"
) -> tuple[np.ndarray, np.ndarray]:
    """Return (X, y) for two digits: class I is the digit i, class J the digit j.

    X: float64 array of shape (m, 784), pixels in [0, 1]; first class I, then class J, each in
    the order of the file. y: integer array of shape (m,), -1 for class I and +1 for class J.
    n: take the first n images of each class; None takes all. split: "train" or "test".

    Raises ValueError for equal digits, a digit outside 0..9, an unknown split, or an n that is
    not a whole number from 1 to the number of images in the smaller class.
    """
    check_one_of(("train", "test"), split=split)
    for name, digit in (("i", i), ("j", j)):
        if not _is_whole(digit, 0, 9):
            raise ValueError(f"{name} must be a digit from 0 to 9, got {digit!r}")
    if i == j:
        raise ValueError(f"i and j must be two different digits, got {i} for both")

    x, digits = (mnist.x_train, mnist.y_train) if split == "train" else (mnist.x_test, mnist.y_test)
    class_i, class_j = np.flatnonzero(digits == i), np.flatnonzero(digits == j)
    most = min(len(class_i), len(class_j))
    if n is not None and not _is_whole(n, 1, most):
        raise ValueError(
            f"n must be a whole number from 1 to {most}, got {n!r}: the {split} split of "
            f"{mnist.source} has {len(class_i)} images of {i} and {len(class_j)} of {j}"
        )
    class_i, class_j = class_i[:n], class_j[:n]
    X = x[np.concatenate([class_i, class_j])].astype(np.float64)
    return X, np.repeat([-1, 1], [len(class_i), len(class_j)])


def _is_whole(value, low: int, high: int) -> bool:
    is_number = isinstance(value, Integral) and not isinstance(value, bool)
    return is_number and low <= value <= high


def _images(contents: bytes) -> np.ndarray:
    pixels = np.frombuffer(contents, np.uint8, offset=16).reshape(-1, 784)
    return np.divide(pixels, 255, dtype=np.float32)


def _labels(contents: bytes) -> np.ndarray:
    return np.frombuffer(contents, np.uint8, offset=8).astype(np.int64)


def _digits_stand_in() -> Mnist:
    # Imported here because they take a second, and only the stand-in needs them.
    from scipy.ndimage import zoom
    from sklearn.datasets import load_digits

    digits = load_digits()
    scaled = zoom(digits.images / 16, (1, 3.5, 3.5), order=1, mode="nearest", grid_mode=True)
    x, y = scaled.reshape(-1, 784).astype(np.float32), digits.target.astype(np.int64)
    # Not shuffled: the images come writer by writer, and the test set should hold other hands.
    return Mnist(x[:-360], y[:-360], x[-360:], y[-360:], "digits stand-in")
