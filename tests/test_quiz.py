"""The quiz: what it refuses and keeps, and how a reader answers it by mouse, keys and touch."""

import copy

import pytest
import traitlets
from axe_playwright_python.sync_playwright import Axe
from figure_page import FigurePage, text_of
from hypothesis import given, settings
from hypothesis import strategies as st

from explorables import Quiz
from explorables.host.bundle import bundle

QUESTIONS = [
    {
        "question": "Is 2 < 3?",
        "answers": [
            ("Yes & always", True, "Three is two and one more."),
            ("No", False, "Look at a ruler: 2 comes first."),
        ],
    },
    {
        "question": "How long is the vector (3, 4)?",
        "answers": [
            ("7", False, "That is the sum of its entries, the norm ‖w‖₁."),
            ("5", True, "√(9 + 16) = 5, with the Euclidean norm ‖w‖."),
            ("4", False, "That is its largest entry. " * 12),
            ("25", False, "That is the square of its length."),
        ],
    },
    {
        "question": "Which angle has the cosine ½?",
        "answers": [
            ("30°", False, "Its sine is ½."),
            ("45°", False, "There sine and cosine are the same."),
            ("60°", True, "Half of an equilateral triangle shows it."),
        ],
    },
]
RIGHT = [0, 1, 2]


# What it takes and refuses


def changed(**changes):
    """One question with changes: ``answers``, ``question`` or something else."""
    return [copy.deepcopy(QUESTIONS[0]) | changes]


@pytest.mark.parametrize(
    ("questions", "message"),
    [
        ([], "at least one question"),
        ("What?", "questions"),
        (["What?"], "a question must be"),
        ([{"question": "What?"}], "a question must be"),
        (changed(hint="x"), "a question must be"),
        (changed(question="  "), "must have a text; it was '  '"),
        (changed(question=3), "must have a text; it was 3"),
        (changed(answers="yes or no"), "'Is 2 < 3\\?' must have 2 to 5 answers"),
        (changed(answers=[("Yes", True, "so")]), "'Is 2 < 3\\?' must have 2 to 5 answers"),
        (changed(answers=[(str(k), k == 0, "so") for k in range(6)]), "2 to 5 answers"),
        (changed(answers=[("a", True, "so"), ("b", False)]), "an answer of 'Is 2 < 3\\?' was"),
        (changed(answers=[("a", True, "so"), "abc"]), "an answer of 'Is 2 < 3\\?' was 'abc'"),
        (changed(answers=[("a", True, "so"), ("b", False, "")]), "True or False, why"),
        (changed(answers=[("a", True, "so"), ("", False, "so")]), "True or False, why"),
        (changed(answers=[("a", True, "so"), (2, False, "so")]), "True or False, why"),
        (changed(answers=[("a", True, "so"), ("b", 0, "so")]), "True or False, why"),
        (changed(answers=[("a", True, "so"), ("b", True, "so")]), "one right answer; it had 2"),
        (changed(answers=[("a", False, "so"), ("b", False, "so")]), "one right answer; it had 0"),
    ],
)
def test_questions_that_make_no_quiz_are_refused(questions, message):
    with pytest.raises(traitlets.TraitError, match=message):
        Quiz(questions)


@pytest.mark.parametrize("picked", [[0, 0], [0] * 4, [2, 0, 0], [0, 4, 0], [-2, 0, 0], ["0", 0, 0]])
def test_answers_that_there_are_not_are_refused(picked):
    with pytest.raises(traitlets.TraitError, match="picked"):
        Quiz(QUESTIONS, picked=picked)


def test_questions_cannot_be_changed():
    with pytest.raises(traitlets.TraitError, match="questions"):
        Quiz(QUESTIONS).questions = QUESTIONS[:1]


def test_it_starts_unanswered_and_the_same_each_time():
    quiz = Quiz(QUESTIONS)
    assert quiz.picked == quiz.first_picked == [-1, -1, -1]
    assert quiz.state() == Quiz(QUESTIONS).state()
    assert set(quiz.state()) == {"title", "html", "picked", "first_picked", "ranges"}


def test_jupyter_gets_the_front_end_of_the_page():
    assert Quiz(QUESTIONS).get_state("_esm")["_esm"] == bundle(Quiz.front_end)


# In a page


class QuizPage(FigurePage):
    figure = Quiz

    def radio(self, q, k):
        return self.root.get_by_role("group").nth(q + 1).get_by_role("radio").nth(k)

    def answer(self, text):
        """The label of the answer with that text."""
        return self.root.locator("label").get_by_text(text, exact=True)

    def feedback(self):
        """What is to be seen of the feedback, one text a question."""
        return [text_of(box).strip() for box in self.root.get_by_role("status").all()]

    def count(self):
        return (
            self.root.get_by_text("question").or_(self.root.get_by_text("first try")).inner_text()
        )

    def faults(self):
        return [fault["id"] for fault in Axe().run(self.page).response["violations"]]


WIDGET = Quiz(QUESTIONS)


@pytest.fixture
def quiz(open_figure):
    return open_figure(QuizPage, widget=WIDGET)


def said(q, k):
    _, right, why = QUESTIONS[q]["answers"][k]
    return f"{'✓ Right.' if right else '✗ Not this one.'} {why.strip()}"


def test_an_answer_is_told_at_once_whether_it_is_right_and_why(quiz):
    assert quiz.feedback() == ["", "", ""]
    assert quiz.count() == "3 questions: pick an answer to each."
    for q, question in enumerate(QUESTIONS):
        for k, (text, _, _) in enumerate(question["answers"]):
            quiz.answer(text).click()
            assert quiz.feedback()[q] == said(q, k)


def test_the_first_tries_are_counted_and_no_others(quiz):
    quiz.radio(0, 0).check()
    assert quiz.count() == "1 of 1 right at the first try. 2 questions to go."
    quiz.radio(1, 0).check()
    quiz.radio(1, 1).check()
    assert quiz.count() == "1 of 2 right at the first try. 1 question to go."
    quiz.radio(0, 1).check()
    quiz.radio(2, 2).check()
    assert quiz.count() == "2 of 3 right at the first try. That was all."
    assert quiz.get("picked") == [1, 1, 2]
    assert quiz.get("first_picked") == [0, 0, 2]


def test_starting_again_forgets_all(quiz):
    for q, k in enumerate([1, 0, 0]):
        quiz.radio(q, k).check()
    quiz.root.get_by_role("button", name="Start again").click()
    assert quiz.feedback() == ["", "", ""]
    assert quiz.root.get_by_role("radio", checked=True).count() == 0
    assert quiz.get("picked") == quiz.get("first_picked") == [-1, -1, -1]
    for q, k in enumerate(RIGHT):
        quiz.radio(q, k).check()
    assert quiz.count() == "3 of 3 right at the first try. That was all."


def test_the_keyboard_alone_is_enough(open_figure):
    quiz = open_figure(QuizPage, widget=WIDGET, fresh=True)
    address = quiz.page.url
    press = quiz.page.keyboard.press
    for key in ("Tab", "Space", "Tab", "Space", "ArrowDown", "Enter", "Tab", "ArrowUp"):
        press(key)
    assert quiz.get("picked") == [0, 1, 2]
    assert quiz.get("first_picked") == [0, 0, 2]
    assert quiz.feedback() == [said(0, 0), said(1, 1), said(2, 2)]
    assert quiz.page.url == address  # Enter sent nothing away
    press("Tab")
    press("Enter")
    assert quiz.get("picked") == [-1, -1, -1]


def test_a_finger_is_enough(open_figure):
    quiz = open_figure(QuizPage, width=390, widget=WIDGET, has_touch=True, is_mobile=True)
    quiz.answer("60°").tap()
    assert quiz.feedback()[2] == said(2, 2)
    heights = [label.bounding_box()["height"] for label in quiz.root.locator("label").all()]
    assert min(heights) >= 32


def test_a_screen_reader_hears_the_question_and_the_feedback(quiz):
    question = quiz.root.get_by_role("group", name="How long is the vector (3, 4)?")
    question.get_by_role("radio", name="25").check()
    assert question.get_by_role("status").inner_text() == said(1, 3)


def test_what_python_sets_is_shown(quiz):
    quiz.set(picked=[-1, 3, 2])
    quiz.set(picked=[-1, 1, 2])
    assert quiz.feedback() == ["", said(1, 1), said(2, 2)]
    assert quiz.count() == "1 of 2 right at the first try. 1 question to go."
    assert quiz.get("first_picked") == [-1, 3, 2]


def test_what_was_picked_first_stays_until_the_question_is_cleared(quiz):
    pick_in_turn = f"""async (history) => {{
      for (const picked of history) {{
        {quiz.model}.set("picked", picked);
        await null;
      }}
      return {quiz.model}.get("first_picked");
    }}"""

    @settings(max_examples=30)
    @given(st.lists(st.tuples(*[st.integers(-1, n - 1) for n in (2, 4, 3)]), min_size=1))
    def check(history):
        first_picked = quiz.page.evaluate(pick_in_turn, [(-1, -1, -1), *history])
        for q in range(3):
            since_cleared = []
            for picked in history:
                since_cleared = since_cleared + [picked[q]] if picked[q] >= 0 else []
            assert first_picked[q] == (since_cleared[0] if since_cleared else -1)

    check()


def test_there_may_be_one_question(open_figure):
    quiz = open_figure(QuizPage, widget=Quiz(QUESTIONS[1:2]), fresh=True)
    assert quiz.count() == "1 question: pick an answer to each."
    quiz.answer("5").click()
    assert quiz.feedback() == [said(1, 1)]
    assert quiz.count() == "1 of 1 right at the first try. That was all."


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_before_and_after(open_figure, width, theme):
    quiz = open_figure(QuizPage, width=width, theme=theme, widget=WIDGET, fresh=True)
    quiz.page.evaluate("theme => (document.documentElement.dataset.theme = theme)", theme)
    quiz.page.add_style_tag(
        content='[data-theme="dark"] { background: #121212; color: #ced6dd; color-scheme: dark; }'
    )
    own = {"landmark-one-main", "page-has-heading-one", "region"}  # the page is no chapter
    assert set(quiz.faults()) <= own
    for q, k in enumerate([1, 1, 0]):
        quiz.radio(q, k).check()
    assert set(quiz.faults()) <= own


# Without scripts, and in print


@pytest.fixture
def open_still(browser, figure_server):
    """Opens the page without scripts, and returns it."""
    contexts = []

    def open_still(width=1280):
        viewport = {"width": width, "height": 800}
        contexts.append(browser.new_context(viewport=viewport, java_script_enabled=False))
        page = contexts[-1].new_page()
        page.goto(figure_server.page(WIDGET))
        return page

    yield open_still
    for context in contexts:
        context.close()


def test_without_scripts_it_answers_too(open_still):
    page = open_still()
    address = page.url
    page.get_by_label("45°").check()
    page.get_by_label("No", exact=True).check()
    shown = [box.inner_text().strip() for box in page.get_by_role("status").all()]
    assert shown == [said(0, 1), "", said(2, 1)]
    page.keyboard.press("Enter")
    assert page.url == address
    page.get_by_role("button", name="Start again").click()
    assert page.get_by_role("radio", checked=True).count() == 0


@pytest.mark.parametrize("media", ["screen", "print"])
def test_solutions_stand_at_the_end_in_print_alone(open_figure, open_still, media):
    live = open_figure(QuizPage, widget=WIDGET, fresh=True)
    live.radio(0, 1).check()
    for page in (live.page, open_still()):
        page.emulate_media(media=media)
        solutions = page.locator(".xp-solutions li")
        assert [item.is_visible() for item in solutions.all()] == [media == "print"] * 3
        for q, item in enumerate(solutions.all()):
            text, _, why = QUESTIONS[q]["answers"][RIGHT[q]]
            assert item.text_content() == f"{text} {why}"
        if media == "print":
            assert not any(p.is_visible() for p in page.locator("fieldset p").all())


@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_and_keeps_the_height_of_its_still(open_figure, open_still, width):
    height = open_still(width).locator(".explorable").bounding_box()["height"]
    quiz = open_figure(QuizPage, width=width, widget=WIDGET)
    for q, question in enumerate(QUESTIONS):
        for k in range(len(question["answers"])):
            quiz.radio(q, k).check()
            assert quiz.height() == height
            assert quiz.sticks_out() <= 0
