"""Analyse the rows of a batch of networks: what each row has, what is wrong with it, and its fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis._numbers import HUGE
from glabella.synthesis.networks._fit import Estimates, solve
from glabella.synthesis.networks._independent import Independent, closure, independent
from glabella.synthesis.networks._structure import Ints, Structure, reachable
from glabella.synthesis.networks._tau2 import regression

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Effects of a study may miss adding up by this share of its smallest standard error: rounding that moves a limit
#: by a few per cent of its width is let through, a mistyped effect is not.
_ADDS_UP = 0.1
#: Standard errors that differ by more than this factor make the equations singular: of weights 1e12 apart the
#: lighter keep four digits beside the heavier.
_UNEVEN = 1e6
#: An error names so many contrasts.
_NAMED = 8

#: Why a row of a batch is not what was asked for.
BAD_VALUE = "an effect that is not finite, or a standard error that is not above 0"
EXTREME = f"an effect beyond {HUGE:.0e}, or a standard error beyond it or below {1 / HUGE:.0e}"
PARTIAL = "a study of which only some contrasts are there"
NOT_ADDING_UP = "effects of a study with more than two arms that do not add up"
IMPOSSIBLE = "standard errors of a study with more than two arms that no arms can have"
DEPENDENT = "standard errors of a study with more than two arms that independent arms cannot have"
UNEVEN = "standard errors so different in size that the equations are singular"
APART = "the network falls apart"
NO_FREEDOM = "no degree of freedom left for the variance between studies"
NOT_CONVERGED = "tau2 did not converge"


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a batch: effects (0 where absent), studies, independent contrasts, and what is wrong."""

    te: Floats
    has: Mask
    own: Independent
    reason: NDArray[np.object_]

    def some(self, index: Ints) -> Rows:
        """Keep some rows."""
        return Rows(self.te[index], self.has[index], self.own.some(index), self.reason[index])


def rows_of(of: Structure, te: Floats, se: Floats, correlated_arms: bool) -> Rows:
    """Look at each row of effects and standard errors, (batch, m); NaN in both is a contrast that is not there."""
    present = ~(np.isnan(te) & np.isnan(se))
    sound = usable(te, se)
    good = present & sound & ~extreme(te, se)
    has = present[:, of.first_row]
    y = np.where(good, te, 0.0)
    # Rows that share their standard errors, as in a parametric bootstrap, share all that is computed of them.
    base = np.where(good.any(axis=0), se[good.argmax(axis=0), np.arange(of.m)], 1.0)[None]
    s = base if (~good | (se == base)).all() else np.where(good, se, 1.0)
    own = independent(of, s)
    reason = np.full(len(te), "", dtype=object)
    if not has.all():
        own = own.of_those(has)
        linked = np.zeros((len(te), of.n, of.n), dtype=bool)
        i, j = of.edges.T
        linked[:, i, j] = linked[:, j, i] = good @ of.edge_sums > 0
        reason[~reachable(linked)[:, 0].all(axis=1)] = APART
    if not correlated_arms:
        reason[(own.dependent & has).any(axis=1)] = DEPENDENT
    reason[(own.singular & has).any(axis=1)] = IMPOSSIBLE
    least, most = (np.where(good, s, absent) for absent in (np.inf, 0.0))
    reason[most.max(axis=1) > _UNEVEN * least.min(axis=1)] = UNEVEN
    reason[(closure(of, y, s) > _ADDS_UP).any(axis=1)] = NOT_ADDING_UP
    reason[(present != has[:, of.study]).any(axis=1)] = PARTIAL
    reason[(present & ~good).any(axis=1)] = EXTREME
    reason[(present & ~sound).any(axis=1)] = BAD_VALUE
    return Rows(y, has, own, reason)


def usable(te: Floats, se: Floats) -> Mask:
    """Effects that are finite, with a variance that is finite and above zero, as numbers of a computer too."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        variance = se * np.abs(se)
    return np.isfinite(te) & np.isfinite(variance) & (variance > 0)


def extreme(te: Floats, se: Floats) -> Mask:
    """Effects and standard errors that no arithmetic of a computer holds."""
    return (np.abs(te) > HUGE) | (se > HUGE) | (se < 1 / HUGE)


def analyse(
    of: Structure, te: Floats, se: Floats, method: str, reference: int, correlated_arms: bool
) -> dict[str, Any]:
    """Analyse some rows of a batch; those that cannot be are NaN and say why."""
    rows = rows_of(of, te, se, correlated_arms)
    alive = np.flatnonzero(rows.reason == "")
    counts = {"k": rows.has.sum(axis=1), "m": rows.has[:, of.study].sum(axis=1)}
    if len(alive) == len(te):
        return counts | _fits(of, rows, method, reference)
    found = _fits(of, rows.some(alive), method, reference)
    reason = rows.reason
    reason[alive] = found.pop("reason")

    def spread(values: Any) -> Any:
        if isinstance(values, tuple):
            return tuple(spread(each) for each in values)
        everywhere = np.zeros((len(te), *values.shape[1:]), dtype=values.dtype)
        if values.dtype == np.float64:
            everywhere.fill(np.nan)
        everywhere[alive] = values
        return everywhere

    return counts | {name: spread(values) for name, values in found.items()} | {"reason": reason}


def _fits(of: Structure, rows: Rows, method: str, reference: int) -> dict[str, Any]:
    """Fit rows that have nothing wrong."""
    own, batch = rows.own, len(rows.te)
    zero = np.zeros(batch)
    common = solve(of, rows.te, own.weights(zero[: len(own.variance)]), reference)
    k = np.where(rows.has, of.n_arms - 1, 0).sum(axis=1)
    df = k - (of.n - 1)
    model = regression(method, own, rows.te, reference)
    reason = np.full(batch, "", dtype=object)
    tau2, random = zero, common
    settled = np.ones(batch, dtype=bool)
    if method != "common":
        tau2, settled = model.between_studies(method)
        reason[~settled] = NOT_CONVERGED
        reason[df == 0] = NO_FREEDOM
        lost = reason != ""
        random = solve(of, rows.te, own.weights(np.where(lost, 0.0, tau2)), reference)
        if lost.any():
            random = Estimates(*(np.where(lost.reshape(-1, *[1] * (each.ndim - 1)), np.nan, each)
                                 for each in _arrays(random)))  # fmt: skip
            tau2 = np.where(lost, np.nan, tau2)
    q = common.q
    with np.errstate(invalid="ignore", divide="ignore"):
        i2 = np.where(df > 0, 100 * np.maximum(0.0, np.where(q > 0, (q - df) / q, 0.0)), np.nan)
    return {
        "tau2": tau2,
        "i2": i2,
        "q": q,
        "q_df": df,
        "q_p": chi_squared_p(q, df),
        "log_likelihood": model.likelihood(method, tau2),
        "converged": settled,
        "reason": reason,
        "common": _arrays(common),
        "random": _arrays(random),
    }


def _arrays(fit: Estimates) -> tuple[Floats, Floats, Floats, Floats]:
    return fit.effect, fit.cov, fit.q, fit.weights


def chi_squared_p(q: Floats, df: NDArray[np.int_]) -> Floats:
    """P value; NaN without a degree of freedom."""
    from scipy.special import chdtrc

    return np.where(df > 0, chdtrc(np.maximum(df, 1), q), np.nan)


def complain(of: Structure, te: Floats, se: Floats, reason: str) -> None:
    """Raise if a single analysis is not what was asked for, naming studies and treatments."""
    if not reason:
        return
    if reason == NO_FREEDOM:
        raise ValueError(f"{reason} ({len(of.studies)} studies, {of.n} treatments); "
                         "expected method 'common', or more studies of the same treatments")  # fmt: skip
    if reason == NOT_CONVERGED:
        raise ValueError(f"{reason}; expected effects and standard errors of more similar size, or method 'DL'")
    bad = ~usable(te, se)
    if bad.any():
        rows, why, expected = bad, BAD_VALUE, "a finite effect and a standard error above 0"
    elif reason == EXTREME:
        rows, why, expected = extreme(te, se), reason, "another unit of measurement"
    elif reason == UNEVEN:
        rows, why = (se == se.min()) | (se == se.max()), reason
        expected = f"them within a factor of {_UNEVEN:.0e}"
    elif reason == IMPOSSIBLE:
        rows, why = independent(of, se[None]).singular[0][of.study], reason
        expected = "those of contrasts that share arms: of three, each less than the two others together"
    elif reason == DEPENDENT:
        rows, why = independent(of, se[None]).dependent[0][of.study], reason
        expected = "those of independent arms, or correlated_arms=True for paired ones, as of a split-face trial"
    else:
        rows, why = (closure(of, te[None], se[None])[0] > _ADDS_UP)[of.study], reason
        expected = "effects of which a versus b and b versus c make a versus c"
    named = [f"study {of.studies[of.study[row]]!r}, {of.treatments[of.a[row]]!r} versus "
             f"{of.treatments[of.b[row]]!r}: te {te[row]:g}, se {se[row]:g}"
             for row in np.flatnonzero(rows)[:_NAMED]]  # fmt: skip
    raise ValueError(f"{why} ({'; '.join(named)}), expected {expected}")
