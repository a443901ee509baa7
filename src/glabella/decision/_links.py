"""What ties the dossier's trials to a network of other treatments: their effects against the joined control."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from glabella.decision._words import sources_of
from glabella.dossier import Analysis, Evidence, NetworkMeasure, NetworkTable, Number
from glabella.shown import Source, digest
from glabella.synthesis import Effect, contrasts

#: A standardised difference of logistic outcomes times this is a log odds ratio (Chinn S, Stat Med 2000;19:3127).
PER_SD = math.pi / math.sqrt(3)
Columns = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[float, ...], tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Link:
    """One comparison of the treatment with a treatment of the network."""

    study: str
    node: str
    te: float
    se: float


@dataclass(frozen=True, slots=True)
class Links:
    """The comparisons of one analysis, and what they rest on.

    A control arm that several comparisons of a trial share is already shared out between them, so each is a trial
    of its own here and nobody counts twice.
    """

    label: str
    links: tuple[Link, ...]
    effects: tuple[Effect, ...]
    studies: tuple[str, ...]
    sources: tuple[Source, ...]
    inputs: tuple[tuple[str, str], ...]

    def moved(self, links: tuple[Link, ...], *numbers: Number, **inputs: str) -> Links:
        """Give other links, which rest on some more numbers, and on more files by their digests."""
        found = {source.reference: source for source in self.sources}
        for each in numbers:
            for key in each.sources:
                found.setdefault(key, Source(key, each.status, each.at))
        return replace(self, links=links, sources=tuple(found.values()), inputs=(*self.inputs, *inputs.items()))


def links_of(evidence: Evidence, analysis: Analysis, node: str) -> Links:
    """Compute the effects of an analysis, standardised differences as log odds ratios, against a node.

    Parameters
    ----------
    evidence : Evidence
        A dossier as read.
    analysis : Analysis
        Of ratios, or of standardised differences of a score.
    node : str
        What the trials' control is taken for.
    """
    effects = contrasts(evidence, analysis).effects
    factor = 1.0
    if analysis.measure == "SMD" and evidence.comparators is not None and evidence.comparators.measure == "OR":
        # The network counts responders, who are better off; a lower score is better where the outcome says so.
        same = evidence.dossier.outcomes[analysis.outcome].better == evidence.comparators.better
        factor = PER_SD if same else -PER_SD
    links = tuple(
        Link(f"{effect.study}/{effect.comparison}", node, factor * effect.yi, abs(factor) * math.sqrt(effect.vi))
        for effect in effects
    )
    studies = tuple(dict.fromkeys(effect.study for effect in effects))
    inputs = (("analysis", digest(analysis.model_dump(mode="json"))),)
    return Links(analysis.label, links, effects, studies, sources_of(effects), inputs)


def contrast_columns(table: NetworkTable, measure: NetworkMeasure) -> Columns:
    """Give study, both treatments, effect and standard error of every contrast of a network's table."""
    if table.form == "contrasts":
        names = (table.names("study"), table.names("treat1"), table.names("treat2"))
        return (*names, table.numbers("te"), table.numbers("se"))
    from glabella.synthesis import pairwise

    numbers: dict[str, Any] = {
        name: table.numbers(name) for name in table.columns if name not in ("study", "treatment")
    }
    found = pairwise(table.names("study"), table.names("treatment"), measure=measure, **numbers)
    texts = (tuple(map(str, column)) for column in (found.studlab, found.treat1, found.treat2))
    studies, one, other = texts
    return studies, one, other, tuple(map(float, found.te)), tuple(map(float, found.se))


def control_counts(effects: tuple[Effect, ...]) -> tuple[float, float]:
    """Count events and people in the controls of effects that come from counts."""
    events = people = 0.0
    for effect in effects:
        inputs = dict(effect.steps[0].inputs)
        events += inputs["events, control"].value or 0.0
        people += inputs["n, control"].value or 0.0
    return events, people
