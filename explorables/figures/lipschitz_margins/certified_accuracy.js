// Between what is proven of a network and what attacks leave of it: accuracy against ε.
import {
  arrayOf,
  assign,
  button,
  chart,
  choice,
  controlBar,
  count,
  curve,
  format,
  handle,
  html,
  listed,
  markedEntry,
  marker,
  percent,
  polygon,
  row,
  rowsOf,
  segment,
  show,
  slider,
  svg,
} from "../../kit/kit.js";
import { lastIndex, nearestIndex, range } from "../../mathematics/numbers.js";

const SMALL = { width: 120, height: 64 }; // the plots of the networks to choose from
// What a word in an area takes: per cent, and pixels on either side of its middle.
const ROOM = { height: 8, side: 50 };
const ATTACKED = { shape: "diamond", kind: "adversarial", size: 0.8 };
const CERTIFIED = { shape: "disc", kind: "class-i" };

const exactly = (share) => percent(share, 1); // there are 1,000 images

// The radii, and of each network the shares in per cent at each of them.
function bounds(model) {
  const counts = rowsOf(arrayOf(model.get("counts")));
  const inPercent = (images) => (100 * images) / model.get("images");
  return {
    radii: [...arrayOf(model.get("radii"))],
    networks: model.get("networks").map((network, n) => {
      const [certified, withstood] = rowsOf(counts[n]).map((row) => Array.from(row, inPercent));
      return { ...network, certified, withstood };
    }),
  };
}

const constant = (radii, share) => radii.map(() => share);
const pointsOf = (radii, shares) => radii.map((eps, k) => [eps, shares[k]]);
const between = (radii, upper, lower) => [
  ...pointsOf(radii, upper),
  ...pointsOf(radii, lower).reverse(),
];

// A network's areas, small: what is proven, what nobody knows, and the ε that is shown.
function smallPlot({ certified, withstood }, radii) {
  const { width, height } = SMALL;
  const place = {
    at: ([eps, share]) => [(eps / radii.at(-1)) * width, height * (1 - share / 100)],
  };
  const [unknown, proven, now] = [
    polygon({ kind: "unknown" }),
    polygon({ kind: "proven" }),
    segment({ kind: "boundary" }),
  ].map((mark) => mark(place));
  unknown.draw(between(radii, withstood, certified));
  proven.draw(between(radii, certified, constant(radii, 0)));
  const box = { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" };
  const node = svg("svg", box, unknown.node, proven.node, now.node);
  return { node, draw: (eps) => now.draw([eps, 0], [eps, 100]) };
}

// The networks to choose from, with both bounds at ε.
function networkStrip(model, { networks, radii }) {
  const plots = networks.map((network) => smallPlot(network, radii));
  const notes = networks.map(() => html("span", { class: "xp-note" }));
  const options = networks.map(({ model: value, name }, n) => {
    const title = html("span", { class: "xp-name" }, name);
    return [value, html("span", {}, plots[n].node, title, notes[n])];
  });
  const strip = choice(model, "network", {
    label: "Network, and the share of images that withstand ε",
    options,
  });
  strip.node.classList.add("xp-networks");
  return {
    node: strip.node,
    draw(k) {
      strip.draw();
      networks.forEach(({ certified, withstood }, n) => {
        plots[n].draw(radii[k]);
        notes[n].textContent = `${format(certified[k], 1)}–${exactly(withstood[k])}`;
      });
    },
  };
}

// A word in the middle of the widest place between two curves that fall; none where it has no room.
function areaName(plot, radii, text) {
  const half = ROOM.side / (plot.px(1) - plot.px(0)); // in units of ε
  const places = radii.map((eps) => ({
    eps,
    left: lastIndex(radii, (radius) => radius <= eps - half),
    right: radii.findIndex((radius) => radius >= eps + half),
  })).filter(({ left, right }) => left >= 0 && right >= 0);
  const name = plot.label(0, 0, text, { anchor: "middle", dy: 4 });
  return (upper, lower) => {
    const room = ({ left, right }) => upper[right] - lower[left];
    const best = places.reduce((a, b) => (a && room(a) >= room(b) ? a : b), null);
    const fits = best && room(best) >= ROOM.height;
    name.show(fits);
    if (fits) name.draw([best.eps, (upper[best.right] + lower[best.left]) / 2]);
  };
}

// 0, the radii of the attacks within a ball, and beyond these every half.
function ticksOf(radii, attacked) {
  const last = Math.max(0, ...attacked);
  const halves = range(2 * radii.at(-1) + 1).map((k) => k / 2).filter((eps) => eps > last + 0.25);
  return [0, ...attacked, ...halves];
}

// Both bounds of one network against ε.
function boundsChart(model, { radii }, now) {
  const attacked = model.get("attacked");
  const plot = chart({
    label: "Accuracy against ε: what is certified, and what no attack fooled",
    x: [0, radii.at(-1)],
    y: [0, 100],
    width: 380,
    height: 300,
    xLabel: "ε (pixels)",
    yLabel: "accuracy (%)",
    xTicks: ticksOf(radii, attacked),
    xText: String,
    yTicks: [0, 20, 40, 60, 80, 100],
  });
  const proven = plot.add(polygon({ kind: "proven" }));
  const unknown = plot.add(polygon({ kind: "unknown" }));
  for (const eps of attacked) plot.add(segment({ kind: "muted" })).draw([eps, 0], [eps, 100]);
  const line = plot.add(segment({ kind: "thin", name: "ε" }));
  const lower = plot.add(curve({ kind: "proof", name: "certified" }));
  const upper = plot.add(curve({ kind: "large", name: "not fooled" }));
  const [provenName, unknownName, brokenName] = ["proven", "nobody knows", "broken"].map((text) =>
    areaName(plot, radii, text)
  );
  const top = plot.add(marker({ ...ATTACKED, name: "not fooled at ε" }));
  const eps = plot.add(
    handle({
      ...CERTIFIED,
      name: "certified at ε",
      label: "ε",
      step: radii.at(-1) / (radii.length - 1),
      get: () => [now().eps, now().least],
      move: ([x]) => assign(model, { eps: radii[nearestIndex(radii, x)] }),
      spoken: () => `ε = ${format(now().eps)} pixels`,
    }),
  );
  return {
    node: plot.node,
    draw({ eps: radius, most, certified, withstood }) {
      const [none, all] = [constant(radii, 0), constant(radii, 100)];
      proven.draw(between(radii, certified, none));
      unknown.draw(between(radii, withstood, certified));
      provenName(certified, none);
      unknownName(withstood, certified);
      brokenName(all, withstood);
      lower.draw(pointsOf(radii, certified));
      upper.draw(pointsOf(radii, withstood));
      line.draw([radius, 0], [radius, 100]);
      top.draw([radius, most]);
      eps.draw();
    },
  };
}

// What is known of a network at ε, and which others it beats whatever attack may come.
function verdictOf({ name, k, eps, least, most }, networks) {
  const at = `${name}, ε = ${format(eps)}`;
  if (eps === 0) return `${at}: nothing is changed, and ${exactly(least)} of the images are right.`;
  const known =
    `${at}: at least ${exactly(least)} and at most ${exactly(most)} of the images withstand ` +
    `every change. Of ${exactly(most - least)} nobody knows.`;
  const beaten = networks.filter((other) => other.withstood[k] < least).map((other) => other.name);
  if (beaten.length === 0) return known;
  return `${known} So it certainly beats ${listed(beaten)}.`;
}

function render({ model, el }) {
  const data = bounds(model);
  const { radii, networks } = data;
  // The network that is shown, ε = radii[k], and both bounds there.
  function now() {
    const network = networks.find((each) => each.model === model.get("network"));
    const k = nearestIndex(radii, model.get("eps"));
    return {
      ...network,
      k,
      eps: radii[k],
      least: network.certified[k],
      most: network.withstood[k],
    };
  }
  const strip = networkStrip(model, data);
  const plot = boundsChart(model, data, now);
  const size = slider(model, "eps", {
    label: "Change ε",
    grid: () => radii,
    text: () => `${format(now().eps)} px`,
  });
  const stops = model
    .get("attacked")
    .map((eps) => button(`ε = ${eps}`, () => assign(model, { eps })));
  const verdict = html("p", { class: "xp-verdict" });
  const note = html(
    "p",
    { class: "xp-note" },
    `${
      count(model.get("images"))
    } test images, every tenth. Attacks looked for the smallest change, and within the marked ε `,
    "for any.",
  );

  function draw() {
    const shown = now();
    strip.draw(shown.k);
    plot.draw(shown);
    size.draw();
    verdict.textContent = verdictOf(shown, networks);
  }
  const beside = html(
    "div",
    { class: "xp-beside" },
    markedEntry("large", ATTACKED, "not fooled yet: at most"),
    markedEntry("proof", CERTIFIED, "certified: at least"),
    controlBar(size.node, row(...stops)),
  );
  const middle = html("div", { class: "xp-bounds" }, plot.node, beside);
  return show({ model, el }, [strip.node, middle, verdict, note], draw);
}

export default { render };
