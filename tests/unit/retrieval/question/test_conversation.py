"""What a question takes over from the turns before it."""

from collections.abc import Sequence

from kg.domain import EntityId, Name
from kg.names.linker import Linker
from kg.ontology import load_domain
from kg.protocols import NamedEntity
from models.scripted import HashingEmbedder, ScriptedChat
from retrieval.question.conversation import list_items, resolved_text
from retrieval.question.domain import Intent, Question, Turn
from retrieval.question.parser_by_classifier import ClassifierParser
from retrieval.question.parser_by_model import ModelParser

NAMES = {"formula:bxxx": "半夏泻心汤", "herb:gj": "干姜", "herb:hq": "黄芩", "herb:hl": "黄连"}
ANSWER = "图谱中半夏泻心汤含3味药：干姜、黄芩、黄连。"


async def linker() -> Linker:
    named = [NamedEntity(EntityId(i), i.split(":")[0].title(), (Name(n, "zh"),)) for i, n in NAMES.items()]
    return Linker.build(named, load_domain("ecs_tcm").ontology)


async def said(reply: str | Exception, text: str, history: Sequence[Turn]) -> Question:
    """The question as a model's reply makes it."""
    by_classifier = ClassifierParser(HashingEmbedder(), linker)
    return await ModelParser(ScriptedChat(replies=[reply]), by_classifier).parse(text, history)


async def test_names_and_the_list_of_the_last_turn_are_taken_over() -> None:
    history = (Turn("user", "半夏泻心汤有哪些药?"), Turn("assistant", ANSWER))
    question = await said('{"intent": "graph_list", "follow_up": true}', "其中哪些归肺经?", history)
    assert question.resolved == "半夏泻心汤: 其中哪些归肺经?"
    assert question.last_list == ("干姜", "黄芩", "黄连")
    assert question.about == "半夏泻心汤有哪些药?"


async def test_a_question_that_stands_alone_takes_nothing_over() -> None:
    history = (Turn("user", "半夏泻心汤有哪些药?"), Turn("assistant", ANSWER))
    question = await said('{"intent": "graph_list", "follow_up": false}', "干姜含有哪些成分?", history)
    assert question.resolved == question.text
    assert question.last_list == ()


async def test_a_model_that_says_nonsense_leaves_it_to_the_classifier() -> None:
    by_classifier = await ClassifierParser(HashingEmbedder(), linker).parse("谢谢")
    assert await said("I think it is thanks", "谢谢", ()) == by_classifier


async def test_an_instruction_is_about_the_last_question_that_was_answered() -> None:
    history = (
        Turn("user", "黄芩含有哪些成分?"),
        Turn("assistant", "baicalin"),
        Turn("user", "谢谢"),
        Turn("assistant", "不客气。"),
    )
    question = await said('{"intent": "instruction", "follow_up": true}', "翻译成英文", history)
    assert question.about == "黄芩含有哪些成分?"


def test_lists_are_read_by_their_marks() -> None:
    assert list_items("There are two:\n- A first one [1].\n- A second one [2].") == ("A first one.", "A second one.")
    assert list_items("Herbs: ginseng[1], licorice[2], ginger[3].") == ("ginseng", "licorice", "ginger")
    assert list_items("Sleep doubles the influx [1].") == ()
    assert list_items("As told: sleep doubles the influx [1]. It rises in rats, too [2].") == ()


def test_long_gaps_of_a_list_are_read_at_once() -> None:
    gap = " " * 20_000
    assert list_items(f":{gap}:") == ()
    assert list_items(f"Herbs:{gap}ginseng{gap},{gap}licorice{gap}.") == ("ginseng", "licorice")


def test_names_of_a_row_end_at_their_citations() -> None:
    row = "3 compounds, all listed: 2,3-butanediol[1], iso-C15:0[2][3][4]…, peonidin-3,5-diglucoside[8]."
    assert list_items(row) == ("2,3-butanediol", "iso-C15:0", "peonidin-3,5-diglucoside")
    assert list_items("共 2 个，已全部列出：白术[3][4][5]…、黄芩[7]。") == ("白术", "黄芩")
    assert list_items("Herbs: ginseng [1], licorice [2], ginger.") == ("ginseng", "licorice", "ginger")


async def test_names_that_are_told_in_two_languages_are_taken_over() -> None:
    history = (
        Turn("user", "Which herbs are in Banxia Xiexin Tang?"),
        Turn("assistant", "2 herbs: Dried Ginger, sliced (干姜)[1], Skullcap (黄芩)[2]."),
    )
    question = await said('{"intent": "graph_count", "follow_up": true}', "Which of them has most compounds?", history)
    assert question.resolved == "Banxia Xiexin Tang: Which of them has most compounds?"
    assert question.last_list == ("Dried Ginger, sliced (干姜)", "Skullcap (黄芩)")


def test_what_is_searched_for_holds_the_last_questions_and_invents_no_word() -> None:
    resolved = resolved_text("and in rats?", ["Does sleep change clearance?"], ["sleep"], Intent.FACT)
    assert resolved == "Does sleep change clearance? and in rats?"
    assert (
        resolved_text("含哪些药?", ["半夏泻心汤的主治?"], ["半夏泻心汤"], Intent.GRAPH_LIST) == "半夏泻心汤: 含哪些药?"
    )
