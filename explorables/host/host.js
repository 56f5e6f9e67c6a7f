// The static host: gives each explorable of a built page the part of a Jupyter model that it
// uses, so that it lives without a kernel, without a network, and from file://.
(() => {
  const makers = {}; // module name -> the function that makes it, put here by a classic script
  const modules = {}; // module name -> the module: { render }
  const models = {}; // explorable id -> its model: two views of one explorable share it
  const parts = {}; // "module/key" -> the values that this file has brought
  const waiting = new Set(); // the names of parts that are on their way
  const states = {}; // explorable id -> its state, where the page's own script has brought it
  const here = document.currentScript.src;

  function load(name) {
    if (!makers[name]) throw new Error("its script could not be read");
    return (modules[name] ||= makers[name]());
  }

  // The value with what Python wrote as base64 as a DataView, as Jupyter would hand it over.
  function decode(value) {
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map(decode);
    if ("base64" in value) return bytesOf(value.base64);
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, decode(each)]));
  }

  function bytesOf(base64) {
    const text = atob(base64);
    const bytes = new Uint8Array(text.length);
    for (let k = 0; k < text.length; k++) bytes[k] = text.charCodeAt(k); // from() is far slower
    return new DataView(bytes.buffer);
  }

  // A part of an explorable comes in a classic script too: nothing else can be had from file://.
  function loadPart(name) {
    return new Promise((resolve, reject) => {
      const file = document.createElement("script");
      const fail = () => reject(new Error("its file could not be read"));
      waiting.add(name);
      file.src = new URL(`${name}.js`, here);
      file.addEventListener("error", fail);
      file.addEventListener("load", () => {
        try {
          if (!parts[name]) throw new Error("the file is damaged");
          resolve(decode(parts[name]));
        } catch {
          fail();
        }
      });
      document.head.append(file);
    }).finally(() => waiting.delete(name));
  }

  function makeModel(module, state) {
    const listeners = {};
    const emit = (event) => [...(listeners[event] || [])].forEach((listener) => listener());
    return {
      get: (name) => state[name],
      set(name, value) {
        if (state[name] === value) return;
        state[name] = value;
        emit(`change:${name}`);
        emit("change");
      },
      on: (event, listener) => (listeners[event] ||= []).push(listener),
      off: (
        event,
        listener,
      ) => (listeners[event] = (listeners[event] || []).filter((other) => other !== listener)),
      save_changes() {}, // there is no kernel to tell
      load: (key) => loadPart(`${module}/${key}`),
    };
  }

  function modelOf({ id, module, state = states[id] }) {
    if (!state) throw new Error("its values could not be read");
    return (models[id] ||= makeModel(module, decode(state)));
  }

  // What stood there before stays: a still picture, or a quiz that needs no script.
  function sayWhy(figure, error) {
    const note = document.createElement("p");
    note.className = "explorable-note";
    note.textContent = `This figure could not start (${error.message}).`;
    const picture = figure.querySelector("img");
    if (picture) note.textContent += " You see a still picture of it.";
    figure.querySelector(".explorable-note")?.remove();
    figure.append(note);
  }

  async function mount(figure) {
    const el = document.createElement("div");
    try {
      const script = figure.querySelector("script");
      const spec = JSON.parse(script.textContent);
      await load(spec.module).render({ model: modelOf(spec), el });
      figure.replaceChildren(script, el); // a page that is saved now can start again
      figure.dataset.state = "live";
    } catch (error) {
      sayWhy(figure, error);
      figure.dataset.state = "failed";
      console.error(`explorable ${figure.dataset.module}:`, error);
    }
  }

  const idle = () =>
    new Promise((done) =>
      window.requestIdleCallback ? requestIdleCallback(done, { timeout: 100 }) : setTimeout(done)
    );

  // What is in view comes first; for the rest, the page takes breath between two.
  async function mountAll(entries, observer) {
    observer.disconnect();
    const inView = entries.filter((entry) => entry.isIntersecting);
    await Promise.all(inView.map((entry) => mount(entry.target)));
    for (const entry of entries.filter((entry) => !entry.isIntersecting)) {
      await idle();
      await mount(entry.target);
    }
  }

  window.explorables = {
    define: (name, make) => (makers[name] = make),
    part: (name, values) => (parts[name] = values),
    hold: (found) => Object.assign(states, found),
    models,
    waiting,
  };
  addEventListener("DOMContentLoaded", () => {
    const observer = new IntersectionObserver(mountAll);
    document
      .querySelectorAll(".explorable[data-module]")
      .forEach((figure) => observer.observe(figure));
  });
})();
