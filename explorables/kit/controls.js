// Controls, each bound to one trait of the model, and named numbers.
import { degrees, format, html, words } from "./dom.js";
import { assign } from "./model.js";

// JupyterLab would otherwise take the arrow keys for itself.
export const KEEP_KEYS = { "data-lm-suppress-shortcuts": "true" };

// A labelled range bound to a number trait. `text(value)` is what is shown and spoken.
export function slider(model, trait, { label, min, max, step, text, to = Number, from = Number }) {
  const input = html("input", { type: "range", min, max, step, ...KEEP_KEYS });
  const shown = html("data", { "aria-hidden": "true" }); // spoken as the value, not as the name
  const node = html("label", { class: "xp-slider" }, html("span", {}, label), input, shown);
  input.addEventListener("input", () => assign(model, { [trait]: to(Number(input.value)) }));
  return {
    node,
    draw() {
      const value = model.get(trait);
      input.value = from(value);
      shown.value = input.value;
      shown.textContent = text(value);
      input.setAttribute("aria-valuetext", text(value));
    },
  };
}

const LARGEST_DEGREES = 89.5; // angles stay below a right one
export const LARGEST_ANGLE = (LARGEST_DEGREES / 180) * Math.PI;

// A slider for an angle in radians, shown in degrees.
export const angleSlider = (model, trait, label) =>
  slider(model, trait, {
    label,
    min: 0,
    max: LARGEST_DEGREES,
    step: 0.5,
    from: degrees,
    to: (value) => (value / 180) * Math.PI,
    text: (value) => `${format(degrees(value), 1)}°`,
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
  const labels = options.map(([, text], k) => html("label", {}, inputs[k], html("span", {}, text)));
  const node = html("fieldset", { class: "xp-choice" }, html("legend", {}, label), ...labels);
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

// Named numbers under a figure: `draw({name: text})`.
export function readouts(names) {
  const cells = Object.fromEntries(names.map((name) => [name, html("strong")]));
  const pairs = names.map((name) => html("div", {}, html("span", {}, ...words(name)), cells[name]));
  return {
    node: html("div", { class: "xp-readouts" }, ...pairs),
    draw: (texts) =>
      Object.entries(texts).forEach(([name, text]) => (cells[name].textContent = text)),
  };
}
