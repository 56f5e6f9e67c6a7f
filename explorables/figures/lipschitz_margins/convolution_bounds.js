// The norm of a convolution: from below by power iteration, from above by bounds from the kernel.
import {
  assign, button, chart, columnHead, curve, format, html, marker, numbersOf, row, rowHead, segment,
  select, show, slider, svg, table,
} from "../../kit/common.js";
import { convolution, norm, operatorNorm, powerIteration } from "../../mathematics/convolution.js";
import { kernelPicture, windowMap } from "./window_map.js";

const LARGEST = 6; // the random weights come as 6 × 6 for each seed
const SEEDS = 10;
const STEPS = 40;
const LEVELS = [40, 112]; // σ in per cent of ‖W‖
const REACHED = 5e-6; // of ‖W‖: where less is missing, σ is as good as there
const STARTS = [1, 2, 3]; // seeds of the power iteration
const SETTINGS = ["kernel_size", "stride", "padding", "size", "weights", "seed"];
const WEIGHTS = [
  ["random", "random"],
  ["ones", "all ones"],
  ["difference", "right minus left"],
];

// The k × k weights, row by row.
function kernelOf(model, random) {
  const [k, seed] = [model.get("kernel_size"), model.get("seed")];
  const weightAt = {
    random: (u, v) => random[LARGEST ** 2 * seed + LARGEST * u + v],
    ones: () => 1,
    difference: (_, v) => (k === 1 ? -1 : (2 * v) / (k - 1) - 1),
  }[model.get("weights")];
  return Array.from({ length: k * k }, (_, n) => weightAt(Math.floor(n / k), n % k));
}

// What the settings determine: the convolution, its norm and the bounds.
function measured(model, random) {
  const kernel = kernelOf(model, random);
  const [k, stride, padding, size] = SETTINGS.slice(0, 4).map((name) => model.get(name));
  const settings = { kernel, k, stride, padding, size };
  const W = convolution(settings);
  const n = Math.max(...W.windows);
  const ofKernel = norm(kernel);
  return {
    settings, n, k,
    windows: W.windows,
    truth: operatorNorm(W),
    reshaped: Math.sqrt(n) * ofKernel,
    parseval: k * ofKernel,
    iterations: STARTS.map((seed) => powerIteration(W, seed)),
  };
}

const stepsText = (steps) => (steps === 1 ? "1 step" : `${steps} steps`);
const percent = (share) => format(100 * share, share < 0.001 ? 3 : 1);

// σ against the step, as per cent of ‖W‖.
function sigmaChart() {
  const plot = chart({
    label: "Power iteration from three random starts: its estimate σ against the step",
    x: [0, STEPS],
    y: LEVELS,
    width: 316,
    height: 262,
    xLabel: "step of power iteration",
    yLabel: "σ (% of ‖W‖)",
    xTicks: [0, 10, 20, 30, 40],
    yTicks: [40, 60, 80, 100],
  });
  const [top, now] = [segment(plot, "outline"), segment(plot, "muted")];
  top.draw([0, 100], [STEPS, 100]);
  const lines = ["first", "second", "third"].map((name) => curve(plot, `start-${name}`));
  const ends = lines.map(() => marker(plot, { shape: "disc", kind: "usual", size: 0.6 }));
  const right = { x: plot.px(STEPS) - 6, "text-anchor": "end", class: "xp-label" };
  const name = (y, text) => svg("text", { ...right, y: plot.py(y) }, text);
  plot.content.append(...[top, now, ...lines, ...ends].map(({ node }) => node));
  plot.over.append(name(103, "‖W‖"), name(47, "σ, from three random starts"));
  return {
    node: plot.node,
    draw({ truth, iterations }, steps) {
      now.draw([steps, LEVELS[0]], [steps, LEVELS[1]]);
      iterations.forEach((iteration, n) => {
        const points = iteration.upTo(steps).map((sigma, k) => [k + 1, (100 * sigma) / truth]);
        lines[n].draw(points);
        ends[n].draw(points.at(-1));
      });
    },
  };
}

// The estimate, the norm and the bounds as bars, with a line at the norm.
function normBars() {
  const kinds = ["sigma", "truth", "reshaped", "parseval"];
  const rows = kinds.map((kind) => {
    const name = rowHead();
    const bar = html("span", { class: `xp-norm xp-norm-${kind}` });
    const track = html("div", { class: "xp-norm-track" }, bar);
    const [value, ratio] = [html("td"), html("td")];
    const node = html("tr", {}, name, html("td", { "aria-hidden": "true" }, track), value, ratio);
    return { node, name, bar, track, value, ratio };
  });
  const heads = [html("td"), html("td"), columnHead("value"), columnHead("÷ ‖W‖")];
  return {
    node: table("xp-table xp-norms", heads, rows.map(({ node }) => node)),
    draw({ truth, reshaped, parseval, n, k }, sigma, steps) {
      const names = [
        `σ, ${stepsText(steps)}`, "‖W‖", `√n ‖W′‖, n = ${n}`, `√(k·k) ‖W′‖`,
      ];
      [sigma, truth, reshaped, parseval].forEach((value, at) => {
        rows[at].name.textContent = names[at];
        rows[at].bar.style.width = `${(100 * value) / parseval}%`;
        rows[at].track.style.setProperty("--norm", `${(100 * truth) / parseval}%`);
        rows[at].value.textContent = format(value, 3);
        rows[at].ratio.textContent = format(value / truth, 3);
      });
    },
  };
}

// What the bounds from the kernel come to.
function boundsInWords({ truth, reshaped, parseval, n, k }) {
  const [tight, loose] = [reshaped, parseval].map((bound) => `${format(bound / truth)}\u00a0times`);
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
  return `After ${stepsText(steps)} σ is ${percent(missing)}\u00a0% too small: no bound.`;
}

// One more step in every frame, from the first to the last: at once where motion is unwelcome.
function run(model) {
  let step = 1;
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) step = STEPS;
  assign(model, { steps: step });
  const next = () => {
    if (step === STEPS || model.get("steps") !== step) return; // the reader has taken over
    step++;
    assign(model, { steps: step });
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}

function render({ model, el }) {
  const random = numbersOf(model.get("random_weights"), Float64Array);
  const number = (trait, label, min, max, text = String) =>
    slider(model, trait, { label, min, max, step: 1, text });
  const controls = [
    number("kernel_size", "Kernel k", 1, LARGEST, (k) => `${k} × ${k}`),
    number("stride", "Stride s", 1, 4),
    number("padding", "Padding p", 0, 3),
    number("size", "Image", 8, 20, (size) => `${size} × ${size}`),
  ];
  const weights = select(model, "weights", { label: "Weights", options: WEIGHTS });
  const another = button("another kernel", () =>
    assign(model, { weights: "random", seed: (model.get("seed") + 1) % SEEDS }),
  );
  const steps = number("steps", "Steps", 1, STEPS);
  const buttons = row(
    button("one step", () => assign(model, { steps: Math.min(model.get("steps") + 1, STEPS) })),
    button("run", () => run(model)),
  );
  const [picture, map, sigmas, bars] = [kernelPicture(), windowMap(), sigmaChart(), normBars()];
  const verdict = html("p", { class: "xp-verdict xp-balanced" });
  const note = html(
    "p",
    { class: "xp-note xp-balanced" },
    "Why √n: an output is W′ times its window, so ‖Wx‖² is at most ‖W′‖² times the squares in all ",
    "windows, where no pixel counts more than n times. ‖W‖ is computed in float64 (by Lanczos’ ",
    "method), accurate to seven digits but unproven.",
  );

  let shown = null;
  let known = [];
  function settled() {
    const wanted = SETTINGS.map((name) => model.get(name));
    if (wanted.every((value, n) => value === known[n])) return; // only the step has changed
    known = wanted;
    shown = measured(model, random);
    picture.draw(shown.settings.kernel, shown.k);
    map.draw(shown.settings, shown.windows);
  }

  function draw() {
    settled();
    const count = model.get("steps");
    const sigma = Math.max(...shown.iterations.map((of) => of.upTo(count).at(-1)));
    [...controls, weights, steps].forEach((part) => part.draw());
    sigmas.draw(shown, count);
    bars.draw(shown, sigma, count);
    verdict.textContent = `${boundsInWords(shown)} ${estimateInWords(shown, sigma, count)}`;
  }
  const column = (...parts) => html("div", {}, ...parts);
  const body = html(
    "div",
    { class: "xp-convolution" },
    column(...controls.map(({ node }) => node)),
    html("div", { class: "xp-kernel-row" }, picture.node, column(weights.node, another)),
    map.node,
    column(sigmas.node, steps.node, buttons),
  );
  return show({ model, el }, [body, bars.node, verdict, note], draw);
}

export default { render };
