"""What the fitted model's answers rest on: its numbers before the data and with them, and the chain's constants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from glabella.brief.mechanism import (
    CREDIBLE,
    FittedModel,
    decimals_of,
    fitted_model,
    of_parameter,
    once,
    ranged,
)
from glabella.brief.results import Results
from glabella.brief.sentence import aside, sentence
from glabella.dossier import Parameter
from glabella.dossier._fitted import FittedUnknown, Interval
from glabella.shown import (
    Block,
    Cite,
    Column,
    Details,
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


def report(results: Results, book: Ledger) -> Section | None:
    """Tell which numbers of the course the data identify, and what the chain holds."""
    model = fitted_model(results)
    if model is None:
        return None
    chain = (Paragraph(_CHAIN), _fitted(model, book), _held(model, book))
    content: tuple[Block, ...] = (
        Paragraph(_answer(model, book), "lead"),
        Details("Every number of the course: before the data, and with them", (_unknowns(model, book),)),
        Details("The chain of how it works, which is asked for no duration", chain),
    )
    return Section("identifiability", "What do the model’s answers rest on?", content)


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
        name = ((Name(parameter.label), aside(unit)), Cite(parameter.sources))
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
            name = ((Name(each.label), aside(unit)), Cite(each.sources))
            rows.append(Row((name, Shown(value, "bare"), _KNOWN[each.status])))
    return Table(
        "Held as their sources have them.",
        (Column("constant"), Column("value", "number"), Column("known as")),
        tuple(rows),
    )
