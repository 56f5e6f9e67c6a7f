// Certified discs in the plane: how much of the way from each point to the boundary is proven.
import {
  checkbox,
  controlBar,
  format,
  forWidth,
  html,
  legendEntry,
  lineEntry,
  pair,
  percent,
  readouts,
  show,
  slider,
  spotEntry,
  svg,
  threeDigits,
} from "../../kit/kit.js";
import { around, nearestPoint } from "../../mathematics/local_linear.js";
import { networkData } from "../shared/network_data.js";
import { certifiedCharts } from "./certified_charts.js";
import { certifiedPlane } from "./certified_plane.js";

const DECIMALS = 4; // at most, of distances

// Where something is left to prove, it does not say 100 %.
const proven = (share) => percent(Math.min(Math.round(100 * share), 99), 0);
const className = (label) => (label > 0 ? "J" : "I");
const short = (value) => threeDigits(value, DECIMALS);

const dataOf = (model) => ({
  ...networkData(model),
  cs: model.get("cs"),
  summary: model.get("summary"),
});

// What there is to say of all points and network number k, and of point number n, `own`.
function view({ networks, boundaries, points, labels, summary }, k, n) {
  const views = points.map((x, number) => {
    const { score } = around(networks[k], x);
    const label = labels[number];
    const radius = Math.abs(score) / summary.K[k];
    return { x, label, score, right: score * label > 0, radius };
  });
  const own = { ...views[n], nearest: nearestPoint(boundaries[k], points[n]) };
  const constant = views.every(({ score }) => score > 0 === views[0].score > 0);
  return { k, views, own, constant };
}

function verdictOf({ cs, summary }, { k, constant }) {
  const name = cs[k] === 0 ? "Plain training" : `LMT, c = ${cs[k]}`;
  const share = summary.err_train[k] === 0 ? "no" : percent(summary.err_train[k]);
  const errors = `${share} training errors`;
  if (constant) {
    return (
      `${name}: collapsed. The moons have no room for so wide a margin, and all points get the ` +
      `same class: ${errors}. The discs are large, and of no use.`
    );
  }
  const [certified, distance] = [summary.median_certified[k], summary.median_distance[k]];
  const K = summary.K[k];
  return (
    `${name}: discs reach ${format(certified)}, the boundary is ${format(distance)} away ` +
    `(medians); ${proven(certified / distance)} of the way is proven, with ${errors}. ` +
    `K = ${short(K)} is ${format(K / summary.steepest[k], 1)} times the steepest slope in the ` +
    "frame."
  );
}

// Of the chosen point, in texts by name.
function textsOfPoint({ own: { right, radius, nearest, label } }) {
  const way = nearest.point ? `${proven(radius / nearest.distance)} of the way` : "all";
  return {
    "chosen point": `class ${className(label)}${right ? "" : ", wrong"}`,
    "radius |s|/K": right ? short(radius) : "none",
    "true distance": nearest.point ? short(nearest.distance) : "none",
    "proven": right ? way : "–",
  };
}

function spokenOf(n, { own }, texts) {
  const { "chosen point": what, ...rest } = texts;
  const numbers = Object.entries(rest).map(([name, text]) => `${name} ${text}`);
  return `point ${n + 1}, ${what}, at ${pair(own.x)}: ${numbers.join(", ")}`;
}

function key() {
  const disc = svg("circle", { cx: 12, cy: 8, r: 7, class: "xp-disc-chosen" });
  return html(
    "div",
    { class: "xp-row xp-short-key" },
    spotEntry("i", "●", "class I"),
    spotEntry("j", "■", "class J"),
    spotEntry("boundary", "◯", "wrong"),
    legendEntry("certified disc", 24, disc),
    lineEntry("boundary", "boundary", 24),
    lineEntry("adversarial", "shortest attack", 24),
  );
}

function build({ model, el }, wide) {
  const data = dataOf(model);
  const { cs, points } = data;
  const plot = certifiedPlane(model, data, wide);
  const charts = certifiedCharts(data);
  const strength = slider(model, "c", {
    label: "Margin asked for, c",
    grid: () => cs,
    text: (c) => (c === 0 ? "0 (plain)" : String(c)),
  });
  const all = checkbox(model, "all_attacks", "shortest attacks of all points");
  const numbers = readouts(["chosen point", "radius |s|/K", "true distance", "proven"]);
  const verdict = html("p", { class: "xp-verdict xp-balanced" });
  const note =
    `Medians over the ${points.length} training points: a misclassified one counts as 0.`;

  function draw() {
    const n = model.get("point");
    const shown = view(data, cs.indexOf(model.get("c")), n);
    const texts = textsOfPoint(shown);
    const words = verdictOf(data, shown);
    plot.draw(shown, words, spokenOf(n, shown, texts));
    [strength, all].forEach((part) => part.draw());
    charts.draw(shown.k);
    numbers.draw(texts);
    verdict.textContent = words;
  }
  const body = html(
    "div",
    { class: "xp-certified" },
    key(),
    plot.node,
    controlBar(strength.node, all.node),
    verdict,
    numbers.node,
    charts.node,
    html("p", { class: "xp-note" }, note),
  );
  return show({ model, el }, [body], draw);
}

export default { render: forWidth(build) };
