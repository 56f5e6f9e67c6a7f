// Linear classifiers on one strong feature and d weak ones: what `helpers/tradeoff.py` computes.
// A problem is { p, d, separation }, with separation = η√d. A classifier is { strong, weak }: the
// weight of x₁, and the length of the d weak weights, which are equal and not negative.
import { density, probabilityBelow } from "./normal.js";

export const F_AVG = { strong: 0, weak: 1 };
export const X_1 = { strong: 1, weak: 0 };

// The expectation of a function of the worst margin, over images with x₁ = y and those with x₁ = −y.
// Given which, the margin is Gaussian, and `given(mean, deviation)` the function's expectation.
function expectation({ p, d, separation }, { strong, weak }, eps, given) {
  const rest = weak * (separation - eps * Math.sqrt(d)) - eps * Math.abs(strong);
  return p * given(rest + strong, weak) + (1 - p) * given(rest - strong, weak);
}

export const accuracy = (problem, classifier, eps = 0) =>
  expectation(problem, classifier, eps, (mean, deviation) => {
    if (deviation === 0) return mean > 0 ? 1 : 0;
    return probabilityBelow(mean / deviation);
  });

// The largest accuracy against eps at a given standard one, for eps >= 2η: Theorem 2.1.
export const robustBound = (standard, p) => Math.min(standard, ((1 - standard) * p) / (1 - p));

// The mix with the largest accuracy against eps.
export function bestMix(problem, eps) {
  const { p, d, separation } = problem;
  const candidates = [F_AVG, X_1];
  const pull = separation - eps * Math.sqrt(d);
  if (pull > 0 && eps < 2 * p - 1) {
    const odds = Math.log((p * (1 - eps)) / ((1 - p) * (1 + eps)));
    const root = pull ** 2 - 2 * eps * odds;
    if (root > 0) candidates.unshift({ strong: odds / (pull + Math.sqrt(root)), weak: 1 });
  }
  const accuracies = candidates.map((classifier) => accuracy(problem, classifier, eps));
  return candidates[accuracies.indexOf(Math.max(...accuracies))];
}

const hingeRisk = (problem, classifier, eps) =>
  expectation(problem, classifier, eps, (mean, deviation) => {
    if (deviation === 0) return Math.max(1 - mean, 0);
    const z = (1 - mean) / deviation;
    return deviation * (z * probabilityBelow(z) + density(z));
  });

// The classifier with ‖w‖ <= 1 of the least mean hinge loss of the worst margin: Theorem 2.2.
export function minimiser(problem, eps) {
  const { p, d, separation } = problem;
  if (eps * Math.sqrt(d) >= separation) return { strong: eps < 2 * p - 1 ? 1 : 0, weak: 0 };
  const risk = (strong, weak) => hingeRisk(problem, { strong, weak }, eps);
  const bestWeak = (strong) => leastAt((weak) => risk(strong, weak), Math.sqrt(1 - strong ** 2));
  const strong = leastAt((weight) => risk(weight, bestWeak(weight)), 1);
  return { strong, weak: bestWeak(strong) };
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;

// Where a convex function f on [0, end] is least, by golden section.
function leastAt(f, end) {
  let [low, high] = [0, end];
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [atLeft, atRight] = [f(left), f(right)];
  while (high - low > 1e-6) {
    if (atLeft < atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - GOLDEN * (high - low);
      atLeft = f(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + GOLDEN * (high - low);
      atRight = f(right);
    }
  }
  return (low + high) / 2;
}
