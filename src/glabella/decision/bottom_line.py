"""The bottom line of a pooled result, by rule: what its interval and its certainty allow to be said.

The rule is a table of (what the interval says) × (certainty); ``docs/bottom-line.md`` prints it. It follows what
GRADE guidance 26 asks of statements (Santesso et al., J Clin Epidemiol 2020;119:126-135): size by the smallest
important difference, and a verb by the certainty. A sentence never claims a direction whose opposite the interval
does not exclude.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from glabella.shown import Certainty

#: What an interval says of the direction and of the smallest important difference.
Shape = Literal[
    "matters",  # excludes no effect, wholly beyond the important difference
    "may matter",  # excludes no effect, on both sides of the important difference
    "too small",  # excludes no effect, wholly within the important difference
    "one-sided",  # excludes no effect; no important difference is known
    "little or none",  # includes no effect, wholly within the important difference on both sides
    "open",  # includes no effect, and more
]
#: How the size is said, with ``{estimate}`` where the estimate belongs.
_SIZES: dict[Shape, str] = {
    "matters": " by an amount that matters: {estimate}",
    "may matter": ": {estimate}; whether by an amount that matters is not sure",
    "too small": ", but by less than matters: {estimate}",
    "one-sided": ": {estimate}",
}
_ADVERBS: dict[str, str] = {"moderate": "probably "}
#: What a treatment does to a score, by whether that is a benefit.
_DO = {True: "improve", False: "worsen"}


@dataclass(frozen=True, slots=True)
class Effect:
    """A pooled effect turned so that above zero the treatment does better.

    Attributes
    ----------
    estimate, low, high : float
        On a scale on which zero is no effect: a difference, or the logarithm of a ratio.
    important : float or None
        Smallest difference that matters, above zero, on the same scale.
    prediction : (float, float) or None
        Interval of a new trial's true effect; None where there is none.
    certainty : str
        How far to trust it.
    """

    estimate: float
    low: float
    high: float
    important: float | None
    prediction: tuple[float, float] | None
    certainty: Certainty

    @classmethod
    def of(
        cls,
        better: Literal["lower", "higher"],
        estimate: float,
        low: float,
        high: float,
        *,
        certainty: Certainty,
        important: float | None = None,
        prediction: tuple[float, float] | None = None,
    ) -> Effect:
        """Turn an effect so that above zero the treatment does better.

        Parameters
        ----------
        better : {"lower", "higher"}
            Which values of the outcome, or of the event's frequency, are good.
        estimate, low, high : float
            Treatment less control, or the logarithm of a ratio of them.
        certainty, important, prediction
            As above; the prediction interval may be NaN.

        Examples
        --------
        >>> Effect.of("lower", -1.0, -2.0, -0.5, certainty="low").high
        2.0
        """
        if prediction is not None and not all(map(math.isfinite, prediction)):
            prediction = None
        if better == "higher":
            return cls(estimate, low, high, important, prediction, certainty)
        turned = None if prediction is None else (-prediction[1], -prediction[0])
        return cls(-estimate, -high, -low, important, turned, certainty)

    @property
    def shape(self) -> Shape:
        """What the interval says."""
        low, high = self.low, self.high
        if low <= 0 <= high:
            within = self.important is not None and -self.important <= low and high <= self.important
            return "little or none" if within else "open"
        if self.important is None:
            return "one-sided"
        near, far = (low, high) if low > 0 else (-high, -low)
        if near >= self.important:
            return "matters"
        return "too small" if far <= self.important else "may matter"

    @property
    def benefit(self) -> bool:
        """Whether the estimate favours the treatment."""
        return self.estimate >= 0

    @property
    def may_turn(self) -> bool:
        """Whether the interval excludes no effect and a new trial's interval does not."""
        if self.prediction is None or self.shape in ("little or none", "open"):
            return False
        return self.prediction[0] <= 0 <= self.prediction[1]


@dataclass(frozen=True, slots=True)
class Told:
    """How a treatment and an outcome are spoken of.

    Attributes
    ----------
    treatment : str
        As it stands within a sentence.
    outcome : str
        What is measured, for an outcome that is a score.
    event : str or None
        What happens to people, as in "people …", for an outcome that is an event.
    good : bool
        Whether the event is a good one.
    plural : bool
        Whether the treatment is spoken of in the plural, as tablets are.
    """

    treatment: str
    outcome: str
    event: str | None = None
    good: bool = True
    plural: bool = False

    def clause(self, *, benefit: bool, certainty: Certainty) -> str:
        """Say that the treatment does better, or worse, with the verb that the certainty allows."""
        if self.event is None:
            return f"{_capital(self.treatment)} {self._does(_DO[benefit], certainty)} the {self.outcome}"
        many = "more" if benefit == self.good else "fewer"
        if certainty == "low":
            return f"With {self.treatment}, {many} people may {self.event}"
        return f"With {self.treatment}, {_ADVERBS.get(certainty, '')}{many} people {self.event}"

    def whether(self, *, benefit: bool = True) -> str:
        """Ask whether it does."""
        if self.event is None:
            return f"whether {self.treatment} {self._does(_DO[benefit])} the {self.outcome}"
        return f"whether {'more' if benefit == self.good else 'fewer'} people {self.event} with {self.treatment}"

    def same(self, certainty: Certainty) -> str:
        """Say that it makes no difference that matters."""
        what = f"the {self.outcome}" if self.event is None else f"how many people {self.event}"
        return f"{_capital(self.treatment)} {self._does('make', certainty)} little or no difference to {what}"

    def _does(self, verb: str, certainty: Certainty = "high") -> str:
        """Give the verb that belongs to the treatment, as far as the certainty allows it."""
        if certainty == "low":
            return f"may {verb}"
        return f"{_ADVERBS.get(certainty, '')}{verb}{'' if self.plural else 's'}"


def in_template(text: str) -> str:
    """Double the braces of words that go into a sentence, so that ``{estimate}`` is what the rule put there.

    >>> in_template("trials {estimate}")
    'trials {{estimate}}'
    """
    return text.replace("{", "{{").replace("}", "}}")


def bottom_line(
    effect: Effect, told: Told, readings: tuple[tuple[str, Effect], ...] = (), *, alone: bool = False
) -> str:
    """Say what a pooled result allows to be said, in one sentence.

    Parameters
    ----------
    effect : Effect
        The pooled result.
    told : Told
        How to speak of it.
    readings : tuple of (str, Effect)
        Parts of the evidence by name, of the same outcome in the same measure, such as the largest trial alone; said
        where the whole cannot tell.
    alone : bool
        Whether the result is of one trial.

    Returns
    -------
    str
        The sentence; ``{estimate}`` stands where the estimate with its interval belongs, and words given in
        braces keep theirs doubled (:func:`in_template`).

    Examples
    --------
    >>> told = Told("the drug", "pain score")
    >>> bottom_line(Effect(1.2, 0.6, 1.8, 0.5, None, "moderate"), told)
    'The drug probably improves the pain score by an amount that matters: {estimate}.'
    >>> small, largest = Effect(3.0, 1.0, 5.0, 0.5, None, "low"), Effect(0.1, -0.6, 0.8, 0.5, None, "low")
    >>> bottom_line(Effect(1.2, -0.4, 2.8, 0.5, None, "very low"), told, (("Small trials", small), ("Largest trial", largest)))
    'We cannot tell whether the drug improves the pain score: small trials found a large effect, the largest trial found little, and together they fit anything from great benefit to slight harm.'
    """  # noqa: E501
    shape, benefit = effect.shape, effect.benefit
    rated = effect.certainty if effect.certainty in ("high", "moderate", "low") else "very low"
    if shape == "open":
        return f"We cannot tell {told.whether()}: {_open(effect, readings, alone=alone)}."
    if shape == "little or none":
        if rated == "very low":
            found = "little or no difference was found, {estimate}, on weak evidence"
            return f"We cannot tell {told.whether()}: {found}."
        return f"{told.same(rated)}: {{estimate}}."
    turned = "; a new trial may find otherwise" if effect.may_turn else ""
    if rated == "very low":
        did = "it did" if told.event is None else f"{'more' if benefit == told.good else 'fewer'} did"
        found = "the one trial found so" if alone else f"pooled, {did}"
        weak = f"{{estimate}}, but the evidence is weak{turned}"
        return f"We cannot tell {told.whether(benefit=benefit)}: {found}, {weak}."
    return f"{told.clause(benefit=benefit, certainty=rated)}{_SIZES[shape]}{turned}."


def _open(effect: Effect, readings: tuple[tuple[str, Effect], ...], *, alone: bool) -> str:
    """Say between what the interval lies, and what parts of the evidence found."""
    if effect.important is None:
        ends = "the interval includes no difference, {estimate}"
        return ends if not readings else f"{_parts(effect, readings)}, and together {ends}"
    best, worst = reach(effect.high, effect.important), reach(effect.low, effect.important)
    reached = f"anything from {best} to {worst}" if best != worst else best
    if not readings:
        return f"the {'trial fits' if alone else 'trials fit'} {reached}, {{estimate}}"
    return f"{_parts(effect, readings)}, and together they fit {reached}"


def _parts(effect: Effect, readings: tuple[tuple[str, Effect], ...]) -> str:
    return ", ".join(f"{_the(name)} {_found(one, effect.important)}" for name, one in readings)


def _found(one: Effect, important: float | None) -> str:
    """Say what a part found; one whose interval includes no effect found no direction."""
    if not one.low <= 0 <= one.high:
        return f"found {found_in(one.estimate, important)}"
    if important is None or abs(one.estimate) > important:
        return "could not tell"
    within = -important <= one.low and one.high <= important
    return "found little or no difference" if within else "found little"


def reach(value: float, important: float) -> str:
    """Say in words how far an end of an interval reaches, by the smallest difference that matters.

    >>> [reach(x, 3.0) for x in (17.6, 4.0, 1.0, -2.5, -4.0, -9.0)]
    ['great benefit', 'benefit', 'little or none', 'slight harm', 'harm', 'great harm']
    """
    size = abs(value)
    if value >= 0:
        return "great benefit" if size > 2 * important else "benefit" if size > important else "little or none"
    return "great harm" if size > 2 * important else "harm" if size > important else "slight harm"


def found_in(value: float, important: float | None) -> str:
    """Say in words what one part of the evidence found.

    >>> found_in(12.4, 3.0), found_in(1.1, 3.0), found_in(-4.0, 3.0), found_in(0.3, None)
    ('a large effect', 'little', 'harm', 'a benefit')
    """
    if important is None or math.isnan(value):
        return "a benefit" if value > 0 else "harm" if value < 0 else "no difference"
    if abs(value) <= important:
        return "little"
    if value < 0:
        return "harm"
    return "a large effect" if value > 2 * important else "an effect that matters"


def _the(name: str) -> str:
    """Give a name as it stands in a sentence: the largest trial, but small trials, and BCG as it is."""
    name = name.strip().removesuffix(".")
    first = name.split(" ", 1)[0]
    # What is written in capitals within, such as an abbreviation, is no word that begins a sentence.
    if first == "A" or first[1:].islower():
        name = name[:1].lower() + name[1:]
    begins = name.lower().startswith(("the ", "a ", "an ", "all ", "both "))
    return name if begins or name.endswith("s") else f"the {name}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
