"""Whether what the brief's summary names is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from glabella.dossier._faults import Fault
from glabella.dossier._load import Reading

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
        known = [each.id for each in claims.claims] if claims is not None else []
        for key in summary.claims:
            if key not in known:
                yield fault(f"no claim {key!r} in claims.yaml; {_one_of(known)}", "claims", key)


def _is_binary(outcome: object) -> bool:
    # An outcome that is not there is a fault of its own; an analysis of it is not refused twice.
    return outcome is None or getattr(outcome, "kind", None) == "binary"


def _one_of(names: Iterable[str]) -> str:
    known = sorted(names)
    return f"{_EXPECTED} {known}" if known else "there is none"
