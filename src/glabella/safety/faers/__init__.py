"""Quarterly files of spontaneous reports, from the agency's archives to verified tables.

``fetch`` downloads, ``ingest`` reads both layouts into a store of Parquet files with a ledger of every repair, and
``verify`` checks a store against its manifests.
"""

from glabella.safety.faers._errors import ArchiveError, FetchError, IngestError, LayoutError, StoreError
from glabella.safety.faers._fetch import Downloaded, FetchedFile, Known, fetch, known_archives
from glabella.safety.faers._ingest import IngestReport, Progress, ingest
from glabella.safety.faers._manifest import (
    FileLedger,
    Ignored,
    QuarterManifest,
    TableEntry,
    ledger,
    read_quarter_manifests,
)
from glabella.safety.faers._quarter import Quarter, quarters
from glabella.safety.faers._seal import content_digest, file_entry, sealed, unsealed
from glabella.safety.faers._verify import Problem, VerifyReport, unfinished, verify

__all__ = [
    "ArchiveError",
    "Downloaded",
    "FetchError",
    "FetchedFile",
    "FileLedger",
    "Ignored",
    "IngestError",
    "IngestReport",
    "Known",
    "LayoutError",
    "Problem",
    "Progress",
    "Quarter",
    "QuarterManifest",
    "StoreError",
    "TableEntry",
    "VerifyReport",
    "content_digest",
    "fetch",
    "file_entry",
    "ingest",
    "known_archives",
    "ledger",
    "quarters",
    "read_quarter_manifests",
    "sealed",
    "unfinished",
    "unsealed",
    "verify",
]
