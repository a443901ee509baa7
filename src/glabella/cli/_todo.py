"""``glabella dossier todo``: what is missing, as lines and as records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glabella.decision.to_extract import Missing


def lines(missing: tuple[Missing, ...]) -> Iterator[str]:
    """Write a line for each value, numbered, with what it could move below it."""
    if not missing:
        yield "nothing is missing of the headline's trials"
    for place, one in enumerate(missing, start=1):
        yield f"{place:>3}. {one.label}: {one.what}"
        yield f"     look in: {'; '.join(one.where) or 'not known'}"
        yield f"     {_moves(one)}"


def _moves(one: Missing) -> str:
    if one.if_known is not None:
        turns = "; could turn whether the interval includes no difference" if one.turns else ""
        return f"could move {one.analysis} by {one.moved:.2f} of its interval's width{turns}"
    if one.certainty is not None:
        return f"known and good of every trial, {one.reasons} of the reasons would go; certainty {one.certainty}"
    return "moves no pooled result" + (f"; {one.people:g} people" if one.people is not None else "")


def as_records(missing: tuple[Missing, ...]) -> list[dict[str, Any]]:
    """Give each value as plain keys and values; effects on the scale on which they are pooled."""
    return [
        {
            "rank": place,
            "study": one.study,
            "label": one.label,
            "kind": one.kind,
            "what": one.what,
            "where": list(one.where),
            "analysis": one.analysis,
            "now": one.if_known and list(one.if_known.now),
            "ends": one.if_known and [list(end) for end in one.if_known.ends],
            "moved": one.moved if one.if_known else None,
            "turns": one.turns,
            "certainty": one.certainty,
            "reasons": one.reasons,
            "people": one.people,
        }
        for place, one in enumerate(missing, start=1)
    ]
