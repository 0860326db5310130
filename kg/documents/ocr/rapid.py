"""OCR by RapidOCR, whose wheel contains the models.

One thread: onnxruntime's threads spin while they wait, which costs more than it gains where several pages are read.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from kg.documents.ocr.orientation import angle_of
from kg.documents.ocr.page_reader import Line, OcrUnavailable
from kg.documents.ocr.paragraphs import paragraphs
from kg.domain import Box

if TYPE_CHECKING:
    from rapidocr import RapidOCR

Corners = Iterable[tuple[float, float]]
Pixels = npt.NDArray[np.uint8]


class RapidReader:
    """Reads Chinese and English print."""

    @property
    def identity(self) -> str:
        """The version of RapidOCR."""
        return f"rapidocr {version('rapidocr')}"

    def read(self, image: bytes) -> list[Line]:
        """Paragraphs in reading order, of a picture that is sideways or upside down too; raises OcrUnavailable."""
        picture = self._engine.load_img(image)
        lines, angle = self._lines(picture)
        if angle < 180:
            return paragraphs(lines, angle)
        # RapidOCR turns only those lines that it is sure of: the page is turned, and read again.
        lines, angle = self._lines(np.ascontiguousarray(picture[::-1, ::-1]))
        height, width = picture.shape[:2]
        turned = [replace(line, box=_half_turned(line.box, width, height)) for line in lines]
        return paragraphs(turned, (angle + 180) % 360)

    def _lines(self, picture: Pixels) -> tuple[list[Line], int]:
        """The lines of a picture, and the angle of most of its text."""
        engine = self._engine
        resized, record = engine.preprocess_img(picture)
        lines_found, turns, texts_read, crops = engine.run_ocr_steps(resized, record)
        angle = angle_of(_found(lines_found.boxes, turns.cls_res))
        found = engine.build_final_output(picture, lines_found, turns, texts_read, crops, record)
        boxes, texts, scores = (getattr(found, name, None) for name in ("boxes", "txts", "scores"))
        if boxes is None or texts is None or scores is None:
            return [], 0
        lines = [
            Line(text, _around(corners), float(score))
            for corners, text, score in zip(boxes, texts, scores, strict=True)
        ]
        return lines, angle

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


_TURNED = 0.9
"""The score over which RapidOCR turns a line (``Cls.cls_thresh``)."""


def _found(boxes: Iterable[Corners] | None, labels: Iterable[tuple[str, float]] | None) -> Iterator[tuple[Box, bool]]:
    """Each line's box, and whether it is upside down."""
    if boxes is not None and labels is not None:
        for corners, (label, score) in zip(boxes, labels, strict=True):
            yield _around(corners), label == "180" and score > _TURNED


def _half_turned(box: Box, width: float, height: float) -> Box:
    return Box(width - box.x1, height - box.y1, width - box.x0, height - box.y0)


def _around(corners: Corners) -> Box:
    return Box.around(Box(*map(float, (x, y, x, y))) for x, y in corners)
