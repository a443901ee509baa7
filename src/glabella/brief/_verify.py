"""Recompute what a brief says, and tell two briefs apart."""

from __future__ import annotations

import json
import re
from typing import Any

from glabella._reading import UnreadableError, load_json, one_line
from glabella.brief._content import Brief
from glabella.brief._packed import unpacked

#: Where a page keeps its claims.
CLAIMS_ID = "glabella-claims"
#: Characters of a value that are shown.
_LONGEST = 200
_EXPECTED = "expected a brief in HTML or JSON as glabella writes it"

#: Around the claims in a page. Looked for once each: a search that began anew at every opening would take hours
#: on a page of nothing else.
_OPENED, _CLOSED = f'<script type="application/json" id="{CLAIMS_ID}">', "</script>"
#: A claim where the page shows it; no part reaches beyond the next bracket, for the same reason.
_SHOWN = re.compile(r'<a class="claim" href="#c-[^"<>]*" data-claim="([^"<>]+)"[^<>]*>([^<]*)</a>')


def embedded(text: str) -> dict[str, dict[str, Any]]:
    """Take the claims out of a brief in HTML or JSON, by id.

    Raises
    ------
    ValueError
        If the text holds no claims, or a claim lacks what every claim has.
    """
    _, opened, rest = text.partition(_OPENED)
    try:
        claims = unpacked(load_json(rest.partition(_CLOSED)[0] if opened else text))
    except UnreadableError as error:
        raise ValueError(f"no claims found: {error}; {_EXPECTED}") from None
    except (KeyError, TypeError, IndexError, AttributeError):
        raise ValueError(f"no claims found; {_EXPECTED}") from None
    for place, claim in enumerate(claims, start=1):
        if not _whole(claim):
            raise ValueError(f"claim {place} has no id, or a text, version or inputs that are none; {_EXPECTED}")
    found = {claim["id"]: claim for claim in claims}
    if len(found) < len(claims):
        raise ValueError(f"{len(claims) - len(found)} claims share an id with another; {_EXPECTED}")
    return found


def _whole(claim: dict[str, Any]) -> bool:
    """Say whether a claim has an id, and what else is compared is of its kind."""
    inputs = claim.get("inputs", [])
    return (
        isinstance(claim.get("id"), str)
        and all(isinstance(claim.get(field, ""), str) for field in ("text", "version"))
        and isinstance(inputs, list)
        and all(isinstance(pair, list) and [type(part) for part in pair] == [str, str] for pair in inputs)
    )


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
                was, now = _shortened(stated[name].get(field)), _shortened(value)
                found.append(f"{name}: {field} is {was}, recomputed {now}")
    for name, shown in _SHOWN.findall(text):
        if name not in brief.claims:
            found.append(f"{name}: shown, but no such claim")
        elif html.unescape(shown) not in (claim := brief.claims[name]).texts:
            found.append(f"{name}: shown as {html.unescape(shown)!r}, expected {claim.text!r}")
    return sorted(map(one_line, found))


def _shortened(value: object) -> str:
    """Show a value, of a long one the beginning."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def changed(old: str, new: str) -> list[str]:
    """Say what moved between two briefs, and which study or file moved it."""
    before, after = embedded(old), embedded(new)
    found = []
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name, {}), after.get(name, {})
        said = [claim.get("text", "no text") for claim in (was, now)]
        if not was:
            found.append(f"{name}: new, {said[1]}")
        elif not now:
            found.append(f"{name}: gone, was {said[0]}")
        elif said[0] != said[1]:
            one, other = dict(was.get("inputs", [])), dict(now.get("inputs", []))
            moved = sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
            by = ", ".join(moved) or f"the program ({was.get('version')} → {now.get('version')})"
            found.append(f"{name}: {said[0]} → {said[1]}, moved by {by}")
    return [one_line(line) for line in found]
