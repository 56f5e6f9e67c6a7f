"""Questions at the end of a chapter: a reader picks an answer and is told at once why."""

from html import escape

import traitlets

from explorables.base import Explorable

MOST_ANSWERS = 5
FORM = "a question must be {'question': text, 'answers': [(text, is right, why), ...]}"


def _is_text(value):
    return isinstance(value, str) and value.strip() != ""


def _fault(question):
    """What is wrong with one question, in words, or None."""
    if not isinstance(question, dict) or set(question) != {"question", "answers"}:
        return f"{FORM}; it was {question!r}"
    text, answers = question["question"], question["answers"]
    if not _is_text(text):
        return f"a question must have a text; it was {text!r}"
    if not isinstance(answers, (list, tuple)) or not 2 <= len(answers) <= MOST_ANSWERS:
        return f"{text!r} must have 2 to {MOST_ANSWERS} answers; it had {answers!r}"
    for answer in answers:
        if not isinstance(answer, (list, tuple)) or len(answer) != 3:
            return f"{FORM}; an answer of {text!r} was {answer!r}"
        words, right, why = answer
        if not (_is_text(words) and isinstance(right, bool) and _is_text(why)):
            return f"an answer of {text!r} must be (text, True or False, why); it was {answer!r}"
    count = sum(right for _, right, _ in answers)
    if count != 1:
        return f"{text!r} must have one right answer; it had {count}"
    return None


class Questions(traitlets.List):
    """One question or more, each with 2 to 5 answers, of which one is right."""

    def validate(self, obj, value):
        value = super().validate(obj, value)
        if not value:
            raise traitlets.TraitError(f"{self.name} must hold at least one question")
        for question in value:
            if fault := _fault(question):
                raise traitlets.TraitError(f"{self.name}: {fault}")
        return value


def _answer_html(number, text):
    # JupyterLab would otherwise take the arrow keys for itself.
    radio = f'<input type="radio" name="question-{number}" data-lm-suppress-shortcuts="true">'
    return f"<label>{radio}<span>{escape(text)}</span></label>"


def _feedback_html(right, why):
    kind, verdict = ("right", "✓ Right.") if right else ("wrong", "✗ Not this one.")
    return f'<p class="xp-{kind}"><strong>{verdict}</strong> {escape(why)}</p>'


def _question_html(number, question):
    answers = question["answers"]
    return (
        f"<li><fieldset><legend>{escape(question['question'])}</legend>"
        + "".join(_answer_html(number, text) for text, _, _ in answers)
        + '<div class="xp-feedback" role="status">'
        + "".join(_feedback_html(right, why) for _, right, why in answers)
        + "</div></fieldset></li>"
    )


def _solution_html(question):
    text, why = next((text, why) for text, right, why in question["answers"] if right)
    return f"<li><strong>{escape(text)}</strong> {escape(why)}</li>"


def quiz_html(questions):
    """The quiz as a form that shows its feedback without a script, and its solutions in print.

    Method "dialog": Enter sends a form away otherwise.
    """
    asked = "".join(_question_html(k, question) for k, question in enumerate(questions, 1))
    solutions = "".join(_solution_html(question) for question in questions)
    return (
        f'<form class="xp-quiz" method="dialog"><ol>{asked}</ol>'
        '<div class="xp-quiz-end"><p class="xp-count"></p>'
        '<button type="reset" class="xp-button" data-lm-suppress-shortcuts="true">'
        "Start again</button></div>"
        f'<div class="xp-solutions"><p>Solutions</p><ol>{solutions}</ol></div></form>'
    )


class Quiz(Explorable):
    """Multiple choice with a reason for every answer, in the order in which they are given.

    ``Quiz([{"question": text, "answers": [(text, is right, why), ...]}, ...])``, all in plain
    text: a widget sets no formulas. The questions of a quiz cannot be changed. ``picked`` holds
    the answer that is picked of each question, from 0, or -1; in ``first_picked`` the page notes
    what was picked first.

    Raises TraitError for questions with no, two or more right answers, fewer than 2 or more
    than 5 answers, or without a text somewhere, and for answers that there are not.
    """

    heights = (0, 0)  # its still takes the same room

    questions = Questions(read_only=True)
    html = traitlets.Unicode(read_only=True).tag(sync=True)
    picked = traitlets.List(traitlets.Int()).tag(sync=True)
    first_picked = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(self, questions, **traits):
        self.set_trait("questions", questions)
        self.set_trait("html", quiz_html(questions))
        traits.setdefault("title", "Check yourself, a quiz")
        traits.setdefault("picked", [-1] * len(questions))
        traits.setdefault("first_picked", traits["picked"])
        super().__init__(**traits)

    def still(self):
        return f'<div class="xp">{self.html}</div>'

    @traitlets.validate("picked")
    def _check_picked(self, proposal):
        picked = proposal["value"]
        counts = [len(question["answers"]) for question in self.questions]
        if len(picked) != len(counts) or not all(
            -1 <= k < count for k, count in zip(picked, counts, strict=True)
        ):
            raise traitlets.TraitError(
                f"picked must hold, for each of the {len(counts)} questions, the number of an "
                f"answer, from 0, or -1; it was {picked!r}"
            )
        return picked
