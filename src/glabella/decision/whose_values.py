"""Whose values would choose what among the options of a consultation; refused while the numbers do not allow it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from glabella.decision.chances import Consulted
from glabella.decision.preferences import (
    DRAWS,
    SEED,
    First,
    Stated,
    draw_weights,
    first_shares,
    linear,
    n_per_group,
    smaa,
    stated,
)
from glabella.decision.uncertain import share_counted, share_printed
from glabella.dossier import Consultation, Matter

#: Events and people of each option with a harm, by the row of harm; None where they were not counted.
Counted = Mapping[str, tuple[float, float] | None]
#: Why nothing is ranked: a number is missing, numbers stand beside different controls, two matters are of one
#: family, no range is declared, or fewer than two options do enough.
Because = Literal["missing", "controls", "family", "range", "gate"]
#: How probable the least benefit must be for an option to be one.
_ENOUGH = 0.5
#: With which chance a trial is to find the least benefit.
POWER = 0.9
#: How near to nobody or everybody a share may be put on odds.
_NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class Wanted:
    """A trial that would give a number for a matter where those there are disagree.

    Attributes
    ----------
    matter, option : str
        By their keys.
    people : int
        In each of its groups, to find the least benefit with a power of 0.9.
    """

    matter: str
    option: str
    people: int


@dataclass(frozen=True, slots=True)
class ByMatter:
    """What may be said of people who put one matter first.

    Attributes
    ----------
    because : str or None
        Why nothing is ranked; None where something is.
    missing : tuple of (str, str)
        Matters and options without a number, by their keys.
    entering : tuple of str
        Options that are ranked.
    first : dict of str to Stated
        By matter; ``option`` is a place in ``entering``.
    wanted : tuple of Wanted
        Trials that would settle between readings that disagree.
    """

    because: Because | None
    missing: tuple[tuple[str, str], ...] = ()
    entering: tuple[str, ...] = ()
    first: Mapping[str, Stated] | None = None
    wanted: tuple[Wanted, ...] = ()


def has_number(matter: Matter, option: str, found: Consulted, counted: Counted) -> bool:
    """Tell whether an option has one number for a matter: several readings that disagree are none."""
    if matter.chance:
        number = found.chances[option].number
        return number is not None and number.middle is not None
    row = matter.harms.get(option)
    return row is not None and counted.get(row) is not None


def whose_values(consultation: Consultation, found: Consulted, counted: Counted, draws: int = DRAWS) -> ByMatter:
    """Say what people would choose who put each matter first.

    Parameters
    ----------
    consultation : Consultation
        With matters, their ranges and the least benefit.
    found : Consulted
        For a person.
    counted : mapping of str to (float, float) or None
        Events and people of rows of harm.
    draws : int
        Of outcomes and weights.

    Returns
    -------
    ByMatter

    Notes
    -----
    The guards come first, in this order: a number for every matter of every option; chances beside one control; no
    two matters of one family; a range of each; the least benefit, without which an option does not enter. What is
    then said is the rule of :func:`glabella.decision.preferences.stated`.
    """
    matters, options = consultation.matters, tuple(found.chances)
    missing = tuple(
        (key, option)
        for key, matter in matters.items()
        for option in options
        if not has_number(matter, option, found, counted)
    )
    if missing or not matters:
        return ByMatter("missing", missing, wanted=_wanted(consultation, found, missing))
    chances = {key: found.chances[key] for key in options}
    if len({one.without.control for one in chances.values() if one.without is not None}) > 1:
        return ByMatter("controls")
    if len({matter.family for matter in matters.values()}) < len(matters):
        return ByMatter("family")
    ends = [(matter.least, matter.most) for matter in matters.values()]
    if any(worst is None or best is None or worst == best for worst, best in ends):
        return ByMatter("range")
    entering = tuple(
        key
        for key, one in chances.items()
        if one.main is None or not one.main.enough or one.main.enough[0] >= _ENOUGH
    )
    if len(entering) < 2:
        return ByMatter("gate", entering=entering)
    outcomes = np.stack(
        [
            np.stack([_drawn(matters[key], option, found, counted, draws) for key in matters], axis=-1)
            for option in entering
        ],
        axis=1,
    )
    worst, best = np.array(ends, dtype=float).T / 100
    values = linear(outcomes, worst, best)
    confidence = smaa(values, draw_weights(len(matters), draws=draws).draws).confidence_factors
    first = {
        key: stated(first_shares(values, draw_weights(len(matters), [First(place)], draws=draws).draws), confidence)
        for place, key in enumerate(matters)
    }
    return ByMatter(None, (), entering, first)


def _wanted(
    consultation: Consultation, found: Consulted, missing: tuple[tuple[str, str], ...]
) -> tuple[Wanted, ...]:
    """Give the trials that would settle between readings; of several chances without the option, for the largest.

    Nobody is asked to try what a rule keeps from people like this one.
    """
    gate, sign = consultation.gate, 1 if consultation.better == "higher" else -1
    made = []
    for key, option in missing:
        it = found.chances[option]
        stopped = it.option.this and bool(found.eligibility.stops)
        if not consultation.matters[key].chance or it.state != "readings" or it.without is None or stopped:
            continue
        if gate is None or gate.value is None:
            continue
        least = gate.value / 100
        pairs = [(base.middle, base.middle + sign * least) for base in it.without.each]
        people = [
            n_per_group(least, power=POWER, variance=without * (1 - without) + having * (1 - having))
            for without, having in pairs
            if 0 < having < 1
        ]
        if people:
            made.append(Wanted(key, option, max(people)))
    return tuple(made)


def _drawn(matter: Matter, option: str, found: Consulted, counted: Counted, draws: int) -> NDArray[np.float64]:
    """Draw an option's outcome; each has a stream of its own, which its names decide."""
    random = np.random.default_rng([SEED, *f"{matter.family}.{option}".encode()])
    if matter.chance:
        share = found.chances[option].number
        assert share is not None  # as the first guard sees to
        assert share.middle is not None
        low, middle, high = (min(max(each, _NEAR), 1 - _NEAR) for each in (share.low, share.middle, share.high))
        return share_printed(middle, low, high).drawn(random.random(draws))
    known = counted[matter.harms[option]]
    assert known is not None
    return share_counted(*known).drawn(random.random(draws))
