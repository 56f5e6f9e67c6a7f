// The distances y d(x) of a pair's images, and over them the hinge loss scaled by ‖w‖.
import {
  chart, counted, curve, format, histogram, rightAxis, segment, square, svg,
} from "../../kit/common.js";

const [NEAREST, FARTHEST] = [-3, 9]; // pixels
const BIN = 0.1;
const TALLEST = 40; // the square root of a bar's images
const BINS = Math.round((FARTHEST - NEAREST) / BIN);

// A chart for a histogram of distances, and the same with an axis for losses.
export function distanceCharts(properties) {
  const images = chart({
    right: 44,
    xLabel: "y d(x), pixels",
    yLabel: "images (√ scale)",
    yText: square,
    ...properties,
  });
  const losses = rightAxis(images, {
    y: [0, 4],
    yLabel: "loss of an image",
    yTicks: [0, 1, 2, 3, 4],
  });
  return [images, losses];
}

export function marginHistogram(height) {
  const [plot, losses] = distanceCharts({
    label: "Histogram of the distances y d(x)",
    x: [NEAREST, FARTHEST],
    y: [0, TALLEST],
    height,
    xTicks: [-2, 0, 2, 4, 6, 8],
    yTicks: [0, 10, 20, 30, 40],
  });
  const bars = [histogram(plot, "class-i"), histogram(plot, "class-j")];
  const hinge = curve(losses, "loss");
  const margin = segment(plot, "muted");
  const name = svg("text", { y: plot.py(37), class: "xp-label xp-text-muted" }, "1/‖w‖");
  plot.content.append(...bars.map(({ node }) => node), margin.node, hinge.node, name);
  return {
    node: plot.node,
    draw({ norm }, distances, words) {
      const half = distances.length / 2;
      [distances.slice(0, half).map((d) => -d), distances.slice(half)].forEach((margins, c) => {
        const inside = margins.filter((z) => z >= NEAREST && z < FARTHEST);
        bars[c].draw(counted(inside, NEAREST, BIN, BINS), NEAREST, BIN);
      });
      const far = 1 / norm;
      const loss = (d) => Math.max(1 - norm * d, 0);
      hinge.draw([NEAREST, far, Math.max(far, FARTHEST)].map((d) => [d, loss(d)]));
      margin.draw([far, 0], [far, TALLEST]);
      name.setAttribute("x", plot.px(far) + 5);
      const label = `Histogram of the distances y d(x): ${words}. The hinge loss falls to 0 at `;
      plot.node.setAttribute("aria-label", `${label}1/‖w‖ = ${format(far)} pixels.`);
    },
  };
}
