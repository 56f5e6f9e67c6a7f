"""What JavaScript makes of scores is what numpy makes of them: softmax.js in V8."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from py_mini_racer import MiniRacer
from scipy.special import expit, logsumexp, softmax

from explorables.base import HERE
from explorables.host.bundle import bundle

scores = arrays(
    float, st.tuples(st.integers(1, 12), st.integers(2, 10)), elements=st.floats(-50, 50)
)
temperatures = st.floats(-1, 1.5).map(lambda u: 10**u)


@pytest.fixture(scope="module")
def javascript():
    """A function: the value of an expression about the module."""
    engine = MiniRacer()
    engine.eval(bundle(HERE / "mathematics" / "softmax.js").replace("export ", ""))
    yield lambda expression: json.loads(engine.eval(f"JSON.stringify({expression})"))
    engine.close()


@given(arrays(float, st.integers(1, 10), elements=st.floats(-1e3, 1e3)))
@settings(max_examples=50)
def test_softmax(javascript, s):
    assert javascript(f"softmax({s.tolist()})") == pytest.approx(softmax(s), abs=1e-12)


@given(scores, temperatures, st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_images_at_a_temperature(javascript, s, t, random):
    images, classes = s.shape
    y = np.array([random.randrange(classes) for _ in range(images)])
    shown = javascript(f"atTemperature({t}, scored({s.tolist()}, {y.tolist()}))")

    is_y = np.eye(classes, dtype=bool)[y]
    others = s[~is_y].reshape(images, -1)
    log_odds = s[is_y] / t - logsumexp(others / t, axis=1)
    pull = expit(-log_odds)
    wrong = s.argmax(1) != y

    assert [image["wrong"] for image in shown["images"]] == wrong.tolist()
    assert [image["logOdds"] for image in shown["images"]] == pytest.approx(log_odds / np.log(10))
    assert [image["pull"] for image in shown["images"]] == pytest.approx(pull, rel=1e-9)
    confidences = [image["confidence"] for image in shown["images"]]
    assert confidences == pytest.approx(softmax(s / t, axis=1).max(1))
    assert (len(shown["wrong"]), len(shown["right"])) == (wrong.sum(), images - wrong.sum())
    assert shown["accuracy"] == pytest.approx(100 * np.mean(~wrong))
    assert shown["total"] == pytest.approx(pull.sum(), rel=1e-9)
    if pull.sum() > 0:
        assert shown["shareOfWrong"] == pytest.approx(100 * pull[wrong].sum() / pull.sum())
    middle = (images - 1) // 2
    assert shown["confidence"] == pytest.approx(100 * np.sort(confidences)[middle])
    assert shown["medianLogOdds"] == pytest.approx(np.sort(log_odds)[middle] / np.log(10))


def test_carriers_are_the_fewest_images_with_nine_tenths_of_the_pull(javascript):
    log_odds = np.log(1 / np.array([0.5, 0.3, 0.15, 0.04, 0.01]) - 1)  # of these pulls, 1 in all
    s = np.stack([log_odds, np.zeros(5)], axis=1).tolist()
    shown = javascript(f"atTemperature(1, scored({s}, {[0] * 5}))")
    assert shown["total"] == pytest.approx(1)
    assert shown["carriers"] == 3
    assert shown["sure"] == pytest.approx(0)  # 0.01 is not less than 0.01
