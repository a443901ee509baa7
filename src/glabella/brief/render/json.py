"""A document as data: its tree with claims by id, every claim, every source; and read again from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from glabella._reading import load_json
from glabella._version import __version__
from glabella.shown import (
    Axis,
    Cite,
    Claim,
    Column,
    Columns,
    Details,
    Document,
    Drawn,
    Figure,
    Heading,
    Icon,
    Items,
    Link,
    Name,
    Paragraph,
    Reference,
    Row,
    Section,
    Shown,
    Small,
    Source,
    Strong,
    Table,
)

FORMAT, VERSION = "glabella-document", 1
_NODES: dict[str, type[Any]] = {
    node.__name__.lower(): node
    for node in (
        Axis, Cite, Column, Columns, Details, Drawn, Figure, Heading, Icon, Items, Link, Name, Paragraph,
        Reference, Row, Section, Shown, Small, Strong, Table,
    )
}  # fmt: skip
#: What of a document stands in its file as it is, and what as a tree.
_SAID, _TREES = ("kind", "id", "title", "edition", "beside"), ("about", "header", "sections", "footer")
#: What no file holds: a drawing can be made again.
_DRAWN = "picture"


def as_json(document: Document) -> str:
    """Write a document as JSON; the same document gives the same bytes.

    Claims stand by id in ``claims``, sorted; where the tree shows one, ``{"claim": id}`` stands. Pictures are not
    in it, but what they show: their text, and their claims.

    Parameters
    ----------
    document : Document

    Returns
    -------
    str
    """
    claims = sorted(document.claims, key=lambda claim: claim.id)
    data = {
        "format": FORMAT,
        "version": VERSION,
        "glabella": __version__,
        **{name: getattr(document, name) for name in _SAID},
        **{name: _written(getattr(document, name)) for name in _TREES},
        "order": [claim.id for claim in document.claims],
        "claims": [claim.as_json() for claim in claims],
        "references": [_written(reference) for reference in document.references],
    }
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _written(value: object) -> object:
    """Give a node as plain values: its kind, and its fields that are not as usual."""
    match value:
        case Claim():
            return {"claim": value.id}
        case tuple():
            return [_written(each) for each in value]
        case Section(claims=claims):
            return {**_fields(value), **({"claims": [claim.id for claim in claims]} if claims else {})}
    return _fields(value) if is_dataclass(value) else value


def _fields(node: Any) -> dict[str, object]:
    found: dict[str, object] = {"kind": type(node).__name__.lower()}
    for each in fields(node):
        value = getattr(node, each.name)
        if each.name != _DRAWN and value != each.default:
            found[_name(each)] = _written(value)
    return found


def _name(field: Field[Any]) -> str:
    """Name a field; an icon has a kind of its own."""
    return "of" if field.name == "kind" else field.name


def document_of_json(text: str) -> Document:
    """Read a document again, without its pictures.

    Raises
    ------
    ValueError
        If it is no document as :func:`as_json` writes it.
    """
    data = load_json(text)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError(f"expected a document in JSON as glabella writes it, with format {FORMAT!r}")
    if data.get("version") != VERSION:
        raise ValueError(f"version of the format is {data.get('version')!r}, expected {VERSION}")
    try:
        claims = {each["id"]: claim_of_json(each) for each in data["claims"]}
        return Document(
            **{name: data[name] for name in _SAID},
            **{name: _read(data[name], claims) for name in _TREES},
            references=tuple(_read(each, claims) for each in data["references"]),
            claims=tuple(claims[name] for name in data["order"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"expected a document in JSON as glabella writes it: {error}") from error


def claim_of_json(data: Mapping[str, Any]) -> Claim:
    """Read a claim again, from the fields that :meth:`Claim.as_json` gives."""
    own = {each.name: data[each.name] for each in fields(Claim)}
    own["inputs"] = tuple((name, digest) for name, digest in own["inputs"])
    own["sources"] = tuple(Source(**source) for source in own["sources"])
    for name in ("value", "low", "high"):
        own[name] = None if own[name] is None else float(own[name])
    return Claim(**own)


def _read(value: Any, claims: Mapping[str, Claim]) -> Any:
    """Give a node again."""
    if isinstance(value, list):
        return tuple(_read(each, claims) for each in value)
    if not isinstance(value, dict):
        return value
    if "kind" not in value:
        return claims[value["claim"]]
    node = _NODES[value["kind"]]
    found: dict[str, Any] = {}
    for each in fields(node):
        if each.name == _DRAWN:
            found[each.name] = None
        elif _name(each) in value:
            found[each.name] = _read(value[_name(each)], claims)
        elif each.default is MISSING:
            raise KeyError(each.name)
    if node is Section:
        found["claims"] = tuple(claims[name] for name in value.get("claims", ()))
    return node(**found)
