// What lies in a plot. A mark is made for its plot by `plot.add(mark(options))`, and its `draw`
// takes data. Options of every mark: `kind`, how it looks (a class of the style sheet), and `name`,
// what it stands for.
import { clamp, sum } from "../mathematics/numbers.js";
import { colour } from "./colours.js";
import { KEEP_KEYS } from "./controls.js";
import { html, svg, svgTextWithSubscripts, textLength, update } from "./dom.js";

// Shapes tell points apart without colour; all are centred on 0, 0.
const SHAPES = {
  disc: "M -6 0 a 6 6 0 1 0 12 0 a 6 6 0 1 0 -12 0 Z",
  ring: "M -5 0 a 5 5 0 1 0 10 0 a 5 5 0 1 0 -10 0 Z",
  diamond: "M 0 -8 L 8 0 L 0 8 L -8 0 Z",
  square: "M -6 -6 H 6 V 6 H -6 Z",
  triangle: "M 0 -7.5 L 7 5 L -7 5 Z",
  cross: "M -6 -6 L 6 6 M -6 6 L 6 -6",
};
export const SPOTS = {
  disc: "m-2.4 0a2.4 2.4 0 1 0 4.8 0a2.4 2.4 0 1 0-4.8 0z",
  square: "m-2.3-2.3h4.6v4.6h-4.6z",
};

const polyline = (plot, points) => points.map((point) => plot.at(point).join(" ")).join("L");

// A mark that is one SVG element: `place(plot, ...data)` gives the attributes that follow its data.
// The data may end with a dict of further attributes.
export const mark =
  (element, place, look = "xp-line") => ({ kind, name, layer } = {}) => (plot) => {
    const node = svg(element, { class: `${look} xp-${kind}` });
    if (name) node.dataset.name = name;
    return { node, layer, draw: (...data) => update(node, place(plot, ...data)) };
  };

// From one data point to another: `draw([x1, y1], [x2, y2])`.
export const segment = mark("line", (plot, from, to) => {
  const [[x1, y1], [x2, y2]] = [plot.at(from), plot.at(to)];
  return { x1, y1, x2, y2 };
});

// Through data points: `draw([[x, y], …])`.
export const curve = mark("polyline", (plot, points) => ({
  points: points.map(plot.at).join(" "),
}));

// Several curves as one path: `draw([[[x, y], …], …])`.
export const curves = mark("path", (plot, all) => ({
  d: all.map((points) => `M${polyline(plot, points)}`).join(""),
}));

// Several segments as one path: `draw([[x1, y1, x2, y2], …])`.
export const segments = mark("path", (plot, all) => ({
  d: all.map(([a, b, c, d]) => `M${polyline(plot, [[a, b], [c, d]])}`).join(""),
}));

// The area between data points: `draw([[x, y], …])`.
export const polygon = mark(
  "polygon",
  (plot, points) => ({ points: points.map(plot.at).join(" ") }),
  "",
);

// Between two opposite corners: `draw([x1, y1], [x2, y2])`.
export const rectangle = mark(
  "rect",
  (plot, from, to) => {
    const [[x1, y1], [x2, y2]] = [plot.at(from), plot.at(to)];
    const [x, y] = [Math.min(x1, x2), Math.min(y1, y2)];
    return { x, y, width: Math.abs(x2 - x1), height: Math.abs(y2 - y1) };
  },
  "",
);

// `draw([x, y], radius)`, the radius in units of the x-axis.
export const circle = mark("circle", (plot, centre, radius) => {
  const [cx, cy] = plot.at(centre);
  return { cx, cy, r: plot.px(radius) - plot.px(0) };
});

// Part of a circle about 0, 0, from the x-axis to an angle: `draw(radius, angle)`. Its plot must
// be a plane.
export const arc = mark("path", (plot, radius, angle) => {
  const r = plot.px(radius) - plot.px(0);
  const [from, to] = [0, angle].map((a) => plot.at([radius * Math.cos(a), radius * Math.sin(a)]));
  return { d: `M ${from.join(" ")} A ${r} ${r} 0 0 0 ${to.join(" ")}` };
});

// A direction, as an arrow between two data points: `draw(from, to)`.
export const arrow = mark(
  "path",
  (plot, from, to) => {
    const [[x1, y1], [x2, y2]] = [plot.at(from), plot.at(to)];
    const along = Math.atan2(y2 - y1, x2 - x1);
    const barb = (turn) => `${x2 - 9 * Math.cos(along + turn)} ${y2 - 9 * Math.sin(along + turn)}`;
    const head = `M ${barb(0.5)} L ${x2} ${y2} L ${barb(-0.5)}`;
    return { d: `M ${x1} ${y1} L ${x2} ${y2} ${head}` };
  },
  "xp-line xp-arrow",
);

// A shape at each of many points, as one path: `draw(points, shape)`, the shape as a path that
// starts at its point, such as those of SPOTS.
export const spots = mark(
  "path",
  (plot, points, shape) => ({
    d: Array.from(points, (point) => `M${plot.at(point).join(" ")}${shape}`).join(""),
  }),
  "xp-spots",
);

// The bars of a histogram: `draw(counts, start, width)` puts bar k over start + k · width. Heights
// are square roots of the counts, on an axis with ticks at roots and `yText: squared`: few images
// stay visible beside many. Another `height` of a count may be given.
export const bars = ({ height = Math.sqrt, ...options }) =>
  mark(
    "path",
    (plot, counts, start, width) => {
      const steps = counts.map((count, k) => {
        const [from, to] = [start + k * width, start + (k + 1) * width];
        const corners = [[from, 0], [from, height(count)], [to, height(count)], [to, 0]];
        return `M${polyline(plot, corners)}Z`;
      });
      return { d: steps.filter((_, k) => counts[k] > 0).join("") };
    },
    "xp-bars",
  )(options);

// How many of the values lie in each bin [start + k · width, start + (k + 1) · width).
export function counted(values, start, width, bins) {
  const counts = Array(bins).fill(0);
  for (const value of values) counts[Math.floor((value - start) / width)]++;
  return counts;
}

// A point with a shape, and a `text` beside it: `draw([x, y])`. `dx` and `dy` move the text aside.
export const marker =
  ({ shape, kind, name, text = "", dx = 10, dy = -8, size = 1, layer = "over" }) => (plot) => {
    const node = svg(
      "g",
      { class: `xp-marker xp-${kind}` },
      svg("path", { d: SHAPES[shape], class: `xp-${shape}`, transform: `scale(${size})` }),
      svg("text", { x: dx, y: dy, "text-anchor": dx < 0 ? "end" : "start" }, text),
    );
    if (name || text) node.dataset.name = name || text;
    const draw = (point) =>
      node.setAttribute("transform", `translate(${plot.at(point).join(" ")})`);
    return { node, layer, draw };
  };

// A boundary w·x + b = 0 with its two sides tinted: `draw([w1, w2], b)`.
export const boundary = () => (plot) => {
  const sides = ["side-i", "side-j"].map((kind) => polygon({ kind })(plot));
  const line = segment({ kind: "boundary", name: "boundary" })(plot);
  const far = 10; // beyond every plot's frame
  return {
    node: svg("g", {}, ...sides.map(({ node }) => node), line.node),
    draw([w1, w2], b) {
      const norm = Math.hypot(w1, w2);
      const [u1, u2] = [w1 / norm, w2 / norm];
      const foot = [(-b / norm) * u1, (-b / norm) * u2];
      const corner = (along, across) => [
        foot[0] - along * u2 + across * u1,
        foot[1] + along * u1 + across * u2,
      ];
      const ends = [corner(-far, 0), corner(far, 0)];
      line.draw(...ends);
      [-far, far].forEach((across, k) =>
        sides[k].draw([...ends, corner(far, across), corner(-far, across)])
      );
    },
  };
};

// Texts at points, each where it hides as few marks as can be, and no other text; a line leads to
// one that is far from its point. Those of one kind whose points coincide make one text.
// `draw([{ point, text, kind }, …], points of the marks)`.
export const labels = ({ kind = "boundary", strong = false } = {}) => (plot) => {
  const node = svg("g");
  const look = strong ? "xp-word" : "xp-label";
  return {
    node,
    layer: "over",
    draw(wanted, marks) {
      const taken = marks.map((point) => ({ ...boxAround(plot.at(point)), weight: 1 }));
      const placed = joined(plot, wanted).map(({ point, text, kind: own = kind }) => {
        const box = freeBox(plot, plot.at(point), text, taken);
        taken.push({ ...box, weight: marks.length + 1 }); // worse to hide than all the marks
        const leader = svg("path", { class: "xp-line xp-thin", d: leaderTo(box, plot.at(point)) });
        const place = { x: box.left, y: box.top + 11, class: `${look} xp-text-${own}` };
        return [leader, svg("text", place, ...svgTextWithSubscripts(text))];
      });
      node.replaceChildren(...placed.flat());
    },
  };
};

const NEAR = 8; // pixels between points that one text can name

function joined(plot, wanted) {
  const found = [];
  for (const each of wanted) {
    const [x, y] = plot.at(each.point);
    const same = found.find(({ point, kind }) => {
      const [u, v] = plot.at(point);
      return kind === each.kind && Math.hypot(u - x, v - y) < NEAR;
    });
    if (same) same.text += `, ${each.text}`;
    else found.push({ ...each });
  }
  return found;
}

const boxAround = ([x, y]) => ({ left: x - 7, right: x + 7, top: y - 7, bottom: y + 7 });

const overlap = (a, b) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

// Of the places for a text within the frame (right of its point, left of it, below, above, farther
// off), the one that overlaps the fewest boxes.
function freeBox({ frame }, [x, y], text, taken) {
  const width = textLength(text);
  const [right, left, middle] = [15, -15 - width, -width / 2];
  const sides = [[right, 0], [left, 0], [middle, 20], [middle, -20]];
  const corners = [14, -14, 34, -34, 54, -54].flatMap((dy) => [[right, dy], [left, dy]]);
  const boxes = [...sides, ...corners].map(([dx, dy]) => {
    const start = clamp(x + dx, frame.x, frame.x + frame.width - width);
    const top = clamp(y + dy - 7, frame.y, frame.y + frame.height - 14);
    return { left: start, right: start + width, top, bottom: top + 14 };
  });
  const hidden = boxes.map((box) =>
    sum(taken.map((other) => (overlap(box, other) ? other.weight : 0)))
  );
  return boxes[hidden.indexOf(Math.min(...hidden))];
}

function leaderTo({ left, right, top, bottom }, [x, y]) {
  const [u, v] = [clamp(x, left, right), clamp(y, top, bottom)];
  return Math.abs(v - y) > 15 ? `M${x} ${y}L${u} ${v}` : "";
}

// Points and fields on a canvas behind the plot

// Many points of two classes, as many of each, which take turns so that neither covers the other:
// `draw([xs, ys], [xs, ys])`. `paint(context, place, classes, colours)` paints them.
const cloud = (paint) => ({ label }) => (plot) => {
  const { frame } = plot;
  const node = html("canvas", { class: "xp-canvas", role: "img", "aria-label": label });
  const context = node.getContext("2d");
  const place = (x, y) => [plot.px(x) - frame.x, plot.py(y) - frame.y];
  let shown = [];
  return {
    node,
    layer: "behind",
    draw(...classes) {
      const colours = [colour("--class-i"), colour("--class-j")];
      const wanted = [devicePixelRatio, ...colours.flat(), ...classes.flat()];
      if (wanted.every((value, k) => value === shown[k])) return; // these are painted
      shown = wanted;
      node.width = frame.width * devicePixelRatio;
      node.height = frame.height * devicePixelRatio;
      context.scale(devicePixelRatio, devicePixelRatio);
      paint(context, place, classes, colours.map((rgb) => `rgb(${rgb.join(" ")} / 0.5)`));
    },
  };
};

// Discs for class I, squares for class J.
export const dots = cloud((context, place, classes, colours) => {
  const stamps = [stamp("disc", colours[0]), stamp("square", colours[1])];
  for (let k = 0; k < classes[0][0].length; k++) {
    classes.forEach(([xs, ys], c) => {
      const [x, y] = place(xs[k], ys[k]);
      context.drawImage(stamps[c], x - STAMP / 2, y - STAMP / 2, STAMP, STAMP);
    });
  }
});

// Thousands of points, too small for a shape but quick to draw: classes take turns in batches.
export const specks = cloud((context, place, classes, colours) => {
  const count = classes[0][0].length;
  for (let start = 0; start < count; start += BATCH) {
    classes.forEach(([xs, ys], c) => {
      context.fillStyle = colours[c];
      for (let k = start; k < Math.min(start + BATCH, count); k++) {
        const [x, y] = place(xs[k], ys[k]);
        context.fillRect(x - SPECK / 2, y - SPECK / 2, SPECK, SPECK);
      }
    });
  }
});

const SPECK = 2.5; // pixels of the plot
const BATCH = 100;
const STAMP = 7; // the size of a point's picture, which is drawn once and then copied

function stamp(shape, fill) {
  const size = STAMP * devicePixelRatio;
  const picture = html("canvas", { width: size, height: size });
  const context = picture.getContext("2d");
  const scale = size / 18; // shapes are 12 wide
  context.setTransform(scale, 0, 0, scale, size / 2, size / 2);
  context.fillStyle = fill;
  context.fill(new Path2D(SHAPES[shape]));
  return picture;
}

// What a reader moves

export const ARROWS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowDown: [0, -1],
  ArrowUp: [0, 1],
};

// A marker that a reader can move by mouse, touch and arrow keys (with Shift, five times as far).
// `get()` is its place, `move([x, y])` asks for another, `spoken()` is its value in words; `label`
// says what it is. `draw()` puts it where it belongs.
export const handle = ({ label, get, move, spoken, step = 0.02, ...look }) => (plot) => {
  const point = marker(look)(plot);
  const { node } = point;
  node.prepend(
    svg("circle", { r: 22, class: "xp-grip" }),
    svg("circle", { r: 12, class: "xp-halo" }),
  );
  node.classList.add("xp-handle");
  update(node, {
    role: "slider",
    tabindex: 0,
    "aria-label": label,
    "aria-valuemin": plot.x[0],
    "aria-valuemax": plot.x[1],
    ...KEEP_KEYS,
  });

  // A finger on the handle drags it. (CSS touch-action does not reach the parts of an SVG.)
  node.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  dragging(node, {
    start(event) {
      const [[x, y], [u, v]] = [get(), plot.pointer(event)];
      node.focus({ preventScroll: true });
      event.preventDefault();
      return [x - u, y - v]; // from the pointer to the handle's centre
    },
    to(event, [dx, dy]) {
      const [u, v] = plot.pointer(event);
      move([u + dx, v + dy]);
    },
  });
  node.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    const [x, y] = get();
    const size = step * (event.shiftKey ? 5 : 1);
    move([x + arrow[0] * size, y + arrow[1] * size]);
    event.preventDefault();
    event.stopPropagation();
  });
  return {
    ...point,
    draw() {
      point.draw(get());
      update(node, { "aria-valuenow": get()[0].toFixed(3), "aria-valuetext": spoken() });
    },
  };
};

// Press or drag anywhere in the plot: `move([x, y])`. Keys have a slider.
export const dragArea = ({ move }) => (plot) => {
  const node = svg("rect", { ...plot.frame, class: "xp-drag-area" });
  const follow = (event) => move(plot.pointer(event));
  dragging(node, { start: follow, to: follow });
  return { node, layer: "over" };
};

// While a pointer is down on the node: `start(event)` returns what `to(event, started)` is given.
function dragging(node, { start, to }) {
  let isDown = false;
  let started;
  node.addEventListener("pointerdown", (event) => {
    isDown = true;
    started = start(event);
    node.setPointerCapture(event.pointerId);
  });
  node.addEventListener("pointermove", (event) => isDown && to(event, started));
  for (const end of ["pointerup", "pointercancel"]) {
    node.addEventListener(end, () => (isDown = false));
  }
}
