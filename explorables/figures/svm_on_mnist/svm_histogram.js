// How many training images lie at each distance y d(x), and over them the hinge loss scaled by ‖w‖.
import { bars, count, curve, format, segment, svg, update } from "../../kit/kit.js";
import { range, sum } from "../../mathematics/numbers.js";
import { distanceCharts } from "../shared/margin_histogram.js";

const TALLEST = 18.5; // the square root of a bar's images
const TICKS = 6; // about so many on the axis
const TITLE = "Histogram of the distances y d(x)";

// The least of 1, 2 and 5 times a power of ten that is not below `length`.
function roundStep(length) {
  const power = 10 ** Math.floor(Math.log10(length));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= length);
}

// Ticks of an axis that is measured in a unit, at round numbers of pixels: `draw(unit)`.
const pixelTicks = () => (plot) => {
  const node = svg("g", { class: "xp-ticks", "aria-hidden": "true" });
  const y = plot.frame.y + plot.frame.height + 16;
  const [first, last] = plot.x;
  return {
    node,
    layer: "over",
    draw(unit) {
      const step = roundStep(((last - first) * unit) / TICKS);
      const from = Math.ceil((first * unit) / step);
      const steps = range(Math.floor((last * unit) / step) - from + 1).map((n) => from + n);
      const decimals = Math.max(0, -Math.floor(Math.log10(step)));
      node.replaceChildren(
        ...steps.map((n) =>
          svg(
            "text",
            { x: plot.px((n * step) / unit), y, "text-anchor": "middle" },
            format(n * step, decimals),
          )
        ),
      );
    },
  };
};

// The axis is measured in 1/‖w‖, so that the corner of the hinge keeps its place, or else in
// `largest` pixels where 1/‖w‖ is more. `axis` has the ends of the axis, in that unit, and `largest`.
export function svmHistogram([first, last, largest], height) {
  const [plot, losses] = distanceCharts({
    label: TITLE,
    x: [first, last],
    y: [0, TALLEST],
    height,
    xTicks: [],
    yTicks: [0, 5, 10, 15],
  });
  const ticks = plot.add(pixelTicks());
  // Behind the bars, one of which stands on it.
  const edge = plot.add(segment({ kind: "muted", name: "1/‖w‖" }));
  const parts = ["I", "J"].map((name) =>
    plot.add(bars({ kind: `class-${name.toLowerCase()}`, name: `class ${name}` }))
  );
  const hinge = losses.add(curve({ kind: "loss", name: "hinge loss" }));
  const edgeName = plot.label(0, TALLEST, "1/‖w‖", { kind: "muted", dx: 5, dy: 17 });

  // What is to be said of the counts, where the corner of the hinge stands at `corner`.
  function noteOn(classes, corner, width, images) {
    if (corner >= last) return "The corner of the hinge, 1/‖w‖, is far to the right.";
    const bar = Math.floor((corner - first) / width);
    const piled = sum(classes.map((counts) => counts[bar]));
    const shown = sum(classes.map(sum));
    return `At the corner: ${count(piled)} images; outside: ${count(images - shown)}`;
  }

  return {
    node: plot.node,
    // Draws an SVM, and of the images of each class how many lie in each of the bins; `words` say
    // whose they are. Returns what is to be said under the plot's name.
    draw({ norm }, classes, images, words) {
      const unit = Math.min(1 / norm, largest);
      const corner = 1 / (norm * unit); // where the loss is 0
      const width = (last - first) / classes[0].length;
      parts.forEach((part, c) => part.draw(classes[c], first, width));
      const ends = [first, corner, Math.max(corner, last)];
      hinge.draw(ends.map((u) => [u, Math.max(1 - u / corner, 0)]));
      edge.draw([corner, 0], [corner, TALLEST]);
      edgeName.draw([corner, TALLEST]);
      edgeName.show(corner < last);
      ticks.draw(unit);
      update(plot.drawing, { "data-x": `${first * unit} ${last * unit}` });
      plot.describe(
        `${TITLE}: ${words}. The hinge loss falls to 0 at 1/‖w‖ = ${format(1 / norm, 3)} pixels.`,
      );
      return noteOn(classes, corner, width, images);
    },
  };
}
