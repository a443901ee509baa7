"""Patterns of words, as a dossier's ``frames.yaml`` writes them, found in a clause."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

Patterns = tuple[str, ...]

#: How many words may stand between two parts.
GAP = 4


@lru_cache(maxsize=1024)
def compiled(patterns: Patterns) -> re.Pattern[str] | None:
    """Compile patterns into one expression on words between single spaces; None of no patterns.

    >>> compiled(("helps|is good .. depress*",)).search(" it is good for many with depression ").group()
    'is good for many with depression '
    """
    if not patterns:
        return None
    return re.compile("(?<= )(?:" + "|".join(_expression(each) for each in patterns) + ")")


def _expression(pattern: str) -> str:
    gap = rf"(?:\S+ ){{0,{GAP}}}?"
    return gap.join(f"(?:{'|'.join(map(_phrase, part.split('|')))})" for part in pattern.split(" .. "))


def _phrase(phrase: str) -> str:
    return "".join(f"{_word(word)} " for word in phrase.split())


def _word(word: str) -> str:
    if word == "@":
        return r"[0-9][0-9.,]*"
    return re.escape(word[:-1]) + r"\S*" if word.endswith("*") else re.escape(word)


def found_in(patterns: Patterns, text: str) -> re.Match[str] | None:
    """Find the first place of any of some patterns."""
    expression = compiled(patterns)
    return None if expression is None else expression.search(text)


def every(patterns: Patterns, text: str) -> Iterable[re.Match[str]]:
    """Find every place of any of some patterns."""
    expression = compiled(patterns)
    return () if expression is None else expression.finditer(text)
