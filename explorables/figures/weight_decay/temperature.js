// How sure networks are at any temperature, beside one with much decay, and which images pull.
import {
  assign, button, choice, columnHead, html, loadPart, powerOfTen, row, rowHead, show, slider, table,
  words,
} from "../../kit/common.js";
import { atTemperature, scored } from "../../mathematics/softmax.js";
import { overlap, percent, pullPlot, surePlot } from "./temperature_plots.js";

const SETS = [["test", "test"], ["training", "training"]];
const ALIKE = 0.85; // of the images are where the outline has them

const decayText = (decay) => powerOfTen(Math.log10(decay));

const nearlyOne = (share) => (share > 0.9999 ? "> 99.99 %" : percent(share, 2));

const MEASURES = [
  ["accuracy, at every t", ({ right, images }) => percent(right.length / images.length, 1)],
  ["images with p_y > 0.99", ({ sure }) => percent(sure, 1)],
  ["median confidence", ({ confidence }) => nearlyOne(confidence)],
  ["sum of all 1 − p_y", ({ total }) => (total < 0.01 ? "< 0.01" : total.toPrecision(3))],
  ["pull of misclassified", ({ shareOfWrong }) => percent(shareOfWrong)],
  ["images with 90 % of it", ({ carriers }) => String(carriers)],
];

// A column for the network that is shown, and one for the outline.
function measureTable() {
  const rows = MEASURES.map(([name, text]) => {
    const cells = [html("td"), html("td")];
    const node = html("tr", {}, rowHead(...words(name)), ...cells);
    return { node, draw: (both) => both.forEach((each, k) => (cells[k].textContent = text(each))) };
  });
  const heads = [html("td"), columnHead("bars"), columnHead("outline")];
  return {
    node: table("xp-table", heads, rows.map(({ node }) => node)),
    draw: (...both) => rows.forEach((each) => each.draw(both)),
  };
}

function crowdText(share) {
  if (share < 0.05) return "Hardly any image pulls";
  return share < 0.4 ? "Some images pull" : "Most images pull";
}

function crowd({ images, carriers, wrong, shareOfWrong }) {
  const all = images.length;
  const who = wrong.length
    ? `${percent(shareOfWrong)} is due to the ${wrong.length} misclassified`
    : "none is misclassified";
  const of = `${carriers} of ${all.toLocaleString("en")}`;
  return `${crowdText(carriers / all)}: ${of} carry 90 % of the pull; ${who}.`;
}

function comparison(own, other) {
  const common = overlap(own, other);
  if (common === 1) return "The outline is this network's own.";
  if (common >= ALIKE) return `Bars and outline nearly agree: on ${percent(common)} of the images.`;
  return own.medianOdds > other.medianOdds
    ? "Surer than the outlined network: raise t."
    : "Less sure than the outlined network: lower t.";
}

async function render({ model, el }) {
  const networks = model.get("networks");
  const of = (decay) => networks.findIndex((network) => network.decay === decay);
  const scores = networks.map(() => null); // of each network that is here
  const most = networks.length - 1;
  const name = (n) => `λ = ${decayText(networks[n].decay)}`;

  async function bring(n) {
    const part = await loadPart(model, networks[n].key);
    scores[n] = Object.fromEntries(
      SETS.map(([set]) => [set, scored(part[`scores_${set}`], part[`labels_${set}`])]),
    );
  }
  await Promise.all([bring(most), bring(of(model.get("decay")))]);
  const outlined = Object.fromEntries(
    SETS.map(([set]) => [set, atTemperature(1, scores[most][set])]),
  );

  const decay = slider(model, "decay", {
    label: "Weight decay λ",
    min: 0,
    max: most,
    step: 1,
    from: of,
    to: (n) => networks[n].decay,
    text: decayText,
  });
  const heat = slider(model, "log_t", {
    label: "Temperature t",
    min: -1,
    max: 1.5,
    step: 0.025,
    text: (u) => (10 ** u).toPrecision(3),
  });
  const calibrated = () => Math.log10(networks[of(model.get("decay"))].temperature);
  const stops = row(
    button("t = 1", () => assign(model, { log_t: 0 })),
    button("calibrated (median 95 %)", () => assign(model, { log_t: calibrated() })),
  );
  const images = choice(model, "images", { label: "Images", options: SETS });
  const [sure, pull, numbers] = [surePlot(`${name(most)}, t = 1`), pullPlot(), measureTable()];
  const verdict = html("p", { class: "xp-verdict" });
  const note = html(
    "p",
    { class: "xp-note" },
    ...words(
      "p_y is the probability of the right class (log-odds axis), (1 − p_y)/t the pull of an " +
        "image. The outermost bars hold all beyond. Calibrated on all 10,000 test images.",
    ),
  );
  const parts = [decay, heat, images];

  function draw() {
    parts.forEach((part) => part.draw());
    const n = of(model.get("decay"));
    if (!scores[n]) {
      bring(n).then(draw, (error) => {
        verdict.textContent = `The network with ${name(n)} did not load: ${error.message}.`;
      });
      return;
    }
    const set = model.get("images");
    const own = atTemperature(10 ** model.get("log_t"), scores[n][set]);
    [sure, pull, numbers].forEach((view) => view.draw(own, outlined[set]));
    const sentences = `${crowd(own)} ${comparison(own, outlined[set])}`;
    verdict.textContent = sentences.replaceAll(" %", "\u00a0%");
  }
  return show(
    { model, el },
    [
      row(decay.node, heat.node),
      row(stops, images.node),
      row(sure.node, pull.node),
      verdict,
      numbers.node,
      note,
    ],
    draw,
  );
}

export default { render };
