// The losses f of a margin z, and their names.

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
