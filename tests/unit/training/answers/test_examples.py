"""Training examples of the adapter: what the service asks, and the right reply."""

import json
from pathlib import Path

import pytest

from app.answering.messages import messages_in
from models.evidence_markup import parse
from training.answers.domain import Example
from training.answers.examples import Assembler
from training.answers.papers import PACKETS, Paper, packets
from training.answers.written import Written, written

WORDS = ["Clearance", "Diffusion", "Flow", "Sleep", "Tracer", "Edema", "Water", "Volume"]
PAPERS = {
    f"0-{n}": {
        letter: Paper(
            f"{letter}{n}", f"{word} {letter}", "2001", tuple(f"{word} {letter} is {k} percent." for k in "123")
        )
        for letter in "ABC"
    }
    for n, word in enumerate(WORDS)
}
ANSWER = Written(
    packet="0-0",
    type="answer",
    lang="zh",
    question="清除多少?",
    use=("A2", "B1"),
    answer="约2%[A2]。另见[A2][B1]。",
    question_en="How much is cleared?",
    answer_en="About 2% [A2]. See also [A2][B1].",
)


def made(*rows: Written, seed: int = 1) -> list[Example]:
    return [example for group in Assembler(PAPERS, rows, seed).groups() for example in group]


@pytest.mark.parametrize("seed", range(20))
def test_marks_of_a_reply_name_the_evidence_that_holds_their_sentences(seed: int) -> None:
    example = made(ANSWER, seed=seed)[0]
    by_source = {item.source: item for item in parse(str(example.messages[-1].content))}
    a, b = by_source["Clearance A, 2001"], by_source["Clearance B, 2001"]
    assert example.reply == f"About 2% [{a.number}]. See also [{a.number}][{b.number}]."
    assert str(example.messages[-1].content).endswith("Question: 清除多少?")
    assert "A is 2 percent." in a.text
    assert "B is 1 percent." in b.text


def test_the_same_seed_gives_the_same_examples() -> None:
    rows = [ANSWER] * 6
    assert made(*rows) == made(*rows) != made(*rows, seed=2)


def test_a_question_without_an_answer_is_declined_over_evidence() -> None:
    (example,) = made(Written(packet="0-1", type="none", lang="en", question="How fast is the flow in fish?"))
    assert example.reply == messages_in("en").no_answer
    assert parse(str(example.messages[-1].content))


def test_questions_of_a_packet_share_their_evidence() -> None:
    other = ANSWER.model_copy(update={"question": "流动多少?", "use": ("C1",), "answer_en": "About 1% [C1]."})
    (group, _) = Assembler(PAPERS, [ANSWER, other], 1).groups()
    first, *rest = (parse(str(example.messages[-1].content)) for example in group)
    assert rest
    assert all(evidence == first for evidence in rest)
    assert {item.source[:11] for item in first} >= {"Clearance A", "Clearance B", "Clearance C"}


def test_a_question_of_another_packet_is_declined() -> None:
    other = Written(packet="0-1", type="answer", lang="en", question="How much?", use=("A1",), answer="About 1% [A1].")
    groups = [group for seed in range(20) for group in Assembler(PAPERS, [ANSWER, other], seed).groups()]
    strangers = [(example, group) for group in groups for example in group if example.kind == "none_far"]
    assert strangers
    for example, group in strangers:
        assert example.reply == messages_in("en").no_answer
        assert example.packet != group[0].packet
        assert all(
            not item.source.startswith(f"{WORDS[int(example.packet[-1])]} ")
            for item in parse(str(example.messages[-1].content))
        )


def test_a_translated_sentence_is_an_example_and_evidence_in_chinese() -> None:
    translation = Written(packet="0-0", type="translate", sentence="A2", zh="清除率为百分之二。")
    answer = ANSWER.model_copy(
        update={"use": ("A2",), "answer": "约2%[A2]。", "answer_en": "About 2% [A2].", "question_en": ""}
    )
    examples = [example for seed in range(20) for example in made(translation, answer, seed=seed)]
    told = {(str(e.messages[-1].content).rpartition("问题")[2], e.reply) for e in examples if e.kind == "translate"}
    assert told == {
        (": 清除多少?\n句子: Clearance A is 2 percent.", "清除率为百分之二。"),
        (": 清除多少?\n句子: About 2%.", "约2%。"),
    }
    chinese = [e for e in examples if e.kind == "chinese_evidence"]
    assert chinese
    assert all("清除率为百分之二。" in str(e.messages[-1].content) for e in chinese)


def test_each_written_row_names_sentences_of_its_packet() -> None:
    names = {line.split("\t")[0] for line in PACKETS.read_text("utf-8").splitlines()}
    for row in written():
        assert row.packet in names
        assert all(f"[{place}]" in row.answer for place in row.use if row.type == "answer") or row.use
        assert bool(row.question) != (row.type == "translate")


def test_abstracts_are_read_in_sentences_with_their_signs(tmp_path: Path) -> None:
    ids = [line.split("\t")[1:] for line in PACKETS.read_text("utf-8").splitlines()]
    pubmed, scifact = tmp_path / "corpus.jsonl", tmp_path / "scifact.jsonl"
    mine = {id_ for row in ids for id_ in row}
    pubmed.write_text(
        "".join(
            json.dumps({"paper_id": i, "title": "T", "abstract": "One &#x3b1;. Two.", "publication_year": 2001}) + "\n"
            for i in mine
            if not i.startswith("SF-")
        )
    )
    scifact.write_text(
        "".join(json.dumps({"_id": i[3:], "title": "S", "text": "Three. Four."}) + "\n" for i in mine if i[:3] == "SF-")
    )
    found = packets(pubmed, scifact)
    assert found["0-0"]["A"].sentences == ("One α.", "Two.")
    with pytest.raises(KeyError):
        packets(scifact_only(tmp_path), scifact)


def scifact_only(folder: Path) -> Path:
    empty = folder / "empty.jsonl"
    empty.write_text("")
    return empty
