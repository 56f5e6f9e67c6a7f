// A figure's view in the address of a page of the book, #name=text, to be shared and cited.

const PAUSE = 300; // ms without a change before it is written: browsers limit how often

// `traits` make the view: `text()` writes it, `parse(text)` returns their values, or null where it
// cannot be read, and `arrive()` is called when the reader follows a link to one. Returns whether
// the page was opened with a view, and a function that ends it all. A notebook's address is left
// alone.
export function keepInAddress(model, { name, traits, text, parse, arrive }) {
  if (!window.explorables) return { found: false, leave() {} };
  const start = `#${name}=`;

  function read() {
    const view = location.hash.startsWith(start) && parse(location.hash.slice(start.length));
    Object.entries(view || {}).forEach(([trait, value]) => model.set(trait, value));
    return Boolean(view);
  }

  let timer;
  function write() {
    clearTimeout(timer);
    timer = setTimeout(() => history.replaceState(history.state, "", start + text()), PAUSE);
  }

  const found = read();
  const follow = () => read() && arrive();
  addEventListener("hashchange", follow);
  traits.forEach((trait) => model.on(`change:${trait}`, write));
  return {
    found,
    leave() {
      clearTimeout(timer);
      removeEventListener("hashchange", follow);
      traits.forEach((trait) => model.off(`change:${trait}`, write));
    },
  };
}
