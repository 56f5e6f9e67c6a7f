// What becomes of two-layer networks as λ grows: how steep they are, and how often they err.
import { chart, curve, html, marker, powerOfTen, segment, square, svg } from "./common.js";

const FLATTEST = -1; // log10 of the median ‖∇s‖ at the foot of its chart

// A measure of all networks against λ, the seeds thin and the one that is drawn thick.
function lambdaChart(data, { label, lines, ...axis }) {
  const [first, last] = [data.logLams[0], data.logLams.at(-1)];
  const plot = chart({
    label,
    width: 244,
    height: 148,
    x: [first, last],
    xLabel: "λ (log scale)",
    xTicks: [-6, -4, -2],
    xText: powerOfTen,
    ...axis,
  });
  const now = segment(plot, "muted");
  plot.content.append(now.node);
  const dots = lines.map(({ name, kind, value }) => {
    const [drawn, ...others] = data.curves[name].map((values) => values.map(value));
    const through = (values, look) => {
      const each = curve(plot, look);
      each.draw(values.map((y, k) => [data.logLams[k], y]));
      return each.node;
    };
    if (kind === "own") plot.content.append(...others.map((values) => through(values, "family")));
    plot.content.append(through(drawn, kind));
    const dot = marker(plot, { shape: "disc", kind: "boundary", size: 0.7 });
    plot.over.append(dot.node);
    return (k) => dot.draw([data.logLams[k], drawn[k]]);
  });
  lines.filter(({ text }) => text).forEach(({ text, at: [u, v] }) =>
    plot.over.append(svg("text", { x: plot.px(u), y: plot.py(v), class: "xp-label" }, text)),
  );
  return {
    node: plot.node,
    draw(k) {
      now.draw([data.logLams[k], axis.y[0]], [data.logLams[k], axis.y[1]]);
      dots.forEach((draw) => draw(k));
    },
  };
}

export function lambdaCharts(data) {
  const root = Math.sqrt;
  const charts = [
    {
      label: "The median of ‖∇s‖ over the training points against λ, for all seeds",
      y: [FLATTEST, 2],
      yLabel: "median ‖∇s‖",
      yTicks: [-1, 0, 1, 2],
      yText: powerOfTen,
      lines: [
        {
          name: "norm_gradient_median",
          kind: "own",
          value: (norm) => Math.max(Math.log10(norm), FLATTEST),
        },
      ],
    },
    {
      label: "Test error against λ for all seeds, and training error for the network that is drawn",
      y: [0, 7.2],
      yLabel: "error (%, √ scale)",
      yTicks: [0, 1, 2, 3, 5, 7],
      yText: square,
      lines: [
        { name: "err_train", kind: "training", value: root, text: "╍ training", at: [-5.8, 5.2] },
        { name: "err_test", kind: "own", value: root, text: "━ test", at: [-5.8, 6.2] },
      ],
    },
  ].map((each) => lambdaChart(data, each));
  return {
    node: html("div", { class: "xp-lambda" }, ...charts.map(({ node }) => node)),
    draw: (k) => charts.forEach((each) => each.draw(k)),
  };
}
