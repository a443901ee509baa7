"""Less to integrate: only what the asked quantity depends on."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from glabella.mechanism._model import Model, load
from glabella.mechanism._translate import _names, flat


@lru_cache(maxsize=16)
def reduced(model: Model, name: str) -> Model:
    """Let states stand still that a quantity does not depend on.

    Parameters
    ----------
    model : Model
    name : str
        State or computed quantity that is wanted.

    Returns
    -------
    Model
        Without the rate rules that do not reach ``name``; the course of ``name`` is the same.

    Raises
    ------
    ValueError
        If the model has no such quantity.
    """
    document = flat(model.sbml)
    sbml = document.getModel()
    if name not in {quantity.name for quantity in model.quantities}:
        raise ValueError(f"the model has no {name!r}")
    reached = _reached(sbml, name)
    for variable in [rule.getVariable() for rule in sbml.getListOfRules() if rule.isRate()]:
        if variable not in reached:
            sbml.removeRuleByVariable(variable)
    return load(_written(document))


@lru_cache(maxsize=16)
def reaching_names(model: Model, name: str) -> frozenset[str]:
    """Give all names that a quantity depends on, directly or not."""
    return _reached(flat(model.sbml).getModel(), name)


def _reached(sbml: Any, name: str) -> frozenset[str]:
    flows = _flows(sbml)
    needs = {rule.getVariable(): _names(rule.getMath()) for rule in sbml.getListOfRules()}
    starts = {each.getSymbol(): _names(each.getMath()) for each in sbml.getListOfInitialAssignments()}
    reached, waiting = set[str](), {name}
    while waiting:
        reached |= waiting
        waiting = {one for each in waiting for found in (needs, flows, starts) for one in found.get(each, ())}
        waiting -= reached
    return frozenset(reached)


def _written(document: Any) -> str:
    import libsbml

    return str(libsbml.writeSBMLToString(document))


def _flows(sbml: Any) -> dict[str, frozenset[str]]:
    """Give, for each species, the names that the rates of its reactions use."""
    found: dict[str, frozenset[str]] = {}
    for reaction in sbml.getListOfReactions():
        used = _names(reaction.getKineticLaw().getMath())
        for each in (*reaction.getListOfReactants(), *reaction.getListOfProducts()):
            found[each.getSpecies()] = found.get(each.getSpecies(), frozenset()) | used
    return found


@lru_cache(maxsize=16)
def moving_names(model: Model) -> frozenset[str]:
    """Give the names that act after the start: those in rates and assignments."""
    sbml = flat(model.sbml).getModel()
    rules = [_names(rule.getMath()) for rule in sbml.getListOfRules()]
    return frozenset().union(*rules, *_flows(sbml).values())
