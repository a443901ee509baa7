"""Sentences of the dossier in a document: words as they stand there, and a claim where a number stands."""

from __future__ import annotations

from collections.abc import Iterable

from glabella._version import __version__
from glabella.dossier import Number, Statement
from glabella.shown import Cite, Claim, Inline, Ledger, Shown, Small, Source, digest

#: How a sentence that was not seen in its own source is marked.
_MARKS = {"reported": "reported by another source"}


def quote(
    book: Ledger, number: Number, name: str, label: str, *, population: str = "", time_span: str = ""
) -> Claim:
    """Show a number of the dossier as it stands there.

    Raises
    ------
    ValueError
        If it is from memory: such a value is no result.
    """
    if number.status == "recalled":
        raise ValueError(f"{name} is from memory, expected a number with a source")
    return book(
        name,
        label,
        number.value,
        low=number.low,
        high=number.high,
        interval="as printed" if number.low is not None else None,
        unit=number.unit or "",
        population=population or "as in the source",
        time_span=time_span or "as in the source",
        certainty="as printed",
        function=quote,
        version=__version__,
        inputs=(("dossier", digest(number.model_dump(mode="json"))),),
        sources=tuple(Source(key, number.status, number.at) for key in number.sources),
        decimals=_decimals(number),
        bound=number.bound,
    )


def say(book: Ledger, statement: Statement, name: str, *, marked: bool = True) -> Inline:
    """Give a sentence of the dossier with a claim for each of its numbers, its mark and its references.

    Each number becomes a claim named ``name.placeholder``, without its unit, which the sentence says itself.
    """
    whole = statement.text
    for key, number in statement.values.items():
        # A ledger of its own: only its text is needed, to say in the label of each number what the sentence says.
        whole = whole.replace("{" + key + "}", quote(Ledger(), number, key, "").number)
    pieces: list[Inline] = []
    rest = statement.text
    while rest:
        before, brace, after = rest.partition("{")
        if before:
            pieces.append(before)
        if not brace:
            break
        key, _, rest = after.partition("}")
        pieces.append(Shown(quote(book, statement.values[key], f"{name}.{key}", whole), "bare"))
    return (*pieces, *seen(statement, marked=marked))


def seen(statement: Statement, *, marked: bool = True) -> tuple[Inline, ...]:
    """Give what stands behind a sentence: its mark where it was not seen in its own source, and its references."""
    marks: list[Inline] = []
    if marked and (mark := _MARKS.get(statement.status)):
        marks.append((" ", Small(f"({mark})")))
    if statement.sources:
        marks.append(Cite(statement.sources))
    return tuple(marks)


def say_all(
    book: Ledger, statements: tuple[Statement, ...], name: str, *, marked: bool = True
) -> tuple[Inline, ...]:
    """Give several sentences, whose claims are named ``name0.placeholder``, ``name1.placeholder`` and so on."""
    return tuple(
        say(book, statement, f"{name}{place}", marked=marked) for place, statement in enumerate(statements)
    )


def capital(text: str) -> str:
    """Begin a text with a capital letter.

    >>> capital("reports of HIV")
    'Reports of HIV'
    """
    return text[:1].upper() + text[1:]


def joined(parts: Iterable[Inline], mark: str = ", ") -> Inline:
    """Put a mark between parts.

    >>> joined(["a", "b", "c"])
    ('a', ', ', 'b', ', ', 'c')
    """
    found: list[Inline] = []
    for part in parts:
        found += [mark, part] if found else [part]
    return tuple(found)


def _decimals(number: Number) -> int:
    """Digits after the point that the values were written with."""
    values = [value for value in (number.value, number.low, number.high) if value is not None]
    texts = [f"{value:.10f}".rstrip("0") for value in values]
    return max((len(text.partition(".")[2]) for text in texts), default=0)
