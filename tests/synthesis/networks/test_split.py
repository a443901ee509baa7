"""Direct and indirect evidence: netmeta's numbers, networks without one study, and what must hold."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from glabella.synthesis import network, pool
from glabella.synthesis.networks._split import direct_evidence, node_split
from tests.synthesis.networks.looks import LOOKS, fitted, networks, renamed

Given = tuple[list[str], list[str], list[str], list[float], list[float]]


@pytest.mark.parametrize("name", LOOKS)
def test_common_effects_split_as_in_netmeta(name: str) -> None:
    expected, found = LOOKS[name]["split_common"], node_split(fitted(name), model="common")
    place, sign = [], []
    for label in expected["comparison"]:
        one, two = label.split(":")
        pair = (one, two) if one < two else (two, one)
        place.append(list(zip(found.first, found.second, strict=True)).index(pair))
        sign.append(1 if pair[0] == one else -1)
    for ours, theirs, turn in (("direct", "direct", True), ("direct_se", "direct_se", False),
                               ("indirect", "indirect", True), ("indirect_se", "indirect_se", False),
                               ("proportion", "prop", False), ("p_value", "diff_p", False)):  # fmt: skip
        values = np.array([np.nan if value is None else value for value in expected[theirs]], dtype=float)
        seen = getattr(found, ours)[place] * (np.array(sign) if turn else 1)
        # netmeta sets shares below 1e-8 to zero, and both come to the indirect effect through a small difference.
        assert seen == pytest.approx(values, rel=1e-8, abs=1e-10, nan_ok=True)


@given(networks())
@settings(max_examples=40)
def test_direct_and_indirect_evidence_make_the_networks(given_: Given) -> None:
    fit = network(*given_, method="DL")
    found = node_split(fit)
    both = np.isfinite(found.difference)
    w, v = 1 / found.direct_se[both] ** 2, 1 / found.indirect_se[both] ** 2
    assert (w * found.direct[both] + v * found.indirect[both]) / (w + v) == pytest.approx(found.te[both])
    assert 1 / (w + v) == pytest.approx(found.se[both] ** 2)
    assert w / (w + v) == pytest.approx(found.proportion[both])
    place = {pair: i for i, pair in enumerate(zip(found.first, found.second, strict=True))}
    for i, a in enumerate(fit.treatments):
        for j, b in enumerate(fit.treatments[i + 1 :], i + 1):
            assert found.te[place[a, b]] == fit.te_random[i, j]
            assert found.se[place[a, b]] == fit.se_random[i, j]
    # Without studies of its own a comparison is indirect altogether.
    none = found.studies == 0
    assert np.isnan(found.direct[none]).all()
    assert np.array_equal(found.indirect[none], found.te[none])
    assert (found.proportion[none] == 0).all()


@given(networks())
@settings(max_examples=25)
def test_names_and_order_do_not_matter(given_: Given) -> None:
    names = dict(zip("ABCDE", "VZXYW", strict=True))
    one, two = (node_split(network(*data, method="DL")) for data in (given_, renamed(given_, names)))
    place = {frozenset(pair): i for i, pair in enumerate(zip(two.first, two.second, strict=True))}
    for i, (a, b) in enumerate(zip(one.first, one.second, strict=True)):
        j = place[frozenset((names[a], names[b]))]
        turn = 1 if names[a] < names[b] else -1
        assert turn * two.difference[j] == pytest.approx(one.difference[i], rel=1e-6, abs=1e-8, nan_ok=True)
        assert two.p_value[j] == pytest.approx(one.p_value[i], rel=1e-6, abs=1e-8, nan_ok=True)


def test_indirect_evidence_is_the_network_without_the_studies() -> None:
    rows = [("1", "A", "B", 0.3, 0.2), ("2", "A", "B", 0.5, 0.25), ("3", "B", "C", 0.2, 0.2),
            ("4", "A", "C", 0.9, 0.3), ("5", "C", "D", 0.1, 0.2), ("6", "A", "D", 0.7, 0.3)]  # fmt: skip
    columns: Any = [list(column) for column in zip(*rows, strict=True)]
    found = node_split(network(*columns, method="common"), model="common")
    place = list(zip(found.first, found.second, strict=True)).index(("A", "B"))
    rest: Any = [list(column) for column in zip(*rows[2:], strict=True)]
    without = network(*rest, method="common")
    assert found.indirect[place] == pytest.approx(without.te_common[0, 1])
    assert found.indirect_se[place] == pytest.approx(without.se_common[0, 1])
    pooled: Any = pool([0.3, 0.5], [0.04, 0.0625], method="common", test="z")
    assert found.direct[place] == pytest.approx(pooled.estimate)
    assert found.direct_se[place] == pytest.approx(pooled.se)
    assert found.studies[place] == 2
    assert "A : B" in str(found)
    assert found.table().height == 6


def test_in_a_chain_there_is_nothing_to_split() -> None:
    found = node_split(
        network(["1", "2"], ["A", "B"], ["B", "C"], [0.1, 0.2], [0.2, 0.2], method="common"), model="common"
    )
    assert np.isnan(found.difference).all()
    assert np.isnan(found.indirect).tolist() == [True, False, True]
    assert np.isnan(found.direct).tolist() == [False, True, False]
    assert found.proportion == pytest.approx([1, 0, 1])
    assert "nothing to split" in str(found)


def test_a_lone_study_of_three_arms_has_no_indirect_evidence() -> None:
    fit = network(["1"] * 3, ["A", "A", "B"], ["B", "C", "C"], [0.1, 0.4, 0.3], [0.2, 0.25, 0.22], method="common")
    found = node_split(fit, model="common")
    assert np.isnan(found.indirect).all()
    assert found.direct == pytest.approx([0.1, 0.4, 0.3])


def test_contrasts_given_backwards_are_turned() -> None:
    fit = network(
        ["1", "2", "3"], ["B", "A", "B"], ["A", "B", "C"], [-0.3, 0.5, 0.1], [0.2, 0.2, 0.3], method="common"
    )
    found = direct_evidence(fit, "common")
    assert found.te.tolist() == pytest.approx([0.4, 0.1])
    assert found.sign.tolist() == [-1, 1, 1]


def test_a_batch_and_a_wrong_model_are_named() -> None:
    batch = network(["1", "2"], ["A", "B"], ["B", "C"], np.ones((2, 2)), np.ones((2, 2)), method="common")
    with pytest.raises(ValueError, match="batch of 2 networks"):
        node_split(batch)
    fit = network(["1", "2"], ["A", "B"], ["B", "C"], [1, 1], [1, 1], method="common")
    with pytest.raises(ValueError, match="unknown model 'both'"):
        node_split(fit, model="both")  # type: ignore[arg-type]
