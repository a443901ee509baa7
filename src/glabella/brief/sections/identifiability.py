"""What the fitted model's answers rest on: constants before the data and with them, and what assumptions move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from glabella.brief.mechanism import (
    CREDIBLE,
    FittedModel,
    decimals_of,
    fitted_model,
    of_parameter,
    once,
    ranged,
    worse,
)
from glabella.brief.results import Results
from glabella.brief.sentence import aside, sentence
from glabella.dossier import Parameter
from glabella.dossier._fitted import FittedUnknown, Interval, Sensitivity
from glabella.shown import (
    Block,
    Cite,
    Claim,
    Column,
    Details,
    Figure,
    Inline,
    Ledger,
    Name,
    Paragraph,
    Row,
    Section,
    Shown,
    Table,
)

#: Of whom constants are.
_CONSTANT = "constants of the model"
#: What is moved.
_RESULT = "days by which relief outlasts weakness"
#: What the chain is for.
_CHAIN = (
    "The chain says how it may work and carries weakness to mood. How soon and how long are told by the course, "
    "which predicts trials better."
)
#: How a constant is known.
_KNOWN: Mapping[str, str] = {
    "seen": "seen",
    "reported": "reported",
    "derived": "derived",
    "recalled": "from memory",
    "assumed": "assumed",
    "by_definition": "by definition",
}


@dataclass(frozen=True, slots=True)
class _Swung:
    """How far a result moves as one assumption moves over its prior."""

    label: str
    low: Claim
    high: Claim
    at_low: Claim
    at_high: Claim


@dataclass(frozen=True, slots=True)
class _Moved:
    """What a result owes to assumptions, the largest swing first."""

    result: str
    named: Inline
    centre: Claim
    swings: tuple[_Swung, ...]


def report(results: Results, book: Ledger) -> Section | None:
    """Tell which numbers of the course the data identify, and what results owe to what is assumed."""
    model = fitted_model(results)
    if model is None:
        return None
    moved = [_moved(model, book, at, each) for at, each in enumerate(model.fitted.sensitivity)]
    content: list[Block] = [Paragraph(_answer(model, book), "lead")]
    for at, each in enumerate(moved):
        content += _first(at, each) if at == 0 else _folded(at, each)
    content.append(Details("Every number of the course: before the data, and with them", (_unknowns(model, book),)))
    chain = (Paragraph(_CHAIN), _fitted(model, book), _held(model, book))
    content.append(Details("The chain of how it works, which is asked for no duration", chain))
    return Section("identifiability", "What do the model’s answers rest on?", tuple(content))


# --- claims -------------------------------------------------------------------------------------------------


def _label(model: FittedModel, name: str) -> str:
    found = model.mechanism.parameters.get(name)
    return found.label if found else name.replace("_", " ")


def _unit(each: Parameter | None) -> str:
    """Give a unit as it is shown; units of a dose name their product."""
    if each is None:
        return ""
    unit = "" if each.unit == "1" else each.unit.replace("/", " per ", 1).removeprefix("1 ")
    return f"{unit.replace('per U', 'per unit')} of {each.product}" if "U" in each.unit and each.product else unit


def _moved(model: FittedModel, book: Ledger, at: int, each: Sensitivity) -> _Moved:
    """Make the claims of one result."""
    by = model.explanation(each.explanation) if each.explanation else None
    result, quantity = _RESULT, _quantity(model, each)
    under = model.ledger(book).under(
        population="people as the model computes them",
        certainty=worse(model.certainty, model.mood_certainty) if by else model.certainty,
        sources=model.muscle_sources(),
    )
    tornado = under.under(f"swing.{at}.", function="glabella.mechanism.tornado")
    ends = [x for it in each.swings for x in (it.at_low, it.at_high) if x is not None]
    shown = tornado.under(decimals=decimals_of(each.centre, *ends, digits=3))
    swings = []
    for it in sorted(each.swings, key=lambda it: -abs((it.at_high or 0.0) - (it.at_low or 0.0))):
        label = _label(model, it.name)
        unit, places = _unit(model.mechanism.parameters.get(it.name)), decimals_of(it.low, it.high)
        swings.append(
            _Swung(
                label,
                low=tornado(
                    f"{it.name}.low",
                    f"low value of: {label}; moved for {quantity}",
                    it.low,
                    unit=unit,
                    decimals=places,
                ),
                high=tornado(
                    f"{it.name}.high",
                    f"high value of: {label}; moved for {quantity}",
                    it.high,
                    unit=unit,
                    decimals=places,
                ),
                at_low=shown(f"{it.name}.at_low", f"{quantity}, at the low value of: {label}", it.at_low),
                at_high=shown(f"{it.name}.at_high", f"{quantity}, at the high value of: {label}", it.at_high),
            )
        )
    return _Moved(
        result,
        (result, f", if mood follows by: {by}" if by else ""),
        centre=shown("centre", f"{quantity}, with every assumption at its central value", each.centre),
        swings=tuple(swings),
    )


def _quantity(model: FittedModel, each: Sensitivity) -> str:
    """Name a result whole, as a claim's label does."""
    by = f", if mood follows by {model.explanation(each.explanation)}" if each.explanation else ""
    return f"{_RESULT}{by}"


# --- sentences, tables and figures --------------------------------------------------------------------------


def _answer(model: FittedModel, book: Ledger) -> Inline:
    """Count the numbers of the course that the data identify, and those that they do not."""
    unknowns = model.fitted.muscle.unknowns
    count = Counter(each.verdict for each in unknowns)
    under = model.ledger(book).under(
        "constants.",
        population=_CONSTANT,
        certainty=model.certainty,
        function="glabella.mechanism.fit_course",
        decimals=0,
        sources=model.muscle_sources(),
    )
    return sentence(
        "Of the numbers that tell how soon and how long the {part} is weakened, the data identify {told}, and "
        "{partly} in part; {untold} rest on assumptions.",
        part=model.words.part,
        told=under("identified", "numbers that the data identify", count["identified"]),
        partly=under("partly", "numbers that the data identify in part", count["partly identified"]),
        untold=under("assumed", "numbers that the data do not identify", count["not identified"]),
    )


def _first(at: int, each: _Moved) -> list[Block]:
    """Show the result that is asked about first, its numbers folded."""
    said = sentence(
        "Each assumption was moved over its prior, one at a time; the bars show how far the result moves. First: "
        "{result}, {centre} with every assumption at its central value.",
        result=each.named,
        centre=Shown(each.centre, "number"),
    )
    return [Paragraph(said), *_figure(at, each), Details("The same as a table", _numbers(each))]


def _folded(at: int, each: _Moved) -> list[Block]:
    return [Details(("What moves: ", each.named), (*_figure(at, each), *_numbers(each)))]


def _figure(at: int, each: _Moved) -> tuple[Figure, ...]:
    """Draw how far each assumption moves the result; one alone has none to be beside."""
    if each.centre.value is None or len(each.swings) < 2:
        return ()
    from glabella.plot import Swing, tornado

    rows = [Swing(row.label, row.at_low.value, row.at_high.value) for row in each.swings]
    alt = (
        f"How far each assumption, moved over its prior, moves the {each.result}; the table holds the same numbers."
    )
    return (Figure(f"assumptions-{at}", tornado(rows, each.centre.value, title=each.result), alt),)


def _numbers(each: _Moved) -> tuple[Table, ...]:
    """Give the swings of a result, and the shares of its variance where they were computed."""
    columns = ("assumption", "low value", "result", "high value", "result")
    rows = []
    for row in each.swings:
        name, low, high = _with_unit(row.label, row.low.unit), Shown(row.low, "number"), Shown(row.high, "number")
        rows.append(Row((name, low, _reached(row.at_low), high, _reached(row.at_high))))
    swings = Table(
        sentence(
            "With every assumption at its central value: {result}, {centre}. Then one is moved at a time.",
            result=each.named,
            centre=each.centre,
        ),
        (Column(columns[0]), *(Column(head, "number") for head in columns[1:])),
        tuple(rows),
    )
    return (swings,)


def _reached(claim: Claim) -> Inline:
    return "not reached" if claim.value is None else claim


def _with_unit(label: str, unit: str) -> Inline:
    return (Name(label), aside(unit))


def _unknowns(model: FittedModel, book: Ledger) -> Table:
    """Give each unknown of the course before the data and with them."""
    return Table(
        "Ceilings are logits, times are logarithms of days. Where the two intervals are alike, the data have added "
        "nothing. Numbers of single trials are left out.",
        (
            Column("number"),
            Column("before the data", "number"),
            Column("with the data", "number"),
            Column("identified by the data"),
        ),
        tuple(_unknown(model, book, at, each) for at, each in enumerate(model.fitted.muscle.unknowns)),
    )


def _unknown(model: FittedModel, book: Ledger, at: int, each: FittedUnknown) -> Row:
    name = each.name.replace("_", " ")
    under = model.ledger(book).under(
        f"unknown.{at}.",
        population=_CONSTANT,
        decimals=2,
        function="glabella.mechanism.fit_course",
        sources=model.muscle_sources(),
    )
    kind = model.level("interval of the prior")
    prior = ranged(
        under.under(certainty="not rated"), "prior", f"{name}, before the data (prior)", each.prior, kind
    )
    after = under.under(certainty=model.certainty)
    posterior = ranged(
        after, "posterior", f"{name}, with the data (posterior)", each.posterior, model.level(CREDIBLE)
    )
    return Row((Name(name), Shown(prior, "bare"), Shown(posterior, "bare"), each.verdict))


def _fitted(model: FittedModel, book: Ledger) -> Table:
    """Give the chain's constants at their most likely values."""
    rows = []
    for each in model.fitted.chain.constants:
        parameter = model.mechanism.parameters[each.name]
        unit = _unit(parameter)
        value = model.ledger(book).under(
            "constant.",
            population=_CONSTANT,
            unit=unit,
            certainty=model.certainty,
            function="glabella.mechanism.fit",
            decimals=decimals_of(each.mode, digits=3),
            sources=once((*of_parameter(parameter), *model.muscle_sources())),
        )(each.name, f"{parameter.label}, most likely value", each.mode)
        name = (_with_unit(parameter.label, unit), Cite(parameter.sources))
        rows.append(Row((name, Shown(value, "bare"), _KNOWN[parameter.status])))
    return Table(
        "Fitted to the same observations, with their priors.",
        (Column("constant"), Column("most likely value", "number"), Column("known as")),
        tuple(rows),
    )


def _held(model: FittedModel, book: Ledger) -> Table:
    """Give the constants that are held as their sources have them."""
    rows = []
    for key, each in model.mechanism.parameters.items():
        if each.role == "fixed":
            unit = _unit(each)
            under = model.ledger(book).under(
                "constant.",
                population=_CONSTANT,
                unit=unit,
                certainty="as printed",
                function="glabella.brief.quote",
                decimals=decimals_of(each.value, digits=3),
                sources=of_parameter(each) or model.muscle_sources(),
            )
            found = Interval(value=each.value, low=each.low, high=each.high)
            value = ranged(under, key, each.label, found, "as the source has it")
            name = (_with_unit(each.label, unit), Cite(each.sources))
            rows.append(Row((name, Shown(value, "bare"), _KNOWN[each.status])))
    return Table(
        "Held as their sources have them.",
        (Column("constant"), Column("value", "number"), Column("known as")),
        tuple(rows),
    )
