"""Draws: the same for the same seed, shaped as promised, with rates that can be found again."""

import os
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from scipy.stats import gamma

from glabella.safety.measures import GPS, fit_gps
from glabella.safety.synthetic import Draw, Mixture, default_mixture, draw, planted_truth

REPORTS = 20_000


@pytest.fixture(scope="module")
def drawn() -> Draw:
    return draw(REPORTS, seed=7)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if is_dataclass(one):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    return bool(one == other)


def test_the_same_seed_gives_the_same_draw_on_any_number_of_cores(
    drawn: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert same(draw(REPORTS, seed=7), drawn)
    assert not same(draw(REPORTS, seed=8), drawn)


def test_report_numbers_are_unique_and_in_the_order_of_report_id(drawn: Draw) -> None:
    history = drawn.history
    assert drawn.reports == REPORTS == len(np.unique(history.primaryid))
    faers = history.quarter >= drawn.quarters.index("2012Q4")
    assert np.all(np.diff(faers.astype(int)) >= 0)
    for era in (faers, ~faers):
        assert np.all(np.diff(history.primaryid[era]) > 0)
    number = np.char.add(history.caseid[faers].astype(str), history.caseversion[faers].astype(str))
    assert np.array_equal(number, history.primaryid[faers].astype(str))


def test_drugs_and_events_are_as_skewed_as_promised(drawn: Draw) -> None:
    drugs = np.diff(drawn.medication.start)
    assert (drugs.min(), drugs.max(), np.median(drugs)) == (1, 8, 1)
    assert 2.6 < drugs.mean() < 3.2
    events = np.diff(drawn.event_start)
    assert events.min() == 1
    assert 2.6 < events.mean() < 3.2
    for ids in (drawn.medication.suspect, drawn.events):
        count = np.sort(np.bincount(ids))[::-1]
        assert count[: len(count) // 10].sum() > 0.4 * count.sum()
        assert count[0] < 0.1 * count.sum()


def test_drugs_and_events_are_distinct_in_a_report_and_one_is_the_primary_suspect(drawn: Draw) -> None:
    medication = drawn.medication
    for start, ids in ((medication.start, medication.substance), (drawn.event_start, drawn.events)):
        inside = np.repeat(np.arange(drawn.contents), np.diff(start))
        assert np.all(np.diff(inside * 100_000 + ids) > 0)
    primary = medication.role == 1
    assert np.array_equal(medication.substance[primary], medication.suspect)
    assert np.array_equal(drawn.words.product_substance[medication.product], medication.substance)


def test_flags_say_what_the_history_says(drawn: Draw) -> None:
    history = drawn.history
    order = np.lexsort((history.caseversion, history.caseid))
    last = np.append(np.diff(history.caseid[order]) != 0, True)
    latest = np.zeros(drawn.reports, bool)
    latest[order[last]] = True
    assert np.array_equal(history.flags & 1 == 0, latest)
    dates = history.fda_date[order]
    assert np.all((np.diff(dates) >= 0) | last[:-1])
    deleted = np.isin(history.caseid, history.deleted[:, 0])
    assert np.array_equal(history.flags & 2 > 0, deleted)
    assert np.all(history.flags[history.flags & 4 > 0] == 4)
    assert np.count_nonzero(history.flags & 4) == len(history.copied)


def test_second_copies_tell_the_same_and_lack_nothing_of_the_duplicate_key(drawn: Draw) -> None:
    history, people = drawn.history, drawn.people
    latest = dict(zip(history.caseid[history.flags & 1 == 0], np.flatnonzero(history.flags & 1 == 0), strict=True))
    for copy, original in history.copied:
        one, other = latest[copy], latest[original]
        content = history.content[one]
        assert content == history.content[other]
        earlier = min(one, other, key=lambda row: (history.fda_date[row], row))
        assert history.flags[earlier] == 4
        assert people.sex[content] > 0
        assert not np.isnan(people.age[content])
        assert people.country[content] < len(people.countries)
        assert people.event_precision[content] == 3
        assert people.event_date[content] % 100 > 1


def test_lists_of_deleted_cases_start_in_2019_and_follow_the_last_version(drawn: Draw) -> None:
    history = drawn.history
    assert history.deleted[:, 1].min() == drawn.quarters.index("2019Q1")
    for case, quarter in history.deleted:
        assert history.quarter[history.caseid == case].max() <= quarter
    assert not np.isin(history.deleted[:, 0], history.copied).any()


def test_counts_follow_the_planted_rates(drawn: Draw) -> None:
    truth = planted_truth(drawn)
    often = truth.filter(truth["expected"] * truth["ratio"] >= 5)
    relative = often["n"] / (often["expected"] * often["ratio"])
    assert len(often) > 200
    assert relative.mean() == pytest.approx(1, abs=0.05)
    seen = often.filter(often["n"] > 0)
    correlation = np.corrcoef(np.log(seen["n"] / seen["expected"]), np.log(seen["ratio"]))[0, 1]
    assert correlation > 0.9


def test_the_planted_mixture_is_found_again_by_a_well_posed_fit(drawn: Draw) -> None:
    seen = planted_truth(drawn)
    seen = seen.filter(seen["n"] > 0)
    margins = (np.bincount(drawn.medication.suspect), np.bincount(drawn.events), drawn.contents)
    fit = fit_gps(seen["n"].to_numpy(), seen["expected"].to_numpy(), margins=margins)
    assert fit.converged
    assert not fit.at_boundary
    # One quarter's worth of counts tells the distribution of the rates, not the five numbers: many mixtures have
    # it. Normalising within drugs moves it by a few per cent.
    for rate in (0.5, 1, 2, 5, 10):
        assert above(rate, fit) == pytest.approx(above(rate, default_mixture()), rel=0.15)


def above(rate: float, mixture: Mixture | GPS) -> float:
    signal = gamma.sf(rate, mixture.alpha1, scale=1 / mixture.beta1)
    background = gamma.sf(rate, mixture.alpha2, scale=1 / mixture.beta2)
    return float(mixture.p * signal + (1 - mixture.p) * background)


def test_the_truth_counts_what_was_drawn(drawn: Draw) -> None:
    truth = planted_truth(drawn)
    suspect = np.repeat(drawn.medication.suspect, np.diff(drawn.event_start))
    assert truth["n"].sum() == len(drawn.events)
    one = truth.sort("n", descending=True).row(0, named=True)
    assert one["n"] == np.count_nonzero((suspect == one["drug_id"]) & (drawn.events == one["event_id"]))
    assert drawn.words.substances[one["drug_id"]] == one["drug"]
    assert truth.select("drug", "event").is_unique().all()
    assert truth.filter((truth["n"] == 0) & (truth["expected"] < 0.5)).is_empty()
    assert set(truth["component"]) == {0, 1, 2}


def test_labels_leave_out_signals_too_rare_to_be_seen(drawn: Draw) -> None:
    truth = planted_truth(drawn)
    enough = truth["ratio"] * truth["expected"] >= 3
    assert (truth["positive"].fill_null(False) == ((truth["ratio"] >= 2) & enough)).all()
    assert (truth["positive"].is_null() == ((truth["ratio"] >= 2) & ~enough)).all()


def test_real_drugs_and_real_reactions_have_no_planted_relation(drawn: Draw) -> None:
    words = drawn.words
    truth = planted_truth(drawn)
    real = truth.filter(
        truth["drug"].is_in(["ONABOTULINUMTOXINA"]) & truth["event"].is_in(["DEPRESSION", "DIPLOPIA"])
    )
    assert set(real["lambda"]) == {1.0}
    synthetic = [name for name, is_real in zip(words.substances, words.real_drug, strict=True) if not is_real]
    assert all(name.startswith("SYNTHDRUG ") for name in synthetic)
    made = [name for name, is_real in zip(words.events, words.real_event, strict=True) if not is_real]
    assert all(name.startswith("SYNTHETIC ") for name in made)


def test_another_mixture_changes_the_spread_of_the_rates() -> None:
    flat = planted_truth(draw(2_000, seed=1, truth=Mixture(50, 50, 50, 50, 0.5)))
    assert flat["lambda"].std() < 0.2  # type: ignore[operator]


def test_a_single_quarter_has_no_carried_over_case_and_no_later_date() -> None:
    drawn = draw(1_000, quarters="2004Q1", seed=1)
    assert len(drawn.history.copied) == len(drawn.history.deleted) == 0
    assert 20040101 <= drawn.history.fda_date.min() <= drawn.history.fda_date.max() <= 20040331


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"reports": 99}, "reports is 99, expected 100"),
        ({"seed": -1}, "seed is -1"),
        ({"quarters": "2013Q5"}, "found '2013Q5', expected a quarter"),
        ({"quarters": "2014Q1..2013Q1"}, "found '2014Q1..2013Q1'"),
        ({"quarters": "2003Q4"}, "found 2003Q4, expected none before 2004Q1"),
        ({"quarters": []}, "found none"),
        ({"drugs": 5}, "drugs is 5, expected 24"),
        ({"events": 40_000}, "events is 40000"),
    ],
)
def test_bad_arguments_are_named(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw(**({"reports": 1000} | arguments))


@pytest.mark.parametrize("field", ["alpha1", "beta1", "alpha2", "beta2"])
def test_a_mixture_needs_positive_parameters(field: str) -> None:
    good = {"alpha1": 1.0, "beta1": 1.0, "alpha2": 1.0, "beta2": 1.0, "p": 0.1}
    with pytest.raises(ValueError, match=f"{field} is 0"):
        Mixture(**(good | {field: 0.0}))
    with pytest.raises(ValueError, match="p is 2"):
        Mixture(**(good | {"p": 2.0}))
