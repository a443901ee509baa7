"""YAML from its events, one after the other, so that what is too deep or too much is met before it is there.

Keys and dates are the texts that were written; tags other than those of plain values, merge keys and aliases
without an end are refused.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from glabella._reading._parsed import (
    DEEPEST,
    LONGEST,
    MOST,
    TOO_LARGE,
    Parsed,
    Path_,
    UnreadableError,
    too_deep,
    too_large,
    too_many,
)

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = "tag:yaml.org,2002:"
_STRING = f"{_PLAIN}str"
_SPOKEN = {f"{_PLAIN}int": "a whole number", f"{_PLAIN}float": "a number", f"{_PLAIN}bool": "true or false"}
_VALUES = yaml.constructor.SafeConstructor()
_CONSTRUCT: dict[str, Any] = {
    f"{_PLAIN}int": _VALUES.construct_yaml_int,
    f"{_PLAIN}float": _VALUES.construct_yaml_float,
    f"{_PLAIN}bool": _VALUES.construct_yaml_bool,
    f"{_PLAIN}null": _VALUES.construct_yaml_null,
}
#: What a text without quotes may be besides a text, by its first character.
_RESOLVERS: dict[str, list[tuple[str, re.Pattern[str]]]] = {
    first: kept
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    if (kept := [(tag, pattern) for tag, pattern in pairs if tag in _CONSTRUCT])
}
#: libyaml compares each such line with all before it.
_TAG_LINES = re.compile(r"^%TAG", re.MULTILINE)


def parse_yaml(text: str) -> Parsed:
    """Give the values of a YAML text, and where each of them stands."""
    if found := _TAG_LINES.search(text):
        line = text.count("\n", 0, found.start()) + 1
        return Parsed(None, {}, ((line, "not valid YAML: a line %TAG; no tags are read"),))
    parser = _Parser(text)
    reading = _Reading(parser)
    data = None
    try:
        data = reading.document()
    except UnreadableError as error:
        reading.faults.append((error.line, error.problem))
    except yaml.YAMLError as error:
        reading.faults.append(_told(error, text))
    finally:
        parser.dispose()
    return Parsed(data, reading.lines, tuple(reading.faults))


def _told(error: yaml.YAMLError, text: str) -> tuple[int, str]:
    """Say what libyaml met, and where."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return 0, f"not valid YAML: {error}"
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 0
    problem = error.problem or "cannot be read"
    written = text.split("\n", line)[line - 1] if 0 < line <= text.count("\n") + 1 else ""
    if "\t" in written or "'\\t'" in problem:
        problem = "a tab; YAML is indented with spaces"
    return line, f"not valid YAML: {problem}"


class _Reading:
    """One pass through the events of a text."""

    def __init__(self, parser: Any) -> None:
        self.parser = parser
        self.lines: dict[Path_, int] = {}
        self.faults: list[tuple[int, str]] = []
        # By its name: the value of a finished part, how much it counts, and how many levels it has.
        self.anchors: dict[str, tuple[Any, int, int]] = {}
        self.count = 0
        self.deepest = 0

    def document(self) -> Any:
        """Read the one document of a text."""
        self.parser.get_event()
        if isinstance(self.parser.get_event(), yaml.StreamEndEvent):
            raise UnreadableError(0, "the file is empty, expected keys and values")
        data = self.part(self.parser.get_event(), ())
        self.parser.get_event()
        after = self.parser.get_event()
        if not isinstance(after, yaml.StreamEndEvent):
            raise UnreadableError(after.start_mark.line + 1, "not valid YAML: a second document begins")
        return data

    def part(self, event: Any, path: Path_) -> Any:
        """Read the part that begins with an event."""
        line = event.start_mark.line + 1
        self.lines.setdefault(path, line)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event.anchor, line, len(path))
        before, outer, self.deepest = self.count, self.deepest, len(path)
        if isinstance(event, yaml.ScalarEvent):
            self.counted(1 + len(event.value) // 40, line)
            value = self.scalar(event, line)
        else:
            self.level(len(path) + 1, line)
            self.counted(1, line)
            if event.tag not in (None, "!", f"{_PLAIN}map", f"{_PLAIN}seq"):
                self.faults.append((line, f"tag {event.tag!r}, expected none"))
            value = self.mapping(path) if isinstance(event, yaml.MappingStartEvent) else self.sequence(path)
        if event.anchor:
            self.anchors[event.anchor] = (value, self.count - before, self.deepest - len(path))
        self.deepest = max(outer, self.deepest)
        return value

    def mapping(self, path: Path_) -> dict[str, Any]:
        """Read keys and values up to the end of a mapping."""
        mapping: dict[str, Any] = {}
        while not isinstance(event := self.parser.get_event(), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent):
                self.faults.append((line, "a key that is no word, expected a word"))
                self.part(event, (*path, "?"))
                self.part(self.parser.get_event(), (*path, "?"))
                continue
            key = event.value
            if key == "<<" and event.implicit[0]:
                self.faults.append((line, "a merge key (<<), which is not read; write out the keys it stands for"))
            elif key in mapping:
                self.faults.append((line, f"key {key!r} stands twice, expected once"))
            place = (*path, key)
            self.lines[place] = line
            mapping[key] = self.part(self.parser.get_event(), place)
        return mapping

    def sequence(self, path: Path_) -> list[Any]:
        """Read items up to the end of a list."""
        items: list[Any] = []
        while not isinstance(event := self.parser.get_event(), yaml.SequenceEndEvent):
            items.append(self.part(event, (*path, len(items))))
        return items

    def alias(self, name: str | None, line: int, depth: int) -> Any:
        """Give what an alias stands for; a part that is not finished, such as one around it, is not there yet."""
        if name is None or name not in self.anchors:
            raise UnreadableError(line, f"alias *{name} stands for no part that ends before it")
        value, count, levels = self.anchors[name]
        self.level(depth + levels, line)
        self.counted(count, line)
        return value

    def scalar(self, event: Any, line: int) -> Any:
        """Give a plain value: a text, or what a word without quotes means."""
        text, tag = event.value, event.tag
        if tag in (None, "!"):
            tag = _meaning(text) if event.implicit[0] else _STRING
        if tag == _STRING:
            return text
        if tag not in _CONSTRUCT:
            self.faults.append((line, f"tag {tag!r}, expected none"))
            return text
        if len(text) > LONGEST:
            self.faults.append((line, f"a number of {len(text):,} characters, expected at most {LONGEST}"))
            return None
        try:
            value = _CONSTRUCT[tag](yaml.ScalarNode(tag, text))
        except (ValueError, LookupError):
            self.faults.append((line, f"found {text!r}, expected {_SPOKEN[tag]}"))
            return None
        if type(value) is int and abs(value) >= TOO_LARGE:
            self.faults.append((line, f"found {too_large(text)}"))
        return value

    def level(self, depth: int, line: int) -> None:
        """Take note of a depth."""
        if depth > DEEPEST:
            raise too_deep(line)
        self.deepest = max(self.deepest, depth)

    def counted(self, more: int, line: int) -> None:
        """Take note of more values."""
        self.count += more
        if self.count > MOST:
            raise too_many(line)


def _meaning(text: str) -> str:
    """Give the tag of a text without quotes."""
    for tag, pattern in _RESOLVERS.get(text[:1], ()):
        if pattern.match(text):
            return tag
    return _STRING
