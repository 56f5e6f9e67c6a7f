// Image space: every point of the square is an image, and the reader drags through it.
import {
  assign,
  format,
  handle,
  row,
  show,
  svg,
  toyImage,
  toyPicture,
  toyPlane,
} from "../../kit/kit.js";
import { clamp } from "../../mathematics/numbers.js";

const SAMPLES = [-0.8, -0.4, 0, 0.4, 0.8]; // brightnesses of the images that are shown in the plane
const SIZE = 26; // of such an image, in pixels

// A point of the plane, shown as the image that it is.
const sample = (point) => (plot) => {
  const image = toyImage(SIZE);
  image.draw(point);
  const [x, y] = plot.at(point).map((centre) => centre - SIZE / 2);
  return {
    node: svg("g", { transform: `translate(${x} ${y})`, "aria-hidden": "true" }, image.node),
  };
};

function render({ model, el }) {
  const plot = toyPlane(
    "Image space: brightness of the centre across, of the background upwards",
    [-1, 1],
  );
  SAMPLES.forEach((a) => SAMPLES.forEach((b) => plot.add(sample([a, b]))));
  const words = () => {
    const [a, b] = model.get("x").map((brightness) => format(brightness));
    return `a\u00a0=\u00a0${a}, b\u00a0=\u00a0${b}`;
  };
  const point = plot.add(
    handle({
      label: "The image x",
      shape: "disc",
      kind: "adversarial",
      text: "x",
      get: () => model.get("x"),
      move: (x) => assign(model, { x: x.map((value) => clamp(value, -1, 1)) }),
      spoken: words,
    }),
  );
  const picture = toyPicture("the image x", 150);

  function draw() {
    point.draw();
    picture.draw(model.get("x"), words());
  }
  return show({ model, el }, [row(plot.node, picture.node)], draw);
}

export default { render };
