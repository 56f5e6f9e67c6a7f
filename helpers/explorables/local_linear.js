// A two-layer ReLU network in the plane, piece by piece: what helpers/local_linear.py says of it.

// From W1 (x₁ and x₂ of each unit in turn), b1, w2 and b2: only units that do something are kept.
export function network(W1, b1, w2, b2) {
  const units = Array.from(w2, (w, k) => ({ u: W1[2 * k], v: W1[2 * k + 1], b: b1[k], w }));
  return { units: units.filter(({ w }) => w !== 0), b2 };
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

const MERGED = 0.005; // of a unit of the plane: less than a pixel apart, lines look like one

// Along how many lines these units switch: units that weight decay has merged share one.
export function countLines(units) {
  const lines = units.map(({ u, v, b }) => [u, v, b].map((part) => part / Math.hypot(u, v)));
  const same = (one, other) =>
    [1, -1].some((side) => one.every((part, n) => Math.abs(part - side * other[n]) < MERGED));
  return lines.filter((line, k) => !lines.slice(0, k).some((other) => same(line, other))).length;
}

// s and ‖∇s‖ at all places with a coordinate of `across` and one of `up`, row by row.
export function fields({ units, b2 }, across, up) {
  const size = across.length * up.length;
  const score = new Float32Array(size).fill(b2);
  const [g1, g2] = [new Float32Array(size), new Float32Array(size)];
  for (const { u, v, b, w } of units) {
    const [slope1, slope2] = [w * u, w * v];
    let place = 0;
    for (const x2 of up) {
      const input2 = v * x2 + b;
      for (let k = 0; k < across.length; k++, place++) {
        const input = u * across[k] + input2;
        if (input <= 0) continue;
        score[place] += w * input;
        g1[place] += slope1;
        g2[place] += slope2;
      }
    }
  }
  return { score, norm: g1.map((g, place) => Math.sqrt(g * g + g2[place] * g2[place])) };
}

// The point of the segments, each [x1, x2, x1, x2], that is nearest to x; null where there is none.
export function nearestPoint(segments, [x1, x2]) {
  let best = { distance: Infinity, point: null };
  for (const [a1, a2, c1, c2] of segments) {
    const [along1, along2] = [c1 - a1, c2 - a2];
    const length2 = along1 ** 2 + along2 ** 2 || 1;
    const share = ((x1 - a1) * along1 + (x2 - a2) * along2) / length2;
    const within = Math.min(1, Math.max(0, share));
    const point = [a1 + within * along1, a2 + within * along2];
    const distance = Math.hypot(x1 - point[0], x2 - point[1]);
    if (distance < best.distance) best = { distance, point };
  }
  return best;
}
