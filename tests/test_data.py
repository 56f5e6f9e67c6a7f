"""MNIST from a folder, the cache or a mirror; its stand-in; and the choice of two digits."""

import gzip
import hashlib
import os
import struct
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from local_mirror import local_mirror

from helpers import mnist_files
from helpers.data import Mnist, MnistUnavailable, digit_pair, load_mnist

TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = mnist_files.SHA256
ALWAYS_BAD = ["forbidden", "truncated", "wrong", "page", "broken", "hung_up"]
ALWAYS_SLOW = ["stalled", "silent", "trickle"]


def idx_images(pixels):
    return struct.pack(">4i", 2051, len(pixels), 28, 28) + pixels.tobytes()


def idx_labels(digits):
    return struct.pack(">2i", 2049, len(digits)) + digits.tobytes()


def small_arrays():
    """Six training images and three test images of each digit, in a mixed order."""
    rng = np.random.default_rng(0)
    y_train = rng.permutation(np.repeat(np.arange(10, dtype=np.uint8), 6))
    y_test = rng.permutation(np.repeat(np.arange(10, dtype=np.uint8), 3))
    x_train, x_test = (rng.integers(0, 256, (n, 28, 28), dtype=np.uint8) for n in (60, 30))
    return x_train, y_train, x_test, y_test


X_TRAIN, Y_TRAIN, X_TEST, Y_TEST = small_arrays()
FILES = {
    TRAIN_IMAGES: idx_images(X_TRAIN),
    TRAIN_LABELS: idx_labels(Y_TRAIN),
    TEST_IMAGES: idx_images(X_TEST),
    TEST_LABELS: idx_labels(Y_TEST),
}
SUMS = {name: hashlib.sha256(contents).hexdigest() for name, contents in FILES.items()}
SMALL = Mnist(
    x_train=X_TRAIN.reshape(-1, 784) / 255,
    y_train=Y_TRAIN.astype(int),
    x_test=X_TEST.reshape(-1, 784) / 255,
    y_test=Y_TEST.astype(int),
    source="MNIST",
)


def write_files(folder, packed=True, files=FILES):
    folder.mkdir(parents=True, exist_ok=True)
    for name, contents in files.items():
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(contents))
        else:
            (folder / name).write_bytes(contents)
    return folder


def assert_is_small(mnist):
    assert mnist.source == "MNIST"
    np.testing.assert_allclose(mnist.x_train, SMALL.x_train, rtol=1e-6)
    np.testing.assert_allclose(mnist.x_test, SMALL.x_test, rtol=1e-6)
    np.testing.assert_array_equal(mnist.y_train, Y_TRAIN)
    np.testing.assert_array_equal(mnist.y_test, Y_TEST)


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """An empty cache, no mirror and no MNIST_DIR; the sums are those of the small files."""
    folder = tmp_path / "cache" / "tilted-boundary"
    monkeypatch.setattr(mnist_files, "cache_folder", lambda: folder)
    monkeypatch.setattr(mnist_files, "SHA256", SUMS)
    monkeypatch.setattr(mnist_files, "MIRRORS", ())
    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setenv("no_proxy", "*")
    return folder


@pytest.fixture(scope="module")
def server():
    with local_mirror(FILES) as mirror:
        yield mirror


@pytest.fixture
def mirrors(cache, server, monkeypatch):
    """A function that makes load_mnist use mirrors that behave as named; gives the server."""
    server.requests.clear()

    def use(*behaviours):
        monkeypatch.setattr(mnist_files, "MIRRORS", tuple(map(server.url, behaviours)))
        return server

    return use


def test_mnist_dir_packed_or_unpacked(cache, monkeypatch, tmp_path):
    for packed in (True, False):
        folder = write_files(tmp_path / f"packed-{packed}", packed)
        monkeypatch.setenv("MNIST_DIR", str(folder))
        assert_is_small(load_mnist())
    assert not cache.exists()


def test_arrays_have_the_documented_types(cache):
    write_files(cache)
    mnist = load_mnist()
    assert mnist.x_train.dtype == mnist.x_test.dtype == np.float32
    assert mnist.y_train.dtype == mnist.y_test.dtype == np.int64
    assert mnist.x_train.shape == (60, 784) and mnist.x_test.shape == (30, 784)
    assert mnist.x_train.min() == 0 and mnist.x_train.max() == 1


def test_mnist_dir_goes_before_the_cache(cache, monkeypatch, tmp_path):
    write_files(cache)
    monkeypatch.setenv("MNIST_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match="MNIST_DIR must name a folder.*nowhere"):
        load_mnist(allow_digits=True)


@pytest.mark.parametrize("missing", FILES)
def test_incomplete_mnist_dir_is_an_error(cache, monkeypatch, tmp_path, missing):
    folder = write_files(tmp_path / "mnist")
    (folder / f"{missing}.gz").unlink()
    monkeypatch.setenv("MNIST_DIR", str(folder))
    with pytest.raises(FileNotFoundError, match=f"{missing}.*{SUMS[missing]}"):
        load_mnist(allow_digits=True)


def flip_a_bit(data):
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


DAMAGE = {
    "flipped": flip_a_bit,
    "truncated": lambda data: data[:-1],
    "halved": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
}


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.parametrize("name", FILES)
def test_damaged_mnist_dir_is_an_error(cache, monkeypatch, tmp_path, name, damage, packed):
    folder = write_files(tmp_path / "mnist", packed)
    path = folder / (f"{name}.gz" if packed else name)
    damaged = damage(path.read_bytes())
    path.write_bytes(damaged)
    monkeypatch.setenv("MNIST_DIR", str(folder))
    with pytest.raises(OSError) as caught:
        load_mnist(allow_digits=True)
    assert not isinstance(caught.value, MnistUnavailable)
    for part in ("MNIST_DIR", str(path), SUMS[name], hashlib.sha256(damaged).hexdigest()):
        assert part in str(caught.value)


def test_download_fills_the_cache_and_is_not_repeated(cache, mirrors, capfd):
    server = mirrors("good")
    assert_is_small(load_mnist())
    assert server.requests == [f"/good/{name}.gz" for name in FILES]
    assert sorted(os.listdir(cache)) == sorted(f"{name}.gz" for name in FILES)
    assert f"{TRAIN_IMAGES}.gz: 100%" in capfd.readouterr().err

    assert_is_small(load_mnist())
    assert len(server.requests) == len(FILES)


def test_redirect_is_followed(mirrors):
    mirrors("redirect")
    assert_is_small(load_mnist())


@pytest.mark.parametrize("behaviour", ALWAYS_BAD)
def test_bad_mirror_is_passed_over(mirrors, behaviour):
    server = mirrors(behaviour, "good")
    assert_is_small(load_mnist())
    asked_in_vain = [path for path in server.requests if path.startswith(f"/{behaviour}/")]
    assert len(asked_in_vain) == 1, "a mirror that failed is not asked first again"


@pytest.mark.parametrize("behaviour", ALWAYS_SLOW)
def test_slow_mirror_is_passed_over(mirrors, monkeypatch, behaviour):
    monkeypatch.setattr(mnist_files, "PATIENCE", 2.0)
    mirrors(behaviour, "good")
    assert_is_small(load_mnist())


@pytest.mark.parametrize("behaviour", ALWAYS_BAD + ALWAYS_SLOW)
def test_bad_mirrors_alone_give_an_error_and_no_file(cache, mirrors, monkeypatch, behaviour):
    if behaviour in ALWAYS_SLOW:
        monkeypatch.setattr(mnist_files, "PATIENCE", 0.4)
    server = mirrors(behaviour, behaviour)
    with pytest.raises(MnistUnavailable) as caught:
        load_mnist()
    message = str(caught.value)
    assert message.count(server.url(behaviour) + TRAIN_IMAGES) == 2
    assert ("no progress in 0.2 s" in message) == (behaviour in ALWAYS_SLOW)
    for part in ("MNIST_DIR is not set", str(cache), "network", "allow_digits=True"):
        assert part in message
    assert os.listdir(cache) == []


def test_patience_is_ten_seconds_for_all_mirrors_together(mirrors, monkeypatch):
    waits = []
    monkeypatch.setattr(mnist_files, "_fetch", lambda url, patience: waits.append(patience) or b"")
    mirrors("good", "good", "good")
    with pytest.raises(MnistUnavailable):
        load_mnist()
    assert sum(waits) == pytest.approx(10)


def test_mirrors_can_make_up_for_each_other(cache, mirrors, server):
    mirrors("good", "forbidden")
    packed = server.packed.pop(f"{TEST_LABELS}.gz")
    try:
        with pytest.raises(MnistUnavailable, match=TEST_LABELS):
            load_mnist()
    finally:
        server.packed[f"{TEST_LABELS}.gz"] = packed
    assert len(os.listdir(cache)) == 3, "what came whole is kept"
    server.requests.clear()
    assert_is_small(load_mnist())
    assert server.requests == [f"/good/{TEST_LABELS}.gz"]


def test_unreachable_mirror(cache, monkeypatch):
    monkeypatch.setattr(mnist_files, "MIRRORS", ("http://127.0.0.1:1/",))
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(MnistUnavailable, match="refused"):
        load_mnist()


def test_killed_download_leaves_nothing_that_is_used(cache, mirrors):
    server = mirrors("good")
    script = f"""
        from pathlib import Path
        from helpers import data, mnist_files
        mnist_files.cache_folder = lambda: Path({str(cache)!r})
        mnist_files.SHA256 = {SUMS!r}
        mnist_files.MIRRORS = ({server.url("stalled")!r},)
        data.load_mnist()
    """
    server.half_sent.clear()
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=Path(__file__).parents[1],
        stderr=subprocess.DEVNULL,
    )
    try:
        assert server.half_sent.wait(timeout=60)
    finally:
        child.kill()
        child.wait()
    assert not (cache / f"{TRAIN_IMAGES}.gz").exists()
    assert_is_small(load_mnist())
    assert len(os.listdir(cache)) == 4


def test_two_downloads_at_once(cache, mirrors, monkeypatch):
    both_written = threading.Barrier(2)

    def replace_together(source, target, replace=os.replace):
        if TRAIN_IMAGES in target.name:
            both_written.wait(timeout=30)
        replace(source, target)

    mirrors("good")
    monkeypatch.setattr(os, "replace", replace_together)
    with ThreadPoolExecutor(2) as pool:
        for loaded in [pool.submit(load_mnist) for _ in range(2)]:
            assert_is_small(loaded.result())
    assert sorted(os.listdir(cache)) == sorted(f"{name}.gz" for name in FILES)


@pytest.mark.parametrize("packed", [True, False])
def test_damaged_cache_is_repaired_and_the_rest_kept(cache, mirrors, packed):
    write_files(cache, packed)
    damaged = cache / (f"{TEST_IMAGES}.gz" if packed else TEST_IMAGES)
    damaged.write_bytes(flip_a_bit(damaged.read_bytes()))
    server = mirrors("good")
    assert_is_small(load_mnist())
    assert_is_small(load_mnist())
    assert server.requests == [f"/good/{TEST_IMAGES}.gz"]


def test_damaged_cache_without_a_network_is_not_used(cache):
    write_files(cache)
    (cache / f"{TEST_LABELS}.gz").write_bytes(b"damaged")
    with pytest.raises(MnistUnavailable, match=TEST_LABELS):
        load_mnist()
    assert len(os.listdir(cache)) == 4


def test_good_cache_file_outlives_a_failed_load(cache, mirrors):
    write_files(cache, files={TRAIN_IMAGES: FILES[TRAIN_IMAGES]})
    before = (cache / f"{TRAIN_IMAGES}.gz").read_bytes()
    mirrors("wrong")
    with pytest.raises(MnistUnavailable, match=TRAIN_LABELS):
        load_mnist()
    assert (cache / f"{TRAIN_IMAGES}.gz").read_bytes() == before


def test_unwritable_cache_is_a_clear_error(cache, mirrors):
    server = mirrors("good")
    cache.parent.write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(OSError) as caught:
        load_mnist(allow_digits=True)
    assert not isinstance(caught.value, MnistUnavailable)
    for part in (str(cache), "MNIST_DIR", "XDG_CACHE_HOME"):
        assert part in str(caught.value)
    assert server.requests == [], "nothing is downloaded that cannot be kept"


def test_failure_to_write_leaves_no_part(cache, mirrors, monkeypatch):
    def full_disk(path, data):
        path.touch()
        raise OSError(28, "No space left on device")

    mirrors("good")
    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OSError, match="No space left"):
        load_mnist(allow_digits=True)
    assert os.listdir(cache) == []


def test_stand_in_says_so_in_one_line(cache, capsys):
    mnist = load_mnist(allow_digits=True)
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1 and "Stand-in, not MNIST" in printed
    assert mnist.source == "digits stand-in"
    assert mnist.x_train.shape == (1437, 784) and mnist.x_test.shape == (360, 784)
    assert mnist.x_train.min() == 0 and mnist.x_train.max() == 1
    counts = np.bincount(np.concatenate([mnist.y_train, mnist.y_test]))
    assert counts.min() >= 174 and counts.max() <= 183
    np.testing.assert_array_equal(load_mnist(allow_digits=True).x_test, mnist.x_test)
    with pytest.raises(ValueError, match="stand-in has 146 images of 3 and 141 of 8"):
        digit_pair(mnist, 3, 8, 3000)


def test_stand_in_is_the_small_digits_interpolated(cache):
    from sklearn.datasets import load_digits

    def stretch(rows):
        centres = (np.arange(28) + 0.5) * 8 / 28 - 0.5
        return np.array([np.interp(centres, np.arange(8), row) for row in rows])

    small, mnist = load_digits(), load_mnist(allow_digits=True)
    x, y = np.vstack([mnist.x_train, mnist.x_test]), np.append(mnist.y_train, mnist.y_test)
    np.testing.assert_array_equal(y, small.target)
    for k in range(0, len(y), 40):
        expected = stretch(stretch(small.images[k] / 16).T).T
        np.testing.assert_allclose(x[k].reshape(28, 28), expected, atol=1e-6)


def test_stand_in_is_not_used_when_mnist_is_here(cache, capsys):
    write_files(cache)
    assert_is_small(load_mnist(allow_digits=True))
    assert capsys.readouterr().out == ""


digits = st.integers(0, 9)
splits = st.sampled_from(["train", "test"])
not_numbers = st.one_of(st.floats(), st.text(), st.booleans(), st.none())


@given(i=digits, j=digits, n=st.none() | st.integers(1, 3), split=splits)
def test_digit_pair_takes_the_first_images_of_each_class(i, j, n, split):
    if i == j:
        with pytest.raises(ValueError, match="different digits"):
            digit_pair(SMALL, i, j, n, split)
        return
    images, labels = (X_TRAIN, Y_TRAIN) if split == "train" else (X_TEST, Y_TEST)
    class_i = [image.ravel() / 255 for image, y in zip(images, labels, strict=True) if y == i][:n]
    class_j = [image.ravel() / 255 for image, y in zip(images, labels, strict=True) if y == j][:n]
    X, y = digit_pair(SMALL, i, j, n, split)
    assert X.dtype == np.float64
    np.testing.assert_array_equal(X, np.array(class_i + class_j))
    assert y.tolist() == [-1] * len(class_i) + [1] * len(class_j)


@given(bad=st.integers(max_value=-1) | st.integers(min_value=10) | not_numbers)
def test_bad_digits_are_named(bad):
    with pytest.raises(ValueError, match="^i must be a digit from 0 to 9"):
        digit_pair(SMALL, bad, 5)
    with pytest.raises(ValueError, match="^j must be a digit from 0 to 9"):
        digit_pair(SMALL, 5, bad)


@given(bad=st.integers(max_value=0) | st.integers(min_value=7) | st.floats() | st.text())
def test_bad_counts_say_how_many_there_are(bad):
    with pytest.raises(ValueError, match="^n must .* 1 to 6.* has 6 images of 3 and 6 of 8"):
        digit_pair(SMALL, 3, 8, bad)


@given(bad=st.text().filter(lambda text: text not in ("train", "test")) | st.integers())
def test_bad_split_is_named(bad):
    with pytest.raises(ValueError, match="^split must be"):
        digit_pair(SMALL, 3, 8, split=bad)


def test_numpy_integers_are_digits():
    X, y = digit_pair(SMALL, np.uint8(3), np.int64(8), np.int32(2))
    assert X.shape == (4, 784) and y.tolist() == [-1, -1, 1, 1]


@pytest.fixture(scope="module")
def mnist_dir():
    """The folder with the real MNIST; its tests are skipped where there is none."""
    if os.environ.get("MNIST_DIR"):
        return Path(os.environ["MNIST_DIR"])
    cache = mnist_files.cache_folder()
    if all((cache / f"{name}.gz").exists() or (cache / name).exists() for name in FILES):
        return cache
    pytest.skip(f"NO MNIST: set MNIST_DIR to its folder, or put its four files into {cache}")


@pytest.fixture(scope="module")
def mnist(mnist_dir):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MNIST_DIR", str(mnist_dir))
        return load_mnist()


@pytest.mark.mnist
def test_the_real_mnist(mnist):
    assert mnist.source == "MNIST"
    assert mnist.x_train.shape == (60000, 784) and mnist.x_test.shape == (10000, 784)
    assert mnist.y_train.shape == (60000,) and mnist.y_test.shape == (10000,)
    assert mnist.y_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert np.unique(mnist.y_test).tolist() == list(range(10))


@pytest.mark.mnist
@pytest.mark.parametrize(
    "i, j, half_distance", [(3, 8, 1.8232), (7, 9, 1.5063), (0, 1, 3.8161), (2, 3, 2.1719)]
)
def test_half_distance_between_the_real_means(mnist, i, j, half_distance):
    X, y = digit_pair(mnist, i, j, 3000)
    difference = X[y == 1].mean(0) - X[y == -1].mean(0)
    assert np.linalg.norm(difference) / 2 == pytest.approx(half_distance, abs=5e-5)
