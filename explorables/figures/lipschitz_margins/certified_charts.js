// What becomes of proofs, distances and errors as c grows.
import { format, html, square } from "../../kit/common.js";
import { sweepChart } from "../shared/lambda_charts.js";

const FARTHEST = 2; // the square root of the largest distance shown

export function certifiedCharts({ cs, summary }) {
  const places = cs.map((_, k) => k);
  const curves = Object.fromEntries(
    Object.entries(summary).map(([name, values]) => [name, [values]]),
  );
  const root = (value) => Math.sqrt(value ?? Infinity);
  const charts = [
    {
      label: "Medians of the certified radius and of the distance from the boundary, against c",
      y: [0, FARTHEST],
      yLabel: "median (√ scale)",
      yTicks: [0, 0.5, 1, 1.5, 2],
      yText: (each) => (each % 1 ? format(each ** 2, 2) : square(each)),
      lines: [
        {
          name: "median_distance",
          kind: "own",
          value: (distance) => Math.min(root(distance), FARTHEST),
          text: "━ true distance",
          at: [0.1, 1.7],
        },
        {
          name: "median_certified",
          kind: "guarded",
          value: root,
          text: "╍ certified radius",
          at: [0.1, 1.4],
        },
      ],
    },
    {
      label: "Training error and test error against c",
      y: [0, 7.2],
      yLabel: "error (%, √ scale)",
      yTicks: [0, 1, 2, 3, 5, 7],
      yText: square,
      lines: [
        { name: "err_train", kind: "training", value: root, text: "╍ training", at: [0.1, 5.2] },
        { name: "err_test", kind: "own", value: root, text: "━ test", at: [0.1, 6.2] },
      ],
    },
  ].map((each) =>
    sweepChart(
      { places, curves },
      {
        width: 320,
        height: 160,
        right: 12,
        xLabel: "c, in units of the plane",
        xTicks: places,
        xText: (k) => String(cs[k]),
        ...each,
      },
    ),
  );
  const halves = charts.map(({ node }) => html("div", { class: "xp-half" }, node));
  return {
    node: html("div", { class: "xp-row" }, ...halves),
    draw: (k) => charts.forEach((each) => each.draw(k)),
  };
}
