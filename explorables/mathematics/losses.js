// The losses of a margin z, and the margins of the images that Python sent.

export const LOSSES = {
  zero_one: (z) => (z <= 0 ? 1 : 0),
  hinge: (z) => Math.max(1 - z, 0),
  softplus: (z) => Math.max(-z, 0) + Math.log1p(Math.exp(-Math.abs(z))), // cannot overflow
};

// α and β of f(z) ≈ α − βz near z = 0, for the losses that have a slope there.
export const LIMITS = {
  hinge: { alpha: 1, beta: 1 },
  softplus: { alpha: Math.LN2, beta: 0.5 },
};

export const NAMES = [["zero_one", "0-1"], ["hinge", "hinge"], ["softplus", "softplus"]];

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

// The signed distances d(x) in pixels: class I first, then as many of class J.
export function distancesOf(model) {
  const view = model.get("distances");
  const unit = 1 / model.get("per_pixel");
  const count = view.byteLength / 2;
  return Array.from({ length: count }, (_, k) => view.getInt16(2 * k, true) * unit);
}

// y for each image: −1 for class I, +1 for class J.
export const labelsOf = (distances) => distances.map((_, k) => (k < distances.length / 2 ? -1 : 1));
