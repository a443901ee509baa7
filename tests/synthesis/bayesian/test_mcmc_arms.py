"""Counts by arm: their order, the correlation of random effects, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.synthesis import Normal, Uniform, bayes_network
from glabella.synthesis.bayesian._mcmc_arms import check_informative, counts, layout

STUDY = ["2", "2", "1", "1", "1", "3", "3"]
TREAT = ["b", "a", "c", "a", "b", "c", "b"]


def test_the_reference_comes_first_in_its_studies_and_effects_are_against_it() -> None:
    found = layout(STUDY, TREAT, "b")

    assert found.studies == ("1", "2", "3")
    assert [found.treatments[i] for i in found.treat] == ["b", "a", "c", "b", "a", "b", "c"]
    assert found.base.tolist() == [0, 3, 5]
    # columns: a, c
    assert found.design.tolist() == [[0, 0], [1, 0], [0, 1], [0, 0], [1, 0], [0, 0], [0, 1]]


@given(st.permutations(range(len(STUDY))))
def test_the_order_of_rows_changes_nothing(order: list[int]) -> None:
    found = layout([STUDY[i] for i in order], [TREAT[i] for i in order], "a")
    expected = layout(STUDY, TREAT, "a")

    assert found.design.tolist() == expected.design.tolist()
    assert found.study.tolist() == expected.study.tolist()
    events = np.arange(len(STUDY))
    y, _ = counts(found, events[order], np.full(len(STUDY), 9))
    assert y.tolist() == counts(expected, events, np.full(len(STUDY), 9))[0].tolist()


@given(st.lists(st.integers(2, 6), min_size=1, max_size=6))
def test_contrasts_of_a_study_have_variance_one_and_covariance_one_half(arms: list[int]) -> None:
    # every study has the arms a, b, c, …, so that all hang together
    study = [f"s{i}" for i, n in enumerate(arms) for _ in range(n)]
    treat = ["abcdef"[j] for n in arms for j in range(n)]
    found = layout(study, treat, "a")
    place, weight = found.correlated

    loadings = np.zeros((len(study), len(study) - len(arms)))
    np.add.at(loadings, (np.arange(len(study))[:, None], place), weight)
    base = np.isin(np.arange(len(study)), found.base)
    same = found.study[:, None] == found.study
    expected = np.where(same, 0.5 + 0.5 * np.eye(len(study)), 0.0) * np.outer(~base, ~base)
    np.testing.assert_allclose(loadings @ loadings.T, expected, atol=1e-14)


@pytest.mark.parametrize(
    ("study", "treat", "message"),
    [
        (["1", "1", "2"], ["a", "b", "a"], "study 2: one arm, expected two or more"),
        (["1", "1", "1"], ["a", "b", "b"], "study 1: b has two arms"),
        (["1", "1", "2", "2"], ["a", "b", "c", "d"], "falls into 2 parts: a, b; c, d"),
        (["1", ""], ["a", "b"], "studlab is missing in row 2"),
        (["1", "1"], ["a", None], "treat is missing in row 2"),
        (["1", "1"], ["x", "b"], "reference 'a' is not in the network; it has b, x"),
        (["1", "1"], ["a", "b", "c"], "studlab has 2 rows and treat 3"),
        ([], [], "no arm was given"),
        ([["1", "1"]], ["a"], "studlab has 2 rows and treat 1"),
    ],
)
def test_arms_that_make_no_network_are_named(study: list[str], treat: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        layout(study, treat, "a")


@pytest.mark.parametrize(
    ("events", "n"),
    [([3, 1], [2, 9]), ([-1, 1], [2, 9]), ([0.5, 1], [2, 9]), ([0, 1], [0, 9]), ([np.nan, 1], [2, 9])],
)
def test_counts_that_cannot_be_are_named(events: list[float], n: list[float]) -> None:
    with pytest.raises(ValueError, match="study 1, a: events"):
        counts(layout(["1", "1"], ["a", "b"], "a"), events, n)


def test_counts_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match=r"events has shape \(3,\), expected \(2,\)"):
        counts(layout(["1", "1"], ["a", "b"], "a"), [1, 2, 3], [4, 4])


def test_a_treatment_without_any_event_needs_a_narrow_prior() -> None:
    found = layout(["1", "1", "2", "2"], ["a", "b", "a", "c"], "a")
    y, n = counts(found, [3, 4, 2, 0], [9, 9, 9, 9])

    with pytest.raises(ValueError, match="treatment c: no event in any arm"):
        check_informative(found, y, n, 100.0, 100.0)
    check_informative(found, y, n, 2.0, 100.0)
    with pytest.raises(ValueError, match="study 1: an event in every patient"):
        check_informative(found, *counts(found, [9, 9, 2, 3], [9, 9, 9, 9]), 2.0, 100.0)


def test_what_is_asked_for_must_be_possible() -> None:
    arms = (["1", "1"], ["a", "b"], [1, 2], [9, 9])

    with pytest.raises(ValueError, match="unknown model 'ab'"):
        bayes_network(*arms, reference="a", tau_prior=None, model="ab")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="draws is 10, expected a whole number of 100 or more"):
        bayes_network(*arms, reference="a", tau_prior=None, draws=10)
    with pytest.raises(ValueError, match="chains is 1, expected a whole number of 2 or more"):
        bayes_network(*arms, reference="a", tau_prior=None, chains=1)
    with pytest.raises(ValueError, match="without tau_prior"):
        bayes_network(*arms, reference="a", tau_prior=None, model="arm")
    with pytest.raises(ValueError, match="tau_prior is improper"):
        bayes_network(*arms, reference="a", tau_prior=Uniform())
    with pytest.raises(ValueError, match="tau_prior is Normal"):
        bayes_network(*arms, reference="a", tau_prior=Normal(0, 1))  # type: ignore[arg-type]
