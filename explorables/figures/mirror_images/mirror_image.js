// Mirror image: a boundary at angle θ, an image x, and its reflection on the other side.
import {
  angleSlider,
  assign,
  boundary,
  button,
  controlBar,
  format,
  handle,
  html,
  inDegrees,
  labels,
  marker,
  readouts,
  row,
  segment,
  show,
  toyPicture,
  toyPlane,
  unbroken,
} from "../../kit/kit.js";
import { clamp, direction, dot, scaled } from "../../mathematics/numbers.js";

const HANDLE = 0.9; // how far from the origin the handle of the boundary is
const NORMAL = 0.4; // the length at which w is drawn

const verdict = (d) => (Math.abs(d) < 5e-3 ? "on the boundary" : d < 0 ? "class I" : "class J");

// The boundary's unit normal w, and the images x, xₚ and xₘ with their signed distances.
function view(model) {
  const w = direction(model.get("theta"));
  const x = model.get("x");
  const d = dot(x, w);
  const moved = (distance) => x.map((value, k) => value - distance * w[k]);
  return { w, points: [x, moved(d), moved(2 * d)], distances: [d, 0, -d] };
}

function imageHandle(model) {
  return handle({
    label: "The image x",
    shape: "disc",
    kind: "boundary",
    name: "x",
    step: 0.05,
    get: () => model.get("x"),
    move: ([a]) => assign(model, { x: [clamp(a, -1, 1), 0] }),
    spoken: () => `a = ${format(model.get("x")[0])}`,
  });
}

function boundaryHandle(model) {
  const [least, largest] = model.get("ranges").theta;
  return handle({
    label: "Angle of the boundary",
    shape: "square",
    kind: "boundary",
    get: () => scaled(direction(model.get("theta") + Math.PI / 2), HANDLE),
    move: ([a, b]) => assign(model, { theta: clamp(Math.atan2(-a, b), least, largest) }),
    spoken: () => inDegrees(model.get("theta")),
  });
}

// The plane with the two classes, the boundary and the images: `draw(view)`.
function imageSpace(model) {
  const plot = toyPlane(
    "Image space with the two classes, the boundary and the image x with its mirror image",
    [-1.1, 1.1],
  );
  const line = plot.add(boundary());
  plot.add(segment({ kind: "class-i", name: "class I" })).draw([-1, 0], [-0.2, 0]);
  plot.add(segment({ kind: "class-j", name: "class J" })).draw([0.2, 0], [1, 0]);
  const [nameI, nameJ] = [[-0.6, -0.13], [0.6, -0.13]];
  plot.label(...nameI, "I", { kind: "i", anchor: "middle" });
  plot.label(...nameJ, "J", { kind: "j", anchor: "middle" });
  const normal = plot.add(segment({ kind: "normal", name: "normal" }));
  const way = plot.add(segment({ kind: "dashed", name: "from x to its mirror image" }));
  const projected = plot.add(
    marker({ shape: "ring", kind: "boundary", name: "xₚ" }),
  );
  const mirror = plot.add(marker({ shape: "diamond", kind: "adversarial", name: "xₘ" }));
  const handles = [boundaryHandle(model), imageHandle(model)].map(plot.add);
  const names = plot.add(labels({ strong: true }));
  return {
    node: plot.node,
    draw({ w, points: [x, projection, mirrorImage] }) {
      line.draw(w, 0);
      normal.draw([0, 0], scaled(w, NORMAL));
      way.draw(x, mirrorImage);
      projected.draw(projection);
      mirror.draw(mirrorImage);
      handles.forEach((part) => part.draw());
      const wanted = [
        { point: x, text: "x" },
        { point: projection, text: "xₚ" },
        { point: mirrorImage, text: "xₘ", kind: "adversarial" },
        { point: scaled(w, NORMAL), text: "w" },
      ];
      names.draw(wanted, [...wanted.map(({ point }) => point), nameI, nameJ]);
    },
  };
}

function render({ model, el }) {
  const plane = imageSpace(model);
  const angle = angleSlider(model, "theta", "Angle θ");
  const [least, largest] = model.get("ranges").theta;
  const limits = [
    button("θ = 0", () => assign(model, { theta: least })),
    button("θ → 90°", () => assign(model, { theta: largest })),
  ];
  const numbers = readouts(["‖x − xₘ‖", "2 |x·w|"]);
  const pictures = ["x", "xₚ, projected image", "xₘ, mirror image"].map((name) => toyPicture(name));

  function draw() {
    const shown = view(model);
    const { points: [x, , mirrorImage], distances } = shown;
    plane.draw(shown);
    angle.draw();
    pictures.forEach((picture, k) => {
      const d = distances[k];
      picture.draw(shown.points[k], unbroken(`${verdict(d)}, d = ${format(d)}`));
    });
    numbers.draw({
      "‖x − xₘ‖": format(Math.hypot(x[0] - mirrorImage[0], x[1] - mirrorImage[1])),
      "2 |x·w|": format(2 * Math.abs(distances[0])),
    });
  }
  const beside = [...pictures, numbers].map((part) => part.node);
  const side = html("div", { class: "xp-side" }, ...beside);
  return show({ model, el }, [row(plane.node, side), controlBar(angle.node, row(...limits))], draw);
}

export default { render };
