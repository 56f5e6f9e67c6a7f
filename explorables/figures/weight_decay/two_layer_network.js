// A network of two layers in the plane: a line around each point, and what decay makes of it.
import {
  assign,
  button,
  choice,
  controlBar,
  forWidth,
  html,
  lineEntry,
  percent,
  powerOfTen,
  readouts,
  row,
  show,
  slider,
  spotEntry,
  threeDigits,
} from "../../kit/kit.js";
import { around, countLines, firstOrder, nearestPoint } from "../../mathematics/local_linear.js";
import { nearestIndex } from "../../mathematics/numbers.js";
import { networkData } from "../shared/network_data.js";
import { lambdaCharts } from "./lambda_charts.js";
import { colourScale, networkPlane } from "./two_layer_plane.js";

const TOO_MUCH = -1; // log10 λ: the boundary is nearly a line
const SAME = 1e-3; // of a distance: where less is between two, they are called the same

const classOf = (score) => (score > 0 ? "J" : "I");

// What Python sent, by number of the network, from the smallest λ.
const dataOf = (model) => ({
  ...networkData(model),
  logLams: model.get("log_lams"),
  mislabelled: model.get("mislabelled"),
  curves: model.get("curves"),
});

// What there is to say of x and network number k. `switched(to)` lists the units that switch on the
// way from x.
function view(data, k, x) {
  const net = data.networks[k];
  const here = around(net, x);
  const switched = (to) => {
    const there = around(net, to).on;
    return net.units.filter((_, unit) => there[unit] !== here.on[unit]);
  };
  const nearest = nearestPoint(data.boundaries[k], x);
  return { k, x, net, here, nearest, ...firstOrder(here, x), switched };
}

// How many of the mislabelled points get the class they were given.
const fitted = ({ points, labels, mislabelled }, net) =>
  mislabelled.filter((n) => around(net, points[n]).score > 0 === labels[n] > 0).length;

// What the plane shows of a network, to those who cannot see it.
function description({ logLams, curves }, k) {
  const [norm, train, test] = ["norm_gradient_median", "err_train", "err_test"].map(
    (name) => curves[name][0][k],
  );
  return (
    `The training points and the network with λ = ${powerOfTen(logLams[k])}: its steepness is ` +
    `${threeDigits(norm)} at the median training point, its training error ${percent(train)} and ` +
    `its test error ${percent(test)}`
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
  const [truth, guess] = [nearest.distance, distance].map((length) => threeDigits(length));
  if (!foot) return `No unit is on at x: the score is flat here. The boundary is ${truth} away.`;
  const seen = `Seen from x's region, the boundary is the dashed line, ${guess} away.`;
  if (Math.abs(distance - nearest.distance) < SAME * nearest.distance) {
    return `${seen} The region reaches that far, so this is true.`;
  }
  if (nearest.distance < distance) {
    const units = switching(switched(nearest.point));
    return `${seen} In truth it is nearer, ${truth}: ${units} on the way there.`;
  }
  return `${seen} In truth it is farther, ${truth}: ${switching(switched(foot))} before that line.`;
}

// The numbers of x, by name.
const textsOfX = ({ here, nearest, distance, foot, net }) => ({
  "score s(x)": `${threeDigits(here.score)} (class ${classOf(here.score)})`,
  "‖∇s(x)‖": threeDigits(here.norm),
  "d(x), to first order": foot ? threeDigits(Math.sign(here.score) * distance) : "none",
  "true distance": nearest.point ? threeDigits(nearest.distance) : "none",
  "units on at x": `${here.on.filter(Boolean).length} of ${net.hidden}`,
});

// The numbers of the network, by name.
const textsOfNetwork = (data, { k, net }) => ({
  "training error": percent(data.curves.err_train[0][k]),
  "test error": percent(data.curves.err_test[0][k]),
  "mislabelled fitted": `${fitted(data, net)} of ${data.mislabelled.length}`,
});

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

// The slider of λ, and buttons that lead to three of its values.
function strength(model, { logLams, curves }) {
  const range = slider(model, "log_lam", {
    label: "Weight decay λ",
    grid: () => logLams,
    text: (u) => powerOfTen(logLams[nearestIndex(logLams, u)]),
  });
  const best = curves.err_test[0].indexOf(Math.min(...curves.err_test[0]));
  const stops = Object.entries({
    "too little": logLams[0],
    "least test error": logLams[best],
    "too much": logLams[nearestIndex(logLams, TOO_MUCH)],
  }).map(([name, u]) => button(name, () => assign(model, { log_lam: u })));
  return { ...range, stops };
}

function build({ model, el }, wide) {
  const data = dataOf(model);
  const plot = networkPlane(model, data, wide);
  const charts = lambdaCharts(data);
  const decay = strength(model, data);
  const colours = choice(model, "colour", {
    label: "Colour",
    options: [["steepness", "‖∇s‖"], ["confidence", "confidence"]],
  });
  const scale = colourScale();
  const numbersOfX = readouts([
    "score s(x)",
    "‖∇s(x)‖",
    "d(x), to first order",
    "true distance",
    "units on at x",
  ]);
  const numbersOfNetwork = readouts(["training error", "test error", "mislabelled fitted"]);
  const verdict = html("p", { class: "xp-verdict" });

  function draw() {
    const k = nearestIndex(data.logLams, model.get("log_lam"));
    const shown = view(data, k, model.get("x"));
    [decay, colours].forEach((part) => part.draw());
    plot.draw(shown, description(data, k));
    scale.draw(model.get("colour"));
    charts.draw(k);
    numbersOfX.draw(textsOfX(shown));
    numbersOfNetwork.draw(textsOfNetwork(data, shown));
    verdict.textContent = verdictOf(shown);
  }
  const area = (name, ...parts) => html("div", { class: `xp-area-${name}` }, ...parts);
  const body = html(
    "div",
    { class: "xp-network" },
    area("plane", plot.node, scale.node),
    area("controls", controlBar(decay.node, row(...decay.stops)), row(colours.node)),
    area("verdict", verdict),
    area("numbers", numbersOfX.node, numbersOfNetwork.node),
    area("charts", charts.node),
  );
  return show({ model, el }, [key(), body], draw);
}

export default { render: forWidth(build) };
