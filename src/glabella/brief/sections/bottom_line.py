"""The bottom line in one sentence, by the rule of :mod:`glabella.decision.bottom_line`."""

from __future__ import annotations

from string import Formatter

from glabella.brief.readings import Reading, alike, headline_reading, readings, told_of
from glabella.brief.results import Results
from glabella.decision.bottom_line import Effect, bottom_line, in_template
from glabella.shown import Inline, Ledger, Paragraph, Section, Shown


def brief(results: Results, book: Ledger) -> Section:
    """Say what the headline allows to be said."""
    head, told = headline_reading(results, book), told_of(results)
    if head.one.fit.way == "not pooled":
        line = f"We cannot tell {told.whether()}: two trials tell too little of how trials differ to be pooled."
        return Section("bottom-line", "The bottom line", (Paragraph(_filled(line, head), "lead"),), look="bottom")
    others = tuple(
        (in_template(label), effect_of(one))
        for label, one in readings(results, book)
        if one is not None and alike(head, one)
    )
    alone = len({effect.study for effect in head.one.effects}) == 1
    line = bottom_line(effect_of(head), told, others, alone=alone)
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
    """Put the estimate where a template wants it; braces that are doubled there are braces."""
    said: list[Inline] = []
    for words, field, _, _ in Formatter().parse(line):
        said.append(words)
        if field is not None:
            said += [f"{head.measure} ", Shown(head.estimate)]
    return tuple(said)
