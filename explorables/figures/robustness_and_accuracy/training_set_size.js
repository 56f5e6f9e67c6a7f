// Standard against adversarial training, from few training images to many.
import {
  capitalised,
  chart,
  columnHead,
  controlBar,
  count,
  curve,
  curves,
  format,
  html,
  markedEntry,
  marker,
  percent,
  rowHead,
  segment,
  segments,
  show,
  slider,
  table,
  unbroken,
  visible,
} from "../../kit/kit.js";
import { nearestIndex } from "../../mathematics/numbers.js";

const LOOKS = {
  standard: { shape: "square", kind: "usual", size: 0.8 },
  l2_2: { shape: "diamond", kind: "adversarial", size: 0.8 },
  "linf_0.3": { shape: "triangle", kind: "class-j", size: 0.8 },
};
const SIZE_TICKS = [100, 300, 1000, 3000, 10_000, 55_000];
const ACCURACY_TICKS = [0, 50, 80, 90, 95, 98, 99, 99.5, 99.8, 100]; // in per cent
const LEAST_ERROR = 0.05; // in per cent; no network is better
const CHANCE = 12; // per cent: a network that gives all images the same class has about 10
const ROOM = { x: 0.1, y: 0.03 }; // beside and below the points

const KEY =
  "Filled: the mean of several networks, ± one standard deviation. Hollow: a single network. The " +
  "axis is logarithmic in the errors: from 80 to 90 % is as far as from 98 to 99 %. Changed images " +
  "are those of PGD alone, every tenth of the test images; more attacks would leave less.";

const log = Math.log10;
const height = (accuracy) => -log(Math.max(100 - accuracy, LEAST_ERROR));
const accuracyAt = (y) => Number((100 - 10 ** -y).toFixed(1));
const ends = ({ mean, sd }) => [mean - (sd || 0), mean + (sd || 0)];
const at = ({ points }, n) => points.find((point) => point.n === n);

// The ε that there are results for, 0 among them.
const radiiOf = (model) => [0, ...model.get("radii")];
const nearestRadius = (model) => radiiOf(model)[nearestIndex(radiiOf(model), model.get("eps"))];

// The curves at the chosen ε, of each model the sizes at which its accuracy was measured there, and
// the chosen number of images.
function view(model) {
  const eps = nearestRadius(model);
  const place = model.get("radii").indexOf(eps);
  const accuracy = ({ clean, robust }) => (eps === 0 ? clean : robust && robust[place]);
  const shown = model.get("curves").map(({ points, ...rest }) => ({
    ...rest,
    points: points.filter(accuracy).map((point) => ({ n: point.n, ...accuracy(point) })),
  }));
  const sizes = shown[0].points.map(({ n }) => n);
  const n = sizes[nearestIndex(sizes.map(log), log(model.get("n")))];
  return { eps, curves: shown, sizes, n };
}

// The ticks around all accuracies that may be shown.
function accuracyTicks(models, kind) {
  const all = models.flatMap(({ points }) =>
    points.flatMap((point) => [point[kind] || []].flat().flatMap(ends))
  );
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const from = ACCURACY_TICKS.filter((tick) => tick <= Math.max(least, 0)).at(-1);
  const to = ACCURACY_TICKS.find((tick) => tick >= most);
  return ACCURACY_TICKS.filter((tick) => tick >= from && tick <= to);
}

// A model's curve: a mark for each size, filled where several networks were trained, and there
// one standard deviation to each side.
function modelCurve(plot, { model, name, points }) {
  const look = LOOKS[model];
  const band = plot.add(curves({ kind: `band-${look.kind}`, name: `band of ${name}` }));
  const bars = plot.add(segments({ kind: `bar-${look.kind}`, name: `bars of ${name}` }));
  const line = plot.add(curve({ kind: `curve-${look.kind}`, name }));
  const marks = points.map(({ n }) => plot.add(marker({ ...look, name: `${name}, ${n} images` })));
  return (shown) => {
    const place = ({ n, mean }) => [log(n), height(mean)];
    const bar = (point) => ends(point).map((end) => [log(point.n), height(end)]);
    const isBetweenSpreads = ({ sd }, k) => k > 0 && sd !== null && shown.points[k - 1].sd !== null;
    line.draw(shown.points.map(place));
    bars.draw(shown.points.map((point) => bar(point).flat()));
    band.draw(
      shown.points.flatMap((point, k) =>
        isBetweenSpreads(point, k) ? [[...bar(shown.points[k - 1]), ...bar(point).reverse()]] : []
      ),
    );
    marks.forEach((mark, k) => {
      const point = at(shown, points[k].n);
      mark.show(point);
      if (!point) return;
      mark.draw(place(point));
      mark.node.classList.toggle("xp-single", point.sd === null);
    });
  };
}

function sizeChart(model, kind) {
  const models = model.get("curves");
  const ticks = accuracyTicks(models, kind);
  const sizes = models.flatMap(({ points }) => points.map(({ n }) => log(n)));
  const x = [Math.min(...sizes) - ROOM.x, Math.max(...sizes) + ROOM.x];
  const plot = chart({
    label: `${kind} accuracy against the number of training images`,
    x,
    y: [height(ticks[0]) - ROOM.y, height(ticks.at(-1))],
    width: 370,
    height: 340,
    xLabel: "training images (log scale)",
    yLabel: kind === "clean" ? "clean accuracy (%)" : "accuracy under PGD (%)",
    xTicks: SIZE_TICKS.map(log).filter((tick) => tick > x[0] && tick < x[1]),
    yTicks: ticks.map(height),
    xText: (u) => count(Math.round(10 ** u)),
    yText: (v) => String(accuracyAt(v)),
  });
  plot.add(segments({ kind: "grid" })).draw(ticks.map((t) => [x[0], height(t), x[1], height(t)]));
  const chosen = plot.add(segment({ kind: "thin", name: "chosen number" }));
  const drawCurves = models.map((each) => modelCurve(plot, each));
  return {
    node: plot.node,
    draw({ n, curves: shown }) {
      chosen.draw([log(n), plot.y[0]], [log(n), plot.y[1]]);
      drawCurves.forEach((draw, k) => draw(shown[k]));
    },
  };
}

const signed = (value) => (value > 0 ? "+" : "") + format(value);

function spreadText({ mean, sd }) {
  return sd === null ? percent(mean, 2) : `${format(mean)} ± ${percent(sd, 2)}`;
}

// A row for each model: how it is drawn, its accuracy, and by how much it beats standard training.
function numbersTable(model) {
  const rows = model.get("curves").map(({ model: key, name }) => {
    const look = LOOKS[key];
    const cells = [html("td"), html("td")];
    const head = rowHead(markedEntry(`curve-${look.kind}`, look, unbroken(name), 34));
    return { cells, node: html("tr", {}, head, ...cells) };
  });
  const heads = [html("td"), columnHead("accuracy"), columnHead("difference")];
  return {
    node: table("xp-table", heads, rows.map(({ node }) => node)),
    draw({ curves: shown, n }) {
      rows.forEach(({ cells: [accuracy, difference] }, k) => {
        const point = at(shown[k], n);
        accuracy.textContent = point ? spreadText(point) : "–";
        difference.textContent = point && k > 0 ? signed(point.gain.mean) : "";
      });
    },
  };
}

// Whether the spread, where it is known, leaves no doubt that there is a gain or a loss.
const isClear = ({ gain }) => Math.abs(gain.mean) > gain.sd;

// How accurate standard training is, and what the others gain.
function verdictOf({ curves: [standard, ...others], n, eps }) {
  const size = `With ${count(n)} training images${eps ? `, at ε = ${eps}` : ""}`;
  const known = `${size} standard training is right for ${percent(at(standard, n).mean, 2)}.`;
  const effects = others
    .filter((other) => at(other, n))
    .map((other, k) => effectText(other.name, at(other, n), eps, k === 0));
  return effects.length ? `${known} ${capitalised(effects.join(", "))}.` : known;
}

function effectText(name, point, eps, isFirst) {
  const { mean, gain } = point;
  if (eps === 0 && mean < CHANCE) return `${name} learns nothing: ${percent(mean, 2)}`;
  const verb = gain.mean < 0 ? "loses" : "gains";
  const unit = isFirst ? " percentage points" : "";
  return `${name} ${verb} ${format(Math.abs(gain.mean))}${unit}${doubtText(point)}`;
}

function doubtText(point) {
  if (point.gain.sd === null) return " (single networks)";
  return isClear(point) ? "" : " (within the spread)";
}

// Where a curve is ahead of standard training's, as far as the spreads let one tell.
function crossingText({ name, points }) {
  const clear = points.filter(isClear);
  if (clear.length === 0) return "";
  const isAhead = ({ gain }) => gain.mean > 0;
  const where = (point) => (isAhead(point) ? "ahead" : "behind");
  const turns = clear.filter((point, k) => k > 0 && isAhead(point) !== isAhead(clear[k - 1]));
  const start = `${capitalised(name)} is ${where(clear[0])}`;
  if (turns.length > 1) {
    return `${capitalised(name)} changes places with standard ${turns.length} times.`;
  }
  if (turns.length === 1) {
    const last = clear[clear.indexOf(turns[0]) - 1];
    const after = `${where(turns[0])} from ${count(turns[0].n)} on`;
    return `${start} up to ${count(last.n)} images, ${after}.`;
  }
  return `${start} ${clear.length === points.length ? "at every size" : "wherever one can tell"}.`;
}

function render({ model, el }) {
  const size = slider(model, "n", {
    label: "Training images",
    grid: () => view(model).sizes,
    shown: log,
    text: () => count(view(model).n),
  });
  const eps = slider(model, "eps", {
    label: "Change ε (L2)",
    grid: () => radiiOf(model),
    text: () => (nearestRadius(model) ? `${nearestRadius(model)} px` : "0, clean"),
  });
  const plots = { clean: sizeChart(model, "clean"), robust: sizeChart(model, "robust") };
  const numbers = numbersTable(model);
  const verdict = html("p", { class: "xp-verdict" });
  const crossings = html("p", { class: "xp-note" });

  function draw() {
    const shown = view(model);
    const kind = shown.eps ? "robust" : "clean";
    [size, eps].forEach((part) => part.draw());
    for (const [name, plot] of Object.entries(plots)) visible(plot.node, name === kind);
    plots[kind].draw(shown);
    numbers.draw(shown);
    verdict.textContent = verdictOf(shown);
    crossings.textContent = shown.curves.slice(1).map(crossingText).join(" ");
  }
  const plot = html("div", {}, ...Object.values(plots).map(({ node }) => node));
  const beside = html(
    "div",
    { class: "xp-beside" },
    controlBar(size.node, eps.node),
    verdict,
    crossings,
  );
  const top = html("div", { class: "xp-side-by-side" }, plot, beside);
  const key = html("p", { class: "xp-note" }, KEY);
  return show({ model, el }, [top, numbers.node, key], draw);
}

export default { render };
