"""What rules of claims may ask of a dossier's results, and the verdicts that they come to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from glabella.brief.measure import is_ratio
from glabella.brief.results import PooledAnalysis, Results
from glabella.decision.analyses import (
    estimated_in_network,
    estimated_of,
    fewer_with_harm,
    important_of,
    needed_of,
    people_lost,
)
from glabella.decision.bodies import body_of, estimated, of_trials
from glabella.decision.claims import JudgedClaim, judge_claims, known_of_claim, studies_known
from glabella.decision.flips import Evidenced, Flips, flips_of
from glabella.decision.verdicts import Decision, Estimated, Interval, Known
from glabella.decision.verdicts import judge as decide
from glabella.dossier import Evidence, Fault, Number
from glabella.dossier.rules import EstimateRule, Rule, StatedRule
from glabella.synthesis import control_counts, log_odds_from_smd, pool_trials

if TYPE_CHECKING:
    from glabella.brief.compared import Compared, Way

_PERCENT = "percent_of_headline."
#: Of the trial that a dossier calls the largest: how many of its main comparisons came out for the treatment.
WON = "main_comparisons_won_by_the_largest_trial"
#: A printed p value below this is a main comparison that was won.
WON_BELOW = 0.05


def judge(results: Results) -> tuple[JudgedClaim, ...]:
    """Judge every claim of the dossier that has a rule."""
    return tuple(judge_claims(results.evidence.claims.claims, results.known))


def decisions_of(results: Results) -> dict[str, Decision]:
    """Give what each rule comes to, by the claim's id, or ``id.part``."""
    return {
        f"{judged.claim.id}.{name}" if name else judged.claim.id: decision
        for judged in results.judged
        for name, decision in judged.decisions
    }


def flips(results: Results) -> dict[str, Flips]:
    """Give the smallest changes that would flip each verdict, by the claim's id, or ``id.part``.

    Those that rest neither on an effect nor on a share are left out.
    """
    from glabella.brief.ruled import names_of

    known, names = results.known, names_of(results)
    # What a network or counts of harm come to takes no trial of this dossier's question.
    pooled = (key for key in known.estimates if key in results.evidence.dossier.analyses)
    evidenced = {key: _evidenced(results, one) for key in pooled if (one := results.pool(key)) is not None}
    found: dict[str, Flips] = {}
    for claim in results.evidence.claims.claims:
        for name, judged in claim.judged:
            if judged.rule is None:
                continue
            own, rule = known_of_claim(judged, judged.rule, known), judged.rule
            each = flips_of(rule, own, lambda it, rule=rule: decide(rule, it).verdict, evidenced, names)  # type: ignore[misc]
            if each is not None:
                found[f"{claim.id}.{name}" if name else claim.id] = each
    return found


def _evidenced(results: Results, one: PooledAnalysis) -> Evidenced:
    evidence = results.evidence
    return Evidenced(
        of_trials(one.effects, evidence.studies),
        one.analysis,
        one.outcome,
        evidence.priors,
        evidence.studies,
        people_lost(evidence, one.analysis, one.found),
    )


def verdicts_of(results: Results) -> dict[str, str]:
    """Give the verdict on every claim by its id, and on every part as ``id.part``.

    It is what the rule comes to; of a claim without a rule what the dossier says.
    """
    found: dict[str, str] = {}
    for claim in results.evidence.claims.claims:
        found[claim.id] = claim.verdict
        found |= {f"{claim.id}.{name}": part.verdict for name, part in claim.parts.items()}
    found |= {judged.claim.id: judged.verdict for judged in results.judged}
    return found | {key: decision.verdict for key, decision in decisions_of(results).items()}


def misfits_of_verdicts(results: Results) -> list[Fault]:
    """List typed verdicts that the rules do not come to."""
    return [
        Fault(
            "claims.yaml",
            0,
            f"claim {claim.claim.id!r}{f', part {name!r}' if name else ''}: verdict is "
            f"{dict(claim.claim.judged)[name].verdict}, but its rule comes to {decision.verdict}: {decision.why}",
        )
        for claim in results.judged
        for name, decision in claim.disagreements
    ]


def gather(results: Results) -> Known:
    """Gather what rules may ask: only what some rule or frame of the dossier names is computed.

    Estimates are of analyses, of the treatment against another of the network, and of fewer people with a harm.
    Shares and quantities are those of an analysis that counts people: ``treated`` and ``control``, and of a
    quantity the analysis with either after a point, such as ``cured.treated``. A quantity is besides each ratio
    that an analysis of adverse-event reports prints and that was seen (``reports.STUDY.ROW``). Counted is besides,
    of people in the headline, how many of a hundred an analysis has, such as ``percent_of_headline.cured``; and how
    many main comparisons the largest trial won (``main_comparisons_won_by_the_largest_trial``).
    """
    atoms = [atom for rule in _rules(results) for atom in rule.atoms]
    effects = {atom.estimate.key for atom in atoms if atom.estimate} | {
        atom.certainty.analysis for atom in atoms if atom.certainty
    }
    counts = {atom.share.outcome for atom in atoms if atom.share} | {
        shares_key(atom.stated) for atom in atoms if atom.stated
    }
    if results.evidence.frames is not None:
        counts |= {key.split(".")[0] for frame in results.evidence.frames.frames for key in frame.numbers}
    pooled = {key: one for key in sorted(effects | counts) if (one := _pooled(results, key)) is not None}
    rated = {
        key: found for key in pooled if key in effects and (found := rated_of(results, pooled[key])) is not None
    }
    shares = {
        (arm, key): share for key in pooled if key in counts for arm, share in _shares(pooled[key])
    }  # fmt: skip
    rated |= dict(_other_estimates(results, [atom.estimate for atom in atoms if atom.estimate]))
    return Known(
        estimates=rated,
        shares=shares,
        quantities={
            **{f"{key}.{arm}": share for (arm, key), share in shares.items()},
            **_printed_ratios(results.evidence),
        },
        numbers={**_percents(results, {atom.count.of for atom in atoms if atom.count}), **_won(results.evidence)},
        studies=studies_known(results.evidence),
    )


def shares_key(stated: StatedRule) -> str:
    """Give the analysis whose counts a stated number is compared with."""
    return stated.quantity.split(".")[0]


def rated_of(results: Results, one: PooledAnalysis) -> Estimated | None:
    """Make of a pooled analysis what can be rated; None where it could not be pooled."""
    measure, important = one.analysis.measure, one.important
    trials, needed = of_trials(one.effects, results.evidence.studies), needed_of(one.outcome, measure, important)
    fit, body = one.fit, trials if needed is None else body_of(trials, needed)
    if len(body) < len(trials):
        # Trials at low risk of bias that are large enough decide alone; all together are a look beside them.
        kept = tuple(effect for effect, trial in zip(one.effects, trials, strict=True) if trial in body)
        fit, _ = results.pool_effects(kept, one.analysis)
    return estimated_of(
        body,
        fit,
        one.outcome,
        measure,
        results.evidence.priors,
        results.evidence.studies,
        people_lost(results.evidence, one.analysis, one.found),
    )


def _other_estimates(results: Results, asked: list[EstimateRule]) -> Iterator[tuple[str, Estimated]]:
    """Give the estimates that rules ask for and that are no analysis, where they can be had."""
    for atom in asked:
        if atom.network is not None:
            found = _against(results, atom.network)
        elif atom.harm is not None:
            found = _fewer(results, atom.harm, atom.against or "")
        else:
            continue
        if found is not None:
            yield atom.key, found


def _against(results: Results, other: str) -> Estimated | None:
    """Rate the treatment against another of the network."""
    compared = results.compared
    if compared is None or not compared.ways:
        return None
    base = way_judged(results, compared)
    return estimated_in_network(
        compared.fitted(base),
        compared.name,
        other,
        people=sum(effect.n1 + effect.n2 for effect in base.effects),
        trials=len(base.studies),
        important=_margin(results, compared, base),
        better=compared.comparators.better,
        ratio=is_ratio(compared.comparators.measure),
        serious=[
            f"the trials differ in {each.topic}" for each in compared.comparators.transitivity if each.serious
        ],
    )


def way_judged(results: Results, compared: Compared) -> Way:
    """Give the way to join that rules go by, with the trials' own spread where it can be had.

    It is the headline, or else what the dossier declares.
    """
    headline = results.evidence.dossier.headline
    base = next((way for way in compared.ways if way.key == headline), compared.ways[0])
    return compared.own.get(base.key, base)


def _margin(results: Results, compared: Compared, way: Way) -> float | None:
    """Give the smallest difference that matters on the network's scale.

    It is that of the network's outcome, or else that of the scores that are joined, turned as they are.
    """
    dossier, measure = results.evidence.dossier, compared.comparators.measure
    through = dossier.analyses[way.key]
    own = important_of(dossier.outcomes[compared.comparators.outcome], measure)
    if own is not None or through.measure != "SMD" or measure != "OR":
        return own
    joined = important_of(dossier.outcomes[through.outcome], through.measure)
    return None if joined is None else abs(float(log_odds_from_smd([joined], [1.0], better="higher")[0][0]))


def _fewer(results: Results, event: str, control: str) -> Estimated | None:
    """Rate how many fewer have a harm, over the studies that counted it; None where none did."""
    trials = fewer_with_harm(results.evidence, event, control)
    if not trials:
        return None
    fit = pool_trials(
        [one.effect for one in trials], [one.variance for one in trials], trial=[one.trial for one in trials]
    )
    if fit.way == "not pooled":
        return None
    return estimated(
        trials, better="lower", estimate=fit.estimate, low=fit.ci_low, high=fit.ci_high, important=None,
        prediction=(fit.pi_low, fit.pi_high),
    )  # fmt: skip


def _printed_ratios(evidence: Evidence) -> dict[str, Interval]:
    """Give the ratios with limits that analyses of adverse-event reports print, where they were seen themselves."""
    found = {}
    for name, study in (evidence.reports.studies if evidence.reports else {}).items():
        for row, one in study.rows.items():
            number = one.printed
            if number is None or number.status not in ("seen", "derived") or not number.usable:
                continue
            if number.value is not None and number.low is not None and number.high is not None:
                found[f"reports.{name}.{row}"] = Interval(number.value, number.low, number.high)
    return found


def _rules(results: Results) -> Iterator[Rule]:
    for claim in results.evidence.claims.claims:
        for _, judged in claim.judged:
            if judged.rule is not None:
                yield judged.rule


def _pooled(results: Results, key: str) -> PooledAnalysis | None:
    return results.pool(key) if key in results.evidence.dossier.analyses else None


def _percents(results: Results, asked: set[str]) -> dict[str, float]:
    found = {}
    for name in sorted(asked):
        one = _pooled(results, name.removeprefix(_PERCENT)) if name.startswith(_PERCENT) else None
        if one is not None:
            found[name] = 100 * one.people / results.headline.people
    return found


def _won(evidence: Evidence) -> dict[str, float]:
    """Count primary results of the largest trial whose printed p value is small and favours the treatment."""
    won = [
        None if between.favours == "arm" and between.p is None else between.favours == "arm" and _small(between.p)
        for study in evidence.studies.values()
        for result in study.results
        for between in result.between
        if result.role == "primary" and study.comparisons[between.comparison].largest
    ]
    # Of a comparison that may have been won nobody knows whether it was.
    return {WON: float(sum(map(bool, won)))} if won and (any(won) or None not in won) else {}


def _small(p: Number | None) -> bool:
    if p is None or p.value is None or p.bound in (">", ">="):
        return False
    return p.value <= WON_BELOW if p.bound == "<" else p.value < WON_BELOW


def _shares(one: PooledAnalysis) -> Iterator[tuple[str, Interval]]:
    """Give the shares of people with the event, with and without treatment, where they were counted."""
    treated = [0.0, 0.0]
    for effect in one.effects:
        inputs = dict(effect.steps[0].inputs) if effect.steps else {}
        events, people = inputs.get("events, arm"), inputs.get("n, arm")
        if events is not None and people is not None and events.value is not None and people.value is not None:
            treated = [treated[0] + events.value, treated[1] + people.value]
    for arm, (events_of, people_of) in (("treated", treated), ("control", control_counts(one.effects))):
        if people_of > 0:
            yield arm, Interval.of_counts(round(events_of), round(people_of))
