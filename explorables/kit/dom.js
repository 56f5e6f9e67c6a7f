// Elements, and numbers and words as a reader sees them.

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

// Text with its subscripts, "d_err", as nodes. A subscript of an SVG text needs a `tspan`.
const SUBSCRIPT = /_(\w+)/;
const set = (text, subscript) =>
  text.split(SUBSCRIPT).map((part, k) => (k % 2 ? subscript(part) : part));

export const words = (text) => set(text, (part) => html("sub", {}, part));

export const svgWords = (attributes, text) =>
  svg(
    "text",
    attributes,
    ...set(text, (part) => svg("tspan", { dy: 4, "font-size": "10px" }, part)),
  );

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// A number as a reader writes it: a true minus sign, and no "−0.00".
export function format(value, digits = 2) {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

export const pair = ([u, v], digits = 2) => `(${format(u, digits)}, ${format(v, digits)})`;

// "a, b and c"
export const listed = (names) =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

// 10^u to two digits: 0.013, or 1.3 · 10⁻⁴ where that would have many zeros.
export function powerOfTen(u) {
  if (u > -3) return String(Number((10 ** u).toPrecision(2)));
  const [digits, exponent] = (10 ** u).toExponential(1).split("e");
  const power = `10⁻${[...exponent.slice(1)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("")}`;
  return digits === "1.0" ? power : `${digits} · ${power}`;
}

export const degrees = (radians) => (radians * 180) / Math.PI;

const colours = new Map(); // to ask the page in the middle of a drawing makes it compute all styles

// The red, green and blue of a palette variable, #rrggbb. (JupyterLab's theme is the body's.)
export function colour(variable) {
  if (!colours.has(variable)) {
    const hex = getComputedStyle(document.body).getPropertyValue(variable).trim();
    colours.set(variable, [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16)));
  }
  return colours.get(variable);
}

// In another theme they are others.
export const forgetColours = () => colours.clear();
