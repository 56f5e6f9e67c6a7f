// Standard against adversarial training, from few training images to many.
import {
  chart, columnHead, curve, format, html, marker, polygon, rowHead, segment, show, slider, svg,
  table, visible,
} from "../../kit/common.js";

const LOOKS = {
  standard: { shape: "square", kind: "usual" },
  l2_2: { shape: "diamond", kind: "adversarial" },
  "linf_0.3": { shape: "triangle", kind: "class-j" },
};
const N_TICKS = [100, 300, 1000, 3000, 10_000, 55_000];
const TICKS = [0, 50, 80, 90, 95, 98, 99, 99.5, 99.8, 100];
const LEAST_ERROR = 0.05; // in per cent; no network is better
const CHANCE = 12; // per cent: a network that gives all images the same class has about 10

const KEY =
  "Filled: the mean of several networks, ± one standard deviation. Hollow: a single network. The " +
  "axis is logarithmic in the errors: from 80 to 90 % is as far as from 98 to 99 %.";

const log = Math.log10;
const height = (accuracy) => -log(Math.max(100 - accuracy, LEAST_ERROR));
const whole = (n) => n.toLocaleString("en");
const ends = ({ mean, sd }) => [mean - (sd || 0), mean + (sd || 0)];
const nearest = (values, value, distance) =>
  values.reduce((best, each) => (distance(each, value) < distance(best, value) ? each : best));

const epsOf = (model) => {
  const stops = [0, ...model.get("radii")];
  return nearest(stops, model.get("eps"), (a, b) => Math.abs(a - b));
};

// The curves at the chosen ε, of each model the sizes at which its accuracy was measured there, and
// the chosen number of images.
function view(model) {
  const eps = epsOf(model);
  const place = model.get("radii").indexOf(eps);
  const accuracy = ({ clean, robust }) => (eps === 0 ? clean : robust && robust[place]);
  const curves = model.get("curves").map(({ points, ...rest }) => ({
    ...rest,
    points: points.filter(accuracy).map((point) => ({ n: point.n, ...accuracy(point) })),
  }));
  const sizes = curves[0].points.map(({ n }) => n);
  const n = nearest(sizes, model.get("n"), (a, b) => Math.abs(log(a / b)));
  return { eps, curves, sizes, n };
}

// The ticks around all accuracies that may be shown.
function ticksFor(model, kind) {
  const all = model.get("curves").flatMap(({ points }) =>
    points.flatMap((point) => [point[kind] || []].flat().flatMap(ends)),
  );
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const from = TICKS.findLast((tick) => tick <= Math.max(least, 0));
  const to = TICKS.find((tick) => tick >= most);
  return TICKS.filter((tick) => tick >= from && tick <= to);
}

// A model's curve: a mark for each size, filled where several networks were trained, and there
// one standard deviation to each side.
function modelCurve(plot, { model, points }) {
  const look = LOOKS[model];
  const line = curve(plot, `of-${look.kind}`);
  const bands = points.slice(1).map(() => polygon(plot, `band-${look.kind}`));
  const bars = points.map(() => segment(plot, `bar-${look.kind}`));
  const marks = points.map(() => marker(plot, { ...look, size: 0.8 }));
  return {
    below: [...bands, ...bars, line].map(({ node }) => node),
    above: marks.map(({ node }) => node),
    draw(now) {
      const at = now.map(({ n, mean }) => [log(n), height(mean)]);
      const whiskers = now.map((point) => ends(point).map((end) => [log(point.n), height(end)]));
      line.draw(at);
      marks.forEach((mark, k) => {
        for (const { node } of [mark, bars[k]]) {
          node.setAttribute("visibility", k < now.length ? "visible" : "hidden");
        }
        if (k >= now.length) return;
        mark.draw(at[k]);
        mark.node.classList.toggle("xp-single", now[k].sd === null);
        bars[k].draw(...whiskers[k]);
      });
      bands.forEach((band, k) => {
        const both = k + 1 < now.length && now[k].sd !== null && now[k + 1].sd !== null;
        band.draw(both ? [...whiskers[k], ...whiskers[k + 1].toReversed()] : []);
      });
    },
  };
}

function sizeChart(model, kind) {
  const ticks = ticksFor(model, kind);
  const plot = chart({
    label: `${kind} accuracy against the number of training images`,
    x: [log(80), log(70_000)],
    y: [height(ticks[0]) - 0.03, height(ticks.at(-1))],
    width: 370,
    height: 340,
    xLabel: "training images (log scale)",
    yLabel: kind === "clean" ? "clean accuracy (%)" : "robust accuracy (%), at most",
    xTicks: N_TICKS.map(log),
    yTicks: ticks.map(height),
    xText: (u) => whole(Math.round(10 ** u)),
    yText: (v) => String(Number((100 - 10 ** -v).toFixed(1))),
  });
  const grid = ticks.map((tick) => {
    const line = segment(plot, "grid");
    line.draw([plot.x[0], height(tick)], [plot.x[1], height(tick)]);
    return line.node;
  });
  const now = segment(plot, "thin");
  const curves = model.get("curves").map((each) => modelCurve(plot, each));
  plot.content.append(...grid, now.node, ...curves.flatMap(({ below }) => below));
  plot.over.append(...curves.flatMap(({ above }) => above));
  return {
    node: plot.node,
    draw({ n, curves: drawn }) {
      now.draw([log(n), plot.y[0]], [log(n), plot.y[1]]);
      curves.forEach((each, k) => each.draw(drawn[k].points));
    },
  };
}

const at = ({ points }, n) => points.find((point) => point.n === n);

// By how much a model is better than standard training on the same images, and whether the spread,
// where it is known, leaves no doubt of it.
function compared({ gain }) {
  return {
    difference: gain.mean,
    single: gain.sd === null,
    clear: Math.abs(gain.mean) > gain.sd,
  };
}

// A row for each model: how it is drawn, its accuracy, and by how much it beats standard training.
function numbersTable(model) {
  const rows = model.get("curves").map(({ model: of, name }) => {
    const look = LOOKS[of];
    const box = { viewBox: "0 0 34 16", width: 34, height: 16, "aria-hidden": "true" };
    const line = svg("line", { x1: 1, x2: 33, y1: 8, y2: 8, class: `xp-line xp-of-${look.kind}` });
    const sign = marker({ px: Number, py: Number }, { ...look, size: 0.8 });
    sign.draw([17, 8]);
    const words = name.replace(" = ", "\u00a0=\u00a0");
    const head = html("span", { class: "xp-family-name" }, svg("svg", box, line, sign.node), words);
    const cells = [html("td"), html("td")];
    return { cells, node: html("tr", {}, rowHead(head), ...cells) };
  });
  const heads = [html("td"), columnHead("accuracy"), columnHead("difference")];
  return {
    node: table("xp-table", heads, rows.map(({ node }) => node)),
    draw({ curves, n }) {
      rows.forEach(({ cells }, k) => {
        const point = at(curves[k], n);
        cells[0].textContent = point ? inWords(point) : "–";
        cells[1].textContent = point && k > 0 ? signed(compared(point).difference) : "";
      });
    },
  };
}

const inWords = ({ mean, sd }) => `${format(mean)}${sd === null ? "" : ` ± ${format(sd)}`}\u00a0%`;
const signed = (value) => (value > 0 ? "+" : "") + format(value);
const sentence = (text) => text.replace(/^./, (letter) => letter.toUpperCase());

function verdictOf({ curves: [standard, ...others], n, eps }) {
  const effects = others
    .filter((other) => at(other, n))
    .map((other, k) => {
      const { mean } = at(other, n);
      if (eps === 0 && mean < CHANCE) return `${other.name} learns nothing: ${format(mean)}\u00a0%`;
      const { difference, single, clear } = compared(at(other, n));
      const verb = difference < 0 ? "loses" : "gains";
      const unit = k === 0 ? " percentage points" : "";
      const doubt = single ? " (single networks)" : clear ? "" : " (within the spread)";
      return `${other.name} ${verb} ${format(Math.abs(difference))}${unit}${doubt}`;
    });
  const known =
    `With ${whole(n)} training images${eps ? `, at ε = ${eps}` : ""} standard training is right ` +
    `for ${format(at(standard, n).mean)}\u00a0%.`;
  return effects.length ? `${known} ${sentence(effects.join(", "))}.` : known;
}

// Where a curve is ahead of standard training's, as far as the spreads let one tell.
function crossing(other) {
  const known = other.points.map((point) => ({ n: point.n, ...compared(point) }));
  const clear = known.filter((each) => each.clear);
  const name = sentence(other.name);
  if (clear.length === 0) return "";
  const ahead = ({ difference }) => difference > 0;
  const where = (each) => (ahead(each) ? "ahead" : "behind");
  const turns = clear.filter((each, k) => k > 0 && ahead(each) !== ahead(clear[k - 1]));
  const first = where(clear[0]);
  if (turns.length === 0 && clear.length === known.length) {
    return `${name} is ${first} at every size.`;
  }
  if (turns.length === 0) return `${name} is ${first} wherever one can tell.`;
  if (turns.length > 1) return `${name} changes places with standard ${turns.length} times.`;
  const last = clear[clear.indexOf(turns[0]) - 1];
  return (
    `${name} is ${first} up to ${whole(last.n)} images, ${where(turns[0])} from ` +
    `${whole(turns[0].n)} on.`
  );
}

function render({ model, el }) {
  const stops = [0, ...model.get("radii")];
  const size = slider(model, "n", {
    label: "Training images",
    min: 0,
    max: view(model).sizes.length - 1,
    step: 1,
    to: (place) => view(model).sizes[place],
    from: () => view(model).sizes.indexOf(view(model).n),
    text: () => whole(view(model).n),
  });
  const eps = slider(model, "eps", {
    label: "Change ε (L2)",
    min: 0,
    max: stops.length - 1,
    step: 1,
    to: (place) => stops[place],
    from: () => stops.indexOf(epsOf(model)),
    text: () => (epsOf(model) ? `${epsOf(model)} px` : "0, clean"),
  });
  const plots = { clean: sizeChart(model, "clean"), robust: sizeChart(model, "robust") };
  const numbers = numbersTable(model);
  const verdict = html("p", { class: "xp-verdict" });
  const turn = html("p", { class: "xp-note" });

  function draw() {
    const now = view(model);
    const kind = now.eps ? "robust" : "clean";
    [size, eps].forEach((part) => part.draw());
    for (const [name, plot] of Object.entries(plots)) {
      visible(plot.node, name === kind);
    }
    plots[kind].draw(now);
    numbers.draw(now);
    verdict.textContent = verdictOf(now);
    const [standard, ...others] = now.curves;
    turn.textContent = others.map(crossing).join(" ");
  }
  const plot = html("div", {}, ...Object.values(plots).map(({ node }) => node));
  const beside = html("div", { class: "xp-beside" }, size.node, eps.node, verdict, turn);
  const top = html("div", { class: "xp-side-by-side" }, plot, beside);
  const key = html("p", { class: "xp-note" }, KEY);
  return show({ model, el }, [top, numbers.node, key], draw);
}

export default { render };
