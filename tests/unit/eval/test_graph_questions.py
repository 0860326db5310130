"""The questions to the graph: answered completely over the sample, gold computed from its tables."""

from pathlib import Path

import pytest

from eval.graph.gold import Gold, GraphQuestion, gold_of
from eval.graph.suite import ask_source, document, says, sources
from eval.graph.tables import Tables, less, onward, shared
from models.scripted import HashingEmbedder


def small() -> Tables:
    tables = Tables()
    for id_, type_ in (("f", "Formula"), ("a", "Herb"), ("b", "Herb"), ("x", "Compound")):
        tables.add(id_, type_, [f"name {id_}"], {})
    for triple in (("f", "has", "a"), ("f", "has", "b"), ("a", "of", "x"), ("a", "of", "unknown")):
        tables.join(*triple)
    return tables


def test_gold_is_put_together_from_triples() -> None:
    tables = small()
    herbs = tables.beside(["f"], "Herb")
    holding = tables.beside(tables.ids("NAME-x"), "Herb")
    assert shared(herbs, holding) == {"a": {("f", "has", "a"), ("a", "of", "x")}}
    assert set(less(herbs, holding)) == {"b"}
    assert onward(tables, herbs, "Compound") == {"x": {("f", "has", "a"), ("a", "of", "x")}}


def gold(text: str) -> Gold:
    return gold_of(GraphQuestion("q", "?", "en", "list", text), small())


def test_gold_is_written_as_calls_over_sets_of_the_tables() -> None:
    assert gold("listed(beside('name f', 'Herb', of='Formula'))").items == {"a", "b"}
    assert gold("counted(less(beside('name f', 'Herb'), beside('name x', 'Herb')))").count == 1
    assert gold("says_no(only(beside('name f', 'Herb'), ids('name x')))").yes is False
    assert gold("most(beside('name f', 'Herb'), 'Compound')").items == {"a"}
    with pytest.raises(ValueError, match="the tables say no"):
        gold("says_yes(only(beside('name f', 'Herb'), ids('name x')))")
    with pytest.raises(ValueError, match="neither a call nor a text"):
        gold("listed(beside)")


def test_an_answer_must_say_number_names_and_verdict() -> None:
    tables = small()
    wanted = Gold(items=frozenset({"a", "b"}), count=2)
    assert says("2 herbs: name a[1], name b[2].", wanted, tables)
    assert not says("12 herbs: name a[1], name b[2].", wanted, tables)
    assert not says("2 herbs: name a[2].", wanted, tables)
    assert says("No: none of them.", Gold(yes=False), tables)
    assert not says("Nothing is known.", Gold(yes=False), tables)


async def test_the_sample_is_answered_completely(tmp_path: Path) -> None:
    asked = await ask_source(sources(None)[0], tmp_path, HashingEmbedder())
    assert document({"sample": asked})["missed"] == []


async def test_herbiv_is_answered_completely(shared_data: Path, tmp_path: Path) -> None:
    source = next(s for s in sources(shared_data) if s.name == "herbiv")
    asked = await ask_source(source, tmp_path, HashingEmbedder())
    assert document({"herbiv": asked})["missed"] == []
