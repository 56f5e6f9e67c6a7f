// From a digit to its adversarial example: two networks walk side by side, as far as each other.
import {
  article,
  assign,
  button,
  capitalised,
  changingThumbnail,
  choice,
  coloured,
  controlBar,
  digitImage,
  digitStrip,
  format,
  html,
  percent,
  pixels,
  powerOfTen,
  row,
  show,
  slider,
  thumbnail,
  unbroken,
  weightImage,
} from "../../kit/kit.js";
import { lengthChart, networkEntry, NETWORKS } from "./walk_chart.js";
import { DIGITS, KINDS, readings, walkData } from "./walk_data.js";

const PICTURE = 132;
const SIGNS = { digit: "●", goal: "◆" };

const probability = (p) => percent(100 * p, 0);

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
  const [low, high] = ways;
  const times = `${ratio(ways)} times the length.`;
  if (kind === "deepfool") {
    return (
      `DeepFool’s way is ${pixels(low.length)} long with low decay, to the boundary with ` +
      `${low.goal}, and ${format(high.length)} with high decay, to the boundary with ` +
      `${high.goal}: ${times}`
    );
  }
  return (
    `Low decay changes its mind after ${pixels(low.turn)}, high decay after ${
      pixels(high.turn)
    }. ` +
    `To be 95 % sure of ${article(low.goal)}, as sure as they usually are of a digit, takes ` +
    `${format(low.length)} and ${pixels(high.length)}: ${times}`
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

// A class with its probability as a bar, and a sign for the digit or the class walked to.
function classColumn(c) {
  const [bar, sign] = [html("span", { class: "xp-share" }), html("span", { class: "xp-sign" })];
  const node = html("span", {}, html("span", { class: "xp-track" }, bar), String(c), sign);
  return {
    node,
    draw(p, digit, goal) {
      const role = c === digit ? "digit" : c === goal ? "goal" : "other";
      node.className = `xp-class-${role}`;
      sign.textContent = SIGNS[role] || "";
      bar.style.height = `${100 * p}%`;
    },
  };
}

function classBars() {
  const columns = DIGITS.map(classColumn);
  const nodes = columns.map((column) => column.node);
  const node = html("div", { class: "xp-classes", role: "img" }, ...nodes);
  return {
    node,
    draw(p, digit, goal) {
      columns.forEach((column, c) => column.draw(p[c], digit, goal));
      const words = DIGITS.map((c) => `${c}: ${probability(p[c])}`).join(", ");
      node.setAttribute("aria-label", `probabilities of the classes: ${words}`);
    },
  };
}

// One network: the image so far, its change, and what the network makes of it.
function panel({ name }, { decay }) {
  const image = changingThumbnail(digitImage(PICTURE), "image");
  const [change, moved] = [weightImage(PICTURE), html("span")];
  const [bars, reads, sure] = [classBars(), html("strong"), html("div")];
  const title = unbroken(`${capitalised(name)}, λ = ${powerOfTen(Math.log10(decay))}`);
  const node = html(
    "div",
    { class: "xp-walk", role: "group", "aria-label": title },
    html("div", { class: "xp-name" }, title),
    html("div", { class: "xp-read" }, reads),
    html("div", { class: "xp-walk-pictures" }, image.node, thumbnail(change, "change", moved)),
    bars.node,
    sure,
  );
  return {
    node,
    draw(digit, x, way, { at, p, read }, largest) {
      const delta = way.change.map((value) => (value * at) / way.length);
      const does = verb(read, digit);
      image.draw(x.map((value, k) => value + delta[k]), `the image; ${name} ${does}`);
      change.draw(delta, `its change, ${pixels(at)} long`, largest);
      reads.textContent = does;
      moved.textContent = `${pixels(at)}${at === way.length ? ", arrived" : ""}`;
      bars.draw(p, digit, way.goal);
      sure.textContent = `${SIGNS.digit} ${digit}: ${probability(p[digit])}, ` +
        `${SIGNS.goal} ${way.goal}: ${probability(p[way.goal])}`;
    },
  };
}

const longestOf = (ways) => Math.max(...ways.map(({ length }) => length));

// The buttons that lead to a length: `ways()` are those that are shown.
function stops(model, ways) {
  const stop = (name, share) => button(name, () => assign(model, { share: share() }));
  return row(
    stop("start", () => 0),
    ...NETWORKS.map(({ name }, n) =>
      stop(`${name}’s boundary`, () => ways()[n].turn / longestOf(ways()))
    ),
    stop("end", () => 1),
  );
}

function render({ model, el }) {
  const data = walkData(model);
  const ways = () => data.ways(model.get("digit"), model.get("example"));
  const lengthAt = (share) => share * longestOf(ways());
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
    text: (share) => `${format(lengthAt(share))} px`,
  });
  const panels = NETWORKS.map((network, n) => panel(network, model.get("networks")[n]));
  const charts = Object.fromEntries(KINDS.map((kind) => [kind, lengthChart(kind, data)]));
  const plot = html("div", { class: "xp-half" });
  const verdict = html("p", { class: "xp-verdict xp-balanced" });
  const about = html("div", { class: "xp-note xp-about" });
  const scale = html("p", { class: "xp-note xp-balanced" });

  function draw() {
    const [digit, kind, shown] = [model.get("digit"), model.get("example"), ways()];
    const at = lengthAt(model.get("share"));
    const states = shown.map((way) => {
      const p = way.probabilities(at);
      return { at: Math.min(at, way.length), p, read: readings(p) };
    });
    const largest = Math.max(...shown.map((way) => way.largest));
    [strip, example, length].forEach((part) => part.draw());
    panels.forEach((part, n) => part.draw(digit, data.image(digit), shown[n], states[n], largest));
    charts[kind].draw(digit, at);
    plot.replaceChildren(charts[kind].node);
    verdict.textContent = verdictOf(digit, states);
    about.textContent = summary(kind, shown);
    scale.replaceChildren(
      coloured("j", "Orange"),
      ": ink added; ",
      coloured("i", "blue"),
      ": ink taken away. Full ",
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
      controlBar(length.node, stops(model, ways)),
      verdict,
      html("div", { class: "xp-walks" }, ...panels.map(({ node }) => node)),
      scale,
      row(plot, side),
    ],
    draw,
  );
}

export default { render };
