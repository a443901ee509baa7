"""Write synthetic reports as the quarterly files of FDA, with their defects, and the planted truth beside them."""

from __future__ import annotations

import io
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from glabella.safety.synthetic._archive import (
    LABEL,
    archive_name,
    deleted_name,
    earlier_deleted_name,
    member_name,
    write_archive,
)
from glabella.safety.synthetic._blocks import mapped
from glabella.safety.synthetic._data import read
from glabella.safety.synthetic._defects import file_bytes, trailing
from glabella.safety.synthetic._demo import demo
from glabella.safety.synthetic._draw import Draw, draw
from glabella.safety.synthetic._drugs import drug, indi, taken, ther
from glabella.safety.synthetic._layout import TABLES, columns
from glabella.safety.synthetic._page import Page, Words, constant, words_of
from glabella.safety.synthetic._rates import Mixture
from glabella.safety.synthetic._reactions import outc, reac, rpsr
from glabella.safety.synthetic._truth import planted_truth

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Synthesis:
    """What was written.

    Attributes
    ----------
    folder : Path
        Holds the archives, ``truth.parquet``, ``reports.parquet``, ``defects.json`` and ``SYNTHETIC.txt``.
    archives : tuple of Path
        In the order of the quarters.
    reports : int
        Rows of DEMO.
    text_bytes : int
        Of all members, unpacked.
    dossier : str
        Whose real names stand among the made-up ones; empty where none do.
    """

    folder: Path
    archives: tuple[Path, ...]
    reports: int
    text_bytes: int
    dossier: str = ""

    def __str__(self) -> str:
        names = f"a few real names of {self.dossier}" if self.dossier else "no real name"
        return (
            f"SYNTHETIC: {self.reports:,} reports in {len(self.archives)} archives, "
            f"{self.text_bytes / 1e6:,.1f} MB of text, with {names} among the made-up ones, in {self.folder}"
        )


def synthesise(
    reports: int,
    quarters: str | Sequence[str],
    into: str | Path,
    *,
    seed: int = 0,
    defects: bool = True,
    drugs: int | None = None,
    events: int | None = None,
    truth: Mixture | None = None,
    dossier: Path | str | None = None,
) -> Synthesis:
    """Write FAERS-shaped archives of synthetic reports.

    Every archive has ``SYNTHETIC.txt`` and a comment that say so, every member a name that ends in ``_synthetic``,
    every DEMO row the sender SYNTHETIC and every DRUG row that lot number. Beside the archives stand

    - ``truth.parquet``: pairs of drug and event with their planted rates, see :func:`planted_truth`;
    - ``reports.parquet``: every report with its case, quarter, flags of the store and the case it copies;
    - ``defects.json``: what was planted in which member and how often, under the names of the store's ledger;
      ``harmless`` is what needs no repair.

    The same arguments give the same bytes.

    Parameters
    ----------
    reports : int
        Report versions over all quarters.
    quarters : str or sequence of str
        Such as ``"2004Q1..2026Q2"``.
    into : path
        New, or an empty folder.
    seed : int
        Of all random numbers.
    defects : bool
        False leaves out the defects of lines, names and values; follow-ups, second copies, deleted cases, and the
        layouts and habits of each era stay.
    drugs, events, truth, dossier
        As for :func:`draw`.

    Returns
    -------
    Synthesis

    Raises
    ------
    ValueError
        As for :func:`draw`, and when the folder holds something. Nothing is left behind then.
    """
    target = Path(into)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ValueError(f"{target}: found something there, expected a new or an empty folder")
    drawn = draw(reports, quarters=quarters, seed=seed, drugs=drugs, events=events, truth=truth, dossier=dossier)
    target.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        ledger = _archives(drawn, made, defects)
        planted_truth(drawn).write_parquet(made / "truth.parquet", compression="zstd", metadata=_METADATA)
        _reports(drawn).write_parquet(made / "reports.parquet", compression="zstd", metadata=_METADATA)
        card = _card(drawn, defects, ledger)
        (made / "defects.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
        (made / "SYNTHETIC.txt").write_text(LABEL, encoding="utf-8")
        made.chmod(0o755)
        if target.exists():
            target.rmdir()
        os.rename(made, target)  # noqa: PTH104 - one step, so that no half of it is ever seen
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    names = dict.fromkeys(one["archive"] for one in ledger)
    return Synthesis(
        folder=target,
        archives=tuple(target / name for name in names),
        reports=drawn.reports,
        text_bytes=sum(one["bytes"] for one in ledger),
        dossier=drawn.words.dossier,
    )


_METADATA = {"synthetic": "true"}
#: What is planted without a reason of its own in the ledger, because nothing has to be repaired or read otherwise.
_HARMLESS = frozenset({"age_in_days", "weight_pounds", "hash_and_quotes", "accents", "dose_rows"})


def _archives(drawn: Draw, folder: Path, defects: bool) -> list[dict[str, Any]]:
    words = words_of(drawn)
    by_quarter = np.argsort(drawn.history.quarter, kind="stable")
    edges = np.searchsorted(drawn.history.quarter[by_quarter], np.arange(len(drawn.quarters) + 1))

    def one(number: int) -> list[dict[str, Any]]:
        rows = by_quarter[edges[number] : edges[number + 1]]
        return _quarter(Page(drawn, drawn.quarters[number], rows, defects), number, words, folder)

    return [entry for entries in mapped(one, range(len(drawn.quarters))) for entry in entries]


def _quarter(page: Page, number: int, words: Words, folder: Path) -> list[dict[str, Any]]:
    """Write the archive of one quarter and tell what is in it."""
    rows = taken(page)
    content = {
        "demo": demo(page),
        "drug": drug(page, rows, words),
        "reac": reac(page, words),
        "outc": outc(page),
        "rpsr": rpsr(page),
        "ther": ther(page, rows),
        "indi": indi(page, rows, words),
    }
    members: dict[str, bytes] = {}
    entries: list[dict[str, Any]] = []
    archive = archive_name(page)
    for table in TABLES:
        name = member_name(page, table)
        members[name] = _text(page, table, content[table])
        planted = {key: count for key, count in sorted(page.counts[table].items()) if count}
        entries.append(
            _entry(archive, name, page.quarter, table, len(content[table]["primaryid"]), members[name], planted)
        )
    statistics = "".join(f"{one['table'].upper()}: {one['rows']} rows\n" for one in entries)
    members[member_name(page, "stat")] = f"SYNTHETIC\n{statistics}".encode()
    for name, listed in _deleted(page, number).items():
        blank = " \n" if page.defects else ""
        members[name] = (blank + "".join(f"{case}\n" for case in listed)).encode()
        planted = {"blank_line": 1} if page.defects else {}
        entries.append(_entry(archive, name, page.quarter, "deleted", len(listed), members[name], planted))
    write_archive(folder / archive, members)
    return entries


def _deleted(page: Page, number: int) -> dict[str, list[int]]:
    """Give the quarter's lists of deleted cases; the first quarter that has any lists the earlier ones too."""
    first = str(read("shape")["history"]["first_list"])
    if page.quarter < first:
        return {}
    history = page.draw.history
    listed = np.sort(history.deleted[history.deleted[:, 1] == number, 0])
    lists = {deleted_name(page): listed}
    if page.quarter == first:
        late = np.isin(listed, history.caseid[history.quarter >= number])
        lists = {earlier_deleted_name(page): listed[~late], deleted_name(page): listed[late]}
    return {name: cases.tolist() for name, cases in lists.items()}


def _entry(
    archive: str, member: str, quarter: str, table: str, rows: int, text: bytes, planted: dict[str, int]
) -> dict[str, Any]:
    return {
        "archive": archive,
        "member": member,
        "quarter": quarter,
        "table": table,
        "rows": rows,
        "bytes": len(text),
        "defects": {name: count for name, count in planted.items() if name not in _HARMLESS},
        "harmless": {name: count for name, count in planted.items() if name in _HARMLESS},
    }


def _text(page: Page, table: str, content: dict[str, pl.Series]) -> bytes:
    import polars as pl

    chosen = columns(table, page.quarter)
    frame = pl.DataFrame([content[one.meaning].alias(one.written) for one in chosen])
    if trailing(page, table):
        frame = frame.with_columns(constant(None, len(frame)).alias(""))
    body = io.BytesIO()
    frame.write_csv(body, separator="$", quote_style="never", include_header=False)
    return file_bytes(page, table, "$".join(one.written for one in chosen), body.getvalue())


def _reports(drawn: Draw) -> pl.DataFrame:
    """List every report with what it is."""
    import polars as pl

    history = drawn.history
    copies = pl.DataFrame(history.copied, schema={"caseid": pl.Int64, "copy_of": pl.Int64}, orient="row")
    frame = pl.DataFrame(
        {
            "primaryid": history.primaryid,
            "caseid": history.caseid.astype(np.int64),
            "version": history.caseversion.astype(np.int32),
            "quarter": pl.Series(drawn.quarters).gather(history.quarter),
            "fda_date": history.fda_date,
            "flags": history.flags.astype(np.int32),
        }
    )
    return frame.join(copies, on="caseid", how="left", maintain_order="left")


def _card(drawn: Draw, defects: bool, ledger: list[dict[str, Any]]) -> dict[str, Any]:
    history = drawn.history
    legacy = history.quarter < sum(one <= "2012Q3" for one in drawn.quarters)
    both = np.intersect1d(history.caseid[legacy], history.caseid[~legacy])
    return {
        "synthetic": True,
        "seed": drawn.seed,
        "real_names_of": drawn.words.dossier,
        "defects_planted": defects,
        "quarters": list(drawn.quarters),
        "mixture": {name: getattr(drawn.mixture, name) for name in Mixture.__slots__},
        "reports": drawn.reports,
        "superseded_reports": int(np.count_nonzero(history.flags & 1)),
        "reports_of_deleted_cases": int(np.count_nonzero(history.flags & 2)),
        "deleted_cases": len(np.unique(history.deleted[:, 0])),
        "deleted_listings": len(history.deleted),
        "second_copies": len(history.copied),
        "cases_in_both_eras": len(both),
        "files": ledger,
    }
