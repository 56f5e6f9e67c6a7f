// All networks of the book: clean accuracy against robust accuracy, as ε grows.
import {
  assign,
  capitalised,
  chart,
  choice,
  controlBar,
  format,
  html,
  labels,
  mark,
  marker,
  markerSample,
  percent,
  polygon,
  segment,
  show,
  slider,
  svg,
  unbroken,
} from "../../kit/kit.js";
import { mean, nearestIndex, range } from "../../mathematics/numbers.js";
import { NORMS } from "./norms.js";

// How the networks were trained, and how their marks look.
const FAMILIES = {
  standard: { name: "standard", look: { shape: "square", kind: "usual" } },
  decay: { name: "weight decay", look: { shape: "square", kind: "open-usual" } },
  linf: { name: "adversarial L∞", look: { shape: "triangle", kind: "class-j" } },
  l2: { name: "adversarial L2", look: { shape: "diamond", kind: "adversarial" } },
  lmt: { name: "Lipschitz margin", look: { shape: "disc", kind: "boundary" } },
  maxout: { name: "certified", look: { shape: "disc", kind: "open-boundary" } },
};
const PROVEN = ["lmt", "maxout"]; // families whose proofs are worth a bar

// The ε that there are results for, 0 among them.
const radiiOf = (model, norm) => [0, ...model.get("radii")[norm]];

const nearestRadius = (model) => nearestIndex(radiiOf(model, model.get("norm")), model.get("eps"));

// The networks at the chosen ε; accuracies are means over the seeds, `proven` is null where no
// proof is known.
function view(model) {
  const norm = model.get("norm");
  const index = nearestRadius(model);
  const eps = radiiOf(model, norm)[index];
  const robust = (seed) => (eps ? seed[norm][index - 1] : seed.clean);
  const networks = model.get("networks").map((network) => ({
    ...network,
    clean: mean(network.seeds.map((seed) => seed.clean)),
    robust: mean(network.seeds.map(robust)),
    points: network.seeds.map((seed) => [seed.clean, robust(seed)]),
    proven: eps && norm === "l2" && network.certified ? network.certified[index - 1] : null,
  }));
  const most = (measure) =>
    networks.reduce((best, network) => (measure(network) > measure(best) ? network : best));
  const find = (name) => networks.find((network) => network.model === name);
  return {
    norm,
    eps,
    networks,
    best: most(({ robust: accuracy }) => accuracy),
    safest: most(({ proven }) => proven || 0),
    picked: find(model.get("picked")),
    standard: find("standard"),
  };
}

const pointOf = ({ clean, robust }) => [clean, robust];

// From below the least to above the largest clean accuracy, in halves of a per cent.
function rangeOf(networks) {
  const all = networks.flatMap(({ seeds }) => seeds.map(({ clean }) => clean));
  const half = (round, value) => round(2 * value) / 2;
  const to = Math.min(100, half(Math.ceil, Math.max(...all) + 0.1));
  return [half(Math.floor, Math.min(...all) - 0.2), to];
}

// The lower end of a bar.
const foot = mark("path", (plot, point) => {
  const [x, y] = plot.at(point);
  return { d: `M ${x - 8} ${y} H ${x + 8}` };
});

// A bar from what is proven of a network to what an attack leaves: the truth lies between.
function provenBar(plot, { family, full }) {
  const parts = [segment({ kind: "between", name: `between for ${full}` }), foot({ kind: "foot" })];
  const [bar, end] = parts.map(plot.add);
  return ({ clean, robust, proven }) => {
    const isShown = proven !== null && PROVEN.includes(family);
    [bar, end].forEach((part) => part.show(isShown));
    if (!isShown) return;
    bar.draw([clean, proven], [clean, robust]);
    end.draw([clean, proven]);
  };
}

// A network's mark, at the mean over its seeds, with a dot for each where there are several.
function networkMark(plot, { family, full, seeds }) {
  const own = plot.add(marker({ ...FAMILIES[family].look, name: full, size: 0.9 }));
  const dots = (seeds.length > 1 ? seeds : []).map((_, k) =>
    plot.add(marker({ shape: "disc", kind: "seed", name: `${full}, seed ${k}`, size: 0.36 }))
  );
  return ({ points, ...network }) => {
    own.draw(pointOf(network));
    dots.forEach((dot, k) => dot.draw(points[k]));
  };
}

const inShort = (name) => name.replace(/^adversarial \(|\)$|^certified | training$/g, "");

function accuracyPlane(model) {
  const networks = model.get("networks");
  const x = rangeOf(networks);
  const plot = chart({
    label: "Robust against clean accuracy, in per cent: a mark for each network",
    x,
    y: [-4, 101],
    width: 370,
    height: 390,
    right: 14,
    xLabel: "clean accuracy (%)",
    yLabel: "robust accuracy (%), at most",
    xTicks: range(101).filter((tick) => tick >= x[0] && tick <= x[1]),
    yTicks: [0, 20, 40, 60, 80, 100],
  });
  const impossible = plot.add(polygon({ kind: "impossible" }));
  impossible.draw([[x[0], x[0]], [x[1], x[1]], [x[1], 101], [x[0], 101]]);
  const usual = plot.add(segment({ kind: "muted" }));
  const drawBars = networks.map((network) => provenBar(plot, network));
  const usualName = plot.label(0, 28, "as standard", { kind: "muted", dx: 13, upwards: true });
  const names = plot.add(labels());
  const drawMarks = networks.map((network) => networkMark(plot, network));
  const ring = plot.add(marker({ shape: "ring", kind: "chosen", name: "followed", size: 2.2 }));

  plot.drawing.addEventListener("click", (event) => {
    const [u, v] = plot.at(plot.pointer(event));
    const distances = view(model).networks.map((network) => {
      const [a, b] = plot.at(pointOf(network));
      return Math.hypot(a - u, b - v);
    });
    assign(model, { picked: networks[nearestIndex(distances, 0)].model });
  });
  return {
    node: plot.node,
    draw({ networks: shown, picked, best, standard }) {
      usual.draw([standard.clean, 0], [standard.clean, 100]);
      usualName.draw([standard.clean, 28]);
      [drawBars, drawMarks].forEach((parts) => parts.forEach((draw, k) => draw(shown[k])));
      const named = [...new Set([picked, best])];
      names.draw(
        named.map((network) => ({ point: pointOf(network), text: inShort(network.full) })),
        shown.map(pointOf),
      );
      ring.draw(pointOf(picked));
    },
  };
}

// The legend, in which a network can be picked: a row for each family.
function families(model) {
  const networks = model.get("networks");
  const picks = choice(model, "picked", {
    label: "Follow a network",
    options: networks.map(({ model: value, name }) => [value, name]),
  });
  const options = [...picks.node.querySelectorAll("label")];
  options.forEach((option, k) => {
    option.querySelector("input").setAttribute("aria-label", networks[k].full);
  });
  const rows = Object.entries(FAMILIES).map(([family, { name, look }]) => {
    const box = { viewBox: "0 0 18 18", width: 18, height: 18, "aria-hidden": "true" };
    const sign = svg("svg", box, markerSample(look, [9, 9]));
    const own = options.filter((_, k) => networks[k].family === family);
    const head = html("span", { class: "xp-family-name" }, sign, name);
    return html("div", { class: "xp-family" }, head, html("span", {}, ...own));
  });
  picks.node.classList.add("xp-families");
  picks.node.append(...rows);
  return picks;
}

const change = ({ norm, eps }) =>
  norm === "linf" ? `changes of up to ${eps} in every pixel` : `changes of up to ${eps} in length`;

// Which network is best at this ε, and what it costs.
function verdictOf(shown) {
  const { eps, best, safest, standard } = shown;
  if (eps === 0) {
    return (
      `ε = 0: nothing is changed, and robust accuracy is clean accuracy. Best: ${best.full}, ` +
      `${percent(best.clean, 2)}.`
    );
  }
  if (best.robust === 0) return `No image of any network withstands ${change(shown)}.`;
  const known = `Against ${change(shown)}, ${best.full} keeps most: ${percent(best.robust)}.`;
  const price = priceOf(best, standard);
  if (!safest.proven) return known + price;
  return `${known}${price} Most is proven of ${safest.full}: ${percent(safest.proven)}.`;
}

function priceOf(best, standard) {
  if (best === standard) return "";
  const gain = best.clean - standard.clean;
  const points = `${format(Math.abs(gain))} percentage points`;
  if (gain < 0) return ` It costs ${points} of clean accuracy against ${standard.full}.`;
  return ` On clean images, too, it is better than ${standard.full}: by ${points}.`;
}

// What is known of the network that is followed.
function pickedNote({ eps, norm, picked }) {
  const { full, clean, robust, proven, seeds } = picked;
  const several = seeds.length > 1 ? `, mean of ${seeds.length} networks` : "";
  const start = `${capitalised(full)}${several}: clean ${percent(clean, 2)}`;
  if (eps === 0) return `${start}.`;
  const within = `within ε = ${eps} (${NORMS[norm]})`;
  if (proven === null) return `${start}; ${within} at most ${percent(robust)} withstand.`;
  return `${start}; ${within} at least ${percent(proven)}, proven, and at most ${percent(robust)}.`;
}

function render({ model, el }) {
  const norms = choice(model, "norm", {
    label: "Change in",
    options: Object.entries(NORMS),
    also: (norm) => ({ eps: radiiOf(model, norm)[nearestRadius(model)] }),
  });
  const size = slider(model, "eps", {
    label: "Change ε",
    grid: () => radiiOf(model, model.get("norm")),
    text: () => `${radiiOf(model, model.get("norm"))[nearestRadius(model)]} px`,
  });
  const plane = accuracyPlane(model);
  const picks = families(model);
  const verdict = html("p", { class: "xp-verdict" });
  const followed = html("p", { class: "xp-note" });

  function draw() {
    const shown = view(model);
    [norms, size, picks].forEach((part) => part.draw());
    plane.draw(shown);
    verdict.textContent = unbroken(verdictOf(shown));
    followed.textContent = unbroken(pickedNote(shown));
  }
  const beside = html(
    "div",
    { class: "xp-beside" },
    norms.node,
    controlBar(size.node),
    verdict,
    followed,
  );
  const top = html("div", { class: "xp-side-by-side" }, plane.node, beside);
  return show({ model, el }, [top, picks.node], draw);
}

export default { render };
