// What ε means: the size of a change in three units and two norms, and as pictures.
import {
  KEEP_KEYS, assign, button, choice, clamp, digitImage, html, numbersOf, readouts, row,
  show, slider,
} from "../../kit/common.js";
import { PIXELS, imageAt } from "../shared/digits.js";
import { thumbnail } from "../shared/tilting.js";

const ROOT = Math.sqrt(PIXELS);
const STD = 0.3081; // of MNIST's pixels
const SMALLEST = 0.001;
const LARGEST = { l2: ROOT / 2, linf: 0.5 }; // enough to make every image grey
const STEPS = 200; // of the slider, in equal ratios
const PICTURE = 140;

const NAMES = { l2: "L2", linf: "L∞" };
const UNITS = [
  { name: "pixels in 0–\u20601", per: 1 },
  { name: "pixels\u00a0in 0–\u2060255", per: 255 },
  { name: `standardised, ÷ ${STD}`, per: 1 / STD },
];
const WELL_KNOWN = [
  ["l2", 0.3, "0.3"], ["l2", 1, "1.0"], ["l2", 1.58, "1.58"],
  ["linf", 0.1, "0.1"], ["linf", 0.3, "0.3"], ["linf", 8 / 255, "8/255"],
];
const NOTE =
  "L2 1.58 is 0.1 √(784/π), which Wong et al. (2018) took for a ball of about the volume of the " +
  "L∞ ball of 0.1. Papers on certificates for MNIST have used it since.";

const digits = (value) => String(Number(value.toPrecision(3)));
const size = (value) => `${digits(value)} (${digits(255 * value)}/255)`;

// What there is to say of ε. `length` is the L2 norm of the longest change that is allowed, and of
// both changes that are shown: of every pixel by `each`, and of `flipped` pixels from 0 to 1.
function view(model) {
  const norm = model.get("norm");
  const eps = Math.min(model.get("eps"), LARGEST[norm]);
  const length = norm === "l2" ? eps : eps * ROOT;
  return { norm, eps, length, each: length / ROOT, flipped: length ** 2 };
}

// Every pixel changed by so much, towards the grey in the middle, so that it stays in [0, 1].
const all = (x, each) => x.map((value) => value + (value < 0.5 ? each : -each));

// So many pixels changed from black to white or from white to black, the last one only in part.
function few(x, flips, count) {
  const changed = x.slice();
  flips.slice(0, Math.ceil(count)).forEach((k, n) => {
    const by = Math.sqrt(Math.min(1, count - n));
    changed[k] += x[k] < 0.5 ? by : -by;
  });
  return changed;
}

// A number field for ε in a unit. What a reader types is not rewritten before it is finished.
function field(model, { name, per }) {
  const input = html("input", { type: "number", min: 0, step: "any", ...KEEP_KEYS });
  const write = () => (input.value = digits(view(model).eps * per));
  input.addEventListener("input", () => {
    const value = Number(input.value) / per;
    if (value > 0) assign(model, { eps: clamp(value, SMALLEST, LARGEST[model.get("norm")]) });
  });
  input.addEventListener("change", write);
  return {
    node: html("label", { class: "xp-number" }, html("span", {}, name), input),
    draw: () => input.matches(":focus") || write(),
  };
}

function epsSlider(model) {
  const largest = () => LARGEST[model.get("norm")];
  return slider(model, "eps", {
    label: "ε",
    min: 0,
    max: STEPS,
    step: 1,
    from: () => (STEPS * Math.log(view(model).eps / SMALLEST)) / Math.log(largest() / SMALLEST),
    to: (k) => Number((SMALLEST * (largest() / SMALLEST) ** (k / STEPS)).toPrecision(3)),
    text: () => digits(view(model).eps),
  });
}

// The image as it is, with all pixels changed, and with a few flipped: equally long changes.
function pictures(x, flips) {
  const images = [0, 1, 2].map(() => digitImage(PICTURE));
  const [manyNote, fewNote] = [0, 1].map(() => html("span"));
  const [manyImage, fewImage] = images.slice(1);
  images[0].draw(x, "the image, unchanged");
  return {
    node: html(
      "div",
      { class: "xp-changed" },
      thumbnail(images[0], "unchanged"),
      thumbnail(manyImage, "all pixels", manyNote),
      thumbnail(fewImage, "some pixels", fewNote),
    ),
    draw({ norm, length, each, flipped }) {
      const one =
        flipped < 1 ? `1 pixel by ${digits(length)}` : `${digits(flipped)} pixels flipped`;
      const sign = norm === "l2" ? "✓ within ε" : "✗ beyond ε";
      manyImage.draw(all(x, each), `the image, every pixel changed by ${digits(each)}`);
      fewImage.draw(few(x, flips, flipped), `the image with ${one}`);
      manyNote.replaceChildren(`each by ${digits(each)}`, html("br"), "✓ within ε");
      fewNote.replaceChildren(one, html("br"), sign);
    },
  };
}

function verdictOf({ norm, eps, each }) {
  if (norm === "l2") {
    return (
      `An L2 certificate of ${digits(eps)} holds for all L∞ changes up to ` +
      `${digits(eps)}/\u2060√784 = ${size(each)}, and for no larger L∞ ball.`
    );
  }
  return (
    `An L∞ certificate of ${digits(eps)} holds for all L2 changes up to ` +
    `${digits(eps)}. An L2 certificate covers this L∞ ball only from ${digits(eps)} √784 ` +
    `= ${digits(eps * ROOT)} on.`
  );
}

function render({ model, el }) {
  const x = imageAt(numbersOf(model.get("image"), Uint8Array), 0);
  const norm = choice(model, "norm", { label: "Norm", options: Object.entries(NAMES) });
  const stops = WELL_KNOWN.map(([of, eps, text]) =>
    button(`${NAMES[of]} ${text}`, () => assign(model, { norm: of, eps })),
  );
  const eps = epsSlider(model);
  const fields = UNITS.map((unit) => field(model, unit));
  const images = pictures(x, model.get("flips"));
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
  return show(
    { model, el },
    [
      html(
        "div",
        { class: "xp-epsilon" },
        row(norm.node),
        row(...stops),
        eps.node,
        html("div", { class: "xp-numbers" }, ...fields.map(({ node }) => node)),
        verdict,
        images.node,
        numbers.node,
        html("p", { class: "xp-note xp-balanced" }, NOTE),
      ),
    ],
    draw,
  );
}

export default { render };
