// Any pair of digits, any of its SVMs, seen from all sides at once.
import {
  assign,
  button,
  choice,
  coloured,
  controlBar,
  count,
  degrees,
  followPart,
  format,
  html,
  keepInAddress,
  percent,
  powerOfTen,
  readouts,
  row,
  show,
  slider,
} from "../../kit/kit.js";
import { nearestIndex } from "../../mathematics/numbers.js";
import { landmarks } from "../shared/tilting.js";
import { pairData } from "./pair_data.js";
import { pairMap } from "./pair_map.js";
import { pathCurves } from "./path_curves.js";
import { svmHistogram } from "./svm_histogram.js";
import { svmPictures } from "./svm_pictures.js";
import { svmPlane } from "./svm_plane.js";

const PAPER = 5; // Tanay & Griffin's λ is 10^5 times ours
const STOPS = ["upright", "least test error", "most tilted"]; // of landmarks

const against = (key) => key.replace("-", " against ");

// The number of the SVM that is shown, and its log10 λ.
const numberOf = (model) => nearestIndex(model.get("log_lams"), model.get("log_lam"));
const logLamOf = (model) => model.get("log_lams")[numberOf(model)];

// The traits of "3-8,-2.5", the view in an address; null for any other text.
function viewOf(text, logLams) {
  const [, pair, i, j, u] = /^((\d)-(\d)),(-?\d(?:\.\d)?)$/.exec(text) || [];
  const isView = i < j && u >= logLams.at(-1) && u <= logLams[0];
  return isView ? { pair, log_lam: Number(u) } : null;
}

// `jump(name)` is called for a button, with its name.
function strengthBar(model, jump) {
  const ascending = [...model.get("log_lams")].reverse();
  const strength = slider(model, "log_lam", {
    label: "Regularisation λ",
    grid: () => ascending,
    text: () => powerOfTen(logLamOf(model)),
  });
  const stops = row(...STOPS.map((name) => button(name, () => jump(name))));
  return { node: controlBar(strength.node, stops), draw: strength.draw };
}

function svmNumbers() {
  const { node, draw } = readouts([
    "tilt θ",
    "mean distance d_adv",
    "training error",
    "test error",
    "norm ‖w‖",
    "margin 1/‖w‖",
    "Tanay & Griffin’s λ",
  ]);
  return {
    node,
    draw: ({ log_lam: u, theta, d_adv: dAdv, err_train: training, err_test: test, norm }) =>
      draw({
        "tilt θ": `${format(degrees(theta), 1)}° (${format(theta)} rad)`,
        "mean distance d_adv": `${format(dAdv)} pixels`,
        "training error": percent(training, 2),
        "test error": percent(test, 2),
        "norm ‖w‖": norm.toPrecision(3),
        "margin 1/‖w‖": `${(1 / norm).toPrecision(3)} pixels`,
        "Tanay & Griffin’s λ": count(Number((10 ** (u + PAPER)).toPrecision(2))),
      }),
  };
}

// What a plot of the images says of an SVM to those who cannot see it.
const spoken = ({ log_lam: u, theta, d_adv: dAdv, err_train: training, err_test: test }) =>
  `at λ = ${powerOfTen(u)} the boundary is tilted by ${format(degrees(theta), 1)} degrees and ` +
  `${format(dAdv)} pixels from the images on average; ${percent(training, 2)} of the training ` +
  `images and ${percent(test, 2)} of the test images are on the wrong side`;

const note = (...text) => html("div", { class: "xp-note" }, ...text);

// A plot with its title, and what stands between them.
function panel(area, title, between, plot) {
  const name = html("div", { class: "xp-name" }, title);
  return html("div", { class: `xp-panel xp-view-${area}` }, name, ...between, plot.node);
}

// The views of one SVM: `draw(data, k)`. The bar's place is between them.
function svmViews(model, bar) {
  const [planeNote, barsNote] = [note(), note()];
  const planes = choice(model, "plane", {
    label: "Plane",
    options: [["own", "its own"], ["best", "one for all λ"]],
  });
  const plane = svmPlane();
  const distances = svmHistogram(model.get("margin_axis"), plane.height);
  const [numbers, curves, pictures] = [svmNumbers(), pathCurves(model), svmPictures()];
  const top = html(
    "div",
    { class: "xp-svm-top" },
    panel("plane", "Tilting plane", [planes.node, planeNote], plane),
    panel("histogram", "Distances from the boundary", [barsNote], distances),
    numbers.node,
  );
  return {
    node: html("div", { class: "xp-svm" }, top, bar.node, pictures.node, curves.node),
    draw(data, k) {
      const svm = data.models[k];
      const words = spoken(svm);
      planes.draw();
      planeNote.textContent = plane.draw(data, k, data.vertical(k), model.get("plane"), words);
      barsNote.textContent = distances.draw(svm, data.counts(k), data.count, words);
      numbers.draw(svm);
      curves.draw(data, k);
      pictures.draw(data, k);
    },
  };
}

async function render({ model, el }) {
  let data = null; // of the pair that is shown
  const key = row("\u00a0");
  const status = html("div", { class: "xp-note xp-status", role: "status" });
  const bar = strengthBar(model, jump);
  const map = pairMap(model, press);
  const views = svmViews(model, bar);

  function jump(name) {
    if (!data) return;
    const k = landmarks(data.models, data.best)[name];
    assign(model, { log_lam: data.models[k].log_lam });
  }

  function draw() {
    const k = numberOf(model);
    bar.draw();
    map.draw(data?.key, k);
    if (data) views.draw(data, k);
  }

  function sayShown() {
    status.textContent = `${against(data.key)}: ${count(data.count)} training images`;
  }

  function showPair(part, pair) {
    if (data?.key === pair) return;
    data = pairData(pair, part, model.get("log_lams"));
    const [i, j] = data.digits;
    key.replaceChildren(coloured("i", `● ${i} (class I)`), coloured("j", `■ ${j} (class J)`));
    sayShown();
    draw();
  }

  function sayLoading(pair) {
    if (data?.key === pair) sayShown();
    else status.textContent = `Loading ${against(pair)} …`;
  }

  function sayMissing(error, pair) {
    const missing = `${against(pair)} could not be loaded: ${error.message}.`;
    if (data) assign(model, { pair: data.key });
    status.textContent = data ? `${missing} The figure still shows ${against(data.key)}.` : missing;
  }

  // The pair that is pressed may be one that could not be loaded.
  function press(pair) {
    if (pair === model.get("pair")) following.load();
    else assign(model, { pair });
  }

  const arrive = () => el.scrollIntoView();
  const address = keepInAddress(model, {
    name: "svm",
    traits: ["pair", "log_lam"],
    text: () => `${model.get("pair")},${logLamOf(model).toFixed(1)}`,
    parse: (text) => viewOf(text, model.get("log_lams")),
    arrive,
  });
  const end = show({ model, el }, [key, status, map.node, views.node], draw);
  const following = followPart(model, "pair", {
    wait: sayLoading,
    use: showPair,
    fail: sayMissing,
  });
  await following.load();
  if (address.found) setTimeout(arrive); // once the host has put the figure into the page
  return () => {
    following.stop();
    address.leave();
    end();
  };
}

export default { render };
