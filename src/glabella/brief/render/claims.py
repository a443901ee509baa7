"""Claims as a page keeps them for programs: what many share is written once, and nothing twice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from glabella.shown import Claim, Source

#: Where a page keeps its claims.
ID = "glabella-claims"
#: Fields that are written for each claim; the others are shared, and stand in a table of their own.
OWN = ("id", "label", "value", "low", "high")
SHARED = (
    "unit", "population", "time_span", "certainty", "function", "version", "interval", "decimals", "bound",
)  # fmt: skip


def packed(claims: Iterable[Claim]) -> dict[str, Any]:
    """Pack claims into tables.

    ``claims`` holds a row for each: its own fields, of which the label is a place in ``labels``, then its place in
    ``shared``; that holds for each shared field its place in ``values``, then places in ``inputs`` and ``sources``,
    whose rows are places in ``files`` and ``seen``.
    """
    labels, shared, values, inputs, sources, files, seen = (_Table() for _ in range(7))
    rows = []
    for claim in claims:
        these = tuple(files.place(each) for each in claim.inputs)
        those = tuple(seen.place((each.reference, each.status, each.at)) for each in claim.sources)
        common = (
            *(values.place((getattr(claim, name),)) for name in SHARED),
            inputs.place(these),
            sources.place(those),
        )
        name, _, *numbers = (_short(getattr(claim, field)) for field in OWN)
        rows.append([name, labels.place((claim.label,)), *numbers, shared.place(common)])
    tables = {
        "labels": labels,
        "shared": shared,
        "values": values,
        "inputs": inputs,
        "sources": sources,
        "files": files,
        "seen": seen,
    }
    return {"claims": rows} | {name: table.rows for name, table in tables.items()}


class _Table:
    """Distinct rows, each with its place."""

    def __init__(self) -> None:
        self._places: dict[tuple[Any, ...], int] = {}

    def place(self, row: tuple[Any, ...]) -> int:
        return self._places.setdefault(row, len(self._places))

    @property
    def rows(self) -> list[list[Any]]:
        return [list(row) for row in self._places]


def _short(value: object) -> object:
    """Give a whole number without its point."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def unpacked(data: dict[str, Any]) -> Iterator[Claim]:
    """Give the claims again."""
    for row in data["claims"]:
        *own, place = row
        # Format 2 had the label itself.
        label = own[1] if isinstance(own[1], str) else data["labels"][own[1]][0]
        *common, inputs, sources = data["shared"][place]
        value, low, high = (None if it is None else float(it) for it in own[2:])
        yield Claim(
            id=own[0],
            label=label,
            value=value,
            low=low,
            high=high,
            inputs=tuple((name, digest) for name, digest in (data["files"][it] for it in data["inputs"][inputs])),
            sources=tuple(Source(*data["seen"][it]) for it in data["sources"][sources]),
            **{name: data["values"][it][0] for name, it in zip(SHARED, common, strict=True)},
        )


def embedded(claims: Iterable[Claim], version: str) -> str:
    """Set claims as data that no browser runs; no ``<`` is left that could end it."""
    data = {"glabella": version, "format": 3, **packed(claims)}
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" id="{ID}">{text}</script>'
