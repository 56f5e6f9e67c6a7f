// Charts with named axes, and histograms in them.
import { format, html, svg } from "./dom.js";

const FRAME = { left: 56, top: 8, below: 42 }; // room around a plot, for its ticks and names

const tickText = (value) => format(value, value % 1 ? 1 : 0);

// A plot of data coordinates with named axes; `xText` and `yText` write a tick's value. `content`
// is cut off at the frame, `over` is not. `right` is the room beside it.
export function chart({
  label, x, y, width = 340, height, right: beside = 8,
  xLabel, yLabel, xTicks, yTicks, xText = tickText, yText = tickText,
}) {
  const { left, top } = FRAME;
  const [right, bottom] = [width - beside, height - FRAME.below];
  const px = (value) => left + ((value - x[0]) / (x[1] - x[0])) * (right - left);
  const py = (value) => bottom - ((value - y[0]) / (y[1] - y[0])) * (bottom - top);
  const frame = { x: left, y: top, width: right - left, height: bottom - top };
  const viewBox = `${left} ${top} ${frame.width} ${frame.height}`;
  const content = svg("svg", { ...frame, viewBox });
  const over = svg("g");
  const node = svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, class: "xp-plane", role: "group", "aria-label": label },
    content,
    svg("rect", { ...frame, class: "xp-frame" }),
    svg(
      "g",
      { class: "xp-ticks", "aria-hidden": "true" },
      ...xTicks.map((v) =>
        svg("text", { x: px(v), y: bottom + 16, "text-anchor": "middle" }, xText(v)),
      ),
      ...yTicks.map((v) =>
        svg("text", { x: left - 6, y: py(v) + 4, "text-anchor": "end" }, yText(v)),
      ),
    ),
    svg(
      "g",
      { class: "xp-axes", "aria-hidden": "true" },
      svg("text", { x: (left + right) / 2, y: height - 6, "text-anchor": "middle" }, xLabel),
      upwards(yLabel, 12, (top + bottom) / 2),
    ),
    over,
  );
  node.style.maxWidth = `${width}px`;

  function at(event) {
    const box = node.getBoundingClientRect();
    const u = ((event.clientX - box.left) / box.width) * width;
    const v = ((event.clientY - box.top) / box.height) * height;
    return [
      x[0] + ((u - left) / (right - left)) * (x[1] - x[0]),
      y[0] + ((bottom - v) / (bottom - top)) * (y[1] - y[0]),
    ];
  }
  return { node, content, over, px, py, at, x, y, frame, width, height };
}

function upwards(text, x, y) {
  const transform = `translate(${x} ${y}) rotate(-90)`;
  return svg("text", { transform, "text-anchor": "middle" }, text);
}

// A chart in which one unit is as long across as upwards, so that angles are true.
export function plane({ x, y, width = 340, ...names }) {
  const across = width - FRAME.left - 8;
  const height = FRAME.top + (across * (y[1] - y[0])) / (x[1] - x[0]) + FRAME.below;
  return chart({ x, y, width, height, ...names });
}

// A second vertical axis, on the right of a chart: the same plot with another `py`.
export function rightAxis(plot, { y, yLabel, yTicks }) {
  const [bottom, top] = plot.y.map(plot.py);
  const right = plot.px(plot.x[1]);
  const py = (value) => bottom - ((value - y[0]) / (y[1] - y[0])) * (bottom - top);
  const ticks = yTicks.map((v) => svg("text", { x: right + 6, y: py(v) + 4 }, tickText(v)));
  plot.node.append(
    svg("g", { class: "xp-ticks", "aria-hidden": "true" }, ...ticks),
    svg("g", { "aria-hidden": "true" }, upwards(yLabel, right + 32, (top + bottom) / 2)),
  );
  return { ...plot, py, y };
}

// A histogram: `draw(counts, start, width)` puts bar k over start + k · width. Heights are square
// roots of the counts, on an axis with ticks at roots and `yText: square`: few images stay visible
// beside many. Another `height` of a count may be given.
export const square = (root) => format(root ** 2, 0);

export function histogram(plot, kind, height = Math.sqrt) {
  const node = svg("path", { class: `xp-bars xp-${kind}` });
  return {
    node,
    draw(counts, start, width) {
      const steps = counts.map((count, k) => {
        const [from, to] = [start + k * width, start + (k + 1) * width].map(plot.px);
        return `M ${from} ${plot.py(0)} V ${plot.py(height(count))} H ${to} V ${plot.py(0)} Z`;
      });
      node.setAttribute("d", steps.filter((_, k) => counts[k] > 0).join(" "));
    },
  };
}

// How many of the values lie in each bin [start + k · width, start + (k + 1) · width).
export function counted(values, start, width, bins) {
  const counts = Array(bins).fill(0);
  for (const value of values) counts[Math.floor((value - start) / width)]++;
  return counts;
}

// Puts a canvas behind the frame of a plot; what it returns, put into the page in place of the
// plot's node, holds both.
export function behind({ node, frame, width, height }, canvas) {
  const layers = html("div", { class: "xp-layers" }, canvas, node);
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
