// Pictures of a convolution: in how many windows each pixel of the image is, and the kernel.
import { html, svg, unbroken, update } from "../../kit/kit.js";
import { windowStarts } from "../../mathematics/convolution.js";
import { nearestIndex, range } from "../../mathematics/numbers.js";

const KERNEL = 76; // pixels of the screen, each way
const [FAINTEST, DENSEST] = [0.1, 0.7]; // the colour of a pixel in no window, and of one in the most

const square = (x, y, side) => `M${x} ${y}h${side}v${side}h${-side}z`;

// Of the pixels in the most windows, the one nearest to the middle: [x, y].
function mostShared(windows, size) {
  const most = Math.max(...windows);
  const middle = (size - 1) / 2;
  const pixels = range(size ** 2)
    .filter((n) => windows[n] === most)
    .map((n) => [n % size, Math.floor(n / size)]);
  const distances = pixels.map(([x, y]) => Math.hypot(x - middle, y - middle));
  return pixels[nearestIndex(distances, 0)];
}

// The corners of all windows that hold a pixel: [x, y].
function windowsAround([x, y], settings) {
  const startsAround = (place) =>
    windowStarts(settings).filter((start) => start <= place && place < start + settings.k);
  return startsAround(y).flatMap((top) => startsAround(x).map((left) => [left, top]));
}

// The pixels that are in so many windows, as one path: the more, the darker.
function level(count, most, windows, size) {
  const pixels = range(size ** 2).filter((n) => windows[n] === count);
  const d = pixels.map((n) => square(n % size, Math.floor(n / size), 1)).join("");
  const opacity = FAINTEST + ((DENSEST - FAINTEST) * count) / most;
  return svg("path", { d, "fill-opacity": opacity, "data-windows": count });
}

// A path of squares, `draw(corners, side)`.
function squares(kind, name) {
  const node = svg("path", { class: kind, "data-name": name });
  return {
    node,
    draw(corners, side) {
      node.setAttribute("d", corners.map(([x, y]) => square(x, y, side)).join(""));
    },
  };
}

// The image, a pixel the darker the more windows it is in, with all windows of one such pixel.
export function windowMap() {
  const counts = svg("g", { class: "xp-counts" });
  const margin = squares("xp-margin", "image with its margin");
  const image = squares("xp-image-edge", "image");
  const all = squares("xp-windows", "windows");
  const first = squares("xp-window", "first window");
  const pixel = squares("xp-shared", "shared pixel");
  const parts = [image, all, first, pixel].map(({ node }) => node);
  const node = svg("svg", { class: "xp-window-map", role: "img" }, margin.node, counts, ...parts);
  const note = windowNote();
  return {
    node: html("div", { class: "xp-panel" }, node, note.node),
    draw(settings, windows) {
      const { k, padding, size } = settings;
      const most = Math.max(...windows);
      const shared = mostShared(windows, size);
      const corners = windowsAround(shared, settings);
      counts.replaceChildren(...range(most).map((n) => level(n + 1, most, windows, size)));
      margin.draw([[-padding, -padding]], size + 2 * padding);
      image.draw([[0, 0]], size);
      all.draw(corners, k);
      first.draw(corners.slice(0, 1), k);
      pixel.draw([shared], 1);
      const label = `${size} × ${size} pixels, each in up to ${inWindows(most)} of ${k} × ${k}`;
      const box = [-padding, -padding, size + 2 * padding, size + 2 * padding];
      update(node, { viewBox: box.join(" "), "aria-label": label });
      note.draw(most, k);
    },
  };
}

const inWindows = (count) => (count === 1 ? "1 window" : `${count} windows`);

function windowNote() {
  const node = html("div", { class: "xp-note xp-balanced" });
  const sign = html("span", { class: "xp-text-adversarial", "aria-hidden": "true" }, "■");
  return {
    node,
    draw(most, k) {
      node.replaceChildren(
        "Bluer: in more windows. ",
        sign,
        ` is in ${inWindows(most)}, and no pixel is in more: `,
        unbroken(`n = ${most}, where k·k = ${k ** 2}.`),
      );
    },
  };
}

// The weights: blue above 0, orange below, the largest with full colour.
export function kernelPicture() {
  const box = { class: "xp-kernel", width: KERNEL, height: KERNEL, role: "img" };
  const node = svg("svg", box);
  return {
    node,
    draw(kernel, k) {
      const largest = Math.max(...kernel.map(Math.abs));
      const cells = kernel.map((weight, n) =>
        svg("rect", {
          x: n % k,
          y: Math.floor(n / k),
          width: 1,
          height: 1,
          class: weight < 0 ? "xp-fill-j" : "xp-fill-i",
          "fill-opacity": Math.abs(weight) / largest,
        })
      );
      update(node, { viewBox: `0 0 ${k} ${k}`, "aria-label": `the kernel, ${k} × ${k} weights` });
      node.replaceChildren(...cells);
    },
  };
}
