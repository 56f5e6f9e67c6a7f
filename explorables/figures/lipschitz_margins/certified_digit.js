// How far each of several networks is proven to hold around a digit, and where it breaks.
import { digitImage, format, html, numbersOf, show, weightImage } from "../../kit/common.js";
import { DIGITS, article, digitStrip, imageAt } from "../shared/digits.js";
import { networkRows, pixels } from "./radius_rows.js";
import { coloured, thumbnail } from "../shared/tilting.js";

const PICTURE = 132;

// The images, and what each network makes of them; radii are in 1/1000 pixel.
function readings(model) {
  const networks = model.get("networks");
  const images = numbersOf(model.get("images"), Uint8Array);
  const nearest = numbersOf(model.get("nearest"), Uint8Array);
  return {
    networks,
    image: (digit) => imageAt(images, digit),
    nearest: (n, digit) => imageAt(nearest, n * DIGITS.length + digit),
    of: (n, digit) => ({
      name: networks[n].name,
      certified: networks[n].certified[digit],
      found: networks[n].found[digit],
      takenFor: networks[n].taken_for[digit],
      wrong: networks[n].found[digit] === 0,
    }),
  };
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
  const strip = digitStrip(model, data.image);
  const [rows, three] = [networkRows(model, data), pictures(data)];
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
