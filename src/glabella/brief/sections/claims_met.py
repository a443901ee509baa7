"""The claims that people meet most, each with its verdict in a word."""

from __future__ import annotations

from glabella.brief.results import Results
from glabella.shown import Column, Icon, Ledger, Row, Section, Table


def brief(results: Results, book: Ledger) -> Section | None:  # noqa: ARG001  every section takes a ledger
    """List the claims that the dossier puts into short words, with the verdicts of ``claims.yaml``."""
    verdicts = {claim.id: claim.verdict for claim in results.evidence.claims.claims}
    short = results.evidence.summary.claims
    if not short:
        return None
    rows = tuple(Row((words, Icon("verdict", verdicts[key]))) for key, words in short.items())
    columns = (Column("Claim"), Column("Verdict"))
    return Section("claims-met", "Claims people meet", (Table("", columns, rows, look="list"),))
