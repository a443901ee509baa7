"""The randomised trials side by side: whom they took, what they found, who paid, and what could bias them."""

from __future__ import annotations

from glabella.brief.quoting import joined, quote, say
from glabella.brief.results import Results
from glabella.brief.signals import NONE_SEEN, judged
from glabella.brief.words import words_of
from glabella.dossier import ArmResult, Number, Result, Study
from glabella.shown import Block, Cite, Column, Heading, Inline, Ledger, Name, Row, Shown, Small, Table


def side_by_side(results: Results, book: Ledger, trials: tuple[Study, ...]) -> list[Block]:
    """Set the randomised trials side by side; what was not seen is not known."""
    return [
        Heading("The randomised trials side by side"),
        _people(results, book, trials),
        _found(results, book, trials),
        _trust(book, trials),
    ]


# --- who took part ------------------------------------------------------------------------------------------


def _people(results: Results, book: Ledger, trials: tuple[Study, ...]) -> Table:
    words, groups = words_of(results.evidence), results.evidence.dossier.groups
    rows = tuple(
        Row(
            (
                Name(study.label),
                *((_left_out(study, groups),) if groups else ()),
                _other_treatment(results, book, study),
                _stayed(book, study),
                _seen_at(book, study),
            )
        )
        for study in trials
    )
    columns = (
        Column("trial", "wide"),
        *((Column("left out"),) if groups else ()),
        Column("other treatment allowed"),
        Column(("stayed to the end ", Small("of those randomised"))),
        Column(f"seen at {words.visits}"),
    )
    return Table("Who took part, and who stayed.", columns, rows)


def _left_out(study: Study, groups: dict[str, str]) -> Inline:
    """Say of each group whether the trial left it out, as its own report or record says."""
    said: list[Inline] = []
    for key, label in groups.items():
        found = study.excluded.get(key)
        if found is None:
            said.append((Name(label), f": {NONE_SEEN}"))
        else:
            note = (" (", Name(found.note), ")") if found.note else ()
            said.append((Name(label), ": yes" if found.excluded else ": no", note, Cite((found.source,))))
    return joined(said, "; ")


def _other_treatment(results: Results, book: Ledger, study: Study) -> Inline:
    detail = study.co_treatment_detail
    if detail is not None:
        return say(book, detail, f"{study.id}.table.other")
    return NONE_SEEN if study.co_treatment == "unknown" else words_of(results.evidence).others(study.co_treatment)


def _stayed(book: Ledger, study: Study) -> Inline:
    """Say of each arm how many stayed, of how many."""
    said: list[Inline] = []
    for key, arm in study.arms.items():
        about = book.under(f"{study.id}.{key}.")
        stayed = _number(about, arm.n_completed, "completed", f"people who stayed: {study.label}, {arm.label}")
        all_ = _number(about, arm.n_randomised, "randomised", f"people randomised: {study.label}, {arm.label}")
        both = NONE_SEEN if stayed is None and all_ is None else (stayed or NONE_SEEN, " of ", all_ or NONE_SEEN)
        said.append((Name(arm.label), ": ", both))
    return joined(said, "; ") if said else NONE_SEEN


def _seen_at(book: Ledger, study: Study) -> Inline:
    """Give the visits; where they were not seen, the times at which something was found."""
    about = book.under(f"{study.id}.visit.")
    visits = [
        Shown(quote(about, visit, str(place), f"visit: {study.label}", population=study.label), "bare")
        for place, visit in enumerate(study.design.visits)
    ]
    if visits:
        return joined(visits)
    times = sorted({result.time for result in study.results if result.time is not None})
    if not times:
        return NONE_SEEN
    # A time of a result is where it stands in the dossier, and no number with a source of its own.
    return (joined(Name(f"{time:g}") for time in times), " ", Small("with results; visits not known"))


# --- what was found -----------------------------------------------------------------------------------------


def _found(results: Results, book: Ledger, trials: tuple[Study, ...]) -> Table:
    """Give the events of each outcome of the question, at the headline's time or the trial's main one."""
    evidence = results.evidence
    binary = [key for key in evidence.dossier.question.outcomes if evidence.dossier.outcomes[key].kind == "binary"]
    rows = []
    for study in trials:
        about = book.under(f"{study.id}.")
        cells = [_events(results, about, study, key) for key in binary]
        rows.append(Row((Name(study.label), _main_time(results, study), *cells)))
    heads = tuple(
        Column((Name(evidence.dossier.outcomes[key].label), " ", Small("events / people, by group")))
        for key in binary
    )
    caption = "What was counted in each group." if binary else "When the outcome was taken."
    return Table(caption, (Column("trial", "wide"), Column("main outcome taken"), *heads), tuple(rows))


def _main_time(results: Results, study: Study) -> Inline:
    """Say when the trial took what it calls its main outcome."""
    times = sorted(
        {result.time for result in study.results if result.role == "primary" and result.time is not None}
    )
    return joined(Name(results.evidence.words.at(time)) for time in times) if times else NONE_SEEN


def _events(results: Results, book: Ledger, study: Study, outcome: str) -> Inline:
    """Give what was counted of an event; of a crossover trial before it crossed over."""
    of = [result for result in study.results if result.outcome == outcome and result.period != 2]
    said = []
    for place, result in enumerate(of):
        arms = [
            (Name(study.arms[key].label), " ", shown)
            for key, arm in result.arms.items()
            if (shown := _count(book.under(f"{outcome}.{place}.{key}."), study, result, arm)) is not None
        ]
        if arms:
            scale = results.evidence.dossier.scale_label(result.scale)
            said.append((joined(arms, ", "), *((" ", Small(Name(scale))) if scale else ())))
    return joined(said, "; ") if said else NONE_SEEN


def _count(book: Ledger, study: Study, result: Result, arm: ArmResult) -> Inline | None:
    label = f"{result.outcome.replace('_', ' ')}: {study.label}"
    events = _number(book, arm.events, "events", f"events, {label}")
    if events is None:
        return None
    return (events, " / ", _number(book, arm.n, "n", f"people, {label}") or NONE_SEEN)


# --- how far to trust it ------------------------------------------------------------------------------------


def _trust(book: Ledger, trials: tuple[Study, ...]) -> Table:
    rows = []
    for study in trials:
        about = book.under(f"{study.id}.table.")
        rows.append(
            Row(
                (
                    Name(study.label),
                    say(about, study.funding, "funding") if study.funding else NONE_SEEN,
                    say(about, study.interests, "interests") if study.interests else NONE_SEEN,
                    (
                        Name(study.risk_of_bias.judgement.replace("_", " "))
                        if study.risk_of_bias.judgement
                        else "none seen"
                    ),
                    judged(about, study) if study.signals else NONE_SEEN,
                )
            )
        )
    return Table(
        "Who paid, and what could bias it.",
        (
            Column("trial", "wide"),
            Column("funding"),
            Column("interests"),
            Column("published judgement"),
            Column(("signals of bias ", Small("this dossier’s own")), "wide"),
        ),
        tuple(rows),
        note="Signals are facts that were seen, by the dossier’s own reading; those that it declares serious are "
        "bold. Where none stands, too little was seen to say.",
    )


def _number(book: Ledger, number: Number | None, name: str, label: str) -> Inline | None:
    """Quote a number that was seen."""
    if number is None or number.value is None:
        return None
    return Shown(quote(book, number, name, label), "number")
