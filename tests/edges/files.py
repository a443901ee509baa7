"""Small SYNTHETIC quarters in the agency's layout, written as text, and the commands run on them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from click.testing import CliRunner, Result

from glabella.cli import main
from glabella.safety import ReportStore, build_index, ingest, open_store

DEMO = """
primaryid caseid caseversion i_f_code event_dt mfr_dt init_fda_dt fda_dt rept_cod auth_num mfr_num mfr_sndr
lit_ref age age_cod age_grp sex e_sub wt wt_cod rept_dt to_mfr occp_cod reporter_country occr_country
""".split()  # noqa: SIM905
DRUG = """
primaryid caseid drug_seq role_cod drugname prod_ai val_vbm route dose_vbm cum_dose_chr cum_dose_unit dechal
rechal lot_num exp_dt nda_num dose_amt dose_unit dose_form dose_freq
""".split()  # noqa: SIM905
REAC = ["primaryid", "caseid", "pt", "drug_rec_act"]
INDI = ["primaryid", "caseid", "indi_drug_seq", "indi_pt"]
OTHERS = {
    "OUTC": "primaryid$caseid$outc_cod\n",
    "RPSR": "primaryid$caseid$rpsr_cod\n",
    "THER": "primaryid$caseid$dsg_drug_seq$start_dt$end_dt$dur$dur_cod\n",
}
Row = Mapping[str, Any]


def report(key: int, **more: Any) -> dict[str, Any]:
    """Give a report; a drug is a name, or (name, prod_ai), or (name, prod_ai, role)."""
    return {"key": key, "drugs": ["ASPIRIN"], "events": ["Nausea"], "indications": [], **more}


def line(names: Sequence[str], **values: Any) -> str:
    """Give one line of a table."""
    return "$".join(str(values.get(name, "")) for name in names)


def texts(reports: Iterable[Row]) -> dict[str, str]:
    """Write the seven tables; the key of a report is its case followed by its version."""
    lines: dict[str, list[str]] = {
        name: ["$".join(columns)]
        for name, columns in {"DEMO": DEMO, "DRUG": DRUG, "REAC": REAC, "INDI": INDI}.items()
    }
    for number, one in enumerate(reports):
        case, version = one.get("caseid", one["key"]), one.get("caseversion", 1)
        ids = {"primaryid": f"{case}{version}", "caseid": case}
        # Without an event date no report looks like another filed twice.
        plain = {
            "caseversion": version, "i_f_code": "I", "fda_dt": "20180112", "rept_cod": "EXP", "age_cod": "YR",
            "age": 20 + number % 60, "sex": "F", "occp_cod": "MD", "reporter_country": "US",
        }  # fmt: skip
        own = {name: value for name, value in one.items() if name in DEMO}
        lines["DEMO"].append(line(DEMO, **{**plain, **own, **ids}))
        for seq, drug in enumerate(one["drugs"], start=1):
            given: list[str] = [drug] if isinstance(drug, str) else list(drug)
            name, ai, role = given + ["", "PS"][len(given) - 1 :]
            lines["DRUG"].append(line(DRUG, **ids, drug_seq=seq, role_cod=role, drugname=name, prod_ai=ai))
        lines["REAC"] += [line(REAC, **ids, pt=term) for term in one["events"]]
        lines["INDI"] += [line(INDI, **ids, indi_drug_seq=1, indi_pt=term) for term in one["indications"]]
    return {**{name: "\n".join(rows) + "\n" for name, rows in lines.items()}, **OTHERS}


def archive(
    folder: Path, reports: Iterable[Row] = (), *, quarter: str = "2018Q1", more: Mapping[str, bytes] | None = None,
    changed: Mapping[str, str | bytes] | None = None,
) -> Path:  # fmt: skip
    """Write an archive of a quarter whose files are named synthetic, some tables replaced, some files added."""
    folder.mkdir(parents=True, exist_ok=True)
    short = quarter[2:4] + quarter[4:]
    target = folder / f"faers_ascii_{quarter.lower()}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in {**texts(reports), **(changed or {})}.items():
            packed.writestr(f"ascii/{name}{short}_SYNTHETIC.txt", text.encode() if isinstance(text, str) else text)
        for name, content in (more or {}).items():
            packed.writestr(name, content)
    return target


def store_of(folder: Path, reports: Iterable[Row] = (), **more: Any) -> Path:
    """Take an archive into a new store; not indexed."""
    ingest(archive(folder / "archives", reports, **more), folder / "store")
    return folder / "store"


def opened(folder: Path, reports: Iterable[Row] = (), **more: Any) -> ReportStore:
    """Take an archive into a new store and open it."""
    return open_store(store_of(folder, reports, **more))


def few(drug: str = "DYSPORT", event: str = "Dysphagia") -> list[dict[str, Any]]:
    """Give 40 reports: 6 of the drug with the event, 4 of the drug, 5 of the event, 25 of neither."""
    kinds = [(drug, event)] * 6 + [(drug, "Rash")] * 4 + [("ASPIRIN", event)] * 5 + [("ASPIRIN", "Nausea")] * 25
    return [report(10_000_001 + i, drugs=[name], events=[term]) for i, (name, term) in enumerate(kinds)]


def run(*words: object) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, [str(word) for word in words])


def refused(shown: Result, *named: str) -> None:
    """Hold that a command ended with one clear line that names something, exit code two, and no traceback."""
    assert shown.exit_code == 2, f"{shown.exit_code}: {shown.output!r} {shown.exception!r}"
    assert "Traceback" not in shown.output
    said = [
        words for words in shown.stderr.splitlines() if words.strip() and not words.startswith(("Usage:", "Try "))
    ]
    assert 0 < len(said) <= 3, shown.stderr
    assert max(map(len, said)) < 2000
    for name in named:
        assert name in shown.stderr.replace("\n", ""), shown.stderr


def column(frame: pl.DataFrame, name: str) -> list[Any]:
    """Give a column as a list."""
    return frame[name].to_list()


__all__ = [
    "archive", "build_index", "column", "few", "ingest", "line", "open_store", "opened", "refused", "report", "run",
    "store_of", "texts",
]  # fmt: skip
