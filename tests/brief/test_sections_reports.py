"""Adverse-event reports: caveats first, ratios on one axis, what is from memory apart, and a user's own store."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import polars
import pytest

from glabella.brief.results import Results
from glabella.brief.sections import reports
from glabella.brief.sections.report_tables import axis_of
from glabella.brief.words import words_of
from glabella.dossier import Evidence, Number, Reports, ReportStudy, load
from glabella.safety import ReportStore, open_store
from glabella.shown import Axis, Claim, Drawn, Ledger, Section, Table, blocks_of, claims_of
from tests.brief.sections import lines, number, sentence, starter

NO_RISK = "A ratio compares how often an event is named in reports. It says nothing about the risk to a person."
COUNTS = {
    "arm": {"reports": number(100), "events": number(10)},
    "versus": {"reports": number(1000), "events": number(50)},
}


def study(rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "label": "Office 2020",
        "database": "an office",
        "time_span": "2001 to 2003",
        "count_of": "reports of rash",
        "versus": "all other reports",
        "source": "EXAMPLE",
        "rows": rows,
        **more,
    }


def reported(folder: Path, *studies: dict[str, Any], ask: dict[str, Any] | None = None) -> Evidence:
    made = {
        "studies": {f"s{place}": each for place, each in enumerate(studies)},
        "caveats": [sentence("Reports are not people; {lack} say nothing.", "reported", lack=7)],
        "ask": ask,
    }
    return replace(starter(folder), reports=Reports.model_validate(made))


def section_of(evidence: Evidence, store: Any = None) -> tuple[Section, Ledger]:
    book = Ledger()
    section = reports.report(Results(evidence, store), book)
    assert section is not None
    return section, book


def said(folder: Path, *studies: dict[str, Any]) -> list[str]:
    return lines(section_of(reported(folder, *studies))[0])


def row(**more: Any) -> dict[str, Any]:
    return {"label": "all uses", "arm": {}, "versus": {}, **more}


def test_what_reports_cannot_say_stands_before_any_table(tmp_path: Path) -> None:
    shown = said(tmp_path, study({"all": row(**COUNTS)}))
    assert shown[:4] == [
        "# Adverse-event reports",
        "These are reports of adverse events that people sent to drug regulators. They cannot say how often "
        "something happens, nor what caused it.",
        "- Reports are not people; 7 say nothing. (reported by another source)[EXAMPLE]",
        "## Office 2020",
    ]


def test_a_table_has_counts_and_the_ratio_and_says_that_it_is_no_risk(tmp_path: Path) -> None:
    drug = words_of(starter(tmp_path / "again")).short
    assert said(tmp_path, study({"all": row(**COUNTS)}))[4:] == [
        f"Reports of rash, against all other reports. an office, 2001 to 2003.[EXAMPLE] {NO_RISK}",
        f"use or event | reports, {drug} | with the event | reports, comparison | with the event | "
        "reporting odds ratio, from the counts | drawn",
        "all uses | 100 | 10 | 1,000 | 50 | 2.11 (1.04 to 4.30) | drawn 2.11 (1.04 to 4.30)",
    ]


def test_what_is_not_known_not_printed_and_not_possible_is_said(tmp_path: Path) -> None:
    rows = {
        "counted": row(label="counted", **COUNTS),
        "printed": row(label="printed", arm={"reports": number(9)}, printed=number(2, "reported", low=1, high=4)),
        "bare": row(label="bare", printed=number(3)),
    }
    assert said(tmp_path, study(rows))[-3:] == [
        "counted | 100 | 10 | 1,000 | 50 | none printed | 2.11 (1.04 to 4.30) | drawn 2.11 (1.04 to 4.30)",
        "printed | 9 | not known | not known | not known | 2 (1 to 4) (reported by another source) | "
        "not possible | drawn 2 (1 to 4)",
        "bare | not known | not known | not known | not known | 3 | not possible | ",
    ]


def test_columns_that_nothing_fills_are_left_out(tmp_path: Path) -> None:
    shown = said(tmp_path, study({"all": row(printed=number(3))}, measure="odds ratio"))
    assert shown[-2:] == ["use or event | odds ratio, as printed", "all uses | 3"]


def test_a_number_from_memory_becomes_no_claim(tmp_path: Path) -> None:
    reports = reported(tmp_path, study({"all": row(printed=number(3))}))
    assert reports.reports is not None
    (one,) = reports.reports.studies.values()
    (line,) = one.rows.values()
    remembered = line.model_copy(update={"printed": Number(value=0.5, status="recalled")})
    with pytest.raises(ValueError, match="is from memory, expected a number with a source"):
        section_of(replaced(reports, one.model_copy(update={"rows": {"all": remembered}})))


def replaced(evidence: Evidence, one: ReportStudy) -> Evidence:
    assert evidence.reports is not None
    return replace(evidence, reports=evidence.reports.model_copy(update={"studies": {"s0": one}}))


def test_the_shipped_reports_hold_what_was_seen_and_no_ratio_of_all_uses_of_a_quarter() -> None:
    section, book = section_of(load())
    drawn = [
        cell.claim
        for table in tables(section)
        for row in table.rows
        for cell in row.cells
        if isinstance(cell, Drawn)
    ]
    assert len(drawn) == 7
    assert all(source.status != "recalled" for claim in book.claims.values() for source in claim.sources)
    assert "reports.faers_2020.migraine.printed" not in book.claims
    assert not any(name.startswith("reports.quarter") or name.endswith(".ror") for name in book.claims)
    ineffective = book.claims["reports.korea_2021.ineffective.printed"]
    assert ineffective.text == "21.60 reporting odds ratio (19.12 to 24.41)"
    assert book.claims["reports.faers_2021.sialorrhoea.printed"].value == 0.27
    text = "\n".join(lines(section))
    assert "drooling (sialorrhoea) | 0.27 (derived, not printed with this row)" in text
    assert "Of 103,785 pairs of a drug and an event, 1,413 named the toxin." in text
    assert "In 2 of the 7 uses that were looked at, no difference was seen." in text


def test_an_undefined_ratio_is_not_known_and_not_drawn(tmp_path: Path) -> None:
    none = {"arm": {"reports": number(10), "events": number(0)}, "versus": COUNTS["versus"]}
    assert said(tmp_path, study({"all": row(**none)}))[-1] == "all uses | 10 | 0 | 1,000 | 50 | not known"


def test_findings_stand_below_the_table(tmp_path: Path) -> None:
    section, book = section_of(
        reported(tmp_path, study({"all": row(**COUNTS)}, findings=[sentence("In {n} it came twice.", n=3)]))
    )
    assert lines(section)[-1] == "- In 3 it came twice.[EXAMPLE]"
    assert "reports.s0.finding0.n" in book.claims


def test_all_tables_share_one_axis_which_ends_where_arrows_begin(tmp_path: Path) -> None:
    wide, narrow = number(9, low=0.001, high=800), number(2, low=1.5, high=4)
    section, _ = section_of(
        reported(tmp_path, study({"a": row(printed=wide)}), study({"b": row(printed=narrow)}, label="Office 2021"))
    )
    axes = [table.axis for table in tables(section)]
    assert axes == [Axis(0.02, 50, 1, True, "fewer reports than in the comparison", "more reports")] * 2
    section, _ = section_of(reported(tmp_path / "again", study({"b": row(printed=narrow)})))
    assert [(axis.low, axis.high) for table in tables(section) if (axis := table.axis)] == [(1, 4)]
    assert axis_of([]) is None


def tables(section: Section) -> list[Table]:
    return [block for block in blocks_of((section,)) if isinstance(block, Table)]


# --- a user's own store --------------------------------------------------------------------------------------

ASK = {"drug": "botulinum_toxin", "events": ["depression_core", "anxiety"], "cohort": "depression_2020"}


@pytest.fixture
def opened(synthetic_store: Path) -> Iterator[ReportStore]:
    with open_store(synthetic_store) as store:
        yield store


def test_a_store_is_asked_for_events_and_for_the_declared_comparison(opened: ReportStore) -> None:
    section, book = section_of(load(), opened)
    shown = lines(section)
    assert "## SYNTHETIC store" in shown
    assert "## SYNTHETIC store, as declared" in shown
    captions = [line for line in shown if "SYNTHETIC REPORTS, made by a generator" in line]
    assert [caption.partition(". ")[0] for caption in captions] == [
        "Reports of each list of events, against all other reports",
        "Reports of depression core, against other treatments of the same indication",
    ]
    found = {name: claim for name, claim in book.claims.items() if name.startswith("reports.store.")}
    counted = found["reports.store.all.depression_core.with.events"]
    assert counted.population.startswith("SYNTHETIC REPORTS, made by a generator, index ")
    assert counted.value
    assert counted.inputs == (("store", opened.describe().digest),)
    assert set(found) <= {claim.id for claim in claims_of((section,))}
    assert any(name.startswith("reports.store.cohort.") for name in found)


def test_a_store_is_counted_as_it_counts_itself(opened: ReportStore) -> None:
    _, book = section_of(load(), opened)
    row = opened.signals(drug="botulinum_toxin", event=["depression_core"], ebgm=False).row(0, named=True)

    def value(part: str) -> float | None:
        return book.claims[f"reports.store.all.depression_core.{part}"].value

    assert value("with.events") == row["n"]
    assert value("with.reports") == row["n_drug"]
    assert value("versus.events") == row["n_event"] - row["n"]
    assert value("versus.reports") == row["n_total"] - row["n_drug"]
    assert value("ror") == pytest.approx(row["ror"], rel=1e-9)


@dataclass
class Made:
    """A made-up store of real reports that cannot make the declared comparison."""

    ratios: list[float | None] = field(default_factory=lambda: [2.0, None])

    def describe(self) -> Any:
        return SimpleNamespace(synthetic=False, quarters=("2020Q1", "2020Q3"), digest="abc")

    def signals(self, **asked: Any) -> polars.DataFrame:
        of = len(asked["event"])
        return polars.DataFrame(
            {
                "n": [3] * of,
                "n_drug": [10] * of,
                "n_event": [20] * of,
                "n_total": [100] * of,
                "ror": self.ratios,
                "ror_low": [1.0, None],
                "ror_high": [4.0, None],
            }
        )

    def cohort(self, name: str) -> Any:
        from glabella.safety.cohort import NothingToCompareError

        raise NothingToCompareError(f"{name}: nobody")


def test_a_store_without_the_comparison_says_why_and_shows_the_rest(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    evidence = reported(tmp_path, ask=ASK)
    drug = words_of(evidence).short
    section, book = section_of(evidence, Made())
    assert lines(section)[3:] == [
        "## This store",
        "Reports of each list of events, against all other reports. the store of reports given to this brief, "
        f"2020Q1 to 2020Q3. {NO_RISK}",
        f"use or event | reports, {drug} | with the event | reports, comparison | with the event | "
        "reporting odds ratio, from the counts | drawn",
        "depression core | 10 | 3 | 90 | 17 | 2.00 (1.00 to 4.00) | drawn 2.00 (1.00 to 4.00)",
        "anxiety | 10 | 3 | 90 | 17 | not possible | ",
    ]
    assert "the declared comparison is left out: depression_2020: nobody" in caplog.text
    assert {claim.time_span for claim in store_claims(book)} == {"2020Q1 to 2020Q3"}
    ratio = book.claims["reports.store.all.depression_core.ror"]
    assert ratio.label == "reporting odds ratio: depression core"
    assert ratio.interval == "95 % confidence interval (Woolf)"
    assert ratio.population == "the store of reports given to this brief, index abc"


def store_claims(book: Ledger) -> list[Claim]:
    return [claim for name, claim in book.claims.items() if name.startswith("reports.store.")]


@pytest.mark.parametrize("has_reports", [True, False])
def test_a_store_is_refused_where_the_dossier_asks_nothing_of_one(tmp_path: Path, has_reports: bool) -> None:
    evidence = reported(tmp_path, study({"all": row()})) if has_reports else starter(tmp_path)
    with pytest.raises(ValueError, match=r"asks nothing of a store of reports, expected ask in reports\.yaml"):
        reports.report(Results(evidence, cast("ReportStore", Made())), Ledger())
