// Any pair of digits, any of its 81 SVMs, seen from all sides at once.
import {
  assign, button, choice, degrees, digitImage, format, html, loadPart, powerOfTen, readouts, row,
  show, slider, weightImage,
} from "./common.js";
import { keepInAddress } from "./address.js";
import { marginHistogram } from "./margin_histogram.js";
import { pairData } from "./pair_data.js";
import { pairMap } from "./pair_map.js";
import { pathCurves } from "./path_curves.js";
import { svmPlane } from "./svm_plane.js";
import { coloured, thumbnail } from "./tilting.js";

const [SMALLEST, LARGEST] = [-6, 2]; // of log10 λ
const PICTURE = 80;
const PAPER = 5; // Tanay & Griffin's λ is 10^5 times ours

const against = (key) => key.replace("-", " against ");

// A picture with its name and words that change: `draw(pixels, label, ...words)`.
function picture(image, name) {
  const note = html("span");
  return {
    node: thumbnail(image, name, note),
    draw(pixels, label, ...words) {
      image.draw(pixels, label);
      note.replaceChildren(...words);
    },
  };
}

// The means, ŵ, and an image of each class with its mirror image: `draw(data, k)`.
function pictures() {
  const digit = (name) => picture(digitImage(PICTURE), name);
  const means = [digit("i"), digit("j")];
  const weights = picture(weightImage(PICTURE), "ŵ");
  const examples = [digit("x"), digit("x")];
  const mirrored = [digit("xₘ"), digit("xₘ")];
  const groups = [[...means, weights], [0, 1].flatMap((c) => [examples[c], mirrored[c]])];

  function drawExample(data, k, c, wHat) {
    const d = data.models[k].examples[c];
    const says = (distance) => `says ${data.digits[distance > 0 ? 1 : 0]}`;
    const far = format(2 * Math.abs(d));
    const image = data.examples[c];
    const mirror = image.map((value, pixel) => value - 2 * d * wHat[pixel]);
    const name = `a training image of ${data.digits[c]}`;
    examples[c].draw(image, `${name}; the SVM ${says(d)}`, says(d));
    const label = `the mirror image of ${name}, ${far} pixels away; the SVM ${says(-d)}`;
    mirrored[c].draw(mirror, label, says(-d), html("br"), `moved ${far}`);
  }
  return {
    node: html(
      "div",
      { class: "xp-svm-pictures" },
      ...groups.map((of) => html("div", { class: "xp-pictures" }, ...of.map(({ node }) => node))),
    ),
    draw(data, k) {
      const [i, j] = data.digits;
      const wHat = data.wHat(k);
      means.forEach((each, c) => {
        const digit = data.digits[c];
        each.draw(data.means[c], `the mean of the training images of ${digit}`, `mean ${digit}`);
      });
      const label = `the weights: blue where ink speaks for ${i}, orange where it speaks for ${j}`;
      weights.draw(wHat, label, "for ", coloured("i", i), ", for ", coloured("j", j));
      [0, 1].forEach((c) => drawExample(data, k, c, wHat));
    },
  };
}

// The traits of "3-8,-2.5", the view in an address; null for any other text.
function viewOf(text) {
  const [, pair, i, j, u] = /^((\d)-(\d)),(-?\d(?:\.\d)?)$/.exec(text) || [];
  return i < j && u >= SMALLEST && u <= LARGEST ? { pair, log_lam: Number(u) } : null;
}

const indexOf = (u) => Math.round(10 * (LARGEST - u)); // SVMs are a tenth apart, from the largest λ

function controls(model, jump) {
  const strength = slider(model, "log_lam", {
    label: "Regularisation λ",
    min: SMALLEST,
    max: LARGEST,
    step: 0.1,
    text: (u) => powerOfTen(Math.round(10 * u) / 10),
  });
  const plane = choice(model, "plane", {
    label: "Plane",
    options: [["own", "its own"], ["best", "one for all λ"]],
  });
  const paper = html("div", { class: "xp-note" });
  const stops = ["upright", "least test error", "most tilted"].map((name) =>
    button(name, () => jump(name)),
  );
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
      const theirs = 10 ** (Math.round(10 * model.get("log_lam")) / 10 + PAPER);
      const written = Number(theirs.toPrecision(2)).toLocaleString("en");
      paper.textContent = `Tanay & Griffin's λ: ${written}`;
    },
  };
}

async function render({ model, el }) {
  let data = null; // of the pair that is shown
  const status = html("div", { class: "xp-note xp-status", role: "status" });
  const [nameI, nameJ] = [html("span"), html("span")];
  const tilted = svmPlane();
  const distances = marginHistogram(247);
  const numbers = readouts([
    "tilt θ", "mean distance d_adv", "training error", "test error", "norm ‖w‖", "margin 1/‖w‖",
  ]);
  const curves = pathCurves(model);
  const images = pictures();
  const map = pairMap(model, press);
  const about = html("div", { class: "xp-note" });
  const set = controls(model, jump);

  function jump(name) {
    if (!data) return;
    const upright = data.models.findLastIndex(({ theta }) => theta < 1e-3);
    const k = { upright, "least test error": data.best, "most tilted": data.models.length - 1 }[name];
    assign(model, { log_lam: data.models[k].log_lam });
  }

  function press(key) {
    if (key === model.get("pair")) open();
    else assign(model, { pair: key });
  }

  async function open() {
    const key = model.get("pair");
    if (data?.key === key) return;
    status.textContent = `Loading ${against(key)} …`;
    el.setAttribute("aria-busy", "true");
    try {
      const part = await loadPart(model, key);
      if (key !== model.get("pair")) return; // the reader has gone on to another pair
      data = pairData(key, part);
      status.textContent = `${against(key)}: ${data.count.toLocaleString("en")} training images`;
      draw();
    } catch (error) {
      if (key !== model.get("pair")) return;
      const still = data ? ` The figure still shows ${against(data.key)}.` : "";
      status.textContent = `${against(key)} could not be loaded: ${error.message}.${still}`;
      if (data) assign(model, { pair: data.key });
    }
    el.setAttribute("aria-busy", "false");
  }

  function drawSvm() {
    const k = indexOf(model.get("log_lam"));
    const svm = data.models[k];
    const vertical = data.vertical(k);
    const [tilt, d] = [format(degrees(svm.theta), 1), format(svm.d_adv)];
    const errors = [svm.err_train, svm.err_test].map((error) => `${format(error)} %`);
    const words =
      `at λ = ${powerOfTen(svm.log_lam)} the boundary is tilted by ${tilt} degrees and ${d} ` +
      `pixels from the images on average; ${errors[0]} of the training images and ${errors[1]} ` +
      "of the test images are on the wrong side";
    about.textContent = tilted.draw(data, k, vertical, model.get("plane"), words);
    distances.draw(svm, data.distances(k, vertical), `${against(data.key)}, ${words}`);
    curves.draw(data, k);
    images.draw(data, k);
    numbers.draw({
      "tilt θ": `${tilt}° (${format(svm.theta)} rad)`,
      "mean distance d_adv": `${d} pixels`,
      "training error": errors[0],
      "test error": errors[1],
      "norm ‖w‖": svm.norm.toPrecision(3),
      "margin 1/‖w‖": `${(1 / svm.norm).toPrecision(3)} pixels`,
    });
    const [i, j] = data.digits;
    [nameI.textContent, nameJ.textContent] = [`● ${i} (class I)`, `■ ${j} (class J)`];
  }

  function draw() {
    set.draw();
    map.draw(data?.key, indexOf(model.get("log_lam")));
    if (data) drawSvm();
  }
  nameI.className = "xp-text-i";
  nameJ.className = "xp-text-j";
  const panel = (area, title, note, part) =>
    html("div", { class: `xp-panel xp-view-${area}` }, html("div", { class: "xp-name" }, title), note, part.node);
  const hinge = html("div", { class: "xp-note" }, "Bars: images. Line: the hinge loss, scaled.");
  const views = html(
    "div",
    { class: "xp-svm" },
    panel("plane", "Tilting plane", about, tilted),
    set.node,
    panel("histogram", "Distances from the boundary", hinge, distances),
    numbers.node,
    curves.node,
    images.node,
    map.node,
  );
  const leave = keepInAddress(model, {
    name: "svm",
    traits: ["pair", "log_lam"],
    text: () => `${model.get("pair")},${format(model.get("log_lam"), 1).replace("−", "-")}`,
    parse: viewOf,
    found: () => setTimeout(() => el.scrollIntoView({ block: "start" })),
  });
  const end = show({ model, el }, [row(nameI, nameJ), status, views], draw);
  model.on("change:pair", open);
  await open();
  return () => {
    model.off("change:pair", open);
    leave();
    end();
  };
}

export default { render };
