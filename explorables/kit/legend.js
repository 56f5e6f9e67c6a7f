// Entries of a legend: a sample of what is drawn, and what it is.
import { html, svg } from "./dom.js";
import { marker } from "./marks.js";

const HEIGHT = 16;

// `samples` are SVG nodes in a box `width` wide and 16 high.
export function legendEntry(text, width, ...samples) {
  const box = { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, "aria-hidden": "true" };
  return html("span", { class: "xp-legend-name" }, svg("svg", box, ...samples), text);
}

function line(kind, width) {
  const y = HEIGHT / 2;
  return svg("line", { x1: 1, x2: width - 1, y1: y, y2: y, class: `xp-line xp-${kind}` });
}

export const lineEntry = (kind, text, width) => legendEntry(text, width, line(kind, width));

// A marker outside a plot, drawn at a point of its own box.
export function markerSample(look, point) {
  const { node, draw } = marker(look)({ at: (place) => place });
  draw(point);
  return node;
}

// For a curve with a mark on it, which looks as a marker's `look` says.
export function markedEntry(kind, look, text, width = 50) {
  return legendEntry(text, width, line(kind, width), markerSample(look, [width / 2, HEIGHT / 2]));
}

// For points: `shape` is a character.
export function spotEntry(kind, shape, text) {
  const sign = html("span", { class: `xp-text-${kind}`, "aria-hidden": "true" }, shape);
  return html("span", {}, sign, ` ${text}`);
}
