// What digit_distances.py sent.
import { arrayOf } from "../../kit/kit.js";

// The signed distances d(x) in pixels, and the labels y: −1 for the images of class I, which come
// first, and +1 for as many of class J.
export function digitDistances(model) {
  const distances = Array.from(arrayOf(model.get("distances")));
  const labels = distances.map((_, k) => (k < distances.length / 2 ? -1 : 1));
  return { distances, labels };
}
