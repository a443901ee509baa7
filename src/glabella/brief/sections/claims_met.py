"""The claims that people meet most, each with its verdict in a word, and each part of those that are in parts."""

from __future__ import annotations

from glabella.brief.claims import verdicts_of
from glabella.brief.results import Results
from glabella.shown import Column, Icon, Inline, Ledger, Name, Row, Section, Small, Table


def brief(results: Results, book: Ledger) -> Section | None:  # noqa: ARG001  every section takes a ledger
    """List the claims that the dossier puts into short words, with the verdicts that their rules come to."""
    claims = {claim.id: claim for claim in results.evidence.claims.claims}
    short = results.evidence.summary.claims
    if not short:
        return None
    verdicts, rows = verdicts_of(results), list[Row]()
    for key, words in short.items():
        rows.append(_row(words, verdicts[key]))
        if "." not in key:
            rows += [
                _row(Small(("…", Name(part.text))), verdicts[f"{key}.{name}"])
                for name, part in claims[key].parts.items()
            ]
    columns = (Column("Claim"), Column("Verdict"))
    return Section("claims-met", "Claims people meet", (Table("", columns, tuple(rows), look="list"),))


def _row(words: Inline, verdict: str) -> Row:
    return Row((words, Icon("verdict", verdict)))
