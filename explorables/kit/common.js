// What the explorables are made of. A control is bound to one trait of the model; a `draw` function
// reads the model and updates.
export {
  clamp, colour, columnHead, degrees, format, html, listed, pair, powerOfTen, row, rowHead, svg,
  svgWords, table, update, visible, words,
} from "./dom.js";
export { assign, forWidth, loadPart, numbersOf, rowsOf, show } from "./model.js";
export {
  KEEP_KEYS, LARGEST_ANGLE, angleSlider, button, checkbox, choice, readouts, select, slider,
} from "./controls.js";
export { behind, chart, counted, histogram, plane, rightAxis, square } from "./plot.js";
export {
  ARROWS, arrow, boundary, curve, dots, handle, marker, polygon, segment, specks,
} from "./marks.js";
export { digitImage, imagesOf, toyImage, toyPicture, toyPlane, weightImage } from "./pictures.js";
