// What several networks look for in a digit: gradients, and the way to a large change of it.
import {
  choice, clamp, digitImage, html, listed, loadPart, numbersOf, show, slider,
} from "../../kit/common.js";
import { article, digitStrip, imageAt } from "../shared/digits.js";
import { thumbnail } from "../shared/tilting.js";

const TARGETS = [0, 1, 2];
const NORMS = { linf: "L∞, ε = 0.3", l2: "L2, ε = 4" };
const OF_NORMS = Object.keys(NORMS).flatMap((norm) => [`changed_${norm}`, `said_${norm}`]);
const ARRAYS = ["gradients", ...OF_NORMS];
const PLACES = 101; // of a way: every hundredth
const PICTURE = 86;

const percent = (k) => `${k}\u00a0%`;
const hundredth = (share) => clamp(Math.round(100 * share), 0, PLACES - 1);

// A digit's results: of network n, its gradient, and for a norm and a target where the way ends
// and what the network says at each hundredth of it.
async function load(model, digit) {
  const part = await loadPart(model, String(digit));
  const bytes = Object.fromEntries(
    ARRAYS.map((name) => [name, numbersOf(part[name], Uint8Array)]),
  );
  const way = (n, target) => n * TARGETS.length + target;
  return {
    digit,
    gradient: (n) => imageAt(bytes.gradients, n),
    changed: (n, norm, target) => imageAt(bytes[`changed_${norm}`], way(n, target)),
    said(n, norm, target) {
      const start = way(n, target) * PLACES;
      return bytes[`said_${norm}`].subarray(start, start + PLACES);
    },
  };
}

// The parts of a way in which a network says the same class, as hundredths of the way.
function stretches(said) {
  const starts = [...said.keys()].filter((k) => k === 0 || said[k] !== said[k - 1]);
  return starts.map((from, i) => ({ from, to: starts[i + 1] ?? PLACES - 1, says: said[from] }));
}

function turnText(said, digit) {
  const turn = said.findIndex((c) => c !== digit);
  if (turn === 0) return "wrong as it is";
  return turn < 0 ? "all the way" : `until ${percent(turn)}`;
}

const kindOf = (c, digit, goal) => (c === digit ? "digit" : c === goal ? "goal" : "other");

// The way as a bar, cut where the network changes its mind; a mark shows the place now.
function wayBar() {
  const mark = html("span", { class: "xp-path-mark" });
  const node = html("div", { class: "xp-path-bar", role: "img" });
  return {
    node,
    draw(said, k, digit, goal) {
      const pieces = stretches(said).map(({ from, to, says }) => {
        const kind = kindOf(says, digit, goal);
        const name = to - from < 14 ? "" : String(says);
        const piece = html("span", { class: `xp-path-${kind}` }, name);
        piece.style.left = `${from}%`;
        piece.style.width = `${to - from}%`;
        return piece;
      });
      mark.style.left = `${k}%`;
      node.replaceChildren(...pieces, mark);
      const words = stretches(said).map(({ from, says }) => `${says} from ${percent(from)} on`);
      node.setAttribute("aria-label", `on the way it says ${words.join(", ")}`);
    },
  };
}

// One network: its gradient, the image so far, its way, and what it says.
function member(name) {
  const [gradient, image, bar] = [digitImage(PICTURE), digitImage(PICTURE), wayBar()];
  const [says, turn] = [html("strong"), html("span", { class: "xp-note" })];
  const node = html(
    "div",
    { class: "xp-member", role: "group", "aria-label": name },
    html("div", { class: "xp-name" }, name.replace("adversarial", "adver\u00adsarial")),
    gradient.node,
    image.node,
    bar.node,
    html("div", { class: "xp-says" }, says, html("br"), turn),
  );
  return {
    node,
    drawGradient: (g) => gradient.draw(g, `the gradient of the loss of ${name}`),
    draw(x, moved, said, { digit, goal, k }) {
      image.draw(
        x.map((value, i) => value + (k / 100) * (moved[i] - value)),
        `the image at ${percent(k)} of the way; ${name} says ${said[k]}`,
      );
      bar.draw(said, k, digit, goal);
      says.textContent = `says ${said[k]}`;
      says.className = `xp-says-${kindOf(said[k], digit, goal)}`;
      turn.textContent = `${digit} ${turnText(said, digit)}`;
    },
  };
}

function placeText(k, goal) {
  if (k === 0) return "The image as it is:";
  const place = k === PLACES - 1 ? "At the end" : `After ${percent(k)}`;
  return `${place} of the way towards ${article(goal)}:`;
}

// Who says what: the class that most networks say first, then the others by name.
function verdictOf(networks, classes, k, goal) {
  const names = (c) => networks.filter((_, n) => classes[n] === c);
  const [most, ...others] = [...new Set(classes)].sort((a, b) => names(b).length - names(a).length);
  const place = placeText(k, goal);
  const all = networks.length;
  if (!others.length) return `${place} all ${all} networks say\u00a0${most}.`;
  const rest = others.map((c) => {
    const verb = names(c).length === 1 ? "says" : "say";
    return `${listed(names(c))} ${verb}\u00a0${c}`;
  });
  return `${place} ${names(most).length} of ${all} networks say\u00a0${most}; ${listed(rest)}.`;
}

// The three classes to aim at, which depend on the digit.
function targetChoice(model) {
  const names = TARGETS.map(() => html("span"));
  const options = TARGETS.map((target) => [target, names[target]]);
  const { node, draw } = choice(model, "target", { label: "Towards", options });
  return {
    node,
    draw() {
      draw();
      const classes = model.get("targets")[model.get("digit")];
      names.forEach((name, target) => (name.textContent = classes[target]));
    },
  };
}

function render({ model, el }) {
  const networks = model.get("networks");
  const images = numbersOf(model.get("images"), Uint8Array);
  let results = { digit: null };
  const strip = digitStrip(model, (digit) => imageAt(images, digit));
  const targets = targetChoice(model);
  const norms = choice(model, "norm", { label: "Change within", options: Object.entries(NORMS) });
  const share = slider(model, "share", {
    label: "Share of the way",
    min: 0,
    max: 1,
    step: 0.01,
    text: (value) => percent(hundredth(value)),
  });
  const controls = [strip, targets, norms, share];
  const original = digitImage(PICTURE);
  const members = networks.map(member);
  const heads = [html("div", {}, "gradient of the loss"), html("div")];
  const verdict = html("p", { class: "xp-verdict xp-balanced" });
  const note = html(
    "p",
    { class: "xp-note xp-balanced" },
    "Gradients are clipped at ±3σ and rescaled: mid-grey is 0; where they are white, more ink ",
    "raises the loss. ε is the same for all. A bar is the way, cut where the network changes its ",
    "mind; the mark is where we are.",
  );

  // The results of another digit arrive a moment later; by then a third may be wanted.
  function bring(digit) {
    load(model, digit).then(
      (arrived) => {
        if (digit !== model.get("digit")) return;
        results = arrived;
        members.forEach((each, n) => each.drawGradient(results.gradient(n)));
        draw();
      },
      (error) => (verdict.textContent = `The pictures of ${digit} did not load: ${error.message}.`),
    );
  }

  function draw() {
    controls.forEach((part) => part.draw());
    const digit = model.get("digit");
    if (digit !== results.digit) {
      bring(digit);
      return;
    }
    const [norm, target] = [model.get("norm"), model.get("target")];
    const k = hundredth(model.get("share"));
    const goal = model.get("targets")[digit][target];
    const now = { digit, goal, k };
    const x = imageAt(images, digit);
    original.draw(x, `a test image of ${article(digit)}`);
    const said = networks.map((_, n) => results.said(n, norm, target));
    members.forEach((each, n) => each.draw(x, results.changed(n, norm, target), said[n], now));
    heads[1].textContent = `image at ${percent(k)}`;
    verdict.textContent = verdictOf(networks, said.map((classes) => classes[k]), k, goal);
  }
  const side = html("div", { class: "xp-change-side" }, targets.node, norms.node, share.node);
  return show(
    { model, el },
    [
      strip.node,
      html("div", { class: "xp-change-top" }, thumbnail(original, "image"), side),
      verdict,
      html("div", { class: "xp-lineup" }, ...heads, ...members.map(({ node }) => node)),
      note,
    ],
    draw,
  );
}

export default { render };
