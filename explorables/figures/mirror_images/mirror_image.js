// Mirror image: a boundary at angle θ, an image x, and its reflection on the other side.
import {
  LARGEST_ANGLE, angleSlider, assign, boundary, button, clamp, degrees, format, handle, html,
  marker, readouts, row, segment, show, svg, toyPicture, toyPlane,
} from "../../kit/common.js";

const HANDLE = 0.9; // where on the boundary its handle sits

const verdict = (d) => (Math.abs(d) < 5e-3 ? "on the boundary" : d < 0 ? "class I" : "class J");

function render({ model, el }) {
  const theta = () => model.get("theta");
  const w = () => [Math.cos(theta()), Math.sin(theta())];
  const plot = toyPlane(
    "Image space with the two classes, the boundary and the image x with its mirror image",
    [-1.1, 1.1],
  );
  const line = boundary(plot);
  const [classI, classJ] = [segment(plot, "class-i"), segment(plot, "class-j")];
  const normal = segment(plot, "normal");
  const path = segment(plot, "dashed");
  const projected = marker(plot, { shape: "ring", kind: "boundary", name: "xₚ", dx: 10, dy: 16 });
  const mirror = marker(plot, { shape: "diamond", kind: "adversarial", name: "xₘ", dx: 12 });
  const normalName = svg("text", { class: "xp-normal" }, "w");
  const image = handle(plot, {
    label: "The image x",
    shape: "disc",
    kind: "boundary",
    name: "x",
    dx: -8,
    dy: -10,
    step: 0.05,
    get: () => model.get("x"),
    move: ([a]) => assign(model, { x: [clamp(a, -1, 1), 0] }),
    text: () => `a = ${format(model.get("x")[0])}`,
  });
  const turn = handle(plot, {
    label: "Angle of the boundary",
    shape: "square",
    kind: "boundary",
    get: () => [-HANDLE * Math.sin(theta()), HANDLE * Math.cos(theta())],
    move: ([a, b]) => assign(model, { theta: clamp(Math.atan2(-a, b), 0, LARGEST_ANGLE) }),
    text: () => `${format(degrees(theta()), 1)} degrees`,
  });
  const angle = angleSlider(model, "theta", "Angle θ");
  const limits = [
    button("θ = 0", () => assign(model, { theta: 0 })),
    button("θ → 90°", () => assign(model, { theta: LARGEST_ANGLE })),
  ];
  const numbers = readouts(["‖x − xₘ‖", "2 |x·w|"]);
  const pictures = ["x", "xₚ, projected image", "xₘ, mirror image"].map((name) => toyPicture(name));

  plot.content.append(...line.nodes, classI.node, classJ.node, normal.node, path.node);
  plot.over.append(normalName, projected.node, mirror.node, turn.node, image.node);
  plot.over.append(
    svg("text", { x: plot.px(-0.6), y: plot.py(-0.13), class: "xp-text-i" }, "I"),
    svg("text", { x: plot.px(0.6), y: plot.py(-0.13), class: "xp-text-j" }, "J"),
  );
  classI.draw([-1, 0], [-0.2, 0]);
  classJ.draw([0.2, 0], [1, 0]);

  function draw() {
    const [w1, w2] = w();
    const x = model.get("x");
    const d = x[0] * w1 + x[1] * w2;
    const xp = [x[0] - d * w1, x[1] - d * w2];
    const xm = [x[0] - 2 * d * w1, x[1] - 2 * d * w2];
    line.draw([w1, w2], 0);
    normal.draw([0, 0], [0.4 * w1, 0.4 * w2]);
    normalName.setAttribute("x", plot.px(0.47 * w1) - 4);
    normalName.setAttribute("y", plot.py(0.47 * w2) + 4);
    path.draw(x, xm);
    projected.draw(xp);
    mirror.draw(xm);
    [image, turn, angle].forEach((part) => part.draw());
    [x, xp, xm].forEach((point, k) => {
      const distance = [d, 0, -d][k];
      pictures[k].draw(point, `${verdict(distance)}, d\u00a0=\u00a0${format(distance)}`);
    });
    numbers.draw({
      "‖x − xₘ‖": format(Math.hypot(x[0] - xm[0], x[1] - xm[1])),
      "2 |x·w|": format(2 * Math.abs(d)),
    });
  }
  const side = html(
    "div",
    { class: "xp-side" },
    ...pictures.map((picture) => picture.node),
    numbers.node,
  );
  return show({ model, el }, [row(plot.node, side), row(angle.node, ...limits)], draw);
}

export default { render };
