// Gradient descent on the mean softplus plus λ‖w‖², as in helpers/descent.py, with a boundary
// through the origin.
import { dot } from "./numbers.js";

// The derivative of ln(1 + e^−z).
const slope = (z) => -1 / (1 + Math.exp(z));

// The weights [w1, w2] of every step, the start included. `points` are [x1, x2], `labels` −1 or 1.
export function descend(points, labels, start, { eta, lam, steps }) {
  const path = [start];
  for (let step = 0; step < steps; step++) {
    const w = path[step];
    const pull = points.map((x, k) => (slope(labels[k] * dot(w, x)) * labels[k]) / points.length);
    path.push(w.map((value, axis) => {
      const gradient = points.reduce((total, x, k) => total + pull[k] * x[axis], 0);
      return (1 - 2 * eta * lam) * value - eta * gradient;
    }));
  }
  return path;
}
