// Pictures: of the toy problem, of digits, of weights.
import { clamp, range } from "../mathematics/numbers.js";
import { colour } from "./colours.js";
import { choice } from "./controls.js";
import { html, svg } from "./dom.js";
import { format } from "./format.js";
import { plane } from "./plot.js";

// The toy problem's image space, brightness against brightness.
export function toyPlane(label, [low, high]) {
  const ticks = [-1, -0.5, 0, 0.5, 1];
  return plane({
    label,
    x: [low, high],
    y: [low, high],
    xLabel: "a, brightness of the centre",
    yLabel: "b, brightness of the background",
    xTicks: ticks,
    yTicks: ticks,
  });
}

const grey = (brightness) => {
  const level = Math.round(((clamp(brightness, -1, 1) + 1) / 2) * 255);
  return `rgb(${level},${level},${level})`;
};

// The toy problem's image: a background of brightness b, a central square of brightness a.
export function toyImage(size) {
  const background = svg("rect", { width: 3, height: 3 });
  const centre = svg("rect", { x: 1, y: 1, width: 1, height: 1 });
  const box = { viewBox: "0 0 3 3", width: size, height: size, class: "xp-image", role: "img" };
  const node = svg("svg", box, background, centre);
  return {
    node,
    draw([a, b]) {
      centre.setAttribute("fill", grey(a));
      background.setAttribute("fill", grey(b));
      const words = `centre of brightness ${format(a)} on a background of ${format(b)}`;
      node.setAttribute("aria-label", words);
    },
  };
}

// The same with its name, and a line of text beside it.
export function toyPicture(name, size = 88) {
  const image = toyImage(size);
  const note = html("div", { class: "xp-note" });
  const words = html("div", {}, html("div", { class: "xp-name" }, name), note);
  return {
    node: html("div", { class: "xp-picture" }, image.node, words),
    draw(x, text) {
      image.draw(x);
      note.textContent = text;
    },
  };
}

const SIDE = 28; // pixels of an MNIST image, each way

// A canvas of 28 × 28 pixels: `rgb(k)` gives the red, green and blue of pixel k.
function pixelCanvas(size) {
  const node = html("canvas", { class: "xp-image", width: SIDE, height: SIDE, role: "img" });
  node.style.width = `${size}px`;
  const context = node.getContext("2d");
  const image = context.createImageData(SIDE, SIDE);
  return {
    node,
    paint(rgb, words) {
      for (let k = 0; k < SIDE * SIDE; k++) image.data.set([...rgb(k), 255], 4 * k);
      context.putImageData(image, 0, 0);
      node.setAttribute("aria-label", words);
    },
  };
}

// An MNIST digit, white ink on black; values outside [0, 1] are drawn as 0 or 1.
export function digitImage(size) {
  const { node, paint } = pixelCanvas(size);
  const ink = (value) => Array(3).fill(Math.round(255 * clamp(value, 0, 1)));
  return { node, draw: (x, words) => paint((k) => ink(x[k]), words) };
}

// Weights on white: blue pulls towards class I, orange towards class J. `largest` has full colour.
export function weightImage(size) {
  const { node, paint } = pixelCanvas(size);
  const [blue, orange] = ["--class-i-on-white", "--class-j-on-white"].map(colour);
  return {
    node,
    draw(w, words, largest = Math.max(...w.map(Math.abs))) {
      const mix = (value) => {
        const strength = Math.abs(value) / largest;
        return (value < 0 ? blue : orange).map((c) => Math.round(255 + (c - 255) * strength));
      };
      paint((k) => mix(w[k]), words);
    },
  };
}

// A picture with its name, and words below.
export function thumbnail(image, name, ...note) {
  const words = html("div", { class: "xp-note" }, ...note);
  const title = html("div", { class: "xp-name" }, name);
  return html("div", { class: "xp-thumbnail" }, image.node, title, words);
}

// The same, with words that change with the picture: `draw(pixels, label, ...note)`.
export function changingThumbnail(image, name) {
  const words = html("span");
  return {
    node: thumbnail(image, name, words),
    draw(pixels, label, ...note) {
      image.draw(pixels, label);
      words.replaceChildren(...note);
    },
  };
}

export const coloured = (kind, text) => html("span", { class: `xp-text-${kind}` }, text);

// The ten digits to choose from: `image(digit)` is drawn `size` wide, with a note below where there
// are `notes`.
export function digitStrip(model, image, { label = "Digit", size = 40, notes = [] } = {}) {
  const options = range(10).map((digit) => {
    const { node, draw } = digitImage(size);
    draw(image(digit), `digit ${digit}`);
    return [digit, notes[digit] ? html("span", {}, node, notes[digit]) : node];
  });
  const strip = choice(model, "digit", { label, options });
  strip.node.classList.add("xp-strip", ...(notes.length ? ["xp-noted"] : []));
  return strip;
}
