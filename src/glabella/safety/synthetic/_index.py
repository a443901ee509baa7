"""Write the index tables of a draw, without the text between: for benchmarks of counting and scoring."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from glabella.safety.synthetic._blocks import blocks, gather
from glabella.safety.synthetic._dates import pads, told_dates
from glabella.safety.synthetic._draw import Draw
from glabella.safety.synthetic._medication import NONE
from glabella.safety.synthetic._quarters import is_legacy

if TYPE_CHECKING:
    import pyarrow as pa

_BANDS = ("0-1", "2-11", "12-17", "18-44", "45-64", "65-74", "75+")
_TEXT_TABLES = {"drug": "substance", "reac": "event", "indi": "indication"}
_BAND_EDGES = (2, 12, 18, 45, 65, 75)


def write_index_tables(draw: Draw, folder: str | Path) -> None:
    """Write the integer-coded tables that counting reads, as Parquet, with ``"synthetic": true`` in index.json.

    The tables have the columns of the store's index and are sorted by ``report_id``, in row groups of
    about a million rows. Every file carries ``synthetic`` in its own metadata too. The folder appears whole or not
    at all.

    Parameters
    ----------
    draw : Draw
        From :func:`draw`.
    folder : path
        New, or empty.

    Raises
    ------
    ValueError
        When the folder holds something.
    """
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ValueError(f"{target}: found something there, expected a new or an empty folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        rows = _write_reports(draw, made) | _write_words(draw, made)
        (made / "index.json").write_text(json.dumps(_card(draw, rows), indent=1) + "\n", encoding="utf-8")
        made.chmod(0o755)
        if target.exists():
            target.rmdir()
        os.rename(made, target)  # noqa: PTH104 - one step, so that no half of it is ever seen
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _card(draw: Draw, tables: dict[str, int]) -> dict[str, Any]:
    """Say of the tables what the store says of those it builds."""
    flags = draw.history.flags
    rules = {"latest_version": 1, "deleted_case": 2, "probable_duplicate": 4, "literature_duplicate": 8}
    masks = {"raw": 0, "latest": 3, "strict": 7, "literature": 15}
    rows = {"rows": 0, "names": 0}
    known = {"rows": int(tables["report_substance"]), "names": len(draw.words.products)}
    return {
        "format": 1,
        "digest": f"synthetic-{draw.seed}",
        "synthetic": True,
        "quarters": [
            {"quarter": one, "era": "aers" if is_legacy(one) else "faers", "synthetic": True}
            for one in draw.quarters
        ],
        "reports": draw.reports,
        "rules": [
            {"id": name, "bit": bit, "on": True, "reports": int(np.count_nonzero(flags & bit)), "groups": 0}
            for name, bit in rules.items()
        ],
        "kept": {mode: int(np.count_nonzero(flags & mask == 0)) for mode, mask in masks.items()},
        "names": {
            "by_way": {"dictionary": rows, "prod_ai": known, "drugname": rows, "nothing": rows},
            "unmapped": {
                "rows": known["rows"],
                "of_rows": known["rows"],
                "names": known["names"],
                "of_names": known["names"],
                "means": "SYNTHETIC: written without the text, so no dictionary was asked",
            },
            "dictionaries": [],
        },
        "rows": {f"{table}_rows": tables[f"report_{name}"] for table, name in _TEXT_TABLES.items()},
        "seed": draw.seed,
    }


def _write_reports(draw: Draw, folder: Path) -> dict[str, int]:
    writers: dict[str, Any] = {}
    rows: dict[str, int] = {}
    try:
        for a, b in blocks(draw.reports):
            for name, table in _tables(draw, a, b).items():
                if name not in writers:
                    writers[name] = _writer(folder / f"{name}.parquet", table.schema)
                writers[name].write_table(table, row_group_size=1 << 20)
                rows[name] = rows.get(name, 0) + len(table)
    finally:
        for one in writers.values():
            one.close()
    return rows


def _writer(path: Path, schema: pa.Schema) -> Any:
    import pyarrow.parquet as pq

    # Without the Arrow schema the dictionaries below read back as plain text everywhere.
    writer = pq.ParquetWriter(path, schema, compression="zstd", store_schema=False)
    writer.add_key_value_metadata({"synthetic": "true"})
    return writer


def _tables(draw: Draw, a: int, b: int) -> dict[str, pa.Table]:
    import pyarrow as pa

    history, drugs = draw.history, draw.medication
    content, flags = history.content[a:b], history.flags[a:b]
    number = np.arange(a, b, dtype=np.int32)

    where, count = gather(drugs.start, content)
    report, flag = np.repeat(number, count), np.repeat(flags, count).astype(np.int32)
    role, substance = drugs.role[where].astype(np.int32), drugs.substance[where].astype(np.int32)
    medicines = {"report_id": report, "role": role, "flags": flag}
    indication = drugs.indication[where]
    given = indication != NONE

    at, happened = gather(draw.event_start, content)
    ends = np.cumsum(happened) - 1
    kept = np.ones(len(at), bool)
    kept[ends[history.shortened[a:b] & (happened > 1)]] = False
    return {
        "reports": pa.table(_reports(draw, a, b)),
        "report_substance": _ordered({"substance_id": substance} | medicines),
        "report_product": _ordered({"product_id": drugs.product[where].astype(np.int32)} | medicines),
        "report_event": _ordered(
            {
                "event_id": draw.events[at].astype(np.int32)[kept],
                "report_id": np.repeat(number, happened)[kept],
                "flags": np.repeat(flags, happened).astype(np.int32)[kept],
            }
        ),
        "report_indication": _ordered(
            {
                "substance_id": substance[given],
                "indication_id": indication[given].astype(np.int32),
                "report_id": report[given],
                "flags": flag[given],
            }
        ),
    }


def _ordered(columns: dict[str, NDArray[np.int32]]) -> pa.Table:
    """Put the columns in the order of the store's tables."""
    import pyarrow as pa

    order = ("report_id", "substance_id", "product_id", "event_id", "indication_id", "role", "flags")
    return pa.table({name: columns[name] for name in order if name in columns})


def _reports(draw: Draw, a: int, b: int) -> dict[str, Any]:
    import pyarrow as pa

    history, people = draw.history, draw.people
    content, quarter = history.content[a:b], history.quarter[a:b]
    legacy = np.array([is_legacy(one) for one in draw.quarters])[quarter]
    padded = np.array([pads(one) for one in draw.quarters])[quarter]
    event = told_dates(people.event_date[content], people.event_precision[content], padded)
    age = people.age[content].astype(np.float64)
    unknown = np.isnan(age)
    sex = people.sex[content]
    country = people.country[content]
    band = np.searchsorted(_BAND_EDGES, np.where(unknown, 0, age), side="right")
    return {
        "report_id": np.arange(a, b, dtype=np.int32),
        "era": _words((~legacy).astype(np.int8), ("aers", "faers")),
        "quarter": _words(quarter, draw.quarters),
        "primaryid": history.primaryid[a:b],
        "caseid": history.caseid[a:b].astype(np.int64),
        "caseversion": pa.array(history.caseversion[a:b].astype(np.int32), mask=legacy),
        "fda_date": history.fda_date[a:b],
        "event_date": pa.array(event, mask=event == 0),
        "sex": _words(sex - np.uint8(1), ("F", "M"), sex == 0),
        "age_years": pa.array(age, mask=unknown),
        "age_band": _words(band, _BANDS, unknown),
        "year": history.fda_date[a:b] // 10000,
        "reporter": _words(people.reporter[content], people.reporters),
        "country": _words(country, people.countries, country == len(people.countries)),
        "sender_id": np.zeros(b - a, np.int32),
        "report_type": _words(people.report_type[content], people.report_types),
        "flags": history.flags[a:b].astype(np.int32),
    }


def _words(code: NDArray[Any], words: tuple[str, ...], unknown: NDArray[np.bool_] | None = None) -> pa.Array:
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(code.astype(np.int32), mask=unknown), pa.array(words))


def _write_words(draw: Draw, folder: Path) -> dict[str, int]:
    import pyarrow as pa

    words = draw.words
    source = ["dictionary" if real else "prod_ai" for real in words.real_drug]
    tables = {
        "substances": {"substance_id": _ids(words.substances), "name": words.substances, "source": source},
        "products": {
            "product_id": _ids(words.products),
            "name": words.products,
            "substance_id": words.product_substance.astype(np.int32),
        },
        "events": {"event_id": _ids(words.events), "name": words.events},
        "indications": {"indication_id": _ids(words.indications), "name": words.indications},
        "senders": {"sender_id": _ids(("SYNTHETIC",)), "name": ("SYNTHETIC",)},
    }
    rows = {}
    for name, columns in tables.items():
        table = pa.table({key: pa.array(value) for key, value in columns.items()})
        writer = _writer(folder / f"{name}.parquet", table.schema)
        writer.write_table(table)
        writer.close()
        rows[name] = len(table)
    return rows


def _ids(names: tuple[str, ...]) -> NDArray[np.int32]:
    return np.arange(len(names), dtype=np.int32)
