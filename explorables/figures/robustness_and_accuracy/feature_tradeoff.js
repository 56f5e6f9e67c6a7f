// Accuracy against robustness where one feature is strong and many are weak.
import {
  assign,
  button,
  choice,
  controlBar,
  count,
  format,
  html,
  row,
  show,
  slider,
  textWithSubscripts,
  visible,
} from "../../kit/kit.js";
import { range } from "../../mathematics/numbers.js";
import {
  accuracy,
  bestMix,
  F_AVG,
  minimiser,
  robustBound,
  X_1,
} from "../../mathematics/tradeoff.js";
import { shareTable } from "./share_table.js";
import {
  accuracyPlane,
  CLASSIFIERS,
  inEtas,
  rounded,
  shareText,
  weakFeatures,
} from "./tradeoff_plots.js";

const ANGLES = range(161).map((k) => (k * Math.PI) / 320); // from f_avg to x₁ alone
const STOPS = [0, 1, 2]; // ε/η with a button

const epsOf = (model) => (model.get("push") * model.get("separation")) / Math.sqrt(model.get("d"));

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
  const mix = (angle) => ({ strong: Math.sin(angle), weak: Math.cos(angle) });
  return {
    ...problem,
    push,
    eps,
    classifiers: [F_AVG, X_1, bestMix(problem, 0), bestMix(problem, eps)].map(judged),
    mixes: ANGLES.map(mix).map(judged),
    trained: [0, eps].map((trainEps) => minimiser(problem, trainEps)).map(judged),
  };
}

// What the adversary does to the classifiers.
function verdictOf(shown) {
  const { push, eps } = shown;
  if (push === 0) return unchangedText(shown);
  if (eps >= 1) return strongTurnedText(shown);
  if (push < 1) return weakenedText(shown);
  if (push < 2) return uselessText(shown);
  return turnedText(shown);
}

const unchangedText = ({ p, classifiers: [avg, , best] }) =>
  `Nobody changes anything: f_avg is right for ${shareText(avg.standard)}, x₁ alone for ` +
  `${shareText(p)}, and their best mix for ${shareText(best.standard)}.`;

const strongTurnedText = ({ classifiers: [, strong, , robust] }) =>
  `From ε = 1 on even x₁ can be turned: alone it is right for ${shareText(strong.robust)}. ` +
  `No mix withstands more than ${shareText(robust.robust)}.`;

const fall = ({ standard, robust }) =>
  `f_avg falls from ${shareText(standard)} to ${shareText(robust)}.`;

const weakenedText = ({ classifiers: [avg, , , robust] }) =>
  `The weak features are pushed towards each other: ${fall(avg)} The most robust mix ` +
  (robust.weak ? `still uses them: ${shareText(robust.robust)}.` : "is x₁ alone.");

const uselessText = ({ p, push, classifiers: [avg] }) =>
  `The weak features ${
    push === 1 ? "tell nothing any more" : "only mislead now"
  }: f_avg is right ` +
  `for ${shareText(avg.robust)}, and no linear classifier withstands more than x₁ alone, ` +
  `${shareText(p)}.`;

function turnedText({ p, push, classifiers: [avg, , best] }) {
  const bound = Math.max(robustBound(best.standard, p), 0.0001); // rounded up
  return (
    `The weak features have changed ${push === 2 ? "places" : "sides"}: ${fall(avg)} Whoever is ` +
    `right for ${shareText(best.standard)} withstands ε for at most ${shareText(bound)} ` +
    "(Theorem\u00a02.1)."
  );
}

// How accurate the two trained classifiers are: Theorem 2.2.
function trainingNote({ trained: [plain, robust] }) {
  const without =
    `Trained without ε, it is right for ${shareText(plain.standard)}, and against ε for ` +
    `${shareText(plain.robust)}.`;
  if (!robust.strong && !robust.weak) {
    const none = "w\u00a0=\u00a00: that is no classifier at all.";
    return `${without} Trained against an ε ≥ 2p − 1, ${none}`;
  }
  const how = robust.weak < 0.005 ? ", by x₁ alone" : "";
  return (
    `${without} Trained against ε: for ${shareText(robust.standard)} and ` +
    `${shareText(robust.robust)}${how}.`
  );
}

// The accuracies of the classifiers, each with and without the adversary.
function accuracyTable() {
  const heads = CLASSIFIERS.map(({ sign, look, name }) => [
    html("span", { class: `xp-sign-${look.kind}`, "aria-hidden": "true" }, sign),
    " ",
    ...textWithSubscripts(name),
  ]);
  const { node, draw } = shareTable("classifier", ["standard", "robust"], heads);
  const shares = ({ standard, robust }) => [standard, robust].map((a) => [a, shareText(a)]);
  return {
    node,
    draw: ({ eps, classifiers }) =>
      draw(["standard", `against ε\u00a0=\u00a0${rounded(eps)}`], classifiers.map(shares)),
  };
}

// The weights that training leads to.
function weightTable() {
  const heads = [["trained without\u00a0ε"], ["trained against\u00a0ε"]];
  const { node, draw } = shareTable("weights, ‖w‖\u00a0≤\u00a01", ["strong", "weak"], heads);
  const weights = ({ strong, weak }) => [strong, weak].map((w) => [w, format(w)]);
  return {
    node,
    draw: ({ trained }) => draw(["of x₁", "of all weak ones"], trained.map(weights)),
  };
}

const sliders = (model) => [
  slider(model, "p", { label: "Accuracy p of x₁", text: (p) => format(p) }),
  slider(model, "d", {
    label: "Weak features d",
    shown: Math.log10,
    value: (u) => Math.round(10 ** u),
    step: 0.25,
    text: count,
  }),
  slider(model, "separation", { label: "Their strength η√d", text: (value) => format(value, 1) }),
  slider(model, "push", {
    label: "Change ε",
    text: (push) => (push ? `${inEtas(push)} = ${rounded(epsOf(model))}` : "0"),
  }),
];

function render({ model, el }) {
  const views = choice(model, "view", {
    label: "Show",
    options: [["accuracies", "accuracies"], ["weak features", "weak features"]],
  });
  const settings = sliders(model);
  const stops = STOPS.map((push) =>
    button(`ε = ${push ? inEtas(push) : 0}`, () => assign(model, { push }))
  );
  const plots = { accuracies: accuracyPlane(), "weak features": weakFeatures() };
  const verdict = html("p", { class: "xp-verdict" });
  const tables = [accuracyTable(), weightTable()];
  const note = html("p", { class: "xp-note" });

  function draw() {
    const shown = view(model);
    [views, ...settings].forEach((part) => part.draw());
    for (const [name, plot] of Object.entries(plots)) {
      visible(plot.node, name === model.get("view"));
    }
    plots[model.get("view")].draw(shown);
    verdict.replaceChildren(...textWithSubscripts(verdictOf(shown)));
    tables.forEach((part) => part.draw(shown));
    note.textContent = trainingNote(shown);
  }
  const nodes = (parts) => parts.map(({ node }) => node);
  const bar = controlBar(...nodes(settings));
  const beside = html("div", { class: "xp-beside" }, views.node, bar, row(...stops));
  const plot = html("div", {}, ...nodes(Object.values(plots)));
  const top = html("div", { class: "xp-tradeoff" }, plot, beside);
  return show({ model, el }, [top, verdict, ...nodes(tables), note], draw);
}

export default { render };
