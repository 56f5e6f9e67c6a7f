"""The four files of MNIST, checked: from $MNIST_DIR, the user's cache, or a public mirror."""

import gzip
import hashlib
import os
import queue
import tempfile
import threading
import urllib.request
import zlib
from pathlib import Path

import platformdirs
from tqdm import tqdm

from helpers.files import replaced

# SHA-256 of the unpacked files: gzip packs the same contents in more than one way.
SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
PATIENCE = 10.0  # seconds to wait without progress, shared equally between the mirrors
BLOCK = 2**14  # bytes that count as progress: a trickle below 3 kB/s is a stall
GZIP_START = b"\x1f\x8b"


class MnistUnavailable(OSError):
    """MNIST is neither on this machine nor to be had from a mirror."""


def mnist_files() -> list[bytes]:
    """The contents of the four files, in the order of SHA256."""
    if os.environ.get("MNIST_DIR"):
        folder = Path(os.environ["MNIST_DIR"]).expanduser().absolute()
        return [_from_folder(folder, name) for name in SHA256]
    mirrors = list(MIRRORS)
    return [_from_cache(name) or _download(name, mirrors) for name in SHA256]


def cache_folder() -> Path:
    """The folder that downloads are kept in."""
    return platformdirs.user_cache_path("tilted-boundary", appauthor=False)


def _from_folder(folder: Path, name: str) -> bytes:
    if not folder.is_dir():
        raise FileNotFoundError(f"MNIST_DIR must name a folder, got {folder}")
    path = folder / f"{name}.gz"
    if not path.exists():
        path = folder / name
    if not path.exists():
        raise FileNotFoundError(
            f"MNIST_DIR is incomplete: {folder} holds neither {name}.gz nor {name} "
            f"(unpacked, SHA-256 {SHA256[name]})"
        )
    try:
        return _unpack(name, path.read_bytes())
    except OSError as error:
        raise OSError(f"MNIST_DIR holds a bad file, {path}: {error}") from error


def _from_cache(name: str) -> bytes | None:
    for path in (cache_folder() / f"{name}.gz", cache_folder() / name):
        try:
            return _unpack(name, path.read_bytes())
        except OSError:
            continue  # not there, or damaged: a download puts it right
    return None


def _unpack(name: str, data: bytes) -> bytes:
    """The contents of data, packed or not, once their sum is right; otherwise an OSError."""
    try:
        contents = gzip.decompress(data) if data.startswith(GZIP_START) else data
    except (OSError, EOFError, zlib.error) as error:
        found = f"it cannot be unpacked ({error}) and has itself {_sha256(data)}"
        raise OSError(f"{found}; unpacked, the right one has {SHA256[name]}") from error
    if _sha256(contents) != SHA256[name]:
        raise OSError(f"its contents have the SHA-256 {_sha256(contents)}, not {SHA256[name]}")
    return contents


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _download(name: str, mirrors: list[str]) -> bytes:
    """Fetch one file into the cache, and return its contents.

    A mirror that fails moves to the end of the list: it is asked last for the files to come.
    """
    folder = _writable_cache()
    failures = []
    for mirror in tuple(mirrors):
        url = f"{mirror}{name}.gz"
        try:
            data = _fetch(url, PATIENCE / len(mirrors))
            contents = _unpack(name, data)
        except OSError as error:
            failures.append(f"{url}: {error}")
            mirrors.append(mirrors.pop(0))
        else:
            _save(data, folder / f"{name}.gz")
            return contents
    tried = "\n  ".join(failures)
    raise MnistUnavailable(
        f"MNIST could not be loaded. MNIST_DIR is not set, the cache {folder} has no good "
        f"{name}.gz, and no mirror gave it:\n  {tried}\n"
        "Try again with a network, or set MNIST_DIR to a folder with the four files "
        f"({', '.join(SHA256)}; .gz or unpacked). load_mnist(allow_digits=True) makes do with "
        "scikit-learn's small digits."
    )


def _fetch(url: str, patience: float) -> bytes:
    """The bytes at url, with a progress bar; OSError when a block keeps us waiting too long.

    A thread reads while we wait, because a socket's own timeout covers neither the look-up of
    a name nor a server that sends a byte now and then.
    """
    blocks = queue.Queue()
    threading.Thread(target=_read_blocks, args=(url, patience, blocks), daemon=True).start()
    data = bytearray()
    size = _next(blocks, patience)
    with tqdm(total=size, desc=url.rpartition("/")[2], unit="B", unit_scale=True) as bar:
        while block := _next(blocks, patience):
            data += block
            bar.update(len(block))
    return bytes(data)


def _read_blocks(url: str, patience: float, blocks: queue.Queue) -> None:
    """Put the size of the body into blocks, then the body piece by piece, then b""."""
    try:
        # Longer than anyone waits for us: this only ends a thread that was given up on.
        with urllib.request.urlopen(url, timeout=2 * patience) as response:
            blocks.put(response.length)
            while block := response.read(BLOCK):
                blocks.put(block)
            blocks.put(b"")
    except Exception as error:  # whatever it is, the waiting thread has to hear of it
        blocks.put(error)


def _next(blocks: queue.Queue, patience: float):
    try:
        item = blocks.get(timeout=patience)
    except queue.Empty:
        raise TimeoutError(f"no progress in {patience:g} s") from None
    if isinstance(item, Exception):
        raise OSError(str(item)) from item
    return item


def _writable_cache() -> Path:
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise _unwritable(folder, error) from error
    return folder


def _save(data: bytes, path: Path) -> None:
    try:
        with replaced(path) as temporary:
            temporary.write_bytes(data)
    except OSError as error:
        raise _unwritable(path.parent, error) from error


def _unwritable(folder: Path, error: OSError) -> OSError:
    return OSError(
        f"the cache {folder} cannot be written ({error}): set XDG_CACHE_HOME to a folder that can, "
        "or MNIST_DIR to a folder with the four files of MNIST"
    )
