"""What is as good as equal: effects that a model fits but for the rounding of the numbers they were made of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Largest rounding error of an effect, relative to the larger of itself and its standard error. An effect is made
#: of a few numbers, such as two means, each wrong by half a unit in its last digit (2**-53 of it); where these
#: nearly cancel, the error is larger than the effect's own last digit. 2**-40, 9e-13, leaves room for numbers of
#: 2**12 or 4,096 standard errors. Effects that truly differ by so little do not occur by chance: residuals of a
#: trillionth of their standard error have, with one degree of freedom, a probability of a trillionth.
ROUNDING = 2.0**-40


def rounding(y: Floats, v: Floats) -> Floats:
    """Give the size below which a residual of each effect is rounding; infinite for a study of infinite variance.

    ``y`` and ``v`` have shape (k,) or (batch, k). The largest effect counts for all, since residuals are
    differences from a fit that all effects go into.
    """
    return np.asarray(ROUNDING * (np.abs(y).max(axis=-1, initial=0.0, keepdims=True) + np.sqrt(v)))


def fitted_exactly(q: Floats, y: Floats, v: Floats, residual: Floats) -> NDArray[np.bool_]:
    """Mark the rows of a batch in which all residuals are rounding.

    ``q`` of shape (batch,) is the sum of the residuals' squares over ``v`` plus a variance that is common to all: a
    row in which it is not tiny is let go by at once.
    """
    found = np.zeros(len(y), dtype=bool)
    scale = np.abs(y).max(axis=1, initial=0.0) / np.sqrt(v.min(axis=1, initial=np.inf))
    rows = np.flatnonzero(q <= 2 * y.shape[1] * ROUNDING**2 * (1 + scale**2))
    if rows.size:
        found[rows] = (np.abs(residual[rows]) <= rounding(y[rows], v[rows])).all(axis=1)
    return found
