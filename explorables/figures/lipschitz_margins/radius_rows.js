// Networks to choose from, each with a number line: proven safe, unknown, broken.
import { choice, format, html } from "../../kit/kit.js";
import { range } from "../../mathematics/numbers.js";

// Radii, in pixels, are whole thousandths, and are shown as exactly.
export const radiusText = (radius) => format(radius, 3);

const share = (part, whole) => `${(100 * part) / whole}%`;

// A certified radius of less than 1/1000 was rounded down to 0; that of a wrong image is 0.
const provenText = ({ certified, wrong }) =>
  certified === 0 && !wrong ? "< 0.001" : radiusText(certified);

const foundText = ({ found, wrong }) => (wrong ? "wrong" : radiusText(found));

function spoken(reading) {
  if (reading.wrong) return `${reading.name}: wrong as it is`;
  return `${reading.name}: proven ${provenText(reading)}, found ${foundText(reading)} pixels`;
}

const span = (kind, ...children) => html("span", { class: `xp-radius-${kind}` }, ...children);

// What is proven of a network, and what was found, on a line of so many pixels.
function numberLine(end) {
  const [proven, unknown, found] = ["proven", "unknown", "found"].map((kind) => span(kind));
  return {
    node: span("track", unknown, proven, found),
    draw(reading) {
      proven.style.width = share(reading.certified, end);
      unknown.style.width = share(reading.found, end);
      found.style.left = share(reading.found, end);
      found.textContent = reading.wrong ? "✗" : "◆";
    },
  };
}

// A network's name, both radii, and its number line.
function networkRow(name, end) {
  const line = numberLine(end);
  const [proven, found] = [span("number"), span("number")];
  return {
    node: html("span", {}, span("name", name), proven, found, line.node),
    draw(reading) {
      line.draw(reading);
      proven.textContent = provenText(reading);
      found.textContent = foundText(reading);
    },
  };
}

// The names of the columns; that of the number lines is a key.
function head() {
  const key = span(
    "key",
    span("sign", span("proven"), "proven safe"),
    span("sign", span("unknown"), "nobody knows"),
    span("sign", span("found", "◆"), "broken"),
  );
  const names = ["proven", "found"].map((text) => span("number", text));
  return html("div", { class: "xp-radius-head", "aria-hidden": "true" }, ...names, key);
}

function foot(end) {
  const ticks = range(end + 1).map((radius) => {
    const tick = html("span", {}, String(radius));
    tick.style.left = share(radius, end);
    return tick;
  });
  const name = span("unit", "length of the change (pixels)");
  return html(
    "div",
    { class: "xp-radius-foot", "aria-hidden": "true" },
    span("axis", ...ticks),
    name,
  );
}

// A row for each network, on one axis for all digits. `data.reading(n, digit)` gives the radii.
export function networkRows(model, { networks, largestFound, reading }) {
  const end = Math.ceil(largestFound);
  const rows = networks.map(({ name }) => networkRow(name, end));
  const options = networks.map(({ model: value }, n) => [value, rows[n].node]);
  const { node, draw } = choice(model, "network", { label: "Network", options });
  const inputs = node.querySelectorAll("input");
  node.classList.add("xp-radii");
  node.style.setProperty("--units", end);
  node.append(head(), foot(end));
  return {
    node,
    draw(digit) {
      draw();
      rows.forEach((row, n) => {
        row.draw(reading(n, digit));
        inputs[n].setAttribute("aria-label", spoken(reading(n, digit)));
      });
    },
  };
}
