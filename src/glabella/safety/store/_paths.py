"""Files read as they are named: no wildcard and no ``key=value`` in a path may change what is read."""

from __future__ import annotations

from pathlib import Path

_WILDCARDS = "*?["


def in_sql(path: Path) -> str:
    """Quote a path for a statement of DuckDB, which otherwise takes brackets, ``*`` and ``?`` for wildcards."""
    plain = "".join(f"[{sign}]" if sign in _WILDCARDS else sign for sign in str(path.absolute()))
    return "'" + plain.replace("'", "''") + "'"


def as_target(path: Path) -> str:
    """Quote a path that DuckDB writes to, where wildcards have no meaning."""
    return "'" + str(path.absolute()).replace("'", "''") + "'"


def parquet(path: Path) -> str:
    """Give the table function that reads one Parquet file and adds no column from the names of its folders."""
    return f"read_parquet({in_sql(path)}, hive_partitioning = false, filename = false)"


def database(path: Path) -> str:
    """Give where DuckDB may keep a database: in memory where it would misread the path."""
    return ":memory:" if set("?\\") & set(str(path)) else str(path)
