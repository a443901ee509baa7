"""How effects are said: names of measures, which side favours whom, whether an interval holds the null."""

from __future__ import annotations

import math
from collections.abc import Iterable

from glabella.brief.results import PooledAnalysis
from glabella.dossier import Study
from glabella.shown import Axis, Claim, steady

#: Measures as the field calls them, and the word that ties them to an outcome.
NAMES = {
    "SMD": ("standardised mean difference", "in"),
    "MD": ("mean difference", "in"),
    "OR": ("odds ratio", "of"),
    "RR": ("risk ratio", "of"),
    "RD": ("risk difference", "of"),
}
_RATIOS = frozenset({"OR", "RR"})
#: Of how many people risks are told: of so many that the smallest of them is one or more.
OF_PEOPLE = {100: "a hundred", 1_000: "a thousand", 10_000: "ten thousand", 100_000: "a hundred thousand"}
#: Most digits after the point of an effect.
_MOST_DECIMALS = 6
#: Below so many units of its first digit a distance is told by two digits.
_TWO_DIGITS = 3.55
#: An estimate nearer to the null than this share of its interval is as good as at it.
_AT_NULL = 0.01
#: How far an axis reaches beyond the middle of what it shows, in spans of it; what lies further ends in an arrow.
_BEYOND = 1.0
#: Room that it leaves on each side of the null, in spans of what it shows.
_ROOM = 0.15
#: Logarithm of the largest ratio to which an axis reaches.
_FARTHEST = 200.0
#: Steps at which an axis may end, within each power of ten.
_STEPS = (1.0, 2.0, 5.0, 10.0)


def is_ratio(measure: str) -> bool:
    """Whether a measure is a ratio, with one as its null."""
    return measure in _RATIOS


def null_of(measure: str) -> float:
    """Give the value at which a measure finds no difference."""
    return 1.0 if measure in _RATIOS else 0.0


def null_word(measure: str) -> str:
    """Give that value as a word.

    >>> null_word("RR"), null_word("MD")
    ('one', 'zero')
    """
    return "one" if measure in _RATIOS else "zero"


def of_people(risks: Iterable[float]) -> int:
    """Give of how many people risks are told; a risk of none or of all asks for nothing.

    >>> of_people([0.2, 0.05]), of_people([0.2, 0.0004]), of_people([0.0, 1.0])
    (100, 10000, 100)
    """
    least = min((min(risk, 1 - risk) for risk in risks if 0 < risk < 1), default=1.0)
    return next((people for people in OF_PEOPLE if least * people >= 1 - 1e-9), max(OF_PEOPLE))


def people_decimals(risk: float, interval: tuple[float, float] | None = None) -> int:
    """Give the digits after the point of so many people.

    There are none but where even of the most it is less than one, or where both limits of an interval, as so many
    people, would be written as one number.

    >>> people_decimals(0.2), people_decimals(0.000004), people_decimals(0.004, (3.6, 4.4))
    (0, 2, 1)
    """
    least = min(risk, 1 - risk) * max(OF_PEOPLE)
    digits = 0 if least <= 0 or least >= 1 - 1e-9 else min(1 - math.floor(math.log10(least)), _MOST_DECIMALS)
    if interval is None or interval[0] == interval[1]:
        return digits
    low, high = interval
    return next((more for more in range(digits, _MOST_DECIMALS) if f"{low:.{more}f}" != f"{high:.{more}f}"), digits)


def decimals_for(null: float, value: float, low: float, high: float, *, usual: int = 2) -> int:
    """Give the digits after the point that an interval allows an effect.

    The distance to the nearer limit is told by two digits where it begins with 100 to 354 and by one where it
    begins with more, as the Review of Particle Physics writes errors. More than the usual digits are told only
    where the effect or its nearer limit would be written as the null.

    >>> decimals_for(0.0, 12.6, 6.9, 20.6), decimals_for(1.0, 4.87, 1.92, 12.37)
    (0, 1)
    >>> decimals_for(0.0, -0.35, -0.71, 0.006), decimals_for(1.0, 0.9991, 0.9986, 0.9996)
    (2, 4)
    >>> decimals_for(1.0, 4.6, 0.46, 45.9)
    1
    """
    nearest = min(abs(low - null), abs(high - null))
    middle = abs(value - null)
    if middle < _AT_NULL * (high - low):
        middle = nearest
    near = min((far for far in (middle, nearest) if far > 0 and math.isfinite(far)), default=1.0)
    allowed = _allowed(value, low, high, usual)
    # Rounded to so many digits it is still seen to differ from the null.
    seen = next(
        (more for more in range(min(usual, allowed), _MOST_DECIMALS) if round(near, more) > 0), _MOST_DECIMALS
    )
    if null == 1 and 0 < low < 1:
        # A ratio is never none: its limit keeps a digit.
        seen = max(seen, min(-math.floor(math.log10(low)), _MOST_DECIMALS))
    if seen <= usual:
        return seen
    return min(1 - math.floor(math.log10(near)), max(allowed, seen), _MOST_DECIMALS)


def _allowed(value: float, low: float, high: float, usual: int) -> int:
    """Give the digits after the point that the distance to the nearer limit allows."""
    gaps = [gap for gap in (value - low, high - value) if gap > 0 and math.isfinite(gap)]
    if not gaps:
        return usual
    power = math.floor(math.log10(min(gaps)))
    return max(0, (2 if min(gaps) / 10.0**power < _TWO_DIGITS else 1) - 1 - power)


def decimals_of(one: PooledAnalysis) -> int:
    """Give the digits after the point of a pooled analysis's effect."""
    value, low, high = one.ends
    if value is None or low is None or high is None:
        return 2
    return decimals_for(null_of(one.analysis.measure), value, low, high)


def decimals_of_prediction(one: PooledAnalysis) -> int:
    """Give the digits after the point of a new trial's interval."""
    fit = one.fit
    if not fit.prediction:
        return decimals_of(one)
    ends = (fit.expected, fit.pi_low, fit.pi_high)
    return decimals_for(null_of(one.analysis.measure), *map(one.shown, ends))


def named(one: PooledAnalysis) -> str:
    """Give the measure of an analysis with what it is of: ``risk ratio of relapse``."""
    name, of = NAMES[one.analysis.measure]
    return f"{name} {of} {one.outcome.label}"


def favours(measure: str, better: str, short: str) -> str:
    """Say which side of the null favours the treatment.

    >>> favours("SMD", "lower", "the drug"), favours("OR", "higher", "the drug")
    ('below zero favours the drug', 'above one favours the drug')
    """
    return f"{'below' if better == 'lower' else 'above'} {null_word(measure)} favours {short}"


def sides(better: str, short: str) -> tuple[str, str]:
    """Give the words of both ends of an axis, the lower end first.

    >>> sides("higher", "the drug")
    ('favours the control', 'favours the drug')
    """
    ours, theirs = f"favours {short}", "favours the control"
    return (ours, theirs) if better == "lower" else (theirs, ours)


def holds(claim: Claim, measure: str) -> bool:
    """Whether an interval holds the value of no difference; one that is open or not known does not exclude it."""
    if claim.low is None or claim.high is None:
        return True
    return claim.low <= null_of(measure) <= claim.high


def about_null(claim: Claim, measure: str) -> str:
    """Say whether an interval holds the value of no difference: ``the interval excludes one``."""
    return f"the interval {'includes' if holds(claim, measure) else 'excludes'} {null_word(measure)}"


def axis(measure: str, better: str, short: str, claims: tuple[Claim, ...], important: float | None = None) -> Axis:
    """Give an axis on which claims of a measure can be drawn.

    It holds every estimate and the null with some room on both of its sides, and as much of the intervals as lies
    near them: the interval of one small trial must not flatten all the others.
    """
    ratio, null = is_ratio(measure), null_of(measure)
    scaled = math.log if ratio else float
    drawn = [end for each in claims for end in (each.low, each.high) if end is not None]
    inside = [each.value for each in claims if each.value is not None and math.isfinite(each.value)]
    if important is not None:
        inside.append(important)
    ends = [scaled(end) for end in (*inside, *drawn) if math.isfinite(end) and (end > 0 or not ratio)]
    middle = [scaled(null), *(scaled(value) for value in inside if value > 0 or not ratio)]
    span = (max(middle) - min(middle)) or 1.0
    room = _ROOM * span
    low = min(max(min(ends, default=0.0), min(middle) - _BEYOND * span), scaled(null) - room, *middle)
    high = max(min(max(ends, default=0.0), max(middle) + _BEYOND * span), scaled(null) + room, *middle)
    left, right = sides(better, short)
    if ratio:
        low = _round_ratio(math.exp(max(low, -_FARTHEST)), up=False)
        high = _round_ratio(math.exp(min(high, _FARTHEST)), up=True)
    else:
        step = _step(high - low)
        low, high = steady(math.floor(low / step) * step), steady(math.ceil(high / step) * step)
    return Axis(low, high, null, ratio, left, right, important)


def _step(span: float) -> float:
    """Give a round step of which eight at most make a span."""
    power: float = 10.0 ** math.floor(math.log10(span / 8))
    return next(step * power for step in _STEPS if step * power * 8 >= span * (1 - 1e-9))


def _round_ratio(value: float, *, up: bool) -> float:
    """Give the next of 1, 2, 5, 10 in its power of ten, outwards."""
    power = 10.0 ** math.floor(math.log10(value) + 1e-12)
    near = [step * power for step in _STEPS]
    if up:
        return next(each for each in near if each >= value * (1 - 1e-9))
    return next(each for each in reversed(near) if each <= value * (1 + 1e-9))


def comparison_label(study: Study, key: str) -> str:
    """Name a comparison: its study, and its arm where the study has several comparisons."""
    if len(study.comparisons) == 1:
        return study.label
    return f"{study.label}, {study.arms[study.comparisons[key].arm].label}"
