// What becomes of a pair's SVM as λ falls: θ, d_adv and the errors, in charts to drag on.
import {
  assign, chart, clamp, curve, degrees, format, html, marker, segment, square, svg,
} from "../../kit/common.js";

const [SMALLEST, LARGEST] = [-6, 2]; // of log10 λ
const SMALL = { width: 210, height: 160 };

function pathChart(model, { label, lines, ...axis }) {
  const plot = chart({
    ...SMALL,
    label,
    x: [SMALLEST, LARGEST],
    xLabel: "log₁₀ λ",
    xTicks: [-6, -4, -2, 0, 2],
    ...axis,
  });
  const now = segment(plot, "muted");
  const curves = lines.map(({ kind }) => curve(plot, kind));
  const dots = lines.map(() => marker(plot, { shape: "disc", kind: "boundary", size: 0.7 }));
  plot.content.append(now.node, ...curves.map(({ node }) => node));
  plot.over.append(...dots.map(({ node }) => node));
  lines.filter(({ name }) => name).forEach(({ name, at }) =>
    plot.over.append(svg("text", { x: plot.px(-5.8), y: plot.py(at), class: "xp-label" }, name)),
  );
  dragged(plot, ([u]) => {
    assign(model, { log_lam: clamp(Math.round(10 * u) / 10, SMALLEST, LARGEST) });
  });
  let shown = null;
  return {
    node: html("div", { class: "xp-path" }, plot.node),
    draw(data, k) {
      const { log_lam: u } = data.models[k];
      if (shown !== data) {
        curves.forEach((each, c) =>
          each.draw(data.models.map((svm) => [svm.log_lam, lines[c].value(svm)])),
        );
        shown = data;
      }
      now.draw([u, axis.y[0]], [u, axis.y[1]]);
      dots.forEach((dot, c) => dot.draw([u, lines[c].value(data.models[k])]));
      plot.node.setAttribute("aria-label", label(data.models[k]));
    },
  };
}

// Press or drag anywhere in the plot: `move([x, y])`. Keys have the slider.
function dragged(plot, move) {
  const { node, frame } = plot;
  const area = svg("rect", { ...frame, class: "xp-drag" });
  node.append(area);
  let held = false;
  area.addEventListener("pointerdown", (event) => {
    held = true;
    area.setPointerCapture(event.pointerId);
    move(plot.at(event));
  });
  area.addEventListener("pointermove", (event) => held && move(plot.at(event)));
  for (const end of ["pointerup", "pointercancel"]) {
    area.addEventListener(end, () => (held = false));
  }
}

export function pathCurves(model) {
  const charts = [
    {
      label: ({ theta }) => `Tilting angle against λ: here ${format(degrees(theta), 1)}°`,
      y: [0, 90],
      yLabel: "tilt θ (degrees)",
      yTicks: [0, 30, 60, 90],
      lines: [{ kind: "loss", value: ({ theta }) => degrees(theta) }],
    },
    {
      label: ({ d_adv: d }) => `Mean distance against λ: here ${format(d)} pixels`,
      y: [0, 4],
      yLabel: "distance (pixels)",
      yTicks: [0, 1, 2, 3, 4],
      lines: [{ kind: "loss", value: ({ d_adv: d }) => d }],
    },
    {
      label: ({ err_train: train, err_test: test }) =>
        `Errors against λ: here ${format(train)} % in training and ${format(test)} % in the test`,
      y: [0, 4.3],
      yLabel: "error (%, √ scale)",
      yTicks: [0, 1, 2, 3, 4],
      yText: square,
      lines: [
        { kind: "loss", name: "━ test", at: 3.75, value: (svm) => Math.sqrt(svm.err_test) },
        { kind: "training", name: "╍ training", at: 3.2, value: (svm) => Math.sqrt(svm.err_train) },
      ],
    },
  ].map((each) => pathChart(model, each));
  return {
    node: html("div", { class: "xp-paths" }, ...charts.map(({ node }) => node)),
    draw: (data, k) => charts.forEach((each) => each.draw(data, k)),
  };
}
