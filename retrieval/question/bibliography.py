"""A question about the library's records, parsed into a typed query."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from kg.domain import Document
from kg.protocols import Records
from kg.records import RecordFilter, RecordNames, record_key, record_words
from models.protocols import Embedder
from retrieval.question.list_length import number_of
from retrieval.question.record_model import (
    Operation,
    RecordModel,
    TokenRole,
    bundled_record_model,
    masked_sentence,
)
from retrieval.question.record_names import KnownNames, authors_named, journals_named
from retrieval.question.record_tokens import Token, TokenKind, record_tokens

_TITLES = 10
_TITLE_WORDS = 4
"""A quoted string of at least so many words is a whole title."""


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """What is asked of the records.

    ``documents`` are those that the question names by title; ``unknown`` are names that no record has. ``authors``,
    ``journals`` and ``title`` are the names as the question or the records write them.
    """

    operation: Operation
    wanted: RecordFilter = field(default_factory=RecordFilter)
    documents: tuple[Document, ...] = ()
    limit: int | None = None
    unknown: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    journals: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    probability: float = 1.0


class BibliographyParser:
    """Parses questions about records with a trained model and the names that the records hold."""

    def __init__(self, records: Records, embedder: Embedder, *, model: RecordModel | None = None) -> None:
        self._records = records
        self._embedder = embedder
        self._model = model

    async def parse(self, question: str) -> RecordQuery:
        """The query; raises StoreUnavailable, ModelUnavailable."""
        model = await asyncio.to_thread(bundled_record_model) if self._model is None else self._model
        tokens = record_tokens(question)
        words = list(dict.fromkeys(word for token in tokens for word in token.words))
        names = await self._records.record_names(words)
        titles = await self._records.similar_titles(words, limit=_TITLES)
        known = KnownNames(tokens, names, titles, model.vocabulary)
        roles = await asyncio.to_thread(_roles, model, tokens, known)
        vector = None
        if self._embedder.identity == model.embedder:
            masked = masked_sentence(question, tokens, roles)
            vector = await asyncio.to_thread(self._embedder.encode_query, masked)
        operation, probability = model.operation(tokens, roles, vector)
        query = _query(question, tokens, roles, names, known, operation)
        return replace(query, probability=probability)


def _roles(model: RecordModel, tokens: Sequence[Token], names: KnownNames) -> list[TokenRole]:
    """The model's roles, and what the records say for certain.

    A title that stands whole in the question is a title; a word of titles that questions do not know by themselves is a
    topic, so that no condition is passed over.
    """
    known = names.of_tokens()
    roles = model.roles(tokens, known)
    for at, token in enumerate(tokens):
        if token.kind is TokenKind.IDENTIFIER:
            roles[at] = TokenRole.IDENTIFIER
        elif token.kind is TokenKind.NUMBER and roles[at] is TokenRole.NONE and number_of(token.text) is not None:
            roles[at] = TokenRole.LIMIT
        elif (
            roles[at] is TokenRole.NONE
            and token.kind is TokenKind.WORD
            and known[at].title
            and token.text.lower() not in model.vocabulary
        ):
            roles[at] = TokenRole.TOPIC
    for start, end, _ in names.whole_titles:
        roles[start:end] = [TokenRole.TITLE] * (end - start)
    return roles


def _query(
    question: str,
    tokens: Sequence[Token],
    roles: Sequence[TokenRole],
    names: RecordNames,
    known: KnownNames,
    operation: Operation,
) -> RecordQuery:
    wanted = RecordFilter()
    documents = tuple({d.id: d for _, _, d in known.whole_titles}.values())
    whole = [(start, end) for start, end, _ in known.whole_titles]
    unknown: list[str] = []
    authors: list[str] = []
    journals: list[str] = []
    title: list[str] = []
    limit = None
    for role, start, end in _spans(tokens, roles):
        text = _text(question, tokens[start:end])
        match role:
            case TokenRole.AUTHOR:
                spellings = authors_named(text, names.authors)
                if spellings:
                    wanted = replace(wanted, authors=(*wanted.authors, spellings))
                    authors.append(_shown(text, spellings))
                else:
                    unknown.append(text)
            case TokenRole.JOURNAL:
                found = journals_named(text, names.journals)
                if found:
                    wanted = replace(wanted, journals=(*wanted.journals, *found))
                    journals.append(found[0] if len(found) == 1 else text)
                else:
                    unknown.append(text)
            case TokenRole.TITLE | TokenRole.TOPIC:
                if any(start < b and a < end for a, b in whole):
                    continue
                if len(record_words(text)) >= _TITLE_WORDS and tokens[start].kind is TokenKind.QUOTE:
                    unknown.append(text)
                    continue
                wanted = replace(wanted, title=(*wanted.title, text))
                title.append(text)
            case TokenRole.IDENTIFIER:
                wanted = replace(wanted, identifier=text)
            case TokenRole.LIMIT:
                limit = number_of(text) or limit
            case _:
                wanted = _in_years(wanted, role, [t for t in tokens[start:end] if t.kind is TokenKind.YEAR])
    return RecordQuery(
        operation, wanted, documents, limit, tuple(unknown), tuple(authors), tuple(journals), tuple(title)
    )


def _in_years(wanted: RecordFilter, role: TokenRole, tokens: Iterable[Token]) -> RecordFilter:
    """The filter with a bound of years or a language."""
    if role is TokenRole.ENGLISH or role is TokenRole.CHINESE:
        return replace(wanted, language="en" if role is TokenRole.ENGLISH else "zh")
    for token in tokens:
        year = int(token.text)
        if role in (TokenRole.IN_YEAR, TokenRole.SINCE, TokenRole.AFTER):
            wanted = replace(wanted, year_from=year + (role is TokenRole.AFTER))
        if role in (TokenRole.IN_YEAR, TokenRole.UNTIL, TokenRole.BEFORE):
            wanted = replace(wanted, year_to=year - (role is TokenRole.BEFORE))
    return wanted


def _spans(tokens: Sequence[Token], roles: Sequence[TokenRole]) -> list[tuple[TokenRole, int, int]]:
    """Runs of tokens of one role; quoted strings stand alone."""
    spans: list[tuple[TokenRole, int, int]] = []
    for at, (token, role) in enumerate(zip(tokens, roles, strict=True)):
        if role is TokenRole.NONE:
            continue
        quoted = token.kind is TokenKind.QUOTE or (at and tokens[at - 1].kind is TokenKind.QUOTE)
        if spans and spans[-1][0] is role and spans[-1][2] == at and not quoted:
            spans[-1] = (role, spans[-1][1], at + 1)
        else:
            spans.append((role, at, at + 1))
    return spans


def _text(question: str, tokens: Sequence[Token]) -> str:
    if len(tokens) == 1:
        return tokens[0].text
    return question[tokens[0].start : tokens[-1].end].strip()


def _shown(text: str, spellings: Sequence[str]) -> str:
    """The record's spelling of an author where all spellings are of one name."""
    keys = {record_key(s) for s in spellings}
    return spellings[0] if len(keys) == 1 else text
