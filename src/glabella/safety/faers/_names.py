"""What the name of a file in an archive says: its table, its quarter, and whether it was made up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from glabella.safety.faers._quarter import Quarter

_TABLE = re.compile(r"(demo|drug|reac|outc|rpsr|ther|indi)(\d{2})q([1-4])(_new)?(_synthetic)?\.txt", re.IGNORECASE)
#: A list of deleted cases says so in its own name or in that of its folder, in one of many ways.
_DELETED = re.compile(
    r"delet|(?<![a-z])del(?![a-z])|(?<![a-z])del[ _-]?(?:case|list|id)|(?:case|list)s?[ _-]?del(?![a-z])",
    re.IGNORECASE,
)
_NOTES = re.compile(r"read[ _-]?me|faq|asc_nts|licen[cs]e", re.IGNORECASE)
_SHORT = re.compile(r"(?<!\d)(\d{2})q([1-4])(?!\d)", re.IGNORECASE)
_LONG = re.compile(r"(?<!\d)(\d{4})q([1-4])(?!\d)", re.IGNORECASE)
_STATISTICS = re.compile(r"(stat|size).*\.txt", re.IGNORECASE)
_TEXT = (".txt", ".csv", ".tsv", ".lst", ".dat", ".asc", "")


@dataclass(frozen=True, slots=True)
class Name:
    """What a name says.

    Attributes
    ----------
    table : str or None
        The table of the store it belongs to; None for files that are not read.
    quarter : Quarter or None
        As written in the name.
    synthetic : bool
        Whether the name says that the data were made up.
    renewed : bool
        Whether it says that it takes the place of an earlier file (``DEMO18Q1_new.txt``).
    why : str
        Why it is not read; empty where it is.
    """

    table: str | None
    quarter: Quarter | None
    synthetic: bool = False
    renewed: bool = False
    why: str = ""


def classify(path: str) -> Name:
    """Read the name of a file, in any case and below any folder."""
    name = PurePosixPath(path.replace("\\", "/")).name
    table = _TABLE.fullmatch(name)
    if table:
        quarter = Quarter.short(table[2], table[3])
        return Name(table[1].lower(), quarter, bool(table[5]), bool(table[4]))
    if name.lower() == "synthetic.txt":
        return Name(None, None, True, why="says that the data are synthetic")
    if _STATISTICS.fullmatch(name):
        return Name(None, None, why="statistics of the release")
    text = PurePosixPath(name).suffix.lower() in _TEXT
    if text and not _NOTES.search(name) and any(map(_DELETED.search, PurePosixPath(path.replace("\\", "/")).parts)):
        stem = PurePosixPath(name).stem.lower()
        return Name("deleted", _quarter_of_list(name), stem.endswith("_synthetic"))
    if text:
        return Name(None, None, why="unknown text file")
    return Name(None, None, why="no table")


def _quarter_of_list(name: str) -> Quarter | None:
    """Give the quarter in the name of a list of deleted cases, such as ``DELETE21Q4.txt``."""
    short, long = _SHORT.search(name), _LONG.search(name)
    if long:
        return Quarter(int(long[1]), int(long[2]))
    return Quarter.short(*short.groups()) if short else None


def quarter_of_archive(name: str) -> Quarter | None:
    """Give the quarter in the name of an archive, such as ``faers_ascii_2012q4.zip``."""
    found = _LONG.search(name)
    return Quarter(int(found[1]), int(found[2])) if found else None
