"""The certainty of a dossier's pooled analyses: what the dossier declares, brought to the rule of certainty."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from glabella.decision.bodies import Declared, OfTrial, estimated, of_trial, of_trials
from glabella.decision.rating import (
    Body,
    Indirect,
    Missing,
    Rating,
    Shares,
    Unblinding,
    needed_for_difference,
    needed_for_shares,
    not_pooled,
    rate,
    target_of,
    worth_of_odds_ratio,
)
from glabella.decision.verdicts import Estimated
from glabella.dossier import Analysis, Evidence, Harm, Number, Outcome, Priors, Study
from glabella.synthesis import (
    LEAST_TESTED,
    Contrasts,
    Effect,
    Pooled,
    PooledTrials,
    effect_size,
    egger,
    indirect_comparison,
    risk_with,
    unwanted,
)

if TYPE_CHECKING:
    from glabella.synthesis import Network

Measure = Literal["SMD", "MD", "OR", "RR", "RD"]
_RATIOS = frozenset({"OR", "RR"})
#: A trial with fewer people than this part of those needed is small.
_SMALL = 4


def important_of(outcome: Outcome, measure: Measure) -> float | None:
    """Give the smallest difference that matters on the scale on which a measure is computed; None if not known."""
    number = outcome.important
    if number is None or number.value is None or not number.usable or number.value <= 0:
        return None
    if measure == "SMD":
        sd = outcome.points.sd if outcome.points is not None else None
        return number.value / sd.value if sd is not None and sd.usable and sd.value else None
    # A ratio may be told from either side; one itself is no difference.
    return abs(math.log(number.value)) or None if measure in _RATIOS else number.value


def needed_of(outcome: Outcome, measure: Measure, important: float | None) -> float | None:
    """Give the people that one trial with enough power needs; None where the dossier does not tell."""
    if important is None:
        return None
    if measure == "SMD":
        return needed_for_difference(important)
    if measure == "MD":
        sd = None if outcome.points is None else outcome.points.sd.value
        return None if sd is None else needed_for_difference(important, sd)
    risk = outcome.usual_risk
    if risk is None or risk.events.value is None or not risk.n.value:
        return None
    usual = risk.events.value / risk.n.value
    step = important if outcome.better == "higher" else -important
    odds = usual / (1 - usual) if usual < 1 else math.inf
    other = {
        "RD": usual + step,
        "RR": usual * math.exp(step),
        "OR": odds * math.exp(step) / (1 + odds * math.exp(step)),
    }[measure]
    return needed_for_shares(usual, other) if 0 < usual < 1 and 0 <= other <= 1 else None


def declared_of(
    outcome: Outcome, measure: Measure, priors: Priors | None, studies: Sequence[Study] = ()
) -> Declared:
    """Give what a dossier declares of an outcome's results, turned so that above zero is good.

    Trials of another question are indirect by their own role.
    """
    related = [study.role == "related" for study in studies]
    which = "the" if all(related) else "some"
    asked = (f"{which} trials asked another question",) if any(related) else ()
    said = outcome.trusted
    if said is None:
        return Declared(indirect=Indirect(asked))
    prior = priors.bias.get(said.bias) if priors is not None and said.bias is not None else None
    mean, far = 0.0, 0.0
    if prior is not None and prior.measure in (measure, "any"):
        sign = 1.0 if outcome.better == "higher" else -1.0
        number = prior.parameters.get("mean")
        if number is not None and number.value is not None:
            limits = [limit for limit in (number.low, number.high) if limit is not None]
            mean = sign * number.value
            far = max([mean, *(sign * limit for limit in limits)])
    unblinding = Unblinding(said.visible, said.subjective, said.guess_test, mean, far)
    return Declared(unblinding, Indirect((*said.serious, *asked), said.lesser))


def people_lost(evidence: Evidence, analysis: Analysis, found: Contrasts) -> float:
    """Count the people of comparisons that an analysis asks for and that give it no effect.

    Of a trial that gives none at all everybody is lost; of one that gives another comparison, the arm that is
    missing. What the analysis leaves out by its own choice is not lost, nor whoever was not counted.
    """
    apart, given = unwanted(evidence, analysis), {effect.study for effect in found.effects}
    lost: dict[tuple[str, str], float] = {}
    for each in found.not_computed:
        if (each.study, each.comparison) in apart:
            continue
        study = evidence.studies[each.study]
        if each.study not in given:
            lost[each.study, ""] = study.n_randomised.value or 0.0 if study.n_randomised.usable else 0.0
            continue
        arm = study.comparisons[each.comparison].arm
        n = study.arms[arm].n_randomised
        lost[each.study, arm] = n.value or 0.0 if n is not None and n.usable else 0.0
    return sum(lost.values())


def missing_of(
    trials: Sequence[OfTrial], better: Literal["lower", "higher"], lost: float, needed: float | None = None
) -> Missing:
    """Give what is known of results that are not there.

    That is people lost, whether all trials are small and interested, and from ten trials on a test.
    """
    people = sum(one.people for one in trials)
    share = lost / (lost + people) if lost + people > 0 else 0.0
    known = Missing(unreported_share=share, all_small_and_interested=_small_and_interested(trials, better, needed))
    if len({one.trial for one in trials}) < LEAST_TESTED:
        return known
    sizes = [one.people for one in trials if one.people > 0]
    try:
        test = egger([one.effect for one in trials], [one.variance for one in trials])
    except ValueError:  # no slope, or no spread around it
        return known
    limit = test.estimate if better == "higher" else -test.estimate
    ratio = max(sizes) / min(sizes) if sizes else 1.0
    return replace(known, egger_p=test.p_value, size_ratio=ratio, at_infinite_size=limit)


def _small_and_interested(
    trials: Sequence[OfTrial], better: Literal["lower", "higher"], needed: float | None
) -> bool:
    """Say whether all trials are small and favourable, and half of their people in trials with an interest."""
    if needed is None or not trials:
        return False
    sizes: dict[str, float] = {}
    for one in trials:
        sizes[one.trial] = sizes.get(one.trial, 0.0) + one.people
    interested = {one.trial for one in trials if one.interested}
    return (
        max(sizes.values()) < needed / _SMALL
        and all(one.effect > 0 if better == "higher" else one.effect < 0 for one in trials)
        and sum(sizes[name] for name in interested) >= sum(sizes.values()) / 2
    )


def estimated_of(
    trials: Sequence[OfTrial],
    fit: Pooled | PooledTrials,
    outcome: Outcome,
    measure: Measure,
    priors: Priors | None,
    studies: Mapping[str, Study],
    lost: float = 0.0,
) -> Estimated | None:
    """Make of pooled trials what can be rated; None where they could not be pooled.

    A trial that is none of the studies is one that is only supposed.
    """
    if not all(map(math.isfinite, (fit.estimate, fit.ci_low, fit.ci_high))):
        return None
    important = important_of(outcome, measure)
    needed = needed_of(outcome, measure, important)
    keys = dict.fromkeys(one.trial for one in trials)
    declared = declared_of(outcome, measure, priors, [studies[key] for key in keys if key in studies])
    return estimated(
        trials,
        better=outcome.better,
        estimate=fit.estimate,
        low=fit.ci_low,
        high=fit.ci_high,
        important=important,
        prediction=(fit.pi_low, fit.pi_high),
        needed=needed,
        declared=replace(declared, missing=missing_of(trials, outcome.better, lost, needed)),
        ratio=measure in _RATIOS,
    )


def rating_of(
    effects: Sequence[Effect],
    studies: Mapping[str, Study],
    fit: Pooled | PooledTrials,
    outcome: Outcome,
    measure: Measure,
    priors: Priors | None,
    lost: float = 0.0,
) -> Rating:
    """Rate a pooled effect as the statement that it lies where its estimate lies.

    Parameters
    ----------
    effects : sequence of Effect
        Those that were pooled.
    studies : mapping of str to Study
        Of the dossier, by id.
    fit : Pooled or PooledTrials
        What came out.
    outcome : Outcome
        With what is declared of it.
    measure : str
        Of the effects.
    priors : Priors or None
        Of the dossier.
    lost : float
        People of comparisons that were asked for and gave no effect.
    """
    found = estimated_of(of_trials(effects, studies), fit, outcome, measure, priors, studies, lost)
    if found is None:
        return not_pooled()
    return rate(found.body, target_of(found.body, declared=important_of(outcome, measure) is not None))


def rating_in_network(
    fit: Network,
    option: str,
    control: str,
    outcome: Outcome,
    measure: Measure,
    better: Literal["lower", "higher"],
    usual: float | None = None,
) -> Rating:
    """Rate what a network says of one of its own treatments against the control.

    Its trials' risk of bias is not known to a table of contrasts. Without a trial that sets the two side by side
    the comparison is indirect, which costs a level. The limits of imprecision are those with one common effect.

    Parameters
    ----------
    fit : Network
        A single one.
    option, control : str
        Treatments of it.
    outcome : Outcome
        What the network measures.
    measure, better
        Of its effects.
    usual : float or None
        How often the event comes with the control, for the people needed.
    """
    one, other = fit.treatments.index(option), fit.treatments.index(control)
    found = indirect_comparison(fit, option, control)
    se = float(np.reshape(fit.common.se, (len(fit.treatments), -1))[one, other])
    member = np.asarray(fit.structure.member, dtype=bool)
    important, sign = important_of(outcome, measure), 1.0 if better == "higher" else -1.0
    people, needed = 0.0, None
    if measure == "OR" and usual is not None and important is not None:
        needed = needed_of(outcome, measure, important)
        people = worth_of_odds_ratio(se, usual, float(risk_with("OR", found.estimate, usual)))
    together = bool((member[:, one] & member[:, other]).any())
    prediction = sorted((sign * found.pi_low, sign * found.pi_high))
    body = Body(
        "randomised",
        int(member[:, one].sum()),
        people,
        sign * found.estimate,
        se,
        important or abs(found.estimate) or se,
        Shares(unknown=1.0),
        (prediction[0], prediction[1]) if all(map(math.isfinite, prediction)) else None,
        1.0 if math.isnan(fit.q_p) else float(fit.q_p),
        needed,
        indirect=Indirect(() if together else ("no trial sets them side by side",)),
    )
    return rate(body, target_of(body, declared=important is not None))


def estimated_in_network(
    fit: Network,
    treatment: str,
    other: str,
    *,
    people: float,
    trials: int,
    important: float | None,
    better: Literal["lower", "higher"],
    ratio: bool,
    serious: Sequence[str] = (),
) -> Estimated | None:
    """Make of a treatment that was joined to a network what can be rated against one of the network's own.

    No trial sets the two side by side, which costs a level; so does each thing in which the joined trials differ
    from the network's so that it could turn the result. Risk of bias is not known to a table of contrasts.

    Parameters
    ----------
    fit : Network
        A single one, with the joined trials in it.
    treatment, other : str
        Who is compared with whom.
    people, trials : float, int
        Of the joined trials.
    important : float or None
        Smallest difference that matters, on the scale of the network.
    better : {"lower", "higher"}
        Which values are good.
    ratio : bool
        Whether effects are logarithms of ratios.
    serious : sequence of str
        In what the trials differ.
    """
    found, sign = indirect_comparison(fit, treatment, other), 1.0 if better == "higher" else -1.0
    if found.reason:
        return None
    one, against = fit.treatments.index(treatment), fit.treatments.index(other)
    se = float(np.reshape(fit.common.se, (len(fit.treatments), -1))[one, against])
    limits = [sorted((sign * low, sign * high)) for low, high in
              ((found.ci_low, found.ci_high), (found.pi_low, found.pi_high))]  # fmt: skip
    (low, high), prediction = limits
    body = Body(
        "randomised",
        trials,
        people,
        sign * found.estimate,
        se,
        important or abs(found.estimate) or se,
        Shares(unknown=1.0),
        (prediction[0], prediction[1]) if all(map(math.isfinite, prediction)) else None,
        1.0 if math.isnan(fit.q_p) else float(fit.q_p),
        indirect=Indirect(("no trial sets them side by side", *serious)),
    )
    return Estimated(body, low, high, ratio=ratio, measured=important is not None)


def fewer_with_harm(evidence: Evidence, event: str, control: str) -> tuple[OfTrial, ...]:
    """Give of each study that counted an event in both arms the difference of the shares.

    Below zero fewer of the treated had the event. Of a study with several such comparisons the first is taken.

    Parameters
    ----------
    evidence : Evidence
        A dossier as read.
    event : str
        As the studies call it.
    control : str
        The kind of control of the comparisons that are taken.
    """
    found = []
    for name, numbers in harm_counts(evidence, event, control).items():
        a, n, c, m = (float(number.value or 0.0) for number in numbers)
        size = effect_size("RD", ai=[a], n1i=[n], ci=[c], n2i=[m])
        found.append(of_trial(evidence.studies[name], float(size.yi[0]), float(size.vi[0]), n + m))
    return tuple(found)


def harm_counts(evidence: Evidence, event: str, control: str) -> dict[str, tuple[Number, Number, Number, Number]]:
    """Give events and people, treated and then others, of the studies that counted a harm in both, by study."""
    found: dict[str, tuple[Number, Number, Number, Number]] = {}
    for name, study in evidence.studies.items():
        pairs = (
            (*_counted(harm, comparison.arm), *_counted(harm, comparison.versus))
            for harm in study.harms
            if harm.event == event
            for comparison in study.comparisons.values()
            if comparison.control == control
        )
        whole = next((pair for pair in pairs if len(pair) == 4), None)
        if whole is not None:
            found[name] = whole
    return found


def _counted(harm: Harm, arm: str) -> tuple[Number, Number] | tuple[()]:
    """Give events and people of an arm; nothing where either may not be computed with."""
    result = harm.arms.get(arm)
    events, people = (None, None) if result is None else (result.events, result.n)
    if events is None or people is None or not (events.usable and people.usable):
        return ()
    return (events, people) if events.value is not None and people.value else ()
