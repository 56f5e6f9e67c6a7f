// Digits as points, a boundary between them that leans over, and two digits with their mirror images.
import {
  arrayOf,
  assign,
  boundary,
  button,
  changingThumbnail,
  controlBar,
  degrees,
  digitImage,
  dots,
  format,
  forWidth,
  html,
  inDegrees,
  marker,
  percent,
  plane,
  powerOfTen,
  row,
  rowsOf,
  segment,
  show,
  slider,
} from "../../kit/kit.js";
import { direction, nearestIndex } from "../../mathematics/numbers.js";
import { landmarks } from "../shared/tilting.js";

const NAMES = ["3", "8"];
const LOOKS = [{ shape: "disc", kind: "class-i" }, { shape: "square", kind: "class-j" }];
const [FAR, HIGH] = [5, 3.4]; // pixels from the middle of the plane to its frame, across and up

// Of each SVM the images in its tilting plane: the 3s and the 8s, each [across, up].
function imagesOf(model) {
  const across = arrayOf(model.get("horizontal"));
  const half = across.length / 2;
  return rowsOf(arrayOf(model.get("vertical"))).map((up) =>
    [[0, half], [half, 2 * half]].map((ends) => [across, up].map((some) => some.subarray(...ends)))
  );
}

// From a digit to its mirror image: `draw(from, to)`.
function wayAcross(plot, c) {
  const name = `the ${NAMES[c]}`;
  const line = plot.add(segment({ kind: "dashed", name: `from ${name} to its mirror image` }));
  const look = { ...LOOKS[c], text: NAMES[c], dx: c ? 10 : -10, size: 1.2 };
  const digit = plot.add(marker(look));
  const mirror = plot.add(
    marker({ shape: look.shape, kind: "adversarial", name: `mirror image of ${name}`, size: 0.9 }),
  );
  return (from, to) => {
    line.draw(from, to);
    digit.draw(from);
    mirror.draw(to);
  };
}

function digitPlane(count, wide) {
  const plot = plane({
    label: "",
    width: wide ? 640 : 340,
    x: [-FAR, FAR],
    y: [-HIGH, HIGH],
    xTicks: [-4, -2, 0, 2, 4],
    yTicks: [-2, 0, 2],
    xLabel: "from the average 3 to the average 8 (pixels)",
    yLabel: "where the boundary leans to",
  });
  const label = `${count} threes as blue discs, ${count} eights as orange squares`;
  const points = plot.add(dots({ label }));
  const line = plot.add(boundary());
  const ways = [0, 1].map((c) => wayAcross(plot, c));
  return {
    node: plot.node,
    draw({ theta, offset, distances }, images, places, words) {
      const w = direction(theta);
      points.draw(...images);
      line.draw(w, offset);
      ways.forEach((draw, c) =>
        draw(places[c], places[c].map((value, axis) => value - 2 * distances[c] * w[axis]))
      );
      plot.describe(words);
    },
  };
}

// Both digits and their mirror images: `draw(distances, wHat)`.
function pictures(digits, wide) {
  const size = wide ? 96 : 76;
  const picture = (name) => changingThumbnail(digitImage(size), name);
  const all = digits.map((x, c) => {
    const [digit, mirror] = [picture(`the ${NAMES[c]}`), picture("mirror image")];
    digit.draw(x, `the ${NAMES[c]}`, `says ${NAMES[c]}`);
    return { x, c, digit, mirror };
  });
  return {
    node: html(
      "div",
      { class: "xp-pair" },
      ...all.map(({ digit, mirror }) =>
        html("div", { class: "xp-pictures" }, digit.node, mirror.node)
      ),
    ),
    draw(distances, wHat) {
      for (const { x, c, digit, mirror } of all) {
        const d = distances[c];
        const says = (distance) => `says ${NAMES[distance < 0 ? 0 : 1]}`;
        const far = `${format(2 * Math.abs(d))} away`;
        digit.draw(x, `the ${NAMES[c]}; the classifier ${says(d)}`, says(d));
        mirror.draw(
          x.map((value, pixel) => value - 2 * d * wHat[pixel]),
          `the mirror image of the ${NAMES[c]}, ${far}; the classifier ${says(-d)}`,
          `${says(-d)}, ${far}`,
        );
      }
    },
  };
}

const unit = (w) => w.map((value) => value / Math.hypot(...w));

const verdictOf = ({ theta, err_train: training, err_test: test }) =>
  `The boundary leans by ${format(degrees(theta), 1)}°. It is wrong about ${
    percent(training)
  } of ` +
  `the training images and ${percent(test)} of the test images.`;

function build({ model, el }, wide) {
  const models = model.get("models");
  const images = imagesOf(model);
  const places = rowsOf(arrayOf(model.get("places"))).map(rowsOf);
  const wHats = rowsOf(arrayOf(model.get("weights"))).map(unit);
  const ascending = models.map(({ log_lam: u }) => u).reverse();
  const errors = models.map(({ err_test: error }) => error);

  const plot = digitPlane(images[0][0][0].length, wide);
  const strength = slider(model, "log_lam", {
    label: "Strength of the regularisation, λ",
    grid: () => ascending,
    text: (u) => powerOfTen(ascending[nearestIndex(ascending, u)]),
  });
  const best = errors.indexOf(Math.min(...errors));
  const stops = Object.entries(landmarks(models, best)).map(([name, k]) =>
    button(name, () => assign(model, { log_lam: models[k].log_lam }))
  );
  const both = pictures(rowsOf(arrayOf(model.get("digits"))), wide);
  const verdict = html("p", { class: "xp-verdict xp-balanced" });

  function draw() {
    const k = models.length - 1 - nearestIndex(ascending, model.get("log_lam"));
    const svm = models[k];
    strength.draw();
    plot.draw(
      svm,
      images[k],
      places[k].map((place) => [...place]),
      `Digits as points: at λ = ${powerOfTen(svm.log_lam)} the boundary leans by ` +
        inDegrees(svm.theta),
    );
    both.draw(svm.distances, wHats[k]);
    verdict.textContent = verdictOf(svm);
  }
  const bar = controlBar(strength.node, row(...stops));
  return show({ model, el }, [row(plot.node), bar, both.node, verdict], draw);
}

export default { render: forWidth(build) };
