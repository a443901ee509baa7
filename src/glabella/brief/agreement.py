"""One answer: a document states no two intervals for the same analysis without the sentence that explains it."""

from __future__ import annotations

from collections import defaultdict
from types import MappingProxyType

from glabella.brief.sections.differ import SECTION
from glabella.shown import Claim, Document, Section, blocks_of, claims_of

#: The functions whose intervals are of an effect of the treatment.
_ANSWERS = frozenset(
    f"glabella.synthesis.{name}"
    for name in ("pool", "pool_trials", "bayes", "bias_adjusted", "model_average", "network", "to_scale_points")
)
#: Intervals of an effect; a range, a prior's interval and a new trial's are other things.
_OF_EFFECT = frozenset({"95 % confidence interval", "95 % credible interval"})
#: Claims that vary an analysis on purpose, by how their ids begin, and the section that says how each varies it.
_VARIED = MappingProxyType({
    "sure.without.": "sure",  # a trial is left out, which the row names
    "bias.curve.": "bias",  # a bias is assumed, which the axis shows
    "with.join.": "compare",  # trials joined to a network, which the column says how
    "with.each.": "compare",  # against each alternative
    "with.shift.": "compare",  # one choice made otherwise, which the row names
    "with.added.": "combine",  # some of the trials, by what else people took
    "reproduce.": "reproductions",  # as a publication pooled it
})  # fmt: skip


def contradictions(document: Document) -> list[str]:
    """Name the intervals that a document states beside another of the same analysis, and does not explain.

    Two claims are of one analysis where they rest on the same analysis and people, at the same time, in the same
    unit and against the same thing. The first is the answer; each other needs its row in the section that explains
    differences, or to be one of a table that varies the analysis and says how.

    Parameters
    ----------
    document : Document
        A brief or a report.

    Returns
    -------
    list of str
        A sentence for each; none where all are explained.

    Examples
    --------
    >>> from glabella.brief import Results, document
    >>> from glabella.dossier import load
    >>> contradictions(document(Results(load()), "brief"))
    []
    """
    sections = {block.id: block for block in blocks_of(document.sections) if isinstance(block, Section)}
    explains = sections.get(SECTION)
    explained = set() if explains is None else {claim.id for claim in claims_of(explains.content)}
    alike: dict[tuple[str, ...], list[Claim]] = defaultdict(list)
    for claim in document.claims:
        if (key := _asked(claim)) is not None:
            alike[key].append(claim)
    found = []
    for first, *others in alike.values():
        for other in others:
            if (other.text, other.low, other.high) == (first.text, first.low, first.high) or other.id in explained:
                continue
            if not any(other.id.startswith(start) and place in sections for start, place in _VARIED.items()):
                found.append(f"{first.id} is {first.text} and {other.id} is {other.text}, and nothing says why")
    return found


def _asked(claim: Claim) -> tuple[str, ...] | None:
    """Give what a claim answers; None where it is no effect of an analysis."""
    inputs = dict(claim.inputs)
    if "analysis" not in inputs or claim.function not in _ANSWERS or claim.interval not in _OF_EFFECT:
        return None
    return (inputs["analysis"], claim.population, claim.time_span, claim.unit, _against(claim.label))


def _against(label: str) -> str:
    """Give against what an effect is, where its label says so."""
    asked = label.partition(":")[0].partition(",")[0]
    return asked.partition(" against ")[2]
