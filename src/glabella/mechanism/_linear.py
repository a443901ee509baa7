"""The linear part of a model: which states it is, and its exact solution.

A chain of first-order steps is stiff (minutes beside months) but has a closed form. Taken out, what remains to be
integrated is slow: an eighth of the time, and no error in the chain.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: Beyond this condition of the eigenvectors the closed form loses digits, and a patient is integrated instead.
WORST = 1e7
_MORE = 2  # any degree above linear


def words(text: str) -> set[str]:
    """Give the names in a formula."""
    return {node.id for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.Name)}


def closed_linear(rates: Mapping[str, str], computed: Mapping[str, str]) -> tuple[str, ...]:
    """Give the largest set of states whose rates are linear in that set alone.

    Parameters
    ----------
    rates, computed : mapping of str to str
        Formulas as NumPy source; computed quantities in an order in which each stands after those it uses.
    """
    chosen = tuple(rates)
    while True:
        degrees = {name: 1 if name in chosen else _MORE for name in rates} | {"time": _MORE}
        for name, text in computed.items():
            degrees[name] = _degree(ast.parse(text, mode="eval").body, degrees)
        kept = tuple(name for name in chosen if _degree(ast.parse(rates[name], mode="eval").body, degrees) <= 1)
        if kept == chosen:
            return kept
        chosen = kept


def _degree(node: ast.AST, degrees: Mapping[str, int]) -> int:
    """Give the degree of a formula in the states: 0, 1, or more."""
    if isinstance(node, ast.Constant):
        return 0
    if isinstance(node, ast.Name):
        return degrees.get(node.id, 0)
    if isinstance(node, ast.UnaryOp):
        return _degree(node.operand, degrees)
    if isinstance(node, ast.BinOp):
        left, right = _degree(node.left, degrees), _degree(node.right, degrees)
        if isinstance(node.op, ast.Add | ast.Sub):
            return max(left, right)
        if isinstance(node.op, ast.Mult):
            return min(left + right, _MORE)
        if isinstance(node.op, ast.Div) and right == 0:
            return left
        return _MORE if left or right else 0
    parts = [_degree(child, degrees) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    return _MORE if any(parts) else 0


@dataclass(frozen=True, slots=True)
class Chain:
    """The exact solution of some patients' linear part: a sum of exponentials.

    Attributes
    ----------
    values : ndarray of shape (n, m)
        Eigenvalues; the last belongs to the constant that carries what flows in at a constant rate.
    vectors : ndarray of shape (n, m, m)
        Eigenvectors.
    exact : ndarray of bool, shape (n,)
        Where the eigenvectors are good enough.
    order : tuple of int or None
        States in an order in which none acts on an earlier one; None where some act on each other.
    """

    values: NDArray[np.complex128]
    vectors: NDArray[np.complex128]
    exact: NDArray[np.bool_]
    order: tuple[int, ...] | None

    def rows(self, which: NDArray[np.int_]) -> Chain:
        """Give the solution of some of the patients."""
        return Chain(self.values[which], self.vectors[which], self.exact[which], self.order)

    def waves(self, y: Floats) -> NDArray[np.complex128]:
        """Give each state's share in each exponential (n, m, m), from the states at a moment (n, m - 1)."""
        start = np.concatenate([y, np.ones((len(y), 1))], axis=1)
        found = np.full(self.vectors.shape, np.nan, dtype=complex)
        good = self.exact
        vectors = self.vectors[good]
        if self.order is None:
            share = np.linalg.solve(vectors, start[good, :, None].astype(complex))[..., 0]
        else:
            share = np.zeros(vectors.shape[:2], dtype=complex)
            for place, state in enumerate(self.order):
                known = (vectors[:, state, :place] * share[:, :place]).sum(axis=1)
                share[:, place] = (start[good, state] - known) / vectors[:, state, place]
        found[good] = vectors * share[:, None, :]
        return found


def chain(change: Callable[[Floats], Floats], n: int, m: int) -> Chain:
    """Solve a linear system given by its rates.

    Parameters
    ----------
    change : callable
        Gives the rates of shape (n, m) at states of shape (n, m).
    n, m : int
        Patients and states.
    """
    matrix = np.zeros((n, m + 1, m + 1))
    constant = change(np.zeros((n, m)))
    matrix[:, :m, m] = constant
    for place in range(m):
        unit = np.zeros((n, m))
        unit[:, place] = 1.0
        matrix[:, :m, place] = change(unit) - constant
    finite = np.asarray(np.isfinite(matrix).all(axis=(1, 2)))
    values = np.zeros((n, m + 1), dtype=complex)
    vectors = np.zeros((n, m + 1, m + 1), dtype=complex)
    order = _order((matrix[finite] != 0).any(axis=0))
    values[finite], vectors[finite] = (
        np.linalg.eig(matrix[finite]) if order is None else _by_substitution(matrix[finite], order)
    )
    exact = finite & np.isfinite(vectors).all(axis=(1, 2))
    exact[exact] = np.linalg.cond(vectors[exact]) < WORST
    return Chain(values, vectors, exact, order)


def _order(acts: NDArray[np.bool_]) -> tuple[int, ...] | None:
    """Give states so that none acts on an earlier one (``acts[i, j]``: j on i), or None where that cannot be."""
    left = list(range(len(acts)))
    order: list[int] = []
    while left:
        free = [state for state in left if not any(acts[state, other] for other in left if other != state)]
        if not free:
            return None
        order += free
        left = [state for state in left if state not in free]
    return tuple(order)


def _by_substitution(matrix: Floats, order: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Give eigenvalues and eigenvectors of matrices that are triangular in an order.

    Element by element, so that the digits, on which an adaptive solver's steps hang, are those of every processor.
    """
    values = np.stack([matrix[:, state, state] for state in order], axis=1)
    vectors = np.zeros_like(matrix)
    for place, first in enumerate(order):
        vectors[:, first, place] = 1.0
        for after, state in enumerate(order[place + 1 :], place + 1):
            inflow = sum(matrix[:, state, each] * vectors[:, each, place] for each in order[place:after])
            with np.errstate(divide="ignore", invalid="ignore"):
                share = inflow / (values[:, place] - values[:, after])
            vectors[:, state, place] = np.where(inflow == 0, 0.0, share)
        with np.errstate(invalid="ignore"):
            vectors[:, :, place] /= np.sqrt((vectors[:, :, place] ** 2).sum(axis=1, keepdims=True))
    return values, vectors
