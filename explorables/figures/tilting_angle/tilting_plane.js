// Tilting plane: ŵ turns from the nearest-centroid direction to that of an SVM and beyond.
import {
  LARGEST_ANGLE, angleSlider, assign, boundary, button, clamp, degrees, digitImage, dots, forWidth,
  format, handle, html, imagesOf, marker, numbersOf, plane, readouts, row, segment, show, svg,
  svgWords, update, visible, weightImage,
} from "../../kit/common.js";
import { along, changingThumbnail, coloured, direction } from "../shared/tilting.js";

const DIGITS = ["3", "8"];
const DRAWN = 500; // images of each class; distances and errors are taken from all of them
// Drawn from their centres: a disc and a square.
const SPOTS = ["m-2.4 0a2.4 2.4 0 1 0 4.8 0a2.4 2.4 0 1 0-4.8 0z", "m-2.3-2.3h4.6v4.6h-4.6z"];

// Class I and class J, each a list of points [u, v] along ẑ and n̂, in pixels.
function classesOf(model) {
  const units = Array.from(numbersOf(model.get("points"), Int16Array));
  const values = units.map((value) => value / model.get("per_pixel"));
  const points = values.flatMap((u, k) => (k % 2 ? [] : [[u, values[k + 1]]]));
  return [points.slice(0, points.length / 2), points.slice(points.length / 2)];
}

// y d(x) of every point, class by class, for the boundary through the midpoint.
const marginsOf = (classes, [w1, w2]) =>
  classes.map((points, k) => points.map(([u, v]) => (k ? 1 : -1) * (w1 * u + w2 * v)));

// The points of both classes, which stand still; those on the wrong side in full colour.
function cloud(plot, classes) {
  const points = dots(plot, `${DRAWN} threes as blue discs, ${DRAWN} eights as orange squares`);
  const wrong = ["i", "j"].map((name) => svg("path", { class: `xp-spots-${name}` }));
  const places = classes.map((of) => of.map(([u, v]) => `M${plot.px(u)} ${plot.py(v)}`));
  const columns = classes.map((of) => [0, 1].map((axis) => of.map((point) => point[axis])));
  return {
    node: points.node,
    nodes: wrong,
    draw(margins) {
      points.draw(...columns);
      places.forEach((of, k) => {
        const chosen = of.filter((_, n) => margins[k][n] <= 0);
        update(wrong[k], { d: chosen.map((place) => place + SPOTS[k]).join("") });
      });
    },
  };
}

// Part of a circle about the midpoint, from ẑ to the angle θ.
function arc(plot, kind) {
  const node = svg("path", { class: `xp-line xp-${kind}` });
  return {
    node,
    draw(radius, theta) {
      const r = plot.px(radius) - plot.px(0);
      const [u, v] = along(direction(theta), radius);
      const start = `M ${plot.px(radius)} ${plot.py(0)}`;
      update(node, { d: `${start} A ${r} ${r} 0 0 0 ${plot.px(u)} ${plot.py(v)}` });
    },
  };
}

// The mark of a right angle: `draw(corner, [u, v], size)`, with its sides along [u, v] and across.
function rightAngle(plot) {
  const node = svg("path", { class: "xp-line" });
  return {
    node,
    draw([x, y], [u, v], size) {
      const at = (along, across) => {
        const [right, up] = [along * u - across * v, along * v + across * u];
        return `${plot.px(x + size * right)} ${plot.py(y + size * up)}`;
      };
      update(node, { d: `M ${at(1, 0)} L ${at(1, 1)} L ${at(0, 1)}` });
    },
  };
}

// A name beside a point: `draw(point, [right, up])` puts it so many screen pixels away.
function tag(plot, kind, text) {
  const node = svgWords({ class: `xp-word xp-text-${kind}`, "text-anchor": "middle" }, text);
  return {
    node,
    draw([x, y], [right, up], isShown = true) {
      update(node, { x: plot.px(x) + right, y: plot.py(y) + 4 - up });
      visible(node, isShown);
    },
  };
}

// Everything that is drawn in the plane: `draw(θ, margins)`.
function drawing(model, classes, half, wide) {
  const reach = wide ? 5 : 3.8;
  const plot = plane({
    label: "Training images in the plane of ẑ and n̂, the centroids i and j, and the boundary",
    width: wide ? 660 : 340,
    x: [-reach, reach],
    y: [-2.3, 2.3],
    xLabel: "along ẑ (pixels)",
    yLabel: "along n̂ (pixels)",
    xTicks: wide ? [-4, -2, 0, 2, 4] : [-2, 0, 2],
    yTicks: [-2, -1, 0, 1, 2],
  });
  const drawn = classes.map((points) => points.slice(0, DRAWN));
  const line = boundary(plot);
  const spots = cloud(plot, drawn);
  const [track, angle] = [arc(plot, "muted"), arc(plot, "normal")];
  const [axis, w] = [segment(plot, "normal"), segment(plot, "normal")];
  const [distance, projection] = [segment(plot, "adversarial"), segment(plot, "adversarial")];
  const beyond = segment(plot, "dashed");
  const corner = rightAngle(plot);
  const [i, j, iMirror, jMirror, svm] = [
    { shape: "disc", kind: "class-i", name: "i", dx: -12, dy: 5 },
    { shape: "square", kind: "class-j", name: "j", dx: 12, dy: 5 },
    { shape: "disc", kind: "adversarial", name: "iₘ", dx: 0, dy: -10, size: 0.6 },
    { shape: "square", kind: "adversarial", name: "jₘ", dx: -2, dy: 21, size: 0.6 },
    { shape: "ring", kind: "boundary", name: "SVM", dx: -9, dy: -7, size: 0.8 },
  ].map((look) => marker(plot, look));
  const names = {
    half: tag(plot, "boundary", "½‖j − i‖"),
    theta: tag(plot, "boundary", "θ"),
    w: tag(plot, "boundary", "ŵ"),
    distance: tag(plot, "adversarial", "d_adv"),
    projection: tag(plot, "adversarial", wide ? "½‖j − i‖ cos θ" : ""),
  };
  const turn = handle(plot, {
    label: "Direction of the weights ŵ",
    shape: "diamond",
    kind: "boundary",
    get: () => direction(model.get("theta")),
    move: ([u, v]) => assign(model, { theta: clamp(Math.atan2(v, u), 0, LARGEST_ANGLE) }),
    text: () => inDegrees(model.get("theta")),
  });

  plot.content.append(...line.nodes, ...spots.nodes);
  const lines = [track, axis, w, angle, corner, beyond, distance, projection];
  const marks = [svm, i, j, iMirror, jMirror, ...Object.values(names), turn];
  plot.over.append(...[...lines, ...marks].map((part) => part.node));
  track.draw(1, Math.PI / 2);
  axis.draw([-half, 0], [half, 0]);
  i.draw([-half, 0]);
  j.draw([half, 0]);
  svm.draw(direction(model.get("theta_svm")));
  names.half.draw([-0.45 * half, 0], [0, -14]);
  const unit = plot.px(1) - plot.px(0);

  return {
    node: spots.node,
    outside: drawn.flat().filter(([u]) => Math.abs(u) > reach).length,
    draw(theta, margins) {
      const [w1, w2] = direction(theta);
      const d = half * w1;
      const foot = [half - d * w1, -d * w2];
      const mirror = [half - 2 * d * w1, -2 * d * w2];
      line.draw([w1, w2], 0);
      spots.draw(margins);
      w.draw([0, 0], [w1, w2]);
      projection.draw([0, 0], [d * w1, d * w2]);
      distance.draw(foot, [half, 0]);
      corner.draw(foot, [w1, w2], Math.min(0.15, d / 3));
      beyond.draw(foot, mirror);
      jMirror.draw(mirror);
      iMirror.draw(along(mirror, -1));
      angle.draw(0.4, theta);
      turn.draw();
      names.theta.draw([0, 0], along(direction(theta / 2), 0.62 * unit), theta > 0.2);
      names.w.draw([w1, w2], along(direction(theta - 0.5), 20));
      names.distance.draw([half - (d * w1) / 2, (-d * w2) / 2], [30 * w2, -18 * w1], d > 0.15);
      const aside = [-64 * Math.min(1, 1.6 * w2), 20 * w1]; // clear of the handle
      names.projection.draw([(d * w1) / 2, (d * w2) / 2], aside, d > 0.15);
    },
  };
}

const inDegrees = (angle) => `${format(degrees(angle), 1)} degrees`;

// ŵ, the centroids and their mirror images as pictures: `draw(θ)`.
function pictures(model, centroids, zHat, half, wide) {
  const [nHat] = imagesOf(model.get("n_hat"));
  const size = wide ? 112 : 96;
  const weights = changingThumbnail(weightImage(size), "ŵ, weights");
  const [i, j, iMirror, jMirror] = ["i, mean 3", "j, mean 8", "iₘ, mirrored", "jₘ, mirrored"].map(
    (name) => changingThumbnail(digitImage(size), name),
  );
  const tiles = [weights, i, iMirror, j, jMirror].map((each) => each.node);
  [i, j].forEach((each, k) =>
    each.draw(centroids[k], `the mean ${DIGITS[k]}`, `says ${DIGITS[k]}`),
  );
  return {
    node: html("div", { class: "xp-tiles" }, ...tiles),
    draw(theta) {
      const [w1, w2] = direction(theta);
      const wHat = zHat.map((z, k) => w1 * z + w2 * nHat[k]);
      const key = ["ink for ", coloured("i", "3"), ", for ", coloured("j", "8")];
      weights.draw(wHat, `the weights, turned by ${inDegrees(theta)}`, ...key);
      [iMirror, jMirror].forEach((each, k) => {
        const step = (k ? -2 : 2) * half * w1;
        const moved = centroids[k].map((value, pixel) => value + step * wHat[pixel]);
        const [says, far] = [`says ${DIGITS[1 - k]}`, `moved ${format(2 * half * w1)}`];
        const words = `mirror image of the mean ${DIGITS[k]}, ${far}; the classifier ${says}`;
        each.draw(moved, words, says, html("br"), far);
      });
    },
  };
}

function build({ model, el }, wide) {
  const centroids = imagesOf(model.get("centroids"));
  const between = centroids[1].map((value, k) => value - centroids[0][k]);
  const half = Math.hypot(...between) / 2;
  const zHat = between.map((value) => value / (2 * half));
  const classes = classesOf(model);
  const thetaSvm = model.get("theta_svm");

  const plot = drawing(model, classes, half, wide);
  const images = pictures(model, centroids, zHat, half, wide);
  const key = html(
    "div",
    { class: "xp-note xp-key" },
    `The first ${DRAWN} images of each class, `,
    coloured("i", "●\u00a03"),
    " and ",
    coloured("j", "■\u00a08"),
    ". In full colour: on the wrong side.",
    plot.outside ? ` (${plot.outside} lie outside this narrow frame.)` : "",
  );
  const tilt = angleSlider(model, "theta", "Tilting angle θ");
  const stops = [
    ["nearest centroid", 0],
    ["weakly regularised SVM", thetaSvm],
  ].map(([name, theta]) =>
    button(`${name}, ${format(degrees(theta), theta ? 1 : 0)}°`, () => assign(model, { theta })),
  );
  const numbers = readouts(["½‖j − i‖ cos θ", "mean distance d_adv", "training error"]);

  function draw() {
    const theta = model.get("theta");
    const [cosine] = direction(theta);
    const margins = marginsOf(classes, direction(theta));
    const all = margins.flat();
    const wrong = all.filter((margin) => margin <= 0).length;
    const [count, total] = [wrong, all.length].map((value) => value.toLocaleString("en"));
    plot.draw(theta, margins);
    images.draw(theta);
    tilt.draw();
    numbers.draw({
      "½‖j − i‖ cos θ": `${format(half, 3)} × ${format(cosine, 3)} = ${format(half * cosine, 3)}`,
      "mean distance d_adv": format(all.reduce((sum, margin) => sum + margin, 0) / all.length, 3),
      "training error": `${format((100 * wrong) / all.length, 1)} %, ${count} of ${total}`,
    });
  }
  const parts = [row(plot.node), key, row(tilt.node), row(...stops), numbers.node, images.node];
  return show({ model, el }, parts, draw);
}

export default { render: forWidth(build) };
