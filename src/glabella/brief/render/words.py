"""The few words that every document has around what it says."""

from __future__ import annotations

from glabella.shown import Reference

KINDS = {"brief": "Evidence brief", "report": "Full report"}
EVERY, SOURCES, TOGETHER = "Every number", "Sources", "Sources that stand together:"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def dated(day: str) -> str:
    """Write a day of the calendar as people do.

    >>> dated("2026-11-03"), dated("autumn")
    ('3 November 2026', 'autumn')
    """
    parts = day.split("-")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts) or not 1 <= int(parts[1]) <= 12:
        return day
    return f"{int(parts[2])} {_MONTHS[int(parts[1]) - 1]} {parts[0]}"


def source_parts(source: Reference, kind: str) -> tuple[str, ...]:
    """Say what a source is: in a brief by its short name, in a report with all that is known of it."""
    if kind == "brief":
        return (source.short or source.text or source.key,)
    short = source.short if source.short and source.text else ""
    return tuple(part for part in (short, source.text or source.short or source.key, source.seen) if part)


#: Registers of publications and trials, and how people name an entry of theirs.
_REGISTERS = {
    "https://doi.org/": "doi:",
    "https://pubmed.ncbi.nlm.nih.gov/": "PMID ",
    "https://pmc.ncbi.nlm.nih.gov/articles/": "",
    "https://clinicaltrials.gov/study/": "",
}


def address_in_short(address: str) -> str:
    """Name an address as people do.

    >>> address_in_short("https://pubmed.ncbi.nlm.nih.gov/24345483/"), address_in_short("https://example.org/a")
    ('PMID 24345483', 'example.org/a')
    """
    for begins, name in _REGISTERS.items():
        if address.startswith(begins):
            return name + address.removeprefix(begins).rstrip("/")
    return address.removeprefix("https://").removeprefix("http://")
