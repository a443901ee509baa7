"""A model as data: SBML or Antimony text in, its parts, units and defects out."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

#: Elements within each other; a formula has one for each of its brackets.
_DEEPEST = 500
#: Characters of a line of Antimony, whose reader crashes where brackets stand in brackets without end.
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Quantity:
    """A parameter, species or compartment of a model.

    Attributes
    ----------
    name : str
        Identifier in the model.
    value : float or None
        Initial value; None where the model computes it.
    unit : str
        As the model declares it, written out in base units.
    kind : str
        ``parameter`` (constant), ``state`` (changes by a rate), ``computed`` (by an assignment), ``compartment``.
    """

    name: str
    value: float | None
    unit: str
    kind: str


@dataclass(frozen=True, slots=True)
class Model:
    """A model that can be simulated: SBML text and what stands in it.

    Attributes
    ----------
    name : str
        Identifier of the model.
    sbml : str
        The whole model in SBML, which any systems-biology tool opens.
    quantities : tuple of Quantity
        In the order of the text.
    time_unit : str
        Unit of time, written out in base units.
    """

    name: str
    sbml: str
    quantities: tuple[Quantity, ...]
    time_unit: str

    @property
    def parameters(self) -> dict[str, float]:
        """Constants and their values."""
        return {q.name: float(q.value) for q in self.quantities if q.kind == "parameter" and q.value is not None}

    @property
    def states(self) -> tuple[str, ...]:
        """What changes by a rate."""
        return tuple(q.name for q in self.quantities if q.kind == "state")

    def __str__(self) -> str:
        """List the quantities."""
        rows = [f"{q.kind:12}{q.name:20}{'' if q.value is None else format(q.value, 'g'):>12}  {q.unit}"
                for q in self.quantities]  # fmt: skip
        return "\n".join([f"Model {self.name}, time in {self.time_unit}", *rows])


def load(text: str) -> Model:
    """Read a model from SBML or Antimony text and check it.

    Parameters
    ----------
    text : str
        SBML (any level that libSBML reads) or Antimony.

    Returns
    -------
    Model
        With SBML text, whatever the model was written in.

    Raises
    ------
    ValueError
        If the text is neither, the model is not valid, a quantity has no unit, units do not fit each other, or a
        parameter has no value; the message names the line or the quantity.
    ImportError
        If the extra ``glabella[mechanism]`` is not installed.

    References
    ----------
    Keating SM, et al. Mol Syst Biol 2020;16:e9110 (SBML level 3). Smith LP, et al. Bioinformatics
    2009;25:2452-2454 (Antimony).
    """
    sbml = text if text.lstrip().startswith("<") else _from_antimony(text)
    _shallow(sbml)
    document = read_document(sbml)
    _check(document)
    model = document.getModel()
    quantities = tuple(_quantities(model))
    started = {one.getSymbol() for one in model.getListOfInitialAssignments()}
    for quantity in quantities:
        # Programs differ in what they take for a value that is left out, so that none may be.
        if quantity.kind in ("parameter", "state") and quantity.value is None and quantity.name not in started:
            raise ValueError(f"{quantity.kind} {quantity.name!r} has no value at the start")
    return Model(model.getId() or model.getName() or "model", sbml, quantities, _time_unit(model))


def _shallow(sbml: str) -> None:
    """Refuse elements within each other without end, which crash libSBML, and entities, which it expands."""
    from xml.parsers import expat

    parser = expat.ParserCreate()
    depth = 0

    def begin(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            message = f"more than {_DEEPEST} elements within each other, expected fewer"
            raise ValueError(f"not valid SBML, line {parser.CurrentLineNumber}: {message}")

    def end(*_: object) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_: object) -> None:
        raise ValueError(f"not valid SBML, line {parser.CurrentLineNumber}: a document type, expected none")

    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = begin, end, doctype
    # What is no XML is for libSBML to say.
    with suppress(expat.ExpatError):
        parser.Parse(sbml.encode(), True)


def _libsbml() -> Any:
    try:
        import libsbml
    except ImportError as error:
        raise ImportError("models are read by libSBML: install glabella[mechanism]") from error
    return libsbml


def _from_antimony(text: str) -> str:
    """Have Antimony write SBML."""
    try:
        import antimony
    except ImportError as error:
        raise ImportError("models are read by Antimony: install glabella[mechanism]") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > _LONGEST:
            raise ValueError(
                f"line {number} of the model has {len(line):,} characters, expected at most {_LONGEST:,}"
            )
    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(text) < 0:
        raise ValueError(f"not a model in Antimony or SBML: {antimony.getLastError().strip()}")
    return str(antimony.getSBMLString(antimony.getMainModuleName()))


def read_document(sbml: str) -> Any:
    """Give libSBML's document of a valid text."""
    libsbml = _libsbml()
    document = libsbml.readSBMLFromString(sbml)
    _complain(document, "not valid SBML")
    if document.getModel() is None:
        raise ValueError("the SBML holds no model")
    return document


def _complain(document: Any, what: str) -> None:
    """Raise for what libSBML calls an error."""
    libsbml = _libsbml()
    for place in range(document.getNumErrors()):
        found = document.getError(place)
        if found.getSeverity() >= libsbml.LIBSBML_SEV_ERROR:
            raise ValueError(f"{what}, line {found.getLine()}: {_sentence(found.getMessage())}")


def _sentence(message: str) -> str:
    return " ".join(message.split())


def _check(document: Any) -> None:
    """Raise if units are missing or do not fit, or the model is not consistent."""
    libsbml = _libsbml()
    for name, unit in _declared(document.getModel()):
        if unit is None:
            raise ValueError(f"{name!r} has no unit; expected one, 'dimensionless' if it is a pure number")
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_MODELING_PRACTICE, False)
    document.checkConsistency()
    _complain(document, "the model is not consistent")
    for place in range(document.getNumErrors()):
        found = document.getError(place)
        # A literal number has no unit of its own in older SBML; every quantity's was looked at above.
        literal = found.getErrorId() == libsbml.UndeclaredUnits
        if found.getCategory() == libsbml.LIBSBML_CAT_UNITS_CONSISTENCY and not literal:
            raise ValueError(f"units do not fit, line {found.getLine()}: {_sentence(found.getMessage())}")


def _declared(model: Any) -> list[tuple[str, Any]]:
    """Pair every quantity with its unit definition, None where it has none."""
    found = []
    # What an assignment computes takes its unit from there.
    computed = {rule.getVariable() for rule in model.getListOfRules() if rule.isAssignment()}
    lists = (model.getListOfCompartments(), model.getListOfSpecies(), model.getListOfParameters())
    for each in (one for some in lists for one in some if one.getId() not in computed):
        unit = each.getDerivedUnitDefinition()
        found.append((each.getId(), unit if unit is not None and unit.getNumUnits() else None))
    for reaction in model.getListOfReactions():
        law = reaction.getKineticLaw()
        if law is None:
            raise ValueError(f"reaction {reaction.getId()!r} has no rate")
        for each in law.getListOfParameters():
            unit = each.getDerivedUnitDefinition()
            found.append((each.getId(), unit if unit is not None and unit.getNumUnits() else None))
    return found


def _time_unit(model: Any) -> str:
    """Write out the model's unit of time."""
    name = model.getTimeUnits() or "time"
    definition = model.getUnitDefinition(name)
    return _written(definition) if definition is not None else ("second" if name == "time" else name)


def _written(definition: Any) -> str:
    """Write a unit definition out in base units."""
    parts = []
    for place in range(definition.getNumUnits()):
        unit = definition.getUnit(place)
        kind = _libsbml().UnitKind_toString(unit.getKind())
        factor = unit.getMultiplier() * 10 ** unit.getScale()
        power = unit.getExponent()
        base = kind if factor == 1 else f"({factor:g} {kind})"
        if kind != "dimensionless" or factor != 1:
            parts.append(base if power == 1 else f"{base}^{power:g}")
    return " ".join(parts) or "dimensionless"


def _quantities(model: Any) -> list[Quantity]:
    """List what stands in a model, in the order of the text."""
    rated = {rule.getVariable() for rule in model.getListOfRules() if rule.isRate()}
    assigned = {rule.getVariable() for rule in model.getListOfRules() if rule.isAssignment()}
    initial = {one.getSymbol() for one in model.getListOfInitialAssignments()}
    found = [
        _quantity(each, each.getSize() if each.isSetSize() else None, "compartment")
        for each in model.getListOfCompartments()
    ]
    for each in model.getListOfSpecies():
        value = each.getInitialAmount() if each.isSetInitialAmount() else each.getInitialConcentration()
        given = each.isSetInitialAmount() or each.isSetInitialConcentration()
        fixed = each.getBoundaryCondition() or each.getConstant()
        stands = fixed and each.getId() not in rated
        kind = "computed" if each.getId() in assigned else "parameter" if stands else "state"
        found.append(_quantity(each, None if each.getId() in initial or not given else value, kind))
    for each in model.getListOfParameters():
        name = each.getId()
        kind = "state" if name in rated else "computed" if name in assigned | initial else "parameter"
        found.append(_quantity(each, each.getValue() if each.isSetValue() and kind != "computed" else None, kind))
    return found


def _quantity(each: Any, value: float | None, kind: str) -> Quantity:
    return Quantity(each.getId(), value, _written(each.getDerivedUnitDefinition()), kind)
