// The norms that limit an adversary, and their names.
export const NORMS = { linf: "L∞", l2: "L2" };
