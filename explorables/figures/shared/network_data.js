// What plane_networks.py sent: two-layer networks in the plane, with their training points.
import { numbersOf, rowsOf } from "../../kit/common.js";
import { network } from "../../mathematics/local_linear.js";

const HIDDEN = 24;

// `networks` and `boundaries`, the latter lists of segments [x1, x2, x1, x2], by number of the
// network; `points` and `labels` by number of the point.
export function networkData(model) {
  const size = 4 * HIDDEN + 1;
  const networks = rowsOf(numbersOf(model.get("weights"), Float32Array), size).map((weights) => {
    const [b1, w2] = [2, 3].map((part) => weights.subarray(part * HIDDEN, (part + 1) * HIDDEN));
    return network(weights.subarray(0, 2 * HIDDEN), b1, w2, weights[size - 1]);
  });
  let start = 0;
  const all = rowsOf(numbersOf(model.get("segments"), Float32Array), 4);
  return {
    networks,
    boundaries: model.get("segment_counts").map((n) => all.slice(start, (start += n))),
    points: rowsOf(numbersOf(model.get("points"), Float32Array), 2),
    labels: model.get("labels"),
    frame: model.get("frame"),
  };
}
