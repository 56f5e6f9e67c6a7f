// What becomes of proofs, distances and errors as c grows.
import { format, html, squared } from "../../kit/kit.js";
import { range } from "../../mathematics/numbers.js";
import { ERRORS, sweepChart } from "../shared/sweep_chart.js";

const FARTHEST = 2; // the square root of the largest distance shown

const DISTANCES = {
  y: [0, FARTHEST],
  yLabel: "median (√ scale)",
  yTicks: [0, 0.5, 1, 1.5, 2],
  yText: (root) => (root % 1 ? format(root ** 2, 2) : squared(root)),
  lines: [
    {
      measure: "median_distance",
      kind: "own",
      value: (distance) => Math.min(Math.sqrt(distance ?? Infinity), FARTHEST),
      name: "true distance",
      text: "━ true distance",
    },
    {
      measure: "median_certified",
      kind: "guarded",
      value: Math.sqrt,
      name: "certified radius",
      text: "╍ certified radius",
    },
  ],
};

export function certifiedCharts({ cs, summary }) {
  const places = range(cs.length);
  const curves = Object.fromEntries(
    Object.entries(summary).map(([name, values]) => [name, [values]]),
  );
  const axis = {
    width: 320,
    height: 160,
    right: 12,
    xLabel: "c, in units of the plane",
    xTicks: places,
    xText: (k) => String(cs[k]),
  };
  const charts = [
    {
      label: "Medians of the certified radius and of the distance from the boundary, against c",
      ...DISTANCES,
    },
    { label: "Training error and test error against c", ...ERRORS },
  ].map((each) => sweepChart({ places, curves }, { ...axis, ...each }));
  const halves = charts.map(({ node }) => html("div", { class: "xp-half" }, node));
  return {
    node: html("div", { class: "xp-row" }, ...halves),
    draw: (k) => charts.forEach((each) => each.draw(k)),
  };
}
