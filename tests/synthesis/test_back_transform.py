"""Ways back to the scale that is read: against metafor's numbers, and back and forth."""

import json
import math
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import scipy.special  # noqa: F401 - loaded now, or the first example would miss its deadline
from hypothesis import given
from hypothesis import strategies as st

from glabella.synthesis import effect_size, pool
from glabella.synthesis._back_transform import back_transform
from glabella.synthesis._effect_size import Measure

CASES = json.loads((Path(__file__).parent / "reference" / "escalc_cases.json").read_text(encoding="utf-8"))["back"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['measure']}-{case.get('ni', '')}")
def test_metafor_goes_back_the_same_way(case: Any) -> None:
    found = back_transform(case["measure"], case["values"], ni=case.get("ni"), harmonic=True)
    assert found == pytest.approx(np.array(case["back"]), rel=1e-8, abs=1e-14)


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_proportion_comes_back_from_each_of_its_scales(x: int, rest: int) -> None:
    n = max(x + rest, 1)
    for measure in ("PAS", "PFT"):
        there: Any = effect_size(measure, xi=[x], ni=[n])
        assert back_transform(measure, there.yi, ni=n)[0] == pytest.approx(x / n, rel=1e-9, abs=1e-14)
    if 0 < x < n:
        for measure in ("PLN", "PLO"):
            there = effect_size(measure, xi=[x], ni=[n])  # type: ignore[arg-type]
            assert back_transform(measure, there.yi)[0] == pytest.approx(x / n, rel=1e-12)  # type: ignore[arg-type]


def test_a_rare_event_keeps_its_digits() -> None:
    n = 10_000_000
    there = effect_size("PFT", xi=[1, n - 1], ni=[n, n])
    assert back_transform("PFT", there.yi, ni=n) == pytest.approx([1 / n, 1 - 1 / n], rel=1e-8)


@given(st.floats(-0.1, 1.7), st.floats(-0.1, 1.7), st.lists(st.integers(1, 1000), min_size=1, max_size=5))
def test_millers_inverse_does_not_turn_back(low: float, high: float, ni: list[int]) -> None:
    found = back_transform("PFT", sorted([low, high]), ni=ni)
    assert 0 <= found[0] <= found[1] <= 1
    assert back_transform("PFT", [math.pi / 4], ni=ni) == pytest.approx([0.5])


@given(st.floats(-0.999, 0.999))
def test_a_correlation_comes_back(r: float) -> None:
    assert back_transform("ZCOR", effect_size("ZCOR", ri=[r], ni=[9]).yi) == pytest.approx([r], rel=1e-12)


@pytest.mark.parametrize("measure", ["OR", "RR", "PETO", "IRR", "ROM", "PLN"])
def test_logs_are_exponentiated(measure: Any) -> None:
    assert back_transform(measure, [math.log(2), -math.inf]).tolist() == pytest.approx([2, 0])


@pytest.mark.parametrize("measure", ["RD", "AS", "IRD", "MD", "SMD", "SMDH", "PR", "COR", "MC", "SMCC", "SMCR"])
def test_differences_stay_as_they_are(measure: Any) -> None:
    values = np.array([[-0.5, 0.25]])
    found = back_transform(measure, values)
    assert found.tolist() == values.tolist()
    assert not np.shares_memory(found, values)


@pytest.mark.parametrize("measure", get_args(Measure))
def test_every_measure_has_a_way_back_that_keeps_shape_and_nan(measure: Any) -> None:
    found = back_transform(measure, [[0.2, math.nan, 0.4]], ni=[10, 20])
    assert found.shape == (1, 3)
    assert np.isnan(found).tolist() == [[False, True, False]]
    assert found[0, 0] < found[0, 2]
    assert back_transform(measure, 0.4, ni=[10, 20]).shape == ()


@pytest.mark.parametrize(
    ("measure", "values", "ni", "says"),
    [
        ("XYZ", [1], None, "unknown measure 'XYZ'"),
        ("OR", ["a"], None, "values are not numbers"),
        ("PFT", [1], None, "ni is missing"),
        ("PFT", [1], [5, 0], "ni is 0 in row 2, expected more than 0"),
        ("PFT", [1], [math.nan], "ni is nan in row 1"),
        ("PFT", [1], "many", "ni is not a list of numbers"),
        ("PFT", [1], [], "ni has shape"),
    ],
)
def test_bad_input_is_named(measure: Any, values: Any, ni: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        back_transform(measure, values, ni=ni)


# --- pooled proportions -----------------------------------------------------------------------------------


def test_a_pooled_proportion_lies_among_the_studies() -> None:
    """Five studies, sizes 10,000 apart, risks near 0: Miller's inverse at the harmonic mean leaves them."""
    xi, ni = np.array([8, 0, 1, 3, 0]), np.array([217154, 29, 676, 16557, 44])
    there = effect_size("PFT", xi=xi, ni=ni)
    fit = pool(there.yi, there.vi, method="common", test="z")
    own = xi / ni
    assert own.min() <= back_transform("PFT", fit.estimate, ni=ni, weights=fit.weights) <= own.max()
    assert back_transform("PFT", fit.estimate, ni=ni) == pytest.approx(
        back_transform("PFT", fit.estimate, ni=ni, weights=fit.weights)
    )


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 100)), min_size=2, max_size=6),
    st.sampled_from(["DL", "common"]),
)
def test_that_holds_for_any_sizes_and_weights(studies: Any, method: Any) -> None:
    ni = np.array([10**size + 1 for size, _ in studies])
    xi = np.array([n * share // 100 for n, (_, share) in zip(ni.tolist(), studies, strict=True)])
    there = effect_size("PFT", xi=xi, ni=ni)
    fit = pool(there.yi, there.vi, method=method, test="z")
    found = back_transform("PFT", fit.estimate, ni=ni, weights=fit.weights)
    assert (xi / ni).min() - 1e-9 <= found <= (xi / ni).max() + 1e-9


def test_no_events_anywhere_are_no_events_pooled() -> None:
    ni = [10, 100, 10_000]
    there = effect_size("PFT", xi=[0, 0, 0], ni=ni)
    fit = pool(there.yi, there.vi, method="common", test="z")
    assert back_transform("PFT", fit.estimate, ni=ni) == pytest.approx(0, abs=1e-15)


def test_weights_that_cannot_be_are_named() -> None:
    for weights in ([1, -1], [1], [0, 0], [1, math.nan]):
        with pytest.raises(ValueError, match="weights are"):
            back_transform("PFT", 0.3, ni=[10, 20], weights=weights)
