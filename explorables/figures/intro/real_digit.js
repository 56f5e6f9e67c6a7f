// A real digit: a 3 and an 8 walk over two boundaries to their mirror images.
import {
  assign, button, digitImage, format, html, imagesOf, row, show, slider, weightImage,
} from "../../kit/common.js";

const CLASSES = ["3", "8"];
const STOPS = [["digit", 0], ["boundary", 0.5], ["mirror image", 1]];

// One classifier: its weights, and both digits on their way.
function card(classifier, digits) {
  const { name, lam, err_test: error, w, b } = classifier;
  const norm = Math.hypot(...w);
  const direction = w.map((value) => value / norm);
  const distances = digits.map((x) => (x.reduce((s, v, k) => s + v * w[k], 0) + b) / norm);
  const images = digits.map(() => digitImage(124));
  const notes = digits.map(() => html("div", { class: "xp-note" }));
  const walkers = digits.map((_, k) =>
    html("div", { class: "xp-walker" }, images[k].node, notes[k]),
  );
  const weights = weightImage(62);
  weights.draw(w, `weights of the ${name} classifier, blue where ink speaks for 3`);
  const legend = html("div", { class: "xp-note" });
  legend.innerHTML =
    'weights w: <span class="xp-text-i">blue</span> speaks for 3, ' +
    '<span class="xp-text-j">orange</span> for 8';
  const facts = `λ = ${lam}, test error ${format(error, 1)} %`;
  const fullWay = distances.map((d) => format(2 * Math.abs(d))).join(" and ");
  const node = html(
    "div",
    { class: "xp-card", role: "group", "aria-label": `${name} regularisation` },
    html("div", { class: "xp-name" }, `${name} regularisation`),
    html("div", { class: "xp-note" }, facts, html("br"), `‖x − xₘ‖ = ${fullWay}`),
    html("div", { class: "xp-walkers" }, ...walkers),
    html("div", { class: "xp-picture" }, weights.node, legend),
  );

  function draw(t) {
    digits.forEach((x, k) => {
      const step = 2 * t * distances[k];
      const d = distances[k] - step;
      const verdict = Math.abs(d) < 1e-6 ? "on the boundary" : `says ${CLASSES[d < 0 ? 0 : 1]}`;
      const moved = `moved ${format(Math.abs(step))}`;
      images[k].draw(
        x.map((value, pixel) => value - step * direction[pixel]),
        `the digit ${CLASSES[k]}, ${moved}; the ${name} classifier ${verdict}`,
      );
      notes[k].replaceChildren(html("strong", {}, verdict), html("br"), moved);
    });
  }
  return { node, draw };
}

function render({ model, el }) {
  const digits = imagesOf(model.get("digits"));
  const weights = imagesOf(model.get("weights"));
  const cards = model
    .get("classifiers")
    .map((classifier, k) => card({ ...classifier, w: weights[k] }, digits));
  const walk = slider(model, "t", {
    label: "Walk to the mirror image",
    min: 0,
    max: 1,
    step: 0.01,
    text: (t) => `${format(100 * t, 0)} %`,
  });
  const stops = STOPS.map(([name, t]) => button(name, () => assign(model, { t })));

  function draw() {
    walk.draw();
    cards.forEach((each) => each.draw(model.get("t")));
  }
  const pair = html("div", { class: "xp-cards" }, ...cards.map(({ node }) => node));
  return show({ model, el }, [row(walk.node), row(...stops), pair], draw);
}

export default { render };
