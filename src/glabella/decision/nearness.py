"""How far a person is from the people of the trials, one respect at a time; there is no sum and no score."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from glabella.decision.rating import LEVELS, Level
from glabella.dossier import Answer, Answers, Limit, Nearness, Number, Score, Statement, Wanted
from glabella.dossier.conditions import meets

#: How many in the trials were like a person: not known where no trial reports it, not asked without an answer.
Like = Literal["nobody", "few", "not known", "some", "many", "not asked"]
#: Worst first.
ORDER: tuple[Like, ...] = ("nobody", "few", "not known", "some", "many", "not asked")
#: From which share on there are many, and some; below, few.
MANY, SOME = 0.20, 0.05


@dataclass(frozen=True, slots=True)
class Distance:
    """How many people of the trials were like a person in one respect.

    Attributes
    ----------
    id, label, ask : str
        Key in the dossier, what it is, and by which answer.
    like : str
        In a word.
    people, of : float or None
        How many, of those in trials that report it; None where not known.
    text : Statement or None
        In the dossier's words; None where no group is known to fit.
    """

    id: str
    label: str
    ask: str
    like: Like
    people: float | None
    of: float | None
    text: Statement | None

    @property
    def share(self) -> float | None:
        """What part of the people that is; None where not known."""
        return None if self.people is None or not self.of else self.people / self.of


def in_words(people: float | None, of: float | None) -> Like:
    """Give the word for so many of so many.

    Examples
    --------
    >>> in_words(378, 392), in_words(57, 392), in_words(14, 392), in_words(0, 392), in_words(None, 392)
    ('many', 'some', 'few', 'nobody', 'not known')
    """
    if people is None or not of:
        return "not known"
    share = people / of
    return "many" if share >= MANY else "some" if share >= SOME else "few" if share > 0 else "nobody"


def distances(nearness: dict[str, Nearness], answers: Answers, on: date | None = None) -> tuple[Distance, ...]:
    """Say for each respect how many people of the trials were like a person, the worst first.

    Of groups of people the first that fits is used; who fits none is like nobody, as far as was seen. A score is
    compared with groups of its own scale alone. Where an answer leaves open which group fits, or no group is of its
    scale, it is not known how many were like the person.

    Parameters
    ----------
    nearness : dict of str to Nearness
        As the dossier declares it.
    answers : mapping of str to Answer
        By ask.
    on : date, optional
        The day of the visit.
    """
    found = [_distance(key, each, answers, on) for key, each in nearness.items()]
    return tuple(sorted(found, key=lambda each: ORDER.index(each.like)))


def lowered(level: Level, found: tuple[Distance, ...]) -> Level:
    """Lower a certainty for a person who is far from the trials: a level for nobody, and for each two with few.

    Examples
    --------
    >>> few = Distance("sex", "sex", "sex", "few", 14, 392, None)
    >>> lowered("high", (few,)), lowered("high", (few, few)), lowered("very low", (few, few))
    ('high', 'moderate', 'very low')
    """
    likes = [each.like for each in found]
    cost = min(2, likes.count("nobody") + likes.count("few") // 2)
    return LEVELS[min(LEVELS.index(level) + cost, len(LEVELS) - 1)]


def _distance(key: str, nearness: Nearness, answers: Answers, on: date | None) -> Distance:
    of, answer = _known(nearness.of), answers.get(nearness.ask)
    about = key, nearness.label, nearness.ask
    if answer is None:
        return Distance(*about, "not asked", None, of, None)
    # Groups of another scale than the answer's say nothing of it.
    groups = [each for each in nearness.groups if not _of_another_scale(each.when, answer)]
    for group in groups:
        fits = meets(group.when, answer, on)
        if fits is None:
            return Distance(*about, "not known", None, of, None)
        if fits:
            people = _known(group.people)
            return Distance(*about, in_words(people, of), people, of, group.text)
    if not of or not groups:
        return Distance(*about, "not known", None, of, nearness.otherwise if groups else None)
    return Distance(*about, "nobody", 0.0, of, nearness.otherwise)


def _of_another_scale(wanted: Wanted, answer: Answer) -> bool:
    return isinstance(wanted, Limit) and isinstance(answer, Score) and wanted.scale != answer.scale


def _known(number: Number) -> float | None:
    return number.value if number.usable else None
