"""The steps that make the integer-coded tables, in DuckDB, with what does not fit in memory kept on disk."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glabella.safety.faers import file_entry
from glabella.safety.store._engine import BY_ID
from glabella.safety.store._mapping import NameMap, map_names
from glabella.safety.store._names import Dictionary
from glabella.safety.store._paths import as_target, database, parquet
from glabella.safety.store._rules import MODES, Rules
from glabella.safety.store._sql import statement

if TYPE_CHECKING:
    import duckdb

#: Columns that the build reads of each quarter table.
COLUMNS = {
    "demo": (
        "primaryid caseid caseversion fda_date event_date event_precision event_maybe_padded sex_clean age_years "
        "occp_cod country mfr_sndr rept_cod lit_ref"
    ),
    "drug": "primaryid drug_seq role_cod drugname prod_ai",
    "reac": "primaryid term",
    "indi": "primaryid indi_drug_seq term",
    "deleted": "caseid",
}

#: Each table of the index and the statement that gives it, in the order of its rows.
_TABLES = {
    "report_substance": "SELECT report_id, substance_id, role, flags FROM substance_rows "
    "JOIN flags USING (report_id) ORDER BY report_id, substance_id",
    "report_product": "SELECT report_id, product_id, role, flags FROM product_rows "
    "JOIN flags USING (report_id) ORDER BY report_id, product_id",
    "report_event": "SELECT report_id, event_id, flags FROM event_rows "
    "JOIN flags USING (report_id) ORDER BY report_id, event_id",
    "report_indication": "SELECT report_id, substance_id, indication_id, flags FROM indication_rows "
    "JOIN flags USING (report_id) ORDER BY report_id, substance_id, indication_id",
    "substance_report": "SELECT substance_id, report_id, role, flags FROM substance_rows "
    "JOIN flags USING (report_id) ORDER BY substance_id, report_id",
    "product_report": "SELECT product_id, report_id, role, flags FROM product_rows "
    "JOIN flags USING (report_id) ORDER BY product_id, report_id",
    "event_report": "SELECT event_id, report_id, flags FROM event_rows "
    "JOIN flags USING (report_id) ORDER BY event_id, report_id",
    "indication_report": "SELECT indication_id, substance_id, report_id, flags FROM indication_rows "
    "JOIN flags USING (report_id) ORDER BY indication_id, substance_id, report_id",
    "substances": "SELECT substance_id, name, source FROM substances ORDER BY substance_id",
    "products": "SELECT product_id, name, substance_id FROM products ORDER BY product_id",
    "events": "SELECT event_id, name FROM events ORDER BY event_id",
    "indications": "SELECT indication_id, name FROM indications ORDER BY indication_id",
    "senders": "SELECT sender_id, name FROM senders ORDER BY sender_id",
}
_QUARTER = re.compile(r"(\d{4})Q([1-4])\Z")


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of the store: its name, era and folder, whether it is made up, and the digests of its tables."""

    name: str
    era: str
    folder: Path
    synthetic: bool
    digests: Mapping[str, str]

    @property
    def number(self) -> int:
        """Year times ten plus quarter: orders quarters."""
        found = _QUARTER.match(self.name)
        if found is None:
            raise ValueError(f"{self.folder}: {self.name!r} is not a quarter such as 2012Q4")
        return int(found[1]) * 10 + int(found[2])


def build_tables(
    quarters: list[Quarter],
    dictionary: Dictionary,
    rules: Rules,
    work: Path,
    out: Path,
    *,
    memory: str,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Write every table of the index into ``out`` and give what was counted on the way."""
    import duckdb

    settings: dict[str, Any] = {"threads": 2, "memory_limit": memory, "temp_directory": str(work / "spill")}
    with duckdb.connect(database(work / "build.duckdb"), config=settings) as connection:
        for table in COLUMNS:
            connection.execute(_view(table, quarters))
        say(f"reports of {len(quarters)} quarters")
        connection.execute(statement("index/reports").text)
        say("drug names")
        names = _names(connection, dictionary)
        say("drugs, events and indications")
        for step in ("drugs", "events"):
            connection.execute(statement(f"index/{step}").text)
        unused = _rows(connection)
        connection.execute("DROP TABLE drug_rows; DROP TABLE report_key")
        say("rules of cleaning")
        bits = {rule.id: rule.bit if rule.on else 0 for rule in rules.rules}
        connection.execute(statement("index/flags", **bits).text)
        say("tables of the index")
        tables = {"reports": f"{statement('index/reports_out').text} ORDER BY report_id", **_TABLES}
        written = {}
        for table, query in tables.items():
            path = out / f"{table}.parquet"
            # Smaller groups where a look-up reads only those that hold an id.
            group = 122_880 if table in BY_ID else 1_000_000
            rows = _one(
                connection,
                f"COPY ({query}) TO {as_target(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {group})",
            )
            written[table] = file_entry(path, rows)
        said = {"names": _name_summary(names, dictionary), "rows": unused, "tables": written}
        return {**_effects(connection, rules), **said}


def _view(table: str, quarters: list[Quarter]) -> str:
    parts = []
    for quarter in quarters:
        path = quarter.folder / f"{table}.parquet"
        if table == "deleted" and not path.exists():
            continue
        if not path.exists():
            raise ValueError(f"{path}: missing; the quarter is not whole, ingest it again")
        parts.append(
            f"SELECT {int(quarter.era == 'faers')} AS era_rank, '{quarter.name}' AS quarter, "
            f"{quarter.number} AS quarter_no, {', '.join(COLUMNS[table].split())} FROM {parquet(path)}"
        )
    return f"CREATE VIEW {table} AS " + (" UNION ALL ".join(parts) or "SELECT NULL::VARCHAR AS caseid WHERE FALSE")


def _names(connection: duckdb.DuckDBPyConnection, dictionary: Dictionary) -> NameMap:
    import polars as pl

    distinct = connection.sql(
        "SELECT COALESCE(drugname, '') AS drugname, COALESCE(prod_ai, '') AS prod_ai, COUNT(*) AS rows "
        "FROM drug GROUP BY 1, 2"
    )
    names = map_names(pl.DataFrame(distinct.to_arrow_table()), dictionary)
    frames = {
        "name_ids": names.names,
        "name_products": names.name_products,
        "name_substances": names.name_substances,
        "products": names.products,
        "substances": names.substances,
    }
    for table, frame in frames.items():
        connection.register("incoming", frame.to_arrow())
        connection.execute(f"CREATE TABLE {table} AS SELECT * FROM incoming")
        connection.unregister("incoming")
    return names


def _rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Count what was read and what could not be used: nothing goes missing without a number."""
    columns = ("demo_rows", "demo_primaryid_not_a_number", "demo_repeats_a_primaryid")
    found = {column: _one(connection, f"SELECT {column} FROM skipped") for column in columns}
    orphans = """SELECT COUNT(*) FROM {0} AS c WHERE NOT EXISTS (SELECT 1 FROM report_key AS k
                 WHERE k.quarter_no = c.quarter_no AND k.primaryid = TRY_CAST(c.primaryid AS BIGINT))"""
    for table in ("drug", "reac", "indi"):
        found[f"{table}_rows"] = _one(connection, f"SELECT COUNT(*) FROM {table}")
        found[f"{table}_without_report"] = _one(connection, orphans.format(table))
    for table in ("reac", "indi"):
        found[f"{table}_without_term"] = _one(
            connection, f"SELECT COUNT(*) FROM {table} WHERE term IS NULL OR term = ''"
        )
    found["indi_without_drug"] = _one(
        connection,
        """SELECT COUNT(*) FROM indi AS i
           JOIN report_key AS k ON k.quarter_no = i.quarter_no AND k.primaryid = TRY_CAST(i.primaryid AS BIGINT)
           WHERE NOT EXISTS (SELECT 1 FROM drug_rows AS d
                             WHERE d.report_id = k.report_id AND d.drug_seq = TRIM(i.indi_drug_seq))""",
    )
    for what, table in (("drug", "drug_rows"), ("event", "event_rows")):
        found[f"reports_without_{what}"] = _one(
            connection, f"SELECT COUNT(*) FROM report_key AS k ANTI JOIN {table} AS r ON k.report_id = r.report_id"
        )
    found["drug_with_other_role"] = _one(connection, "SELECT COUNT(*) FROM drug_rows WHERE role = 5")
    return found


def _effects(connection: duckdb.DuckDBPyConnection, rules: Rules) -> dict[str, Any]:
    groups = {
        "latest_version": "SELECT COUNT(*) FROM (SELECT caseid FROM base WHERE caseid IS NOT NULL "
        "GROUP BY caseid HAVING COUNT(*) > 1)",
        "deleted_case": "SELECT COUNT(DISTINCT caseid) FROM deleted",
        "probable_duplicate": "SELECT COUNT(*) FROM duplicates WHERE place = 1",
        "literature_duplicate": "SELECT COUNT(*) FROM filed_again WHERE place = 1",
    }
    effects = [
        {
            **asdict(rule),
            "reports": _one(connection, f"SELECT COUNT(*) FROM flags WHERE (flags & {rule.bit}) > 0"),
            "groups": _one(connection, groups[rule.id]) if rule.on else 0,
        }
        for rule in rules.rules
    ]
    kept = {
        mode: _one(connection, f"SELECT COUNT(*) FROM flags WHERE (flags & {rules.mask(mode)}) = 0")
        for mode in MODES
    }
    return {
        "reports": _one(connection, "SELECT COUNT(*) FROM flags"),
        "rules": effects,
        "default_mode": rules.default_mode,
        "kept": kept,
    }


def _name_summary(names: NameMap, dictionary: Dictionary) -> dict[str, Any]:
    rows = sum(share["rows"] for share in names.shares.values())
    distinct = sum(share["names"] for share in names.shares.values())
    unmapped = [names.shares[way] for way in ("prod_ai", "drugname", "nothing")]
    return {
        "by_way": names.shares,
        "unmapped": {
            "rows": sum(share["rows"] for share in unmapped),
            "of_rows": rows,
            "names": sum(share["names"] for share in unmapped),
            "of_names": distinct,
            "means": "in no dictionary: named by FDA's ingredient string (prod_ai), by the reporter alone "
            "(drugname), or not at all (nothing)",
        },
        "dictionaries": [
            {"file": file, "sha256": digest, "entries": used, "entries_with_another_meaning_left_out": other}
            for file, digest, used, other in dictionary.files
        ],
    }


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None, "a count gives one row"
    return int(row[0])
