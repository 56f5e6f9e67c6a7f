// The scores s that a network gave to images, and what softmax(s/t) makes of them.
import { sum } from "./numbers.js";

// exp(s)/Σ exp(s). Powers are taken of what is at most 0: they do not overflow.
export function softmax(s) {
  const largest = Math.max(...s);
  const powers = s.map((score) => Math.exp(score - largest));
  const total = sum(powers);
  return powers.map((power) => power / total);
}

const largestFirst = (values) => [...values].sort((a, b) => b - a);
const median = (values) => largestFirst(values)[Math.floor(values.length / 2)];

// Images from their scores, a row for each, and their labels. `leads` are the scores of the other
// classes less that of the right one.
export function scored(scores, labels) {
  return scores.map((row, image) => {
    const [s, y] = [[...row], labels[image]];
    const leads = s.filter((_, c) => c !== y).map((score) => score - s[y]);
    return { wrong: s.indexOf(Math.max(...s)) !== y, leads };
  });
}

// An image at temperature t: `logOdds`, log10 of p_y/(1 − p_y), because p_y itself bunches up at 1; `pull`,
// 1 − p_y, which is t times the slope of the loss; and `confidence`, max p.
function seenAt(t, { wrong, leads }) {
  const lead = Math.max(...leads) / t;
  const rest = sum(leads.map((other) => Math.exp(other / t - lead)));
  const odds = -lead - Math.log(rest);
  const most = Math.max(lead, 0);
  const confidence = 1 / (Math.exp(-most) + rest * Math.exp(lead - most));
  return { wrong, logOdds: odds / Math.LN10, pull: 1 / (1 + Math.exp(odds)), confidence };
}

// How many images it takes, those that pull hardest, for nine tenths of the pull.
function carriersOf(pulls, total) {
  let carried = 0;
  return 1 + largestFirst(pulls).findIndex((pull) => (carried += pull) >= 0.9 * total);
}

// All images at temperature t, and what they amount to; shares are in per cent.
export function atTemperature(t, scoredImages) {
  const images = scoredImages.map((image) => seenAt(t, image));
  const wrong = images.filter((image) => image.wrong);
  const pulls = images.map(({ pull }) => pull);
  const total = sum(pulls);
  const right = images.filter((image) => !image.wrong);
  const share = (part) => (100 * part.length) / images.length;
  return {
    images,
    wrong,
    right,
    total,
    accuracy: share(right),
    carriers: carriersOf(pulls, total),
    shareOfWrong: (100 * sum(wrong.map(({ pull }) => pull))) / total,
    sure: share(pulls.filter((pull) => pull < 0.01)),
    confidence: 100 * median(images.map(({ confidence }) => confidence)),
    medianLogOdds: median(images.map(({ logOdds }) => logOdds)),
  };
}
