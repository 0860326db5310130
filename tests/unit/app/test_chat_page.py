"""An answer as the text of a chat client."""

from app.http.chat_page import ChatPage

CITATION = {"number": 1, "kind": "passage", "title": "Sleep drives clearance", "year": 2013, "source_id": "PM-1"}


def test_sentences_are_parted_and_carry_their_marks_and_sources() -> None:
    page = ChatPage()
    page.add({"text": "Sleep doubles it.", "citations": [1]})
    assert page.add({"text": "It is fast.", "citations": [1]}) == "It is fast.[1]".join([" ", ""])
    page.end({"answer": "x", "notice": "Quoted.", "citations": [CITATION], "language": "en"})
    assert page.text.startswith("Sleep doubles it.[1] It is fast.[1]\n\nQuoted.\n\nEvidence:\n[1] Sleep drives")
    assert page.text.endswith("(2013, PM-1)")


def test_chinese_sentences_have_no_blank_between_them() -> None:
    page = ChatPage()
    page.add({"text": "睡眠使其加倍。", "citations": []})
    page.add({"text": "它很快。", "citations": []})
    assert page.text == "睡眠使其加倍。它很快。"


def test_items_stand_on_lines_of_their_own_and_a_refusal_is_whole() -> None:
    page = ChatPage()
    for text in ("one", "two"):
        page.add({"text": text, "citations": [1], "item": True})
    assert page.text == "- one[1]\n- two[1]"
    declined = ChatPage()
    assert declined.end({"answer": "No.", "citations": [], "language": "en"}) == "No."
