"""Masking: counting again from the reports themselves, and how the ratios hang together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from glabella.safety.measures._masking import masking_ratio, unmasked, without_drug

Bools = NDArray[np.bool_]


def reports(seed: int, drugs: int = 6, events: int = 5, size: int = 400) -> tuple[Bools, Bools]:
    """Make reports in which the first drug comes with much of the first event."""
    random = np.random.default_rng(seed)
    by_drug = random.random((size, drugs)) < 0.25
    by_event = random.random((size, events)) < 0.3
    by_event[:, 0] |= by_drug[:, 0] & (random.random(size) < 0.6)
    return by_drug, by_event


def ratios(by_drug: Bools, by_event: Bools, drug: int, event: int) -> tuple[float, float, float]:
    """Give RRR, PRR and ROR of one pair, from reports."""
    d, e = by_drug[:, drug], by_event[:, event]
    a, b, c, rest = (d & e).sum(), (d & ~e).sum(), (~d & e).sum(), (~d & ~e).sum()
    return a * len(d) / (d.sum() * e.sum()), a / (a + b) / (c / (c + rest)), a * rest / (b * c)


@given(st.integers(0, 10_000))
def test_taking_a_drug_away_is_counting_the_other_reports(seed: int) -> None:
    by_drug, by_event = reports(seed)
    x, y = by_drug.astype(int), by_event.astype(int)
    masking = by_drug[:, 0]
    found = unmasked(
        x.T @ y, x.sum(0)[:, None], y.sum(0), len(x),
        n_masking=masking.sum(), n_masking_event=y[masking].sum(0),
        n_both=x[masking].sum(0)[:, None], n_both_event=x[masking].T @ y[masking],
    )  # fmt: skip
    left = without_drug(x, y, 0)
    np.testing.assert_array_equal(found.n, left.n.toarray())
    np.testing.assert_array_equal(found.n_drug[:, 0], left.n_drug)
    np.testing.assert_array_equal(found.n_event[0], left.n_event)
    assert (found.n_total == left.n_total).all()
    assert np.isnan(found.prr_ratio[0]).all()
    for drug in range(1, 6):
        for event in range(5):
            before = ratios(by_drug, by_event, drug, event)
            after = ratios(by_drug[~masking], by_event[~masking], drug, event)
            for name, one, two in zip(("rrr", "prr", "ror"), before, after, strict=True):
                assert getattr(found, name)[drug, event] == pytest.approx(two)
                assert getattr(found, f"{name}_ratio")[drug, event] == pytest.approx(two / one)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[int, int, int, int]:
    n = draw(st.integers(1, 1000))
    drug, event = n + draw(st.integers(0, 5000)), n + draw(st.integers(1, 5000))
    return n, drug, event, drug + event - n + draw(st.integers(1, 100_000))


@given(pairs())
def test_it_is_the_maskers_prr_over_its_rrr(pair: tuple[int, int, int, int]) -> None:
    n, drug, event, total = pair
    rrr = n * total / (drug * event)
    prr = (n / drug) / ((event - n) / (total - drug))
    assert masking_ratio(n, drug, event, total) == pytest.approx(prr / rrr)
    assert (masking_ratio(n, drug, event, total) > 1 + 1e-12) == (rrr > 1 + 1e-12)


@given(pairs(), st.integers(1, 50), st.integers(1, 50))
def test_it_is_exact_for_the_rrr_of_a_drug_never_reported_with_the_masker(
    masker: tuple[int, int, int, int], n: int, more: int
) -> None:
    masking_event, masking, event, total = masker
    n_event, n_drug, n_total = event + n, n + more, total + n + more
    found = unmasked(
        n, n_drug, n_event, n_total, n_masking=masking, n_masking_event=masking_event, n_both=0, n_both_event=0
    )
    assert found.rrr_ratio == pytest.approx(float(masking_ratio(masking_event, masking, n_event, n_total)))


def test_a_masked_signal_comes_out() -> None:
    """A drug with three times the rest's event rate hides under one with half of the event's reports."""
    found = unmasked(30, 1_000, 2_000, 100_000, n_masking=3_000, n_masking_event=1_000, n_both=0, n_both_event=0)
    before = (30 / 1_000) / (1_970 / 99_000)
    assert before < 2 < found.prr
    assert found.prr_ratio == pytest.approx(float(found.prr) / before)
    assert found.prr_ratio == pytest.approx(float(masking_ratio(1_000, 3_000, 2_000, 100_000)), rel=0.02)


def test_a_drug_with_all_reports_of_an_event_leaves_nothing_to_unmask() -> None:
    assert np.isnan(masking_ratio([5, 4], 10, 5, 100)).tolist() == [True, False]


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match=r"n_both_event\[1\] is 3, expected at most n_both"):
        unmasked([9, 9], 20, 30, 100, n_masking=10, n_masking_event=5, n_both=[4, 2], n_both_event=3)
    with pytest.raises(ValueError, match="n without the masking drug is 9, expected at most n_event without it"):
        unmasked(9, 20, 10, 100, n_masking=10, n_masking_event=5, n_both=2, n_both_event=0)
    with pytest.raises(ValueError, match="drug is 2, expected 0 to 1"):
        without_drug([[1, 0]], [[1]], 2)
    with pytest.raises(ValueError, match="has 2 reports, expected 1"):
        without_drug([[1, 0]], [[1], [0]], 1)
