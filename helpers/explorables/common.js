// What the explorables are made of: elements, plots, handles, controls, pictures.
// A control is bound to one trait of the model; a `draw` function reads the model and updates.

const NS = "http://www.w3.org/2000/svg";

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export const html = (tag, attributes = {}, ...children) =>
  build(document.createElement(tag), attributes, children);

export const svg = (tag, attributes = {}, ...children) =>
  build(document.createElementNS(NS, tag), attributes, children);

export const update = (node, attributes) => build(node, attributes, []);

export const visible = (node, condition) => (node.style.display = condition ? "" : "none");

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// A number as a reader writes it: a true minus sign, and no "−0.00".
export function format(value, digits = 2) {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

export const pair = ([u, v], digits = 2) => `(${format(u, digits)}, ${format(v, digits)})`;

// 10^u to two digits: 0.013, or 1.3 · 10⁻⁴ where that would have many zeros.
export function powerOfTen(u) {
  if (u > -3) return String(Number((10 ** u).toPrecision(2)));
  const [digits, exponent] = (10 ** u).toExponential(1).split("e");
  const power = `10⁻${[...exponent.slice(1)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("")}`;
  return digits === "1.0" ? power : `${digits} · ${power}`;
}

export const degrees = (radians) => (radians * 180) / Math.PI;

// Sets traits and tells the kernel, where there is one.
export function assign(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}

const parts = new WeakMap(); // model -> the parts that were asked for: promises by key

// The dict that Python's `part(key)` returns, as a promise: from a file of the book, or in Jupyter
// from the kernel. After a failure it can be asked for again.
export function loadPart(model, key) {
  if (!parts.has(model)) parts.set(model, {});
  const known = parts.get(model);
  known[key] ||= (model.load ? model.load(key) : askKernel(model, key)).catch((error) => {
    delete known[key];
    throw error;
  });
  return known[key];
}

function askKernel(model, key) {
  return new Promise((resolve, reject) => {
    function answer({ part, error, values, names }, buffers) {
      if (part !== key) return;
      model.off("msg:custom", answer);
      if (error) reject(new Error(error));
      else resolve({ ...values, ...Object.fromEntries(names.map((name, k) => [name, buffers[k]])) });
    }
    model.on("msg:custom", answer);
    model.send({ part: key });
  });
}

// Fills the explorable's element, draws it, and draws again whenever a trait changes.
export function show({ model, el }, children, draw) {
  el.classList.add("xp");
  update(el, { role: "group", "aria-label": model.get("title") });
  el.replaceChildren(...children);
  model.on("change", draw);
  const stopWatching = onThemeChange(draw);
  draw();
  return () => {
    model.off("change", draw);
    stopWatching();
  };
}

// A canvas has to be drawn anew in another theme: of the book, of JupyterLab, of VS Code.
function onThemeChange(draw) {
  const observer = new MutationObserver(() => draw());
  const themes = ["data-theme", "data-jp-theme-light", "data-vscode-theme-kind"];
  for (const node of [document.documentElement, document.body]) {
    observer.observe(node, { attributeFilter: themes });
  }
  return () => observer.disconnect();
}

// The `render` of a figure that is made for the width of the screen, by `build(widget, wide)`, and
// made anew when a phone is turned.
export const forWidth = (build) => (widget) => {
  const screen = matchMedia("(min-width: 40rem)");
  let end = build(widget, screen.matches);
  const again = () => {
    end();
    end = build(widget, screen.matches);
  };
  screen.addEventListener("change", again);
  return () => {
    screen.removeEventListener("change", again);
    end();
  };
};

export const row = (...children) => html("div", { class: "xp-row" }, ...children);

// JupyterLab would otherwise take the arrow keys for itself.
export const KEEP_KEYS = { "data-lm-suppress-shortcuts": "true" };

// A labelled range bound to a number trait. `text(value)` is what is shown and spoken.
export function slider(model, trait, { label, min, max, step, text, to = Number, from = Number }) {
  const input = html("input", { type: "range", min, max, step, ...KEEP_KEYS });
  const output = html("output");
  const node = html("label", { class: "xp-slider" }, html("span", {}, label), input, output);
  input.addEventListener("input", () => assign(model, { [trait]: to(Number(input.value)) }));
  return {
    node,
    draw() {
      const value = model.get(trait);
      input.value = from(value);
      output.textContent = text(value);
      input.setAttribute("aria-valuetext", text(value));
    },
  };
}

// A slider for an angle in radians, shown in degrees: from 0 to just below a right angle.
export const angleSlider = (model, trait, label) =>
  slider(model, trait, {
    label,
    min: 0,
    max: 89.5,
    step: 0.5,
    from: degrees,
    to: (value) => (value / 180) * Math.PI,
    text: (value) => `${format(degrees(value), 1)}°`,
  });

// A group of radio buttons bound to a trait; `options` are [value, label] pairs, and `also(value)`
// the values of other traits that a choice brings along.
export function choice(model, trait, { label, options, also = () => ({}) }) {
  const name = `xp-choice-${Math.random()}`; // radio buttons of one group share it, on all the page
  const inputs = options.map(([value]) => {
    const input = html("input", { type: "radio", name, ...KEEP_KEYS });
    input.addEventListener("change", () => assign(model, { ...also(value), [trait]: value }));
    return input;
  });
  const labels = options.map(([, text], k) => html("label", {}, inputs[k], html("span", {}, text)));
  const node = html("fieldset", { class: "xp-choice" }, html("legend", {}, label), ...labels);
  return {
    node,
    draw: () => inputs.forEach((input, k) => (input.checked = model.get(trait) === options[k][0])),
  };
}

// A tick box bound to a trait that is true or false.
export function checkbox(model, trait, label) {
  const input = html("input", { type: "checkbox", ...KEEP_KEYS });
  input.addEventListener("change", () => assign(model, { [trait]: input.checked }));
  const node = html("label", { class: "xp-check" }, input, html("span", {}, label));
  return { node, draw: () => (input.checked = model.get(trait)) };
}

// A drop-down list bound to a trait; `options` are [value, label] pairs.
export function select(model, trait, { label, options }) {
  const items = options.map(([value, text]) => html("option", { value }, text));
  const list = html("select", KEEP_KEYS, ...items);
  list.addEventListener("change", () => assign(model, { [trait]: list.value }));
  const node = html("label", { class: "xp-select" }, html("span", {}, label), list);
  return { node, draw: () => (list.value = model.get(trait)) };
}

export function button(text, onClick) {
  const node = html("button", { type: "button", class: "xp-button", ...KEEP_KEYS }, text);
  node.addEventListener("click", onClick);
  return node;
}

// Text with its subscripts, "d_err", as nodes. A subscript of an SVG text needs a `tspan`.
const SUBSCRIPT = /_(\w+)/;
const set = (text, subscript) =>
  text.split(SUBSCRIPT).map((part, k) => (k % 2 ? subscript(part) : part));

export const words = (text) => set(text, (part) => html("sub", {}, part));

export const svgWords = (attributes, text) =>
  svg(
    "text",
    attributes,
    ...set(text, (part) => svg("tspan", { dy: 4, "font-size": "10px" }, part)),
  );

// Named numbers under a figure: `draw({name: text})`.
export function readouts(names) {
  const cells = Object.fromEntries(names.map((name) => [name, html("strong")]));
  const pairs = names.map((name) => html("div", {}, html("span", {}, ...words(name)), cells[name]));
  return {
    node: html("div", { class: "xp-readouts" }, ...pairs),
    draw: (texts) =>
      Object.entries(texts).forEach(([name, text]) => (cells[name].textContent = text)),
  };
}

const FRAME = { left: 56, top: 8, below: 42 }; // room around a plot, for its ticks and names

const tickText = (value) => format(value, value % 1 ? 1 : 0);

// A plot of data coordinates with named axes; `xText` and `yText` write a tick's value. `content`
// is cut off at the frame, `over` is not. `right` is the room beside it.
export function chart({
  label, x, y, width = 340, height, right: beside = 8,
  xLabel, yLabel, xTicks, yTicks, xText = tickText, yText = tickText,
}) {
  const { left, top } = FRAME;
  const [right, bottom] = [width - beside, height - FRAME.below];
  const px = (value) => left + ((value - x[0]) / (x[1] - x[0])) * (right - left);
  const py = (value) => bottom - ((value - y[0]) / (y[1] - y[0])) * (bottom - top);
  const frame = { x: left, y: top, width: right - left, height: bottom - top };
  const viewBox = `${left} ${top} ${frame.width} ${frame.height}`;
  const content = svg("svg", { ...frame, viewBox });
  const over = svg("g");
  const node = svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, class: "xp-plane", role: "group", "aria-label": label },
    content,
    svg("rect", { ...frame, class: "xp-frame" }),
    svg(
      "g",
      { class: "xp-ticks", "aria-hidden": "true" },
      ...xTicks.map((v) =>
        svg("text", { x: px(v), y: bottom + 16, "text-anchor": "middle" }, xText(v)),
      ),
      ...yTicks.map((v) =>
        svg("text", { x: left - 6, y: py(v) + 4, "text-anchor": "end" }, yText(v)),
      ),
    ),
    svg(
      "g",
      { class: "xp-axes", "aria-hidden": "true" },
      svg("text", { x: (left + right) / 2, y: height - 6, "text-anchor": "middle" }, xLabel),
      upwards(yLabel, 12, (top + bottom) / 2),
    ),
    over,
  );
  node.style.maxWidth = `${width}px`;

  function at(event) {
    const box = node.getBoundingClientRect();
    const u = ((event.clientX - box.left) / box.width) * width;
    const v = ((event.clientY - box.top) / box.height) * height;
    return [
      x[0] + ((u - left) / (right - left)) * (x[1] - x[0]),
      y[0] + ((bottom - v) / (bottom - top)) * (y[1] - y[0]),
    ];
  }
  return { node, content, over, px, py, at, x, y, frame, width, height };
}

function upwards(text, x, y) {
  const transform = `translate(${x} ${y}) rotate(-90)`;
  return svg("text", { transform, "text-anchor": "middle" }, text);
}

// A chart in which one unit is as long across as upwards, so that angles are true.
export function plane({ x, y, width = 340, ...names }) {
  const across = width - FRAME.left - 8;
  const height = FRAME.top + (across * (y[1] - y[0])) / (x[1] - x[0]) + FRAME.below;
  return chart({ x, y, width, height, ...names });
}

// A second vertical axis, on the right of a chart: the same plot with another `py`.
export function rightAxis(plot, { y, yLabel, yTicks }) {
  const [bottom, top] = plot.y.map(plot.py);
  const right = plot.px(plot.x[1]);
  const py = (value) => bottom - ((value - y[0]) / (y[1] - y[0])) * (bottom - top);
  const ticks = yTicks.map((v) => svg("text", { x: right + 6, y: py(v) + 4 }, tickText(v)));
  plot.node.append(
    svg("g", { class: "xp-ticks", "aria-hidden": "true" }, ...ticks),
    svg("g", { "aria-hidden": "true" }, upwards(yLabel, right + 32, (top + bottom) / 2)),
  );
  return { ...plot, py, y };
}

// A histogram: `draw(counts, start, width)` puts bar k over start + k · width. Heights are square
// roots of the counts, on an axis with ticks at roots and `yText: square`: few images stay visible
// beside many. Another `height` of a count may be given.
export const square = (root) => format(root ** 2, 0);

export function histogram(plot, kind, height = Math.sqrt) {
  const node = svg("path", { class: `xp-bars xp-${kind}` });
  return {
    node,
    draw(counts, start, width) {
      const steps = counts.map((count, k) => {
        const [from, to] = [start + k * width, start + (k + 1) * width].map(plot.px);
        return `M ${from} ${plot.py(0)} V ${plot.py(height(count))} H ${to} V ${plot.py(0)} Z`;
      });
      node.setAttribute("d", steps.filter((_, k) => counts[k] > 0).join(" "));
    },
  };
}

// How many of the values lie in each bin [start + k · width, start + (k + 1) · width).
export function counted(values, start, width, bins) {
  const counts = Array(bins).fill(0);
  for (const value of values) counts[Math.floor((value - start) / width)]++;
  return counts;
}

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

// Puts a canvas behind the frame of a plot; what it returns, put into the page in place of the
// plot's node, holds both.
export function behind({ node, frame, width, height }, canvas) {
  const layers = html("div", { class: "xp-layers" }, canvas, node);
  const share = (part, whole) => `${(100 * part) / whole}%`;
  Object.assign(canvas.style, {
    left: share(frame.x, width),
    top: share(frame.y, height),
    width: share(frame.width, width),
    height: share(frame.height, height),
  });
  layers.style.maxWidth = `${width}px`;
  return layers;
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
  node.prepend(svg("circle", { r: 22, class: "xp-grip" }), svg("circle", { r: 12, class: "xp-halo" }));
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

// A picture with its name and a line of text beside it.
function framed(name, image) {
  const note = html("div", { class: "xp-note" });
  const words = html("div", {}, html("div", { class: "xp-name" }, name), note);
  return { node: html("div", { class: "xp-picture" }, image, words), note };
}

// The toy problem's image space, brightness against brightness.
export function toyPlane(label, range) {
  const ticks = [-1, -0.5, 0, 0.5, 1];
  return plane({
    label,
    x: range,
    y: range,
    xLabel: "a, brightness of the centre",
    yLabel: "b, brightness of the background",
    xTicks: ticks,
    yTicks: ticks,
  });
}

const grey = (brightness) => {
  const level = Math.round(((clamp(brightness, -1, 1) + 1) / 2) * 255);
  return `rgb(${level},${level},${level})`;
};

// The toy problem's image: a background of brightness b, a central square of brightness a.
export function toyImage(size) {
  const background = svg("rect", { width: 3, height: 3 });
  const centre = svg("rect", { x: 1, y: 1, width: 1, height: 1 });
  const box = { viewBox: "0 0 3 3", width: size, height: size, class: "xp-image", role: "img" };
  const node = svg("svg", box, background, centre);
  return {
    node,
    draw([a, b]) {
      centre.setAttribute("fill", grey(a));
      background.setAttribute("fill", grey(b));
      const words = `centre of brightness ${format(a)} on a background of ${format(b)}`;
      node.setAttribute("aria-label", words);
    },
  };
}

export function toyPicture(name, size = 88) {
  const image = toyImage(size);
  const { node, note } = framed(name, image.node);
  return {
    node,
    draw(x, text) {
      image.draw(x);
      note.textContent = text;
    },
  };
}

const SIDE = 28; // pixels of an MNIST image, each way

// A canvas of 28 × 28 pixels: `rgb(k)` gives the red, green and blue of pixel k.
function pixels(size) {
  const node = html("canvas", { class: "xp-image", width: SIDE, height: SIDE, role: "img" });
  node.style.width = `${size}px`;
  const context = node.getContext("2d");
  const image = context.createImageData(SIDE, SIDE);
  return {
    node,
    paint(rgb, words) {
      for (let k = 0; k < SIDE * SIDE; k++) image.data.set([...rgb(k), 255], 4 * k);
      context.putImageData(image, 0, 0);
      node.setAttribute("aria-label", words);
    },
  };
}

// An MNIST digit, white ink on black; values outside [0, 1] are drawn as 0 or 1.
export function digitImage(size) {
  const { node, paint } = pixels(size);
  const ink = (value) => Array(3).fill(Math.round(255 * clamp(value, 0, 1)));
  return { node, draw: (x, words) => paint((k) => ink(x[k]), words) };
}

// The red, green and blue of a palette variable, #rrggbb. (JupyterLab's theme is the body's.)
export function colour(variable) {
  const hex = getComputedStyle(document.body).getPropertyValue(variable).trim();
  return [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
}

// Weights on white: blue pulls towards class I, orange towards class J. `largest` has full colour.
export function weightImage(size) {
  const { node, paint } = pixels(size);
  const [blue, orange] = ["--class-i-on-white", "--class-j-on-white"].map(colour);
  return {
    node,
    draw(w, words, largest = Math.max(...w.map(Math.abs))) {
      const mix = (value) => {
        const strength = Math.abs(value) / largest;
        return (value < 0 ? blue : orange).map((c) => Math.round(255 + (c - 255) * strength));
      };
      paint((k) => mix(w[k]), words);
    },
  };
}

// The numbers that Python sent as bytes, as a typed array of the `Kind` they were.
export const numbersOf = (view, Kind) =>
  new Kind(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));

// The numbers that Python sent as float32 bytes, cut into rows of an image each.
export function imagesOf(view) {
  const values = Array.from(numbersOf(view, Float32Array));
  const size = SIDE * SIDE;
  return Array.from({ length: values.length / size }, (_, k) =>
    values.slice(k * size, (k + 1) * size),
  );
}
