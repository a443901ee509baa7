"""The part of an analysis that says what the muscle's answers owe to each constant, above all to those assumed.

Fitted constants are moved over their posterior and assumed ones over their prior, one by one and as if none
depended on another: this tells what an assumption is worth, not how sure an answer is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from glabella.mechanism._answers import MANY, duration_of_each
from glabella.mechanism._likelihood import Likelihood
from glabella.mechanism._muscle_part import DAYS
from glabella.mechanism._needed import amounts_needed
from glabella.mechanism._plain import swings
from glabella.mechanism._sensitivity import quantile, sobol, tornado
from glabella.mechanism._unknowns import Unknown

if TYPE_CHECKING:
    from glabella.dossier import Questions

Floats = NDArray[np.float64]
ENDS = (0.025, 0.975)
#: Between the ends of a normal lie so many standard deviations.
WIDE = 2 * 1.959963984540054


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """The unknowns with their posterior medians and limits, all on the real line (p,)."""

    likelihood: Likelihood
    middle: Floats
    low: Floats
    high: Floats


def owed_part(moved: Moved, asked: Questions, n: int, seed: int) -> list[dict[str, Any]]:
    """Give what the answers owe to each constant.

    The duration after the product that is asked about, with the shares of its variance; the share of people who
    respond on the first of the days that are asked about; and the duration after each product with an assumption of
    its own.

    Parameters
    ----------
    moved : Moved
    asked : Questions
    n : int
        For Sobol indices, a power of two.
    seed : int
    """
    found = [
        _owed(moved, asked, asked.product, "duration", n, seed),
        _owed(moved, asked, asked.product, "responders"),
    ]
    own = {each.product for each in moved.likelihood.unknowns if each.assumed and each.product}
    return found + [_owed(moved, asked, each, "duration") for each in asked.doses if each in own - {asked.product}]


def _owed(moved: Moved, asked: Questions, product: str, quantity: str, n: int = 0, seed: int = 0) -> dict[str, Any]:
    there = moved.likelihood
    which = [k for k, each in enumerate(there.unknowns) if _matters(each, asked, product, quantity)]
    low, high = moved.low[which].copy(), moved.high[which].copy()
    for row, k in enumerate(which):
        each = there.unknowns[k]
        if each.assumed:
            low[row], high[row] = (each.to_line(float(x)) for x in quantile(each, ENDS))
    result = RESULTS[quantity]

    def of(values: Floats) -> Floats:
        places = np.tile(moved.middle, (len(values), 1))
        places[:, which] = values
        return result(there, places, asked, product)

    names = [there.unknowns[k].name for k in which]
    found = tornado(of, np.clip(moved.middle[which], low, high), low, high, names)
    back = {each.name: each for each in there.unknowns}
    moves = [{**each, **{end: back[each["name"]].from_line(each[end]) for end in ("low", "high")}}
             for each in swings(found)]  # fmt: skip
    indices = []
    if n:
        over = [Unknown(name, float((a + b) / 2), "real", "normal",
                        {"mean": float((a + b) / 2), "sd": float((b - a) / WIDE)})
                for name, a, b in zip(names, low, high, strict=True)]  # fmt: skip
        shares = sobol(of, over, n, seed)
        indices = [
            {"name": name, "first": float(a), "first_half_width": float(b), "total": float(c),
             "total_half_width": float(d)}
            for name, a, b, c, d in zip(shares.names, shares.first, shares.first_half_width, shares.total,
                                        shares.total_half_width, strict=True)
        ]  # fmt: skip
    return {"quantity": quantity, "product": product, "explanation": None, "centre": found.centre, "swings": moves,
            "sobol": indices}  # fmt: skip


def _matters(each: Unknown, asked: Questions, product: str, quantity: str) -> bool:
    """Whether an unknown can move the answer: not that of another product, definition, observer or sex."""
    if each.product not in ("", product):
        return False
    if each.name == "antibody_share":
        # People who never respond change neither when the others respond nor for how long.
        return quantity == "responders"
    first, _, rest = each.name.partition("_")
    own = (asked.definition, asked.observer, "spread", "women")
    return first not in ("threshold", "observer", "sensitivity") or rest in own


def _duration(likelihood: Likelihood, places: Floats, asked: Questions, product: str) -> Floats:
    found = duration_of_each(likelihood, places, product=product, dose=asked.doses[product][0], sex="women",
                             definition=asked.definition, observer=asked.observer, days=DAYS)  # fmt: skip
    # Beyond the last day nothing is known: it stands for at least that long.
    return np.asarray(np.minimum(found, DAYS[-1]))


def _responders(likelihood: Likelihood, places: Floats, asked: Questions, product: str) -> Floats:
    days, parts = np.array([0.0, asked.kept_days[0]]), []
    for first in range(0, len(places), MANY):
        needed = amounts_needed(likelihood, places[first : first + MANY], product=product,
                                definition=asked.definition, observer=asked.observer, days=days)  # fmt: skip
        part = np.full(len(needed.good), np.nan)
        part[needed.good] = needed.shares(likelihood, asked.doses[product][0], "women")[0][:, -1]
        parts.append(part)
    return 100 * np.concatenate(parts)


#: What is moved, by name: for places (m, p) on the real line, the result (m,).
RESULTS: dict[str, Callable[[Likelihood, Floats, Questions, str], Floats]] = {
    "duration": _duration, "responders": _responders,
}  # fmt: skip
