// A reader who does anything: perform(actions, n) does one after the other on figure n of the
// page and returns the first fault, {at: the action's number, what}, or null. Actions are
// [name, a, b, c] with numbers in [0, 1) that choose among what is to be seen at that moment.
(() => {
  const NO_VALUE = /\bNaN\b|Infinity|undefined|\[object /;
  const TYPED = ["", "-3", "0", "1e-9", "1e308", "0.3", "7"]; // what a number field lets through
  const KEYS = [
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "ArrowDown",
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "ArrowDown",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "Enter",
    " ",
    "Escape",
    "x",
  ];
  const uncaught = [];
  addEventListener("error", ({ message, filename }) => {
    if (!window.damaged?.includes(filename)) uncaught.push(`${message} (${filename})`);
  });
  addEventListener("unhandledrejection", ({ reason }) => uncaught.push(String(reason)));

  // In Jupyter, a set while a change is being told sends that change a second time, and late: it
  // would undo what Python did in between.
  for (const model of Object.values(explorables.models)) {
    const set = model.set;
    let telling = false;
    model.set = (name, value) => {
      if (telling) uncaught.push(`${name} was set while another change was being told`);
      telling = true;
      set(name, value);
      telling = false;
    };
  }

  const figures = document.querySelectorAll(".explorable");
  let [figure] = figures;
  const seen = (selector) =>
    [...figure.querySelectorAll(selector)].filter((node) => node.getClientRects().length);
  const pick = (list, share) => list[Math.floor(share * list.length)];
  // Half of the time one of the first kind, where there is one.
  const pickRather = (kind, others, share) => {
    const rather = share < 0.5 ? seen(kind) : [];
    return pick(rather.length ? rather : seen(others), (2 * share) % 1);
  };
  const tell = (node, ...events) =>
    events.forEach((name) => node.dispatchEvent(new Event(name, { bubbles: true })));

  function slide(which, share) {
    const input = pick(seen("input[type=range]"), which);
    if (!input) return;
    const [low, high] = [Number(input.min), Number(input.max)];
    input.value = low + share * (high - low); // the browser rounds it to a step
    tell(input, "input", "change");
  }

  function type(which, text) {
    const input = pick(seen("input[type=number]"), which);
    if (!input) return;
    input.value = pick(TYPED, text);
    tell(input, "input", "change");
  }

  function choose(which, option) {
    const list = pick(seen("select"), which);
    if (!list) return;
    list.selectedIndex = Math.floor(option * list.options.length);
    tell(list, "input", "change");
  }

  function key(which, name, shift) {
    const node = pickRather("[role=slider]", "[tabindex], input, button, select", which);
    if (!node) return;
    node.focus();
    const pressed = { key: pick(KEYS, name), shiftKey: shift < 0.3 };
    for (const kind of ["keydown", "keyup"]) {
      node.dispatchEvent(new KeyboardEvent(kind, { ...pressed, bubbles: true, cancelable: true }));
    }
  }

  // Presses the mouse somewhere on a picture or a handle, moves it, also far outside, and lets go.
  function drag(which, u, v) {
    const surface = pickRather("[role=slider], .xp-drag-area", "svg, canvas", which);
    if (!surface) return;
    surface.scrollIntoView({ block: "center" });
    const box = surface.getBoundingClientRect();
    const [x, y] = [box.left + u * box.width, box.top + v * box.height];
    const target = document.elementFromPoint(x, y);
    if (!figure.contains(target)) return;
    const at = (kind, dx, dy) =>
      target.dispatchEvent(
        new PointerEvent(kind, {
          clientX: x + dx,
          clientY: y + dy,
          pointerId: 1,
          isPrimary: true,
          bubbles: true,
          cancelable: true,
          buttons: kind === "pointerup" ? 0 : 1,
        }),
      );
    at("pointerdown", 0, 0);
    at("pointermove", 200 * (v - 0.5), 200 * (u - 0.5));
    at("pointermove", 9000 * (u - 0.5), 9000 * (v - 0.5));
    at("pointermove", 90 * (u - 0.5), 90 * (v - 0.5));
    at(u < 0.1 ? "pointercancel" : "pointerup", 90 * (u - 0.5), 90 * (v - 0.5));
    target.dispatchEvent(new MouseEvent("click", { clientX: x, clientY: y, bubbles: true }));
  }

  const press = (which) =>
    pick(seen("button, input[type=radio], input[type=checkbox]"), which)?.click();

  const theme = (
    which,
  ) => (document.documentElement.dataset.theme = pick(["light", "dark"], which));

  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const acts = {
    slide,
    type,
    choose,
    key,
    drag,
    press,
    theme,
    end: (which, side) => slide(which, Math.round(side)),
    wait: frame,
  };

  function fault() {
    if (uncaught.length) return `uncaught: ${uncaught.join("; ")}`;
    if (figure.dataset.state !== "live") return `it is ${figure.dataset.state}`;
    const found = NO_VALUE.exec(figure.textContent);
    if (found) return `${found[0]} in the text "…${around(figure.textContent, found.index)}…"`;
    for (const node of figure.querySelectorAll("*")) {
      for (const { name, value } of node.attributes) {
        if (NO_VALUE.test(value)) return `${name}="${value}" in ${node.outerHTML.slice(0, 300)}`;
      }
    }
    const empty = seen("canvas").find(({ width, height }) => !width || !height);
    if (empty) return `a canvas of ${empty.width} × ${empty.height} pixels`;
    const beyond = seen("[aria-valuenow]").find((node) => {
      const of = (name) => Number(node.getAttribute(`aria-value${name}`));
      return !(of("min") <= of("now") && of("now") <= of("max"));
    });
    return beyond ? `beyond its range: ${beyond.outerHTML.slice(0, 300)}` : null;
  }

  const around = (text, k) => text.slice(Math.max(0, k - 40), k + 40);

  // All that a reader can tell a figure's state from, but for the drawings on its canvases.
  window.looks = (n) => [
    figures[n].innerHTML,
    ...[...figures[n].querySelectorAll("input, select")].map((node) => [node.value, node.checked]),
  ];
  window.fault = fault;
  window.perform = async (actions, n = 0) => {
    figure = figures[n];
    for (const [at, [name, ...numbers]] of actions.entries()) {
      await acts[name](...numbers);
      const what = fault();
      if (what) return { at, what };
    }
    await frame();
    await frame(); // what is drawn a frame later
    const what = fault();
    return what ? { at: actions.length - 1, what } : null;
  };
})();
