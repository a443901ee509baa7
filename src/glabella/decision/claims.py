"""The claims of a dossier with the verdicts that their rules come to."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from glabella.decision.verdicts import Decision, Known, Licence, Mark, StudyKnown, Time, Whole, judge, whole
from glabella.dossier import Evidence, PopularClaim, Study
from glabella.dossier._schema import ClaimPart
from glabella.dossier.rules import Rule

#: Of several sentences with one source, the best mark counts.
_BEST: tuple[Mark, ...] = ("seen", "derived", "reported", "recalled", "missing")


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """What a claim's rules come to.

    Attributes
    ----------
    claim : PopularClaim
        As the dossier has it, with the verdict that is typed there.
    decisions : tuple of (str, Decision)
        Of each of its parts by name, or of the claim, whose name is empty.
    """

    claim: PopularClaim
    decisions: tuple[tuple[str, Decision], ...]

    @property
    def verdict(self) -> Whole:
        """The verdict on the whole."""
        return whole(decision.verdict for _, decision in self.decisions)

    @property
    def disagreements(self) -> tuple[tuple[str, Decision], ...]:
        """The parts whose typed verdict is another."""
        typed = dict(self.claim.judged)
        return tuple((name, one) for name, one in self.decisions if one.verdict != typed[name].verdict)


def marks_of(judged: PopularClaim | ClaimPart) -> dict[str, Mark]:
    """Give the mark that each source has among the reasons of a claim.

    Parameters
    ----------
    judged : PopularClaim or ClaimPart
        Of a dossier.

    Returns
    -------
    dict of str to str
        By reference. A sentence has the mark of its own status, whatever numbers in it are marked.
    """
    found: dict[str, Mark] = {}
    for reason in judged.why:
        for source in reason.sources:
            found[source] = min(found.get(source, "missing"), reason.status, key=_BEST.index)
    return found


def licence_of(judged: PopularClaim | ClaimPart) -> Licence | None:
    """Give what a claim's own reasons say of an approval; None where they say both, or nothing.

    Each source is one report: no dated record is known here.
    """
    sources: dict[str, set[str]] = {"for": set(), "against": set()}
    for reason in judged.why:
        if reason.bears in sources and reason.status in ("seen", "derived", "reported"):
            sources[reason.bears] |= set(reason.sources)
    if bool(sources["for"]) == bool(sources["against"]):
        return None
    return Licence(bool(sources["for"]), reports=len(sources["for"] or sources["against"]))


def times_of(judged: PopularClaim | ClaimPart) -> dict[str, Time]:
    """Give the numbers with limits among a claim's reasons, by name, each as a time seen in one trial.

    One with a lower limit alone was not over when it was last looked at.
    """
    numbers = {name: number for reason in judged.why for name, number in reason.values.items() if number.usable}
    return {
        name: Time(number.low, math.inf if number.high is None else number.high)
        for name, number in numbers.items()
        if number.low is not None
    }


def known_of_claim(judged: PopularClaim | ClaimPart, rule: Rule, known: Known) -> Known:
    """Add to what engines computed what the claim's own reasons say."""
    own = licence_of(judged)
    asked = {(atom.licence.use, atom.licence.authority) for atom in rule.atoms if atom.licence}
    licences = {} if own is None else dict.fromkeys(asked, own)
    return replace(
        known,
        marks=marks_of(judged),
        licences={**licences, **known.licences},
        times={**times_of(judged), **known.times},
    )


def judge_claims(claims: tuple[PopularClaim, ...], known: Known) -> Iterator[JudgedClaim]:
    """Judge every claim that has a rule, or a rule for each part; others are left to what is typed.

    Parameters
    ----------
    claims : tuple of PopularClaim
        Of a dossier.
    known : Known
        What engines computed. Marks are those of each claim's own reasons; a licence or a time that is not known
        is taken from there too.
    """
    for claim in claims:
        decisions = [
            (name, judge(judged.rule, known_of_claim(judged, judged.rule, known)))
            for name, judged in claim.judged
            if judged.rule is not None
        ]
        if decisions and len(decisions) == len(claim.judged):
            yield JudgedClaim(claim, tuple(decisions))


def studies_known(evidence: Evidence) -> tuple[StudyKnown, ...]:
    """Give what a rule may ask of the studies of a dossier.

    Words are ``design`` (randomised, or the type), ``role``, ``control``, ``outcome`` (of its results),
    ``co_treatment``, ``interest`` (how what is known of interests is known: seen, reported) and those that the
    study itself declares under ``asked``; the number is ``n``, people randomised.

    Parameters
    ----------
    evidence : Evidence
        A dossier as read.
    """
    return tuple(_study_known(study) for study in evidence.studies.values())


def _study_known(study: Study) -> StudyKnown:
    n = study.n_randomised.value if study.n_randomised.usable else None
    words: dict[str, set[str]] = {
        "design": {"randomised" if study.design.randomised == "yes" else study.design.type},
        "role": {study.role},
        "control": {comparison.control for comparison in study.comparisons.values()},
        "outcome": {result.outcome for result in study.results},
        "co_treatment": {study.co_treatment},
        "interest": set() if study.interests is None else {study.interests.status},
    }
    for kind, declared in study.asked.items():
        words.setdefault(kind, set()).update(declared)
    return StudyKnown(
        n or 0.0,
        {kind: frozenset(found) for kind, found in words.items()},
        {} if n is None else {"n": n},
    )
