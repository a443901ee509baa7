"""Whether a condition holds for a person: yes, no, or not known, since any answer may be missing.

What is not known makes a condition not known only where it could still turn it: of two that must both hold, one
that does not settles both.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date

from glabella.dossier._answers import Answer, Answers, DoseGiven, Score
from glabella.dossier._consultation import Ask, Limit, Wanted, When


def holds(when: When, answers: Answers, on: date | None = None) -> bool | None:
    """Say whether all parts of a condition hold; None where that is not known.

    Parameters
    ----------
    when : dict of str to Wanted
        By ask; empty holds for everybody.
    answers : mapping of str to Answer
        What the person answered; None or nothing where it is not known.
    on : date, optional
        The day from which the days since a dose are counted.

    Examples
    --------
    >>> when = {"age": Limit(at_least=18, below=65), "pregnant": ("no",)}
    >>> holds(when, {"age": 38.0, "pregnant": False}), holds(when, {"age": 38.0}), holds(when, {"age": 12.0})
    (True, None, False)
    """
    return every(meets(wanted, answers.get(ask), on) for ask, wanted in when.items())


def open_asks(when: When, answers: Answers, on: date | None = None) -> tuple[str, ...]:
    """Give the asks on which it depends whether a condition holds; none where that is known.

    Examples
    --------
    >>> when = {"age": Limit(below=18), "pregnant": ("no",)}
    >>> open_asks(when, {"age": 12.0}), open_asks(when, {"age": 38.0})
    (('pregnant',), ())
    """
    if holds(when, answers, on) is not None:
        return ()
    return tuple(ask for ask, wanted in when.items() if meets(wanted, answers.get(ask), on) is None)


def standing(asks: Mapping[str, Ask], answers: Answers, on: date | None = None) -> Answers:
    """Give the answers that stand: without scores that are too old, and with no or none to what is not asked.

    A score older than its ask says it may be is not known any more. To what is not asked of such a person the
    answer is no, or none; what was answered stands.

    Parameters
    ----------
    asks : mapping of str to Ask
        As a consultation declares them, each with whom it is asked of.
    answers : mapping of str to Answer
        By ask; what is not there is not known.
    on : date, optional
        The day of the visit, as of :func:`holds`; without it no score is too old.

    Examples
    --------
    >>> asks = {"pregnant": Ask.model_validate({"label": "pregnancy", "ask": "Could you be pregnant?",
    ...     "kind": "yes_no", "of": {"sex": ["woman"]}})}
    >>> dict(standing(asks, {"sex": "man"})), dict(standing(asks, {})), dict(standing(asks, {"sex": "woman"}))
    ({'sex': 'man', 'pregnant': False}, {}, {'sex': 'woman'})
    """
    answers = {key: each for key, each in answers.items() if key not in asks or not too_old(asks[key], each, on)}
    more: dict[str, Answer] = {
        key: not_asked(ask)
        for key, ask in asks.items()
        if answers.get(key) is None and holds(ask.of, answers, on) is False
    }
    return {**answers, **more}


def not_asked(ask: Ask) -> Answer:
    """Give the answer of a person who is not asked: no, or none."""
    return False if ask.kind == "yes_no" else ()


def too_old(ask: Ask, answer: Answer, on: date | None) -> bool:
    """Say whether a score is older than its ask says it may be; one without a date is of the day of the visit."""
    if ask.fresh is None or on is None or not isinstance(answer, Score) or answer.date is None:
        return False
    most = ask.fresh.days
    return most.usable and (on - answer.date).days > (most.value or 0.0)


def meets(wanted: Wanted, answer: Answer, on: date | None = None) -> bool | None:
    """Say whether one answer is what it must be; None where that is not known.

    A score on another scale than the limit's is not known. Doses are compared by the days since the last one;
    who had none has no such days, and no limit holds. Where a date is missing, the last dose was at the latest
    dated one or after it.

    Parameters
    ----------
    wanted : tuple of str or Limit
        Some of which the answer must be one (of several, any), or limits.
    answer : Answer
        None where it is not known.
    on : date, optional
        As of :func:`holds`.

    Examples
    --------
    >>> meets(("mild", "none"), "mild"), meets(("none",), ()), meets(("yes",), False), meets(Limit(below=3), None)
    (True, True, False, None)
    """
    if answer is None:
        return None
    if isinstance(wanted, Limit):
        return _within(wanted, answer, on)
    if isinstance(answer, bool):
        return ("yes" if answer else "no") in wanted
    if isinstance(answer, tuple):
        return any(each in wanted for each in answer or ("none",))
    return answer in wanted


def every(found: Iterable[bool | None]) -> bool | None:
    """Say whether all are so: not, where one is not; else not known where one is not known.

    >>> every([True, None]), every([False, None]), every([])
    (None, False, True)
    """
    each = list(found)
    return False if False in each else None if None in each else True


def some(found: Iterable[bool | None]) -> bool | None:
    """Say whether any is so: the mirror of :func:`every`.

    >>> some([True, None]), some([False, None]), some([])
    (True, None, False)
    """
    each = list(found)
    return True if True in each else None if None in each else False


def days_since(doses: tuple[DoseGiven, ...], on: date) -> tuple[float, float] | None:
    """Give the fewest and the most days since the last dose of any product; None where there was none.

    >>> days_since((DoseGiven("a", 20, date(2026, 1, 1)), DoseGiven("b", 10, None)), date(2026, 2, 1))
    (0.0, 31.0)
    """
    if not doses:
        return None
    dated = [each.date for each in doses if each.date is not None]
    most = float((on - max(dated)).days) if dated else math.inf
    return (most if len(dated) == len(doses) else 0.0), most


def _within(limit: Limit, answer: Answer, on: date | None) -> bool | None:
    if isinstance(answer, Score):
        low = high = answer.value if answer.scale == limit.scale else math.nan
    elif isinstance(answer, tuple):
        doses = tuple(each for each in answer if isinstance(each, DoseGiven))
        if not doses:
            return False
        if on is None:
            raise ValueError("days since a dose are counted from a day, and none was given")
        low, high = days_since(doses, on) or (math.nan, math.nan)
    elif isinstance(answer, float | int):
        low = high = float(answer)
    else:
        raise TypeError(f"the answer {answer!r} has no limits")
    if math.isnan(low):
        return None
    # The number lies between low and high: a limit holds if it does at both ends, and not if it does at neither.
    parts = []
    if limit.at_least is not None:
        parts.append(True if low >= limit.at_least else False if high < limit.at_least else None)
    if limit.below is not None:
        parts.append(True if high < limit.below else False if low >= limit.below else None)
    return every(parts)
