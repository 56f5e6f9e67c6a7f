// The ways from ten digits to their adversarial examples, and what two networks make of them.
import { arrayOf, rowsOf } from "../../kit/kit.js";
import { clamp, range } from "../../mathematics/numbers.js";
import { softmax } from "../../mathematics/softmax.js";

const UNDECIDED = 0.005; // two probabilities this near to each other are a draw

export const KINDS = ["equal_confidence", "deepfool"];
export const DIGITS = range(10);

// The classes from the most probable to the least.
const ranked = (p) => range(p.length).sort((a, b) => p[b] - p[a]);

// How many places the way goes until a class scores as much as the digit. `s` has a row a place.
function turningPlace(s, digit) {
  for (let k = 0; k + 1 < s.length; k++) {
    const crossings = range(s[k].length)
      .filter((c) => c !== digit)
      .map((c) => [k, k + 1].map((place) => s[place][digit] - s[place][c]))
      .filter(([, after]) => after <= 0)
      .map(([before, after]) => k + before / (before - after));
    if (crossings.length) return Math.min(...crossings);
  }
  return s.length - 1;
}

// One way. `change` is the whole of it, `s` the scores at places at equal distances, divided by the
// temperature; lengths are in pixels. `turn` is the length at which the network no longer takes the
// image for the digit, `goal` the class that the way leads to.
function wayOf(digit, change, s) {
  const length = Math.hypot(...change);
  const last = s.length - 1;
  const lengthAt = (place) => (place / last) * length;

  function probabilities(at) {
    const place = (clamp(at, 0, length) / length) * last;
    const k = Math.min(Math.floor(place), last - 1);
    return softmax(s[k].map((score, c) => score + (place - k) * (s[k + 1][c] - score)));
  }
  const curve = s.map((row, place) => ({ at: lengthAt(place), p: softmax(row) }));
  return {
    change,
    largest: Math.max(...change.map(Math.abs)),
    length,
    turn: lengthAt(turningPlace(s, digit)),
    goal: ranked(curve.at(-1).p).find((c) => c !== digit),
    curve,
    probabilities,
  };
}

// The one class that the network reads, or the two that it is undecided between, in order.
export function readings(p) {
  const [first, second] = ranked(p);
  return p[first] - p[second] < UNDECIDED ? [first, second].sort((a, b) => a - b) : [first];
}

// `image(digit)` has values in [0, 1]; `ways(digit, kind)` are those of low and of high decay.
export function walkData(model) {
  const images = rowsOf(arrayOf(model.get("images")));
  const [changes, scores] = ["changes", "scores"].map((trait) =>
    rowsOf(arrayOf(model.get(trait))).map((network) => rowsOf(network).map(rowsOf))
  );
  const ways = model.get("networks").map(({ temperature }, n) =>
    KINDS.map((_, kind) =>
      DIGITS.map((digit) => {
        const s = rowsOf(scores[n][kind][digit]).map((row) =>
          Array.from(row, (score) => score / temperature)
        );
        return wayOf(digit, changes[n][kind][digit], s);
      })
    )
  );
  return {
    image: (digit) => images[digit],
    ways: (digit, kind) => ways.map((network) => network[KINDS.indexOf(kind)][digit]),
  };
}
