"""OCR by RapidOCR, whose wheel contains the models.

One thread: onnxruntime's threads spin while they wait, which costs more than it gains where several pages are read.
"""

import logging
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING

from kg.documents.ocr.page_reader import Line, OcrUnavailable
from kg.documents.ocr.paragraphs import paragraphs
from kg.domain import Box

if TYPE_CHECKING:
    from rapidocr import RapidOCR


class RapidReader:
    """Reads Chinese and English print."""

    @property
    def identity(self) -> str:
        """The version of RapidOCR."""
        return f"rapidocr {version('rapidocr')}"

    def read(self, image: bytes) -> list[Line]:
        """Paragraphs in reading order; raises OcrUnavailable."""
        found = self._engine(image)
        boxes, texts, scores = (getattr(found, name, None) for name in ("boxes", "txts", "scores"))
        if boxes is None or texts is None or scores is None:
            return []
        lines = [
            Line(text, Box.around(Box(*map(float, (x, y, x, y))) for x, y in corners), float(score))
            for corners, text, score in zip(boxes, texts, scores, strict=True)
        ]
        return paragraphs(lines)

    @cached_property
    def _engine(self) -> "RapidOCR":
        try:
            from rapidocr import RapidOCR
        except ImportError as error:
            raise OcrUnavailable(f"rapidocr does not load ({error}); pip install rapidocr onnxruntime") from error
        threads = {
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
        engine = RapidOCR(params={"Global.log_level": "error", "Rec.rec_batch_num": 2, **threads})
        logging.getLogger("RapidOCR").setLevel(logging.WARNING)
        return engine
