// Tilting plane: ŵ turns from the nearest-centroid direction to that of an SVM and beyond.
import {
  angleSlider,
  arc,
  arrayOf,
  assign,
  boundary,
  button,
  changingThumbnail,
  coloured,
  controlBar,
  count,
  degrees,
  digitImage,
  dots,
  format,
  forWidth,
  handle,
  html,
  inDegrees,
  labels,
  mark,
  marker,
  percent,
  plane,
  readouts,
  row,
  rowsOf,
  segment,
  show,
  SPOTS,
  spots,
  weightImage,
} from "../../kit/kit.js";
import { clamp, direction, mean, range, scaled } from "../../mathematics/numbers.js";
import { alongLine, angleMark } from "../shared/tilting.js";

const DIGITS = ["3", "8"];
const DRAWN = 500; // images of each class; distances and errors are taken from all of them
const SMALLEST_NAMED = 0.15; // pixels: a shorter distance has no room for its name

// The data

// Class I and class J, each [us, vs]: the coordinates of its images along ẑ and n̂, in pixels.
function classesOf(model) {
  const points = rowsOf(arrayOf(model.get("points")));
  const half = points.length / 2;
  return [points.slice(0, half), points.slice(half)].map(columnsOf);
}

const columnsOf = (points) =>
  [0, 1].map((axis) => Float64Array.from(points, (point) => point[axis]));

const firstOf = (classes) =>
  classes.map((columns) => columns.map((values) => values.subarray(0, DRAWN)));

// y d(x) of every image, class by class, for the boundary through the midpoint.
const marginsOf = (classes, [w1, w2]) =>
  classes.map(([us, vs], c) => us.map((u, n) => (c ? 1 : -1) * (w1 * u + w2 * vs[n])));

// The centroids, half of their distance, and the unit vectors ẑ and n̂ of the plane, as images.
function frameOf(model) {
  const centroids = rowsOf(arrayOf(model.get("centroids")));
  const between = centroids[1].map((value, k) => value - centroids[0][k]);
  const half = Math.hypot(...between) / 2;
  const zHat = between.map((value) => value / (2 * half));
  return { centroids, half, zHat, nHat: arrayOf(model.get("n_hat")) };
}

// What is drawn at θ: ŵ; the distance d of j from the boundary, and the point of the boundary that
// is nearest to it; and the mirror image of j.
function geometry(theta, half) {
  const w = direction(theta);
  const d = half * w[0];
  const fromJ = (length) => [half - length * w[0], -length * w[1]];
  return { w, d, foot: fromJ(d), mirror: fromJ(2 * d) };
}

// The plot

function emptyPlane(wide) {
  const reach = wide ? 5 : 3.8;
  return plane({
    label: "Training images in the plane of ẑ and n̂, the centroids i and j, and the boundary",
    width: wide ? 660 : 340,
    x: [-reach, reach],
    y: [-2.3, 2.3],
    xLabel: "along ẑ (pixels)",
    yLabel: "along n̂ (pixels)",
    xTicks: wide ? [-4, -2, 0, 2, 4] : [-2, 0, 2],
    yTicks: [-2, -1, 0, 1, 2],
  });
}

// The images of both classes, those on the wrong side in full colour: `draw(margins)`.
function images(plot, classes) {
  const [i, j] = classes.map(([us]) => us.length);
  const label = `${i} threes as blue discs, ${j} eights as orange squares`;
  const all = plot.add(dots({ label }));
  const wrong = ["i", "j"].map((c) =>
    plot.add(spots({ kind: `spots-${c}`, name: `class ${c.toUpperCase()}, on the wrong side` }))
  );
  const shapes = [SPOTS.disc, SPOTS.square];
  return (margins) => {
    all.draw(...classes);
    classes.forEach(([us, vs], c) => {
      const chosen = range(us.length).filter((n) => margins[c][n] <= 0);
      wrong[c].draw(chosen.map((n) => [us[n], vs[n]]), shapes[c]);
    });
  };
}

// A right angle at a corner, with its sides along [u, v] and across.
const rightAngle = mark("path", (plot, [x, y], [u, v], size) => {
  const at = (along, across) =>
    plot.at([x + size * (along * u - across * v), y + size * (along * v + across * u)]).join(" ");
  return { d: `M ${at(1, 0)} L ${at(1, 1)} L ${at(0, 1)}` };
});

// The distance from j to the boundary, once there and once along ŵ, and on to the mirror image.
function distances(plot, half) {
  const projection = plot.add(segment({ kind: "adversarial", name: "½‖j − i‖ cos θ" }));
  const distance = plot.add(segment({ kind: "adversarial", name: "d_adv" }));
  const beyond = plot.add(segment({ kind: "dashed" }));
  const corner = plot.add(rightAngle({ kind: "normal" }));
  return ({ w, d, foot, mirror }) => {
    projection.draw([0, 0], scaled(w, d));
    distance.draw(foot, [half, 0]);
    beyond.draw(foot, mirror);
    corner.draw(foot, w, Math.min(0.15, d / 3));
  };
}

// The centroids, their mirror images, and the SVM's own ŵ.
function points(plot, half, svm) {
  const add = (look) => plot.add(marker(look));
  add({ shape: "ring", kind: "boundary", name: "SVM", size: 0.8 }).draw(svm);
  add({ shape: "disc", kind: "class-i", name: "i" }).draw([-half, 0]);
  add({ shape: "square", kind: "class-j", name: "j" }).draw([half, 0]);
  const iMirror = add({ shape: "disc", kind: "adversarial", name: "iₘ", size: 0.6 });
  const jMirror = add({ shape: "square", kind: "adversarial", name: "jₘ", size: 0.6 });
  return ({ mirror }) => {
    iMirror.draw(scaled(mirror, -1));
    jMirror.draw(mirror);
  };
}

const turnHandle = (model) =>
  handle({
    label: "Direction of the weights ŵ",
    shape: "diamond",
    kind: "boundary",
    get: () => direction(model.get("theta")),
    move([u, v]) {
      const [least, most] = model.get("ranges").theta;
      assign(model, { theta: clamp(Math.atan2(v, u), least, most) });
    },
    spoken: () => inDegrees(model.get("theta")),
  });

// The names of all this, and the points that they keep clear of.
function namesAt({ w, d, foot, mirror }, half, svm, wide) {
  const [i, j, iMirror] = [[-half, 0], [half, 0], scaled(mirror, -1)];
  const names = [
    { point: i, text: "i" },
    { point: j, text: "j" },
    { point: w, text: "ŵ" },
    { point: svm, text: "SVM" },
    { point: iMirror, text: "iₘ" },
    { point: mirror, text: "jₘ" },
    { point: [-half / 2, 0], text: "½‖j − i‖" },
  ];
  if (d > SMALLEST_NAMED) {
    names.push({ point: middleOf(foot, j), text: "d_adv", kind: "adversarial" });
  }
  if (d > SMALLEST_NAMED && wide) {
    names.push({ point: scaled(w, d / 2), text: "½‖j − i‖ cos θ", kind: "adversarial" });
  }
  const lines = [[i, j], [[0, 0], w], [[0, 0], scaled(w, d)], [j, mirror]];
  return [names, [svm, iMirror, ...lines.flatMap(alongLine)]];
}

const middleOf = ([x1, y1], [x2, y2]) => [(x1 + x2) / 2, (y1 + y2) / 2];

function tiltingPlane(model, classes, half, wide) {
  const svm = direction(model.get("theta_svm"));
  const plot = emptyPlane(wide);
  const line = plot.add(boundary());
  const drawImages = images(plot, classes);
  plot.add(arc({ kind: "muted" })).draw(1, Math.PI / 2);
  plot.add(segment({ kind: "normal" })).draw([-half, 0], [half, 0]);
  const weights = plot.add(segment({ kind: "normal", name: "ŵ" }));
  const angle = angleMark(plot, 0.4);
  const drawDistances = distances(plot, half);
  const drawPoints = points(plot, half, svm);
  const names = plot.add(labels({ strong: true }));
  const turn = plot.add(turnHandle(model));
  return {
    node: plot.node,
    outside: classes.flatMap(([us]) => [...us]).filter((u) => Math.abs(u) > plot.x[1]).length,
    draw(theta, margins) {
      const shown = geometry(theta, half);
      line.draw(shown.w, 0);
      drawImages(margins);
      weights.draw([0, 0], shown.w);
      angle.draw(theta);
      drawDistances(shown);
      drawPoints(shown);
      const [wanted, marks] = namesAt(shown, half, svm, wide);
      names.draw(wanted, [...marks, angle.nameAt(theta)]);
      turn.draw();
    },
  };
}

// The pictures below

// ŵ, the centroids and their mirror images: `draw(theta)`.
function pictures({ centroids, half, zHat, nHat }, wide) {
  const size = wide ? 112 : 96;
  const weights = changingThumbnail(weightImage(size), "ŵ, weights");
  const [i, j, iMirror, jMirror] = ["i, mean 3", "j, mean 8", "iₘ, mirrored", "jₘ, mirrored"].map(
    (name) => changingThumbnail(digitImage(size), name),
  );
  [i, j].forEach((picture, c) =>
    picture.draw(centroids[c], `the mean ${DIGITS[c]}`, `says ${DIGITS[c]}`)
  );
  const drawMirrored = (picture, c, wHat, distance) => {
    const step = (c ? -1 : 1) * distance;
    const moved = centroids[c].map((value, k) => value + step * wHat[k]);
    const [says, far] = [`says ${DIGITS[1 - c]}`, `moved ${format(distance)}`];
    const words = `mirror image of the mean ${DIGITS[c]}, ${far}; the classifier ${says}`;
    picture.draw(moved, words, says, html("br"), far);
  };
  const key = () => ["ink for ", coloured("i", "3"), ", for ", coloured("j", "8")];
  return {
    node: html(
      "div",
      { class: "xp-tiles" },
      ...[weights, i, iMirror, j, jMirror].map((picture) => picture.node),
    ),
    draw(theta) {
      const [w1, w2] = direction(theta);
      const wHat = zHat.map((z, k) => w1 * z + w2 * nHat[k]);
      weights.draw(wHat, `the weights, turned by ${inDegrees(theta)}`, ...key());
      [iMirror, jMirror].forEach((picture, c) => drawMirrored(picture, c, wHat, 2 * half * w1));
    },
  };
}

// Words and numbers

const legend = (drawn, outside) =>
  html(
    "div",
    { class: "xp-note xp-key" },
    `The first ${drawn} images of each class, `,
    coloured("i", "●\u00a03"),
    " and ",
    coloured("j", "■\u00a08"),
    ". In full colour: on the wrong side.",
    outside ? ` (${outside} lie outside this narrow frame.)` : "",
  );

const stop = (model, name, theta) =>
  button(`${name}, ${format(degrees(theta), theta ? 1 : 0)}°`, () => assign(model, { theta }));

function planeNumbers(half) {
  const { node, draw } = readouts(["½‖j − i‖ cos θ", "mean distance d_adv", "training error"]);
  return {
    node,
    draw(theta, margins) {
      const cosine = Math.cos(theta);
      const all = margins.flatMap((values) => [...values]);
      const wrong = all.filter((margin) => margin <= 0).length;
      const share = percent((100 * wrong) / all.length);
      draw({
        "½‖j − i‖ cos θ": `${format(half, 3)} × ${format(cosine, 3)} = ${format(half * cosine, 3)}`,
        "mean distance d_adv": format(mean(all), 3),
        "training error": `${share}, ${count(wrong)} of ${count(all.length)}`,
      });
    },
  };
}

function build({ model, el }, wide) {
  const classes = classesOf(model);
  const drawn = firstOf(classes);
  const frame = frameOf(model);
  const plot = tiltingPlane(model, drawn, frame.half, wide);
  const images = pictures(frame, wide);
  const tilt = angleSlider(model, "theta", "Tilting angle θ");
  const numbers = planeNumbers(frame.half);

  function draw() {
    const theta = model.get("theta");
    const margins = marginsOf(classes, direction(theta));
    plot.draw(theta, margins);
    images.draw(theta);
    tilt.draw();
    numbers.draw(theta, margins);
  }
  const stops = row(
    stop(model, "nearest centroid", 0),
    stop(model, "weakly regularised SVM", model.get("theta_svm")),
  );
  const key = legend(drawn[0][0].length, plot.outside);
  const bar = controlBar(tilt.node, stops);
  const parts = [row(plot.node), key, bar, numbers.node, images.node];
  return show({ model, el }, parts, draw);
}

export default { render: forWidth(build) };
