// What the figures share that start from one image of each digit.
import { choice, digitImage, html } from "../../kit/common.js";

export const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
export const PIXELS = 784; // of an image

export const article = (c) => (c === 8 ? "an 8" : `a ${c}`);

// Image k of bytes that hold images in rows, as numbers in [0, 1].
export const imageAt = (bytes, k) =>
  Array.from(bytes.subarray(k * PIXELS, (k + 1) * PIXELS), (value) => value / 255);

// The ten digits to choose from: `image(digit)` is drawn `size` wide, with a note below where there
// are `notes`.
export function digitStrip(model, image, { label = "Digit", size = 40, notes = [] } = {}) {
  const options = DIGITS.map((digit) => {
    const { node, draw } = digitImage(size);
    draw(image(digit), `digit ${digit}`);
    return [digit, notes[digit] ? html("span", {}, node, notes[digit]) : node];
  });
  const strip = choice(model, "digit", { label, options });
  strip.node.classList.add("xp-strip");
  return strip;
}
