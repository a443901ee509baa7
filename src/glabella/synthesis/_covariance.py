"""Sampling covariances of effects that share people: several outcomes of a study, or arms with one control."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._labels import codes
from glabella.synthesis._numbers import HUGE, number, numbers

Floats = NDArray[np.float64]
Ints = NDArray[np.int_]


def sampling_covariance(vi: ArrayLike, cluster: ArrayLike, rho: float) -> Floats:
    """Build a sampling covariance with one correlation within each cluster, as of time points of the same people.

    Parameters
    ----------
    vi : array_like of shape (k,)
        Sampling variances.
    cluster : array_like of shape (k,)
        Rows with the same label are correlated.
    rho : float
        The correlation.

    Returns
    -------
    ndarray of shape (k, k)
        ``rho * sqrt(vi[i] * vi[j])`` within a cluster, 0 between clusters, ``vi`` on the diagonal.

    Raises
    ------
    ValueError
        If shapes differ, a variance is not above zero, or no such correlation is possible in the largest cluster.

    References
    ----------
    Gleser LJ, Olkin I. Stochastically dependent effect sizes. In: Cooper H, Hedges LV, Valentine JC (eds). The
    handbook of research synthesis and meta-analysis, 2nd ed. Russell Sage Foundation 2009:357-376.

    Examples
    --------
    >>> sampling_covariance([0.04, 0.09, 0.01], ["a", "a", "b"], 0.5).tolist()
    [[0.04, 0.03, 0.0], [0.03, 0.09, 0.0], [0.0, 0.0, 0.01]]
    """
    v = checked_variances(vi)
    groups = codes(cluster, "cluster", len(v))
    largest = int(np.bincount(groups).max())
    least = -1 / (largest - 1) if largest > 1 else -1.0
    if not least < number(rho, "rho") < 1:
        raise ValueError(
            f"rho is {rho}, expected above {least:g} and below 1: the largest cluster has {largest} rows"
        )
    root = np.sqrt(v)
    together = groups[:, None] == groups
    covariance = np.where(together, rho * root[:, None] * root, 0.0)
    np.fill_diagonal(covariance, v)
    return covariance


def shared_control_covariance(
    measure: Literal["OR", "RR", "RD", "MD", "SMD"],
    vi: ArrayLike,
    cluster: ArrayLike,
    *,
    pooled: Literal["pair", "trial"] = "pair",
    **control: ArrayLike,
) -> Floats:
    r"""Build the sampling covariance of multi-arm trials whose arms are compared with one control.

    Two comparisons j and l with the same control share its sampling error, so that their covariance is the
    control's part of the variance: :math:`1/c + 1/d` for the log odds ratio, :math:`1/c - 1/n_2` for the log risk
    ratio, :math:`cd/n_2^3` for the risk difference, :math:`s_2^2/n_2` for the mean difference. For the standardised
    mean difference it is :math:`1/n_2 + g_j g_l/(2N)`, N the patients of all arms, if each was divided by the
    standard deviation of all arms (Gleser and Olkin). If each was divided by that of its own two arms, as by
    :func:`effect_size`, only the control's part of it is shared (by the delta method):
    :math:`1/n_2 + g_j g_l n_2 / (2(n_{1j}+n_2)(n_{1l}+n_2))`.

    Parameters
    ----------
    measure : {"OR", "RR", "RD", "MD", "SMD"}
        What ``vi`` are variances of; ``OR`` and ``RR`` on the log scale.
    vi : array_like of shape (k,)
        Sampling variances; they stay the diagonal.
    cluster : array_like of shape (k,)
        Rows with the same label share a control.
    pooled : {"pair", "trial"}
        For ``SMD``: standard deviation of the two arms compared, or of all arms.
    **control : array_like of shape (k,)
        The control, repeated in each row: counts ``ci`` with ``di`` or ``n2i``, none of them zero (with the
        correction for empty cells, if one was used); for ``MD`` ``sd2i`` and ``n2i``; for ``SMD`` ``n2i``, with the
        effects ``yi`` and the other arm's ``n1i``.

    Returns
    -------
    ndarray of shape (k, k)

    Raises
    ------
    ValueError
        If a column is missing, unknown, of another length or not above zero, or rows of a cluster do not have the
        same control.

    References
    ----------
    Gleser LJ, Olkin I. Stochastically dependent effect sizes. In: Cooper H, Hedges LV, Valentine JC (eds). The
    handbook of research synthesis and meta-analysis, 2nd ed. Russell Sage Foundation 2009:357-376.

    Examples
    --------
    >>> shared_control_covariance("MD", [0.5, 0.6], ["a", "a"], sd2i=[2, 2], n2i=[20, 20]).tolist()
    [[0.5, 0.2], [0.2, 0.6]]
    """
    v = checked_variances(vi)
    groups = codes(cluster, "cluster", len(v))
    needs = {"OR": ("ci", "di"), "RR": ("ci", "di"), "RD": ("ci", "di"), "MD": ("sd2i", "n2i"),
             "SMD": ("yi", "n1i", "n2i")}  # fmt: skip
    if not isinstance(measure, str) or measure not in needs:
        raise ValueError(f"unknown measure {measure!r}; expected one of {', '.join(needs)}")
    if pooled not in ("pair", "trial"):
        raise ValueError(f"unknown pooled {pooled!r}; expected pair or trial")
    need = needs[measure]
    if need == ("ci", "di") and "di" not in control:
        need = ("ci", "n2i")
    if wrong := sorted(set(control) ^ set(need)):
        raise ValueError(f"column {wrong[0]!r} is {'unknown' if wrong[0] in control else 'missing'}; "
                         f"expected {', '.join(need)}")  # fmt: skip
    given = {name: numbers(column, name) for name, column in control.items()}
    for name, column in given.items():
        if column.shape != v.shape:
            raise ValueError(f"{name} has shape {column.shape}, expected {v.shape} as vi has")
        # Squares and cubes of these are taken; NaN is in no range.
        within = (np.abs(column) <= HUGE) & ((column >= 1 / HUGE) | (name == "yi"))
        if not within.all():
            row = int(np.flatnonzero(~within)[0])
            raise ValueError(f"{name} is {column[row]} in row {row + 1}, expected a finite number"
                             f"{'' if name == 'yi' else ' above 0'}, of a size up to {HUGE:g}")  # fmt: skip
        if name not in ("yi", "n1i"):
            first = np.unique(groups, return_index=True)[1][groups]
            differs = column != column[first]
            if differs.any():
                row = int(np.flatnonzero(differs)[0])
                raise ValueError(f"{name} is {column[row]:g} in row {row + 1} and {column[first[row]]:g} in row "
                                 f"{first[row] + 1} of the same cluster, expected one control")  # fmt: skip
    if need == ("ci", "n2i"):
        given["di"] = given["n2i"] - given["ci"]
        if (given["di"] <= 0).any():
            row = int(np.flatnonzero(given["di"] <= 0)[0])
            raise ValueError(f"ci is {given['ci'][row]:g} in row {row + 1}, expected below n2i")
    shared = _control_part(measure, pooled, groups, given)
    covariance = np.where(groups[:, None] == groups, shared, 0.0)
    np.fill_diagonal(covariance, 0.0)
    beyond = covariance > np.sqrt(v)[:, None] * np.sqrt(v)
    if beyond.any():
        row, other = np.argwhere(beyond)[0]
        raise ValueError(f"vi is {v[row]:g} in row {row + 1}, less than what the shared control alone varies "
                         f"({covariance[row, other]:.4g}); expected a variance, not a standard error")  # fmt: skip
    np.fill_diagonal(covariance, v)
    return covariance


def _control_part(measure: str, pooled: str, groups: Ints, given: dict[str, Floats]) -> Floats:
    """Covariance of each pair of rows, were they of the same cluster; of shape (k, k) or (k,)."""
    if measure == "MD":
        return given["sd2i"] ** 2 / given["n2i"]
    if measure == "SMD":
        g, n1, n2 = given["yi"], given["n1i"], given["n2i"]
        if pooled == "trial":
            total = n2 + np.bincount(groups, weights=n1)[groups]
            return np.asarray(1 / n2 + g[:, None] * g / (2 * total))
        part = g / (n1 + n2)
        return np.asarray(1 / n2 + part[:, None] * part * n2 / 2)
    c, d = given["ci"], given["di"]
    if measure == "OR":
        return 1 / c + 1 / d
    return 1 / c - 1 / (c + d) if measure == "RR" else c * d / (c + d) ** 3


def checked_variances(vi: ArrayLike) -> Floats:
    v = numbers(vi, "vi")
    if v.ndim != 1 or v.size == 0:
        raise ValueError(f"vi has shape {v.shape}, expected (k,)")
    wrong = ~(np.isfinite(v) & (v > 0))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"vi is {v[row]} in row {row + 1}, expected a variance above 0")
    return v
