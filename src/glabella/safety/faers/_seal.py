"""Derived tables that say what they are: the digest of what a JSON card says, and of the files it names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from glabella.safety.faers._manifest import sha256_of

SEAL = "sha256"


def content_digest(card: Mapping[str, Any]) -> str:
    """Give the SHA-256 of what a card says, whatever the order and the spaces it is written in."""
    text = json.dumps(card, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(card: Mapping[str, Any]) -> dict[str, Any]:
    """Add to a card the digest of what it says."""
    return {**card, SEAL: content_digest(card)}


def unsealed(text: str) -> dict[str, Any]:
    """Read a card.

    Raises
    ------
    ValueError
        If it is no JSON object, has no digest, or says something else than was written.
    """
    card = json.loads(text)
    if not isinstance(card, dict) or SEAL not in card:
        raise ValueError("no digest of what it says")
    seal = card.pop(SEAL)
    if seal != content_digest(card):
        raise ValueError("not as it was written")
    return card


def file_entry(path: Path, rows: int) -> dict[str, Any]:
    """Say of a file what a card keeps: its rows, bytes and digest."""
    return {"rows": rows, "bytes": path.stat().st_size, SEAL: sha256_of(path)}
