// A figure's view in the address of a page of the book, #name=text, to be shared and cited.

const PAUSE = 300; // ms without a change before it is written: browsers limit how often

// `traits` make the view: `text()` writes it, `parse(text)` returns their values, or null where it
// cannot be read, and `found()` is called when an address had one. Returns a function that ends it
// all. A notebook's address is left alone.
export function keepInAddress(model, { name, traits, text, parse, found }) {
  if (!window.explorables) return () => {};
  const start = `#${name}=`;
  function read() {
    const hash = location.hash;
    const view = hash.startsWith(start) && parse(hash.slice(start.length));
    if (!view) return;
    for (const [trait, value] of Object.entries(view)) model.set(trait, value);
    found();
  }
  let timer;
  function write() {
    clearTimeout(timer);
    timer = setTimeout(() => history.replaceState(history.state, "", start + text()), PAUSE);
  }
  read();
  addEventListener("hashchange", read);
  traits.forEach((trait) => model.on(`change:${trait}`, write));
  return () => {
    clearTimeout(timer);
    removeEventListener("hashchange", read);
    traits.forEach((trait) => model.off(`change:${trait}`, write));
  };
}
