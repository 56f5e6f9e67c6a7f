// The distances y d(x) of a pair's images, and over them the hinge loss scaled by ‖w‖.
import { bars, chart, counted, curve, format, rightAxis, segment, squared } from "../../kit/kit.js";

const [NEAREST, FARTHEST] = [-3, 9]; // pixels
const BIN = 0.1;
const BINS = Math.round((FARTHEST - NEAREST) / BIN);
const TALLEST = 40; // the square root of a bar's images

// A chart for a histogram of distances, and the same with an axis for losses.
export function distanceCharts(properties) {
  const images = chart({
    right: 44,
    xLabel: "y d(x), pixels",
    yLabel: "images (√ scale)",
    yText: squared,
    ...properties,
  });
  const losses = rightAxis(images, {
    y: [0, 4],
    yLabel: "loss of an image",
    yTicks: [0, 1, 2, 3, 4],
  });
  return [images, losses];
}

// `draw(svm, distances, words)`: the signed distances d(x) in pixels, those of class I first, then
// as many of class J; `words` say whose they are.
export function marginHistogram(height) {
  const title = "Histogram of the distances y d(x)";
  const [plot, losses] = distanceCharts({
    label: title,
    x: [NEAREST, FARTHEST],
    y: [0, TALLEST],
    height,
    xTicks: [-2, 0, 2, 4, 6, 8],
    yTicks: [0, 10, 20, 30, 40],
  });
  const classI = plot.add(bars({ kind: "class-i", name: "class I" }));
  const classJ = plot.add(bars({ kind: "class-j", name: "class J" }));
  const edge = plot.add(segment({ kind: "muted", name: "1/‖w‖" }));
  const hinge = losses.add(curve({ kind: "loss", name: "hinge loss" }));
  const edgeName = plot.label(0, TALLEST, "1/‖w‖", { kind: "muted", dx: 5, dy: 17 });

  function drawBars(part, margins) {
    const inside = margins.filter((z) => z >= NEAREST && z < FARTHEST);
    part.draw(counted(inside, NEAREST, BIN, BINS), NEAREST, BIN);
  }

  return {
    node: plot.node,
    draw({ norm }, distances, words) {
      const half = distances.length / 2;
      drawBars(classI, distances.slice(0, half).map((d) => -d));
      drawBars(classJ, distances.slice(half));
      const end = 1 / norm; // where the loss is 0
      const loss = (d) => Math.max(1 - norm * d, 0);
      hinge.draw([NEAREST, end, Math.max(end, FARTHEST)].map((d) => [d, loss(d)]));
      edge.draw([end, 0], [end, TALLEST]);
      edgeName.draw([end, TALLEST]);
      edgeName.show(end < FARTHEST);
      plot.describe(
        `${title}: ${words}. The hinge loss falls to 0 at 1/‖w‖ = ${format(end)} pixels.`,
      );
    },
  };
}
