// A reader who uses all that is to be seen in every explorable of the page, once. An expression:
// the function has to be called.
(() => {
  const seen = (root, selector) =>
    [...root.querySelectorAll(selector)].filter((node) => node.getClientRects().length);
  const set = (node, values) => {
    Object.assign(node, values);
    for (const name of ["input", "change"]) node.dispatchEvent(new Event(name, { bubbles: true }));
  };
  const up = { key: "ArrowUp", bubbles: true, cancelable: true };
  for (const figure of document.querySelectorAll(".explorable")) {
    seen(figure, "button:not([type=reset]), [type=checkbox]").forEach((node) => node.click());
    seen(figure, "fieldset").forEach((group) => seen(group, "[type=radio]").at(-1)?.click());
    seen(figure, "select").forEach((list) => set(list, { selectedIndex: list.length - 1 }));
    for (const range of seen(figure, "[type=range]")) {
      set(range, { value: (Number(range.min) + 3 * Number(range.max)) / 4 });
    }
    for (const handle of seen(figure, "[role=slider]")) {
      handle.dispatchEvent(new KeyboardEvent("keydown", up));
    }
  }
});
