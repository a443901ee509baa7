"""How the headline holds up: under every defensible choice, without each trial, and by the size of trials."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella._version import __version__
from glabella.brief.measure import (
    NAMES,
    axis,
    comparison_label,
    decimals_for,
    favours,
    is_ratio,
    null_of,
    null_word,
)
from glabella.brief.quoting import joined
from glabella.brief.results import PooledAnalysis, Results, sources_of, sources_of_prior
from glabella.brief.words import words_of
from glabella.decision.choices import METHODS, TESTS
from glabella.dossier import Prior
from glabella.shown import (
    Block,
    Claim,
    Column,
    Drawn,
    Figure,
    Heading,
    Inline,
    Ledger,
    Name,
    Paragraph,
    Row,
    Section,
    Shown,
    Table,
    digest,
    steady,
)
from glabella.synthesis import LEAST_TESTED, DeclaredMultiverse, arrays, egger, multiverse_of

Flags = NDArray[np.bool_]

#: How the program's own choices and their options are called.
_CHOICES = {"method": "estimator", "test": "interval"}
_OPTIONS = {
    **METHODS,
    **TESTS,
    "PM": "Paule and Mandel",
    "adhoc": "Hartung and Knapp, never narrower than the usual one",
}
#: Fewer trials than this, and none can be left out.
_LEAST = 3
#: Tests for small-study effects are weak, so their usual alarm is at a tenth (Egger, BMJ 1997;315:629).
_ALARM = 0.1
_CONFIDENCE = "95 % confidence interval"


def report(results: Results, book: Ledger) -> Section | None:
    """Put the headline through every choice, leave each trial out, and ask whether small trials find more."""
    one = results.headline
    if len(one.trials) < _LEAST:
        return None
    alike = _alike(results)
    every = multiverse_of(results.evidence, [results.analyses[key] for key in alike])
    clear = _clear(every)
    choices = _every_choice(results, book, every, alike, clear)
    about = book.under("sure.", **results.fields_of(one))
    return Section(
        "sure",
        "How sure are we?",
        (
            *_answer(choices, one, _on_the_side(every, clear, one, words_of(results.evidence).short)),
            _curve(every, one),
            *_each_choice(choices, one),
            *_unjudged(results, every),
            *_without(results, about),
            *_small_studies(about, one),
        ),
    )


# --- what is claimed ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Option:
    """The analyses that take one option of a choice; ``range`` is None where there is none."""

    choice: str
    option: str
    analyses: Claim
    excluding: Claim
    range: Claim | None


@dataclass(frozen=True, slots=True)
class _Choices:
    """What all combinations of choices come to."""

    total: Claim
    excluding: Claim
    range: Claim
    combinations: Claim
    choices: Claim
    repeated: Claim
    options: tuple[_Option, ...]
    not_possible: tuple[tuple[str, Claim], ...]


def _alike(results: Results) -> list[str]:
    """Name the analyses that ask what the headline asks; which of them is pooled is the choice of trials."""
    headline = results.headline.analysis
    asked = (headline.outcome, headline.measure, headline.when, headline.time)
    found = results.analyses.items()
    return [key for key, each in found if (each.outcome, each.measure, each.when, each.time) == asked]


def _clear(every: DeclaredMultiverse) -> Flags:
    """Mark the specifications whose interval does not hold the value of no difference."""
    found = every.found
    return (found.ci_low > found.null) | (found.ci_high < found.null)


def _every_choice(
    results: Results, book: Ledger, every: DeclaredMultiverse, alike: list[str], clear: Flags
) -> _Choices:
    """Count what all combinations come to."""
    one, evidence, found = results.headline, results.evidence, every.found
    studies = sorted({effect.study for effect in every.effects})
    declared: list[object] = [results.analyses[key].model_dump(mode="json") for key in alike]
    declared += [
        {choice: {name: option.model_dump(mode="json") for name, option in options.items()}}
        for choice, options in evidence.dossier.choices.items()
    ]
    week = results.time_of(one.analysis)
    about = book.under(
        "sure.",
        population=evidence.dossier.question.population,
        time_span=f"{week}, or as chosen" if evidence.dossier.choices else week,
        certainty=one.certainty,
        function="glabella.synthesis.pool_each",
        version=__version__,
        inputs=(*results.inputs(tuple(studies)), ("choices", digest(declared))),
        sources=sources_of(every.effects),
    )

    def count(name: str, label: str, value: float) -> Claim:
        return about(name, label, int(value), decimals=0)

    def spread(name: str, label: str, rows: Flags) -> Claim:
        them = found.estimate[rows]
        return about(
            name,
            label,
            one.shown(float(np.median(them))),
            low=one.shown(them.min()),
            high=one.shown(them.max()),
            interval="range",
        )

    analysed, null = np.isfinite(found.ci_low), null_word(one.analysis.measure)
    options = []
    for place, (choice, taken) in enumerate(found.options.items()):
        for number, (option, reached) in enumerate(taken.items()):
            takes = analysed & reached
            base = f"option.{place + 1}.{number + 1}"
            names = _CHOICES.get(choice, choice), _OPTIONS.get(option, option)
            what = ", ".join(names)
            options.append(
                _Option(
                    *names,
                    count(f"{base}.total", f"analyses with this option: {what}", takes.sum()),
                    count(
                        f"{base}.excluding",
                        f"analyses with this option whose interval excludes {null}: {what}",
                        (takes & clear).sum(),
                    ),
                    spread(f"{base}.range", f"lowest to highest estimate with this option: {what}", takes)
                    if takes.any()
                    else None,
                )
            )
    reasons = sorted({str(reason) for reason in found.reason if reason})
    return _Choices(
        total=count("total", "different analyses", found.analysed),
        excluding=count("excluding", f"analyses whose interval excludes {null}", found.excluding),
        range=spread("range", "lowest to highest estimate of all analyses", analysed),
        combinations=count("combinations", "combinations of all choices", found.times.sum()),
        choices=count("choices", "choices", len(found.options)),
        repeated=count(
            "repeated",
            "combinations that pool the same as another",
            found.times[analysed].sum() - analysed.sum(),
        ),
        options=tuple(options),
        not_possible=tuple(
            (
                reason,
                count(
                    f"flagged.{place + 1}",
                    f"combinations not possible: {reason}",
                    found.times[found.reason == reason].sum(),
                ),
            )
            for place, reason in enumerate(reasons)
        ),
    )


# --- what is said -------------------------------------------------------------------------------------------


def _on_the_side(every: DeclaredMultiverse, clear: Flags, one: PooledAnalysis, short: str) -> str:
    """Say on whose side the intervals lie that do not hold the value of no difference."""
    below = every.found.estimate[clear] < every.found.null
    null = null_word(one.analysis.measure)
    if not below.size:
        return f"on one side of {null}"
    if below.any() and not below.all():
        return f"on one side of {null}, in some below it and in some above"
    return f"on the side of {short if below.all() == (one.outcome.better == 'lower') else 'the control'}"


def _answer(choices: _Choices, one: PooledAnalysis, side: str) -> list[Block]:
    null = null_word(one.analysis.measure)
    not_possible: list[Inline] = []
    for reason, count in choices.not_possible:
        not_possible += [count, f" are not possible ({reason}). "]
    return [
        Paragraph(
            (
                "In ",
                choices.excluding,
                " of ",
                choices.total,
                f" different analyses of these trials the whole interval lies {side}; otherwise it includes {null}."
                " The estimates of all analyses reach from ",
                Shown(choices.range, "limits"),
                ".",
            ),
            "lead",
        ),
        Paragraph(
            (
                "These trials can be pooled in different reasonable ways. Each analysis makes ",
                choices.choices,
                " choices, and every combination of them was computed. They pool the same trials again and again, "
                "so they agree or disagree together and are not so many answers. How many agree depends on which "
                "choices are declared; it is not a probability that the treatment works.",
            ),
        ),
        Paragraph(
            (
                "The choices have ",
                choices.combinations,
                " combinations. ",
                *not_possible,
                choices.repeated,
                " pool the same effects in the same way as another and are not counted again.",
            ),
            "note",
        ),
    ]


def _curve(every: DeclaredMultiverse, one: PooledAnalysis) -> Figure:
    """Draw every analysis, and what each chose."""
    from glabella.plot import specification_curve

    found, measure = every.found, one.analysis.measure
    analysed = np.isfinite(found.ci_low)
    # Estimators often agree to the last digits: what a claim keeps decides their order, the same everywhere.
    kept = [steady(estimate) for estimate in found.estimate[analysed]]
    order = np.flatnonzero(analysed)[np.argsort(kept, kind="stable")]
    middle, low, high = (
        [steady(one.shown(end)) for end in ends[order]] for ends in (found.estimate, found.ci_low, found.ci_high)
    )
    chosen: dict[str, dict[str, ArrayLike]] = {
        _CHOICES.get(choice, choice): {
            _OPTIONS.get(option, option): reached[order]
            for option, reached in options.items()
            if reached[order].any()
        }
        for choice, options in found.options.items()
    }
    picture = specification_curve(
        middle,
        low,
        high,
        {choice: options for choice, options in chosen.items() if options},
        null=null_of(measure),
        ratio=is_ratio(measure),
        title=NAMES[measure][0],
    )
    null = null_word(measure)
    return Figure(
        "specifications",
        picture,
        "Specification curve: the estimate and interval of every analysis in the order of the estimates, marked by "
        f"whether the interval excludes {null}, and below it what each one chose. The table below sums it up.",
        "Every analysis, in the order of its estimate, and what it chose.",
    )


def _each_choice(choices: _Choices, one: PooledAnalysis) -> list[Block]:
    null = null_word(one.analysis.measure)
    rows = tuple(
        Row(
            (
                each.choice,
                each.option,
                each.analyses,
                each.excluding,
                Shown(each.range, "limits") if each.range else "not possible",
            )
        )
        for each in choices.options
    )
    columns = (
        Column("choice"),
        Column("option", "wide"),
        Column("analyses", "number"),
        Column(f"interval excludes {null}", "number"),
        Column("lowest to highest estimate", "number"),
    )
    note = "One analysis stands in several lines of a choice where those options come to the same."
    return [
        Heading("What each choice does"),
        Table("The analyses that take each option.", columns, rows, note=note),
    ]


def _unjudged(results: Results, every: DeclaredMultiverse) -> list[Block]:
    """Say by what the choices go where no trial has a published judgement of risk of bias."""
    studies = [results.evidence.studies[key] for key in dict.fromkeys(effect.study for effect in every.effects)]
    if any(study.risk_of_bias.judgement is not None for study in studies):
        return []
    options = [option for taken in results.evidence.dossier.choices.values() for option in taken.values()]
    if any(option.serious_signals == "leave_out" for option in options):
        serious = [study for study in studies if study.serious]
        which: Inline = joined([Name(study.label) for study in serious]) if serious else "none of these trials"
        return [
            Paragraph(
                (
                    "No published judgement of risk of bias was seen for any of these trials. One choice goes by "
                    "signals that this dossier declares serious, which is its own reading: ",
                    which,
                    ".",
                )
            )
        ]
    return [
        Paragraph(
            "Risk of bias is not among these choices: no published judgement of it was seen for any of these "
            "trials, so the dossier holds none. How a trial was tested and where a number was printed are reported "
            "facts, not judgements."
        )
    ]


def _without(results: Results, about: Ledger) -> list[Block]:
    """Pool the headline again without each trial in turn, as far as the trials that are left allow."""
    one = results.headline
    analysis, words = one.analysis, words_of(results.evidence)
    rows, drawn = [], []
    for study in one.trials:
        left = tuple(effect for effect in one.effects if effect.study != study.id)
        try:
            fit, prior = results.pool_effects(left, analysis)
        except ValueError:
            fit, prior = None, None
        ends = (None,) * 3 if fit is None else (fit.estimate, fit.ci_low, fit.ci_high)
        value, low, high = (None if end is None or math.isnan(end) else one.shown(end) for end in ends)
        book = (
            about if prior is None or fit is None or fit.way != "two trials" else _on_prior(results, about, prior)
        )
        claim = book(
            f"without.{study.id}",
            f"pooled effect without {study.label}: {one.analysis.label}, {one.outcome.label}",
            value,
            low=low,
            high=high,
            interval=_CONFIDENCE if fit is None or not fit.interval else f"95 % {fit.interval} interval",
            function="glabella.synthesis.pool_trials",
            decimals=2
            if value is None or low is None or high is None
            else decimals_for(null_of(analysis.measure), value, low, high),
        )
        there = claim.value is not None and claim.limits is not None
        if there:
            drawn.append(claim)
        written: Inline = (claim, " (credible interval)") if fit and fit.interval == "credible" else claim
        why = "" if there or fit is None else f": {'; '.join(fit.notes)}"
        rows.append(
            Row(
                (
                    Name(study.label),
                    Drawn(claim, "pooled") if there else "",
                    (written, why) if why else written,
                )
            )
        )
    side = favours(analysis.measure, one.outcome.better, words.short)
    return [
        Heading("Without one of the trials"),
        Table(
            f"The headline, pooled again without each trial in turn; {side}.",
            (
                Column("left out"),
                Column(NAMES[analysis.measure][0], "drawn"),
                Column("effect (interval)", "number"),
            ),
            tuple(rows),
            axis(analysis.measure, one.outcome.better, words.short, tuple(drawn)),
        ),
    ]


def _on_prior(results: Results, about: Ledger, prior: Prior) -> Ledger:
    """Give what a claim shares that rests on the declared prior as well."""
    fields = results.fields_of(results.headline)
    return about.under(
        inputs=(*fields["inputs"], ("priors.yaml", results.evidence.digests["priors.yaml"])),
        sources=tuple(dict.fromkeys((*fields["sources"], *sources_of_prior(prior)))),
    )


def _small_studies(about: Ledger, one: PooledAnalysis) -> list[Block]:
    """Ask whether small trials find more: by a plot, and from ten trials on by a test."""
    heading = Heading("Do small trials find more?")
    blocks: list[Block] = [heading]
    tested = len(one.trials) >= LEAST_TESTED
    if not tested:
        blocks.append(
            Paragraph(
                "Fewer than ten trials were pooled: a test would say little, and none is made. The plot shows each "
                "comparison by the size of its error; with few trials it can neither show nor rule out that trials "
                "are missing."
            )
        )
    blocks.append(_funnel(one))
    return [*blocks, *(_egger(about, one) if tested else ())]


def _funnel(one: PooledAnalysis) -> Figure:
    from glabella.plot import funnel

    yi, vi = arrays(one.effects)
    pairs = zip(one.studies, one.effects, strict=True)
    name = NAMES[one.analysis.measure][0]
    picture = funnel(
        [steady(value) for value in yi],
        [steady(value) for value in vi],
        estimate=steady(one.fit.estimate),
        labels=[comparison_label(study, effect.comparison) for study, effect in pairs],
        title=f"logarithm of the {name}" if one.ratio else name,
    )
    return Figure(
        "funnel",
        picture,
        "Funnel plot: each comparison’s effect over its standard error, small errors on top; the pooled effect. "
        "The forest of the headline holds the numbers.",
        "Each comparison’s effect by the size of its error.",
    )


def _egger(about: Ledger, one: PooledAnalysis) -> list[Block]:
    try:
        found = egger(*arrays(one.effects))
    except ValueError:  # no slope, or no spread around it
        return [
            Paragraph("No test can be made: these trials are equally precise, or their effects lie on one line."),
        ]
    p = about(
        "egger",
        "p of Egger’s test for small-study effects",
        found.p_value,
        decimals=3,
        function="glabella.synthesis.egger",
    )
    said: list[Inline] = [
        "Egger’s test asks whether small trials show larger effects, as they do when unwelcome results stay "
        "unpublished: p = ",
        p,
        ".",
    ]
    if found.p_value < _ALARM:
        said.append(
            " Small and large trials differ here. Missing trials are one cause; other doses, other people and "
            "guessed treatment are others, and the test cannot tell them apart."
        )
    return [Paragraph(tuple(said))]
