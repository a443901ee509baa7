"""Reference sets in a store written by hand: distinct reports, lists counted as one, nothing dropped in silence."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from glabella.safety.evaluation import SCORES, StoreEvaluation, evaluate_store, reference_set
from glabella.safety.measures import disproportionality
from glabella.safety.store import Store, open_store
from tests.safety.store.tiny import report, write_quarter

KETO, KIDNEY, BLEED = "KETOROLAC", "ACUTE KIDNEY INJURY", "MELAENA"


def reports() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        # One report with two substances of ketorolac and two terms of the outcome counts once.
        {"drugs": [KETO, ("KETOROLAC TROMETHAMINE", "SS")], "events": [KIDNEY, "RENAL FAILURE", "NAUSEA"]},
        {"drugs": ["KETOROLAC TROMETHAMINE"], "events": ["RENAL FAILURE ACUTE"]},
        {"drugs": [("NAPROXEN SODIUM", "PS"), (KETO, "C")], "events": [KIDNEY, BLEED]},
        {"drugs": ["NAPROXEN"], "events": [BLEED, "HAEMATEMESIS"]},
        {"drugs": ["ACARBOSE"], "events": ["FLATULENCE"]},
        {"drugs": ["ACARBOSE"], "events": ["FLATULENCE", BLEED]},
        *({"drugs": [name], "events": ["RASH"]} for name in ("LORATADINE", "ORLISTAT", "MICONAZOLE", "SUCRALFATE")),
        *({"drugs": ["SOMETHING ELSE"], "events": ["HEADACHE"]} for _ in range(20)),
    ]
    return [report(100 + at, **row) for at, row in enumerate(rows)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("store")
    write_quarter(folder, "2020Q1", reports())
    with open_store(folder) as opened:
        yield opened


@pytest.fixture(scope="module")
def suspect(store: Store) -> StoreEvaluation:
    return evaluate_store(store, "omop")


def control(found: StoreEvaluation, drug: str, outcome: str) -> dict[str, object]:
    return found.table.filter(drug=drug, outcome=outcome).row(0, named=True)


def test_lists_count_distinct_reports(suspect: StoreEvaluation) -> None:
    row = control(suspect, "Ketorolac", "acute_renal_failure")
    assert [row[name] for name in ("n", "n_drug", "n_event", "n_total")] == [2, 2, 3, 30]
    row = control(suspect, "Naproxen", "upper_gastrointestinal_bleeding")
    assert [row[name] for name in ("n", "n_drug", "n_event", "n_total")] == [2, 2, 3, 30]


def test_role_decides(store: Store) -> None:
    row = control(evaluate_store(store, "omop", role="any"), "Ketorolac", "acute_renal_failure")
    assert [row[name] for name in ("n", "n_drug", "n_event", "n_total")] == [3, 3, 3, 30]


def test_measures_are_those_of_the_counts(suspect: StoreEvaluation) -> None:
    counts = [suspect.table[name].to_numpy() for name in ("n", "n_drug", "n_event", "n_total")]
    wanted = disproportionality(*counts)
    assert suspect.table.select(wanted.columns).equals(wanted)


def test_every_control_is_scored_or_said_why_not(suspect: StoreEvaluation) -> None:
    assert suspect.table.height + suspect.unscored.height == 399
    assert suspect.synthetic
    assert (suspect.role, suspect.mode) == ("suspect", "strict")
    reasons = dict(suspect.unscored.group_by("reason").len().rows())
    controls = reference_set("omop").controls
    here = {"Ketorolac", "Naproxen", "Acarbose", "Loratadine", "orlistat", "Miconazole", "Sucralfate"}
    outcomes = {"acute_renal_failure", "upper_gastrointestinal_bleeding"}
    known = controls.filter(pl.col("drug").is_in(here))
    scored = known.filter(pl.col("outcome").is_in(outcomes))
    assert suspect.table.select("drug", "outcome", "positive").equals(scored.select("drug", "outcome", "positive"))
    assert reasons == {
        "no report names the drug in this role": 399 - known.height,
        "no report has a term of the outcome": known.height - scored.height,
    }


def test_areas_and_rules_by_outcome(suspect: StoreEvaluation) -> None:
    everything = suspect.areas.filter(outcome="all")
    assert set(everything["score"]) <= set(SCORES)
    assert {"ic025", "prr", "n"} <= set(everything["score"])
    positive = int(suspect.table["positive"].sum())
    assert set(everything["positives"]) == {positive}
    assert set(everything["negatives"]) == {suspect.table.height - positive}
    rules = suspect.rules.filter(outcome="all", rule="IC025 > 0").row(0, named=True)
    assert rules["positives"] == positive
    by_hand = suspect.table.filter(pl.col("positive") & (pl.col("ic025") > 0)).height
    assert rules["found"] == by_hand


def test_absent_terms_are_listed(suspect: StoreEvaluation) -> None:
    absent = dict(suspect.absent_terms.select("outcome", "absent").rows())
    assert set(absent) == {group.id for group in reference_set("omop").outcomes}
    assert "MYOCARDIAL INFARCTION" in absent["acute_myocardial_infarction"]
    assert KIDNEY not in absent["acute_renal_failure"]
    assert "ANURIA" in absent["acute_renal_failure"]


def test_store_without_any_control(tmp_path: Path) -> None:
    write_quarter(tmp_path, "2020Q1", [report(1, drugs=["SOMETHING"], events=["RASH"])])
    with open_store(tmp_path) as opened:
        found = evaluate_store(opened, "euadr")
    assert found.table.height == 0
    assert found.unscored.height == 93
    assert found.areas.height == 0
    assert found.rules.height == 0


def test_no_such_role(store: Store) -> None:
    with pytest.raises(ValueError, match="role: 'main'"):
        evaluate_store(store, "omop", role="main")
