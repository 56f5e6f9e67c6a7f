// A map of the 45 pairs of digits, a button each, coloured by one number of the pair's SVMs.
import { choice, format, html, KEEP_KEYS, percent, powerOfTen, update } from "../../kit/kit.js";
import { clamp, range } from "../../mathematics/numbers.js";

// From light to dark: the order is one of lightness, whatever colours a reader sees.
const SCALE = [[247, 244, 225], [178, 214, 192], [82, 160, 165], [41, 95, 130], [34, 34, 84]];
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

const MEASURES = {
  err_test: {
    name: "least test error",
    value: ({ err_test: error }) => error,
    cell: (error) => format(error, 1),
    text: (error) => percent(error, 2),
  },
  log_lam: {
    name: "its log₁₀ λ",
    value: ({ log_lam: u }) => u,
    cell: (u) => format(u, 1),
    text: (u) => `λ = ${powerOfTen(u)}`,
  },
  theta: {
    name: "θ at this λ",
    value: ({ theta }, k) => theta[k],
    cell: (angle) => format(angle, 0),
    text: (angle) => `${format(angle, 1)}°`,
    ends: [0, 90],
  },
};

// A colour of the scale for a share between 0 and 1, and black or white to write on it.
function coloursAt(share) {
  const place = clamp(share, 0, 1) * (SCALE.length - 1);
  const k = Math.min(Math.floor(place), SCALE.length - 2);
  const mixed = SCALE[k].map((c, n) => c + (SCALE[k + 1][n] - c) * (place - k));
  const linear = mixed.map((c) => (c / 255) ** 2.2);
  const light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.18;
  return { background: `rgb(${mixed.map(Math.round).join(" ")})`, color: light ? "#000" : "#fff" };
}

function cellOf(key, open) {
  const [i, j] = key.split("-").map(Number);
  const node = html("button", { type: "button", class: "xp-cell", ...KEEP_KEYS });
  node.style.gridArea = `${i + 1} / ${j + 1}`;
  node.addEventListener("click", () => open(key));
  return { node, i, j };
}

// Arrow keys walk over the map; Tab enters it once.
function walk(cells, { i, j }, key) {
  const [down, right] = ARROWS[key];
  return cells.find((cell) => cell.i === i + down && cell.j === j + right);
}

// The scale from one end to the other, with the numbers that the ends mean.
function legend() {
  const [low, high] = [html("span"), html("span")];
  const bar = html("span", { class: "xp-scale" });
  bar.style.background = `linear-gradient(to right, ${SCALE.map((c) => `rgb(${c.join(" ")})`)})`;
  const ends = html("div", { class: "xp-scale-ends" }, low, high);
  return {
    node: html("div", { "aria-hidden": "true" }, bar, ends),
    draw(texts) {
      [low.textContent, high.textContent] = texts;
    },
  };
}

// `open("3-8")` is called for the cell that is pressed.
export function pairMap(model, open) {
  const pairs = model.get("pairs");
  const cells = pairs.map(({ pair }) => cellOf(pair, open));
  const measure = choice(model, "measure", {
    label: "Colour",
    options: Object.entries(MEASURES).map(([key, { name }]) => [key, name]),
  });
  const scale = legend();
  const title = html("summary", {}, `All ${pairs.length} pairs: choose another`);
  const note = html(
    "div",
    { class: "xp-note" },
    "Each cell is the digit left of it against the digit below it: press one to open it.",
  );
  // On the diagonal: the digit of the row to its right and of the column above it.
  const heads = range(10).map((digit) => {
    const head = html("span", { class: "xp-name" }, String(digit));
    head.style.gridArea = `${digit + 1} / ${digit + 1}`;
    return head;
  });
  const grid = html(
    "div",
    { class: "xp-map", role: "group", "aria-label": "Pairs of digits; arrow keys move" },
    ...heads,
    ...cells.map(({ node }) => node),
    html("div", { class: "xp-map-key" }, measure.node, scale.node),
  );
  grid.addEventListener("keydown", (event) => {
    const here = cells.find(({ node }) => node === document.activeElement);
    if (!here || !(event.key in ARROWS)) return;
    walk(cells, here, event.key)?.node.focus();
    event.preventDefault();
  });
  return {
    node: html("details", { class: "xp-map-box" }, title, note, grid),
    // The open pair, and SVM number k.
    draw(key, k) {
      const { value, cell, text, name, ends } = MEASURES[model.get("measure")];
      const values = pairs.map((pair) => value(pair, k));
      const [low, high] = ends || [Math.min(...values), Math.max(...values)];
      measure.draw();
      scale.draw([text(low), text(high)]);
      cells.forEach(({ node, i, j }, n) => {
        const pressed = pairs[n].pair === key;
        node.textContent = cell(values[n]);
        Object.assign(node.style, coloursAt((values[n] - low) / (high - low || 1)));
        update(node, {
          "aria-label": `${i} against ${j}: ${name} ${text(values[n])}`,
          "aria-pressed": pressed,
          tabindex: pressed ? 0 : -1,
        });
      });
    },
  };
}
