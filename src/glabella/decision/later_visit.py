"""What of the answers of a first visit still counts at a later one.

What was answered then is not known of today: a drug may have been begun, a dose given, a thought have come. Only
what cannot have changed for the better unseen is kept, so that no page clears today what was asked weeks ago.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from glabella.decision.eligibility import eligibility
from glabella.dossier import Answer, Answers, Consultation, Score
from glabella.dossier.conditions import holds, standing


def at_later_visit(consultation: Consultation, answers: Answers, on: date, scores: Iterable[Score]) -> Answers:
    """Give the answers that count at a later visit; all others are not known any more.

    What spoke against the treatment, or asked for something, at the first visit counts until it is asked again, and
    so do doses that were given, to which others may have come since. What spoke for nothing is to be asked again
    where a rule hangs on it. Age counts, and what no rule asks about. Scores are those of the later visit.

    Parameters
    ----------
    consultation : Consultation
        With asks, rules and the crisis.
    answers : mapping of str to Answer
        Of the first visit, by ask.
    on : date
        The day of the first visit.
    scores : iterable of Score
        Of the later visit; of several on scales of one ask the first.
    """
    crisis = consultation.crisis.when if consultation.crisis else ()
    known = standing(consultation.asks, answers, on)
    spoke = [met.rule.when for met in eligibility(consultation, answers, on).met]
    spoke += [when for when in crisis if holds(when, known, on)]
    counts = {ask for when in spoke for ask in when} | {consultation.age}
    if consultation.doses is not None and answers.get(consultation.doses):
        counts.add(consultation.doses)
    hang = {*consultation.crisis_asks, *(ask for rule in consultation.rules.values() for ask in rule.when)}
    again = hang - counts
    found: dict[str, Answer] = {}
    taken = list(scores)
    for key, ask in consultation.asks.items():
        if ask.kind == "score":
            if (score := next((each for each in taken if each.scale in ask.scales), None)) is not None:
                found[key] = score
        elif key not in again and answers.get(key) is not None:
            found[key] = answers[key]
    return found
