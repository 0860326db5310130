"""The text of an answer whose tokens come one after another: whole characters, up to a stop string."""

import codecs
from collections.abc import Collection, Iterable, Mapping, Sequence


class AnswerText:
    """Turns tokens into pieces of text; ``stopped`` is true once a stop string was written.

    ``vocabulary`` has the bytes of each token; a character may need several. ``silent`` tokens are not text.
    """

    def __init__(self, vocabulary: Mapping[int, bytes], silent: Collection[int], stops: Sequence[str] = ()) -> None:
        self._vocabulary = vocabulary
        self._silent = silent
        self._stops = [stop for stop in stops if stop]
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self.stopped = False

    def add(self, tokens: Iterable[int]) -> str:
        """The text that is certain now; what may become a stop string is held back."""
        raw = b"".join(self._vocabulary.get(token, b"") for token in tokens if token not in self._silent)
        return self._certain(self._decoder.decode(raw))

    def rest(self) -> str:
        """What was held back, at the end of the answer."""
        text = self._certain(self._decoder.decode(b"", final=True)) + self._held
        self._held = ""
        return text

    def _certain(self, new: str) -> str:
        if self.stopped:
            return ""
        text = self._held + new
        found = [place for place in map(text.find, self._stops) if place >= 0]
        self.stopped = bool(found)
        end = min(found) if found else len(text) - self._beginning(text)
        self._held = "" if found else text[end:]
        return text[:end]

    def _beginning(self, text: str) -> int:
        """How many characters at the end may begin a stop string."""
        lengths = (n for stop in self._stops for n in range(1, len(stop)) if text.endswith(stop[:n]))
        return max(lengths, default=0)
