// The plots of the Lipschitz cone: the margin with its cone and what that guards, and the distances
// for every x at once.
import {
  assign,
  chart,
  curve,
  curves,
  format,
  handle,
  marker,
  polygon,
  rectangle,
  segment,
  segments,
} from "../../kit/kit.js";
import { exceeds, leavesCone, LENGTH, MARGINS, stretches } from "../../mathematics/margins.js";
import { clamp, range } from "../../mathematics/numbers.js";

const WIDTH = 360;
const [LOWEST, HIGHEST] = [-2.3, 2.7]; // margins that are shown; the rows lie below them
const ROWS = { true: -2.72, guarded: -3.17, guess: -3.62 };
const BELOW = -3.95; // where the rows end
const TIP = 0.13; // half the height of the ends of a row's line
const FARTHEST = 4; // pixels, of the distances shown
const CELLS = 400; // of the line, for curves
const PLACES = range(CELLS + 1).map((k) => (k * LENGTH) / CELLS);
const FAR = 2 * LENGTH; // beyond the frame on either side, wherever x is
const X_TICKS = [0, 2, 4, 6, 8, 10];

// The margin that is chosen.
export const marginOf = (model) => MARGINS[model.get("function")];

// The two wedges |y′ − y| ≤ L |x′ − x| and their edges.
function cone(plot) {
  const wedges = [-FAR, FAR].map((reach) => ({ reach, ...plot.add(polygon({ kind: "cone" })) }));
  const upper = plot.add(curve({ kind: "cone-top" }));
  const lower = plot.add(curve({ kind: "cone-edge", name: "lower edge of the cone" }));
  return ({ x, y, L }) => {
    const rise = L * FAR;
    for (const { reach, draw } of wedges) {
      draw([[x, y], [x + reach, y + rise], [x + reach, y - rise]]);
    }
    lower.draw([[x - FAR, y - rise], [x, y], [x + FAR, y - rise]]);
    upper.draw([[x - FAR, y + rise], [x, y], [x + FAR, y + rise]]);
  };
}

const inRow = (row, from, to) => [[from, ROWS[row]], [to, ROWS[row]]];

// The zeros of the margin on either side of x, or places just beyond the frame where there are none.
const stretchOf = ({ left, right }) => [Math.max(left, -1), Math.min(right, LENGTH + 1)];

const promisedOf = ({ x, guarded }) => [x - guarded, x + guarded];

// Dotted lines from the line's two ends, at margin 0, down to a row: `draw(ends, isShown)`.
function falls(plot, row) {
  const lines = [0, 1].map(() => plot.add(segment({ kind: "fall" })));
  return (ends, isShown) =>
    lines.forEach((line, side) => {
      const end = ends[side];
      const isThere = isShown && Number.isFinite(end);
      line.show(isThere);
      if (isThere) line.draw([end, 0], [end, ROWS[row]]);
    });
}

// How far around x the class is right.
function trueRow(plot) {
  const line = plot.add(segment({ kind: "own", name: "true" }));
  const tips = plot.add(segments({ kind: "own" }));
  return ({ isRight, zeros }) => {
    const ends = stretchOf(zeros);
    [line, tips].forEach((part) => part.show(isRight));
    line.draw(...inRow("true", ...ends));
    tips.draw(ends.map((end) => [end, ROWS.true - TIP, end, ROWS.true + TIP]));
  };
}

// How far it is right according to the tangent.
function guessRow(plot) {
  const line = plot.add(segment({ kind: "guess", name: "guess" }));
  const name = rowName(plot, "guess");
  return ({ x, isRight, guess }, firstOrder) => {
    const reach = Math.min(guess, FAR);
    name.show(firstOrder);
    line.show(isRight && firstOrder);
    line.draw(...inRow("guess", x - reach, x + reach));
  };
}

// How far it is right according to L, with a cross where that runs over a zero.
function guardedRow(plot) {
  const promised = plot.add(segment({ kind: "beyond", name: "promised" }));
  const guarded = plot.add(segment({ kind: "bar", name: "guarded" }));
  const crosses = ["left", "right"].map((side) => {
    const look = { shape: "cross", kind: "adversarial", name: "promised too much" };
    return { side, ...plot.add(marker({ ...look, layer: "clipped" })) };
  });
  return (shown) => {
    const { x, isRight, zeros } = shown;
    const ends = stretchOf(zeros);
    [promised, guarded].forEach((part) => part.show(isRight));
    promised.draw(...inRow("guarded", ...promisedOf(shown)));
    guarded.draw(...inRow("guarded", ...promisedOf(shown).map((end) => clamp(end, ...ends))));
    for (const { side, show, draw } of crosses) {
      const isOver = exceeds(shown.guarded, Math.abs(zeros[side] - x));
      show(isOver);
      if (isOver) draw([zeros[side], ROWS.guarded]);
    }
  };
}

const rowName = (plot, row) =>
  plot.label(0, ROWS[row], row, { kind: "muted", anchor: "end", dx: -6, dy: 4 });

// Below the margin, as stretches around x: where the class is right, where L says it is, and where
// the tangent does.
function rows(plot) {
  plot.add(rectangle({ kind: "ground" })).draw([0, LOWEST], [LENGTH, BELOW]);
  const [drawTrueFalls, drawPromisedFalls] = ["true", "guarded"].map((row) => falls(plot, row));
  const drawRows = [trueRow, guessRow, guardedRow].map((row) => row(plot));
  ["true", "guarded"].forEach((row) => rowName(plot, row));
  plot.add(segment({ kind: "thin" })).draw([0, LOWEST], [LENGTH, LOWEST]);
  return (shown, firstOrder) => {
    drawTrueFalls([shown.zeros.left, shown.zeros.right], shown.isRight);
    drawPromisedFalls(promisedOf(shown), shown.isRight);
    drawRows.forEach((draw) => draw(shown, firstOrder));
  };
}

const imageHandle = (model) =>
  handle({
    label: "The image x",
    text: "x",
    shape: "disc",
    kind: "boundary",
    step: 0.05,
    get: () => [model.get("x"), marginOf(model).f(model.get("x"))],
    move: ([x]) => assign(model, { x: clamp(Math.round(100 * x) / 100, 0, LENGTH) }),
    spoken: () => {
      const x = model.get("x");
      return `x = ${format(x)} pixels, f(x) = ${format(marginOf(model).f(x))}`;
    },
  });

// The margin with the cone, and the stretches around x: `draw(shown, firstOrder)`.
export function marginChart(model) {
  const plot = chart({
    label: "The margin f along the line, the cone of slope L around x, and what it guards",
    x: [0, LENGTH],
    y: [BELOW, HIGHEST],
    width: WIDTH,
    height: 343,
    xLabel: "x, place on a line of images (pixels)",
    yLabel: "margin f(x)",
    xTicks: X_TICKS,
    yTicks: [-2, -1, 0, 1, 2],
  });
  plot.add(rectangle({ kind: "wrong-side" })).draw([0, 0], [LENGTH, LOWEST]);
  const drawCone = cone(plot);
  plot.add(segment({ kind: "thin" })).draw([0, 0], [LENGTH, 0]);
  const tangent = plot.add(curve({ kind: "guess", name: "tangent" }));
  const f = plot.add(curve({ kind: "own", name: "margin" }));
  const outside = plot.add(curves({ kind: "fails", name: "outside the cone" }));
  const drawRows = rows(plot);
  plot.label(0, 0, "right class", { kind: "muted", dx: 4, dy: -8 });
  plot.label(LENGTH / 2, 0, "wrong class", { kind: "muted", anchor: "middle", dy: 18 });
  const point = plot.add(imageHandle(model));
  return {
    node: plot.node,
    draw(shown, firstOrder) {
      const { margin, x, y, slope } = shown;
      drawCone(shown);
      f.draw(PLACES.map((place) => [place, margin.f(place)]));
      outside.draw(stretches(PLACES, (place) => leavesCone(margin, shown, place), margin.f));
      tangent.show(firstOrder);
      tangent.draw([-FAR, FAR].map((step) => [x + step, y + slope * step]));
      drawRows(shown, firstOrder);
      point.draw();
    },
  };
}

// At x: the true distance, and what L promises, crossed out where that is too much.
function distancesAtX(plot) {
  const look = (shape, kind, name) =>
    plot.add(marker({ shape, kind, name, size: 0.8, layer: "clipped" }));
  const truth = look("ring", "boundary", "true distance at x");
  const kept = look("square", "usual", "guarded at x");
  const broken = look("cross", "adversarial", "promised too much at x");
  return ({ x, isRight, isBroken, distance, guarded }) => {
    truth.show(isRight);
    kept.show(isRight && !isBroken);
    broken.show(isBroken);
    truth.draw([x, distance]);
    [kept, broken].forEach((part) => part.draw([x, guarded]));
  };
}

// For every x at once: how far a wrong class is, and how far L says it is at least.
export function distanceChart() {
  const plot = chart({
    label: "Against x: the distance to a wrong class, and what L guards of it",
    x: [0, LENGTH],
    y: [0, FARTHEST],
    width: WIDTH,
    height: 175,
    xLabel: "x (pixels)",
    yLabel: "distance (pixels)",
    xTicks: X_TICKS,
    yTicks: [0, 1, 2, 3, 4],
  });
  const now = plot.add(segment({ kind: "muted" }));
  const guess = plot.add(curves({ kind: "guess", name: "guess" }));
  const truth = plot.add(curves({ kind: "own", name: "true distance" }));
  const guarded = plot.add(curves({ kind: "guarded", name: "guarded" }));
  const broken = plot.add(curves({ kind: "fails", name: "promised too much" }));
  const drawAtX = distancesAtX(plot);
  return {
    node: plot.node,
    draw(shown, firstOrder) {
      const { margin, x, L } = shown;
      const isRight = (place) => margin.f(place) > 0;
      const promised = (place) => margin.f(place) / L;
      const isBroken = (place) =>
        isRight(place) && exceeds(promised(place), margin.distance(place));
      const guessAt = (place) => Math.min(Math.abs(margin.f(place) / margin.slope(place)), FAR);
      now.draw([x, 0], [x, FARTHEST]);
      truth.draw(stretches(PLACES, isRight, margin.distance));
      guarded.draw(stretches(PLACES, isRight, promised));
      broken.draw(stretches(PLACES, isBroken, promised));
      guess.show(firstOrder);
      guess.draw(stretches(PLACES, isRight, guessAt));
      drawAtX(shown);
    },
  };
}
