// The static host: gives each explorable of a built page the part of a Jupyter model that it
// uses, so that it lives without a kernel, without a network, and from file://.
(() => {
  const sources = {}; // module name -> its source, put here by one classic script per module
  const modules = {}; // module name -> the imported module, as a promise
  const models = {}; // explorable id -> its model: two views of one explorable share it

  // Browsers refuse to import modules from file://, but not from a Blob.
  const load = (name) =>
    (modules[name] ||= import(
      URL.createObjectURL(new Blob([sources[name]], { type: "text/javascript" }))
    ).then((module) => module.default));

  function decode(value) {
    if (value === null || typeof value !== "object" || !("base64" in value)) return value;
    return new DataView(Uint8Array.from(atob(value.base64), (c) => c.charCodeAt(0)).buffer);
  }

  function makeModel(state) {
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
      off: (event, listener) =>
        (listeners[event] = (listeners[event] || []).filter((other) => other !== listener)),
      save_changes() {}, // there is no kernel to tell
    };
  }

  function modelOf({ id, state }) {
    const decoded = Object.entries(state).map(([name, value]) => [name, decode(value)]);
    return (models[id] ||= makeModel(Object.fromEntries(decoded)));
  }

  async function mount(figure) {
    const spec = JSON.parse(figure.querySelector("script").textContent);
    const el = document.createElement("div");
    try {
      const module = await load(spec.module);
      await module.render({ model: modelOf(spec), el });
      figure.replaceChildren(el);
      figure.dataset.state = "live";
    } catch (error) {
      figure.append(`This figure could not start (${error.message}).`);
      figure.dataset.state = "failed";
      console.error(`explorable ${spec.module}:`, error);
    }
  }

  window.explorables = {
    define: (name, source) => (sources[name] = source),
    models,
  };
  addEventListener("DOMContentLoaded", () =>
    document.querySelectorAll(".explorable[data-module]").forEach(mount),
  );
})();
