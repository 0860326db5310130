"""An answer as the text of a chat client: sentences with their marks, then the notice and the sources."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.answering.messages import messages_in
from app.answering.spacing import gap
from app.http.inert import inert
from app.state.domain import Event

_MARKS = 3
_MOST_SOURCES = 20


class ChatPage:
    """Grows with the events of one run; ``text`` is all of it, ``failure`` the event that ended it early."""

    def __init__(self) -> None:
        self.text = ""
        self._last = ""
        self._citations: dict[object, Mapping[str, Any]] = {}
        self.usage: Mapping[str, Any] = {}
        self.failure: Mapping[str, Any] | None = None

    @property
    def citations(self) -> Sequence[Mapping[str, Any]]:
        """What is cited so far."""
        return list(self._citations.values())

    def hear(self, event: Event) -> str:
        """Take an event in; gives the text that it adds."""
        match event.name:
            case "text":
                return self.add(event.data)
            case "done":
                return self.end(event.data)
            case "citation":
                self._citations[event.data.get("number")] = dict(event.data)
            case "usage":
                self.usage = event.data
            case "error":
                self.failure = event.data
        return ""

    def add(self, sentence: Mapping[str, Any]) -> str:
        """What a ``text`` event adds: the gap, the sentence and its marks."""
        text = inert(str(sentence.get("text", "")))
        numbers: Sequence[int] = sentence.get("citations") or ()
        marks = "".join(f"[{n}]" for n in numbers[:_MARKS]) + "…" * (len(numbers) > _MARKS)
        between = "\n- " if sentence.get("item") else gap(self._last, text)
        self._last = text
        return self._more((between if self.text else between.lstrip("\n")) + text + marks)

    def end(self, answer: Mapping[str, Any]) -> str:
        """What the ``done`` event adds: a refusal whole, else the notice and the sources by their numbers."""
        parts = [] if self.text else [inert(str(answer.get("answer", "")))]
        if notice := answer.get("notice"):
            parts.append(inert(str(notice)))
        cited: Sequence[Mapping[str, Any]] = answer.get("citations") or ()
        if cited:
            lines = [f"[{c['number']}] {inert(_source(c))}" for c in cited[:_MOST_SOURCES]]
            more = ["…"] if len(cited) > _MOST_SOURCES else []
            parts.append("\n".join([f"{messages_in(str(answer.get('language', 'en'))).evidence}:", *lines, *more]))
        return self._more(("\n\n" if self.text and parts else "") + "\n\n".join(parts))

    def _more(self, text: str) -> str:
        self.text += text
        return text


def _source(citation: Mapping[str, Any]) -> str:
    if citation.get("kind") == "fact":
        return str(citation.get("quote", ""))
    details = [str(d) for d in (citation.get("year"), citation.get("source_id")) if d]
    return f"{citation.get('title', '')} ({', '.join(details)})" if details else str(citation.get("title", ""))
