"""The spellings under which a reader's name is looked up: as it is written, in its parts, joined, without tones."""

import re

from kg.names.folding import fold_name
from kg.names.spelling import normalise
from kg.names.syllables import syllables_of, toned_syllables

_LONGEST = 200
_LETTER_THEN_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")


def spellings(text: str) -> tuple[str, ...]:
    """The text normalised, and behind it its other spellings, folded; none of an empty text.

    A text too long for a name has no others.
    """
    own = normalise(text)
    if len(own) > _LONGEST:
        return (own,)
    words = fold_name(own).split()
    toned = [toned_syllables(word) for word in words]
    if all(toned) and sum(map(len, toned)) > 1:
        words = [syllable for word in toned for syllable in word]
    apart, joined = " ".join(words), "".join(words).replace("'", "")
    others = (apart, joined, _LETTER_THEN_DIGIT.sub(" ", apart), " ".join(syllables_of(joined)))
    return tuple(spelling for spelling in dict.fromkeys((own, *others)) if spelling)
