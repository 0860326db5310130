"""The prompt: rules, the subject's worked example and numbered evidence, within the model's context."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from app.answering.domain import Turn
from app.answering.evidence import EvidenceItem
from app.answering.messages import Messages
from app.answering.subject import Example, Subject
from kg.documents.tokens import estimated_tokens
from models.evidence_markup import NumberedEvidence, disarm, render

_MARGIN = 1.25
_HISTORY_TOKENS = 300


@dataclass(frozen=True, slots=True)
class Prompt:
    """The messages for the model, with what a replay compares; ``kept`` are the numbers of evidence that fitted."""

    messages: tuple[BaseMessage, ...]
    version: str
    tokens: int
    kept: tuple[int, ...]

    @property
    def text(self) -> str:
        """All messages as one text."""
        return "\n\n".join(f"{m.type}: {m.content}" for m in self.messages)

    @property
    def hash(self) -> str:
        """Identity of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def build_prompt(
    question: str,
    items: Sequence[EvidenceItem],
    words: Messages,
    *,
    subject: Subject,
    history: Sequence[Turn] = (),
    room_tokens: int,
) -> Prompt:
    """The prompt with as much evidence, best first, as fits into ``room_tokens``; at least one piece."""
    rules = words.system.format(about=subject.about, no_answer=words.no_answer)
    if subject.rule:
        rules = f"{rules.rstrip()}\n- {subject.rule}\n"
    fixed: list[BaseMessage] = [SystemMessage(rules), *_shown(subject.example, words), *_turns(history)]
    room = room_tokens - sum(estimated(str(m.content)) for m in fixed) - estimated(question) - 40
    kept: list[EvidenceItem] = []
    for item in items:
        cost = estimated(render([item.numbered()]))
        if kept and cost > room:
            break
        kept.append(item)
        room -= cost
    last = HumanMessage(_ask(question, [i.numbered() for i in kept], words))
    messages = (*fixed, last)
    return Prompt(
        messages=messages,
        version=words.version,
        tokens=sum(estimated(str(m.content)) for m in messages),
        kept=tuple(i.number for i in kept),
    )


def estimated(text: str) -> int:
    """Tokens of a chat model, on the safe side."""
    return round(_MARGIN * estimated_tokens(text)) + 4


def _ask(question: str, evidence: Sequence[NumberedEvidence], words: Messages) -> str:
    return f"{words.evidence}:\n{render(evidence)}\n\n{words.question}: {disarm(question)}"


def _shown(example: Example | None, words: Messages) -> list[BaseMessage]:
    if example is None:
        return []
    evidence = [NumberedEvidence(n, "passage", e.source, e.text) for n, e in enumerate(example.evidence, 1)]
    return [HumanMessage(_ask(example.question, evidence, words)), AIMessage(example.answer)]


def _turns(history: Sequence[Turn]) -> list[BaseMessage]:
    room = _HISTORY_TOKENS
    kept: list[BaseMessage] = []
    for turn in reversed(history):
        room -= estimated(turn.text)
        if room < 0:
            break
        kept.append(HumanMessage(disarm(turn.text)) if turn.role == "user" else AIMessage(turn.text))
    while kept and not isinstance(kept[-1], HumanMessage):
        kept.pop()
    return list(reversed(kept))
