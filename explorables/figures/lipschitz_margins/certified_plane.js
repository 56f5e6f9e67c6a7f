// The plane of the certified discs: points, discs, the boundary, and the shortest ways to it.
import { ARROWS, KEEP_KEYS, arrow, assign, behind, svg, update, visible } from "../../kit/common.js";
import { nearestPoint } from "../../mathematics/local_linear.js";
import {
  boundaryLine, colourField, rings, trainingPlane, trainingPoints,
} from "../shared/network_plane.js";

// The point nearest to a place, by its number.
function nearestTo(points, [x1, x2]) {
  const distances = Array.from(points, ([p1, p2]) => Math.hypot(p1 - x1, p2 - x2));
  return distances.indexOf(Math.min(...distances));
}

// The nearest point that lies, from point n, rather in a direction than beside it; n where none is.
export function neighbour(points, n, [d1, d2]) {
  const [x1, x2] = points[n];
  let best = { distance: Infinity, n };
  points.forEach(([p1, p2], other) => {
    const [across, up] = [p1 - x1, p2 - x2];
    const distance = Math.hypot(across, up);
    const ahead = across * d1 + up * d2;
    if (ahead > 0 && ahead >= distance * Math.SQRT1_2 && distance < best.distance) {
      best = { distance, n: other };
    }
  });
  return best.n;
}

// Discs round points, as one path: where they overlap, the colour is the same.
function discs(plot, kind) {
  const node = svg("path", { class: `xp-disc-${kind}` });
  const unit = plot.px(1) - plot.px(0);
  return {
    node,
    draw(views) {
      const circles = views.map(({ x: [x1, x2], radius }) => {
        const r = radius * unit;
        const half = (across) => `a${r} ${r} 0 1 0 ${across} 0`;
        return `M${plot.px(x1) - r} ${plot.py(x2)}${half(2 * r)}${half(-2 * r)}z`;
      });
      node.setAttribute("d", circles.join(""));
    },
  };
}

// The shortest ways to the boundary, as one path.
function attacks(plot) {
  const node = svg("path", { class: "xp-line xp-attacks" });
  return {
    node,
    draw(views, boundary) {
      const place = ([x1, x2]) => `${plot.px(x1)} ${plot.py(x2)}`;
      const ways = views.map(({ x }) => `M${place(x)}L${place(nearestPoint(boundary, x).point)}`);
      node.setAttribute("d", ways.join(""));
    },
  };
}

// The ring round the chosen point. A click or a drag in the plane chooses the nearest point, an
// arrow key the next one in its direction.
function picker(plot, model, points) {
  const ring = svg(
    "g",
    { class: "xp-marker xp-boundary xp-handle", role: "slider", tabindex: 0, ...KEEP_KEYS },
    svg("circle", { r: 12, class: "xp-halo" }),
    svg("circle", { r: 5, class: "xp-chosen" }),
  );
  update(ring, {
    "aria-label": "The chosen point",
    "aria-valuemin": 1,
    "aria-valuemax": points.length,
  });
  const node = svg("g", {}, svg("rect", { ...plot.frame, class: "xp-pick" }), ring);
  const pick = (n) => n !== model.get("point") && assign(model, { point: n });
  node.addEventListener("click", (event) => {
    pick(nearestTo(points, plot.at(event)));
    ring.focus({ preventScroll: true });
  });
  node.addEventListener("pointermove", (event) => {
    if (event.buttons & 1) pick(nearestTo(points, plot.at(event)));
  });
  ring.addEventListener("keydown", (event) => {
    const direction = ARROWS[event.key];
    if (!direction) return;
    pick(neighbour(points, model.get("point"), direction));
    event.preventDefault();
    event.stopPropagation();
  });
  return {
    node,
    draw(n, text) {
      const [x1, x2] = points[n];
      update(ring, {
        transform: `translate(${plot.px(x1)} ${plot.py(x2)})`,
        "aria-valuenow": n + 1,
        "aria-valuetext": text,
      });
    },
  };
}

// `draw(shown, words, text)`: what there is to say of the points, the words for those who cannot
// see the plane, and for the chosen point.
export function certifiedPlane(model, data, wide) {
  const plot = trainingPlane(data, {
    label: "The plane with the training points, their certified discs, and the boundary",
    width: wide ? 560 : 340,
    xLabel: "x₁, in units of the plane",
    yLabel: "x₂, in units of the plane",
  });
  const field = colourField(plot);
  const [discsI, discsJ, chosen] = ["i", "j", "chosen"].map((kind) => discs(plot, kind));
  const [line, wrong, ways] = [boundaryLine(plot), rings(plot), attacks(plot)];
  const attack = arrow(plot, "adversarial");
  const ring = picker(plot, model, data.points);
  plot.content.append(
    discsI.node, discsJ.node, chosen.node, ways.node, ...line.nodes, attack.node,
    ...trainingPoints(plot, data), wrong.node,
  );
  plot.over.append(ring.node);
  const node = behind(plot, field.canvas);
  node.classList.add("xp-picking");

  return {
    node,
    draw({ k, views, own }, words, text) {
      const boundary = data.boundaries[k];
      field.draw(data.networks[k], "class", words);
      line.draw(boundary);
      const right = views.filter((each) => each.right);
      discsI.draw(right.filter(({ label }) => label < 0));
      discsJ.draw(right.filter(({ label }) => label > 0));
      wrong.draw(views.filter((each) => !each.right).map(({ x }) => x));
      const drawWays = model.get("all_attacks") && boundary.length > 0;
      visible(ways.node, drawWays);
      if (drawWays) ways.draw(right, boundary);
      visible(chosen.node, own.right);
      chosen.draw([own]);
      const attacked = own.right && own.nearest.point;
      visible(attack.node, attacked);
      if (attacked) attack.draw(own.x, own.nearest.point);
      ring.draw(model.get("point"), text);
    },
  };
}
