// A network of two layers in the plane: a line around each point, and what decay makes of it.
import {
  assign, button, choice, clamp, forWidth, format, html, powerOfTen, readouts, row, show, slider,
} from "../../kit/common.js";
import { around, countLines, nearestPoint } from "../../mathematics/local_linear.js";
import { lambdaCharts } from "../shared/lambda_charts.js";
import { lineEntry, spotEntry } from "../../kit/legend.js";
import { networkData } from "../shared/network_data.js";
import { colourScale, networkPlane } from "../shared/network_plane.js";

const HIDDEN = 24;
const TOO_MUCH = -1; // log10 λ: the boundary is a line
const STEP = 0.25; // of log10 λ, from one network to the next

const percent = (value) => `${format(value, 1)} %`;
const classOf = (score) => (score > 0 ? "J" : "I");
// Three digits, of large numbers and of small ones.
const short = (value) =>
  value === 0 ? "0" : format(value, clamp(2 - Math.floor(Math.log10(Math.abs(value))), 0, 3));

// What Python sent, by number of the network, from the smallest λ.
function dataOf(model) {
  const logLams = model.get("log_lams");
  return {
    ...networkData(model),
    logLams,
    numberOf: (u) => clamp(Math.round((u - logLams[0]) / STEP), 0, logLams.length - 1),
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
  const switched = (to) => {
    const there = around(net, to).on;
    return net.units.filter((_, unit) => there[unit] !== here.on[unit]);
  };
  return { k, x, net, here, nearest, distance, foot, switched };
}

// How many of the mislabelled points get the class they were given.
const fitted = ({ points, labels, mislabelled }, net) =>
  mislabelled.filter((n) => around(net, points[n]).score > 0 === labels[n] > 0).length;

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

// In words: that these units switch.
function switching(units) {
  if (units.length === 1) return "1 unit switches";
  const lines = countLines(units);
  if (lines === units.length) return `${lines} units switch`;
  return `${units.length} units, on ${lines === 1 ? "1 line" : `${lines} lines`}, switch`;
}

// In words: where the boundary seems to be from x, and where it is.
function verdictOf({ nearest, distance, foot, switched }) {
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
  const units = switching(switched(nearer ? nearest.point : foot));
  return nearer
    ? `${seen} In truth it is nearer, ${truth}: ${units} on the way there.`
    : `${seen} In truth it is farther, ${truth}: ${units} before that line.`;
}

const key = () =>
  html(
    "div",
    { class: "xp-row xp-short-key" },
    spotEntry("i", "●", "class I"),
    spotEntry("j", "■", "class J"),
    spotEntry("boundary", "◯", "mislabelled"),
    lineEntry("boundary", "boundary", 24),
    lineEntry("dashed", "x's own line", 24),
    lineEntry("units", "a unit switches", 24),
  );

function build({ model, el }, wide) {
  const data = dataOf(model);
  const { logLams, numberOf, curves } = data;
  const plot = networkPlane(model, data, wide);
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
  const scale = colourScale();
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

  function draw() {
    const k = numberOf(model.get("log_lam"));
    const shown = view(data, k, model.get("x"));
    const { here, nearest, distance, foot } = shown;
    [strength, colours].forEach((part) => part.draw());
    plot.draw(shown, spoken(data, k));
    scale.draw(model.get("colour"));
    charts.draw(k);
    atX.draw({
      "score s(x)": `${short(here.score)} (class ${classOf(here.score)})`,
      "‖∇s(x)‖": short(here.norm),
      "d(x), to first order": foot ? short(Math.sign(here.score) * distance) : "none",
      "true distance": nearest.point ? short(nearest.distance) : "none",
      "units on at x": `${here.on.filter(Boolean).length} of ${HIDDEN}`,
    });
    ofNetwork.draw({
      "training error": percent(curves.err_train[0][k]),
      "test error": percent(curves.err_test[0][k]),
      "mislabelled fitted": `${fitted(data, shown.net)} of ${data.mislabelled.length}`,
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
  return show({ model, el }, [key(), body], draw);
}

export default { render: forWidth(build) };
