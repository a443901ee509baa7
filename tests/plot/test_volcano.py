"""The volcano plot keeps the pairs whose ratio is infinite: they are the strongest there are."""

from __future__ import annotations

import numpy as np
import pytest

from glabella.plot import volcano


def marks(**columns: list[float]) -> list[dict[str, object]]:
    drawn = volcano(**columns)  # type: ignore[arg-type]
    assert drawn.svg().startswith("<svg")
    return next(layer["data"]["values"] for layer in drawn.spec["layer"] if layer["mark"].get("type") == "point")


def test_infinite_ratios_stand_beyond_the_largest_and_are_judged_by_chi_squared() -> None:
    """Three ratios on the scale of doublings: log2 of 8 is 3, so the infinite ones stand at 4."""
    found = marks(
        ratio=[8, np.inf, np.inf, 0.5], low=[2, np.nan, np.nan, 0.1], chi2=[20, 204, 1, 1], n=[5, 4, 1, 2]
    )
    assert [one["ratio"] for one in found] == [3, 4, 4, -1]
    assert [one["finite"] for one in found] == [True, False, False, True]
    above = [one["limit"] != "not" for one in found]
    assert above == [True, True, False, False]


def test_infinite_ratios_alone_are_drawn() -> None:
    assert [one["ratio"] for one in marks(ratio=[np.inf], low=[np.nan], chi2=[204], n=[4])] == [1]


@pytest.mark.parametrize("ratio", [np.nan, -np.inf, 0.0])
def test_what_is_no_ratio_is_refused(ratio: float) -> None:
    with pytest.raises(ValueError, match="ratio is"):
        volcano([ratio, 2.0], [1, 1], [1, 1], [1, 1])
    with pytest.raises(ValueError, match="low is nan"):
        volcano([3.0, 2.0], [np.nan, 1], [1, 1], [1, 1])
