// Accuracy against robustness where one feature is strong and many are weak.
import {
  assign, button, chart, choice, clamp, columnHead, curve, format, html, marker, polygon, row,
  rowHead, segment, show, slider, svg, svgWords, table, update, visible, words,
} from "../../kit/common.js";
import { density } from "../../mathematics/normal.js";
import { F_AVG, X_1, accuracy, bestMix, minimiser, robustBound } from "../../mathematics/tradeoff.js";

const SIZE = { width: 340, height: 316 };
const ANGLES = Array.from({ length: 161 }, (_, k) => (k * Math.PI) / 320);
const PLACES = Array.from({ length: 241 }, (_, k) => (k - 120) / 24); // of the weak mean, in η
const UPPER = 1.3; // where the ground of the upper pair of curves is; each is 1 high

// The four classifiers that are marked, how they are drawn, and their signs in the table.
const KINDS = [
  { name: "f_avg", sign: "■", look: { shape: "square", kind: "usual" } },
  { name: "x₁ alone", sign: "●", look: { shape: "disc", kind: "boundary" } },
  {
    name: "most accurate mix",
    sign: "□",
    look: { shape: "square", kind: "hollow-usual", size: 1.7 },
  },
  {
    name: "most robust mix",
    sign: "◇",
    look: { shape: "diamond", kind: "hollow-robust", size: 1.7 },
  },
];

// A share between 0 and 1 in per cent; what is not quite 0 or 1 is not shown as if it were.
function percent(share) {
  if (share > 0.9999 && share < 1) return ">\u00a099.99\u00a0%";
  if (share < 0.0001 && share > 0) return "<\u00a00.01\u00a0%";
  return `${format(100 * share)}\u00a0%`;
}

const small = (value) => String(Number(value.toPrecision(2)));
const etas = (push) => (push === 1 ? "η" : `${format(push).replace(/\.?0+$/, "")}η`);

const epsOf = (model) =>
  (model.get("push") * model.get("separation")) / Math.sqrt(model.get("d"));

// What there is to show: the classifiers, their accuracies, and the two that training leads to.
function view(model) {
  const [p, d, separation, push] = ["p", "d", "separation", "push"].map((name) => model.get(name));
  const problem = { p, d, separation };
  const eps = epsOf(model);
  const judged = (classifier) => ({
    ...classifier,
    standard: accuracy(problem, classifier),
    robust: accuracy(problem, classifier, eps),
  });
  const classifiers = [F_AVG, X_1, bestMix(problem, 0), bestMix(problem, eps)];
  return {
    ...problem, push, eps,
    marked: classifiers.map(judged),
    mixes: ANGLES.map((angle) => judged({ strong: Math.sin(angle), weak: Math.cos(angle) })),
    trained: [minimiser(problem, 0), minimiser(problem, eps)].map(judged),
  };
}

const at = ({ standard, robust }) => [100 * standard, 100 * robust];

// Robust against standard accuracy: the frontier, all mixes, and the marked classifiers.
function accuracyPlane() {
  const plot = chart({
    label: "Robust against standard accuracy, in per cent",
    x: [50, 100],
    y: [0, 100],
    ...SIZE,
    right: 14,
    xLabel: "standard accuracy (%)",
    yLabel: "robust accuracy (%)",
    xTicks: [50, 60, 70, 80, 90, 100],
    yTicks: [0, 20, 40, 60, 80, 100],
  });
  const impossible = polygon(plot, "impossible");
  const [frontier, mixes] = [curve(plot, "frontier"), curve(plot, "own")];
  const marks = KINDS.map(({ look }) => marker(plot, look));
  const names = ["f_avg", "x₁"].map((name) =>
    svgWords({ class: "xp-label", "text-anchor": "middle" }, name),
  );
  const notes = [92, 84].map((y) =>
    svg("text", { x: plot.px(52), y: plot.py(y), class: "xp-label xp-text-muted" }),
  );
  const sample = segment(plot, "own");
  sample.draw([52, 6], [56, 6]);
  const place = { x: plot.px(57.5), y: plot.py(6) + 4, class: "xp-label" };
  const legend = svg("text", place, "all mixes");
  plot.content.append(impossible.node, frontier.node, mixes.node, sample.node, legend);
  plot.over.append(...notes, ...names, ...[2, 3, 0, 1].map((k) => marks[k].node));

  // Names stand beside their marks, but that of f_avg above or below where x₁ is a neighbour.
  function placeNames([avg, strong]) {
    const [x, y] = [plot.px(avg[0]), plot.py(avg[1])];
    const near = Math.abs(avg[1] - strong[1]) < 12;
    const aside = near ? [-8, avg[1] > 60 ? 28 : -20] : [-30, 4];
    update(names[0], { x: x + aside[0], y: y + aside[1] });
    const side = strong[0] > 65 ? -1 : 1;
    update(names[1], { x: plot.px(strong[0]) + 24 * side, y: plot.py(strong[1]) + 4 });
  }
  return {
    node: plot.node,
    draw({ p, push, marked, mixes: all }) {
      const corner = [100 * p, 100 * p];
      const edge = [[50, 50], corner, [100, 0]];
      const proven = push >= 2;
      impossible.draw([...(proven ? edge : [[50, 50]]), [100, 100], [50, 100]]);
      frontier.draw(edge);
      frontier.node.classList.toggle("xp-not-yet", !proven);
      mixes.draw(all.map(at));
      marks.forEach((mark, k) => mark.draw(at(marked[k])));
      placeNames(marked.map(at));
      notes[0].textContent = proven ? "impossible (Theorem 2.1)" : "impossible";
      notes[1].textContent = proven ? "" : "dashed: from ε = 2η on";
    },
  };
}

// The mean of the weak features for both labels: as it is above, and pushed by ε below.
function weakFeatures() {
  const plot = chart({
    label: "The mean of the weak features",
    x: [-5, 5],
    y: [0, 2.6],
    ...SIZE,
    right: 14,
    xLabel: "mean of the weak features (in η)",
    yLabel: "density",
    xTicks: [-4, -2, 0, 2, 4],
    yTicks: [],
  });
  const boundary = segment(plot, "boundary");
  const ground = segment(plot, "muted");
  boundary.draw([0, 0], [0, 2.6]);
  ground.draw([-5, UPPER], [5, UPPER]);
  const pairs = [UPPER, 0].map((base) => {
    const text = svg("text", { x: plot.px(-4.85), y: plot.py(base + 1.13), class: "xp-label" });
    const hills = [1, -1].map((y) => hill(plot, y, base));
    plot.content.append(...hills.map(({ nodes }) => nodes).flat());
    plot.over.append(text, ...hills.map(({ name }) => name));
    return { text, hills };
  });
  plot.content.prepend(ground.node, boundary.node);
  return {
    node: plot.node,
    draw({ push, eps, separation, marked: [{ standard, robust }] }) {
      pairs[0].text.textContent = `as it is: ${percent(standard)} right`;
      pairs[1].text.textContent = `pushed by ε = ${etas(push)}: ${percent(robust)} right`;
      pairs[0].hills.forEach((each) => each.draw(1, separation));
      pairs[1].hills.forEach((each) => each.draw(1 - push, separation));
      const moved = `The mean of the weak features, in η. As it is: around +1 for y = +1, −1 for `;
      const pushed = `y = −1. Pushed by ${small(eps)}: around ${format(1 - push)} for y = +1.`;
      plot.node.setAttribute("aria-label", moved + pushed);
    },
  };
}

// The density for one label, its part on the wrong side of 0, and its name, on a ground.
function hill(plot, y, base) {
  const kind = y > 0 ? "j" : "i";
  const area = polygon(plot, `side-${kind}`);
  const wrong = polygon(plot, "wrong-part");
  const line = curve(plot, `hill-${kind}`);
  const place = { y: plot.py(base + 0.92), "text-anchor": "middle" };
  const text = y > 0 ? "y = +1" : "y = −1";
  const name = svg("text", { ...place, class: `xp-label xp-text-${kind}` }, text);
  return {
    nodes: [area.node, wrong.node, line.node],
    name,
    draw(middle, separation) {
      const height = (x) => base + density(separation * (x - y * middle)) / density(0);
      const over = (places) => places.map((x) => [x, height(x)]);
      const closed = (places) => [[places[0], base], ...over(places), [places.at(-1), base]];
      area.draw(closed(PLACES));
      wrong.draw(closed(PLACES.filter((x) => x * y <= 0)));
      line.draw(over(PLACES));
      const outwards = middle >= 0 ? y : -y;
      const x = plot.px(y * middle) + outwards * (28 + 40 / separation);
      name.setAttribute("x", clamp(x, plot.px(-4), plot.px(4)));
    },
  };
}

// A number between 0 and 1 as a bar and a text: `draw(share, text)`.
function shareCell(kind) {
  const bar = html("span", { class: `xp-share-bar xp-share-${kind}`, "aria-hidden": "true" });
  const text = html("span", { class: "xp-share-text" });
  const track = html("span", { class: "xp-share-track" }, bar);
  return {
    node: html("td", {}, html("span", { class: "xp-share-cell" }, track, text)),
    draw(share, shown) {
      bar.style.width = `${(100 * share).toFixed(2)}%`;
      text.textContent = shown;
    },
  };
}

// A table of such cells, with a kind for each column, and for each row the nodes of its head:
// `draw(titles of the columns, rows of [share, text])`.
function shareTable(caption, kinds, heads) {
  const titles = kinds.map(() => columnHead());
  const cells = heads.map(() => kinds.map(shareCell));
  const rows = heads.map((head, r) =>
    html("tr", {}, rowHead(...head), ...cells[r].map(({ node }) => node)),
  );
  return {
    node: table("xp-shares", [html("th", {}, caption), ...titles], rows),
    draw(texts, values) {
      titles.forEach((title, c) => (title.textContent = texts[c]));
      cells.forEach((row, r) => row.forEach((cell, c) => cell.draw(...values[r][c])));
    },
  };
}

function verdictOf({ p, push, eps, marked }) {
  const [avg, strong, best, robust] = marked;
  if (push === 0) {
    return (
      `Nobody changes anything: f_avg is right for ${percent(avg.standard)}, x₁ alone for ` +
      `${percent(p)}, and their best mix for ${percent(best.standard)}.`
    );
  }
  if (eps >= 1) {
    return (
      `From ε = 1 on even x₁ can be turned: alone it is right for ${percent(strong.robust)}. ` +
      `No mix withstands more than ${percent(robust.robust)}.`
    );
  }
  if (push < 1) {
    return (
      `The weak features are pushed towards each other: f_avg falls from ` +
      `${percent(avg.standard)} to ${percent(avg.robust)}. The most robust mix ` +
      (robust.weak ? `still uses them: ${percent(robust.robust)}.` : "is x₁ alone.")
    );
  }
  if (push < 2) {
    const effect = push === 1 ? "tell nothing any more" : "only mislead now";
    return (
      `The weak features ${effect}: f_avg is right for ${percent(avg.robust)}, and no linear ` +
      `classifier withstands more than x₁ alone, ${percent(p)}.`
    );
  }
  return (
    `The weak features have changed ${push === 2 ? "places" : "sides"}: f_avg falls from ` +
    `${percent(avg.standard)} to ${percent(avg.robust)}. Whoever is right for ` +
    `${percent(best.standard)} withstands ε for at most ` +
    `${percent(Math.max(robustBound(best.standard, p), 0.0001))} (Theorem\u00a02.1).`
  );
}

// How accurate the two trained classifiers are: Theorem 2.2.
function trainingNote({ trained: [plain, robust] }) {
  const without =
    `Trained without ε, it is right for ${percent(plain.standard)}, and against ε for ` +
    `${percent(plain.robust)}.`;
  if (!robust.strong && !robust.weak) {
    const none = "w\u00a0=\u00a00: that is no classifier at all.";
    return `${without} Trained against an ε ≥ 2p − 1, ${none}`;
  }
  const how = robust.weak < 0.005 ? ", by x₁ alone" : "";
  return (
    `${without} Trained against ε: for ${percent(robust.standard)} and ` +
    `${percent(robust.robust)}${how}.`
  );
}

function controls(model) {
  const two = (value) => format(value);
  return [
    slider(model, "p", { label: "Accuracy p of x₁", min: 0.5, max: 0.99, step: 0.01, text: two }),
    slider(model, "d", {
      label: "Weak features d",
      min: 1,
      max: 5,
      step: 0.25,
      from: Math.log10,
      to: (u) => Math.round(10 ** u),
      text: (d) => d.toLocaleString("en"),
    }),
    slider(model, "separation", {
      label: "Their strength η√d",
      min: 0.5,
      max: 5,
      step: 0.1,
      text: (value) => format(value, 1),
    }),
    slider(model, "push", {
      label: "Change ε",
      min: 0,
      max: 4,
      step: 0.05,
      text: (push) => (push ? `${etas(push)} = ${small(epsOf(model))}` : "0"),
    }),
  ];
}

function render({ model, el }) {
  const sliders = controls(model);
  const stops = [0, 1, 2].map((push) =>
    button(push ? `ε = ${etas(push)}` : "ε = 0", () => assign(model, { push })),
  );
  const views = choice(model, "view", {
    label: "Show",
    options: [["accuracies", "accuracies"], ["weak features", "weak features"]],
  });
  const plots = { accuracies: accuracyPlane(), "weak features": weakFeatures() };
  const sign = ({ sign, look, name }) => [
    html("span", { class: `xp-sign-${look.kind}`, "aria-hidden": "true" }, sign),
    " ",
    ...words(name),
  ];
  const accuracies = shareTable("classifier", ["standard", "robust"], KINDS.map(sign));
  const weights = shareTable("weights, ‖w‖\u00a0≤\u00a01", ["strong", "weak"], [
    ["trained without\u00a0ε"],
    ["trained against\u00a0ε"],
  ]);
  const verdict = html("p", { class: "xp-verdict" });
  const note = html("p", { class: "xp-note" });

  function draw() {
    const shown = view(model);
    [...sliders, views].forEach((part) => part.draw());
    for (const [name, plot] of Object.entries(plots)) {
      visible(plot.node, model.get("view") === name);
    }
    plots[model.get("view")].draw(shown);
    verdict.replaceChildren(...words(verdictOf(shown)));
    accuracies.draw(
      ["standard", `against ε\u00a0=\u00a0${small(shown.eps)}`],
      shown.marked.map(({ standard, robust }) => [standard, robust].map((a) => [a, percent(a)])),
    );
    weights.draw(
      ["of x₁", "of all weak ones"],
      shown.trained.map(({ strong, weak }) => [strong, weak].map((w) => [w, format(w)])),
    );
    note.textContent = trainingNote(shown);
  }
  const beside = html(
    "div",
    { class: "xp-beside" },
    views.node,
    ...sliders.map(({ node }) => node),
    row(...stops),
  );
  const plot = html("div", {}, ...Object.values(plots).map(({ node }) => node));
  const top = html("div", { class: "xp-tradeoff" }, plot, beside);
  return show({ model, el }, [top, verdict, accuracies.node, weights.node, note], draw);
}

export default { render };
