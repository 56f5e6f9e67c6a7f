// Two plots over p_y, on an axis of log-odds: of a network's images, and of their pull.
import {
  chart, clamp, curve, format, histogram, html, segment, square, svg, update,
} from "../../kit/common.js";

const ODDS = { from: -5, bin: 0.5, bins: 36 }; // log10 of p_y/(1 − p_y)
const PROBABILITIES = { "-3": "0.001", 0: "0.5", 2: "0.99", 6: "1−10⁻⁶", 10: "1−10⁻¹⁰" };
const TALLEST = 25; // the square root of a bar's images
const MOST = 50; // per cent of the pull in a bar

export const percent = (share, digits = 0) => `${format(100 * share, digits)} %`;
const edge = (bin) => ODDS.from + bin * ODDS.bin; // the left one

// What the images in each bin amount to; those beyond the axis are in its outermost bins.
function binned(images, amount) {
  const sums = Array(ODDS.bins).fill(0);
  for (const image of images) {
    const bin = Math.floor((image.odds - ODDS.from) / ODDS.bin);
    sums[clamp(bin, 0, ODDS.bins - 1)] += amount(image);
  }
  return sums;
}

const counts = (images) => binned(images, () => 1);
const shares = (images, total) => binned(images, ({ pull }) => (100 * pull) / total);

// The share of the images that two networks have in the same bins.
export function overlap(one, other) {
  const theirs = counts(other.images);
  const common = counts(one.images).map((number, bin) => Math.min(number, theirs[bin]));
  return common.reduce((a, b) => a + b) / one.images.length;
}

// The corners of the line around bars of these heights, without the empty bins on either side.
function corners(heights) {
  const first = heights.findIndex((height) => height > 0);
  const last = heights.findLastIndex((height) => height > 0);
  const tops = heights.slice(first, last + 1);
  return [
    [edge(first), 0],
    ...tops.flatMap((top, k) => [[edge(first + k), top], [edge(first + k + 1), top]]),
    [edge(last + 1), 0],
  ];
}

// What is said in a plot, in its upper corners, and of a bar that is cut off at the top.
function remarks(plot, height, amountText) {
  const text = (kind, line, attributes = {}) => {
    const place = { y: plot.py(plot.y[1]) + 18 * line, ...attributes };
    return svg("text", { class: `xp-label xp-text-${kind}`, ...place });
  };
  const wrong = text("adversarial", 1, { x: plot.px(edge(0)) + 8 });
  const right = text("muted", 1, { x: plot.px(edge(ODDS.bins)) - 8, "text-anchor": "end" });
  const beyond = text("muted", 2);
  plot.over.append(wrong, right, beyond);
  return (says, amounts) => {
    [wrong.textContent, right.textContent] = [says.wrong, says.right];
    const most = Math.max(...amounts);
    const bin = amounts.indexOf(most);
    const late = bin > ODDS.bins / 2;
    beyond.textContent = height(most) > plot.y[1] ? `↑ ${amountText(most)}` : "";
    update(beyond, {
      x: plot.px(edge(late ? bin : bin + 1)) + (late ? -4 : 4),
      "text-anchor": late ? "end" : "start",
    });
  };
}

// A chart with bars for all images, those of the misclassified in front, and the outline of another
// network's bars.
function panel(name, { top, height, amountText, ...axis }) {
  const plot = chart({
    label: name,
    x: [edge(0), edge(ODDS.bins)],
    y: [0, top],
    width: 316,
    height: 226,
    xLabel: "probability of the right class",
    xTicks: [-3, 0, 2, 6, 10],
    xText: (u) => PROBABILITIES[u],
    ...axis,
  });
  const even = segment(plot, "muted");
  even.draw([0, 0], [0, 0.82 * top]);
  const all = histogram(plot, "correct", height);
  const wrong = histogram(plot, "adversarial", height);
  const outline = curve(plot, "outline");
  plot.content.append(even.node, all.node, wrong.node, outline.node);
  const remark = remarks(plot, height, amountText);
  const title = html("div", { class: "xp-name" }, name);
  return {
    ...plot,
    node: html("div", { class: "xp-half" }, title, plot.node),
    draw(amounts, others, says) {
      all.draw(amounts.all, ODDS.from, ODDS.bin);
      wrong.draw(amounts.wrong, ODDS.from, ODDS.bin);
      outline.draw(corners(others.map(height)));
      remark(says, amounts.all);
      plot.node.setAttribute("aria-label", `${name}: ${says.wrong}, ${says.right}`);
    },
  };
}

// How many images lie where. `outlined` is the name of the other network.
export function surePlot(outlined) {
  const plot = panel("How sure the network is", {
    top: TALLEST,
    height: Math.sqrt,
    amountText: (images) => `${images} images`,
    yLabel: "images (√ scale)",
    yTicks: [0, 5, 10, 15, 20, 25],
    yText: square,
  });
  const name = svg("text", { class: "xp-label" }, outlined);
  plot.over.append(name);
  return {
    node: plot.node,
    draw({ images, right, wrong }, other) {
      const theirs = counts(other.images);
      plot.draw({ all: counts(images), wrong: counts(wrong) }, theirs, {
        right: `${right.length.toLocaleString("en")} correct`,
        wrong: `${wrong.length} misclassified`,
      });
      const most = Math.max(...theirs);
      update(name, {
        x: plot.px(edge(theirs.lastIndexOf(most) + 1)) + 6,
        y: plot.py(Math.sqrt(most)) + 8,
      });
    },
  };
}

// What share of the pull lies where.
export function pullPlot() {
  const plot = panel("Where the pull comes from", {
    top: MOST,
    height: Number,
    amountText: (share) => percent(share / 100),
    yLabel: "share of the pull (%)",
    yTicks: [0, 10, 20, 30, 40, 50],
  });
  return {
    node: plot.node,
    draw({ images, wrong, total, shareOfWrong }, other) {
      const amounts = { all: shares(images, total), wrong: shares(wrong, total) };
      plot.draw(amounts, shares(other.images, other.total), {
        right: `correct ${percent(1 - shareOfWrong)}`,
        wrong: `misclassified ${percent(shareOfWrong)}`,
      });
    },
  };
}
