// How the probabilities of two networks change along their ways, against the length in pixels.
import { chart, curve, marker, segment, svg } from "../../kit/common.js";
import { markedEntry } from "../../kit/legend.js";
import { DIGITS } from "../shared/digits.js";

// Of low and of high decay: how each is named and drawn.
export const NETWORKS = [
  { name: "low decay", lines: "low", mark: { shape: "square", kind: "boundary" } },
  { name: "high decay", lines: "high", mark: { shape: "ring", kind: "boundary" } },
];

// Probabilities of the digit and of the class walked to against the length, on one axis for all
// ten digits. Marks show where each network changes its mind.
export function lengthChart(kind, data) {
  const longest = Math.max(
    ...DIGITS.flatMap((digit) => data.ways(digit, kind).map(({ length }) => length)),
  );
  const end = Math.ceil(longest);
  const plot = chart({
    label: "Probabilities of the digit and of the class walked to, against the length",
    x: [0, end],
    y: [0, 100],
    height: 270,
    xLabel: "length of the change (pixels)",
    xTicks: Array.from({ length: end + 1 }, (_, k) => k),
    yLabel: "probability (%)",
    yTicks: [0, 20, 40, 60, 80, 100],
  });
  const now = segment(plot, "muted");
  const start = svg("text", { class: "xp-label", x: plot.px(0) + 6 });
  plot.content.append(now.node);
  plot.over.append(start);
  const networks = NETWORKS.map((look) => {
    const [falling, rising] = [curve(plot, "own"), curve(plot, "adversarial")];
    for (const { node } of [falling, rising]) node.classList.add(`xp-${look.lines}`);
    const turn = marker(plot, look.mark);
    const goal = svg("text", { class: "xp-label xp-text-adversarial" });
    plot.content.append(falling.node, rising.node);
    plot.over.append(goal, turn.node);
    return (way, digit) => {
      const of = (c) => way.curve.map(({ at, p }) => [at, 100 * p[c]]);
      const points = of(way.goal);
      falling.draw(of(digit));
      rising.draw(points);
      turn.draw([way.turn, 100 * way.probabilities(way.turn)[digit]]);
      goal.textContent = way.goal;
      const [x, y] = points.at(-1);
      goal.setAttribute("x", plot.px(x) + 11);
      goal.setAttribute("y", plot.py(y) + 4);
    };
  });
  return {
    node: plot.node,
    draw(digit, at) {
      const ways = data.ways(digit, kind);
      now.draw([at, 0], [at, 100]);
      ways.forEach((way, n) => networks[n](way, digit));
      start.textContent = digit;
      const lower = Math.min(...ways.map(({ curve: [first] }) => first.p[digit]));
      start.setAttribute("y", plot.py(100 * lower) + 18);
    },
  };
}

// An entry of the legend: how a network's curves and its mark look.
export const networkEntry = ({ name, lines, mark }) => markedEntry(`own xp-${lines}`, mark, name);
