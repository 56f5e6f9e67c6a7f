// A quiz: its form comes from Python. Here it tells the model what is picked, shows why that is right
// or wrong, and counts.
import { html } from "../../kit/dom.js";
import { assign, show } from "../../kit/model.js";

const NONE = -1;

function formOf(text) {
  const holder = html("div");
  holder.innerHTML = text;
  return holder.firstElementChild;
}

function render(widget) {
  const { model } = widget;
  const form = formOf(model.get("html"));
  const count = form.querySelector(".xp-count");
  const questions = [...form.querySelectorAll("fieldset")];
  const radios = questions.map((question) => [...question.querySelectorAll("input")]);
  const labels = questions.map((question) => [...question.querySelectorAll("label")]);
  const feedback = questions.map((
    question,
  ) => [...question.querySelector(".xp-feedback").children]);
  const right = feedback.map((reasons) => reasons.findIndex((p) => p.matches(".xp-right")));

  const pick = (picked) => assign(model, { picked });
  form.addEventListener(
    "change",
    () => pick(radios.map((answers) => answers.findIndex(({ checked }) => checked))),
  );
  form.addEventListener("reset", () => pick(radios.map(() => NONE)));

  function draw() {
    const [picked, before] = [model.get("picked"), model.get("first_picked")];
    const first_picked = firstPicked(picked, before);
    if (first_picked.join() !== before.join()) {
      // A set within the change that is being told would send that to the kernel once more.
      queueMicrotask(() => assign(model, { first_picked })); // draws
      return;
    }
    radios.forEach((answers, q) =>
      answers.forEach((radio, k) => {
        radio.checked = k === picked[q];
        labels[q][k].classList.toggle("xp-picked", radio.checked);
        feedback[q][k].classList.toggle("xp-picked", radio.checked);
      })
    );
    count.textContent = score(first_picked, right);
  }
  return show(widget, [form], draw);
}

// A first answer stays until its question has none.
const firstPicked = (picked, before) =>
  picked.map((k, q) => (k === NONE || before[q] === NONE ? k : before[q]));

function score(first, right) {
  const answered = first.filter((k) => k !== NONE).length;
  const hits = first.filter((k, q) => k === right[q]).length;
  const open = inWords(first.length - answered);
  if (answered === 0) return `${open}: pick an answer to each.`;
  const rest = answered < first.length ? `${open} to go.` : "That was all.";
  return `${hits} of ${answered} right at the first try. ${rest}`;
}

const inWords = (questions) => `${questions} question${questions === 1 ? "" : "s"}`;

export default { render };
