// One pair's SVMs and images, made from the part that Python sent: see svm_explorer.py.
import { arrayOf, rowsOf } from "../../kit/kit.js";
import { dot, range } from "../../mathematics/numbers.js";

const SMALLEST_SINE = 1e-3; // of θ: below it ŵ has no direction of its own beside ẑ

// n̂ of each SVM in the basis without ẑ; where θ is 0, that of the nearest smaller λ.
function normals(coefficients) {
  const found = [];
  for (let k = coefficients.length - 1; k >= 0; k--) {
    const rest = coefficients[k].slice(1);
    const sine = Math.hypot(...rest);
    found[k] = sine < SMALLEST_SINE ? found[k + 1] || rest : rest.map((value) => value / sine);
  }
  return found;
}

// A sum of arrays of one length, each with its weight.
function combined(weights, arrays) {
  const sum = new Float32Array(arrays[0].length);
  arrays.forEach((values, m) => {
    for (let p = 0; p < sum.length; p++) sum[p] += weights[m] * values[p];
  });
  return sum;
}

// The columns of an array of two axes.
function columnsOf(array) {
  const [count, width] = array.shape;
  return range(width).map((m) =>
    Float32Array.from({ length: count }, (_, p) => array[p * width + m])
  );
}

// `logLams` are log10 λ of the SVMs, from the largest.
export function pairData(key, part, logLams) {
  const [horizontal, ...others] = columnsOf(arrayOf(part.points));
  const basis = rowsOf(arrayOf(part.basis));
  const coefficients = rowsOf(arrayOf(part.coefficients));
  const counts = rowsOf(arrayOf(part.counts));
  const nHats = normals(coefficients);
  const models = part.models.map((model, k) => ({ ...model, log_lam: logLams[k] }));
  const errors = models.map(({ err_test: error }) => error);

  // The coordinates of ŵ of SVM number k in the tilting plane of another.
  const inPlaneOf = (other, k) => [coefficients[k][0], dot(coefficients[k].slice(1), nHats[other])];

  return {
    key,
    digits: key.split("-"),
    models,
    count: horizontal.length,
    best: errors.indexOf(Math.min(...errors)),
    means: rowsOf(arrayOf(part.centroids)),
    examples: rowsOf(arrayOf(part.examples)),
    horizontal,
    // The images along n̂ of SVM number k.
    vertical: (k) => combined(nHats[k], others),
    inPlaneOf,
    // How many images of each class lie at each distance from its boundary.
    counts: (k) => rowsOf(counts[k]).map((some) => Array.from(some)),
    wHat: (k) => combined(coefficients[k], basis),
  };
}
