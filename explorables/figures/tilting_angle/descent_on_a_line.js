// What training leaves alone: gradient descent on images on a line, in the plane of the weights and
// in that of the images.
import {
  arrow,
  assign,
  boundary,
  button,
  controlBar,
  curve,
  degrees,
  format,
  handle,
  marker,
  percent,
  plane,
  readouts,
  row,
  segment,
  show,
  slider,
  toyPicture,
  toyPlane,
} from "../../kit/kit.js";
import { descend } from "../../mathematics/descent.js";
import { clamp, scaled } from "../../mathematics/numbers.js";

const LEAST = [-2, -4]; // of the weights at the start
const MOST = [6, 4];
const SHOWN = [-0.6, 0]; // the image whose mirror image is shown
const LENGTH = 0.7; // that ŵ is drawn with
const PER_FRAME = 2; // steps, while it trains

// The weights of every step.
function pathOf(model) {
  const brightness = model.get("brightness");
  const points = [-1, 1].flatMap((y) => brightness.map((a) => [y * a, 0]));
  const labels = [-1, 1].flatMap((y) => brightness.map(() => y));
  const [eta, lam, [, steps]] = [model.get("eta"), model.get("lam"), model.get("ranges").step];
  return descend(points, labels, model.get("start"), { eta, lam, steps });
}

// x − 2 (ŵ·x) ŵ
function mirrored([x, y], w) {
  const scale = (2 * (w[0] * x + w[1] * y)) / (w[0] ** 2 + w[1] ** 2);
  return [x - scale * w[0], y - scale * w[1]];
}

// The plane of the weights: where training starts, and the way it takes.
function weightSpace(model) {
  const plot = plane({
    label: "The weights, from where training starts to where it has come",
    x: [-2.5, 8.5],
    y: [-4.5, 4.5],
    xLabel: "w₁, along the images",
    yLabel: "w₂, across them",
    xTicks: [-2, 0, 2, 4, 6, 8],
    yTicks: [-4, -2, 0, 2, 4],
  });
  plot.add(segment({ kind: "muted" })).draw([-2.5, 0], [8.5, 0]);
  plot.add(segment({ kind: "muted" })).draw([0, -4.5], [0, 4.5]);
  const whole = plot.add(curve({ kind: "muted", name: "all steps" }));
  const taken = plot.add(curve({ kind: "own", name: "steps taken" }));
  const now = plot.add(marker({ shape: "ring", kind: "boundary", text: "w", dx: 8, dy: -10 }));
  const start = plot.add(
    handle({
      label: "Weights at the start",
      shape: "diamond",
      kind: "boundary",
      text: "start",
      dx: 12,
      dy: 22,
      step: 0.1,
      get: () => model.get("start"),
      move: (w) => assign(model, { start: w.map((v, k) => clamp(v, LEAST[k], MOST[k])), step: 0 }),
      spoken: () => `w₁ = ${format(model.get("start")[0])}, w₂ = ${format(model.get("start")[1])}`,
    }),
  );
  return {
    node: plot.node,
    draw(path, step) {
      whole.draw(path);
      taken.draw(path.slice(0, step + 1));
      now.draw(path[step]);
      now.show(step > 0);
      start.draw();
    },
  };
}

// The plane of the images, with the boundary.
function imageSpace(model) {
  const plot = toyPlane("The images of both classes, the boundary, and a mirror image", [
    -1.1,
    1.1,
  ]);
  const line = plot.add(boundary());
  for (const a of model.get("brightness")) {
    plot.add(marker({ shape: "disc", kind: "class-i", name: "class I", size: 0.6 })).draw([-a, 0]);
    plot.add(marker({ shape: "square", kind: "class-j", name: "class J", size: 0.6 })).draw([a, 0]);
  }
  const weights = plot.add(arrow({ kind: "boundary", name: "ŵ" }));
  const way = plot.add(segment({ kind: "dashed" }));
  plot.add(marker({ shape: "disc", kind: "class-i", text: "x", dx: -6, dy: -10 })).draw(SHOWN);
  const mirror = plot.add(marker({ shape: "disc", kind: "adversarial", text: "xₘ" }));
  return {
    node: plot.node,
    draw(w) {
      line.draw(w, 0);
      weights.draw([0, 0], scaled(w, LENGTH / Math.hypot(...w)));
      way.draw(SHOWN, mirrored(SHOWN, w));
      mirror.draw(mirrored(SHOWN, w));
    },
  };
}

// Some more steps in every frame, from the start to the last: at once where motion is unwelcome.
function train(model) {
  const [, last] = model.get("ranges").step;
  let step = matchMedia("(prefers-reduced-motion: reduce)").matches ? last : 0;
  assign(model, { step });
  const next = () => {
    if (step === last || model.get("step") !== step) return; // the reader has taken over
    step = Math.min(step + PER_FRAME, last);
    assign(model, { step });
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}

function pictures() {
  const [x, xMirror] = ["x", "xₘ, its mirror image"].map((name) => toyPicture(name, 56));
  x.draw(SHOWN, "labelled I");
  return {
    nodes: [x.node, xMirror.node],
    draw(w) {
      const place = mirrored(SHOWN, w);
      const moved = format(Math.hypot(place[0] - SHOWN[0], place[1] - SHOWN[1]));
      const says = w[0] > 0 ? "J" : "I"; // of the mirror image of an image with a < 0
      xMirror.draw(place, `called ${says}, moved by ${moved}`);
    },
  };
}

function render({ model, el }) {
  const planes = [weightSpace(model), imageSpace(model)];
  const controls = [
    slider(model, "lam", { label: "Decay λ", text: (lam) => format(lam, 3) }),
    slider(model, "step", { label: "Steps", text: String }),
  ];
  const images = pictures();
  const numbers = readouts(["tilt θ", "w₁", "w₂", "share of w₂ left"]);

  function draw() {
    const [path, step] = [pathOf(model), model.get("step")];
    const w = path[step];
    planes[0].draw(path, step);
    planes[1].draw(w);
    controls.forEach((control) => control.draw());
    images.draw(w);
    numbers.draw({
      "tilt θ": `${format(degrees(Math.atan2(Math.abs(w[1]), w[0])), 1)}°`,
      "w₁": format(w[0]),
      "w₂": format(w[1]),
      "share of w₂ left": percent(
        100 * (1 - 2 * model.get("eta") * model.get("lam")) ** step,
      ),
    });
  }
  const parts = [
    controlBar(...controls.map(({ node }) => node), button("train", () => train(model))),
    row(...planes.map(({ node }) => node)),
    row(numbers.node),
    row(...images.nodes),
  ];
  return show({ model, el }, parts, draw);
}

export default { render };
