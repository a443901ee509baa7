"""The bottom line in one sentence, by the rule of :mod:`glabella.decision.bottom_line`."""

from __future__ import annotations

from glabella.brief.readings import Reading, headline_reading, of_benefit, readings, told_of
from glabella.brief.results import Results
from glabella.decision.bottom_line import Effect, bottom_line
from glabella.shown import Inline, Ledger, Paragraph, Section, Shown


def brief(results: Results, book: Ledger) -> Section:
    """Say what the headline allows to be said."""
    head, told = headline_reading(results, book), told_of(results)
    others = tuple((one.label, of_benefit(one)) for one in readings(results, book))
    line = bottom_line(effect_of(head), told, others)
    return Section("bottom-line", "The bottom line", (Paragraph(_filled(line, head), "lead"),), look="bottom")


def effect_of(head: Reading) -> Effect:
    """Turn the headline so that above zero the treatment does better."""
    fit = head.one.fit
    return Effect.of(
        head.better,
        fit.estimate,
        fit.ci_low,
        fit.ci_high,
        certainty=head.one.certainty,
        important=head.important,
        prediction=(fit.pi_low, fit.pi_high),
    )


def _filled(line: str, head: Reading) -> Inline:
    before, mark, after = line.partition("{estimate}")
    return (before, f"{head.measure} ", Shown(head.estimate), after) if mark else line
