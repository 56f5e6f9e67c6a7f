// Scaling the loss: the boundary stays, and the length of the weights stretches the loss.
import {
  assign, button, chart, choice, counted, curve, format, histogram, html, marker, readouts, row,
  segment, show, slider, svg, svgWords,
} from "../../kit/common.js";
import { LIMITS, LOSSES, NAMES, distancesOf, labelsOf, mean } from "../../mathematics/losses.js";
import { distanceCharts } from "../shared/margin_histogram.js";

const [SMALLEST, LARGEST] = [-1.5, 1.5]; // of u = log10 ‖w‖
const [NEAREST, FARTHEST] = [-1.5, 3]; // of y d(x), pixels
const BIN = 0.05;
const KINDS = ["loss", "large", "small"];

const normText = (u) => (10 ** u).toPrecision(3);
const powerText = (u) => String(10 ** u);
const log = (value) => Math.log10(Math.max(value, 1e-9));

// Places along an axis at which a curve is drawn.
const places = (from, to, count) =>
  Array.from({ length: count + 1 }, (_, k) => from + ((to - from) * k) / count);

// The histogram of the distances, and over it the losses: `draw(kind, f)` draws one of KINDS.
function lossChart(margins) {
  const [plot, losses] = distanceCharts({
    label: "Histogram of the distances y d(x), and the loss of an image at each distance",
    x: [NEAREST, FARTHEST],
    y: [0, 20],
    width: 316,
    height: 286,
    xTicks: [-1, 0, 1, 2, 3],
    yTicks: [0, 5, 10, 15, 20],
  });
  const bins = Math.round((FARTHEST - NEAREST) / BIN);
  const bars = (kind, values) => {
    const each = histogram(plot, kind);
    each.draw(counted(values, NEAREST, BIN, bins), NEAREST, BIN);
    plot.content.append(each.node);
  };
  bars("correct", margins.filter((z) => z > 0));
  bars("adversarial", margins.filter((z) => z <= 0));
  const curves = Object.fromEntries(KINDS.map((kind) => [kind, curve(losses, kind)]));
  plot.content.append(...KINDS.map((kind) => curves[kind].node));
  const name = (kind, x, y, text) =>
    svg("text", { x: plot.px(x), y: plot.py(y), class: `xp-label xp-text-${kind}` }, text);
  plot.over.append(
    name("adversarial", -1.42, 6, "errors"),
    name("muted", 1.75, 11.5, "correct"),
  );
  const xs = places(NEAREST, FARTHEST, 450);
  return { node: plot.node, draw: (kind, f) => curves[kind].draw(xs.map((x) => [x, f(x)])) };
}

// The mean loss against ‖w‖, both on a log scale, and where on it the reader is.
function riskChart() {
  const plot = chart({
    label: "The mean loss R against the norm of the weights, with its limits",
    x: [SMALLEST, LARGEST],
    y: [-2.5, 0.25],
    width: 316,
    height: 286,
    xLabel: "norm ‖w‖ (log scale)",
    yLabel: "mean loss (log scale)",
    xTicks: [-1, 0, 1],
    yTicks: [-2, -1, 0],
    xText: powerText,
    yText: powerText,
  });
  const curves = Object.fromEntries(KINDS.map((kind) => [kind, curve(plot, kind)]));
  const now = segment(plot, "muted");
  const here = marker(plot, { shape: "disc", kind: "boundary", name: "R" });
  plot.content.append(now.node, ...KINDS.map((kind) => curves[kind].node));
  const name = (kind, u, v, text) =>
    svgWords({ x: plot.px(u), y: plot.py(v), class: `xp-label xp-text-${kind}` }, text);
  const names = svg(
    "g",
    { class: "xp-names" },
    name("adversarial", 0.62, -2.05, "‖w‖ d_err"),
    name("i", -1.3, -0.75, "α − β‖w‖ d_adv"),
  );
  plot.over.append(names, here.node);
  const us = places(SMALLEST, LARGEST, 150);
  return {
    node: plot.node,
    draw: (kind, R) => curves[kind].draw(us.map((u) => [u, log(R(10 ** u))])),
    point(u, R) {
      now.draw([u, -3], [u, 1]);
      here.draw([u, log(R)]);
    },
  };
}

// Part of the legend: how a curve looks, the loss it is, and the numbers it comes down to.
function legend(kind, text, ...lines) {
  const sample = svg(
    "svg",
    { class: "xp-sample", viewBox: "0 0 34 10", width: 34, height: 10, "aria-hidden": "true" },
    svg("line", { x1: 1, x2: 33, y1: 5, y2: 5, class: `xp-line xp-${kind}` }),
  );
  const numbers = lines.map(readouts);
  return {
    node: html(
      "div",
      { class: "xp-legend" },
      html("div", { class: "xp-legend-name" }, sample, html("span", {}, text)),
      ...numbers.map(({ node }) => node),
    ),
    draw: (...texts) => texts.forEach((each, k) => numbers[k].draw(each)),
  };
}

function render({ model, el }) {
  const distances = distancesOf(model);
  const labels = labelsOf(distances);
  const margins = distances.map((d, k) => labels[k] * d);
  const dErr = mean(margins.map((margin) => Math.max(-margin, 0)));
  const dAdv = mean(margins);
  const trained = Math.log10(model.get("norm"));

  const [losses, risks] = [lossChart(margins), riskChart()];
  const norm = slider(model, "log_norm", {
    label: "Norm ‖w‖",
    min: SMALLEST,
    max: LARGEST,
    step: 0.05,
    text: normText,
  });
  const loss = choice(model, "loss", { label: "Loss f", options: NAMES });
  const stops = [
    ["‖w‖ → 0", SMALLEST],
    ["trained", trained],
    ["‖w‖ → ∞", LARGEST],
  ].map(([name, u]) => button(name, () => assign(model, { log_norm: u })));
  const legends = {
    loss: legend("loss", "f(‖w‖ y d)", ["R"]),
    small: legend("small", "α − β‖w‖ y d", ["α − β‖w‖ d_adv"], ["(α − R) / (β‖w‖)", "→ d_adv"]),
    large: legend("large", "‖w‖ max(−y d, 0)", ["‖w‖ d_err"], ["R / ‖w‖", "→ d_err"]),
  };
  const blind = html(
    "div",
    { class: "xp-blind" },
    "The 0-1 loss is blind to the norm: R stays the same.",
  );
  const limits = html("div", { class: "xp-limits" }, legends.small.node, legends.large.node, blind);

  const riskAt = (f, length) => mean(margins.map((margin) => f(length * margin)));
  // The curves of R do not depend on ‖w‖: they wait for another loss.
  let drawn = null;
  function drawRisks(name) {
    if (name === drawn) return;
    drawn = name;
    risks.draw("loss", (length) => riskAt(LOSSES[name], length));
    if (!LIMITS[name]) return;
    const { alpha, beta } = LIMITS[name];
    risks.draw("large", (length) => length * dErr);
    risks.draw("small", (length) => alpha - beta * length * dAdv);
  }

  function drawLimits(length, R, { alpha, beta }) {
    losses.draw("large", (x) => length * Math.max(-x, 0));
    losses.draw("small", (x) => alpha - beta * length * x);
    legends.small.draw(
      { "α − β‖w‖ d_adv": format(alpha - beta * length * dAdv, 3) },
      {
        "(α − R) / (β‖w‖)": format((alpha - R) / (beta * length), 3),
        "→ d_adv": `${format(dAdv, 3)} px`,
      },
    );
    legends.large.draw(
      { "‖w‖ d_err": format(length * dErr, 3) },
      { "R / ‖w‖": format(R / length, 4), "→ d_err": `${format(dErr, 4)} px` },
    );
  }

  function draw() {
    const [u, name] = [model.get("log_norm"), model.get("loss")];
    const [f, length, limit] = [LOSSES[name], 10 ** u, LIMITS[name]];
    const R = riskAt(f, length);
    [norm, loss].forEach((part) => part.draw());
    drawRisks(name);
    risks.point(u, R);
    losses.draw("loss", (x) => f(length * x));
    legends.loss.draw({ R: format(R, 3) });
    el.classList.toggle("xp-no-limits", !limit);
    if (limit) drawLimits(length, R, limit);
  }
  return show(
    { model, el },
    [
      row(losses.node, risks.node),
      row(norm.node, loss.node),
      row(...stops),
      legends.loss.node,
      limits,
    ],
    draw,
  );
}

export default { render };
