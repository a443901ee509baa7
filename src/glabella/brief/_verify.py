"""Recompute what a brief says, and tell two briefs apart."""

from __future__ import annotations

import json
import re
from typing import Any

from glabella.brief._content import Brief
from glabella.brief._packed import unpacked

_BLOCK = re.compile(r'<script type="application/json" id="glabella-claims">(.*?)</script>', re.DOTALL)
_SHOWN = re.compile(r'<a class="claim" href="#c-[^"]*" data-claim="([^"]+)"[^>]*>([^<]*)</a>')


def embedded(text: str) -> dict[str, dict[str, Any]]:
    """Take the claims out of a brief in HTML or JSON, by id.

    Raises
    ------
    ValueError
        If the text holds no claims.
    """
    block = _BLOCK.search(text)
    source = block.group(1).replace("<\\/", "</") if block else text
    try:
        return {claim["id"]: claim for claim in unpacked(json.loads(source))}
    except (json.JSONDecodeError, KeyError, TypeError, IndexError):
        raise ValueError("no claims found; expected a brief in HTML or JSON as glabella writes it") from None


def verify(text: str, brief: Brief) -> list[str]:
    """List what a written brief says otherwise than its dossier, recomputed.

    Parameters
    ----------
    text : str
        The file's content.
    brief : Brief
        Built anew from the dossier.
    """
    import html

    stated = embedded(text)
    fresh = {name: json.loads(json.dumps(claim.as_json())) for name, claim in brief.claims.items()}
    found = [f"{name}: in the file, but not in the dossier's brief" for name in stated.keys() - fresh.keys()]
    found += [f"{name}: missing from the file" for name in fresh.keys() - stated.keys()]
    for name in stated.keys() & fresh.keys():
        for field, value in fresh[name].items():
            if stated[name].get(field) != value:
                found.append(f"{name}: {field} is {stated[name].get(field)!r}, recomputed {value!r}")
    for name, shown in _SHOWN.findall(text):
        if name not in brief.claims:
            found.append(f"{name}: shown, but no such claim")
        elif html.unescape(shown) not in (claim := brief.claims[name]).texts:
            found.append(f"{name}: shown as {html.unescape(shown)!r}, expected {claim.text!r}")
    return sorted(found)


def changed(old: str, new: str) -> list[str]:
    """Say what moved between two briefs, and which study or file moved it."""
    before, after = embedded(old), embedded(new)
    found = []
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            found.append(f"{name}: new, {after[name]['text']}")
        elif name not in after:
            found.append(f"{name}: gone, was {before[name]['text']}")
        elif before[name]["text"] != after[name]["text"]:
            was, now = dict(before[name]["inputs"]), dict(after[name]["inputs"])
            moved = sorted(key for key in was.keys() | now.keys() if was.get(key) != now.get(key))
            by = ", ".join(moved) or f"the program ({before[name]['version']} → {after[name]['version']})"
            found.append(f"{name}: {before[name]['text']} → {after[name]['text']}, moved by {by}")
    return found
