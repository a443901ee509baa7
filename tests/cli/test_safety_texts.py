"""Names as reporters wrote them, own tables, the strongest pairs, and comparisons that a store cannot make."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import yaml
from click.testing import CliRunner, Result

from glabella.cli import main
from glabella.safety import ingest, open_store
from tests.safety.faers.files import as_zip, faers
from tests.safety.store.tiny import report, write_quarter


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in ("safety", *words)])


def output(*words: object, code: int = 0) -> str:
    shown = run(*words)
    assert shown.exit_code == code, shown.output
    return " ".join(shown.output.split())


HOSTILE = ["[/RED]BOO", "[NARROW]", "[BOLD]X[/BOLD]", ":SMILE:", "[LINK=HTTP://X]Y", "[", "A\x1b[31mB", "=CMD()"]


def spec(path: Path, **more: object) -> Path:
    path.write_text(yaml.safe_dump({
        "schema_version": 1, "id": "own", "title": "Depression [narrow] after <script>alert(1)</script> *toxins*",
        "question": "q [x](javascript:y)", "rationale": "r", "exposed": ["ONABOTULINUMTOXINA"],
        "arms": [{"id": "a", "label": "Arm [/b]", "comparators": "everything else"}],
        "events": {"primary": "PTOSIS"}, **more,
    }))  # fmt: skip
    return path


def test_names_from_files_are_printed_as_they_are(tmp_path: Path) -> None:
    write_quarter(tmp_path / "store", "2022Q1", [
        *(report(i, drugs=[name], events=[f"[/E]{name}"]) for i, name in enumerate(HOSTILE, start=1)),
        report(50, drugs=["BOTOX"], events=["PTOSIS"]), report(51),
    ])  # fmt: skip
    said = output("signals", tmp_path / "store", "--to", tmp_path / "x.csv")
    for name in HOSTILE:
        assert name.strip(" .,;'\"*-").replace("\x1b", "\N{REPLACEMENT CHARACTER}").split()[0] in said, name
    assert "\x1b" not in said
    assert "'=CMD" in (tmp_path / "x.csv").read_text()
    for words in (("signals", tmp_path / "store", "--drug", "[/RED]BOO", "--plot", tmp_path / "p.svg"),
                  ("trend", tmp_path / "store", "--drug", "[NARROW]", "--event", "[/E][NARROW]"),
                  ("signals", tmp_path / "store", "--event", "[/E][")):  # fmt: skip
        assert words[3] in output(*words)
    assert "[/GREEN]" in output("signals", tmp_path / "store", "--drug", "[/GREEN]", code=2)
    said = output("cohort", tmp_path / "store", spec(tmp_path / "s.yaml"), "--checklist", tmp_path / "c.md")
    assert "Depression [narrow] after <script>alert(1)</script> *toxins*" in said
    assert "Arm [/b]" in said
    checklist = (tmp_path / "c.md").read_text()
    assert "<script>" not in checklist
    assert r"# Depression \[narrow\] after &lt;script&gt;alert(1)&lt;/script&gt; \*toxins\*" in checklist
    assert r"\[x\](javascript:y)" in checklist


def test_file_names_are_no_markup_either(tmp_path: Path) -> None:
    folder = tmp_path / "[/red]a"
    folder.mkdir(parents=True)
    archive = as_zip(folder / "faers_ascii_2018q1.zip", faers())
    assert "2018Q1: 4 reports" in output("ingest", archive, "--into", folder / "[bold]store")
    assert "sound" in output("verify", folder / "[bold]store")


def test_the_strongest_pair_is_shown_and_drawn(tmp_path: Path) -> None:
    """NEWDRUG: four reports, all with an event that nobody else has. Nothing else has a ratio at all."""
    rows = [report(i, drugs=["NEWDRUG"], events=["ODDITY"]) for i in range(1, 5)]
    rows += [report(i, drugs=[f"DRUG{i}"], events=[f"EVENT{i}"]) for i in range(5, 201)]
    write_quarter(tmp_path / "store", "2022Q1", rows)
    said = output("signals", tmp_path / "store", "--to", tmp_path / "x.csv", "--plot", tmp_path / "x.svg")
    assert "NEWDRUG / ODDITY 4 0.08 ∞" in said
    drawn = (tmp_path / "x.svg").read_text()
    assert "NEWDRUG / ODDITY" in drawn
    assert "infinite" in drawn
    whole = pl.read_csv(tmp_path / "x.csv").filter(pl.col("drug") == "NEWDRUG")
    assert whole["ror"].to_list() == whole["prr"].to_list() == [float("inf")]
    only = output(
        "signals", tmp_path / "store", "--drug", "NEWDRUG", "--event", "ODDITY", "--plot", tmp_path / "y.svg"
    )
    assert "ODDITY 4 0.08 ∞" in only
    # Without any report of both there is no ratio to draw: the table is printed all the same.
    none = output(
        "signals", tmp_path / "store", "--drug", "NEWDRUG", "--event", "EVENT9", "--plot", tmp_path / "z.svg"
    )
    assert "EVENT9 0" in none
    assert "not written; no pair has a ratio" in none
    assert not (tmp_path / "z.svg").exists()


def test_a_result_is_printed_before_it_is_written(tmp_path: Path) -> None:
    write_quarter(tmp_path / "store", "2022Q1", [report(1, drugs=["BOTOX"], events=["PTOSIS"]), report(2)])
    (tmp_path / "file").write_text("")
    said = output("signals", tmp_path / "store", "--to", tmp_path / "file" / "x.csv", code=2)
    assert "ONABOTULINUMTOXINA / PTOSIS 1" in said


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    """Three of four reports of A have x, one of four of the others: ROR 3 · 3 / (1 · 1) = 9 by hand."""
    rows = ["Report;Drug;Event;note"] + [f"{i};{drug};{event};n" for i, (drug, event) in enumerate(
        [("A", "x"), ("a ", "X"), ("A", "x"), ("A", "y"), ("B", "x"), ("B", "y"), ("C", "y"), ("B", "y")]
    )]  # fmt: skip
    file = tmp_path / "own[1].csv"
    file.write_text("\ufeff" + "\n".join([*rows, rows[1]]) + "\n", encoding="utf-8")
    said = output("table", file, "--to", tmp_path / "o.csv", "--plot", tmp_path / "o.svg")
    assert "4 pairs among 8 distinct reports" in said or "5 pairs among 8 distinct reports" in said
    assert "columns not used: note" in said
    assert "1 of 9 rows say what another row says" in said
    found = pl.read_csv(tmp_path / "o.csv").filter((pl.col("drug") == "A") & (pl.col("event") == "X"))
    assert found.select("n", "n_drug", "n_event", "n_total").row(0) == (3, 4, 4, 8)
    assert found["ror"][0] == pytest.approx(9)
    assert (tmp_path / "o.svg").read_text().startswith("<svg")


def test_a_table_with_strata_has_the_adjusted_ratio(tmp_path: Path) -> None:
    """Cells 9, 6, 2, 13 and 4, 16, 1, 19: Mantel and Haenszel's ratio is ΣR / ΣS, R = ad / n and S = bc / n."""
    rows, number = [], 0
    for stratum, cells in (("F", (9, 6, 2, 13)), ("M", (4, 16, 1, 19))):
        for (drug, event), count in zip((("A", "X"), ("A", "Y"), ("B", "X"), ("B", "Y")), cells, strict=True):
            for _ in range(count):
                number += 1
                rows.append(f"{number},{drug},{event},{stratum}")
    (tmp_path / "own.csv").write_text("\n".join(["report,drug,event,stratum", *rows]))
    output("table", tmp_path / "own.csv", "--to", tmp_path / "o.parquet")
    found = pl.read_parquet(tmp_path / "o.parquet").filter((pl.col("drug") == "A") & (pl.col("event") == "X"))
    assert found["mh"][0] == pytest.approx((9 * 13 / 30 + 4 * 19 / 40) / (6 * 2 / 30 + 16 * 1 / 40))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("report,drug\n1,A\n", "column 'event' is missing; the file holds ['report', 'drug']"),
        ("report,drug,event\n1,A,x\n2,,y\n", "column 'drug' is empty in row 2"),
        ("report,drug,event\n1,A,NA\n", "column 'event' is NA in row 1"),
        ("report,drug,event\n", "holds a header and no row"),
        ("", "holds nothing"),
        ("report,drug,event,stratum\n1,A,x,F\n1,A,y,M\n", "stratum, row 1: 'M', expected 'F'"),
    ],
)
def test_a_table_that_cannot_be_counted_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "own.csv").write_text(text)
    said = output("table", tmp_path / "own.csv", code=2)
    assert words in said
    assert str(tmp_path / "own.csv") in said


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    rows = [report(1, drugs=["BOTOX"], events=["PTOSIS"]), report(2, drugs=["BOTOX"], events=["NAUSEA"]), report(3)]
    for quarter in ("2021Q1", "2021Q2", "2021Q3"):
        write_quarter(tmp_path / "store", quarter, rows)
    return tmp_path / "store"


def test_a_comparison_outside_the_stores_period_is_refused(outside: Path, tmp_path: Path) -> None:
    for words in (("depression_2020",), (spec(tmp_path / "s.yaml", quarters=["2004Q1", "2020Q4"]),)):
        said = output("cohort", outside, *words, "--checklist", tmp_path / "c.md", code=2)
        assert "of which the store holds none; it holds 2021Q1..2021Q3" in said
        assert "0 / 0" not in said
    assert not (tmp_path / "c.md").exists()


def test_a_comparison_partly_outside_says_so(outside: Path, tmp_path: Path) -> None:
    file = spec(tmp_path / "s.yaml", quarters=["2020Q4", "2021Q2"])
    said = output("cohort", outside, file, "--checklist", tmp_path / "c.md")
    assert "the store holds 2 of the 3 quarters declared (2020Q4 to 2021Q2); not there: 2020Q4" in said
    assert "holds 2 of the 3 quarters declared" in (tmp_path / "c.md").read_text()
    whole = output("cohort", outside, spec(tmp_path / "w.yaml", quarters=["2021Q1", "2021Q3"]))
    assert "quarters declared" not in whole


def test_an_arm_without_reports_is_named(outside: Path, tmp_path: Path) -> None:
    arms = [{"id": "a", "label": "A", "comparators": "everything else"},
            {"id": "b", "label": "B", "comparators": ["ASPIRIN"], "indications": ["MIGRAINE"]}]  # fmt: skip
    write_quarter(outside, "2021Q4", [report(9, drugs=["ASPIRIN"], indications=[("1", "MIGRAINE")])])
    said = output("cohort", outside, spec(tmp_path / "s.yaml", arms=arms))
    assert "B: not compared; no report of the exposed drugs in any run" in said
    said = output("cohort", outside, spec(tmp_path / "t.yaml", arms=arms[1:]), code=2)
    assert "own: B: no report of the exposed drugs" in said


def test_names_given_at_ingest_stay_though_a_later_archive_fails(tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text("drugname,substance\nSERTRALINE,MYDRUG\n")
    good = as_zip(tmp_path / "faers_ascii_2018q1.zip", faers())
    bad = as_zip(tmp_path / "faers_ascii_2018q2.zip", faers("18Q2", REAC="primaryid$nonsense\n1$2\n"))
    output("ingest", good, bad, "--into", tmp_path / "store", "--names", tmp_path / "names.csv", code=2)
    said = output("describe", tmp_path / "store")
    assert "1 quarters (2018Q1 to 2018Q1)" in said
    assert "names shipped, names.csv" in said
    output("ingest", good, "--into", tmp_path / "other", "--names", tmp_path / "nowhere.csv", code=2)
    assert not (tmp_path / "other").exists()


def test_children_of_no_report_and_files_not_read_are_named_after_an_ingest(tmp_path: Path) -> None:
    """By hand: one row of drugs and one of reactions more, of a report that is in no DEMO file."""
    drug = faers()["ascii/DRUG18Q1.txt"].decode().splitlines()
    reac = faers()["ascii/REAC18Q1.txt"].decode() + "999999991$99999999$Pain$\n"
    drug.append(drug[1].replace("100000011$10000001", "999999991$99999999"))
    content = faers(DRUG="\n".join(drug) + "\n", REAC=reac)
    archive = as_zip(tmp_path / "faers_ascii_2018q1.zip", {**content, "DELETED/19Q2.txt": b"1\n2\n"})
    said = output("ingest", archive, "--into", tmp_path / "store")
    for shown in (said, output("describe", tmp_path / "store"), output("signals", tmp_path / "store")):
        assert "1 of 6 (16.7%) drug rows of no report" in shown
        assert "1 of 5 (20.0%) reaction rows of no report" in shown
    ingest(archive, tmp_path / "library")
    with open_store(tmp_path / "library") as opened:
        assert any("drug rows of no report" in line for line in opened.describe().dropped)
