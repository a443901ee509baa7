"""The files of each quarter among what the user gave: archives, folders, plain text files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from glabella.safety.faers._archive import Reader, member, members
from glabella.safety.faers._errors import IngestError, LayoutError
from glabella.safety.faers._names import Name, classify, quarter_of_archive
from glabella.safety.faers._quarter import Quarter

TABLES = ("demo", "drug", "reac", "outc", "rpsr", "ther", "indi")


@dataclass(frozen=True, slots=True)
class Part:
    """A text file of one table.

    Attributes
    ----------
    path : Path
        The archive, or the file itself.
    member : str or None
        Its name inside the archive; None for a plain file.
    name : Name
        What its name says.
    size : int
        Its bytes, unpacked.
    """

    path: Path
    member: str | None
    name: Name
    size: int

    @property
    def archive(self) -> str | None:
        """The name of the archive, without its folder."""
        return self.path.name if self.member is not None else None

    @property
    def label(self) -> str:
        """Its name for people."""
        return str(self.path) if self.member is None else f"{self.path}: {self.member}"

    @property
    def written(self) -> str:
        """Its name for the ledger: inside the archive, or without its folder."""
        return self.member if self.member is not None else self.path.name

    @contextmanager
    def open(self) -> Iterator[Reader]:
        """Open it for reading."""
        if self.member is None:
            with self.path.open("rb") as plain:
                yield Reader(plain, self.label)
        else:
            with member(self.path, self.member) as packed:
                yield packed


@dataclass(slots=True)
class Bundle:
    """All files of one quarter."""

    quarter: Quarter
    parts: list[Part] = field(default_factory=list)
    ignored: list[Part] = field(default_factory=list)
    synthetic: bool = False

    def of(self, table: str) -> list[Part]:
        """Give the files of a table, in the order of their names."""
        return sorted((part for part in self.parts if part.name.table == table), key=lambda part: part.written)


def find(paths: Iterable[Path]) -> list[Bundle]:
    """Group files by quarter.

    Parameters
    ----------
    paths : iterable of Path
        Archives, folders (searched to any depth), text files.

    Returns
    -------
    list of Bundle
        In the order of the quarters.

    Raises
    ------
    IngestError
        When a file does not exist, holds no table, or belongs to no quarter; when a quarter lacks a table or has it
        twice.
    """
    bundles: dict[Quarter, Bundle] = {}
    seen: set[Path] = set()
    for path in paths:
        plain: list[Part] = []
        elsewhere = 0
        for file in _files(path):
            if file.resolve() in seen:
                elsewhere += 1
                continue
            seen.add(file.resolve())
            if file.suffix.lower() == ".zip":
                _add(bundles, _of_archive(file), quarter_of_archive(file.name), str(file))
                elsewhere += 1
            else:
                # Only folders below the one given say what a file is: those above it are the user's own.
                below = file.relative_to(path) if path.is_dir() else Path(file.parent.name, file.name)
                plain.append(Part(file, None, classify(below.as_posix()), file.stat().st_size))
        # What lies beside archives in a folder of downloads is none of their files; files given twice count once.
        if any(part.name.table for part in plain) or not elsewhere:
            _add_plain(bundles, plain, path)
    for bundle in bundles.values():
        _complete(bundle)
    return [bundles[quarter] for quarter in sorted(bundles)]


def _files(path: Path) -> list[Path]:
    """Give a file, or all files below a folder."""
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.is_file())
    if not path.is_file():
        raise IngestError(f"{path}: no such file or folder")
    return [path]


def _of_archive(path: Path) -> list[Part]:
    """Give the files of an archive."""
    return [Part(path, name, classify(name), size) for name, size in sorted(members(path).items())]


def _add_plain(bundles: dict[Quarter, Bundle], parts: list[Part], path: Path) -> None:
    """Add plain files, which may belong to several quarters."""
    tables = [part for part in parts if part.name.table is not None]
    if not tables:
        raise IngestError(f"{path}: no archive and no table; expected names such as DEMO22Q4.txt")
    named = sorted({part.name.quarter for part in tables if part.name.quarter is not None})
    for quarter in named:
        of_quarter = [part for part in tables if part.name.quarter == quarter]
        _add(bundles, of_quarter, quarter, str(path))
    others = [part for part in parts if part.name.table is None or part.name.quarter is None]
    if others:
        if len(named) != 1 and any(part.name.table for part in others):
            lists = ", ".join(part.path.name for part in others if part.name.table)
            raise IngestError(f"{path}: the quarter of {lists} cannot be told; expected one quarter in the folder")
        for quarter in named:
            _add(bundles, others, quarter, str(path))


def _add(bundles: dict[Quarter, Bundle], parts: list[Part], quarter: Quarter | None, origin: str) -> None:
    """Add files of one quarter; where the archive's name does not say it, the files' names do."""
    tables = [part for part in parts if part.name.table in TABLES]
    named = {part.name.quarter for part in tables if part.name.quarter is not None}
    if quarter is None:
        if len(named) != 1:
            found = ", ".join(map(str, sorted(named))) or "none"
            raise IngestError(f"{origin}: expected the files of one quarter, found {found}")
        (quarter,) = named
    if named - {quarter}:
        wrong = next(part for part in tables if part.name.quarter != quarter)
        raise IngestError(f"{origin}: {wrong.written} is of {wrong.name.quarter}, expected {quarter}")
    bundle = bundles.setdefault(quarter, Bundle(quarter))
    for part in parts:
        bundle.synthetic |= part.name.synthetic
        (bundle.ignored if part.name.table is None else bundle.parts).append(part)


def _complete(bundle: Bundle) -> None:
    """Refuse a quarter without its seven tables, or with one twice; a renewed file takes the other's place."""
    for table in TABLES:
        parts = bundle.of(table)
        if not parts:
            found = ", ".join(sorted({str(part.name.table) for part in bundle.parts})) or "none"
            raise LayoutError(f"{bundle.quarter}: no {table.upper()} file; found the tables {found}")
        renewed = [part for part in parts if part.name.renewed]
        if len(parts) == 2 and len(renewed) == 1:
            (old,) = (part for part in parts if not part.name.renewed)
            bundle.parts.remove(old)
            why = Name(None, bundle.quarter, why=f"replaced by {renewed[0].written}")
            bundle.ignored.append(Part(old.path, old.member, why, old.size))
        elif len(parts) > 1:
            raise LayoutError(
                f"{bundle.quarter}: {table.upper()} more than once: {', '.join(p.label for p in parts)}"
            )
