"""From what trials really report to one effect per contrast, each with the steps that led to it.

What a trial printed decides the way: arm means and SDs first, then a test statistic, a difference with its
standard error, a printed d, an exact P, and last, where an analysis asks for it, the odds of response.
What cannot be computed is returned with the reason.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

import numpy as np

from glabella.dossier import Analysis, ArmResult, Between, Comparison, Evidence, Number, Result, Study
from glabella.synthesis._derive import (
    sd_from_ci,
    sd_from_difference_se,
    sd_from_se,
    sd_of_change,
    se_from_p,
    smd_from_d,
    smd_from_f,
    smd_from_odds_ratio,
    smd_from_p,
    smd_from_t,
)
from glabella.synthesis._effect_size import Measure, effect_size

#: An F or t with more error degrees of freedom than people treated visits as independent observations.
_EXCESS_DF = "the error degrees of freedom exceed the number of people: visits were counted as independent"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a derivation: the rule in words, and the named numbers that went in."""

    rule: str
    inputs: tuple[tuple[str, Number], ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect size of one contrast.

    Attributes
    ----------
    study, comparison : str
        Ids in the dossier.
    outcome, scale : str
        Ids in the dossier.
    week : float
        Weeks after the injection.
    measure : str
        As in :func:`effect_size`; ratios are on the log scale.
    yi, vi : float
        Effect and its sampling variance; a negative SMD or MD means a lower score in the arm.
    n1, n2 : float
        People behind it, in the arm and in its (share of the) control.
    route : str
        What it was computed from, in words.
    steps : tuple of Step
        Every derivation and assumption, in order.
    """

    study: str
    comparison: str
    outcome: str
    scale: str
    week: float
    measure: str
    yi: float
    vi: float
    n1: float
    n2: float
    route: str
    steps: tuple[Step, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """References of every number that went in, each once."""
        keys = [key for step in self.steps for _, number in step.inputs for key in number.sources]
        return tuple(dict.fromkeys(keys))


@dataclass(frozen=True, slots=True)
class NotComputed:
    """A contrast that gave no effect size, and why."""

    study: str
    comparison: str
    reason: str


@dataclass(frozen=True, slots=True)
class Contrasts:
    """The effects of one analysis, and what could not be computed for it."""

    effects: tuple[Effect, ...]
    not_computed: tuple[NotComputed, ...]


def contrasts(evidence: Evidence, analysis: Analysis) -> Contrasts:
    """Compute the effect of every comparison that an analysis names.

    A control arm that serves several comparisons of the analysis is shared out evenly among them (Cochrane
    Handbook 6.5, 23.3.4), so that nobody is counted twice. Of a crossover trial only the first period enters.
    A comparison that the analysis does not want for its kind is not computed, with that as the reason.

    Parameters
    ----------
    evidence : Evidence
        The dossier as read.
    analysis : Analysis
        Declared in ``dossier.yaml``.

    Returns
    -------
    Contrasts
        Effects in the order of the analysis; the rest with a reason.
    """
    return contrasts_of_each(evidence, [analysis])[0]


def contrasts_of_each(evidence: Evidence, analyses: Sequence[Analysis]) -> list[Contrasts]:
    """Compute the effects of many analyses, each effect that several of them share only once.

    Parameters
    ----------
    evidence : Evidence
        The dossier as read.
    analyses : sequence of Analysis
        Declared in ``dossier.yaml``, or those with other options.

    Returns
    -------
    list of Contrasts
        As :func:`contrasts` gives them.
    """
    known: dict[tuple[object, ...], Effect | str] = {}
    return [_contrasts(evidence, analysis, known) for analysis in analyses]


def _contrasts(evidence: Evidence, analysis: Analysis, known: dict[tuple[object, ...], Effect | str]) -> Contrasts:
    named = [tuple(name.split("/", 1)) for name in analysis.comparisons if name not in analysis.without]
    unwanted = {(study, key): _unwanted(analysis, evidence.studies[study], key) for study, key in named}
    controls = Counter(
        (study, evidence.studies[study].comparisons[key].versus) for study, key in named if not unwanted[study, key]
    )
    better = evidence.dossier.outcomes[analysis.outcome].better
    # All that an effect depends on, besides the comparison and how many share its control.
    reading = (analysis.outcome, analysis.measure, analysis.week, analysis.weeks, analysis.uses, analysis.raters,
               analysis.not_from, analysis.assume_recalled)  # fmt: skip
    effects: list[Effect] = []
    missing: list[NotComputed] = []
    for study_id, key in named:
        study = evidence.studies[study_id]
        found: Effect | str | None = unwanted[study_id, key]
        if found is None:
            shares = controls[study_id, study.comparisons[key].versus]
            asked = (study_id, key, shares, *reading)
            if asked not in known:
                known[asked] = _Contrast(evidence, analysis, study, key, shares, better).effect()
            found = known[asked]
        if isinstance(found, Effect):
            effects.append(found)
        else:
            missing.append(NotComputed(study_id, key, found))
    return Contrasts(tuple(effects), tuple(missing))


def _unwanted(analysis: Analysis, study: Study, key: str) -> str | None:
    """Say why an analysis does not want a comparison, if it does not."""
    detail = study.co_treatment_detail
    remembered = detail is not None and detail.status == "recalled"
    for what, kind, wanted in (
        ("co-treatment", "unknown" if remembered else study.co_treatment, analysis.co_treatment),
        ("blinding", study.design.blinding, analysis.blinding),
        ("control", study.comparisons[key].control, analysis.controls),
    ):
        if wanted and kind not in wanted:
            return f"{what} is {kind}, not {' or '.join(wanted)}".replace("_", " ")
    return None


@dataclass(frozen=True, slots=True)
class _Contrast:
    """One comparison of one study within one analysis; every method gives an effect or the reason why not."""

    evidence: Evidence
    analysis: Analysis
    study: Study
    key: str
    shares: int
    better: str

    @property
    def comparison(self) -> Comparison:
        return self.study.comparisons[self.key]

    def usable(self, number: Number | None) -> TypeGuard[Number]:
        """Whether a number may enter; recalled ones only where a reproduction says so."""
        if number is None or number.bound is not None or not set(self.analysis.not_from).isdisjoint(number.sources):
            return False
        return number.usable or (self.analysis.assume_recalled and number.status == "recalled")

    def results(self, outcome: str) -> list[Result]:
        """Results of an outcome, first period only, in the analysis's order: by rater, week, and primary first."""
        raters, weeks = self.analysis.raters, self.analysis.weeks
        scales = self.evidence.dossier.scales
        found = [
            result
            for result in self.study.results
            if result.outcome == outcome
            and result.period in (None, 1)
            and (weeks != "named" or result.week == self.analysis.week)
            and (not raters or scales[result.scale].rater in raters)
        ]

        def order(result: Result) -> tuple[int, float, bool]:
            rater = scales[result.scale].rater
            place = raters.index(rater) if raters and rater else 0
            return place, result.week if weeks == "first" else -result.week, result.role != "primary"

        return sorted(found, key=order)

    def effect(self) -> Effect | str:
        ways = {
            "counts": (self._binary, self.analysis.outcome),
            "score": (self._score, self.analysis.outcome),
            "response": (self._from_response, "response"),
        }
        uses: tuple[str, ...] = {"SMD": self.analysis.uses, "MD": ("score",)}.get(
            self.analysis.measure, ("counts",)
        )
        reasons: list[str] = []
        for way, outcome in (ways[name] for name in uses):
            results = self.results(outcome)
            for result in results:
                found = way(result)
                if isinstance(found, Effect):
                    return self._noting_other_scales(found, results)
                reasons.append(found)
        if not reasons:
            return "no result for this outcome at this week was seen"
        return "; ".join(dict.fromkeys(reasons))

    def _noting_other_scales(self, effect: Effect, results: list[Result]) -> Effect:
        others = [
            self.evidence.dossier.scales[result.scale].label
            for result in results
            if result.scale != effect.scale and result.week == effect.week
        ]
        if not others or self.analysis.raters:
            return effect
        note = Step(f"also reported on {', '.join(dict.fromkeys(others))}; the primary or first listed is used")
        return replace(effect, steps=(*effect.steps, note))

    def _sizes(self, result: Result) -> tuple[tuple[str, Number], tuple[str, Number]] | str:
        """People analysed in the arm and in its control, as shown with the result or else for the arm."""
        found: list[tuple[str, Number]] = []
        for end, arm in (("n, arm", self.comparison.arm), ("n, control", self.comparison.versus)):
            shown = result.arms.get(arm)
            candidates = (shown.n if shown else None, self.study.arms[arm].n_analysed)
            number = next((n for n in candidates if self.usable(n)), None)
            if number is None:
                only_recalled = any(n is not None and n.status == "recalled" for n in candidates)
                return (
                    "arm sizes are only recalled, not seen, and what is recalled is never pooled"
                    if only_recalled
                    else "the number analysed in each arm was not seen"
                )
            found.append((end, number))
        return found[0], found[1]

    def _make(
        self, result: Result, yi: float, vi: float, n1: float, n2: float, route: str, steps: list[Step]
    ) -> Effect:
        if self.shares > 1:
            steps = [*steps, Step("the control arm is shared out evenly among the comparisons that use it")]
        if result.period == 1:
            steps = [*steps, Step("crossover trial: first period only")]
        return Effect(
            study=self.study.id,
            comparison=self.key,
            outcome=result.outcome,
            scale=result.scale,
            week=result.week,
            measure=self.analysis.measure,
            yi=yi,
            vi=vi,
            n1=n1,
            n2=n2,
            route=route,
            steps=tuple(steps),
        )

    # --- responders ---------------------------------------------------------------------------------------

    def _counts(self, result: Result, measure: Measure) -> tuple[float, float, float, float, list[Step]] | str:
        sizes = self._sizes(result)
        if isinstance(sizes, str):
            return sizes
        (_, n1), (_, n2) = sizes
        arm, control = result.arms.get(self.comparison.arm), result.arms.get(self.comparison.versus)
        a, c = (arm.events if arm else None), (control.events if control else None)
        if not (a and c and self.usable(a) and self.usable(c)):
            return "the number of responders in each arm was not seen"
        inputs = (("events, arm", a), ("n, arm", n1), ("events, control", c), ("n, control", n2))
        events2, size2 = _v(c) / self.shares, _v(n2) / self.shares
        both = _v(a) == _v(c) == 0 or (_v(a) == _v(n1) and _v(c) == _v(n2))
        if both and measure in ("OR", "RR"):
            return "the same outcome in everybody of both arms: no ratio is defined"
        steps = [Step("events and people as reported", inputs)]
        if measure in ("OR", "RR") and 0 in (_v(a), _v(c), _v(n1) - _v(a), _v(n2) - _v(c)):
            steps.append(Step("half an event added to each cell, because one cell is empty"))
        found = effect_size(measure, ai=[_v(a)], n1i=[_v(n1)], ci=[events2], n2i=[size2])
        return float(found.yi[0]), float(found.vi[0]), _v(n1), size2, steps

    def _binary(self, result: Result) -> Effect | str:
        found = self._counts(result, self.analysis.measure)
        if isinstance(found, str):
            return found
        yi, vi, n1, n2, steps = found
        return self._make(result, yi, vi, n1, n2, "counts", steps)

    def _from_response(self, result: Result) -> Effect | str:
        found = self._counts(result, "OR")
        if isinstance(found, str):
            return found
        log_or, var, n1, n2, steps = found
        d, v = smd_from_odds_ratio(log_or, var)
        sign = -1.0 if self.better == "lower" else 1.0
        steps.append(
            Step("log odds ratio of response times the square root of three over π, as if scores were logistic")
        )
        return self._make(result, sign * float(d), float(v), n1, n2, "response odds", steps)

    # --- scores -------------------------------------------------------------------------------------------

    def _score(self, result: Result) -> Effect | str:
        sizes = self._sizes(result)
        between = next((b for b in result.between if b.comparison == self.key), None)
        if between is not None and between.not_convertible:
            return between.not_convertible
        if isinstance(sizes, str):
            return sizes
        from_arms = self._from_arms(result, sizes)
        if isinstance(from_arms, Effect):
            return from_arms
        if between is None:
            return from_arms
        return self._from_between(result, between, sizes)

    def _from_arms(self, result: Result, sizes: tuple[tuple[str, Number], tuple[str, Number]]) -> Effect | str:
        columns: dict[str, Any] = {}
        steps: list[Step] = []
        ends = (("1", self.comparison.arm, sizes[0]), ("2", self.comparison.versus, sizes[1]))
        for suffix, arm, (end, n) in ends:
            shown = result.arms.get(arm)
            spread = self._mean_and_sd(shown, result, n) if shown else None
            if spread is None:
                return "arm means with a spread were not seen"
            mean, sd, step = spread
            steps.append(replace(step, inputs=(*step.inputs, (end, n))))
            size = _v(n) / (self.shares if suffix == "2" else 1)
            columns |= {f"m{suffix}i": [mean], f"sd{suffix}i": [sd], f"n{suffix}i": [size]}
        found = effect_size(self.analysis.measure, **columns)
        n1, n2 = columns["n1i"][0], columns["n2i"][0]
        return self._make(result, float(found.yi[0]), float(found.vi[0]), n1, n2, "means and SDs", steps)

    def _mean_and_sd(self, shown: ArmResult, result: Result, n: Number) -> tuple[float, float, Step] | None:
        """Mean and SD of an arm, by the standard ways, with the step that tells which."""
        if self.usable(shown.change_mean) and self.usable(shown.change_sd):
            inputs = (("mean change", shown.change_mean), ("SD of change", shown.change_sd))
            return _v(shown.change_mean), _v(shown.change_sd), Step("change scores", inputs)
        if not self.usable(shown.mean):
            return None
        mean = _v(shown.mean)
        named = ("mean", shown.mean)
        if self.usable(shown.sd):
            if (
                self.usable(shown.baseline_mean)
                and self.usable(shown.baseline_sd)
                and self.usable(result.correlation)
            ):
                sd = float(sd_of_change(_v(shown.baseline_sd), _v(shown.sd), _v(result.correlation)))
                change = mean - _v(shown.baseline_mean)
                five = (
                    named,
                    ("SD", shown.sd),
                    ("baseline mean", shown.baseline_mean),
                    ("baseline SD", shown.baseline_sd),
                    ("correlation", result.correlation),
                )
                return change, sd, Step("change from baseline, its SD from both SDs and the correlation", five)
            return mean, _v(shown.sd), Step(f"{result.score or 'endpoint'} scores", (named, ("SD", shown.sd)))
        if self.usable(shown.se):
            sd = float(sd_from_se(_v(shown.se), _v(n)))
            return mean, sd, Step("SD from the standard error", (named, ("SE", shown.se)))
        if shown.ci is not None and all(self.usable(limit) for limit in shown.ci):
            low, high = shown.ci
            sd = float(sd_from_ci(_v(low), _v(high), _v(n)))
            return mean, sd, Step("SD from the confidence interval", (named, ("low", low), ("high", high)))
        return None

    def _from_between(
        self, result: Result, between: Between, sizes: tuple[tuple[str, Number], tuple[str, Number]]
    ) -> Effect | str:
        (_, first), (_, second) = sizes
        n1, n2 = _v(first), _v(second)
        if self.usable(between.difference):
            found = self._from_difference(result, between, sizes)
            if isinstance(found, Effect) or self.analysis.measure == "MD":
                return found
        if self.analysis.measure == "MD":
            return "no mean difference with a spread was seen"
        sign = self._sign(between)
        if sign is None:
            return "which arm did better was not seen"
        df = between.error_df
        statistic = next(
            ((name, n) for name, n in (("F", between.f), ("t", between.t)) if n is not None and self.usable(n)),
            None,
        )
        if statistic is not None:
            if df is not None and df.value is not None and df.value > n1 + n2:
                return _EXCESS_DF
            name, number = statistic
            inputs = ((name, number), *((("error df", df),) if df else ()), *sizes)
            if name == "F":
                g, v = smd_from_f(_v(number), n1, n2, sign)
            else:
                g, v = smd_from_t(sign * abs(_v(number)), n1, n2)
            step = Step(f"d from the printed {name}, corrected for small samples", inputs)
            return self._shared(result, float(g), float(v), n1, n2, f"{name} statistic", [step])
        if self.usable(between.d):
            g, v = smd_from_d(sign * abs(_v(between.d)), n1, n2)
            step = Step("the printed d, corrected for small samples", (("d", between.d), *sizes))
            return self._shared(result, float(g), float(v), n1, n2, "printed d", [step])
        if self.usable(between.p):
            g, v = smd_from_p(_v(between.p), n1, n2, sign)
            step = Step(
                "t from the exact two-sided P, then d, corrected for small samples", (("P", between.p), *sizes)
            )
            return self._shared(result, float(g), float(v), n1, n2, "P value", [step])
        return "neither arm means with a spread, nor a statistic that converts, were seen"

    def _sign(self, between: Between) -> float | None:
        if between.favours not in ("arm", "versus"):
            return None
        return -1.0 if (between.favours == "arm") == (self.better == "lower") else 1.0

    def _from_difference(
        self, result: Result, between: Between, sizes: tuple[tuple[str, Number], tuple[str, Number]]
    ) -> Effect | str:
        (_, first), (_, second) = sizes
        n1, n2 = _v(first), _v(second)
        printed = between.difference
        if printed is None:
            return "no difference was printed"
        difference = _v(printed)
        spread = self._difference_sd(result, between, difference, n1, n2)
        if isinstance(spread, str):
            return spread
        sd, step = spread
        step = replace(step, inputs=(("difference", printed), *step.inputs, *sizes))
        if self.analysis.measure == "MD":
            v = sd**2 * (1 / n1 + self.shares / n2)
            return self._make(result, difference, v, n1, n2 / self.shares, "mean difference", [step])
        g, var = smd_from_d(difference / sd, n1, n2)
        steps = [step, Step("difference over that SD, corrected for small samples")]
        return self._shared(result, float(g), float(var), n1, n2, "mean difference", steps)

    def _difference_sd(
        self, result: Result, between: Between, difference: float, n1: float, n2: float
    ) -> tuple[float, Step] | str:
        """SD-equivalent of a difference, from its SE, interval or P, or borrowed from another comparison."""
        if self.usable(between.difference_se):
            se, rule, inputs = _v(between.difference_se), "its standard error", (("SE", between.difference_se),)
        elif between.difference_ci is not None and all(self.usable(limit) for limit in between.difference_ci):
            low, high = between.difference_ci
            se = (_v(high) - _v(low)) / (2 * 1.959963984540054)
            rule, inputs = "its confidence interval", (("low", low), ("high", high))  # type: ignore[assignment]
        elif self.usable(between.p):
            se = float(se_from_p(difference, _v(between.p)))
            rule, inputs = "its exact P, by the normal distribution", (("P", between.p),)
        elif between.borrow_sd_from is not None:
            return self._borrowed(result, between.borrow_sd_from)
        else:
            return "the difference was printed without a spread"
        sd = float(sd_from_difference_se(se, n1, n2))
        return sd, Step(f"SD-equivalent of the difference from {rule}", inputs)

    def _borrowed(self, borrower: Result, key: str) -> tuple[float, Step] | str:
        lender = replace(self, key=key)
        for result in self.results(self.analysis.outcome):
            between = next((b for b in result.between if b.comparison == key), None)
            if between is None or not self.usable(between.difference) or between.borrow_sd_from is not None:
                continue
            if result.week != borrower.week:
                continue
            sizes = lender._sizes(result)
            if isinstance(sizes, str):
                return sizes
            n1, n2 = _v(sizes[0][1]), _v(sizes[1][1])
            found = lender._difference_sd(result, between, _v(between.difference), n1, n2)
            if isinstance(found, str):
                return found
            sd, step = found
            inputs = (("lender's difference", between.difference), *step.inputs)
            return sd, Step("assumption: SD-equivalent borrowed from the same trial's other comparison", inputs)
        return "the comparison whose SD should be borrowed has none"

    def _shared(
        self, result: Result, g: float, v: float, n1: float, n2: float, route: str, steps: list[Step]
    ) -> Effect:
        """Widen the variance when the control is shared: its people count once among all comparisons."""
        if self.shares > 1:
            v += (self.shares - 1) / n2 + g**2 / 2 * (1 / (n1 + n2 / self.shares) - 1 / (n1 + n2))
        return self._make(result, g, v, n1, n2 / self.shares, route, steps)


def _v(number: Number) -> float:
    """Value of a number already known to be usable."""
    if number.value is None or not math.isfinite(number.value):
        raise ValueError("a number without a value reached a calculation")
    return float(number.value)


def arrays(effects: tuple[Effect, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Give ``yi`` and ``vi`` of effects, each of shape (k,)."""
    return np.array([e.yi for e in effects], dtype=float), np.array([e.vi for e in effects], dtype=float)
