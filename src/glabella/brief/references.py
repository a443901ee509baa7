"""References of a dossier as documents list them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glabella.dossier import Reference
from glabella.shown import Reference as Listed

#: Words of a title that stand for it.
_WORDS = 5


def listed(references: Mapping[str, Reference]) -> tuple[Listed, ...]:
    """Give every reference in full, in short, with an address where it has one, and what of it was seen."""
    return tuple(
        Listed(key=one.id, text=_full(one), short=_short(one), address=_address(one), seen=one.note)
        for one in references.values()
    )


def _full(one: Reference) -> str:
    """Give authors, title, container, year, and its number in a register of publications."""
    where = ", ".join(part for part in (_container(one), _volume(one)) if part)
    return ". ".join(part.rstrip(".") for part in (_authors(one), one.title, where, _number(one)) if part) + "."


def _short(one: Reference) -> str:
    """Give the first author and year, or the beginning of the title where nobody is named, and where to find it."""
    authors, year = _authors(one), _year(one)
    first = authors.split(",")[0].removesuffix(" et al.").removesuffix(" et al") if authors else _begun(one)
    name = f"{first} {year}" if year and year not in first else first
    # What is on the network is found there; the journal tells where else.
    where = "" if _address(one) else (_container(one) if authors else "") or _number(one)
    return f"{name}, {where}" if where and where not in first else name


def _begun(one: Reference) -> str:
    """Give the first words of a title, without a number by which it is found anyway."""
    before, _, after = one.title.partition(one.number) if one.number and _address(one) else (one.title, "", "")
    title = before.strip(" ,") or after.strip(" ,") or one.title
    words = title.split()
    return title if len(words) <= _WORDS else f"{' '.join(words[:_WORDS]).rstrip(' ,.(')}…"


def _extra(one: Reference) -> dict[str, Any]:
    return one.model_extra or {}


def _authors(one: Reference) -> str:
    names = [
        author.get("literal") or " ".join(part for part in (author.get("family"), author.get("given")) if part)
        for author in _extra(one).get("author") or ()
        if isinstance(author, dict)
    ]
    return f"{names[0]} et al." if len(names) > 3 else ", ".join(names)


def _container(one: Reference) -> str:
    return str(_extra(one).get("container-title") or _extra(one).get("publisher") or "")


def _volume(one: Reference) -> str:
    extra = _extra(one)
    place = f"{extra.get('volume', '')}{':' + str(extra['page']) if extra.get('page') else ''}"
    return f"{_year(one)};{place}" if place.strip(":") else _year(one)


def _year(one: Reference) -> str:
    issued = _extra(one).get("issued")
    parts = issued.get("date-parts") if isinstance(issued, dict) else None
    return str(parts[0][0]) if parts and parts[0] else ""


def _number(one: Reference) -> str:
    if one.DOI:
        return f"doi:{one.DOI}"
    if one.PMID:
        return f"PMID {one.PMID}"
    return one.PMCID or one.number or one.URL or ""


def _address(one: Reference) -> str | None:
    if one.DOI:
        return f"https://doi.org/{one.DOI}"
    if one.PMID:
        return f"https://pubmed.ncbi.nlm.nih.gov/{one.PMID}/"
    if one.PMCID:
        return f"https://pmc.ncbi.nlm.nih.gov/articles/{one.PMCID}/"
    if one.number and one.number.startswith("NCT"):
        return f"https://clinicaltrials.gov/study/{one.number}"
    return one.URL
