"""Questions whose request is marked."""

from retrieval.question.subject import QuestionPart
from training.question.data import FOLDER
from training.question.subject_model import marked_question, read_marked, train, whole_subjects


def parts(marked: str) -> dict[str, QuestionPart]:
    question = marked_question(marked)
    return {token.text: part for token, part in zip(question.tokens, question.parts, strict=True)}


def test_a_request_stands_in_brackets_and_the_rest_is_the_subject() -> None:
    assert marked_question("[Papers on] beech bark[?]").text == "Papers on beech bark?"
    said = parts("[Papers on] beech bark[?]")
    assert [word for word, part in said.items() if part is QuestionPart.REQUEST] == ["Papers", "on", "?"]
    assert set(parts("Is beech bark smooth?").values()) == {QuestionPart.SUBJECT}


def test_no_question_is_both_trained_on_and_held_out() -> None:
    marked = read_marked(FOLDER / "subjects.tsv")
    trained = {q.text for q in [*marked, *whole_subjects(FOLDER / "questions.tsv", marked)]}
    held_out = [*read_marked(FOLDER / "subjects_held_out.tsv"), *whole_subjects(FOLDER / "held_out.tsv")]
    assert not trained & {q.text for q in held_out}


def test_a_model_of_a_few_questions_reads_the_like_of_them() -> None:
    subjects = ("moss", "tin", "oats", "ferns", "opals", "bats")
    model = train([marked_question(f"[List the papers here on] {subject}[.]") for subject in subjects])
    question = marked_question("[List the papers here on] gulls[.]")
    assert tuple(model.parts(question.tokens)) == question.parts
