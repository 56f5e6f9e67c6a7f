// The noisy point: one mislabelled image p, and the classifier that fits it or ignores it.
import {
  assign,
  boundary,
  choice,
  controlBar,
  degrees,
  format,
  handle,
  html,
  marker,
  pair,
  powerOfTen,
  readouts,
  row,
  segment,
  show,
  slider,
  toyPicture,
  toyPlane,
} from "../../kit/kit.js";
import { fit } from "../../mathematics/linear_fit.js";
import { clamp, dot } from "../../mathematics/numbers.js";

const BIASES = [["origin", "through the origin"], ["free", "free bias"]];
const LOSSES = [["hinge", "hinge"], ["softplus", "softplus"]];

const ROOM = 1.3; // to the frame: p keeps inside, and its name too

// The classifier of the images of both classes and of p, which is labelled I.
function fitted(model) {
  const brightness = model.get("brightness");
  const points = [-1, 1].flatMap((y) => brightness.map((a) => [y * a, 0]));
  const labels = [-1, 1].flatMap((y) => brightness.map(() => y));
  return fit([...points, model.get("p")], [...labels, -1], {
    loss: model.get("loss"),
    lambda: 10 ** model.get("log_lam"),
    bias: model.get("bias") === "free",
  });
}

// The image of class I whose mirror image is shown: the middle one.
function imageOf(model) {
  const brightness = model.get("brightness");
  return [-brightness[Math.floor(brightness.length / 2)], 0];
}

// The plane with the training images and the boundary: `draw(classifier, x, mirrorImage)`.
function imageSpace(model) {
  const plot = toyPlane(
    "The training images of both classes, the noisy point p and the fitted boundary",
    [-ROOM, ROOM],
  );
  const line = plot.add(boundary());
  for (const a of model.get("brightness")) {
    plot.add(marker({ shape: "disc", kind: "class-i", name: "class I", size: 0.6 })).draw([-a, 0]);
    plot.add(marker({ shape: "square", kind: "class-j", name: "class J", size: 0.6 })).draw([a, 0]);
  }
  const way = plot.add(segment({ kind: "dashed", name: "from x to its mirror image" }));
  const image = plot.add(marker({ shape: "disc", kind: "class-i", text: "x", dx: -4, dy: -12 }));
  const mirror = plot.add(
    marker({ shape: "diamond", kind: "adversarial", text: "xₘ", size: 0.9, dx: 12, dy: -4 }),
  );
  const noisy = plot.add(
    handle({
      label: "The noisy point p, labelled I",
      shape: "disc",
      kind: "class-i",
      text: "p",
      dx: 12,
      dy: 18,
      step: 0.01,
      get: () => model.get("p"),
      move: (p) => assign(model, { p: p.map((value) => clamp(value, -1, 1)) }),
      spoken: () => `a = ${format(model.get("p")[0])}, b = ${format(model.get("p")[1])}`,
    }),
  );
  return {
    node: plot.node,
    draw({ w, b }, x, mirrorImage) {
      line.draw(w, b);
      way.draw(x, mirrorImage);
      image.draw(x);
      mirror.draw(mirrorImage);
      noisy.draw();
    },
  };
}

function render({ model, el }) {
  const plane = imageSpace(model);
  const strength = slider(model, "log_lam", { label: "Regularisation λ", text: powerOfTen });
  const choices = [
    choice(model, "loss", { label: "Loss", options: LOSSES }),
    choice(model, "bias", { label: "Boundary", options: BIASES }),
  ];
  const picture = toyPicture("p, the noisy point", 64);
  const mirrored = toyPicture("xₘ, mirror image of x", 64);
  const numbers = readouts(["tilt θ", "‖x − xₘ‖", "‖w‖", "w", "b₀"]);

  function draw() {
    const { w, b } = fitted(model);
    const p = model.get("p");
    const x = imageOf(model);
    const d = (dot(w, x) + b) / Math.hypot(...w);
    const mirrorImage = x.map((value, k) => value - (2 * d * w[k]) / Math.hypot(...w));
    plane.draw({ w, b }, x, mirrorImage);
    mirrored.draw(
      mirrorImage,
      `classified ${d < 0 ? "J" : "I"}, as surely as x is ${d < 0 ? "I" : "J"}`,
    );
    [strength, ...choices].forEach((part) => part.draw());
    picture.draw(p, `labelled I, classified ${dot(w, p) + b > 0 ? "J: ignored" : "I: fitted"}`);
    numbers.draw({
      "tilt θ": `${format(degrees(Math.atan2(w[1], w[0])), 1)}°`,
      "‖x − xₘ‖": format(2 * Math.abs(d)),
      "‖w‖": format(Math.hypot(...w)),
      w: pair(w, 3),
      "b₀": format(b, 3),
    });
  }
  const parts = [...choices, picture, mirrored, numbers].map((part) => part.node);
  const side = html("div", { class: "xp-side" }, ...parts);
  return show({ model, el }, [row(plane.node, side), controlBar(strength.node)], draw);
}

export default { render };
