// Between what is proven of a network and what attacks leave of it: accuracy against ε.
import {
  assign, button, chart, choice, clamp, curve, format, handle, html, listed, marker, numbersOf,
  polygon, row, segment, show, slider, svg, update,
} from "../../kit/common.js";
import { markedEntry } from "../../kit/legend.js";

const EPS = { to: 3, step: 0.02, count: 151 };
const MARKED = [0.3, 1, 1.58];
const SMALL = { width: 120, height: 64 };

const places = Array.from({ length: EPS.count }, (_, e) => e);
const epsOf = (e) => e * EPS.step;
const nearest = (eps) => clamp(Math.round(eps / EPS.step), 0, EPS.count - 1);
const shown = (e) => format(epsOf(e));
const percent = (share) => `${format(share)}\u00a0%`; // exact, as there are 10,000 images

// Of each network the shares in per cent, at every place of ε.
function bounds(model) {
  const counts = numbersOf(model.get("counts"), Uint16Array);
  const shares = (k) => places.map((e) => (100 * counts[k * EPS.count + e]) / model.get("images"));
  return model.get("networks").map((network, n) => ({
    ...network,
    certified: shares(2 * n),
    withstood: shares(2 * n + 1),
  }));
}

const points = (shares) => shares.map((share, e) => [epsOf(e), share]);
const between = (upper, lower) => [...points(upper), ...points(lower).reverse()];
const all = places.map(() => 100);
const none = places.map(() => 0);

// The networks to choose from: what is proven, what nobody knows, and both bounds at ε.
function networkStrip(model, networks) {
  const { width, height } = SMALL;
  const plot = { px: (x) => (x / EPS.to) * width, py: (y) => height * (1 - y / 100) };
  const small = networks.map(({ name, certified, withstood }) => {
    const [proven, unknown] = [polygon(plot, "proven"), polygon(plot, "unknown")];
    proven.draw(between(certified, none));
    unknown.draw(between(withstood, certified));
    const now = segment(plot, "boundary");
    const numbers = html("span", { class: "xp-note" });
    const title = html("span", { class: "xp-name" }, name);
    const box = { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" };
    const picture = svg("svg", box, unknown.node, proven.node, now.node);
    return { now, numbers, node: html("span", {}, picture, title, numbers) };
  });
  const strip = choice(model, "network", {
    label: "Network, and the share of images that withstand ε",
    options: networks.map(({ model: value }, n) => [value, small[n].node]),
  });
  strip.node.classList.add("xp-networks");
  return {
    node: strip.node,
    draw(e) {
      strip.draw();
      small.forEach(({ now, numbers }, n) => {
        now.draw([epsOf(e), 0], [epsOf(e), 100]);
        const { certified, withstood } = networks[n];
        numbers.textContent = `${format(certified[e])}–${percent(withstood[e])}`;
      });
    },
  };
}

// A word in the middle of the widest place between two curves that fall; none where it has no room.
function areaName(plot, text) {
  const HALF = 24; // places of ε that half a word takes
  const node = svg("text", { class: "xp-label", "text-anchor": "middle" }, text);
  return {
    node,
    draw(upper, lower) {
      const room = (e) => upper[e + HALF] - lower[e - HALF];
      const inside = places.slice(HALF, -HALF);
      const best = inside.reduce((a, b) => (room(b) > room(a) ? b : a));
      const y = (upper[best + HALF] + lower[best - HALF]) / 2;
      update(node, {
        x: plot.px(epsOf(best)),
        y: plot.py(y) + 4,
        visibility: room(best) < 8 ? "hidden" : "visible",
      });
    },
  };
}

// Both bounds of one network against ε.
function boundsChart(model, now) {
  const plot = chart({
    label: "Accuracy against ε: what is certified, and what no attack fooled",
    x: [0, EPS.to],
    y: [0, 100],
    width: 380,
    height: 300,
    xLabel: "ε (pixels)",
    yLabel: "accuracy (%)",
    xTicks: [0, ...MARKED, 2, 2.5, 3],
    xText: String,
    yTicks: [0, 20, 40, 60, 80, 100],
  });
  const areas = ["proven", "unknown"].map((kind) => polygon(plot, kind));
  const names = ["proven", "nobody knows", "broken"].map((text) => areaName(plot, text));
  const marks = MARKED.map((eps) => {
    const line = segment(plot, "muted");
    line.draw([eps, 0], [eps, 100]);
    return line.node;
  });
  const [lower, upper] = [curve(plot, "proof"), curve(plot, "large")];
  const line = segment(plot, "thin");
  const top = marker(plot, { shape: "diamond", kind: "adversarial", size: 0.8 });
  const eps = handle(plot, {
    label: "ε",
    shape: "disc",
    kind: "class-i",
    step: EPS.step,
    get: () => [epsOf(now().e), now().certified[now().e]],
    move: ([x]) => assign(model, { eps: epsOf(nearest(x)) }),
    text: () => `ε = ${shown(now().e)} pixels`,
  });
  plot.content.append(...areas.map(({ node }) => node), ...marks, line.node);
  plot.content.append(lower.node, upper.node);
  plot.over.append(...names.map(({ node }) => node), top.node, eps.node);
  return {
    node: plot.node,
    draw({ e, certified, withstood }) {
      areas[0].draw(between(certified, none));
      areas[1].draw(between(withstood, certified));
      names[0].draw(certified, none);
      names[1].draw(withstood, certified);
      names[2].draw(all, withstood);
      lower.draw(points(certified));
      upper.draw(points(withstood));
      line.draw([epsOf(e), 0], [epsOf(e), 100]);
      top.draw([epsOf(e), withstood[e]]);
      eps.draw();
    },
  };
}

// What is known of a network at ε, and which others it beats whatever attack may come.
function verdictOf({ name, e, certified, withstood }, networks) {
  const [least, most] = [certified[e], withstood[e]];
  const at = `${name}, ε = ${shown(e)}`;
  if (e === 0) return `${at}: nothing is changed, and ${percent(least)} of the images are right.`;
  const known =
    `${at}: at least ${percent(least)} and at most ${percent(most)} of the images withstand ` +
    `every change. Of ${percent(most - least)} nobody knows.`;
  const beaten = networks.filter((other) => other.withstood[e] < least).map((other) => other.name);
  if (beaten.length === 0) return known;
  return `${known} So it certainly beats ${listed(beaten)}.`;
}

function render({ model, el }) {
  const networks = bounds(model);
  const now = () => ({
    ...networks.find((network) => network.model === model.get("network")),
    e: nearest(model.get("eps")),
  });
  const strip = networkStrip(model, networks);
  const plot = boundsChart(model, now);
  const size = slider(model, "eps", {
    label: "Change ε",
    min: 0,
    max: EPS.to,
    step: EPS.step,
    text: (eps) => `${shown(nearest(eps))} px`,
  });
  const stops = MARKED.map((eps) => button(`ε = ${eps}`, () => assign(model, { eps })));
  const verdict = html("p", { class: "xp-verdict" });
  const note = html("p", { class: "xp-note" });
  const images = model.get("images").toLocaleString("en");
  note.textContent =
    `${images} test images. Of three attacks one, PGD, was tried at the marked ε alone.`;

  function draw() {
    const network = now();
    strip.draw(network.e);
    plot.draw(network);
    size.draw();
    verdict.textContent = verdictOf(network, networks);
  }
  const beside = html(
    "div",
    { class: "xp-beside" },
    markedEntry(
      "large",
      { shape: "diamond", kind: "adversarial", size: 0.8 },
      "not fooled yet: at most",
    ),
    markedEntry("proof", { shape: "disc", kind: "class-i" }, "certified: at least"),
    size.node,
    row(...stops),
  );
  const middle = html("div", { class: "xp-bounds" }, plot.node, beside);
  return show({ model, el }, [strip.node, middle, verdict, note], draw);
}

export default { render };
