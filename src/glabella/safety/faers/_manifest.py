"""The manifest of a quarter: where each row came from, what was mended, and the digests of what was written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glabella.safety.faers._errors import StoreError
from glabella.safety.faers._layout import Era

if TYPE_CHECKING:
    import polars as pl

FORMAT = 1
MANIFEST = "quarter.json"
QUARTERS = "quarters"


@dataclass(frozen=True, slots=True)
class FileLedger:
    """What became of the lines of one text file.

    Nothing is lost uncounted: ``rows_read + rows_added == rows_kept + sum(rejected.values())``.

    Attributes
    ----------
    archive : str or None
        Name of the archive; None for a plain file.
    archive_sha256 : str or None
        Of the archive.
    member : str
        Name of the text file.
    table : str
        Table of the store.
    sha256 : str
        Of the text.
    bytes : int
        Of the text.
    columns : tuple of str
        Of the text, in its order, by their unified names.
    rows_read : int
        Lines after the header, blank ones too.
    rows_added : int
        Rows more than lines: those split off run-on lines, less the further lines of broken records.
    rows_kept : int
        Rows in the store.
    repaired, rejected, normalised : Mapping[str, int]
        By reason; the shipped table ``faers_defects.yaml`` says what each counts.
    noticed : Mapping[str, int]
        By reason, rows that are in the store and say less than they should: reports that are there twice, rows
        without a report, without a term.
    """

    archive: str | None
    archive_sha256: str | None
    member: str
    table: str
    sha256: str
    bytes: int
    columns: tuple[str, ...]
    rows_read: int
    rows_added: int
    rows_kept: int
    repaired: Mapping[str, int]
    rejected: Mapping[str, int]
    normalised: Mapping[str, int]
    noticed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableEntry:
    """One Parquet file: its rows, bytes and digest."""

    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A file that was not read, and why."""

    archive: str | None
    member: str
    why: str


@dataclass(frozen=True, slots=True)
class QuarterManifest:
    """All that is known of a quarter in a store.

    Attributes
    ----------
    quarter : str
        Such as ``2012Q4``.
    era : "aers" or "faers"
        Legacy or current layout.
    synthetic : bool
        Whether the files say that the data were made up.
    software_version : str
        Of this package.
    files : tuple of FileLedger
        The text files that were read.
    tables : Mapping[str, TableEntry]
        The Parquet files that were written.
    ignored : tuple of Ignored
        The files that were not read.
    """

    quarter: str
    era: Era
    synthetic: bool
    software_version: str
    files: tuple[FileLedger, ...]
    tables: Mapping[str, TableEntry]
    ignored: tuple[Ignored, ...] = ()

    @property
    def origin(self) -> tuple[str, ...]:
        """The digests of the archives and plain files the quarter was read from."""
        return tuple(sorted({file.archive_sha256 or file.sha256 for file in self.files}))

    def to_json(self) -> str:
        """Write it as text, the same for the same content."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> QuarterManifest:
        """Read what :meth:`to_json` wrote.

        Raises
        ------
        ValueError
            When the text is no manifest of this format.
        """
        try:
            raw: dict[str, Any] = json.loads(text)
            if raw.pop("format") != FORMAT:
                raise ValueError(f"not format {FORMAT}")
            raw["files"] = tuple(FileLedger(**{**file, "columns": tuple(file["columns"])}) for file in raw["files"])
            raw["tables"] = {name: TableEntry(**entry) for name, entry in raw["tables"].items()}
            raw["ignored"] = tuple(Ignored(**file) for file in raw["ignored"])
            return cls(**raw)
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise ValueError(f"no manifest of a quarter: {error}") from error


def read_quarter_manifests(store: Path | str) -> dict[str, QuarterManifest]:
    """Give the manifests of all quarters of a store.

    Parameters
    ----------
    store : path
        Folder of the store.

    Returns
    -------
    dict of str to QuarterManifest
        By quarter, in calendar order.

    Raises
    ------
    StoreError
        When the folder is no store, or a manifest cannot be read.
    """
    root = Path(store)
    check_store(root)
    found: dict[str, QuarterManifest] = {}
    for path in sorted((root / QUARTERS).glob(f"*/{MANIFEST}")):
        try:
            found[path.parent.name] = QuarterManifest.from_json(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise StoreError(f"{path}: {error}") from error
    return found


def check_store(store: Path) -> None:
    """Refuse a folder that is no store of this format.

    Raises
    ------
    StoreError
        When ``store.json`` is missing or of another format.
    """
    path = store / "store.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["format"]
    except FileNotFoundError:
        raise StoreError(f"{store}: no store; {path.name} is missing") from None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StoreError(f"{path}: cannot be read: {error}") from error
    if found != FORMAT:
        raise StoreError(f"{path}: the store is of format {found!r}, expected {FORMAT}")


def ledger(manifests: Mapping[str, QuarterManifest]) -> pl.DataFrame:
    """Give one row a file and reason.

    Parameters
    ----------
    manifests : Mapping[str, QuarterManifest]
        As from :func:`read_quarter_manifests`.

    Returns
    -------
    DataFrame
        Columns ``quarter``, ``table``, ``member``, ``kind`` (``read``, ``added``, ``kept``, ``repaired``,
        ``rejected``, ``normalised`` or ``noticed``), ``reason`` (null for the first three) and ``count``.
    """
    import polars as pl

    rows: list[tuple[str, str, str, str, str | None, int]] = []
    for quarter, manifest in manifests.items():
        for file in manifest.files:
            head = (quarter, file.table, file.member)
            rows.append((*head, "read", None, file.rows_read))
            rows.append((*head, "added", None, file.rows_added))
            rows.append((*head, "kept", None, file.rows_kept))
            for kind in ("repaired", "rejected", "normalised", "noticed"):
                reasons: Mapping[str, int] = getattr(file, kind)
                rows += [(*head, kind, reason, count) for reason, count in sorted(reasons.items())]
    columns = {
        "quarter": pl.String,
        "table": pl.String,
        "member": pl.String,
        "kind": pl.String,
        "reason": pl.String,
    }
    return pl.DataFrame(rows, schema={**columns, "count": pl.Int64}, orient="row")


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
