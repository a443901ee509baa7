"""Whether what the brief's summary names is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from glabella.dossier._faults import Fault
from glabella.dossier._load import Reading
from glabella.dossier._schema import PopularClaim

SUMMARY = "summary.yaml"
_EXPECTED = "expected one of"


def check_summary(reading: Reading) -> Iterator[Fault]:
    """Check the analyses, rows of harm and claims that ``summary.yaml`` names."""
    summary = reading.parts.get(SUMMARY)
    if summary is None:
        return

    def fault(message: str, *path: str | int) -> Fault:
        return Fault(SUMMARY, reading.documents[SUMMARY].line(path), message)

    dossier = reading.parts.get("dossier.yaml")
    if dossier is not None:
        for place, each in enumerate(summary.readings):
            if each.analysis not in dossier.analyses:
                message = f"no analysis {each.analysis!r} in dossier.yaml; {_one_of(dossier.analyses)}"
                yield fault(message, "readings", place, "analysis")
        if summary.people is not None:
            binary = [key for key, one in dossier.analyses.items() if _is_binary(dossier.outcomes.get(one.outcome))]
            if summary.people not in dossier.analyses:
                yield fault(f"no analysis {summary.people!r} in dossier.yaml; {_one_of(binary)}", "people")
            elif summary.people not in binary:
                message = f"the outcome of analysis {summary.people!r} is no event; {_one_of(binary)}"
                yield fault(message, "people")
    products = reading.parts.get("products.yaml")
    if products is not None:
        for place, key in enumerate(summary.harms):
            if key not in products.harm_counts:
                message = f"no harm_counts {key!r} in products.yaml; {_one_of(products.harm_counts)}"
                yield fault(message, "harms", place)
    claims = reading.parts.get("claims.yaml")
    if claims is not None or "claims.yaml" not in reading.documents:
        every = claims.claims if claims is not None else ()
        known = [key for each in every for key in (each.id, *(f"{each.id}.{part}" for part in each.parts))]
        for key in summary.claims:
            if key not in known:
                yield fault(f"no claim {key!r} in claims.yaml; {_one_of(known)}", "claims", key)
        yield from (fault(*found) for found in _parts_left_out(summary.claims, every))


def _parts_left_out(named: Iterable[str], claims: Iterable[PopularClaim]) -> Iterator[tuple[str, str, str]]:
    """Say where a part is named without the others: alone it would stand for the whole claim."""
    there = set(named)
    for claim in claims:
        parts = [f"{claim.id}.{part}" for part in claim.parts]
        shown = [key for key in parts if key in there]
        if shown and (claim.id in there or len(shown) < len(parts)):
            expected = f"expected {claim.id!r} alone, which shows every part, or each of {parts}"
            yield f"part {shown[0]!r} of a claim is named; {expected}", "claims", shown[0]


def _is_binary(outcome: object) -> bool:
    # An outcome that is not there is a fault of its own; an analysis of it is not refused twice.
    return outcome is None or getattr(outcome, "kind", None) == "binary"


def _one_of(names: Iterable[str]) -> str:
    known = sorted(names)
    return f"{_EXPECTED} {known}" if known else "there is none"
