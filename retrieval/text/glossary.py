"""The Chinese terms of a subject with English words for them, to find English papers and to translate them."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path

from kg.names.spelling import normalise
from kg.ontology import DOMAINS
from kg.served_subject import served_folder
from retrieval.text.words import written_words

_GENERAL = Path(__file__).parent / "glossaries"
_WEAK = "weak"
_FORMS_SHARE = 3
"""Letters that forms of one word begin with."""


class Glossary:
    """Chinese terms, each with English words for it; found by longest match.

    ``weak`` are general words of questions (研究, 结果): matched, so that no shorter term is found inside them, but not
    asked for, because their English tells papers apart too little.
    """

    def __init__(
        self, terms: Mapping[str, str], *, weak: Collection[str] = (), told: Mapping[str, str] | None = None
    ) -> None:
        """``told`` are English terms with the Chinese by which a translation calls them, whatever ``terms`` say."""
        self._match({normalise(zh): en for zh, en in terms.items()}, {normalise(zh) for zh in weak})
        self._told = dict(told or {})

    @classmethod
    def read(cls, files: Sequence[Path], told: Sequence[Path] = ()) -> "Glossary":
        """A glossary from files of ``zh<TAB>en[<TAB>weak]`` under a head line, the Chinese already normalised.

        Those of ``told`` have lines of ``en<TAB>zh``.
        """
        terms: dict[str, str] = {}
        weak: set[str] = set()
        for file in files:
            for line in file.read_text("utf-8").splitlines()[1:]:
                zh, en, *mark = line.split("\t")
                if mark == [_WEAK]:
                    weak.add(zh)
                else:
                    terms[zh] = en
        lines = [line for file in told for line in file.read_text("utf-8").splitlines()[1:]]
        rows = [line.split("\t") for line in lines if "\t" in line]
        glossary = cls({}, told={en: zh for en, zh, *_ in rows})
        glossary._match(terms, weak)
        return glossary

    def english(self, text: str) -> str:
        """English words for the terms in a text, in its order, each once."""
        return " ".join(dict.fromkeys(self.terms(text).values()))

    def terms(self, text: str) -> dict[str, str]:
        """The terms in a text, normalised, in its order, each with its English words; weak ones left out."""
        text = normalise(text)
        found: dict[str, str] = {}
        at = 0
        while at < len(text):
            term = self._term_at(text, at)
            if term in self._terms:
                found[term] = self._terms[term]
            at += len(term) or 1
        return found

    def chinese(self, text: str) -> dict[str, str]:
        """The English terms in a text, as they are written there, in its order, each with the Chinese one."""
        written = written_words(text)
        plain = [_plain(word) for word in written]
        found: dict[str, str] = {}
        at = 0
        while at < len(written):
            sizes = range(min(self._longest, len(written) - at), 0, -1)
            size = next((n for n in sizes if tuple(plain[at : at + n]) in self._of_english), 0)
            if size:
                found.setdefault(" ".join(written[at : at + size]), self._of_english[tuple(plain[at : at + size])])
            at += size or 1
        return found

    @property
    def entries(self) -> Mapping[str, str]:
        """Every term with its English words, weak ones left out."""
        return self._terms

    @cached_property
    def _of_english(self) -> dict[tuple[str, ...], str]:
        """What each English term is told by, else its shortest Chinese term, by its words."""
        found = {tuple(map(_plain, written_words(en))): zh for en, zh in self._told.items()}
        for zh, en in sorted(self._terms.items(), key=lambda entry: (len(entry[0]), entry[0])):
            for words in _english_terms(written_words(en)):
                found.setdefault(tuple(map(_plain, words)), zh)
        return found

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._of_english), default=0)

    def _match(self, terms: dict[str, str], weak: set[str]) -> None:
        """Keep the terms and the lengths, longest first, of those that begin with each character."""
        lengths: dict[str, set[int]] = {}
        for term in (*terms, *weak):
            lengths.setdefault(term[0], set()).add(len(term))
        self._terms, self._weak = terms, weak
        self._lengths = {first: sorted(own, reverse=True) for first, own in lengths.items()}

    def _term_at(self, text: str, at: int) -> str:
        for length in self._lengths.get(text[at], ()):
            term = text[at : at + length]
            if term in self._terms or term in self._weak:
                return term
        return ""


def _english_terms(words: Sequence[str]) -> Sequence[Sequence[str]]:
    """The terms that an entry's words make: all together, without an abbreviation behind them, each form of one word.

    Abbreviations and symbols alone are none: a translation keeps them.
    """
    *rest, last = words
    found = [words]
    if len(rest) > 1 and last.isupper():
        found.append(rest)
    if rest and len({word[:_FORMS_SHARE].lower() for word in words}) == 1:
        found = [[word] for word in words]
    return [term for term in found if any(letter.islower() for letter in "".join(term))]


def _plain(word: str) -> str:
    """A word without capitals and the plural's ending."""
    return word.lower().removesuffix("s")


def bundled_glossary() -> Glossary:
    """Words of research and the terms of the subject that is served, of every bundled one where none is."""
    return glossary_of(served_folder())


@cache
def glossary_of(folder: Path | None) -> Glossary:
    """Words of research (``glossaries/*.tsv``) and the terms of a subject (``glossary*.tsv`` of its folder).

    English terms that translations need and searches do not are in the folder's ``translation*.tsv``.
    """
    folders = [folder] if folder is not None else sorted(p.parent for p in DOMAINS.glob("*/domain.yaml"))
    names = ("glossary*.tsv", "translation*.tsv")
    terms, told = ([file for place in folders for file in sorted(place.glob(name))] for name in names)
    return Glossary.read([*terms, *sorted(_GENERAL.glob("*.tsv"))], told)
