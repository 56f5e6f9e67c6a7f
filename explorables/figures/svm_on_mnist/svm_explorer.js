// Any pair of digits, any of its 81 SVMs, seen from all sides at once.
import {
  assign, button, choice, degrees, format, html, loadPart, powerOfTen, readouts, row, show, slider,
} from "../../kit/common.js";
import { keepInAddress } from "../../kit/address.js";
import { marginHistogram } from "../shared/margin_histogram.js";
import { pairData } from "./pair_data.js";
import { pairMap } from "./pair_map.js";
import { pathCurves } from "./path_curves.js";
import { svmPictures } from "./svm_pictures.js";
import { svmPlane } from "./svm_plane.js";
import { coloured } from "../shared/tilting.js";

const [SMALLEST, LARGEST] = [-6, 2]; // of log10 λ
const PAPER = 5; // Tanay & Griffin's λ is 10^5 times ours

const against = (key) => key.replace("-", " against ");
const rounded = (u) => Math.round(10 * u) / 10; // SVMs are a tenth of log10 λ apart
const indexOf = (u) => Math.round(10 * (LARGEST - u)); // from the largest λ
const percent = (error) => `${format(error)} %`;

// The traits of "3-8,-2.5", the view in an address; null for any other text.
function viewOf(text) {
  const [, pair, i, j, u] = /^((\d)-(\d)),(-?\d(?:\.\d)?)$/.exec(text) || [];
  return i < j && u >= SMALLEST && u <= LARGEST ? { pair, log_lam: Number(u) } : null;
}

// The SVMs that the buttons lead to.
const STOPS = {
  upright: ({ models }) => models.findLastIndex(({ theta }) => theta < 1e-3),
  "least test error": ({ best }) => best,
  "most tilted": ({ models }) => models.length - 1,
};

// `jump(to)` is called with the function of STOPS that belongs to the button.
function controls(model, jump) {
  const strength = slider(model, "log_lam", {
    label: "Regularisation λ",
    min: SMALLEST,
    max: LARGEST,
    step: 0.1,
    text: (u) => powerOfTen(rounded(u)),
  });
  const plane = choice(model, "plane", {
    label: "Plane",
    options: [["own", "its own"], ["best", "one for all λ"]],
  });
  const paper = html("div", { class: "xp-note" });
  const stops = Object.entries(STOPS).map(([name, to]) => button(name, () => jump(to)));
  return {
    node: html(
      "div",
      { class: "xp-controls" },
      strength.node,
      paper,
      row(...stops),
      row(plane.node),
    ),
    draw() {
      strength.draw();
      plane.draw();
      const theirs = 10 ** (rounded(model.get("log_lam")) + PAPER);
      const written = Number(theirs.toPrecision(2)).toLocaleString("en");
      paper.textContent = `Tanay & Griffin's λ: ${written}`;
    },
  };
}

function svmNumbers() {
  const { node, draw } = readouts([
    "tilt θ", "mean distance d_adv", "training error", "test error", "norm ‖w‖", "margin 1/‖w‖",
  ]);
  return {
    node,
    draw: ({ theta, d_adv: dAdv, err_train: train, err_test: test, norm }) =>
      draw({
        "tilt θ": `${format(degrees(theta), 1)}° (${format(theta)} rad)`,
        "mean distance d_adv": `${format(dAdv)} pixels`,
        "training error": percent(train),
        "test error": percent(test),
        "norm ‖w‖": norm.toPrecision(3),
        "margin 1/‖w‖": `${(1 / norm).toPrecision(3)} pixels`,
      }),
  };
}

// What a plot of the images says of an SVM to those who cannot see it.
const spoken = ({ log_lam: u, theta, d_adv: dAdv, err_train: train, err_test: test }) =>
  `at λ = ${powerOfTen(u)} the boundary is tilted by ${format(degrees(theta), 1)} degrees and ` +
  `${format(dAdv)} pixels from the images on average; ${percent(train)} of the training images ` +
  `and ${percent(test)} of the test images are on the wrong side`;

// A plot with its title, and a note below that.
function panel(area, title, note, plot) {
  const name = html("div", { class: "xp-name" }, title);
  return html("div", { class: `xp-panel xp-view-${area}` }, name, note, plot.node);
}

// The views of one SVM: `draw(data, k)`.
function svmViews(model, controls, map) {
  const note = (...text) => html("div", { class: "xp-note" }, ...text);
  const planeNote = note();
  const barsNote = note("Bars: images. Line: the hinge loss, scaled.");
  const plane = svmPlane();
  const distances = marginHistogram(plane.height);
  const [numbers, curves, pictures] = [svmNumbers(), pathCurves(model), svmPictures()];
  return {
    node: html(
      "div",
      { class: "xp-svm" },
      panel("plane", "Tilting plane", planeNote, plane),
      controls.node,
      panel("histogram", "Distances from the boundary", barsNote, distances),
      numbers.node,
      curves.node,
      pictures.node,
      map.node,
    ),
    draw(data, k) {
      const svm = data.models[k];
      const vertical = data.vertical(k);
      const words = spoken(svm);
      planeNote.textContent = plane.draw(data, k, vertical, model.get("plane"), words);
      distances.draw(svm, data.distances(k, vertical), words);
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
  const set = controls(model, jump);
  const map = pairMap(model, press);
  const views = svmViews(model, set, map);

  function jump(to) {
    if (data) assign(model, { log_lam: data.models[to(data)].log_lam });
  }

  function draw() {
    const k = indexOf(model.get("log_lam"));
    set.draw();
    map.draw(data?.key, k);
    if (data) views.draw(data, k);
  }

  function showPair(arrived) {
    data = arrived;
    const [i, j] = data.digits;
    key.replaceChildren(coloured("i", `● ${i} (class I)`), coloured("j", `■ ${j} (class J)`));
    sayShown();
    draw();
  }

  function sayShown() {
    const count = data.count.toLocaleString("en");
    status.textContent = `${against(data.key)}: ${count} training images`;
  }

  function sayMissing(error) {
    const missing = `${against(model.get("pair"))} could not be loaded: ${error.message}.`;
    if (data) assign(model, { pair: data.key });
    status.textContent = data ? `${missing} The figure still shows ${against(data.key)}.` : missing;
  }

  async function open() {
    const wanted = model.get("pair");
    if (data?.key === wanted) {
      sayShown();
      return;
    }
    status.textContent = `Loading ${against(wanted)} …`;
    // By the time it is here, the reader may have gone on to another pair.
    const ifWanted = (then) => (result) => model.get("pair") === wanted && then(result);
    await loadPart(model, wanted)
      .then((part) => pairData(wanted, part))
      .then(ifWanted(showPair), ifWanted(sayMissing));
  }

  // The pair that is pressed may be one that could not be loaded.
  function press(pair) {
    if (pair === model.get("pair")) open();
    else assign(model, { pair });
  }

  const arrive = () => el.scrollIntoView();
  const address = keepInAddress(model, {
    name: "svm",
    traits: ["pair", "log_lam"],
    text: () => `${model.get("pair")},${rounded(model.get("log_lam")).toFixed(1)}`,
    parse: viewOf,
    arrive,
  });
  const end = show({ model, el }, [key, status, views.node], draw);
  model.on("change:pair", open);
  await open();
  if (address.found) setTimeout(arrive); // once the host has put the figure into the page
  return () => {
    model.off("change:pair", open);
    address.leave();
    end();
  };
}

export default { render };
