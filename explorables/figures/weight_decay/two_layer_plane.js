// A network in the plane: its boundary and steepness, the training points, and what x sees of it.
import { assign, handle, html, marker, pair, segment, segments } from "../../kit/kit.js";
import { lineThrough, switchingLine } from "../../mathematics/local_linear.js";
import { clamp } from "../../mathematics/numbers.js";
import {
  addTrainingPoints,
  boundaryLine,
  colourField,
  rings,
  trainingPlane,
} from "../shared/network_plane.js";

const FAR = 10; // units of the plane: lines reach beyond the frame

// What the colours mean.
const SCALES = {
  steepness: ["‖∇s‖: 1 or less", "10", "100 or more"],
  confidence: ["σ(s) = 0: sure of I", "½", "1: sure of J"],
};

export function colourScale() {
  const bar = html("span");
  const ends = html("div", { class: "xp-scale-ends" });
  return {
    node: html("div", { class: "xp-colours", "aria-hidden": "true" }, bar, ends),
    draw(kind) {
      bar.className = `xp-scale xp-scale-${kind}`;
      ends.replaceChildren(...SCALES[kind].map((text) => html("span", {}, text)));
    },
  };
}

// What x sees: the line of its own region, and the way there. `draw({ x, here, foot })`.
function ownLine(plot) {
  const line = plot.add(segment({ kind: "dashed", name: "x's own line" }));
  const way = plot.add(segment({ kind: "to-foot", name: "way to x's own line" }));
  const end = plot.add(marker({ shape: "ring", kind: "adversarial", size: 0.7, layer: "clipped" }));
  return ({ x, here, foot }) => {
    [line, way, end].forEach((part) => part.show(foot));
    if (!foot) return;
    const [a, b, c, d] = lineThrough(foot, here.gradient, FAR);
    line.draw([a, b], [c, d]);
    way.draw(x, foot);
    end.draw(foot);
  };
}

// The shortest way to the boundary.
function shortestWay(plot) {
  const way = plot.add(segment({ kind: "adversarial", name: "shortest way" }));
  const end = plot.add(marker({ shape: "disc", kind: "adversarial", size: 0.7, layer: "clipped" }));
  return ({ x, nearest: { point } }) => {
    [way, end].forEach((part) => part.show(point));
    if (!point) return;
    way.draw(x, point);
    end.draw(point);
  };
}

const pointHandle = (model, frame) =>
  handle({
    label: "The point x",
    text: "x",
    shape: "diamond",
    kind: "boundary",
    dx: -12,
    step: 0.05,
    get: () => model.get("x"),
    move: (to) => assign(model, { x: to.map((value, axis) => clamp(value, ...frame[axis])) }),
    spoken: () => pair(model.get("x")),
  });

// Everything that is drawn in the plane: `draw(view, words)`, the words being for those who cannot
// see it.
export function networkPlane(model, data, wide) {
  const plot = trainingPlane(data, {
    label: "The plane with the training points, the boundary of the network, and the point x",
    width: wide ? 400 : 340,
    xLabel: "x₁",
    yLabel: "x₂",
  });
  const field = plot.add(colourField());
  const units = plot.add(segments({ kind: "units", name: "where units switch" }));
  addTrainingPoints(plot, data);
  const mislabelled = data.mislabelled.map((n) => data.points[n]);
  plot.add(rings({ name: "mislabelled" })).draw(mislabelled);
  const boundary = plot.add(boundaryLine());
  const drawOwnLine = ownLine(plot);
  const drawShortestWay = shortestWay(plot);
  const x = plot.add(pointHandle(model, data.frame));
  return {
    node: plot.node,
    draw(shown, words) {
      field.draw(shown.net, model.get("colour"), words);
      units.draw(shown.net.units.map((unit) => switchingLine(unit, FAR)));
      boundary.draw(data.boundaries[shown.k]);
      drawOwnLine(shown);
      drawShortestWay(shown);
      x.draw();
    },
  };
}
