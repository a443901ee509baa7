"""What the sections on a fitted mechanism share: sources and certainty of its numbers, and claims with limits."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from glabella.brief.results import Results
from glabella.dossier import Evidence, Fitted, Mechanism, MechanismWords, Number, Parameter
from glabella.dossier._fitted import Interval, Landmarks
from glabella.shown import Certainty, Claim, Ledger, Source

if TYPE_CHECKING:
    from typing import Unpack

    from glabella.shown import ClaimFields

#: From best to worst.
LEVELS: tuple[Certainty, ...] = ("high", "moderate", "low", "very low")
#: What an interval is; a level is said before it.
CREDIBLE, LIKELY, PREDICTION = "credible interval", "interval by likelihood", "interval of a new trial"
#: What is never shown as known of a source.
_STATUSES = {"assumed": "derived", "by_definition": "derived"}
DAYS_A_WEEK = 7.0
#: Trials are predicted poorly with a larger error, in percentage points, or so much less coverage than the level's.
_POOR = 10.0
#: With more than this R-hat, chains have not met.
_APART = 1.05
#: Fewer trials of mood than this are few.
_FEW = 10


@dataclass(frozen=True)
class FittedModel:
    """A mechanism with its fit.

    Attributes
    ----------
    evidence : Evidence
        The dossier.
    mechanism : Mechanism
        Its mechanism.
    fitted : Fitted
        What was computed from it.
    headline : str
        Certainty of the effect on mood itself; nothing about how mood follows is more certain.
    """

    evidence: Evidence
    mechanism: Mechanism
    fitted: Fitted
    headline: Certainty

    @property
    def words(self) -> MechanismWords:
        """How sentences name what the mechanism is of."""
        return self.mechanism.words

    def ledger(self, book: Ledger) -> Ledger:
        """Give a ledger for claims about the mechanism; their inputs are its files, the fit among them."""
        return book.under(
            "course.",
            version=self.fitted.version,
            inputs=self.inputs,
            time_span=f"after one {self.evidence.words.session}",
        )

    def level(self, kind: str) -> str:
        """Name an interval with its level."""
        return f"{100 * self.fitted.level:g} % {kind}"

    def product(self, key: str) -> str:
        """Give a product's name."""
        found = self.evidence.products.products.get(key)
        return found.label if found else key

    @property
    def place(self) -> str:
        """Where it is given."""
        site = self.mechanism.observations.site
        return self.evidence.words.site(site) if site else f"the {self.words.part}"

    def trial(self, key: str) -> str:
        """Give a trial's name: of its file in studies, or else as the mechanism's words have it."""
        study = self.evidence.studies.get(key)
        return study.label if study else self.words.trials.get(key, key.replace("_", " "))

    @cached_property
    def inputs(self) -> tuple[tuple[str, str], ...]:
        """Digests of the mechanism's files, the fit among them; no number rests on its words."""
        files = ((name, value) for name, value in self.evidence.digests.items() if name.startswith("mechanism/"))
        return tuple((name, value) for name, value in files if name != "mechanism/words.yaml")

    # --- sources ----------------------------------------------------------------------------------------------

    def muscle_sources(self, *products: str) -> tuple[Source, ...]:
        """Give the references behind the fitted observations of the muscle, of all products if none is named."""
        seen = self.mechanism.observations
        numbers = [
            number
            for each in (*seen.muscle, *seen.times)
            if each.use == "fit" and (not products or each.product in products)
            for number in (*each.outcome, *each.given)
        ]
        return of_numbers(numbers)

    @cached_property
    def mood_sources(self) -> tuple[Source, ...]:
        """The references behind what was seen of mood, and behind the constants."""
        rows = set(self.fitted.mood.rows)
        numbers = [
            number
            for each in self.mechanism.observations.mood
            if each.id in rows
            for number in (*each.outcome, *each.given)
        ]
        return once((*of_numbers(numbers), *self._constants_sources))

    @cached_property
    def _constants_sources(self) -> tuple[Source, ...]:
        found = (each for each in self.mechanism.parameters.values() if each.role == "fixed")
        return once(source for each in found for source in of_parameter(each))

    # --- how far to trust it ----------------------------------------------------------------------------------

    @cached_property
    def muscle_trials(self) -> frozenset[str]:
        """The trials whose observations of the muscle were fitted."""
        seen = self.mechanism.observations
        return frozenset(each.study for each in (*seen.muscle, *seen.times) if each.use == "fit")

    @cached_property
    def mood_trials(self) -> frozenset[str]:
        """The trials whose differences in mood were fitted."""
        rows = set(self.fitted.mood.rows)
        return frozenset(each.study for each in self.mechanism.observations.mood if each.id in rows)

    @cached_property
    def predicts_poorly(self) -> bool | None:
        """Whether trials are predicted poorly from the others; None where that was not computed."""
        found = next((each for each in self.fitted.muscle.predicted if each.of == "shares"), None)
        if found is None:
            return None
        return found.error > _POOR or found.coverage < 100 * self.fitted.level - _POOR

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """What keeps the course of the muscle from being certain; from what the fit itself reports."""
        muscle, reasons = self.fitted.muscle, []
        if not self.muscle_trials & self.evidence.studies.keys():
            reasons.append("the muscle was watched in trials of another use")
        if self.predicts_poorly is None:
            reasons.append("how well it predicts trials was not computed")
        elif self.predicts_poorly:
            reasons.append("trials that it has not seen are predicted poorly")
        untold = [each for each in muscle.unknowns if each.verdict == "not identified"]
        if len(untold) * 4 > len(muscle.unknowns):
            reasons.append("many of its numbers stand on assumptions")
        if any(each.rhat > _APART for each in muscle.unknowns):
            reasons.append("the draws of the posterior have not settled")
        return tuple(reasons)

    @property
    def certainty(self) -> Certainty:
        """How certain the course of the muscle is."""
        return rated(self.reasons)

    @cached_property
    def mood_reasons(self) -> tuple[str, ...]:
        """What keeps how mood follows from being certain."""
        mood, reasons = self.fitted.mood, []
        if not self.muscle_trials & self.mood_trials:
            reasons.append("no trial followed muscle and mood side by side")
        if mood.apart is None:
            reasons.append("the data cannot tell the explanations apart")
        if len(self.mood_trials) < _FEW:
            reasons.append("few trials")
        if any(each.half_life.low is None or each.half_life.high is None for each in mood.explanations):
            reasons.append("the speed of mood has no limits in the data")
        return tuple(reasons)

    @property
    def mood_certainty(self) -> Certainty:
        """How certain it is how mood follows: no more than the muscle on which it rests, nor than the effect."""
        return worse(rated(self.mood_reasons), self.certainty, self.headline)

    # --- explanations of the effect on mood -------------------------------------------------------------------

    def explanation(self, name: str) -> str:
        """Give an explanation as people read it."""
        found = self.mechanism.explanations.get(name)
        return found.label if found else name

    def has_effect(self, name: str) -> bool:
        """Whether an explanation switches anything on."""
        found = self.mechanism.explanations.get(name)
        return found is not None and any(found.switches.values())

    # --- what it is asked about -------------------------------------------------------------------------------

    @cached_property
    def shown(self) -> tuple[Landmarks, ...]:
        """Landmarks by the first definition of a response, the product of the trials of mood first.

        Raises
        ------
        ValueError
            If the product of the trials of mood is not among them.
        """
        landmarks, product = self.fitted.landmarks, self.fitted.mood.product
        same = [each for each in landmarks if each.definition == landmarks[0].definition]
        by_dose = [each for each in same if each.product == product]
        if not by_dose:
            raise ValueError(f"the fit has no course of {product}, the product of the trials of mood")
        # Of the other products only women are shown: hardly any of their trials tell of men alone.
        others = [
            each
            for each in same
            if each.product != product and each.sex == "women" and each.dose == self.label_dose(each.product)
        ]
        return (*by_dose, *others)

    def by_definition(self, row: Landmarks) -> tuple[Landmarks, ...]:
        """Give the same dose in the same people by each definition of a response."""
        who = (row.product, row.dose, row.sex)
        return tuple(each for each in self.fitted.landmarks if (each.product, each.dose, each.sex) == who)

    @cached_property
    def usual(self) -> Landmarks:
        """Women with the dose that trials of mood gave most often, or the nearest to it."""
        product = self.fitted.mood.product
        rows = [each for each in self.shown if each.product == product]
        given = Counter(
            dose
            for each in self.mechanism.observations.mood
            if each.product == product
            for dose, who, _ in each.doses_and_shares
            if who != "men"
        )
        women = [each for each in rows if each.sex == "women"] or rows
        if not given:
            return women[0]
        common = given.most_common(1)[0][0]
        return min(women, key=lambda each: abs(each.dose - common))

    def label_dose(self, product: str) -> float | None:
        """Give the dose that the dossier's sentences on a product call its dose."""
        known = self.evidence.products.products.get(product)
        numbers = [
            number
            for it in (known.statements if known else ())
            for key, number in it.values.items()
            if key == "dose" and number.unit == "U"
        ]
        return numbers[0].value if numbers else None


def fitted_model(results: Results) -> FittedModel | None:
    """Give the mechanism of a dossier with its fit; None where it has none, or it was not fitted."""
    mechanism = results.evidence.mechanism
    fitted = mechanism.fitted if mechanism else None
    if mechanism is None or fitted is None or not fitted.landmarks:
        return None
    return FittedModel(results.evidence, mechanism, fitted, results.headline.certainty)


def ranged(
    book: Ledger,
    name: str,
    label: str,
    found: Interval,
    kind: str,
    *,
    scale: float = 1.0,
    **own: Unpack[ClaimFields],
) -> Claim:
    """Make a claim of a value with its limits, in another unit where a scale is given."""
    value, low, high = (None if x is None else scale * x for x in (found.value, found.low, found.high))
    if value is not None and (low is not None or high is not None):
        own |= {"low": low, "high": high, "interval": kind}
    return book(name, label, value, **own)


def rated(reasons: Iterable[str]) -> Certainty:
    """Rate down from high, one level a reason.

    >>> rated([]), rated(["few trials"]), rated(["few trials", "an old scale", "no blinding", "a small effect"])
    ('high', 'moderate', 'very low')
    """
    return LEVELS[min(len(tuple(reasons)), len(LEVELS) - 1)]


def worse(*words: Certainty) -> Certainty:
    """Give the worst of some ratings; a word that is no rating counts as the worst.

    >>> worse("low", "moderate"), worse("high", "as printed")
    ('low', 'very low')
    """
    return LEVELS[max(LEVELS.index(word) if word in LEVELS else len(LEVELS) - 1 for word in words)]


def decimals_of(*values: float | None, digits: int = 2) -> int:
    """Give how many decimals the first of some values needs for so many digits, within reason.

    >>> [decimals_of(x) for x in (123.0, 12.0, 1.2, 0.0012, 0.0)]
    [0, 0, 1, 4, 1]
    """
    size = next((abs(value) for value in values if value), 1.0)
    return min(max(digits - 1 - math.floor(math.log10(size)), 0), 5)


def of_numbers(numbers: Iterable[Number]) -> tuple[Source, ...]:
    """Give the sources of numbers, each once."""
    return once(Source(key, each.status, each.at) for each in numbers for key in each.sources)


def of_parameter(each: Parameter) -> tuple[Source, ...]:
    """Give the sources of a constant."""
    return tuple(Source(key, _STATUSES.get(each.status, each.status), each.at) for key in each.sources)


def once(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Keep each reference once, as it was first met."""
    found: dict[str, Source] = {}
    for source in sources:
        found.setdefault(source.reference, source)
    return tuple(found.values())


def studies_of(mechanism: Mechanism) -> Mapping[str, str]:
    """Give the trial of each observation of the muscle."""
    seen = mechanism.observations
    return {each.id: each.study for each in (*seen.muscle, *seen.times)}
