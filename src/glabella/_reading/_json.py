"""JSON as its standard has it, with the line of every part."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

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

#: A text that does not end goes to the end: nothing is looked at twice.
_STRING = r'"(?:[^"\\]|\\.)*+"?'
#: The escape of half a character.
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_BRACKET = re.compile(rf"{_STRING}|[\[\]{{}}]", re.DOTALL)
_TOKEN = re.compile(rf"{_STRING}|[\[\]{{}},:]|[^\s\[\]{{}},:\"]++", re.DOTALL)


def load_json(text: str, pairs: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Any:
    """Give the values of a JSON text; ``pairs`` makes something else than a dict of the pairs of an object.

    Raises
    ------
    UnreadableError
        If it is no JSON, holds NaN or a number out of bounds, or is nested too deeply.
    """
    _shallow(text)

    def refuse(written: str, problem: str) -> UnreadableError:
        at = text.find(written)
        return UnreadableError(text.count("\n", 0, at) + 1 if at >= 0 else 0, f"not valid JSON: {problem}")

    def integer(written: str) -> int:
        if len(written) > LONGEST:
            raise refuse(written, f"a number of {len(written):,} characters, expected at most {LONGEST}")
        value = int(written)
        if abs(value) >= TOO_LARGE:
            raise refuse(written, too_large(written))
        return value

    def real(written: str) -> float:
        value = float(written)
        if math.isinf(value):
            raise refuse(written, f"{written[:20]} is out of range, expected a finite number")
        return value

    def constant(written: str) -> float:
        raise refuse(written, f"{written}; expected a number, or null for what is unknown")

    try:
        data = json.loads(
            text, parse_int=integer, parse_float=real, parse_constant=constant, object_pairs_hook=pairs
        )
    except json.JSONDecodeError as error:
        raise UnreadableError(error.lineno, f"not valid JSON: {error.msg}") from None
    if _HALF.search(text):
        _writable(data)
    return data


def parse_json(text: str, most: int = MOST) -> Parsed:
    """Give the values of a JSON text, which has at most so many, and where each of them stands."""
    twice = False

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal twice
        found = dict(pairs)
        twice = twice or len(found) < len(pairs)
        return found

    try:
        data = load_json(text, once)
        # Before each value but the first of a list or an object stands a comma, before each of an object a colon.
        many = text.count(",") + text.count(":") + text.count("[") + text.count("{") >= most
        faults = _places(text, most)[1] if twice or many else []
    except UnreadableError as error:
        return Parsed(None, ((error.line, error.problem),))
    return Parsed(data, tuple(faults), lambda: _places(text, most)[0])


def _writable(data: Any) -> None:
    """Refuse halves of characters, which no file can hold."""
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        found = error.object[error.start]
        raise UnreadableError(0, f"not valid JSON: {found!r} is half a character, expected both halves") from None


def _shallow(text: str) -> None:
    """Refuse a text that is nested too deeply, before anything that could not bear it reads it."""
    depth = 0
    for token in _BRACKET.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth > DEEPEST:
                raise too_deep(text.count("\n", 0, token.start()) + 1)
        elif token[0] in "]}":
            depth -= 1


def _places(text: str, most: int) -> tuple[dict[Path_, int], list[tuple[int, str]]]:
    """Go through a text that is known to be JSON: the line of each part, and the keys that stand twice."""
    lines: dict[Path_, int] = {}
    faults: list[tuple[int, str]] = []
    # The last step into each list and object that is open; None where a key is to come.
    path: list[Any] = []
    line, seen = 1, 0
    for token in _TOKEN.finditer(text):
        mark, start = token[0], token.start()
        line, seen = line + text.count("\n", seen, start), start
        if mark in "]}":
            path.pop()
        elif mark == ",":
            path[-1] = path[-1] + 1 if isinstance(path[-1], int) else None
        elif path and path[-1] is None:
            path[-1] = json.loads(mark)
            if (place := tuple(path)) in lines:
                faults.append((line, f"key {path[-1]!r} stands twice, expected once"))
            lines[place] = line
        elif mark != ":":
            lines.setdefault(tuple(path), line)
            if mark in "[{":
                path.append(0 if mark == "[" else None)
        if len(lines) + len(faults) > most:
            raise too_many(line, most)
    return lines, faults
