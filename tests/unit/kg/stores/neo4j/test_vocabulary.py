"""Only names of the ontology stand in a statement, and no text is syntax."""

import pytest

from kg.errors import InvalidChange, InvalidOntology
from kg.stores.neo4j.name_search import escaped, quoted
from kg.stores.neo4j.schema import statements
from kg.stores.neo4j.vocabulary import Vocabulary

_WORDS = Vocabulary({"Herb", "Document", "药材"}, {"treats", "HAS", "part of"})


def test_names_of_the_ontology_are_labels_and_types() -> None:
    assert _WORDS.label("药材") == "`药材`"
    assert _WORDS.type_("part of") == "`part of`"


def test_names_that_the_store_uses_itself_are_set_apart() -> None:
    assert _WORDS.label("Document") == "`Document_`"
    assert _WORDS.type_("HAS") == "`HAS_`"
    assert _WORDS.predicate("HAS_") == "HAS"


def test_names_that_are_not_in_the_list_are_refused() -> None:
    with pytest.raises(InvalidChange, match="no entity type 'Gene'"):
        _WORDS.label("Gene")
    with pytest.raises(InvalidChange, match="no predicate"):
        _WORDS.type_("treats`]->() DETACH DELETE n //")
    assert _WORDS.pattern(["cures", "treats"]) == "`treats`"


@pytest.mark.parametrize("name", ["", "1st", "a`b", "a\\u0060b", "x)", "a:b", "a\nb", "x" * 101])
def test_names_that_could_leave_their_quotes_are_no_names(name: str) -> None:
    with pytest.raises(InvalidOntology):
        Vocabulary({name}, set())
    with pytest.raises(InvalidOntology):
        Vocabulary(set(), {name})


def test_a_relation_id_tells_which_predicates_it_can_have() -> None:
    assert _WORDS.guesses("a|treats|b") == ("treats",)
    assert _WORDS.guesses("a|treats|part of|HAS") == ("treats", "part of")
    assert _WORDS.guesses("nothing") == ()


def test_nothing_of_a_text_is_query_syntax() -> None:
    assert escaped('a+b "c"*') == "\\a\\+b".removeprefix("\\") + '\\ \\"c\\"\\*'
    assert quoted('x" OR y\\') == '"x\\" OR y\\\\"'


def test_every_predicate_has_a_unique_constraint() -> None:
    made = statements(_WORDS)
    assert sum("FOR ()-[r:" in s and "IS UNIQUE" in s for s in made.values()) == 3
