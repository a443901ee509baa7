"""Dependent effects: nested random effects, several outcomes or time points a study, known sampling covariances."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._design import Design, basis, columns

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Ints = NDArray[np.int_]
Struct = Literal["CS", "HCS", "UN", "AR"]
STRUCTS = ("CS", "HCS", "UN", "AR")

#: Below this an eigenvalue of the information (scaled to ones on its diagonal) means that nothing tells two apart.
_INSEPARABLE = 1e-9
#: Largest derivative of the log-likelihood, by parameters of order one, at which the maximum counts as found.
_SETTLED = 1e-6
#: Distance to a bound, on the same scale, at which the bound itself is tried.
_NEAR = 1e-5
_NEWTON_ROUNDS = 40


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
    if not 0 < level < 1:
        raise ValueError(f"level is {level}, expected between 0 and 1")
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
        raise ValueError("mods has columns that are constant or collinear, expected independent ones")
    layers = _nested(clusters, k)
    labels, outcomes = (None, ()) if outcome is None else _outcomes(outcome, k)
    model = _Model.of(tuple(layers), struct if outcomes else None, outcomes)

    # On a scale on which effects scatter by about one, the optimiser's steps and limits fit any data.
    residual = y - span.q @ (span.q.T @ y)
    diagonal = v if v.ndim == 1 else np.diagonal(v)
    spread = float(residual @ residual) / (k - p)
    unit = math.sqrt(max(spread, 1 / float(np.mean(1 / diagonal))))
    groups = _groups(y / unit, span.q, v / unit**2, list(layers.values()), labels, model)
    _check_definite(groups)
    restricted = method == "REML"
    share = max(spread - float(diagonal.mean()), 0.1 * spread, 0.1 * float(diagonal.mean())) / unit**2
    starts = _starts(model, share)
    _check_separable(groups, model, starts[0])
    theta, settled = _maximise(groups, model, restricted, starts)

    fit = _evaluate(groups, model, theta, restricted)
    back = np.linalg.inv(span.r)
    beta, vcov = unit * (back @ fit.beta), unit**2 * (back @ fit.cov @ back.T)
    se: Floats = np.sqrt(np.diagonal(vcov))
    df = k - p
    statistic = beta / se
    tail = 0.5 + level / 2
    critical = float(stdtrit(df, tail)) if test == "t" else float(ndtri(tail))
    p_value = 2 * (stdtr(df, -np.abs(statistic)) if test == "t" else ndtr(-np.abs(statistic)))
    q = _evaluate(groups, model, np.zeros(model.size), restricted).q
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
    v = _variances(vi)
    groups = codes(cluster, "cluster", len(v))
    largest = int(np.bincount(groups).max())
    least = -1 / (largest - 1) if largest > 1 else -1.0
    if not least < rho < 1:
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
    v = _variances(vi)
    groups = codes(cluster, "cluster", len(v))
    needs = {"OR": ("ci", "di"), "RR": ("ci", "di"), "RD": ("ci", "di"), "MD": ("sd2i", "n2i"),
             "SMD": ("yi", "n1i", "n2i")}  # fmt: skip
    if measure not in needs:
        raise ValueError(f"unknown measure {measure!r}; expected one of {', '.join(needs)}")
    if pooled not in ("pair", "trial"):
        raise ValueError(f"unknown pooled {pooled!r}; expected pair or trial")
    need = needs[measure]
    if need == ("ci", "di") and "di" not in control:
        need = ("ci", "n2i")
    if wrong := sorted(set(control) ^ set(need)):
        raise ValueError(f"column {wrong[0]!r} is {'unknown' if wrong[0] in control else 'missing'}; "
                         f"expected {', '.join(need)}")  # fmt: skip
    given = {name: np.asarray(column, dtype=float) for name, column in control.items()}
    for name, column in given.items():
        if column.shape != v.shape:
            raise ValueError(f"{name} has shape {column.shape}, expected {v.shape} as vi has")
        bad = ~np.isfinite(column) | ((column <= 0) & (name != "yi"))
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise ValueError(f"{name} is {column[row]} in row {row + 1}, expected a finite number"
                             f"{'' if name == 'yi' else ' above 0'}")  # fmt: skip
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


def codes(labels: ArrayLike, name: str, k: int) -> Ints:
    """Give labels numbers, from zero in order of appearance.

    Raises
    ------
    ValueError
        If there are not ``k`` of them or one is missing.
    """
    listed = _labels(labels, name, k)
    order: dict[Hashable, int] = {}
    return np.array([order.setdefault(label, len(order)) for label in listed], dtype=int)


def _labels(labels: ArrayLike, name: str, k: int) -> list[Any]:
    listed = np.asarray(labels)
    if listed.shape != (k,):
        raise ValueError(f"{name} has shape {listed.shape}, expected ({k},) as there are {k} effects")
    plain: list[Any] = listed.tolist()
    for row, label in enumerate(plain):
        # NaN is the only label that differs from itself.
        if label is None or label != label:
            raise ValueError(f"{name} is {label} in row {row + 1}, expected a label")
    return plain


def _outcomes(outcome: ArrayLike, k: int) -> tuple[Ints, tuple[str, ...]]:
    """Give outcomes numbers in the order of their sorted labels."""
    listed = _labels(outcome, "outcome", k)
    order = {label: j for j, label in enumerate(sorted(set(listed)))}
    if len(order) < 2:
        raise ValueError(f"outcome is {listed[0]!r} in every row, expected two or more outcomes")
    return np.array([order[label] for label in listed], dtype=int), tuple(str(label) for label in order)


def _nested(clusters: Mapping[str, ArrayLike], k: int) -> dict[str, Ints]:
    """Give the groups of each cluster numbers, each within the clusters before it."""
    if not clusters:
        raise ValueError("clusters is empty, expected one or more, such as {'study': labels}")
    layers: dict[str, Ints] = {}
    above = np.zeros(k, dtype=int)
    for name, labels in clusters.items():
        own = codes(labels, f"cluster {name!r}", k)
        above = np.unique(above * k + own, return_inverse=True)[1].reshape(k)
        layers[name] = above
        if above.max() == 0:
            raise ValueError(f"cluster {name!r} has one group, expected two or more: its variance cannot be found")
    return layers


def _variances(vi: ArrayLike) -> Floats:
    v = np.asarray(vi, dtype=float)
    if v.ndim != 1 or v.size == 0:
        raise ValueError(f"vi has shape {v.shape}, expected (k,)")
    wrong = ~(np.isfinite(v) & (v > 0))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"vi is {v[row]} in row {row + 1}, expected a variance above 0")
    return v


def _read(yi: ArrayLike, vi: ArrayLike) -> tuple[Floats, Floats]:
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if y.ndim != 1 or v.shape not in (y.shape, 2 * y.shape):
        raise ValueError(f"yi has shape {y.shape} and vi {v.shape}, expected (k,) and (k,) or (k, k)")
    if y.size == 0:
        raise ValueError("nothing to pool: no effect was given")
    if not np.isfinite(y).all():
        row = int(np.flatnonzero(~np.isfinite(y))[0])
        raise ValueError(f"yi is {y[row]} in row {row + 1}, expected a finite effect")
    _variances(v if v.ndim == 1 else np.diagonal(v))
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


@dataclass(frozen=True, slots=True)
class _Model:
    """Which (co)variances there are, and how the parameters that are searched make them.

    Parameters are those of the structure, if there is one, and then a variance for each further cluster. A
    structure is searched in variance and correlation (CS, AR), standard deviations and correlation (HCS), or the
    lower triangle of a Cholesky factor (UN): all keep the covariance semi-definite, and reach zero variance and
    perfect correlation.
    """

    struct: Struct | None
    outcomes: int
    components: tuple[str, ...]
    correlations: tuple[str, ...]
    lower: Floats
    upper: Floats

    @staticmethod
    def of(clusters: tuple[str, ...], struct: Struct | None, outcomes: tuple[str, ...]) -> _Model:
        """Lay out the parameters."""
        j = len(outcomes)
        own: tuple[str, ...] = ()
        correlations: tuple[str, ...] = ()
        below: list[float] = []
        above: list[float] = []
        if struct in ("CS", "AR"):
            own, correlations = (clusters[0],), ("rho",)
            below, above = [0.0, -1 / (j - 1) if struct == "CS" else -1.0], [np.inf, 1.0]
        elif struct == "HCS":
            own, correlations = tuple(f"{clusters[0]}: {label}" for label in outcomes), ("rho",)
            below, above = [*[0.0] * j, -1 / (j - 1)], [*[np.inf] * j, 1.0]
        elif struct == "UN":
            own = tuple(f"{clusters[0]}: {label}" for label in outcomes)
            correlations = tuple(f"{a}, {b}" for a, b in combinations(outcomes, 2))
            below, above = [-np.inf] * (j * (j + 1) // 2), [np.inf] * (j * (j + 1) // 2)
        rest = clusters[1:] if struct else clusters
        return _Model(struct, j, (*own, *rest), correlations, np.array([*below, *[0.0] * len(rest)]),
                      np.array([*above, *[np.inf] * len(rest)]))  # fmt: skip

    @property
    def size(self) -> int:
        """Parameters."""
        return len(self.lower)

    @property
    def own(self) -> int:
        """Parameters of the structure."""
        if self.struct is None:
            return 0
        if self.struct == "UN":
            return self.outcomes * (self.outcomes + 1) // 2
        return self.outcomes + 1 if self.struct == "HCS" else 2

    def between(self, theta: Floats) -> tuple[Floats, Floats]:
        """Covariance of outcomes, of shape (J, J), and its derivatives by each of the structure's parameters."""
        j = self.outcomes
        eye = np.eye(j)
        if self.struct == "UN":
            at = np.tril_indices(j)
            factor = np.zeros((j, j))
            factor[at] = theta[: self.own]
            steps = np.zeros((self.own, j, j))
            steps[np.arange(self.own), at[0], at[1]] = 1.0
            half = steps @ factor.T
            return factor @ factor.T, half + np.swapaxes(half, 1, 2)
        rho = theta[self.own - 1]
        if self.struct == "AR":
            apart = np.abs(np.subtract.outer(np.arange(j), np.arange(j)))
            r, dr = rho**apart, apart * rho ** np.maximum(apart - 1, 0)
        else:
            r, dr = eye + rho * (1 - eye), 1 - eye
        if self.struct == "HCS":
            s = theta[:j]
            half = eye[:, :, None] * (s * r)[:, None, :]
            return r * np.outer(s, s), np.concatenate([half + np.swapaxes(half, 1, 2), [dr * np.outer(s, s)]])
        return theta[0] * r, np.stack([r, theta[0] * dr])

    def start(self, variances: Floats, rho: float, rest: Floats) -> Floats:
        """Parameters at which outcomes have these variances (on average, if they share one) and one correlation."""
        if self.struct is None:
            return rest
        if self.struct in ("CS", "AR"):
            own = np.array([variances.mean(), rho])
        elif self.struct == "HCS":
            own = np.array([*np.sqrt(variances), rho])
        else:
            root = np.sqrt(variances)
            j = self.outcomes
            own = np.linalg.cholesky(np.outer(root, root) * ((1 - rho) * np.eye(j) + rho))[np.tril_indices(j)]
        return np.concatenate([own, rest])

    def escapes(self, theta: Floats) -> list[Floats]:
        """Points beside one where a variance of an outcome is zero.

        There the correlation leads nowhere, so that the search may have come to rest although, with another
        correlation, the likelihood rises as the variance does.
        """
        if self.struct in (None, "UN"):
            return []
        variances = theta[: self.own - 1]
        if (variances > _NEAR).all():
            return []
        beside = []
        for rho in (0.99 * self.lower[self.own - 1], 0.99):
            tried = theta.copy()
            tried[: self.own - 1] = np.maximum(variances, 0.01)
            tried[self.own - 1] = rho
            beside.append(tried)
        return beside

    def named(self, theta: Floats) -> tuple[Floats, Floats]:
        """Variances and correlations."""
        if self.struct is None:
            return theta, np.empty(0)
        full, _ = self.between(theta)
        variances = np.diagonal(full)
        if self.struct == "UN":
            one, other = np.triu_indices(self.outcomes, 1)
            product = variances[one] * variances[other]
            varies = np.minimum(variances[one], variances[other]) > _NEAR**2
            rho = np.where(
                varies, np.clip(full[one, other] / np.sqrt(np.where(varies, product, 1.0)), -1, 1), np.nan
            )
        else:
            # One correlation is there as long as two outcomes vary.
            rho = np.array([theta[self.own - 1] if np.count_nonzero(variances) > 1 else np.nan])
        own = variances[:1] if self.struct in ("CS", "AR") else variances
        return np.concatenate([own, theta[self.own :]]), rho


@dataclass(frozen=True, slots=True)
class _Group:
    """Independent blocks of the same size, stacked: ``b`` blocks of ``n`` rows.

    ``same[c]`` marks pairs of rows in the same group of a cluster; ``pair`` is the entry of the outcomes'
    covariance that a pair of rows gets, or J² for none.
    """

    rows: Ints
    y: Floats
    x: Floats
    v: Floats
    same: Floats
    pair: Ints | None


@dataclass(frozen=True, slots=True)
class _Fit:
    """Negative log-likelihood without its constant, its gradient, and the coefficients on the basis."""

    value: float
    gradient: Floats
    beta: Floats
    cov: Floats
    q: float


def _groups(
    y: Floats, x: Floats, v: Floats, layers: list[Ints], labels: Ints | None, model: _Model
) -> list[_Group]:
    """Cut the data into independent blocks and stack those of the same size."""
    block = layers[0]
    if v.ndim == 2:
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        # A sampling covariance may tie studies together, for instance through a control they share.
        i, j = np.nonzero(v)
        count = int(block.max()) + 1
        ties = coo_array((np.ones(len(i)), (block[i], block[j])), shape=(count, count))
        block = connected_components(ties, directed=False)[1][block]
    order = np.argsort(block, kind="stable")
    sizes = np.bincount(block)
    starts = np.cumsum(sizes) - sizes
    groups = []
    for n in np.unique(sizes):
        rows = order[starts[sizes == n][:, None] + np.arange(n)]
        if v.ndim == 2:
            known = v[rows[:, :, None], rows[:, None, :]]
        else:
            known = np.zeros((len(rows), n, n))
            known[:, np.arange(n), np.arange(n)] = v[rows]
        alike = [layer[rows][:, :, None] == layer[rows][:, None, :] for layer in layers]
        pair = None
        if labels is not None:
            mine = labels[rows]
            pair = np.where(alike[0], mine[:, :, None] * model.outcomes + mine[:, None, :], model.outcomes**2)
            alike = alike[1:]
        same = np.array(alike, dtype=float).reshape(len(alike), len(rows), n, n)
        groups.append(_Group(rows, y[rows], x[rows], known, same, pair))
    return groups


def _check_definite(groups: list[_Group]) -> None:
    """Name the rows of the first block whose sampling covariance is not positive definite."""
    for group in groups:
        least = np.linalg.eigvalsh(group.v)[:, 0]
        typical = np.trace(group.v, axis1=1, axis2=2) / group.v.shape[1]
        bad = np.flatnonzero(least <= 1e-12 * typical)
        if bad.size:
            rows = ", ".join(str(row + 1) for row in np.sort(group.rows[bad[0]])[:10])
            raise ValueError(f"vi is not positive definite in rows {rows}, expected a covariance of effects that "
                             "do not determine one another")  # fmt: skip


def _derivatives(group: _Group, steps: Floats) -> Floats:
    """Differentiate the covariance of each block by each parameter; of shape (parameters, b, n, n)."""
    if group.pair is None:
        return group.same
    flat = np.concatenate([steps.reshape(len(steps), -1), np.zeros((len(steps), 1))], axis=1)
    return np.concatenate([flat[:, group.pair], group.same])


def _inverses(group: _Group, model: _Model, theta: Floats, full: Floats) -> tuple[Floats, float]:
    """Inverse covariance of each block, and the sum of log determinants."""
    m = group.v + np.einsum("c,cbij->bij", theta[model.own :], group.same)
    if group.pair is not None:
        m = m + np.append(full.ravel(), 0.0)[group.pair]
    factor = np.linalg.cholesky(m)
    half = np.linalg.inv(factor)
    return np.swapaxes(half, 1, 2) @ half, 2 * float(np.log(np.diagonal(factor, axis1=1, axis2=2)).sum())


def _evaluate(groups: list[_Group], model: _Model, theta: Floats, restricted: bool) -> _Fit:
    """Likelihood and gradient with the coefficients profiled out (Harville 1977), block by block."""
    full, steps = model.between(theta) if model.struct else (np.empty(0), np.empty(0))
    p = groups[0].x.shape[-1]
    gram, cross, square, logs = np.zeros((p, p)), np.zeros(p), 0.0, 0.0
    inverses = []
    for group in groups:
        inverse, log = _inverses(group, model, theta, full)
        ax = inverse @ group.x
        gram += np.einsum("bip,biq->pq", group.x, ax)
        cross += np.einsum("bip,bi->p", ax, group.y)
        logs += log
        inverses.append((inverse, ax))
    cov = np.linalg.inv(gram)
    cov = (cov + cov.T) / 2
    beta = cov @ cross
    gradient, outcomes = np.zeros(model.size), np.zeros(model.outcomes**2 + 1)
    for group, (inverse, ax) in zip(groups, inverses, strict=True):
        residual = group.y - group.x @ beta
        r = (inverse @ residual[..., None])[..., 0]
        square += float((residual * r).sum())
        e = inverse - r[:, :, None] * r[:, None, :]
        if restricted:
            e = e - (ax @ cov) @ np.swapaxes(ax, 1, 2)
        gradient[model.own :] += 0.5 * np.einsum("bij,cbij->c", e, group.same)
        if group.pair is not None:
            outcomes += np.bincount(group.pair.ravel(), weights=e.ravel(), minlength=len(outcomes))
    if model.struct:
        gradient[: model.own] = 0.5 * steps.reshape(model.own, -1) @ outcomes[:-1]
    value = 0.5 * (logs + square)
    if restricted:
        value += 0.5 * float(np.linalg.slogdet(gram)[1])
    return _Fit(value, gradient, beta, cov, square)


def _check_separable(groups: list[_Group], model: _Model, theta: Floats) -> None:
    """Refuse parameters of which the data hold no, or only joint, information."""
    full, steps = model.between(theta) if model.struct else (np.empty(0), np.empty(0))
    size, p = model.size, groups[0].x.shape[-1]
    gram, information = np.zeros((p, p)), np.zeros((size, size))
    once, twice = np.zeros((size, p, p)), np.zeros((size, size, p, p))
    for group in groups:
        inverse, _ = _inverses(group, model, theta, full)
        ax = inverse @ group.x
        gram += np.einsum("bip,biq->pq", group.x, ax)
        changes = _derivatives(group, steps)
        weighed = inverse @ changes
        information += np.einsum("cbij,dbji->cd", weighed, weighed, optimize=True)
        moved = changes @ ax
        once += np.einsum("bip,cbiq->cpq", ax, moved, optimize=True)
        twice += np.einsum("cbip,bij,dbjq->cdpq", moved, inverse, moved, optimize=True)
    cov = np.linalg.inv(gram)
    around = cov @ once
    information = information - 2 * np.einsum("pq,cdqp->cd", cov, twice) + np.einsum("cpq,dqp->cd", around, around)
    root = np.sqrt(np.maximum(np.diagonal(information), 0))
    described = ", ".join((*model.components, *model.correlations))
    if (root <= 1e-12 * max(1.0, root.max())).any():
        raise ValueError(f"the data hold no information on one of: {described}; expected fewer variances, "
                         "or outcomes that occur together")  # fmt: skip
    values = np.linalg.eigvalsh(information / np.outer(root, root))
    if values[0] <= _INSEPARABLE:
        raise ValueError(
            f"the data cannot tell apart: {described}; expected clusters that group the rows differently, "
            "moderators that do not stand for a cluster, and outcomes that occur together"
        )


def _starts(model: _Model, share: float) -> list[Floats]:
    """Where the search begins: the variance shared out evenly, mostly in one component, or hardly there."""
    rest, j = model.size - model.own, model.outcomes
    parts = rest + (model.struct is not None)
    uneven = [np.full(parts, 0.1 / (parts - 1)) + (0.9 - 0.1 / (parts - 1)) * row
              for row in np.eye(parts)] if parts > 1 else []  # fmt: skip
    shares = [share * each for each in (np.full(parts, 1 / parts), np.full(parts, 0.01), *uneven)]
    if model.struct is None:
        return shares
    found = [model.start(np.full(j, each[0]), 0.4, each[1:]) for each in shares]
    spread = [np.ones(j)] if model.struct in ("CS", "AR") else [np.ones(j), *(0.05 + 1.95 * np.eye(j))]
    for each in shares[:2]:
        for rho in (0.9 * max(-1 / (j - 1), model.lower[model.own - 1]), 0.9):
            found += [model.start(each[0] * outcomes, rho, each[1:]) for outcomes in spread]
    return found


def _maximise(groups: list[_Group], model: _Model, restricted: bool, starts: list[Floats]) -> tuple[Floats, bool]:
    """Maximise the likelihood from several starts, then by Newton's method to full precision."""
    from scipy.optimize import Bounds, minimize

    def objective(theta: Floats) -> tuple[float, Floats]:
        fit = _evaluate(groups, model, theta, restricted)
        return fit.value, fit.gradient

    def search(start: Floats, rounds: int) -> tuple[float, Floats]:
        found = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=Bounds(model.lower, model.upper),
                         options={"ftol": 1e-13, "gtol": 1e-7, "maxiter": rounds})  # fmt: skip
        return float(found.fun), np.asarray(found.x)

    # A few steps from everywhere, then all the way from where that led highest.
    first = sorted((search(start, 5) for start in starts), key=lambda each: each[0])
    value, theta = min((search(each, 1000) for _, each in first[:3]), key=lambda each: each[0])
    for beside in model.escapes(theta):
        tried, there = search(beside, 1000)
        if tried < value:
            value, theta = tried, there
    theta = _on_bounds(objective, _polish(objective, theta, model), model)
    _, gradient = objective(theta)
    return theta, bool(np.abs(_free(theta, gradient, model) * gradient).max() <= _SETTLED)


def _free(theta: Floats, gradient: Floats, model: _Model) -> NDArray[np.bool_]:
    """Parameters that no bound holds."""
    held = ((theta <= model.lower) & (gradient > 0)) | ((theta >= model.upper) & (gradient < 0))
    return ~held


def _polish(objective: Callable[[Floats], tuple[float, Floats]], theta: Floats, model: _Model) -> Floats:
    """Newton steps with differences of the gradient for a Hessian, as long as they get closer."""
    value, gradient = objective(theta)
    for _ in range(_NEWTON_ROUNDS):
        free = np.flatnonzero(_free(theta, gradient, model))
        left = float(np.abs(gradient[free]).max(initial=0.0))
        if left <= 1e-13 * max(1.0, abs(value)):
            break
        hessian = np.empty((len(free), len(free)))
        for column, at in enumerate(free):
            h = 1e-5 * max(abs(theta[at]), 1e-2)
            # At a bound only the inner side is sure to be a covariance.
            up, down = theta.copy(), theta.copy()
            up[at], down[at] = min(theta[at] + h, model.upper[at]), max(theta[at] - h, model.lower[at])
            hessian[:, column] = (objective(up)[1] - objective(down)[1])[free] / (up[at] - down[at])
        values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
        size = np.maximum(np.abs(values), 1e-10 * np.abs(values).max(initial=1e-300))
        step = np.zeros_like(theta)
        step[free] = -vectors @ ((vectors.T @ gradient[free]) / size)
        for shrink in 0.5 ** np.arange(12):
            tried = np.clip(theta + shrink * step, model.lower, model.upper)
            new, slope = objective(tried)
            closer = float(np.abs(slope[_free(tried, slope, model)]).max(initial=0.0)) < left
            noise = 1e-12 * max(1.0, abs(value))
            if new < value - noise or (new <= value + noise and closer):
                break
        else:
            break
        theta, value, gradient = tried, new, slope
    return theta


def _on_bounds(objective: Callable[[Floats], tuple[float, Floats]], theta: Floats, model: _Model) -> Floats:
    """Move parameters that all but reach a bound onto it, where that costs nothing but rounding."""
    value, _ = objective(theta)
    for bound in (model.lower, model.upper):
        for at in np.flatnonzero(np.abs(theta - bound) <= _NEAR):
            tried = theta.copy()
            tried[at] = bound[at]
            if objective(tried)[0] <= value + 1e-12 * max(1.0, abs(value)):
                theta = tried
    return theta
