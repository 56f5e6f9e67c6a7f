// One pair's SVMs and images, made from the part that Python sent: see svm_explorer.py.
import { numbersOf, rowsOf } from "../../kit/common.js";
import { PIXELS, imageAt } from "../shared/digits.js";

const SMALLEST_SINE = 1e-3; // of θ: below it ŵ has no direction of its own beside ẑ

const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);

// n̂ of each SVM in the basis without ẑ; where θ is 0, that of the nearest smaller λ.
function normals(coefficients) {
  const found = [];
  for (let k = coefficients.length - 1; k >= 0; k--) {
    const rest = coefficients[k].slice(1);
    const sine = Math.hypot(...rest);
    found[k] = sine < SMALLEST_SINE ? found[k + 1] : rest.map((value) => value / sine);
  }
  return found;
}

export function pairData(key, part) {
  const { models, per_pixel: perPixel, per_unit: perUnit } = part;
  const images = (view) => {
    const pixels = Float32Array.from(numbersOf(view, Int16Array), (value) => value / perUnit);
    return rowsOf(pixels, PIXELS);
  };
  const basis = images(part.basis);
  const coefficients = rowsOf(numbersOf(part.coefficients, Float32Array), basis.length);
  const nHats = normals(coefficients);
  const units = numbersOf(part.points, Int16Array);
  const count = units.length / basis.length;
  const columns = basis.map((_, m) =>
    Float32Array.from({ length: count }, (_, p) => units[p * basis.length + m] / perPixel),
  );

  // A sum of columns, each with its weight.
  function combined(weights, of, length) {
    const sum = new Float32Array(length);
    weights.forEach((weight, m) => {
      const column = of[m];
      for (let p = 0; p < length; p++) sum[p] += weight * column[p];
    });
    return sum;
  }

  // The coordinates of ŵ of SVM number k in the tilting plane of another.
  const inPlaneOf = (other, k) => [coefficients[k][0], dot(coefficients[k].slice(1), nHats[other])];

  const least = Math.min(...models.map(({ err_test: error }) => error));
  return {
    key,
    digits: key.split("-"),
    models,
    count,
    best: models.findIndex(({ err_test: error }) => error === least),
    means: images(part.centroids),
    examples: [0, 1].map((c) => imageAt(numbersOf(part.examples, Uint8Array), c)),
    horizontal: columns[0],
    // The images along n̂ of SVM number k.
    vertical: (k) => combined(nHats[k], columns.slice(1), count),
    // Their signed distances from its boundary.
    distances(k, vertical) {
      const [across, up] = inPlaneOf(k, k);
      const { offset } = models[k];
      return columns[0].map((u, p) => across * u + up * vertical[p] + offset);
    },
    inPlaneOf,
    wHat: (k) => combined(coefficients[k], basis, PIXELS),
  };
}
