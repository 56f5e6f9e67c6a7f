// The norm of a convolution: from below by power iteration, from above by bounds from the kernel.
import {
  arrayOf,
  assign,
  button,
  chart,
  columnHead,
  controlBar,
  curve,
  format,
  html,
  marker,
  percent,
  row,
  rowHead,
  rowsOf,
  segment,
  select,
  show,
  slider,
  table,
} from "../../kit/kit.js";
import { convolution, norm, operatorNorm, powerIteration } from "../../mathematics/convolution.js";
import { range } from "../../mathematics/numbers.js";
import { kernelPicture, windowMap } from "./window_map.js";

const [LOWEST, HIGHEST] = [40, 112]; // σ in per cent of ‖W‖
const REACHED = 5e-6; // of ‖W‖: where less is missing, σ is as good as there
const STARTS = [1, 2, 3]; // seeds of the power iteration
const SETTINGS = ["kernel_size", "stride", "padding", "size", "weights", "seed"];
const WEIGHTS = [
  ["random", "random"],
  ["ones", "all ones"],
  ["difference", "right minus left"],
];

const randomWeights = (model) => rowsOf(arrayOf(model.get("random_weights")));

const mostSteps = (model) => model.get("ranges").steps[1];

// The k × k weights, row by row.
function kernelOf(model) {
  const k = model.get("kernel_size");
  const random = randomWeights(model)[model.get("seed")];
  const weightAt = {
    random: (u, v) => random[random.shape[1] * u + v],
    ones: () => 1,
    difference: (_, v) => (k === 1 ? -1 : (2 * v) / (k - 1) - 1),
  }[model.get("weights")];
  return range(k * k).map((n) => weightAt(Math.floor(n / k), n % k));
}

// What the settings determine: the convolution, its norm and the bounds.
function measured(model) {
  const kernel = kernelOf(model);
  const [k, stride, padding, size] = SETTINGS.slice(0, 4).map((name) => model.get(name));
  const settings = { kernel, k, stride, padding, size };
  const W = convolution(settings);
  const n = Math.max(...W.windows);
  const normOfKernel = norm(kernel);
  return {
    settings,
    n,
    k,
    windows: W.windows,
    truth: operatorNorm(W),
    reshaped: Math.sqrt(n) * normOfKernel,
    parseval: k * normOfKernel,
    iterations: STARTS.map((seed) => powerIteration(W, seed)),
  };
}

const stepsText = (steps) => (steps === 1 ? "1 step" : `${steps} steps`);

// σ against the step, as per cent of ‖W‖.
function sigmaChart(last) {
  const plot = chart({
    label: "Power iteration from three random starts: its estimate σ against the step",
    x: [0, last],
    y: [LOWEST, HIGHEST],
    width: 316,
    height: 262,
    xLabel: "step of power iteration",
    yLabel: "σ (% of ‖W‖)",
    xTicks: range(last + 1).filter((step) => step % 10 === 0),
    yTicks: [40, 60, 80, 100],
  });
  plot.add(segment({ kind: "outline" })).draw([0, 100], [last, 100]);
  const now = plot.add(segment({ kind: "muted" }));
  const lines = STARTS.map((k) => plot.add(curve({ kind: `start-${k}`, name: `start ${k}` })));
  const ends = STARTS.map(() =>
    plot.add(marker({ shape: "disc", kind: "usual", size: 0.6, layer: "clipped" }))
  );
  plot.label(last, 100, "‖W‖", { anchor: "end", dx: -6, dy: -8 });
  plot.label(last, LOWEST, "σ, from three random starts", { anchor: "end", dx: -6, dy: -20 });
  return {
    node: plot.node,
    draw({ truth, iterations }, steps) {
      now.draw([steps, LOWEST], [steps, HIGHEST]);
      iterations.forEach((iteration, n) => {
        const points = iteration.upTo(steps).map((sigma, k) => [k + 1, (100 * sigma) / truth]);
        lines[n].draw(points);
        ends[n].draw(points.at(-1));
      });
    },
  };
}

// One number of the table: its name, a bar as long as its share of the largest, and its value.
// `draw(name, value, { truth, largest })`.
function normRow(kind) {
  const name = rowHead();
  const bar = html("span", { class: `xp-norm xp-norm-${kind}` });
  const track = html("div", { class: "xp-norm-track" }, bar);
  const [value, ratio] = [html("td"), html("td")];
  const share = (length, { largest }) => `${(100 * length) / largest}%`;
  return {
    node: html("tr", {}, name, html("td", { "aria-hidden": "true" }, track), value, ratio),
    draw(text, length, scale) {
      name.textContent = text;
      bar.style.width = share(length, scale);
      track.style.setProperty("--norm", share(scale.truth, scale));
      value.textContent = format(length, 3);
      ratio.textContent = format(length / scale.truth, 3);
    },
  };
}

// The estimate, the norm and the bounds as bars, with a line at the norm.
function normBars() {
  const kinds = ["sigma", "truth", "reshaped", "parseval"];
  const rows = Object.fromEntries(kinds.map((kind) => [kind, normRow(kind)]));
  const heads = [html("td"), html("td"), columnHead("value"), columnHead("÷ ‖W‖")];
  return {
    node: table("xp-table xp-norms", heads, Object.values(rows).map(({ node }) => node)),
    draw({ truth, reshaped, parseval, n }, sigma, steps) {
      const scale = { truth, largest: parseval };
      rows.sigma.draw(`σ, ${stepsText(steps)}`, sigma, scale);
      rows.truth.draw("‖W‖", truth, scale);
      rows.reshaped.draw(`√n ‖W′‖, n = ${n}`, reshaped, scale);
      rows.parseval.draw("√(k·k) ‖W′‖", parseval, scale);
    },
  };
}

// What the bounds from the kernel come to.
function boundsInWords({ truth, reshaped, parseval, n, k }) {
  const times = (bound) => `${format(bound / truth)}\u00a0times`;
  const [tight, loose] = [times(reshaped), times(parseval)];
  const [ours, theirs] = ["√n\u00a0‖W′‖", "√(k·k)\u00a0‖W′‖"];
  if (k === 1) return "With a single pixel in the kernel, both bounds are the norm itself.";
  if (n === 1) {
    return `No two windows share a pixel: ${ours} is the norm, Parseval’s bound ${loose}.`;
  }
  if (n === k * k) return `Both bounds are ${tight} the norm: pixels are in up to all k·k windows.`;
  return `${ours} is ${tight} the norm, Parseval’s ${theirs} ${loose}.`;
}

function estimateInWords({ truth }, sigma, steps) {
  const missing = 1 - sigma / truth;
  if (missing < REACHED) return `After ${stepsText(steps)} σ has come up to the norm.`;
  const share = percent(100 * missing, missing < 0.001 ? 3 : 1);
  return `After ${stepsText(steps)} σ is ${share} too small: no bound.`;
}

// One more step in every frame, from the first to the last: at once where motion is unwelcome.
function run(model) {
  const last = mostSteps(model);
  let step = matchMedia("(prefers-reduced-motion: reduce)").matches ? last : 1;
  assign(model, { steps: step });
  const next = () => {
    if (step === last || model.get("steps") !== step) return; // the reader has taken over
    step++;
    assign(model, { steps: step });
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}

// The sliders of the convolution.
function sliders(model) {
  const largest = arrayOf(model.get("random_weights")).shape[1];
  return [
    slider(model, "kernel_size", {
      label: "Kernel k",
      grid: () => range(largest).map((n) => n + 1),
      text: (k) => `${k} × ${k}`,
    }),
    slider(model, "stride", { label: "Stride s", text: String }),
    slider(model, "padding", { label: "Padding p", text: String }),
    slider(model, "size", { label: "Image", text: (size) => `${size} × ${size}` }),
  ];
}

// Which kernel: of what kind, and another random one.
function kernelControls(model) {
  const kinds = select(model, "weights", { label: "Weights", options: WEIGHTS });
  const another = button("another kernel", () =>
    assign(model, {
      weights: "random",
      seed: (model.get("seed") + 1) % randomWeights(model).length,
    }));
  return { node: html("div", {}, kinds.node, another), draw: kinds.draw };
}

// How many steps are taken, and `buttons` that take them.
function stepControls(model) {
  const steps = slider(model, "steps", { label: "Steps", text: String });
  const buttons = row(
    button(
      "one step",
      () => assign(model, { steps: Math.min(model.get("steps") + 1, mostSteps(model)) }),
    ),
    button("run", () => run(model)),
  );
  return { ...steps, buttons };
}

const NOTE =
  "Why √n: an output is W′ times its window, so ‖Wx‖² is at most ‖W′‖² times the squares in all " +
  "windows, where no pixel counts more than n times. ‖W‖ is computed in float64 (by Lanczos’ " +
  "method), accurate to seven digits but unproven.";

function render({ model, el }) {
  const settings = sliders(model);
  const [kernel, steps] = [kernelControls(model), stepControls(model)];
  const [picture, map] = [kernelPicture(), windowMap()];
  const [sigmas, bars] = [sigmaChart(mostSteps(model)), normBars()];
  const verdict = html("p", { class: "xp-verdict xp-balanced" });

  let shown = null;
  let known = [];
  function measureAgain() {
    const wanted = SETTINGS.map((name) => model.get(name));
    if (wanted.every((value, n) => value === known[n])) return; // only the step has changed
    known = wanted;
    shown = measured(model);
    picture.draw(shown.settings.kernel, shown.k);
    map.draw(shown.settings, shown.windows);
  }

  function draw() {
    measureAgain();
    const count = model.get("steps");
    const sigma = Math.max(...shown.iterations.map((iteration) => iteration.upTo(count).at(-1)));
    [...settings, kernel, steps].forEach((part) => part.draw());
    sigmas.draw(shown, count);
    bars.draw(shown, sigma, count);
    verdict.textContent = `${boundsInWords(shown)} ${estimateInWords(shown, sigma, count)}`;
  }
  const body = html(
    "div",
    { class: "xp-convolution" },
    html("div", { class: "xp-kernel-row" }, picture.node, kernel.node),
    map.node,
    html("div", {}, sigmas.node, steps.buttons),
  );
  const note = html("p", { class: "xp-note xp-balanced" }, NOTE);
  const bar = controlBar(...settings.map(({ node }) => node), steps.node);
  bar.classList.add("xp-convolution-bar");
  return show({ model, el }, [bar, body, bars.node, verdict, note], draw);
}

export default { render };
