// Pictures: of the toy problem, of digits, of weights.
import { plane } from "./plot.js";
import { clamp, colour, format, html, svg } from "./dom.js";
import { numbersOf, rowsOf } from "./model.js";

// A picture with its name and a line of text beside it.
function framed(name, image) {
  const note = html("div", { class: "xp-note" });
  const words = html("div", {}, html("div", { class: "xp-name" }, name), note);
  return { node: html("div", { class: "xp-picture" }, image, words), note };
}

// The toy problem's image space, brightness against brightness.
export function toyPlane(label, range) {
  const ticks = [-1, -0.5, 0, 0.5, 1];
  return plane({
    label,
    x: range,
    y: range,
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

export function toyPicture(name, size = 88) {
  const image = toyImage(size);
  const { node, note } = framed(name, image.node);
  return {
    node,
    draw(x, text) {
      image.draw(x);
      note.textContent = text;
    },
  };
}

const SIDE = 28; // pixels of an MNIST image, each way

// A canvas of 28 × 28 pixels: `rgb(k)` gives the red, green and blue of pixel k.
function pixels(size) {
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
  const { node, paint } = pixels(size);
  const ink = (value) => Array(3).fill(Math.round(255 * clamp(value, 0, 1)));
  return { node, draw: (x, words) => paint((k) => ink(x[k]), words) };
}

// Weights on white: blue pulls towards class I, orange towards class J. `largest` has full colour.
export function weightImage(size) {
  const { node, paint } = pixels(size);
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

// The numbers that Python sent as float32 bytes, cut into rows of an image each.
export const imagesOf = (view) =>
  rowsOf(numbersOf(view, Float32Array), SIDE ** 2).map((row) => Array.from(row));
