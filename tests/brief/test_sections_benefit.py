"""The brief's table of benefit and its bottom line: made-up dossiers that would make them say what is not so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glabella.brief.measure import decimals_for, of_people, people_decimals
from glabella.brief.pooled import pooled_claims
from glabella.brief.readings import baselines, headline_reading, risk_of
from glabella.brief.results import Results
from glabella.brief.sections import benefit, bottom_line
from glabella.dossier import Evidence, load
from glabella.shown import Ledger, plain
from tests.brief.made_up_trials import Data, Trial, counted, made_up, number, said, scored, tables

FEWER = [counted("Able 2001", 10, 100, 20, 100), counted("Baker 2002", 15, 150, 32, 150),
         counted("Cole 2003", 8, 80, 15, 80)]  # fmt: skip
POINTS = [scored("Able 2001", 14.0, 5.0, 40, (10.0, 5.0, 40)), scored("Baker 2002", 13.0, 5.0, 40, (9.5, 5.0, 40)),
          scored("Cole 2003", 12.0, 5.0, 40, (9.0, 5.0, 40))]  # fmt: skip


def evidence(
    folder: Path, measure: str, better: str, trials: list[Trial], *, readings: dict[str, str] | None = None,
    people: str | None = None, **more: Any,
) -> Evidence:  # fmt: skip
    """Make a dossier whose summary has readings, by their analyses."""
    made = made_up(folder / "dossier", measure, better, trials, **more)
    summary: Data = {"readings": [{"analysis": key, "label": label} for key, label in (readings or {}).items()]}
    if people is not None:
        summary["people"] = people
    return replace(made, summary=type(made.summary).model_validate(summary))


def rows(made: Evidence) -> dict[str, str]:
    (table,) = tables(benefit.brief(Results(made), Ledger()))
    return {plain(row.cells[0]): " | ".join(plain(cell) for cell in row.cells[1:]) for row in table.rows}


def second(**what: Any) -> Callable[[Data], None]:
    """Declare another outcome beside the first, with what it has otherwise."""

    def change(plan: Data) -> None:
        plan["outcomes"]["other"] = {**plan["outcomes"]["response"], "label": "other", **what}

    return change


def risk_with(made: Evidence, outcome: str) -> float | None:
    """Give the chance with treatment from an effect on an outcome, of the events that the headline counts."""
    results, book = Results(made), Ledger()
    head = headline_reading(results, book)
    (base,) = baselines(results)
    analysis = head.one.analysis.model_copy(update={"outcome": outcome})
    one = replace(head.one, analysis=analysis, outcome=made.dossier.outcomes[outcome])
    return risk_of(results, replace(head, one=one), base)[0]


def test_people_are_told_of_the_counted_outcome_only(tmp_path: Path) -> None:
    made = evidence(tmp_path, "RR", "lower", FEWER, change=second(event="die"))
    assert risk_with(made, "response") is not None
    assert risk_with(made, "other") is None


@pytest.mark.parametrize(("family", "known"), [("improvement", True), ("death", False)])
def test_scores_tell_of_events_of_their_own_family(tmp_path: Path, family: str, *, known: bool) -> None:
    made = evidence(tmp_path, "RR", "lower", FEWER, change=second(family=family))
    results, book = Results(made), Ledger()
    head = headline_reading(results, book)
    (base,) = baselines(results)
    analysis = head.one.analysis.model_copy(update={"measure": "SMD", "outcome": "other"})
    score = replace(head, one=replace(head.one, analysis=analysis, outcome=made.dossier.outcomes["other"]))
    assert (risk_of(results, score, base)[0] is not None) == known


def test_another_measure_is_named_and_not_drawn(tmp_path: Path) -> None:
    made = evidence(
        tmp_path, "RR", "lower", FEWER, analyses={"odds": {"measure": "OR"}}, readings={"odds": "By odds"}
    )
    (table,) = tables(benefit.brief(Results(made), Ledger()))
    row = table.rows[1]
    assert plain(row.cells[1]).startswith("odds ratio 0.")
    assert "below one favours " in plain(row.cells[1])
    assert row.cells[2] == ""


def test_another_measure_is_no_part_of_the_bottom_line(tmp_path: Path) -> None:
    unsure = [counted(f"Able {2001 + at}", 19 + 2 * at, 100, 20, 100) for at in range(3)]
    made = evidence(
        tmp_path, "RR", "lower", unsure, analyses={"odds": {"measure": "OR"}, "same": {}},
        readings={"odds": "By odds", "same": "BCG {estimate}"},
    )  # fmt: skip
    line = said(bottom_line.brief(Results(made), Ledger()))
    assert "By odds" not in line
    assert "by odds" not in line
    assert "the BCG {estimate} could not tell, and together" in line


def test_what_gave_no_effect_is_said(tmp_path: Path) -> None:
    lost = [*FEWER, Trial("Dull 2004", {"n": 50}, {"n": 50})]
    made = evidence(
        tmp_path, "RR", "lower", lost, readings={"lost": "Largest trial"},
        analyses={"lost": {"comparisons": ["dull2004/drug_v_placebo"]}},
    )  # fmt: skip
    found = rows(made)
    assert any("3 trials (1 more lack numbers), 660 people" in name for name in found)
    assert (
        next(cells for name, cells in found.items() if "no effect could be computed" in name).count("not known")
        == 2
    )


@pytest.mark.parametrize(
    ("when", "words"), [("first", "each trial’s first time"), ("last", "each trial’s last time")]
)
def test_each_trials_own_time_is_said(tmp_path: Path, when: str, words: str) -> None:
    made = evidence(
        tmp_path, "RR", "lower", FEWER, change=lambda plan: plan["analyses"]["response_all"].update(when=when)
    )
    results = Results(made)
    assert words in said(benefit.brief(results, Ledger()))
    assert results.fields_of(results.headline)["time_span"] == words


def test_an_important_ratio_from_the_other_side_is_told_as_such(tmp_path: Path) -> None:
    made = evidence(
        tmp_path,
        "RR",
        "lower",
        FEWER,
        change=lambda plan: plan["outcomes"]["response"].update(important=number(1.25)),
    )
    assert "from as far below or above one as 1.25" in said(benefit.brief(Results(made), Ledger()))


def test_small_effects_are_not_rounded_to_nothing() -> None:
    assert decimals_for(0.0, -0.00098, -0.001, -0.00096) == 5
    assert decimals_for(1.0, 0.48, 0.29, 0.77) == 2
    assert decimals_for(0.0, 0.00001, -1.0, 1.0) == 1
    assert (of_people([0.2]), of_people([0.006]), of_people([0.00002])) == (100, 1000, 100_000)
    assert (people_decimals(0.3), people_decimals(0.0000004)) == (0, 3)
    limits = ((3.6, 4.4), (3.96, 4.01), (4.0, 4.0), (3.4, 4.4))
    # Both would be written as 4, or as 4.0; equal ones stay as they are.
    assert [people_decimals(0.004, ends) for ends in limits] == [1, 2, 0, 0]


def test_brief_and_report_claim_the_same(tmp_path: Path) -> None:
    many = [counted(f"Able 200{at}", 4000 + at, 10**6, 5000 - at, 10**6) for at in range(4)]
    results, book = Results(evidence(tmp_path, "RD", "lower", many)), Ledger()
    benefit.brief(results, book)
    assert pooled_claims(results, book, results.headline).estimate.decimals > 2


@pytest.mark.parametrize(
    ("null", "value", "low", "high", "written_as"),
    [
        (0.0, 12.6, 6.9, 20.6, "13 (7 to 21)"),
        (1.0, 4.87, 1.92, 12.37, "4.9 (1.9 to 12.4)"),
        (0.0, -0.713, -1.661, 0.234, "-0.7 (-1.7 to 0.2)"),
        (0.0, -0.351, -0.706, 0.0055, "-0.35 (-0.71 to 0.01)"),
        (1.0, 1.62, 1.29, 2.04, "1.62 (1.29 to 2.04)"),
        (1.0, 8.27, 1.148, 59.6, "8.3 (1.1 to 59.6)"),
        (1.0, 30.86, 4.93, 193.0, "31 (5 to 193)"),
        (0.0, 250.0, 100.0, 400.0, "250 (100 to 400)"),
        (0.0, 0.123456, 0.123, 0.1239, "0.12 (0.12 to 0.12)"),
    ],
)
def test_a_number_has_the_digits_that_its_interval_allows(
    null: float, value: float, low: float, high: float, written_as: str
) -> None:
    digits = decimals_for(null, value, low, high)
    assert f"{value:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})" == written_as


def test_the_digits_of_the_shipped_claims_follow_their_intervals() -> None:
    results = Results(load())
    found = {key: pooled_claims(results, Ledger(), one).estimate.text for key, one in results.pooled.items()}
    assert found["scores_all"] == "−0.7 (−1.7 to 0.2)"
    assert found["scores_industry"] == "−0.10 (−0.35 to 0.14)"
    assert found["response_saline"] == "8.3 (1.1 to 59.6)"


def test_the_shipped_brief_and_report_share_their_claims() -> None:
    results, book = Results(load()), Ledger()
    benefit.brief(results, book)
    for one in results.pooled.values():
        pooled_claims(results, book, one)  # the ledger refuses another claim of the same name
    assert "scores_all.left" in book.claims
