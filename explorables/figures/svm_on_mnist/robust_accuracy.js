// Robust accuracy of the SVMs of a pair of digits: against ε, and against λ.
import {
  arrayOf,
  assign,
  button,
  chart,
  columnHead,
  controlBar,
  count,
  curve,
  followPart,
  format,
  handle,
  html,
  lineEntry,
  loadPart,
  marker,
  percent,
  powerOfTen,
  row,
  rowHead,
  rowsOf,
  segment,
  select,
  show,
  slider,
  table,
} from "../../kit/kit.js";
import { clamp, nearestIndex, range } from "../../mathematics/numbers.js";

// SVMs to compare with: log10 λ, and how high on its curve each has its name, in per cent.
const OTHERS = [
  { logLam: 2, height: 15 },
  { logLam: 0, height: 32 },
  { logLam: -2, height: 49 },
  { logLam: -4, height: 32 },
  { logLam: -6, height: 15 },
];
// The three SVMs that the figure is about, and their marks.
const THIS = { shape: "disc", kind: "boundary" };
const USUAL = { shape: "square", kind: "usual", name: "best at ε = 0", size: 1.3 };
const ROBUST = { shape: "diamond", kind: "adversarial", name: "best at this ε" };
const SIGNS = { this: "●", usual: "■", robust: "◆" };

const PAIRS = range(10).flatMap((i) =>
  range(10).slice(i + 1).map((j) => [`${i}-${j}`, `${i} and ${j}`])
);

// The data

// What is known of a pair: log10 λ of its SVMs, from the largest; the ε that were tried, in pixels;
// of each SVM at each ε how many of the `images` are right, and how many per cent of them; and at
// each ε which SVM is the best of the `heldOut` images.
function resultsOf(pair, part) {
  const counts = rowsOf(arrayOf(part.robust));
  const { log_lam: logLams, eps: radii } = part;
  const accuracy = counts.map((some) => Array.from(some, (right) => (100 * right) / part.n_test));
  const { n_test: images, n_held_out: heldOut, chosen: best } = part;
  return { pair, images, heldOut, logLams, radii, counts, accuracy, best };
}

// The same, and the numbers k of the SVM and e of the ε that the reader has chosen.
const chosen = (model, results) => ({
  ...results,
  k: nearestIndex(results.logLams, model.get("log_lam")),
  e: nearestIndex(results.radii, model.get("eps")),
});

const lambda = ({ logLams }, k) => powerOfTen(logLams[k]);
const epsilon = ({ radii, e }) => format(radii[e], 1);
const stepOf = ([first, second = first]) => Math.abs(second - first);
const nearest = (grid, value) => grid[nearestIndex(grid, value)];

// The charts

const accuracyChart = (axes) =>
  chart({
    y: [0, 100],
    width: 316,
    height: 290,
    yLabel: "robust accuracy (%)",
    yTicks: [0, 20, 40, 60, 80, 100],
    ...axes,
  });

// One of the curves to compare with. Its name stands where the curve, which falls, comes down to
// `height`, or else at its end.
function otherCurve(plot, { logLams, radii }, { logLam, height }) {
  const k = nearestIndex(logLams, logLam);
  const text = powerOfTen(logLams[k]);
  const line = plot.add(curve({ kind: "family", name: `λ = ${text}` }));
  const name = plot.label(0, 0, text, { kind: "muted", anchor: "middle", dy: 4 });
  const [first, last] = plot.x;
  const edge = (last - first) / 16; // room for half of a name
  return ({ accuracy }) => {
    const points = accuracy[k].map((value, e) => [radii[e], value]);
    const [x, y] = points.find(([, value]) => value < height) || points.at(-1);
    line.draw(points);
    name.draw([clamp(x, first + edge, last - edge), Math.max(y, height)]);
  };
}

// Accuracy against ε: of this λ, of a few others, and of the best λ at each ε.
function epsChart(model, results, now) {
  const { radii } = results;
  const plot = accuracyChart({
    label: "Robust accuracy against ε: of this λ, of five others, and of the best λ at each ε",
    x: [radii[0], radii.at(-1)],
    xLabel: "ε (pixels)",
    xTicks: range(Math.floor(radii.at(-1)) + 1),
  });
  const others = OTHERS.map((other) => otherCurve(plot, results, other));
  const line = plot.add(segment({ kind: "muted" }));
  const envelope = plot.add(curve({ kind: "envelope", name: "best λ at each ε" }));
  const own = plot.add(curve({ kind: "own", name: "this λ" }));
  const [usual, robust] = [USUAL, ROBUST].map((look) => plot.add(marker(look)));
  const eps = plot.add(
    handle({
      ...THIS,
      label: "ε",
      step: stepOf(radii),
      get: () => [radii[now().e], now().accuracy[now().k][now().e]],
      move: ([x]) => assign(model, { eps: nearest(radii, x) }),
      spoken: () => `ε = ${epsilon(now())} pixels`,
    }),
  );
  return {
    node: plot.node,
    draw(shown) {
      const { k, e, accuracy, best } = shown;
      others.forEach((draw) => draw(shown));
      line.draw([radii[e], 0], [radii[e], 100]);
      envelope.draw(radii.map((x, at) => [x, accuracy[best[at]][at]]));
      own.draw(radii.map((x, at) => [x, accuracy[k][at]]));
      usual.draw([radii[e], accuracy[best[0]][e]]);
      robust.draw([radii[e], accuracy[best[e]][e]]);
      eps.draw();
    },
  };
}

// What an SVM loses from ε = 0 to the chosen ε: `draw(k, shown)`.
function fall(plot, look) {
  const line = plot.add(segment({ kind: "fall" }));
  const [top, foot] = [plot.add(marker(look)), plot.add(marker(look))];
  return (k, { e, logLams, accuracy }) => {
    const [from, to] = [0, e].map((at) => [logLams[k], accuracy[k][at]]);
    line.draw(from, to);
    top.draw(from);
    foot.draw(to);
  };
}

// The names of both curves against λ: of the upper one at its left end, of the lower at its right.
function curveNames(plot) {
  const [first, last] = plot.x;
  const upper = plot.label(0, 0, "", { dx: 3 });
  const lower = plot.label(0, 0, "", { dx: -3, anchor: "end" });
  const under = (level) => level - 8;
  return (shown) => {
    const { e, accuracy } = shown;
    const level = accuracy[0][e];
    upper.write(e === 0 ? "" : "ε = 0");
    upper.draw([first, under(accuracy.at(-1)[0])]);
    lower.write(`ε = ${epsilon(shown)}`);
    lower.draw([last, level < 15 ? level + 5 : under(level)]);
  };
}

// Accuracy against λ: for images as they are, and for images that may be moved by ε.
function lambdaChart(model, { logLams }, now) {
  const [first, last] = [logLams.at(-1), logLams[0]];
  const plot = accuracyChart({
    label: "Robust accuracy against λ: at ε = 0, and at the chosen ε",
    x: [first, last],
    xLabel: "λ (log scale)",
    xTicks: [-6, -4, -2, 0, 2].filter((tick) => tick >= first && tick <= last),
    xText: powerOfTen,
  });
  const line = plot.add(segment({ kind: "muted" }));
  const unmoved = plot.add(curve({ kind: "family", name: "at ε = 0" }));
  const moved = plot.add(curve({ kind: "own", name: "at the chosen ε" }));
  const nameCurves = curveNames(plot);
  const [usual, robust] = [USUAL, ROBUST].map((look) => fall(plot, look));
  const strength = plot.add(
    handle({
      ...THIS,
      label: "λ",
      step: stepOf(logLams),
      get: () => [logLams[now().k], now().accuracy[now().k][now().e]],
      move: ([x]) => assign(model, { log_lam: nearest(logLams, x) }),
      spoken: () => `λ = ${lambda(now(), now().k)}`,
    }),
  );
  return {
    node: plot.node,
    draw(shown) {
      const { k, e, accuracy, best } = shown;
      line.draw([logLams[k], 0], [logLams[k], 100]);
      unmoved.draw(logLams.map((u, at) => [u, accuracy[at][0]]));
      moved.draw(logLams.map((u, at) => [u, accuracy[at][e]]));
      nameCurves(shown);
      usual(best[0], shown);
      robust(best[e], shown);
      strength.draw();
    },
  };
}

// Words and numbers

// A row for each of the three SVMs: its λ, and its accuracies.
function accuracyTable() {
  const columns = ["λ", "ε = 0", ""].map((name) => columnHead(name));
  const rows = Object.entries(SIGNS).map(([name, sign]) => {
    const mark = html("span", { class: `xp-sign-${name}`, "aria-hidden": "true" }, sign);
    const words = html("span");
    const cells = range(3).map(() => html("td"));
    return { node: html("tr", {}, rowHead(mark, " ", words), ...cells), words, cells };
  });
  return {
    node: table("xp-table", [html("td"), ...columns], rows.map(({ node }) => node)),
    draw(shown) {
      const { k, e, accuracy, best } = shown;
      const eps = `ε = ${epsilon(shown)}`;
      columns[2].textContent = eps;
      const names = ["this λ", "best at ε = 0", `best at ${eps}`];
      [k, best[0], best[e]].forEach((svm, n) => {
        const texts = [lambda(shown, svm), percent(accuracy[svm][0]), percent(accuracy[svm][e])];
        rows[n].words.textContent = names[n];
        rows[n].cells.forEach((cell, c) => (cell.textContent = texts[c]));
      });
    },
  };
}

function tradeOff(shown) {
  const { e, counts, best } = shown;
  const [usual, robust] = [best[0], best[e]];
  const [ofUsual, ofRobust] = [usual, robust].map((k) => `λ = ${lambda(shown, k)}`);
  const at = `ε = ${epsilon(shown)}`;
  if (e === 0) return `At ε = 0 this is the usual test accuracy: ${ofUsual} is chosen.`;
  if (usual === robust) return `${ofUsual} is chosen at ε = 0 and at ${at}.`;
  const [there, clean] = [e, 0].map((column) =>
    [robust, usual].map((svm) => count(counts[svm][column]))
  );
  return (
    `${ofUsual} is chosen at ε = 0, ${ofRobust} at ${at}: the latter gets ${there[0]} test ` +
    `images right there, and not ${there[1]}; at ε = 0 it is ${clean[0]}, and not ${clean[1]}.`
  );
}

const noteOn = ({ images, heldOut }) =>
  `Exact, with no attack to trust: of ${count(images)} test images those count with y d(x) > ε. ` +
  `The best λ is chosen on ${count(heldOut)} held-out training images; of equals, the largest.`;

const key = () =>
  row(
    lineEntry("own", "this λ", 34),
    lineEntry("envelope", "the best λ at each ε", 34),
    lineEntry("family", "other λ’s", 34),
  );

const half = ({ node }) => html("div", { class: "xp-half" }, node);

async function render({ model, el }) {
  const pair = model.get("pair");
  let results = resultsOf(pair, await loadPart(model, pair));
  const now = () => chosen(model, results);
  const ascending = [...results.logLams].reverse();

  const digits = select(model, "pair", { label: "Digits", options: PAIRS });
  const strength = slider(model, "log_lam", {
    label: "Regularisation λ",
    grid: () => ascending,
    text: () => lambda(now(), now().k),
  });
  const size = slider(model, "eps", {
    label: "Change ε",
    grid: () => results.radii,
    text: () => `${epsilon(now())} px`,
  });
  const choose = (k) => assign(model, { log_lam: results.logLams[k] });
  const stops = row(
    button("best λ at ε = 0", () => choose(results.best[0])),
    button("best λ at this ε", () => choose(results.best[now().e])),
  );
  const [left, right] = [epsChart(model, results, now), lambdaChart(model, results, now)];
  const numbers = accuracyTable();
  const verdict = html("p", { class: "xp-verdict" });
  const note = html("p", { class: "xp-note" });

  function draw() {
    [digits, strength, size].forEach((control) => control.draw());
    if (model.get("pair") !== results.pair) return; // its results are on their way
    const shown = now();
    [left, right, numbers].forEach((part) => part.draw(shown));
    verdict.textContent = tradeOff(shown);
    note.textContent = noteOn(shown);
  }
  const following = followPart(model, "pair", {
    use(part, wanted) {
      results = resultsOf(wanted, part);
      draw();
    },
    fail(error, wanted) {
      verdict.textContent = `The results of ${wanted} did not load: ${error.message}.`;
    },
  });
  const plots = row(half(left), half(right));
  const bar = controlBar(size.node, strength.node);
  const parts = [row(digits.node, stops), key(), plots, bar, numbers.node, verdict, note];
  const end = show({ model, el }, parts, draw);
  if (model.get("pair") !== pair) following.load(); // chosen while the first was on its way
  return () => {
    following.stop();
    end();
  };
}

export default { render };
