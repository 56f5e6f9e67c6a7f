// A convolution with one channel in and one out, as a matrix W, and its norm.
import { range } from "./numbers.js";

// W is kept as the list of its entries: each weight of each window, where that lies on the image
// and not on the margin of zeros. `kernel` has k × k weights, row by row; images have size × size
// pixels. `windows` counts for each pixel in how many windows it is.
export function convolution({ kernel, k, stride, padding, size }) {
  const starts = windowStarts({ k, stride, padding, size });
  const [outputs, pixels, weights] = [[], [], []];
  const windows = new Uint8Array(size ** 2);
  for (let window = 0; window < starts.length ** 2; window++) {
    const top = starts[Math.floor(window / starts.length)];
    const left = starts[window % starts.length];
    for (let cell = 0; cell < k ** 2; cell++) {
      const [y, x] = [top + Math.floor(cell / k), left + (cell % k)];
      if (Math.min(x, y) < 0 || Math.max(x, y) >= size) continue;
      outputs.push(window);
      pixels.push(size * y + x);
      weights.push(kernel[cell]);
      windows[size * y + x]++;
    }
  }
  const entries = Float64Array.from(weights);
  const [rows, columns] = [outputs, pixels].map((places) => Int32Array.from(places));
  return {
    inputs: size ** 2,
    outputs: starts.length ** 2,
    windows,
    apply: (x) => product(entries, rows, columns, starts.length ** 2, x),
    transpose: (y) => product(entries, columns, rows, size ** 2, y),
  };
}

// Where windows begin along one axis: `padding` pixels before the image, and every `stride` pixels
// as long as they end by `padding` pixels after it.
export function windowStarts({ k, stride, padding, size }) {
  const positions = Math.floor((size + 2 * padding - k) / stride) + 1;
  return range(positions).map((n) => n * stride - padding);
}

// A matrix, of which these are the entries and their rows and columns, times a vector.
function product(entries, rows, columns, count, vector) {
  const result = new Float64Array(count);
  for (let e = 0; e < entries.length; e++) result[rows[e]] += entries[e] * vector[columns[e]];
  return result;
}

// numbers.js has `dot` for a few numbers; a loop is faster by far for many.
function dot(a, b) {
  let sum = 0;
  for (let n = 0; n < a.length; n++) sum += a[n] * b[n];
  return sum;
}

export const norm = (vector) => Math.sqrt(dot(vector, vector));
const scaled = (vector, factor) => vector.map((value) => value * factor);
const unit = (vector) => scaled(vector, 1 / norm(vector));

// Numbers from −1 to 1 that the seed determines: a linear congruential generator.
function randomVector(count, seed) {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

// Power iteration from a random start: `upTo(steps)` lists σ = ‖Wv‖ after each step, where
// v = Wᵀu/‖Wᵀu‖ and u = Wv/‖Wv‖. It never falls and never exceeds ‖W‖.
export function powerIteration({ apply, transpose, outputs }, seed) {
  const sigmas = [];
  let u = randomVector(outputs, seed);
  return {
    upTo(steps) {
      while (sigmas.length < steps) {
        const Wv = apply(unit(transpose(u)));
        sigmas.push(norm(Wv));
        u = unit(Wv);
      }
      return sigmas.slice(0, steps);
    },
  };
}

const MOST_STEPS = 200; // of Lanczos' method
const SETTLED = 1e-11; // of ‖W‖²: a smaller gain in ten steps ends it
const EXHAUSTED = 1e-10; // of ‖W‖²: what is left of a new direction when there is no other

// ‖W‖ by Lanczos' method: on the directions that v, WᵀWv, (WᵀW)²v, … span, WᵀW is a matrix with
// three diagonals, whose largest eigenvalue soon is that of WᵀW. Golub & Van Loan 2013, "Matrix
// Computations", section 10.1.
export function operatorNorm({ apply, transpose, inputs }) {
  const [basis, diagonal, beside] = [[], [], []];
  let [v, found] = [unit(randomVector(inputs, 1)), 0];
  while (basis.length < MOST_STEPS) {
    basis.push(v);
    const next = transpose(apply(v));
    diagonal.push(dot(v, next));
    if (basis.length % 10 === 0) {
      const before = found;
      found = largestEigenvalue(diagonal, beside);
      if (found - before < SETTLED * found) break;
    }
    removeDirections(next, basis);
    const left = norm(next);
    if (left < EXHAUSTED * Math.max(...diagonal)) break;
    beside.push(left);
    v = scaled(next, 1 / left);
  }
  return Math.sqrt(largestEigenvalue(diagonal, beside));
}

// Makes a vector orthogonal to the basis: twice, as rounding leaves something after once.
function removeDirections(vector, basis) {
  for (const direction of [...basis, ...basis]) {
    const along = dot(direction, vector);
    for (let n = 0; n < vector.length; n++) vector[n] -= along * direction[n];
  }
}

// Of the symmetric matrix with this diagonal and these numbers beside it, by bisection: t exceeds
// all eigenvalues where all pivots of t − T are positive.
function largestEigenvalue(diagonal, beside) {
  const exceeds = (t) => {
    let pivot = t - diagonal[0];
    for (let n = 1; n < diagonal.length && pivot > 0; n++) {
      pivot = t - diagonal[n] - beside[n - 1] ** 2 / pivot;
    }
    return pivot > 0;
  };
  let [low, high] = [0, Math.max(...diagonal) + 2 * Math.max(0, ...beside)];
  for (let n = 0; n < 60; n++) {
    const middle = (low + high) / 2;
    if (exceeds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
