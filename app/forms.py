"""The allowed forms of each setting; a wrong value is refused at the start, with the cure."""

import re
from dataclasses import dataclass

_HTTP = r"https?://[^\s/?#]+(?:/\S*)?"


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a value, and its description for a person."""

    pattern: str
    told: str

    def accepts(self, value: str) -> bool:
        """Whether a value has this form."""
        return re.fullmatch(self.pattern, value) is not None


FORMS = {
    "store": Form(
        r"sqlite|(?:neo4j|bolt)(?:\+s|\+ssc)?://[^\s:@/]+:[^\s@/]+@[^\s:@/]+(?::\d+)?/?",
        "`sqlite` or `neo4j://USER:PASSWORD@HOST:PORT` (signs such as @ or / in the password as %40, %2F)",
    ),
    "state": Form(
        r"sqlite|postgres(?:ql)?://[^\s/?#]+/[^\s/]+", "`sqlite` or `postgresql://USER:PASSWORD@HOST:PORT/DB`"
    ),
    "chat": Form(
        rf"auto|gguf|gguf:.+|extractive|openai\+{_HTTP}",
        "`auto`, `gguf`, `gguf:PATH`, `extractive` or `openai+http://HOST:PORT/v1`",
    ),
    "chat_adapter": Form(r"auto|none|file:.+", "`auto`, `none` or `file:FOLDER`"),
    "embedder": Form(rf"e5|st(?::.+)?|openai\+{_HTTP}", "`e5`, `st:MODEL` or `openai+http://HOST:PORT/v1`"),
    "reranker": Form(r"none|judge|st(?::.+)?", "`none`, `judge` or `st:MODEL`"),
    "judge": Form(r"auto|none|onnx:.+|file:.+", "`auto`, `none`, `file:PATH` or `onnx:FOLDER`"),
    "dense": Form(r"faiss|milvus:.+", "`faiss` or `milvus:URI`"),
    "parser": Form(rf"auto|liteparse|mineru-cli|mineru\+{_HTTP}", "`auto`, `mineru-cli` or `mineru+http://HOST:PORT`"),
    "cors_origins": Form(
        r"\*|https?://[^\s/?#@]+", "origins such as `https://lab.example` or `http://localhost:3000`, or `*`"
    ),
    "hub_endpoint": Form(_HTTP, "the address of a mirror, such as `https://hub.example`"),
}
"""By the name of the setting."""
