// What plane_networks.py sent: two-layer networks in the plane, with their training points.
import { arrayOf, rowsOf } from "../../kit/kit.js";
import { network } from "../../mathematics/local_linear.js";

// `networks` and `boundaries`, the latter lists of segments [x1, x2, x1, x2], by number of the
// network; `points` and `labels` by number of the point.
export function networkData(model) {
  const rows = (name) => rowsOf(arrayOf(model.get(name)));
  const [W1, b1, w2] = ["W1", "b1", "w2"].map(rows);
  const b2 = arrayOf(model.get("b2"));
  return {
    networks: W1.map((weights, k) => network(weights, b1[k], w2[k], b2[k])),
    boundaries: inTurn(rows("segments"), model.get("segment_counts")),
    points: rows("points"),
    labels: [...arrayOf(model.get("labels"))],
    frame: model.get("frame"),
  };
}

// The first counts[0] of them, the next counts[1], and so on.
function inTurn(values, counts) {
  let start = 0;
  return counts.map((count) => values.slice(start, start += count));
}
