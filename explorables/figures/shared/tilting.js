// What the figures of real digits in tilting planes share: words, angles, pictures.
import { html, svg, svgWords } from "../../kit/common.js";

export const direction = (angle) => [Math.cos(angle), Math.sin(angle)];
export const along = ([u, v], length) => [length * u, length * v];

// A word that moves with what it names.
export function word(plot, text, kind) {
  const node = svgWords({ class: `xp-word xp-text-${kind}`, "text-anchor": "middle" }, text);
  return {
    node,
    draw([x, y]) {
      node.setAttribute("x", plot.px(x));
      node.setAttribute("y", plot.py(y) + 4);
    },
  };
}

// The angle θ between ẑ and ŵ, as an arc `radius` pixels from the middle, with its name.
export function angleMark(plot, radius) {
  const arc = svg("path", { class: "xp-line xp-thin" });
  const name = word(plot, "θ", "boundary");
  const drawn = plot.px(radius) - plot.px(0);
  return {
    nodes: [arc, name.node],
    draw(theta) {
      const [x, y] = along(direction(theta), radius);
      const [from, to] = [[radius, 0], [x, y]].map(([u, v]) => `${plot.px(u)} ${plot.py(v)}`);
      arc.setAttribute("d", `M ${from} A ${drawn} ${drawn} 0 0 0 ${to}`);
      name.draw(along(direction(theta / 2), radius + 0.4));
      name.node.setAttribute("visibility", theta < 0.2 ? "hidden" : "visible");
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
