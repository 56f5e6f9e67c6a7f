// How sure networks are at any temperature, beside one with much decay, and which images pull.
import {
  arrayOf,
  assign,
  button,
  choice,
  columnHead,
  controlBar,
  count,
  followPart,
  html,
  loadPart,
  percent,
  powerOfTen,
  row,
  rowHead,
  rowsOf,
  show,
  slider,
  table,
  textWithSubscripts,
  unbroken,
} from "../../kit/kit.js";
import { atTemperature, scored } from "../../mathematics/softmax.js";
import { overlap, pullPlot, surePlot } from "./temperature_plots.js";

const SETS = ["test", "training"];
const ALIKE = 85; // per cent of the images are where the outline has them

const decayText = (decay) => powerOfTen(Math.log10(decay));
const nameOf = ({ decay }) => unbroken(`λ = ${decayText(decay)}`);

const nearlyAll = (share) => (share > 99.99 ? "> 99.99\u00a0%" : percent(share, 2));

const MEASURES = [
  ["accuracy, at every t", ({ accuracy }) => percent(accuracy)],
  ["images with p_y > 0.99", ({ sure }) => percent(sure)],
  ["median confidence", ({ confidence }) => nearlyAll(confidence)],
  ["sum of all 1 − p_y", ({ total }) => (total < 0.01 ? "< 0.01" : total.toPrecision(3))],
  ["pull of misclassified", ({ shareOfWrong }) => percent(shareOfWrong, 0)],
  ["images with 90 % of it", ({ carriers }) => String(carriers)],
];

// A column for the network that is shown, and one for the outline.
function measureTable() {
  const rows = MEASURES.map(([name, text]) => {
    const cells = [html("td"), html("td")];
    const node = html("tr", {}, rowHead(...textWithSubscripts(name)), ...cells);
    const draw = (networks) => cells.forEach((cell, k) => (cell.textContent = text(networks[k])));
    return { node, draw };
  });
  const heads = [html("td"), columnHead("bars"), columnHead("outline")];
  return {
    node: table("xp-table", heads, rows.map(({ node }) => node)),
    draw: (...networks) => rows.forEach((each) => each.draw(networks)),
  };
}

function crowdText(share) {
  if (share < 0.05) return "Hardly any image pulls";
  return share < 0.4 ? "Some images pull" : "Most images pull";
}

// Which images pull.
function crowd({ images, carriers, wrong, shareOfWrong }) {
  const share = percent(shareOfWrong, 0);
  const who = wrong.length
    ? `${share} is due to the ${wrong.length} misclassified`
    : "none is misclassified";
  const carried = `${carriers} of ${count(images.length)} carry 90\u00a0% of the pull`;
  return `${crowdText(carriers / images.length)}: ${carried}; ${who}.`;
}

// Where the bars lie beside the outline.
function comparison(network, outlined) {
  const common = overlap(network, outlined);
  if (common === 100) return "The outline is this network's own.";
  if (common >= ALIKE) {
    return `Bars and outline nearly agree: on ${percent(common, 0)} of the images.`;
  }
  return network.medianLogOdds > outlined.medianLogOdds
    ? "Surer than the outlined network: raise t."
    : "Less sure than the outlined network: lower t.";
}

// The images of both sets, from the part of a network.
const imagesOf = (part) =>
  Object.fromEntries(
    SETS.map((set) => {
      const scores = rowsOf(arrayOf(part[`scores_${set}`]));
      return [set, scored(scores, arrayOf(part[`labels_${set}`]))];
    }),
  );

function controls(model, network) {
  const decay = slider(model, "decay", {
    label: "Weight decay λ",
    grid: () => model.get("networks").map((each) => each.decay),
    text: decayText,
  });
  const temperature = slider(model, "log_t", {
    label: "Temperature t",
    text: (u) => (10 ** u).toPrecision(3),
  });
  const images = choice(model, "images", {
    label: "Images",
    options: SETS.map((set) => [set, set]),
  });
  const calibrate = () => assign(model, { log_t: Math.log10(network().temperature) });
  const stops = row(
    button("t = 1", () => assign(model, { log_t: 0 })),
    button("calibrated (median 95 %)", calibrate),
  );
  return {
    nodes: [row(stops, images.node), controlBar(decay.node, temperature.node)],
    draw: () => [decay, temperature, images].forEach((part) => part.draw()),
  };
}

async function render({ model, el }) {
  const networkOf = (decay) => model.get("networks").find((each) => each.decay === decay);
  const network = () => networkOf(model.get("decay"));
  const most = model.get("networks").at(-1);
  const outlinedImages = imagesOf(await loadPart(model, most.key));
  const outlined = Object.fromEntries(
    SETS.map((set) => [set, atTemperature(1, outlinedImages[set])]),
  );
  let loaded = {}; // the key of a network, and its images

  const top = controls(model, network);
  const plots = [surePlot(`${nameOf(most)}, t = 1`), pullPlot(), measureTable()];
  const [sure, pull, numbers] = plots;
  const verdict = html("p", { class: "xp-verdict" });
  const note = html(
    "p",
    { class: "xp-note" },
    ...textWithSubscripts(
      "p_y is the probability of the right class (log-odds axis), (1 − p_y)/t the pull of an " +
        "image. The outermost bars hold all beyond. Calibrated on all 10,000 test images.",
    ),
  );

  function draw() {
    top.draw();
    if (loaded.key !== network().key) return; // its scores are on their way
    const set = model.get("images");
    const shown = atTemperature(10 ** model.get("log_t"), loaded.images[set]);
    plots.forEach((part) => part.draw(shown, outlined[set]));
    verdict.textContent = `${crowd(shown)} ${comparison(shown, outlined[set])}`;
  }
  const part = followPart(model, "decay", {
    keyOf: (decay) => networkOf(decay).key,
    use(values, key) {
      loaded = { key, images: imagesOf(values) };
      draw();
    },
    fail(error) {
      verdict.textContent = `The network with ${nameOf(network())} did not load: ${error.message}.`;
    },
  });
  const stopDrawing = show(
    { model, el },
    [...top.nodes, row(sure.node, pull.node), verdict, numbers.node, note],
    draw,
  );
  await part.load();
  return () => {
    part.stop();
    stopDrawing();
  };
}

export default { render };
