"""Neither the order of rows nor the units change a result. SYNTHETIC data."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from glabella.synthesis import trim_fill

#: Two data sets with ties: equal effects of different variances, and effects as far on either side of the middle.
TIED = [
    ([0.1, 0.2, 0.2, 0.4, 0.9, 0.9, 1.2], [0.01, 0.02, 0.08, 0.02, 0.1, 0.3, 0.2]),
    ([0.2, 0.5, -0.1, -0.1, 0.2, 0.7, 0.0], [0.35, 0.14, 0.21, 0.25, 0.29, 0.08, 0.13]),
]


@pytest.mark.parametrize("estimator", ["L0", "R0"])
@pytest.mark.parametrize("data", TIED, ids=["first", "second"])
def test_trim_and_fill_is_the_same_in_any_order_of_rows(data: Any, estimator: Any) -> None:
    y, v = np.array(data[0]), np.array(data[1])
    random = np.random.default_rng(1)
    found = set()
    for _ in range(40):
        order = random.permutation(len(y))
        fit = trim_fill(y[order], v[order], estimator=estimator)
        found.add((fit.k0, fit.side, round(fit.fit.estimate, 9), round(fit.fit.se, 9)))
    assert len(found) == 1


MOVES: dict[str, Callable[[Any], Any]] = {
    "a tenth more": lambda y: y + 0.1,
    "a hundred more": lambda y: y + 100.0,
    "ten thousand more": lambda y: y + 1e4,
    "a hundredth": lambda y: y * 0.01,
    "threefold": lambda y: y * 3.0,
    "sevenfold": lambda y: y * 7.0,
}
SETS = [
    ([0.2, 1.0, 0.5, -0.1], [0.1, 0.1, 0.05, 0.05]),
    ([0.6, 0.3, 0.0, -0.1, 0.6, 1.0, 0.5], [0.02, 0.02, 0.1, 0.05, 0.1, 0.1, 0.1]),
]


@pytest.mark.parametrize("data", SETS, ids=["four", "seven"])
def test_trim_and_fill_fills_in_as_many_in_other_units(data: Any) -> None:
    """Distances from the middle that tie in one unit tie in every other, for rounding is no data."""
    y, v = np.array(data[0]), np.array(data[1])
    found = {}
    for name, move in MOVES.items():
        factor = move(1.0) - move(0.0)
        found[name] = trim_fill(move(y), v * factor**2, side="left", method="common", test="z").k0
    mirrored = trim_fill(-y, v, side="right", method="common", test="z").k0
    assert set(found.values()) == {mirrored}, found
