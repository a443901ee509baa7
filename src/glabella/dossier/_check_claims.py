"""Whether the verdict on a claim is what its own reasons say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from glabella.dossier._faults import Fault
from glabella.dossier._load import Reading
from glabella.dossier._schema import Bearing, PopularClaim

_FILE = "claims.yaml"


def check_claims(reading: Reading) -> Iterator[Fault]:
    """Check every verdict against the marks of its reasons, and that no claim stands twice."""
    claims = reading.parts.get(_FILE)
    if claims is None:
        return

    def fault(message: str, *path: str | int) -> Fault:
        return Fault(_FILE, reading.documents[_FILE].line(("claims", *path)), message)

    seen: set[str] = set()
    for place, claim in enumerate(claims.claims):
        if claim.id in seen:
            yield fault(f"claim {claim.id!r} stands twice", place, "id")
        seen.add(claim.id)
        for name, judged in claim.judged:
            if message := misfit_of_verdict(judged.verdict, [reason.bears for reason in judged.why]):
                yield fault(message, place, *(("parts", name) if name else ()), "verdict")
        yield from (fault(message, place, "verdict") for message in _misfits_of_parts(claim))


def misfit_of_verdict(verdict: str, bears: Iterable[Bearing]) -> str | None:
    """Say how a verdict disagrees with the marks of its reasons; nothing where it does not.

    Reasons that stand beside the claim decide nothing.

    >>> misfit_of_verdict("supported", ["for", "beside"])
    >>> misfit_of_verdict("supported", ["for", "against"])
    'verdict is supported, but its reasons are for and against, which is inconclusive'
    >>> misfit_of_verdict("supported", ["beside"])
    'verdict is supported, but no reason bears on it, which is untested'
    """
    marks = set(bears) - {"beside"}
    said = verdict_of(marks)
    if said == verdict:
        return None
    found = f"its reasons are {' and '.join(sorted(marks, key=_ORDER.index))}" if marks else "no reason bears on it"
    return f"verdict is {verdict}, but {found}, which is {said}"


_ORDER: tuple[Bearing, ...] = ("for", "against", "unclear")


def verdict_of(marks: Iterable[Bearing]) -> str:
    """Give the verdict that marks of reasons add up to.

    >>> verdict_of(["for", "unclear"])
    'inconclusive'
    """
    found = frozenset(marks) - {"beside"}
    one = {frozenset(): "untested", frozenset({"for"}): "supported", frozenset({"against"}): "contradicted"}
    return one.get(found, "inconclusive")


def _misfits_of_parts(claim: PopularClaim) -> Iterator[str]:
    if not claim.parts:
        return
    verdicts = {part.verdict for part in claim.parts.values()}
    if len(verdicts) == 1:
        yield f"verdict is in parts, but every part is {verdicts.pop()}; expected that, or parts that differ"
    if any(reason.bears != "beside" for reason in claim.why):
        yield "verdict is in parts, but a reason beside the parts bears on it; expected it under its part"
