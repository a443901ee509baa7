"""What to extract next: every value that is missing, ranked by how far it could move what the dossier says.

How far is computed by rules that are printed with the list (``RULES``). For a trial's scores or counts the analysis
is pooled again, as documents pool it, with that trial at two ends of what it may have found:

- a trial whose effect is not known: from the lowest to the highest effect of the trials that are pooled, no effect
  included; where its scores are known and its counts are not, the limits of what its scores found, as odds;
- an effect that was made from counts because no score was seen: the limits of its own interval;
- an effect with a borrowed standard deviation: its standard error halved and doubled;
- an effect made from a printed statistic: as it is, since its groups' numbers would only confirm it.

A missing judgement of risk of bias, or a missing guess test, moves the certainty: it is rated again as if all
trials of the headline had it and it was good. Counts of harm move neither; they stand last, by how many people they
are of.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from glabella.decision._certainty import certainty
from glabella.dossier import Analysis, Evidence, RiskOfBias, Sought, Statement, Study
from glabella.shown import Certainty
from glabella.synthesis import (
    Contrasts,
    Effect,
    IfKnown,
    arrays,
    contrasts,
    declared_prior,
    likely_variance,
    log_odds_from_smd,
    pool_if_known,
    pool_trials,
    tau_prior_of,
    unwanted,
)

if TYPE_CHECKING:
    from glabella.synthesis._declared import DeclaredPrior

#: What is missing, in words.
KINDS: dict[Sought, str] = {
    "scores": "mean and standard deviation of each group",
    "response": "how many people of each group",
    "harms": "counts of harm in each group",
    "guesses": "whether people guessed what they were given",
    "risk_of_bias": "a published judgement of risk of bias",
}
#: How the ends are chosen, for the page.
RULES = (
    "A trial whose effect is not known is put in with the lowest and with the highest effect of the trials that "
    "are pooled, no effect included, and a variance as trials of its size have. Where its scores are known and its "
    "counts are not, it is put in with the limits of what its scores found, as odds.",
    "An effect that was made from counts, since no score was seen, is put at the limits of its own interval. One "
    "with a borrowed standard deviation keeps its value, with its standard error smaller and larger by a factor of "
    "two. One made from a printed statistic stays, since its groups’ numbers would only confirm it.",
    "Judgements of risk of bias and guess tests move the certainty: it is rated again as if every trial had them "
    "and they were good. Counts of harm move neither.",
)
_DIRECT = frozenset({"means and SDs", "counts"})
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Missing:
    """A value that is missing, and how far it could move what is said.

    Attributes
    ----------
    study : str
        Id of the study.
    comparison : str or None
        Its comparison; None for what is missing of the study as a whole.
    label : str
        Of the study, or of the arm where it compares several.
    kind : str
        Key of ``KINDS``.
    what : str
        What is missing, in words.
    where : tuple of str
        Registry number, DOI and the like, and what the dossier says of the place.
    analysis : str or None
        Id of the analysis that it moves.
    if_known : IfKnown or None
        That analysis as it is and at both ends, on the scale on which it is pooled.
    certainty : str or None
        How sure the headline would be, if all trials had it and it was good.
    reasons : int
        Reasons against the headline that would go then.
    people : float or None
        In the study.
    """

    study: str
    comparison: str | None
    label: str
    kind: Sought
    what: str
    where: tuple[str, ...]
    analysis: str | None = None
    if_known: IfKnown | None = None
    certainty: Certainty | None = None
    reasons: int = 0
    people: float | None = None

    @property
    def moved(self) -> float:
        """How far the analysis could move, in widths of its interval."""
        return self.if_known.moved if self.if_known else 0.0

    @property
    def turns(self) -> bool:
        """Whether the analysis could come to say otherwise of no effect."""
        return self.if_known is not None and self.if_known.turns


def to_extract(evidence: Evidence) -> tuple[Missing, ...]:
    """List every value that is missing of the headline's trials, what could move most first.

    The order: what could turn whether the headline's interval includes no effect, then what could turn another
    one's; then how far, in widths of the interval; then how many reasons against the certainty would go; then by
    people.

    Parameters
    ----------
    evidence : Evidence
        The dossier as read.

    Returns
    -------
    tuple of Missing

    Examples
    --------
    >>> from glabella.dossier import load
    >>> first = to_extract(load())[0]
    >>> first.kind in KINDS, first.moved > 0
    (True, True)
    """
    dossier = evidence.dossier
    headline = dossier.analyses[dossier.headline]
    found = contrasts(evidence, headline)
    missing = _of_scores(evidence, dossier.headline, headline, found)
    made_to_meet = {target.analysis for target in dossier.reproduce.values()}
    for key, analysis in dossier.analyses.items():
        # Of each event that the question asks for, the first analysis stands for all.
        alike = any(dossier.analyses[one.analysis].outcome == analysis.outcome for one in missing if one.analysis)
        if key not in made_to_meet and not alike and _asked(evidence, analysis):
            missing += _of_counts(evidence, key, analysis, found)
    missing += _of_certainty(evidence, headline, found)
    missing += _of_harms(evidence, headline)
    return tuple(sorted(missing, key=lambda one: _rank(one, dossier.headline)))


def _rank(one: Missing, headline: str) -> tuple[bool, bool, float, int, float]:
    leads = one.turns and one.analysis == headline
    return not leads, not one.turns, -round(one.moved, 6), -one.reasons, -(one.people or 0.0)


def _asked(evidence: Evidence, analysis: Analysis) -> bool:
    outcome = evidence.dossier.outcomes[analysis.outcome]
    return outcome.kind == "binary" and analysis.outcome in evidence.dossier.question.outcomes


# --- scores and counts --------------------------------------------------------------------------------------


def _of_scores(evidence: Evidence, key: str, analysis: Analysis, found: Contrasts) -> list[Missing]:
    """Say what is missing of the headline's own effects."""
    if not found.effects:
        return []
    outcome = evidence.dossier.outcomes[analysis.outcome]
    kind: Sought = "scores" if outcome.kind == "continuous" else "response"
    missing = []
    for place, effect in enumerate(found.effects):
        if effect.route in _DIRECT:
            continue
        if_known = _if_known(evidence, analysis, found, _ends(evidence, effect), place=place)
        missing.append(_missing(evidence, effect.study, effect.comparison, kind, key, if_known))
    missing += [
        _missing(evidence, study, comparison, kind, key, _added(evidence, analysis, found, study, comparison))
        for study, comparison in _not_known(evidence, analysis, found)
    ]
    return missing


def _ends(evidence: Evidence, effect: Effect) -> list[tuple[float, float]]:
    """Say what an effect that was not made from its groups' own numbers may be."""
    if effect.route == "response odds":
        half = _Z * math.sqrt(effect.vi)
        return [(effect.yi - half, effect.vi), (effect.yi + half, effect.vi)]
    results = evidence.studies[effect.study].results
    borrowed = any(
        between.comparison == effect.comparison and between.borrow_sd_from is not None
        for result in results
        for between in result.between
        if (result.outcome, result.time) == (effect.outcome, effect.time)
    )
    return [(effect.yi, effect.vi / 4), (effect.yi, effect.vi * 4)] if borrowed else [(effect.yi, effect.vi)]


def _of_counts(evidence: Evidence, key: str, analysis: Analysis, headline: Contrasts) -> list[Missing]:
    """Say which counts an analysis of an event lacks."""
    found = contrasts(evidence, analysis)
    if not found.effects:
        return []
    scored = {(effect.study, effect.comparison): effect for effect in headline.effects}
    better = evidence.dossier.outcomes
    missing = []
    for study, comparison in _not_known(evidence, analysis, found):
        effect = scored.get((study, comparison))
        if effect is not None and effect.measure == "SMD" and analysis.measure == "OR":
            sign = 1.0 if better[effect.outcome].better == better[analysis.outcome].better else -1.0
            half = _Z * math.sqrt(effect.vi)
            sizes = [(each.n1, each.n2) for each in found.effects]
            variance = likely_variance([each.vi for each in found.effects], sizes, effect.n1, effect.n2)
            odds, _ = log_odds_from_smd([effect.yi - half, effect.yi + half], [math.sqrt(effect.vi)] * 2)
            ends = [(sign * float(end), variance) for end in odds]
            if_known = _if_known(evidence, analysis, found, ends, of=study)
        else:
            if_known = _added(evidence, analysis, found, study, comparison)
        missing.append(_missing(evidence, study, comparison, "response", key, if_known))
    return missing


def _added(evidence: Evidence, analysis: Analysis, found: Contrasts, study: str, comparison: str) -> IfKnown | None:
    """Pool again with a trial added at the ends of what the others found."""
    yi, vi = arrays(found.effects)
    n1, n2 = _sizes(evidence.studies[study], comparison, found.effects)
    variance = likely_variance(vi, [(each.n1, each.n2) for each in found.effects], n1, n2)
    ends = [(min(0.0, float(yi.min())), variance), (max(0.0, float(yi.max())), variance)]
    return _if_known(evidence, analysis, found, ends, of=study)


def _if_known(
    evidence: Evidence,
    analysis: Analysis,
    found: Contrasts,
    ends: list[tuple[float, float]],
    *,
    place: int | None = None,
    of: str | None = None,
) -> IfKnown | None:
    """Pool again as documents do; None where these effects cannot be pooled."""
    try:
        return pool_if_known(
            *arrays(found.effects), ends, place=place, trial=[each.study for each in found.effects], of=of,
            method=analysis.method, test=analysis.test, tau_prior=_tau_prior(evidence, analysis),
        )  # fmt: skip
    except ValueError:
        return None


def _tau_prior(evidence: Evidence, analysis: Analysis) -> DeclaredPrior | None:
    prior = declared_prior(evidence.priors, analysis.measure)
    return None if prior is None else tau_prior_of(prior)


def _sizes(study: Study, comparison: str, others: tuple[Effect, ...]) -> tuple[float, float]:
    """Give the groups' sizes: as seen, half of the total each, or those of the middle trial."""
    pair = study.comparisons[comparison]
    sizes = []
    for key in (pair.arm, pair.versus):
        arm = study.arms[key]
        seen = [n.value for n in (arm.n_analysed, arm.n_treated, arm.n_randomised) if n and n.usable and n.value]
        sizes.append(seen[0] if seen else None)
    if all(sizes):
        return float(sizes[0] or 0), float(sizes[1] or 0)
    total = study.n_randomised
    if total.usable and total.value:
        return total.value / 2, total.value / 2
    return median(each.n1 for each in others), median(each.n2 for each in others)


def _not_known(evidence: Evidence, analysis: Analysis, found: Contrasts) -> list[tuple[str, str]]:
    """Name the comparisons that an analysis wants and cannot have."""
    apart = unwanted(evidence, analysis)
    named = [(each.study, each.comparison) for each in found.not_computed]
    return [each for each in named if each not in apart]


# --- certainty and harm -------------------------------------------------------------------------------------


def _of_certainty(evidence: Evidence, analysis: Analysis, found: Contrasts) -> list[Missing]:
    """Say of which trials of the headline a judgement or a guess test is missing, and what all of them would do."""
    if not found.effects:
        return []
    try:
        fit = pool_trials(
            *arrays(found.effects), trial=[each.study for each in found.effects],
            method=analysis.method, test=analysis.test, tau_prior=_tau_prior(evidence, analysis),
        )  # fmt: skip
    except ValueError:
        return []
    studies = [evidence.studies[key] for key in dict.fromkeys(effect.study for effect in found.effects)]
    _, now = certainty(fit, studies)
    missing: list[Missing] = []
    good = RiskOfBias(tool="any", judgement="low", status="derived", note="as if it were known")
    guessed = Statement(text="As if it were known.", status="derived")
    lacking: dict[Sought, tuple[list[Study], dict[str, Any]]] = {
        "risk_of_bias": ([s for s in studies if s.risk_of_bias.judgement is None], {"risk_of_bias": good}),
        "guesses": ([s for s in studies if s.blinding_check.status == "missing"], {"blinding_check": guessed}),
    }
    for kind, (without, update) in lacking.items():
        as_if = [study.model_copy(update=update) if study in without else study for study in studies]
        word, reasons = certainty(fit, as_if)
        missing += [
            Missing(study.id, None, study.label, kind, KINDS[kind], where(evidence, study, kind),
                    certainty=word, reasons=len(now) - len(reasons), people=_people(study))
            for study in without
        ]  # fmt: skip
    return missing


def _of_harms(evidence: Evidence, analysis: Analysis) -> list[Missing]:
    """Say of which randomised trials of the question no count of harm was seen."""
    named = dict.fromkeys(name.partition("/")[0] for name in analysis.comparisons)
    studies = evidence.studies.values()
    named |= dict.fromkeys(s.id for s in studies if s.role == "main" and s.design.randomised == "yes")
    missing = []
    for study in (evidence.studies[key] for key in named):
        counts = [arm.events for harm in study.harms for arm in harm.arms.values()]
        if not any(events is not None and events.value is not None for events in counts):
            stands = where(evidence, study, "harms")
            missing.append(
                Missing(study.id, None, study.label, "harms", KINDS["harms"], stands, people=_people(study))
            )
    return missing


# --- what stands of each ------------------------------------------------------------------------------------


def _missing(
    evidence: Evidence, study: str, comparison: str, kind: Sought, key: str, if_known: IfKnown | None
) -> Missing:
    dossier, one = evidence.dossier, evidence.studies[study]
    analysis = dossier.analyses[key]
    label = one.label
    if len(one.comparisons) > 1:
        label += f", {one.arms[one.comparisons[comparison].arm].label}"
    outcome = dossier.outcomes[analysis.outcome]
    # An event says what people do; a score, and an event without words for it, is named.
    said = f" {outcome.event}" if kind == "response" and outcome.event else f": {outcome.label}"
    time = "" if analysis.time is None else f", {evidence.words.at(analysis.time)}"
    return Missing(
        study,
        comparison,
        label,
        kind,
        KINDS[kind] + said + time,
        where(evidence, one, kind),
        key,
        if_known,
        people=_people(one),
    )


def where(evidence: Evidence, study: Study, kind: Sought) -> tuple[str, ...]:
    """Say where a missing value should stand: what the dossier says, the registry number, and the reports' DOIs."""
    found = [study.look_in[kind]] if kind in study.look_in else []
    if study.registration and not any(study.registration in text for text in found):
        found.append(study.registration)
    for key in study.reports:
        reference = evidence.references[key]
        found += [f"doi:{reference.DOI}" if reference.DOI else f"PMID {reference.PMID}"] * bool(
            reference.DOI or reference.PMID
        )
    return tuple(dict.fromkeys(found))


def _people(study: Study) -> float | None:
    return study.n_randomised.value if study.n_randomised.usable else None
