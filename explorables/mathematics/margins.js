// Margins f(x) along a line of images: how steep each is anywhere, and how far it is to a wrong
// class. A margin is the score of the right class less that of its rival: 0 where they are equal.
import { range } from "./numbers.js";

export const LENGTH = 10; // pixels: x goes from 0 to LENGTH

const hill = (x) => 5.2 * (Math.exp(-(((x - 5) / 4) ** 2)) - Math.exp(-0.5));
const steepElsewhere = (x) => 2.2 * Math.tanh((x - 1.5) / 0.4) - 0.3 * (x - 1.5);
const cliff = (x) => 1.6 * Math.tanh((6.5 - x) / 0.25);

// Straight pieces between points, as of a network with ReLUs.
const POINTS = [
  [0, -0.9],
  [1.6, -0.6],
  [3, 1.4],
  [4.2, 1],
  [5.2, 2.4],
  [6.8, 1.7],
  [7.6, -0.7],
  [8.8, -0.9],
  [10, 0.7],
];
const PIECES = POINTS.slice(1).map(([end, high], k) => {
  const [start, low] = POINTS[k];
  return { start, low, end, slope: (high - low) / (end - start) };
});

function pieces(x) {
  const { start, low, slope } = PIECES.find(({ end }) => x <= end) || PIECES.at(-1);
  return low + slope * (x - start);
}

const STEP = 1e-6; // pixels, for slopes
const CELLS = 1000; // of [0, LENGTH]: no margin has two zeros in one

function zeroBetween(f, left, right) {
  for (let n = 0; n < 50; n++) {
    const middle = (left + right) / 2;
    if (f(middle) > 0 === f(left) > 0) left = middle;
    else right = middle;
  }
  return right;
}

function zerosOf(f) {
  return range(CELLS)
    .map((k) => [(k * LENGTH) / CELLS, ((k + 1) * LENGTH) / CELLS])
    .filter(([left, right]) => f(left) > 0 !== f(right) > 0)
    .map(([left, right]) => zeroBetween(f, left, right));
}

// `L` is the least constant with |f(x′) − f(x)| ≤ L |x′ − x| for all x and x′.
function margin(f, L) {
  const zeros = zerosOf(f);
  return {
    f,
    L,
    slope: (x) => (f(x + STEP) - f(x - STEP)) / (2 * STEP),
    distance: (x) => Math.min(...zeros.map((zero) => Math.abs(zero - x))),
    // The zeros next to x, or infinities where there are none.
    around: (x) => ({
      left: Math.max(-Infinity, ...zeros.filter((zero) => zero <= x)),
      right: Math.min(Infinity, ...zeros.filter((zero) => zero > x)),
    }),
  };
}

// A bell is steepest where x is 1/√2 of its width from the middle, and tanh at 0.
export const MARGINS = {
  hill: margin(hill, (5.2 * Math.SQRT2 * Math.exp(-0.5)) / 4),
  "steep elsewhere": margin(steepElsewhere, 2.2 / 0.4 - 0.3),
  cliff: margin(cliff, 1.6 / 0.25),
  "straight pieces": margin(pieces, Math.max(...PIECES.map(({ slope }) => Math.abs(slope)))),
};

const ROUNDING = 1e-9; // relative

// What a slope L of `factor` times the true constant promises at x, and what is true. `guarded` is
// how far the class cannot change, if L bounds the margin's slope: 0 where the class is wrong
// already. `guess` is the distance to first order.
export function promiseAt(margin, x, factor) {
  const [y, slope, L] = [margin.f(x), margin.slope(x), factor * margin.L];
  const guarded = Math.max(y, 0) / L;
  const distance = margin.distance(x);
  return {
    x,
    y,
    slope,
    L,
    guarded,
    distance,
    isRight: y > 0,
    isBound: factor >= 1 - ROUNDING,
    zeros: margin.around(x),
    isBroken: exceeds(guarded, distance),
    guess: Math.abs(y / slope),
  };
}

// Whether a length is larger than another by more than rounding.
export const exceeds = (length, other) => length * (1 - ROUNDING) > other;

// Whether the margin leaves the cone of slope L around (x, y) at a place.
export const leavesCone = (margin, { x, y, L }, place) =>
  exceeds(Math.abs(margin.f(place) - y), L * Math.abs(place - x) + ROUNDING);

// The stretches of the places at which a condition is met, each a list of [x, value(x)].
export function stretches(places, condition, value) {
  const found = [];
  let isInside = false;
  for (const x of places) {
    const wasInside = isInside;
    isInside = condition(x);
    if (isInside && !wasInside) found.push([]);
    if (isInside) found.at(-1).push([x, value(x)]);
  }
  return found;
}
