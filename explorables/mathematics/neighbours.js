// Points in the plane, by their numbers: which is nearest, and which lies in a direction.
import { nearestIndex } from "./numbers.js";

// The number of the point that is nearest to a place.
export const nearestTo = (points, [x1, x2]) =>
  nearestIndex(points.map(([p1, p2]) => Math.hypot(p1 - x1, p2 - x2)), 0);

// The nearest point that lies, from point n, rather in a direction than beside it; n where none is.
export function neighbour(points, n, [d1, d2]) {
  const [x1, x2] = points[n];
  let best = { distance: Infinity, n };
  points.forEach(([p1, p2], other) => {
    const [across, up] = [p1 - x1, p2 - x2];
    const distance = Math.hypot(across, up);
    const ahead = across * d1 + up * d2;
    if (ahead > 0 && ahead >= distance * Math.SQRT1_2 && distance < best.distance) {
      best = { distance, n: other };
    }
  });
  return best.n;
}
