"""Contributions: netmeta's numbers, all paths by brute force, and what must hold."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from glabella.synthesis import network
from glabella.synthesis.networks._contribution import Contribution, contribution, hat_matrix
from glabella.synthesis.networks._split import direct_evidence
from tests.synthesis.networks.looks import LOOKS, fitted, networks, renamed

Given = tuple[list[str], list[str], list[str], list[float], list[float]]
WAYS: tuple[Any, ...] = ("shortest_path", "random_walk")


def labels(found: Contribution) -> tuple[list[str], list[str]]:
    """Name rows and columns."""
    name = found.treatments
    return ([f"{name[a]}:{name[b]}" for a, b in zip(found.first, found.second, strict=True)],
            [f"{name[a]}:{name[b]}" for a, b in zip(found.edge_first, found.edge_second, strict=True)])  # fmt: skip


@pytest.mark.parametrize("name", LOOKS)
def test_random_walks_agree_with_netmeta(name: str) -> None:
    expected, found = LOOKS[name]["random_walk"], contribution(fitted(name), way="random_walk")
    # netmeta sorts treatments by the rules of a language.
    rows, columns = ([":".join(sorted(each.split(":"))) for each in expected[side]] for side in ("rows", "cols"))
    own_rows, own_columns = labels(found)
    share = found.share[np.ix_([own_rows.index(row) for row in rows], [own_columns.index(c) for c in columns])]
    assert sorted(columns) == sorted(own_columns)
    assert share == pytest.approx(np.array(expected["values"]), rel=1e-8, abs=1e-12)


@given(networks())
@settings(max_examples=40)
def test_shares_add_up_and_the_hat_matrix_gives_the_estimates(given_: Given) -> None:
    fit = network(*given_, method="DL")
    for way in WAYS:
        found = contribution(fit, way=way)
        assert found.share.sum(axis=1) == pytest.approx(1)
        assert (found.share >= 0).all()
        assert (found.share <= np.abs(found.hat) + 1e-9).all()
        assert found.total.sum() == pytest.approx(1)
        assert (found.mean_path >= 1 - 1e-9).all()
    # A unit flows out of the first treatment of a row and into the second.
    inside = np.zeros((len(found.edge_first), len(fit.treatments)))
    row = np.arange(len(inside))
    inside[row, found.edge_first], inside[row, found.edge_second] = 1, -1
    unit = np.zeros((len(found.first), len(fit.treatments)))
    row = np.arange(len(unit))
    unit[row, found.first], unit[row, found.second] = 1, -1
    assert found.hat @ inside == pytest.approx(unit, abs=1e-9)


@given(networks())
@settings(max_examples=25)
def test_the_hat_matrix_projects(given_: Given) -> None:
    fit = network(*given_, method="DL")
    for model in ("random", "common"):
        hat = hat_matrix(fit, model=model)
        assert hat @ hat == pytest.approx(hat, abs=1e-8)
        assert np.trace(hat) == pytest.approx(len(fit.treatments) - 1)
        te = fit.te_random if model == "random" else fit.te_common
        of = fit.structure
        assert hat @ fit.given.te[0] == pytest.approx(te[of.a, of.b], abs=1e-9)


@given(networks())
@settings(max_examples=25)
def test_random_walks_do_not_depend_on_names(given_: Given) -> None:
    names = dict(zip("ABCDE", "VZXYW", strict=True))
    one, two = (
        contribution(network(*data, method="DL"), way="random_walk") for data in (given_, renamed(given_, names))
    )
    rows, columns = labels(two)
    own = [[":".join(sorted(names[t] for t in each.split(":"))) for each in side] for side in labels(one)]
    place = np.ix_([rows.index(row) for row in own[0]], [columns.index(column) for column in own[1]])
    assert two.share[place] == pytest.approx(one.share, abs=1e-8)


@given(networks())
@settings(max_examples=15)
def test_random_walks_are_all_paths_by_brute_force(given_: Given) -> None:
    fit = network(*given_, method="DL")
    found = contribution(fit, way="random_walk")
    n = len(fit.treatments)
    for row, (start, end) in enumerate(zip(found.first, found.second, strict=True)):
        flow = np.zeros((n, n))
        flow[found.edge_first, found.edge_second] = np.maximum(found.hat[row], 0)
        flow[found.edge_second, found.edge_first] = np.maximum(-found.hat[row], 0)
        flow[flow < 1e-12] = 0
        share = np.zeros((n, n))

        def walk(path: list[int], probability: float, flow: np.ndarray, share: np.ndarray, end: int) -> None:
            if path[-1] == end:
                for a, b in pairwise(path):
                    share[a, b] += probability / (len(path) - 1)
                return
            out = flow[path[-1]].sum()
            for after in np.flatnonzero(flow[path[-1]]):
                walk([*path, int(after)], probability * flow[path[-1], after] / out, flow, share, end)

        walk([int(start)], 1.0, flow, share, int(end))
        both = (share + share.T)[found.edge_first, found.edge_second]
        assert found.share[row] == pytest.approx(both, abs=1e-9)


def test_a_chain_rests_on_each_of_its_links_equally() -> None:
    fit = network(["1", "2"], ["A", "B"], ["B", "C"], [0.1, 0.2], [0.2, 0.4], method="common")
    for way in WAYS:
        found = contribution(fit, model="common", way=way)
        assert found.share == pytest.approx(np.array([[1, 0], [0.5, 0.5], [0, 1]]))
        assert found.mean_path == pytest.approx([1, 2, 1])
    assert "A : B  50.00%" in str(found)
    assert found.table().columns == ["first", "second", "A:B", "B:C"]


def test_a_loop_rests_on_its_weights() -> None:
    se = np.array([0.2, 0.3, 0.4])
    fit = network(["1", "2", "3"], ["A", "B", "A"], ["B", "C", "C"], [0.1, 0.2, 0.4], se, method="common")
    found = contribution(fit, model="common")
    w = 1 / se**2
    direct = w[0] / (w[0] + 1 / (1 / w[1] + 1 / w[2]))
    # Columns are A:B, A:C, B:C.
    assert found.share[0] == pytest.approx([direct, (1 - direct) / 2, (1 - direct) / 2])
    assert found.hat[0] == pytest.approx([direct, 1 - direct, direct - 1])
    assert found.hat[0] @ direct_evidence(fit, "common").te == pytest.approx(fit.te_common[0, 1])


def test_shortest_paths_go_first() -> None:
    """A flow that can be taken apart in two ways: A-B-D and A-C-D, or A-B-C-D and A-C-D and what is left."""
    designs = [("1", "A", "B"), ("2", "A", "C"), ("3", "B", "C"), ("4", "B", "D"), ("5", "C", "D")]
    study, one, two = (list(column) for column in zip(*designs, strict=True))
    fit = network(study, one, two, [0.1, 0.2, 0.1, 0.3, 0.2], [0.2, 0.5, 0.3, 0.6, 0.25], method="common")
    found = contribution(fit, model="common")
    row = labels(found)[0].index("A:D")
    hat = dict(zip(labels(found)[1], found.hat[row], strict=True))
    # By hand: both paths of two edges take all they can, the path through B:C gets the rest.
    assert hat["A:B"] > hat["B:D"] > 0
    assert hat["B:C"] > 0
    rest = hat["B:C"]
    expected = {"A:B": hat["B:D"] / 2 + rest / 3, "A:C": hat["A:C"] / 2, "B:C": rest / 3, "B:D": hat["B:D"] / 2,
                "C:D": hat["A:C"] / 2 + rest / 3}  # fmt: skip
    assert found.share[row] == pytest.approx([expected[column] for column in labels(found)[1]])


def test_wrong_words_and_a_batch_are_named() -> None:
    given_ = (["1", "2"], ["A", "B"], ["B", "C"])
    fit = network(*given_, [1, 1], [1, 1], method="common")
    with pytest.raises(ValueError, match="unknown way 'longest'; expected shortest_path or random_walk"):
        contribution(fit, way="longest")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="unknown model 'fixed'"):
        contribution(fit, model="fixed")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="batch of 2 networks"):
        contribution(network(*given_, np.ones((2, 2)), np.ones((2, 2)), method="common"))
