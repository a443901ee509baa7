"""The claims of a dossier with the verdicts that their rules come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from glabella.decision.verdicts import Decision, Known, Mark, StudyKnown, Whole, judge, whole
from glabella.dossier import Evidence, PopularClaim, Study
from glabella.dossier._schema import ClaimPart

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


def judge_claims(claims: tuple[PopularClaim, ...], known: Known) -> Iterator[JudgedClaim]:
    """Judge every claim that has a rule, or a rule for each part; others are left to what is typed.

    Parameters
    ----------
    claims : tuple of PopularClaim
        Of a dossier.
    known : Known
        What engines computed; the marks are those of each claim's own reasons.
    """
    for claim in claims:
        decisions = [
            (name, judge(judged.rule, replace(known, marks=marks_of(judged))))
            for name, judged in claim.judged
            if judged.rule is not None
        ]
        if len(decisions) == len(claim.judged):
            yield JudgedClaim(claim, tuple(decisions))


def studies_known(evidence: Evidence) -> tuple[StudyKnown, ...]:
    """Give what a rule may ask of the studies of a dossier.

    Words are ``design`` (randomised, or the type), ``role``, ``control``, ``outcome`` (of its results),
    ``co_treatment`` and ``interest`` (how what is known of interests is known: seen, reported); the number is
    ``n``, people randomised.

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
    return StudyKnown(
        n or 0.0,
        {kind: frozenset(found) for kind, found in words.items()},
        {} if n is None else {"n": n},
    )
