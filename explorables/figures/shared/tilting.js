// What figures of SVMs in their tilting planes share: ẑ, ŵ, θ, and the SVMs that buttons lead to.
import { arc, arrow, circle, curve } from "../../kit/kit.js";
import { direction, lastIndex, range, scaled } from "../../mathematics/numbers.js";

export const LENGTH = 3; // ẑ and ŵ have length 1, but not in pixels: they are drawn as long as this

const NARROW = 0.2; // radians: a smaller θ has no room for its name
const UPRIGHT = 1e-3; // radians: a smaller θ counts as 0

// The angle θ between ẑ and ŵ: an arc about the middle, and its name. `draw(theta)`.
export function angleMark(plot, radius) {
  const line = plot.add(arc({ kind: "thin", name: "θ" }));
  const name = plot.label(0, 0, "θ", { anchor: "middle", dy: 4, strong: true });
  const beyond = 12 / (plot.px(1) - plot.px(0)); // 12 pixels of the screen
  const nameAt = (theta) => scaled(direction(theta / 2), radius + beyond);
  return {
    nameAt,
    draw(theta) {
      line.draw(radius, theta);
      name.draw(nameAt(theta));
      name.show(theta > NARROW);
    },
    show: (condition) => [line, name].forEach((part) => part.show(condition)),
  };
}

// ŵ as an arrow from the middle, with its name at the tip: `draw([u, v])`, of length 1 or less.
export function wHatArrow(plot) {
  const line = plot.add(arrow({ kind: "boundary", name: "ŵ" }));
  const name = plot.label(0, 0, "ŵ", { anchor: "middle", dy: 4, strong: true });
  return {
    draw(w) {
      line.draw([0, 0], scaled(w, LENGTH));
      name.draw(scaled(w, LENGTH + 0.45 / Math.hypot(...w)));
    },
  };
}

// ẑ, which points to the right, with its name below the tip.
export function addZHat(plot) {
  plot.add(arrow({ kind: "muted" })).draw([0, 0], [LENGTH, 0]);
  plot.label(LENGTH, 0, "ẑ", { kind: "muted", anchor: "middle", dy: 18, strong: true });
}

// Where ŵ lies that has its full length in the plane of the best SVM, and what of it lies there
// for each λ: `draw([[u, v], …])`.
export function pathOfW(plot) {
  const full = plot.add(circle({ kind: "muted" }));
  const name = plot.label(0, -LENGTH, "length 1", {
    kind: "muted",
    anchor: "middle",
    dy: 15,
    strong: true,
  });
  const path = plot.add(curve({ kind: "thin", name: "ŵ for each λ" }));
  full.draw([0, 0], LENGTH);
  return {
    draw: (all) => path.draw(all.map((w) => scaled(w, LENGTH))),
    show: (condition) => [full, name, path].forEach((part) => part.show(condition)),
  };
}

// Points of a line from one point to another, for names to keep clear of.
export const alongLine = ([[x1, y1], [x2, y2]]) =>
  range(9).map((k) => [x1 + (k / 8) * (x2 - x1), y1 + (k / 8) * (y2 - y1)]);

// The SVMs that the buttons lead to, by name: their numbers, from the largest λ.
export const landmarks = (models, best) => ({
  upright: Math.max(0, lastIndex(models, ({ theta }) => theta < UPRIGHT)),
  "least test error": best,
  "most tilted": models.length - 1,
});
