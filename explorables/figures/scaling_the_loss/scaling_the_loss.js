// Scaling the loss: the boundary stays, and the length of the weights stretches the loss.
import {
  assign,
  bars,
  button,
  chart,
  choice,
  controlBar,
  counted,
  curve,
  format,
  html,
  lineEntry,
  marker,
  readouts,
  row,
  segment,
  show,
  slider,
} from "../../kit/kit.js";
import { LIMITS, LOSSES, NAMES } from "../../mathematics/losses.js";
import { linspace, mean } from "../../mathematics/numbers.js";
import { distanceCharts } from "../shared/margin_histogram.js";
import { digitDistances } from "./digit_distances.js";

const SIZE = { width: 316, height: 286 }; // of a plot, in pixels
const [NEAREST, FARTHEST] = [-1.5, 3]; // of y d(x), pixels
const BIN = 0.05;
const ERRORS_NAME = [-1.42, 6]; // where it stands: above the bars of its images
const CORRECT_NAME = [1.75, 11.5];
const LIMIT_NAMES_AT = { small: -0.1, large: 0.45 }; // log10 of the ‖w‖ beside which they stand

const normText = (u) => (10 ** u).toPrecision(3);
const powerText = (u) => String(10 ** u);
const log = (value) => Math.log10(Math.max(value, 1e-9));

// The margins y d(x) of the images in pixels, and their means d_err and d_adv.
function marginsOf(model) {
  const { distances, labels } = digitDistances(model);
  const margins = distances.map((d, k) => labels[k] * d);
  return { margins, dErr: mean(margins.map((z) => Math.max(-z, 0))), dAdv: mean(margins) };
}

// For weights of this length, the loss of an image as a function of its margin, and what it tends
// to for `small` and `large` lengths. The 0-1 loss has no limits.
function lossesOf(name, length) {
  const f = LOSSES[name];
  const loss = (z) => f(length * z);
  if (!LIMITS[name]) return { loss };
  const { alpha, beta } = LIMITS[name];
  return { loss, small: (z) => alpha - beta * length * z, large: (z) => length * Math.max(-z, 0) };
}

// The means of these over all images, as functions of the length.
function risksOf(name, { margins, dErr, dAdv }) {
  const loss = (length) => mean(margins.map(lossesOf(name, length).loss));
  if (!LIMITS[name]) return { loss };
  const { alpha, beta } = LIMITS[name];
  return {
    loss,
    small: (length) => alpha - beta * length * dAdv,
    large: (length) => length * dErr,
  };
}

// The curves of the loss and of its limits in a plot, over the places `xs`: `draw(functions)`.
function lossCurves(plot, xs) {
  const kinds = ["loss", "large", "small"];
  const parts = kinds.map((kind) => plot.add(curve({ kind, name: kind })));
  return (functions) =>
    kinds.forEach((kind, k) => {
      const f = functions[kind];
      parts[k].show(f);
      if (f) parts[k].draw(xs.map((x) => [x, f(x)]));
    });
}

// The histogram of the margins, and over it the losses: `draw(losses)`.
function lossChart(margins) {
  const [plot, losses] = distanceCharts({
    ...SIZE,
    label: "Histogram of the distances y d(x), and the loss of an image at each distance",
    x: [NEAREST, FARTHEST],
    y: [0, 20],
    xTicks: [-1, 0, 1, 2, 3],
    yTicks: [0, 5, 10, 15, 20],
  });
  const bins = Math.round((FARTHEST - NEAREST) / BIN);
  const histogram = (kind, name, values) =>
    plot.add(bars({ kind, name })).draw(counted(values, NEAREST, BIN, bins), NEAREST, BIN);
  histogram("correct", "correct", margins.filter((z) => z > 0));
  histogram("adversarial", "errors", margins.filter((z) => z <= 0));
  plot.label(...ERRORS_NAME, "errors", { kind: "adversarial" });
  plot.label(...CORRECT_NAME, "correct", { kind: "muted" });
  return { node: plot.node, draw: lossCurves(losses, linspace(NEAREST, FARTHEST, 451)) };
}

// The mean loss against ‖w‖, both on a log scale: `draw(name)` the curves for another loss, and
// `place(u, R)` the point where the reader is.
function riskChart(model, data) {
  const [least, largest] = model.get("ranges").log_norm;
  const plot = chart({
    ...SIZE,
    label: "The mean loss R against the norm of the weights, with its limits",
    x: [least, largest],
    y: [-2.5, 0.25],
    xLabel: "norm ‖w‖ (log scale)",
    yLabel: "mean loss (log scale)",
    xTicks: [-1, 0, 1],
    yTicks: [-2, -1, 0],
    xText: powerText,
    yText: powerText,
  });
  const now = plot.add(segment({ kind: "muted" }));
  const drawCurves = lossCurves(plot, linspace(least, largest, 151));
  const names = {
    small: plot.label(0, 0, "α − β‖w‖ d_adv", { kind: "i", anchor: "end", dx: -14, dy: 20 }),
    large: plot.label(0, 0, "‖w‖ d_err", { kind: "adversarial", dx: 16, dy: 14 }),
  };
  const here = plot.add(marker({ shape: "disc", kind: "boundary", text: "R" }));
  const isInPlot = (height) => height >= plot.y[0] && height <= plot.y[1];
  let drawn = null; // the curves do not depend on ‖w‖: they wait for another loss

  return {
    node: plot.node,
    draw(name) {
      if (name === drawn) return;
      drawn = name;
      const risks = Object.entries(risksOf(name, data));
      const onLogScale = Object.fromEntries(
        risks.map(([kind, R]) => [kind, (u) => log(R(10 ** u))]),
      );
      drawCurves(onLogScale);
      for (const [kind, label] of Object.entries(names)) {
        const [u, risk] = [LIMIT_NAMES_AT[kind], onLogScale[kind]];
        const isShown = Boolean(risk) && isInPlot(risk(u));
        label.show(isShown);
        if (isShown) label.draw([u, risk(u)]);
      }
    },
    place(u, R) {
      now.draw([u, plot.y[0]], [u, plot.y[1]]);
      here.draw([u, log(R)]);
      here.show(isInPlot(log(R)));
    },
  };
}

// Part of the legend: how a curve looks, the loss it is, and the numbers it comes down to.
function legend(kind, text, ...lines) {
  const numbers = lines.map(readouts);
  const nodes = [lineEntry(kind, text, 34), ...numbers.map(({ node }) => node)];
  return {
    node: html("div", { class: "xp-legend" }, ...nodes),
    draw: (...texts) => texts.forEach((text, k) => numbers[k].draw(text)),
  };
}

// The legend of the limits, or where there are none the reason: `draw(length, R, name)`.
function limitLegend({ dErr, dAdv }) {
  const small = legend(
    "small",
    "α − β‖w‖ y d",
    ["α − β‖w‖ d_adv"],
    ["(α − R) / (β‖w‖)", "→ d_adv"],
  );
  const large = legend("large", "‖w‖ max(−y d, 0)", ["‖w‖ d_err"], ["R / ‖w‖", "→ d_err"]);
  const words = "The 0-1 loss is blind to the norm: R stays the same.";
  const blind = html("div", { class: "xp-blind" }, words);
  const node = html("div", { class: "xp-limits" }, small.node, large.node, blind);
  return {
    node,
    draw(length, R, name) {
      node.classList.toggle("xp-no-limits", !LIMITS[name]);
      if (!LIMITS[name]) return;
      const { alpha, beta } = LIMITS[name];
      small.draw(
        { "α − β‖w‖ d_adv": format(alpha - beta * length * dAdv, 3) },
        {
          "(α − R) / (β‖w‖)": format((alpha - R) / (beta * length), 3),
          "→ d_adv": `${format(dAdv, 3)} px`,
        },
      );
      large.draw(
        { "‖w‖ d_err": format(length * dErr, 3) },
        { "R / ‖w‖": format(R / length, 4), "→ d_err": `${format(dErr, 4)} px` },
      );
    },
  };
}

function render({ model, el }) {
  const data = marginsOf(model);
  const [losses, risks] = [lossChart(data.margins), riskChart(model, data)];
  const norm = slider(model, "log_norm", { label: "Norm ‖w‖", text: normText });
  const loss = choice(model, "loss", { label: "Loss f", options: NAMES });
  const [least, largest] = model.get("ranges").log_norm;
  const stops = [
    ["‖w‖ → 0", least],
    ["trained", Math.log10(model.get("norm"))],
    ["‖w‖ → ∞", largest],
  ].map(([name, u]) => button(name, () => assign(model, { log_norm: u })));
  const risk = legend("loss", "f(‖w‖ y d)", ["R"]);
  const limits = limitLegend(data);

  function draw() {
    const [u, name] = [model.get("log_norm"), model.get("loss")];
    const length = 10 ** u;
    const R = risksOf(name, data).loss(length);
    [norm, loss].forEach((part) => part.draw());
    losses.draw(lossesOf(name, length));
    risks.draw(name);
    risks.place(u, R);
    risk.draw({ R: format(R, 3) });
    limits.draw(length, R, name);
  }
  const plots = row(losses.node, risks.node);
  const controls = [controlBar(norm.node, row(...stops)), row(loss.node)];
  return show({ model, el }, [plots, ...controls, risk.node, limits.node], draw);
}

export default { render };
