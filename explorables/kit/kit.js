// What figures are made of, in one place to import from. A control is bound to one trait of the
// model; a plot takes marks; a figure's `draw` reads the model and updates both.
export {
  columnHead,
  html,
  row,
  rowHead,
  svg,
  table,
  textWithSubscripts,
  update,
  visible,
} from "./dom.js";
export {
  article,
  capitalised,
  count,
  degrees,
  format,
  inDegrees,
  listed,
  pair,
  percent,
  pixels,
  powerOfTen,
  squared,
  threeDigits,
  unbroken,
} from "./format.js";
export { arrayOf, assign, followPart, forWidth, loadPart, rowsOf, show } from "./model.js";
export {
  angleSlider,
  button,
  checkbox,
  choice,
  controlBar,
  KEEP_KEYS,
  readouts,
  select,
  slider,
} from "./controls.js";
export { chart, plane, rightAxis } from "./plot.js";
export {
  arc,
  arrow,
  bars,
  boundary,
  circle,
  counted,
  curve,
  curves,
  dots,
  dragArea,
  handle,
  labels,
  mark,
  marker,
  polygon,
  rectangle,
  segment,
  segments,
  specks,
  SPOTS,
  spots,
} from "./marks.js";
export {
  changingThumbnail,
  coloured,
  digitImage,
  digitStrip,
  thumbnail,
  toyImage,
  toyPicture,
  toyPlane,
  weightImage,
} from "./pictures.js";
export { legendEntry, lineEntry, markedEntry, markerSample, spotEntry } from "./legend.js";
export { keepInAddress } from "./address.js";
