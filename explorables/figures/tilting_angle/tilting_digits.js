// SVMs that tell 3 from 8: the images in each one's tilting plane, and in a plane that stays.
import {
  arrayOf,
  assign,
  boundary,
  button,
  coloured,
  controlBar,
  degrees,
  digitImage,
  dots,
  format,
  html,
  marker,
  percent,
  plane,
  powerOfTen,
  readouts,
  row,
  rowsOf,
  segment,
  show,
  slider,
  thumbnail,
  weightImage,
} from "../../kit/kit.js";
import { direction, nearestIndex } from "../../mathematics/numbers.js";
import { addZHat, angleMark, landmarks, pathOfW, wHatArrow } from "../shared/tilting.js";

const FAR = 5; // pixels from the middle of a plane to its frame
const PICTURE = 96;

// Of each SVM the images in its tilting plane: the 3s and the 8s, each [along ẑ, along n̂].
function imagesOf(model) {
  const horizontal = arrayOf(model.get("horizontal"));
  const half = horizontal.length / 2;
  const halves = (values) => [values.subarray(0, half), values.subarray(half)];
  const [us3, us8] = halves(horizontal);
  return rowsOf(arrayOf(model.get("vertical"))).map((vertical) => {
    const [vs3, vs8] = halves(vertical);
    return [[us3, vs3], [us8, vs8]];
  });
}

// An empty plane with room for all images: `points` draws them.
function imagePlane(count, yLabel) {
  const plot = plane({
    label: "",
    x: [-FAR, FAR],
    y: [-FAR, FAR],
    xTicks: [-4, -2, 0, 2, 4],
    yTicks: [-4, -2, 0, 2, 4],
    xLabel: "along ẑ, from mean 3 to mean 8 (pixels)",
    yLabel,
  });
  const label = `${count} threes as blue discs, ${count} eights as orange squares`;
  return { plot, points: plot.add(dots({ label })) };
}

function addMeans(plot, [i, j]) {
  plot.add(marker({ shape: "disc", kind: "class-i", text: "i", dx: -8, dy: -7 })).draw(i);
  plot.add(marker({ shape: "square", kind: "class-j", text: "j", dx: 7, dy: 20 })).draw(j);
}

// The plane of ŵ itself, in which its boundary is a line.
function ownPlane(centroids, count) {
  const { plot, points } = imagePlane(count, "along n̂ (pixels)");
  const line = plot.add(boundary());
  addZHat(plot);
  const wHat = wHatArrow(plot);
  const angle = angleMark(plot, 1.2);
  const distances = ["i", "j"].map((mean) =>
    plot.add(segment({ kind: "adversarial", name: `from ${mean} to the boundary` }))
  );
  addMeans(plot, centroids);
  return {
    node: plot.node,
    draw({ theta, offset }, images, words) {
      const w = direction(theta);
      points.draw(...images);
      line.draw(w, offset);
      wHat.draw(w);
      angle.draw(theta);
      centroids.forEach(([x, y], k) => {
        const d = x * w[0] + y * w[1] + offset;
        distances[k].draw([x, y], [x - d * w[0], y - d * w[1]]);
      });
      plot.describe(`The classifier's tilting plane: ${words}`);
    },
  };
}

// The plane of the best SVM. Of another one it holds only a part of ŵ, and no boundary.
function fixedPlane(centroids, models, images) {
  const count = images[0][0].length;
  const { plot, points } = imagePlane(count, "along n̂ of the best classifier (pixels)");
  pathOfW(plot).draw(models.map(({ in_best_plane: w }) => w));
  addZHat(plot);
  const wHat = wHatArrow(plot);
  addMeans(plot, centroids);
  const note = html("span");
  return {
    node: plot.node,
    note,
    draw({ in_best_plane: w }) {
      const length = format(Math.hypot(...w));
      points.draw(...images);
      wHat.draw(w);
      note.textContent = `The digits stand still. Length of ŵ in it: ${length}`;
      plot.describe(
        "The same images in the tilting plane of the best classifier, where they stand still: of " +
          `ŵ, which has length 1, a part of length ${length} lies in it.`,
      );
    },
  };
}

function panel(area, title, note, plot) {
  const name = html("div", { class: "xp-name" }, title);
  const under = html("div", { class: "xp-note" }, note);
  return html("div", { class: `xp-panel xp-${area}` }, name, under, plot.node);
}

// The means, which stay, and ŵ of SVM number k: `draw(k)`.
function pictures(means, weights) {
  const meanOf = (c, digit) => {
    const image = digitImage(PICTURE);
    image.draw(means[c], `the mean of the training images of ${digit}`);
    return thumbnail(image, "ij"[c], `the mean ${digit}`);
  };
  const w = weightImage(PICTURE);
  const key = ["for ", coloured("i", "3"), ", for ", coloured("j", "8")];
  const all = [meanOf(0, 3), meanOf(1, 8), thumbnail(w, "ŵ", ...key)];
  return {
    node: html("div", { class: "xp-pictures" }, ...all),
    draw: (k) =>
      w.draw(weights[k], "the weights: blue where ink speaks for 3, orange where it speaks for 8"),
  };
}

const shownErrors = (svm) => [svm.err_train, svm.err_test].map((error) => percent(error));

function svmNumbers() {
  const { node, draw } = readouts([
    "tilt θ",
    "mean distance d_adv",
    "training error",
    "test error",
  ]);
  return {
    node,
    draw(svm) {
      const [training, test] = shownErrors(svm);
      draw({
        "tilt θ": `${format(degrees(svm.theta), 1)}° (${format(svm.theta)} rad)`,
        "mean distance d_adv": `${format(svm.d_adv)} pixels`,
        "training error": training,
        "test error": test,
      });
    },
  };
}

// What the plot says of an SVM to those who cannot see it.
function spoken(svm) {
  const [training, test] = shownErrors(svm);
  return (
    `at λ = ${powerOfTen(svm.log_lam)} the boundary is tilted by ` +
    `${format(degrees(svm.theta), 1)} degrees from upright and ${format(svm.d_adv)} pixels from ` +
    `the digits on average; ${training} of the training images and ${test} of the test images ` +
    "are on the wrong side"
  );
}

function render({ model, el }) {
  const models = model.get("models");
  const best = model.get("best");
  const images = imagesOf(model);
  const means = rowsOf(arrayOf(model.get("centroids")));
  const halfWay = Math.hypot(...means[0].map((value, k) => means[1][k] - value)) / 2;
  const centroids = [[-halfWay, 0], [halfWay, 0]];
  const ascending = models.map(({ log_lam: u }) => u).reverse();

  const own = ownPlane(centroids, images[0][0][0].length);
  const fixed = fixedPlane(centroids, models, images[best]);
  const strength = slider(model, "log_lam", {
    label: "Regularisation λ",
    grid: () => ascending,
    text: (u) => powerOfTen(ascending[nearestIndex(ascending, u)]),
  });
  const stops = Object.entries(landmarks(models, best)).map(([name, k]) =>
    button(name, () => assign(model, { log_lam: models[k].log_lam }))
  );
  const numbers = svmNumbers();
  const shown = pictures(means, rowsOf(arrayOf(model.get("weights"))));

  function draw() {
    const k = models.length - 1 - nearestIndex(ascending, model.get("log_lam"));
    strength.draw();
    own.draw(models[k], images[k], spoken(models[k]));
    fixed.draw(models[k]);
    shown.draw(k);
    numbers.draw(models[k]);
  }
  const key = row(
    coloured("i", "● handwritten 3 (class I)"),
    coloured("j", "■ handwritten 8 (class J)"),
    coloured("adversarial", "━ from the means to the boundary"),
  );
  const planes = html(
    "div",
    { class: "xp-pair-of-views" },
    panel("own", "The plane of this classifier", "It turns with ŵ, so the digits move.", own),
    panel("fixed", "One plane for all", fixed.note, fixed),
  );
  const bar = controlBar(strength.node, row(...stops));
  const below = html("div", { class: "xp-pair-of-views" }, shown.node, numbers.node);
  const views = html("div", { class: "xp-tilting" }, planes, bar, below);
  return show({ model, el }, [key, views], draw);
}

export default { render };
