"""How text becomes search words: the same for the lexical index, the walk graph and the signals.

Han text is folded to simplified characters and cut by jieba; Latin words are lower-cased and reduced to their English
Snowball stem; words too common to tell passages apart are dropped.
"""

import re
import threading
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

from kg.names.spelling import normalise
from models.han import HAN

_PIECE = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:['’][^\W_{HAN}]+)*")
_HAN = re.compile(f"[{HAN}]")
_POSSESSIVE = re.compile(r"['’]s?$")
_LOCK = threading.Lock()

ENGLISH_STOP_WORDS = frozenset(
    """
    a about above after again against all am an and any are as at be because been before being below
    between both but by can could did do does doing down during each few for from further had has have
    having he her here hers herself him himself his how i if in into is it its itself just me more most
    my myself no nor not now of off on once only or other our ours ourselves out over own same she
    should so some such than that the their theirs them themselves then there these they this those
    through to too under until up very was we were what when where which while who whom why will with
    would you your yours yourself yourselves
    """.split()  # noqa: SIM905
)
"""English function words; they carry no evidence."""

CHINESE_STOP_WORDS = frozenset(
    """
    的 了 在 是 和 与 或 及 对 把 被 从 到 由 向 以 为 于 中 上 下 里
    内 并 并且 也 都 就 还 又 而 而且 但 但是 因为 所以 如果 那么 这 那
    这个 那个 这些 那些 它 他 她 它们 他们 我 我们 你 你们 有 没有 无 不
    不是 什么 哪 哪些 哪个 哪种 哪几 哪里 怎么 怎样 如何 为什么 为何 多少 几
    吗 呢 吧 啊 之 其 该 各 每 某 时 后 前 间 等 等等 可 可以 能 能够 会
    将 所 着 过 地 得 个 种 一 一个 一种 请 是否 分别 以及 进行 通过 关于
    根据 之间 其中 有关 什么样 哪位 哪年 谁 多久
    """.split()  # noqa: SIM905
)
"""Chinese function and question words."""


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...


@lru_cache(maxsize=1)
def _stemmer() -> _Stemmer:
    import Stemmer

    stemmer: _Stemmer = Stemmer.Stemmer("english")
    return stemmer


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The English Snowball stem of a lower-case word."""
    with _LOCK:  # PyStemmer's objects are not safe for threads
        return _stemmer().stemWord(word)


def cut_han(text: str) -> list[str]:
    """Words of a run of simplified Han characters, with the shorter words inside long ones."""
    import rjieba

    words: list[str] = rjieba.cut_for_search(text)
    return words


def words(text: str) -> list[str]:
    """The search words of a text, in order, function words left out."""
    return _words_of(written_words(normalise(text)))


def distinct_words(texts: Iterable[str]) -> set[str]:
    """The different search words of some texts together."""
    return set(_words_of(set(written_words(normalise("\n\n".join(texts))))))


def _words_of(pieces: Iterable[str]) -> list[str]:
    found: list[str] = []
    for piece in pieces:
        if piece < HAN[0] or not _HAN.match(piece):
            if word := _latin(piece):
                found.append(word)
        else:
            found += [word for word in cut_han(piece) if word not in CHINESE_STOP_WORDS]
    return found


def written_words(text: str) -> list[str]:
    """The words of a text as they are written, runs of Han characters uncut."""
    return _PIECE.findall(text)


def latin_words(text: str) -> list[str]:
    """The search words of a text that are not Han: names, symbols and numbers that cross languages."""
    return [word for piece in written_words(normalise(text)) if not _HAN.match(piece) and (word := _latin(piece))]


@lru_cache(maxsize=65_536)
def _latin(piece: str) -> str:
    """The search word that a piece is, empty where it carries no evidence."""
    word = _POSSESSIVE.sub("", piece.lower())
    return stem(word) if word and word not in ENGLISH_STOP_WORDS else ""
