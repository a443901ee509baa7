"""The commands of ``glabella safety``, from archives to a drawn comparison, and what they say of bad input."""

import json
from pathlib import Path
from pkgutil import resolve_name

import polars as pl
import pytest
from click.testing import CliRunner, Result

from glabella.cli import main


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in ("safety", *words)])


def test_from_generator_to_sound_store(tmp_path: Path) -> None:
    made = run("synthesise", "--reports", 2000, "--quarters", "2014Q3..2014Q4", "--into", tmp_path / "made")
    assert made.exit_code == 0, made.output
    assert "SYNTHETIC" in made.output
    archives = sorted((tmp_path / "made").glob("*.zip"))

    taken = run("ingest", *archives, "--into", tmp_path / "store")
    again = run("ingest", *archives, "--into", tmp_path / "store")

    assert taken.exit_code == 0, taken.output
    assert "2014Q3" in taken.output
    assert "drug names in no dictionary" in taken.output
    assert again.exit_code == 0
    assert "already in the store" in again.output
    assert run("verify", tmp_path / "store").exit_code == 0

    table = tmp_path / "store" / "quarters" / "2014Q3" / "reac.parquet"
    table.write_bytes(table.read_bytes()[:-1] + b"?")
    broken = run("verify", tmp_path / "store")
    assert broken.exit_code == 1
    assert "reac.parquet" in broken.output


def test_signals_are_printed_written_and_drawn(synthetic_store: Path, tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("all.parquet", "all.csv", "volcano.svg")}

    shown = run(
        "signals", synthetic_store, "--drug", "botulinum_toxin", "--top", 3,
        "--to", files["all.parquet"], "--plot", files["volcano.svg"],
    )  # fmt: skip
    written = run("signals", synthetic_store, "--drug", "botulinum_toxin", "--to", files["all.csv"])

    assert shown.exit_code == written.exit_code == 0, shown.output
    assert "SYNTHETIC" in shown.output
    assert "no frequency" in shown.output
    whole = pl.read_parquet(files["all.parquet"])
    assert f"{whole.height - 3:,} pairs more" in shown.output
    assert whole["synthetic"].all()
    assert {"ror", "ic025", "eb05"} <= set(whole.columns)
    assert pl.read_csv(files["all.csv"]).height == whole.height
    assert files["volcano.svg"].read_text().startswith("<svg")


def test_a_trend_ends_where_the_signal_stands(synthetic_store: Path, tmp_path: Path) -> None:
    ends = {"--drug": "botulinum_toxin", "--event": "depression_core"}
    words = [word for pair in ends.items() for word in pair]
    run("signals", synthetic_store, *words, "--to", tmp_path / "signal.parquet")

    shown = run("trend", synthetic_store, *words, "--to", tmp_path / "trend.parquet", "--plot", tmp_path / "t.png")

    assert shown.exit_code == 0, shown.output
    trend, signal = pl.read_parquet(tmp_path / "trend.parquet"), pl.read_parquet(tmp_path / "signal.parquet")
    for column in ("n", "n_drug", "n_event", "n_total"):
        whole = signal[column][0]
        assert trend[column].sum() == whole, column
    assert trend["ic"][-1] == pytest.approx(signal["ic"][0])
    assert (tmp_path / "t.png").read_bytes().startswith(b"\x89PNG")


def test_a_cohort_comes_with_its_checklist_and_its_caveats(synthetic_store: Path, tmp_path: Path) -> None:
    shown = run(
        "cohort", synthetic_store, "depression_2020", "--to", tmp_path / "c.csv",
        "--checklist", tmp_path / "c.md", "--plot", tmp_path / "c.svg",
    )  # fmt: skip

    assert shown.exit_code == 0, shown.output
    said = " ".join(shown.output.split())
    assert "SYNTHETIC" in said
    assert "published: 0.77 (0.43 to 1.43), reported" in said
    assert "0.46 (0.27" not in said
    assert "recalled" not in said
    assert "not evidence that the drug protects" in said
    checklist = (tmp_path / "c.md").read_text(encoding="utf-8")
    assert "all four cells" in checklist
    assert "Synthetic reports" in checklist
    assert pl.read_csv(tmp_path / "c.csv")["label"][0] == "as declared"
    assert "SYNTHETIC" in (tmp_path / "c.svg").read_text()


def test_description_says_what_cleaning_did(synthetic_store: Path) -> None:
    shown = run("describe", synthetic_store)

    assert shown.exit_code == 0
    assert "latest_version" in shown.output
    assert "drug names in no dictionary" in shown.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("signals", "STORE", "--drug", "botulinum_toxim"), "botulinum_toxin,"),
        (("signals", "STORE", "--drug", "botulinum_toxin", "--to", "x.pdf"), "expected .parquet or .csv"),
        (("trend", "STORE", "--drug", "x", "--event", "y", "--plot", "x.pdf"), ".svg or .png"),
        (("cohort", "STORE", "nowhere.yaml"), "depression_2020"),
        (("cohort", "EMPTY", "depression_2020"), "EMPTY"),
        (("ingest", "NOTHING.zip", "--into", "EMPTY"), "NOTHING.zip"),
        (("fetch", "2012Q9", "--to", "EMPTY"), "2012Q9"),
        (("verify", "EMPTY"), "EMPTY"),
    ],
)
def test_bad_input_is_named_and_exits_with_two(
    synthetic_store: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    (tmp_path / "EMPTY").mkdir()
    places = {"STORE": synthetic_store, "EMPTY": tmp_path / "EMPTY", "NOTHING.zip": tmp_path / "NOTHING.zip"}

    shown = run(*(places.get(word, word) for word in words))

    assert shown.exit_code == 2, shown.output
    assert said in shown.output
    assert "Traceback" not in shown.output


def test_a_report_asks_the_store_and_can_be_verified_with_it(synthetic_store: Path, tmp_path: Path) -> None:
    def report(*words: object) -> Result:
        return CliRunner().invoke(main, [str(word) for word in ("report", *words)])

    written = report("write", "--store", synthetic_store, "--format", "json", "--to", tmp_path)
    assert written.exit_code == 0, written.output
    file = next(tmp_path.glob("*.json"))
    claims = {claim["id"]: claim for claim in json.loads(file.read_text(encoding="utf-8"))["claims"]}
    counted = claims["reports.store.all.depression_core.with.events"]

    assert "SYNTHETIC" in counted["population"]
    assert counted["value"] > 0
    assert all(callable(resolve_name(claim["function"])) for claim in claims.values())
    assert report("verify", file, "--store", synthetic_store).exit_code == 0
    assert report("verify", file).exit_code == 1
