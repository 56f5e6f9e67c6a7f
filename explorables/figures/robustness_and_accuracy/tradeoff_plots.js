// The plots of the trade-off between accuracy and robustness.
import { chart, curve, format, labels, marker, percent, polygon, segment } from "../../kit/kit.js";
import { density } from "../../mathematics/normal.js";
import { clamp, range } from "../../mathematics/numbers.js";

const SIZE = { width: 340, height: 316, right: 14 };

// The classifiers that are marked, how their marks look, and their signs in a table.
export const CLASSIFIERS = [
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
export function shareText(share) {
  if (share > 0.9999 && share < 1) return `>\u00a0${percent(99.99, 2)}`;
  if (share < 0.0001 && share > 0) return `<\u00a0${percent(0.01, 2)}`;
  return percent(100 * share, 2);
}

// ε to two significant digits.
export const rounded = (eps) => String(Number(eps.toPrecision(2)));

// ε in words, from ε/η.
export const inEtas = (push) => (push === 1 ? "η" : `${Number(push.toFixed(2))}η`);

const KEY = [[52, 6], [56, 6]]; // where a sample of the curve of mixes is
const NOTES = [[52, 92], [52, 84]];

const inPerCent = ({ standard, robust }) => [100 * standard, 100 * robust];

// Robust against standard accuracy: the frontier, all mixes, and the marked classifiers.
export function accuracyPlane() {
  const plot = chart({
    label: "Robust against standard accuracy, in per cent",
    x: [50, 100],
    y: [0, 100],
    ...SIZE,
    xLabel: "standard accuracy (%)",
    yLabel: "robust accuracy (%)",
    xTicks: [50, 60, 70, 80, 90, 100],
    yTicks: [0, 20, 40, 60, 80, 100],
  });
  const impossible = plot.add(polygon({ kind: "impossible", name: "impossible" }));
  const frontier = plot.add(curve({ kind: "frontier", name: "frontier" }));
  const mixes = plot.add(curve({ kind: "own", name: "all mixes" }));
  plot.add(segment({ kind: "own" })).draw(...KEY);
  plot.label(...KEY[1], "all mixes", { dx: 6, dy: 4 });
  const notes = NOTES.map((place) => plot.label(...place, "", { kind: "muted" }));
  const names = plot.add(labels());
  const marks = CLASSIFIERS.map(({ look, name }) => plot.add(marker({ ...look, name })));

  function drawFrontier(p, isProven) {
    const edge = [[50, 50], [100 * p, 100 * p], [100, 0]];
    impossible.draw([...(isProven ? edge : [[50, 50]]), [100, 100], [50, 100]]);
    frontier.draw(edge);
    frontier.node.classList.toggle("xp-not-yet", !isProven);
    notes[0].write(isProven ? "impossible (Theorem 2.1)" : "impossible");
    notes[1].write(isProven ? "" : "dashed: from ε = 2η on");
  }
  return {
    node: plot.node,
    draw({ p, push, classifiers, mixes: all }) {
      drawFrontier(p, push >= 2);
      const [points, along] = [classifiers, all].map((judged) => judged.map(inPerCent));
      mixes.draw(along);
      marks.forEach((mark, k) => mark.draw(points[k]));
      const named = ["f_avg", "x₁"].map((text, k) => ({ text, point: points[k] }));
      const samples = along.filter((_, k) => k % 8 === 0); // of the curve, so that no name is on it
      names.draw(named, [...points, ...samples, ...KEY]);
    },
  };
}

const REACH = 5; // the largest mean that is shown, in η
const PLACES = range(241).map((k) => REACH * (k / 120 - 1));
const PAIR = 1.3; // the height of a pair of densities with the words above it; each is 1 high
const WORDS = 1.13; // where in it the words are,
const NAMES = 0.92; // and the names of the two

// The mean of the weak features for both labels: as it is above, and pushed by ε below.
export function weakFeatures() {
  const plot = chart({
    label: "The mean of the weak features",
    x: [-REACH, REACH],
    y: [0, 2 * PAIR],
    ...SIZE,
    xLabel: "mean of the weak features (in η)",
    yLabel: "density",
    xTicks: [-4, -2, 0, 2, 4],
    yTicks: [],
  });
  plot.add(segment({ kind: "muted" })).draw([-REACH, PAIR], [REACH, PAIR]);
  plot.add(segment({ kind: "boundary" })).draw([0, 0], [0, 2 * PAIR]);
  const drawUsual = densities(plot, "as it is", PAIR);
  const drawPushed = densities(plot, "pushed", 0);
  return {
    node: plot.node,
    draw({ push, eps, separation, classifiers: [{ standard, robust }] }) {
      drawUsual(1, separation, `as it is: ${shareText(standard)} right`);
      const words = `pushed by ε = ${inEtas(push)}: ${shareText(robust)} right`;
      drawPushed(1 - push, separation, words);
      plot.describe(
        "The mean of the weak features, in η. As it is: around +1 for y = +1, −1 for y = −1. " +
          `Pushed by ${rounded(eps)}: around ${format(1 - push)} for y = +1.`,
      );
    },
  };
}

// The densities for both labels, and words above them, on the line of height `ground`.
function densities(plot, name, ground) {
  const drawBoth = [1, -1].map((y) => densityFor(y, plot, name, ground));
  const words = plot.label(-REACH, ground + WORDS, "", { dx: 4 });
  return (mean, separation, text) => {
    drawBoth.forEach((draw) => draw(mean, separation));
    words.write(text);
  };
}

// The density for one label, with its part on the wrong side of 0, and its name: the function draws
// it around y · mean.
function densityFor(y, plot, name, ground) {
  const [kind, text] = y > 0 ? ["j", "y = +1"] : ["i", "y = −1"];
  const area = plot.add(polygon({ kind: `side-${kind}` }));
  const wrong = plot.add(polygon({ kind: "wrong-part", name: `${text}, ${name}, wrong` }));
  const line = plot.add(curve({ kind: `density-${kind}`, name: `${text}, ${name}` }));
  const label = plot.label(0, ground, text, { kind, anchor: "middle" });
  return (mean, separation) => {
    const height = (x) => ground + density(separation * (x - y * mean)) / density(0);
    const above = (places) => places.map((x) => [x, height(x)]);
    const under = (places) => [[places[0], ground], ...above(places), [places.at(-1), ground]];
    area.draw(under(PLACES));
    wrong.draw(under(PLACES.filter((x) => x * y <= 0)));
    line.draw(above(PLACES));
    const outwards = mean >= 0 ? y : -y;
    const beside = y * mean + outwards * (1 + 1.5 / separation); // 1 is half a name's length
    label.draw([clamp(beside, 1 - REACH, REACH - 1), ground + NAMES]);
  };
}
