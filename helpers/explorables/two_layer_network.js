// A network of two layers in the plane: a line around each point, and what decay makes of it.
import {
  assign, behind, button, chart, choice, clamp, colour, curve, format, handle, html, marker,
  numbersOf, pair, plane, powerOfTen, readouts, row, segment, show, slider, square, svg,
} from "./common.js";
import { around, fields, nearestPoint, network } from "./local_linear.js";

const HIDDEN = 24;
const TOO_MUCH = -1; // log10 λ: the boundary is a line
const STEP = 0.25; // of log10 λ, from one network to the next
const STEEPEST = 2; // log10 of the ‖∇s‖ that has full colour; 1 and less has none
const DENSEST = { steepness: 0.85, confidence: 0.5 }; // opacity of full colour
const FLATTEST = -1; // log10 of the median ‖∇s‖ at the foot of its chart
const CELL = 2; // pixels of the plot: the side of a cell of the colour field
const WIDE = "(min-width: 40rem)";
const SPOTS = { i: "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z", j: "m-2.7-2.7h5.4v5.4h-5.4z" };
const RING = "m-6.5 0a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0z";

const percent = (value) => `${format(value, 1)} %`;
const classOf = (score) => (score > 0 ? "J" : "I");
// Three digits, of large numbers and of small ones.
const short = (value) =>
  value === 0 ? "0" : format(value, clamp(2 - Math.floor(Math.log10(Math.abs(value))), 0, 3));

function rowsOf(values, width) {
  const count = values.length / width;
  return Array.from({ length: count }, (_, k) => values.subarray(k * width, (k + 1) * width));
}

// What Python sent, by number of the network, from the smallest λ.
function dataOf(model) {
  const logLams = model.get("log_lams");
  const size = 4 * HIDDEN + 1;
  const networks = rowsOf(numbersOf(model.get("weights"), Float32Array), size).map((weights) => {
    const [b1, w2] = [2, 3].map((part) => weights.subarray(part * HIDDEN, (part + 1) * HIDDEN));
    return network(weights.subarray(0, 2 * HIDDEN), b1, w2, weights[size - 1]);
  });
  let start = 0;
  const all = rowsOf(numbersOf(model.get("segments"), Float32Array), 4);
  const boundaries = model.get("segment_counts").map((n) => all.slice(start, (start += n)));
  const points = rowsOf(numbersOf(model.get("points"), Float32Array), 2);
  const numberOf = (u) =>
    clamp(Math.round((u - logLams[0]) / STEP), 0, logLams.length - 1);
  return {
    logLams, networks, boundaries, points, numberOf,
    frame: model.get("frame"),
    labels: model.get("labels"),
    mislabelled: model.get("mislabelled"),
    curves: model.get("curves"),
  };
}

// What there is to say of x and network number k.
function view(data, k, x) {
  const net = data.networks[k];
  const here = around(net, x);
  const nearest = nearestPoint(data.boundaries[k], x);
  const distance = Math.abs(here.score) / here.norm; // infinite where the network is flat
  const step = here.score / here.norm ** 2;
  const foot = here.norm > 0 ? x.map((value, axis) => value - step * here.gradient[axis]) : null;
  const switches = (to) =>
    around(net, to).on.filter((state, unit) => state !== here.on[unit]).length;
  return { k, x, net, here, nearest, distance, foot, switches };
}

// The training points, which stand still: discs and squares, rings round the mislabelled ones.
function trainingPoints(plot, { points, labels, mislabelled }) {
  const at = (chosen, shape) =>
    Array.from(chosen, ([x1, x2]) => `M${plot.px(x1)} ${plot.py(x2)}${shape}`).join("");
  const of = (label) => points.filter((_, n) => labels[n] === label);
  return [
    svg("path", { class: "xp-spots xp-spots-i", d: at(of(-1), SPOTS.i) }),
    svg("path", { class: "xp-spots xp-spots-j", d: at(of(1), SPOTS.j) }),
    svg("path", { class: "xp-rings", d: at(mislabelled.map((n) => points[n]), RING) }),
  ];
}

// The lines along which units switch, as one path.
function unitLines(plot) {
  const node = svg("path", { class: "xp-line xp-units" });
  const far = 10;
  return {
    node,
    draw({ units }) {
      const lines = units.map(({ u, v, b }) => {
        const norm = Math.hypot(u, v);
        const [along1, along2] = [(-far * v) / norm, (far * u) / norm];
        const [x1, x2] = [(-b * u) / norm ** 2, (-b * v) / norm ** 2];
        const [from, to] = [-1, 1].map((way) =>
          `${plot.px(x1 + way * along1)} ${plot.py(x2 + way * along2)}`);
        return `M${from}L${to}`;
      });
      node.setAttribute("d", lines.join(""));
    },
  };
}

// The boundary, with an edge in the page's colour that sets it off from the field.
function boundaryLine(plot) {
  const nodes = ["casing", "boundary"].map((kind) => svg("path", { class: `xp-line xp-${kind}` }));
  return {
    nodes,
    draw(segments) {
      const d = segments
        .map(([a1, a2, c1, c2]) =>
          `M${plot.px(a1)} ${plot.py(a2)}L${plot.px(c1)} ${plot.py(c2)}`)
        .join("");
      nodes.forEach((node) => node.setAttribute("d", d));
    },
  };
}

// How steep the network is, or how sure of its class, as colour behind a plot.
function colourField(plot) {
  const [columns, rows] = [plot.frame.width, plot.frame.height].map((s) => Math.round(s / CELL));
  const canvas = html("canvas", { class: "xp-dots", role: "img", width: columns, height: rows });
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  const cells = new Uint32Array(image.data.buffer);
  const middles = ([from, to], count) =>
    Array.from({ length: count }, (_, n) => from + ((n + 0.5) / count) * (to - from));
  const across = middles(plot.x, columns);
  const up = middles([plot.y[1], plot.y[0]], rows);
  let shown = [];

  function paint(net, kind, colours) {
    const { score, norm } = fields(net, across, up);
    const [steep, i, j] = ["steep", "i", "j"].map((name) => packed(colours[name]));
    const full = 255 * DENSEST[kind];
    for (let place = 0; place < cells.length; place++) {
      cells[place] =
        kind === "steepness"
          ? steep | ((full * steepness(norm[place])) << 24)
          : (score[place] > 0 ? j : i) | ((full * sureness(score[place])) << 24);
    }
    context.putImageData(image, 0, 0);
  }

  return {
    canvas,
    draw(net, kind, words) {
      const colours = { steep: colour("--muted"), i: colour("--class-i"), j: colour("--class-j") };
      const wanted = [net, kind, ...Object.values(colours).flat()];
      if (wanted.every((value, n) => value === shown[n])) return; // x alone has moved
      shown = wanted;
      paint(net, kind, colours);
      canvas.setAttribute("aria-label", words);
    },
  };
}

// Red, green and blue as a cell of a canvas holds them; opacity goes into the highest byte.
const packed = ([red, green, blue]) => red | (green << 8) | (blue << 16);

// The share of full colour for ‖∇s‖, and for a score: 0 on the boundary, 1 where σ(s) is 0 or 1.
const steepness = (norm) => clamp(Math.log10(norm) / STEEPEST, 0, 1);
const sureness = (score) => Math.tanh(Math.abs(score) / 2);

// What the colours mean.
function legend() {
  const bar = html("span", { class: "xp-scale" });
  const ends = html("div", { class: "xp-scale-ends" });
  const scales = {
    steepness: ["xp-scale-steepness", ["‖∇s‖: 1 or less", "10", "100 or more"]],
    confidence: ["xp-scale-confidence", ["σ(s) = 0: sure of I", "½", "1: sure of J"]],
  };
  return {
    node: html("div", { class: "xp-colours", "aria-hidden": "true" }, bar, ends),
    draw(kind) {
      const [look, texts] = scales[kind];
      bar.className = `xp-scale ${look}`;
      ends.replaceChildren(...texts.map((text) => html("span", {}, text)));
    },
  };
}

// Everything that is drawn in the plane: `draw(view)`.
function drawing(model, data, wide) {
  const plot = plane({
    label: "The plane with the training points, the boundary of the network, and the point x",
    width: wide ? 400 : 340,
    x: data.frame[0],
    y: data.frame[1],
    xLabel: "x₁",
    yLabel: "x₂",
    xTicks: [-1, 0, 1, 2],
    yTicks: [-1, 0, 1],
  });
  const field = colourField(plot);
  const [units, line] = [unitLines(plot), boundaryLine(plot)];
  const own = segment(plot, "dashed");
  const [toFoot, toNearest] = [segment(plot, "to-foot"), segment(plot, "adversarial")];
  const foot = marker(plot, { shape: "ring", kind: "adversarial", size: 0.7 });
  const nearest = marker(plot, { shape: "disc", kind: "adversarial", size: 0.7 });
  const x = handle(plot, {
    label: "The point x",
    shape: "diamond",
    kind: "boundary",
    name: "x",
    dx: -12,
    step: 0.05,
    get: () => model.get("x"),
    move: (to) =>
      assign(model, { x: to.map((value, axis) => clamp(value, ...data.frame[axis])) }),
    text: () => pair(model.get("x")),
  });
  plot.content.append(
    units.node, ...trainingPoints(plot, data), ...line.nodes,
    own.node, toFoot.node, toNearest.node, foot.node, nearest.node,
  );
  plot.over.append(x.node);

  function drawOwn({ x: from, here: { gradient, norm }, foot: to }) {
    const [along1, along2] = [(-10 * gradient[1]) / norm, (10 * gradient[0]) / norm];
    own.draw([to[0] - along1, to[1] - along2], [to[0] + along1, to[1] + along2]);
    toFoot.draw(from, to);
    foot.draw(to);
  }

  return {
    node: behind(plot, field.canvas),
    draw(shown) {
      const { k, net } = shown;
      field.draw(net, model.get("colour"), spoken(data, k));
      units.draw(net);
      line.draw(data.boundaries[k]);
      [own, toFoot, foot].forEach(({ node }) => visible(node, shown.foot));
      [toNearest, nearest].forEach(({ node }) => visible(node, shown.nearest.point));
      if (shown.foot) drawOwn(shown);
      if (shown.nearest.point) {
        toNearest.draw(shown.x, shown.nearest.point);
        nearest.draw(shown.nearest.point);
      }
      x.draw();
    },
  };
}

const visible = (node, condition) => (node.style.display = condition ? "" : "none");

// What the plane shows of a network, to those who cannot see it.
function spoken({ logLams, curves }, k) {
  const [norm, train, test] = ["norm_gradient_median", "err_train", "err_test"].map(
    (name) => curves[name][0][k],
  );
  return (
    `The training points and the network with λ = ${powerOfTen(logLams[k])}: its steepness is ` +
    `${short(norm)} at the median training point, its training error ${percent(train)} and its ` +
    `test error ${percent(test)}`
  );
}

// A measure of all networks against λ, the seeds thin and the one that is drawn thick.
function lambdaChart(data, { label, lines, ...axis }) {
  const [first, last] = [data.logLams[0], data.logLams.at(-1)];
  const plot = chart({
    label,
    width: 244,
    height: 148,
    x: [first, last],
    xLabel: "λ (log scale)",
    xTicks: [-6, -4, -2],
    xText: powerOfTen,
    ...axis,
  });
  const now = segment(plot, "muted");
  plot.content.append(now.node);
  const dots = lines.map(({ name, kind, value }) => {
    const [drawn, ...others] = data.curves[name].map((values) => values.map(value));
    const through = (values, look) => {
      const each = curve(plot, look);
      each.draw(values.map((y, k) => [data.logLams[k], y]));
      return each.node;
    };
    if (kind === "own") plot.content.append(...others.map((values) => through(values, "family")));
    plot.content.append(through(drawn, kind));
    const dot = marker(plot, { shape: "disc", kind: "boundary", size: 0.7 });
    plot.over.append(dot.node);
    return (k) => dot.draw([data.logLams[k], drawn[k]]);
  });
  lines.filter(({ text }) => text).forEach(({ text, at: [u, v] }) =>
    plot.over.append(svg("text", { x: plot.px(u), y: plot.py(v), class: "xp-label" }, text)),
  );
  return {
    node: plot.node,
    draw(k) {
      now.draw([data.logLams[k], axis.y[0]], [data.logLams[k], axis.y[1]]);
      dots.forEach((draw) => draw(k));
    },
  };
}

function lambdaCharts(data) {
  const root = Math.sqrt;
  const charts = [
    {
      label: "The median of ‖∇s‖ over the training points against λ, for all seeds",
      y: [FLATTEST, 2],
      yLabel: "median ‖∇s‖",
      yTicks: [-1, 0, 1, 2],
      yText: powerOfTen,
      lines: [
        {
          name: "norm_gradient_median",
          kind: "own",
          value: (norm) => Math.max(Math.log10(norm), FLATTEST),
        },
      ],
    },
    {
      label: "Test error against λ for all seeds, and training error for the network that is drawn",
      y: [0, 7.2],
      yLabel: "error (%, √ scale)",
      yTicks: [0, 1, 2, 3, 5, 7],
      yText: square,
      lines: [
        { name: "err_train", kind: "training", value: root, text: "╍ training", at: [-5.8, 5.2] },
        { name: "err_test", kind: "own", value: root, text: "━ test", at: [-5.8, 6.2] },
      ],
    },
  ].map((each) => lambdaChart(data, each));
  return {
    node: html("div", { class: "xp-lambda" }, ...charts.map(({ node }) => node)),
    draw: (k) => charts.forEach((each) => each.draw(k)),
  };
}

// In words: where the boundary seems to be from x, and where it is.
function verdictOf({ nearest, distance, foot, switches }) {
  if (!nearest.point) {
    return "Every unit has decayed to 0: the score is the same everywhere, without a boundary.";
  }
  const truth = short(nearest.distance);
  if (!foot) return `No unit is on at x: the score is flat here. The boundary is ${truth} away.`;
  const seen = `Seen from x's region, the boundary is the dashed line, ${short(distance)} away.`;
  if (Math.abs(distance - nearest.distance) < 1e-3 * nearest.distance) {
    return `${seen} The region reaches that far, so this is true.`;
  }
  const nearer = nearest.distance < distance;
  const count = switches(nearer ? nearest.point : foot);
  const units = count === 1 ? "1 unit switches" : `${count} units switch`;
  return nearer
    ? `${seen} In truth it is nearer, ${truth}: ${units} on the way there.`
    : `${seen} In truth it is farther, ${truth}: ${units} before that line.`;
}

// A line of the key: how it looks, and what it is.
function line(kind, text) {
  const box = { viewBox: "0 0 24 10", width: 24, height: 10, "aria-hidden": "true" };
  const sample = svg("line", { x1: 1, x2: 23, y1: 5, y2: 5, class: `xp-line xp-${kind}` });
  return html("span", { class: "xp-legend-name" }, svg("svg", box, sample), text);
}

function spot(kind, shape, text) {
  const sign = html("span", { class: `xp-text-${kind}`, "aria-hidden": "true" }, shape);
  return html("span", {}, sign, ` ${text}`);
}

function build({ model, el }, wide) {
  const data = dataOf(model);
  const { logLams, numberOf, curves } = data;
  const plot = drawing(model, data, wide);
  const charts = lambdaCharts(data);
  const strength = slider(model, "log_lam", {
    label: "Weight decay λ",
    min: logLams[0],
    max: logLams.at(-1),
    step: STEP,
    text: (u) => powerOfTen(logLams[numberOf(u)]),
  });
  const colours = choice(model, "colour", {
    label: "Colour",
    options: [["steepness", "‖∇s‖"], ["confidence", "confidence"]],
  });
  const scale = legend();
  const best = curves.err_test[0].indexOf(Math.min(...curves.err_test[0]));
  const stops = Object.entries({
    "too little": logLams[0],
    "least test error": logLams[best],
    "too much": TOO_MUCH,
  }).map(([name, u]) => button(name, () => assign(model, { log_lam: u })));
  const atX = readouts([
    "score s(x)", "‖∇s(x)‖", "d(x), to first order", "true distance", "units on at x",
  ]);
  const ofNetwork = readouts(["training error", "test error", "mislabelled fitted"]);
  const verdict = html("p", { class: "xp-verdict" });
  const key = html(
    "div",
    { class: "xp-row xp-short-key" },
    spot("i", "●", "class I"),
    spot("j", "■", "class J"),
    spot("boundary", "◯", "mislabelled"),
    line("boundary", "boundary"),
    line("dashed", "x's own line"),
    line("units", "a unit switches"),
  );

  function draw() {
    const k = numberOf(model.get("log_lam"));
    const shown = view(data, k, model.get("x"));
    const { here, nearest, distance, foot } = shown;
    [strength, colours].forEach((part) => part.draw());
    plot.draw(shown);
    scale.draw(model.get("colour"));
    charts.draw(k);
    atX.draw({
      "score s(x)": `${short(here.score)} (class ${classOf(here.score)})`,
      "‖∇s(x)‖": short(here.norm),
      "d(x), to first order": foot ? short(Math.sign(here.score) * distance) : "none",
      "true distance": nearest.point ? short(nearest.distance) : "none",
      "units on at x": `${here.on.filter(Boolean).length} of ${HIDDEN}`,
    });
    const fitted = data.mislabelled.filter(
      (n) => (around(shown.net, data.points[n]).score > 0 ? 1 : -1) === data.labels[n],
    );
    ofNetwork.draw({
      "training error": percent(curves.err_train[0][k]),
      "test error": percent(curves.err_test[0][k]),
      "mislabelled fitted": `${fitted.length} of ${data.mislabelled.length}`,
    });
    verdict.textContent = verdictOf(shown);
  }
  const area = (name, ...parts) => html("div", { class: `xp-area-${name}` }, ...parts);
  const body = html(
    "div",
    { class: "xp-network" },
    area("plane", plot.node, scale.node),
    area("controls", strength.node, row(...stops, colours.node)),
    area("verdict", verdict),
    area("numbers", atX.node, ofNetwork.node),
    area("charts", charts.node),
  );
  return show({ model, el }, [key, body], draw);
}

// A phone that is turned gets the figure made for its new width.
function render(widget) {
  const screen = matchMedia(WIDE);
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
}

export default { render };
