// A pair's means, the weights of an SVM, and images beside their mirror images. For these its
// boundary is moved to the middle of the means, so that they show the tilt and not the bias.
import {
  changingThumbnail,
  coloured,
  digitImage,
  format,
  html,
  weightImage,
} from "../../kit/kit.js";

const PICTURE = 80;
const NOTE =
  "Typical images, mirrored at the boundary through the middle of the means: where λ is large, the " +
  "SVM’s own could as well stand elsewhere.";

// `draw(data, k)` shows SVM number k.
export function svmPictures() {
  const digit = (name) => changingThumbnail(digitImage(PICTURE), name);
  const means = [digit("i"), digit("j")];
  const weights = changingThumbnail(weightImage(PICTURE), "ŵ");
  const examples = [digit("x"), digit("x")];
  const mirrored = [digit("xₘ"), digit("xₘ")];
  const groups = [[...means, weights], [0, 1].flatMap((c) => [examples[c], mirrored[c]])];

  function drawExample(data, k, c, wHat) {
    const d = data.models[k].examples[c];
    const says = (distance) => `says ${data.digits[distance > 0 ? 1 : 0]}`;
    const far = format(2 * Math.abs(d));
    const image = data.examples[c];
    const mirror = image.map((value, pixel) => value - 2 * d * wHat[pixel]);
    const name = `a training image of ${data.digits[c]}`;
    examples[c].draw(image, `${name}; the classifier ${says(d)}`, says(d));
    const label = `the mirror image of ${name}, ${far} pixels away; the classifier ${says(-d)}`;
    mirrored[c].draw(mirror, label, says(-d), html("br"), `moved ${far}`);
  }
  const rows = groups.map((group) =>
    html("div", { class: "xp-pictures" }, ...group.map(({ node }) => node))
  );
  const note = html("div", { class: "xp-note" }, NOTE);
  return {
    node: html("div", { class: "xp-svm-pictures" }, ...rows, note),
    draw(data, k) {
      const [i, j] = data.digits;
      const wHat = data.wHat(k);
      means.forEach((mean, c) => {
        const digit = data.digits[c];
        mean.draw(data.means[c], `the mean of the training images of ${digit}`, `mean ${digit}`);
      });
      const label = `the weights: blue where ink speaks for ${i}, orange where it speaks for ${j}`;
      weights.draw(wHat, label, "for ", coloured("i", i), ", for ", coloured("j", j));
      [0, 1].forEach((c) => drawExample(data, k, c, wHat));
    },
  };
}
