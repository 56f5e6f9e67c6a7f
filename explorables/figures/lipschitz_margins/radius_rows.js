// Networks to choose from, each with a number line: proven safe, unknown, broken.
import { choice, format, html } from "../../kit/common.js";

// Radii come in 1/1000 pixel and are shown as exactly.
export const pixels = (thousandths) => format(thousandths / 1000, 3);

const share = (part, whole) => `${(100 * part) / whole}%`;

// A certified radius of less than 1/1000 was rounded down to 0; that of a wrong image is 0.
const provenText = ({ certified, wrong }) =>
  certified === 0 && !wrong ? "< 0.001" : pixels(certified);

const foundText = ({ found, wrong }) => (wrong ? "wrong" : pixels(found));

function spoken(radii) {
  if (radii.wrong) return `${radii.name}: wrong as it is`;
  return `${radii.name}: proven ${provenText(radii)}, found ${foundText(radii)} pixels`;
}

function numberLine(end) {
  const [proven, unknown, found] = ["proven", "unknown", "found"].map((kind) =>
    html("span", { class: `xp-radius-${kind}` }),
  );
  return {
    node: html("span", { class: "xp-radius-track" }, unknown, proven, found),
    draw(radii) {
      proven.style.width = share(radii.certified, end);
      unknown.style.width = share(radii.found, end);
      found.style.left = share(radii.found, end);
      found.textContent = radii.wrong ? "✗" : "◆";
    },
  };
}

const span = (kind, ...children) => html("span", { class: `xp-radius-${kind}` }, ...children);

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

function foot(units) {
  const ticks = Array.from({ length: units + 1 }, (_, k) => {
    const tick = html("span", {}, String(k));
    tick.style.left = share(k, units);
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

// A row for each network, on one axis for all digits. `data.of(n, digit)` gives the radii.
export function networkRows(model, data) {
  const { networks } = data;
  const units = Math.ceil(Math.max(...networks.flatMap(({ found }) => found)) / 1000);
  const rows = networks.map(({ name }) => {
    const line = numberLine(1000 * units);
    const [proven, found] = [span("number"), span("number")];
    const node = html("span", {}, span("name", name), proven, found, line.node);
    return { node, line, proven, found };
  });
  const options = networks.map(({ model: value }, n) => [value, rows[n].node]);
  const { node, draw } = choice(model, "network", { label: "Network", options });
  const inputs = node.querySelectorAll("input");
  node.classList.add("xp-radii");
  node.style.setProperty("--units", units);
  node.append(head(), foot(units));
  return {
    node,
    draw(digit) {
      draw();
      rows.forEach(({ line, proven, found }, n) => {
        const radii = data.of(n, digit);
        line.draw(radii);
        proven.textContent = provenText(radii);
        found.textContent = foundText(radii);
        inputs[n].setAttribute("aria-label", spoken(radii));
      });
    },
  };
}
