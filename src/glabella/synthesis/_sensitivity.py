"""What one study, or the order of studies, does to a pooled effect: everything refitted in one batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._design import Design, columns, inverse
from glabella.synthesis._numbers import check_effects, numbers
from glabella.synthesis._pool import Method, Pooled, Test, pool

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Influence:
    """What each of ``k`` studies does to the fit; all arrays have shape (k,), ``dfbetas`` (k, p).

    Attributes
    ----------
    rstudent : ndarray
        Residual from the fit without the study, standardised.
    dffits, cook_d : ndarray
        Change of the study's fitted effect, and of all coefficients, in standard errors.
    cov_ratio : ndarray
        Determinant of the coefficients' covariance without the study, against with it.
    tau2_deleted, q_deleted : ndarray
        τ² and Q without the study.
    hat, weight : ndarray
        Diagonal of the hat matrix, and weight in percent.
    dfbetas : ndarray
        Change of each coefficient, in standard errors.
    q_contribution, effect_change : ndarray
        Baujat's axes: the study's squared Pearson residual, and the squared change of its fitted effect.
    """

    rstudent: Floats
    dffits: Floats
    cook_d: Floats
    cov_ratio: Floats
    tau2_deleted: Floats
    q_deleted: Floats
    hat: Floats
    weight: Floats
    dfbetas: Floats
    q_contribution: Floats
    effect_change: Floats

    def table(self) -> pl.DataFrame:
        """Give one row a study."""
        import polars as pl

        names = [name for name in self.__slots__ if name != "dfbetas"]
        betas = {f"dfbetas{j}" if self.dfbetas.shape[1] > 1 else "dfbetas": each
                 for j, each in enumerate(self.dfbetas.T)}  # fmt: skip
        return pl.DataFrame({**{name: getattr(self, name) for name in names}, **betas})

    def __str__(self) -> str:
        """Print one line a study."""
        return str(self.table())


def leave_one_out(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    mods: ArrayLike | Design | None = None,
    method: Method = "REML",
    test: Test = "knha",
    level: float = 0.95,
) -> Pooled:
    """Pool without each study in turn.

    Parameters
    ----------
    yi, vi, mods, method, test, level
        As for :func:`pool`; ``yi`` and ``vi`` of shape (k,).

    Returns
    -------
    Pooled
        A batch of ``k``; row ``i`` lacks study ``i``.

    Raises
    ------
    ValueError
        As :func:`pool`, or with fewer than two studies.

    Examples
    --------
    >>> leave_one_out([0.1, 0.4, 0.8], [0.04, 0.05, 0.09]).estimate.round(2)
    array([0.55, 0.41, 0.23])
    """
    y, v = _one(yi, vi, 2)
    keep = ~np.eye(len(y), dtype=bool)
    return pool(
        np.where(keep, y, np.nan), np.where(keep, v, np.nan), mods=mods, method=method, test=test, level=level
    )


def cumulative(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    order: ArrayLike | None = None,
    method: Method = "REML",
    test: Test = "knha",
    level: float = 0.95,
) -> Pooled:
    """Pool the first study, the first two, and so on.

    Parameters
    ----------
    yi, vi, method, test, level
        As for :func:`pool`; ``yi`` and ``vi`` of shape (k,).
    order : array_like of shape (k,), optional
        Numbers or dates to sort the studies by, such as years (also as text: ``"2001"``, ``"2001-05-31"``), none
        missing; as given when left out.

    Returns
    -------
    Pooled
        A batch of ``k``; row ``i`` holds the first ``i + 1`` studies. The first row is the study itself and says
        in ``reason`` that it is alone.

    Examples
    --------
    >>> cumulative([0.1, 0.4, 0.8], [0.04, 0.05, 0.09], order=[2001, 2005, 2003]).k
    array([1, 2, 3])
    """
    y, v = _one(yi, vi, 1)
    if order is not None:
        place = np.argsort(_sortable(order, y.shape), kind="stable")
        y, v = y[place], v[place]
    keep = np.tri(len(y), dtype=bool)
    return pool(np.where(keep, y, np.nan), np.where(keep, v, np.nan), method=method, test=test, level=level)


def _sortable(order: ArrayLike, shape: tuple[int, ...]) -> NDArray[Any]:
    """Read what studies are sorted by: numbers, or dates."""
    try:
        by = np.array(order, dtype=object)
        if np.ma.isMaskedArray(order):
            by[np.ma.getmaskarray(order)] = None
    except ValueError as error:
        raise ValueError(f"order is not a list of numbers or dates: {error}") from error
    if by.shape != shape:
        raise ValueError(f"order has shape {by.shape}, expected {shape}")
    for row, value in enumerate(by):
        # NaN and NaT alone differ from themselves; pandas.NA is known by its type's name.
        if value is None or type(value).__name__ in ("NAType", "NaTType") or value != value or value == "":
            raise ValueError(f"order is {value!r} in row {row + 1}, expected a number or a date")
    for kind in (float, "datetime64[us]"):
        try:
            return by.astype(kind)
        except (TypeError, ValueError, OverflowError):
            continue
    raise ValueError(f"order is {by[0]!r}, {by[-1]!r} and so on, expected numbers throughout, or dates")


def influence(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    mods: ArrayLike | Design | None = None,
    method: Method = "REML",
    test: Test = "z",
) -> Influence:
    """Tell what each study does to the fit.

    Parameters
    ----------
    yi, vi, mods, method, test
        As for :func:`pool`; ``yi`` and ``vi`` of shape (k,).

    Returns
    -------
    Influence
        Rows that cannot be refitted without their study are NaN.

    References
    ----------
    Viechtbauer W, Cheung MW-L. Res Synth Methods 2010;1:112-125. Baujat B et al. Stat Med 2002;21:2641-2652.

    Examples
    --------
    >>> influence([0.1, 0.4, 0.8], [0.04, 0.05, 0.09]).hat.round(2)
    array([0.39, 0.35, 0.25])
    """
    y, v = _one(yi, vi, 3)
    found = columns(mods, y.shape)
    x = np.ones((len(y), 1)) if found is None else found.matrix
    whole = pool(y, v, mods=mods, method=method, test=test)
    without = leave_one_out(y, v, mods=mods, method=method, test=test)
    beta = np.atleast_1d(whole.estimate)
    deleted = without.estimate.reshape(len(y), -1)
    tau2 = without.tau2
    hat = np.einsum("ki,ij,kj->k", x, _unscaled(x, v, whole.tau2), x) / (v + whole.tau2)
    fitted, fitted_deleted = x @ beta, np.einsum("ki,ki->k", x, deleted)
    variance_deleted = np.einsum("ki,kij,kj->k", x, without.vcov, x)
    change = beta - deleted
    # Standard errors of the whole set at the τ² that is found without the study.
    own = np.stack([np.diag(_unscaled(x, v, each)) if np.isfinite(each) else np.full(x.shape[1], np.nan)
                    for each in tau2])  # fmt: skip
    scale = whole.vcov[0, 0] / _unscaled(x, v, whole.tau2)[0, 0]
    with np.errstate(invalid="ignore"):
        # NaN where the rest cannot be fitted.
        size = np.linalg.det(without.vcov)
    return Influence(
        rstudent=(y - fitted_deleted) / np.sqrt(variance_deleted + v + tau2),
        dffits=(fitted - fitted_deleted) / np.sqrt(scale * hat * (tau2 + v)),
        cook_d=np.einsum("ki,ij,kj->k", change, np.linalg.inv(whole.vcov), change),
        cov_ratio=size / np.linalg.det(whole.vcov),
        tau2_deleted=tau2,
        q_deleted=without.q,
        hat=hat,
        weight=np.asarray(whole.weights),
        dfbetas=change / np.sqrt(scale * own),
        q_contribution=(y - fitted) ** 2 / (v + whole.tau2),
        effect_change=(fitted - fitted_deleted) ** 2 / variance_deleted,
    )


def _unscaled(x: Floats, v: Floats, tau2: float) -> Floats:
    return np.asarray(inverse((x.T @ (x / (v + tau2)[:, None]))[None])[0])


def _one(yi: ArrayLike, vi: ArrayLike, least: int) -> tuple[Floats, Floats]:
    """Read one set of effects."""
    y, v = numbers(yi, "yi"), numbers(vi, "vi")
    if y.ndim != 1 or y.shape != v.shape:
        raise ValueError(f"yi has shape {y.shape} and vi {v.shape}, expected both (k,)")
    if len(y) < least:
        raise ValueError(f"k is {len(y)}, expected {least} studies or more")
    check_effects(y, v)
    return y, v
