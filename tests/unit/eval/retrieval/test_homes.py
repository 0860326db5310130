"""A suite's home is filled by the product, once, and again where something has changed."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from eval.retrieval import home_provenance
from eval.retrieval.domain import Suite, SuiteQuestion, SuiteText
from eval.retrieval.homes import SuiteHome, open_home
from eval.retrieval.product import JianxiSystem
from models.protocols import Vectors
from models.scripted import HashingEmbedder
from retrieval.domain import Mode

LONG = " ".join(f"Sentence {n} tells of the brain and its water channels in some more words." for n in range(60))
SUITE = Suite(
    "tiny",
    (
        SuiteText("w", "Water", "Aquaporin-4 moves water in astrocytes."),
        SuiteText("g", "", "Ginseng is a herb that strengthens qi."),
        SuiteText("l", "Long", LONG),
        SuiteText("e", "", " "),
    ),
    (SuiteQuestion("q", "Which herb strengthens qi?", {"g": 1}),),
)


class Counting(HashingEmbedder):
    embedded = 0

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        type(self).embedded += len(texts)
        return super().encode_passages(texts)

    def encode_query(self, text: str) -> Vectors:
        vector: Vectors = super().encode_passages([text])[0]
        return vector


@pytest.fixture(autouse=True)
def _count_anew() -> None:
    Counting.embedded = 0


async def documents_of(opened: SuiteHome) -> list[str]:
    return sorted(d.source_id for d in await opened.store.list_documents(limit=10))


async def test_texts_go_through_ingestion_and_keep_their_ids(tmp_path: Path) -> None:
    told: list[str] = []
    async with open_home(tmp_path / "h", SUITE, Counting(), lambda stage, done, total: told.append(stage)) as opened:
        assert await documents_of(opened) == ["g", "l", "w"]
        status = await opened.indexes.status()
        assert status.passages > status.documents == 3
        assert opened.making.left_out == ("e",)
        found = await JianxiSystem(opened, Counting(), mode=Mode.LEXICAL).rank(SUITE.questions[0], 10)
    assert found.ids[0] == "g"
    assert len(set(found.ids)) == len(found.ids)
    assert {"files read", "passages embedded"} <= set(told)
    assert not (tmp_path / "h/corpus").exists()


async def test_a_home_is_built_once(tmp_path: Path) -> None:
    async with open_home(tmp_path, SUITE, Counting()) as opened:
        first = opened.making
    embedded = Counting.embedded
    async with open_home(tmp_path, SUITE, Counting()) as opened:
        assert opened.making == first
    assert Counting.embedded == embedded > 0


async def test_a_changed_corpus_replaces_the_old_one_and_embeds_only_what_is_new(tmp_path: Path) -> None:
    async with open_home(tmp_path, SUITE, Counting()):
        embedded = Counting.embedded
    changed = replace(SUITE, texts=(*SUITE.texts[1:], SuiteText("n", "", "Rhubarb is another herb.")))
    async with open_home(tmp_path, changed, Counting()) as opened:
        assert await documents_of(opened) == ["g", "l", "n"]
    assert Counting.embedded == embedded + 1


async def test_another_embedder_makes_new_indexes_of_the_same_documents(tmp_path: Path) -> None:
    async with open_home(tmp_path, SUITE, Counting()) as opened:
        revision = await opened.store.head()
    async with open_home(tmp_path, SUITE, Counting(dimension=32)) as opened:
        assert (await opened.indexes.status()).dimension == 32
        assert await opened.store.head() == revision


async def test_a_changed_program_makes_new_indexes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_home(tmp_path, SUITE, Counting()) as opened:
        first = (await opened.indexes.status()).snapshot
    monkeypatch.setattr(home_provenance, "_program", lambda: (opened.making.reading, "other"))
    async with open_home(tmp_path, SUITE, Counting()) as again:
        assert (await again.indexes.status()).snapshot != first


async def test_a_build_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    class Failing(Counting):
        def encode_passages(self, texts: Sequence[str]) -> Vectors:
            raise RuntimeError("power cut")

    with pytest.raises(Exception, match="power cut"):
        async with open_home(tmp_path, SUITE, Failing()):
            pass
    made = home_provenance.noted(tmp_path)
    assert made is not None
    assert not made.whole
    async with open_home(tmp_path, SUITE, Counting()) as opened:
        assert await documents_of(opened) == ["g", "l", "w"]


async def test_as_many_texts_rank_as_are_asked_for_though_one_has_many_passages(tmp_path: Path) -> None:
    texts = (*SUITE.texts[:3], *(SuiteText(f"n{n}", "", f"Note {n} on the brain.") for n in range(3)))
    question = SuiteQuestion("q", "brain water channels sentence", {"l": 1})
    async with open_home(tmp_path, replace(SUITE, texts=texts), Counting()) as opened:
        found = await JianxiSystem(opened, Counting(), mode=Mode.DENSE).rank(question, 4)
    assert len(found.ids) == len(set(found.ids)) == 4
