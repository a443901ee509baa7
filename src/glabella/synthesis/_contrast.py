"""One comparison of one study: the effect that its results give, or why they give none."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeGuard

from glabella.dossier import Analysis, Between, Comparison, Evidence, Number, Result, Study
from glabella.synthesis._derive import smd_from_d, smd_from_f, smd_from_odds_ratio, smd_from_p, smd_from_t
from glabella.synthesis._effect import BORROWED, COUNTS, RESPONSE_ODDS, Effect, Step, known
from glabella.synthesis._effect_size import effect_size
from glabella.synthesis._spread import (
    P_OF_ZERO,
    ArmScore,
    Kind,
    scores_of_arm,
    sd_of_difference,
    spread_is_nil,
    units_of,
)

#: An F or t with more error degrees of freedom than people treated visits as independent observations.
_EXCESS_DF = "the error degrees of freedom exceed the number of people: visits were counted as independent"
_NO_MEANS = "arm means with a spread were not seen"
#: What half an event is added to where one of four cells is empty. The others need none.
_HALVED = {
    "OR": "half an event added to each cell, because one cell is empty",
    "RR": "half an event added to each cell, because one cell is empty",
    "RD": "half an event added to each cell for the variance, not for the difference, because one cell is empty",
}
_COUNTED = (*_HALVED, "PETO", "AS")
#: The fewest people in both groups together that give such an effect.
_FEWEST = {"SMD": 4, "MD": 3}

Sizes = tuple[tuple[str, Number], tuple[str, Number]]
Way = Callable[[Result], "Effect | str"]
#: What results gave before, by all that it depends on.
Made = dict[tuple[object, ...], "Effect | str"]


@dataclass(frozen=True, slots=True)
class Contrast:
    """One comparison of one study within one analysis; every method gives an effect or the reason why not.

    ``made`` keeps what each result gave, for other analyses that read the same results in another order.
    """

    evidence: Evidence
    analysis: Analysis
    study: Study
    key: str
    shares: int
    better: str
    made: Made = field(default_factory=dict)

    @property
    def comparison(self) -> Comparison:
        return self.study.comparisons[self.key]

    def usable(self, number: Number | None) -> TypeGuard[Number]:
        """Whether a number may enter."""
        return number is not None and number.usable and set(self.analysis.not_from).isdisjoint(number.sources)

    def results(self, outcome: str) -> list[Result]:
        """Results of an outcome, first period only, in the analysis's order: by rater, time, and primary first.

        Where the analysis names no time, each trial's main one is its primary result, or else its last.
        """
        raters, when, at = self.analysis.raters, self.analysis.when, self.analysis.time
        named = when == "named" and at is not None
        found = [
            result
            for result in self.study.results
            if result.outcome == outcome
            and result.period in (None, 1)
            and (not named or result.time == at)
            and (not raters or self._rater(result) in raters)
        ]

        def order(result: Result) -> tuple[int, bool, float, bool]:
            rater = self._rater(result)
            place = raters.index(rater) if raters and rater else 0
            time = math.inf if result.time is None else result.time
            other = result.role != "primary"
            return place, when == "named" and not named and other, time if when == "first" else -time, other

        return sorted(found, key=order)

    def _rater(self, result: Result) -> Literal["clinician", "self"] | None:
        return None if result.scale is None else self.evidence.dossier.scales[result.scale].rater

    def effect(self) -> Effect | str:
        ways = {
            "counts": (self._binary, self.analysis.outcome),
            "score": (self._score, self.analysis.outcome),
            "response": (self._from_response, "response"),
        }
        uses: tuple[str, ...] = {"SMD": self.analysis.uses, "MD": ("score",)}.get(
            self.analysis.measure, ("counts",)
        )
        if self.analysis.measure not in (*_FEWEST, *_COUNTED):
            raise ValueError(f"measure is {self.analysis.measure}, expected {', '.join((*_FEWEST, *_COUNTED))}")
        reasons: list[str] = []
        for way, outcome in (ways[name] for name in uses):
            results = self.results(outcome)
            for result in results:
                found = self._once(way, result)
                if isinstance(found, Effect):
                    return self._noting_other_scales(found, results)
                reasons.append(found)
        if not reasons:
            asked = self.analysis.when == "named" and self.analysis.time is not None
            return f"no result for this outcome{f' at this {self.evidence.words.visit}' if asked else ''} was seen"
        return "; ".join(dict.fromkeys(reasons))

    def _once(self, way: Way, result: Result) -> Effect | str:
        """Take a way from a result, or what it gave before."""
        between = next((each for each in result.between if each.comparison == self.key), None)
        analysis = self.analysis
        # A borrowed spread is sought among the results that the analysis reads.
        sought = between is not None and between.borrow_sd_from is not None
        how = (analysis.outcome, analysis.raters, analysis.when, analysis.time) if sought else ()
        usable = (analysis.measure, analysis.not_from)
        asked = (way.__name__, id(result), self.study.id, self.key, self.shares, self.better, usable, how)
        if asked not in self.made:
            try:
                self.made[asked] = way(result)
            except ValueError as error:
                where = (f"{self.study.id}/{self.key}", result.scale, self.evidence.words.at(result.time))
                raise ValueError(f"{', '.join(filter(None, where))}: {error}") from error
        return self.made[asked]

    def _noting_other_scales(self, effect: Effect, results: list[Result]) -> Effect:
        others = [
            self.evidence.dossier.scales[result.scale].label
            for result in results
            if result.scale not in (None, effect.scale) and result.time == effect.time
        ]
        if not others or self.analysis.raters:
            return effect
        note = Step(f"also reported on {', '.join(dict.fromkeys(others))}; the primary or first listed is used")
        return replace(effect, steps=(*effect.steps, note))

    def _sizes(self, result: Result) -> Sizes | str:
        """People analysed in the arm and in its control, as shown with the result or else for the arm."""
        found: list[tuple[str, Number]] = []
        for end, arm in (("n, arm", self.comparison.arm), ("n, control", self.comparison.versus)):
            shown = result.arms.get(arm)
            candidates = (shown.n if shown else None, self.study.arms[arm].n_analysed)
            number = next((n for n in candidates if self.usable(n)), None)
            if number is None:
                return "the number analysed in each arm was not seen"
            found.append((end, number))
        n1, n2 = known(found[0][1]), known(found[1][1]) / self.shares
        if not (n1 and n2):
            return "nobody was analysed in one of the arms"
        if n1 + n2 < _FEWEST.get(self.analysis.measure, 0) or (
            self.analysis.measure in _FEWEST and min(n1, n2) < 1
        ):
            return "too few people in an arm, or in its share of the control"
        return found[0], found[1]

    def _make(
        self, result: Result, yi: float, vi: float, n1: float, n2: float, route: str, steps: list[Step]
    ) -> Effect:
        if not (math.isfinite(yi) and 0 < vi < math.inf):
            raise ValueError(f"effect {yi:g} with variance {vi:g}, expected numbers of usual size")
        if self.shares > 1:
            steps = [*steps, Step("the control arm is shared out evenly among the comparisons that use it")]
        if result.period == 1:
            steps = [*steps, Step("crossover trial: first period only")]
        return Effect(
            study=self.study.id,
            comparison=self.key,
            outcome=result.outcome,
            scale=result.scale,
            time=result.time,
            measure=self.analysis.measure,
            yi=yi,
            vi=vi,
            n1=n1,
            n2=n2,
            route=route,
            steps=tuple(steps),
        )

    # --- responders ---------------------------------------------------------------------------------------

    def _counts(self, result: Result, measure: str) -> tuple[float, float, float, float, list[Step]] | str:
        sizes = self._sizes(result)
        if isinstance(sizes, str):
            return sizes
        (_, n1), (_, n2) = sizes
        arm, control = result.arms.get(self.comparison.arm), result.arms.get(self.comparison.versus)
        a, c = (arm.events if arm else None), (control.events if control else None)
        if not (a and c and self.usable(a) and self.usable(c)):
            return "the number of responders in each arm was not seen"
        inputs = (("events, arm", a), ("n, arm", n1), ("events, control", c), ("n, control", n2))
        both = known(a) == known(c) == 0 or (known(a) == known(n1) and known(c) == known(n2))
        if both and measure in ("OR", "RR"):
            return "the same outcome in everybody of both arms: no ratio is defined"
        size2 = known(n2) / self.shares
        yi, vi, added = _of_counts(measure, known(a), known(n1), known(c) / self.shares, size2)
        if not (math.isfinite(yi) and math.isfinite(vi)):
            return "of these counts the measure is not defined"
        steps = [Step("events and people as reported", inputs), *([Step(added)] if added else ())]
        return yi, vi, known(n1), size2, steps

    def _binary(self, result: Result) -> Effect | str:
        found = self._counts(result, self.analysis.measure)
        if isinstance(found, str):
            return found
        yi, vi, n1, n2, steps = found
        return self._make(result, yi, vi, n1, n2, COUNTS, steps)

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
        return self._make(result, sign * float(d), float(v), n1, n2, RESPONSE_ODDS, steps)

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
        found = self._from_between(result, between, sizes)
        return f"{from_arms}; {found}" if isinstance(found, str) and from_arms != _NO_MEANS else found

    def _from_arms(self, result: Result, sizes: Sizes) -> Effect | str:
        found: list[dict[Kind, ArmScore]] = []
        for arm, (_, n) in zip((self.comparison.arm, self.comparison.versus), sizes, strict=True):
            shown = result.arms.get(arm)
            found.append(scores_of_arm(shown, result, n, self.usable) if shown else {})
        if not all(found):
            alike = any(
                spread_is_nil(result.arms.get(arm)) for arm in (self.comparison.arm, self.comparison.versus)
            )
            return "both limits of a mean are printed alike" if alike else _NO_MEANS
        kind = next((kind for kind in found[0] if kind in found[1]), None)
        if kind is None:
            return "one arm shows its final score and the other its change, which are not comparable"
        one, other = (scores[kind] for scores in found)
        units = units_of(one.step, other.step)
        if len(units) > 1:
            return f"the arms are in different units, {' and '.join(units)}"
        n1, n2 = known(sizes[0][1]), known(sizes[1][1]) / self.shares
        effect = effect_size(
            self.analysis.measure,
            m1i=[one.mean],
            sd1i=[one.sd],
            n1i=[n1],
            m2i=[other.mean],
            sd2i=[other.sd],
            n2i=[n2],
        )
        pairs = zip((one.step, other.step), sizes, strict=True)
        steps = [replace(step, inputs=(*step.inputs, size)) for step, size in pairs]
        return self._make(result, float(effect.yi[0]), float(effect.vi[0]), n1, n2, "means and SDs", steps)

    def _from_between(self, result: Result, between: Between, sizes: Sizes) -> Effect | str:
        reason = ""
        if self.usable(between.difference):
            found = self._from_difference(result, between, between.difference, sizes)
            if isinstance(found, Effect):
                return found
            reason = found
        if self.analysis.measure == "MD":
            return reason or "no mean difference with a spread was seen"
        found = self._from_statistic(result, between, sizes)
        return "; ".join(dict.fromkeys((reason, found))) if reason and isinstance(found, str) else found

    def _from_statistic(self, result: Result, between: Between, sizes: Sizes) -> Effect | str:
        """Take a test statistic, a printed d or a P, with the sign of who did better; of no difference, any."""
        printed = (("F", between.f), ("t", between.t), ("d", between.d), ("P", between.p))
        name, number = next(((name, each) for name, each in printed if self.usable(each)), ("", None))
        nil = number is not None and known(number) == (1 if name == "P" else 0)
        sign = 1.0 if nil else self._sign(between)
        if sign is None:
            return "which arm did better was not seen"
        if number is None:
            return "neither arm means with a spread, nor a statistic that converts, were seen"
        n1, n2, df = known(sizes[0][1]), known(sizes[1][1]), between.error_df
        if name in ("F", "t") and df is not None and df.value is not None and df.value > n1 + n2:
            return _EXCESS_DF
        if name == "P" and known(number) == 0:
            return P_OF_ZERO
        (g, v), rule, route = _SMD[name](known(number), n1, n2, sign), *_SAID[name]
        more = (("error df", df),) if name in ("F", "t") and df else ()
        step = Step(f"{rule}, corrected for small samples", ((name, number), *more, *sizes))
        return self._shared(result, float(g), float(v), n1, n2, route, [step])

    def _sign(self, between: Between) -> float | None:
        if between.favours not in ("arm", "versus"):
            return None
        return -1.0 if (between.favours == "arm") == (self.better == "lower") else 1.0

    def _from_difference(self, result: Result, between: Between, printed: Number, sizes: Sizes) -> Effect | str:
        n1, n2, difference = known(sizes[0][1]), known(sizes[1][1]), known(printed)
        if difference * (self._sign(between) or 0) < 0:
            raise ValueError(
                f"difference is {difference:g}, where {self.better} is better, but favours is {between.favours}"
            )
        named = ("difference", printed)
        spread = self._difference_sd(result, between, n1, n2)
        if isinstance(spread, str):
            if difference or self.analysis.measure == "MD":
                return spread
            g, var = smd_from_d(0.0, n1, n2)
            step = Step("a difference of nil is a d of nil, whatever the spread", (named, *sizes))
            return self._shared(result, float(g), float(var), n1, n2, "mean difference", [step])
        sd, step = spread
        step = replace(step, inputs=(named, *step.inputs, *sizes))
        if len(units := units_of(step)) > 1:
            return f"the difference and its spread are in different units, {' and '.join(units)}"
        if self.analysis.measure == "MD":
            v = sd * sd * (1 / n1 + self.shares / n2)
            return self._make(result, difference, v, n1, n2 / self.shares, "mean difference", [step])
        g, var = smd_from_d(difference / sd, n1, n2)
        steps = [step, Step("difference over that SD, corrected for small samples")]
        return self._shared(result, float(g), float(var), n1, n2, "mean difference", steps)

    def _difference_sd(self, result: Result, between: Between, n1: float, n2: float) -> tuple[float, Step] | str:
        """SD-equivalent of a difference, its own or borrowed from another comparison."""
        found = sd_of_difference(between, n1, n2, self.usable)
        if isinstance(found, str) and between.borrow_sd_from is not None:
            return self._borrowed(result, between.borrow_sd_from)
        return found

    def _borrowed(self, borrower: Result, key: str) -> tuple[float, Step] | str:
        lender = replace(self, key=key)
        for result in self.results(self.analysis.outcome):
            between = next((b for b in result.between if b.comparison == key), None)
            if between is None or not self.usable(between.difference) or between.borrow_sd_from is not None:
                continue
            if (result.time, result.scale, result.score) != (borrower.time, borrower.scale, borrower.score):
                continue
            sizes = lender._sizes(result)
            if isinstance(sizes, str):
                return sizes
            n1, n2 = known(sizes[0][1]), known(sizes[1][1])
            found = lender._difference_sd(result, between, n1, n2)
            if isinstance(found, str):
                return found
            sd, step = found
            inputs = (("lender's difference", between.difference), *step.inputs)
            return sd, Step(BORROWED, inputs)
        return "the comparison whose SD should be borrowed has none"

    def _shared(
        self, result: Result, g: float, v: float, n1: float, n2: float, route: str, steps: list[Step]
    ) -> Effect:
        """Widen the variance when the control is shared: its people count once among all comparisons."""
        if self.shares > 1:
            v += (self.shares - 1) / n2 + g**2 / 2 * (1 / (n1 + n2 / self.shares) - 1 / (n1 + n2))
        return self._make(result, g, v, n1, n2 / self.shares, route, steps)


#: The effect of each statistic, of its size and the sign.
_SMD: dict[str, Callable[[float, float, float, float], tuple[Any, Any]]] = {
    "F": smd_from_f,
    "t": lambda t, n1, n2, sign: smd_from_t(sign * abs(t), n1, n2),
    "d": lambda d, n1, n2, sign: smd_from_d(sign * abs(d), n1, n2),
    # A P of 1 is a t of 0, on no side.
    "P": lambda p, n1, n2, sign: smd_from_p(p, n1, n2, sign) if p < 1 else smd_from_d(0.0, n1, n2),
}
#: What was done with each, and the route by its name.
_SAID = {
    "F": ("d from the printed F", "F statistic"),
    "t": ("d from the printed t", "t statistic"),
    "d": ("the printed d", "printed d"),
    "P": ("t from the exact two-sided p, then d", "p value"),
}


def _of_counts(measure: str, a: float, n1: float, c: float, n2: float) -> tuple[float, float, str | None]:
    """Effect and variance of counts, and what was added to them."""
    one: Any = measure
    empty = 0 in (a, n1 - a, c, n2 - c)
    rule = _HALVED.get(measure) if empty else None
    half = 0.5 if rule else 0.0
    found = effect_size(one, ai=[a + half], n1i=[n1 + 2 * half], ci=[c + half], n2i=[n2 + 2 * half], to="none")
    yi = a / n1 - c / n2 if measure == "RD" else float(found.yi[0])
    return yi, float(found.vi[0]), rule
