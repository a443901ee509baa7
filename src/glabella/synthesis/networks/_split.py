"""Node splitting: what each comparison owes to its own studies, what to the rest, and whether the two agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis._report import p_text
from glabella.synthesis.networks._scale import Scale, shown
from glabella.synthesis.networks._single import Model, contrasts, matrices, variance
from glabella.synthesis.networks._structure import Structure

if TYPE_CHECKING:
    import polars as pl

    from glabella.synthesis.networks._network import Network

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

#: Direct evidence of less than this share is none; with less than this short of all of it, there is no other.
_SHARE = 0.0005


@dataclass(frozen=True, slots=True)
class Direct:
    """Comparisons that studies make, pooled one by one.

    Attributes
    ----------
    first, second : ndarray of shape (e,)
        Treatments: effects are of the first versus the second.
    studies : ndarray of shape (e,)
        Studies that compare them.
    te, se : ndarray of shape (e,)
        Pooled by inverse variances, with the network's variance between studies.
    edge : ndarray of shape (m,)
        The comparison of each contrast.
    sign : ndarray of shape (m,)
        1 where a contrast was given as first versus second, else -1.
    """

    first: Ints
    second: Ints
    studies: NDArray[np.int_]
    te: Floats
    se: Floats
    edge: Ints
    sign: Floats


@dataclass(frozen=True, slots=True)
class NodeSplit:
    """Direct and indirect evidence for every comparison.

    Attributes
    ----------
    first, second : tuple of str
        Effects are of the first treatment versus the second.
    studies : ndarray of shape (c,)
        Studies that compare the two.
    te, se : ndarray of shape (c,)
        By the whole network.
    direct, direct_se : ndarray of shape (c,)
        By those studies alone; NaN where there are none.
    indirect, indirect_se : ndarray of shape (c,)
        By everything else; NaN where there is nothing else.
    proportion : ndarray of shape (c,)
        Share of direct evidence: the network's variance over that of the direct estimate. It may pass 1 where
        studies of three arms or more are; then there is no split.
    difference, difference_se, z, p_value : ndarray of shape (c,)
        Direct less indirect, and its test; NaN unless there are both.
    model : str
        Whose effects.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    studies: NDArray[np.int_]
    te: Floats
    se: Floats
    direct: Floats
    direct_se: Floats
    indirect: Floats
    indirect_se: Floats
    proportion: Floats
    difference: Floats
    difference_se: Floats
    z: Floats
    p_value: Floats
    model: Model

    def table(self) -> pl.DataFrame:
        """Give one row a comparison."""
        import polars as pl

        columns = {name: getattr(self, name) for name in self.__slots__ if name not in ("first", "second", "model")}
        return pl.DataFrame({"first": list(self.first), "second": list(self.second), **columns})

    def __str__(self) -> str:
        """Print the comparisons that have both kinds of evidence."""
        return self.report()

    def report(self, *, scale: Scale = "as_given", measure: str | None = None) -> str:
        """Print the comparisons that have both kinds of evidence.

        Parameters
        ----------
        scale : {"as_given", "exp"}
            ``exp`` turns logarithms of ratios into ratios, and differences into ratios of direct to indirect ones.
        measure : str, optional
            What effects are, such as OR, to be named above the table.

        Examples
        --------
        >>> from glabella.synthesis import network
        >>> fit = network(["1", "2", "3", "4"], ["a", "a", "b", "a"], ["b", "c", "c", "b"],
        ...               [-0.5, -0.9, 0.3, -0.7], [0.2, 0.1, 0.15, 0.1], method="DL")
        >>> print(fit.node_split().report(scale="exp", measure="OR").splitlines()[0])
        Direct and indirect evidence (random effects; odds ratio)
        """
        change = shown(scale, measure)
        both = np.flatnonzero(np.isfinite(self.difference))
        if not both.size:
            return "No comparison has direct and indirect evidence: there is nothing to split"
        names = [f"{a} : {b}" for a, b in zip(self.first, self.second, strict=True)]
        width = max(len("comparison"), *(len(names[i]) for i in both))
        lines = [f"Direct and indirect evidence ({self.model} effects; {change.words})", ""]
        apart = "ratio" if change.ratio else "diff"
        lines.append(f"{'comparison':{width}}    k  prop  network   direct indirect {apart:>8}        z        p")
        columns = [change(each) for each in (self.te, self.direct, self.indirect, self.difference)]
        lines += [
            f"{names[i]:{width}} {self.studies[i]:4d} {self.proportion[i]:5.2f} "
            f"{' '.join(f'{each[i]:z8.4f}' for each in columns)} {self.z[i]:z8.2f} {p_text(self.p_value[i]):>8}"
            for i in both
        ]
        return "\n".join(lines)


def node_split(fit: Network, *, model: Model = "random") -> NodeSplit:
    """Separate indirect from direct evidence, for all comparisons at once.

    Direct evidence pools the studies that compare the two treatments, indirect evidence is what must be added to
    come to the network's estimate (back-calculation). The variance between studies is that of the network in both.

    Parameters
    ----------
    fit : Network
        One network, not a batch.
    model : {"random", "common"}
        Whose effects are split.

    References
    ----------
    Dias S, Welton NJ, Caldwell DM, Ades AE. Stat Med 2010;29:932-944. König J, Krahn U, Binder H. Stat Med
    2013;32:5414-5429.
    """
    from scipy.special import ndtr

    of = fit.structure
    all_te, all_se = matrices(fit, model)
    first, second = np.triu_indices(of.n, 1)
    te, se = all_te[first, second], all_se[first, second]
    found = direct_evidence(fit, model)
    place = np.full((of.n, of.n), -1)
    place[found.first, found.second] = np.arange(len(found.first))
    at = place[first, second]
    has = at >= 0
    direct, direct_se = np.where(has, found.te[at], np.nan), np.where(has, found.se[at], np.nan)
    share = np.where(has, se**2 / direct_se**2, 0.0)
    # A study of three arms also says something of two of them by its third, and so a share may pass one.
    alone, none = np.abs(share - 1) < _SHARE, share < _SHARE
    split = has & ~alone & (share < 1)
    rest = np.where(split, 1 - share, np.nan)
    indirect = np.where(has, (te - share * np.nan_to_num(direct)) / rest, te)
    indirect_se = np.where(has, se / np.sqrt(rest), se)
    direct, direct_se = np.where(none, np.nan, direct), np.where(none, np.nan, direct_se)
    difference, difference_se = direct - indirect, np.sqrt(direct_se**2 + indirect_se**2)
    z = difference / difference_se
    names = of.treatments
    studies = np.where(has, found.studies[at], 0)
    return NodeSplit(
        tuple(names[i] for i in first), tuple(names[i] for i in second), studies, te, se, direct, direct_se,
        indirect, indirect_se, share, difference, difference_se, z, 2 * ndtr(-np.abs(z)), model,
    )  # fmt: skip


def direct_evidence(fit: Network, model: Model) -> Direct:
    """Pool each comparison that studies make by inverse variances.

    Parameters
    ----------
    fit : Network
        One network, not a batch.
    model : {"random", "common"}
        Whether the network's variance between studies is added.
    """
    te, se = contrasts(fit)
    first, second, edge, sign = edges(fit.structure)
    weight = 1 / (se**2 + variance(fit, model))
    total = np.bincount(edge, weight)
    pooled = np.bincount(edge, weight * sign * te) / total
    return Direct(first, second, np.bincount(edge), pooled, 1 / np.sqrt(total), edge, sign)


def edges(of: Structure) -> tuple[Ints, Ints, Ints, Floats]:
    """Give the comparisons that studies make, and for each contrast its comparison and direction."""
    low, high = np.minimum(of.a, of.b), np.maximum(of.a, of.b)
    cell, edge = np.unique(low * of.n + high, return_inverse=True)
    return cell // of.n, cell % of.n, edge, np.where(of.a < of.b, 1.0, -1.0)
