// A quiz: its form comes from Python and shows its feedback by CSS. Here it tells the model what
// is picked, and counts.
import { assign, html, show } from "../../kit/common.js";

const NONE = -1;

function render(widget) {
  const { model } = widget;
  const room = html("div");
  room.innerHTML = model.get("html");
  const form = room.firstElementChild;
  const count = form.querySelector(".xp-count");
  const inputs = [...form.querySelectorAll("fieldset")].map((set) => [
    ...set.querySelectorAll("input"),
  ]);
  const right = [...form.querySelectorAll(".xp-feedback")].map((feedback) =>
    [...feedback.children].findIndex((text) => text.matches(".xp-right")),
  );

  const pick = (picked) => assign(model, { picked });
  form.addEventListener("change", () =>
    pick(inputs.map((set) => set.findIndex((input) => input.checked))),
  );
  form.addEventListener("reset", () => pick(inputs.map(() => NONE)));

  return show(widget, [form], () => {
    const [picked, before] = [model.get("picked"), model.get("first_picked")];
    const first_picked = firstPicked(picked, before);
    // A set within the change that is being told would send that to the kernel once more.
    if (first_picked.join() !== before.join())
      return queueMicrotask(() => assign(model, { first_picked })); // draws
    inputs.forEach((set, q) => set.forEach((input, k) => (input.checked = k === picked[q])));
    count.textContent = score(first_picked, right);
  });
}

// A first answer stays until its question has none.
const firstPicked = (picked, before) =>
  picked.map((k, q) => (k === NONE || before[q] === NONE ? k : before[q]));

function score(first, right) {
  const answered = first.filter((k) => k !== NONE).length;
  const hits = first.filter((k, q) => k === right[q]).length;
  const left = first.length - answered;
  if (answered === 0) return `${questions(left)}: pick an answer to each.`;
  const rest = left ? `${questions(left)} to go.` : "That was all.";
  return `${hits} of ${answered} right at the first try. ${rest}`;
}

const questions = (n) => `${n} question${n === 1 ? "" : "s"}`;

export default { render };
