// An explorable and its model: traits, arrays, parts, and when to draw.
import { forgetColours } from "./colours.js";
import { update } from "./dom.js";

// Sets traits and tells the kernel, where there is one.
export function assign(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}

// Arrays

const KINDS = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
};
const decoded = new WeakMap(); // what Python sent -> its numbers

// The numbers of an array that Python sent, in its unit, as a typed array with a `shape`.
export function arrayOf(sent) {
  if (!sent) throw new Error("its numbers are missing");
  if (!decoded.has(sent)) decoded.set(sent, decode(sent));
  return decoded.get(sent);
}

function decode({ dtype, shape, buffer, per_unit: perUnit = 1, infinity }) {
  const { byteOffset, byteLength } = buffer;
  const bytes = buffer.buffer.slice(byteOffset, byteOffset + byteLength);
  const isStoredInUnit = perUnit === 1 && infinity === undefined;
  const inUnit = (value) => (value === infinity ? Infinity : value / perUnit);
  const stored = dtype === "float16" ? halves(bytes) : new KINDS[dtype](bytes);
  return Object.assign(isStoredInUnit ? stored : Float64Array.from(stored, inUnit), { shape });
}

const halves = (bytes) => Float32Array.from(new Uint16Array(bytes), half);

// The number that 16 bits stand for in half precision.
function half(bits) {
  const sign = bits >> 15 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
}

// The rows of such an array along its first axis: arrays with the rest of its shape.
export function rowsOf(array) {
  const [count, ...shape] = array.shape;
  const length = shape.reduce((product, each) => product * each, 1);
  return Array.from(
    { length: count },
    (_, k) => Object.assign(array.subarray(k * length, (k + 1) * length), { shape }),
  );
}

// Parts

const parts = new WeakMap(); // model -> the parts that were asked for: promises by key

// The dict that Python's `part(key)` returns, as a promise: from a file of the book, or in Jupyter
// from the kernel. After a failure it can be asked for again.
export function loadPart(model, key) {
  if (!parts.has(model)) parts.set(model, {});
  const known = parts.get(model);
  known[key] ||= (model.load ? model.load(key) : askKernel(model, key)).catch((error) => {
    delete known[key];
    throw error;
  });
  return known[key];
}

function askKernel(model, key) {
  return new Promise((resolve, reject) => {
    function answer({ part, error, values, arrays }, buffers) {
      if (part !== key) return;
      model.off("msg:custom", answer);
      if (error) {
        reject(new Error(error));
        return;
      }
      arrays.forEach((name, k) => (values[name].buffer = buffers[k]));
      resolve(values);
    }
    model.on("msg:custom", answer);
    model.send({ part: key });
  });
}

// Brings the part that the trait `name` asks for, whose key is `keyOf(value)`, now and whenever the
// trait changes. `wait(key)` is called at once, then `use(values, key)`, or `fail(error, key)`. What
// arrives when the reader has gone on to another part is dropped. Returns `load`, which asks again
// (a promise), and `stop`.
export function followPart(model, name, { keyOf = String, wait = () => {}, use, fail }) {
  async function load() {
    const key = keyOf(model.get(name));
    const isWanted = () => keyOf(model.get(name)) === key;
    wait(key);
    try {
      const values = await loadPart(model, key);
      if (isWanted()) use(values, key);
    } catch (error) {
      if (isWanted()) fail(error, key);
    }
  }
  model.on(`change:${name}`, load);
  return { load, stop: () => model.off(`change:${name}`, load) };
}

// Drawing

// Fills the explorable's element, draws it, and draws again whenever a trait changes.
export function show({ model, el }, children, draw) {
  el.classList.add("xp");
  update(el, { role: "group", "aria-label": model.get("title") });
  el.replaceChildren(...children);
  model.on("change", draw);
  const stopWatching = onThemeChange(draw);
  forgetColours(); // the theme may have changed while nothing was shown
  draw();
  return () => {
    model.off("change", draw);
    stopWatching();
  };
}

// A canvas has to be drawn again in another theme: of the book, of JupyterLab, of VS Code.
function onThemeChange(draw) {
  const observer = new MutationObserver(() => {
    forgetColours();
    draw();
  });
  const themes = ["data-theme", "data-jp-theme-light", "data-vscode-theme-kind"];
  for (const node of [document.documentElement, document.body]) {
    observer.observe(node, { attributeFilter: themes });
  }
  return () => observer.disconnect();
}

const WIDE = 36; // in the size of the page's text: as in the style sheet

function isWide({ clientWidth }) {
  return clientWidth > WIDE * parseFloat(getComputedStyle(document.documentElement).fontSize);
}

// The `render` of a figure that is made for the width of its frame, by `build(widget, wide)`, and
// made again when that changes: a phone is turned, or text enlarged.
export const forWidth = (build) => (widget) => {
  let wide = isWide(document.documentElement); // its frame is not in the page yet
  let end = build(widget, wide);
  const again = () => {
    if (!widget.el.clientWidth || isWide(widget.el) === wide) return;
    wide = !wide;
    end();
    end = build(widget, wide);
  };
  const observer = new ResizeObserver(() => requestAnimationFrame(again));
  observer.observe(widget.el);
  return () => {
    observer.disconnect();
    end();
  };
};
