"""Read one YAML or JSON file into plain values, remembering the line of every key."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from glabella.dossier._faults import DossierError, Fault

Path_ = tuple[str | int, ...]

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """Safe YAML in which a date stays the text that was written."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Base.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class Document:
    """The content of one file and where each part of it stands."""

    file: str
    data: Any
    lines: dict[Path_, int]

    def line(self, path: Path_) -> int:
        """Give the line of the nearest enclosing part that the file really has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_document(path: Path, file: str) -> Document:
    """Read ``path``; ``file`` is the name used in faults.

    Raises
    ------
    DossierError
        If the file is not UTF-8, is not well-formed, is empty, or states a key twice.
    """
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = raw[error.start]
        raise DossierError([Fault(file, line, f"byte 0x{found:02x} is not UTF-8; save it as UTF-8")]) from None
    try:
        if path.suffix == ".json":
            json.loads(text)
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
            if root is None:
                raise DossierError([Fault(file, 0, "the file is empty, expected keys and values")])
            lines: dict[Path_, int] = {}
            faults: list[Fault] = []
            data = _build(loader, root, (), file, lines, faults)
        finally:
            loader.dispose()
    except json.JSONDecodeError as error:
        raise DossierError([Fault(file, error.lineno, f"not valid JSON: {error.msg}")]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        problem = error.problem or "cannot be read"
        written = text.splitlines()[line - 1] if 0 < line <= text.count("\n") + 1 else ""
        if "\t" in written or "'\\t'" in problem:
            problem = "a tab; YAML is indented with spaces"
        raise DossierError([Fault(file, line, f"not valid YAML: {problem}")]) from None
    except yaml.YAMLError as error:
        raise DossierError([Fault(file, 0, f"not valid YAML: {error}")]) from None
    if faults:
        raise DossierError(faults)
    return Document(file, data, lines)


def _build(loader: Any, node: Any, path: Path_, file: str, lines: dict[Path_, int], faults: list[Fault]) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(loader.construct_object(key_node))
            line = key_node.start_mark.line + 1
            if key in mapping:
                faults.append(Fault(file, line, f"key {key!r} stands twice, expected once"))
            lines[(*path, key)] = line
            mapping[key] = _build(loader, value_node, (*path, key), file, lines, faults)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_build(loader, item, (*path, index), file, lines, faults) for index, item in enumerate(node.value)]
    return loader.construct_object(node)
