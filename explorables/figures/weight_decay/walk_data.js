// The ways from ten digits to their adversarial examples, and what two networks make of them.
import { clamp, numbersOf } from "../../kit/common.js";
import { DIGITS, PIXELS, imageAt } from "../shared/digits.js";

const PLACES = 41; // of each way, at equal distances, that the networks scored
const UNDECIDED = 0.005; // two probabilities this near to each other are a draw

export const KINDS = ["equal_confidence", "deepfool"];

const CLASSES = DIGITS.length;

function softmax(s) {
  const largest = Math.max(...s);
  const powers = s.map((each) => Math.exp(each - largest));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((each) => each / sum);
}

// The classes from the most probable to the least.
const ranked = (p) => [...DIGITS].sort((a, b) => p[b] - p[a]);

// How many places the way goes until a class scores as much as the digit. `s` has a row a place.
function turningPlace(s, digit) {
  for (let k = 0; k + 1 < PLACES; k++) {
    const crossings = DIGITS.filter((c) => c !== digit)
      .map((c) => [k, k + 1].map((place) => s[place][digit] - s[place][c]))
      .filter(([, after]) => after <= 0)
      .map(([before, after]) => k + before / (before - after));
    if (crossings.length) return Math.min(...crossings);
  }
  return PLACES - 1;
}

// One way. `change` is the whole of it; lengths are in pixels. `turn` is the length at which the
// network no longer takes the image for the digit, `goal` the class that the way leads to.
function wayOf(digit, change, s) {
  const length = Math.hypot(...change);
  const lengthAt = (place) => (place / (PLACES - 1)) * length;

  function probabilities(at) {
    const place = (clamp(at, 0, length) / length) * (PLACES - 1);
    const k = Math.min(Math.floor(place), PLACES - 2);
    return softmax(s[k].map((score, c) => score + (place - k) * (s[k + 1][c] - score)));
  }
  const curve = s.map((row, place) => ({ at: lengthAt(place), p: softmax(row) }));
  const goal = ranked(curve.at(-1).p).find((c) => c !== digit);
  return { change, length, turn: lengthAt(turningPlace(s, digit)), goal, curve, probabilities };
}

// The one class that the network reads, or the two that it is undecided between, in order.
export function readings(p) {
  const [first, second] = ranked(p);
  return p[first] - p[second] < UNDECIDED ? [first, second].sort((a, b) => a - b) : [first];
}

// `image(digit)` has values in [0, 1]; `ways(digit, kind)` are those of low and of high decay.
export function walkData(model) {
  const images = numbersOf(model.get("images"), Uint8Array);
  const changes = numbersOf(model.get("changes"), Int16Array);
  const scores = numbersOf(model.get("scores"), Float32Array);
  const all = model.get("networks").map(({ temperature }, n) =>
    KINDS.map((_, kind) =>
      DIGITS.map((digit) => {
        const row = (n * KINDS.length + kind) * CLASSES + digit;
        const own = scores.subarray(row * PLACES * CLASSES, (row + 1) * PLACES * CLASSES);
        const change = Array.from(changes.subarray(row * PIXELS, (row + 1) * PIXELS));
        return wayOf(
          digit,
          change.map((value) => value / model.get("per_unit")),
          Array.from({ length: PLACES }, (_, place) =>
            DIGITS.map((c) => own[place * CLASSES + c] / temperature),
          ),
        );
      }),
    ),
  );
  return {
    image: (digit) => imageAt(images, digit),
    ways: (digit, kind) => all.map((network) => network[KINDS.indexOf(kind)][digit]),
  };
}
