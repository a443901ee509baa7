"""Does mood follow the muscle: explanations of the effect on mood that compete."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glabella.brief.mechanism import DAYS_A_WEEK, LIKELY, FittedModel, decimals_of, fitted_model, ranged
from glabella.brief.quoting import capital, say_all
from glabella.brief.results import Results
from glabella.brief.sentence import aside, sentence
from glabella.brief.words import words_of
from glabella.dossier import Explanation
from glabella.dossier._fitted import Explained
from glabella.shown import (
    Block,
    Claim,
    Column,
    Details,
    Figure,
    Heading,
    Icon,
    Inline,
    Items,
    Ledger,
    Name,
    Paragraph,
    Row,
    Section,
    Shown,
    Table,
)

_UNFITTED = (
    "The data have not been asked: the model has not been fitted to the observations yet. Below is what each "
    "explanation predicts, and what speaks for and against it."
)


#: How the criteria are written, by their names in a fit.
_CRITERIA = {"aic": "AIC", "aicc": "AICc", "bic": "BIC"}


@dataclass(frozen=True, slots=True)
class _Account:
    """One explanation beside the data on mood; ``limits`` where the data limit how slowly mood follows."""

    label: str
    effect: bool
    limits: bool
    gain: Claim
    half_life: Claim
    spread: Claim
    criteria: tuple[Claim, ...]


def report(results: Results, book: Ledger) -> Section | None:
    """Put the explanations beside the data on mood, with what each predicts and what speaks for and against it."""
    mechanism = results.evidence.mechanism
    if mechanism is None:
        return None
    model = fitted_model(results)
    argued: list[Block] = []
    for key, it in mechanism.explanations.items():
        argued += [Heading(Name(capital(it.label))), _items(book, key, it)]
    title = f"Does mood follow the {mechanism.words.part}?"
    if model is None:
        return Section("mood", title, (Paragraph(_UNFITTED, "lead"), *argued))
    content = _with_model(model, book, words_of(results.evidence).condition)
    folded = Details("What each explanation predicts, and what speaks for and against it", tuple(argued))
    return Section("mood", title, (*content, folded))


def _items(book: Ledger, key: str, it: Explanation) -> Items:
    said = (
        *(("Predicts: ", each) for each in say_all(book, it.predicts, f"predicts.{key}.")),
        *(("For: ", each) for each in say_all(book, it.in_favour, f"favour.{key}.")),
        *(("Against: ", each) for each in say_all(book, it.against, f"against.{key}.")),
    )
    return Items(said)


def _with_model(model: FittedModel, book: Ledger, condition: str) -> tuple[Block, ...]:
    people = f"people with {condition}, in the trials of mood"
    under = model.ledger(book).under(
        certainty=model.mood_certainty,
        sources=model.mood_sources,
        time_span="at the weeks of the trials",
        population=people,
    )
    accounts = tuple(_account(model, under, people, each) for each in model.fitted.mood.explanations)
    certainty = sentence(
        "Certainty: {certainty}. Why: {reasons}.",
        certainty=Icon("certainty", model.mood_certainty),
        reasons="; ".join(_reasons(model)),
    )
    return (
        Paragraph(_answer(model, under), "lead"),
        *(Paragraph(said) for said in _nothing(accounts)),
        Paragraph(certainty),
        *_figure(model, condition),
        *_tables(accounts, condition),
    )


def _reasons(model: FittedModel) -> tuple[str, ...]:
    """Give the reasons; where mood is less certain than they say, what it rests on is."""
    rests = "it rests on the effect on mood, and on the course of the muscle"
    return model.mood_reasons or (rests,)


# --- claims -------------------------------------------------------------------------------------------------


def _account(model: FittedModel, under: Ledger, people: str, each: Explained) -> _Account:
    """Make the claims of one explanation."""
    label, likely, half = model.explanation(each.name), model.level(LIKELY), each.half_life
    own = under.under(
        f"mood.{each.name.replace(' ', '_')}.",
        population=f"{people}; explained by: {label}",
        function="glabella.mechanism.compare",
    )
    points, days = (
        own.under(unit="points", decimals=1),
        own.under(unit="days", time_span=_once(model)),
    )
    return _Account(
        label,
        model.has_effect(each.name),
        limits=half.low is not None or half.high is not None,
        gain=ranged(points, "gain", "largest relief that the explanation gives", each.gain, likely),
        half_life=ranged(
            days, "half_life", "half-life with which mood follows", half, likely,
            decimals=decimals_of(half.value, half.high, digits=1),
        ),
        spread=points("spread", "standard deviation by which trials differ besides", each.spread),
        criteria=tuple(
            own(name, f"{written} (lower is better)", getattr(each, name), decimals=1)
            for name, written in _CRITERIA.items()
        ),
    )  # fmt: skip


def _once(model: FittedModel) -> str:
    return f"after one {model.evidence.words.session}"


# --- sentences, table and figure ----------------------------------------------------------------------------


def _answer(model: FittedModel, under: Ledger) -> Inline:
    """Say whether the data tell the explanations apart: they do where every criterion agrees."""
    mood = model.fitted.mood
    about = under.under("mood.", function="glabella.mechanism.compare", decimals=0)
    trials = about("trials", "trials of mood that were fitted", mood.trials)
    rows = about("rows", "differences in mood that were fitted", len(mood.rows))
    if mood.apart is not None:
        return sentence(
            "Of the explanations, one fits {rows} differences in mood from {trials} trials best by every "
            "criterion: {name}. That does not prove it.",
            rows=rows, trials=trials, name=Name(model.explanation(mood.apart)),
        )  # fmt: skip
    return sentence(
        "The trials cannot tell: {rows} differences in mood, some of them of the same people at another visit, "
        "come from {trials} trials, too few to tell explanations apart. {firsts}",
        rows=rows, trials=trials, firsts=Name(_firsts(model)),
    )  # fmt: skip


def _firsts(model: FittedModel) -> str:
    """Say which explanation each criterion puts first."""
    firsts: dict[str, list[str]] = {}
    for name, written in _CRITERIA.items():
        known = [each for each in model.fitted.mood.explanations if getattr(each, name) is not None]
        if known:
            first = min(known, key=lambda each: getattr(each, name))
            firsts.setdefault(model.explanation(first.name), []).append(written)
    if len(firsts) == 1:
        return f"Each usual criterion puts “{next(iter(firsts))}” first, but none well before the others."
    said = "; ".join(f"{' and '.join(criteria)} put{'s' * (len(criteria) == 1)} “{label}” first"
                     for label, criteria in firsts.items())  # fmt: skip
    return f"The usual criteria disagree: {said}."


def _nothing(accounts: tuple[_Account, ...]) -> Iterator[Inline]:
    """Say what the fit without an effect takes for granted."""
    for each in accounts:
        if not each.effect:
            yield sentence(
                "Without any effect the true results of trials must differ by a standard deviation of {spread}: "
                "that says that a trial may find anything, and not that there is no effect.",
                spread=each.spread,
            )


def _tables(accounts: tuple[_Account, ...], condition: str) -> tuple[Table, ...]:
    """Give the criteria, and what each explanation with an effect was fitted to be."""
    criteria = Table(
        "The criteria: lower is better; they count trials, not visits. The spread is the standard deviation by "
        "which the true results of trials differ besides.",
        (
            Column("explanation"),
            *(Column(name, "number") for name in _CRITERIA.values()),
            Column("spread between trials, points", "number"),
        ),
        tuple(
            Row((Name(each.label), *(_known(one) for one in each.criteria), Shown(each.spread, "number")))
            for each in accounts
        ),
    )
    effects = tuple(
        Row((Name(each.label), Shown(each.gain, "bare"),
             (Shown(each.half_life, "bare"), aside("" if each.limits else "no limits"))))
        for each in accounts if each.effect
    )  # fmt: skip
    if not effects:
        return (criteria,)
    fitted = Table(
        f"Relief is in points of the scale for {condition}; its limits take half-life and spread as fitted, so "
        "they are too narrow. The half-life says how slowly mood follows.",
        (
            Column("explanation with an effect"),
            Column("largest relief, points", "number"),
            Column("half-life of mood, days", "number"),
        ),
        effects,
    )
    return (criteria, fitted)


def _known(criterion: Claim) -> Inline:
    return "too few trials" if criterion.value is None else Shown(criterion, "number")


def _figure(model: FittedModel, condition: str) -> tuple[Figure, ...]:
    """Draw relief under each explanation, and the differences that trials saw."""
    mood = model.fitted.mood
    fitted = {each.name for each in mood.explanations}
    with_effect = {name for name in fitted if model.has_effect(name)}
    drawn = [each for each in model.fitted.mood_courses if each.explanation in with_effect]
    if not drawn:
        return ()
    from glabella.plot import Course, Point, explained_course

    courses = [
        Course(model.explanation(each.explanation), [day / DAYS_A_WEEK for day in each.days], each.relief)
        for each in drawn
    ]
    last = max(course.weeks[-1] for course in courses)
    nothing = sorted(fitted - with_effect)
    courses += [Course(model.explanation(name), [0.0, last], [0.0, 0.0]) for name in nothing]
    points = [
        Point("", week, seen.value, seen.low, seen.high, 1.0)
        for week, seen in zip(mood.weeks, mood.relief, strict=True)
        if seen.value is not None and seen.low is not None and seen.high is not None and week <= last
    ]
    picture = explained_course(courses, points, title="points of relief: above zero is better")
    alt = f"Relief of {condition} in points over weeks, a line for each explanation, with what trials saw."
    return (
        Figure(
            "mood-course",
            picture,
            alt,
            "Lines are the explanations as fitted, dots the differences that trials saw.",
        ),
    )
