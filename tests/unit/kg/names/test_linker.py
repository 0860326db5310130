import pytest

from kg.domain import EntityId, Name
from kg.names.linker import Linker
from kg.names.variants import common_words
from kg.ontology import Ontology, load_domain
from kg.protocols import NamedEntity


def entity(id_: str, type_: str, **names: str) -> NamedEntity:
    scripts = {"zh": "zh", "hant": "zh-Hant", "pinyin": "pinyin", "la": "la", "en": "en", "symbol": "symbol"}
    made = tuple(Name(text, scripts[s.rstrip("2")]) for s, several in names.items() for text in several.split("|"))
    return NamedEntity(EntityId(id_), type_, made)


ENTITIES = [
    entity(
        "danggui",
        "Herb",
        zh="当归",
        pinyin="DANG GUI",
        la="Radix Angelicae Sinensis|Angelica sinensis",
        en="Chinese angelica",
    ),
    entity("danggui-tang", "Formula", zh="当归补血汤"),
    entity("huangqi", "Herb", zh="黄芪", pinyin="HUANG QI"),
    entity("ai", "Herb", zh="艾", pinyin="AI"),
    entity("she", "Herb", zh="麝香", pinyin="SHE"),
    entity("aqp4", "Gene", symbol="AQP4", en="aquaporin-4", zh="水通道蛋白4"),
    entity("can", "Gene", symbol="CAN"),
    entity("set", "Gene", symbol="SET"),
    entity("gfap", "Gene", symbol="GFAP", en="glial fibrillary acidic protein"),
    entity("il6", "Gene", symbol="IL6"),
    entity("ecs", "Structure", zh="脑细胞外间隙", en="brain extracellular space"),
    entity("cell", "CellType", zh="脑细胞", en="astrocyte"),
    entity("space", "Structure", zh="细胞外间隙"),
    entity("hippocampus", "BrainRegion", zh="海马", en="hippocampus"),
    entity("seahorse", "Herb", zh="海马", en="hippocampus"),
    entity("abeta", "Protein", en="β-amyloid|Aβ"),
    entity("one", "Compound", en="X"),
    entity("publication", "Publication"),
]


@pytest.fixture(scope="module")
def linker(ontology: Ontology) -> Linker:
    return Linker.build(ENTITIES, ontology)


def found(linker: Linker, text: str) -> list[tuple[str, str]]:
    return [(text[link.start : link.end], link.entity_id) for link in linker.link(text)]


@pytest.mark.parametrize(
    "text",
    [
        "当归",
        "當歸",
        "Danggui",
        "Dang Gui",
        "dāngguī",
        "Radix Angelicae Sinensis",
        "Angelicae sinensis radix",
        "Angelica\nsinensis",
    ],
)
def test_every_name_of_an_herb_is_the_herb(linker: Linker, text: str) -> None:
    assert found(linker, f"研究 {text}, 结果") == [(text, "danggui")]


@pytest.mark.parametrize(
    "text", ["AQP4", "Aqp4", "aqp4", "AQP-4", "aquaporin-4", "Aquaporin 4", "aquaporin4", "水通道蛋白4", "水通道蛋白 4"]
)
def test_every_name_of_a_gene_is_the_gene(linker: Linker, text: str) -> None:
    assert found(linker, f"({text})") == [(text, "aqp4")]


def test_the_longest_name_wins(linker: Linker) -> None:
    assert found(linker, "当归补血汤中的當歸与黄芪") == [
        ("当归补血汤", "danggui-tang"),
        ("當歸", "danggui"),
        ("黄芪", "huangqi"),
    ]
    assert found(linker, "脑细胞外间隙") == [("脑细胞外间隙", "ecs")]
    assert found(linker, "大脑细胞外间隙之") == [("脑细胞外间隙", "ecs")]


def test_latin_names_are_whole_words(linker: Linker) -> None:
    assert found(linker, "AQP4s GFAPx hippocampal astrocytes IL60") == [("astrocytes", "cell")]
    assert found(linker, "AQP4-dependent IL-6在astrocyte中") == [
        ("AQP4", "aqp4"),
        ("IL-6", "il6"),
        ("astrocyte", "cell"),
    ]


def test_symbols_that_are_common_words_count_only_in_capitals(linker: Linker) -> None:
    assert found(linker, "we can set a rest") == []
    assert found(linker, "Can the set be Set?") == []
    assert found(linker, "the SET oncogene") == [("SET", "set")]
    assert found(linker, "WE CAN SET THE LIMITS OF GROWTH") == []


def test_one_han_character_counts_only_when_it_stands_alone(linker: Linker) -> None:
    assert found(linker, "参与艾滋病研究") == []
    assert found(linker, "药用：艾、黄芪") == [("艾", "ai"), ("黄芪", "huangqi")]


def test_one_letter_and_one_syllable_names_never_count(linker: Linker) -> None:
    assert found(linker, "X she ai SHE AI") == []


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("单位N是什么？The unit N", ["N", "N"]),
        ("5 N/m", ["N", "m"]),
        ("it's m, I'm A student", ["m"]),
        ("Newton's laws in PA, KG", []),
        ("Pa和kg, Ω", ["Pa", "kg", "Ω"]),
    ],
)
def test_signs_of_a_subject_without_genes_count_exactly_as_written(text: str, symbols: list[str]) -> None:
    signs = [entity(sign, "Unit", symbol=sign) for sign in ("N", "m", "s", "A", "Pa", "kg", "Ω")]
    physics = Linker.build(signs, load_domain("alevel_physics").ontology)
    assert [written for written, _ in found(physics, text)] == symbols


def test_greek_letters_are_kept_apart(linker: Linker) -> None:
    assert found(linker, "β-amyloid and Aβ, not a-amyloid") == [("β-amyloid", "abeta"), ("Aβ", "abeta")]


def test_homonyms_are_told_by_what_is_near(linker: Linker) -> None:
    text = "大鼠海马脑区注射示踪剂"
    (link,) = linker.link(text)
    assert link.candidates == ("hippocampus", "seahorse")
    herbs = linker.link("方中药材海马与当归、黄芪配伍")
    assert [x.entity_id for x in herbs] == ["seahorse", "danggui", "huangqi"]
    assert set(herbs[0].candidates) == {"hippocampus", "seahorse"}


def test_context_helps_to_choose(linker: Linker) -> None:
    assert linker.link("海马", context="brain region, cortex")[0].entity_id == "hippocampus"
    assert linker.link("海马", context="herbal medicine 药材 饮片")[0].entity_id == "seahorse"


def test_places_are_of_the_original_text(linker: Linker) -> None:
    text = "ﬁne\u0301  ½ Angelica   sinensis\u200b—當歸"
    assert found(linker, text) == [("Angelica   sinensis", "danggui"), ("當歸", "danggui")]


def test_an_empty_dictionary_finds_nothing(ontology: Ontology) -> None:
    empty = Linker.build([], ontology)
    assert empty.link("当归") == []
    assert empty.link("") == []


def test_the_common_words_are_lower_case_words() -> None:
    assert all(word.isalpha() and word.islower() for word in common_words())
