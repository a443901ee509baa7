"""Sentences of the dossier as pieces: plain words, and a Claim where a number stands."""

from __future__ import annotations

from glabella._version import __version__
from glabella.dossier import Number, Statement
from glabella.shown import Claim, Source, digest
from glabella.synthesis import Effect

Piece = str | Claim


def quote(number: Number, name: str, label: str, *, population: str = "", time_span: str = "") -> Claim:
    """Show a number of the dossier as it stands there."""
    sources = tuple(Source(key, number.status, number.at) for key in number.sources)
    return Claim(
        id=name,
        label=label,
        value=number.value,
        low=number.low,
        high=number.high,
        interval="as printed" if number.low is not None else None,
        unit=number.unit or "",
        population=population or "as in the source",
        time_span=time_span or "as in the source",
        certainty="remembered, not seen" if number.status == "recalled" else "as printed",
        function="glabella.decision.quote",
        version=__version__,
        inputs=(("dossier", digest(number.model_dump(mode="json"))),),
        sources=sources,
        decimals=_decimals(number),
        bound=number.bound,
    )


def say(statement: Statement, name: str) -> tuple[Piece, ...]:
    """Split a sentence at its placeholders; each number becomes a Claim named ``name.placeholder``."""
    whole = statement.text
    for key, number in statement.values.items():
        whole = whole.replace("{" + key + "}", quote(number, key, "").number)
    pieces: list[Piece] = []
    rest = statement.text
    while rest:
        before, brace, after = rest.partition("{")
        if before:
            pieces.append(before)
        if not brace:
            break
        key, _, rest = after.partition("}")
        pieces.append(quote(statement.values[key], f"{name}.{key}", whole))
    return tuple(pieces)


def _decimals(number: Number) -> int:
    """Digits after the point that the values were written with."""
    values = [value for value in (number.value, number.low, number.high) if value is not None]
    texts = [f"{value:.10f}".rstrip("0") for value in values]
    return max((len(text.partition(".")[2]) for text in texts), default=0)


def sources_of(effects: tuple[Effect, ...]) -> tuple[Source, ...]:
    """Give the sources of every number that went into some effects, each once."""
    found: dict[str, Source] = {}
    for effect in effects:
        for step in effect.steps:
            for _, number in step.inputs:
                for reference in number.sources:
                    found.setdefault(reference, Source(reference, number.status, number.at))
    return tuple(found.values())
