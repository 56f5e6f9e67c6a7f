// What becomes of networks as a setting of their training grows: measures of them against it.
import { chart, curve, marker, segment, squared } from "../../kit/kit.js";

const LINE_OF_TEXT = 15; // pixels

// Errors in per cent, whose square roots are drawn: up to 52 %.
export const ERRORS = {
  y: [0, 7.2],
  yLabel: "error (%, √ scale)",
  yTicks: [0, 1, 2, 3, 5, 7],
  yText: squared,
  lines: [
    { measure: "err_test", kind: "own", value: Math.sqrt, name: "test error", text: "━ test" },
    {
      measure: "err_train",
      kind: "training",
      value: Math.sqrt,
      name: "training error",
      text: "╍ training",
    },
  ],
};

// Measures of networks at their places on the x-axis: `curves[measure]` has a row for each seed, of
// which the first is drawn thick and, where a line's kind is "own", the others thin. `draw(k)` marks
// network number k.
export function sweepChart({ places, curves }, { lines, ...axes }) {
  const plot = chart({ x: [places[0], places.at(-1)], ...axes });
  const now = plot.add(segment({ kind: "muted" }));
  const drawDots = lines.map((line) => sweepLine(plot, places, curves[line.measure], line));
  lines.forEach(({ text }, row) => {
    if (text) plot.label(places[0], axes.y[1], text, { dx: 6, dy: LINE_OF_TEXT * (row + 1) });
  });
  return {
    node: plot.node,
    draw(k) {
      now.draw([places[k], axes.y[0]], [places[k], axes.y[1]]);
      drawDots.forEach((draw) => draw(k));
    },
  };
}

// Adds a line with a dot on it, and returns what draws the dot.
function sweepLine(plot, places, rows, { kind, value, name }) {
  const [first, ...others] = rows.map((row) => row.map((each, k) => [places[k], value(each)]));
  if (kind === "own") {
    others.forEach((points) =>
      plot.add(curve({ kind: "family", name: `${name}, other seeds` })).draw(points)
    );
  }
  plot.add(curve({ kind, name })).draw(first);
  const dot = plot.add(marker({ shape: "disc", kind: "boundary", size: 0.7 }));
  return (k) => dot.draw(first[k]);
}
