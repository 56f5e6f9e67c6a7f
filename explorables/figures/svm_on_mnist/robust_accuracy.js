// Robust accuracy of the 81 SVMs of a pair of digits: against ε, and against λ.
import {
  assign, button, chart, clamp, columnHead, curve, format, handle, html, loadPart, marker,
  numbersOf, powerOfTen, row, rowHead, segment, select, show, slider, svg, table, update,
} from "../../kit/common.js";
import { lineEntry } from "../../kit/legend.js";

const LOG_LAM = { from: -6, to: 2, count: 81 }; // from the largest λ down
const EPS = { from: 0, to: 4, count: 41 };
const FAMILY = [[2, 15], [0, 32], [-2, 49], [-4, 32], [-6, 15]]; // log10 λ, height of its name
const WIDTH = 316;
const HEIGHT = 290;

const places = (count) => Array.from({ length: count }, (_, k) => k);
const tenth = (value, { from, to }) => clamp(Math.round(value * 10) / 10, from, to);
const numberOf = (u) => Math.round((LOG_LAM.to - u) * 10);
const logLam = (k) => Math.round(10 * LOG_LAM.to - k) / 10;
const epsOf = (e) => e / 10;
const percent = (share) => `${format(share, 1)} %`;
const lambda = (k) => powerOfTen(logLam(k));

const PAIRS = places(10).flatMap((i) =>
  places(10)
    .filter((j) => i < j)
    .map((j) => [`${i}-${j}`, `${i} and ${j}`]),
);

// The results of a pair: of SVM number k at ε number e, `count(k, e)` images of `images` are right,
// `accuracy(k, e)` in per cent; `best(e)` is the number of the SVM with the most.
async function load(model, pair) {
  const { robust, n_test } = await loadPart(model, pair);
  const counts = numbersOf(robust, Uint16Array);
  const count = (k, e) => counts[k * EPS.count + e];
  const accuracy = (k, e) => (100 * count(k, e)) / n_test;
  const best = places(EPS.count).map((e) => {
    const column = places(LOG_LAM.count).map((k) => accuracy(k, e));
    return column.indexOf(Math.max(...column));
  });
  return { pair, images: n_test, count, accuracy, best: (e) => best[e] };
}

const accuracyChart = (axes) =>
  chart({
    y: [0, 100],
    width: WIDTH,
    height: HEIGHT,
    yLabel: "robust accuracy (%)",
    yTicks: [0, 20, 40, 60, 80, 100],
    ...axes,
  });

// A curve's name, centred where the curve, which falls, comes down to `height`, or else at its end.
function curveName(plot, text) {
  const node = svg("text", { class: "xp-label xp-text-muted", "text-anchor": "middle" }, text);
  return {
    node,
    draw(points, height) {
      const [x, y] = points.find(([, each]) => each < height) || points.at(-1);
      node.setAttribute("x", plot.px(clamp(x, 0.25, 3.75)));
      node.setAttribute("y", plot.py(Math.max(y, height)) + 4);
    },
  };
}

// Accuracy against ε: of this λ, of a few others, and of the best λ at each ε.
function epsChart(model, now) {
  const plot = accuracyChart({
    label: "Robust accuracy against ε: of this λ, of five others, and of the best λ at each ε",
    x: [EPS.from, EPS.to],
    xLabel: "ε (pixels)",
    xTicks: [0, 1, 2, 3, 4],
  });
  const line = segment(plot, "muted");
  const family = FAMILY.map(([u, height]) => {
    const [of, name] = [curve(plot, "family"), curveName(plot, powerOfTen(u))];
    plot.content.append(of.node);
    plot.over.append(name.node);
    return { k: numberOf(u), height, of, name };
  });
  const [envelope, own] = [curve(plot, "envelope"), curve(plot, "own")];
  const [usual, robust] = [marker(plot, USUAL), marker(plot, ROBUST)];
  const eps = handle(plot, {
    ...THIS,
    label: "ε",
    step: 0.1,
    get: () => [epsOf(now().e), now().accuracy(now().k, now().e)],
    move: ([x]) => assign(model, { eps: tenth(x, EPS) }),
    text: () => `ε = ${format(epsOf(now().e), 1)} pixels`,
  });
  plot.content.append(line.node, envelope.node, own.node);
  plot.over.append(usual.node, robust.node, eps.node);
  const against = (of) => places(EPS.count).map((e) => [epsOf(e), of(e)]);
  return {
    node: plot.node,
    draw({ k, e, accuracy, best }) {
      line.draw([epsOf(e), 0], [epsOf(e), 100]);
      for (const { k: other, height, of, name } of family) {
        const points = against((each) => accuracy(other, each));
        of.draw(points);
        name.draw(points, height);
      }
      envelope.draw(against((each) => accuracy(best(each), each)));
      own.draw(against((each) => accuracy(k, each)));
      usual.draw([epsOf(e), accuracy(best(0), e)]);
      robust.draw([epsOf(e), accuracy(best(e), e)]);
      eps.draw();
    },
  };
}

// Accuracy against λ: for images as they are, and for images that may be moved by ε.
function lambdaChart(model, now) {
  const plot = accuracyChart({
    label: "Robust accuracy against λ: at ε = 0, and at the chosen ε",
    x: [LOG_LAM.from, LOG_LAM.to],
    xLabel: "λ (log scale)",
    xTicks: [-6, -4, -2, 0, 2],
    xText: powerOfTen,
  });
  const line = segment(plot, "muted");
  const [unmoved, moved] = [curve(plot, "family"), curve(plot, "own")];
  const falls = [USUAL, ROBUST].map((look) => {
    const [fall, top, foot] = [segment(plot, "fall"), marker(plot, look), marker(plot, look)];
    plot.content.append(fall.node);
    plot.over.append(top.node, foot.node);
    return (k, { e, accuracy }) => {
      const [from, to] = [0, e].map((each) => [logLam(k), accuracy(k, each)]);
      fall.draw(from, to);
      top.draw(from);
      foot.draw(to);
    };
  });
  const names = places(2).map(() => svg("text", { class: "xp-label" }));
  plot.over.prepend(...names);
  update(names[0], { x: plot.px(-5.9), "text-anchor": "start" });
  update(names[1], { x: plot.px(1.9), "text-anchor": "end" });
  const strength = handle(plot, {
    ...THIS,
    label: "λ",
    step: 0.1,
    get: () => [logLam(now().k), now().accuracy(now().k, now().e)],
    move: ([x]) => assign(model, { log_lam: tenth(x, LOG_LAM) }),
    text: () => `λ = ${lambda(now().k)}`,
  });
  plot.content.prepend(line.node, unmoved.node, moved.node);
  plot.over.append(strength.node);
  const against = (of) => places(LOG_LAM.count).map((k) => [logLam(k), of(k)]);
  return {
    node: plot.node,
    draw(shown) {
      const { k, e, accuracy, best } = shown;
      line.draw([logLam(k), 0], [logLam(k), 100]);
      unmoved.draw(against((each) => accuracy(each, 0)));
      moved.draw(against((each) => accuracy(each, e)));
      names[0].textContent = e === 0 ? "" : "ε = 0";
      names[0].setAttribute("y", plot.py(accuracy(LOG_LAM.count - 1, 0) - 8));
      names[1].textContent = `ε = ${format(epsOf(e), 1)}`;
      const level = accuracy(0, e);
      names[1].setAttribute("y", plot.py(level < 15 ? level + 5 : level - 8));
      falls[0](best(0), shown);
      falls[1](best(e), shown);
      strength.draw();
    },
  };
}

// The three λ that the figure compares, and how each is drawn.
const THIS = { shape: "disc", kind: "boundary" };
const USUAL = { shape: "square", kind: "usual", size: 1.3 };
const ROBUST = { shape: "diamond", kind: "adversarial" };
const SIGNS = { this: "●", usual: "■", robust: "◆" };

// A row for each of the three: its λ, and its accuracies.
function accuracyTable() {
  const columns = ["λ", "ε = 0", ""].map((name) => columnHead(name));
  const rows = Object.keys(SIGNS).map((name) => {
    const sign = html("span", { class: `xp-sign-${name}`, "aria-hidden": "true" }, SIGNS[name]);
    const words = html("span");
    const cells = places(3).map(() => html("td"));
    return { node: html("tr", {}, rowHead(sign, " ", words), ...cells), words, cells };
  });
  return {
    node: table("xp-table", [html("td"), ...columns], rows.map(({ node }) => node)),
    draw({ k, e, accuracy, best }) {
      const eps = `ε = ${format(epsOf(e), 1)}`;
      columns[2].textContent = eps;
      const names = ["this λ", "best at ε = 0", `best at ${eps}`];
      [k, best(0), best(e)].forEach((of, n) => {
        rows[n].words.textContent = names[n];
        const texts = [lambda(of), percent(accuracy(of, 0)), percent(accuracy(of, e))];
        rows[n].cells.forEach((cell, c) => (cell.textContent = texts[c]));
      });
    },
  };
}

function tradeOff({ e, count, best }) {
  const [usual, robust] = [best(0), best(e)];
  const at = `ε = ${format(epsOf(e), 1)}`;
  if (e === 0) return `At ε = 0 this is the usual test accuracy: λ = ${lambda(usual)} wins.`;
  if (usual === robust) return `λ = ${lambda(usual)} wins at ε = 0 and at ${at}.`;
  const [more, fewer] = [e, 0].map((of) => Math.abs(count(robust, of) - count(usual, of)));
  return (
    `λ = ${lambda(usual)} wins at ε = 0, λ = ${lambda(robust)} at ${at}: the latter gets ${more} ` +
    `more of the test images right there, and ${fewer} fewer at ε = 0.`
  );
}

const panel = (plot, control) => html("div", { class: "xp-half" }, plot.node, control.node);

async function render({ model, el }) {
  let results = await load(model, model.get("pair"));
  const now = () => ({
    ...results,
    k: numberOf(tenth(model.get("log_lam"), LOG_LAM)),
    e: Math.round(10 * model.get("eps")),
  });
  const digits = select(model, "pair", { label: "Digits", options: PAIRS });
  const strength = slider(model, "log_lam", {
    label: "Regularisation λ",
    min: LOG_LAM.from,
    max: LOG_LAM.to,
    step: 0.1,
    text: (u) => lambda(numberOf(u)),
  });
  const size = slider(model, "eps", {
    label: "Change ε",
    min: EPS.from,
    max: EPS.to,
    step: 0.1,
    text: (eps) => `${format(tenth(eps, EPS), 1)} px`,
  });
  const choose = (k) => assign(model, { log_lam: logLam(k) });
  const stops = row(
    button("best λ at ε = 0", () => choose(results.best(0))),
    button("best λ at this ε", () => choose(results.best(now().e))),
  );
  const [left, right] = [epsChart(model, now), lambdaChart(model, now)];
  const numbers = accuracyTable();
  const verdict = html("p", { class: "xp-verdict" });
  const note = html("p", { class: "xp-note" });
  const parts = [digits, strength, size];

  // The results of another pair arrive a moment later; by then a third may be wanted.
  function bring(pair) {
    load(model, pair).then(
      (arrived) => {
        if (pair !== model.get("pair")) return;
        results = arrived;
        draw();
      },
      (error) => (verdict.textContent = `The results of ${pair} did not load: ${error.message}.`),
    );
  }

  function draw() {
    parts.forEach((part) => part.draw());
    if (model.get("pair") !== results.pair) {
      bring(model.get("pair"));
      return;
    }
    const shown = now();
    [left, right, numbers].forEach((part) => part.draw(shown));
    verdict.textContent = tradeOff(shown);
    const images = results.images.toLocaleString("en");
    note.textContent =
      "Exact, with no attack to trust: an image counts where y d(x) > ε. The best λ is chosen on " +
      `the same ${images} test images; of equally good ones, the largest.`;
  }
  const key = row(
    lineEntry("own", "this λ", 34),
    lineEntry("envelope", "the best λ at each ε", 34),
    lineEntry("family", "other λ’s", 34),
  );
  return show(
    { model, el },
    [
      row(digits.node, stops),
      key,
      row(panel(left, size), panel(right, strength)),
      numbers.node,
      verdict,
      note,
    ],
    draw,
  );
}

export default { render };
