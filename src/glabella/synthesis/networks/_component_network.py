"""A component network as fitted: what each component adds, and the effect of any combination of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis._report import p_text
from glabella.synthesis.networks._combinations import Combinations, Told
from glabella.synthesis.networks._structure import Subnetwork

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Model = Literal["random", "common"]
ComponentMethod = Literal["REML", "DL", "ML", "common"]


@dataclass(frozen=True, slots=True)
class CombinationEffect:
    """Effect of one combination versus another, with its z test and interval."""

    combination: str
    versus: str
    estimate: float
    se: float
    statistic: float
    p_value: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Coefficients on the sums of components that data tell, their covariance, and the squared residuals."""

    beta: Floats
    cov: Floats
    q: float


@dataclass(frozen=True)
class ComponentNetwork:
    """A component network.

    Attributes
    ----------
    components : tuple of str
        Components in alphabetical order, without the inactive one, then interactions (``A*B``).
    te_common, se_common, te_random, se_random : ndarray of shape (components,)
        What each adds to a combination, and its standard error; NaN where data do not tell.
    tau2 : float
        Variance between studies around the component model, the same for every contrast.
    i2 : float
        (Q - df)/Q of the component model, not below 0, in percent; NaN without degrees of freedom.
    q_additive, q_df, q_p : float
        What a common effect and the component model leave unexplained.
    q_standard, q_standard_df, q_standard_p : float
        What the network of whole treatments leaves; of a disconnected network, of all its parts together.
    q_difference, q_difference_df, q_difference_p : float
        Test of the component model within the other one: a small P says that effects do not add up so.
    not_identified : tuple of str
        Components that data do not tell from others.
    identified_sums : tuple of str
        What data tell of them: sums such as ``"A + B"`` or ``"A - B"``.
    inactive : str or None
        The component without effect.
    treatments : tuple of str
        The combinations that were compared.
    subnetworks : tuple of Subnetwork
        Parts that only common components connect; one if the network is connected.
    k, m : int
        Studies and contrasts.
    method, level : str, float
        As asked.
    """

    components: tuple[str, ...]
    te_common: Floats
    se_common: Floats
    te_random: Floats
    se_random: Floats
    tau2: float
    i2: float
    q_additive: float
    q_df: int
    q_p: float
    q_standard: float
    q_standard_df: int
    q_standard_p: float
    q_difference: float
    q_difference_df: int
    q_difference_p: float
    not_identified: tuple[str, ...]
    identified_sums: tuple[str, ...]
    inactive: str | None
    treatments: tuple[str, ...]
    subnetworks: tuple[Subnetwork, ...]
    k: int
    m: int
    method: ComponentMethod
    level: float
    combined: Combinations = field(repr=False)
    told: Told = field(repr=False)
    fits: dict[Model, Coefficients] = field(repr=False)

    def effect(self, combination: str, versus: str | None = None, *, model: Model = "random") -> CombinationEffect:
        """Give the effect of a combination, whether a study had it or not.

        Parameters
        ----------
        combination : str
            Components with the separator between them, such as ``"A + B"``.
        versus : str, optional
            The other combination; by default the inactive component.
        model : {"random", "common"}
            Random effects or a common effect.

        Raises
        ------
        ValueError
            If a component is unknown, nothing is inactive and ``versus`` is missing, or data do not tell the two
            combinations' difference; the message says what they tell.
        """
        against = self._against(versus)
        row = self.combined.row(combination) - self.combined.row(against)
        if not self.told.tells(row[None])[0]:
            sums = f"; of them they tell {', '.join(self.identified_sums)}" if self.identified_sums else ""
            raise ValueError(f"the data do not tell {combination!r} from {against!r}: not identified are "
                             f"{', '.join(self.not_identified)}{sums}")  # fmt: skip
        estimate, se = self._linear(row[None], model)
        return CombinationEffect(combination, against, *self._tested(estimate, se)[0])

    def combinations(self, versus: str | None = None, *, model: Model = "random") -> pl.DataFrame:
        """Give one row for each combination that was compared; NaN where data do not tell.

        Raises
        ------
        ValueError
            If a component is unknown, or nothing is inactive and ``versus`` is missing.
        """
        against = self._against(versus)
        rows = self.combined.rows(self.treatments) - self.combined.row(against)
        return self._frame("combination", self.treatments, *self._linear(rows, model))

    def table(self, *, model: Model = "random") -> pl.DataFrame:
        """Give one row a component."""
        return self._frame("component", self.components, *self._linear(np.eye(len(self.components)), model))

    def _against(self, versus: str | None) -> str:
        if versus is None and self.inactive is None:
            raise ValueError("no component is inactive: expected versus, the combination to compare with")
        return versus if versus is not None else str(self.inactive)

    def _linear(self, rows: Floats, model: Model) -> tuple[Floats, Floats]:
        if not isinstance(model, str) or model not in self.fits:
            raise ValueError(f"unknown model {model!r}; expected random or common")
        return linear(self.told, self.fits[model], rows)

    def _tested(self, estimate: Floats, se: Floats) -> list[tuple[float, ...]]:
        from scipy.special import ndtr, ndtri

        half = ndtri(0.5 + self.level / 2) * se
        # A combination against itself has neither effect nor error.
        z = np.where(se > 0, estimate / np.where(se > 0, se, 1.0), np.nan)
        table = np.stack([estimate, se, z, 2 * ndtr(-np.abs(z)), estimate - half, estimate + half], axis=1)
        return [tuple(row) for row in table.tolist()]

    def _frame(self, what: str, names: Sequence[str], estimate: Floats, se: Floats) -> pl.DataFrame:
        import polars as pl

        columns = ("estimate", "se", "statistic", "p_value", "ci_low", "ci_high")
        values = np.array(self._tested(estimate, se))
        return pl.DataFrame({what: list(names), **dict(zip(columns, values.T, strict=True))})

    def __str__(self) -> str:
        """Print as analysts know it, with what data do not tell."""
        inactive = f"; inactive {self.inactive}" if self.inactive is not None else ""
        lines = [f"Component network (k = {self.k}, {self.m} contrasts of {len(self.treatments)} combinations of "
                 f"{self.combined.single} active components{inactive}; {self.method})"]  # fmt: skip
        if len(self.subnetworks) > 1:
            lines.append(f"{len(self.subnetworks)} parts that only common components connect")
        if self.method != "common":
            lines.append(f"tau^2 {self.tau2:.4f} (tau {self.tau2**0.5:.4f}), I^2 {self.i2:.2f}%")
        width = max(10, *(len(name) for name in self.components))
        lines += ["", f"{'':{width}} {'estimate':>9} {'se':>8} {'z':>8} {'p':>8} {'ci.low':>9} {'ci.high':>9}"]
        for name, te, se, z, p, low, high in self.table().iter_rows():
            known = te == te
            lines.append(f"{name:{width}} {te:9.4f} {se:8.4f} {z:8.4f} {p_text(p):>8} {low:9.4f} {high:9.4f}"
                         if known else f"{name:{width}} not identified")  # fmt: skip
        if self.identified_sums:
            lines.append(f"identified are only {', '.join(self.identified_sums)}")
        lines += ["", *(f"{what:20} Q({df}) = {q:.4f}, p {p_text(p)}" for what, q, df, p in (
            ("Component model", self.q_additive, self.q_df, self.q_p),
            ("Whole treatments", self.q_standard, self.q_standard_df, self.q_standard_p),
            ("Difference", self.q_difference, self.q_difference_df, self.q_difference_p)))]  # fmt: skip
        return "\n".join(lines)


def linear(known: Told, fit: Coefficients, rows: Floats) -> tuple[Floats, Floats]:
    """Give sums of components and their standard errors; NaN where data do not tell."""
    on_span = rows @ known.span
    told_, variance = known.tells(rows), np.einsum("ij,jk,ik->i", on_span, fit.cov, on_span)
    return np.where(told_, on_span @ fit.beta, np.nan), np.where(told_, np.sqrt(variance), np.nan)
