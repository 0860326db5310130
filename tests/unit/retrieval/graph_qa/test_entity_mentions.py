"""Names of a question with all that they may mean."""

from kg.domain import Entity, EntityId, Name
from kg.names.linker import Linker
from kg.ontology import load_domain
from kg.protocols import NamedEntity
from retrieval.graph_qa.entity_mentions import EntityMention, mentions_in, places
from retrieval.graph_qa.intent_patterns import patterns_of

ONTOLOGY = load_domain("ecs_tcm").ontology
INTENTS = patterns_of(ONTOLOGY)
ROWS = [
    ("h1", "Herb", "天麻", "zh"),
    ("h2", "Herb", "黄芪", "zh"),
    ("h3", "Herb", "黄芪", "zh"),
    ("h4", "Herb", "酸枣仁", "zh"),
    ("c1", "Compound", "gastrodin", "en"),
    ("c2", "Compound", "ferulic acid", "en"),
    ("g1", "Gene", "CYBB", "symbol"),
]
ENTITIES = {EntityId(i): Entity(EntityId(i), t, (Name(n, s, True),)) for i, t, n, s in ROWS}
PROTEIN = Entity(EntityId("p1"), "Protein", (Name("CYBB", "symbol", True), Name("NOX2", "symbol")))
ENTITIES[PROTEIN.id] = PROTEIN
TERMS = {"阿魏酸": "ferulic acid", "黄芪甲苷": "astragaloside IV"}
LINKER = Linker.build(
    [NamedEntity(e.id, e.type, e.names) for e in ENTITIES.values()],
    ONTOLOGY,
    terms=TERMS,
)


def found(text: str) -> tuple[EntityMention, ...]:
    return mentions_in(text, places(text, LINKER.link(text), INTENTS), ENTITIES)


def ids(text: str) -> list[set[str]]:
    return [{str(i) for i in n.ids} for n in found(text)]


def test_all_entities_of_a_name_are_kept() -> None:
    assert ids("黃芪含有什么？") == [{"h2", "h3"}]


def test_the_beginning_of_a_longer_word_is_no_name() -> None:
    assert ids("哪些中药含有黄芪甲苷？") == []
    assert ids("黄芪建中汤由什么组成？") == []


def test_a_name_that_follows_another_stays() -> None:
    assert ids("黄芪和酸枣仁都含有什么？") == [{"h2", "h3"}, {"h4"}]


def test_a_name_with_its_gloss_is_one_name() -> None:
    mention = found("哪些中药含有天麻素（gastrodin）？")
    assert [(n.surface, {str(i) for i in n.ids}) for n in mention] == [("gastrodin", {"c1"})]


def test_a_gloss_that_one_thing_bears_as_well_leaves_the_others_of_the_name() -> None:
    assert ids("Which processes is CYBB (NOX2) in?") == [{"g1", "p1"}]
    assert ids("Which processes is NOX2 in?") == [{"p1"}]


def test_a_chinese_term_finds_the_english_name_of_the_graph() -> None:
    assert [(n.surface, {str(i) for i in n.ids}) for n in found("哪些药含有阿魏酸？")] == [("阿魏酸", {"c2"})]


def test_every_name_in_the_brackets_is_a_gloss_and_none_behind_them() -> None:
    assert ids("哪些方剂含有天麻(黄芪, 酸枣仁)？") == [{"h1", "h2", "h3", "h4"}]
    assert ids("哪些方剂含有天麻(黄芪), 酸枣仁？") == [{"h1", "h2", "h3"}, {"h4"}]


def test_a_gloss_that_the_graph_does_not_know_belongs_to_the_name() -> None:
    text = "哪些方剂含有天麻(黄芪, Gastrodia)？"
    (mention,) = found(text)
    assert text[mention.start : mention.end] == "天麻(黄芪, Gastrodia)"
