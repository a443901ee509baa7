"""One group alone: a proportion, a correlation, or its change from before to after."""

from __future__ import annotations

import numpy as np

from glabella.synthesis._columns import Floats, events_and_rest, fill_empty, forbid, in_units_of, need, usual
from glabella.synthesis._two_groups import correction


def proportions(
    measure: str, columns: dict[str, Floats], vtype: str, add: float | None, to: str
) -> tuple[Floats, Floats]:
    """PR, PLN, PLO, PAS and PFT from events among people."""
    if add is None:
        # An arcsine is defined without events.
        add = 0.0 if measure in ("PAS", "PFT") else 0.5
    x, rest = fill_empty(events_and_rest(columns, "xi", "mi", "ni"), add, to)
    n = x + rest
    if measure == "PR":
        return x / n, x * rest / (n**2 * (n - (1 if vtype == "UB" else 0)))
    if measure == "PLN":
        return np.log(x / n), 1 / x - 1 / n
    if measure == "PLO":
        return np.log(x / rest), 1 / x + 1 / rest
    if measure == "PAS":
        return np.arcsin(np.sqrt(x / n)), 1 / (4 * n)
    both = np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1)))
    return both / 2, 1 / (4 * n + 2)


def correlations(measure: str, columns: dict[str, Floats]) -> tuple[Floats, Floats]:
    """COR and ZCOR from a correlation and the number of people."""
    r, n = need(columns, "ri", "ni")
    _forbid_correlation(r)
    forbid(n < 4, n, "ni", "4 or more")
    if measure == "COR":
        return r, (1 - r**2) ** 2 / (n - 1)
    return np.arctanh(r), 1 / (n - 3)


def changes(measure: str, columns: dict[str, Floats]) -> tuple[Floats, Floats]:
    """MC, SMCC and SMCR from means and SDs at two times (one minus two) and their correlation."""
    m1, sd1, m2, sd2, n, r = need(columns, "m1i", "sd1i", "m2i", "sd2i", "ni", "ri")
    for name, sd in (("sd1i", sd1), ("sd2i", sd2)):
        forbid(sd <= 0, sd, name, "more than 0")
    _forbid_correlation(r)
    least = 2 if measure == "MC" else 3
    forbid(n < least, n, "ni", f"{least} or more")
    difference = m1 - m2
    if measure == "SMCC" and not usual(sd1, sd2):
        sd1, sd2, difference = in_units_of(np.maximum(sd1, sd2), sd1, sd2, difference)
    # As a sum of two squares or more, so that nothing is lost when r is close to 1 and the SDs are alike.
    of_change = (sd1 - sd2) ** 2 + 2 * (1 - r) * sd1 * sd2
    if measure == "MC":
        return difference, of_change / n
    if measure == "SMCC":
        yi = correction(n - 1) * difference / np.sqrt(of_change)
        return yi, 1 / n + yi**2 / (2 * n)
    yi = correction(n - 1) * difference / sd1
    return yi, 2 * (1 - r) / n + yi**2 / (2 * n)


def _forbid_correlation(r: Floats) -> None:
    forbid(np.abs(r) >= 1, r, "ri", "between -1 and 1, both excluded")
