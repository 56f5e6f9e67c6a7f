// Entries of a legend: a sample of what is drawn, and what it is.
import { html, marker, svg } from "./common.js";

const HEIGHT = 16;

// `samples` are SVG nodes in a box `width` wide and 16 high.
export function entry(text, width, ...samples) {
  const box = { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, "aria-hidden": "true" };
  return html("span", { class: "xp-legend-name" }, svg("svg", box, ...samples), text);
}

function line(kind, width) {
  const y = HEIGHT / 2;
  return svg("line", { x1: 1, x2: width - 1, y1: y, y2: y, class: `xp-line xp-${kind}` });
}

export const lineEntry = (kind, text, width) => entry(text, width, line(kind, width));

// For a curve with a mark on it, which looks as a marker's `look` says.
export function markedEntry(kind, look, text) {
  const width = 50;
  const sign = marker({ px: Number, py: Number }, look);
  sign.draw([width / 2, HEIGHT / 2]);
  return entry(text, width, line(kind, width), sign.node);
}

// For points: `shape` is a character.
export function spotEntry(kind, shape, text) {
  const sign = html("span", { class: `xp-text-${kind}`, "aria-hidden": "true" }, shape);
  return html("span", {}, sign, ` ${text}`);
}
