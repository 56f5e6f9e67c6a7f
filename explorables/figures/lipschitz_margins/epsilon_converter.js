// What ε means: the size of a change in three units and two norms, and as pictures.
import {
  arrayOf,
  assign,
  button,
  changingThumbnail,
  choice,
  controlBar,
  digitImage,
  html,
  KEEP_KEYS,
  readouts,
  row,
  show,
  slider,
  thumbnail,
} from "../../kit/kit.js";
import { clamp, range } from "../../mathematics/numbers.js";

const PIXELS = 28 * 28; // of an image
const ROOT = Math.sqrt(PIXELS);
const STD = 0.3081; // of MNIST's pixels
const STEPS = 200; // of the slider, in equal ratios
const PICTURE = 140;

const NAMES = { l2: "L2", linf: "L∞" };
const UNITS = [
  { name: "pixels in 0–\u20601", perPixel: 1 },
  { name: "pixels\u00a0in 0–\u2060255", perPixel: 255 },
  { name: `standardised, ÷ ${STD}`, perPixel: 1 / STD },
];
const WELL_KNOWN = [
  ["l2", 0.3, "0.3"],
  ["l2", 1, "1.0"],
  ["l2", 1.58, "1.58"],
  ["linf", 0.1, "0.1"],
  ["linf", 0.3, "0.3"],
  ["linf", 8 / 255, "8/255"],
];
const NOTE =
  "L2 1.58 is 0.1 √(784/π), which Wong et al. (2018) took for a ball of about the volume of the " +
  "L∞ ball of 0.1. Papers on certificates for MNIST have used it since.";

const rounded = (value) => Number(value.toPrecision(3));
const digits = (value) => String(rounded(value));
const size = (value) => `${digits(value)} (${digits(255 * value)}/255)`;

// The least ε and the largest in the chosen norm: to change every pixel by 1/2 makes all grey.
function limits(model) {
  const [smallest, largest] = model.get("ranges").eps;
  return [smallest, model.get("norm") === "l2" ? largest : largest / ROOT];
}

// ε, and two changes of the same L2 length, the longest that is allowed: of every pixel by
// `change`, and of `flipped` pixels from 0 to 1.
function view(model) {
  const norm = model.get("norm");
  const eps = clamp(model.get("eps"), ...limits(model));
  const length = norm === "l2" ? eps : eps * ROOT;
  return { norm, eps, length, change: length / ROOT, flipped: length ** 2 };
}

// Every pixel changed by so much, towards the grey in the middle, so that it stays in [0, 1].
const withAllChanged = (x, change) => x.map((value) => value + (value < 0.5 ? change : -change));

// So many pixels changed from black to white or from white to black, the last one only in part.
function withSomeFlipped(x, flips, count) {
  const changed = x.slice();
  flips.slice(0, Math.ceil(count)).forEach((k, n) => {
    const change = Math.sqrt(Math.min(1, count - n));
    changed[k] += x[k] < 0.5 ? change : -change;
  });
  return changed;
}

// A number field for ε in a unit. What a reader types is not rewritten before it is finished.
function field(model, { name, perPixel }) {
  const input = html("input", { type: "number", min: 0, step: "any", ...KEEP_KEYS });
  const write = () => (input.value = digits(view(model).eps * perPixel));
  input.addEventListener("input", () => {
    const eps = Number(input.value) / perPixel;
    if (eps > 0) assign(model, { eps: clamp(eps, ...limits(model)) });
  });
  input.addEventListener("change", write);
  return {
    node: html("label", { class: "xp-number" }, html("span", {}, name), input),
    draw: () => input.matches(":focus") || write(),
  };
}

// ε in equal ratios, from the least to the largest of the norm.
function sizes(model) {
  const [smallest, largest] = limits(model);
  return range(STEPS + 1).map((k) => rounded(smallest * (largest / smallest) ** (k / STEPS)));
}

// The image as it is, with all pixels changed, and with a few flipped: equally long changes.
function pictures(model) {
  const [x, flips] = [arrayOf(model.get("image")), model.get("flips")];
  const unchanged = digitImage(PICTURE);
  const all = changingThumbnail(digitImage(PICTURE), "all pixels");
  const some = changingThumbnail(digitImage(PICTURE), "some pixels");
  unchanged.draw(x, "the image, unchanged");
  return {
    node: html(
      "div",
      { class: "xp-changed" },
      thumbnail(unchanged, "unchanged"),
      all.node,
      some.node,
    ),
    draw({ norm, length, change, flipped }) {
      all.draw(
        withAllChanged(x, change),
        `the image, every pixel changed by ${digits(change)}`,
        `each by ${digits(change)}`,
        html("br"),
        "✓ within ε",
      );
      const count = flipped < 1
        ? `1 pixel by ${digits(length)}`
        : `${digits(flipped)} pixels flipped`;
      some.draw(
        withSomeFlipped(x, flips, flipped),
        `the image with ${count}`,
        count,
        html("br"),
        norm === "l2" ? "✓ within ε" : "✗ beyond ε",
      );
    },
  };
}

function verdictOf({ norm, eps, change }) {
  if (norm === "l2") {
    return (
      `An L2 certificate of ${digits(eps)} holds for all L∞ changes up to ` +
      `${digits(eps)}/\u2060√784 = ${size(change)}, and for no larger L∞ ball.`
    );
  }
  return (
    `An L∞ certificate of ${digits(eps)} holds for all L2 changes up to ` +
    `${digits(eps)}. An L2 certificate covers this L∞ ball only from ${digits(eps)} √784 ` +
    `= ${digits(eps * ROOT)} on.`
  );
}

function render({ model, el }) {
  const norm = choice(model, "norm", { label: "Norm", options: Object.entries(NAMES) });
  const presets = WELL_KNOWN.map(([inNorm, eps, text]) =>
    button(`${NAMES[inNorm]} ${text}`, () => assign(model, { norm: inNorm, eps }))
  );
  const eps = slider(model, "eps", {
    label: "ε",
    grid: () => sizes(model),
    text: () => digits(view(model).eps),
  });
  const fields = UNITS.map((unit) => field(model, unit));
  const images = pictures(model);
  const verdict = html("p", { class: "xp-verdict xp-balanced" });
  const numbers = readouts(["longest change within ε (L2)", "largest of one pixel (L∞)"]);

  function draw() {
    const shown = view(model);
    [norm, eps, ...fields].forEach((part) => part.draw());
    images.draw(shown);
    verdict.textContent = verdictOf(shown);
    numbers.draw({
      "longest change within ε (L2)": digits(shown.length),
      "largest of one pixel (L∞)": digits(Math.min(shown.eps, 1)),
    });
  }
  const figure = html(
    "div",
    { class: "xp-epsilon" },
    row(norm.node),
    row(...presets),
    controlBar(eps.node),
    html("div", { class: "xp-numbers" }, ...fields.map(({ node }) => node)),
    verdict,
    images.node,
    numbers.node,
    html("p", { class: "xp-note xp-balanced" }, NOTE),
  );
  return show({ model, el }, [figure], draw);
}

export default { render };
