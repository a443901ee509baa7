"""What was read of a file, and the bounds of what is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from unicodedata import category

Path_ = tuple[str | int, ...]

#: Bytes of a file.
LARGEST = 10_000_000
#: Values of a file; what an alias repeats counts again, and of a long text every 40 characters as one.
MOST = 500_000
#: Lists and keys within each other; the deepest file that is known here has nine.
DEEPEST = 100
#: Characters of a number.
LONGEST = 400
#: Whole numbers from here on are no counts, and arrays cannot hold them.
TOO_LARGE = 2**63
#: Characters of a message.
_SHOWN = 600
#: Kinds of characters that are not seen but obeyed.
_STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True)
class Parsed:
    """The content of a text, and what is wrong.

    Attributes
    ----------
    data : Any
        Dicts with texts as keys, lists, texts, numbers, truths, None.
    faults : tuple of (int, str)
        The line, zero for the whole, and what is wrong there.
    seek : callable
        Goes through the text again for the line of each part.
    """

    data: Any
    faults: tuple[tuple[int, str], ...]
    seek: Callable[[], dict[Path_, int]] = field(default=dict, repr=False, compare=False)

    @cached_property
    def lines(self) -> dict[Path_, int]:
        """The line of each part, by the keys and places that lead to it; sought when first asked for.

        To keep them costs more than all the rest of reading, and only what is wrong is told with its line.
        """
        return self.seek()


class UnreadableError(ValueError):
    """Reading cannot go on; carries the line, zero for the file as a whole, and the problem."""

    def __init__(self, line: int, problem: str) -> None:
        self.line, self.problem = line, problem
        super().__init__(f"line {line}: {problem}" if line else problem)


def too_many(line: int, most: int) -> UnreadableError:
    """Say that there are too many values."""
    return UnreadableError(line, f"more than {most:,} values up to here, aliases written out; expected fewer")


def too_deep(line: int) -> UnreadableError:
    """Say that there are too many levels."""
    return UnreadableError(line, f"more than {DEEPEST} lists and keys within each other, expected fewer")


def too_large(written: str) -> str:
    """Say that a whole number is too large."""
    return f"the whole number {written[:20]}{'…' if len(written) > 20 else ''}, expected less than 2^63"


def one_line(text: str) -> str:
    r"""Write a message in one line of bearable length, what steers a terminal made visible.

    >>> one_line("found 'a" + chr(10) + "b" + chr(27) + "[0m'")
    "found 'a b\\x1b[0m'"
    """
    cut = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text):,} characters)"
    return "".join(repr(c)[1:-1] if category(c) in _STEERING else c for c in re.sub(r"\s*[\n\r]\s*", " ", cut))
