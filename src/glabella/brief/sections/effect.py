"""What the treatment does: every declared analysis with its trials, the headline first."""

from __future__ import annotations

import math
from typing import Literal

from glabella.brief.measure import NAMES, axis, comparison_label, favours, named
from glabella.brief.pooled import (
    PooledClaims,
    TrialClaims,
    new_trial,
    pooled_claims,
    read_as,
    statement,
    trial_claims,
    trust,
)
from glabella.brief.quoting import capital, quote, say, say_all
from glabella.brief.readings import alike, headline_reading, reading, readings
from glabella.brief.results import PooledAnalysis, Results
from glabella.brief.words import words_of
from glabella.shown import (
    Block,
    Column,
    Details,
    Drawn,
    Heading,
    Inline,
    Items,
    Ledger,
    Name,
    Paragraph,
    Row,
    Section,
    Shown,
    Small,
    Strong,
    Table,
)

Side = Literal["arm", "control"]
#: A derivation as it is read: its trial, and each rule with the numbers that went in.
Derivation = tuple[str, tuple[tuple[str, tuple[tuple[str, str], ...]], ...]]


def report(results: Results, book: Ledger) -> Section:
    """Say what the headline found, show its trials, and set the other analyses beside it."""
    one = results.headline
    # What leads stands first, the others in the dossier's order.
    analyses = {one.id: one, **results.pooled}
    found = {key: pooled_claims(results, book, each) for key, each in analyses.items()}
    told: set[Derivation] = set()
    content: list[Block] = [
        Paragraph(
            (
                *statement(results, one, found[one.id]),
                *_in_points(results, book, one),
                " ",
                *trust(results, book, one),
            ),
            "lead",
        ),
        *(Paragraph(each) for each in (largest(results, book), new_trial(one, found[one.id])) if each),
        *trials_of(results, book, one, found[one.id], told),
    ]
    for group in _groups(analyses):
        others = [key for key in group if key != one.id]
        if others:
            content += _beside_each_other(results, [analyses[key] for key in group], found)
            content += [_folded(results, book, analyses[key], found[key], told) for key in others]
    content += [
        block for key, each in results.apart.items() if key != one.id for block in _apart(results, book, each)
    ]
    if refused := {key: why for key, why in results.not_pooled.items() if key not in results.apart}:
        content.append(Heading("Analyses that were not computed"))
        content.append(Items(tuple(_refused(results, key, why) for key, why in refused.items())))
    important = one.outcome.minimal_important_difference
    if important:
        content += [Heading("How large a difference matters?"), Items(say_all(book, important, "important"))]
    return Section("effect", f"What does it do for {words_of(results.evidence).condition}?", tuple(content))


def _in_points(results: Results, book: Ledger, one: PooledAnalysis) -> tuple[Inline, ...]:
    """Say a standardised difference in points of a scale, and by which standard deviation."""
    points, spread = reading(results, book, one, one.analysis.label).points, one.outcome.points
    if points is None or spread is None:
        return ()
    scale = results.evidence.dossier.scales[spread.scale].label
    sd = quote(book, spread.sd, "spread", f"standard deviation of {scale} points")
    return (f" In {scale} points that is ", Shown(points, "bare"), ", at a standard deviation of ", sd, ".")


def _apart(results: Results, book: Ledger, one: PooledAnalysis) -> list[Block]:
    """Show trials that are too few to be pooled, each by itself, and say why."""
    measure, better = one.analysis.measure, one.outcome.better
    side = favours(measure, better, words_of(results.evidence).short)
    each = tuple(
        (Name(trial.label), f": {NAMES[measure][0]} ", trial.effect) for trial in trial_claims(results, book, one)
    )
    why = capital("; ".join(one.fit.notes))
    return [
        Heading(("Not pooled: ", Name(one.analysis.label))),
        Paragraph(f"{why}. Each comparison by itself; {side}."),
        Items(each),
    ]


def _refused(results: Results, key: str, why: str) -> Inline:
    # What follows the reason is a hint to whoever calls the engine.
    return (Name(results.analyses[key].label), ": not computed: ", Name(why.partition(";")[0]), ".")


# --- the largest trial --------------------------------------------------------------------------------------


def largest(results: Results, book: Ledger) -> tuple[Inline, ...]:
    """Say what the comparisons marked as the largest found by themselves, as printed where it is printed."""
    one = results.headline
    said: list[Inline] = []
    for study in results.evidence.studies.values():
        for key, comparison in study.comparisons.items():
            found = _alone(results, book, study.id, key) if comparison.largest else ()
            if found:
                said += ["; " if said else "", Name(comparison_label(study, key)), ": ", *found]
    if not said:
        return ()
    side = favours(one.analysis.measure, one.outcome.better, words_of(results.evidence).short)
    together, rest = _readings(results, book)
    selected = _selected(results, book)
    return ("The largest trial by itself. ", *said, *together, f". {capital(side)}.", *selected, *rest)


def _selected(results: Results, book: Ledger) -> list[Inline]:
    """Say what is known of how the largest trial's printed results were chosen, which is how to read its p."""
    said: list[Inline] = []
    for study in results.evidence.studies.values():
        if not any(comparison.largest for comparison in study.comparisons.values()):
            continue
        for place, signal in enumerate(study.signals):
            if signal.domain == "selective_reporting":
                said += [" ", say(book, signal.fact, f"largest.{study.id}.selected.{place}")]
    return said


def _readings(results: Results, book: Ledger) -> tuple[list[Inline], list[Inline]]:
    """Give what the largest trial's comparisons come to together, and what the other readings say."""
    marked = {
        (study.id, key)
        for study in results.evidence.studies.values()
        for key, comparison in study.comparisons.items()
        if comparison.largest
    }
    head = headline_reading(results, book)
    together: list[Inline] = []
    rest: list[Inline] = []
    for label, row in readings(results, book):
        if row is None or not alike(head, row) or row.one.id == head.one.id:
            continue
        effects = row.one.effects
        value: Inline = row.drawn if row.points else (f"{row.measure} ", row.drawn)
        if {(effect.study, effect.comparison) for effect in effects} == marked:
            lent = any(effect.borrowed for effect in effects)
            how = ", the standard error of one of them borrowed from the other" if lent else ""
            if len(effects) > 1:
                together += ["; together: ", value, how]
        else:
            rest += [" ", Name(label), ": ", value, "."]
    return together, rest


def _alone(results: Results, book: Ledger, study_id: str, key: str) -> tuple[Inline, ...]:
    """Give what one comparison found: the printed difference, else its effect in the headline."""
    one = results.headline
    printed = _printed(results, book, study_id, key)
    if printed:
        return printed
    for effect, trial in zip(one.effects, trial_claims(results, book, one), strict=True):
        if (effect.study, effect.comparison) == (study_id, key):
            return (f"{NAMES[one.analysis.measure][0]} ", trial.effect)
    return ()


def _printed(results: Results, book: Ledger, study_id: str, key: str) -> tuple[Inline, ...]:
    """Quote the differences that a source prints of a comparison, for the headline's outcome and time."""
    evidence, one = results.evidence, results.headline
    analysis, study = one.analysis, evidence.studies[study_id]
    label = f"{study.label}, {study.arms[study.comparisons[key].arm].label}"
    about = book.under(f"largest.{study_id}.{key}.")
    # An analysis without a time takes each trial's main result.
    pooled = {effect.time for effect in one.effects if (effect.study, effect.comparison) == (study_id, key)}
    times = pooled if analysis.time is None else {analysis.time}
    found: list[Inline] = []
    for result in study.results:
        if result.outcome != analysis.outcome or result.time not in times:
            continue
        for between in result.between:
            if between.comparison != key or between.difference is None:
                continue
            points = f"{evidence.dossier.scale_label(result.scale)} {one.outcome.unit or 'points'}".lstrip()
            difference = between.difference.model_copy(update={"unit": points})
            week = evidence.words.at(result.time)
            found.append(quote(about, difference, "difference", label, population=study.label, time_span=week))
            if between.p:
                p = quote(about, between.p, "p", f"p: {label}")
                found += [", p " if p.bound else ", p = ", p]
    return tuple(found)


# --- one analysis -------------------------------------------------------------------------------------------


def trials_of(
    results: Results, book: Ledger, one: PooledAnalysis, found: PooledClaims, told: set[Derivation]
) -> list[Block]:
    """Give an analysis's trials as a forest, what is not in it, and from what each effect was made.

    ``told`` holds the derivations that were told before, and need not be told again.
    """
    trials = trial_claims(results, book, one)
    content: list[Block] = [_forest(results, one, found, trials)]
    if one.found.not_computed:
        studies = results.evidence.studies
        missing = tuple(
            (Name(comparison_label(studies[each.study], each.comparison)), f": {each.reason}")
            for each in one.found.not_computed
        )
        content += [Paragraph("Left out, and why:"), Items(missing)]
    new = [trial for trial in trials if _as_read(trial) not in told]
    told.update(map(_as_read, new))
    if new:
        content.append(Details("How each effect was computed", (Items(tuple(map(derivation, new))),)))
    return content


def _folded(
    results: Results, book: Ledger, one: PooledAnalysis, found: PooledClaims, told: set[Derivation]
) -> Details:
    """Fold an analysis that is not the headline."""
    said = (*statement(results, one, found), " ", *trust(results, book, one))
    title = f"The trials: {one.outcome.label}, {one.analysis.label}"
    return Details(title, (Paragraph(said), *trials_of(results, book, one, found, told)))


def _forest(results: Results, one: PooledAnalysis, found: PooledClaims, trials: tuple[TrialClaims, ...]) -> Table:
    words, measure = words_of(results.evidence), one.analysis.measure
    several, counted = len(trials) > 1, [trial.counted("arm") is not None for trial in trials]
    people = "events / people" if all(counted) else "events / people, or people" if any(counted) else "people"
    rows = [_trial_row(trial) for trial in trials]
    if several and one.fit.way != "not pooled":
        how = {"one trial": "Together, as one trial, ", "two trials": "Pooled under a prior, "}
        pooled: Inline = (how.get(one.fit.way, "Pooled, "), found.n, " people")
        rows.append(Row((pooled, "", "", Drawn(found.estimate, "pooled"), found.estimate, "", ""), "pooled"))
    if found.prediction.limits is not None:
        new: Inline = ("A new trial ", Small("prediction interval"))
        limits = Shown(found.prediction, "limits")
        rows.append(Row((new, "", "", Drawn(found.prediction, "prediction"), limits, "", "")))
    note: list[Inline] = []
    if several and found.i2.value is not None:
        note += [
            "Variability between trials beyond chance (I²): ",
            found.i2,
            "; variance of true effects between trials (τ²): ",
            found.tau2,
            ".",
        ]
    if one.fit.widened:
        note.append(
            " These trials lie closer together than chance has them, so the interval rests on the usual error."
        )
    important = important_difference(one)
    if important is not None:
        note.append(" Dashed line: the smallest difference that matters to people.")
    if any(trial.shared for trial in trials):
        note.append(" A control that serves several comparisons is shared out, so that nobody counts twice.")
    if any(counted) and not all(counted):
        note.append(" Where no events stand, the effect was computed from scores.")
    if any(study.signals and study.risk_of_bias.judgement is None for study in one.studies):
        note.append(
            " Risk of bias: no judgement was published where signals stand; they are this dossier’s own reading of "
            "what was seen, those that it declares serious in bold."
        )
    when = Name(results.time_of(one.analysis))
    return Table(
        caption=(
            f"{capital(one.outcome.label)}, ",
            when,
            f": {one.analysis.label}. ",
            Small(f"{capital(one.analysis.why)}."),
        ),
        columns=(
            Column("trial", "wide"),
            Column((f"{words.short} ", Small(people)), "number"),
            Column(("control ", Small(people)), "number"),
            Column(NAMES[measure][0], "drawn"),
            Column("effect (interval)", "number"),
            Column("weight", "number"),
            Column("risk of bias"),
        ),
        rows=tuple(rows),
        axis=axis(
            measure,
            one.outcome.better,
            words.short,
            (found.estimate, found.prediction, *(trial.effect for trial in trials)),
            important,
        ),
        note=tuple(note),
    )


def _trial_row(trial: TrialClaims) -> Row:
    return Row(
        (
            (Name(trial.label), " ", Small(Name(trial.made_from))),
            _people(trial, "arm"),
            _people(trial, "control"),
            Drawn(trial.effect, "trial", (trial.weight.value or 0.0) / 100),
            trial.effect,
            trial.weight,
            trial.risk_of_bias,
        )
    )


def _people(trial: TrialClaims, side: Side) -> Inline:
    """Write the events among the people of a side, or its people where the effect was not made from events."""
    counted = trial.counted(side)
    if counted:
        return (Shown(counted[0], "number"), " / ", Shown(counted[1], "number"))
    return trial.n1 if side == "arm" else trial.n2


def derivation(trial: TrialClaims) -> Inline:
    """Say step by step how a trial's effect was made, with what was read."""
    said: list[Inline] = []
    for step in trial.steps:
        read: list[Inline] = []
        for name, claim in step.read:
            read += [", " if read else " (", f"{read_as(name)} ", claim]
        said += ["; " if said else "", step.rule, *((*read, ")") if read else ())]
    return (Name(trial.label), ": ", *said, ".")


def _as_read(trial: TrialClaims) -> Derivation:
    """Give what two derivations share that read alike."""
    return trial.label, tuple(
        (step.rule, tuple((name, claim.text) for name, claim in step.read)) for step in trial.steps
    )


def important_difference(one: PooledAnalysis) -> float | None:
    """Give where the smallest difference that matters lies among an analysis's effects, on the side of benefit."""
    least = one.important
    if least is None:
        return None
    signed = least if one.outcome.better == "higher" else -least
    return math.exp(signed) if one.ratio else signed


# --- analyses beside each other -----------------------------------------------------------------------------


def _groups(analyses: dict[str, PooledAnalysis]) -> list[list[str]]:
    """Put analyses together that ask for the same outcome on the same scale at the same time."""
    found: dict[tuple[str, str, float | None, str], list[str]] = {}
    for key, one in analyses.items():
        asked = one.analysis
        found.setdefault((asked.outcome, asked.measure, asked.time, asked.when), []).append(key)
    return list(found.values())


def _beside_each_other(
    results: Results, group: list[PooledAnalysis], found: dict[str, PooledClaims]
) -> list[Block]:
    """Set the analyses of one outcome beside each other."""
    words, first, headline = words_of(results.evidence), group[0], results.headline.id
    measure, outcome = first.analysis.measure, first.outcome
    rows = []
    for one in group:
        claims = found[one.id]
        label: Inline = Strong(one.analysis.label) if one.id == headline else one.analysis.label
        rows.append(
            Row(
                (
                    (label, " ", Small(one.analysis.why)),
                    claims.k,
                    claims.n,
                    Drawn(claims.estimate, "pooled"),
                    claims.estimate,
                    Shown(claims.prediction, "limits"),
                    claims.i2,
                    one.certainty,
                )
            )
        )
    when = Name(results.time_of(first.analysis))
    table = Table(
        caption=(f"{capital(named(first))}, ", when, f"; {favours(measure, outcome.better, words.short)}."),
        columns=(
            Column("trials pooled", "wide"),
            Column("comparisons", "number"),
            Column("people", "number"),
            Column(NAMES[measure][0], "drawn"),
            Column("effect (interval)", "number"),
            Column("new trial", "number"),
            Column("I²", "number"),
            Column("certainty"),
        ),
        rows=tuple(rows),
        axis=axis(
            measure,
            outcome.better,
            words.short,
            tuple(found[one.id].estimate for one in group),
            important_difference(first),
        ),
    )
    heading = "Other choices of trials" if first.id == headline else capital(outcome.label)
    return [Heading(heading), table]
