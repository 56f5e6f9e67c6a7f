// Controls, each bound to one trait of the model, and named numbers.
import { nearestIndex } from "../mathematics/numbers.js";
import { html, textWithSubscripts } from "./dom.js";
import { degrees, format } from "./format.js";
import { assign } from "./model.js";

// JupyterLab would otherwise take the arrow keys for itself.
export const KEEP_KEYS = { "data-lm-suppress-shortcuts": "true" };

// A labelled range bound to a number trait; `text(value)` is what is shown and spoken. How far it
// reaches and its step come from the trait. `shown` and `value` lead from the trait's value to that
// of the slider and back, where that is on another scale, with another `step`.
// Or else `grid()` gives the values that there are, in ascending order, and the slider stands at the
// nearest to the trait's, on the scale of `shown`.
export function slider(model, trait, { label, text, grid, ...scale }) {
  const input = html("input", { type: "range", ...KEEP_KEYS });
  const output = html("data", { "aria-hidden": "true" }); // spoken as the value, not as the name
  const node = html("label", { class: "xp-slider" }, html("span", {}, label), input, output);
  const { min, max, step, shown, value } = grid
    ? onGrid(grid, scale)
    : onScale(model, trait, scale);
  Object.assign(input, { min, max: max(), step });
  input.addEventListener("input", () => assign(model, { [trait]: value(Number(input.value)) }));
  restoreWhenScrolled(input, model, trait);
  return {
    node,
    draw() {
      const now = model.get(trait);
      if (grid) input.max = max();
      input.value = shown(now);
      output.value = input.value;
      output.textContent = text(now);
      input.setAttribute("aria-valuetext", text(now));
    },
  };
}

// A swipe that starts on a slider moves it, until the browser sees that it scrolls the page.
function restoreWhenScrolled(input, model, trait) {
  let before;
  input.addEventListener("pointerdown", () => (before = model.get(trait)));
  input.addEventListener("pointercancel", () => {
    if (before !== undefined) assign(model, { [trait]: before }); // or it began elsewhere
  });
}

const same = (value) => value;

function onScale(model, trait, { shown = same, value = same, step }) {
  const [min, max, ownStep] = model.get("ranges")[trait];
  return { min: shown(min), max: () => shown(max), step: step ?? ownStep, shown, value };
}

const onGrid = (grid, { shown = same }) => ({
  min: 0,
  max: () => grid().length - 1,
  step: 1,
  shown: (value) => nearestIndex(Array.from(grid(), shown), shown(value)),
  value: (index) => grid()[index],
});

// A slider for an angle in radians, shown in degrees.
export const angleSlider = (model, trait, label) =>
  slider(model, trait, {
    label,
    shown: (angle) => Number(degrees(angle).toFixed(9)),
    value: (value) => (value / 180) * Math.PI,
    step: 0.5,
    text: (angle) => `${format(degrees(angle), 1)}°`,
  });

// A group of radio buttons bound to a trait; `options` are [value, label] pairs, and `also(value)`
// the values of other traits that a choice brings along.
export function choice(model, trait, { label, options, also = () => ({}) }) {
  const name = `xp-choice-${Math.random()}`; // radio buttons of one group share it, on all the page
  const inputs = options.map(([value]) => {
    const input = html("input", { type: "radio", name, ...KEEP_KEYS });
    input.addEventListener("change", () => assign(model, { ...also(value), [trait]: value }));
    return input;
  });
  const names = options.map(([, text], k) => html("label", {}, inputs[k], html("span", {}, text)));
  const node = html("fieldset", { class: "xp-choice" }, html("legend", {}, label), ...names);
  return {
    node,
    draw: () => inputs.forEach((input, k) => (input.checked = model.get(trait) === options[k][0])),
  };
}

// A tick box bound to a trait that is true or false.
export function checkbox(model, trait, label) {
  const input = html("input", { type: "checkbox", ...KEEP_KEYS });
  input.addEventListener("change", () => assign(model, { [trait]: input.checked }));
  const node = html("label", { class: "xp-check" }, input, html("span", {}, label));
  return { node, draw: () => (input.checked = model.get(trait)) };
}

// A drop-down list bound to a trait; `options` are [value, label] pairs.
export function select(model, trait, { label, options }) {
  const items = options.map(([value, text]) => html("option", { value }, text));
  const list = html("select", KEEP_KEYS, ...items);
  list.addEventListener("change", () => assign(model, { [trait]: list.value }));
  const node = html("label", { class: "xp-select" }, html("span", {}, label), list);
  return { node, draw: () => (list.value = model.get(trait)) };
}

export function button(text, onClick) {
  const node = html("button", { type: "button", class: "xp-button", ...KEEP_KEYS }, text);
  node.addEventListener("click", onClick);
  return node;
}

// The controls of a whole figure, which stay on the screen while it is. They are for a child of the
// figure itself: a bar stays within its parent.
export const controlBar = (...controls) => html("div", { class: "xp-control-bar" }, ...controls);

// Named numbers under a figure: `draw({name: text})`.
export function readouts(names) {
  const cells = Object.fromEntries(names.map((name) => [name, html("strong")]));
  const pairs = names.map((name) =>
    html("div", {}, html("span", {}, ...textWithSubscripts(name)), cells[name])
  );
  return {
    node: html("div", { class: "xp-readouts" }, ...pairs),
    draw: (texts) =>
      Object.entries(texts).forEach(([name, text]) => (cells[name].textContent = text)),
  };
}
