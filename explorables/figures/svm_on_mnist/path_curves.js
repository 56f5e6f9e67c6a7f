// What becomes of a pair's SVM as λ falls: θ, d_adv and the errors, in charts to drag on.
import {
  assign,
  chart,
  curve,
  degrees,
  dragArea,
  format,
  html,
  marker,
  percent,
  segment,
  squared,
} from "../../kit/kit.js";
import { nearestIndex } from "../../mathematics/numbers.js";

// Each with what it says of an SVM, its axis, and its curves: a `name` stands at a height `at`.
const CHARTS = [
  {
    describe: ({ theta }) => `Tilting angle against λ: here ${format(degrees(theta), 1)}°`,
    axis: { y: [0, 90], yLabel: "tilt θ (°)", yTicks: [0, 45, 90] },
    lines: [{ kind: "loss", value: ({ theta }) => degrees(theta) }],
  },
  {
    describe: ({ d_adv: d }) => `Mean distance against λ: here ${format(d)} pixels`,
    axis: { y: [0, 4], yLabel: "d (pixels)", yTicks: [0, 2, 4] },
    lines: [{ kind: "loss", value: ({ d_adv: d }) => d }],
  },
  {
    describe: ({ err_train: training, err_test: test }) =>
      `Errors against λ: here ${percent(training, 2)} in training and ${percent(test, 2)} in the ` +
      "test",
    axis: { y: [0, 4.3], yLabel: "error (%)", yTicks: [0, 2, 4], yText: squared },
    lines: [
      { kind: "loss", name: "━ test (√ scale)", at: 3.55, value: (svm) => Math.sqrt(svm.err_test) },
      { kind: "training", name: "╍ training", at: 2.55, value: (svm) => Math.sqrt(svm.err_train) },
    ],
  },
];

function pathChart(model, { describe, axis, lines }) {
  const logLams = model.get("log_lams");
  const [first, last] = [logLams.at(-1), logLams[0]];
  const plot = chart({
    width: 300,
    height: 110,
    label: "",
    x: [first, last],
    xLabel: "log₁₀ λ",
    xTicks: [-6, -4, -2, 0, 2].filter((tick) => tick >= first && tick <= last),
    ...axis,
  });
  const now = plot.add(segment({ kind: "muted" }));
  const parts = lines.map(({ kind, value }) => ({
    value,
    line: plot.add(curve({ kind, name: kind })),
    dot: plot.add(marker({ shape: "disc", kind: "boundary", size: 0.7 })),
  }));
  for (const { name, at } of lines) if (name) plot.label(first, at, name, { dx: 4 });
  plot.add(
    dragArea({
      move: ([u]) => assign(model, { log_lam: logLams[nearestIndex(logLams, u)] }),
    }),
  );
  let shown = null;
  return {
    node: html("div", { class: "xp-path" }, plot.node),
    draw(data, k) {
      const svm = data.models[k];
      now.draw([svm.log_lam, axis.y[0]], [svm.log_lam, axis.y[1]]);
      for (const { line, dot, value } of parts) {
        if (shown !== data) line.draw(data.models.map((each) => [each.log_lam, value(each)]));
        dot.draw([svm.log_lam, value(svm)]);
      }
      shown = data;
      plot.describe(describe(svm));
    },
  };
}

export function pathCurves(model) {
  const charts = CHARTS.map((properties) => pathChart(model, properties));
  return {
    node: html("div", { class: "xp-paths" }, ...charts.map(({ node }) => node)),
    draw: (data, k) => charts.forEach((path) => path.draw(data, k)),
  };
}
