"""What is missing, unfinished, dropped or damaged is named by whatever counts."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result

from glabella.cli import main
from glabella.safety import open_store, verify
from glabella.safety.faers import content_digest
from tests.safety.store.tiny import report, write_quarter

SOME = [report(1, drugs=["BOTOX"], events=["PTOSIS"]), report(2, drugs=["BOTOX"], events=["NAUSEA"]), report(3)]


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in ("safety", *words)])


def output(*words: object, code: int = 0) -> str:
    shown = run(*words)
    assert shown.exit_code == code, shown.output
    return " ".join(shown.output.split())


def test_quarters_that_are_missing_or_unfinished_are_named(tmp_path: Path) -> None:
    for quarter in ("2021Q4", "2022Q3", "2023Q1"):
        write_quarter(tmp_path, quarter, SOME)
    (tmp_path / ".partial" / "2023Q2").mkdir(parents=True)
    (tmp_path / "quarters" / "2023Q3").mkdir()
    for words in (("describe", tmp_path), ("signals", tmp_path),
                  ("signals", tmp_path, "--drug", "onabotulinumtoxina"),
                  ("trend", tmp_path, "--drug", "onabotulinumtoxina", "--event", "PTOSIS")):  # fmt: skip
        said = output(*words)
        assert "NOT IN THE STORE, and so not counted: 2022Q1..2022Q2, 2022Q4" in said, words
        assert "the ingest of 2023Q2, 2023Q3" in said, words
    assert "killed, or that still goes on" in output("verify", tmp_path, code=1)
    with open_store(tmp_path) as opened:
        assert len(opened.describe().gaps) == 2


def test_an_ingest_killed_between_two_quarters_is_named(tmp_path: Path) -> None:
    write_quarter(tmp_path, "2022Q1", SOME)
    (tmp_path / ".partial").mkdir()
    assert "the ingest of a quarter not begun" in output("signals", tmp_path)


def test_what_was_dropped_is_printed_by_every_command_that_counts(tmp_path: Path) -> None:
    """By hand: report 7 stands twice (its two rows of drugs and events are one report's), and 8 has no number."""
    rows = [*SOME, report(7, events=[None]), report(7, events=[None]), report("x8", events=["PAIN"])]  # type: ignore
    write_quarter(tmp_path, "2022Q1", rows)
    for words in (("describe", tmp_path), ("signals", tmp_path, "--drug", "onabotulinumtoxina")):
        said = output(*words)
        assert "1 of 6 (16.7%) reports that repeat a number of their quarter, left out" in said, words
        assert "1 of 6 (16.7%) reports without a usable number, left out" in said, words
        assert "1 of 6 (16.7%) drug rows of no report, left out" in said, words
        assert "2 of 6 (33.3%) reaction rows without a term, left out" in said, words
        assert "1 reports without any reaction term, in the total only" in said, words


def test_no_ebgm_is_said_with_its_reason(tmp_path: Path) -> None:
    write_quarter(tmp_path / "a", "2022Q1", SOME)
    assert "no EBGM: the prior fitted to 3 pairs lies on the boundary" in output("signals", tmp_path / "a")
    write_quarter(tmp_path / "b", "2022Q1", [report(1, events=[None])])
    said = output("signals", tmp_path / "b")
    assert "0 pairs" in said
    assert "no EBGM: no pair is counted" in said
    assert "1 of 1 (100.0%) reaction rows without a term" in said


@pytest.fixture
def counted(tmp_path: Path) -> Path:
    write_quarter(tmp_path, "2022Q1", SOME)
    assert "3 pairs" in output("signals", tmp_path)
    assert "sets of counted pairs 1" in output("verify", tmp_path)
    return tmp_path


def only(store: Path, pattern: str) -> Path:
    (found,) = (store / "index").glob(pattern)
    return found


def test_counted_pairs_that_were_changed_are_found_and_not_used(
    counted: Path, caplog: pytest.LogCaptureFixture
) -> None:
    frame = only(counted, "*/counted/*/frame.parquet")
    before = frame.read_bytes()
    pl.read_parquet(before).with_columns(n=pl.lit(99, pl.Int64)).write_parquet(frame)
    assert "frame.parquet: changed" in output("verify", counted, code=1)
    with caplog.at_level(logging.WARNING), open_store(counted) as opened:
        assert opened.signals()["n"].to_list() == [1, 1, 1]
    assert "frame.parquet is not as it was written; counted again" in caplog.text
    assert frame.read_bytes() == before
    assert verify(counted).ok


def test_a_prior_that_was_changed_is_found_and_not_used(synthetic_store: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(synthetic_store, tmp_path / "store")
    with open_store(tmp_path / "store") as opened:
        fitted = opened.prior().prior
    path = only(tmp_path / "store", "*/counted/substance-suspect-strict/prior.json")
    path.write_text(path.read_text().replace('"alpha1": ', '"alpha1": 1'))
    assert [problem.path.rpartition("/")[2] for problem in verify(tmp_path / "store").problems] == ["prior.json"]
    with open_store(tmp_path / "store") as opened:
        assert opened.prior().prior == fitted


@pytest.mark.parametrize("table", ["report_substance", "event_report", "events", "reports"])
def test_a_table_of_the_index_cut_short_or_changed_is_found(counted: Path, table: str) -> None:
    path = only(counted, f"*/{table}.parquet")
    content = path.read_bytes()
    path.write_bytes(content[:100])
    assert f"{table}.parquet: changed" in output("verify", counted, code=1)
    assert f"{table}.parquet: 100 bytes, expected {len(content):,}" in output("signals", counted, code=2)
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert f"{table}.parquet: changed" in output("verify", counted, code=1)
    path.unlink()
    assert f"{table}.parquet: missing" in output("verify", counted, code=1)
    assert "missing" in output("signals", counted, code=2)


def test_what_the_index_says_of_itself_is_checked_too(counted: Path) -> None:
    """The rules in it decide which reports count, and the flag of synthetic reports what is printed above them."""
    path = only(counted, "*/index.json")
    card = json.loads(path.read_text())
    card["synthetic"] = False
    path.write_text(json.dumps(card))
    assert "index.json: changed: not as it was written" in output("verify", counted, code=1)
    assert "not as it was written; remove" in output("signals", counted, code=2)
    del card["sha256"]
    path.write_text(json.dumps(card))
    assert "no digest" in output("verify", counted, code=1)
    path.write_text(json.dumps({**card, "sha256": content_digest(card)}))
    assert "sound" in output("verify", counted)
    (counted / "index" / "stray").mkdir()
    assert "stray/index.json: missing" in output("verify", counted, code=1)


def test_a_result_is_printed_though_it_cannot_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The disk fills up as the counts are kept."""
    write_quarter(tmp_path, "2022Q1", SOME)
    with open_store(tmp_path):
        pass

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with caplog.at_level(logging.WARNING):
        assert "3 pairs" in output("signals", tmp_path)
    assert "not kept for the next time" in caplog.text
    assert not list((tmp_path / "index").glob("*/counted/*"))
