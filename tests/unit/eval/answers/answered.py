"""Small answers for tests."""

from eval.answers.domain import Answered, Evidence, Said


def passage(number: int, text: str, source: str = "") -> Evidence:
    return Evidence(number, "passage", source or f"PM-{number}", f"Paper {number}", text, text)


def fact(number: int, subject: str, object_: str) -> Evidence:
    text = f"{subject} contains {object_}"
    return Evidence(number, "fact", "", "Graph", text, text, (subject, "has", object_), (subject, object_))


def answer(*said: tuple[str, tuple[int, ...]], evidence: tuple[Evidence, ...] = (), **more: object) -> Answered:
    sentences = tuple(Said(text, numbers, "supported") for text, numbers in said)
    text = " ".join(s.text for s in sentences)
    return Answered(text, sentences, evidence, sufficiency="answer", **more)  # type: ignore[arg-type]


def refusal(*evidence: Evidence, dropped: tuple[str, ...] = ()) -> Answered:
    return Answered("Not known.", (), evidence, sufficiency="cannot_answer", dropped=dropped)
