"""Where sources contradict each other, and which side is used."""

from __future__ import annotations

from glabella.brief.counting import count
from glabella.brief.quoting import joined, quote
from glabella.brief.results import Results
from glabella.dossier import Conflict
from glabella.shown import Cite, Inline, Items, Ledger, Name, Paragraph, Section, Strong


def report(results: Results, book: Ledger) -> Section | None:
    """List the contradictions, each with its sides and the choice that was made."""
    evidence = results.evidence
    files = {"dossier.yaml": evidence.dossier.conflicts}
    files |= {f"studies/{study.id}.yaml": study.conflicts for study in evidence.studies.values()}
    found = [(file, conflict) for file, conflicts in files.items() for conflict in conflicts]
    if not found:
        return None
    found.sort(key=lambda pair: (len(pair[1].id), pair[1].id))
    sources = [side.source for _, conflict in found for side in conflict.sides if side.source]
    decided = sum(any(side.used for side in conflict.sides) for _, conflict in found)
    under = book.under("conflict.")
    total = count(
        results,
        under,
        "topics",
        "contradictions between sources",
        len(found),
        files=[file for file, _ in found],
        sources=sources,
    )
    used = count(
        results,
        under,
        "used",
        "contradictions between sources with a side that is used",
        decided,
        files=[file for file, _ in found],
        sources=sources,
    )
    lead = (
        "Points on which sources contradict each other: ",
        total,
        "; on ",
        used,
        " of them one side is used. Every side stays in the dossier.",
    )
    labels = {f"studies/{study.id}.yaml": study.label for study in evidence.studies.values()}
    items = tuple(_item(under.under(f"{each.id}."), each, labels.get(file)) for file, each in found)
    return Section("conflicts", "Where sources contradict each other", (Paragraph(lead, "lead"), Items(items)))


def _item(book: Ledger, conflict: Conflict, study: str | None) -> Inline:
    whose = (" (", Name(study), ")") if study else ()
    pieces: list[Inline] = [Strong((conflict.topic, *whose, ".")), " "]
    for place, side in enumerate(conflict.sides):
        values = [quote(book, number, f"{place}.{at}", conflict.topic) for at, number in enumerate(side.values)]
        pieces += [side.says, ": " if values else "", joined(values)]
        pieces += [" ", Strong("(used)")] if side.used else []
        pieces += [Cite((side.source,))] if side.source else []
        pieces.append("; ")
    return (*pieces, conflict.because, ".")
