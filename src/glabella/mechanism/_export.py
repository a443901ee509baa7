"""What other programs open: a model in SBML with its injections as events, its constants set, its sources as notes.

Each function gives a model of its own, whose ``sbml`` is the text to hand on. Our own engines refuse events: for
them injections are a schedule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from glabella.mechanism._model import Model, load, read_document
from glabella.mechanism._population import cached_equations, checked_injections
from glabella.mechanism._translate import flat


def with_injections(model: Model, times: Sequence[float], into: str) -> Model:
    """Write injections into a model as SBML events.

    Parameters
    ----------
    model : Model
        A model without events.
    times : sequence of float
        When it is injected, in the model's unit of time. Without one at zero nothing is there at the start.
    into : str
        State that an injection fills by what stands in it at the start.

    Returns
    -------
    Model
        One event an injection after time zero, which adds the amount of the start.

    Raises
    ------
    ValueError
        If times are negative or do not increase, the state is not in the model, its amount at the start depends
        on what changes, or the text is SBML level 1, which has no events.

    References
    ----------
    Hucka M, et al. J Integr Bioinform 2019;16:20190021 (SBML level 3 version 2), section 4.11.

    Examples
    --------
    >>> text = "model m; unit time_unit = 86400 second; unit per_day = 1/86400 second;"
    >>> text += "var x = 2; x has dimensionless; x' = -k*x; k = 0.1; k has per_day; end"
    >>> "<listOfEvents>" in with_injections(load(text), [0, 28], "x").sbml
    True
    """
    moments = checked_injections(cached_equations(model), times, into)
    document = read_document(model.sbml)
    sbml = document.getModel()
    if document.getLevel() < 2:
        raise ValueError("the model is SBML level 1, which has no events; expected level 2 or 3")
    amount = _at_start(model, sbml, into)
    for place, moment in enumerate(moments[moments > 0].tolist()):
        _add_event(sbml, f"injection_{place + 2 if 0.0 in moments else place + 1}", moment, into, amount)
    if 0.0 not in moments:
        sbml.removeInitialAssignment(into)
        _set(sbml.getElementBySId(into), 0.0)
    return _loaded(document)


def with_constants(model: Model, constants: Mapping[str, float]) -> Model:
    """Set constants of a model, such as those of one patient.

    Parameters
    ----------
    model : Model
        Functions are written out and local parameters lifted, so that constants have the names that
        :func:`simulate` knows.
    constants : mapping of str to float
        Values by name.

    Raises
    ------
    ValueError
        If the model has no such constant.
    """
    known = cached_equations(model).constants
    document = flat(model.sbml)
    for name, value in constants.items():
        if name not in known:
            raise ValueError(f"the model has no constant {name!r}; it has {', '.join(sorted(known))}")
        _set(document.getModel().getElementBySId(name), float(value))
    return _loaded(document)


def with_notes(model: Model, notes: Mapping[str, str]) -> Model:
    """Write a note to quantities, such as the source of a value; programs show it beside the quantity.

    Parameters
    ----------
    model : Model
    notes : mapping of str to str
        Plain text by the name of a quantity.

    Raises
    ------
    ValueError
        If the model has no such quantity.
    """
    document = read_document(model.sbml)
    names = [quantity.name for quantity in model.quantities]
    for name, text in notes.items():
        if name not in names:
            raise ValueError(f"the model has no quantity {name!r}; it has {', '.join(names)}")
        note = f'<body xmlns="http://www.w3.org/1999/xhtml"><p>{escape(text)}</p></body>'
        _done(document.getModel().getElementBySId(name).setNotes(note), f"the note of {name!r}")
    return _loaded(document)


def _at_start(model: Model, sbml: Any, into: str) -> Any:
    """Give the formula of what a state holds at the start; it must mean the same at any later time."""
    import libsbml

    assigned = sbml.getInitialAssignmentBySymbol(into)
    if assigned is None:
        return libsbml.parseL3Formula(_number_at_start(model, sbml.getElementBySId(into)))
    formula = assigned.getMath()
    constants = set(cached_equations(model).constants)
    changing = sorted(_used(formula) - constants)
    if changing:
        raise ValueError(f"what {into!r} holds at the start depends on {', '.join(changing)}, which may have "
                         "changed at the next injection; expected constants only")  # fmt: skip
    return formula


def _number_at_start(model: Model, element: Any) -> str:
    """Write what a state holds at the start as formulas mean it: an amount or a concentration."""
    import libsbml

    (value,) = (quantity.value for quantity in model.quantities if quantity.name == element.getId())
    if element.getTypeCode() != libsbml.SBML_SPECIES:
        return repr(value)
    amount = element.isSetInitialAmount()
    if element.getHasOnlySubstanceUnits():
        return repr(value) if amount else f"{value!r} * {element.getCompartment()}"
    return f"{value!r} / {element.getCompartment()}" if amount else repr(value)


def _used(formula: Any) -> set[str]:
    """Give the names in a formula, the time among them."""
    own = {formula.getName() or "time"} if formula.isName() else set()
    return own.union(*(_used(formula.getChild(place)) for place in range(formula.getNumChildren())))


def _add_event(sbml: Any, name: str, moment: float, into: str, amount: Any) -> None:
    import libsbml

    event = sbml.createEvent()
    if sbml.getElementBySId(name) is not None:
        raise ValueError(f"the model already has a {name!r}; expected that name to be free for an injection")
    event.setId(name)
    # Says itself what older levels leave to the program: the amount is that of the moment of the injection.
    event.setUseValuesFromTriggerTime(True)
    trigger = event.createTrigger()
    trigger.setInitialValue(True)
    trigger.setPersistent(True)
    _done(trigger.setMath(libsbml.parseL3Formula(f"time >= {moment!r}")), "the time of an injection")
    filled = event.createEventAssignment()
    filled.setVariable(into)
    total = libsbml.ASTNode(libsbml.AST_PLUS)
    there = libsbml.ASTNode(libsbml.AST_NAME)
    there.setName(into)
    total.addChild(there)
    total.addChild(amount.deepCopy())
    _done(filled.setMath(total), "the amount of an injection")


def _set(element: Any, value: float) -> None:
    """Give a parameter, compartment or species its value at the start; a species its amount."""
    import libsbml

    if element.getTypeCode() == libsbml.SBML_SPECIES:
        _done(element.setInitialAmount(value), element.getId())
    elif element.getTypeCode() == libsbml.SBML_COMPARTMENT:
        _done(element.setSize(value), element.getId())
    else:
        _done(element.setValue(value), element.getId())


def _done(code: int, what: str) -> None:
    import libsbml

    if code != libsbml.LIBSBML_OPERATION_SUCCESS:
        raise ValueError(f"libSBML could not write {what}: {libsbml.OperationReturnValue_toString(code)}")


def _loaded(document: Any) -> Model:
    """Read again what was written, so that units and rules are checked once more."""
    import libsbml

    return load(str(libsbml.writeSBMLToString(document)))
