"""Two-arm beta-binomial regression: rare events without a correction for empty cells."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._likelihood import maximise
from glabella.synthesis._numbers import check_level
from glabella.synthesis._rare import tables

if TYPE_CHECKING:
    import polars

Floats = NDArray[np.float64]

#: People of an arm that are counted one by one; of larger arms the rest is integrated over.
_ONE_BY_ONE = 2**16
_POINTS = 12


@dataclass(frozen=True, slots=True)
class BetaBinomial:
    """A log odds ratio from beta-binomial regression.

    Attributes
    ----------
    estimate, se, statistic, p_value, ci_low, ci_high : float
        The marginal log odds ratio, its standard error, z test and confidence interval.
    intercept, intercept_se : float
        Log odds in group two.
    rho, rho_se : float
        Intra-class correlation of the outcomes within an arm of a study; the error is NaN at the boundary 0.
    log_likelihood, log_likelihood_binomial : float
        Maximised, all constants kept; the same with ``rho`` 0, which is logistic regression.
    k : int
        Studies, those without an event included.
    converged : bool
        Whether the gradient vanished at a proper maximum.
    level : float
        Of the interval.
    """

    estimate: float
    se: float
    statistic: float
    p_value: float
    ci_low: float
    ci_high: float
    intercept: float
    intercept_se: float
    rho: float
    rho_se: float
    log_likelihood: float
    log_likelihood_binomial: float
    k: int
    converged: bool
    level: float

    def table(self) -> polars.DataFrame:
        """Give one row: the log odds ratio with the correlation."""
        import polars

        return polars.DataFrame({one.name: [getattr(self, one.name)] for one in fields(self)})

    def __str__(self) -> str:
        p = "< .0001" if self.p_value < 1e-4 else f"= {self.p_value:.4f}"
        lines = [
            f"Beta-binomial regression (k = {self.k}; measure log OR)",
            "",
            f"estimate {self.estimate:.4f}, se {self.se:.4f}, z = {self.statistic:.4f}, p {p}, "
            f"{100 * self.level:g}% interval {self.ci_low:.4f} to {self.ci_high:.4f}",
            f"intra-class correlation {self.rho:.5f}; log-likelihood {self.log_likelihood:.4f}",
        ]
        return "\n".join(lines + ([] if self.converged else ["NOT CONVERGED"]))


def pool_beta_binomial(*, level: float = 0.95, **columns: ArrayLike) -> BetaBinomial:
    """Pool 2×2 tables of ``k`` studies by marginal beta-binomial regression, by maximum likelihood.

    Each arm's risk is drawn from a beta distribution around its group's mean, with one intra-class correlation
    for all. Studies without an event in either arm enter as they are. The arms of a study are taken as
    independent: what they have in common is not used, so that the model compares groups, not arms in pairs, and
    is to be trusted where groups are randomised in about the same ratio everywhere.

    Parameters
    ----------
    level : float
        Of the confidence interval.
    **columns : array_like of shape (k,)
        ``ai``, ``ci`` with ``bi``, ``di`` or with ``n1i``, ``n2i``; whole numbers.

    Returns
    -------
    BetaBinomial
        Group one against group two.

    Raises
    ------
    ValueError
        If a column is missing, unknown or of another length, a value cannot be, a group has no event, or nothing
        else, in all studies together, or every arm has the event in nobody or in everybody.

    References
    ----------
    Kuss O. Stat Med 2015;34:1097-1116. Griffiths DA. Biometrics 1973;29:637-648.

    Examples
    --------
    >>> fit = pool_beta_binomial(ai=[1, 0, 2], n1i=[100, 80, 150], ci=[4, 3, 5], n2i=[100, 80, 150])
    >>> round(fit.estimate, 3), fit.rho
    (-1.414, 0.0)
    """
    from scipy.special import gammaln, ndtr, ndtri

    check_level(level)
    cells = dict(zip(("ai", "bi", "ci", "di"), tables(columns), strict=True))
    for name, cell in cells.items():
        if (cell != np.rint(cell)).any():
            row = int(np.flatnonzero(cell != np.rint(cell))[0])
            raise ValueError(f"{name} is {cell[row]:g} in row {row + 1}, expected a whole number")
        if cell.sum() == 0:
            raise ValueError(f"{name} is 0 in every row, expected at least one above: the odds ratio is infinite")
    a, b, c, d = cells.values()
    counts = _Counts(_exceeding(a, c), _exceeding(b, d), _exceeding(a + b, c + d))
    n, y = np.concatenate([a + b, c + d]), np.concatenate([a, c])
    if (n > 1).any() and not ((y > 0) & (y < n)).any():
        raise ValueError("every arm of two people or more has the event in nobody or in everybody, so that the "
                         "likelihood has no maximum: the correlation within an arm is 1; expected an arm with "
                         "both")  # fmt: skip
    constant = float((gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1)).sum())

    intercept = float(np.log(c.sum() / d.sum()))
    effect = float(np.log(a.sum() / b.sum())) - intercept
    binomial = _parts(counts, np.array([intercept, effect]), 0.0)
    best, rho, value = np.array([intercept, effect]), 0.0, binomial[0]
    cover, converged = np.linalg.inv(-binomial[2][:2, :2]), True
    rho_se = float("nan")
    for start in (1e-3, 0.03, 0.3):
        point = np.array([intercept, effect, np.log(start / (1 - start))])
        found = maximise(
            lambda at: _logged(counts, at)[:2], lambda at: _logged(counts, at)[2], point, np.ones(3, bool)
        )
        # A fit that ran to rho 0 is the binomial one, and is reported as that.
        if found.value > value + 1e-9 and found.theta[2] > -25:
            best, value, converged = found.theta[:2], found.value, found.converged
            theta = float(np.exp(found.theta[2]))
            whole = found.covariance()
            cover, rho = whole[:2, :2], theta / (1 + theta)
            rho_se = float(np.sqrt(whole[2, 2])) * theta / (1 + theta) ** 2
    se = float(np.sqrt(cover[1, 1]))
    estimate, critical = float(best[1]), float(ndtri(0.5 + level / 2))
    return BetaBinomial(
        estimate=estimate,
        se=se,
        statistic=estimate / se,
        p_value=2 * float(ndtr(-abs(estimate / se))),
        ci_low=estimate - critical * se,
        ci_high=estimate + critical * se,
        intercept=float(best[0]),
        intercept_se=float(np.sqrt(cover[0, 0])),
        rho=rho,
        rho_se=rho_se,
        log_likelihood=value + constant,
        log_likelihood_binomial=binomial[0] + constant,
        k=len(a),
        converged=converged,
        level=level,
    )


@dataclass(frozen=True, slots=True)
class _Counts:
    """Arms with more than j events, non-events and patients for j = 0, 1, ..., and these j."""

    events: _Exceeding
    others: _Exceeding
    sizes: _Exceeding


#: Places j, of shape (·,), and how much each counts, of shape (groups, ·).
_Exceeding = tuple[Floats, Floats]


def _exceeding(one: Floats, two: Floats) -> _Exceeding:
    """Count the arms with more than j, at every j up to 65 536 and at a few that stand for all above.

    What is summed over j is a logarithm or a power of a + bj with a and b not negative: from j to 2j smooth enough
    that Gauss's rule with 12 points is right to rounding. The sum over whole numbers is the integral from half
    before the first to half after the last up to 1/(24 j).
    """
    counts = np.concatenate([one, two])
    j = np.arange(min(counts.max(), _ONE_BY_ONE))
    weight = np.ones(len(j))
    large = counts[counts > _ONE_BY_ONE]
    if large.size:
        doubled = _ONE_BY_ONE * 2.0 ** np.arange(np.ceil(np.log2(large.max() / _ONE_BY_ONE)))
        ends = np.unique(np.concatenate([doubled, large])) - 0.5
        x, w = np.polynomial.legendre.leggauss(_POINTS)
        half = np.diff(ends)[:, None] / 2
        j = np.append(j, (ends[:-1, None] + half * (1 + x)).ravel())
        weight = np.append(weight, (half * w).ravel())
    many = [len(arms) - np.searchsorted(np.sort(arms), j, side="right") for arms in (one, two)]
    return j, np.stack(many) * weight


def _parts(counts: _Counts, beta: Floats, theta: float) -> tuple[float, Floats, Floats]:
    """Log-likelihood, gradient and Hessian by intercept, effect and theta = rho / (1 - rho).

    The probability is a product over the events (p + j theta), non-events (1 - p + j theta) and patients
    (1 + j theta). As a sum of logarithms it is exact at theta 0, unlike the usual ratio of gamma functions, and
    it needs only how many arms reach each j.
    """
    from scipy.special import expit

    design = np.array([[1.0, 1.0], [1.0, 0.0]])
    logit = design @ beta
    p, q = expit(logit), expit(-logit)
    j, sizes = counts.sizes
    size = sizes.sum(axis=0)
    value = -float((size * np.log1p(j * theta)).sum())
    gradient, hessian = np.zeros(3), np.zeros((3, 3))
    gradient[2] = -(size * j / (1 + j * theta)).sum()
    hessian[2, 2] = (size * (j / (1 + j * theta)) ** 2).sum()
    for (j, many), risk, sign in ((counts.events, p, 1.0), (counts.others, q, -1.0)):
        for group in range(2):
            term = risk[group] + j * theta
            slope = sign * p[group] * q[group]
            bend = slope * (q[group] - p[group])
            value += float((many[group] * np.log(term)).sum())
            first, second = (many[group] / term).sum(), (many[group] / term**2).sum()
            cross = -slope * (many[group] * j / term**2).sum()
            row = design[group]
            gradient[:2] += row * slope * first
            gradient[2] += (many[group] * j / term).sum()
            hessian[:2, :2] += np.outer(row, row) * (bend * first - slope**2 * second)
            hessian[:2, 2] += row * cross
            hessian[2, :2] += row * cross
            hessian[2, 2] -= (many[group] * (j / term) ** 2).sum()
    return value, gradient, hessian


def _logged(counts: _Counts, at: Floats) -> tuple[float, Floats, Floats]:
    """Give the same by the logarithm of theta, which keeps it positive."""
    # Beyond this either way nothing changes to rounding, and the exponential would overflow.
    theta = float(np.exp(np.clip(at[2], -60, 60)))
    value, gradient, hessian = _parts(counts, at[:2], theta)
    scale = np.array([1.0, 1.0, theta])
    found = hessian * np.outer(scale, scale)
    found[2, 2] += gradient[2] * theta
    return value, gradient * scale, found
