// What becomes of two-layer networks as λ grows: how steep they are, and how often they err.
import { html, powerOfTen } from "../../kit/kit.js";
import { wholeNumbers } from "../shared/network_plane.js";
import { ERRORS, sweepChart } from "../shared/sweep_chart.js";

const FLATTEST = -1; // log10 of the median ‖∇s‖ at the foot of its chart

const STEEPNESS = {
  y: [FLATTEST, 2],
  yLabel: "median ‖∇s‖",
  yTicks: [-1, 0, 1, 2],
  yText: powerOfTen,
  lines: [
    {
      measure: "norm_gradient_median",
      kind: "own",
      value: (norm) => Math.max(Math.log10(norm), FLATTEST),
      name: "median ‖∇s‖",
    },
  ],
};

export function lambdaCharts({ logLams, curves }) {
  const lambda = {
    width: 244,
    height: 148,
    xLabel: "λ (log scale)",
    xTicks: wholeNumbers([logLams[0], logLams.at(-1)]).filter((tick) => tick % 2 === 0),
    xText: powerOfTen,
  };
  const charts = [
    {
      label: "The median of ‖∇s‖ over the training points against λ, for all seeds",
      ...STEEPNESS,
    },
    {
      label: "Test error against λ for all seeds, and training error for the network that is drawn",
      ...ERRORS,
    },
  ].map((each) => sweepChart({ places: logLams, curves }, { ...lambda, ...each }));
  return {
    node: html("div", { class: "xp-lambda" }, ...charts.map(({ node }) => node)),
    draw: (k) => charts.forEach((each) => each.draw(k)),
  };
}
