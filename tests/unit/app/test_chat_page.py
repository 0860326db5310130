"""An answer as the text of a chat client."""

from app.http.chat_page import ChatPage
from app.state.domain import Event, Json

CITATION: dict[str, Json] = {
    "number": 1,
    "kind": "passage",
    "title": "Sleep drives clearance",
    "year": 2013,
    "source_id": "PM-1",
}


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


def test_a_page_ends_with_the_whole_sentence_that_reaches_its_room_and_cites_what_it_shows() -> None:
    said = {n: f"Sleep doubles it in mice of {n} months." for n in (1, 2, 3)}
    for room, shown, reason in ((None, 3, "stop"), (100, 3, "stop"), (12, 2, "length"), (1, 1, "length")):
        page = ChatPage(most_tokens=room)
        for number, text in said.items():
            page.hear(Event(2 * number, "citation", {**CITATION, "number": number}))
            page.hear(Event(2 * number + 1, "text", {"text": text, "citations": [number]}))
        cited = [{**CITATION, "number": n} for n in said]
        page.hear(Event(9, "done", {"answer": "x", "citations": cited, "language": "en"}))
        assert page.text.startswith(" ".join(f"{said[n]}[{n}]" for n in range(1, shown + 1)) + "\n\n")
        assert page.text.count("Sleep drives clearance") == shown
        assert [c["number"] for c in page.citations] == [1, 2, 3][:shown]
        assert page.finish_reason == reason
