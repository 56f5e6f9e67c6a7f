// The plane of the certified discs: points, discs, the boundary, and the shortest ways to it.
import { arrow, assign, KEEP_KEYS, mark, segments, svg, update } from "../../kit/kit.js";
import { ARROWS } from "../../kit/marks.js";
import { nearestPoint } from "../../mathematics/local_linear.js";
import { nearestTo, neighbour } from "../../mathematics/neighbours.js";
import {
  addTrainingPoints,
  boundaryLine,
  colourField,
  rings,
  trainingPlane,
} from "../shared/network_plane.js";

// Discs round points, as one path: where they overlap, the colour is the same.
const discs = mark(
  "path",
  (plot, views) => {
    const pixels = (length) => plot.px(length) - plot.px(0);
    const circles = views.map(({ x: [x1, x2], radius }) => {
      const [left, right] = [x1 - radius, x1 + radius].map((end) => plot.at([end, x2]).join(" "));
      const half = `A${pixels(radius)} ${pixels(radius)} 0 1 0 `;
      return `M${left}${half}${right}${half}${left}z`;
    });
    return { d: circles.join("") };
  },
  "",
);

// The ring round the chosen point. A click or a drag in the plane chooses the nearest point, an
// arrow key the next one in its direction. `draw(n, spoken)`.
const picker = (model, points) => (plot) => {
  const ring = chosenRing(points.length);
  const node = svg("g", {}, svg("rect", { ...plot.frame, class: "xp-pick" }), ring);
  const pick = (n) => n !== model.get("point") && assign(model, { point: n });
  const pickNearest = (event) => pick(nearestTo(points, plot.pointer(event)));
  node.addEventListener("click", (event) => {
    pickNearest(event);
    ring.focus({ preventScroll: true });
  });
  node.addEventListener("pointermove", (event) => event.buttons & 1 && pickNearest(event));
  ring.addEventListener("keydown", (event) => {
    const direction = ARROWS[event.key];
    if (!direction) return;
    pick(neighbour(points, model.get("point"), direction));
    event.preventDefault();
    event.stopPropagation();
  });
  return {
    node,
    layer: "over",
    draw(n, spoken) {
      const transform = `translate(${plot.at(points[n]).join(" ")})`;
      update(ring, { transform, "aria-valuenow": n + 1, "aria-valuetext": spoken });
    },
  };
};

const chosenRing = (count) =>
  svg(
    "g",
    {
      class: "xp-marker xp-boundary xp-handle",
      role: "slider",
      tabindex: 0,
      ...KEEP_KEYS,
      "aria-label": "The chosen point",
      "aria-valuemin": 1,
      "aria-valuemax": count,
    },
    svg("circle", { r: 12, class: "xp-halo" }),
    svg("circle", { r: 5, class: "xp-chosen" }),
  );

// The discs of both classes, and that of the chosen point.
function certifiedDiscs(plot) {
  const classes = [
    { label: -1, kind: "disc-i", name: "discs of class I" },
    { label: 1, kind: "disc-j", name: "discs of class J" },
  ].map(({ label, ...options }) => ({ label, ...plot.add(discs(options)) }));
  const chosen = plot.add(discs({ kind: "disc-chosen", name: "chosen disc" }));
  return (right, own) => {
    classes.forEach(({ label, draw }) => draw(right.filter((each) => each.label === label)));
    chosen.show(own.right);
    chosen.draw([own]);
  };
}

// `draw(shown, words, spoken)`: what there is to say of the points, the words for those who cannot
// see the plane, and for the chosen point.
export function certifiedPlane(model, data, wide) {
  const plot = trainingPlane(data, {
    label: "The plane with the training points, their certified discs, and the boundary",
    width: wide ? 560 : 340,
    xLabel: "x₁, in units of the plane",
    yLabel: "x₂, in units of the plane",
  });
  const field = plot.add(colourField());
  const drawDiscs = certifiedDiscs(plot);
  const ways = plot.add(segments({ kind: "attacks", name: "shortest attacks" }));
  const boundary = plot.add(boundaryLine());
  const attack = plot.add(arrow({ kind: "adversarial", name: "chosen attack" }));
  addTrainingPoints(plot, data);
  const wrong = plot.add(rings({ name: "misclassified" }));
  const ring = plot.add(picker(model, data.points));
  plot.node.classList.add("xp-picking");

  function drawAttacks({ own }, right, segmentsOfBoundary) {
    const all = model.get("all_attacks") && segmentsOfBoundary.length > 0;
    ways.show(all);
    if (all) {
      ways.draw(right.map(({ x }) => [...x, ...nearestPoint(segmentsOfBoundary, x).point]));
    }
    const attacked = own.right && own.nearest.point;
    attack.show(attacked);
    if (attacked) attack.draw(own.x, own.nearest.point);
  }

  return {
    node: plot.node,
    draw(shown, words, spoken) {
      const right = shown.views.filter((each) => each.right);
      const segmentsOfBoundary = data.boundaries[shown.k];
      field.draw(data.networks[shown.k], "class", words);
      boundary.draw(segmentsOfBoundary);
      drawDiscs(right, shown.own);
      drawAttacks(shown, right, segmentsOfBoundary);
      wrong.draw(shown.views.filter((each) => !each.right).map(({ x }) => x));
      ring.draw(model.get("point"), spoken);
    },
  };
}
