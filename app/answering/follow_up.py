"""Making a follow-up question stand alone: by rules first, by the chat model where the rules see that they fail."""

import re
from collections.abc import Sequence

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage

from app.answering.domain import Turn
from app.answering.messages import messages_in
from kg.documents.language import language_of
from retrieval.domain import LinkedEntity
from retrieval.question.requests import subject_of

_POINTS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|theirs|this|these|those|he|she|his|her|the (?:former|latter|same|other))\b"
    r"|(?:^|\b(?:is|was|does|did|of|in|for|about|with|from|by|on|to|and|than)\s+)that\b"
    r"|(?<!is )(?<!are )\bthere\b(?! (?:is|are))"
    r"|它们?|(?<![及与和])其(?!他|中|它)|[这那](?:个|种|些|项|篇|里|样|味|首|类)?|该|前者|后者|上述|此(?!外)|他们?|她们?",
    re.IGNORECASE,
)
_ELLIPSIS = re.compile(
    r"^\s*(?:and|but|what about|how about|why|then|so|also)\b|^(?:那么?|那|而|还有|为什么|为何|怎么)|呢\s*[??]?\s*$",
    re.IGNORECASE,
)
_SHORT_EN, _SHORT_ZH = 5, 9
_MOST_TOPICS = 5
_SYMBOL = re.compile(r"\b(?:[A-Z][A-Za-z0-9-]*[A-Z0-9][A-Za-z0-9-]*|[a-z]+\d+[a-z]*)\b")


def needs_rewriting(question: str) -> bool:
    """Whether a question leans on the turns before it; "that" in "papers that show" does not."""
    size, short = (len(question), _SHORT_ZH) if language_of(question) == "zh" else (len(question.split()), _SHORT_EN)
    return bool(_POINTS_BACK.search(subject_of(question)) or _ELLIPSIS.search(question)) or size <= short


def topics(last: str, entities: Sequence[LinkedEntity]) -> tuple[str, ...]:
    """What the last question was about: its entities and its Latin symbols, in order."""
    found = [(e.start, e.end, e.surface) for e in entities]
    found += [
        (m.start(), m.end(), m[0]) for m in _SYMBOL.finditer(last) if not any(a <= m.start() < b for a, b, _ in found)
    ]
    return tuple(dict.fromkeys(text for _, _, text in sorted(found)))[:_MOST_TOPICS]


def last_question(history: Sequence[Turn]) -> str:
    """What the reader asked before."""
    return next((t.text for t in reversed(history) if t.role == "user"), "")


def by_rules(question: str, topics_before: Sequence[str]) -> str | None:
    """The question with the last one's topics before it; None where there is nothing to add."""
    missing = [t for t in topics_before if t.lower() not in question.lower()]
    if not missing:
        return None
    return f"{'、'.join(missing)}：{question}" if language_of(question) == "zh" else f"{', '.join(missing)}: {question}"


async def by_model(question: str, history: Sequence[Turn], chat: BaseChatModel) -> str:
    """The question as the model makes it stand alone; the last question before it where the model's is no good."""
    language = language_of(question)
    talk = "\n".join(f"{t.role}: {t.text[:600]}" for t in history[-4:])
    reply = await chat.ainvoke(
        [SystemMessage(messages_in(language).rewrite), HumanMessage(f"{talk}\nuser: {question}")], max_tokens=80
    )
    text = str(reply.text).strip().splitlines()[-1:] or [""]
    made = re.sub(r"^\s*(?:user|question|问题)\s*[::]\s*", "", text[0], flags=re.IGNORECASE).strip()
    if 3 <= len(made) <= 400 and language_of(made) == language:
        return made
    return with_last_question(question, history)


def with_last_question(question: str, history: Sequence[Turn]) -> str:
    """The last question and this one together."""
    return f"{last_question(history)} {question}".strip()
