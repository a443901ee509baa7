"""Network meta-analysis with common and random effects, one or a batch of them, by the same code."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._blocks import by_blocks
from glabella.synthesis._numbers import check_level, check_truth, numbers
from glabella.synthesis._tau2 import by_df, method_called
from glabella.synthesis.networks._analysis import analyse, chi_squared_p, complain
from glabella.synthesis.networks._fit import Estimates, p_scores, within_designs
from glabella.synthesis.networks._structure import Structure, place_of, structure
from glabella.synthesis.networks._tau2 import METHODS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from glabella.synthesis.networks._contribution import Contribution, Way
    from glabella.synthesis.networks._designs import DesignByTreatment, NetHeat, Within
    from glabella.synthesis.networks._funnel import AdjustedFunnel
    from glabella.synthesis.networks._league import League
    from glabella.synthesis.networks._ranks import Ranks
    from glabella.synthesis.networks._scale import Scale
    from glabella.synthesis.networks._split import NodeSplit

Floats = NDArray[np.float64]
Method = Literal["REML", "DL", "ML", "common"]
SmallValues = Literal["good", "bad"]
Model = Literal["random", "common"]


_NAMES = (
    "treatments", "designs", "basic", "te_common", "se_common", "te_random", "se_random", "cov_common",
    "cov_random", "tau2", "i2", "q", "q_df", "q_p", "q_within", "q_within_df", "q_within_p", "q_between",
    "q_between_df", "q_between_p", "p_score", "pi_low", "pi_high", "log_likelihood", "k", "m", "converged",
    "reason", "reference", "method", "level",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """What was analysed: effects and standard errors of shape (batch, m), NaN where a row does not have a study."""

    structure: Structure
    te: Floats
    se: Floats
    single: bool
    correlated_arms: bool


@dataclass(frozen=True)
class Network:
    """A network meta-analysis; numbers and matrices for a single one, with a leading axis for a batch.

    Attributes
    ----------
    tau2 : float or ndarray
        Variance between studies, the same for every contrast.
    i2 : float or ndarray
        (Q - df)/Q, not below 0, in percent.
    q, q_df, q_p : float or ndarray
        Heterogeneity within designs and inconsistency between them, together.
    log_likelihood : float or ndarray
        Restricted for REML, full otherwise.
    k, m : int or ndarray
        Studies and contrasts.
    converged : bool or ndarray
        Whether τ² was found.
    reason : str or ndarray
        Empty, or why this row of a batch is not what was asked for. A single analysis raises instead.
    reference : str
        Treatment against which the basic parameters are.
    method, level : str, float
        As asked.
    """

    tau2: Any
    i2: Any
    q: Any
    q_df: Any
    q_p: Any
    log_likelihood: Any
    k: Any
    m: Any
    converged: Any
    reason: Any
    reference: str
    method: Method
    level: float
    given: Given = field(repr=False)
    common: Estimates = field(repr=False)
    random: Estimates = field(repr=False)

    @property
    def structure(self) -> Structure:
        """Who compares what."""
        return self.given.structure

    @property
    def treatments(self) -> tuple[str, ...]:
        """Treatments in the order of all matrices."""
        return self.structure.treatments

    @property
    def designs(self) -> tuple[str, ...]:
        """Sets of treatments that studies compare."""
        return self.structure.designs

    @property
    def basic(self) -> tuple[str, ...]:
        """Treatments of the basic parameters, all but the reference."""
        return tuple(name for name in self.treatments if name != self.reference)

    @cached_property
    def te_common(self) -> Floats:
        """Effect of the row's treatment versus the column's, common effect."""
        return self._shown(self.common.te)

    @cached_property
    def se_common(self) -> Floats:
        """Standard errors of ``te_common``."""
        return self._shown(self.common.se)

    @cached_property
    def te_random(self) -> Floats:
        """Effect of the row's treatment versus the column's, random effects."""
        return self._shown(self.random.te)

    @cached_property
    def se_random(self) -> Floats:
        """Standard errors of ``te_random``."""
        return self._shown(self.random.se)

    @property
    def cov_common(self) -> Floats:
        """Covariance of the effects of ``basic`` versus the reference, common effect."""
        return self._basic(self.common.cov)

    @property
    def cov_random(self) -> Floats:
        """Covariance of the effects of ``basic`` versus the reference, random effects."""
        return self._basic(self.random.cov)

    @property
    def pi_low(self) -> Floats:
        """Lower limits of the prediction intervals of a further study's true effect."""
        return self._shown(self.random.te - self._reach)

    @property
    def pi_high(self) -> Floats:
        """Upper limits of the prediction intervals of a further study's true effect."""
        return self._shown(self.random.te + self._reach)

    @property
    def _reach(self) -> Floats:
        """Half the width of the prediction intervals: t with one degree of freedom less than Q has."""
        from scipy.special import stdtrit

        df = np.atleast_1d(self.q_df)
        quantile = np.where(df > 1, by_df(stdtrit, np.maximum(df - 1, 1), 0.5 + self.level / 2), np.nan)
        if self.method == "common":
            quantile = np.full(len(df), np.nan)
        spread = np.sqrt(self.random.se**2 + np.atleast_1d(self.tau2)[:, None, None])
        at = np.arange(len(self.treatments))
        spread[:, at, at] = 0.0
        return np.asarray(quantile[:, None, None] * spread)

    @cached_property
    def _within(self) -> tuple[Floats, NDArray[np.int_]]:
        """Q within designs and its degrees of freedom."""
        of = self.structure
        has = ~np.isnan(self.given.te)[:, of.first_row]
        q = within_designs(of, np.nan_to_num(self.given.te), self.common.weights)
        sums = np.zeros((len(of.studies), len(of.design_arms)), dtype=int)
        sums[np.arange(len(of.studies)), of.design] = 1
        arms = np.array([len(each) for each in of.design_arms])
        return q.sum(axis=1), (np.maximum(has @ sums - 1, 0) * (arms - 1)).sum(axis=1)

    @property
    def q_within(self) -> Any:
        """Heterogeneity within designs."""
        return self._number(self._within[0])

    @property
    def q_within_df(self) -> Any:
        """Degrees of freedom of ``q_within``."""
        return self._number(self._within[1])

    @property
    def q_within_p(self) -> Any:
        """P value of ``q_within``."""
        return self._number(chi_squared_p(*self._within))

    @property
    def q_between(self) -> Any:
        """Inconsistency between designs."""
        # Without a degree of freedom what is left is rounding.
        df = np.atleast_1d(self.q_between_df)
        return self._number(np.where(df == 0, 0.0, 1.0) * np.maximum(np.atleast_1d(self.q) - self._within[0], 0.0))

    @property
    def q_between_df(self) -> Any:
        """Degrees of freedom of ``q_between``."""
        return self._number(np.atleast_1d(self.q_df) - self._within[1])

    @property
    def q_between_p(self) -> Any:
        """P value of ``q_between``."""
        return self._number(chi_squared_p(np.atleast_1d(self.q_between), np.atleast_1d(self.q_between_df)))

    @property
    def p_score(self) -> Floats:
        """P-scores with random effects, small effects being good."""
        return self.p_scores()

    def p_scores(self, *, small_values: SmallValues = "good", model: Model = "random") -> Floats:
        """Mean certainty that each treatment is better than another.

        References
        ----------
        Rücker G, Schwarzer G. BMC Med Res Methodol 2015;15:58.
        """
        if small_values not in ("good", "bad"):
            raise ValueError(f"unknown small_values {small_values!r}; expected good or bad")
        fit = self._estimates(model)
        return self._shown(p_scores(fit.te, fit.se, small_values))

    def limits(self, model: Model = "random") -> tuple[Floats, Floats]:
        """Confidence limits of the effects, as matrices."""
        from scipy.special import ndtri

        fit = self._estimates(model)
        half = ndtri(0.5 + self.level / 2) * fit.se
        return self._shown(fit.te - half), self._shown(fit.te + half)

    def league(
        self, *, order: Sequence[str] | None = None, model: Model = "random", scale: Scale = "as_given",
        measure: str | None = None,
    ) -> League:  # fmt: skip
        """Put all estimates into one table: see :func:`glabella.synthesis.networks._league.league`."""
        from glabella.synthesis.networks._league import league

        return league(self, order=order, model=model, scale=scale, measure=measure)

    def node_split(self, *, model: Model = "random") -> NodeSplit:
        """Separate indirect from direct evidence: see :func:`node_split`."""
        from glabella.synthesis.networks._split import node_split

        return node_split(self, model=model)

    def contribution(self, *, model: Model = "random", way: Way = "shortest_path") -> Contribution:
        """Compute what each direct comparison contributes to each estimate: see :func:`contribution`."""
        from glabella.synthesis.networks._contribution import contribution

        return contribution(self, model=model, way=way)

    def net_heat(self, *, model: Model = "common", method: Within | None = None) -> NetHeat:
        """Find where inconsistency comes from: see :func:`net_heat`."""
        from glabella.synthesis.networks._designs import net_heat

        return net_heat(self, model=model, method=method)

    def design_by_treatment(self, *, method: Within | None = None) -> DesignByTreatment:
        """Test the interaction of designs with treatments: see :func:`design_by_treatment`."""
        from glabella.synthesis.networks._designs import design_by_treatment

        return design_by_treatment(self, method=method)

    def funnel(self, order: Sequence[str], *, model: Model = "random") -> AdjustedFunnel:
        """Centre each contrast at its comparison's direct estimate: see :func:`adjusted_funnel`."""
        from glabella.synthesis.networks._funnel import adjusted_funnel

        return adjusted_funnel(self, order, model=model)

    def rank_probabilities(
        self,
        *,
        small_values: SmallValues = "good",
        model: Model = "random",
        draws: int = 100_000,
        seed: int = 1,
    ) -> Ranks:
        """Draw how likely each treatment takes each rank: see :func:`network_ranks`."""
        from glabella.synthesis.networks._ranks import network_ranks

        return network_ranks(self, small_values=small_values, model=model, draws=draws, seed=seed)

    def as_dict(self) -> dict[str, Any]:
        """Give every result by its name."""
        return {name: getattr(self, name) for name in _NAMES}

    def table(self) -> pl.DataFrame:
        """Give one row a pair of treatments; of a batch, one row an analysis."""
        from glabella.synthesis.networks._network_report import network_table

        return network_table(self)

    def report(
        self, *, small_values: SmallValues = "good", scale: Scale = "as_given", measure: str | None = None
    ) -> str:
        """Print as analysts know it.

        Parameters
        ----------
        small_values : {"good", "bad"}
            Whether a small effect is a good one, for the P-scores and the order of treatments.
        scale : {"as_given", "exp"}
            ``exp`` turns logarithms of ratios into ratios.
        measure : str, optional
            What effects are, such as OR, to be named above the table.

        Examples
        --------
        >>> fit = network(["1", "2", "3"], ["a", "a", "b"], ["b", "c", "c"], [0.5, 0.9, 0.3], [0.2, 0.1, 0.15])
        >>> print(fit.report(small_values="bad", scale="exp", measure="OR").splitlines()[3])
        Effects: odds ratio; P-scores: small values are bad
        """
        from glabella.synthesis.networks._network_report import network_text

        return network_text(self, small_values, scale, measure)

    def __str__(self) -> str:
        """Print as analysts know it, effects as they were given and small ones being good."""
        return self.report()

    def _estimates(self, model: Model) -> Estimates:
        if model not in ("random", "common"):
            raise ValueError(f"unknown model {model!r}; expected random or common")
        return self.random if model == "random" else self.common

    def _basic(self, cov: Floats) -> Floats:
        others = [place for place, name in enumerate(self.treatments) if name != self.reference]
        return self._shown(cov[:, others][:, :, others])

    def _number(self, values: Any) -> Any:
        return values.item() if self.given.single else values

    def _shown(self, values: Floats) -> Floats:
        return values[0] if self.given.single else values


def network(
    studlab: ArrayLike,
    treat1: ArrayLike,
    treat2: ArrayLike,
    te: ArrayLike,
    se: ArrayLike,
    *,
    method: Method = "REML",
    reference: str | None = None,
    level: float = 0.95,
    correlated_arms: bool = False,
) -> Network:
    """Compare many treatments at once, directly and through each other.

    Parameters
    ----------
    studlab, treat1, treat2 : array_like of shape (m,)
        Study of each contrast, and its two treatments. A study with n arms gives all its n(n-1)/2 contrasts.
    te, se : array_like of shape (m,) or (batch, m)
        Effects of ``treat1`` versus ``treat2``, and their standard errors. In a batch NaN in both, in all
        contrasts of a study, marks a study that a row does not have.
    method : {"REML", "DL", "ML", "common"}
        Estimator of the variance between studies, which is the same for every contrast; or none of it.
    reference : str, optional
        Treatment against which results are printed and ``cov_common`` and ``cov_random`` are; the first by name
        when left out.
    level : float
        Of every interval.
    correlated_arms : bool
        Whether standard errors of a study of three arms or more are taken that only positively correlated arms can
        have, such as those of a split-face or crossover trial.

    Returns
    -------
    Network
        In a batch a row that cannot be analysed is NaN and says why in ``reason``. A row without a degree of
        freedom for the variance between studies has its common effects alone.

    Raises
    ------
    ValueError
        If nothing is given, shapes differ, a name is missing, names differ only in case or spaces, a study compares
        a treatment with itself, gives a contrast twice or leaves one out, the network falls into parts, an effect
        is not finite or a standard error not above zero, effects of a study of three arms or more do not add up
        (beyond a tenth of its smallest standard error), no independent arms can have its standard errors (with
        ``correlated_arms``: no arms at all), there is no degree of freedom for the variance between studies, it
        does not converge, or the reference is not in the network.

    Notes
    -----
    Contrasts that share an arm are correlated; their covariances follow from the variances of all pairs of arms,
    (v_ac + v_bc - v_ab)/2 for a and b versus c, whether the arms are correlated or not, and are taken into account
    everywhere, in the likelihood too. The prediction interval has t with one degree of freedom less than Q has.

    References
    ----------
    Rücker G. Res Synth Methods 2012;3:312-324. Rücker G, Schwarzer G. Stat Med 2014;33:4353-4369. White IR, Barrett
    JK, Jackson D, Higgins JPT. Res Synth Methods 2012;3:111-125. Krahn U, Binder H, König J. BMC Med Res Methodol
    2013;13:35 (Q within and between designs).

    Examples
    --------
    >>> fit = network(["1", "2", "3", "4"], ["a", "a", "b", "a"], ["b", "c", "c", "b"],
    ...               [-0.5, -0.9, 0.3, -0.7], [0.2, 0.1, 0.15, 0.1], method="DL")
    >>> round(float(fit.te_random[0, 2]), 3), round(fit.tau2, 4), round(fit.q_between, 1)
    (-0.691, 0.0565, 7.2)
    """
    of = structure(studlab, treat1, treat2)
    y, s = np.array(numbers(te, "te")), np.array(numbers(se, "se"))
    if y.shape != s.shape or y.ndim not in (1, 2) or y.shape[-1] != of.m:
        raise ValueError(
            f"te has shape {y.shape} and se {s.shape}, expected both ({of.m},) or both (batch, {of.m})"
        )
    method = method_called(method, METHODS)
    check_level(level)
    check_truth(correlated_arms, "correlated_arms")
    against = 0 if reference is None else place_of(reference, of.treatments, "reference")
    single = y.ndim == 1
    y, s = np.atleast_2d(y, s)
    given = Given(of, y, s, single, correlated_arms)
    parts = by_blocks(lambda rows: analyse(of, y[rows], s[rows], method, against, correlated_arms),
                      len(y), of.m, p=of.n)  # fmt: skip
    estimates = {name: Estimates(*parts.pop(name)) for name in ("common", "random")}
    if single:
        complain(of, y[0], s[0], parts["reason"][0])
        parts = {name: values.item() for name, values in parts.items()}
    return Network(**parts, **estimates, reference=of.treatments[against], method=method, level=level, given=given)
