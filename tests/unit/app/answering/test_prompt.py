"""Prompts and the reply's sentences."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.answering.domain import Parameters, Turn
from app.answering.evidence import items_of
from app.answering.generate import arguments, split
from app.answering.messages import messages_in
from app.answering.prompt import build_prompt, estimated, terms_of
from app.answering.subject import Example, ExampleEvidence, Subject, subjects_of
from kg.domain import Revision
from kg.errors import InvalidOntology
from kg.ontology import load_domain
from models.evidence_markup import parse
from retrieval.domain import EvidencePack, Query
from tests.unit.app.answering.library import passages

EXAMPLE = Example(
    question="Which tea is green?",
    evidence=(ExampleEvidence(source="A tea book", text="Sencha is."),),
    answer="Sencha [1].",
)
SUBJECT = Subject("tea", "Keep names of teas.", EXAMPLE)
PACK = EvidencePack(Query("x"), "en", passages(), (), (), Revision(1), "s", "e", None)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_prompt_holds_rules_one_example_and_the_evidence(language: str) -> None:
    items = items_of(PACK, labels={}, words=messages_in(language), language=language, budget_tokens=1800)
    prompt = build_prompt("问题?", items, messages_in(language), subject=SUBJECT, room_tokens=3600)
    assert [m.type for m in prompt.messages] == ["system", "human", "ai", "human"]
    assert [e.number for e in parse(str(prompt.messages[-1].content))] == [1, 2, 3]
    assert messages_in(language).no_answer in str(prompt.messages[0].content)
    assert str(prompt.messages[0].content).endswith("- Keep names of teas.\n")


def test_a_subject_without_an_example_shows_none() -> None:
    items = items_of(PACK, labels={}, words=messages_in("en"), language="en", budget_tokens=1800)
    prompt = build_prompt("Which?", items, messages_in("en"), subject=Subject("tea"), room_tokens=3600)
    assert [m.type for m in prompt.messages] == ["system", "human"]


def test_a_tuned_model_reads_a_short_rule_and_its_evidence_alone() -> None:
    items = items_of(PACK, labels={}, words=messages_in("zh"), language="zh", budget_tokens=1800)
    prompt = build_prompt(
        "睡眠有什么作用?",
        items,
        messages_in("zh"),
        subject=SUBJECT,
        history=[Turn("user", "你好")],
        room_tokens=3600,
        tuned=True,
    )
    rule, asked = (str(message.content) for message in prompt.messages)
    assert rule == messages_in("zh").tuned.format(no_answer=messages_in("zh").no_answer)
    assert asked.endswith("问题: 睡眠有什么作用?")
    assert [e.number for e in parse(asked)] == [1, 2, 3]
    assert prompt.no_answer == messages_in("zh").no_answer


def test_a_text_in_the_readers_language_needs_no_terms() -> None:
    assert not terms_of("间质液的清除", "zh")
    assert not terms_of("Clearance of the interstitial fluid", "en")


def test_each_bundled_subject_has_an_example_in_both_languages() -> None:
    for name in ("ecs_tcm", "alevel_physics"):
        subjects = subjects_of(load_domain(name))
        assert all(subjects[language].example and subjects[language].rule for language in ("zh", "en"))


def test_an_example_with_a_wrong_field_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "prompt_example.yaml").write_text("en: {question: q, answers: a, evidence: []}\n", "utf-8")
    with pytest.raises(InvalidOntology, match=r"prompt_example.yaml:1: en.answer is missing; add it"):
        subjects_of(replace(load_domain("ecs_tcm"), folder=tmp_path))


@settings(max_examples=25, deadline=None)
@given(st.integers(600, 4000), st.integers(1, 40))
def test_the_prompt_never_outgrows_its_room(room: int, copies: int) -> None:
    pack = EvidencePack(Query("x"), "en", passages() * copies, (), (), Revision(1), "s", "e", None)
    items = items_of(pack, labels={}, words=messages_in("en"), language="en", budget_tokens=10_000)
    prompt = build_prompt("What is it?", items, messages_in("en"), subject=SUBJECT, room_tokens=room)
    assert len(prompt.evidence) == 1 or prompt.tokens <= room


def test_the_estimate_is_on_the_safe_side() -> None:
    assert estimated("脑细胞外间隙") >= 6


def test_history_is_in_the_prompt_and_cut_from_its_old_end() -> None:
    history = tuple(Turn("user" if n % 2 == 0 else "assistant", f"turn {n} " + "word " * 40) for n in range(20))
    items = items_of(PACK, labels={}, words=messages_in("en"), language="en", budget_tokens=500)
    prompt = build_prompt("q", items, messages_in("en"), subject=SUBJECT, history=history, room_tokens=3000)
    text = prompt.text
    assert "turn 19" in text
    assert "turn 0 " not in text


REPLY = "A is B [1]. C is D. [2][3]\n甲是乙[1]。丙是丁。[2]\n- E is F [1].\n1. G is H [4]"


@given(st.lists(st.integers(1, len(REPLY)), max_size=12))
def test_sentences_do_not_depend_on_how_the_stream_is_cut(cuts: list[int]) -> None:
    whole, waiting, start = [], "", 0
    for cut in [*sorted(set(cuts)), len(REPLY)]:
        done, waiting = split(waiting + REPLY[start:cut])
        whole += done
        start = cut
    whole += split(waiting, last=True)[0]
    assert whole == split(REPLY, last=True)[0]
    assert whole == ["A is B [1].", "C is D. [2][3]", "甲是乙[1]。", "丙是丁。[2]", "E is F [1].", "G is H [4]"]


def test_only_what_is_asked_is_sent_to_the_model() -> None:
    assert arguments(Parameters(), room_tokens=400, adapter=None) == {"max_tokens": 400}
    asked = arguments(Parameters(temperature=0.2, beam_width=4, max_tokens=900, seed=7), room_tokens=400, adapter="ecs")
    assert asked["max_tokens"] == 400
    assert (asked["model"], asked["seed"]) == ("ecs", 7)
    assert asked["extra_body"]["use_beam_search"]
