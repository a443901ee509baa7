"""The comparison-adjusted funnel: netmeta's numbers, and its parts one by one."""

from typing import Any

import numpy as np
import pytest

from glabella.synthesis import egger, network
from glabella.synthesis.networks._funnel import adjusted_funnel
from tests.synthesis.networks.looks import LOOKS, fitted

ROWS = [("1", "A", "B", 0.3, 0.2), ("2", "B", "A", -0.5, 0.25), ("3", "B", "C", 0.2, 0.2),
        ("4", "A", "C", 0.9, 0.3), ("5", "C", "A", -0.7, 0.4)]  # fmt: skip


def fit() -> Any:
    columns: Any = [list(column) for column in zip(*ROWS, strict=True)]
    return network(*columns, method="DL")


@pytest.mark.parametrize("name", LOOKS)
def test_it_agrees_with_netmeta(name: str) -> None:
    expected = LOOKS[name]["funnel"]
    found = adjusted_funnel(fitted(name), expected["order"])
    rows = list(zip(found.studies, found.first, found.second, strict=True))
    place = [
        rows.index(row) for row in zip(expected["studlab"], expected["treat1"], expected["treat2"], strict=True)
    ]
    assert sorted(place) == list(range(len(rows)))
    assert found.adjusted[place] == pytest.approx(expected["adjusted"], rel=1e-8, abs=1e-12)
    assert found.se[place] == pytest.approx(expected["se"], rel=1e-12)
    # R's test is of the standard normal deviate on precision: the same regression.
    assert found.egger.statistic == pytest.approx(expected["egger_t"], rel=1e-8)
    assert found.egger.p_value == pytest.approx(expected["egger_p"], rel=1e-8)


def test_effects_are_centred_at_their_comparison() -> None:
    found = adjusted_funnel(fit(), ["A", "B", "C"])
    assert found.first == ("A", "A", "A", "A", "B")
    assert found.second == ("B", "B", "C", "C", "C")
    assert found.te.tolist() == [0.3, 0.5, 0.9, 0.7, 0.2]
    weight = 1 / (np.array([0.2, 0.25]) ** 2 + fit().tau2)
    assert found.direct[0] == pytest.approx(weight @ [0.3, 0.5] / weight.sum())
    assert found.adjusted == pytest.approx(found.te - found.direct)
    assert found.adjusted[4] == 0
    assert found.egger.p_value == egger(found.adjusted, found.se**2, model="lm").p_value
    assert "5 contrasts" in str(found)
    assert found.table().height == 5


def test_the_other_order_turns_all_effects() -> None:
    one, two = adjusted_funnel(fit(), ["A", "B", "C"]), adjusted_funnel(fit(), ["C", "B", "A"])
    assert sorted(two.adjusted) == pytest.approx(sorted(-one.adjusted))
    assert two.egger.slope == pytest.approx(-one.egger.slope)
    assert two.egger.p_value == pytest.approx(one.egger.p_value)


@pytest.mark.parametrize(
    ("order", "says"),
    [
        (["A", "B"], r"order and the network differ in \['C'\], expected each of \['A', 'B', 'C'\] once"),
        (["A", "B", "C", "D"], r"differ in \['D'\]"),
        (["A", "B", "C", "C"], r"differ in \['C'\]"),
        ("ABC", "order is 'ABC', expected the treatments"),
    ],
)
def test_a_wrong_order_is_named(order: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        adjusted_funnel(fit(), order)
