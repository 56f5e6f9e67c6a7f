// Two plots over p_y, on an axis of log-odds: of a network's images, and of their pull.
import { bars, chart, count, curve, html, percent, segment, squared } from "../../kit/kit.js";
import { clamp, lastIndex, sum } from "../../mathematics/numbers.js";

const BINS = { from: -5, width: 0.5, count: 36 }; // of log10 of p_y/(1 − p_y)
const TICKS = new Map([
  [-3, "0.001"],
  [0, "0.5"],
  [2, "0.99"],
  [6, "1−10⁻⁶"],
  [10, "1−10⁻¹⁰"],
]);
const TALLEST = 25; // the square root of a bar's images
const MOST = 50; // per cent of the pull in a bar
const LINE = 18; // pixels from one line of text to the next

const edge = (bin) => BINS.from + bin * BINS.width; // the left one

// What the images in each bin amount to; those beyond the axis are in its outermost bins.
function binned(images, amount) {
  const sums = Array(BINS.count).fill(0);
  for (const image of images) {
    const bin = Math.floor((image.logOdds - BINS.from) / BINS.width);
    sums[clamp(bin, 0, BINS.count - 1)] += amount(image);
  }
  return sums;
}

const counts = (images) => binned(images, () => 1);
const shares = (images, total) => binned(images, ({ pull }) => (100 * pull) / total);

// The share of the images, in per cent, that two networks have in the same bins.
export function overlap(network, other) {
  const theirs = counts(other.images);
  const common = counts(network.images).map((number, bin) => Math.min(number, theirs[bin]));
  return (100 * sum(common)) / network.images.length;
}

// The corners of the line around bars of these heights, without the empty bins on either side.
function corners(heights) {
  const first = heights.findIndex((height) => height > 0);
  const last = lastIndex(heights, (height) => height > 0);
  const tops = heights.slice(first, last + 1);
  return [
    [edge(first), 0],
    ...tops.flatMap((top, k) => [[edge(first + k), top], [edge(first + k + 1), top]]),
    [edge(last + 1), 0],
  ];
}

// Words in the upper corners of a plot, and beside a bar that is cut off at the top how much it is.
function remarks(plot, height, amountText) {
  const top = plot.y[1];
  const wrong = plot.label(edge(0), top, "", { kind: "adversarial", dx: 8, dy: LINE });
  const right = plot.label(edge(BINS.count), top, "", {
    kind: "muted",
    anchor: "end",
    dx: -8,
    dy: LINE,
  });
  const [toTheLeft, toTheRight] = [{ anchor: "end", dx: -4 }, { anchor: "start", dx: 4 }].map(
    (side) => plot.label(edge(0), top, "", { kind: "muted", dy: 2 * LINE, ...side }),
  );
  return (says, amounts) => {
    wrong.write(says.wrong);
    right.write(says.right);
    const most = Math.max(...amounts);
    const bin = amounts.indexOf(most);
    const isRight = bin > BINS.count / 2;
    toTheLeft.draw([edge(bin), top]);
    toTheRight.draw([edge(bin + 1), top]);
    toTheLeft.show(isRight);
    toTheRight.show(!isRight);
    const words = height(most) > top ? `↑ ${amountText(most)}` : "";
    [toTheLeft, toTheRight].forEach((label) => label.write(words));
  };
}

// A chart with bars for all images, those of the misclassified in front, and the outline of another
// network's bars.
function panel(name, { top, height, amountText, ...axis }) {
  const plot = chart({
    label: name,
    x: [edge(0), edge(BINS.count)],
    y: [0, top],
    width: 316,
    height: 226,
    xLabel: "probability of the right class",
    xTicks: [...TICKS.keys()],
    xText: (u) => TICKS.get(u),
    ...axis,
  });
  const even = plot.add(segment({ kind: "muted" }));
  even.draw([0, 0], [0, 0.82 * top]); // below the remarks
  const all = plot.add(bars({ kind: "all", name: "all images", height }));
  const wrong = plot.add(bars({ kind: "adversarial", name: "misclassified", height }));
  const outline = plot.add(curve({ kind: "outline", name: "outline" }));
  const remark = remarks(plot, height, amountText);
  const title = html("div", { class: "xp-name" }, name);
  return {
    plot,
    node: html("div", { class: "xp-half" }, title, plot.node),
    draw(amounts, others, says) {
      all.draw(amounts.all, BINS.from, BINS.width);
      wrong.draw(amounts.wrong, BINS.from, BINS.width);
      outline.draw(corners(others.map(height)));
      remark(says, amounts.all);
      plot.describe(`${name}: ${says.wrong}, ${says.right}`);
    },
  };
}

// How many images lie where. `outlined` is the name of the other network.
export function surePlot(outlined) {
  const { node, plot, draw } = panel("How sure the network is", {
    top: TALLEST,
    height: Math.sqrt,
    amountText: (images) => `${images} images`,
    yLabel: "images (√ scale)",
    yTicks: [0, 5, 10, 15, 20, 25],
    yText: squared,
  });
  const name = plot.label(0, 0, outlined, { dx: 6, dy: 8 });
  return {
    node,
    draw({ images, right, wrong }, other) {
      const theirs = counts(other.images);
      draw({ all: counts(images), wrong: counts(wrong) }, theirs, {
        right: `${count(right.length)} correct`,
        wrong: `${wrong.length} misclassified`,
      });
      const most = Math.max(...theirs);
      name.draw([edge(theirs.lastIndexOf(most) + 1), Math.sqrt(most)]);
    },
  };
}

// What share of the pull lies where.
export function pullPlot() {
  const { node, draw } = panel("Where the pull comes from", {
    top: MOST,
    height: Number,
    amountText: (share) => percent(share, 0),
    yLabel: "share of the pull (%)",
    yTicks: [0, 10, 20, 30, 40, 50],
  });
  return {
    node,
    draw({ images, wrong, total, shareOfWrong }, other) {
      const amounts = { all: shares(images, total), wrong: shares(wrong, total) };
      draw(amounts, shares(other.images, other.total), {
        right: `correct ${percent(100 - shareOfWrong, 0)}`,
        wrong: `misclassified ${percent(shareOfWrong, 0)}`,
      });
    },
  };
}
