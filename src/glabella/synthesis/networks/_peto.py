"""Peto's one-step odds ratios of a network."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from glabella.synthesis.networks._arms import Arms, Ints
from glabella.synthesis.networks._counts import CountNetwork, against, informative, refuse_apart, result


def network_peto(
    studlab: ArrayLike,
    treat: ArrayLike,
    events: ArrayLike,
    n: ArrayLike,
    *,
    reference: str | None = None,
    level: float = 0.95,
) -> CountNetwork:
    """Pool 2×J tables of a network by Peto's one-step method.

    Parameters
    ----------
    studlab, treat : array_like of shape (rows,)
        Study and treatment of each arm.
    events, n : array_like of shape (rows,)
        People with the event, and all people.
    reference : str, optional
        Treatment that is shown against, by default the first in alphabetical order.
    level : float
        Of every interval.

    Returns
    -------
    CountNetwork
        Log odds ratios; biased where arms are of very different size or effects are large. ``dropped`` names the
        studies without an event, or with nothing else.

    Raises
    ------
    ValueError
        If lengths differ, a value cannot be (the message names study and treatment), a treatment is named twice
        in a study, a study has one arm, the studies that inform do not connect all treatments, or the reference
        is unknown.

    Notes
    -----
    Given a study's margins and no effect, its arms' events O have a multivariate hypergeometric distribution with
    mean E = Mp and covariance V = M(N - M)/(N - 1) (diag(p) - pp'), where M of N people have the event and p are
    the arms' shares of people. With small log odds θ, O - E is about Vθ; so (ΣV)θ = Σ(O - E), and (ΣV)⁻¹ is the
    covariance of the contrasts. With two treatments this is ``pool_peto``. The heterogeneity is
    Σ (O - E)'V⁻(O - E) - θ'Σ(O - E), the sum of what differs within and between designs. It is finite where a
    treatment never has an event, or always, as nothing is divided by the events of one arm.

    References
    ----------
    Yusuf S, Peto R, Lewis J, Collins R, Sleight P. Prog Cardiovasc Dis 1985;27:335-371.
    Greenland S, Salvan A. Stat Med 1990;9:247-252 (bias).

    Examples
    --------
    >>> fit = network_peto(["1", "1", "2", "2"], ["A", "B", "B", "C"], [1, 4, 2, 6], [50, 50, 80, 80])
    >>> fit.te_common[0].round(2).tolist()
    [0.0, -1.25, -2.3]
    """
    given = informative(studlab, treat, events, n)
    found, kept = given.arms, given.kept
    base = against(found, reference, level)
    people, size = given.events + given.rest, len(found.treatments)
    total, cases = found.total(people)[found.study], found.total(given.events)[found.study]
    share = people / total
    spread = np.where(kept, cases * (total - cases) / (total - 1), 0.0)
    difference = np.where(kept, given.events - cases * share, 0.0)
    score = np.bincount(found.treat, difference, minlength=size)
    # Σ spread (diag(p) - pp'), from the shares of all studies as columns.
    wide = np.zeros((len(found.studies), size))
    wide[found.study, found.treat] = share
    by_study = np.zeros(len(found.studies))
    by_study[found.study] = spread
    information = np.diag(np.bincount(found.treat, spread * share, minlength=size)) - (wide.T * by_study) @ wide
    refuse_apart(found, (wide.T * by_study) @ wide > 0, given.dropped)
    others = np.delete(np.arange(size), base)
    cov = np.asarray(np.linalg.inv(information[np.ix_(others, others)]), dtype=float)
    effect = np.asarray(cov @ score[others], dtype=float)
    own = np.where(kept, difference**2 / np.where(kept, spread * share, 1.0), 0.0).sum()
    informing = np.unique(found.study[kept])
    df = int(kept.sum() - len(informing) - (size - 1))
    return result(
        "Peto", given, (effect, cov), base, level, q=max(0.0, float(own - effect @ score[others])) if df else 0.0,
        q_df=df, k=len(informing),
        designs=designs(found, informing), dropped=given.dropped,
    )  # fmt: skip


def designs(found: Arms, studies: Ints) -> tuple[str, ...]:
    """Name the sets of treatments that some studies compare."""
    sets = {tuple(sorted(found.treat[found.study == study].tolist())) for study in studies.tolist()}
    return tuple(":".join(found.treatments[place] for place in one) for one in sorted(sets))
