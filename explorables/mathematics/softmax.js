// The scores s that a network gave to images, and what softmax(s/t) makes of them.
import { numbersOf } from "../kit/common.js";

const CLASSES = 10;

const sum = (values) => values.reduce((a, b) => a + b, 0);
const largestFirst = (values) => [...values].sort((a, b) => b - a);
const median = (values) => largestFirst(values)[Math.floor(values.length / 2)];

// The finite number that 16 bits stand for in half precision.
function half(bits) {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size = exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24;
  return bits >> 15 ? -size : size;
}

// Images from their scores, float16 bytes, ten each, and their labels, uint8 bytes. `leads` are the
// scores of the other classes less that of the right one.
export function scored(scores, labels) {
  const s = Array.from(numbersOf(scores, Uint16Array), half);
  return Array.from(numbersOf(labels, Uint8Array), (y, image) => {
    const own = s.slice(image * CLASSES, (image + 1) * CLASSES);
    const leads = own.filter((_, c) => c !== y).map((each) => each - own[y]);
    return { wrong: own.indexOf(Math.max(...own)) !== y, leads };
  });
}

// At temperature t: `odds`, log10 of p_y/(1 − p_y), because p_y itself bunches up at 1; `pull`,
// 1 − p_y, which is t times the slope of the loss; and `confidence`, max p. Powers are taken of
// what is at most 0: they do not overflow.
function seen({ wrong, leads }, t) {
  const lead = Math.max(...leads) / t;
  const rest = sum(leads.map((each) => Math.exp(each / t - lead)));
  const odds = -lead - Math.log(rest);
  const most = Math.max(lead, 0);
  const confidence = 1 / (Math.exp(-most) + rest * Math.exp(lead - most));
  return { wrong, odds: odds / Math.LN10, pull: 1 / (1 + Math.exp(odds)), confidence };
}

// How many images it takes, those that pull hardest, for nine tenths of the pull.
function carriersOf(pulls, total) {
  let carried = 0;
  return 1 + largestFirst(pulls).findIndex((pull) => (carried += pull) >= 0.9 * total);
}

// All images at temperature t, and what they amount to; shares lie between 0 and 1.
export function atTemperature(t, scoredImages) {
  const images = scoredImages.map((image) => seen(image, t));
  const wrong = images.filter((image) => image.wrong);
  const pulls = images.map(({ pull }) => pull);
  const total = sum(pulls);
  return {
    images,
    wrong,
    right: images.filter((image) => !image.wrong),
    total,
    carriers: carriersOf(pulls, total),
    shareOfWrong: sum(wrong.map(({ pull }) => pull)) / total,
    sure: pulls.filter((pull) => pull < 0.01).length / images.length,
    confidence: median(images.map(({ confidence }) => confidence)),
    medianOdds: median(images.map(({ odds }) => odds)),
  };
}
