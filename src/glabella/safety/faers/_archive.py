"""Zip archives of unknown origin, opened with care: nothing is ever unpacked to disk."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from glabella.safety.faers._errors import ArchiveError

# Generous for the agency's archives (below 100 MiB, below 600 MiB unpacked, ratio below 12), and far below what
# harms; the ratio counts for each file and for all together, from a size that is read in no time.
MOST_MEMBERS = 1_000
MOST_BYTES = 8 << 30
RATIO = 100
RATIO_COUNTS_FROM = 4 << 20

_ENCRYPTED = 0x1
_LOCAL_HEADER = 30

# All that reading a damaged archive is known to raise.
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    KeyError,
    IndexError,
    OverflowError,
    MemoryError,
    AttributeError,
)


def members(path: Path) -> dict[str, int]:
    """Give the files of an archive and the bytes each unpacks to, after a look at its directory.

    Raises
    ------
    ArchiveError
        When the archive cannot be read, is encrypted, names a file outside itself, holds another archive, a file
        twice or overlapping files, or would unpack to more than is plausible.
    """
    with _opened(path) as archive:
        infos = archive.infolist()
        if any(not info.filename for info in infos):
            raise ArchiveError(f"{path}: a file in the archive has no name")
        infos = [info for info in infos if not info.is_dir()]
        if len(infos) > MOST_MEMBERS:
            raise ArchiveError(
                f"{path}: {len(infos)} files in the archive; no release has more than {MOST_MEMBERS}"
            )
        for info in infos:
            _check(path, info)
        _check_together(path, infos)
        return {info.filename: info.file_size for info in infos}


class Reader:
    """A file being read, whose faults are said as errors of ours."""

    def __init__(self, stream: IO[bytes], label: str) -> None:
        self._stream = stream
        self._label = label

    def read(self, size: int) -> bytes:
        """Give the next bytes: as many as asked for, fewer only at the end.

        Raises
        ------
        ArchiveError
            When the bytes cannot be unpacked, or are not those the archive has the checksum of.
        """
        try:
            return self._stream.read(size)
        except _FAULTS as error:
            raise ArchiveError(f"{self._label}: damaged or cut short: {error}") from error


@contextmanager
def member(path: Path, name: str) -> Iterator[Reader]:
    """Open a file of an archive for reading; its checksum is checked at its end.

    Raises
    ------
    ArchiveError
        When the archive is damaged or cut short.
    """
    with _opened(path) as archive:
        try:
            stream = archive.open(name)
        except _FAULTS as error:
            raise ArchiveError(f"{path}: {name}: damaged or cut short: {error}") from error
        with stream:
            yield Reader(stream, f"{path}: {name}")


def _opened(path: Path) -> zipfile.ZipFile:
    """Open an archive."""
    try:
        return zipfile.ZipFile(path)
    except _FAULTS as error:
        raise ArchiveError(f"{path}: damaged or cut short: {error}") from error


def _check(path: Path, info: zipfile.ZipInfo) -> None:
    """Refuse a file that is not safe to read."""
    name = info.orig_filename.replace("\\", "/")
    where = f"{path}: {info.filename!r}"
    if name.startswith("/") or name[1:2] == ":" or ".." in name.split("/") or "\0" in name:
        raise ArchiveError(f"{where} names a file outside the archive")
    if info.flag_bits & _ENCRYPTED:
        raise ArchiveError(f"{where} is encrypted")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise ArchiveError(f"{where} is a link")
    if name.lower().endswith((".zip", ".gz", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz")):
        raise ArchiveError(f"{where} is an archive inside the archive")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ArchiveError(f"{where} is packed by method {info.compress_type}; expected stored or deflated")
    _check_ratio(where, info.compress_size, info.file_size)


def _check_ratio(where: str, packed: int, unpacked: int) -> None:
    """Refuse what unpacks to far more than text does."""
    if unpacked > RATIO_COUNTS_FROM and unpacked > RATIO * packed:
        raise ArchiveError(f"{where} unpacks {packed} bytes to {unpacked}, more than {RATIO} times: a zip bomb")


def _check_together(path: Path, infos: list[zipfile.ZipInfo]) -> None:
    """Refuse files that are there twice, overlap, or are too large together."""
    names = [info.filename for info in infos]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ArchiveError(f"{path}: {', '.join(map(repr, twice))} is there more than once")
    total = sum(info.file_size for info in infos)
    _check_ratio(str(path), sum(info.compress_size for info in infos), total)
    if total > MOST_BYTES:
        raise ArchiveError(f"{path}: would unpack to {total} bytes, more than {MOST_BYTES}: a zip bomb")
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise ArchiveError(f"{path}: {info.filename!r} overlaps another file of the archive: a zip bomb")
        end = info.header_offset + _LOCAL_HEADER + info.compress_size
