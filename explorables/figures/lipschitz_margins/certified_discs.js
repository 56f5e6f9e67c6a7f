// Certified discs in the plane: how much of the way from each point to the boundary is proven.
import {
  checkbox, clamp, forWidth, format, html, pair, readouts, row, show, slider, svg,
} from "../../kit/common.js";
import { certifiedCharts } from "./certified_charts.js";
import { certifiedPlane } from "./certified_plane.js";
import { entry, lineEntry, spotEntry } from "../../kit/legend.js";
import { around, nearestPoint } from "../../mathematics/local_linear.js";
import { networkData } from "../shared/network_data.js";

const NOTE = "Medians over the 200 training points: a misclassified one counts as 0.";

// Where something is left to prove, it does not say 100 %.
const percent = (share) => `${Math.min(Math.round(100 * share), 99)}\u00a0%`;
const className = (label) => (label > 0 ? "J" : "I");
// Three digits, but no more than four decimals.
const short = (value) => format(value, clamp(2 - Math.floor(Math.log10(value)), 0, 4));

function dataOf(model) {
  return { ...networkData(model), cs: model.get("cs"), summary: model.get("summary") };
}

// What there is to say of all points and network number k, and of point number n, `own`.
function view({ networks, boundaries, points, labels, summary }, k, n) {
  const views = points.map((x, number) => {
    const { score } = around(networks[k], x);
    const label = labels[number];
    return {
      x,
      label,
      score,
      right: score * label > 0,
      radius: Math.abs(score) / summary.K[k],
    };
  });
  const own = { ...views[n], nearest: nearestPoint(boundaries[k], points[n]) };
  const constant = views.every(({ score }) => score > 0 === views[0].score > 0);
  return { k, views, own, constant };
}

function verdictOf({ cs, summary }, { k, constant }) {
  const of = Object.fromEntries(Object.entries(summary).map(([name, all]) => [name, all[k]]));
  const name = cs[k] === 0 ? "Plain training" : `LMT, c = ${cs[k]}`;
  const share = of.err_train === 0 ? "no" : `${format(of.err_train, 1)}\u00a0%`;
  const errors = `${share} training errors`;
  if (constant) {
    return (
      `${name}: collapsed. The moons have no room for so wide a margin, and all points get the ` +
      `same class: ${errors}. The discs are large, and of no use.`
    );
  }
  const [certified, distance] = [of.median_certified, of.median_distance];
  return (
    `${name}: discs reach ${format(certified)}, the boundary is ${format(distance)} away ` +
    `(medians); ${percent(certified / distance)} of the way is proven, with ${errors}. ` +
    `K = ${short(of.K)} is ${format(of.K / of.steepest, 1)} times the steepest slope in the frame.`
  );
}

// Of the chosen point, in texts by name.
function pointTexts({ own: { right, radius, nearest, label } }) {
  const ofRight = (text) => (right ? text : "–");
  return {
    "chosen point": `class ${className(label)}${right ? "" : ", wrong"}`,
    "radius |s|/K": right ? short(radius) : "none",
    "true distance": nearest.point ? short(nearest.distance) : "none",
    "proven": ofRight(nearest.point ? `${percent(radius / nearest.distance)} of the way` : "all"),
  };
}

function spoken(n, own, texts) {
  const [, ...rest] = Object.entries(texts).map(([name, text]) => `${name} ${text}`);
  return `point ${n + 1}, ${texts["chosen point"]}, at ${pair(own.x)}: ${rest.join(", ")}`;
}

function key() {
  const disc = svg("circle", { cx: 12, cy: 8, r: 7, class: "xp-disc-chosen" });
  return html(
    "div",
    { class: "xp-row xp-short-key" },
    spotEntry("i", "●", "class I"),
    spotEntry("j", "■", "class J"),
    spotEntry("boundary", "◯", "wrong"),
    entry("certified disc", 24, disc),
    lineEntry("boundary", "boundary", 24),
    lineEntry("adversarial", "shortest attack", 24),
  );
}

function build({ model, el }, wide) {
  const data = dataOf(model);
  const { cs } = data;
  const plot = certifiedPlane(model, data, wide);
  const charts = certifiedCharts(data);
  const strength = slider(model, "c", {
    label: "Margin asked for, c",
    min: 0,
    max: cs.length - 1,
    step: 1,
    from: (c) => cs.indexOf(c),
    to: (k) => cs[k],
    text: (c) => (c === 0 ? "0 (plain)" : String(c)),
  });
  const all = checkbox(model, "all_attacks", "shortest attacks of all points");
  const numbers = readouts([
    "chosen point", "radius |s|/K", "true distance", "proven",
  ]);
  const verdict = html("p", { class: "xp-verdict xp-balanced" });

  function draw() {
    const k = cs.indexOf(model.get("c"));
    const n = model.get("point");
    const shown = view(data, k, n);
    const texts = pointTexts(shown);
    const said = verdictOf(data, shown);
    plot.draw(shown, said, spoken(n, shown.own, texts));
    [strength, all].forEach((part) => part.draw());
    charts.draw(k);
    numbers.draw(texts);
    verdict.textContent = said;
  }
  return show(
    { model, el },
    [
      html(
        "div",
        { class: "xp-certified" },
        key(),
        plot.node,
        row(strength.node, all.node),
        verdict,
        numbers.node,
        charts.node,
        html("p", { class: "xp-note" }, NOTE),
      ),
    ],
    draw,
  );
}

export default { render: forWidth(build) };
