"""Two thin runners for the same SQL: DuckDB inside the process, and Apache Spark for those who have it.

Why plain SQL in a common subset and not Ibis. On one query (all pairs with three measures, 1 M reports) plain SQL
took 1.7 s on DuckDB and Ibis 12 took 2.3 s, with identical results; on Spark local[2] 36 s and 33 s. So Ibis works
and costs little, but it also buys little for some twenty statements, and it brings what we would have to watch:
ordering and window semantics that differ by backend (its issues 2381, 10019, 11016) and a pinned DuckDB (12008).
Measured here again before this was designed: counting every pair of 10 M reports (20 M drug rows, 30 M event rows)
takes 9.6 CPU seconds at 1.6 GB in plain SQL on two threads; nothing is left for another layer to win.

The common subset is held by a test over the files in ``sql``: no approximate counts, no ordered string or list
aggregates, no regular expressions or hash functions (the engines differ), no implicit casts of text, no ``first``
or ``any_value``, no quantiles, no order that depends on nulls (strata are never null), identifiers in lower case.
"""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from glabella.safety.store._paths import parquet
from glabella.safety.store._sql import Query

if TYPE_CHECKING:
    import polars

TABLES = (
    "reports",
    "report_substance",
    "report_product",
    "report_event",
    "report_indication",
    "substances",
    "products",
    "events",
    "indications",
    "senders",
)
#: The same rows sorted by what is looked for, so that a look-up reads a few row groups; where an index has none,
#: the table sorted by report stands in.
BY_ID = {
    "substance_report": "report_substance",
    "product_report": "report_product",
    "event_report": "report_event",
    "indication_report": "report_indication",
}
#: Makes Spark take a path as it is written: no wildcards, and no columns from the names of folders.
_BLIND = {"__globPaths__": "false", "recursiveFileLookup": "true"}
#: Small tables of a query: sets of ids, as (set_id, member_id).
Sets = Mapping[str, Sequence[Sequence[int]]]


class Engine(Protocol):
    """Runs a statement of the shared SQL over the tables of an index."""

    name: str

    def run(self, query: Query, sets: Sets | None = None) -> polars.DataFrame:
        """Give the result; ``sets`` are tables (set_id, member_id) that the statement names."""
        ...

    def close(self) -> None:
        """Let go of the engine."""
        ...


def connect(engine: str, index: Path, *, threads: int | None = None, memory: str = "4GB") -> Engine:
    """Open an engine over the tables of an index.

    Parameters
    ----------
    engine : str
        ``"duckdb"``, or a Spark master: ``"local[2]"``, ``"local[*]"``, ``"spark://host:7077"``.
    index : Path
        Folder of the index; with a Spark master elsewhere it must be readable there too.
    threads : int, optional
        For DuckDB; every core when omitted.
    memory : str
        For DuckDB its limit, for local Spark the memory of its Java process.

    Raises
    ------
    ValueError
        If the engine is not known.
    ModuleNotFoundError
        If Spark is asked for without ``pyspark`` (extra ``spark``).
    """
    check_tables(index)
    if engine == "duckdb":
        return DuckDB(index, threads=threads, memory=memory)
    if engine.startswith(("local", "spark://", "yarn", "k8s://")):
        return Spark(engine, index, memory=memory)
    raise ValueError(f"engine: {engine!r}, expected duckdb or a Spark master such as local[2] or spark://host:7077")


def check_tables(index: Path) -> None:
    """Refuse a folder without the tables of an index."""
    missing = [table for table in TABLES if not (index / f"{table}.parquet").exists()]
    if missing:
        raise ValueError(f"{index}: {missing[0]}.parquet is missing; not an index, or not whole")


class DuckDB:
    """DuckDB inside this process."""

    name = "duckdb"

    def __init__(self, index: Path, *, threads: int | None = None, memory: str = "4GB") -> None:
        import duckdb

        settings: dict[str, Any] = {"memory_limit": memory, "temp_directory": str(index.parent / ".spill")}
        if threads is not None:
            settings["threads"] = threads
        # An own database in memory: nothing is ever written into the index.
        self._connection = duckdb.connect(":memory:", config=settings)
        for table, file in _tables(index).items():
            self._connection.execute(f"CREATE VIEW {table} AS SELECT * FROM {parquet(file)}")

    def run(self, query: Query, sets: Sets | None = None) -> polars.DataFrame:
        """Give the result of a statement."""
        import polars as pl

        registered = _sets(sets)
        for name, frame in registered.items():
            self._connection.register(name, frame.to_arrow())
        try:
            table = self._connection.sql(query.text).to_arrow_table()
        finally:
            for name in registered:
                self._connection.unregister(name)
        return _settled(pl.DataFrame(table))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class Spark:
    """Apache Spark, local or elsewhere. Stores share one context; each has a session, so views, of its own."""

    def __init__(self, master: str, index: Path, *, memory: str = "4GB") -> None:
        self.name = master
        with _sockets():
            self._session = _session(master, memory).newSession()
            read = self._session.read.options(**_BLIND)
            for table, file in _tables(index).items():
                # Spark takes the path as it stands, without the escapes of a URI.
                read.parquet(f"file://{file.resolve()}").createOrReplaceTempView(table)

    def run(self, query: Query, sets: Sets | None = None) -> polars.DataFrame:
        """Give the result of a statement."""
        import polars as pl

        with _sockets():
            for name, frame in _sets(sets).items():
                self._session.createDataFrame(frame.to_arrow()).createOrReplaceTempView(name)
            return _settled(pl.DataFrame(self._session.sql(query.text).toArrow()))

    def close(self) -> None:
        """Let go of this store's views; the context stays for others until the process ends."""
        with _sockets():
            for view in (*TABLES, *BY_ID):
                self._session.catalog.dropTempView(view)


@contextmanager
def _sockets() -> Iterator[None]:
    """Let PySpark close its sockets by the garbage collector, as it does, without a warning for each."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            yield
        finally:
            gc.collect()


def _session(master: str, memory: str) -> Any:
    from pyspark.sql import SparkSession

    logging = (Path(__file__).parent / "log4j2.properties").as_uri()
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.log.level": "ERROR",
        "spark.driver.memory": memory.upper().removesuffix("B").lower(),
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "8",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={logging}",
    }
    if not master.startswith("local"):
        # A cluster keeps its own settings.
        settings = {key: settings[key] for key in ("spark.ui.showConsoleProgress", "spark.sql.session.timeZone")}
    builder = SparkSession.builder.master(master).appName("glabella")
    for key, value in settings.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def _tables(index: Path) -> dict[str, Path]:
    found = {table: index / f"{table}.parquet" for table in TABLES}
    for table, same in BY_ID.items():
        own = index / f"{table}.parquet"
        found[table] = own if own.exists() else found[same]
    return found


def _sets(sets: Sets | None) -> dict[str, polars.DataFrame]:
    import polars as pl

    schema = {"set_id": pl.Int32, "member_id": pl.Int32}
    return {
        name: pl.DataFrame([(i, int(m)) for i, members in enumerate(lists) for m in members], schema, orient="row")
        for name, lists in (sets or {}).items()
    }


def _settled(frame: polars.DataFrame) -> polars.DataFrame:
    """Bring both engines to the same types: ids and years 32 bits, counts and sets of bits 64."""
    import polars as pl

    return frame.with_columns(
        pl.col(name).cast(pl.Int64 if name == "n" or name.startswith(("n_", "bits_")) else pl.Int32)
        for name, kind in frame.schema.items()
        if kind.is_integer()
    )
