"""Priors and scores of openEBGM, PhViD and a real quarter, to the digits that those programs give."""

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from glabella.safety.measures import GPS, fit_gps
from tests.safety.measures.reference import agrees_with_phvid, caers_by_sex, caers_pairs, made_up, phvid, quarter

Floats = NDArray[np.float64]

#: As openEBGM's documentation prints it for CAERS.
OPENEBGM = (3.25379, 0.399888, 2.02613, 1.90808, 0.0653457)


def agrees(fit: GPS, *printed: str) -> None:
    """Compare the prior with printed figures to one unit of the last digit.

    Half a unit would do but for the programs' own searches, which end some 1e-6 beside the maximum.
    """
    for found, text in zip(fit.prior, printed, strict=True):
        places = len(text.split(".")[1])
        assert found == pytest.approx(float(text), abs=10**-places), (fit.prior, printed)


def distinct(frame: pl.DataFrame, name: str, margin: str) -> pl.Series:
    return frame.unique(name, maintain_order=True)[margin]


def test_openebgm_prior_of_caers() -> None:
    pairs = caers_pairs()
    fit = fit_gps(pairs["n"], pairs["expected"], zeros="component")
    assert fit.converged
    assert not fit.at_boundary
    assert fit.points == 974
    assert fit.log_likelihood == pytest.approx(-4161.930, abs=5e-4)
    agrees(fit, "3.25379", "0.399888", "2.02613", "1.90808", "0.0653457")
    same = fit_gps(pairs["n"], pairs["expected"], zeros="component", squash=[(1, 50, 100), (2, 10, 50)])
    assert same.prior == fit.prior


def test_openebgm_has_several_maxima_and_its_starts_lead_to_the_lower() -> None:
    pairs = caers_pairs()
    starts = [(20, 2, 2, 2, 0.03), (0.2, 0.1, 2, 4, 1 / 3)]
    fit = fit_gps(pairs["n"], pairs["expected"], zeros="component", starts=starts)
    agrees(fit, "20.95", "1.657", "1.740", "1.565", "0.0349")
    assert [one.converged for one in fit.starts] == [True, True]
    assert [one.log_likelihood for one in fit.starts] == pytest.approx([-4161.657, -4161.930], abs=6e-4)


def test_openebgm_prior_of_caers_by_sex() -> None:
    pairs = caers_by_sex()
    fit = fit_gps(pairs["n"], pairs["expected"], zeros="component")
    agrees(fit, "24.3133", "2.33726", "3.51383", "2.91402", "0.0318307")


def bisected(quantile: Floats) -> Floats:
    """Give what openEBGM's documented bisection makes of a quantile: it stops within 0.005 and then rounds."""
    low, high = np.where(quantile > 1, 1, -1e5), np.where(quantile > 1, 1e5, 1)
    while ((high - low) / 2).max() >= 0.005:
        middle = (low + high) / 2
        low, high = np.where(middle < quantile, middle, low), np.where(middle < quantile, high, middle)
    return np.asarray(np.round((low + high) / 2, 2))


def test_openebgm_scores_of_every_caers_pair() -> None:
    pairs = caers_pairs()
    prior = fit_gps(pairs["n"], pairs["expected"], zeros="component").prior
    assert prior == pytest.approx(OPENEBGM, rel=2e-6)
    scores = GPS.given(*prior).score(pairs["n"], pairs["expected"])
    assert (scores["eb05"] >= 2).sum() == 131
    assert scores["ebgm"].round(2).to_numpy() == pytest.approx(pairs["EBGM"].to_numpy(), abs=1e-9)
    for ours, theirs in (("eb05", "EB05"), ("eb95", "EB95")):
        quantile, printed = scores[ours].to_numpy(), pairs[theirs].to_numpy()
        # The digits of the prior that were not printed move a quantile by 3e-6 of its value, and so across one of
        # the points between which the bisection decides.
        same = [np.abs(bisected(quantile * nudge) - printed) < 1e-9 for nudge in (1, 1 - 3e-6, 1 + 3e-6)]
        assert same[0].mean() > 0.998
        assert np.logical_or.reduce(same).all()


def test_top_pair_of_caers() -> None:
    pairs = caers_pairs()
    scored = pairs.hstack(GPS.given(*OPENEBGM).score(pairs["n"], pairs["expected"]))
    top = scored.sort("eb05", descending=True).row(0, named=True)
    assert (top["var1"], top["var2"], top["n"]) == ("REUMOFAN PLUS", "WEIGHT INCREASED", 16)
    assert round(top["expected"], 5) == 0.40644
    assert (round(top["ebgm"], 2), round(top["eb95"], 2)) == (23.26, 33.48)
    # openEBGM prints 15.68 for it: its bisection ends 0.003 below the quantile.
    assert round(top["eb05"], 4) == 15.6857
    assert bisected(scored["eb05"].to_numpy()).max() == 15.68


def test_mixture_prior_of_caers() -> None:
    pairs = caers_pairs()
    fit = fit_gps(pairs["n"], pairs["expected"], zeros="mixture")
    agrees(fit, "45.1", "3.80", "1.6075", "1.4580", "0.0072")
    assert fit.log_likelihood == pytest.approx(-4187.525, abs=6e-3)
    assert (fit.score(pairs["n"], pairs["expected"])["eb05"] >= 2).sum() == 80


def made_up_margins() -> tuple[pl.Series, pl.Series, int]:
    pairs = made_up()
    return distinct(pairs, "drug", "n_drug"), distinct(pairs, "event", "n_event"), 1_177_456


def test_phvid_prior_of_all_cells() -> None:
    pairs = made_up()
    fit = fit_gps(pairs["n"], pairs["expected"], margins=made_up_margins())
    assert fit.converged
    assert fit.zero_cells == 634 * 756 - 115_774
    # PhViD does not squash; squashing moves the prior by one part in two thousand at most.
    assert fit.prior == pytest.approx(phvid()["refined"], rel=5e-4)
    assert all(one.end == pytest.approx(fit.prior, rel=1e-5) for one in fit.starts)
    scores = fit.score(pairs["n"], pairs["expected"])
    assert (scores["eb05"] >= 2).sum() == pytest.approx(phvid()["columns"]["eb05"]["above"], abs=2)


def test_phvid_prior_of_all_cells_unsquashed() -> None:
    pairs = made_up()
    fit = fit_gps(
        pairs["n"],
        pairs["expected"],
        margins=made_up_margins(),
        squash=False,
        starts=[(0.73, 0.23, 1.74, 2.2, 0.1)],
    )
    assert fit.converged
    # PhViD's search ends some 1e-4 beside the maximum of its likelihood; a finer search from there leads to ours,
    # which has no slope left.
    assert fit.prior == pytest.approx(phvid()["prior"], rel=4e-4)
    assert fit.prior == pytest.approx(phvid()["refined"], rel=1e-6)
    assert fit.log_likelihood == pytest.approx(phvid()["refined_log_likelihood"], abs=1e-5)
    assert fit.starts[0].gradient < 1e-8


def test_prior_of_the_seen_pairs_is_that_of_another_search() -> None:
    """PhViD has no such prior; the likelihood was written out and searched in R beside its run."""
    pairs = made_up()
    fit = fit_gps(pairs["n"], pairs["expected"], zeros="mixture", squash=False)
    assert fit.prior == pytest.approx(phvid()["mixture"], rel=1e-5)
    assert fit.log_likelihood == pytest.approx(phvid()["mixture_log_likelihood"], abs=1e-5)


def test_phvid_scores_of_every_pair() -> None:
    pairs = made_up()
    scores = GPS.given(*phvid()["prior"]).score(pairs["n"], pairs["expected"])
    agrees_with_phvid("log2_ebgm", scores["ebgm"].log(2), 1e-11)
    # PhViD bisects its quantile until a fixed difference of the ratio, which is a larger share of small ratios.
    agrees_with_phvid("eb05", scores["eb05"], 4e-4, relative=True)


def test_prior_of_a_real_quarter() -> None:
    pairs = quarter()
    margins = distinct(pairs, "DRUG", "n_drug"), distinct(pairs, "AE", "n_event"), 215_867
    fit = fit_gps(pairs["n"], pairs["expected"], margins=margins)
    assert fit.converged
    assert (fit.pairs, fit.zero_cells) == (111_118, 3880 * 973 - 111_118)
    # N is that of distinct reports: with the sum of pair counts alpha1 would be 0.12733. The figures hold at the
    # default squashing: without it they are 0.15214, 0.02124, 0.68584, 0.91631, 0.06084.
    agrees(fit, "0.15213", "0.02124", "0.68593", "0.91645", "0.06084")
    assert all(one.end == pytest.approx(fit.prior, rel=1e-5) for one in fit.starts)
    scores = fit.score(pairs["n"], pairs["expected"])
    signal = scores["eb05"] >= 2
    assert signal.sum() == 6335
    assert (signal & (pairs["n"] >= 3)).sum() == 5847


@pytest.mark.parametrize("zeros", ["mixture", "component"])
def test_a_real_quarter_has_no_maximum_on_seen_pairs(zeros: str) -> None:
    pairs = quarter()
    fit = fit_gps(pairs["n"], pairs["expected"], zeros=zeros)  # type: ignore[arg-type]
    assert fit.at_boundary
    assert not fit.converged
    with pytest.raises(ValueError, match=r"boundary.*zeros='all'"):
        fit.score(pairs["n"], pairs["expected"])
    assert fit.score([3], [1.0], unconverged=True).height == 1


def test_margins_of_pair_counts_make_their_own_total() -> None:
    pairs = made_up()
    drugs, events, _ = made_up_margins()

    assert fit_gps(pairs["n"], pairs["expected"], margins=(drugs, events)).prior == (
        fit_gps(pairs["n"], pairs["expected"], margins=made_up_margins()).prior
    )
    with pytest.raises(ValueError, match="margins: 2 arrays"):
        fit_gps(pairs["n"], pairs["expected"], margins=(drugs, events[1:]))
