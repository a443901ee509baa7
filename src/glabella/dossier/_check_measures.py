"""Whether outcomes and the measures by which they are pooled fit each other."""

from __future__ import annotations

from collections.abc import Iterator

from glabella.dossier._faults import Fault
from glabella.dossier._load import Reading
from glabella.dossier._number import known
from glabella.dossier._schema import Analysis, Outcome

_FILE = "dossier.yaml"
_OF_EVENTS = frozenset({"OR", "RR", "RD"})
_RATIOS = frozenset({"OR", "RR"})


def check_measures(reading: Reading) -> Iterator[Fault]:
    """Check the measure of each analysis, and the direction and size of what an outcome is read by."""
    dossier = reading.parts.get(_FILE)
    if dossier is None:
        return

    def fault(message: str, *path: str) -> Fault:
        return Fault(_FILE, reading.documents[_FILE].line(path), message)

    for key, outcome in dossier.outcomes.items():
        scale = dossier.scales.get(outcome.points.scale) if outcome.points is not None else None
        if scale is not None and "better" in scale.model_fields_set and scale.better != outcome.better:
            message = (f"on scale {outcome.points.scale!r} {scale.better} is better, but of outcome {key!r} "
                       f"{outcome.better}: points would have the wrong sign")  # fmt: skip
            yield fault(message, "outcomes", key, "points", "scale")
    for key, analysis in dossier.analyses.items():
        outcome = dossier.outcomes.get(analysis.outcome)
        if outcome is None:
            continue
        if misfit := _misfit(analysis, outcome):
            yield fault(misfit, "analyses", key, "measure")
        if analysis.measure in _RATIOS and outcome.kind == "binary" and known(outcome.important) == 1:
            message = f"important is 1, which is no difference of the {analysis.measure} of analysis {key!r}"
            yield fault(message, "outcomes", analysis.outcome, "important")


def _misfit(analysis: Analysis, outcome: Outcome) -> str | None:
    """Say what is wrong with a measure of an outcome."""
    measure, is_event = analysis.measure, outcome.kind == "binary"
    if is_event == (measure in _OF_EVENTS):
        return None
    # A standardised difference may come from counts of an event, where the analysis says that it may.
    if measure == "SMD" and "response" in analysis.uses:
        return None
    expected = "OR, RR or RD" if is_event else "SMD or MD"
    return f"measure is {measure}, but outcome {analysis.outcome!r} is {outcome.kind}; expected {expected}"
