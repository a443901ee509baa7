"""What is rare and grave, and who must not have the treatment."""

from __future__ import annotations

from glabella.brief.quoting import say_all
from glabella.brief.results import Results
from glabella.shown import Block, Heading, Items, Ledger, Section


def brief(results: Results, book: Ledger) -> Section | None:
    """List the grave harms, then who must not have it and who needs care."""
    summary = results.evidence.summary
    grave = say_all(book, summary.grave, "grave", marked=False)
    who = (
        *say_all(book, summary.never, "never", marked=False),
        *say_all(book, summary.careful, "careful", marked=False),
    )
    content: list[Block] = []
    if grave:
        content.append(Items(grave))
    if who:
        content += [Heading("Who must not have it"), Items(who)] if grave else [Items(who)]
    if not content:
        return None
    return Section("warnings", "Rare and grave" if grave else "Who must not have it", tuple(content))
