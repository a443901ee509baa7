"""Claims as a page keeps them: inputs and sources that many claims share are written once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

#: Fields that hundreds of claims have in common.
SHARED = ("inputs", "sources")


def packed(claims: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Put each distinct value of the shared fields into a table, and its place there into the claim."""
    tables: dict[str, dict[str, int]] = {field: {} for field in SHARED}
    rows = []
    for claim in claims:
        places = {}
        for field, table in tables.items():
            text = json.dumps(claim[field], sort_keys=True)
            places[field] = table.setdefault(text, len(table))
        rows.append({**claim, **places})
    return {"claims": rows} | {field: [json.loads(text) for text in table] for field, table in tables.items()}


def unpacked(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the claims whole again; those that were never packed as they are."""
    claims: list[dict[str, Any]] = data["claims"]
    if not isinstance(claims, list):
        raise TypeError(f"claims are {type(claims).__name__}, expected a list")
    tables = {field: data[field] for field in SHARED if field in data}
    return [{**claim, **{field: table[claim[field]] for field, table in tables.items()}} for claim in claims]
