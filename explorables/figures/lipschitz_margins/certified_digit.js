// How far each of several networks is proven to hold around a digit, and where it breaks.
import {
  arrayOf,
  article,
  changingThumbnail,
  coloured,
  digitImage,
  digitStrip,
  format,
  html,
  rowsOf,
  show,
  thumbnail,
  weightImage,
} from "../../kit/kit.js";
import { networkRows, radiusText } from "./radius_rows.js";

const PICTURE = 132;

// The images in [0, 1], and what each network makes of them; radii are in pixels.
function readings(model) {
  const rows = (trait) => rowsOf(arrayOf(model.get(trait)));
  const [certified, found, takenFor] = ["certified", "found", "taken_for"].map(rows);
  const images = rows("images");
  const nearest = rows("nearest").map(rowsOf);
  const networks = model.get("networks");
  return {
    networks,
    image: (digit) => images[digit],
    nearest: (n, digit) => nearest[n][digit],
    largestFound: Math.max(...found.flatMap((radii) => [...radii])),
    reading: (n, digit) => ({
      name: networks[n].name,
      certified: certified[n][digit],
      found: found[n][digit],
      takenFor: takenFor[n][digit],
      wrong: found[n][digit] === 0,
    }),
  };
}

function verdictOf(digit, { name, certified, found, takenFor, wrong }) {
  const [own, other] = [digit, takenFor].map(article);
  if (wrong) return `${name}: wrong as it is, ${other} instead of ${own}. Its radius is 0.`;
  const broken = `one of ${radiusText(found)} makes it see ${other}`;
  if (certified === 0) return `${name}: not even 0.001 pixels are proven safe; ${broken}.`;
  const times = found / certified;
  const far = `${format(times, times < 10 ? 2 : 0)} times as far`;
  const safe = `no change of less than ${radiusText(certified)} pixels fools it`;
  return `${name}: ${safe}; ${broken}, ${far}.`;
}

// From the image to the nearest that was found to fool each network.
function changesOf(data, digit) {
  const x = data.image(digit);
  return data.networks.map((_, n) => data.nearest(n, digit).map((value, k) => value - x[k]));
}

const largestOf = (changes) => Math.max(...changes.flatMap((change) => [...change].map(Math.abs)));

// The image, the nearest that was found to fool the network, and their difference.
function pictures(data) {
  const image = changingThumbnail(digitImage(PICTURE), "image");
  const near = changingThumbnail(digitImage(PICTURE), "nearest found");
  const [difference, lengthNote] = [weightImage(PICTURE), html("span")];
  return {
    node: html(
      "div",
      { class: "xp-three" },
      image.node,
      near.node,
      thumbnail(difference, "difference", lengthNote),
    ),
    draw(n, digit, change, largest) {
      const { found, takenFor } = data.reading(n, digit);
      const [own, other, length] = [
        article(digit),
        `taken for ${article(takenFor)}`,
        `${radiusText(found)} pixels`,
      ];
      image.draw(data.image(digit), `a test image of ${own}`, own);
      near.draw(data.nearest(n, digit), `the nearest image found, ${other}`, other);
      difference.draw(change, `their difference, ${length} long`, largest);
      lengthNote.textContent = length;
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
    const changes = changesOf(data, digit);
    const largest = largestOf(changes);
    strip.draw();
    rows.draw(digit);
    three.draw(n, digit, changes[n], largest);
    verdict.textContent = verdictOf(digit, data.reading(n, digit));
    scale.replaceChildren(
      coloured("j", "Orange"),
      ": ink added; ",
      coloured("i", "blue"),
      ": ink taken away. Full ",
      `colour is a change of ${
        format(largest)
      }, the largest of any network. Found: by two attacks `,
      "that seek the nearest image.",
    );
  }
  return show({ model, el }, [strip.node, rows.node, verdict, three.node, scale], draw);
}

export default { render };
