// Elements.

const NS = "http://www.w3.org/2000/svg";

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export const html = (tag, attributes = {}, ...children) =>
  build(document.createElement(tag), attributes, children);

export const svg = (tag, attributes = {}, ...children) =>
  build(document.createElementNS(NS, tag), attributes, children);

export const update = (node, attributes) => build(node, attributes, []);

export const visible = (node, condition) => (node.style.display = condition ? "" : "none");

export const row = (...children) => html("div", { class: "xp-row" }, ...children);

export const columnHead = (...children) => html("th", { scope: "col" }, ...children);

export const rowHead = (...children) => html("th", { scope: "row" }, ...children);

// A table: `heads` are the cells of its first row, from the corner on.
export const table = (kind, heads, rows) =>
  html(
    "table",
    { class: kind },
    html("thead", {}, html("tr", {}, ...heads)),
    html("tbody", {}, ...rows),
  );

// Text with its subscripts, "d_err", as nodes: `subscript(text)` makes one of a subscript.
const SUBSCRIPT = /_(\w+)/;
const split = (text, subscript) =>
  text.split(SUBSCRIPT).map((part, k) => (k % 2 ? subscript(part) : part));

export const textWithSubscripts = (text) => split(text, (part) => html("sub", {}, part));

// The same in an SVG text, where a subscript needs a `tspan`.
export const svgTextWithSubscripts = (text) =>
  split(text, (part) => svg("tspan", { dy: 4, "font-size": "10px" }, part));

// How long a text of a plot is, in pixels, nearly: to measure it would lay out the page.
export const textLength = (text) => 8 + 6.6 * text.length;
