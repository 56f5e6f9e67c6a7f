// From score to penalty: 6,000 images, and one more that the reader moves, in three steps.
import {
  assign,
  bars,
  chart,
  choice,
  count,
  counted,
  format,
  handle,
  html,
  marker,
  percent,
  readouts,
  segment,
  show,
  squared,
} from "../../kit/kit.js";
import { LOSSES, NAMES } from "../../mathematics/losses.js";
import { clamp, mean } from "../../mathematics/numbers.js";
import { digitDistances } from "./digit_distances.js";

const CLASSES = [[-1, "I (3s)"], [1, "J (8s)"]];
// The axes of the panels: the width of a bar, and ticks, upwards at square roots of counts.
const SCORES = { range: [-10, 10], bin: 0.25, ticks: [-10, -5, 0, 5, 10], roots: [0, 5, 10, 20] };
const PENALTIES = {
  range: [-0.4, 11],
  bin: 0.2,
  ticks: [0, 2, 4, 6, 8, 10],
  roots: [0, 10, 20, 30],
};
const LEVEL = 0.5; // of the image x in each panel, as a share of its height

// What stands in the upper corners of a panel, and in the third one below that, in pixels.
const LEFT = { dx: 8, dy: 20 };
const RIGHT = { dx: -8, dy: 20, anchor: "end" };
const BELOW = { dx: 8, dy: 36 };

// A chart for histograms along an axis.
const panel = (label, { range, ticks, roots }) =>
  chart({
    label: `Histogram of the ${label}`,
    x: range,
    y: [0, roots.at(-1)],
    width: 316,
    height: 164,
    xLabel: label,
    yLabel: "images (√ scale)",
    xTicks: ticks,
    yTicks: roots,
    yText: squared,
  });

// Bars of one kind: `draw(values)`.
function histogram(plot, { range: [from, to], bin }, options) {
  const part = plot.add(bars(options));
  const bins = Math.round((to - from) / bin);
  return (values) => part.draw(counted(values, from, bin, bins), from, bin);
}

// A line over the whole height of a panel: `draw(x)`.
function upright(plot, options) {
  const line = plot.add(segment(options));
  return (x) => line.draw([x, 0], [x, plot.y[1]]);
}

const levelOf = (plot) => LEVEL * plot.y[1];

// The image x on a needle, as the mark that `look` makes: `draw(x)`.
function imageOn(plot, look = marker({ shape: "disc", kind: "boundary", text: "x" })) {
  const needle = plot.add(segment({ kind: "needle", layer: "over" }));
  const point = plot.add(look);
  return (x) => {
    needle.draw([x, 0], [x, levelOf(plot)]);
    point.draw([x, levelOf(plot)]);
  };
}

// The raw scores of both classes: `draw(s)` draws that of the image x, which a reader can drag.
function scorePanel(model, scores, labels) {
  const plot = panel("raw score s(x)", SCORES);
  const ofClass = (y) => scores.filter((_, k) => labels[k] === y);
  histogram(plot, SCORES, { kind: "class-i", name: "class I" })(ofClass(-1));
  histogram(plot, SCORES, { kind: "class-j", name: "class J" })(ofClass(1));
  upright(plot, { kind: "muted" })(0);
  plot.label(plot.x[0], plot.y[1], "I, the 3s", { kind: "i", ...LEFT });
  plot.label(plot.x[1], plot.y[1], "J, the 8s", { kind: "j", ...RIGHT });
  const [least, largest, step] = model.get("ranges").score;
  const image = handle({
    label: "Score of the image x",
    shape: "disc",
    kind: "boundary",
    text: "x",
    step,
    get: () => [model.get("score"), levelOf(plot)],
    move: ([s]) => assign(model, { score: clamp(s, least, largest) }),
    spoken: () => `s(x) = ${format(model.get("score"))}`,
  });
  return { node: plot.node, draw: imageOn(plot, image) };
}

// The margins of the images that are classified right and wrong: `draw(z)` the one of x.
function marginPanel(right, wrong) {
  const plot = panel("margin y s(x)", SCORES);
  histogram(plot, SCORES, { kind: "correct", name: "correct" })(right);
  histogram(plot, SCORES, { kind: "adversarial", name: "misclassified" })(wrong);
  upright(plot, { kind: "muted" })(0);
  plot.label(plot.x[0], plot.y[1], `${wrong.length} misclassified`, {
    kind: "adversarial",
    ...LEFT,
  });
  plot.label(plot.x[1], plot.y[1], "correct", { kind: "muted", ...RIGHT });
  return { node: plot.node, draw: imageOn(plot) };
}

// Their penalties: `draw(right, wrong, R)`, with the mean penalty R, and `place(penalty)` of x.
function penaltyPanel() {
  const plot = panel("penalty f(y s(x))", PENALTIES);
  const drawRight = histogram(plot, PENALTIES, { kind: "correct", name: "correct" });
  const drawWrong = histogram(plot, PENALTIES, { kind: "adversarial", name: "misclassified" });
  const drawMean = upright(plot, { kind: "boundary", name: "mean penalty" });
  const cutOff = plot.label(PENALTIES.bin, plot.y[1], "", { kind: "muted", ...LEFT });
  const meanName = plot.label(0, plot.y[1], "mean penalty R", BELOW);
  const wrongName = plot.label(0, 0, "misclassified", { kind: "adversarial", dx: 8, dy: -12 });
  return {
    node: plot.node,
    draw(right, wrong, R) {
      drawRight(right);
      drawWrong(wrong);
      drawMean(R);
      meanName.draw([R, plot.y[1]]);
      wrongName.draw([Math.max(0, ...wrong), 0]);
      // The first bar is too tall for the panel.
      cutOff.write(`↑ ${count(right.filter((value) => value < PENALTIES.bin).length)} images`);
    },
    place: imageOn(plot),
  };
}

// A panel, its heading, and what is said beside it.
const step = (name, plot, ...parts) =>
  html(
    "div",
    { class: "xp-step" },
    html("div", { class: "xp-name" }, name),
    plot.node,
    html("div", { class: "xp-said" }, ...parts.map((part) => part.node || part)),
  );

// What is said of the image x in each of the steps.
const notesOf = (s, y, penalty) => [
  `s(x) = ${format(s)}, so the classifier says ${s > 0 ? "J" : "I"}`,
  `y = ${y < 0 ? "−1" : "+1"}, so y s(x) = ${format(y * s)}: ` +
  (y * s > 0 ? "correct" : "misclassified"),
  `the penalty of x is f(${format(y * s)}) = ${format(penalty)}`,
];

function render({ model, el }) {
  const { distances, labels } = digitDistances(model);
  const scores = distances.map((d) => d * model.get("norm"));
  const margins = scores.map((s, k) => labels[k] * s);
  const right = margins.filter((z) => z > 0);
  const wrong = margins.filter((z) => z <= 0);

  const first = scorePanel(model, scores, labels);
  const second = marginPanel(right, wrong);
  const third = penaltyPanel();
  const label = choice(model, "y", { label: "x is of class", options: CLASSES });
  const loss = choice(model, "loss", { label: "Loss f", options: NAMES });
  const notes = [1, 2, 3].map(() => html("div", { class: "xp-note" }));
  const [errors, penalty] = [readouts(["error rate"]), readouts(["mean penalty R"])];
  errors.draw({ "error rate": percent((100 * wrong.length) / margins.length, 2) });

  function draw() {
    const [s, y] = [model.get("score"), model.get("y")];
    const f = LOSSES[model.get("loss")];
    const R = mean(margins.map(f));
    third.draw(right.map(f), wrong.map(f), R);
    first.draw(s);
    second.draw(y * s);
    third.place(f(y * s));
    [label, loss].forEach((part) => part.draw());
    notesOf(s, y, f(y * s)).forEach((text, k) => (notes[k].textContent = text));
    penalty.draw({ "mean penalty R": format(R, 3) });
  }
  const steps = [
    step("1. The score", first, label, notes[0]),
    step("2. The margin", second, notes[1], errors),
    step("3. The penalty", third, loss, notes[2], penalty),
  ];
  return show({ model, el }, steps, draw);
}

export default { render };
