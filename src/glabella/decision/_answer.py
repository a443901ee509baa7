"""The answers to what people ask, computed from a dossier: every number a Claim."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glabella._version import __version__
from glabella.decision._alternatives import Alternatives, alternatives
from glabella.decision._bias import UnderBias, under_bias
from glabella.decision._certainty import certainty
from glabella.decision._course import Course, course
from glabella.decision._links import control_counts
from glabella.decision._reports import ReportTable, report_tables
from glabella.decision._store_reports import store_tables
from glabella.decision._sure import Sure, sure
from glabella.decision._words import quote, sources_of
from glabella.dossier import Analysis, Evidence, Target
from glabella.shown import Certainty, Claim, Source, digest
from glabella.synthesis import Contrasts, Effect, NotComputed, Pooled, arrays, contrasts, pool

if TYPE_CHECKING:
    from glabella.safety import ReportStore

_RATIOS = frozenset({"OR", "RR"})
#: Normal quantile of a 95 % interval of a single trial.
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Row:
    """One trial's line in a pooling: its effect, its weight, and how it was computed."""

    study: str
    label: str
    effect: Claim
    weight: Claim
    n_arm: Claim
    n_control: Claim
    scale: str
    route: str
    steps: tuple[tuple[str, tuple[Claim, ...]], ...]
    risk_of_bias: str


@dataclass(frozen=True, slots=True)
class Pooling:
    """One declared analysis, pooled."""

    id: str
    label: str
    why: str
    measure: str
    outcome: str
    estimate: Claim
    prediction: Claim
    i2: Claim
    tau2: Claim
    k: Claim
    n: Claim
    certainty: Certainty
    reasons: tuple[str, ...]
    rows: tuple[Row, ...]
    not_computed: tuple[NotComputed, ...]


@dataclass(frozen=True, slots=True)
class Reproduction:
    """A published pooled result beside ours."""

    label: str
    printed: Claim
    ours: Claim | None
    verdict: str
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything a brief shows, as Claims and as sentences whose numbers are Claims."""

    headline: Pooling
    poolings: tuple[Pooling, ...]
    largest: tuple[tuple[str, Claim, Claim | None], ...]
    absolute: tuple[tuple[str, Claim, Claim], ...]
    harms: tuple[tuple[str, str, str, Claim, Claim], ...]
    reports: tuple[ReportTable, ...]
    sure: Sure | None
    bias: UnderBias | None
    alternatives: Alternatives | None
    course: Course | None
    reproductions: tuple[Reproduction, ...]
    claims: tuple[Claim, ...]


class _Maker:
    """Makes Claims and remembers each, so that a brief can list them all."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.made: dict[str, Claim] = {}

    def keep(self, claim: Claim) -> Claim:
        if claim.id in self.made and self.made[claim.id] != claim:
            raise ValueError(f"two different claims are called {claim.id}")
        self.made[claim.id] = claim
        return claim

    def inputs(self, studies: tuple[str, ...], analysis: Analysis | None) -> tuple[tuple[str, str], ...]:
        """Digest of each study's file, and of the analysis, that a computed claim rests on."""
        found = [(name, self.evidence.digests[f"studies/{name}.yaml"]) for name in dict.fromkeys(studies)]
        if analysis is not None:
            found.append(("analysis", digest(analysis.model_dump(mode="json"))))
        return tuple(found)


def answer(evidence: Evidence, store: ReportStore | None = None) -> Answer:
    """Compute every answer that a brief gives.

    Parameters
    ----------
    evidence : Evidence
        A dossier as read.
    store : ReportStore, optional
        Reports to be asked what the dossier wants to know of them.

    Returns
    -------
    Answer
        Its ``claims`` hold every number that may be shown for it.
    """
    maker = _Maker(evidence)
    shown = {
        key: analysis
        for key, analysis in evidence.dossier.analyses.items()
        if key not in {target.analysis for target in evidence.dossier.reproduce.values()}
    }
    found = {key: _pooling(maker, key, analysis) for key, analysis in shown.items()}
    poolings = tuple(pooling for pooling in found.values() if pooling is not None)
    headline = found.get(evidence.dossier.headline)
    if headline is None:
        missing = contrasts(evidence, evidence.dossier.analyses[evidence.dossier.headline]).not_computed
        why = "".join(f"; {each.study}/{each.comparison}: {each.reason}" for each in missing)
        raise ValueError(
            f"the headline analysis {evidence.dossier.headline!r} has no effect that could be computed{why}"
        )
    largest = tuple(_largest(maker))
    absolute = tuple(_absolute(maker, shown))
    harms = tuple(_harms(maker))
    reports = report_tables(evidence.reports, maker.keep)
    if store is not None:
        if evidence.reports is None or evidence.reports.ask is None:
            raise ValueError("the dossier asks nothing of a store of reports, expected ask in reports.yaml")
        reports += store_tables(store, evidence.reports.ask, maker.keep)
    reproductions = tuple(_reproduction(maker, key, target) for key, target in evidence.dossier.reproduce.items())
    held = _sure(maker, shown, headline)
    declared = evidence.dossier.analyses[evidence.dossier.headline]
    bias = under_bias(evidence, declared, headline.certainty, headline.estimate.inputs, maker.keep)
    others = alternatives(evidence, maker.keep)
    over_time = course(evidence, headline.certainty, maker.keep)
    made = tuple(maker.made.values())
    return Answer(
        headline, poolings, largest, absolute, harms, reports, held, bias, others, over_time, reproductions, made
    )


def _sure(maker: _Maker, analyses: dict[str, Analysis], headline: Pooling) -> Sure | None:
    labels = tuple(row.label for row in headline.rows)
    estimate = headline.estimate
    held = sure(maker.evidence, analyses, labels, headline.certainty, estimate.inputs, estimate.sources)
    if held is not None:
        for claim in held.claims:
            maker.keep(claim)
    return held


def _fit(evidence: Evidence, analysis: Analysis) -> tuple[Contrasts, Pooled | None]:
    found = contrasts(evidence, analysis)
    if not found.effects:
        return found, None
    if len(found.effects) == 1:
        # One trial has no spread between trials: it stands for itself, and has no prediction interval.
        return found, pool(*arrays(found.effects), method="common", test="z")
    return found, pool(*arrays(found.effects), method=analysis.method, test=analysis.test)


def _pooling(maker: _Maker, key: str, analysis: Analysis) -> Pooling | None:
    evidence = maker.evidence
    found, fit = _fit(evidence, analysis)
    if fit is None:
        return None
    studies = [evidence.studies[effect.study] for effect in found.effects]
    word, reasons = certainty(fit, studies, ratio=analysis.measure in _RATIOS)
    shown: Callable[[float], float] = math.exp if analysis.measure in _RATIOS else float
    outcome = evidence.dossier.outcomes[analysis.outcome].label
    inputs = maker.inputs(tuple(study.id for study in studies), analysis)
    sources = sources_of(found.effects)

    def make(name: str, label: str, value: float, **more: object) -> Claim:
        claim = Claim(
            id=f"{key}.{name}",
            label=f"{label}: {analysis.label}, {outcome}",
            value=value,
            unit=str(more.pop("unit", "")),
            population=evidence.dossier.question.population,
            time_span=evidence.words.at(analysis.time),
            certainty=word,
            function="glabella.synthesis.pool",
            version=__version__,
            inputs=inputs,
            sources=sources,
            **more,  # type: ignore[arg-type]
        )
        return maker.keep(claim)

    has_prediction = not math.isnan(fit.pi_low)
    return Pooling(
        id=key,
        label=analysis.label,
        why=analysis.why,
        measure=analysis.measure,
        outcome=outcome,
        estimate=make("estimate", "pooled effect", shown(fit.estimate), low=shown(fit.ci_low),
                      high=shown(fit.ci_high), interval="95 % confidence interval"),
        prediction=make("prediction", "next trial's true effect", shown(fit.estimate),
                        low=shown(fit.pi_low) if has_prediction else None,
                        high=shown(fit.pi_high) if has_prediction else None, interval="95 % prediction interval"),
        i2=make("i2", "share of the spread that is disagreement", fit.i2, unit="%", decimals=0),
        tau2=make("tau2", "variance between trials", fit.tau2),
        k=make("k", "comparisons pooled", fit.k, decimals=0),
        n=make("n", "people pooled", sum(e.n1 + e.n2 for e in found.effects), decimals=0),
        certainty=word,
        reasons=reasons,
        rows=tuple(
            _row(maker, key, effect, float(weight), shown)
            for effect, weight in zip(found.effects, fit.weights, strict=True)
        ),
        not_computed=found.not_computed,
    )  # fmt: skip


def _row(maker: _Maker, key: str, effect: Effect, weight: float, shown: Callable[[float], float]) -> Row:
    evidence = maker.evidence
    study = evidence.studies[effect.study]
    base = f"{key}.{effect.study}.{effect.comparison}"
    arm = study.arms[study.comparisons[effect.comparison].arm].label
    several = len(study.comparisons) > 1
    analysis = evidence.dossier.analyses[key]
    half = _Z * math.sqrt(effect.vi)

    def make(name: str, label: str, value: float, **more: object) -> Claim:
        return maker.keep(
            Claim(
                id=f"{base}.{name}",
                label=f"{label}: {study.label}, {arm}",
                value=value,
                unit=str(more.pop("unit", "")),
                population=f"{study.label}, as analysed",
                time_span=evidence.words.at(effect.time),
                certainty="not rated",
                function="glabella.synthesis.contrasts",
                version=__version__,
                inputs=maker.inputs((study.id,), analysis),
                sources=sources_of((effect,)),
                **more,  # type: ignore[arg-type]
            )
        )

    steps = tuple(
        (
            step.rule,
            tuple(
                maker.keep(quote(number, f"{base}.step{index}.{place}", name, population=study.label))
                for place, (name, number) in enumerate(step.inputs)
            ),
        )
        for index, step in enumerate(effect.steps)
    )
    judgement = study.risk_of_bias.judgement
    return Row(
        study=study.id,
        label=f"{study.label}, {arm}" if several else study.label,
        effect=make("effect", "effect", shown(effect.yi), low=shown(effect.yi - half), high=shown(effect.yi + half),
                    interval="95 % confidence interval"),
        weight=make("weight", "weight", weight, unit="%", decimals=0),
        n_arm=make("n1", "people in the arm", effect.n1, decimals=0),
        n_control=make("n2", "people in the control", effect.n2, decimals=0),
        scale=evidence.dossier.scale_label(effect.scale),
        route=effect.route,
        steps=steps,
        risk_of_bias=judgement.replace("_", " ") if judgement else "not known",
    )  # fmt: skip


def _largest(maker: _Maker) -> list[tuple[str, Claim, Claim | None]]:
    """List the comparisons marked as the largest, each with the difference that its source prints."""
    evidence = maker.evidence
    headline = evidence.dossier.analyses[evidence.dossier.headline]
    found: list[tuple[str, Claim, Claim | None]] = []
    for study in evidence.studies.values():
        for key, comparison in study.comparisons.items():
            if not comparison.largest:
                continue
            for result in study.results:
                if result.outcome != headline.outcome or result.time != headline.time:
                    continue
                scale = evidence.dossier.scale_label(result.scale)
                for between in result.between:
                    if between.comparison == key and between.difference is not None:
                        label = f"{study.label}, {study.arms[comparison.arm].label}"
                        difference = between.difference.model_copy(update={"unit": f"{scale} points"})
                        base = f"largest.{study.id}.{key}"
                        shown = maker.keep(
                            quote(
                                difference,
                                f"{base}.difference",
                                label,
                                population=study.label,
                                time_span=evidence.words.at(result.time),
                            )
                        )
                        p = maker.keep(quote(between.p, f"{base}.p", f"P: {label}")) if between.p else None
                        found.append((label, shown, p))
    return found  # fmt: skip


def _absolute(maker: _Maker, analyses: dict[str, Analysis]) -> list[tuple[str, Claim, Claim]]:
    """Of a hundred people, with and without: the pooled odds ratio on the control risk of the same trials."""
    found: list[tuple[str, Claim, Claim]] = []
    for key, analysis in analyses.items():
        if analysis.measure != "OR":
            continue
        computed, fit = _fit(maker.evidence, analysis)
        if fit is None:
            continue
        events, people = control_counts(computed.effects)
        baseline = events / people
        if not 0 < baseline < 1:
            continue  # no odds to multiply: where nobody or everybody responds, a ratio tells nothing of a risk
        word, _ = certainty(fit, [maker.evidence.studies[effect.study] for effect in computed.effects])

        def risk(log_or: float, base: float = baseline) -> float:
            odds = base / (1 - base) * math.exp(log_or)
            return 100 * odds / (1 + odds)

        def make(name: str, value: float, low: float | None, high: float | None) -> Claim:
            return maker.keep(
                Claim(
                    id=f"absolute.{key}.{name}",  # noqa: B023
                    label=f"of a hundred people, {name}: {analysis.label}",  # noqa: B023
                    value=value,
                    low=low,
                    high=high,
                    interval="95 % confidence interval" if low is not None else None,
                    unit="",
                    population="people like those in these trials",
                    time_span=maker.evidence.words.at(analysis.time),  # noqa: B023
                    certainty=word,  # noqa: B023
                    function="glabella.decision.answer",
                    version=__version__,
                    inputs=maker.inputs(tuple(e.study for e in computed.effects), analysis),  # noqa: B023
                    sources=sources_of(computed.effects),  # noqa: B023
                    decimals=0,
                )
            )

        without = make("without", 100 * baseline, None, None)
        with_ = make("with", risk(fit.estimate), risk(fit.ci_low), risk(fit.ci_high))
        found.append(
            (f"{maker.evidence.dossier.outcomes[analysis.outcome].label}: {analysis.label}", without, with_)
        )
    return found


def _harms(maker: _Maker) -> list[tuple[str, str, str, Claim, Claim]]:
    found = []
    for key, pair in maker.evidence.products.harm_counts.items():
        sides = []
        for side, shown in (("with", pair.arm), ("without", pair.versus)):
            if shown.events is None or shown.n is None or shown.events.value is None or not shown.n.value:
                continue
            low, high = _wilson(shown.events.value, shown.n.value)
            sources = (*shown.events.sources, *shown.n.sources)
            claim = Claim(
                id=f"harm.{key}.{side}",
                label=f"of a hundred people, {side}: {pair.label}",
                value=100 * shown.events.value / shown.n.value,
                low=100 * low,
                high=100 * high,
                interval="95 % confidence interval (Wilson)",
                unit="",
                population=pair.population,
                time_span=pair.time_span,
                certainty="not rated",
                function="glabella.decision.answer",
                version=__version__,
                inputs=(("products.yaml", digest(shown.model_dump(mode="json"))),),
                sources=tuple(Source(k, shown.events.status, shown.events.at) for k in dict.fromkeys(sources)),
                decimals=1,
            )
            sides.append(maker.keep(claim))
        if len(sides) == 2:
            found.append((pair.label, pair.population, pair.time_span, sides[0], sides[1]))
    return found


def _wilson(events: float, n: float) -> tuple[float, float]:
    """Wilson's score interval of a proportion (Wilson EB, J Am Stat Assoc 1927;22:209-212)."""
    p = events / n
    centre = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2)) / (1 + _Z**2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def _reproduction(maker: _Maker, key: str, target: Target) -> Reproduction:
    evidence = maker.evidence
    first = target.printed[0]
    if len(target.printed) == 3:
        first = first.model_copy(update={"low": target.printed[1].value, "high": target.printed[2].value})
    printed = maker.keep(quote(first, f"reproduce.{key}.printed", f"printed: {target.label}"))
    ours: Claim | None = None
    if target.verdict != "not_possible":
        analysis = evidence.dossier.analyses[target.analysis]
        found, fit = _fit(evidence, analysis)
        if fit is not None:
            shown: Callable[[float], float] = math.exp if analysis.measure in _RATIOS else float
            ours = maker.keep(
                Claim(
                    id=f"reproduce.{key}.ours",
                    label=f"recomputed: {target.label}",
                    value=shown(fit.estimate),
                    low=shown(fit.ci_low),
                    high=shown(fit.ci_high),
                    interval="95 % confidence interval",
                    unit="",
                    population="as in the review",
                    time_span=evidence.words.at(analysis.time),
                    certainty="not rated",
                    function="glabella.synthesis.pool",
                    version=__version__,
                    inputs=maker.inputs(tuple(e.study for e in found.effects), analysis),
                    sources=sources_of(found.effects),
                    decimals=target.decimals,
                )
            )
    return Reproduction(target.label, printed, ours, target.verdict.replace("_", " "), target.why)
