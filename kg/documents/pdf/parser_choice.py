"""Which parser reads PDF files, by the word of the settings."""

from kg.errors import KnowledgeError
from kg.protocols import DocumentParser


class UnknownParser(KnowledgeError):
    """The settings name no parser that is known."""


def pdf_parser(word: str) -> DocumentParser | None:
    """``auto`` (liteparse: None), ``mineru-cli`` or ``mineru+http://HOST:PORT``; raises UnknownParser."""
    if word in {"auto", "liteparse"}:
        return None
    if word == "mineru-cli":
        from kg.documents.mineru.cli import MineruCli

        return MineruCli()
    if word.startswith(("mineru+http://", "mineru+https://")):
        from kg.documents.mineru.api import MineruApi

        return MineruApi(word.removeprefix("mineru+"))
    raise UnknownParser(f"no parser {word!r}; JIANXI_PARSER is auto, mineru-cli or mineru+http://HOST:PORT")
