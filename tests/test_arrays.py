"""Arrays on their way to a page: what JavaScript reads is what Python sent, in the same unit."""

import json

import numpy as np
import pytest
import traitlets
from py_mini_racer import MiniRacer

from explorables.arrays import Array, wire, wired
from explorables.base import HERE
from explorables.host.bundle import bundle
from helpers.formats import LMT, Format


@pytest.fixture(scope="module")
def read():
    """A function: what ``arrayOf`` of kit/model.js makes of what ``wire`` made."""
    engine = MiniRacer()
    engine.eval(bundle(HERE / "kit" / "model.js").replace("export ", ""))

    def read(sent):
        stored = list(sent["buffer"])
        sent = json.dumps({name: value for name, value in sent.items() if name != "buffer"})
        buffer = f"new DataView(Uint8Array.from({stored}).buffer)"
        engine.eval(f"array = arrayOf({{ ...{sent}, buffer: {buffer} }})")
        # JSON has neither infinities nor NaN.
        values = json.loads(engine.eval("JSON.stringify(Array.from(array, String))"))
        shape = json.loads(engine.eval("JSON.stringify(array.shape)"))
        rows = json.loads(engine.eval("JSON.stringify(rowsOf(array).map((row) => row.length))"))
        assert rows == [np.prod(shape[1:], dtype=int)] * shape[0]
        return np.array(values).astype(float).reshape(shape)

    yield read
    engine.close()


@pytest.mark.parametrize(
    "dtype",
    ["int8", "uint8", "int16", "uint16", "int32", "uint32", "float16", "float32", "float64"],
)
def test_every_kind_of_number_arrives(read, dtype):
    values = np.array([[0, 1, 2], [3, 100, 127]], dtype)
    assert np.array_equal(read(wire(values, Format(dtype, ("rows", 3)))), values)


def test_half_precision_arrives_exactly(read):
    largest, tiny = np.finfo("float16").max, np.finfo("float16").smallest_subnormal
    values = np.array([-largest, -1.5, -tiny, 0, tiny, 1e-3, 0.1, np.inf, -np.inf, np.nan], "<f2")
    arrived = read(wire(values, Format("float16", ("values",))))
    assert np.array_equal(arrived, values.astype(float), equal_nan=True)


def test_a_unit_and_an_infinite_value_arrive(read):
    radii = np.array([0, 0.123, 4.567, np.inf])
    assert np.array_equal(read(wire(radii, LMT["found"])), radii)
    assert np.array_equal(read(wire(radii[:3], LMT["certified"])), radii[:3])


@pytest.mark.parametrize("shape", [(0, 2, 2), (3, 0), (0,)])
def test_an_array_without_numbers_arrives(read, shape):
    values = np.zeros(shape)
    assert read(wire(values, Format("float32", ("some",) * len(shape)))).shape == shape


def test_numpy_arrays_of_a_part_are_sent_as_they_are(read):
    part = wired({"scores": np.eye(2, dtype="float32"), "name": "plain"})
    assert part["name"] == "plain"
    assert np.array_equal(read(part["scores"]), np.eye(2))


def test_an_array_trait_refuses_what_has_no_place_in_its_format():
    class Holder(traitlets.HasTraits):
        radii = Array(LMT["certified"])

    for wrong in ([[1.0]], [-0.1], [66.0], ["far"], [np.inf]):
        with pytest.raises(traitlets.TraitError, match="radii"):
            Holder(radii=wrong)
    with pytest.raises(traitlets.TraitError, match="radii must be given"):
        Holder().radii  # noqa: B018
    assert Holder(radii=[1.5]).radii.tolist() == [1.5]


@pytest.mark.parametrize("dtype", ["int64", "bool", "complex128"])
def test_what_a_page_cannot_read_is_refused(dtype):
    with pytest.raises(ValueError, match=f"a page can read .*; the array was {dtype}"):
        wired({"x": np.zeros(3, dtype)})
