"""A sentence written whole, with claims and names where it has places for them."""

from __future__ import annotations

from string import Formatter

from glabella.shown import Inline, Small


def sentence(text: str, **parts: Inline) -> Inline:
    """Put claims, names and words where a text names them; what is put in is not looked into.

    >>> from glabella.shown import Name, plain
    >>> plain(sentence("In {trial} the {part} weakened.", trial=Name("Beer 2011"), part="jaw"))
    'In Beer 2011 the jaw weakened.'

    Raises
    ------
    KeyError
        If the text names a part that is not given.
    TypeError
        If a part is given that the text does not name.
    """
    pieces: list[Inline] = []
    used = set()
    for before, name, _, _ in Formatter().parse(text):
        if before:
            pieces.append(before)
        if name is not None:
            pieces.append(parts[name])
            used.add(name)
    if unused := parts.keys() - used:
        raise TypeError(f"the text has no place for {', '.join(sorted(unused))}: {text}")
    return tuple(pieces)


def aside(text: str) -> Inline:
    """Give words in brackets that stand behind others, set smaller; nothing where there are none.

    >>> from glabella.shown import plain
    >>> plain(("facial feedback", aside("not told apart"))), aside("")
    ('facial feedback (not told apart)', '')
    """
    return (" ", Small(f"({text})")) if text else ""
