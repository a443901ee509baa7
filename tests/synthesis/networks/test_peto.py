"""Peto's method in networks: another source's hypergeometric distribution, and what must hold of any counts."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_hypergeom

from glabella.synthesis import pool_peto
from glabella.synthesis.networks._peto import network_peto
from tests.synthesis.networks.counts import (
    BAD,
    bad,
    networks,
    same_under_other_names_and_order,
    two_treatments,
)
from tests.synthesis.networks.test_arms import data_of


@given(two_treatments())
def test_two_treatments_are_pooled_as_a_pair(data: dict[str, Any]) -> None:
    e, n = np.array(data["events"]), np.array(data["n"])
    expected = pool_peto(ai=e[::2], n1i=n[::2], ci=e[1::2], n2i=n[1::2])
    found = network_peto(**data)
    assert found.te_common[0, 1] == pytest.approx(expected.estimate, rel=1e-10, abs=1e-12)
    assert found.se_common[0, 1] == pytest.approx(expected.se, rel=1e-10)
    assert found.q == pytest.approx(expected.q, rel=1e-8, abs=1e-9)
    assert (found.q_df, found.k) == (expected.q_df, expected.k)
    if expected.q_df:
        assert found.q_p == pytest.approx(expected.q_p, rel=1e-6)


def by_least_squares(data: dict[str, Any]) -> tuple[np.ndarray, np.ndarray, float]:
    """Each study's own log odds V⁻(O - E), pooled by generalised least squares with pseudo-inverses."""
    treatments = sorted(set(data["treat"]))
    information, score, own = np.zeros((len(treatments),) * 2), np.zeros(len(treatments)), 0.0
    for study in dict.fromkeys(data["studlab"]):
        rows = [row for row, name in enumerate(data["studlab"]) if name == study]
        n, e = np.array(data["n"])[rows], np.array(data["events"])[rows]
        if e.sum() in (0, n.sum()):
            continue
        of = multivariate_hypergeom(m=n, n=int(e.sum()))
        place = [treatments.index(data["treat"][row]) for row in rows]
        difference, cov = e - of.mean(), of.cov()
        information[np.ix_(place, place)] += cov
        score[place] += difference
        own += float(difference @ np.linalg.pinv(cov) @ difference)
    inverse = np.linalg.pinv(information)
    effect = inverse @ score
    variance = np.diag(inverse)[:, None] + np.diag(inverse) - 2 * inverse
    return effect[:, None] - effect, np.sqrt(np.maximum(variance, 0)), own - float(effect @ score)


@given(networks())
def test_networks_are_pooled_by_least_squares_of_hypergeometric_scores(data: dict[str, Any]) -> None:
    found = network_peto(**data)
    te, se, q = by_least_squares(data)
    assert found.te_common == pytest.approx(te, rel=1e-9, abs=1e-10)
    assert found.se_common == pytest.approx(se, rel=1e-9, abs=1e-7)
    assert found.q == pytest.approx(q, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("name", ["dong2013", "gurusamy2011", "hasselblad1998"])
def test_published_networks(name: str) -> None:
    data = data_of(name)
    given_ = {"studlab": data["study"], "treat": data["treatment"], "events": data["events"], "n": data["n"]}
    found = network_peto(**given_)
    te, se, q = by_least_squares(given_)
    assert found.te_common == pytest.approx(te, rel=1e-10, abs=1e-12)
    off = ~np.eye(len(te), dtype=bool)
    assert found.se_common[off] == pytest.approx(se[off], rel=1e-10)
    assert found.q == pytest.approx(q, rel=1e-10)
    arms = len([study for study in data["study"] if study not in {one.study for one in found.dropped}])
    assert found.q_df == arms - found.k - (len(found.treatments) - 1)


@given(networks(), st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(data: dict[str, Any], random: Any) -> None:
    same_under_other_names_and_order(network_peto, data, random)


@given(networks())
def test_studies_without_information_change_nothing_but_are_named(data: dict[str, Any]) -> None:
    once = network_peto(**data)
    more: dict[str, Any] = {name: list(values) for name, values in data.items()}
    for study, events in (("none", 0), ("all", 7)):
        for treatment in "AB":
            for name, value in zip(more, (study, treatment, events, 7), strict=True):
                more[name].append(value)
    again = network_peto(**more)
    assert again.te_common == pytest.approx(once.te_common, rel=1e-12, abs=1e-12)
    assert again.dropped == (
        ("none", ("A", "B"), "no event in any arm"),
        ("all", ("A", "B"), "the event in everybody of every arm"),
    )
    assert again.k == once.k
    assert "dropped, no event in any arm: none" in str(again)


@pytest.mark.parametrize(("changes", "message"), BAD)
def test_bad_data_are_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        network_peto(**bad(changes))
