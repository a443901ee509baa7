"""When to judge whether it worked and what then, the present treatment, and the commonest harm."""

from __future__ import annotations

from glabella.brief.quoting import say_all
from glabella.brief.results import Results
from glabella.shown import Items, Ledger, Section


def brief(results: Results, book: Ledger) -> Section | None:
    """List it, what not to do first."""
    summary = results.evidence.summary
    said = (
        *say_all(book, summary.keep, "keep", marked=False),
        *say_all(book, summary.judge, "judge", marked=False),
        *say_all(book, summary.manage, "manage", marked=False),
    )
    return Section("next-steps", "If it is tried", (Items(said),)) if said else None
