"""Designs of meta-regressions: from a formula or an array to columns, and to a basis that is safe to invert."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._labels import cells, missing, names
from glabella.synthesis._numbers import FARTHEST, numbers

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: A column whose part that the others do not explain is smaller than this, relative to itself, is collinear.
_COLLINEAR = 1e-9
#: Coefficients that an error names.
_NAMED = 8
#: A factor of a formula that takes a column as names.
#: What stands within brackets or braces, the innermost; and signs that are arithmetic elsewhere.
_INSIDE = re.compile(r"[\w.]+\([^()]*\)|\{[^{}]*\}|`[^`]*`")
_ARITHMETIC = re.compile(r"[^\W\d]\w*\s*(\*\*|\^)\s*\d+|(?<![\w.])\d+\s*/\s*\w+")
_AS_NAMES = re.compile(r"C\(\s*(`[^`]+`|[^\W\d]\w*)\s*[,)]")


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
        intercept is there unless ``- 1`` takes it away. The first level is the first by alphabet; of a pandas
        ``Categorical`` or a polars ``Enum`` it is the first of their own order that occurs.
    data : mapping of str to array_like, or polars.DataFrame
        The columns that the formula names, one row a study.

    Raises
    ------
    ValueError
        If the formula cannot be read, has a left side, names a column that is not there, has a term that is
        constant or none at all, or meets a missing value.

    Examples
    --------
    >>> design("~ dose", {"dose": [1.0, 2.0, 4.0]}).names
    ('Intercept', 'dose')
    """
    from formulaic import model_matrix
    from pandas import DataFrame

    if not (isinstance(data, Mapping) or hasattr(data, "columns")):
        raise ValueError(f"data is {data!r}, expected a mapping of names to columns")
    known = list(data.columns if hasattr(data, "columns") else data)
    _no_arithmetic(formula)
    used = {name: _moderator(data[name], name) for name in variables(formula, known)}
    lengths = {name: len(column) for name, column in used.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"formula {formula!r}: columns differ in length, expected one for all: {lengths}")
    k = next(iter(lengths.values())) if lengths else max((len(cells(data[name])) for name in known[:1]), default=0)
    try:
        with np.errstate(all="ignore"):
            found: Any = model_matrix(_parsed(formula, known), DataFrame(used, index=range(k)), na_action="raise",
                                      context={})  # fmt: skip
    except Exception as error:
        # What a formula calls may raise anything.
        said = str(error.__cause__ or error).partition("\n")[0]
        raise ValueError(f"formula {formula!r} cannot be computed: {said}") from error
    if not found.shape[1]:
        raise ValueError(f"formula {formula!r} has no column, expected an intercept or a term")
    for term, place in found.model_spec.term_slices.items():
        if place.stop == place.start:
            alone = [name for name in _names(str(term)) if name in used and len(set(used[name])) == 1]
            what = f"{alone[0]} is {used[alone[0]][0]!r} in every row" if alone else f"{term} is constant"
            raise ValueError(
                f"formula {formula!r}: {what}, a constant that tells nothing; expected two levels or more"
            )
    return Design(np.asarray(found, dtype=float), tuple(str(name) for name in found.columns))


def _no_arithmetic(formula: str) -> None:
    """Refuse a power or a quotient of numbers, which in a formula is an interaction of a column with itself."""
    if not isinstance(formula, str):
        return
    # Within a call or braces a sign means arithmetic.
    outside, before = formula, ""
    while outside != before:
        outside, before = _INSIDE.sub(" ", outside), outside
    if found := _ARITHMETIC.search(outside):
        raise ValueError(f"formula {formula!r}: {found[0].strip()!r} is no arithmetic outside of I(...); "
                         "expected such as I(dose**2) or I(1/dose)")  # fmt: skip


def variables(formula: str, known: Collection[str]) -> dict[str, bool]:
    """Find the columns that a formula needs, and whether it takes each as names only, within ``C(...)``.

    Raises
    ------
    ValueError
        If the formula cannot be read, has a left side, or names what is neither a column nor a function.
    """
    from formulaic.transforms import TRANSFORMS

    found: dict[str, bool] = {}
    for term in _parsed(formula, known):
        for factor in term.factors:
            expression = str(factor.expr)
            if factor.eval_method.value == "literal":
                continue
            named = [expression] if factor.eval_method.value == "lookup" else _names(expression)
            for name in named:
                if name in known:
                    only = _AS_NAMES.match(expression)
                    found[name] = found.get(name, True) and only is not None and only[1].strip("`") == name
                elif name not in TRANSFORMS:
                    raise ValueError(f"formula {formula!r}: {name!r} is neither a column nor a function; "
                                     f"the columns are {list(known)}")  # fmt: skip
    return found


def _parsed(formula: str, known: Collection[str]) -> Any:
    """Read a formula of one side and one part."""
    from formulaic import Formula, SimpleFormula

    if not isinstance(formula, str):
        raise ValueError(f"formula is {formula!r}, expected a text such as '~ dose + alloc'")
    try:
        # The dot stands for all columns.
        found = Formula.from_spec(formula, context={"__formulaic_variables_available__": list(known)})
    except Exception as error:
        # Of the parser, or a SyntaxError; its messages mark the place between brackets, in colours of a terminal.
        marked = re.search("⧛(.*?)⧚", re.sub("\x1b\\[[0-9;]*m", "", str(error)), re.DOTALL)
        place = f" at {marked[1]!r}" if marked else ""
        raise ValueError(f"formula {formula!r} cannot be read{place}, expected such as '~ dose + alloc'") from error
    if not isinstance(found, SimpleFormula):
        what = (
            "a left side, expected only what stands right of '~'"
            if hasattr(found, "lhs")
            else "parts, expected no '|'"
        )
        raise ValueError(f"formula {formula!r} has {what}: effects are given by themselves")
    return found


def _names(expression: str) -> list[str]:
    """Find the names in an expression; backticks hold a column's."""
    quoted = re.findall("`([^`]+)`", expression)
    try:
        tree = ast.parse(re.sub("`[^`]+`", "0", expression), mode="eval")
    except SyntaxError:
        return quoted
    return [*quoted, *dict.fromkeys(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))]


def _moderator(values: Any, name: str) -> Any:
    """Take a column of numbers, of true and false, or of names in their order."""
    from pandas import Categorical

    found = cells(values)
    for row, value in enumerate(found):
        if missing(value):
            raise ValueError(f"{name} is missing in row {row + 1}, expected a value")
    dtype: Any = getattr(values, "dtype", None)
    if type(dtype).__name__ in ("CategoricalDtype", "Enum"):
        there = set(found)
        return Categorical(found, categories=[level for level in dtype.categories if level in there])
    kinds = {bool if isinstance(value, bool | np.bool_) else isinstance(value, Real | Decimal) for value in found}
    if kinds == {bool, True}:
        raise ValueError(f"{name} holds numbers beside true and false, expected one of them")
    if kinds <= {bool} or kinds <= {True}:
        return np.array(found) if not any(isinstance(value, Decimal) for value in found) else numbers(found, name)
    return np.array(names(found, name), dtype=object)


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
        matrix = _numbers(mods)
        if matrix.ndim == 1:
            matrix = matrix[:, None]
        matrix = np.concatenate([np.ones((*matrix.shape[:-1], 1)), matrix], axis=-1)
        found = Design(matrix, ("Intercept", *(f"mods{i + 1}" for i in range(matrix.shape[-1] - 1))))
    allowed = {(shape[-1],), shape}
    if found.matrix.shape[:-1] not in allowed:
        expected = " or ".join(str((*each, "m")) for each in sorted(allowed, key=len))
        raise ValueError(f"mods has shape {found.matrix.shape}, expected {expected} for effects of shape {shape}")
    far = np.abs(found.matrix) > FARTHEST
    if (far & np.isfinite(found.matrix)).any():
        name = found.names[int(np.argwhere(far & np.isfinite(found.matrix))[0][-1])]
        raise ValueError(f"moderator {name} holds a number beyond {FARTHEST:g}, expected smaller ones")
    if found.names == ("Intercept",) and (found.matrix == 1).all():
        return None
    return found


def independent(found: Design | None, note: str = "") -> None:
    """Refuse a design of shape (k, p) that its rows cannot tell apart, naming the columns.

    Raises
    ------
    ValueError
        If there are fewer rows than columns, or a column is constant or collinear.
    """
    if found is None:
        return
    k, p = found.matrix.shape
    if k < p:
        raise ValueError(_too_few(found, k, note))
    bad: list[str] = []
    kept = np.empty((k, 0))
    for name, column in zip(found.names, found.matrix.T, strict=True):
        size = np.linalg.norm(column)
        rest = column
        # Twice, since one pass leaves what rounding puts back.
        for _ in range(2):
            rest = rest - kept @ (kept.T @ rest)
        left = np.linalg.norm(rest)
        if left > _COLLINEAR * size:
            kept = np.column_stack([kept, rest / left])
        elif (column == column[0]).all():
            bad.append(f"{name} is {column[0]:g} in every study")
        else:
            bad.append(f"{name} follows from the columns before it")
    if bad:
        raise ValueError(f"moderators that are constant or collinear: {'; '.join(bad)} "
                         f"(k = {k}, {p} coefficients{note})")  # fmt: skip


def _too_few(found: Design, k: int, note: str = "") -> str:
    p = len(found.names)
    shown = ", ".join(found.names[:_NAMED]) + f" and {p - _NAMED} more" * (p > _NAMED)
    return (f"{p} coefficients{note} for {k} {'study' if k == 1 else 'studies'} ({shown}), "
            "expected as many studies or more")  # fmt: skip


def _numbers(mods: ArrayLike) -> Floats:
    """Read moderators that are numbers; names are for formulas."""
    if isinstance(mods, str):
        raise ValueError(f"mods is the text {mods!r}, expected numbers or design({mods!r}, data)")
    words = [value for value in cells(mods) if isinstance(value, str)] if _may_hold_words(mods) else []
    if words:
        raise ValueError(
            f"mods holds {words[0]!r}, expected numbers, or design('~ name', {{'name': mods}}) for names"
        )
    return numbers(mods, "mods")


def _may_hold_words(mods: Any) -> bool:
    return getattr(getattr(mods, "dtype", None), "kind", "O") not in "biuf"


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
    k, p = x.shape[-2:]
    if k < p:
        if x.ndim == 2:
            raise ValueError(_too_few(found, k))
        return Basis(np.zeros(x.shape), np.broadcast_to(np.eye(p), (len(x), p, p))), np.ones(len(x), dtype=bool)
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
