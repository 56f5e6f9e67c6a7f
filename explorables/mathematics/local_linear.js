// A two-layer ReLU network in the plane, piece by piece: what helpers/local_linear.py says of it.
import { clamp } from "./numbers.js";

// From W1 (x₁ and x₂ of each unit in turn), b1, w2 and b2: only units that do something are kept, of
// `hidden` in all.
export function network(W1, b1, w2, b2) {
  const units = Array.from(w2, (w, k) => ({ u: W1[2 * k], v: W1[2 * k + 1], b: b1[k], w }));
  return { units: units.filter(({ w }) => w !== 0), hidden: w2.length, b2 };
}

// s(x), ∇s(x) with its norm, and which of the units are on at x.
export function around({ units, b2 }, [x1, x2]) {
  const gradient = [0, 0];
  let score = b2;
  const on = units.map(({ u, v, b, w }) => {
    const input = u * x1 + v * x2 + b;
    if (!(input > 0)) return false;
    score += w * input;
    gradient[0] += w * u;
    gradient[1] += w * v;
    return true;
  });
  return { score, gradient, norm: Math.hypot(...gradient), on };
}

// What is `around` a point x says of the boundary, to first order: the distance |s|/‖∇s‖, infinite
// where the network is flat, and the boundary's nearest point, `foot`, or null.
export function firstOrder({ score, gradient, norm }, [x1, x2]) {
  const step = score / norm ** 2;
  const foot = norm > 0 ? [x1 - step * gradient[0], x2 - step * gradient[1]] : null;
  return { distance: Math.abs(score) / norm, foot };
}

// The line through a point at right angles to a normal, as a segment [x1, x2, x1, x2] that reaches
// so far either way.
export function lineThrough([x1, x2], [n1, n2], reach) {
  const scale = reach / Math.hypot(n1, n2);
  return [x1 - scale * n2, x2 + scale * n1, x1 + scale * n2, x2 - scale * n1];
}

// The line along which a unit switches on or off, likewise.
export function switchingLine({ u, v, b }, reach) {
  const step = -b / (u ** 2 + v ** 2);
  return lineThrough([step * u, step * v], [u, v], reach);
}

const MERGED = 0.005; // of a unit of the plane: less than a pixel apart, lines look like one

// Along how many lines these units switch: units that weight decay has merged share one.
export function countLines(units) {
  const lines = units.map(({ u, v, b }) => [u, v, b].map((part) => part / Math.hypot(u, v)));
  const same = (one, other) =>
    [1, -1].some((side) => one.every((part, n) => Math.abs(part - side * other[n]) < MERGED));
  return lines.filter((line, k) => !lines.slice(0, k).some((other) => same(line, other))).length;
}

// s and ‖∇s‖ at all places with a coordinate of `across`, evenly spaced, and one of `up`, row by
// row. Along a row s = c + g₁·x₁, with other c and ∇s = g wherever a unit is switched on or off.
export function fields({ units, b2 }, across, up) {
  const count = across.length;
  const [score, norm] = [0, 0].map(() => new Float32Array(count * up.length));
  const changes = new Float64Array(3 * (count + 1)); // of c, g₁ and g₂, column by column
  let place = 0;
  for (const x2 of up) {
    switchesInRow(changes, units, across, x2);
    let [c, g1, g2] = [b2, 0, 0];
    for (let k = 0; k < count; k++, place++) {
      c += changes[3 * k];
      g1 += changes[3 * k + 1];
      g2 += changes[3 * k + 2];
      score[place] = c + g1 * across[k];
      norm[place] = Math.sqrt(g1 * g1 + g2 * g2);
    }
  }
  return { score, norm };
}

// Writes into `changes` what the units change in each column of the row at x2.
function switchesInRow(changes, units, across, x2) {
  const count = across.length;
  const columnAfter = (x1) =>
    clamp(Math.floor((x1 - across[0]) / (across[1] - across[0])) + 1, 0, count);
  changes.fill(0);
  for (const { u, v, b, w } of units) {
    const level = v * x2 + b; // it is on where u·x₁ exceeds −level
    const edge = columnAfter(-level / u);
    const [on, off] = u > 0 ? [edge, count] : u < 0 ? [0, edge] : [0, level > 0 ? count : 0];
    [w * level, w * u, w * v].forEach((change, n) => {
      changes[3 * on + n] += change;
      changes[3 * off + n] -= change;
    });
  }
}

// The point of the segments, each [x1, x2, x1, x2], that is nearest to x; null where there is none.
export function nearestPoint(segments, [x1, x2]) {
  let best = { distance: Infinity, point: null };
  for (const [a1, a2, c1, c2] of segments) {
    const [along1, along2] = [c1 - a1, c2 - a2];
    const length2 = along1 ** 2 + along2 ** 2 || 1;
    const share = clamp(((x1 - a1) * along1 + (x2 - a2) * along2) / length2, 0, 1);
    const point = [a1 + share * along1, a2 + share * along2];
    const distance = Math.hypot(x1 - point[0], x2 - point[1]);
    if (distance < best.distance) best = { distance, point };
  }
  return best;
}
