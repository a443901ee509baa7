"""From SBML to rates on arrays: the right-hand side of a model for many patients at once.

The rates are written as NumPy source, one line a quantity, and compiled; each name is an array over patients.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from glabella.mechanism._formula import source
from glabella.mechanism._linear import closed_linear, words
from glabella.mechanism._model import Model, read_document

Floats = NDArray[np.float64]
#: (time, values by name) to values by name; all arrays over patients.
Rule = Callable[[Any, dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Equations:
    """A model's equations on arrays.

    Attributes
    ----------
    states : tuple of str
        What changes by a rate, in the order of the columns of a state array.
    constants : dict of str to float
        Everything that a patient may have of their own.
    computed : tuple of str
        What is computed from states and constants.
    start : callable
        ``start(constants)`` gives the states at time zero by name.
    linear : tuple of str
        States whose rates are linear in each other, with coefficients that are constant: a closed chain.
    rest : tuple of str
        The other states.
    linear_rates, rest_rates : callable
        ``rates(time, values)`` gives the change of each such state; amounts of species a unit of time.
    driving : tuple of str
        Linear states that the rates of the rest use.
    compute : callable
        ``compute(time, values)`` gives what is computed.
    """

    states: tuple[str, ...]
    constants: dict[str, float]
    computed: tuple[str, ...]
    start: Callable[[dict[str, Any]], dict[str, Any]]
    linear: tuple[str, ...]
    rest: tuple[str, ...]
    linear_rates: Rule
    rest_rates: Rule
    driving: tuple[str, ...]
    compute: Rule


def equations(model: Model) -> Equations:
    """Write a model's equations for arrays.

    Raises
    ------
    ValueError
        If the model has a part that is not supported: events, algebraic rules, delays, fast reactions, or a
        function that NumPy code is not written for. Repeated injections are schedules, not events.
    """
    document = flat(model.sbml)
    sbml = document.getModel()
    _supported(sbml)
    found = _Parts(sbml)
    constants, species = found.constants, found.species
    rates = dict.fromkeys(found.states, "0.0")
    for reaction in sbml.getListOfReactions():
        law = source(reaction.getKineticLaw().getMath(), species)
        sides = ((reaction.getListOfReactants(), "-"), (reaction.getListOfProducts(), "+"))
        for sign, each in ((sign, each) for side, sign in sides for each in side):
            if each.getSpecies() in rates:
                rates[each.getSpecies()] += f" {sign} {_stoichiometry(each)} * ({law})"
    for name, math in found.rated.items():
        rates[name] = source(math, species)
    computed = _in_order({name: (source(math, species), _names(math)) for name, math in found.assigned.items()})
    first = {name: (source(math, species), _names(math)) for name, math in found.initial.items()}
    values = {name: (repr(value), frozenset[str]()) for name, value in found.values.items()}
    linear = closed_linear(rates, computed)
    rest = tuple(name for name in rates if name not in linear)
    used = _reached([rates[name] for name in rest], computed)
    return Equations(
        states=tuple(rates),
        constants=constants,
        computed=tuple(computed),
        start=_start(tuple(rates), _in_order(values | first | _assignments(found, species))),
        linear=linear,
        rest=rest,
        linear_rates=_rule("linear_rates", computed, {name: rates[name] for name in linear}),
        rest_rates=_rule("rest_rates", computed, {name: rates[name] for name in rest}),
        driving=tuple(name for name in linear if name in used),
        compute=_rule("compute", computed, {name: name for name in computed}),
    )


def flat(sbml: str) -> Any:
    """Give the document with functions written out and local parameters lifted."""
    import libsbml

    document = read_document(sbml)
    for conversion in ("expandFunctionDefinitions", "promoteLocalParameters"):
        properties = libsbml.ConversionProperties()
        properties.addOption(conversion, True)
        if document.convert(properties) != libsbml.LIBSBML_OPERATION_SUCCESS:
            raise ValueError(f"libSBML could not do {conversion}")
    return document


def _supported(model: Any) -> None:
    """Raise for a part that is not supported."""
    unsupported = [
        (f"event {event.getId() or place + 1}", "give the injections as a schedule")
        for place, event in enumerate(model.getListOfEvents())
    ]
    unsupported += [("an algebraic rule", "write a rate or an assignment")
                    for rule in model.getListOfRules() if rule.isAlgebraic()]  # fmt: skip
    unsupported += [(f"fast reaction {one.getId()}", "give it a rate")
                    for one in model.getListOfReactions() if one.isSetFast() and one.getFast()]  # fmt: skip
    if unsupported:
        what, instead = unsupported[0]
        raise ValueError(f"the model has {what}, which is not supported; {instead}")


class _Parts:
    """Values, rules and species of a flat model, by name."""

    def __init__(self, model: Any) -> None:
        rules = list(model.getListOfRules())
        self.rated = {rule.getVariable(): rule.getMath() for rule in rules if rule.isRate()}
        self.assigned = {rule.getVariable(): rule.getMath() for rule in rules if rule.isAssignment()}
        self.initial = {one.getSymbol(): one.getMath() for one in model.getListOfInitialAssignments()}
        sizes = {one.getId(): one.getSize() for one in model.getListOfCompartments()}
        #: Species written as concentrations in the formulas, and their compartments; states hold amounts.
        self.species: dict[str, str] = {}
        self.values: dict[str, float] = {}
        held: dict[str, float] = dict(sizes)
        moving = set(self.rated)
        for one in model.getListOfSpecies():
            name, size = one.getId(), sizes[one.getCompartment()]
            if not one.getHasOnlySubstanceUnits():
                self.species[name] = one.getCompartment()
            if one.isSetInitialAmount():
                value = one.getInitialAmount()
            else:
                value = one.getInitialConcentration() * size if one.isSetInitialConcentration() else 0.0
            if name in self.assigned:
                continue
            if name in moving or not (one.getBoundaryCondition() or one.getConstant()):
                moving.add(name)
                self.values[name] = value
            else:
                held[name] = value
        for one in model.getListOfParameters():
            name = one.getId()
            if name in moving:
                self.values[name] = one.getValue()
            elif name not in self.assigned and name not in self.initial:
                held[name] = one.getValue()
        self.constants = held
        self.states = tuple(self.values)
        for name in self.initial:
            if name not in self.values:
                raise ValueError(f"the constant {name!r} is computed once at the start, which is not supported; "
                                 "write it as an assignment")  # fmt: skip


def _assignments(found: _Parts, species: dict[str, str]) -> dict[str, tuple[str, frozenset[str]]]:
    return {name: (source(math, species), _names(math)) for name, math in found.assigned.items()}


def _stoichiometry(each: Any) -> str:
    value = each.getStoichiometry()
    if not np.isfinite(value):
        raise ValueError(f"the stoichiometry of {each.getSpecies()!r} is no number")
    return repr(float(value))


def _in_order(rules: dict[str, tuple[str, frozenset[str]]]) -> dict[str, str]:
    """Put rules so that each stands after those it uses."""
    from graphlib import CycleError, TopologicalSorter

    try:
        order = TopologicalSorter({name: needs & set(rules) for name, (_, needs) in rules.items()}).static_order()
        return {name: rules[name][0] for name in order}
    except CycleError as error:
        raise ValueError(f"assignments need each other: {' → '.join(error.args[1])}") from error


def _rule(name: str, before: dict[str, str], results: dict[str, str]) -> Rule:
    """Compile results, and the assignments that they need, into a function of time and values."""
    needed = _reached(list(results.values()), before)
    before = {each: text for each, text in before.items() if each in needed}
    lines = [f"{each} = {text}" for each, text in before.items()]
    pairs = ", ".join(f"{each!r}: {text}" for each, text in results.items())
    used = {word for text in (*before.values(), *results.values()) for word in words(text)}
    given = [f"{word} = values[{word!r}]" for word in sorted(used - set(before) - {"time", "np"})]
    return cast("Rule", _compiled(name, "time, values", [*given, *lines, f"return {{{pairs}}}"]))


def _reached(texts: list[str], computed: dict[str, str]) -> set[str]:
    """Give the names that formulas use, directly or through assignments."""
    found: set[str] = set()
    waiting = {word for text in texts for word in words(text)}
    while waiting:
        found |= waiting
        waiting = {word for each in waiting & set(computed) for word in words(computed[each])} - found
    return found


def _start(states: tuple[str, ...], rules: dict[str, str]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    used = {word for text in rules.values() for word in words(text)}
    given = [f"{word} = values[{word!r}]" for word in sorted(used - set(rules) - {"time", "np"})]
    pairs = ", ".join(f"{each!r}: {each}" for each in states)
    lines = [f"{each} = {text}" for each, text in rules.items()]
    made = _compiled("start", "values", ["time = 0.0", *given, *lines, f"return {{{pairs}}}"])
    return cast("Callable[[dict[str, Any]], dict[str, Any]]", made)


def _compiled(name: str, arguments: str, lines: list[str]) -> Any:
    text = f"def {name}({arguments}):\n" + "".join(f"    {line}\n" for line in lines)
    space: dict[str, Any] = {"np": np}
    # Only names and operators that `source` has written reach this text.
    exec(compile(text, f"<{name} of a model>", "exec"), space)
    return space[name]


def _names(math: Any) -> frozenset[str]:
    """Give the names that a formula uses."""
    own = frozenset([math.getName()]) if math.isName() and math.getName() else frozenset[str]()
    return own.union(*(_names(math.getChild(place)) for place in range(math.getNumChildren())))
