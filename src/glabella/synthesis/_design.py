"""Designs of meta-regressions: from a formula or an array to columns, and to a basis that is safe to invert."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._numbers import numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: A column whose part that the others do not explain is smaller than this, relative to itself, is collinear.
_COLLINEAR = 1e-9


@dataclass(frozen=True, slots=True)
class Design:
    """Columns of a model, the intercept among them.

    Attributes
    ----------
    matrix : ndarray of shape (k, p) or (batch, k, p)
        The columns.
    names : tuple of str
        One name a column.
    """

    matrix: Floats
    names: tuple[str, ...]


def design(formula: str, data: Mapping[str, ArrayLike] | pl.DataFrame) -> Design:
    """Build a design from a formula.

    Parameters
    ----------
    formula : str
        Such as ``"~ ablat + alloc"``; text columns become indicators against their first level, and the
        intercept is there unless ``- 1`` takes it away.
    data : mapping of str to array_like, or polars.DataFrame
        The columns that the formula names, one row a study.

    Raises
    ------
    ValueError
        If the formula cannot be read, names a column that is not there, or meets a missing value.

    Examples
    --------
    >>> design("~ dose", {"dose": [1.0, 2.0, 4.0]}).names
    ('Intercept', 'dose')
    """
    from formulaic import model_matrix
    from formulaic.errors import FormulaicError
    from pandas import DataFrame

    frame = DataFrame(
        {name: np.asarray(data[name]) for name in (data.columns if hasattr(data, "columns") else data)}
    )
    try:
        found: Any = model_matrix(formula, frame, na_action="raise")
    except (FormulaicError, ValueError) as error:
        raise ValueError(f"formula {formula!r}: {error}; the columns are {list(frame.columns)}") from error
    return Design(np.asarray(found, dtype=float), tuple(str(name) for name in found.columns))


def columns(mods: ArrayLike | Design | None, shape: tuple[int, ...]) -> Design | None:
    """Read moderators as a design; None stands for the mean alone.

    Raises
    ------
    ValueError
        If the moderators' shape does not fit ``shape``, that of the effects.
    """
    if mods is None:
        return None
    if isinstance(mods, Design):
        found = mods
    else:
        matrix = numbers(mods, "mods")
        if matrix.ndim == 1:
            matrix = matrix[:, None]
        matrix = np.concatenate([np.ones((*matrix.shape[:-1], 1)), matrix], axis=-1)
        found = Design(matrix, ("Intercept", *(f"mods{i + 1}" for i in range(matrix.shape[-1] - 1))))
    allowed = {(shape[-1],), shape}
    if found.matrix.shape[:-1] not in allowed:
        expected = " or ".join(str((*each, "m")) for each in sorted(allowed, key=len))
        raise ValueError(f"mods has shape {found.matrix.shape}, expected {expected} for effects of shape {shape}")
    if found.names == ("Intercept",) and (found.matrix == 1).all():
        return None
    return found


@dataclass(frozen=True, slots=True)
class Basis:
    """Orthonormal columns that span a design, so that powers of weights stay well conditioned.

    ``q`` is None for the mean alone, (k, p) when all rows of the batch share it, or (batch, k, p);
    ``r`` leads back from coefficients on ``q`` to those on the design's own columns.
    """

    q: Floats | None
    r: Floats
    products: Floats | None = None

    @property
    def p(self) -> int:
        """Columns."""
        return int(self.r.shape[-1])

    def rows(self, index: Any) -> Basis:
        """Give the same basis for some rows of the batch."""
        if self.q is None or self.q.ndim == 2:
            return self
        return replace(self, q=self.q[index], r=self.r[index])

    def gram(self, c: Floats, d: Floats | None = None) -> Floats:
        """X' diag(c d) X, of shape (batch, p, p), for ``c`` and ``d`` of shape (batch, k)."""
        if self.q is None:
            return (row_sum(c) if d is None else row_dot(c, d))[:, None, None]
        c = c if d is None else c * d
        if self.products is not None:
            return np.asarray((c @ self.products).reshape(len(c), self.p, self.p))
        return np.asarray(np.swapaxes(self.q * c[..., None], 1, 2) @ self.q)

    def cross(self, c: Floats, d: Floats) -> Floats:
        """X' diag(c) d, of shape (batch, p)."""
        if self.q is None:
            return row_dot(c, d)[:, None]
        c = c * d
        if self.q.ndim == 2:
            return np.asarray(c @ self.q)
        return np.asarray((c[:, None, :] @ self.q)[:, 0])

    def fitted(self, beta: Floats) -> Floats:
        """Xβ, of shape (batch, k) or (batch, 1)."""
        if self.q is None:
            return beta
        if self.q.ndim == 2:
            return np.asarray(beta @ self.q.T)
        return np.asarray((self.q @ beta[..., None])[..., 0])


#: The mean alone.
_MEAN = Basis(None, np.eye(1))


def basis(found: Design | None, present: Mask) -> tuple[Basis, Mask]:
    """Orthonormalise a design, and mark the rows of the batch in which its columns are collinear."""
    if found is None:
        return _MEAN, np.zeros(len(present), dtype=bool)
    x = found.matrix
    if x.ndim == 2 and present.all():
        q, r = np.linalg.qr(x)
        size = np.linalg.norm(x, axis=0)
        bad = np.abs(np.diagonal(r)) <= _COLLINEAR * np.where(size > 0, size, 1.0)
        products = (q[:, :, None] * q[:, None, :]).reshape(len(q), -1)
        return Basis(q, r, products), np.full(len(present), bad.any())
    # Studies that a row does not have are no part of its columns, so each row needs its own basis.
    each = np.where(present[..., None], np.broadcast_to(x, (*present.shape, x.shape[-1])), 0.0)
    q, r = np.linalg.qr(each)
    size = np.linalg.norm(each, axis=1)
    bad = np.abs(np.diagonal(r, axis1=1, axis2=2)) <= _COLLINEAR * np.where(size > 0, size, 1.0)
    return Basis(q, r), bad.any(axis=1)


def row_sum(a: Floats) -> Floats:
    """Sum of each row; a matrix product is several times faster than a sum along short rows."""
    return np.asarray(a.sum(axis=1) if len(a) < 32 else a @ np.ones(a.shape[1]))


def row_dot(a: Floats, b: Floats) -> Floats:
    """Scalar product of each pair of rows."""
    return np.asarray(np.vecdot(a, b))


def inverse(gram: Floats) -> Floats:
    """Inverse of each (p, p) matrix; NaN where there is none, which the caller may warn of."""
    if gram.shape[-1] == 1:
        return np.asarray(1 / gram)
    try:
        return np.asarray(np.linalg.inv(gram))
    except np.linalg.LinAlgError:
        determinant = np.linalg.det(gram)
        singular = ~(np.abs(determinant) > 0)
        safe = np.where(singular[:, None, None], np.eye(gram.shape[-1]), gram)
        return np.where(singular[:, None, None], np.nan, np.linalg.inv(safe))
