"""How sure, in sentences: numbers turned back to the page's own scale, what decides alone. Trials are made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from glabella.brief.results import Results
from glabella.brief.sections import how_sure
from glabella.brief.sure import alone, alone_said, clauses, rated_words, reasons
from glabella.shown import Ledger, Table, plain
from tests.brief.made_up_trials import Data, Trial, counted, made_up, number, scored
from tests.brief.sections import lines

USUAL = {"label": "usual care", "events": number(200), "n": number(1000)}
#: Trials that disagree: few ill with the drug in some, many in others.
APART = [counted(f"Able {2001 + at}", events, 200, 40, 200) for at, events in enumerate((4, 60, 12, 44, 9))]


def results_of(folder: Path, trials: list[Trial], measure: str = "RR", better: str = "lower", **outcome: Any) -> (
    Results
):  # fmt: skip
    def change(plan: Data) -> None:
        plan["outcomes"]["response"] |= outcome

    return Results(made_up(folder / "d", measure, better, trials, change=change))


def test_limits_are_told_as_the_page_tells_effects(tmp_path: Path) -> None:
    results = results_of(tmp_path, APART, important=number(0.9))
    one, book = results.headline, Ledger()
    said = [plain(each) for each in clauses(results, book, one)]
    (apart,) = (each for each in said if "new trial" in each)
    low, high = (book.claims[f"response_all.sure.inconsistency.{name}"] for name in ("low", "high"))
    assert (low.value, high.value) == pytest.approx((one.shown(one.fit.pi_low), one.shown(one.fit.pi_high)))
    assert apart.startswith(
        f"the trials disagree: in a new trial the effect may lie from {low.number} to {high.number}, which"
    )
    # What cost most stands first.
    assert one.rating.costs[0].levels == max(move.levels for move in one.rating.costs)
    assert said[0] == plain(clauses(results, Ledger(), one)[0])


def test_a_prior_is_named_only_where_it_tells_the_next_trial(tmp_path: Path) -> None:
    results = results_of(tmp_path, APART, important=number(0.9))
    assert results.headline.fit.prediction == "fit"
    assert "spread between trials" not in plain(reasons(results, Ledger(), results.headline))


def test_people_needed_rest_on_what_matters_and_on_no_trial(tmp_path: Path) -> None:
    results = results_of(tmp_path, APART, important=number(0.9), usual_risk=USUAL)
    book = Ledger()
    reasons(results, book, results.headline)
    claim = book.claims["response_all.sure.imprecision.needed"]
    assert [name for name, _ in claim.inputs] == ["analysis"]
    assert {source.reference for source in claim.sources} == {"EXAMPLE"}


def test_what_was_rated_is_said_where_nothing_is_declared(tmp_path: Path) -> None:
    bare = results_of(tmp_path / "a", APART)
    assert rated_words(bare.headline) == "rated as any benefit: no smallest difference that matters is declared"
    assert lines(how_sure.brief(bare, Ledger()))[-1] == (
        "- Rated as any benefit: no smallest difference that matters is declared."
    )
    assert "declared. " not in plain(reasons(bare, Ledger(), bare.headline))
    declared = results_of(tmp_path / "b", APART, important=number(0.9))
    assert rated_words(declared.headline) == ""


LARGE = [*APART[:2], counted("Sound 2010", 1000, 5000, 1000, 5000, judgement="low")]


def test_trials_at_low_risk_decide_alone_where_they_are_enough(tmp_path: Path) -> None:
    results = results_of(tmp_path, LARGE, important=number(0.75), usual_risk=USUAL)
    found = alone(results, results.headline)
    assert found is not None
    assert found.rating.target == "little_or_none"
    words = plain(alone_said(results, Ledger(), results.headline))
    assert words == (
        "Trials at low risk of bias are enough to decide alone: 1.00 (0.92 to 1.08); "
        f"certainty {found.rating.certainty}"
    )
    assert lines(how_sure.brief(results, Ledger()))[1] == f"- {words}."
    assert words in lines(how_sure.report(results, Ledger()))[1]


@pytest.mark.parametrize("more", [{}, {"important": number(0.75)}], ids=["nothing matters", "no usual risk"])
def test_nobody_decides_alone_where_the_people_needed_are_not_known(tmp_path: Path, more: Any) -> None:
    results = results_of(tmp_path, LARGE, **more)
    assert alone(results, results.headline) is None
    assert alone_said(results, Ledger(), results.headline) == ()


def test_the_report_shows_every_domain_and_what_was_declared(tmp_path: Path) -> None:
    trusted = {
        "visible": True, "subjective": True,
        "why": [{"text": "The mark of {n} people was seen.", "status": "seen", "source": "EXAMPLE",
                 "values": {"n": number(9)}}],
    }  # fmt: skip
    results = results_of(tmp_path, APART, important=number(0.9), trusted=trusted)
    shown = lines(how_sure.report(results, Ledger()))
    assert shown[0] == "# How sure, domain by domain"
    assert shown[1].startswith("What is rated: ")
    domains = [line.partition(" | ")[0] for line in shown[3:] if " | " in line]
    assert domains[-8:] == ["Design", "Imprecision", "Inconsistency", "Risk of bias", "Unblinding", "Indirectness",
                            "Missing results", "Rating up"]  # fmt: skip
    assert shown[-2:] == ["Declared, since no number tells it:", "- The mark of 9 people was seen.[EXAMPLE]"]
    bare = lines(how_sure.report(results_of(tmp_path / "bare", APART), Ledger()))
    assert not any("Declared" in line for line in bare)
    assert "Rated as any benefit" in bare[1]


def test_every_analysis_shows_what_each_domain_costs_it(tmp_path: Path) -> None:
    def change(plan: Data) -> None:
        plan["outcomes"]["response"] |= {"important": number(0.9)}

    some = {"comparisons": [f"{trial.id}/drug_v_placebo" for trial in APART[:3]], "label": "three trials"}
    evidence = made_up(tmp_path / "d", "RR", "lower", APART, analyses={"some": some}, change=change)
    results, book = Results(evidence), Ledger()
    table = next(
        it for it in how_sure.report(results, book).content if getattr(it, "caption", "").startswith("Levels that")
    )
    assert isinstance(table, Table)
    domains = [plain(column.head) for column in table.columns[1:-1]]
    assert domains == ["design", "imprecision", "inconsistency", "risk of bias", "unblinding", "indirectness",
                       "missing results"]  # fmt: skip
    for row, one in zip(table.rows, results.pooled.values(), strict=True):
        shown = [plain(cell) for cell in row.cells[1:-1]]
        levels = [one.rating.cost(cast("Any", name.replace(" ", "_"))) for name in domains]
        assert shown == [str(level) if level else "–" for level in levels]


def test_points_of_a_scale_are_told_with_their_unit(tmp_path: Path) -> None:
    trials = [
        scored(f"Able {2001 + at}", mean, 5.0, 40, (10.0, 5.0, 40)) for at, mean in enumerate((8.0, 14.0, 9.0))
    ]
    points = {"scale": "my_scale", "sd": number(5.0)}

    def change(plan: Data) -> None:
        plan["outcomes"]["response"] |= {"points": points, "important": number(1.0)}

    results = Results(made_up(tmp_path / "d", "SMD", "lower", trials, change=change))
    book = Ledger()
    said = plain(reasons(results, book, results.headline))
    units = {claim.unit for name, claim in book.claims.items() if name.endswith((".low", ".high"))}
    assert units <= {"points"}
    assert "too few trials to say what a new one would find" in said
