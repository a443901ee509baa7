"""The agency's files taken into a store, quarter by quarter."""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from glabella._version import __version__
from glabella.safety.faers._errors import IngestError, LayoutError, StoreError
from glabella.safety.faers._find import TABLES, Bundle, find
from glabella.safety.faers._layout import Era
from glabella.safety.faers._links import Links
from glabella.safety.faers._manifest import (
    MANIFEST,
    FileLedger,
    Ignored,
    QuarterManifest,
    TableEntry,
    ledger,
    read_quarter_manifests,
    sha256_of,
)
from glabella.safety.faers._read import Reading, begin, frames
from glabella.safety.faers._store import begin_quarter, drop_quarter, finish_quarter, write_text, writing

if TYPE_CHECKING:
    import polars as pl


class Progress(Protocol):
    """Is told how far an ingest has come."""

    def __call__(self, done: int, total: int, quarter: str, table: str) -> None:
        """Take the bytes of text read of a quarter, those there are, the quarter, and the table being read."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did.

    Attributes
    ----------
    added : tuple of QuarterManifest
        Quarters that were read.
    skipped : tuple of str
        Quarters the store held already, from the same files.
    """

    added: tuple[QuarterManifest, ...]
    skipped: tuple[str, ...]

    def table(self) -> pl.DataFrame:
        """Give one row a file and reason, as :func:`ledger`."""
        return ledger({manifest.quarter: manifest for manifest in self.added})

    def __str__(self) -> str:
        """Print a line a quarter, and below it what was mended, refused and will count for nothing."""
        lines = []
        for manifest in self.added:
            read = sum(file.rows_read for file in manifest.files)
            made_up = ", synthetic" if manifest.synthetic else ""
            lines.append(f"{manifest.quarter}: {manifest.tables['demo'].rows:,} reports, {read:,} lines{made_up}")
            for kind in ("repaired", "rejected"):
                counts: Counter[str] = Counter()
                for file in manifest.files:
                    counts.update(getattr(file, kind))
                lines += [f"  {kind} {count:,} {reason}" for reason, count in sorted(counts.items())]
            lines += _dropped(manifest)
        lines += [f"{quarter}: already in the store" for quarter in self.skipped]
        return "\n".join(lines)


def _dropped(manifest: QuarterManifest) -> list[str]:
    """Say what of a quarter will count for nothing."""
    lines = []
    for file in manifest.files:
        lines += [
            f"  noticed {count:,} {reason} in {file.member}" for reason, count in sorted(file.noticed.items())
        ]
        if impossible := file.normalised.get("fda_date_impossible", 0):
            lines.append(f"  ignored {impossible:,} fda_date_impossible in {file.member}")
        if file.rows_kept and file.noticed.get("without_term") == file.rows_kept:
            lines.append(f"  warning: no row of {file.member} has a term")
        if file.rows_kept and file.noticed.get("without_report") == file.rows_kept:
            lines.append(f"  warning: no row of {file.member} belongs to a report of the quarter")
        if file.table == "deleted" and (wrong := file.rejected.get("bad_key", 0)):
            lines.append(f"  warning: {wrong:,} lines of {file.member} are no case numbers; they delete nothing")
    text = [
        file
        for file in manifest.ignored
        if file.why not in ("no table", "statistics of the release", "says that the data are synthetic")
    ]
    return [*lines, *(f"  not read: {file.member}: {file.why}" for file in text)]


def ingest(
    files: Iterable[Path | str] | Path | str,
    into: Path | str,
    *,
    replace: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Take quarters of spontaneous reports into a store.

    Each quarter appears in the store whole, by one renaming, or not at all: not when a file is damaged, the disk is
    full, or the run is killed. Running it again goes on after the last whole quarter, and the same files give the
    same bytes.

    Parameters
    ----------
    files : path or iterable of path
        The agency's archives, folders, or plain text files, of any number of quarters.
    into : path
        Folder of the store; made where it is missing.
    replace : bool
        Whether a quarter that the store holds from other files is replaced; it is refused otherwise.
    progress : Progress, optional
        Is called after each piece of text.

    Returns
    -------
    IngestReport
        With the ledger of each file.

    Raises
    ------
    IngestError
        When a file is not as expected (:class:`LayoutError`), damaged or unsafe (:class:`ArchiveError`), when the
        store is busy or holds the quarter from other files (:class:`StoreError`), or when writing fails. Quarters
        finished before stay.
    """
    store = Path(into)
    paths = [files] if isinstance(files, str | Path) else list(files)
    if not paths:
        raise IngestError("no files to take in")
    added: list[QuarterManifest] = []
    skipped: list[str] = []
    try:
        bundles = find(map(Path, paths))
        with writing(store):
            held = read_quarter_manifests(store)
            for bundle in bundles:
                name = str(bundle.quarter)
                digests = _digests(bundle)
                if name in held:
                    if held[name].origin == tuple(sorted(set(digests.values()))):
                        skipped.append(name)
                        continue
                    if not replace:
                        raise StoreError(
                            f"{store}: holds {name} from other files; replacing it has to be asked for"
                        )
                added.append(_ingest_quarter(bundle, digests, store, progress))
    except OSError as error:
        raise IngestError(f"{store}: taking in failed: {_said(error)}") from error
    return IngestReport(tuple(added), tuple(skipped))


def _said(error: OSError) -> str:
    """Say an error of the operating system."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "no space is left on the disk; nothing of the unfinished quarter was kept"
    return str(error)


def _digests(bundle: Bundle) -> dict[Path, str]:
    """Give the SHA-256 of each archive and plain file of a quarter."""
    return {path: sha256_of(path) for path in sorted({part.path for part in bundle.parts})}


def _ingest_quarter(
    bundle: Bundle, digests: dict[Path, str], store: Path, progress: Progress | None
) -> QuarterManifest:
    """Read one quarter and put it into the store."""
    name = str(bundle.quarter)
    tables = [*TABLES, *(["deleted"] if bundle.of("deleted") else [])]
    readings = {table: [begin(part) for part in bundle.of(table)] for table in tables}
    era = _era(bundle, readings)
    folder = begin_quarter(store, name)
    try:
        entries: dict[str, TableEntry] = {}
        meter = _Meter(bundle, progress)
        links = Links()
        for table in tables:
            meter.table = table
            entries[table] = _write(readings[table], era, bundle, folder / f"{table}.parquet", meter, links)
        noticed = links.noticed()
        files = tuple(
            _ledger(reading, digests, noticed.get(table, {})) for table in tables for reading in readings[table]
        )
        ignored = tuple(
            Ignored(part.archive, part.written, part.name.why)
            for part in sorted(bundle.ignored, key=lambda part: (str(part.archive), part.written))
        )
        manifest = QuarterManifest(name, era, bundle.synthetic, __version__, files, entries, ignored)
        write_text(folder / MANIFEST, manifest.to_json())
        finish_quarter(store, name)
    except BaseException:
        drop_quarter(store, name)
        raise
    return manifest


class _Meter:
    """Adds up the bytes read of a quarter, and tells."""

    def __init__(self, bundle: Bundle, progress: Progress | None) -> None:
        self._quarter = str(bundle.quarter)
        self._total = sum(part.size for part in bundle.parts)
        self._done = 0
        self._progress = progress
        self.table = ""

    def __call__(self, done: int) -> None:
        self._done += done
        if self._progress is not None:
            self._progress(self._done, self._total, self._quarter, self.table)


def _era(bundle: Bundle, readings: dict[str, list[Reading]]) -> Era:
    """Give the era of a quarter, on which its files have to agree."""
    found = {
        reading.header.era: reading.part.label
        for table in readings.values()
        for reading in table
        if reading.header.era is not None
    }
    if len(found) != 1:
        listed = "; ".join(f"{label} is of {era}" for era, label in found.items())
        raise LayoutError(f"{bundle.quarter}: files of both eras: {listed}")
    (era,) = found
    return era


def _write(
    readings: list[Reading], era: Era, bundle: Bundle, path: Path, meter: _Meter, links: Links
) -> TableEntry:
    """Write the files of one table into one Parquet file."""
    import pyarrow.parquet as pq

    writer: pq.ParquetWriter | None = None
    rows = 0

    def write(frame: pl.DataFrame) -> None:
        nonlocal writer, rows
        links.add(readings[0].table.name, frame)
        table = frame.to_arrow()
        if writer is None:
            # Without the schema of Arrow in it the file depends on nothing but its rows. Report numbers hardly
            # repeat, and limits of text help no query: without either, writing takes a third less time and space.
            repeated = [name for name in table.column_names if name not in ("primaryid", "caseid")]
            writer = pq.ParquetWriter(
                path,
                table.schema,
                compression="zstd",
                store_schema=False,
                use_dictionary=repeated,
                write_statistics=False,
            )
        writer.write_table(table, row_group_size=max(1, table.num_rows))
        rows += table.num_rows

    try:
        # Packing and writing of one piece run beside the reading of the next.
        with ThreadPoolExecutor(1) as beside:
            last: Future[None] | None = None
            for reading in readings:
                for frame in frames(reading, era, bundle.quarter, meter):
                    if last is not None:
                        last.result()
                    last = beside.submit(write, frame)
            if last is not None:
                last.result()
    finally:
        if writer is not None:
            writer.close()
    return TableEntry(rows, path.stat().st_size, sha256_of(path))


def _ledger(reading: Reading, digests: dict[Path, str], noticed: dict[str, int]) -> FileLedger:
    """Give the ledger of a file that has been read."""
    part, tally = reading.part, reading.tally
    if part.member is None and digests[part.path] != reading.sha256:
        raise IngestError(f"{part.label}: was changed while it was read")
    if tally.read + tally.added != tally.kept + tally.rejected.total():
        raise IngestError(f"{part.label}: rows do not add up: a fault of ours: {tally}")
    return FileLedger(
        archive=part.archive,
        archive_sha256=digests[part.path] if part.member is not None else None,
        member=part.written,
        table=reading.table.name,
        sha256=reading.sha256,
        bytes=reading.bytes,
        columns=reading.header.columns,
        rows_read=tally.read,
        rows_added=tally.added,
        rows_kept=tally.kept,
        repaired=_counts(tally.repaired),
        rejected=_counts(tally.rejected),
        normalised=_counts(tally.normalised),
        noticed=noticed,
    )


def _counts(counter: Counter[str]) -> dict[str, int]:
    """Give the reasons that occurred, in the order of their names."""
    return {reason: count for reason, count in sorted(counter.items()) if count}
