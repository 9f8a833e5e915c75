"""Read the YAML of a course pack: small, plain, and with the line of every field."""

from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 1_000_000
MAX_DEPTH = 12

Place = tuple[str | int, ...]


class YamlError(Exception):
    """A YAML file that is not read, with the line where reading stopped."""

    def __init__(self, sentence: str, line: int) -> None:
        """Keep the sentence and the line, counted from 1."""
        super().__init__(sentence)
        self.line = line


class PlainLoader(yaml.SafeLoader):
    """A SafeLoader without anchors, aliases, merges, deep nesting and repeated keys."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:  # noqa: ANN401
        """Refuse what can unfold into more than was written."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise YamlError("anchors and aliases (& and *) are not allowed", line)
        if self.depth >= MAX_DEPTH:
            raise YamlError(f"it is nested more than {MAX_DEPTH} levels deep", line)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def read(path: Path) -> tuple[dict[str, Any], dict[Place, int]]:
    """Read one file: its mapping, and the line of each field by its place."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise YamlError(f"the file is larger than {MAX_BYTES // 1_000_000} MB", 1)
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise YamlError("the file is missing", 1) from None
    except UnicodeDecodeError:
        raise YamlError("the file is not UTF-8 text", 1) from None
    except OSError:
        raise YamlError("the file cannot be read", 1) from None
    return _parse(text)


def _parse(text: str) -> tuple[dict[str, Any], dict[Place, int]]:
    """Turn text into plain values and the line of each."""
    try:
        loader = PlainLoader(text)
        try:
            node = loader.get_single_node()
            if not isinstance(node, yaml.MappingNode):
                raise YamlError("the file does not hold fields (name: value)", 1)
            lines: dict[Place, int] = {}
            _note_lines(node, (), lines)
            value = loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "unreadable characters"
        raise YamlError(
            f"this is not valid YAML ({problem})", mark.line + 1 if mark else 1
        ) from None
    return value, lines


def _note_lines(node: yaml.Node, place: Place, lines: dict[Place, int]) -> None:
    """Note the line of a node and of all below it."""
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _note_lines(item, (*place, index), lines)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = key.value
            if not isinstance(name, str) or key.tag != "tag:yaml.org,2002:str":
                raise YamlError("a field's name is not plain text", key.start_mark.line + 1)
            if (*place, name) in lines:
                raise YamlError(f"the field “{name}” is written twice", key.start_mark.line + 1)
            _note_lines(value, (*place, name), lines)
            lines[(*place, name)] = key.start_mark.line + 1
