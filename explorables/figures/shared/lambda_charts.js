// What becomes of two-layer networks as λ grows: how steep they are, and how often they err.
import { chart, curve, html, marker, powerOfTen, segment, square, svg } from "../../kit/common.js";

const FLATTEST = -1; // log10 of the median ‖∇s‖ at the foot of its chart

// Measures of networks at their places on the x-axis: `curves[name]` has a row for each seed, of
// which the first is drawn thick and, where a line's kind is "own", the others thin.
export function sweepChart({ places, curves }, { lines, ...axes }) {
  const plot = chart({ x: [places[0], places.at(-1)], ...axes });
  const now = segment(plot, "muted");
  plot.content.append(now.node);
  const dots = lines.map(({ name, kind, value }) => {
    const [drawn, ...others] = curves[name].map((values) => values.map(value));
    const through = (values, look) => {
      const each = curve(plot, look);
      each.draw(values.map((y, k) => [places[k], y]));
      return each.node;
    };
    if (kind === "own") plot.content.append(...others.map((values) => through(values, "family")));
    plot.content.append(through(drawn, kind));
    const dot = marker(plot, { shape: "disc", kind: "boundary", size: 0.7 });
    plot.over.append(dot.node);
    return (k) => dot.draw([places[k], drawn[k]]);
  });
  lines.filter(({ text }) => text).forEach(({ text, at: [u, v] }) =>
    plot.over.append(svg("text", { x: plot.px(u), y: plot.py(v), class: "xp-label" }, text)),
  );
  return {
    node: plot.node,
    draw(k) {
      now.draw([places[k], axes.y[0]], [places[k], axes.y[1]]);
      dots.forEach((draw) => draw(k));
    },
  };
}

export function lambdaCharts({ logLams, curves }) {
  const root = Math.sqrt;
  const lambda = {
    width: 244,
    height: 148,
    xLabel: "λ (log scale)",
    xTicks: [-6, -4, -2],
    xText: powerOfTen,
  };
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
  ].map((each) => sweepChart({ places: logLams, curves }, { ...lambda, ...each }));
  return {
    node: html("div", { class: "xp-lambda" }, ...charts.map(({ node }) => node)),
    draw: (k) => charts.forEach((each) => each.draw(k)),
  };
}
