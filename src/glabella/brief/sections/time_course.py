"""How soon it works and how long: what trials saw, and then what the fitted model predicts."""

from __future__ import annotations

from collections.abc import Iterator

from glabella.brief.course_figure import panels
from glabella.brief.doses import Treated, counted, largest, seen, timed, treated
from glabella.brief.mechanism import FittedModel, fitted_model
from glabella.brief.quoting import say_all
from glabella.brief.results import Results
from glabella.brief.sections.prediction import bias_of
from glabella.brief.sentence import aside, sentence
from glabella.brief.words import Words, words_of
from glabella.dossier._fitted import Landmarks
from glabella.shown import (
    Block,
    Column,
    Details,
    Figure,
    Heading,
    Icon,
    Inline,
    Items,
    Ledger,
    Link,
    Name,
    Paragraph,
    Row,
    Section,
    Shown,
    Strong,
    Table,
)

_UNFITTED = (
    "Only what trials saw can be told: the model of how it works over time has not been fitted to the observations "
    "yet."
)
_TO_FIT = "The command “glabella mechanism fit” fits it."


def report(results: Results, book: Ledger) -> Section | None:
    """Tell how soon and how long it works: what trials saw before what a model says."""
    evidence = results.evidence
    said = say_all(book, evidence.products.time_course, "time")
    model = fitted_model(results)
    content: tuple[Block, ...]
    if model is not None:
        content = _with_model(model, book, said, words_of(evidence))
    elif evidence.mechanism is not None:
        content = (Paragraph(_UNFITTED, "lead"), *_list(said), Paragraph(_TO_FIT, "note"))
    elif said:
        content = (Paragraph(said[0], "lead"), *_list(said[1:]))
    else:
        return None
    return Section("course", "How soon does it work, and how long?", content)


def _list(said: tuple[Inline, ...]) -> tuple[Block, ...]:
    return (Items(said),) if said else ()


def _with_model(model: FittedModel, book: Ledger, said: tuple[Inline, ...], words: Words) -> tuple[Block, ...]:
    rows = tuple(treated(model, book, chr(ord("A") + at), row) for at, row in enumerate(model.shown))
    usual = rows[model.shown.index(model.usual)]
    by_dose = tuple(row for row in rows if row.row.product == model.fitted.mood.product)
    others = rows[len(by_dose) :]
    more = tuple(
        treated(model, book, chr(ord("A") + len(rows) + at), row)
        for at, row in enumerate(each for each in model.by_definition(_label_row(model)) if each not in model.shown)
    )
    own = [row for row in by_dose if row.row.sex == "women" and row.row.dose == model.label_dose(row.row.product)]
    return (
        Paragraph(_answer(model, book, usual, by_dose), "lead"),
        *((Heading("What trials saw"), Items(said)) if said else ()),
        Heading("What the model predicts"),
        *_predicted(model, book, usual, seen_too=bool(said)),
        *_definitions(model, tuple(row for row in by_dose if row.row == _label_row(model)) + more),
        *_doses(model, by_dose, words),
        *_products(model, (*own, *others), others),
    )


def _label_row(model: FittedModel) -> Landmarks:
    """Give the dose of the label in the people of the usual row, or else the usual row."""
    usual = model.usual
    dose = model.label_dose(usual.product)
    same = [row for row in model.shown if (row.product, row.sex, row.dose) == (usual.product, usual.sex, dose)]
    return same[0] if same else usual


# --- sentences ----------------------------------------------------------------------------------------------


def _answer(model: FittedModel, book: Ledger, usual: Treated, rows: tuple[Treated, ...]) -> Inline:
    """Say how long it lasts: as a trial saw beside the model for the same dose, or else as the model has it."""
    if (found := timed(model, rows)) is not None:
        each, row = found
        return sentence(
            "Half of the people whose {part} had weakened after {dose} had lost this again {seen} ({trial}). "
            "For {who} with this dose the model predicts {duration} in the average trial and {new} in a new one, "
            "and a weakened {part} within {onset} in half of them; its certainty is {certainty}.",
            part=model.words.part,
            dose=row.dose,
            seen=seen(model, book, each),
            trial=Name(model.trial(each.study)),
            who=row.row.sex,
            duration=row.duration,
            new=Shown(row.new_trial, "limits"),
            onset=row.onset,
            certainty=Icon("certainty", row.certainty),
        )
    return sentence(
        "After {dose}, a model fitted to trials predicts that half of the {who} whose {part} weakens have lost "
        "this again after {duration}, in a new trial {new}. Its certainty is {certainty}; what trials saw stands "
        "first.",
        dose=usual.dose,
        who=usual.row.sex,
        part=model.words.part,
        duration=usual.duration,
        new=Shown(usual.new_trial, "limits"),
        certainty=Icon("certainty", usual.certainty),
    )


def _predicted(model: FittedModel, book: Ledger, usual: Treated, *, seen_too: bool) -> Iterator[Block]:
    """Tell the usual dose in sentences, with how far to trust it and on which side the model errs."""
    part, who = model.words.part, usual.row.sex
    yield Paragraph(
        f"Here a {part} counts as weakened when {model.words.defined(usual.row.definition)}. Brackets are credible "
        "intervals of the average trial; what a new trial may see is wider, and stands beside it."
        + (" Where the model and what trials saw differ, trust what trials saw." if seen_too else "")
    )
    soon = sentence(
        "{soon} After {dose}, half of the {who} whose {part} weakens have it weakened within {onset}. The effect "
        "is largest about day {day}; then the {part} is weakened in {share} of all {who}.{counted}",
        soon=Strong("How soon."),
        dose=usual.dose,
        who=who,
        part=part,
        onset=usual.onset,
        day=Shown(usual.peak_day, "bare"),
        share=usual.peak_share,
        counted=_counted(model, book),
    )
    yield Paragraph(soon)
    long: Inline = sentence(
        "{long} Half of them have lost it after {duration}; in a new trial, after {new} weeks. People differ: "
        "{people} weeks, leaving out the tenth who lose it first and the tenth who keep it longest.{kept}",
        long=Strong("How long."),
        duration=usual.duration,
        new=Shown(usual.new_trial, "limits"),
        people=Shown(usual.people, "limits"),
        kept=_kept(part, usual),
    )
    if not usual.row.known:
        long = sentence("{long} Not known: nothing late was seen of it.", long=Strong("How long."))
    yield Paragraph(long)
    certainty = sentence(
        "Certainty: {certainty}. Why: {reasons}.{side}",
        certainty=Icon("certainty", usual.certainty),
        reasons="; ".join((*model.reasons, *usual.own)) or "nothing was found that speaks against it",
        side=_side(model, book),
    )
    yield Paragraph(certainty)


def _counted(model: FittedModel, book: Ledger) -> Inline:
    """Put what the largest trial counted beside the model's largest effect."""
    found = largest(model)
    if found is None:
        return ""
    return sentence(" The largest trial counted {counted}.", counted=counted(model, book, found))


def _kept(part: str, usual: Treated) -> Inline:
    """Say how many of the responders still are weakened later."""
    said: list[Inline] = []
    for time, share in usual.kept:
        text = ", {share} after {time}" if said else "{share} still have it after {time}"
        said.append(sentence(text, share=share, time=time))
    return (f" Of those whose {part} has weakened, ", *said, ".") if said else ""


def _side(model: FittedModel, book: Ledger) -> Inline:
    """Say on which side the model errs in trials left out: late in those of the product that is asked about."""
    found = {each.of: each for each in model.fitted.muscle.predicted}
    unseen = found.get("product_late") or found.get("shares")
    if unseen is None or not unseen.bias:
        return ""
    return sentence(
        " Its predictions for {unseen} were {side} than what was seen, on average by {bias}: {more}.",
        unseen="late visits of trials left out one at a time" if unseen.of == "product_late" else "trials left out",
        side="higher" if unseen.bias > 0 else "lower",
        bias=bias_of(model, book, unseen),
        more=Link("how well it predicts", "prediction"),
    )


# --- tables -------------------------------------------------------------------------------------------------


def _definitions(model: FittedModel, rows: tuple[Treated, ...]) -> Iterator[Block]:
    """Give one dose by each definition of a response: how long depends on what is called one."""
    part = model.words.part
    if len(rows) < 2:
        return
    dose = rows[0].dose
    yield Table(
        sentence(
            "How long depends on what is called a response: {who} given {dose}. The last column is what a new "
            "trial may see.",
            who=rows[0].row.sex,
            dose=dose,
        ),
        (
            Column("a response"),
            Column("half have it by day", "number"),
            Column(f"{part} weakened at the peak, %", "number"),
            Column("half have lost it by week", "number"),
            Column("in a new trial", "number"),
        ),
        tuple(
            Row((
                f"{row.letter}: {model.words.defined(row.row.definition)}",
                *_cells(row),
            ))
            for row in rows
        ),
    )  # fmt: skip
    if (picture := panels(model, rows)) is not None:
        alt = (
            f"Share of people whose {part} is weakened over weeks, a panel for each definition of a response, with "
            "intervals and what trials saw; the table above holds the landmarks."
        )
        yield Figure("course-definitions", picture, alt, "Panels bear the letters of the table above.")


def _doses(model: FittedModel, rows: tuple[Treated, ...], words: Words) -> Iterator[Block]:
    """Draw and list the doses of the product of the trials of mood."""
    part, product = model.words.part, model.product(model.fitted.mood.product)
    both = " Trials of both sexes stand with women." if any(row.row.sex == "women" for row in rows) else ""
    alt = (
        f"Share of people whose {part} is weakened over weeks after one {words.session}, a panel for each dose and "
        "sex, with intervals and what trials saw. The table below holds the landmarks."
    )
    dots = (
        "Panels bear the letters of the table. Dots are what trials with these doses and this definition saw, less "
        f"what was seen after {words.control}; larger dots are of more people.{both}"
    )
    if (picture := panels(model, rows)) is not None:
        yield Figure("course-doses", picture, alt, dots)
    caption = sentence(
        "After one {session} of {product}, in units of that product, as the model predicts. The last column is "
        "what a new trial may see.",
        session=words.session,
        product=Name(product),
    )
    columns = _columns("people and units", part)
    named = [(f"{row.letter}: {row.row.sex}, ", Shown(row.dose, "number")) for row in rows]
    cells = [(name, *_cells(row)) for name, row in zip(named, rows, strict=True)]
    yield Table(caption, columns, tuple(map(Row, cells)))
    less: dict[str, list[str]] = {}
    for row in rows:
        if row.certainty != model.certainty:
            less.setdefault(f"({row.certainty}: {', '.join(row.own)})", []).append(row.letter)
    if less:
        each = "; ".join(f"{', '.join(letters)} {why}" for why, letters in less.items())
        yield Paragraph(f"Less certain than the rest: {each}.", "note")


def _products(model: FittedModel, rows: tuple[Treated, ...], others: tuple[Treated, ...]) -> Iterator[Block]:
    """Give each product in the dose of its own label; what is drawn already is not drawn again."""
    part = model.words.part
    if len(rows) > 1:
        named = [(f"{row.letter}: {row.row.sex}, ", row.dose, aside(row.certainty)) for row in rows]
        yield Table(
            "Each product in the dose of its own label. Units of one product are not units of another; the rows "
            "come from different trials and do not compare the products. In brackets: certainty.",
            _columns("product and dose", part),
            tuple(Row((name, *_cells(row))) for name, row in zip(named, rows, strict=True)),
        )
    if (picture := panels(model, others)) is not None:
        alt = (
            f"Share of people whose {part} is weakened over weeks, a panel for each other product in its own dose."
        )
        figure = Figure("course-products", picture, alt, "Panels bear the letters of the table above.")
        yield Details("The other products over time", (figure,))


def _columns(first: str, part: str) -> tuple[Column, ...]:
    return (
        Column(first),
        Column("half have it by day", "number"),
        Column(f"{part} weakened at the peak, %", "number"),
        Column("half have lost it by week", "number"),
        Column("in a new trial", "number"),
    )


def _cells(row: Treated) -> tuple[Inline, ...]:
    first = tuple(Shown(claim, "bare") for claim in (row.onset, row.peak_share, row.duration))
    return (*first, Shown(row.new_trial, "limits"))
