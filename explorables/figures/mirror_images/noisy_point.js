// The noisy point: one mislabelled image p, and the classifier that fits it or ignores it.
import {
  assign, boundary, choice, clamp, degrees, format, handle, html, marker, pair, powerOfTen,
  readouts, row, show, slider, toyPicture, toyPlane,
} from "../../kit/common.js";
import { fit } from "../../mathematics/linear_fit.js";

const ORIGIN = [["origin", "through the origin"], ["free", "free bias"]];
const LOSSES = [["hinge", "hinge"], ["softplus", "softplus"]];

function render({ model, el }) {
  const plot = toyPlane(
    "The training images of both classes, the noisy point p and the fitted boundary",
    [-1.1, 1.1],
  );
  const line = boundary(plot);
  const brightness = model.get("brightness");
  const dots = [
    ...brightness.map((a) => [-a, "class-i", "disc"]),
    ...brightness.map((a) => [a, "class-j", "square"]),
  ].map(([a, kind, shape]) => {
    const dot = marker(plot, { shape, kind, size: 0.6 });
    dot.draw([a, 0]);
    return dot.node;
  });
  const noisy = handle(plot, {
    label: "The noisy point p, labelled I",
    shape: "disc",
    kind: "class-i",
    name: "p",
    dx: 12,
    dy: 18,
    step: 0.01,
    get: () => model.get("p"),
    move: (p) => assign(model, { p: p.map((value) => clamp(value, -1, 1)) }),
    text: () => `a = ${format(model.get("p")[0])}, b = ${format(model.get("p")[1])}`,
  });
  const strength = slider(model, "log_lam", {
    label: "Regularisation λ",
    min: -6,
    max: -1,
    step: 0.1,
    text: powerOfTen,
  });
  const loss = choice(model, "loss", { label: "Loss", options: LOSSES });
  const bias = choice(model, "bias", { label: "Boundary", options: ORIGIN });
  const numbers = readouts(["tilt θ", "‖w‖", "w", "b₀"]);
  const picture = toyPicture("p, the noisy point", 64);
  const controls = html(
    "div",
    { class: "xp-side" },
    ...[strength, loss, bias, picture, numbers].map((part) => part.node),
  );

  plot.content.append(...line.nodes, ...dots);
  plot.over.append(noisy.node);

  function draw() {
    const p = model.get("p");
    const { w, b } = fit(
      [...brightness.map((a) => [-a, 0]), ...brightness.map((a) => [a, 0]), p],
      [...brightness.map(() => -1), ...brightness.map(() => 1), -1],
      {
        loss: model.get("loss"),
        lambda: 10 ** model.get("log_lam"),
        bias: model.get("bias") === "free",
      },
    );
    line.draw(w, b);
    [noisy, strength, loss, bias].forEach((part) => part.draw());
    const score = w[0] * p[0] + w[1] * p[1] + b;
    picture.draw(p, `labelled I, classified ${score > 0 ? "J: ignored" : "I: fitted"}`);
    numbers.draw({
      "tilt θ": `${format(degrees(Math.atan2(Math.abs(w[1]), w[0])), 1)}°`,
      "‖w‖": format(Math.hypot(...w)),
      w: pair(w, 3),
      "b₀": format(b, 3),
    });
  }
  return show({ model, el }, [row(plot.node, controls)], draw);
}

export default { render };
