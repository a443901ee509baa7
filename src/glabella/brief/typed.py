"""Numbers that somebody typed, and what follows of them exactly: with every digit that they have."""

from __future__ import annotations

#: Digits after the point, and no more.
MOST_DIGITS = 10


def digits(value: float) -> int:
    """Give how many digits after the point somebody typed.

    >>> digits(12.25), digits(13.5), digits(4.0)
    (2, 1, 0)
    """
    return len(f"{value:.{MOST_DIGITS}f}".rstrip("0").partition(".")[2])
