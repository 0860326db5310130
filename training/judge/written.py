"""Claims and questions written for training: over passages of our own and over spans of an open corpus of abstracts.

``data/claims*.tsv``: evidence id, language, label, type, claim. Of ``reworded`` the wrong claims are put in other words
than the evidence, and the true ones keep its words; of ``paired`` a true claim and its wrong twin differ in one thing;
of ``retold`` (Chinese) and ``retold_english`` the true ones retell English evidence freely and the wrong ones are near
copies; ``long`` are those over Chinese passages as long as an abstract; ``bound`` near copies that bind the words
otherwise; ``twins`` free retellings beside a wrong one that turns one thing.

``data/answers.tsv`` has a question before the claim, which answers it as a small chat model would.
``data/questions.tsv``: text id, language, whether the text answers (r) or is only near (i), kind, question.
``data/passages.tsv``: id, language, text, written by us with invented figures. ``data/spans.tsv``: id, document and
character span in SciFact's corpus, whose text is read from where it lies.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from kg.domain import Language
from training.judge.examples import Example, Label

_DATA = Path(__file__).parent / "data"
CLAIM_FILES = {
    "written": "claims.tsv",
    "reworded": "claims_reworded.tsv",
    "paired": "claims_paired.tsv",
    "retold": "claims_retold.tsv",
    "retold_english": "claims_retold_english.tsv",
    "long": "claims_long.tsv",
    "bound": "claims_bound.tsv",
    "twins": "claims_twins.tsv",
}
CLAIM_SOURCES = (*CLAIM_FILES, "answers")
_LABELS: Mapping[str, Label] = {"s": "supported", "c": "contradicted", "u": "unsupported"}
_RANKED: Mapping[str, Label] = {"r": "relevant", "i": "irrelevant"}
_LANGUAGES: Mapping[str, Language] = {"zh": "zh", "en": "en"}


def written_claims(corpus: Path | None, folder: Path = _DATA) -> list[Example]:
    """All claims whose evidence is here; those over spans are left out without ``corpus``, a JSON Lines file."""
    evidence = _texts(corpus, folder)
    return [
        Example(claim, evidence[id_], _LABELS[label], type_, _LANGUAGES[language], source, id_)
        for source, file in CLAIM_FILES.items()
        for id_, language, label, type_, claim in _rows(folder / file)
        if id_ in evidence
    ] + [
        Example(f"{question} {answer}", evidence[id_], _LABELS[label], type_, _LANGUAGES[language], "answers", id_)
        for id_, language, label, type_, question, answer in _rows(folder / "answers.tsv")
        if id_ in evidence
    ]


def written_questions(corpus: Path | None, folder: Path = _DATA) -> list[Example]:
    """All questions whose text is here, each with that text, every other one of ``corpus`` after its title.

    The product reads a sentence after the title of its paper, and a passage of a paper without one alone.
    """
    texts = _texts(corpus, folder)
    titles = _titles(corpus, folder) if corpus is not None else {}
    made = []
    for place, (id_, language, label, kind, question) in enumerate(_rows(folder / "questions.tsv")):
        if id_ in texts:
            title = titles.get(id_, "") if place % 2 else ""
            text = f"{title}. {texts[id_]}" if title else texts[id_]
            made.append(Example(question, text, _RANKED[label], kind, _LANGUAGES[language], "questions", id_))
    return made


def own_passages(folder: Path = _DATA) -> list[tuple[str, Language, str]]:
    """Id, language and text of the passages written by us."""
    return [(id_, _LANGUAGES[language], text) for id_, language, text in _rows(folder / "passages.tsv")]


def spans_of_texts(folder: Path = _DATA) -> dict[str, tuple[str, int, int]]:
    """Document of SciFact's corpus, start and end of each span, by the span's id."""
    return {id_: (document, int(a), int(b)) for id_, document, a, b in _rows(folder / "spans.tsv")}


def documents_of_texts(folder: Path = _DATA) -> dict[str, str]:
    """The document of each text by the text's id; a passage of our own is its own document."""
    own = {id_: id_ for id_, _, _ in own_passages(folder)}
    return own | {id_: document for id_, (document, _, _) in spans_of_texts(folder).items()}


def answered_questions(folder: Path = _DATA) -> list[tuple[str, Language, Label, str, str]]:
    """Text id, language, label, question and answer of ``answers.tsv``."""
    rows = _rows(folder / "answers.tsv")
    return [(id_, _LANGUAGES[language], _LABELS[label], asked, said) for id_, language, label, _, asked, said in rows]


def abstracts(corpus: Path) -> dict[str, str]:
    """Texts by document id of a corpus in BEIR's form."""
    with corpus.open(encoding="utf-8") as file:
        return {row["_id"]: row["text"] for row in map(json.loads, file)}


def _texts(corpus: Path | None, folder: Path) -> dict[str, str]:
    """The evidence by id, without what lies in a corpus that is not here."""
    found = {row[0]: row[2] for row in _rows(folder / "passages.tsv")}
    if corpus is not None:
        texts = abstracts(corpus)
        found |= {id_: texts[document][a:b] for id_, (document, a, b) in spans_of_texts(folder).items()}
    return found


def _titles(corpus: Path, folder: Path) -> dict[str, str]:
    """The title of each span's document by the span's id."""
    with corpus.open(encoding="utf-8") as file:
        of_documents = {row["_id"]: row["title"].rstrip(". ") for row in map(json.loads, file)}
    return {id_: of_documents[document] for id_, document, _, _ in _rows(folder / "spans.tsv")}


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
