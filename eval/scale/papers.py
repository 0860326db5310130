"""Full texts in any number, made from the PLoS articles (CC BY) as JATS files that are like them and not the same."""

import random
import re
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from eval.scale.likeness import varied

PLOS = "papers/plos_jats/papers_plos_jats.tar.gz"
"""The archive of the articles in the folder of evaluation data."""

_IDS = re.compile(r"(<article-id[^>]*>)([^<]*)(</article-id>)")
_TITLE = re.compile(r"(</article-title>\s*</title-group>|</article-title>\s*<alt-title)")
_BODY = re.compile(r"<(abstract|body)[ >].*?</\1>", re.DOTALL)
_TEXT = re.compile(r">([^<>]{20,})<")
_WORD = re.compile(r"\b[a-z]{6,}\b")


def write_papers(data: Path, folder: Path, numbers: range) -> list[Path]:
    """A JATS file a number: the articles in turn, from the second round on with other titles, figures and words."""
    folder.mkdir(parents=True, exist_ok=True)
    articles = list(plos_articles(data))
    files = []
    for number in numbers:
        name, text = articles[number % len(articles)]
        file = folder / f"{number:05d}-{name}"
        if not file.exists():
            file.write_text(text if number < len(articles) else variant(text, number), "utf-8")
        files.append(file)
    return files


def variant(article: str, number: int) -> str:
    """The article as another one; the same number gives the same."""
    drawn = random.Random(number)  # noqa: S311 - texts, not secrets
    told = _IDS.sub(lambda m: f"{m[1]}{m[2]}.{number}{m[3]}", article)
    told = _TITLE.sub(lambda m: f" ({number}){m[1]}", told, count=1)
    texts = [text for part in _BODY.finditer(told) for text in _TEXT.findall(part[0])]
    vocabulary = sorted({word for text in texts for word in _WORD.findall(text)})
    return _BODY.sub(lambda part: _TEXT.sub(lambda m: f">{_other(m[1], vocabulary, drawn)}<", part[0]), told)


def _other(text: str, vocabulary: Sequence[str], drawn: random.Random) -> str:
    """The text with other figures and symbols and one word exchanged: as long, but no vector serves twice."""
    told = varied(text, drawn)
    found = list(_WORD.finditer(told))
    if not found:
        return told
    chosen = drawn.choice(found)
    return f"{told[: chosen.start()]}{drawn.choice(vocabulary)}{told[chosen.end() :]}"


def plos_articles(data: Path) -> Iterator[tuple[str, str]]:
    """The PLoS articles by name, each with its JATS."""
    with tarfile.open(data / PLOS) as packed:
        for member in sorted(packed.getmembers(), key=lambda m: m.name):
            content = packed.extractfile(member)
            if content is not None and member.name.endswith(".xml"):
                yield Path(member.name).name, content.read().decode("utf-8")
