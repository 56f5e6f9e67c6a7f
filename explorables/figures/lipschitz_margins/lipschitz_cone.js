// A margin along a line of images, its cone of slope L around one of them, and what that guards.
import {
  assign,
  button,
  checkbox,
  choice,
  format,
  html,
  legendEntry,
  lineEntry,
  percent,
  pixels,
  readouts,
  show,
  slider,
  svg,
} from "../../kit/kit.js";
import { promiseAt } from "../../mathematics/margins.js";
import { distanceChart, marginChart, marginOf } from "./cone_charts.js";

const FUNCTIONS = [
  ["hill", "a smooth hill"],
  ["steep elsewhere", "steep, but elsewhere"],
  ["cliff", "flat, then a cliff"],
  ["straight pieces", "ReLU pieces"],
];
const NUMBERS = [
  "f(x)",
  "slope at x",
  "true constant",
  "chosen L",
  "guarded, f(x)/L",
  "true distance",
  "share guarded",
  "first-order guess",
];
const FARTHEST_GUESS = 100; // pixels: a larger one is not spelt out

// What there is to say of x.
function view(model) {
  const margin = marginOf(model);
  return { margin, ...promiseAt(margin, model.get("x"), model.get("factor")) };
}

const shareOf = ({ guarded, distance }) => percent((100 * guarded) / distance, 0);

function verdictOf(shown) {
  const { isRight, isBound, isBroken, guarded, distance } = shown;
  if (!isRight) return "The margin is not positive: the class is wrong already. Nothing to guard.";
  if (isBound) {
    return (
      `Guaranteed: no change of less than ${pixels(guarded)} makes the class wrong. In truth the ` +
      `nearest that does is ${pixels(distance)} away, so ${shareOf(shown)} is guarded.`
    );
  }
  if (isBroken) {
    return (
      `✗ Broken: L is below the true constant. It promises ${pixels(guarded)}, but the class is ` +
      `wrong after ${format(distance)}.`
    );
  }
  return (
    `✗ No guarantee: L is below the true constant. Its promise of ${pixels(guarded)} happens to ` +
    "be true at this x; at others it is false."
  );
}

// The numbers, by name. Where the class is wrong there is nothing to guard.
function textsOf(shown) {
  const { margin, y, slope, L, isRight, isBound, guarded, distance, guess } = shown;
  const flag = isBound ? "" : " ✗";
  const far = `${FARTHEST_GUESS} px or more`;
  const distances = {
    "guarded, f(x)/L": `${format(guarded)} px${flag}`,
    "true distance": `${format(distance)} px`,
    "share guarded": `${shareOf(shown)}${flag}`,
    "first-order guess": guess < FARTHEST_GUESS ? `${format(guess)} px` : far,
  };
  const none = Object.fromEntries(Object.keys(distances).map((name) => [name, "–"]));
  return {
    "f(x)": format(y),
    "slope at x": format(slope),
    "true constant": format(margin.L),
    "chosen L": format(L),
    ...(isRight ? distances : none),
  };
}

function key() {
  const patch = svg("rect", { y: 2, width: 30, height: 12, class: "xp-cone" });
  return html(
    "div",
    { class: "xp-row xp-short-key" },
    lineEntry("own", "margin, true distance", 30),
    legendEntry("cone of slope L", 30, patch),
    lineEntry("guarded", "guarded by L", 30),
    lineEntry("fails", "where L fails", 30),
  );
}

// The slider's scale is that of log₂: below the true constant as much room as above it.
const slopeSlider = (model) =>
  slider(model, "factor", {
    label: "Slope L of the cone",
    shown: Math.log2,
    value: (u) => 2 ** u,
    text: (factor) => `${format(factor)} × true`,
  });

function render({ model, el }) {
  const [margins, distances] = [marginChart(model), distanceChart()];
  const functions = choice(model, "function", { label: "Margin f", options: FUNCTIONS });
  const slope = slopeSlider(model);
  const stop = button("L = true constant", () => assign(model, { factor: 1 }));
  const tangent = checkbox(model, "first_order", "first-order guess, the tangent at x");
  const numbers = readouts(NUMBERS);
  const verdict = html("p", { class: "xp-verdict xp-balanced" });

  function draw() {
    const shown = view(model);
    el.classList.toggle("xp-broken", !shown.isBound);
    [functions, slope, tangent].forEach((part) => part.draw());
    [margins, distances].forEach((part) => part.draw(shown, model.get("first_order")));
    numbers.draw(textsOf(shown));
    verdict.textContent = verdictOf(shown);
  }
  const area = (name, ...parts) => html("div", { class: `xp-area-${name}` }, ...parts);
  const body = html(
    "div",
    { class: "xp-lipschitz" },
    area("choice", functions.node),
    area("plots", margins.node, distances.node),
    area("controls", slope.node, stop, tangent.node),
    area("verdict", verdict),
    area("numbers", numbers.node),
  );
  return show({ model, el }, [key(), body], draw);
}

export default { render };
