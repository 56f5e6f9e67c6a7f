// All networks of the book: clean accuracy against robust accuracy, as ε grows.
import {
  assign, chart, choice, clamp, format, html, marker, polygon, segment, show, slider, svg, update,
} from "../../kit/common.js";

const NORMS = { linf: "L∞", l2: "L2" };
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
const widthOf = (name) => 8 + 6.6 * name.length; // in pixels, nearly

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (share) => `${format(share, 1)}\u00a0%`;

const stops = (model, norm) => [0, ...model.get("radii")[norm]];

// Which of the stops is nearest to ε.
function placeOf(model) {
  const far = stops(model, model.get("norm")).map((stop) => Math.abs(stop - model.get("eps")));
  return far.indexOf(Math.min(...far));
}

// The networks at the chosen ε; accuracies are means over the seeds, `proven` is null where no
// proof is known.
function view(model) {
  const norm = model.get("norm");
  const place = placeOf(model);
  const eps = stops(model, norm)[place];
  const robust = (seed) => (eps ? seed[norm][place - 1] : seed.clean);
  const networks = model.get("networks").map((network) => ({
    ...network,
    clean: mean(network.seeds.map((seed) => seed.clean)),
    robust: mean(network.seeds.map(robust)),
    marks: network.seeds.map((seed) => [seed.clean, robust(seed)]),
    proven: eps && norm === "l2" && network.certified ? network.certified[place - 1] : null,
  }));
  const most = (of) => networks.reduce((best, each) => (of(each) > of(best) ? each : best));
  const find = (name) => networks.find((network) => network.model === name);
  return {
    norm, eps, networks,
    best: most(({ robust }) => robust),
    safest: most(({ proven }) => proven || 0),
    picked: find(model.get("picked")),
    standard: find("standard"),
  };
}

// From below the least to above the largest clean accuracy, in halves of a per cent.
function rangeOf(networks) {
  const all = networks.flatMap(({ seeds }) => seeds.map(({ clean }) => clean));
  const half = (round, value) => round(2 * value) / 2;
  const to = Math.min(100, half(Math.ceil, Math.max(...all) + 0.1));
  return [half(Math.floor, Math.min(...all) - 0.2), to];
}

// A bar from what is proven to what an attack leaves: the truth lies between.
function bounds(plot) {
  const [bar, foot] = ["xp-bar-between", "xp-line xp-foot"].map((of) => svg("path", { class: of }));
  return {
    node: svg("g", {}, bar, foot),
    draw(clean, proven, robust) {
      const [x, low, high] = [plot.px(clean), plot.py(proven), plot.py(robust)];
      bar.setAttribute("d", `M ${x} ${low} V ${high}`);
      foot.setAttribute("d", `M ${x - 8} ${low} H ${x + 8}`);
    },
  };
}

// A network's mark, at the mean over its seeds, with a dot for each of them.
function network(plot, { family, seeds }) {
  const mark = marker(plot, { ...FAMILIES[family].look, size: 0.9 });
  const dots = seeds.length > 1 ? seeds.map(() => svg("circle", { r: 2.2, class: "xp-seed" })) : [];
  const bar = bounds(plot);
  return {
    below: bar.node,
    above: svg("g", {}, mark.node, ...dots),
    draw({ clean, robust, marks, proven }) {
      const shown = proven !== null && PROVEN.includes(family);
      bar.node.setAttribute("visibility", shown ? "visible" : "hidden");
      if (shown) bar.draw(clean, proven, robust);
      dots.forEach((dot, k) => update(dot, { cx: plot.px(marks[k][0]), cy: plot.py(marks[k][1]) }));
      mark.draw([clean, robust]);
    },
  };
}

const inShort = (name) => name.replace(/^adversarial \(|\)$|^certified | training$/g, "");

// Where a name can stand within the frame: right of its mark, left of it, below, above, farther off.
function boxesAround({ px, py, frame }, { clean, robust, full }) {
  const [x, y] = [px(clean), py(robust)];
  const width = widthOf(inShort(full));
  const [right, left, middle] = [15, -15 - width, -width / 2];
  const sides = [[right, 0], [left, 0], [middle, 20], [middle, -20]];
  const corners = [right, left].flatMap((dx) => [14, -14, 34, -34, 54, -54].map((dy) => [dx, dy]));
  const within = (value, from, length, size) => clamp(value, from, from + length - size);
  return [...sides, ...corners].map(([dx, dy]) => {
    const start = within(x + dx, frame.x, frame.width, width);
    const top = within(y + dy - 7, frame.y, frame.height, 14);
    return { left: start, right: start + width, top, bottom: top + 14 };
  });
}

const overlap = (a, b) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

// Names of networks, where they hide as few marks as can be, and no other name.
function namesIn(plot) {
  const nodes = [0, 1].map(() => svg("text", { class: "xp-label" }));
  const leaders = nodes.map(() => svg("path", { class: "xp-line xp-thin" }));
  const around = ({ clean, robust }) => {
    const [x, y] = [plot.px(clean), plot.py(robust)];
    return { left: x - 7, right: x + 7, top: y - 7, bottom: y + 7 };
  };
  // From the mark to a name that does not stand right beside it.
  const leader = ({ clean, robust }, { left, right, top, bottom }) => {
    const [x, y] = [plot.px(clean), plot.py(robust)];
    const [u, v] = [clamp(x, left, right), clamp(y, top, bottom)];
    return Math.abs(v - y) > 15 ? `M${x} ${y}L${u} ${v}` : "";
  };
  return {
    nodes: [...leaders, ...nodes],
    draw(shown, networks) {
      const taken = networks.map(around);
      nodes.forEach((node, k) => {
        node.textContent = shown[k] ? inShort(shown[k].full) : "";
        leaders[k].setAttribute("d", "");
        if (!shown[k]) return;
        const boxes = boxesAround(plot, shown[k]);
        const hidden = boxes.map((box) => taken.filter((other) => overlap(box, other)).length);
        const box = boxes[hidden.indexOf(Math.min(...hidden))];
        update(node, { x: box.left, y: box.top + 11 });
        leaders[k].setAttribute("d", leader(shown[k], box));
        taken.push(...networks.map(() => box)); // worse to hide than any mark
      });
    },
  };
}

function accuracyPlane(model) {
  const networks = model.get("networks");
  const x = rangeOf(networks);
  const whole = Array.from({ length: 101 }, (_, share) => share);
  const plot = chart({
    label: "Robust against clean accuracy, in per cent: a mark for each network",
    x,
    y: [-4, 101],
    width: 370,
    height: 390,
    right: 14,
    xLabel: "clean accuracy (%)",
    yLabel: "robust accuracy (%), at most",
    xTicks: whole.filter((tick) => tick >= x[0] && tick <= x[1]),
    yTicks: [0, 20, 40, 60, 80, 100],
  });
  const impossible = polygon(plot, "impossible");
  impossible.draw([[x[0], x[0]], [x[1], x[1]], [x[1], 101], [x[0], 101]]);
  const usual = segment(plot, "muted");
  const usualName = svg("text", { class: "xp-label xp-text-muted" }, "as standard");
  const ring = svg("circle", { r: 11, class: "xp-chosen" });
  const marks = networks.map((each) => network(plot, each));
  const names = namesIn(plot);
  plot.content.append(impossible.node, usual.node, usualName);
  plot.content.append(...marks.map(({ below }) => below));
  const touch = svg("rect", { ...plot.frame, class: "xp-pick" });
  plot.over.append(touch, ...names.nodes, ...marks.map(({ above }) => above), ring);
  plot.over.addEventListener("click", (event) => {
    const [u, v] = plot.at(event);
    const far = ({ clean, robust }) =>
      Math.hypot(plot.px(clean) - plot.px(u), plot.py(robust) - plot.py(v));
    const shown = view(model).networks;
    const nearest = shown.reduce((best, each) => (far(each) < far(best) ? each : best));
    assign(model, { picked: nearest.model });
  });
  return {
    node: plot.node,
    draw({ networks: shown, picked, best, standard }) {
      usual.draw([standard.clean, 0], [standard.clean, 100]);
      const beside = `translate(${plot.px(standard.clean) + 13} ${plot.py(28)}) rotate(-90)`;
      usualName.setAttribute("transform", beside);
      marks.forEach((mark, k) => mark.draw(shown[k]));
      names.draw([...new Set([picked, best])], shown);
      update(ring, { cx: plot.px(picked.clean), cy: plot.py(picked.robust) });
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
  const labels = [...picks.node.querySelectorAll("label")];
  labels.forEach((label, k) => {
    label.querySelector("input").setAttribute("aria-label", networks[k].full);
  });
  const rows = Object.entries(FAMILIES).map(([family, { name, look }]) => {
    const box = { viewBox: "0 0 18 18", width: 18, height: 18, "aria-hidden": "true" };
    const sign = marker({ px: Number, py: Number }, look);
    sign.draw([9, 9]);
    const own = labels.filter((_, k) => networks[k].family === family);
    const head = html("span", { class: "xp-family-name" }, svg("svg", box, sign.node), name);
    return html("div", { class: "xp-family" }, head, html("span", {}, ...own));
  });
  picks.node.classList.add("xp-families");
  picks.node.append(...rows);
  return picks;
}

const unbroken = (text) => text.replaceAll(" = ", "\u00a0=\u00a0");

const change = ({ norm, eps }) =>
  norm === "linf" ? `changes of up to ${eps} in every pixel` : `changes of up to ${eps} in length`;

// Which network is best at this ε, and what it costs.
function verdictOf(shown) {
  const { eps, best, safest, standard } = shown;
  if (eps === 0) {
    return (
      `ε = 0: nothing is changed, and robust accuracy is clean accuracy. Best: ${best.full}, ` +
      `${format(best.clean)}\u00a0%.`
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
  const of = seeds.length > 1 ? `, mean of ${seeds.length} networks` : "";
  const name = full.replace(/^./, (letter) => letter.toUpperCase());
  const start = `${name}${of}: clean ${format(clean)}\u00a0%`;
  if (eps === 0) return `${start}.`;
  const at = `within ε = ${eps} (${NORMS[norm]})`;
  if (proven === null) return `${start}; ${at} at most ${percent(robust)} withstand.`;
  return `${start}; ${at} at least ${percent(proven)}, proven, and at most ${percent(robust)}.`;
}

function render({ model, el }) {
  const norms = choice(model, "norm", {
    label: "Change in",
    options: Object.entries(NORMS),
    also: (norm) => ({ eps: stops(model, norm)[placeOf(model)] }),
  });
  const size = slider(model, "eps", {
    label: "Change ε",
    min: 0,
    max: 5,
    step: 1,
    to: (place) => stops(model, model.get("norm"))[place],
    from: () => placeOf(model),
    text: () => `${stops(model, model.get("norm"))[placeOf(model)]} px`,
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
  const beside = html("div", { class: "xp-beside" }, norms.node, size.node, verdict, followed);
  const top = html("div", { class: "xp-accuracies" }, plane.node, beside);
  return show({ model, el }, [top, picks.node], draw);
}

export default { render };
