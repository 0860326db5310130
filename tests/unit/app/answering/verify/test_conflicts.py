"""Sources that say opposite things, or other numbers, of the same."""

import pytest

from app.answering.evidence import EvidenceItem, fact_item, passage_item
from app.answering.verify.conflicts import conflicts_of, placed
from kg.documents.language import language_of
from kg.domain import Document, DocumentId, EntityId, Passage, PassageId, Polarity, Relation, relation_id
from retrieval.domain import FactEvidence, PassageEvidence
from tests.unit.app.answering.library import entities


def items(*texts: str, titles: tuple[str, ...] = ()) -> tuple[EvidenceItem, ...]:
    made = []
    for number, text in enumerate(texts, 1):
        language = language_of(text)
        title = titles[number - 1] if titles else f"Paper {number}"
        document = Document(DocumentId(f"d{number}"), "h", f"P{number}", title, "x", "text/plain", language)
        passage = Passage(PassageId(f"d{number}:0"), document.id, 0, text, language)
        made.append(passage_item(number, PassageEvidence(passage, document, 1.0)))
    return tuple(made)


CLEARANCE = "Does AQP4 deletion change interstitial solute clearance in the brain?"
SPACE = "How does sleep change the interstitial volume fraction?"
SPACE_ZH = "睡眠如何改变脑组织间隙的容积分数?"
INDEX_ZH = "ALPS指数与年龄是什么关系?"
PORE = "What is the half-life of the tracer in the caudate nucleus of rats?"
SHARE_ZH = "大鼠尾状核细胞外间隙占脑容积的百分比是多少?"


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (
            CLEARANCE,
            "AQP4 deletion reduced interstitial solute clearance in mice.",
            "In contrast to earlier work, AQP4 deletion increased interstitial solute clearance.",
        ),
        (
            CLEARANCE,
            "We found that AQP4 deletion reduces clearance of interstitial solute.",
            "AQP4 deletion did not significantly reduce clearance of interstitial solute in mice.",
        ),
        (
            CLEARANCE,
            "Interstitial solute clearance was decreased by AQP4 deletion.",
            "AQP4 deletion had no significant effect on interstitial solute clearance.",
        ),
        (
            SPACE,
            "Interstitial volume fraction was significantly higher during sleep compared with baseline (P<0.01).",
            "Interstitial volume fraction was lower during sleep.",
        ),
        (
            "Does gastrodin act on astrocyte swelling?",
            "Gastrodin inhibits astrocyte swelling after ischemia.",
            "Gastrodin promotes astrocyte swelling after ischemia.",
        ),
        (
            "How is the ALPS index related to age?",
            "The ALPS index was negatively correlated with age in 120 volunteers.",
            "The ALPS index showed a positive correlation with age.",
        ),
        (
            "How is the ALPS index related to age?",
            "The ALPS index was negatively correlated with age.",
            "The ALPS index was not significantly associated with age.",
        ),
        (SPACE_ZH, "睡眠使脑组织间隙的容积分数升高。", "与基线相比,睡眠时脑组织间隙的容积分数明显降低。"),
        (SPACE_ZH, "睡眠时脑组织间隙容积分数增加。", "睡眠时脑组织间隙容积分数无明显变化。"),
        (INDEX_ZH, "ALPS指数与年龄呈负相关。", "结果显示,ALPS指数与年龄呈正相关(P<0.05)。"),
        ("天麻素对星形胶质细胞水肿有什么作用?", "天麻素抑制星形胶质细胞水肿。", "天麻素促进星形胶质细胞水肿。"),
        ("敲除AQP4对溶质清除有什么影响?", "敲除AQP4后脑内溶质清除减慢。", "敲除AQP4后,溶质清除未见明显变化。"),
    ],
)
def test_opposite_directions_of_the_same_are_a_conflict(question: str, one: str, other: str) -> None:
    (conflict,) = conflicts_of(question, items(one, other))
    assert conflict.kind == "direction"
    assert [(s.number, s.quote) for s in conflict.sides] == [(1, one), (2, other)]


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (
            PORE,
            "The half-life of the tracer in the caudate nucleus was 83 min in rats.",
            "In rats the half-life of the tracer in the caudate nucleus was 2.4 h.",
        ),
        (
            "What percentage of brain volume does the extracellular space take up?",
            "The extracellular space takes up 20% of brain volume.",
            "The extracellular space takes up 14% of the brain volume.",
        ),
        (
            "How many herbs does Buyang Huanwu decoction contain?",
            "Buyang Huanwu decoction contains seven herbs.",
            "Buyang Huanwu decoction contains nine herbs.",
        ),
        (
            "When was artemisinin isolated from Artemisia annua?",
            "Artemisinin was isolated from Artemisia annua in 1972.",
            "Artemisinin was isolated in 1979 from Artemisia annua.",
        ),
        (SHARE_ZH, "大鼠尾状核细胞外间隙占脑容积的18%。", "大鼠尾状核的细胞外间隙约占脑容积的40%。"),
        ("青蒿素是哪一年分离得到的?", "青蒿素于1972年分离得到。", "青蒿素于1979年分离得到。"),
        ("屠呦呦何时获得诺贝尔奖?", "屠呦呦于2015年10月5日获得诺贝尔奖。", "屠呦呦于2015年10月8日获得诺贝尔奖。"),
        (
            "What is the tortuosity of the extracellular space of the rat cortex?",
            "Under these conditions the tortuosity of the extracellular space of the rat cortex is 1.6.",
            "Under these conditions the tortuosity of the extracellular space of the rat cortex is 2.8.",
        ),
    ],
)
def test_other_numbers_for_the_same_are_a_conflict(question: str, one: str, other: str) -> None:
    (conflict,) = conflicts_of(question, items(one, other))
    assert conflict.kind == "number"
    assert [s.number for s in conflict.sides] == [1, 2]


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (
            SPACE,
            "Interstitial volume fraction increased in sleep.",
            "Interstitial volume fraction decreased in wakefulness.",
        ),
        (SPACE_ZH, "睡眠时脑组织间隙容积分数增加。", "清醒时脑组织间隙容积分数减少。"),
        (SPACE_ZH, "睡眠使脑组织间隙容积分数增加。", "睡眠剥夺使脑组织间隙容积分数减少。"),
        (
            CLEARANCE,
            "AQP4 deletion reduced solute clearance in mice.",
            "AQP4 deletion increased solute clearance in humans.",
        ),
        (CLEARANCE, "AQP4 deletion reduced solute clearance.", "AQP4 overexpression increased solute clearance."),
        (CLEARANCE, "AQP4 increases solute clearance.", "AQP4 inhibition decreases solute clearance."),
        (
            SPACE,
            "Interstitial volume fraction was higher in sleeping than in awake mice.",
            "Interstitial volume fraction was lower in awake than in sleeping mice.",
        ),
        (
            SPACE,
            "Interstitial volume fraction was higher compared to anaesthesia in sleep.",
            "Interstitial volume fraction was lower compared to infancy in sleep.",
        ),
        (CLEARANCE, "AQP4 deletion reduced clearance.", "AQP4 deletion did not increase clearance."),
        (CLEARANCE, "AQP4 deletion did not change clearance.", "AQP4 deletion did not increase clearance."),
        (CLEARANCE, "AQP4 deletion reduced clearance of tau.", "AQP4 deletion increased clearance of inulin."),
        (CLEARANCE, "AQP4 deletion reduced clearance.", "AQP4 deletion may increase clearance."),
        (CLEARANCE, "AQP4 deletion reduced clearance.", "We examined whether AQP4 deletion increases clearance."),
        (
            CLEARANCE,
            "AQP4 deletion reduced clearance after 7 days.",
            "AQP4 deletion increased clearance after 28 days.",
        ),
        (
            CLEARANCE,
            "AQP4 deletion reduced clearance in the cortex.",
            "AQP4 deletion increased clearance in the striatum.",
        ),
        (CLEARANCE, "Clearance reduced AQP4 expression.", "AQP4 increased clearance."),
        ("What is glioma?", "AQP4 deletion reduced clearance.", "AQP4 deletion increased clearance."),
        (
            "Does gastrodin help memory deficits?",
            "Gastrodin improved memory deficits of aged rats.",
            "Gastrodin reduced memory deficits of aged rats.",
        ),
        (INDEX_ZH, "ALPS指数与年龄呈负相关。", "ALPS指数与睡眠质量呈正相关。"),
        (
            "敲除AQP4对溶质清除有什么影响?",
            "敲除AQP4后小鼠溶质清除减慢。",
            "敲除AQP4后大鼠溶质清除加快。",
        ),
        (
            PORE,
            "The tracer's half-life in the caudate nucleus was 83 min.",
            "The tracer's half-life in the thalamus was 118 min.",
        ),
        (
            PORE,
            "In rats the tracer half-life in the caudate nucleus was 83 min.",
            "Tracer half-life in the caudate nucleus of rats was 80 min.",
        ),
        (
            "What percentage of brain volume does the extracellular space take up?",
            "The extracellular space takes up about 20% of brain volume.",
            "The extracellular space takes up 15% of brain volume.",
        ),
        (
            "How many patients had stroke in the town?",
            "In 2010 there were 120 patients who had stroke in the town.",
            "In 2015 there were 190 patients who had stroke in the town.",
        ),
        ("青蒿素是哪一年分离得到的?", "青蒿素于1972年分离得到。", "双氢青蒿素于1973年合成。"),
        (
            "How does sleep change clearance in rats?",
            "A total of 30 rats were randomly divided into sleep groups for clearance.",
            "A total of 48 rats were randomly divided into sleep groups for clearance.",
        ),
    ],
)
def test_agreement_and_other_circumstances_are_none(question: str, one: str, other: str) -> None:
    assert not conflicts_of(question, items(one, other))
    assert not conflicts_of(question, items(other, one))


def test_a_document_is_not_held_against_itself() -> None:
    first, second = items("AQP4 deletion reduced solute clearance.", "AQP4 deletion increased solute clearance.")
    same = passage_item(2, PassageEvidence(second.passage.passage, first.passage.document, 1.0))  # type: ignore[union-attr]
    assert conflicts_of(CLEARANCE, (first, second))
    assert not conflicts_of(CLEARANCE, (first, same))


def test_facts_of_opposite_polarity_are_a_conflict() -> None:
    known = entities()
    ends = known[EntityId("herb:tianma")], known[EntityId("compound:gastrodin")]

    def fact(number: int, predicate: str, polarity: Polarity) -> EvidenceItem:
        id_ = relation_id(ends[0].id, predicate, ends[1].id)
        found = FactEvidence(Relation(id_, ends[0].id, predicate, ends[1].id, polarity), *ends, 1.0)
        return fact_item(number, found, {}, "en")

    raises, lowers = fact(1, "raises", Polarity.POSITIVE), fact(2, "lowers", Polarity.NEGATIVE)
    (conflict,) = conflicts_of("What does it do?", (raises, lowers))
    assert [(s.number, s.quote) for s in conflict.sides] == [(1, raises.text), (2, lowers.text)]
    assert not conflicts_of("What does it do?", (raises,))


def test_a_chinese_question_finds_a_conflict_of_english_sources() -> None:
    found = conflicts_of(
        "敲除AQP4对溶质清除有什么影响?",
        items("AQP4 deletion reduced solute clearance.", "AQP4 deletion increased solute clearance."),
    )
    assert len(found) == 1


def test_sides_follow_their_evidence_and_a_lost_side_ends_the_conflict() -> None:
    whole = items(
        "Nothing here.", "AQP4 deletion reduced solute clearance.", "AQP4 deletion increased solute clearance."
    )
    found = conflicts_of(CLEARANCE, whole)
    renumbered = tuple(passage_item(n, i.passage) for n, i in enumerate(whole[1:], 1) if i.passage)
    assert [s.number for s in placed(found, whole, renumbered)[0].sides] == [1, 2]
    assert placed(found, whole, renumbered[:1]) == ()
