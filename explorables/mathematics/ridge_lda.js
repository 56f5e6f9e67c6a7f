// Ridge LDA in the plane, as helpers/lda.py has it for images: the direction that separates two
// clouds best for their spread, w = (S + μI)⁻¹ (j − i). S is [[a, b], [b, c]].
import { dot } from "./numbers.js";

// The covariance of a cloud with these deviations along an axis, which is turned from the
// horizontal by an angle in radians, and across it.
export function covariance(along, across, turn) {
  const [cosine, sine] = [Math.cos(turn), Math.sin(turn)];
  const [v, u] = [along ** 2, across ** 2];
  const mixed = (v - u) * cosine * sine;
  return [
    [v * cosine ** 2 + u * sine ** 2, mixed],
    [mixed, v * sine ** 2 + u * cosine ** 2],
  ];
}

// (S + μI)⁻¹ g, scaled to length 1.
export function ridgeLda([[a, b], [, c]], [g1, g2], mu) {
  const w = [(c + mu) * g1 - b * g2, (a + mu) * g2 - b * g1]; // the determinant is positive
  const norm = Math.hypot(...w);
  return w.map((value) => value / norm);
}

// The standard deviation along a direction of length 1.
export const deviation = (S, v) => Math.sqrt(dot(v, S.map((line) => dot(line, v))));
