"""SQL from files, with values put in by type: whole numbers, lists of them, identifiers, plain codes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template

_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?\Z")
_CODE = re.compile(r"[A-Za-z0-9 _-]{1,40}\Z")


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier, or several; never from outside the package."""

    parts: tuple[str, ...]

    def __str__(self) -> str:
        wrong = [part for part in self.parts if not _IDENTIFIER.match(part)]
        if wrong:
            raise ValueError(f"{wrong[0]!r} is not an identifier of the shared SQL")
        return ", ".join(self.parts)


@dataclass(frozen=True, slots=True)
class Query:
    """A finished statement, to stand inside another one."""

    text: str


Value = int | str | Name | Query | Sequence[int] | Sequence[str]


def statement(name: str, **values: Value) -> Query:
    """Read ``sql/<name>.sql`` and put the values in for ``$placeholders``.

    Raises
    ------
    ValueError
        If a text is not a plain code (letters, digits, space, hyphen), so that no value can end a literal.
    KeyError
        If a placeholder has no value.
    """
    return Query(_text(name).substitute({key: _literal(value) for key, value in values.items()}))


@cache
def _text(name: str) -> Template:
    return Template((files("glabella.safety.store") / "sql" / f"{name}.sql").read_text(encoding="utf-8"))


def _literal(value: Value) -> str:
    if isinstance(value, Query):
        return value.text
    if isinstance(value, Name):
        return str(value)
    if isinstance(value, str):
        if not _CODE.match(value):
            raise ValueError(f"{value!r} is not a plain code: letters, digits, space, underscore and hyphen")
        return f"'{value}'"
    if isinstance(value, int):
        return str(int(value))
    if not len(value):
        # `NOT IN (NULL)` is never true, so no list stands for an empty one: the caller names what no row holds.
        raise ValueError("an empty list has no literal; give a value that no row holds")
    return "(" + ", ".join(_literal(one) for one in value) + ")"
