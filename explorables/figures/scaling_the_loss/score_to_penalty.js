// From score to penalty: 6,000 images, and one more that the reader moves, in three steps.
import {
  assign, chart, choice, clamp, counted, format, handle, histogram, html, marker, readouts,
  segment, show, square, svg,
} from "../../kit/common.js";
import { LOSSES, NAMES, distancesOf, labelsOf, mean } from "../../mathematics/losses.js";

const CLASSES = [[-1, "I (3s)"], [1, "J (8s)"]];
const SCORES = { from: -10, to: 10, bin: 0.25, ticks: [-10, -5, 0, 5, 10], roots: [0, 5, 10, 20] };
const HEIGHT = 0.5; // of the image x in each panel
const PENALTIES = { from: 0, to: 11, bin: 0.2, ticks: [0, 2, 4, 6, 8, 10], roots: [0, 10, 20, 30] };

// A chart for histograms over `axis`, with a place for the image x that the reader moves.
function panel(label, axis) {
  const top = axis.roots.at(-1);
  const plot = chart({
    label: `Histogram of the ${label}`,
    x: [axis.from, axis.to],
    y: [0, top],
    width: 316,
    height: 164,
    xLabel: label,
    yLabel: "images (√ scale)",
    xTicks: axis.ticks,
    yTicks: axis.roots,
    yText: square,
  });
  const needle = segment(plot, "needle");
  plot.over.append(needle.node);
  return {
    ...plot,
    level: HEIGHT * top,
    needleTo: (x) => needle.draw([x, 0], [x, HEIGHT * top]),
    bars(kind) {
      const { node, draw } = histogram(plot, kind);
      plot.content.append(node);
      const bins = Math.round((axis.to - axis.from) / axis.bin);
      return (values) => draw(counted(values, axis.from, axis.bin, bins), axis.from, axis.bin);
    },
    say(kind, x, share, text = "") {
      const place = { x: plot.px(x), y: plot.py(share * top) };
      const node = svg("text", { ...place, class: `xp-label xp-text-${kind}` }, text);
      plot.over.prepend(node);
      return node;
    },
  };
}

// A panel, its heading, and what is said beside it.
const step = (name, plot, ...parts) =>
  html(
    "div",
    { class: "xp-step" },
    html("div", { class: "xp-name" }, name),
    plot.node,
    html("div", { class: "xp-said" }, ...parts),
  );

function render({ model, el }) {
  const distances = distancesOf(model);
  const labels = labelsOf(distances);
  const scores = distances.map((d) => d * model.get("norm"));
  const margins = scores.map((s, k) => labels[k] * s);
  const right = margins.filter((z) => z > 0);
  const wrong = margins.filter((z) => z <= 0);
  const rate = (100 * wrong.length) / margins.length;

  const [first, second, third] = [
    panel("raw score s(x)", SCORES),
    panel("margin y s(x)", SCORES),
    panel("penalty f(y s(x))", PENALTIES),
  ];
  first.bars("class-i")(scores.filter((_, k) => labels[k] < 0));
  first.bars("class-j")(scores.filter((_, k) => labels[k] > 0));
  first.say("i", -9.4, 0.82, "I, the 3s");
  first.say("j", 5.4, 0.82, "J, the 8s");
  second.bars("correct")(right);
  second.bars("adversarial")(wrong);
  second.say("adversarial", -9.4, 0.82, `${wrong.length} misclassified`);
  second.say("muted", 5.4, 0.82, "correct");
  const [rightBars, wrongBars] = [third.bars("correct"), third.bars("adversarial")];
  const most = third.say("muted", 0.5, 0.86);
  const riskName = third.say("boundary", 0, 0.68, "mean penalty R");
  third.say("adversarial", 4.3, 0.2, "misclassified");
  for (const plot of [first, second]) {
    const zero = segment(plot, "muted");
    zero.draw([0, 0], [0, 20]);
    plot.content.append(zero.node);
  }
  const risk = segment(third, "boundary");
  third.content.append(risk.node);

  const image = handle(first, {
    label: "Score of the image x",
    shape: "disc",
    kind: "boundary",
    name: "x",
    step: SCORES.bin,
    get: () => [model.get("score"), first.level],
    move: ([s]) => assign(model, { score: clamp(s, SCORES.from, SCORES.to) }),
    text: () => `s(x) = ${format(model.get("score"))}`,
  });
  first.over.append(image.node);
  const [atMargin, atPenalty] = [second, third].map((plot) => {
    const point = marker(plot, { shape: "disc", kind: "boundary", name: "x" });
    plot.over.append(point.node);
    return point;
  });

  const label = choice(model, "y", { label: "x is of class", options: CLASSES });
  const loss = choice(model, "loss", { label: "Loss f", options: NAMES });
  const said = [1, 2, 3].map(() => html("div", { class: "xp-note" }));
  const [errors, penalty] = [readouts(["error rate"]), readouts(["mean penalty R"])];
  errors.draw({ "error rate": `${format(rate)} %` });

  function draw() {
    const [s, y] = [model.get("score"), model.get("y")];
    const f = LOSSES[model.get("loss")];
    const z = y * s;
    const R = mean(margins.map(f));
    const rightPenalties = right.map(f);
    rightBars(rightPenalties);
    wrongBars(wrong.map(f));
    risk.draw([R, 0], [R, 30]);
    const cutOff = rightPenalties.filter((value) => value < PENALTIES.bin).length;
    riskName.setAttribute("x", third.px(R) + 7);
    most.textContent = `↑ ${cutOff.toLocaleString("en")} images`;
    [image, label, loss].forEach((part) => part.draw());
    atMargin.draw([z, second.level]);
    atPenalty.draw([f(z), third.level]);
    [s, z, f(z)].forEach((value, k) => [first, second, third][k].needleTo(value));
    said[0].textContent = `s(x) = ${format(s)}, so the classifier says ${s > 0 ? "J" : "I"}`;
    said[1].textContent =
      `y = ${y < 0 ? "−1" : "+1"}, so y s(x) = ${format(z)}: ` +
      (z > 0 ? "correct" : "misclassified");
    said[2].textContent = `the penalty of x is f(${format(z)}) = ${format(f(z))}`;
    penalty.draw({ "mean penalty R": format(R, 3) });
  }
  const steps = [
    step("1. The score", first, label.node, said[0]),
    step("2. The margin", second, said[1], errors.node),
    step("3. The penalty", third, loss.node, said[2], penalty.node),
  ];
  return show({ model, el }, steps, draw);
}

export default { render };
