"""Who made the pages of a consultation, who paid, and when they are made anew."""

from __future__ import annotations

from glabella.brief.for_person import ForPerson
from glabella.shown import Column, Details, Ledger, Name, Row, Section, Table


def made(of: ForPerson, book: Ledger) -> Section | None:  # noqa: ARG001
    """Say it, and what of it is not stated."""
    found = of.consultation.made
    if found is None:
        return None
    said = (("Made by", found.by), ("Paid by", found.funding), ("Interests of its makers", found.interests),
            ("Brought up to date", found.updates), ("How hard to read", found.reading),
            ("Tried by", found.tried))  # fmt: skip
    rows = tuple(Row((title, Name(words) if words else "not stated")) for title, words in said)
    table = Table("", (Column("Of these pages"), Column("What is known", "wide")), rows, look="list")
    return Section("made", "", (Details("Who made this page, and who paid", (table,)),))
