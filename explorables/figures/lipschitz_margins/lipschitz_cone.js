// A margin along a line of images, its cone of slope L around one of them, and what that guards.
import {
  assign, button, chart, checkbox, choice, clamp, curve, format, handle, html, marker, polygon,
  readouts, segment, show, slider, svg, visible,
} from "../../kit/common.js";
import { entry, lineEntry } from "../../kit/legend.js";
import { LENGTH, MARGINS } from "../../mathematics/margins.js";

const WIDTH = 360;
const [LOWEST, HIGHEST] = [-2.3, 2.7]; // margins that are shown; the stretches lie below them
const ROWS = { true: -2.72, guarded: -3.17, guess: -3.62 };
const FARTHEST = 4; // pixels, of the distances shown
const PLACES = Array.from({ length: 401 }, (_, k) => (k * LENGTH) / 400);
const FAR = 2 * LENGTH; // beyond the frame on either side, wherever x is
const FIRM = 1 - 1e-9; // of the true constant: what is left of it after rounding

const FUNCTIONS = [
  ["hill", "a smooth hill"],
  ["steep elsewhere", "steep, but elsewhere"],
  ["cliff", "flat, then a cliff"],
  ["straight pieces", "ReLU pieces"],
];
const X_TICKS = [0, 2, 4, 6, 8, 10];

// What there is to say of x. `guarded` is what L promises: nothing where the class is wrong.
function view(model) {
  const margin = MARGINS[model.get("function")];
  const [x, factor] = [model.get("x"), model.get("factor")];
  const [y, slope, L] = [margin.f(x), margin.slope(x), factor * margin.L];
  return {
    margin, x, y, slope, L, factor,
    right: y > 0,
    holds: factor >= FIRM,
    guarded: Math.max(y, 0) / L,
    distance: margin.distance(x),
    guess: Math.abs(y / slope),
  };
}

// The stretches of PLACES at which a condition holds, each a list of [x, value(x)].
function stretches(condition, value) {
  const found = [];
  PLACES.forEach((x, k) => {
    if (!condition(x)) return;
    if (k === 0 || !condition(PLACES[k - 1])) found.push([]);
    found.at(-1).push([x, value(x)]);
  });
  return found;
}

// Several curves as one path: `draw([[[x, y], …], …])`.
function curves(plot, kind) {
  const node = svg("path", { class: `xp-line xp-${kind}` });
  const line = (points) => points.map(([x, y]) => `${plot.px(x)} ${plot.py(y)}`).join("L");
  const draw = (all) => node.setAttribute("d", all.map((points) => `M${line(points)}`).join(""));
  return { node, draw };
}

// The two wedges |y′ − y| ≤ L |x′ − x| and their edges.
function cone(plot) {
  const wedges = [-FAR, FAR].map((reach) => ({ reach, ...polygon(plot, "cone") }));
  const [lower, upper] = [curve(plot, "cone-edge"), curve(plot, "cone-top")];
  return {
    nodes: [...wedges.map(({ node }) => node), upper.node, lower.node],
    draw({ x, y, L }) {
      const rise = L * FAR;
      for (const { reach, draw } of wedges) {
        draw([[x, y], [x + reach, y + rise], [x + reach, y - rise]]);
      }
      lower.draw([[x - FAR, y - rise], [x, y], [x + FAR, y - rise]]);
      upper.draw([[x - FAR, y + rise], [x, y], [x + FAR, y + rise]]);
    },
  };
}

// Below the margin, as stretches around x: where the class is right, where L says it is, and where
// the tangent does.
function stretchRows(plot) {
  const names = Object.entries(ROWS).map(([name, height]) =>
    svg("text", { x: plot.px(0) - 6, y: plot.py(height) + 4, "text-anchor": "end" }, name),
  );
  const falls = [0, 1, 2, 3].map(() => segment(plot, "fall"));
  const [truth, ends] = [segment(plot, "own"), curves(plot, "own")];
  const [guarded, beyond, guess] = ["bar", "beyond", "guess"].map((kind) => segment(plot, kind));
  const wrong = [0, 1].map(() => marker(plot, { shape: "cross", kind: "adversarial" }));
  const at = (name, from, to) => [[from, ROWS[name]], [to, ROWS[name]]];

  // Where the stretch that L promises runs over the zeros on either side.
  function drawWrong({ x, right, guarded: reach }, zeros) {
    zeros.forEach((zero, side) => {
      const over = right && Math.abs(zero - x) < reach * FIRM;
      visible(wrong[side].node, over);
      if (over) wrong[side].draw([zero, ROWS.guarded]);
    });
  }

  return {
    nodes: [
      svg("rect", {
        class: "xp-ground",
        x: plot.frame.x,
        y: plot.py(LOWEST),
        width: plot.frame.width,
        height: plot.frame.y + plot.frame.height - plot.py(LOWEST),
      }),
      ...[...falls, truth, ends, guess, beyond, guarded, ...wrong].map(({ node }) => node),
    ],
    names: svg("g", { class: "xp-ticks", "aria-hidden": "true" }, ...names),
    draw(shown, firstOrder) {
      const { margin, x, right, guarded: reach, guess: step } = shown;
      const zeros = margin.around(x);
      const [from, to] = [Math.max(zeros[0], -1), Math.min(zeros[1], LENGTH + 1)];
      const promised = [x - reach, x + reach];
      falls.forEach((fall, n) => {
        const foot = n < 2 ? zeros[n] : promised[n - 2];
        visible(fall.node, right && Number.isFinite(foot));
        if (right && Number.isFinite(foot)) {
          fall.draw([foot, 0], [foot, n < 2 ? ROWS.true : ROWS.guarded]);
        }
      });
      [truth, ends, guarded, beyond].forEach(({ node }) => visible(node, right));
      visible(guess.node, right && firstOrder);
      truth.draw(...at("true", from, to));
      ends.draw([from, to].map((end) => [[end, ROWS.true - 0.13], [end, ROWS.true + 0.13]]));
      guarded.draw(...at("guarded", ...promised.map((end) => clamp(end, from, to))));
      beyond.draw(...at("guarded", ...promised));
      guess.draw(...at("guess", ...[-1, 1].map((way) => x + way * Math.min(step, FAR))));
      visible(names[2], firstOrder);
      drawWrong(shown, zeros);
    },
  };
}

// The margin with the cone, and the stretches around x.
function marginChart(model) {
  const plot = chart({
    label: "The margin f along the line, the cone of slope L around x, and what it guards",
    x: [0, LENGTH],
    y: [-3.95, HIGHEST],
    width: WIDTH,
    height: 343,
    xLabel: "x, place on a line of images (pixels)",
    yLabel: "margin f(x)",
    xTicks: X_TICKS,
    yTicks: [-2, -1, 0, 1, 2],
  });
  const wrongSide = polygon(plot, "wrong-side");
  wrongSide.draw([[0, 0], [LENGTH, 0], [LENGTH, LOWEST], [0, LOWEST]]);
  const [zero, edge] = [segment(plot, "thin"), segment(plot, "thin")];
  zero.draw([0, 0], [LENGTH, 0]);
  edge.draw([0, LOWEST], [LENGTH, LOWEST]);
  const of = cone(plot);
  const [f, out, tangent] = [curve(plot, "own"), curves(plot, "fails"), curve(plot, "guess")];
  const below = stretchRows(plot);
  const word = (x, y, anchor, text) =>
    svg("text", {
      x: plot.px(x), y: plot.py(y), "text-anchor": anchor, class: "xp-label xp-text-muted",
    }, text);
  const point = handle(plot, {
    label: "The image x",
    shape: "disc",
    kind: "boundary",
    name: "x",
    step: 0.05,
    get: () => [model.get("x"), MARGINS[model.get("function")].f(model.get("x"))],
    move: ([x]) => assign(model, { x: clamp(Math.round(100 * x) / 100, 0, LENGTH) }),
    text: () => {
      const { x, y } = view(model);
      return `x = ${format(x)} pixels, f(x) = ${format(y)}`;
    },
  });
  plot.content.append(
    wrongSide.node, ...of.nodes, zero.node, tangent.node, f.node, out.node, ...below.nodes,
    edge.node,
  );
  plot.over.append(
    word(0.15, 0.17, "start", "right class"),
    word(4.6, -0.42, "middle", "wrong class"),
    below.names, point.node,
  );
  return {
    node: plot.node,
    draw(shown, firstOrder) {
      const { margin, x, y, slope, L } = shown;
      of.draw(shown);
      f.draw(PLACES.map((each) => [each, margin.f(each)]));
      out.draw(stretches(
        (each) => Math.abs(margin.f(each) - y) * FIRM > L * Math.abs(each - x) + 1e-9,
        margin.f,
      ));
      visible(tangent.node, firstOrder);
      tangent.draw([-FAR, FAR].map((step) => [x + step, y + slope * step]));
      below.draw(shown, firstOrder);
      point.draw();
    },
  };
}

// For every x at once: how far a wrong class is, and how far L says it is at least.
function distanceChart() {
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
  const now = segment(plot, "muted");
  const [truth, guarded, beyond] = ["own", "guarded", "fails"].map((kind) =>
    curves(plot, kind),
  );
  const guess = curves(plot, "guess");
  const marks = [["ring", "boundary"], ["square", "usual"], ["cross", "adversarial"]].map(
    ([shape, kind]) => marker(plot, { shape, kind, size: 0.8 }),
  );
  plot.content.append(
    ...[now, guess, truth, guarded, beyond, ...marks].map(({ node }) => node),
  );
  return {
    node: plot.node,
    draw({ margin, x, right, L, guarded: reach, distance }, firstOrder) {
      const isRight = (each) => margin.f(each) > 0;
      const promised = (each) => margin.f(each) / L;
      now.draw([x, 0], [x, FARTHEST]);
      truth.draw(stretches(isRight, margin.distance));
      guarded.draw(stretches(isRight, promised));
      beyond.draw(stretches(
        (each) => isRight(each) && promised(each) * FIRM > margin.distance(each),
        promised,
      ));
      visible(guess.node, firstOrder);
      guess.draw(stretches(isRight, (each) =>
        Math.min(Math.abs(margin.f(each) / margin.slope(each)), FAR)));
      const tooFar = reach * FIRM > distance;
      [right, right && !tooFar, right && tooFar].forEach((condition, n) => {
        visible(marks[n].node, condition);
        marks[n].draw([x, n === 0 ? distance : reach]);
      });
    },
  };
}

const pixels = (length) => `${format(length)} pixels`;
const percent = (share) => `${format(100 * share, 0)} %`;

function verdictOf({ right, holds, guarded, distance }) {
  if (!right) return "The margin is not positive: the class is wrong already. Nothing to guard.";
  if (holds) {
    return (
      `Guaranteed: no change of less than ${pixels(guarded)} makes the class wrong. In truth the ` +
      `nearest that does is ${pixels(distance)} away, so ${percent(guarded / distance)} is guarded.`
    );
  }
  if (guarded * FIRM > distance) {
    return (
      `✗ Broken: L is below the true constant. It promises ${pixels(guarded)}, but the class is ` +
      `wrong after ${format(distance)}.`
    );
  }
  return (
    `✗ No guarantee: L is below the true constant. Its promise of ${pixels(guarded)} happens to ` +
    "be true at this x; at others it is false."
  );
}

function key() {
  const patch = svg("rect", { y: 2, width: 30, height: 12, class: "xp-cone" });
  return html(
    "div",
    { class: "xp-row xp-short-key" },
    lineEntry("own", "margin, true distance", 30),
    entry("cone of slope L", 30, patch),
    lineEntry("guarded", "guarded by L", 30),
    lineEntry("fails", "where L fails", 30),
  );
}

function render({ model, el }) {
  const [margins, distances] = [marginChart(model), distanceChart()];
  const functions = choice(model, "function", { label: "Margin f", options: FUNCTIONS });
  const slope = slider(model, "factor", {
    label: "Slope L of the cone",
    min: -2,
    max: 3,
    step: 0.1,
    from: Math.log2,
    to: (u) => 2 ** u,
    text: (factor) => `${format(factor)} × true`,
  });
  const stop = button("L = true constant", () => assign(model, { factor: 1 }));
  const tangent = checkbox(model, "first_order", "first-order guess, the tangent at x");
  const numbers = readouts([
    "f(x)", "slope at x", "true constant", "chosen L", "guarded, f(x)/L", "true distance",
    "share guarded", "first-order guess",
  ]);
  const verdict = html("p", { class: "xp-verdict xp-balanced" });

  function draw() {
    const shown = view(model);
    const firstOrder = model.get("first_order");
    const { right, holds, guarded, distance } = shown;
    el.classList.toggle("xp-broken", !holds);
    [functions, slope, tangent].forEach((part) => part.draw());
    [margins, distances].forEach((part) => part.draw(shown, firstOrder));
    const ofRight = (text) => (right ? text : "–");
    const flag = holds ? "" : " ✗";
    const guess = shown.guess < 100 ? `${format(shown.guess)} px` : "100 px or more";
    numbers.draw({
      "f(x)": format(shown.y),
      "slope at x": format(shown.slope),
      "true constant": format(shown.margin.L),
      "chosen L": format(shown.L),
      "guarded, f(x)/L": ofRight(`${format(guarded)} px${flag}`),
      "true distance": ofRight(`${format(distance)} px`),
      "share guarded": ofRight(`${percent(guarded / distance)}${flag}`),
      "first-order guess": ofRight(guess),
    });
    verdict.textContent = verdictOf(shown);
  }
  const area = (name, ...parts) => html("div", { class: `xp-area-${name}` }, ...parts);
  const body = html(
    "div",
    { class: "xp-lipschitz" },
    area("choice", functions.node),
    area("plots", margins.node, distances.node),
    area("controls", slope.node, stop, tangent.node),
    area("verdict", verdict),
    area("numbers", numbers.node),
  );
  return show({ model, el }, [key(), body], draw);
}

export default { render };
