"""What to extract next: what is missing, where it should stand, and how far it could move what is said."""

from __future__ import annotations

import math

from glabella.brief.measure import NAMES, decimals_for, null_of
from glabella.brief.quoting import capital, joined, say
from glabella.brief.results import PooledAnalysis, Results, sources_of, sources_of_prior
from glabella.decision.to_extract import RULES, Missing
from glabella.shown import (
    Block,
    Column,
    Details,
    Heading,
    Icon,
    Inline,
    Items,
    Ledger,
    Name,
    Paragraph,
    Row,
    Section,
    Shown,
    Small,
    Table,
)
from glabella.synthesis import declared_prior

_LEAD = (
    "No report of a trial was read in full for this dossier, so much of what trials measured is not in it. "
    "Somebody with a library mends that in an hour, from the top of this list. "
)
_LEAD_OTHERWISE = "What is missing here, and where it should stand, what could change most first."


def report(results: Results, book: Ledger) -> Section | None:
    """List what is missing, what could move most first."""
    missing = results.to_extract
    if not missing:
        return None
    moving = [one for one in missing if one.if_known is not None]
    sure = [one for one in missing if one.certainty is not None]
    rest = [one for one in missing if one.if_known is None and one.certainty is None]
    content: list[Block] = [Paragraph(_lead(results, book), "lead")]
    if moving:
        content += [Heading("What could move a pooled result"), _moving(results, book, moving)]
    if sure:
        content += [Heading("What could move the certainty"), *_sure(results, sure)]
    if rest:
        content += [Heading("What else is missing"), Items(tuple(_plainly(one) for one in rest))]
    content.append(Details("How far each could move, and by which rule", (Items(tuple(map(Name, RULES))),)))
    content.append(
        Paragraph((Name("glabella dossier todo"), " prints this list from the dossier’s files."), "note")
    )
    return Section("extract-next", "What to extract next", tuple(content))


def _lead(results: Results, book: Ledger) -> Inline:
    """Say why so much is missing, where nothing was read in full, and what this list is for."""
    search = results.evidence.dossier.search
    if search.flow.read_in_full != 0:
        return _LEAD_OTHERWISE
    return (_LEAD, say(book, search.statement, "extract.read") if search.statement else "")


def _moving(results: Results, book: Ledger, missing: list[Missing]) -> Table:
    about = book.under("extract.")
    rows = tuple(_row(results, about, one) for one in missing)
    return Table(
        "Each pooled result as it would be at both ends of what the missing value may be.",
        (
            Column("trial", "wide"),
            Column("what is missing"),
            Column("where it should stand"),
            Column("the result could become"),
            Column("could turn it"),
        ),
        rows,
        note="Could turn it: at one end the interval includes no difference; at the other, or today, it does not.",
    )


def _row(results: Results, book: Ledger, missing: Missing) -> Row:
    known, key = missing.if_known, missing.analysis or ""
    assert known is not None
    one = results.pool(key) or results.apart[key]
    ends: list[Inline] = []
    for number, (estimate, low, high) in enumerate(known.ends):
        if known.ends[number] in known.ends[:number] or (estimate, low, high) == known.now:
            continue
        if math.isnan(estimate):
            # So few trials are not pooled, whatever is known of them.
            continue
        name = f"{one.id}.{missing.study}.{missing.comparison}.{missing.kind}.{number}"
        ends.append(_end(results, book, name, one, missing, number))
    unpooled = any(math.isnan(estimate) for estimate, _, _ in known.ends)
    otherwise = "not pooled: so few trials" if unpooled else "the same"
    cell: Inline = joined(ends, ", or ") if ends else otherwise
    measure: Inline = (f"{capital(NAMES[one.analysis.measure][0])}, ", Name(one.analysis.label))
    return Row(
        (
            Name(missing.label),
            Name(missing.what),
            joined(map(Name, missing.where), "; ") if missing.where else "not known",
            (cell, " ", Small(measure)),
            "yes" if missing.turns else "no",
        )
    )


def _end(
    results: Results,
    book: Ledger,
    name: str,
    one: PooledAnalysis,
    missing: Missing,
    number: int,
) -> Shown:
    assert missing.if_known is not None
    estimate, low, high = (one.shown(value) for value in missing.if_known.ends[number])
    interval = missing.if_known.intervals[number]
    inputs = results.inputs((missing.study, *(study.id for study in one.studies)), one.analysis)
    sources = sources_of(one.effects)
    prior = declared_prior(results.evidence.priors, one.analysis.measure)
    if interval == "credible" and prior is not None:
        inputs = (*inputs, ("priors.yaml", results.evidence.digests["priors.yaml"]))
        sources = tuple(dict.fromkeys((*sources, *sources_of_prior(prior))))
    claim = book.under(**results.fields_of(one))(
        name,
        f"pooled effect if it were known: {missing.label}, {missing.what}, {one.analysis.label}",
        estimate,
        low=low,
        high=high,
        interval=f"95 % {interval} interval",
        decimals=decimals_for(null_of(one.analysis.measure), estimate, low, high),
        certainty="not rated",
        function="glabella.synthesis.pool_if_known",
        inputs=inputs,
        sources=sources,
    )
    return Shown(claim)


def _sure(results: Results, missing: list[Missing]) -> list[Block]:
    """Say of each kind which trials lack it, and what all of them together would do."""
    items: list[Inline] = []
    for kind in dict.fromkeys(one.kind for one in missing):
        them = [one for one in missing if one.kind == kind]
        first = them[0]
        would: Inline = (
            "the reason against it would go"
            if first.reasons == 1
            else "reasons against it would go"
            if first.reasons
            else "no reason against it would go"
        )
        now = results.headline.certainty
        after: Inline = (
            ("; the certainty would still be ", Icon("certainty", now))
            if first.certainty == now
            else ("; the certainty would be ", Icon("certainty", first.certainty or now))
        )
        items.append(
            (
                f"{capital(first.what)}: ",
                joined([(Name(one.label), " (", joined(map(Name, one.where)), ")") for one in them], "; "),
                ". If every trial had it, and it was good, ",
                would,
                after,
                ".",
            )
        )
    return [Items(tuple(items))]


def _plainly(missing: Missing) -> Inline:
    where = (" (", joined(map(Name, missing.where)), ")") if missing.where else ()
    return (f"{capital(missing.what)}: ", Name(missing.label), where)
