// Image space: every point of the square is an image, and the reader drags through it.
import {
  assign, clamp, format, handle, row, show, svg, toyImage, toyPicture, toyPlane,
} from "../../kit/common.js";

const SAMPLES = [-0.8, -0.4, 0, 0.4, 0.8];

function samples(plot) {
  return SAMPLES.flatMap((a) =>
    SAMPLES.map((b) => {
      const image = toyImage(26);
      image.draw([a, b]);
      const place = `translate(${plot.px(a) - 13} ${plot.py(b) - 13})`;
      return svg("g", { transform: place, class: "xp-sample", "aria-hidden": "true" }, image.node);
    }),
  );
}

function render({ model, el }) {
  const plot = toyPlane(
    "Image space: brightness of the centre across, of the background upwards",
    [-1, 1],
  );
  const picture = toyPicture("the image x", 150);
  const point = handle(plot, {
    label: "The image x",
    shape: "disc",
    kind: "adversarial",
    name: "x",
    get: () => model.get("x"),
    move: (x) => assign(model, { x: x.map((value) => clamp(value, -1, 1)) }),
    text: () => `a = ${format(model.get("x")[0])}, b = ${format(model.get("x")[1])}`,
  });
  plot.content.append(...samples(plot));
  plot.over.append(point.node);

  function draw() {
    const [a, b] = model.get("x");
    point.draw();
    picture.draw([a, b], `a\u00a0=\u00a0${format(a)}, b\u00a0=\u00a0${format(b)}`);
  }
  return show({ model, el }, [row(plot.node, picture.node)], draw);
}

export default { render };
