"""How sure a pooled result is, in sentences: the clauses of the rule of certainty, each number a claim.

The rule turns effects so that above zero is good; here they are turned back, and told in points where they can be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from string import Formatter

from glabella.brief.measure import decimals_for, null_of
from glabella.brief.quoting import joined
from glabella.brief.readings import points_sd, sources_of_number
from glabella.brief.results import PooledAnalysis, Results
from glabella.decision import rate
from glabella.decision.analyses import needed_of, rating_of
from glabella.decision.bodies import body_of, of_trials
from glabella.decision.rating import TARGET_WORDS, Domain, Move, Rating
from glabella.decision.said import Figure, Said
from glabella.shown import Claim, ClaimFields, Inline, Ledger, Name, Shown
from glabella.synthesis import PooledTrials

#: A P below this is told as a bound.
_LEAST_P = 0.0001


@dataclass(frozen=True, slots=True)
class Alone:
    """What the trials at low risk of bias come to where they are people enough to decide alone."""

    fit: PooledTrials
    rating: Rating


def clauses(results: Results, book: Ledger, one: PooledAnalysis) -> tuple[Inline, ...]:
    """Say what cost an analysis its certainty, what cost most first."""
    return tuple(clause(results, book, one, move) for move in one.rating.costs)


def clause(results: Results, book: Ledger, one: PooledAnalysis, move: Move, *, whole: bool = False) -> Inline:
    """Say what one domain found; the whole, with the test behind it, where the domain has one."""
    why = move.why if whole or move.short is None else move.short
    claims = _claims(results, book, one, move.domain, why)
    pieces: list[Inline] = []
    for words, field, _, _ in Formatter().parse(why.text):
        pieces.append(words)
        if field is not None:
            pieces.append(claims[field])
    if move.domain == "inconsistency" and one.fit.prediction == "prior" and "low" in claims:
        pieces.append(" (spread between trials assumed)")
    return tuple(piece for piece in pieces if piece)


def rated_words(one: PooledAnalysis) -> str:
    """Say what was rated where no smallest difference that matters is declared; nothing where one is."""
    if one.important is not None or one.fit.way == "not pooled":
        return ""
    return f"rated as {TARGET_WORDS[one.rating.target]}: no smallest difference that matters is declared"


def reasons(results: Results, book: Ledger, one: PooledAnalysis) -> Inline:
    """Say in one line what cost an analysis its certainty, and what was rated."""
    said = [*clauses(results, book, one), *filter(None, [rated_words(one)])]
    return joined(said, "; ")


def alone(results: Results, one: PooledAnalysis) -> Alone | None:
    """Rate the trials at low risk of bias alone, where they are enough to decide and not all."""
    evidence, measure = results.evidence, one.analysis.measure
    needed = needed_of(one.outcome, measure, one.important)
    if needed is None:
        return None
    trials = of_trials(one.effects, evidence.studies)
    body = body_of(trials, needed)
    if len(body) == len(trials):
        return None
    kept = tuple(effect for effect, trial in zip(one.effects, trials, strict=True) if trial in body)
    fit, _ = results.pool_effects(kept, one.analysis)
    return Alone(fit, rating_of(kept, evidence.studies, fit, one.outcome, measure, evidence.priors))


def alone_said(results: Results, book: Ledger, one: PooledAnalysis) -> Inline:
    """Say what the trials at low risk of bias found where they decide alone; nothing where they do not."""
    found = alone(results, one)
    if found is None or found.fit.way == "not pooled":
        return ()
    fit, sd = found.fit, points_sd(one)
    value, low, high = (_turned_back(one, each) for each in (fit.estimate, fit.ci_low, fit.ci_high))
    claim = book.under(f"{one.id}.sure.", **results.fields_of(one))(
        "alone",
        f"pooled effect of the trials at low risk of bias: {one.analysis.label}, {one.outcome.label}",
        value,
        low=low,
        high=high,
        interval=f"95 % {fit.interval or 'confidence'} interval",
        unit="points" if sd is not None else "",
        certainty=found.rating.certainty or "not rated",
        decimals=decimals_for(null_of(one.analysis.measure), value, low, high, usual=1 if sd is not None else 2),
    )
    word = found.rating.certainty or "not rated"
    return ("Trials at low risk of bias are enough to decide alone: ", claim, f"; certainty {word}")


def _claims(results: Results, book: Ledger, one: PooledAnalysis, domain: Domain, why: Said) -> (
    dict[str, Inline]
):  # fmt: skip
    """Make a claim of each number of a clause; names stay as they are."""
    fields = results.fields_of(one, of_new_trial=domain == "inconsistency")
    about = book.under(f"{one.id}.sure.{domain}.", **fields).under(function=rate)
    if (sd := one.outcome.points) is not None and points_sd(one) is not None:
        about = about.under(sources=tuple(dict.fromkeys((*fields["sources"], *sources_of_number(sd.sd)))))
    values = {figure.name: _value(one, figure) for figure in why.figures}
    # What was turned so that above zero is good has its limits the other way round.
    for name in [name for name in values if name.startswith("low")]:
        other = name.replace("low", "high", 1)
        if other in values and (values[name] or 0) > (values[other] or 0):
            values[name], values[other] = values[other], values[name]
    limits = [value for name, value in values.items() if name.startswith(("low", "high")) and value is not None]
    found: dict[str, Inline] = {}
    for figure in why.figures:
        value = values[figure.name]
        if value is None:
            found[figure.name] = Name(str(figure.value))
            continue
        unit = "points" if figure.effect and points_sd(one) is not None else ""
        own = _needed(one, fields["inputs"]) if figure.name.startswith("needed") else {}
        if figure.name.startswith("p") and figure.label.startswith("P of") and value < _LEAST_P:
            value, own = _LEAST_P, {**own, "bound": "<"}
        claim = about.under(**own)(
            figure.name,
            f"{figure.label}: {one.analysis.label}, {one.outcome.label}",
            value,
            unit=unit,
            decimals=_decimals(one, figure, value, limits),
        )
        found[figure.name] = Shown(claim, "bare" if figure.name.startswith("low") else "text")
    return found


def _needed(one: PooledAnalysis, inputs: tuple[tuple[str, str], ...]) -> ClaimFields:
    """Say what the people needed rest on: what matters, and the spread or the usual risk; on no trial."""
    outcome, used = one.outcome, []
    if outcome.important is not None:
        used.append(outcome.important)
    if outcome.points is not None:
        used.append(outcome.points.sd)
    if outcome.usual_risk is not None:
        used += [outcome.usual_risk.events, outcome.usual_risk.n]
    sources = tuple(dict.fromkeys(source for number in used for source in sources_of_number(number)))
    return {"sources": sources, "inputs": tuple(pair for pair in inputs if pair[0] == "analysis")}


def _value(one: PooledAnalysis, figure: Figure) -> float | None:
    if isinstance(figure.value, str):
        return None
    if not figure.effect:
        return figure.value
    return _turned_back(one, figure.value if one.outcome.better == "higher" else -figure.value)


def _turned_back(one: PooledAnalysis, value: float) -> float:
    """Give an effect as people read it: in points where there are any."""
    sd = points_sd(one)
    return one.shown(value) if sd is None else value * sd


def _decimals(one: PooledAnalysis, figure: Figure, value: float, limits: list[float]) -> int:
    if figure.effect:
        usual = 2 if points_sd(one) is None else 1
        if len(limits) == 2 and figure.name.startswith(("low", "high")):
            middle = _turned_back(one, one.fit.estimate)
            return decimals_for(null_of(one.analysis.measure), middle, min(limits), max(limits), usual=usual)
        return usual
    if value == int(value) or abs(value) >= 10:
        return 0
    return 2 if abs(value) >= 0.01 else -math.floor(math.log10(abs(value)))


def levels_claim(results: Results, book: Ledger, one: PooledAnalysis, move: Move) -> Claim:
    """Claim how many levels a domain moves."""
    way = "up" if move.domain == "rating_up" else "down"
    about = book.under(f"{one.id}.sure.{move.domain}.", **results.fields_of(one)).under(function=rate)
    return about("levels", f"levels {way}, {move.domain.replace('_', ' ')}: {one.analysis.label}", move.levels,
                 decimals=0)  # fmt: skip
