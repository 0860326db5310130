"""An answer as the text of a chat client: sentences with their marks, then the notice and the sources."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.answering.messages import messages_in
from app.answering.spacing import gap
from app.http.inert import inert
from app.state.domain import Event
from kg.documents.tokens import estimated_tokens

_MARKS = 3
_MOST_SOURCES = 20


class ChatPage:
    """Grows with the events of one run; ``text`` is all of it, ``failure`` the event that ended it early.

    Sentences stand whole: the one that reaches ``most_tokens`` is the last.
    """

    def __init__(self, *, most_tokens: int | None = None) -> None:
        self.text = ""
        self._last = ""
        self._left = float("inf") if most_tokens is None else most_tokens
        self._is_cut = False
        self._marked: set[object] = set()
        self._citations: dict[object, Mapping[str, Any]] = {}
        self.usage: Mapping[str, Any] = {}
        self.failure: Mapping[str, Any] | None = None

    @property
    def citations(self) -> Sequence[Mapping[str, Any]]:
        """What is cited so far."""
        return [c for number, c in self._citations.items() if not self._is_cut or number in self._marked]

    @property
    def finish_reason(self) -> str:
        """Why the text ends, as OpenAI's protocol calls it: ``length`` where sentences were left out."""
        return "length" if self._is_cut else "stop"

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
        """What a ``text`` event adds: the gap, the sentence and its marks; nothing where there is no more room."""
        if self._left <= 0:
            self._is_cut = True
            return ""
        text = inert(str(sentence.get("text", "")))
        self._left -= estimated_tokens(text)
        numbers: Sequence[int] = sentence.get("citations") or ()
        self._marked.update(numbers)
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
        if self._is_cut:
            cited = [c for c in cited if c["number"] in self._marked]
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
