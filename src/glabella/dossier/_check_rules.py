"""Whether the rules of claims, and what is declared for certainty, name what there is."""

from __future__ import annotations

from collections.abc import Iterator

from glabella.dossier._faults import Fault
from glabella.dossier._load import Reading
from glabella.dossier._schema import ClaimPart, PopularClaim
from glabella.dossier.rules import Rule

_FILE = "claims.yaml"


def check_rules(reading: Reading) -> Iterator[Fault]:
    """Check that analyses and biases that are named are declared, and that sources are the claim's own.

    Where one claim has a rule each has, or each of its parts.
    """
    claims, dossier = reading.parts.get(_FILE), reading.parts.get("dossier.yaml")
    if dossier is None:
        return
    yield from _check_biases(reading)
    if claims is None:
        return
    ruled = any(judged.rule is not None for claim in claims.claims for _, judged in claim.judged)
    for place, claim in enumerate(claims.claims):
        for name, judged in claim.judged:
            above = ("claims", place, *(("parts", name) if name else ()))
            path = (*above, "rule")
            if ruled and judged.rule is None:
                line = reading.documents[_FILE].line((*above, "verdict"))
                yield Fault(_FILE, line, "has no rule, but other claims have; expected one for each claim or part")
            for message in _misfits(reading, judged):
                yield Fault(_FILE, reading.documents[_FILE].line(path), message)


def _check_biases(reading: Reading) -> Iterator[Fault]:
    priors = reading.parts.get("priors.yaml")
    known = () if priors is None else tuple(priors.bias)
    for key, outcome in reading.parts["dossier.yaml"].outcomes.items():
        named = None if outcome.trusted is None else outcome.trusted.bias
        if named is not None and named not in known:
            line = reading.documents["dossier.yaml"].line(("outcomes", key, "trusted", "bias"))
            message = f"names the bias {named!r}, expected one of priors.yaml: {sorted(known)}"
            yield Fault("dossier.yaml", line, message)


def _misfits(reading: Reading, judged: PopularClaim | ClaimPart) -> Iterator[str]:
    if judged.rule is None:
        return
    analyses = reading.parts["dossier.yaml"].analyses
    comparators, reports = reading.parts.get("comparators.yaml"), reading.parts.get("reports.yaml")
    options = None if comparators is None else comparators.treatments
    rows = [f"reports.{key}.{row}" for key, one in (reports.studies if reports else {}).items() for row in one.rows]
    sources = {source for reason in judged.why for source in reason.sources}
    for atom in judged.rule.atoms:
        analysis = _analysis_of(atom)
        if analysis is not None and analysis not in analyses:
            yield f"the rule names the analysis {analysis!r}, expected one of {sorted(analyses)}"
        option = None if atom.estimate is None else atom.estimate.network
        # Without a network at all the comparison is untested, as where an analysis has no effect.
        if option is not None and options is not None and option not in options:
            yield f"the rule names the treatment {option!r} of the network, expected one of {sorted(options)}"
        quantity = "" if atom.stated is None else atom.stated.quantity
        if quantity.startswith("reports.") and quantity not in rows:
            yield f"the rule names {quantity!r}, expected one of {rows}"
        if atom.facts is not None:
            named = (*atom.facts.supports, *atom.facts.against, *atom.facts.unclear)
            for source in dict.fromkeys(named):
                if source not in sources:
                    yield f"the rule names the source {source!r}, which no reason of the claim cites"


def _analysis_of(atom: Rule) -> str | None:
    named = atom.estimate or atom.moderator or atom.certainty
    return None if named is None else named.analysis
