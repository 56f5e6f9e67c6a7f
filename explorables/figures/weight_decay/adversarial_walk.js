// From a digit to its adversarial example: two networks walk side by side, as far as each other.
import {
  assign, button, choice, digitImage, format, html, powerOfTen, row, show, slider, weightImage,
} from "../../kit/common.js";
import { DIGITS, article, digitStrip } from "../shared/digits.js";
import { coloured, thumbnail } from "../shared/tilting.js";
import { NETWORKS, lengthChart, networkEntry } from "./walk_chart.js";
import { KINDS, readings, walkData } from "./walk_data.js";

const PICTURE = 132;
const SIGNS = { digit: "●", goal: "◆" };

const capital = (text) => text[0].toUpperCase() + text.slice(1);
const pixels = (length) => `${format(length)} pixels`;
const percent = (p) => `${format(100 * p, 0)}\u00a0%`;

// What a network makes of an image, in words that follow its name.
function verb(read, digit) {
  if (read.length === 2) return `is on the boundary between ${read.join(" and ")}`;
  return read[0] === digit ? `still reads ${article(digit)}` : `reads ${article(read[0])}`;
}

// `states` are those of low and of high decay; one of them may have arrived before the other.
function verdictOf(digit, states) {
  const [low, high] = states;
  if (high.at === 0) return `Unchanged: both networks read ${article(digit)}.`;
  const [lowDoes, highDoes] = states.map(({ read }) => verb(read, digit));
  const after = `After ${pixels(low.at)}`;
  if (low.at !== high.at) {
    return `${after} low decay ${lowDoes}, after ${pixels(high.at)} high decay ${highDoes}.`;
  }
  if (lowDoes !== highDoes) return `${after} low decay ${lowDoes}, high decay ${highDoes}.`;
  return `${after} both networks ${lowDoes.replace("reads", "read").replace(/^is/, "are")}.`;
}

const ratio = ([low, high]) => format(high.length / low.length);

// What holds of the two ways as a whole.
function summary(kind, ways) {
  const [lengths, turns] = [ways.map(({ length }) => length), ways.map(({ turn }) => turn)];
  const times = `${ratio(ways)} times`;
  if (kind === "deepfool") {
    return (
      `DeepFool’s way is ${pixels(lengths[0])} long with low decay, to the boundary with ` +
      `${ways[0].goal}, and ${format(lengths[1])} with high decay, to the boundary with ` +
      `${ways[1].goal}: ${times} the length.`
    );
  }
  return (
    `Low decay changes its mind after ${pixels(turns[0])}, high decay after ${pixels(turns[1])}. ` +
    `To be 95 % sure of ${article(ways[0].goal)}, as sure as they usually are of a digit, takes ` +
    `${format(lengths[0])} and ${pixels(lengths[1])}: ${times} the length.`
  );
}

// The ten digits to choose from. Below each is how much longer the way is with high decay.
function ratioStrip(model, data) {
  const notes = DIGITS.map(() => html("span", { class: "xp-note" }));
  const strip = digitStrip(model, data.image, {
    label: "Digit, and how many times as long its way is with high decay",
    size: 44,
    notes,
  });
  return {
    node: strip.node,
    draw() {
      strip.draw();
      notes.forEach((note, digit) => {
        note.textContent = `×${ratio(data.ways(digit, model.get("example")))}`;
      });
    },
  };
}

// The probabilities of the ten classes as bars; signs mark the digit and the class walked to.
function classBars() {
  const columns = DIGITS.map((c) => {
    const [bar, sign] = [html("span", { class: "xp-share" }), html("span", { class: "xp-sign" })];
    const track = html("span", { class: "xp-track" }, bar);
    return { node: html("span", {}, track, String(c), sign), bar, sign };
  });
  const node = html("div", { class: "xp-classes", role: "img" }, ...columns.map((of) => of.node));
  return {
    node,
    draw(p, digit, goal) {
      columns.forEach(({ node: column, bar, sign }, c) => {
        const role = c === digit ? "digit" : c === goal ? "goal" : "other";
        column.className = `xp-class-${role}`;
        sign.textContent = SIGNS[role] || "";
        bar.style.height = `${100 * p[c]}%`;
      });
      const words = DIGITS.map((c) => `${c}: ${percent(p[c])}`).join(", ");
      node.setAttribute("aria-label", `probabilities of the classes: ${words}`);
    },
  };
}

// One network: the image so far, its change, and what the network makes of it.
function panel({ name }, { decay }) {
  const [image, change, bars] = [digitImage(PICTURE), weightImage(PICTURE), classBars()];
  const [read, moved, sure] = ["strong", "span", "div"].map((tag) => html(tag));
  const pictures = [thumbnail(image, "image"), thumbnail(change, "change", moved)];
  const title = `${capital(name)}, λ\u00a0=\u00a0${powerOfTen(Math.log10(decay))}`;
  const node = html(
    "div",
    { class: "xp-walk", role: "group", "aria-label": title },
    html("div", { class: "xp-name" }, title),
    html("div", { class: "xp-read" }, read),
    html("div", { class: "xp-walk-pictures" }, ...pictures),
    bars.node,
    sure,
  );
  return {
    node,
    draw(digit, x, way, { at, p, read: classes }, largest) {
      const delta = way.change.map((value) => (value * at) / way.length);
      const does = verb(classes, digit);
      image.draw(x.map((value, k) => value + delta[k]), `the image; ${name} ${does}`);
      change.draw(delta, `its change, ${pixels(at)} long`, largest);
      read.textContent = does;
      moved.textContent = `${pixels(at)}${at === way.length ? ", arrived" : ""}`;
      bars.draw(p, digit, way.goal);
      sure.textContent =
        `${SIGNS.digit} ${digit}: ${percent(p[digit])}, ` +
        `${SIGNS.goal} ${way.goal}: ${percent(p[way.goal])}`;
    },
  };
}

function render({ model, el }) {
  const data = walkData(model);
  const shown = () => {
    const digit = model.get("digit");
    const ways = data.ways(digit, model.get("example"));
    return { digit, ways, longest: Math.max(...ways.map(({ length }) => length)) };
  };
  const strip = ratioStrip(model, data);
  const example = choice(model, "example", {
    label: "Walk to",
    options: [
      [KINDS[0], "an example they are 95 % sure of"],
      [KINDS[1], "the nearest that DeepFool found"],
    ],
  });
  const length = slider(model, "share", {
    label: "Length of the change",
    min: 0,
    max: 1,
    step: 0.01,
    text: (share) => `${format(share * shown().longest)} px`,
  });
  const stop = (name, at) =>
    button(name, () => assign(model, { share: at(shown()) / shown().longest }));
  const stops = row(
    stop("start", () => 0),
    ...NETWORKS.map(({ name }, n) => stop(`${name}’s boundary`, ({ ways }) => ways[n].turn)),
    stop("end", ({ longest }) => longest),
  );
  const panels = NETWORKS.map((look, n) => panel(look, model.get("networks")[n]));
  const charts = Object.fromEntries(KINDS.map((kind) => [kind, lengthChart(kind, data)]));
  const plot = html("div", { class: "xp-half" });
  const verdict = html("p", { class: "xp-verdict xp-balanced" });
  const about = html("div", { class: "xp-note xp-about" });
  const scale = html("p", { class: "xp-note xp-balanced" });

  function draw() {
    const { digit, ways, longest } = shown();
    const kind = model.get("example");
    const at = model.get("share") * longest;
    const states = ways.map((way) => {
      const p = way.probabilities(at);
      return { at: Math.min(at, way.length), p, read: readings(p) };
    });
    const largest = Math.max(...ways.flatMap(({ change }) => change.map(Math.abs)));
    [strip, example, length].forEach((part) => part.draw());
    panels.forEach((each, n) => each.draw(digit, data.image(digit), ways[n], states[n], largest));
    charts[kind].draw(digit, at);
    plot.replaceChildren(charts[kind].node);
    verdict.textContent = verdictOf(digit, states);
    about.textContent = summary(kind, ways);
    scale.replaceChildren(
      coloured("j", "Orange"), ": ink added; ", coloured("i", "blue"), ": ink taken away. Full ",
      `colour is a change of ${format(largest)} on both sides. `,
      `${SIGNS.digit} the digit, ${SIGNS.goal} the class walked to.`,
    );
  }
  const side = html("div", { class: "xp-half" }, row(...NETWORKS.map(networkEntry)), about);
  return show(
    { model, el },
    [
      strip.node,
      row(example.node),
      html("div", { class: "xp-way" }, length.node),
      stops,
      verdict,
      html("div", { class: "xp-walks" }, ...panels.map(({ node }) => node)),
      scale,
      row(plot, side),
    ],
    draw,
  );
}

export default { render };
