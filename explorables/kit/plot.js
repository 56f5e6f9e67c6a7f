// Plots with named axes, which take marks: `plot.add(mark)` draws one over those added before it.
import { format } from "./format.js";
import { html, svg, svgTextWithSubscripts, update, visible } from "./dom.js";

const FRAME = { left: 56, top: 8, below: 42 }; // room around a plot, for its ticks and names

// An axis of a single value has room on either side of it.
const withRoom = ([from, to]) => from === to ? [from - 0.5, to + 0.5] : [from, to];

const tickText = (value) => format(value, value % 1 ? 1 : 0);

// A plot of data coordinates with named axes; `xText` and `yText` write a tick's value. `right` is
// the room beside it.
export function chart({
  label,
  x: acrossFrom,
  y: upFrom,
  width = 340,
  height,
  right: beside = 8,
  xLabel,
  yLabel,
  xTicks,
  yTicks,
  xText = tickText,
  yText = tickText,
}) {
  const [x, y] = [acrossFrom, upFrom].map(withRoom);
  const { left, top } = FRAME;
  const [right, bottom] = [width - beside, height - FRAME.below];
  const frame = { x: left, y: top, width: right - left, height: bottom - top };
  const viewBox = `${left} ${top} ${frame.width} ${frame.height}`;
  const layers = {
    clipped: svg("svg", { ...frame, viewBox }), // cut off at the frame
    over: svg("g"),
  };
  const px = (value) => left + ((value - x[0]) / (x[1] - x[0])) * (right - left);
  const py = (value) => bottom - ((value - y[0]) / (y[1] - y[0])) * (bottom - top);
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, class: "xp-plane", role: "group", "aria-label": label },
    layers.clipped,
    svg("rect", { ...frame, class: "xp-frame" }),
    svg(
      "g",
      { class: "xp-ticks", "aria-hidden": "true" },
      ...xTicks.map((v) =>
        svg("text", { x: px(v), y: bottom + 16, "text-anchor": "middle" }, xText(v))
      ),
      ...yTicks.map((v) =>
        svg("text", { x: left - 6, y: py(v) + 4, "text-anchor": "end" }, yText(v))
      ),
    ),
    svg(
      "g",
      { class: "xp-axes", "aria-hidden": "true" },
      svg("text", { x: (left + right) / 2, y: height - 6, "text-anchor": "middle" }, xLabel),
      upwards(yLabel, 12, (top + bottom) / 2),
    ),
    layers.over,
  );
  update(drawing, { "data-x": x.join(" "), "data-y": y.join(" ") });
  drawing.style.maxWidth = `${width}px`;
  return plotOf({ drawing, layers, px, py, x, y, frame, width, height });
}

function upwards(text, x, y) {
  const transform = `translate(${x} ${y}) rotate(-90)`;
  return svg("text", { transform, "text-anchor": "middle" }, text);
}

// What marks and figures use of a plot. `px` and `py` lead from data to pixels of the drawing.
function plotOf(parts) {
  const { drawing, layers, px, py, x, y, frame, width, height } = parts;
  const plot = {
    ...parts,

    // What the figure puts into the page.
    node: drawing,

    at: ([u, v]) => [px(u), py(v)],

    // Adds a mark, a function of the plot: { node, layer, draw, … }, and returns it with `show`.
    add(mark) {
      const made = mark(plot);
      if (made.layer === "behind") plot.node = behind(plot, made.node);
      else layers[made.layer || "clipped"].append(made.node);
      return { ...made, show: (condition) => visible(made.node, condition) };
    },

    // A text at a data point; `draw([x, y])` moves it, `write(text)` changes it. Options: `kind`
    // and `anchor`; `dx` and `dy`, pixels to the right and downwards; `strong`; `upwards`.
    label: (u, v, text, options) => plot.add(label([u, v], text, options)),

    // Says what the plot shows to those who cannot see it.
    describe: (words) => drawing.setAttribute("aria-label", words),

    // The data point under a pointer.
    pointer(event) {
      const box = drawing.getBoundingClientRect();
      const u = ((event.clientX - box.left) / box.width) * width;
      const v = ((event.clientY - box.top) / box.height) * height;
      return [
        x[0] + ((u - frame.x) / frame.width) * (x[1] - x[0]),
        y[0] + ((frame.y + frame.height - v) / frame.height) * (y[1] - y[0]),
      ];
    },
  };
  return plot;
}

const label =
  (place, text, { kind = "boundary", anchor = "start", dx = 0, dy = 0, ...look } = {}) =>
  (
    plot,
  ) => {
    const node = svg("text", {
      class: `${look.strong ? "xp-word" : "xp-label"} xp-text-${kind}`,
      "text-anchor": anchor,
    });
    const turn = look.upwards ? " rotate(-90)" : "";
    const draw = ([u, v]) =>
      update(node, { transform: `translate(${plot.px(u) + dx} ${plot.py(v) + dy})${turn}` });
    const write = (words) => node.replaceChildren(...svgTextWithSubscripts(words));
    draw(place);
    write(text);
    return { node, layer: "over", draw, write };
  };

// Puts a canvas behind the frame of a plot: the node that holds both.
function behind({ drawing, frame, width, height }, canvas) {
  const layers = html("div", { class: "xp-layers" }, canvas, drawing);
  const share = (part, whole) => `${(100 * part) / whole}%`;
  Object.assign(canvas.style, {
    left: share(frame.x, width),
    top: share(frame.y, height),
    width: share(frame.width, width),
    height: share(frame.height, height),
  });
  layers.style.maxWidth = `${width}px`;
  return layers;
}

// A plot in which one unit is as long across as upwards, so that angles are true.
export function plane({ x, y, width = 340, ...names }) {
  const across = width - FRAME.left - 8;
  const height = FRAME.top + (across * (y[1] - y[0])) / (x[1] - x[0]) + FRAME.below;
  return chart({ x, y, width, height, ...names });
}

// A second vertical axis, on the right of a plot: a plot in the same frame, for marks that are
// measured on it.
export function rightAxis(plot, { y, yLabel, yTicks }) {
  const { frame, drawing } = plot;
  const [right, bottom] = [frame.x + frame.width, frame.y + frame.height];
  const py = (value) => bottom - ((value - y[0]) / (y[1] - y[0])) * frame.height;
  const ticks = yTicks.map((v) => svg("text", { x: right + 6, y: py(v) + 4 }, tickText(v)));
  const viewBox = `${frame.x} ${frame.y} ${frame.width} ${frame.height}`;
  const layers = {
    clipped: svg("svg", { ...frame, viewBox, "data-y": y.join(" ") }),
    over: svg("g", { "data-y": y.join(" ") }),
  };
  drawing.append(
    layers.clipped,
    svg("g", { class: "xp-ticks", "aria-hidden": "true" }, ...ticks),
    svg("g", { "aria-hidden": "true" }, upwards(yLabel, right + 32, bottom - frame.height / 2)),
    layers.over,
  );
  return plotOf({ ...plot, layers, py, y });
}
