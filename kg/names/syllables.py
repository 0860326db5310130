"""Syllables of pinyin in folded words."""

import re

_ONE = (
    r"(?:(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie"
    r"|iu|ua|ui|uo|ue|er|[aeiou]))"
)
"""One without its tone, the longest first."""

_SYLLABLE = re.compile(_ONE)
_SYLLABLES = re.compile(r"(?:(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?(?:er|[aei](?:ng?)?|o(?:ng)?|un?))++")
"""As each vowel is a syllable of its own, all that can close one tells whether a word is made of syllables."""

_TONED = re.compile(f"({_ONE})[0-5]")


def syllables_of(word: str) -> list[str]:
    """The syllables of a folded word of pinyin, the longest first; none of any other word."""
    found = _SYLLABLE.findall(word)
    return found if "".join(found) == word else []


def toned_syllables(word: str) -> list[str]:
    """The syllables of a folded word that writes the number of its tone behind each; none of any other word."""
    return _TONED.findall(word) if not _TONED.sub("", word) else []


def is_pinyin(word: str) -> bool:
    """Whether a folded word is made of syllables of pinyin."""
    return _SYLLABLES.fullmatch(word) is not None
