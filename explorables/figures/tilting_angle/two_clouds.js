// Two clouds of a covariance that the reader stretches and turns, and the boundary of ridge LDA.
import {
  arrayOf,
  arrow,
  assign,
  boundary,
  changingThumbnail,
  columnHead,
  controlBar,
  degrees,
  dots,
  format,
  handle,
  html,
  inDegrees,
  mark,
  marker,
  percent,
  polygon,
  powerOfTen,
  rowHead,
  rowsOf,
  segment,
  show,
  slider,
  table,
  textWithSubscripts,
  toyImage,
  toyPlane,
} from "../../kit/kit.js";
import { probabilityBelow } from "../../mathematics/normal.js";
import { clamp, direction, range, scaled } from "../../mathematics/numbers.js";
import { covariance, deviation, ridgeLda } from "../../mathematics/ridge_lda.js";

const HALF = 0.5; // of the distance of the centroids, which lie at −HALF and HALF
const CENTROIDS = [[-HALF, 0], [HALF, 0]];
const Z_HAT = [1, 0];
const DEVIATIONS = 2; // from a centroid to the ellipse around it
const LENGTH = 0.8; // that ẑ and ŵ are drawn with
const ARC = 0.3; // the radius of the arc of θ
const LEAST_NAMED = 0.2; // radians: a smaller θ has no room for its name

// What the traits say: the covariance, its ŵ, and the signed tilt.
function geometry(model) {
  const [along, across, turn, logMu] = ["along", "across", "turn", "log_mu"].map((name) =>
    model.get(name)
  );
  const S = covariance(along, across, turn);
  const w = ridgeLda(S, Z_HAT, 10 ** logMu);
  return { along, across, turn, S, w, tilt: Math.atan2(w[1], w[0]) };
}

// A place in a cloud: so many deviations along its axis and across it, from a centroid.
const placeOf = ({ along, across, turn }, [u, v], [x, y]) => {
  const [cosine, sine] = direction(turn);
  const [a, b] = [u * along, v * across];
  return [x + a * cosine - b * sine, y + a * sine + b * cosine];
};

const ellipse = (shape, centroid) =>
  range(61).map((k) => placeOf(shape, scaled(direction((k * Math.PI) / 30), DEVIATIONS), centroid));

// x − 2 d(x) ŵ, behind the boundary through the origin.
const mirrored = ([x, y], [w1, w2]) => {
  const d = w1 * x + w2 * y;
  return [x - 2 * d * w1, y - 2 * d * w2];
};

// Part of a circle about 0, 0, from the horizontal to an angle of either sign.
const signedArc = mark("path", (plot, radius, angle) => {
  const r = plot.px(radius) - plot.px(0);
  const [from, to] = [0, angle].map((each) => plot.at(scaled(direction(each), radius)).join(" "));
  return { d: `M ${from} A ${r} ${r} 0 0 ${angle < 0 ? 1 : 0} ${to}` };
});

// The plane

// The tip of one axis of the ellipse around j: `place` is that tip in deviations, and `values` the
// traits that belong to a step from j.
const tip = (model, { label, place, values, spoken }) =>
  handle({
    label,
    shape: "diamond",
    kind: "class-j",
    size: 0.8,
    get: () => placeOf(geometry(model), scaled(place, DEVIATIONS), CENTROIDS[1]),
    move: ([x, y]) => assign(model, values([x - HALF, y])),
    spoken,
  });

const within = (model, name, value) => {
  const [least, most] = model.get("ranges")[name];
  return clamp(value, least, most);
};

const longTip = (model) =>
  tip(model, {
    label: "Axis of the clouds: its direction and its length",
    place: [1, 0],
    values: ([u, v]) => ({
      along: within(model, "along", Math.hypot(u, v) / DEVIATIONS),
      turn: Math.atan2(v, u),
    }),
    spoken: () =>
      `deviation ${format(model.get("along"))}, turned by ${inDegrees(model.get("turn"))}`,
  });

const shortTip = (model) =>
  tip(model, {
    label: "Width of the clouds, across their axis",
    place: [0, 1],
    values: ([u, v]) => {
      const [cosine, sine] = direction(model.get("turn"));
      return { across: within(model, "across", (v * cosine - u * sine) / DEVIATIONS) };
    },
    spoken: () => `deviation ${format(model.get("across"))}`,
  });

function clouds(model) {
  const plot = toyPlane(
    "Two clouds of images, their centroids, the boundary, and the mirror images of the centroids",
    [-1.25, 1.25],
  );
  const line = plot.add(boundary());
  const all = rowsOf(arrayOf(model.get("points")));
  const drawDots = plot.add(dots({ label: `${all.length / 2} images of each class` })).draw;
  const ellipses = ["i", "j"].map((c) => plot.add(polygon({ kind: `ellipse-${c}`, name: c })));
  plot.add(arrow({ kind: "muted" })).draw([0, 0], scaled(Z_HAT, LENGTH));
  plot.label(LENGTH, 0, "ẑ", { kind: "muted", dx: 6, dy: 4, strong: true });
  const weights = plot.add(arrow({ kind: "boundary", name: "ŵ" }));
  const weightsName = plot.label(0, 0, "ŵ", { anchor: "middle", dy: 4, strong: true });
  const angle = plot.add(signedArc({ kind: "thin", name: "θ" }));
  const angleName = plot.label(0, 0, "θ", { anchor: "middle", dy: 4, strong: true });
  const ways = CENTROIDS.map(() => plot.add(segment({ kind: "dashed" })));
  const look = (c) => ({ shape: c ? "square" : "disc", size: 0.8 });
  CENTROIDS.forEach((place, c) =>
    plot.add(marker({ ...look(c), kind: c ? "class-j" : "class-i", text: "ij"[c] })).draw(place)
  );
  const mirrors = CENTROIDS.map((_, c) =>
    plot.add(
      marker({
        ...look(c),
        kind: "adversarial",
        text: ["iₘ", "jₘ"][c],
        dx: c ? 10 : -10,
        dy: c ? 18 : -8,
      }),
    )
  );
  const handles = [longTip(model), shortTip(model)].map((each) => plot.add(each));
  return {
    get node() {
      return plot.node;
    },
    draw(shown) {
      const { w, tilt } = shown;
      line.draw(w, 0);
      const half = all.length / 2;
      drawDots(...CENTROIDS.map((centroid, c) => {
        const places = all.slice(c * half, (c + 1) * half).map((p) => placeOf(shown, p, centroid));
        return [0, 1].map((axis) => Float64Array.from(places, (place) => place[axis]));
      }));
      ellipses.forEach((each, c) => each.draw(ellipse(shown, CENTROIDS[c])));
      weights.draw([0, 0], scaled(w, LENGTH));
      weightsName.draw(scaled(w, LENGTH + 0.12));
      angle.draw(ARC, tilt);
      angleName.draw(scaled(direction(tilt / 2), ARC + 0.1));
      angleName.show(Math.abs(tilt) > LEAST_NAMED);
      CENTROIDS.forEach((place, c) => {
        ways[c].draw(place, mirrored(place, w));
        mirrors[c].draw(mirrored(place, w));
      });
      handles.forEach((each) => each.draw());
    },
  };
}

// Pictures and numbers

function pictures() {
  const names = ["i, mean of I", "iₘ, mirrored", "j, mean of J", "jₘ, mirrored"];
  const [i, iMirror, j, jMirror] = names.map((name) => changingThumbnail(toyImage(72), name));
  i.draw(CENTROIDS[0], "", "called I");
  j.draw(CENTROIDS[1], "", "called J");
  return {
    node: html("div", { class: "xp-four" }, ...[i, iMirror, j, jMirror].map(({ node }) => node)),
    draw({ w }) {
      const moved = `moved by ${format(2 * HALF * w[0])}`;
      iMirror.draw(mirrored(CENTROIDS[0], w), "", "called J,", html("br"), moved);
      jMirror.draw(mirrored(CENTROIDS[1], w), "", "called I,", html("br"), moved);
    },
  };
}

// The upright boundary and this one: how far the centroids are, in brightness and in deviations.
function comparison() {
  const names = ["tilt θ", "distance d_adv", "deviation σ", "d_adv / σ", "errors if Gaussian"];
  const cells = names.map(() => [html("td"), html("td")]);
  const heads = [html("td"), columnHead("along ẑ"), columnHead("along ŵ")];
  const rows = names.map((name, k) =>
    html("tr", {}, rowHead(...textWithSubscripts(name)), ...cells[k])
  );
  const write = (column, S, v) => {
    const [d, sigma] = [HALF * v[0], deviation(S, v)];
    const texts = [
      `${format(degrees(Math.acos(clamp(v[0], -1, 1))), 1)}°`,
      format(d),
      format(sigma),
      format(d / sigma),
      percent(100 * probabilityBelow(-d / sigma), 2),
    ];
    cells.forEach((pair, k) => (pair[column].textContent = texts[k]));
  };
  return {
    node: table("xp-table", heads, rows),
    draw({ S, w }) {
      write(0, S, Z_HAT);
      write(1, S, w);
    },
  };
}

function render({ model, el }) {
  const ridge = slider(model, "log_mu", { label: "Ridge μ", text: powerOfTen });
  const plane = clouds(model);
  const images = pictures();
  const numbers = comparison();

  function draw() {
    const shown = geometry(model);
    [plane, numbers, images].forEach((part) => part.draw(shown));
    ridge.draw();
  }
  const views = html("div", { class: "xp-clouds" }, plane.node, numbers.node);
  const parts = [controlBar(ridge.node), views, images.node];
  return show({ model, el }, parts, draw);
}

export default { render };
