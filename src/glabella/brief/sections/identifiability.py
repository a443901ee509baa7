"""What the fitted model's answers rest on: constants before the data and with them, and what assumptions move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from glabella.brief.doses import first_time
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
#: Shares of a variance, as a label says them and as ids name them.
_SHARES: Mapping[str, str] = {"alone": "alone", "with the others": "with_others"}
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
    """What a result owes to assumptions, the largest swing first; ``shares`` are of its variance."""

    result: str
    named: Inline
    centre: Claim
    swings: tuple[_Swung, ...]
    shares: tuple[tuple[str, Claim, Claim], ...]


def report(results: Results, book: Ledger) -> Section | None:
    """Tell which constants the data identify, and what results owe to those that are assumed."""
    model = fitted_model(results)
    if model is None:
        return None
    moved = [_moved(model, book, at, each) for at, each in enumerate(model.fitted.sensitivity)]
    content: list[Block] = [Paragraph(_answer(model, book), "lead")]
    for at, each in enumerate(moved):
        content += _first(at, each) if at == 0 else _folded(at, each)
    constants = (_unknowns(model, book), _held(model, book))
    content.append(Details("Every constant: before the data, and with them", constants))
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
    result, quantity = _result(model, each), _quantity(model, each)
    under = model.ledger(book).under(
        population="people as the model computes them",
        certainty=worse(model.certainty, model.mood_certainty) if by else model.certainty,
        sources=model.muscle_sources(),
    )
    tornado = under.under(f"swing.{at}.", function="glabella.mechanism.tornado")
    ends = [x for it in each.swings for x in (it.at_low, it.at_high) if x is not None]
    shown = tornado.under(decimals=decimals_of(each.centre, *ends, digits=3))
    sobol = under.under(f"sobol.{at}.", function="glabella.mechanism.sobol", unit="%", decimals=0)

    def share(name: str, what: str, value: float, half: float) -> Claim:
        return sobol(
            f"{name}.{_SHARES[what]}",
            f"share of the variance of {quantity}, {what}: {_label(model, name)}",
            100 * value,
            low=100 * (value - half),
            high=100 * (value + half),
            interval=model.level("confidence interval"),
        )

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
    named: Inline = result
    if each.quantity == "responders" and (time := first_time(model, book)):
        named = sentence("{result} after {time}", result=result, time=time)
    return _Moved(
        result,
        (named, f", if mood follows by: {by}" if by else ""),
        centre=shown("centre", f"{quantity}, with every assumption at its central value", each.centre),
        swings=tuple(swings),
        shares=tuple(
            (
                _label(model, it.name),
                share(it.name, "alone", it.first, it.first_half_width),
                share(it.name, "with the others", it.total, it.total_half_width),
            )
            for it in each.sobol
        ),
    )


def _after(model: FittedModel, each: Sensitivity) -> str:
    other = each.product is not None and each.product != model.fitted.mood.product
    return f", after {each.product}" if other else ""


def _result(model: FittedModel, each: Sensitivity) -> str:
    """Name a result in a sentence."""
    part = model.words.part
    return {
        "duration": f"days until the {part} is back in half of the women in whom it weakened",
        "responders": f"percentage of women whose {part} is weakened",
        "outlasting": "days by which relief outlasts weakness",
    }[each.quantity] + _after(model, each)


def _quantity(model: FittedModel, each: Sensitivity) -> str:
    """Name a result whole, as a claim's label does."""
    days = [it.day for it in model.usual.kept]
    when = f" on day {days[0]:g}" if each.quantity == "responders" and days else ""
    by = f", if mood follows by {model.explanation(each.explanation)}" if each.explanation else ""
    return f"{_result(model, each)}{when}{by}"


# --- sentences, tables and figures --------------------------------------------------------------------------


def _answer(model: FittedModel, book: Ledger) -> Inline:
    """Count the constants that the data identify, and those that they do not."""
    unknowns = model.fitted.muscle.unknowns
    told = [each for each in unknowns if not each.assumed and each.verdict == "identified"]
    assumed = [each for each in unknowns if each.assumed]
    under = model.ledger(book).under(
        "constants.",
        population=_CONSTANT,
        certainty=model.certainty,
        function="glabella.mechanism.profile",
        decimals=0,
        sources=model.muscle_sources(),
    )
    rest = len(unknowns) - len(told) - len(assumed)
    return sentence(
        "The data identify {told} of the model’s constants, and {rest} in part or not at all. Nothing that was "
        "seen can identify {assumed} more; they rest on assumptions.",
        told=under("identified", "constants that the data identify", len(told)),
        rest=under("partly", "constants that the data identify in part or not at all", rest),
        assumed=under("assumed", "constants that nothing seen can identify", len(assumed)),
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
    if not each.shares:
        return (swings,)
    shares = Table(
        "Share of that result’s variance that comes from each assumption, as if none depended on another.",
        (Column("assumption"), Column("alone", "number"), Column("with the others", "number")),
        tuple(Row((Name(label), alone, total)) for label, alone, total in each.shares),
    )
    return (swings, shares)


def _reached(claim: Claim) -> Inline:
    return "not reached" if claim.value is None else claim


def _with_unit(label: str, unit: str) -> Inline:
    return (Name(label), aside(unit))


def _unknowns(model: FittedModel, book: Ledger) -> Table:
    """Give each unknown before the data and with them."""
    return Table(
        "Where the two intervals are alike, the data have added nothing.",
        (
            Column("constant"),
            Column("known as"),
            Column("before the data", "number"),
            Column("with the data", "number"),
            Column("identified by the data"),
        ),
        tuple(_unknown(model, book, each) for each in model.fitted.muscle.unknowns),
    )


def _unknown(model: FittedModel, book: Ledger, each: FittedUnknown) -> Row:
    parameter = model.mechanism.parameters[each.name]
    own, products = of_parameter(parameter), (parameter.product,) if parameter.product else ()
    seen = model.muscle_sources(*products)
    unit = _unit(parameter)
    under = model.ledger(book).under(
        f"constant.{each.name}.",
        population=_CONSTANT,
        unit=unit,
        decimals=decimals_of(each.posterior.value, each.prior.value),
    )
    before = under.under(certainty="not rated", function="glabella.mechanism.muscle_unknowns", sources=own or seen)
    after = under.under(certainty=model.certainty, function="glabella.mechanism.fit", sources=once((*own, *seen)))
    prior = ranged(
        before,
        "prior",
        f"{parameter.label}, before the data (prior)",
        each.prior,
        model.level("interval of the prior"),
    )
    posterior = ranged(
        after, "posterior", f"{parameter.label}, with the data (posterior)", each.posterior, model.level(CREDIBLE)
    )
    verdict = each.verdict + ("" if each.alone else "; only with priors")
    name = (_with_unit(parameter.label, unit), Cite(parameter.sources))
    return Row((name, _KNOWN[parameter.status], Shown(prior, "bare"), Shown(posterior, "bare"), verdict))


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
