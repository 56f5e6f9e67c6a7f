// The plane of two-layer networks: training points, boundary, and a field of colour behind them.
import { html, plane, segments, spots, svg } from "../../kit/kit.js";
import { colour } from "../../kit/colours.js";
import { fields } from "../../mathematics/local_linear.js";
import { clamp, range } from "../../mathematics/numbers.js";

const STEEPEST = 2; // log10 of the ‖∇s‖ that has full colour; 1 and less has none
const CELL = 2; // pixels of the plot: the side of a cell of the colour field
const DISC = "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z";
const SQUARE = "m-2.7-2.7h5.4v5.4h-5.4z";
const RING = "m-6.5 0a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0z";

// The whole numbers from a number to another.
export const wholeNumbers = ([from, to]) =>
  range(Math.floor(to) - Math.ceil(from) + 1).map((k) => Math.ceil(from) + k);

// The plane that the training points lie in, for a chart with these other properties.
export const trainingPlane = ({ frame: [x, y] }, properties) =>
  plane({ x, y, xTicks: wholeNumbers(x), yTicks: wholeNumbers(y), ...properties });

// Adds the training points, which stand still: discs for class I, squares for class J.
export function addTrainingPoints(plot, { points, labels }) {
  const pointsOf = (label) => points.filter((_, n) => labels[n] === label);
  plot.add(spots({ kind: "spots-i", name: "class I" })).draw(pointsOf(-1), DISC);
  plot.add(spots({ kind: "spots-j", name: "class J" })).draw(pointsOf(1), SQUARE);
}

// Rings round some of them: `draw(points)`.
export const rings = ({ name }) => (plot) => {
  const { node, draw } = spots({ kind: "rings", name })(plot);
  return { node, draw: (points) => draw(points, RING) };
};

// The boundary, `draw(segments)`, with an edge in the page's colour that sets it off from the field.
export const boundaryLine = () => (plot) => {
  const lines = [{ kind: "casing" }, { kind: "boundary", name: "boundary" }].map((options) =>
    segments(options)(plot)
  );
  return {
    node: svg("g", {}, ...lines.map(({ node }) => node)),
    draw: (all) => lines.forEach(({ draw }) => draw(all)),
  };
};

// How steep the network is, how sure of its class, or which class, as colour behind a plot:
// `draw(net, kind, words)`, the words being for those who cannot see it.
export const colourField = () => (plot) => {
  const [columns, rows] = [plot.frame.width, plot.frame.height].map((s) => Math.round(s / CELL));
  const node = html("canvas", { class: "xp-canvas", role: "img", width: columns, height: rows });
  const context = node.getContext("2d");
  const image = context.createImageData(columns, rows);
  const cells = new Uint32Array(image.data.buffer);
  const across = middles(plot.x, columns);
  const up = middles([plot.y[1], plot.y[0]], rows);
  let shown = [];

  function paint(net, kind, colours) {
    const { score, norm } = fields(net, across, up);
    const [steep, i, j] = colours.map(packed);
    const opacity = OPACITY[kind];
    for (let place = 0; place < cells.length; place++) {
      const hue = kind === "steepness" ? steep : score[place] > 0 ? j : i;
      cells[place] = hue | ((255 * opacity(score[place], norm[place])) << 24);
    }
    context.putImageData(image, 0, 0);
  }

  return {
    node,
    layer: "behind",
    draw(net, kind, words) {
      const colours = ["--muted", "--class-i", "--class-j"].map(colour);
      const wanted = [net, kind, ...colours.flat()];
      if (wanted.every((value, n) => value === shown[n])) return; // only a point has moved
      shown = wanted;
      paint(net, kind, colours);
      node.setAttribute("aria-label", words);
    },
  };
};

// The middles of so many cells between two numbers.
const middles = ([from, to], count) =>
  range(count).map((n) => from + ((n + 0.5) / count) * (to - from));

// Red, green and blue as a cell of a canvas holds them; opacity goes into the highest byte.
const packed = ([red, green, blue]) => red | (green << 8) | (blue << 16);

// How dense the colour is. Confidence has none on the boundary, and most where σ(s) is 0 or 1.
const OPACITY = {
  steepness: (_, norm) => 0.85 * clamp(Math.log10(norm) / STEEPEST, 0, 1),
  confidence: (score) => 0.5 * Math.tanh(Math.abs(score) / 2),
  class: () => 0.13,
};
