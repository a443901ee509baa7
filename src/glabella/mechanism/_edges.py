"""Which quantity of a model acts on which: the arrows that a diagram of it may have, and must."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from glabella.mechanism._model import Model
from glabella.mechanism._reduce import _flows
from glabella.mechanism._translate import _names, flat

Edge = tuple[str, str]


def edges(model: Model, nodes: Collection[str]) -> frozenset[Edge]:
    """Give who acts on whom among some quantities, directly or through quantities that are not among them.

    Parameters
    ----------
    model : Model
    nodes : collection of str
        States and computed quantities of the model.

    Returns
    -------
    frozenset of tuple of str
        Begin and end of each arrow; that a quantity acts on its own change is no arrow.

    Raises
    ------
    ValueError
        If a node is no state or computed quantity of the model.
    """
    there = {each.name for each in model.quantities if each.kind in ("state", "computed")}
    for node in nodes:
        if node not in there:
            raise ValueError(
                f"the model has no state or computed quantity {node!r}; it has {', '.join(sorted(there))}"
            )
    sbml: Any = flat(model.sbml).getModel()
    acts = {rule.getVariable(): _names(rule.getMath()) & there for rule in sbml.getListOfRules()}
    for name, used in _flows(sbml).items():
        acts[name] = acts.get(name, frozenset()) | (used & there)
    found = set()
    for end in nodes:
        seen, waiting = set[str](), set(acts.get(end, ()))
        while waiting:
            each = waiting.pop()
            if each in nodes:
                found.add((each, end))
            elif each not in seen:
                seen.add(each)
                waiting |= set(acts.get(each, ()))
    return frozenset(edge for edge in found if edge[0] != edge[1])


def check_arrows(model: Model, nodes: Collection[str], arrows: Iterable[Edge]) -> None:
    """Check that arrows are those of the model; one from a quantity to itself tells of its own course, and may be.

    Raises
    ------
    ValueError
        Naming each arrow that the model does not have, and each of the model that is missing.
    """
    drawn = {arrow for arrow in arrows if arrow[0] != arrow[1]}
    wanted = edges(model, nodes)
    wrong = [f"no {begin} → {end} in the model" for begin, end in sorted(drawn - wanted)]
    wrong += [f"{begin} → {end} of the model is missing" for begin, end in sorted(wanted - drawn)]
    if wrong:
        raise ValueError(f"links do not draw the model: {'; '.join(wrong)}")
