"""Answers from the library's own records: counts, lists, authors, journals, years and identifiers."""

from collections.abc import Iterable, Mapping, Sequence

from app.answering.composed import Composed, marked
from app.answering.document_summary import summary_sentences
from app.answering.domain import AnswerKind, Citation, Sentence, Verdict
from app.answering.evidence import EvidenceItem
from app.answering.messages import Messages
from kg.documents.places import places_of_quote
from kg.domain import Block, Document, Passage
from kg.protocols import Store
from kg.records import RecordCount, RecordField, RecordFilter, RecordOrder
from models.protocols import Embedder
from retrieval.question.bibliography import BibliographyParser, RecordQuery
from retrieval.question.record_model import Operation

_MOST = 30
_CITED_OF_A_COUNT = 5
_AMBIGUOUS = 5
_SHORT_AUTHORS = 3
_VALUES = 10
_ALL_VALUES = 100_000

_OF_ONE = frozenset(
    {
        Operation.WHO,
        Operation.FIRST_AUTHOR,
        Operation.LAST_AUTHOR,
        Operation.PUBLISHED,
        Operation.IDENTIFIER,
        Operation.DESCRIBE,
        Operation.SUMMARY,
    }
)
"""Operations on papers that the question names."""


async def answer_from_library(
    text: str,
    store: Store,
    embedder: Embedder,
    words: Messages,
    *,
    summary: bool | None = None,
) -> Composed | None:
    """Answer a question about the collection; None where it names nothing that the records can be asked for.

    A summary of no paper that the records know is a question about what papers say: that is searched.
    ``summary`` tells that a summary is asked, or that none is; None leaves it to the parser. Raises StoreUnavailable,
    ModelUnavailable.
    """
    query = await BibliographyParser(store, embedder).parse(text)
    operation = query.operation
    if summary is not None and summary != (operation is Operation.SUMMARY):
        operation = Operation.SUMMARY if summary else Operation.DESCRIBE
    page = _Page(store, words, query)
    if query.unknown:
        page.say("unknown", names=words.joined([f"“{name}”" for name in query.unknown]))
        return page.composed()
    if operation in _OF_ONE:
        documents = await page.named_documents()
        if documents is None or (operation is Operation.SUMMARY and not documents):
            return None
        if operation is Operation.SUMMARY and len(documents) == 1:
            return await _summary(page, documents[0], store, embedder)
        page.of_documents(operation, documents)
        return page.composed()
    await page.of_records(operation)
    return page.composed()


class LibraryAnswerer:
    """Asks the records of one store."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder

    async def __call__(self, text: str, words: Messages, *, summary: bool | None = None) -> Composed | None:
        """The records' answer, None where they cannot be asked; raises StoreUnavailable, ModelUnavailable."""
        return await answer_from_library(text, self._store, self._embedder, words, summary=summary)


async def _summary(page: "_Page", document: Document, store: Store, embedder: Embedder) -> Composed:
    ((blocks, passages),) = await store.content([document.id])
    page.say("summary", [document], **page.reference_of(document))
    for passage, sentence in await summary_sentences(document, passages, embedder):
        page.quote(document, passage, sentence, blocks)
    return page.composed()


class _Page:
    """One answer in the making."""

    def __init__(self, store: Store, words: Messages, query: RecordQuery) -> None:
        self._store = store
        self._words = words
        self._query = query
        self._items: list[EvidenceItem] = []
        self._sentences: list[Sentence] = []
        self._shown = 0
        self._total = 0

    def composed(self) -> Composed:
        """The whole answer."""
        return Composed(
            tuple(self._sentences),
            tuple(self._items),
            marked(self._sentences),
            self._total,
            self._shown,
            notice="library",
            kind=AnswerKind.LIBRARY,
        )

    def say(self, form: str, cited: Sequence[Document] = (), **values: str | int) -> None:
        """Add a sentence that cites records."""
        self._add(form, cited, values)

    def _add(
        self, form: str, cited: Sequence[Document], values: Mapping[str, str | int], *, item: bool = False
    ) -> None:
        numbers = tuple(self._cite(document) for document in cited)
        text = self._words.library[form].format(**values).strip()
        self._sentences.append(Sentence(text, numbers, Verdict.SUPPORTED, item=item))

    def quote(self, document: Document, passage: Passage, sentence: str, blocks: Sequence[Block]) -> None:
        """Add a sentence of a document."""
        number = len(self._items) + 1
        boxes = places_of_quote(passage, blocks, sentence)
        citation = Citation(
            number, "passage", document.title, sentence, document.id, document.source_id, passage.id,
            boxes[0].page if boxes else passage.page, document.year, passage.heading_path, boxes=boxes,
        )  # fmt: skip
        self._items.append(EvidenceItem(number, sentence, citation))
        self._sentences.append(Sentence(sentence, (number,), Verdict.SUPPORTED))

    async def named_documents(self) -> Sequence[Document] | None:
        """The papers that the question names, of an author those that name it first; None where it names none."""
        if self._query.documents:
            return self._query.documents
        if self._query.wanted.empty:
            return None
        found = await self._store.records(self._query.wanted, order=RecordOrder.NEWEST, limit=_MOST)
        firsts = {name for spellings in self._query.wanted.authors for name in spellings}
        by_first = tuple(d for d in found.documents if d.authors[:1] and d.authors[0] in firsts)
        return (by_first or found.documents)[:_AMBIGUOUS]

    def of_documents(self, operation: Operation, documents: Sequence[Document]) -> None:
        """The answer about some papers from their records."""
        if not documents:
            self.say("none", of=self._of())
        if len(documents) > 1 and not self._query.documents:
            self.say("ambiguous", documents, **self._counted(len(documents)))
        for document in documents:
            self._of_document(operation, document)

    def _of_document(self, operation: Operation, document: Document) -> None:
        title = document.title.rstrip(".。")
        authors = document.authors
        by_author = operation in (Operation.WHO, Operation.FIRST_AUTHOR, Operation.LAST_AUTHOR)
        if by_author and not authors:
            self.say("authors_unknown", [document], title=title)
        elif operation is Operation.WHO:
            self.say("who", [document], title=title, authors=self._words.joined(list(authors)))
            if len(authors) > _SHORT_AUTHORS:
                self.say("author_count", [document], count=len(authors))
        elif by_author:
            first = operation is Operation.FIRST_AUTHOR
            name = authors[0 if first else -1]
            self.say("first_author" if first else "last_author", [document], title=title, author=name)
        elif operation is Operation.PUBLISHED:
            self.say("published", [document], **self.reference_of(document))
            if authors:
                self.say("who", [document], title=title, authors=_authors(document, self._words))
        elif operation is Operation.IDENTIFIER:
            known = self._words.joined([f"{key.upper()} {value}" for key, value in document.identifiers.items()])
            self.say("identifiers" if known else "no_identifiers", [document], title=title, identifiers=known)
        else:
            self.say("describe", [document], reference=_reference(document, self._words, whole=True))
        if by_author:
            self.say("published", [document], **self.reference_of(document))

    async def of_records(self, operation: Operation) -> None:
        """The count or list of the matching records."""
        if self._query.documents:
            await self._of_named(operation)
            return
        wanted, limit = self._query.wanted, self._query.limit
        order = RecordOrder.OLDEST if operation is Operation.OLDEST else RecordOrder.NEWEST
        page = await self._store.records(wanted, order=order, limit=_MOST)
        if not page.total:
            self.say("exists_not" if operation is Operation.EXISTS else "none", of=self._of())
            return
        few = page.documents[:_CITED_OF_A_COUNT]
        counted = self._counted(page.total)
        match operation:
            case Operation.COUNT:
                self.say("count", few, **counted)
            case Operation.EXISTS:
                self.say("exists", few, **counted)
                self._list(page.documents[:_CITED_OF_A_COUNT], page.total)
            case Operation.NEWEST | Operation.OLDEST:
                self._extreme(operation, page.documents, counted, limit)
            case Operation.YEARS:
                await self._years(wanted, page.documents[0], counted)
            case Operation.PER_YEAR:
                await self._frequent("most_year", RecordField.YEAR, few, counted)
            case Operation.TOP_JOURNALS:
                await self._frequent("most_journal", RecordField.JOURNAL, few, counted)
            case Operation.TOP_AUTHORS:
                await self._frequent("most_author", RecordField.AUTHOR, few, counted)
            case Operation.KINDS | Operation.LANGUAGES:
                field = RecordField.LANGUAGE if operation is Operation.LANGUAGES else RecordField.MEDIA_TYPE
                counts = await self._store.record_counts(field, wanted)
                self.say(operation.value, few, counts=self._values(counts), **counted)
            case _:
                self.say("count", page.documents[: limit or _MOST], **counted)
                self._list(page.documents[: limit or _MOST], page.total)

    async def _of_named(self, operation: Operation) -> None:
        """A question about the collection that names papers: whether they are there."""
        documents = self._query.documents
        if operation in (Operation.EXISTS, Operation.COUNT):
            self.say("exists", documents, **{**self._counted(len(documents)), "of": ""})
        self.of_documents(Operation.DESCRIBE, documents)

    def _extreme(
        self, operation: Operation, documents: Sequence[Document], counted: dict[str, str | int], limit: int | None
    ) -> None:
        if limit is not None and limit > 1:
            chosen = documents[:limit]
            self.say(f"{operation}_listed", chosen, **{**counted, "count": len(chosen), "total": counted["count"]})
            self._list(chosen, len(chosen))
            return
        best = documents[0]
        self.say(operation.value, [best], of=self._of(), **self.reference_of(best))
        same = [d for d in documents[1:] if d.year == best.year and best.year is not None]
        if same:
            self.say("same_year", [best, *same], of=self._of(), count=len(same) + 1, year=str(best.year))
            self._list(same[:_CITED_OF_A_COUNT], len(same))

    async def _years(self, wanted: RecordFilter, newest: Document, counted: dict[str, str | int]) -> None:
        oldest = (await self._store.records(wanted, order=RecordOrder.OLDEST, limit=1)).documents[0]
        ends = [oldest, newest]
        first, last = (str(d.year) if d.year is not None else self._words.library["undated"] for d in ends)
        self.say("years", ends, of=self._of(), first=first, last=last)
        await self._frequent("most_year", RecordField.YEAR, ends, counted)

    async def _frequent(
        self, form: str, field: RecordField, cited: Sequence[Document], counted: dict[str, str | int]
    ) -> None:
        """The most frequent value of a field, then the others in order."""
        counts = await self._store.record_counts(field, self._query.wanted, limit=_ALL_VALUES)
        if field is RecordField.AUTHOR and len(self._query.authors) == 1:
            counts = [c for c in counts if c.value not in self._query.wanted.authors[0]] or list(counts)
        if not counts:
            return
        best = counts[0]
        tied = [c.value for c in counts if c.count == best.count][:_VALUES]
        value = self._words.joined(tied)
        self.say(form, cited, **{**counted, "value": value, "count": best.count})
        if len(counts) > 1:
            self.say("counts", cited, counts=self._values(counts[:_VALUES]))
            self._total, self._shown = len(counts), min(len(counts), _VALUES)

    def _list(self, documents: Sequence[Document], total: int) -> None:
        for document in documents:
            self._add("describe", [document], {"reference": _reference(document, self._words)}, item=True)
        if len(documents) < total:
            self.say("listed", documents[:1], shown=len(documents), total=total)

    def _values(self, counts: Iterable[RecordCount]) -> str:
        form = self._words.library["counted"]
        named = self._words.library_values
        return self._words.joined([form.format(value=named.get(c.value, c.value), count=c.count) for c in counts])

    def _counted(self, count: int) -> dict[str, str | int]:
        """The values that a sentence with a number needs."""
        words = self._words.library
        papers = words["one"] if count == 1 else words["many"].format(count=count)
        return {"count": count, "papers": papers, "of": self._of()}

    def _of(self) -> str:
        """The filter in the reader's words."""
        words, query, wanted = self._words.library, self._query, self._query.wanted
        parts: list[str] = []

        def add(form: str, **values: str) -> None:
            parts.append(words[form].format(**values))

        if query.authors:
            add("of_authors", names=words["together"].join(query.authors))
        for phrase in query.title:
            add("of_title", words=phrase)
        if query.journals:
            add("of_journals", names=words["together"].join(query.journals))
        first, last = wanted.year_from, wanted.year_to
        if first is not None and first == last:
            add("of_year", year=str(first))
        elif first is not None and last is not None:
            add("of_years", first=str(first), last=str(last))
        elif first is not None:
            add("of_since", year=str(first))
        elif last is not None:
            add("of_until", year=str(last))
        if wanted.language:
            add("of_language", language=self._words.library_values.get(wanted.language, wanted.language))
        if wanted.identifier:
            add("of_identifier", value=wanted.identifier)
        gap = "" if words["of_authors"].startswith(" ") else self._words.separator
        return words["of"].format(parts=gap.join(parts)) if parts else ""

    def reference_of(self, document: Document) -> dict[str, str | int]:
        """Title, authors, journal and year as sentences hold them."""
        words = self._words.library
        return {
            "title": document.title.rstrip(".。"),
            "authors": _authors(document, self._words),
            "journal": document.journal or "–",
            "year": str(document.year) if document.year is not None else words["undated"],
        }

    def _cite(self, document: Document) -> int:
        for item in self._items:
            if item.citation.document_id == document.id and item.citation.passage_id is None:
                return item.number
        number = len(self._items) + 1
        reference = _reference(document, self._words, whole=True)
        citation = Citation(
            number, "passage", document.title, reference, document.id, document.source_id, year=document.year
        )
        self._items.append(EvidenceItem(number, reference, citation))
        return number


def _authors(document: Document, words: Messages, *, whole: bool = False) -> str:
    names = document.authors
    if not names:
        return words.library["unknown_authors"]
    if whole or len(names) <= _SHORT_AUTHORS:
        return words.joined(list(names))
    return words.library["et_al"].format(first=names[0])


def _reference(document: Document, words: Messages, *, whole: bool = False) -> str:
    """A record on one line; ``whole`` with all authors and identifiers."""
    year = str(document.year) if document.year is not None else words.library["undated"]
    line = words.library["item"].format(
        authors=_authors(document, words, whole=whole),
        year=year,
        title=document.title.rstrip(".。"),
        journal=document.journal or "",
    )
    identifiers = [f"{key.upper()} {value}" for key, value in document.identifiers.items()] if whole else []
    return ". ".join([line.strip(" .。"), *identifiers])
