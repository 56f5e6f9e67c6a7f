// A real digit: a 3 and an 8 walk over two boundaries to their mirror images.
import {
  arrayOf,
  assign,
  button,
  coloured,
  controlBar,
  digitImage,
  format,
  html,
  percent,
  row,
  rowsOf,
  show,
  slider,
  weightImage,
} from "../../kit/kit.js";
import { dot } from "../../mathematics/numbers.js";

const CLASSES = ["3", "8"];
const STOPS = [["digit", 0], ["boundary", 0.5], ["mirror image", 1]];

// A digit on its way along the unit normal, from its signed distance to the opposite one:
// `draw(t)`.
function walker(classifier, x, digit, distance, normal) {
  const image = digitImage(124);
  const note = html("div", { class: "xp-note" });
  return {
    node: html("div", { class: "xp-walker" }, image.node, note),
    draw(t) {
      const step = 2 * t * distance;
      const d = distance - step;
      const verdict = Math.abs(d) < 1e-6 ? "on the boundary" : `says ${CLASSES[d < 0 ? 0 : 1]}`;
      const moved = `moved ${format(Math.abs(step))}`;
      image.draw(
        x.map((value, pixel) => value - step * normal[pixel]),
        `the digit ${digit}, ${moved}; the ${classifier} classifier ${verdict}`,
      );
      note.replaceChildren(html("strong", {}, verdict), html("br"), moved);
    },
  };
}

function weightPicture(classifier, w) {
  const image = weightImage(62);
  image.draw(w, `weights of the ${classifier} classifier, blue where ink speaks for 3`);
  const words = ["weights w: ", coloured("i", "blue"), " speaks for 3, ", coloured("j", "orange")];
  const legend = html("div", { class: "xp-note" }, ...words, " for 8");
  return html("div", { class: "xp-picture" }, image.node, legend);
}

// One classifier: its weights, and both digits on their way.
function card({ name, lam, err_test: error, b }, w, digits) {
  const norm = Math.hypot(...w);
  const normal = w.map((value) => value / norm);
  const distances = digits.map((x) => (dot(x, w) + b) / norm);
  const walkers = digits.map((x, k) => walker(name, x, CLASSES[k], distances[k], normal));
  const title = `${name} regularisation`;
  const facts = `λ = ${lam}, test error ${percent(error)}`;
  const fullWay = distances.map((d) => format(2 * Math.abs(d))).join(" and ");
  const node = html(
    "div",
    { class: "xp-card", role: "group", "aria-label": title },
    html("div", { class: "xp-name" }, title),
    html("div", { class: "xp-note" }, facts, html("br"), `‖x − xₘ‖ = ${fullWay}`),
    html("div", { class: "xp-walkers" }, ...walkers.map((part) => part.node)),
    weightPicture(name, w),
  );
  return { node, draw: (t) => walkers.forEach((part) => part.draw(t)) };
}

function render({ model, el }) {
  const digits = rowsOf(arrayOf(model.get("digits")));
  const weights = rowsOf(arrayOf(model.get("weights")));
  const cards = model.get("classifiers").map((facts, k) => card(facts, weights[k], digits));
  const walk = slider(model, "t", {
    label: "Walk to the mirror image",
    text: (t) => percent(100 * t, 0),
  });
  const stops = STOPS.map(([name, t]) => button(name, () => assign(model, { t })));

  function draw() {
    walk.draw();
    cards.forEach((part) => part.draw(model.get("t")));
  }
  const all = html("div", { class: "xp-cards" }, ...cards.map(({ node }) => node));
  return show({ model, el }, [controlBar(walk.node, row(...stops)), all], draw);
}

export default { render };
