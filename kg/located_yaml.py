"""Reading YAML with positions, so that every error of a configuration file names file and line."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml


@dataclass(slots=True)
class Spot:
    """A place in a YAML file; its problems are appended to ``problems``, which the whole file shares."""

    file: str
    node: yaml.Node | None
    line: int
    problems: list[tuple[int, str]] = field(default_factory=list)

    def problem(self, what: str) -> None:
        """Note a problem of this place."""
        self.problems.append((self.line, f"{self.file}:{self.line}: {what}"))

    def told(self) -> list[str]:
        """All problems of the file, in the order of lines."""
        return [what for _, what in sorted(self.problems, key=lambda p: p[0])]

    def _at(self, node: yaml.Node) -> "Spot":
        return Spot(self.file, node, node.start_mark.line + 1, self.problems)

    @property
    def is_text(self) -> bool:
        """Whether this is a plain value."""
        return isinstance(self.node, yaml.ScalarNode)

    @property
    def is_list(self) -> bool:
        """Whether this is a list."""
        return isinstance(self.node, yaml.SequenceNode)

    @property
    def is_mapping(self) -> bool:
        """Whether this is a mapping."""
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_null(self) -> bool:
        """Whether this is empty."""
        return self.node is None or (self.is_text and self.node.tag == "tag:yaml.org,2002:null")

    def entries(self, what: str) -> Iterator[tuple[str, "Spot"]]:
        """Keys and values of a mapping; a repeated key is a problem, the first one counts."""
        if not isinstance(self.node, yaml.MappingNode):
            self.problem(f"{what} must be a mapping")
            return
        seen: dict[str, int] = {}
        for key, value in self.node.value:
            spot = self._at(key)
            if not isinstance(key, yaml.ScalarNode):
                spot.problem(f"a key of {what} must be plain text")
            elif key.value in seen:
                spot.problem(f"{key.value!r} is there twice in {what} (first in line {seen[key.value]})")
            else:
                seen[key.value] = spot.line
                child = self._at(value)
                child.line = spot.line if isinstance(value, yaml.ScalarNode) else child.line
                yield key.value, child

    def fields(self, what: str, *, required: Collection[str] = (), optional: Collection[str] = ()) -> "Fields":
        """A mapping with known keys; missing and unknown ones are problems."""
        found = Fields()
        for key, value in self.entries(what):
            if key in required or key in optional:
                found[key] = value
            else:
                known = ", ".join(sorted({*required, *optional}))
                value.problem(f"unknown field {key!r} in {what}; known are {known}")
        if self.is_mapping:
            for key in required:
                if key not in found:
                    self.problem(f"{what} lacks {key!r}")
        return found

    def items(self, what: str) -> list["Spot"]:
        """The items of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.problem(f"{what} must be a list")
            return []
        return [self._at(item) for item in self.node.value]

    def text(self, what: str) -> str:
        """A plain value that is not empty, else a problem and an empty string."""
        if not isinstance(self.node, yaml.ScalarNode) or self.is_null or not self.node.value.strip():
            self.problem(f"{what} must be text")
            return ""
        value: str = self.node.value
        return value.strip() or value

    def raw(self, what: str) -> str:
        """A plain value as it is written, blanks kept; an empty one is allowed."""
        if not isinstance(self.node, yaml.ScalarNode):
            self.problem(f"{what} must be text")
            return ""
        return "" if self.is_null else str(self.node.value)

    def texts(self, what: str) -> list[tuple[str, "Spot"]]:
        """A list of plain values, or a single plain value."""
        spots = [self] if self.is_text else self.items(what)
        return [(text, spot) for spot in spots if (text := spot.text(f"an item of {what}"))]

    def choice(self, what: str, options: Collection[str]) -> str:
        """One of the options, else a problem and an empty string."""
        value = self.text(what)
        if value and value not in options:
            self.problem(f"{what} is {value!r}; it must be one of {', '.join(sorted(options))}")
            return ""
        return value

    def flag(self, what: str) -> bool:
        """true or false."""
        return self.choice(what, ("true", "false")) == "true"


class _Absent(Spot):
    """A place that is not there: empty, without a problem."""

    def problem(self, what: str) -> None:
        """Nothing to note: a required field that is missing was noted where it is missing."""


class Fields(dict[str, Spot]):
    """The places of a mapping by key; one that is not there is empty."""

    def __missing__(self, key: str) -> Spot:
        return _Absent("", None, 0)


def read_yaml(path: Path) -> Spot:
    """The root of a YAML file; unreadable or broken ones have a problem and no node."""
    root = Spot(str(path), None, 1)
    try:
        text = path.read_text(encoding="utf-8")
        root.node = yaml.compose(text, Loader=yaml.SafeLoader)
    except OSError as error:
        root.problem(f"cannot be read: {error.strerror or error}")
    except UnicodeDecodeError as error:
        root.line = path.read_bytes()[: error.start].count(b"\n") + 1
        root.problem("is not UTF-8; save it as UTF-8")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        root.line = mark.line + 1 if mark else 1
        root.problem(f"is not YAML: {error.problem or error.context}")
    except yaml.YAMLError as error:
        root.problem(f"is not YAML: {error}")
    else:
        if root.node is None:
            root.problem("is empty")
    return root
