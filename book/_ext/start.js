// The first script of a page, which runs before anything is shown. It holds what the theme writes
// into every page as inline scripts, which a strict content security policy refuses.

// What togglebutton.js, which folds solutions away, reads.
Object.assign(window, {
  toggleHintShow: "Click to show",
  toggleHintHide: "Click to hide",
  toggleOpenOnPrint: "true",
  togglebuttonSelector: ".toggle, .admonition.dropdown",
});

(() => {
  // Where a browser blocks storage, reading it throws, and would take menu and search along. There
  // what is stored lasts as long as the page.
  function inMemory() {
    const items = new Map();
    return {
      getItem: (name) => items.has(name) ? items.get(name) : null,
      setItem: (name, value) => items.set(name, String(value)),
      removeItem: (name) => items.delete(name),
    };
  }

  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      window[name].setItem("probe", "");
      window[name].removeItem("probe");
    } catch {
      Object.defineProperty(window, name, { value: inMemory() });
    }
  }

  const { dataset } = document.documentElement;
  dataset.mode = localStorage.getItem("mode") || "auto";
  dataset.theme = localStorage.getItem("theme") || "auto";

  const ACTIONS = { print: () => window.print(), fullscreen: () => window.toggleFullScreen() };
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-click]");
    if (button) ACTIONS[button.dataset.click]();
  });

  // A page that was saved from a browser holds what deferred scripts have added to it: they are
  // about to run again.
  function forgetAdditions() {
    document.querySelectorAll(".copybtn, .toggle-button").forEach((node) => node.remove());
    document.querySelectorAll(".toggle-hidden").forEach((node) =>
      node.classList.remove("toggle-hidden")
    );
  }
  document.addEventListener("readystatechange", forgetAdditions, { once: true });
})();
