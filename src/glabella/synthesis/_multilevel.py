"""Dependent effects: nested random effects, several outcomes or time points a study, known sampling covariances."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._covariance import checked_variances
from glabella.synthesis._design import Design, basis, columns, independent
from glabella.synthesis._labels import nested_codes, outcome_codes
from glabella.synthesis._multilevel_likelihood import check_definite, check_separable, evaluate, independent_groups
from glabella.synthesis._multilevel_search import search, starts_of
from glabella.synthesis._multilevel_structure import STRUCTS, Model, Struct
from glabella.synthesis._numbers import check_effects, check_level, numbers

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Multilevel:
    """A multilevel or multivariate meta-analysis.

    Attributes
    ----------
    estimate, se, statistic, p_value, ci_low, ci_high : float, or ndarray of shape (p,) with moderators
        The mean effect or the coefficients, their tests and confidence intervals.
    vcov : ndarray of shape (p, p)
        Covariance of the coefficients.
    sigma2 : ndarray
        Variances, named by ``components``: one a cluster; in place of the first cluster's, with outcomes, one for
        all of them (``CS``, ``AR``) or one each (``HCS``, ``UN``).
    rho : ndarray
        Correlations of outcomes within the first cluster, named by ``correlations``: none, one, or with ``UN`` one
        a pair. NaN where a variance is zero, so that there is nothing to correlate.
    components, correlations : tuple of str
        Names.
    levels : tuple of int
        How many distinct groups each of ``components`` has.
    log_likelihood : float
        Restricted for REML, full otherwise.
    q, q_df, q_p : float, int, float
        Residual heterogeneity, with the sampling (co)variances alone.
    qm, qm_df, qm_p : float, int, float
        Test of all coefficients but the intercept (F where the test is by t, else chi-squared); NaN without them.
    k : int
        Effects.
    converged : bool
        Whether the maximum of the likelihood was found.
    names : tuple of str
        Coefficients.
    struct, method, test, level : str or None, str, str, float
        As asked; ``struct`` is None without outcomes.
    """

    estimate: Any
    se: Any
    statistic: Any
    p_value: Any
    ci_low: Any
    ci_high: Any
    vcov: Floats
    sigma2: Floats
    rho: Floats
    components: tuple[str, ...]
    correlations: tuple[str, ...]
    levels: tuple[int, ...]
    log_likelihood: float
    q: float
    q_df: int
    q_p: float
    qm: float
    qm_df: int
    qm_p: float
    k: int
    converged: bool
    names: tuple[str, ...]
    struct: Struct | None
    method: Literal["REML", "ML"]
    test: Literal["z", "t"]
    level: float

    @property
    def aic(self) -> float:
        """Akaike's criterion; counts the coefficients, variances and correlations."""
        return -2 * self.log_likelihood + 2 * (len(self.names) + len(self.sigma2) + len(self.rho))

    def table(self) -> pl.DataFrame:
        """Give one row a coefficient."""
        import polars as pl

        shown = ("estimate", "se", "statistic", "p_value", "ci_low", "ci_high")
        return pl.DataFrame(
            {"coefficient": list(self.names), **{name: np.atleast_1d(getattr(self, name)) for name in shown}}
        )

    def __str__(self) -> str:
        """Print as analysts know it."""
        from glabella.synthesis._report import coefficients, p_text

        kind = "Multilevel model" if self.struct is None else f"Multivariate model ({self.struct})"
        lines = [f"{kind}; k = {self.k}; method: {self.method}; test: {self.test}", ""]
        if not self.converged:
            lines.append("The likelihood's maximum was not found: do not use these numbers.")
        width = max(len(name) for name in (*self.components, *self.correlations))
        for name, value, groups in zip(self.components, self.sigma2, self.levels, strict=True):
            lines.append(f"sigma^2  {name:{width}} {value:9.4f}  sqrt {np.sqrt(value):8.4f}  groups {groups}")
        for name, value in zip(self.correlations, self.rho, strict=True):
            lines.append(f"rho      {name:{width}} {value:9.4f}")
        what = "Residual heterogeneity" if len(self.names) > 1 else "Heterogeneity"
        lines += ["", f"{what}: Q({self.q_df}) = {self.q:.4f}, p {p_text(self.q_p)}"]
        if not np.isnan(self.qm):
            lines.append(f"Moderators: {'QM' if self.test == 'z' else 'F'} = {self.qm:.4f}, p {p_text(self.qm_p)}")
        return "\n".join([*lines, "", *coefficients(self.names, self, self.test)])


def pool_multilevel(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    clusters: Mapping[str, ArrayLike],
    outcome: ArrayLike | None = None,
    struct: Struct = "CS",
    mods: ArrayLike | Design | None = None,
    method: Literal["REML", "ML"] = "REML",
    test: Literal["z", "t"] = "z",
    level: float = 0.95,
) -> Multilevel:
    r"""Pool ``k`` effects that depend on each other.

    The model is :math:`y = X\beta + \sum_c Z_c u_c + e`, with :math:`u_c \sim N(0, \sigma^2_c I)` for each cluster
    and :math:`e \sim N(0, V)` with ``V`` known. With ``outcome`` the first cluster's effects are a vector, one
    entry an outcome, with a covariance of the form ``struct`` instead of one variance.

    Parameters
    ----------
    yi : array_like of shape (k,)
        Effects.
    vi : array_like of shape (k,) or (k, k)
        Sampling variances, or their covariance (:func:`sampling_covariance`, :func:`shared_control_covariance`).
    clusters : mapping of str to array_like of shape (k,)
        Group labels, the outermost first, such as ``{"study": studies, "estimate": rows}``. Each is nested in those
        before it: equal labels in two studies are two groups.
    outcome : array_like of shape (k,), optional
        Which outcome or time point of its first cluster a row is about. To give each its own mean, pass
        ``mods=design("~ outcome - 1", ...)``.
    struct : {"CS", "HCS", "UN", "AR"}
        Compound symmetry (one variance, one correlation); the same with a variance for each outcome; unstructured;
        or autoregressive, where the correlation is ``rho`` to the power of how many steps two outcomes are apart in
        the sorted labels (as with the program metafor, steps count as equal however far apart the labels are).
    mods : array_like of shape (k,) or (k, m), or Design, optional
        Moderators. An array gets an intercept; a :func:`design` is taken as it is.
    method : {"REML", "ML"}
        Restricted or full maximum likelihood.
    test : {"z", "t"}
        Normal quantiles, or t with k minus p degrees of freedom.
    level : float
        Of every interval.

    Returns
    -------
    Multilevel

    Raises
    ------
    ValueError
        If shapes differ, a value is missing or not finite, a variance is not above zero, the covariance is not
        symmetric and positive definite, moderators are constant or collinear, or the data cannot tell two
        variances or correlations apart.

    References
    ----------
    Konstantopoulos S. Res Synth Methods 2011;2:61-76 (three levels). Berkey CS, Hoaglin DC, Antczak-Bouckoms A,
    Mosteller F, Colditz GA. Stat Med 1998;17:2537-2550 (outcomes). Ishak KJ, Platt RW, Joseph L, Hanley JA, Caro
    JJ. Clin Trials 2007;4:525-539 (time points). Harville DA. J Am Stat Assoc 1977;72:320-338 (REML).

    Examples
    --------
    >>> fit = pool_multilevel([0.2, 0.4, 0.9, 0.7, 0.1, 0.3], [0.02] * 6,
    ...                       clusters={"study": [1, 1, 2, 2, 3, 3], "estimate": range(6)})
    >>> fit.components, fit.sigma2.round(4).tolist()
    (('study', 'estimate'), [0.0933, 0.0])
    """
    from scipy.special import chdtrc, fdtrc, ndtr, ndtri, stdtr, stdtrit

    for name, asked, known in (("method", method, ("REML", "ML")), ("test", test, ("z", "t")),
                               ("struct", struct, STRUCTS)):  # fmt: skip
        if asked not in known:
            raise ValueError(f"unknown {name} {asked!r}; expected one of {', '.join(known)}")
    check_level(level)
    y, v = _read(yi, vi)
    k = len(y)
    found = columns(mods, y.shape)
    full = found if found is not None else Design(np.ones((k, 1)), ("Intercept",))
    if not np.isfinite(full.matrix).all():
        row, column = np.argwhere(~np.isfinite(full.matrix))[0]
        raise ValueError(f"moderator {full.names[column]} is {full.matrix[row, column]} in row {row + 1}, "
                         "expected a finite number")  # fmt: skip
    p = len(full.names)
    if k <= p:
        raise ValueError(f"there are {k} effects for {p} coefficients, expected more effects than coefficients")
    span, collinear = basis(full, np.ones((1, k), dtype=bool))
    if collinear.any() or span.q is None:
        independent(full)
        raise ValueError("mods has columns that are constant or collinear, expected independent ones")
    layers = nested_codes(clusters, k)
    labels, outcomes = (None, ()) if outcome is None else outcome_codes(outcome, k)
    model = Model.of(tuple(layers), struct if outcomes else None, outcomes)

    # On a scale on which effects scatter by about one, the optimiser's steps and limits fit any data.
    residual = y - span.q @ (span.q.T @ y)
    diagonal = v if v.ndim == 1 else np.diagonal(v)
    spread = float(residual @ residual) / (k - p)
    unit = math.sqrt(max(spread, 1 / float(np.mean(1 / diagonal))))
    groups = independent_groups(y / unit, span.q, v / unit**2, list(layers.values()), labels, model)
    check_definite(groups)
    restricted = method == "REML"
    share = max(spread - float(diagonal.mean()), 0.1 * spread, 0.1 * float(diagonal.mean())) / unit**2
    starts = starts_of(model, share)
    check_separable(groups, model, starts[0])
    theta, settled = search(groups, model, restricted, starts)

    fit = evaluate(groups, model, theta, restricted)
    back = np.linalg.inv(span.r)
    beta, vcov = unit * (back @ fit.beta), unit**2 * (back @ fit.cov @ back.T)
    se: Floats = np.sqrt(np.diagonal(vcov))
    df = k - p
    statistic = beta / se
    tail = 0.5 + level / 2
    critical = float(stdtrit(df, tail)) if test == "t" else float(ndtri(tail))
    p_value = 2 * (stdtr(df, -np.abs(statistic)) if test == "t" else ndtr(-np.abs(statistic)))
    q = evaluate(groups, model, np.zeros(model.size), restricted).q
    qm, qm_df, qm_p = np.nan, 0, np.nan
    tested = [i for i, name in enumerate(full.names) if name != "Intercept"]
    if found is not None and tested:
        qm_df = len(tested)
        qm = float(beta[tested] @ np.linalg.solve(vcov[np.ix_(tested, tested)], beta[tested]))
        if test == "t":
            qm /= qm_df
        qm_p = float(fdtrc(qm_df, df, qm) if test == "t" else chdtrc(qm_df, qm))
    sigma2, rho = model.named(theta)

    def shown(values: Floats) -> Any:
        """Drop the coefficient's axis where there is only the mean."""
        return float(values[0]) if found is None else values

    counts = [int(layer.max()) + 1 for layer in layers.values()]
    if labels is not None:
        first = next(iter(layers.values()))
        if model.struct in ("HCS", "UN"):
            counts[:1] = [len(np.unique(first[labels == j])) for j in range(len(outcomes))]
    constant = (k - p * restricted) * (0.5 * np.log(2 * np.pi) + np.log(unit))
    return Multilevel(
        estimate=shown(beta),
        se=shown(se),
        statistic=shown(statistic),
        p_value=shown(np.asarray(p_value)),
        ci_low=shown(beta - critical * se),
        ci_high=shown(beta + critical * se),
        vcov=vcov,
        sigma2=sigma2 * unit**2,
        rho=rho,
        components=model.components,
        correlations=model.correlations,
        levels=tuple(counts),
        log_likelihood=float(-fit.value - constant),
        q=q,
        q_df=df,
        q_p=float(chdtrc(df, q)),
        qm=qm,
        qm_df=qm_df,
        qm_p=qm_p,
        k=k,
        converged=settled,
        names=full.names,
        struct=model.struct,
        method=method,
        test=test,
        level=level,
    )


def _read(yi: ArrayLike, vi: ArrayLike) -> tuple[Floats, Floats]:
    y, v = numbers(yi, "yi"), numbers(vi, "vi")
    if y.ndim != 1 or v.shape not in (y.shape, 2 * y.shape):
        raise ValueError(f"yi has shape {y.shape} and vi {v.shape}, expected (k,) and (k,) or (k, k)")
    if y.size == 0:
        raise ValueError("nothing to pool: no effect was given")
    if not np.isfinite(y).all():
        row = int(np.flatnonzero(~np.isfinite(y))[0])
        raise ValueError(f"yi is {y[row]} in row {row + 1}, expected a finite effect")
    check_effects(y, checked_variances(v if v.ndim == 1 else np.diagonal(v)))
    if v.ndim == 2:
        # Rounded input is symmetric to its last digits only.
        limit = 1e-8 * np.sqrt(np.outer(np.diagonal(v), np.diagonal(v)))
        wrong = ~(np.abs(v - v.T) <= limit)
        if wrong.any():
            i, j = np.argwhere(wrong)[0]
            raise ValueError(f"vi is {v[i, j]} in row {i + 1}, column {j + 1} and {v[j, i]} in row {j + 1}, "
                             f"column {i + 1}, expected a symmetric covariance")  # fmt: skip
        v = (v + v.T) / 2
    return y, v
