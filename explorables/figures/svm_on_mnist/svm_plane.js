// All images of a pair in a tilting plane: the SVM's own, or that of the pair's best SVM.
import { boundary, format, labels, marker, plane, segment, specks } from "../../kit/kit.js";
import { direction, scaled } from "../../mathematics/numbers.js";
import { addZHat, alongLine, angleMark, LENGTH, pathOfW, wHatArrow } from "../shared/tilting.js";

const [FAR, HIGH] = [7, 5]; // pixels from the middle to the frame, across and up
const BEYOND = 2 * FAR; // pixels: a line that reaches this far leaves the frame

const added = ([x, y], [u, v]) => [x + u, y + v];

// The boundary and its margins, which lie below all else.
function boundaryAndMargins(plot) {
  const line = plot.add(boundary());
  const margins = [1, -1].map(() => plot.add(segment({ kind: "thin", name: "margin" })));
  return {
    draw(w, { norm, offset }) {
      line.draw(w, offset);
      const alongIt = scaled([-w[1], w[0]], BEYOND);
      margins.forEach((margin, k) => {
        const foot = scaled(w, (k ? 1 : -1) / norm - offset);
        margin.draw(added(foot, scaled(alongIt, -1)), added(foot, alongIt));
      });
    },
    show: (condition) => [line, ...margins].forEach((part) => part.show(condition)),
  };
}

// From one mean to the other along ŵ, which is 2 d_adv long, and the rest of the way.
function distanceMark(plot) {
  const rest = plot.add(segment({ kind: "dashed" }));
  const distance = plot.add(segment({ kind: "adversarial", name: "2 d_adv" }));
  const name = plot.add(labels({ kind: "adversarial", strong: true }));
  return {
    draw(w, dAdv, half) {
      const [i, j] = [[-half, 0], [half, 0]];
      const foot = added(i, scaled(w, 2 * dAdv));
      const middle = added(i, scaled(w, dAdv));
      const lines = [[i, foot], [foot, j], [[0, 0], scaled(w, LENGTH)], [[0, 0], [LENGTH, 0]]];
      distance.draw(i, foot);
      rest.draw(foot, j);
      name.draw([{ point: middle, text: "2 d_adv" }], lines.flatMap(alongLine));
    },
    show: (condition) => [rest, distance, name].forEach((part) => part.show(condition)),
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
  const points = plot.add(specks({ label: "The training images: class I blue, class J orange" }));
  const edges = boundaryAndMargins(plot);
  addZHat(plot);
  const path = pathOfW(plot);
  const wHat = wHatArrow(plot);
  const angle = angleMark(plot, 1.4);
  const distance = distanceMark(plot);
  const i = plot.add(marker({ shape: "disc", kind: "class-i", text: "i", dx: -8, dy: 18 }));
  const j = plot.add(marker({ shape: "square", kind: "class-j", text: "j", dx: 7, dy: 20 }));
  let best = null; // the points in the plane of the best SVM: the same until another pair comes

  function drawOwn(data, k, vertical, words) {
    const svm = data.models[k];
    const w = direction(svm.theta);
    points.draw(...placesOf(data, vertical));
    wHat.draw(w);
    edges.draw(w, svm);
    angle.draw(svm.theta);
    distance.draw(w, svm.d_adv, halfWay(data));
    plot.describe(`The SVM's tilting plane: ${words}`);
    const far = outside(data, vertical);
    if (far) return `It turns with ŵ. Images beyond the frame: ${far}`;
    return "It turns with ŵ, so the images move.";
  }

  function drawBest(data, k) {
    if (best?.data !== data) best = { data, places: placesOf(data, data.vertical(data.best)) };
    const w = data.inPlaneOf(data.best, k);
    const length = format(Math.hypot(...w));
    points.draw(...best.places);
    wHat.draw(w);
    path.draw(data.models.map((_, at) => data.inPlaneOf(data.best, at)));
    plot.describe(
      "The images in the tilting plane of the SVM with the least test error, where they stand " +
        `still: of ŵ, which has length 1, a part of length ${length} lies in it.`,
    );
    return `The images stand still. Length of ŵ here: ${length}`;
  }

  return {
    node: plot.node,
    height: plot.height,
    // Draws SVM number k; returns what is to be said under the plane's name.
    draw(data, k, vertical, kind, words) {
      const isOwn = kind === "own";
      i.draw([-halfWay(data), 0]);
      j.draw([halfWay(data), 0]);
      [edges, angle, distance].forEach((part) => part.show(isOwn));
      path.show(!isOwn);
      return isOwn ? drawOwn(data, k, vertical, words) : drawBest(data, k);
    },
  };
}

// The coordinates of the images of class I and those of class J, each [along ẑ, along n̂].
function placesOf({ horizontal, count }, vertical) {
  const classes = [[0, count / 2], [count / 2, count]];
  return classes.map((ends) => [horizontal, vertical].map((values) => values.subarray(...ends)));
}

// How many images lie beyond the frame.
function outside({ horizontal, count }, vertical) {
  let far = 0;
  for (let p = 0; p < count; p++) {
    if (Math.abs(horizontal[p]) > FAR || Math.abs(vertical[p]) > HIGH) far++;
  }
  return far;
}

// From the middle of the plane to the mean of each class.
const halfWay = ({ means: [i, j] }) => Math.hypot(...i.map((value, k) => j[k] - value)) / 2;
