// The classifier s(x) = w·x + b that minimises the mean loss plus λ‖w‖², by Newton's method.
// The bias is not penalised; without `bias` the boundary passes through the origin.
import { dot } from "./numbers.js";

// ln(1 + e^v) and its derivative, without overflow.
const softplus = (v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
const sigmoid = (v) => (v > 0 ? 1 / (1 + Math.exp(-v)) : Math.exp(v) / (1 + Math.exp(v)));

// A softplus of width τ that starts to rise at margin `edge`: τ softplus((edge − z)/τ). The
// softplus loss has τ = 1 and edge 0; the hinge max(1 − z, 0) is the limit τ → 0 with edge 1.
const STAGES = {
  softplus: [[1, 0]],
  hinge: Array.from({ length: 14 }, (_, k) => [4 ** -k, 1]),
};

// Objective, gradient and Hessian at v = (w1, w2, b).
function evaluate(v, points, labels, lambda, [tau, edge]) {
  const n = points.length;
  let value = lambda * (v[0] ** 2 + v[1] ** 2);
  const gradient = [2 * lambda * v[0], 2 * lambda * v[1], 0];
  const hessian = [[2 * lambda, 0, 0], [0, 2 * lambda, 0], [0, 0, 0]];
  points.forEach(([x1, x2], k) => {
    const u = [x1, x2, 1].map((part) => labels[k] * part);
    const excess = (edge - dot(u, v)) / tau;
    const p = sigmoid(excess);
    value += (tau * softplus(excess)) / n;
    for (let i = 0; i < 3; i++) {
      gradient[i] -= (p * u[i]) / n;
      for (let j = 0; j < 3; j++) hessian[i][j] += (p * (1 - p) * u[i] * u[j]) / (tau * n);
    }
  });
  return { value, gradient, hessian };
}

// Solves A x = g for a small symmetric positive matrix by Cholesky's factorisation.
function solve(A, g) {
  const size = g.length;
  const L = A.map((line) => line.slice());
  const x = g.slice();
  for (let j = 0; j < size; j++) {
    for (let k = 0; k < j; k++) {
      for (let i = j; i < size; i++) L[i][j] -= L[i][k] * L[j][k];
    }
    const root = Math.sqrt(Math.max(L[j][j], 1e-14));
    for (let i = j; i < size; i++) L[i][j] /= root;
    L[j][j] = root;
  }
  for (let i = 0; i < size; i++) x[i] = (x[i] - dot(L[i].slice(0, i), x)) / L[i][i];
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i] -= L[k][i] * x[k];
    x[i] /= L[i][i];
  }
  return x;
}

function newton(start, size, objective) {
  let v = start;
  for (let step = 0; step < 100; step++) {
    const { value, gradient, hessian } = objective(v);
    const g = gradient.slice(0, size);
    const direction = solve(hessian.slice(0, size).map((line) => line.slice(0, size)), g);
    const slope = dot(g, direction);
    if (slope < 1e-16) break;
    let t = 1;
    const next = () => v.map((part, k) => (k < size ? part - t * direction[k] : part));
    while (t > 1e-10 && objective(next()).value > value - 1e-4 * t * slope) t /= 2;
    v = next();
  }
  return v;
}

// `points` are [x1, x2], `labels` −1 or +1, `loss` "hinge" or "softplus".
export function fit(points, labels, { loss, lambda, bias }) {
  let v = [0, 0, 0];
  for (const stage of STAGES[loss]) {
    v = newton(v, bias ? 3 : 2, (at) => evaluate(at, points, labels, lambda, stage));
  }
  return { w: [v[0], v[1]], b: v[2] };
}
