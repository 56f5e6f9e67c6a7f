// A chart for a histogram of distances, with the loss of an image over it.
import { chart, rightAxis, squared } from "../../kit/kit.js";

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
