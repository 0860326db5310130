"""OCR by tesseract, where it is installed."""

import csv
import io
import os
import shutil
import subprocess
from functools import cached_property

from kg.documents.language import han_count
from kg.documents.ocr.page_reader import Line, OcrUnavailable
from kg.documents.ocr.paragraphs import mean_confidence, paragraphs
from kg.domain import Box

_TIMEOUT_S = 120.0


class TesseractReader:
    """Reads dense print; one thread, since more are slower on small machines."""

    @property
    def identity(self) -> str:
        """The command."""
        return "tesseract"

    @property
    def installed(self) -> bool:
        """Whether the command is on the PATH."""
        return shutil.which("tesseract") is not None

    def read(self, image: bytes) -> list[Line]:
        """Paragraphs in reading order; raises OcrUnavailable."""
        table = self._run(["stdin", "stdout", "-l", self._languages, "--psm", "3", "tsv"], image)
        lines: dict[tuple[str, str, str], list[Line]] = {}
        for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
            text = (row.get("text") or "").strip()
            if row.get("level") == "5" and text:
                x, y, w, h = (float(row[name]) for name in ("left", "top", "width", "height"))
                word = Line(text, Box(x, y, x + w, y + h), max(float(row["conf"]), 0.0) / 100)
                lines.setdefault((row["block_num"], row["par_num"], row["line_num"]), []).append(word)
        return paragraphs([_joined(words) for words in lines.values()])

    @cached_property
    def _languages(self) -> str:
        known = set(self._run(["--list-langs"], b"").split())
        wanted = [name for name in ("chi_sim", "eng") if name in known]
        if not wanted:
            raise OcrUnavailable("tesseract has neither chi_sim nor eng; install tesseract-ocr-chi-sim")
        return "+".join(wanted)

    def _run(self, arguments: list[str], image: bytes) -> str:
        command = shutil.which("tesseract")
        if command is None:
            raise OcrUnavailable("tesseract is not installed; apt install tesseract-ocr tesseract-ocr-chi-sim")
        try:
            done = subprocess.run(  # noqa: S603 - a fixed command without user text
                [command, *arguments],
                input=image,
                capture_output=True,
                timeout=_TIMEOUT_S,
                check=False,
                env={"OMP_THREAD_LIMIT": "1", "PATH": os.defpath},
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise OcrUnavailable(f"tesseract does not answer ({error})") from error
        if done.returncode:
            raise OcrUnavailable(f"tesseract fails: {done.stderr.decode(errors='replace').strip()[:200]}")
        return done.stdout.decode("utf-8", errors="replace")


def _joined(words: list[Line]) -> Line:
    text = ""
    for word in words:
        tight = text and han_count(text[-1]) and han_count(word.text[0])
        text += word.text if not text or tight else f" {word.text}"
    return Line(text, Box.around(word.box for word in words), mean_confidence(words))
