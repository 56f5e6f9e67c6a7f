// 81 SVMs that tell 3 from 8: the images in each one's tilting plane, and in a plane that stays.
import {
  arrow, assign, boundary, button, degrees, digitImage, dots, format, html, imagesOf, marker,
  numbersOf, plane, powerOfTen, readouts, row, segment, show, slider, svg, weightImage,
} from "../../kit/common.js";
import { along, angleMark, coloured, direction, thumbnail, word } from "../shared/tilting.js";

const LENGTH = 3; // ẑ and ŵ have length 1, but not in pixels: they are drawn as long as this
const ARC = 1.2; // how far from the middle θ is marked
const PICTURE = 96;

// All images, their centroids and ẑ: what both planes share. Their names follow in `draw`.
function cloud(centroids, yLabel) {
  const plot = plane({
    label: "",
    x: [-5, 5],
    y: [-5, 5],
    xTicks: [-4, -2, 0, 2, 4],
    yTicks: [-4, -2, 0, 2, 4],
    xLabel: "along ẑ, from mean 3 to mean 8 (pixels)",
    yLabel,
  });
  const points = dots(plot, "500 threes as blue discs, 500 eights as orange squares");
  const i = marker(plot, { shape: "disc", kind: "class-i", name: "i", dx: -8, dy: -7 });
  const j = marker(plot, { shape: "square", kind: "class-j", name: "j", dx: 7, dy: 20 });
  const zHat = arrow(plot, "muted");
  const zName = word(plot, "ẑ", "muted");
  plot.over.append(zHat.node, zName.node, i.node, j.node);
  zHat.draw([0, 0], [LENGTH, 0]);
  zName.draw([LENGTH, -0.5]);
  i.draw(centroids[0]);
  j.draw(centroids[1]);
  return { plot, points };
}

// The plane of ŵ itself, in which its boundary is a line.
function tiltingPlane(centroids) {
  const { plot, points } = cloud(centroids, "along n̂ (pixels)");
  const line = boundary(plot);
  const distances = centroids.map(() => segment(plot, "adversarial"));
  const wHat = arrow(plot, "boundary");
  const wName = word(plot, "ŵ", "boundary");
  const angle = angleMark(plot, ARC);
  plot.content.append(...line.nodes);
  plot.over.prepend(wHat.node, wName.node, ...angle.nodes);
  plot.over.append(...distances.map(({ node }) => node));
  return {
    node: points.node,
    draw({ theta, offset }, images, words) {
      const w = direction(theta);
      points.draw(...images);
      line.draw(w, offset);
      wHat.draw([0, 0], along(w, LENGTH));
      wName.draw(along(w, LENGTH + 0.4));
      angle.draw(theta);
      centroids.forEach(([x, y], k) => {
        const d = x * w[0] + y * w[1] + offset;
        distances[k].draw([x, y], [x - d * w[0], y - d * w[1]]);
      });
      plot.node.setAttribute("aria-label", `The classifier's tilting plane: ${words}`);
    },
  };
}

// The plane of the best SVM. Of another one it holds only a part of ŵ, and no boundary.
function fixedPlane(centroids, models, images) {
  const { plot, points } = cloud(centroids, "along n̂ of the best classifier (pixels)");
  const [x, y, r] = [plot.px(0), plot.py(0), plot.px(LENGTH) - plot.px(0)];
  const circle = svg("circle", { cx: x, cy: y, r, class: "xp-line xp-muted" });
  const one = word(plot, "length 1", "muted");
  const tips = models.map(({ in_best_plane: w }) => along(w, LENGTH));
  const path = svg("polyline", {
    class: "xp-line xp-thin",
    points: tips.map(([u, v]) => `${plot.px(u)},${plot.py(v)}`).join(" "),
  });
  const wHat = arrow(plot, "boundary");
  const wName = word(plot, "ŵ", "boundary");
  const note = html("span");
  plot.over.prepend(circle, one.node, path, wHat.node, wName.node);
  one.draw([0, -LENGTH - 0.4]);
  return {
    node: points.node,
    note,
    draw({ in_best_plane: w }) {
      const length = Math.hypot(...w);
      points.draw(...images);
      wHat.draw([0, 0], along(w, LENGTH));
      wName.draw(along(w, LENGTH + 0.4 / length));
      note.textContent = `The digits stand still. Length of ŵ in it: ${format(length)}`;
      plot.node.setAttribute(
        "aria-label",
        "The same images in the tilting plane of the best classifier, where they stand still: of " +
          `ŵ, which has length 1, a part of length ${format(length)} lies in it.`,
      );
    },
  };
}

// A function of k: the coordinates of the 3s and of the 8s in the tilting plane of SVM number k.
function readImages(model) {
  const [horizontal, vertical] = ["horizontal", "vertical"].map((name) => {
    const units = numbersOf(model.get(name), Int16Array);
    return Float32Array.from(units, (value) => value / model.get("per_pixel"));
  });
  const count = horizontal.length;
  return (k) => {
    const ys = vertical.subarray(k * count, (k + 1) * count);
    const halves = [[0, count / 2], [count / 2, count]];
    return halves.map((half) => [horizontal.subarray(...half), ys.subarray(...half)]);
  };
}

function panel(area, title, note, plot) {
  const name = html("div", { class: "xp-name" }, title);
  const under = html("div", { class: "xp-note" }, note);
  return html("div", { class: `xp-panel xp-${area}` }, name, under, plot.node);
}

function meanDigit(pixels, digit) {
  const image = digitImage(PICTURE);
  image.draw(pixels, `the mean of the training images of ${digit}`);
  return image;
}

function render({ model, el }) {
  const models = model.get("models");
  const means = imagesOf(model.get("centroids"));
  const weights = numbersOf(model.get("weights"), Int8Array);
  const imagesIn = readImages(model);
  const halfWay = Math.hypot(...means[0].map((value, k) => means[1][k] - value)) / 2;
  const centroids = [[-halfWay, 0], [halfWay, 0]];

  // The number of the SVM whose λ comes nearest to 10^u.
  function nearest(u) {
    const far = models.map(({ log_lam: own }) => Math.abs(own - u));
    return far.indexOf(Math.min(...far));
  }
  const lambda = (u) => powerOfTen(models[nearest(u)].log_lam);

  const own = tiltingPlane(centroids);
  const fixed = fixedPlane(centroids, models, imagesIn(model.get("best")));
  const strength = slider(model, "log_lam", {
    label: "Regularisation λ",
    min: models.at(-1).log_lam,
    max: models[0].log_lam,
    step: 0.1,
    text: lambda,
  });
  const stops = [
    ["upright", models.findLastIndex(({ theta }) => theta < 1e-3)],
    ["least test error", model.get("best")],
    ["most tilted", models.length - 1],
  ].map(([name, k]) => button(name, () => assign(model, { log_lam: models[k].log_lam })));
  const numbers = readouts(["tilt θ", "mean distance d_adv", "training error", "test error"]);
  const w = weightImage(PICTURE);
  const pictures = [
    thumbnail(meanDigit(means[0], 3), "i", "the mean 3"),
    thumbnail(meanDigit(means[1], 8), "j", "the mean 8"),
    thumbnail(w, "ŵ", "for ", coloured("i", "3"), ", for ", coloured("j", "8")),
  ];

  function draw() {
    const k = nearest(model.get("log_lam"));
    const svm = models[k];
    const [tilt, distance] = [format(degrees(svm.theta), 1), format(svm.d_adv)];
    const errors = [svm.err_train, svm.err_test].map((error) => `${format(error, 1)} %`);
    strength.draw();
    own.draw(
      svm,
      imagesIn(k),
      `at λ = ${powerOfTen(svm.log_lam)} the boundary is tilted by ${tilt} degrees from upright ` +
        `and ${distance} pixels from the digits on average; ${errors[0]} of the training images ` +
        `and ${errors[1]} of the test images are on the wrong side`,
    );
    fixed.draw(svm);
    const size = means[0].length;
    const shown = weights.subarray(k * size, (k + 1) * size);
    w.draw(shown, "the weights: blue where ink speaks for 3, orange where it speaks for 8");
    numbers.draw({
      "tilt θ": `${tilt}° (${format(svm.theta)} rad)`,
      "mean distance d_adv": `${distance} pixels`,
      "training error": errors[0],
      "test error": errors[1],
    });
  }
  const key = row(
    coloured("i", "● handwritten 3 (class I)"),
    coloured("j", "■ handwritten 8 (class J)"),
    coloured("adversarial", "━ from the means to the boundary"),
  );
  const grid = html(
    "div",
    { class: "xp-tilting" },
    panel("own", "The plane of this classifier", "It turns with ŵ, so the digits move.", own),
    html("div", { class: "xp-controls" }, strength.node, row(...stops)),
    numbers.node,
    html("div", { class: "xp-pictures" }, ...pictures),
    panel("fixed", "One plane for all", fixed.note, fixed),
  );
  return show({ model, el }, [key, grid], draw);
}

export default { render };
