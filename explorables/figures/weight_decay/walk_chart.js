// How the probabilities of two networks change along their ways, against the length in pixels.
import { chart, curve, markedEntry, marker, segment } from "../../kit/kit.js";
import { range } from "../../mathematics/numbers.js";
import { DIGITS } from "./walk_data.js";

// Of low and of high decay: how each is named and drawn.
export const NETWORKS = [
  { name: "low decay", level: "low", look: { shape: "square", kind: "boundary" } },
  { name: "high decay", level: "high", look: { shape: "ring", kind: "boundary" } },
];

// Of one network the probabilities of the digit and of the class walked to, with the name of that
// class at its end, and a mark where the network changes its mind.
function networkCurves(plot, { name, level, look }) {
  const [own, goal] = ["digit", "goal"].map((role) =>
    plot.add(curve({ kind: `${role}-${level}`, name: `${role}, ${name}` }))
  );
  const goalName = plot.label(0, 0, "", { kind: "adversarial", dx: 11, dy: 4 });
  const turn = plot.add(marker({ ...look, name: `boundary, ${name}` }));
  return (way, digit) => {
    const pointsOf = (c) => way.curve.map(({ at, p }) => [at, 100 * p[c]]);
    own.draw(pointsOf(digit));
    goal.draw(pointsOf(way.goal));
    goalName.draw(pointsOf(way.goal).at(-1));
    goalName.write(String(way.goal));
    turn.draw([way.turn, 100 * way.probabilities(way.turn)[digit]]);
  };
}

// Probabilities of the digit and of the class walked to against the length, on one axis for all
// ten digits.
export function lengthChart(kind, data) {
  const lengths = DIGITS.flatMap((digit) => data.ways(digit, kind).map(({ length }) => length));
  const end = Math.ceil(Math.max(...lengths));
  const plot = chart({
    label: "Probabilities of the digit and of the class walked to, against the length",
    x: [0, end],
    y: [0, 100],
    height: 270,
    xLabel: "length of the change (pixels)",
    xTicks: range(end + 1),
    yLabel: "probability (%)",
    yTicks: [0, 20, 40, 60, 80, 100],
  });
  const now = plot.add(segment({ kind: "muted", name: "length" }));
  const digitName = plot.label(0, 0, "", { dx: 6, dy: 18 });
  const drawNetworks = NETWORKS.map((network) => networkCurves(plot, network));
  return {
    node: plot.node,
    draw(digit, at) {
      const ways = data.ways(digit, kind);
      now.draw([at, 0], [at, 100]);
      ways.forEach((way, n) => drawNetworks[n](way, digit));
      digitName.draw([0, 100 * Math.min(...ways.map(({ curve: [start] }) => start.p[digit]))]);
      digitName.write(String(digit));
    },
  };
}

// An entry of the legend: how a network's curves and its mark look.
export const networkEntry = ({ name, level, look }) => markedEntry(`digit-${level}`, look, name);
