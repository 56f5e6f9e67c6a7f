// Margins f(x) along a line of images: how steep each is anywhere, and how far it is to a wrong
// class. A margin is the score of the right class less that of its rival: 0 where they are equal.

export const LENGTH = 10; // pixels: x goes from 0 to LENGTH

const hill = (x) => 5.2 * (Math.exp(-(((x - 5) / 4) ** 2)) - Math.exp(-0.5));
const steepElsewhere = (x) => 2.2 * Math.tanh((x - 1.5) / 0.4) - 0.3 * (x - 1.5);
const cliff = (x) => 1.6 * Math.tanh((6.5 - x) / 0.25);

// Straight pieces between points, as of a network with ReLUs.
const POINTS = [
  [0, -0.9], [1.6, -0.6], [3, 1.4], [4.2, 1], [5.2, 2.4], [6.8, 1.7], [7.6, -0.7], [8.8, -0.9],
  [10, 0.7],
];
const slopeOfPiece = (k) =>
  (POINTS[k + 1][1] - POINTS[k][1]) / (POINTS[k + 1][0] - POINTS[k][0]);

function pieces(x) {
  const after = POINTS.findIndex(([end], k) => k > 0 && x <= end);
  const k = after < 0 ? POINTS.length - 2 : after - 1;
  return POINTS[k][1] + slopeOfPiece(k) * (x - POINTS[k][0]);
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
  const places = Array.from({ length: CELLS + 1 }, (_, k) => (k * LENGTH) / CELLS);
  return places
    .slice(1)
    .map((x, k) => [places[k], x])
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
    around: (x) => [
      Math.max(-Infinity, ...zeros.filter((zero) => zero <= x)),
      Math.min(Infinity, ...zeros.filter((zero) => zero > x)),
    ],
  };
}

// A bell is steepest where x is 1/√2 of its width from the middle, and tanh at 0.
export const MARGINS = {
  hill: margin(hill, (5.2 * Math.SQRT2 * Math.exp(-0.5)) / 4),
  "steep elsewhere": margin(steepElsewhere, 2.2 / 0.4 - 0.3),
  cliff: margin(cliff, 1.6 / 0.25),
  "straight pieces": margin(
    pieces,
    Math.max(...POINTS.slice(1).map((_, k) => Math.abs(slopeOfPiece(k)))),
  ),
};
