// A network in the plane: its boundary and steepness, the training points, and what x sees of it.
import {
  assign, behind, clamp, colour, handle, html, marker, pair, plane, segment, svg, visible,
} from "../../kit/common.js";
import { fields } from "../../mathematics/local_linear.js";

const STEEPEST = 2; // log10 of the ‖∇s‖ that has full colour; 1 and less has none
const CELL = 2; // pixels of the plot: the side of a cell of the colour field
const SPOTS = { i: "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z", j: "m-2.7-2.7h5.4v5.4h-5.4z" };
const RING = "m-6.5 0a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0z";

// A shape at each of the points, as the text of one path.
const shapesAt = (plot, points, shape) =>
  Array.from(points, ([x1, x2]) => `M${plot.px(x1)} ${plot.py(x2)}${shape}`).join("");

// The plane that the training points lie in, for a chart with these other properties.
export const trainingPlane = ({ frame: [x, y] }, properties) =>
  plane({ x, y, xTicks: [-1, 0, 1, 2], yTicks: [-1, 0, 1], ...properties });

// The training points, which stand still: discs for class I, squares for class J.
export function trainingPoints(plot, { points, labels }) {
  const of = (label) => points.filter((_, n) => labels[n] === label);
  return [
    svg("path", { class: "xp-spots xp-spots-i", d: shapesAt(plot, of(-1), SPOTS.i) }),
    svg("path", { class: "xp-spots xp-spots-j", d: shapesAt(plot, of(1), SPOTS.j) }),
  ];
}

// Rings round some of them: `draw(points)`.
export function rings(plot) {
  const node = svg("path", { class: "xp-rings" });
  return { node, draw: (points) => node.setAttribute("d", shapesAt(plot, points, RING)) };
}

// The lines along which units switch, as one path.
function unitLines(plot) {
  const node = svg("path", { class: "xp-line xp-units" });
  const far = 10;
  return {
    node,
    draw({ units }) {
      const lines = units.map(({ u, v, b }) => {
        const norm = Math.hypot(u, v);
        const [along1, along2] = [(-far * v) / norm, (far * u) / norm];
        const [x1, x2] = [(-b * u) / norm ** 2, (-b * v) / norm ** 2];
        const [from, to] = [-1, 1].map((way) =>
          `${plot.px(x1 + way * along1)} ${plot.py(x2 + way * along2)}`);
        return `M${from}L${to}`;
      });
      node.setAttribute("d", lines.join(""));
    },
  };
}

// The boundary, with an edge in the page's colour that sets it off from the field.
export function boundaryLine(plot) {
  const nodes = ["casing", "boundary"].map((kind) => svg("path", { class: `xp-line xp-${kind}` }));
  return {
    nodes,
    draw(segments) {
      const d = segments
        .map(([a1, a2, c1, c2]) =>
          `M${plot.px(a1)} ${plot.py(a2)}L${plot.px(c1)} ${plot.py(c2)}`)
        .join("");
      nodes.forEach((node) => node.setAttribute("d", d));
    },
  };
}

// How steep the network is, how sure of its class, or which class, as colour behind a plot.
export function colourField(plot) {
  const [columns, rows] = [plot.frame.width, plot.frame.height].map((s) => Math.round(s / CELL));
  const canvas = html("canvas", { class: "xp-dots", role: "img", width: columns, height: rows });
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  const cells = new Uint32Array(image.data.buffer);
  const middles = ([from, to], count) =>
    Array.from({ length: count }, (_, n) => from + ((n + 0.5) / count) * (to - from));
  const across = middles(plot.x, columns);
  const up = middles([plot.y[1], plot.y[0]], rows);
  let shown = [];

  function paint(net, kind, colours) {
    const { score, norm } = fields(net, across, up);
    const [steep, i, j] = ["steep", "i", "j"].map((name) => packed(colours[name]));
    const opacity = OPACITY[kind];
    for (let place = 0; place < cells.length; place++) {
      const hue = kind === "steepness" ? steep : score[place] > 0 ? j : i;
      cells[place] = hue | ((255 * opacity(score[place], norm[place])) << 24);
    }
    context.putImageData(image, 0, 0);
  }

  return {
    canvas,
    draw(net, kind, words) {
      const colours = { steep: colour("--muted"), i: colour("--class-i"), j: colour("--class-j") };
      const wanted = [net, kind, ...Object.values(colours).flat()];
      if (wanted.every((value, n) => value === shown[n])) return; // x alone has moved
      shown = wanted;
      paint(net, kind, colours);
      canvas.setAttribute("aria-label", words);
    },
  };
}

// Red, green and blue as a cell of a canvas holds them; opacity goes into the highest byte.
const packed = ([red, green, blue]) => red | (green << 8) | (blue << 16);

// How dense the colour is. Confidence has none on the boundary, and most where σ(s) is 0 or 1.
const OPACITY = {
  steepness: (score, norm) => 0.85 * clamp(Math.log10(norm) / STEEPEST, 0, 1),
  confidence: (score) => 0.5 * Math.tanh(Math.abs(score) / 2),
  class: () => 0.13,
};

// What the colours mean.
export function colourScale() {
  const bar = html("span", { class: "xp-scale" });
  const ends = html("div", { class: "xp-scale-ends" });
  const scales = {
    steepness: ["xp-scale-steepness", ["‖∇s‖: 1 or less", "10", "100 or more"]],
    confidence: ["xp-scale-confidence", ["σ(s) = 0: sure of I", "½", "1: sure of J"]],
  };
  return {
    node: html("div", { class: "xp-colours", "aria-hidden": "true" }, bar, ends),
    draw(kind) {
      const [look, texts] = scales[kind];
      bar.className = `xp-scale ${look}`;
      ends.replaceChildren(...texts.map((text) => html("span", {}, text)));
    },
  };
}

// Everything that is drawn in the plane: `draw(view, words)`, the words being for those who cannot
// see it.
export function networkPlane(model, data, wide) {
  const plot = trainingPlane(data, {
    label: "The plane with the training points, the boundary of the network, and the point x",
    width: wide ? 400 : 340,
    xLabel: "x₁",
    yLabel: "x₂",
  });
  const field = colourField(plot);
  const [units, line] = [unitLines(plot), boundaryLine(plot)];
  const mislabelled = rings(plot);
  mislabelled.draw(data.mislabelled.map((n) => data.points[n]));
  const own = segment(plot, "dashed");
  const [toFoot, toNearest] = [segment(plot, "to-foot"), segment(plot, "adversarial")];
  const foot = marker(plot, { shape: "ring", kind: "adversarial", size: 0.7 });
  const nearest = marker(plot, { shape: "disc", kind: "adversarial", size: 0.7 });
  const x = handle(plot, {
    label: "The point x",
    shape: "diamond",
    kind: "boundary",
    name: "x",
    dx: -12,
    step: 0.05,
    get: () => model.get("x"),
    move: (to) =>
      assign(model, { x: to.map((value, axis) => clamp(value, ...data.frame[axis])) }),
    text: () => pair(model.get("x")),
  });
  plot.content.append(
    units.node, ...trainingPoints(plot, data), mislabelled.node, ...line.nodes,
    own.node, toFoot.node, toNearest.node, foot.node, nearest.node,
  );
  plot.over.append(x.node);

  function drawOwn({ x: from, here: { gradient, norm }, foot: to }) {
    const [along1, along2] = [(-10 * gradient[1]) / norm, (10 * gradient[0]) / norm];
    own.draw([to[0] - along1, to[1] - along2], [to[0] + along1, to[1] + along2]);
    toFoot.draw(from, to);
    foot.draw(to);
  }

  return {
    node: behind(plot, field.canvas),
    draw(shown, words) {
      field.draw(shown.net, model.get("colour"), words);
      units.draw(shown.net);
      line.draw(data.boundaries[shown.k]);
      [own, toFoot, foot].forEach(({ node }) => visible(node, shown.foot));
      [toNearest, nearest].forEach(({ node }) => visible(node, shown.nearest.point));
      if (shown.foot) drawOwn(shown);
      if (shown.nearest.point) {
        toNearest.draw(shown.x, shown.nearest.point);
        nearest.draw(shown.nearest.point);
      }
      x.draw();
    },
  };
}
