// An explorable and its model: traits, parts, and when to draw.
import { forgetColours, update } from "./dom.js";

// Sets traits and tells the kernel, where there is one.
export function assign(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}

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
    function answer({ part, error, values, names }, buffers) {
      if (part !== key) return;
      model.off("msg:custom", answer);
      if (error) reject(new Error(error));
      else resolve({ ...values, ...Object.fromEntries(names.map((name, k) => [name, buffers[k]])) });
    }
    model.on("msg:custom", answer);
    model.send({ part: key });
  });
}

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

// A canvas has to be drawn anew in another theme: of the book, of JupyterLab, of VS Code.
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
// made anew when that changes: a phone is turned, or text enlarged.
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

// The numbers that Python sent as bytes, as a typed array of the `Kind` they were.
export function numbersOf(view, Kind) {
  if (!view) throw new Error("its numbers are missing");
  return new Kind(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

// A typed array cut into rows of so many numbers.
export const rowsOf = (numbers, length) =>
  Array.from({ length: numbers.length / length }, (_, k) =>
    numbers.subarray(k * length, (k + 1) * length),
  );
