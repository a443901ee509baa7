"""Mantel and Haenszel's method in networks: R's netmetabin, and what must hold of any counts."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.synthesis import pool_mh
from glabella.synthesis.networks._mantel_haenszel import network_mh
from tests.synthesis.networks.counts import (
    BAD,
    bad,
    networks,
    same_under_other_names_and_order,
    two_treatments,
)
from tests.synthesis.networks.test_arms import REFERENCE, data_of

CLOSED = 1e-10


@pytest.mark.parametrize("name", list(REFERENCE["mh"]))
def test_agrees_with_netmetabin(name: str) -> None:
    data, expected = data_of(name), REFERENCE["mh"][name]
    found = network_mh(data["study"], data["treatment"], data["events"], data["n"])
    names = expected["te"]["treatments"]
    assert sorted(names) == list(found.treatments)
    place = [found.treatments.index(one) for one in names]
    assert found.te_common[np.ix_(place, place)] == pytest.approx(np.array(expected["te"]["values"]), rel=CLOSED)
    assert found.se_common[np.ix_(place, place)] == pytest.approx(np.array(expected["se"]["values"]), rel=CLOSED)
    assert (found.q, found.q_p) == pytest.approx((expected["q"], expected["q_p"]), rel=CLOSED)
    assert (found.q_df, found.k, len(found.designs)) == (expected["q_df"], expected["k"], expected["designs"])


@given(two_treatments())
def test_two_treatments_are_pooled_as_a_pair(data: dict[str, Any]) -> None:
    e, n = np.array(data["events"]), np.array(data["n"])
    expected = pool_mh("OR", ai=e[::2], n1i=n[::2], ci=e[1::2], n2i=n[1::2])
    found = network_mh(**data)
    assert found.te_common[0, 1] == pytest.approx(expected.estimate, rel=1e-10, abs=1e-12)
    assert found.se_common[0, 1] == pytest.approx(expected.se, rel=1e-10)
    assert (found.q, found.q_df) == (0.0, 0)
    assert np.isnan(found.q_p)


@given(networks(), st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(data: dict[str, Any], random: Any) -> None:
    same_under_other_names_and_order(network_mh, data, random)


@given(networks())
def test_effects_add_up(data: dict[str, Any]) -> None:
    te = network_mh(**data).te_common
    assert te[:, :, None] + te[None, :, :] == pytest.approx(np.broadcast_to(te[:, None, :], (4, 4, 4)), abs=1e-9)


def test_covariance_of_a_multi_arm_design_is_that_of_simulated_estimates() -> None:
    """With 400 studies of three arms the covariance of the estimates over repetitions is what one fit reports."""
    random = np.random.default_rng(5)
    k, n = 400, np.array([20, 30, 40])
    logit = np.array([-2.0, -1.5, -2.5])
    estimates, reported = [], []
    for _ in range(300):
        p = 1 / (1 + np.exp(-(logit + random.normal(0, 0.5, (k, 1)))))
        events = random.binomial(n, p)
        fit = network_mh(np.repeat(np.arange(k), 3), np.tile(list("ABC"), k), events.ravel(), np.tile(n, k))
        estimates.append(fit.te_common[0])
        reported.append(fit.cov_common)
    mean = np.mean(reported, axis=0)
    # A variance of 300 draws is off by 8 %: four times that.
    assert np.cov(np.array(estimates).T[1:]) == pytest.approx(mean, rel=4 * np.sqrt(2 / 300))
    error = np.mean(estimates, axis=0) - np.array([0.0, -0.5, 0.5])
    assert np.abs(error[1:]).max() < 4 * np.sqrt(mean.max() / 300)


def test_says_what_it_dropped() -> None:
    data: dict[str, list[Any]] = {"studlab": [], "treat": [], "events": [], "n": []}
    for study, arms in {
        "ab": {"A": 2, "B": 3}, "bc": {"B": 1, "C": 4}, "none": {"A": 0, "C": 0}, "all": {"A": 9, "C": 9},
        "abc": {"A": 1, "B": 2, "C": 0}, "ac": {"A": 0, "C": 3}, "bd": {"B": 1, "D": 9}, "cd": {"C": 2, "D": 2},
    }.items():  # fmt: skip
        for treatment, events in arms.items():
            for name, value in zip(data, (study, treatment, events, 9), strict=True):
                data[name].append(value)
    found = network_mh(data["studlab"], data["treat"], data["events"], data["n"])
    assert found.dropped == (
        ("none", ("A", "C"), "no event in any arm"),
        ("all", ("A", "C"), "the event in everybody of every arm"),
        ("abc", ("C",), "no event in any study of the design A:B:C"),
        ("ac", ("A",), "no event in any study of the design A:C"),
        ("ac", ("C",), "the only arm left of the design A:C"),
        ("bd", ("D",), "the event in everybody of the design B:D"),
        ("bd", ("B",), "the only arm left of the design B:D"),
    )
    assert (found.k, found.designs) == (4, ("A:B", "A:B:C", "B:C", "C:D"))
    text = str(found)
    assert "dropped, no event in any arm: none" in text
    assert "dropped, no event in any study of the design A:B:C: abc" in text


@pytest.mark.parametrize(("changes", "message"), BAD)
def test_bad_data_are_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        network_mh(**bad(changes))


def test_two_arms_that_never_inform_on_each_other_are_named() -> None:
    # A has an event only where B has nothing else, and the other way round.
    with pytest.raises(ValueError, match="no study of the design A:B has an event of 'A' and a non-event of 'B'"):
        network_mh(list("ssttuu"), list("ABABAC"), [3, 9, 0, 4, 2, 3], [9] * 6)


def test_a_covariance_that_cannot_be_is_refused() -> None:
    """Pairs that share no arm are taken as uncorrelated, which few events in many arms can contradict."""
    events, n = [0, 0, 3, 2, 0, 3, 5, 0, 0, 0, 1, 4, 0, 0, 4], [6, 1, 34, 32, 4, 16, 27, 5, 3, 8, 5, 38, 7, 6, 21]
    with pytest.raises(ValueError, match="the studies of the design A:B:C:D:E are too sparse"):
        network_mh(["s"] * 5 + ["t"] * 5 + ["u"] * 5, list("ABCDE") * 3, events, n)


def test_treatments_without_an_event_anywhere_are_named() -> None:
    data = REFERENCE["arms"]["gurusamy2011"]
    with pytest.raises(ValueError, match=r"treatment 'Antithrombin III' has no event in all its .*'Baudo 1992'"):
        network_mh(data["study"], data["treatment"], data["events"], data["n"])


def test_prints_and_tabulates() -> None:
    data = data_of("dogliotti2014")
    found = network_mh(data["study"], data["treatment"], data["events"], data["n"], reference="Placebo/Control")
    table = found.table()
    assert table["treatment"].to_list() == [one for one in found.treatments if one != "Placebo/Control"]
    against = found.treatments.index("Placebo/Control")
    row = found.treatments.index("Aspirin")
    shown = table.row(table["treatment"].to_list().index("Aspirin"), named=True)
    assert shown["estimate"] == found.te_common[row, against]
    assert shown["ci_high"] == pytest.approx(shown["estimate"] + 1.959963984540054 * found.se_common[row, against])
    text = str(found)
    assert text.startswith("Mantel-Haenszel network (k = 19; 8 treatments, 10 designs; measure log OR)")
    assert f"\nQ(5) = {found.q:.4f}, p {found.q_p:.4f}" in text
