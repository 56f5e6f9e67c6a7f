// Pictures of a convolution: in how many windows each pixel of the image is, and the kernel.
import { html, svg, update } from "../../kit/common.js";

const KERNEL = 76; // pixels of the screen, each way

const square = (x, y, side) => `M${x} ${y}h${side}v${side}h${-side}z`;
const range = (count) => Array.from({ length: count }, (_, n) => n);

// Of the pixels in the most windows, the one nearest to the middle: [x, y].
function mostShared(windows, size) {
  const most = Math.max(...windows);
  const middle = (size - 1) / 2;
  const pixels = range(size ** 2)
    .filter((n) => windows[n] === most)
    .map((n) => [n % size, Math.floor(n / size)]);
  const away = ([x, y]) => Math.hypot(x - middle, y - middle);
  return pixels.reduce((best, each) => (away(each) < away(best) ? each : best));
}

// Along one axis, where the windows that hold this pixel begin.
function startsAround(pixel, { k, stride, padding, size }) {
  const positions = Math.floor((size + 2 * padding - k) / stride) + 1;
  return range(positions)
    .map((n) => n * stride - padding)
    .filter((start) => start <= pixel && pixel < start + k);
}

// The image, a pixel the darker the more windows it is in, with all windows of one such pixel.
export function windowMap() {
  const counts = svg("g", { class: "xp-counts" });
  const [margin, image, all, first, pixel] = [
    "xp-margin", "xp-image-edge", "xp-windows", "xp-window", "xp-shared",
  ].map((name) => svg("path", { class: name }));
  const node = svg(
    "svg", { class: "xp-window-map", role: "img" }, margin, counts, image, all, first, pixel,
  );
  const words = html("div", { class: "xp-note xp-balanced" });
  const sign = html("span", { class: "xp-text-adversarial", "aria-hidden": "true" }, "■");
  return {
    node: html("div", { class: "xp-panel" }, node, words),
    draw(settings, windows) {
      const { k, padding, size } = settings;
      const [whole, n] = [size + 2 * padding, Math.max(...windows)];
      const levels = range(n).map((level) => {
        const chosen = range(size ** 2).filter((at) => windows[at] === level + 1);
        const d = chosen.map((at) => square(at % size, Math.floor(at / size), 1)).join("");
        return svg("path", { d, "fill-opacity": 0.1 + (0.6 * (level + 1)) / n });
      });
      const [x, y] = mostShared(windows, size);
      const [across, down] = [x, y].map((at) => startsAround(at, settings));
      const corners = down.flatMap((top) => across.map((left) => [left, top]));
      counts.replaceChildren(...levels);
      update(margin, { d: square(-padding, -padding, whole) });
      update(image, { d: square(0, 0, size) });
      update(all, { d: corners.map((corner) => square(...corner, k)).join("") });
      update(first, { d: square(...corners[0], k) });
      update(pixel, { d: square(x, y, 1) });
      const shared = n === 1 ? "1 window" : `${n} windows`;
      const label = `${size} × ${size} pixels, each in up to ${shared} of ${k} × ${k}`;
      update(node, { viewBox: `${-padding} ${-padding} ${whole} ${whole}`, "aria-label": label });
      words.replaceChildren(
        "Bluer: in more windows. ", sign, ` is in ${shared}, and no pixel is in more: `,
        `n\u00a0=\u00a0${n}, where k·k\u00a0=\u00a0${k ** 2}.`,
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
        }),
      );
      update(node, { viewBox: `0 0 ${k} ${k}`, "aria-label": `the kernel, ${k} × ${k} weights` });
      node.replaceChildren(...cells);
    },
  };
}
