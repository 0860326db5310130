"""The places to read where a question is not answered."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.answering.domain import AnswerRequest, Citation
from app.answering.evidence import EvidenceItem, fact_item, passage_item
from app.answering.excerpts import excerpts_of
from app.answering.messages import messages_in
from app.answering.nearest import nearest_of
from app.answering.pages import Pages
from app.answering.prepare import Prepared
from kg.domain import EntityId, Evidence, Relation, Revision, relation_id
from models.scripted import HashingEmbedder, ScriptedJudge
from retrieval.domain import EvidencePack, FactEvidence, LinkedEntity, Query
from retrieval.question.plain_parser import PlainParser
from tests.unit.app.answering.library import entities, passages

ASKED = "gastrodin clearance during sleep"
"""Of the small library, the paper on sleep is nearest, then that on the paravascular pathway."""


def fact(number: int, subject: str, object_: str, source: str) -> EvidenceItem:
    known = entities()
    one, other = EntityId(subject), EntityId(object_)
    relation = Relation(
        relation_id(one, "herb_has_compound", other), one, "herb_has_compound", other, evidence=(Evidence(source),)
    )
    found = FactEvidence(relation, known[one], known[other], 1.0)
    return fact_item(number, found, {"herb_has_compound": ASKED}, messages_in("en"), "en")


NAMED = fact(8, "herb:tianma", "compound:gastrodin", "HerbiV")
STRANGE = fact(9, "herb:shanzhizi", "compound:geniposide", "Bioconductor annotation")


async def near(
    items: Sequence[EvidenceItem],
    judge: ScriptedJudge | None,
    *,
    read: bool = True,
    pointed: Sequence[tuple[int, str]] = (),
) -> list[str]:
    """The titles of the places, for a question that names gastrodin."""
    gastrodin = LinkedEntity(entities()[EntityId("compound:gastrodin")], 0, 9, "gastrodin")
    embedder = HashingEmbedder()
    pack = EvidencePack(Query(ASKED), "en", passages(), (), (gastrodin,), Revision(1), "s1", embedder.identity, None)
    prepared = Prepared(AnswerRequest(ASKED), await PlainParser().parse(ASKED, ()), "en", pack, tuple(items))
    prepared = replace(prepared, excerpts=excerpts_of(ASKED, items, judge) if read else None)
    return [citation.title for citation in await nearest_of(prepared, judge, Pages(None), pointed)]


def papers() -> list[EvidenceItem]:
    """The papers of the library, the least relevant first."""
    return [passage_item(number, found) for number, found in enumerate(reversed(passages()), 1)]


SLEEP, PATHWAY, FRONTIER = (p.document.title for p in passages())


@pytest.mark.parametrize("read", [True, False])
async def test_passages_come_by_their_relevance_before_any_fact(read: bool) -> None:
    assert await near([NAMED, STRANGE, *papers()], ScriptedJudge(), read=read) == [SLEEP, PATHWAY]


async def test_a_fact_is_a_place_to_read_only_if_it_names_an_entity_of_the_question() -> None:
    (one, *_) = papers()
    assert await near([STRANGE, NAMED, one], ScriptedJudge()) == [FRONTIER, "Knowledge graph: HerbiV"]
    assert await near([STRANGE, one], ScriptedJudge()) == [FRONTIER]
    assert await near([STRANGE], None) == []


async def test_a_paper_is_named_once_with_its_most_relevant_excerpt() -> None:
    one = papers()[-1]
    assert await near([one, replace(one, number=2)], ScriptedJudge()) == [SLEEP]


async def test_what_a_model_pointed_at_comes_first() -> None:
    found = papers()
    pointed = [(found[0].number, found[0].text[:20])]
    assert await near(found, ScriptedJudge(), pointed=pointed) == [FRONTIER, SLEEP]
    assert await near(found, ScriptedJudge(), pointed=[(99, "gone")]) == [SLEEP, PATHWAY]


async def test_without_a_judge_they_come_as_they_were_found() -> None:
    assert await near(papers(), None) == [FRONTIER, PATHWAY]


async def test_the_quote_is_what_the_judge_read() -> None:
    (one, *_) = papers()
    excerpts = excerpts_of(ASKED, [one], ScriptedJudge())
    assert excerpts is not None
    cited: Citation = await Pages(None).quoting(excerpts[0].item, excerpts[0].text)
    assert cited == replace(one.citation, quote=excerpts[0].text)
