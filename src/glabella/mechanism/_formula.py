"""Formulas of SBML written as NumPy source."""

from __future__ import annotations

import keyword
from collections.abc import Callable
from functools import reduce
from typing import Any

_CALLS = {
    "AST_FUNCTION_EXP": "np.exp", "AST_FUNCTION_LN": "np.log", "AST_FUNCTION_ABS": "np.abs",
    "AST_FUNCTION_SIN": "np.sin", "AST_FUNCTION_COS": "np.cos", "AST_FUNCTION_TAN": "np.tan",
    "AST_FUNCTION_TANH": "np.tanh", "AST_FUNCTION_FLOOR": "np.floor", "AST_FUNCTION_CEILING": "np.ceil",
}  # fmt: skip
_CHAINS = {"AST_PLUS": ("+", "0.0"), "AST_TIMES": ("*", "1.0")}
_FOLDS = {
    "AST_FUNCTION_MIN": "np.minimum", "AST_FUNCTION_MAX": "np.maximum", "AST_LOGICAL_AND": "np.logical_and",
    "AST_LOGICAL_OR": "np.logical_or",
}  # fmt: skip
_COMPARISONS = {
    "AST_RELATIONAL_EQ": "==", "AST_RELATIONAL_NEQ": "!=", "AST_RELATIONAL_LT": "<", "AST_RELATIONAL_LEQ": "<=",
    "AST_RELATIONAL_GT": ">", "AST_RELATIONAL_GEQ": ">=",
}  # fmt: skip


def source(math: Any, species: dict[str, str]) -> str:
    """Write a formula as NumPy source.

    Parameters
    ----------
    math : libsbml.ASTNode
        The formula.
    species : dict of str to str
        Species that formulas mean as concentrations, and their compartments: they are written as amount by volume.

    Raises
    ------
    ValueError
        If it uses a function that is not known here.
    """
    import libsbml

    names: dict[int, str] = {
        getattr(libsbml, name): name for name in dir(libsbml) if name.startswith("AST_") and name != "AST_UNKNOWN"
    }

    def written(node: Any) -> str:
        return _written(node, names.get(node.getType(), "AST_UNKNOWN"), written, species)

    return written(math)


def _written(node: Any, kind: str, write: Callable[[Any], str], species: dict[str, str]) -> str:
    if node.isNumber():
        return repr(float(node.getValue()))
    if kind == "AST_NAME_TIME":
        return "time"
    if kind == "AST_NAME":
        return _name(node.getName(), species)
    parts = [write(node.getChild(place)) for place in range(node.getNumChildren())]
    if kind in _CHAINS:
        sign, nothing = _CHAINS[kind]
        return f"({f' {sign} '.join(parts)})" if parts else nothing
    if kind == "AST_MINUS":
        return f"(-{parts[0]})" if len(parts) == 1 else f"({parts[0]} - {parts[1]})"
    if kind == "AST_DIVIDE":
        return f"({parts[0]} / {parts[1]})"
    if kind in ("AST_POWER", "AST_FUNCTION_POWER"):
        return f"({parts[0]} ** {parts[1]})"
    if kind == "AST_FUNCTION_ROOT":
        return f"({parts[-1]} ** (1.0 / {parts[0] if len(parts) > 1 else '2.0'}))"
    if kind in _CALLS:
        return f"{_CALLS[kind]}({parts[0]})"
    if kind in _FOLDS:
        return reduce(lambda left, right: f"{_FOLDS[kind]}({left}, {right})", parts)
    if kind in _COMPARISONS and len(parts) == 2:
        return f"({parts[0]} {_COMPARISONS[kind]} {parts[1]})"
    if kind == "AST_FUNCTION_PIECEWISE":
        return _piecewise(parts)
    raise ValueError(
        f"the model uses {node.getName() or kind.removeprefix('AST_').lower()!r}, which is not supported"
    )


def _name(name: str, species: dict[str, str]) -> str:
    """Write a quantity's name."""
    if keyword.iskeyword(name) or name in ("np", "time", "values"):
        raise ValueError(f"the model calls a quantity {name!r}, a reserved word; expected another name")
    return f"({name} / {species[name]})" if name in species else name


def _piecewise(parts: list[str]) -> str:
    """Write value, condition, value, condition, ..., otherwise."""
    otherwise = parts[-1] if len(parts) % 2 else "np.nan"
    for place in range(2 * (len(parts) // 2) - 2, -1, -2):
        otherwise = f"np.where({parts[place + 1]}, {parts[place]}, {otherwise})"
    return otherwise
