// Numbers and words as a reader sees them.
import { clamp } from "../mathematics/numbers.js";

// A number with a true minus sign, and no "−0.00".
export function format(value, digits = 2) {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

// Three digits, of large numbers and of small ones, but no more than so many decimals.
export function threeDigits(value, decimals = 3) {
  if (value === 0) return "0";
  return format(value, clamp(2 - Math.floor(Math.log10(Math.abs(value))), 0, decimals));
}

// A share that is given in per cent. Number and sign stay on one line.
export const percent = (share, digits = 1) => `${format(share, digits)}\u00a0%`;

export const pixels = (length, digits = 2) => `${format(length, digits)} pixels`;

export const degrees = (radians) => (radians * 180) / Math.PI;

// An angle in radians, in words.
export const inDegrees = (angle) => `${format(degrees(angle), 1)} degrees`;

export const count = (number) => number.toLocaleString("en");

export const pair = ([u, v], digits = 2) => `(${format(u, digits)}, ${format(v, digits)})`;

// "a, b and c"
export const listed = (names) =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

export const article = (digit) => (digit === 8 ? "an 8" : `a ${digit}`);

export const capitalised = (text) => text.replace(/^./, (letter) => letter.toUpperCase());

// "λ = 3" that no line ends within.
export const unbroken = (text) => text.replaceAll(" = ", "\u00a0=\u00a0");

// 10^u to two digits: 0.013, or 1.3 · 10⁻⁴ where that would have many zeros.
export function powerOfTen(u) {
  if (u > -3) return String(Number((10 ** u).toPrecision(2)));
  const [digits, exponent] = (10 ** u).toExponential(1).split("e");
  const power = `10⁻${[...exponent.slice(1)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("")}`;
  return digits === "1.0" ? power : `${digits} · ${power}`;
}

// What a tick of an axis of square roots stands for.
export const squared = (root) => format(root ** 2, 0);
