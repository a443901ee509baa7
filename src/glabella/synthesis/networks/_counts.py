"""What networks that pool counts share: which arms inform, and how a result with a common odds ratio is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._numbers import check_level
from glabella.synthesis._report import p_text
from glabella.synthesis.networks._arms import (
    NO_EVENT,
    ONLY_EVENTS,
    Arms,
    Bools,
    Dropped,
    Floats,
    arms,
    counts,
    dropped_text,
)
from glabella.synthesis.networks._structure import components, place_of

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class CountNetwork:
    """A network with one odds ratio for each pair of treatments, pooled from counts.

    Attributes
    ----------
    method : str
        How it was pooled.
    treatments : tuple of str
        In the order of all matrices.
    te_common, se_common : ndarray of shape (n, n)
        Log odds ratio of the row's treatment versus the column's, and its standard error.
    cov_common : ndarray of shape (n - 1, n - 1)
        Covariance of the log odds ratios of all other treatments versus the reference.
    q, q_p : float
        Test of what a common effect leaves unexplained, with ``q_df`` degrees of freedom: for Mantel-Haenszel
        between designs only (NaN ``q_p`` with one design), for Peto within and between them.
    q_df : int
        Degrees of freedom.
    k : int
        Studies that inform.
    designs : tuple of str
        Sets of treatments that were compared.
    dropped : tuple of Dropped
        Studies and arms without information, and why.
    reference : str
        Treatment that is shown against.
    level : float
        Of every interval.
    """

    method: str
    treatments: tuple[str, ...]
    te_common: Floats
    se_common: Floats
    cov_common: Floats
    q: float
    q_df: int
    q_p: float
    k: int
    designs: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    reference: str
    level: float

    def table(self) -> pl.DataFrame:
        """Give one row a treatment: its log odds ratio versus the reference."""
        import polars as pl
        from scipy.special import ndtr, ndtri

        against = self.treatments.index(self.reference)
        others = [place for place in range(len(self.treatments)) if place != against]
        te, se = self.te_common[others, against], self.se_common[others, against]
        half = ndtri(0.5 + self.level / 2) * se
        return pl.DataFrame({
            "treatment": [self.treatments[place] for place in others],
            "estimate": te, "se": se, "statistic": te / se, "p_value": 2 * ndtr(-np.abs(te / se)),
            "ci_low": te - half, "ci_high": te + half,
        })  # fmt: skip

    def __str__(self) -> str:
        """Print as analysts know it, with everything that was dropped."""
        lines = [f"{self.method} network (k = {self.k}; {len(self.treatments)} treatments, {len(self.designs)} "
                 f"designs; measure log OR)", "", f"Common effects versus {self.reference}"]  # fmt: skip
        width = max(10, *(len(name) for name in self.treatments))
        lines.append(f"{'':{width}} {'estimate':>9} {'se':>8} {'z':>8} {'p':>8} {'ci.low':>9} {'ci.high':>9}")
        lines += [f"{name:{width}} {te:9.4f} {se:8.4f} {z:8.4f} {p_text(p):>8} {low:9.4f} {high:9.4f}"
                  for name, te, se, z, p, low, high in self.table().iter_rows()]  # fmt: skip
        if self.q_df:
            lines.append(f"\nQ({self.q_df}) = {self.q:.4f}, p {p_text(self.q_p)}")
        return "\n".join(lines + dropped_text(self.dropped))


@dataclass(frozen=True, slots=True)
class Informative:
    """Counts, and which arms are of a study that has an event and a non-event."""

    arms: Arms
    events: Floats
    rest: Floats
    kept: Bools
    dropped: tuple[Dropped, ...]


def informative(studlab: ArrayLike, treat: ArrayLike, events: ArrayLike, n: ArrayLike) -> Informative:
    """Take counts, and say which studies carry no information on an odds ratio."""
    found = arms(studlab, treat)
    with_event, rest = counts(found, events, n)
    reasons = np.where(found.all(with_event == 0), NO_EVENT, np.where(found.all(rest == 0), ONLY_EVENTS, ""))
    dropped = tuple(Dropped(found.studies[study], names(found, np.flatnonzero(found.study == study)),
                            str(reasons[study])) for study in np.flatnonzero(reasons != ""))  # fmt: skip
    return Informative(found, with_event, rest, (reasons == "")[found.study], dropped)


def names(found: Arms, rows: NDArray[np.intp]) -> tuple[str, ...]:
    """Treatments of some rows."""
    return tuple(found.treatments[place] for place in found.treat[rows])


def refuse_apart(found: Arms, linked: Bools, dropped: Sequence[Dropped]) -> None:
    """Refuse a network that what informs the odds ratio does not connect."""
    parts = components(linked)
    if parts.max() == 0:
        return
    groups = "; ".join(", ".join(found.treatments[place] for place in np.flatnonzero(parts == part))
                       for part in range(parts.max() + 1))  # fmt: skip
    if len(dropped) == len(found.studies):
        raise ValueError(f"no study informs the odds ratio: {'; '.join(dropped_text(tuple(dropped)))}")
    without = f" without {', '.join(dict.fromkeys(repr(one.study) for one in dropped))}" if dropped else ""
    raise ValueError(f"the studies that inform the odds ratio{without} do not connect all treatments ({groups}); "
                     "expected one network")  # fmt: skip


def result(
    method: str, given: Informative, basic: tuple[Floats, Floats], reference: int, level: float, *,
    q: float, q_df: int, k: int, designs: Sequence[str], dropped: Sequence[Dropped],
) -> CountNetwork:  # fmt: skip
    """Shape the effects of the other treatments versus the reference, and their covariance, as a result."""
    from scipy.special import chdtrc

    treatments = given.arms.treatments
    n = len(treatments)
    others = np.delete(np.arange(n), reference)
    effect, cov = np.zeros(n), np.zeros((n, n))
    effect[others], cov[np.ix_(others, others)] = basic
    own = np.diagonal(cov)
    variance = own[:, None] + own - 2 * cov
    np.fill_diagonal(variance, 0.0)
    return CountNetwork(
        method=method, treatments=treatments, te_common=effect[:, None] - effect, se_common=np.sqrt(variance),
        cov_common=basic[1], q=q, q_df=q_df, q_p=float(chdtrc(q_df, q)) if q_df else float("nan"), k=k,
        designs=tuple(designs), dropped=tuple(dropped), reference=treatments[reference], level=level,
    )  # fmt: skip


def against(found: Arms, reference: str | None, level: float) -> int:
    """Place of the reference, the first treatment by default."""
    check_level(level)
    return 0 if reference is None else place_of(reference, found.treatments, "reference")
