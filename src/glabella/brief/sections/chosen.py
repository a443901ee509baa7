"""What comes of other choices than the dossier declares: what they change, the trials that remain, how sure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glabella.brief.measure import NAMES, about_null, comparison_label
from glabella.brief.pooled import PooledClaims, pooled_claims, statement, trial_claims
from glabella.brief.quoting import capital, joined
from glabella.brief.readings import Reading, baselines, denominator, people_with, reading
from glabella.brief.results import PooledAnalysis, Results
from glabella.brief.sections.effect import trials_of
from glabella.brief.sections.how_sure import domains
from glabella.decision.choices import Chosen
from glabella.shown import (
    Block,
    Claim,
    Column,
    Details,
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
    Small,
    Strong,
    Table,
)
from glabella.synthesis import contrasts

#: Before the id of every claim of other choices, so that none is taken for the dossier's own.
PREFIX = "chosen."


@dataclass(frozen=True, slots=True)
class OtherChoices:
    """What is computed of a dossier as it is, and with other choices.

    Attributes
    ----------
    declared, chosen : Results
    made : Chosen
        The choices.
    """

    declared: Results
    chosen: Results
    made: Chosen

    @property
    def prefix(self) -> str:
        """What stands before the ids of its claims; nothing where all is as the dossier declares it."""
        return PREFIX if self.made.said else ""

    @property
    def key(self) -> str:
        """The analysis in which choices were made."""
        return self.made.choices.analysis

    @property
    def both(self) -> tuple[PooledAnalysis | None, PooledAnalysis | None]:
        """The analysis as it is declared, and as it was chosen; None where it gives no effect."""
        return self.declared.shown(self.key), self.chosen.shown(self.key)


def changed(of: OtherChoices, book: Ledger) -> Section:
    """Say what was chosen, what comes of it, and what that changes."""
    was, now = of.both
    own = book.under(of.prefix)
    content: list[Block] = []
    if now is None:
        why = of.chosen.refused(of.key)
        which = "that remains" if of.made.said else "of this analysis"
        none = f"Nothing can be pooled: {why}." if why else f"No trial {which} gives an effect."
        content.append(Paragraph(none, "lead"))
    else:
        found = pooled_claims(of.chosen, own, now)
        content.append(Paragraph(_said(of.chosen, now, found), "lead"))
    if was is None and of.made.said:
        content.append(Paragraph("As the dossier declares it, no trial of this analysis gives an effect."))
    elif was is not None and of.made.said:
        first = pooled_claims(of.declared, book, was)
        content.append(Paragraph((Strong("As the dossier declares it: "), *_said(of.declared, was, first))))
    if was is not None and now is not None and of.made.said:
        content += _difference(of, book, was, now)
    title = "What your choices come to" if of.made.said else "As the dossier declares it"
    return Section("chosen", title, tuple(content))


def trials(of: OtherChoices, book: Ledger) -> Section | None:
    """Show the trials that remain, and name what was left out and why."""
    _, now = of.both
    own = book.under(of.prefix)
    content: list[Block] = []
    if now is not None:
        found = pooled_claims(of.chosen, own, now)
        content += trials_of(of.chosen, own, now, found, set())
    else:
        missing = contrasts(of.chosen.evidence, of.made.analysis).not_computed
        content.append(Items(tuple(_left(of, it.study, it.comparison, it.reason) for it in missing)))
    if of.made.left_out:
        content.append(Paragraph("Left out by the choice of a dose:"))
        content.append(Items(tuple(_left(of, *each) for each in of.made.left_out)))
    title = "The trials that remain" if of.made.said else "The trials"
    return Section("trials", title if now is not None else "What was left out", tuple(content))


def certainty(of: OtherChoices, book: Ledger) -> Section | None:
    """Say how sure that is, domain by domain."""
    _, now = of.both
    if now is None:
        return None
    return Section("sure-of-it", "How sure that is", tuple(domains(of.chosen, book.under(of.prefix), now)))


def _said(results: Results, one: PooledAnalysis, found: PooledClaims) -> tuple[Inline, ...]:
    """Say what an analysis found, and how far to trust it."""
    first, *rest = statement(results, one, found)
    begun = capital(first) if isinstance(first, str) else first
    return (begun, *rest, " Certainty: ", Icon("certainty", one.certainty), ".")


def _left(of: OtherChoices, study: str, comparison: str, why: str) -> Inline:
    return (Name(comparison_label(of.declared.evidence.studies[study], comparison)), ": ", Name(why), ".")


# --- what changed -------------------------------------------------------------------------------------------


def _difference(of: OtherChoices, book: Ledger, was: PooledAnalysis, now: PooledAnalysis) -> Iterator[Block]:
    """Say in sentences what changed, set the two beside each other, and fold every number that moved."""
    first, second = _of_one(of, book, was), _of_one(of, book.under(of.prefix), now)
    dropped = _dropped(of, book.under(of.prefix), was, now)
    sentences = tuple(_sentences(was, now, first, second, dropped))
    pairs = zip(*_each(of, book, was, now), strict=True)
    moved = [(before, after) for before, after in pairs if before.text != after.text]
    yield Heading("What changed")
    if sentences:
        yield Items(sentences)
    elif moved or first.claims.estimate.value != second.claims.estimate.value:
        yield Paragraph("Hardly anything: to the digits that are shown, the pooled effect stays as it was.")
    else:
        yield Paragraph("Nothing: the same comparisons give the same numbers.")
    yield _beside(was, now, first, second)
    if moved:
        lines = tuple((Name(before.label), ": was ", before, ", is ", after) for before, after in moved)
        yield Details("The trials’ numbers that moved", (Items(lines),))


@dataclass(frozen=True, slots=True)
class _OfOne:
    """The claims of an analysis that are set beside each other."""

    reading: Reading
    claims: PooledClaims
    people: tuple[tuple[str, Claim], ...]
    left: Claim
    new: Inline


def _of_one(of: OtherChoices, book: Ledger, one: PooledAnalysis) -> _OfOne:
    """Claim what is set beside each other of one analysis, as it is declared or as it was chosen."""
    is_declared = not book.prefix
    results = of.declared if is_declared else of.chosen
    # What no document of the dossier says of the declared one is this page's own.
    about = book.under(f"{PREFIX}declared.") if is_declared else book
    read, lows = reading(results, about, one, one.analysis.label), baselines(of.declared)
    many = denominator(of.declared, tuple(_readings(of)), lows)
    found = ((base.label, people_with(of.declared, about, read, base, many)) for base in lows)
    people = tuple((label, claim) for label, claim in found if claim is not None)
    left = len(one.found.not_computed) + (0 if is_declared else len(of.made.left_out))
    claim = about.under(f"{one.id}.", **results.fields_of(one))(
        "left_out", f"comparisons left out: {one.analysis.label}, {one.outcome.label}", left, decimals=0
    )
    found_of = pooled_claims(results, book, one)
    new: tuple[Inline, ...] = (Shown(found_of.prediction, "limits"),)
    if one.prior is not None and one.fit.prediction == "prior":
        # Too few trials to tell how trials differ: what is said of a new one is as much the prior's as theirs.
        new = (*new, Small(("rests on a prior: ", Name(one.prior.label))))
    return _OfOne(read, found_of, people, claim, new)


def _readings(of: OtherChoices) -> Iterator[Reading]:
    """Read both, to tell people of as many."""
    for results, one in zip((of.declared, of.chosen), of.both, strict=True):
        if one is not None:
            yield reading(results, Ledger(), one, one.analysis.label)


def _dropped(of: OtherChoices, book: Ledger, was: PooledAnalysis, now: PooledAnalysis) -> Inline | None:
    """Say how many studies, or comparisons of them, the choices drop, which, and why; None where they drop none."""
    reasons = {(study, comparison): why for study, comparison, why in of.made.left_out}
    reasons |= {(it.study, it.comparison): it.reason for it in now.found.not_computed}
    kept = {(it.study, it.comparison) for it in now.effects}
    gone: dict[str, list[tuple[str, str]]] = {}
    for it in was.effects:
        pair = (it.study, it.comparison)
        if pair not in kept:
            gone.setdefault(reasons.get(pair, "reason not known"), []).append(pair)
    if not gone:
        return None
    studies = {study for pairs in gone.values() for study, _ in pairs} - {study for study, _ in kept}
    comparisons = sum(map(len, gone.values()))
    about = book.under(f"{now.id}.", **of.chosen.fields_of(now)).under(certainty="not rated", decimals=0)
    whole = f"{now.analysis.label}, {now.outcome.label}"
    labels = of.declared.evidence.studies
    why = joined(
        (
            (joined(Name(comparison_label(labels[study], key)) for study, key in pairs), " (", Name(reason), ")")
            for reason, pairs in gone.items()
        ),
        "; ",
    )
    first = about("dropped", f"studies dropped by the choices: {whole}", len(studies))
    second = about("dropped_comparisons", f"comparisons dropped by the choices: {whole}", comparisons)
    return ("Studies dropped by your choices: ", first, ", comparisons dropped: ", second, ". ", why, ".")


def _sentences(
    was: PooledAnalysis, now: PooledAnalysis, first: _OfOne, second: _OfOne, dropped: Inline | None
) -> Iterator[Inline]:
    measure = now.analysis.measure
    before, after = first.claims.estimate, second.claims.estimate
    if before.text != after.text:
        yield (f"The {NAMES[measure][0]} was ", before, " and is ", after, ".")
    one, other = (about_null(claim, measure).removeprefix("the interval ") for claim in (before, after))
    if one != other and None not in (before.value, after.value):
        yield f"The interval {one} as declared; with your choices it {other}."
    points, turned = first.reading.points, second.reading.points
    if points is not None and turned is not None and points.text != turned.text:
        yield ("In points the difference was ", points, " and is ", turned, ".")
    if was.certainty != now.certainty:
        yield (
            "Certainty was ",
            Icon("certainty", was.certainty),
            " and is ",
            Icon("certainty", now.certainty),
            ".",
        )
    if first.claims.k.value != second.claims.k.value or first.claims.n.value != second.claims.n.value:
        yield (
            "Comparisons pooled: ", second.claims.k, " with ", second.claims.n, " people; as declared ",
            first.claims.k, " with ", first.claims.n, ".",
        )  # fmt: skip
    if dropped is not None:
        yield dropped
    if was.fit.way != now.fit.way and now.fit.notes:
        yield f"{capital('; '.join(now.fit.notes))}."


def _beside(was: PooledAnalysis, now: PooledAnalysis, first: _OfOne, second: _OfOne) -> Table:
    one, other = first.claims, second.claims
    rows: list[tuple[str, Inline, Inline]] = [
        (capital(NAMES[now.analysis.measure][0]), one.estimate, other.estimate),
    ]
    if first.reading.points is not None and second.reading.points is not None:
        rows.append(("In points", first.reading.points, second.reading.points))
    rows += [
        (f"{capital(before.label.partition(':')[0])}; the chance without treatment {label}", before, after)
        for (label, before), (_, after) in zip(first.people, second.people, strict=False)
    ]
    rows += [
        ("A new trial, expected between", first.new, second.new),
        ("Variability between trials beyond chance (I²)", one.i2, other.i2),
        ("Variance of true effects between trials (τ²)", one.tau2, other.tau2),
        ("Comparisons pooled", one.k, other.k),
        ("Trials", one.trials, other.trials),
        ("People", one.n, other.n),
        ("Comparisons left out", first.left, second.left),
        ("Certainty", Icon("certainty", was.certainty), Icon("certainty", now.certainty)),
    ]
    return Table(
        "As the dossier declares it, beside your choices",
        (Column("What"), Column("As declared", "number"), Column("As chosen", "number")),
        tuple(Row(row) for row in rows),
    )


def _each(
    of: OtherChoices, book: Ledger, was: PooledAnalysis, now: PooledAnalysis
) -> tuple[list[Claim], list[Claim]]:
    """Give the claims of each comparison that both pool, in the same order."""
    first = _by_comparison(of.declared, book, was)
    second = _by_comparison(of.chosen, book.under(of.prefix), now)
    shared = [name for name in first if name in second]
    return [first[name] for name in shared], [second[name] for name in shared]


def _by_comparison(results: Results, book: Ledger, one: PooledAnalysis) -> dict[tuple[str, str, str], Claim]:
    return {
        (effect.study, effect.comparison, name): getattr(trial, name)
        for effect, trial in zip(one.effects, trial_claims(results, book, one), strict=True)
        for name in ("effect", "weight", "n1", "n2")
    }
