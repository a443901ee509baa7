"""The archives: where members lie, how they are spelled, and the same bytes for the same content."""

from __future__ import annotations

import zipfile
from pathlib import Path

from glabella.safety.synthetic._page import Page

LABEL = """SYNTHETIC DATA. Not reports of people, not FDA data.

Made by Glabella (glabella.safety.synthetic) to test software. Drugs, reactions, cases and dates are random draws;
names of real products stand here so that demonstrations run. Nothing in these files says anything about a product.
"""
COMMENT = b"SYNTHETIC DATA made by Glabella; not FDA data"
_FOLDERS = ("ascii", "ASCII", "Ascii", "faers/ascii")
_DATE = (1980, 1, 1, 0, 0, 0)


def archive_name(page: Page) -> str:
    """Give the name of the quarter's archive."""
    return f"{'aers' if page.legacy else 'faers'}_ascii_{page.quarter.lower()}.zip"


def member_name(page: Page, table: str) -> str:
    """Give a member's name; folders and case vary from quarter to quarter as they do in the archives."""
    short = page.quarter[2:]
    folder = _FOLDERS[_turn(page) % len(_FOLDERS)] if page.defects else "ascii"
    renewed = "_new" if page.defects and table == "demo" and page.quarter == "2018Q1" else ""
    name = f"{table.upper()}{short}{renewed}_synthetic"
    suffix = ".TXT" if page.legacy else ".txt"
    if page.defects and _turn(page) % 5 == 4:
        name, suffix = name.lower(), suffix.lower()
    return f"{folder}/{name}{suffix}"


def deleted_name(page: Page) -> str:
    """Give the name of the quarter's list of deleted cases, in one of three spellings."""
    short = page.quarter[2:]
    spellings = (f"deleted/ADR{short}DeletedCases", f"Deleted/DELETE{short}", f"DELETED/Deleted{short}")
    return f"{spellings[_turn(page) % 3 if page.defects else 1]}_synthetic.txt"


def earlier_deleted_name(page: Page) -> str:
    """Give the name of the list of all deletions before the first quarter with a list."""
    return f"{deleted_name(page).split('/')[0]}/AllDeletedCasesBefore{page.quarter[2:]}_synthetic.txt"


def _turn(page: Page) -> int:
    return 4 * int(page.quarter[:4]) + int(page.quarter[5])


def write_archive(path: Path, members: dict[str, bytes]) -> None:
    """Write an archive whose bytes depend on nothing but its members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.comment = COMMENT
        for name, content in {"SYNTHETIC.txt": LABEL.encode(), **members}.items():
            info = zipfile.ZipInfo(name, _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content, compresslevel=1)
