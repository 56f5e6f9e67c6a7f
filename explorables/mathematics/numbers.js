// Small arithmetic that many figures need.

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

export const sum = (values) => values.reduce((total, value) => total + value, 0);

export const mean = (values) => sum(values) / values.length;

export const dot = (a, b) => a.reduce((total, value, k) => total + value * b[k], 0);

// 0, 1, …, count − 1
export const range = (count) => Array.from({ length: count }, (_, k) => k);

// The place of the value in `grid` that is nearest to `value`.
export function nearestIndex(grid, value) {
  const distances = Array.from(grid, (each) => Math.abs(each - value));
  return distances.indexOf(Math.min(...distances));
}

// The place of the last value that meets the condition, or -1. (Browsers of 2021 lack findLastIndex.)
export const lastIndex = (values, isMet) =>
  values.reduce((last, value, k) => isMet(value) ? k : last, -1);

// [cos angle, sin angle]
export const direction = (angle) => [Math.cos(angle), Math.sin(angle)];

export const scaled = ([u, v], length) => [length * u, length * v];

// As many numbers as `count`, evenly spaced, from the first to the last.
export const linspace = (first, last, count) =>
  range(count).map((k) => first + ((last - first) * k) / (count - 1));
