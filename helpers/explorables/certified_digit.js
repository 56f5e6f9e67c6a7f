// How far each of several networks is proven to hold around a digit, and where it breaks.
import { choice, digitImage, format, html, numbersOf, show, weightImage } from "./common.js";
import { networkRows, pixels } from "./radius_rows.js";
import { coloured, thumbnail } from "./tilting.js";

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const SIZE = 784; // numbers of an image
const PICTURE = 132;

const article = (c) => (c === 8 ? "an 8" : `a ${c}`);

// The images, and what each network makes of them; radii are in 1/1000 pixel.
function readings(model) {
  const networks = model.get("networks");
  const images = numbersOf(model.get("images"), Uint8Array);
  const nearest = numbersOf(model.get("nearest"), Uint8Array);
  const image = (bytes, k) => Array.from(bytes.subarray(k * SIZE, (k + 1) * SIZE), (v) => v / 255);
  return {
    networks,
    image: (digit) => image(images, digit),
    nearest: (n, digit) => image(nearest, n * DIGITS.length + digit),
    of: (n, digit) => ({
      name: networks[n].name,
      certified: networks[n].certified[digit],
      found: networks[n].found[digit],
      takenFor: networks[n].taken_for[digit],
      wrong: networks[n].found[digit] === 0,
    }),
  };
}

function digitStrip(model, data) {
  const options = DIGITS.map((digit) => {
    const { node, draw } = digitImage(40);
    draw(data.image(digit), `digit ${digit}`);
    return [digit, node];
  });
  const digits = choice(model, "digit", { label: "Digit", options });
  digits.node.classList.add("xp-strip");
  return digits;
}

function verdictOf(digit, { name, certified, found, takenFor, wrong }) {
  const [own, other] = [digit, takenFor].map(article);
  if (wrong) return `${name}: wrong as it is, ${other} instead of ${own}. Its radius is 0.`;
  const broken = `one of ${pixels(found)} makes it see ${other}`;
  if (certified === 0) return `${name}: not even 0.001 pixels are proven safe; ${broken}.`;
  const times = found / certified;
  const far = `${format(times, times < 10 ? 2 : 0)} times as far`;
  return `${name}: no change of less than ${pixels(certified)} pixels fools it; ${broken}, ${far}.`;
}

// The image, the nearest that was found to fool the network, and their difference.
function pictures(data) {
  const [image, near, change] = [digitImage(PICTURE), digitImage(PICTURE), weightImage(PICTURE)];
  const notes = ["span", "span", "span"].map((tag) => html(tag));
  const names = ["image", "nearest found", "difference"];
  const frames = [image, near, change].map((of, k) => thumbnail(of, names[k], notes[k]));
  return {
    node: html("div", { class: "xp-three" }, ...frames),
    // Returns the change that has full colour: the largest of any network.
    draw(n, digit) {
      const x = data.image(digit);
      const { found, takenFor } = data.of(n, digit);
      const changes = data.networks.map((_, k) => data.nearest(k, digit).map((v, i) => v - x[i]));
      const largest = Math.max(...changes.flat().map(Math.abs));
      const texts = [article(digit), `taken for ${article(takenFor)}`, `${pixels(found)} pixels`];
      image.draw(x, `a test image of ${texts[0]}`);
      near.draw(data.nearest(n, digit), `the nearest image found, ${texts[1]}`);
      change.draw(changes[n], `their difference, ${texts[2]} long`, largest);
      notes.forEach((note, k) => (note.textContent = texts[k]));
      return largest;
    },
  };
}

function render({ model, el }) {
  const data = readings(model);
  const [strip, rows, three] = [digitStrip(model, data), networkRows(model, data), pictures(data)];
  const verdict = html("p", { class: "xp-verdict xp-balanced" });
  const scale = html("p", { class: "xp-note xp-balanced" });

  function draw() {
    const digit = model.get("digit");
    const n = data.networks.findIndex((network) => network.model === model.get("network"));
    strip.draw();
    rows.draw(digit);
    verdict.textContent = verdictOf(digit, data.of(n, digit));
    scale.replaceChildren(
      coloured("j", "Orange"), ": ink added; ", coloured("i", "blue"), ": ink taken away. Full ",
      `colour is a change of ${format(three.draw(n, digit))}, the largest of any network. Found: `,
      "by two attacks that seek the nearest image.",
    );
  }
  return show({ model, el }, [strip.node, rows.node, verdict, three.node, scale], draw);
}

export default { render };
