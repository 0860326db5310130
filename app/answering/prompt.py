"""The prompt: rules, the subject's worked example and numbered evidence, within the model's context."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from app.answering.domain import Turn
from app.answering.evidence import EvidenceItem
from app.answering.messages import Messages
from app.answering.subject import Example, Subject
from kg.documents.language import language_of
from kg.documents.tokens import estimated_tokens
from kg.domain import Language
from models.evidence_markup import NumberedEvidence, disarm, render
from retrieval.text.glossary import bundled_glossary

_MARGIN = 1.25
_HISTORY_TOKENS = 300


@dataclass(frozen=True, slots=True)
class Prompt:
    """The messages for the model, with what a replay compares; ``evidence`` is what fitted.

    ``no_answer`` is what the model is to write where the evidence holds no answer.
    """

    messages: tuple[BaseMessage, ...]
    version: str
    tokens: int
    no_answer: str
    evidence: tuple[NumberedEvidence, ...]

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
    tuned: bool = False,
) -> Prompt:
    """The prompt with as much evidence, best first, as fits into ``room_tokens``; at least one piece.

    A model that was ``tuned`` on its task needs neither the rules nor an example nor the turns before.
    """
    fixed = _short(words) if tuned else _rules(words, subject, history)
    room = room_tokens - sum(estimated(str(m.content)) for m in fixed) - estimated(question) - 40
    kept: list[EvidenceItem] = []
    for item in items:
        cost = estimated(render([item.numbered()]))
        if kept and cost > room:
            break
        kept.append(item)
        room -= cost
    evidence = tuple(item.numbered() for item in kept)
    messages = (*fixed, HumanMessage(_ask(question, evidence, words)))
    return Prompt(
        messages=messages,
        version=words.version,
        tokens=sum(estimated(str(m.content)) for m in messages),
        no_answer=words.no_answer,
        evidence=evidence,
    )


def estimated(text: str) -> int:
    """Tokens of a chat model, on the safe side."""
    return round(_MARGIN * estimated_tokens(text)) + 4


def short_prompt(question: str, evidence: Sequence[NumberedEvidence], words: Messages) -> list[BaseMessage]:
    """The messages for a model that was trained on them."""
    return [*_short(words), HumanMessage(_ask(question, evidence, words))]


def _short(words: Messages) -> list[BaseMessage]:
    return [SystemMessage(words.tuned.format(no_answer=words.no_answer))]


def _rules(words: Messages, subject: Subject, history: Sequence[Turn]) -> list[BaseMessage]:
    rules = words.system.format(about=subject.about, no_answer=words.no_answer)
    if subject.rule:
        rules = f"{rules.rstrip()}\n- {subject.rule}\n"
    return [SystemMessage(rules), *_shown(subject.example, words), *_turns(history)]


def terms_of(text: str, language: Language) -> Mapping[str, str]:
    """The reader's terms for those of a text in another language, in its order; none where no glossary has any."""
    return bundled_glossary().chinese(text) if language == "zh" and language_of(text) != "zh" else {}


def given_terms(terms: Mapping[str, str], words: Messages) -> str:
    """Terms as a line of a prompt, nothing where there are none."""
    given = words.joined([f"{own} = {term}" for own, term in terms.items()])
    return f"{words.translation_terms.format(terms=given)}\n" if terms else ""


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
