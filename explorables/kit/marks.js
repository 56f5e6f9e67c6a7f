// What lies in a chart: points, handles, lines, areas.
import { behind } from "./plot.js";
import { KEEP_KEYS } from "./controls.js";
import { colour, html, svg, update } from "./dom.js";

// Shapes tell points apart without colour; all are centred on 0, 0.
const SHAPES = {
  disc: "M -6 0 a 6 6 0 1 0 12 0 a 6 6 0 1 0 -12 0 Z",
  ring: "M -5 0 a 5 5 0 1 0 10 0 a 5 5 0 1 0 -10 0 Z",
  diamond: "M 0 -8 L 8 0 L 0 8 L -8 0 Z",
  square: "M -6 -6 H 6 V 6 H -6 Z",
  triangle: "M 0 -7.5 L 7 5 L -7 5 Z",
  cross: "M -6 -6 L 6 6 M -6 6 L 6 -6",
};

// A named point of a plot: `draw([x, y])` puts it there. `dx`, `dy` move its name aside.
export function marker(plot, { shape, kind, name = "", dx = 10, dy = -8, size = 1 }) {
  const node = svg(
    "g",
    { class: `xp-marker xp-${kind}` },
    svg("path", { d: SHAPES[shape], class: `xp-${shape}`, transform: `scale(${size})` }),
    svg("text", { x: dx, y: dy, "text-anchor": dx < 0 ? "end" : "start" }, name),
  );
  return {
    node,
    draw: ([x, y]) => node.setAttribute("transform", `translate(${plot.px(x)} ${plot.py(y)})`),
  };
}

// Many points on a canvas behind a plot; `node`, put into the page in place of the plot's, holds
// both. `draw([xs, ys], [xs, ys])` takes the two classes, as many points of each, which take turns
// so that neither class covers the other.
function cloud(plot, label, paint) {
  const { frame } = plot;
  const canvas = html("canvas", { class: "xp-dots", role: "img", "aria-label": label });
  const context = canvas.getContext("2d");
  const node = behind(plot, canvas);
  const place = (x, y) => [plot.px(x) - frame.x, plot.py(y) - frame.y];
  let shown = [];
  return {
    node,
    draw(...classes) {
      const colours = [colour("--class-i"), colour("--class-j")];
      const wanted = [devicePixelRatio, ...colours.flat(), ...classes.flat()];
      if (wanted.every((value, k) => value === shown[k])) return; // these points stand still
      shown = wanted;
      canvas.width = frame.width * devicePixelRatio;
      canvas.height = frame.height * devicePixelRatio;
      context.scale(devicePixelRatio, devicePixelRatio);
      paint(context, place, classes, colours.map((rgb) => `rgb(${rgb.join(" ")} / 0.5)`));
    },
  };
}

// Discs for class I, squares for class J.
export const dots = (plot, label) =>
  cloud(plot, label, (context, place, classes, colours) => {
    const stamps = [stamp("disc", colours[0]), stamp("square", colours[1])];
    for (let k = 0; k < classes[0][0].length; k++) {
      classes.forEach(([xs, ys], c) => {
        const [x, y] = place(xs[k], ys[k]);
        context.drawImage(stamps[c], x - STAMP / 2, y - STAMP / 2, STAMP, STAMP);
      });
    }
  });

// Thousands of points, too small for a shape but quick to draw: classes take turns in batches.
export const specks = (plot, label) =>
  cloud(plot, label, (context, place, classes, colours) => {
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

export const ARROWS = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1],
};

// Makes a marker something a reader can move by mouse, touch and arrow keys (with Shift, five
// times as far). `get()` is its place, `move([x, y])` asks for another, `text()` is its spoken
// value.
export function handle(plot, { label, get, move, text, step = 0.02, ...look }) {
  const point = marker(plot, look);
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

  let grip = null; // from the pointer to the handle's centre, while it is held
  node.addEventListener("pointerdown", (event) => {
    const [x, y] = get();
    const [u, v] = plot.at(event);
    grip = [x - u, y - v];
    node.setPointerCapture(event.pointerId);
    node.focus({ preventScroll: true });
    event.preventDefault();
  });
  node.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const [u, v] = plot.at(event);
    move([u + grip[0], v + grip[1]]);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    node.addEventListener(end, () => (grip = null));
  }
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
    node,
    draw() {
      point.draw(get());
      update(node, { "aria-valuenow": get()[0].toFixed(3), "aria-valuetext": text() });
    },
  };
}

// A line segment between two data points: `draw([x1, y1], [x2, y2])`.
export function segment(plot, kind) {
  const node = svg("line", { class: `xp-line xp-${kind}` });
  return {
    node,
    draw: ([x1, y1], [x2, y2]) =>
      update(node, { x1: plot.px(x1), y1: plot.py(y1), x2: plot.px(x2), y2: plot.py(y2) }),
  };
}

// A direction, as an arrow between two data points: `draw(from, to)`.
export function arrow(plot, kind) {
  const node = svg("path", { class: `xp-line xp-arrow xp-${kind}` });
  return {
    node,
    draw(from, to) {
      const [[x1, y1], [x2, y2]] = [from, to].map(([x, y]) => [plot.px(x), plot.py(y)]);
      const along = Math.atan2(y2 - y1, x2 - x1);
      const barb = (turn) => {
        const [u, v] = [Math.cos(along + turn), Math.sin(along + turn)];
        return `${x2 - 9 * u} ${y2 - 9 * v}`;
      };
      const head = `M ${barb(0.5)} L ${x2} ${y2} L ${barb(-0.5)}`;
      node.setAttribute("d", `M ${x1} ${y1} L ${x2} ${y2} ${head}`);
    },
  };
}

// Through data points: `draw([[x, y], …])`.
const through = (plot, node) => ({
  node,
  draw: (points) =>
    node.setAttribute("points", points.map(([x, y]) => `${plot.px(x)},${plot.py(y)}`).join(" ")),
});

export const polygon = (plot, kind) => through(plot, svg("polygon", { class: `xp-${kind}` }));

export const curve = (plot, kind) =>
  through(plot, svg("polyline", { class: `xp-line xp-${kind}` }));

// A boundary w·x + b = 0 with its two sides tinted: `draw([w1, w2], b)`.
export function boundary(plot) {
  const [sideI, sideJ] = [polygon(plot, "side-i"), polygon(plot, "side-j")];
  const line = segment(plot, "boundary");
  const far = 10; // beyond every plot's frame
  return {
    nodes: [sideI.node, sideJ.node, line.node],
    draw([w1, w2], b) {
      const norm = Math.hypot(w1, w2);
      const [u1, u2] = [w1 / norm, w2 / norm];
      const foot = [(-b / norm) * u1, (-b / norm) * u2];
      const corner = (along, across) => [
        foot[0] - along * u2 + across * u1,
        foot[1] + along * u1 + across * u2,
      ];
      line.draw(corner(-far, 0), corner(far, 0));
      const side = (across) => [
        corner(-far, 0),
        corner(far, 0),
        corner(far, across),
        corner(-far, across),
      ];
      sideI.draw(side(-far));
      sideJ.draw(side(far));
    },
  };
}
