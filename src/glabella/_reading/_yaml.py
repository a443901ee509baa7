"""YAML from its events, one after the other, so that what is too deep or too much is met before it is there.

Keys and dates are the texts that were written; tags other than those of plain values, merge keys and aliases
without an end are refused.
"""

from __future__ import annotations

import re
from functools import lru_cache
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
#: Numbers as people write them: YAML 1.1 reads 055 as an octal number and 1:20 in parts of sixty.
_NUMBERS = {
    f"{_PLAIN}int": re.compile(r"[-+]?(?:0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|0b[01_]+)$"),
    f"{_PLAIN}float": re.compile(
        r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?$|[-+]?\.(?:inf|Inf|INF)$|\.(?:nan|NaN|NAN)$"
    ),
}
#: What a text without quotes may be besides a text, by its first character.
_RESOLVERS: dict[str, list[tuple[str, re.Pattern[str]]]] = {
    first: kept
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    if (kept := [(tag, _NUMBERS.get(tag, pattern)) for tag, pattern in pairs if tag in _CONSTRUCT])
}
#: libyaml compares each such line with all before it.
_TAG_LINES = re.compile(r"^%TAG", re.MULTILINE)


def parse_yaml(text: str, most: int = MOST) -> Parsed:
    """Give the values of a YAML text, which has at most so many, and where each of them stands."""
    if found := _TAG_LINES.search(text):
        line = text.count("\n", 0, found.start()) + 1
        return Parsed(None, ((line, "not valid YAML: a line %TAG; no tags are read"),))
    data, faults = _read(text, None, most)

    def seek() -> dict[Path_, int]:
        lines: dict[Path_, int] = {}
        _read(text, lines, most)
        return lines

    return Parsed(data, tuple(faults), seek)


def _read(text: str, lines: dict[Path_, int] | None, most: int) -> tuple[Any, list[tuple[int, str]]]:
    """Give the values of a text and what is wrong; ``lines`` is filled with the line of each part."""
    parser = _Parser(text)
    reading = _Reading(parser, lines, most)
    data = None
    try:
        data = reading.document()
    except UnreadableError as error:
        reading.faults.append((error.line, error.problem))
    except yaml.YAMLError as error:
        reading.faults.append(_told(error, text))
    finally:
        parser.dispose()
    return data, reading.faults


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
    """One pass through the events of a text. A path is None where nobody asks for lines."""

    def __init__(self, parser: Any, lines: dict[Path_, int] | None, most: int) -> None:
        self.parser, self.most = parser, most
        self.lines: dict[Path_, int] = {} if lines is None else lines
        self.root: Path_ | None = None if lines is None else ()
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
        data = self.part(self.parser.get_event(), 0, self.root)
        self.parser.get_event()
        after = self.parser.get_event()
        if not isinstance(after, yaml.StreamEndEvent):
            raise UnreadableError(_line(after), "not valid YAML: a second document begins")
        return data

    def part(self, event: Any, depth: int, path: Path_ | None) -> Any:
        """Read the part that begins with an event, ``depth`` levels below the whole."""
        if path is not None:
            self.lines.setdefault(path, _line(event))
        kind = type(event)
        if kind is yaml.ScalarEvent and event.anchor is None:
            return self.scalar(event)
        if kind is yaml.AliasEvent:
            return self.alias(event.anchor, _line(event), depth)
        before, outer, self.deepest = self.count, self.deepest, depth
        if kind is yaml.ScalarEvent:
            value = self.scalar(event)
        else:
            line = _line(event)
            self.level(depth + 1, line)
            self.counted(1, line)
            if event.tag not in (None, "!", f"{_PLAIN}map", f"{_PLAIN}seq"):
                self.faults.append((line, f"tag {event.tag!r}, expected none"))
            read = self.mapping if kind is yaml.MappingStartEvent else self.sequence
            value = read(depth + 1, path)
        if event.anchor:
            self.anchors[event.anchor] = (value, self.count - before, self.deepest - depth)
        self.deepest = max(outer, self.deepest)
        return value

    def mapping(self, depth: int, path: Path_ | None) -> dict[str, Any]:
        """Read keys and values up to the end of a mapping."""
        mapping: dict[str, Any] = {}
        get = self.parser.get_event
        while type(event := get()) is not yaml.MappingEndEvent:
            if type(event) is not yaml.ScalarEvent:
                self.faults.append((_line(event), "a key that is no word, expected a word"))
                aside = None if path is None else (*path, "?")
                self.part(event, depth, aside)
                self.part(get(), depth, aside)
                continue
            key = event.value
            if key == "<<" and event.implicit[0]:
                problem = "a merge key (<<), which is not read; write out the keys it stands for"
                self.faults.append((_line(event), problem))
            elif key in mapping:
                self.faults.append((_line(event), f"key {key!r} stands twice, expected once"))
            if path is None:
                mapping[key] = self.part(get(), depth, None)
            else:
                place = (*path, key)
                self.lines[place] = _line(event)
                mapping[key] = self.part(get(), depth, place)
        return mapping

    def sequence(self, depth: int, path: Path_ | None) -> list[Any]:
        """Read items up to the end of a list."""
        items: list[Any] = []
        get = self.parser.get_event
        while type(event := get()) is not yaml.SequenceEndEvent:
            items.append(self.part(event, depth, None if path is None else (*path, len(items))))
        return items

    def alias(self, name: str | None, line: int, depth: int) -> Any:
        """Give what an alias stands for; a part that is not finished, such as one around it, is not there yet."""
        if name is None or name not in self.anchors:
            raise UnreadableError(line, f"alias *{name} stands for no part that ends before it")
        value, count, levels = self.anchors[name]
        self.level(depth + levels, line)
        self.counted(count, line)
        return value

    def scalar(self, event: Any) -> Any:
        """Give a plain value: a text, or what a word without quotes means."""
        text, tag = event.value, event.tag
        self.count += 1 + len(text) // 40
        if self.count > self.most:
            raise too_many(_line(event), self.most)
        if tag in (None, "!"):
            if not event.implicit[0]:
                return text
            value, problem = _plain(text)
        elif tag == _STRING:
            return text
        elif tag not in _CONSTRUCT:
            value, problem = text, f"tag {tag!r}, expected none"
        else:
            value, problem = _tagged(tag, text)
        if problem:
            self.faults.append((_line(event), problem))
        return value

    def level(self, depth: int, line: int) -> None:
        """Take note of a depth."""
        if depth > DEEPEST:
            raise too_deep(line)
        self.deepest = max(self.deepest, depth)

    def counted(self, more: int, line: int) -> None:
        """Take note of more values."""
        self.count += more
        if self.count > self.most:
            raise too_many(line, self.most)


# The same few words stand thousands of times in a dossier.
@lru_cache(maxsize=10_000)
def _plain(text: str) -> tuple[Any, str]:
    """Give the value of a text without quotes, and what is wrong with it."""
    tag = _meaning(text)
    return (text, "") if tag == _STRING else _tagged(tag, text)


def _tagged(tag: str, text: str) -> tuple[Any, str]:
    """Give the value of a text that is to be a number, a truth or nothing, and what is wrong with it."""
    if len(text) > LONGEST:
        return None, f"a number of {len(text):,} characters, expected at most {LONGEST}"
    try:
        value = _CONSTRUCT[tag](yaml.ScalarNode(tag, text))
    except (ValueError, LookupError):
        return None, f"found {text!r}, expected {_SPOKEN[tag]}"
    return value, f"found {too_large(text)}" if type(value) is int and abs(value) >= TOO_LARGE else ""


def _line(event: Any) -> int:
    """Give the line on which an event begins."""
    return int(event.start_mark.line) + 1


def _meaning(text: str) -> str:
    """Give the tag of a text without quotes."""
    for tag, pattern in _RESOLVERS.get(text[:1], ()):
        if pattern.match(text):
            return tag
    return _STRING
