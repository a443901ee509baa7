"""The way from a number to its sources: what it was pooled from, how each effect was made, and what was read."""

from __future__ import annotations

from glabella.app.house import House
from glabella.brief.render.numbers import how
from glabella.shown import Block, Cite, Claim, Document, Heading, Items, Name, Paragraph, Section


def chain(house: House, claim: Claim) -> Document:
    """Make a document of what stands behind a claim.

    Parameters
    ----------
    house : House
    claim : Claim
        Of its brief or report.

    Returns
    -------
    Document
    """
    content: list[Block] = [Paragraph((claim,), "lead")]
    if claim.sources:
        content.append(Heading("Sources"))
        content.append(Items(tuple((Cite((it.reference,)), " ", Name(how(it))) for it in claim.sources)))
    section = Section("chain", claim.label, tuple(content), claims=(claim,))
    report = house.report
    cited = {source.reference for source in claim.sources}
    references = tuple(it for it in report.references if it.key in cited)
    return Document("report", report.id, claim.label, report.edition, (), (section,), (), references, (claim,))
