// What several networks look for in a digit: gradients, and the way to a large change of it.
import {
  arrayOf,
  article,
  choice,
  controlBar,
  digitImage,
  digitStrip,
  followPart,
  html,
  listed,
  percent,
  rowsOf,
  show,
  slider,
  thumbnail,
} from "../../kit/kit.js";
import { NORMS } from "./norms.js";

const PICTURE = 86; // pixels
const ROOM_FOR_NAME = 14; // per cent of a bar

const NOTE =
  "Gradients are clipped at ±3σ and rescaled: mid-grey is 0; where they are white, more ink " +
  "raises the loss. ε is the same for all. A bar is the way, cut where the network changes its " +
  "mind; the mark is where we are.";

const inWords = (share) => percent(100 * share, 0);

// Of each network what a digit's part holds of it: its gradient, and for a norm and a target the
// way, where it ends and the classes that the network says at places equally far apart on it.
function networksOf(part) {
  const rows = (name) => rowsOf(arrayOf(part[name]));
  const byTarget = (name) => rows(name).map(rowsOf);
  const ends = Object.keys(NORMS).map((norm) => [norm, byTarget(`changed_${norm}`)]);
  const classes = Object.keys(NORMS).map((norm) => [norm, byTarget(`classes_${norm}`)]);
  const [endOf, classesOf] = [ends, classes].map(Object.fromEntries);
  return rows("gradients").map((gradient, n) => ({
    gradient,
    way: (norm, target) => ({ end: endOf[norm][n][target], classes: classesOf[norm][n][target] }),
  }));
}

// The parts of a way in which a network says the same class, as shares of the way.
function stretches(classes) {
  const last = classes.length - 1;
  const starts = [...classes.keys()].filter((k) => k === 0 || classes[k] !== classes[k - 1]);
  return starts.map((from, i) => ({
    from: from / last,
    to: (starts[i + 1] ?? last) / last,
    says: classes[from],
  }));
}

function turnText(classes, digit) {
  const turn = stretches(classes).find(({ says }) => says !== digit);
  if (!turn) return "all the way";
  return turn.from === 0 ? "wrong as it is" : `until ${inWords(turn.from)}`;
}

const kindOf = (says, digit, goal) => says === digit ? "digit" : says === goal ? "goal" : "other";

// The way as a bar, cut where the network changes its mind; a mark shows the place now.
function wayBar() {
  const mark = html("span", { class: "xp-path-mark" });
  const node = html("div", { class: "xp-path-bar", role: "img" });
  return {
    node,
    draw(classes, { share, digit, goal }) {
      const parts = stretches(classes);
      const pieces = parts.map(({ from, to, says }) => {
        const [start, length] = [100 * from, 100 * (to - from)];
        const name = length < ROOM_FOR_NAME ? "" : String(says);
        const piece = html("span", { class: `xp-path-${kindOf(says, digit, goal)}` }, name);
        piece.style.left = `${start}%`;
        piece.style.width = `${length}%`;
        return piece;
      });
      mark.style.left = `${100 * share}%`;
      node.replaceChildren(...pieces, mark);
      const words = parts.map(({ from, says }) => `${says} from ${inWords(from)} on`);
      node.setAttribute("aria-label", `on the way it says ${words.join(", ")}`);
    },
  };
}

// One network: its gradient, the image so far, its way, and what it says.
function networkMember(name) {
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
    drawGradient: (pixels) => gradient.draw(pixels, `the gradient of the loss of ${name}`),
    draw({ end, classes }, said, shown) {
      const { x, share, digit, goal } = shown;
      image.draw(
        x.map((value, i) => value + share * (end[i] - value)),
        `the image at ${inWords(share)} of the way; ${name} says ${said}`,
      );
      bar.draw(classes, shown);
      says.textContent = `says ${said}`;
      says.className = `xp-says-${kindOf(said, digit, goal)}`;
      turn.textContent = `${digit} ${turnText(classes, digit)}`;
    },
  };
}

function placeText(share, goal) {
  if (share === 0) return "The image as it is:";
  const place = share === 1 ? "At the end" : `After ${inWords(share)}`;
  return `${place} of the way towards ${article(goal)}:`;
}

// Who says what: the class that most networks say first, then the others by name.
function verdictOf(networks, said, { share, goal }) {
  const names = (digit) => networks.filter((_, n) => said[n] === digit);
  const [most, ...others] = [...new Set(said)].sort((a, b) => names(b).length - names(a).length);
  const place = placeText(share, goal);
  const all = networks.length;
  if (!others.length) return `${place} all ${all} networks say\u00a0${most}.`;
  const rest = others.map((digit) => {
    const verb = names(digit).length === 1 ? "says" : "say";
    return `${listed(names(digit))} ${verb}\u00a0${digit}`;
  });
  const count = names(most).length;
  const verb = count === 1 ? "says" : "say";
  return `${place} ${count} of ${all} networks ${verb}\u00a0${most}; ${listed(rest)}.`;
}

// The classes to aim at, which depend on the digit.
function targetChoice(model) {
  const classes = () => model.get("targets")[model.get("digit")];
  const names = classes().map(() => html("span"));
  const { node, draw } = choice(model, "target", {
    label: "Towards",
    options: names.map((name, target) => [target, name]),
  });
  return {
    node,
    draw() {
      draw();
      names.forEach((name, target) => (name.textContent = classes()[target]));
    },
  };
}

function normChoice(model) {
  const eps = model.get("eps");
  const options = Object.entries(NORMS).map(([norm, name]) => [norm, `${name}, ε = ${eps[norm]}`]);
  return choice(model, "norm", { label: "Change within", options });
}

function render({ model, el }) {
  const networks = model.get("networks");
  const images = rowsOf(arrayOf(model.get("images")));
  const strip = digitStrip(model, (digit) => images[digit]);
  const targets = targetChoice(model);
  const norms = normChoice(model);
  const way = slider(model, "share", { label: "Share of the way", text: inWords });
  const original = digitImage(PICTURE);
  const members = networks.map(networkMember);
  const imageHead = html("div");
  const heads = [html("div", {}, "gradient of the loss"), imageHead];
  const lineup = html("div", { class: "xp-lineup" }, ...heads, ...members.map(({ node }) => node));
  lineup.style.setProperty("--networks", networks.length);
  const verdict = html("p", { class: "xp-verdict xp-balanced" });
  const note = html("p", { class: "xp-note xp-balanced" }, NOTE);
  let loaded = { digit: null };

  const part = followPart(model, "digit", {
    use(values, key) {
      loaded = { digit: Number(key), networks: networksOf(values) };
      members.forEach((member, n) => member.drawGradient(loaded.networks[n].gradient));
      draw();
    },
    fail: (
      error,
      key,
    ) => (verdict.textContent = `The pictures of ${key} did not load: ${error.message}.`),
  });

  function draw() {
    [strip, targets, norms, way].forEach((control) => control.draw());
    const digit = model.get("digit");
    if (digit === loaded.digit) drawWays(digit, model.get("norm"), model.get("target"));
  }

  function drawWays(digit, norm, target) {
    const ways = loaded.networks.map((network) => network.way(norm, target));
    const last = ways[0].classes.length - 1;
    const place = Math.round(last * model.get("share"));
    const said = ways.map(({ classes }) => classes[place]);
    const goal = model.get("targets")[digit][target];
    const shown = { x: images[digit], share: place / last, digit, goal };
    original.draw(shown.x, `a test image of ${article(digit)}`);
    members.forEach((member, n) => member.draw(ways[n], said[n], shown));
    imageHead.textContent = `image at ${inWords(shown.share)}`;
    verdict.textContent = verdictOf(networks, said, shown);
  }
  const side = html("div", { class: "xp-change-side" }, targets.node, norms.node);
  const end = show(
    { model, el },
    [
      strip.node,
      html("div", { class: "xp-change-top" }, thumbnail(original, "image"), side),
      controlBar(way.node),
      verdict,
      lineup,
      note,
    ],
    draw,
  );
  part.load();
  return () => {
    part.stop();
    end();
  };
}

export default { render };
