// All images of a pair in a tilting plane: the SVM's own, or that of the pair's best SVM.
import {
  arrow, boundary, curve, format, marker, plane, segment, specks, svg, visible,
} from "../../kit/common.js";
import { along, angleMark, direction, word } from "../shared/tilting.js";

const [FAR, HIGH] = [7, 5]; // pixels from the middle to the frame, across and up
const LENGTH = 3; // ẑ and ŵ have length 1, but not in pixels: they are drawn as long as this

// The boundary and its margins, ŵ, θ, and from one mean to the other along ŵ: 2 d_adv.
function ownView(plot) {
  const line = boundary(plot);
  const margins = [segment(plot, "thin"), segment(plot, "thin")];
  const [distance, rest] = [segment(plot, "adversarial"), segment(plot, "dashed")];
  const name = word(plot, "2 d_adv", "adversarial");
  const angle = angleMark(plot, 1.4);
  return {
    under: svg("g", {}, ...line.nodes, ...margins.map(({ node }) => node)),
    over: svg("g", {}, ...angle.nodes, rest.node, distance.node, name.node),
    draw({ theta, d_adv: dAdv, norm, offset }, half) {
      const w = direction(theta);
      const foot = [2 * dAdv * w[0] - half, 2 * dAdv * w[1]];
      line.draw(w, offset);
      margins.forEach((margin, k) => {
        const [x, y] = along(w, (k ? 1 : -1) / norm - offset);
        const [u, v] = along([-w[1], w[0]], 12);
        margin.draw([x - u, y - v], [x + u, y + v]);
      });
      distance.draw([-half, 0], foot);
      rest.draw(foot, [half, 0]);
      angle.draw(theta);
      const [x, y] = along([-w[1], w[0]], 0.55 + 0.95 * w[1]);
      name.draw([dAdv * w[0] - half + x, dAdv * w[1] + y]);
    },
  };
}

// What of ŵ lies in the plane of the best SVM, and where it lies for the other SVMs.
function bestView(plot) {
  const [x, y, r] = [plot.px(0), plot.py(0), plot.px(LENGTH) - plot.px(0)];
  const circle = svg("circle", { cx: x, cy: y, r, class: "xp-line xp-muted" });
  const one = word(plot, "length 1", "muted");
  const path = curve(plot, "thin");
  one.draw([0, -LENGTH - 0.5]);
  return {
    over: svg("g", {}, circle, one.node, path.node),
    draw: (data) =>
      path.draw(data.models.map((_, k) => along(data.inPlaneOf(data.best, k), LENGTH))),
  };
}

export function svmPlane() {
  const plot = plane({
    label: "Training images in a tilting plane",
    x: [-FAR, FAR],
    y: [-HIGH, HIGH],
    xTicks: [-6, -4, -2, 0, 2, 4, 6],
    yTicks: [-4, -2, 0, 2, 4],
    xLabel: "along ẑ (pixels)",
    yLabel: "along n̂ (pixels)",
  });
  const points = specks(plot, "The training images: class I blue, class J orange");
  const views = { own: ownView(plot), best: bestView(plot) };
  const [zHat, wHat] = [arrow(plot, "muted"), arrow(plot, "boundary")];
  const [zName, wName] = [word(plot, "ẑ", "muted"), word(plot, "ŵ", "boundary")];
  const i = marker(plot, { shape: "disc", kind: "class-i", name: "i", dx: -8, dy: 18 });
  const j = marker(plot, { shape: "square", kind: "class-j", name: "j", dx: 7, dy: 20 });
  plot.content.append(views.own.under);
  plot.over.append(
    zHat.node, zName.node, views.best.over, wHat.node, wName.node, views.own.over, i.node, j.node,
  );
  zHat.draw([0, 0], [LENGTH, 0]);
  zName.draw([LENGTH + 0.3, -0.6]);
  let still = null; // the points in the plane of the best SVM: the same until another pair comes

  function drawOwn(data, k, vertical, words) {
    const { theta } = data.models[k];
    points.draw(...placesOf(data, vertical));
    views.own.draw(data.models[k], halfWay(data));
    wHat.draw([0, 0], along(direction(theta), LENGTH));
    wName.draw(along(direction(theta), LENGTH + 0.5));
    plot.node.setAttribute("aria-label", `The SVM's tilting plane: ${words}`);
    return outside(data, vertical) || "It turns with ŵ, so the images move.";
  }

  function drawBest(data, k) {
    if (still?.data !== data) {
      still = { data, places: placesOf(data, data.vertical(data.best)) };
    }
    const w = data.inPlaneOf(data.best, k);
    const length = Math.hypot(...w);
    points.draw(...still.places);
    views.best.draw(data);
    wHat.draw([0, 0], along(w, LENGTH));
    wName.draw(along(w, LENGTH + 0.5 / length));
    plot.node.setAttribute(
      "aria-label",
      "The images in the tilting plane of the SVM with the least test error, where they stand " +
        `still: of ŵ, which has length 1, a part of length ${format(length)} lies in it.`,
    );
    return `The images stand still. Length of ŵ here: ${format(length)}`;
  }

  return {
    node: points.node,
    height: plot.height,
    // Draws SVM number k; returns what is to be said under the plane's name.
    draw(data, k, vertical, kind, words) {
      const half = halfWay(data);
      i.draw([-half, 0]);
      j.draw([half, 0]);
      for (const part of [views.own.under, views.own.over]) visible(part, kind === "own");
      visible(views.best.over, kind === "best");
      return kind === "own" ? drawOwn(data, k, vertical, words) : drawBest(data, k);
    },
  };
}

// The coordinates of the images of class I and those of class J, each [along ẑ, along n̂].
function placesOf({ horizontal, count }, vertical) {
  const classes = [[0, count / 2], [count / 2, count]];
  return classes.map((one) => [horizontal, vertical].map((values) => values.subarray(...one)));
}

// What is said when images lie beyond the frame.
function outside({ horizontal, count }, vertical) {
  let far = 0;
  for (let p = 0; p < count; p++) {
    if (Math.abs(horizontal[p]) > FAR || Math.abs(vertical[p]) > HIGH) far++;
  }
  return far ? `It turns with ŵ. Images beyond the frame: ${far}` : "";
}

// From the middle of the plane to the mean of each class.
const halfWay = ({ means: [i, j] }) => Math.hypot(...i.map((value, k) => j[k] - value)) / 2;
