"""Writes GraphML: data for people to colour and filter by, and data that an import reads back."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import IO, Any

from lxml import etree

from kg.domain import Entity, Relation, RevisionRecord
from kg.tables.table_export import ENTITY_COLUMNS, RELATION_COLUMNS, entity_record, relation_record

SPACE = "http://graphml.graphdrawing.org/xmlns"
NODE_KEYS = ("label", "label_zh", "version", *ENTITY_COLUMNS[1:])
EDGE_KEYS = ("version", RELATION_COLUMNS[1], *RELATION_COLUMNS[3:])
_UNHELD = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class GraphMlWriter:
    """Writes to an open file; the values of ``names``, ``attributes`` and so on are JSON."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._open = ExitStack()
        self._xml: Any = None

    def __enter__(self) -> "GraphMlWriter":
        self._xml = self._open.enter_context(etree.xmlfile(self._file, encoding="utf-8"))
        self._xml.write_declaration()
        self._open.enter_context(self._xml.element("graphml", nsmap={None: SPACE}))
        for what, keys in (("node", NODE_KEYS), ("edge", EDGE_KEYS)):
            for key in keys:
                self._write("key", {"id": f"{what}_{key}", "for": what, "attr.name": key, "attr.type": "string"})
        self._open.enter_context(self._xml.element("graph", {"id": "jianxi", "edgedefault": "directed"}))
        return self

    def __exit__(self, *_: Any) -> None:
        self._open.close()

    def history(self, revisions: Sequence[RevisionRecord]) -> None:
        """Write who changed what, oldest first."""
        told = [f"revision {r.revision}, {r.time}, {r.kind} by {r.author}: {r.reason}" for r in revisions]
        self._write("desc", {}, text="\n".join(told))

    def write(self, entities: Sequence[Entity], relations: Sequence[Relation]) -> None:
        """Write entities, and the relations that start at them."""
        for entity in entities:
            record = dict(zip(ENTITY_COLUMNS, entity_record(entity), strict=True))
            shown = {"label": entity.name("en"), "label_zh": entity.name("zh"), "version": entity.version}
            self._write(
                "node", {"id": _id(entity.id)}, {f"node_{k}": v for k, v in (shown | record).items() if k != "id"}
            )
        for relation in relations:
            said = dict(zip(RELATION_COLUMNS, relation_record(relation), strict=True))
            ends = {"source": _id(said.pop("subject")), "target": _id(said.pop("object"))}
            data = {f"edge_{key}": value for key, value in ({"version": relation.version} | said).items()}
            self._write("edge", ends, data)

    def _write(
        self, tag: str, named: Mapping[str, str], data: Mapping[str, object] | None = None, text: str = ""
    ) -> None:
        element = etree.Element(tag, dict(named))
        element.text = _clean(text) or None
        for key, value in (data or {}).items():
            if value not in ("", None):
                part = etree.SubElement(element, "data", key=key)
                part.text = _clean(value) if isinstance(value, str) else _json(value)
        element.tail = "\n"
        self._xml.write(element, with_tail=True)


def _id(id_: object) -> str:
    return _clean(str(id_))


def _clean(text: str) -> str:
    """The text without signs that XML cannot hold."""
    return _UNHELD.sub("", text)


def _json(value: object) -> str:
    """The value as JSON, in which signs that XML cannot hold are escaped and read back."""
    return _UNHELD.sub(lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(value, ensure_ascii=False))
