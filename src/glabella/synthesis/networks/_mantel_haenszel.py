"""Mantel and Haenszel's odds ratios of a network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis.networks._arms import Arms, Bools, Dropped, Floats, Ints, refuse_extreme
from glabella.synthesis.networks._counts import (
    CountNetwork,
    Informative,
    against,
    informative,
    names,
    refuse_apart,
    result,
)


def network_mh(
    studlab: ArrayLike,
    treat: ArrayLike,
    events: ArrayLike,
    n: ArrayLike,
    *,
    reference: str | None = None,
    level: float = 0.95,
) -> CountNetwork:
    """Pool 2×J tables of a network by Mantel and Haenszel's method, without a correction of empty cells.

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
        Log odds ratios. ``dropped`` names the studies without an event, or with nothing else; the arms of which
        no study of their design has an event (or anything else); and the studies of designs of which that leaves
        a single arm.

    Raises
    ------
    ValueError
        If lengths differ, a value cannot be (the message names study and treatment), a treatment is named twice
        in a study, a study has one arm, a treatment never has an event or never anything else, two arms of a
        design never inform on each other, what informs does not connect all treatments, or the reference is
        unknown.

    Notes
    -----
    Studies of one design (the same treatments) are strata of one table: their log odds ratios are Greenland's
    generalised Mantel-Haenszel estimates, which agree with each other within a design, with his covariances, which
    hold both for few large and for many small studies. Designs are then combined by weighted least squares;
    ``q`` is their inconsistency. Within two arms this is ``pool_mh("OR", …)``. Ratios and differences of
    risks are not offered, as their generalised estimates lack such covariances; ``pairwise`` and ``network`` have
    them by inverse variances.

    References
    ----------
    Efthimiou O, Rücker G, Schwarzer G, Higgins JPT, Egger M, Salanti G. Network meta-analysis of rare events using
    the Mantel-Haenszel method. Stat Med 2019;38:2992-3012.
    Greenland S. Generalized Mantel-Haenszel estimators for K 2×J tables. Biometrics 1989;45:183-191.

    Examples
    --------
    >>> fit = network_mh(["1", "1", "2", "2"], ["A", "B", "B", "C"], [1, 4, 2, 6], [50, 50, 80, 80])
    >>> fit.te_common[0].round(2).tolist()
    [0.0, -1.45, -2.6]
    """
    given = informative(studlab, treat, events, n)
    found = given.arms
    refuse_extreme(found, given.events == 0, "no event", "OR")
    refuse_extreme(found, given.rest == 0, "the event in everybody", "OR")
    base = against(found, reference, level)
    parts, dropped = _designs(given)
    size = len(found.treatments)
    linked = np.zeros((size, size), dtype=bool)
    for part in parts:
        linked[np.ix_(part.treat, part.treat)] = True
    refuse_apart(found, linked, dropped)
    information, score, own = np.zeros((size, size)), np.zeros(size), 0.0
    for part in parts:
        y, cov = _greenland(found, part)
        contrast = np.zeros((len(y), size))
        contrast[:, part.treat[0]] = 1.0
        contrast[np.arange(len(y)), part.treat[1:]] = -1.0
        weight = np.asarray(np.linalg.inv(cov), dtype=float)
        information += contrast.T @ weight @ contrast
        score += contrast.T @ weight @ y
        own += float(y @ weight @ y)
    others = np.delete(np.arange(size), base)
    cov = np.asarray(np.linalg.inv(information[np.ix_(others, others)]), dtype=float)
    effect = cov @ score[others]
    df = sum(len(part.treat) - 1 for part in parts) - (size - 1)
    return result(
        "Mantel-Haenszel", given, (effect, cov), base, level,
        q=max(0.0, own - float(effect @ score[others])) if df else 0.0, q_df=df,
        k=sum(len(part.events) for part in parts), designs=[part.name for part in parts], dropped=dropped,
    )  # fmt: skip


#: A covariance whose least eigenvalue is this share of its largest, or less, is singular but for rounding.
_SINGULAR = 1e-10


@dataclass(frozen=True, slots=True)
class _Design:
    """Counts of the studies of one design, of shape (k, arms)."""

    name: str
    treat: Ints
    events: Floats
    rest: Floats


def _designs(given: Informative) -> tuple[list[_Design], list[Dropped]]:
    """Group studies by their treatments, and leave out the arms on which no study of their design informs."""
    found, dropped = given.arms, list(given.dropped)
    member: dict[tuple[int, ...], list[Ints]] = {}
    for study in np.unique(found.study[given.kept]):
        rows = np.flatnonzero(found.study == study)
        rows = rows[np.argsort(found.treat[rows])]
        member.setdefault(tuple(found.treat[rows].tolist()), []).append(rows)
    parts = []
    for treat, each in sorted(member.items()):
        rows = np.stack(each)
        name = ":".join(found.treatments[place] for place in treat)
        events, rest = given.events[rows], given.rest[rows]
        empty, full = events.sum(axis=0) == 0, rest.sum(axis=0) == 0
        keep = ~(empty | full)
        dropped += _without(found, rows, empty, f"no event in any study of the design {name}")
        dropped += _without(found, rows, full & ~empty, f"the event in everybody of the design {name}")
        if keep.sum() < 2:
            dropped += _without(found, rows, keep, f"the only arm left of the design {name}")
        else:
            parts.append(_Design(name, np.array(treat)[keep], events[:, keep], rest[:, keep]))
    return parts, dropped


def _without(found: Arms, rows: NDArray[np.intp], arms: Bools, reason: str) -> list[Dropped]:
    if not arms.any():
        return []
    return [Dropped(found.studies[found.study[each[0]]], names(found, each[arms]), reason) for each in rows]


def _greenland(found: Arms, part: _Design) -> tuple[Floats, Floats]:
    """Log odds ratios of a design's first arm versus the others, and their covariance (Greenland 1989).

    ``c[x, y]`` sets events of x against non-events of y; a log odds ratio is log c[x, y] / c[y, x], and those of
    all pairs are averaged into one for each arm.
    """
    e, f = part.events, part.rest
    n, arms = e + f, e.shape[1]
    total = n.sum(axis=1)
    c = e[:, :, None] * f[:, None, :] / total[:, None, None]
    d = (e[:, :, None] + f[:, None, :]) / total[:, None, None]
    C = c.sum(axis=0)
    _refuse_one_sided(found, part, C)
    # An arm against itself, which enters nothing.
    np.fill_diagonal(C, 1.0)
    T, turned = C.T, np.swapaxes(d, 1, 2)
    straight, crossed = (c * d).sum(axis=0), (c * turned).sum(axis=0)
    variance = straight / (2 * C**2) + (crossed + crossed.T) / (2 * C * T) + straight.T / (2 * T**2)
    # Covariance of x versus y with x versus z.
    triple = "sx,sy,sz->xyz"
    w = 1 / total[:, None] ** 2
    C_y, C_z, T_y, T_z = C[:, :, None], C[:, None, :], T[:, :, None], T[:, None, :]
    covariance = (
        np.einsum(triple, e * w, f, f) / (C_y * C_z) + np.einsum(triple, n * w, f, e) / (C_y * T_z)
        + np.einsum(triple, n * w, e, f) / (T_y * C_z) + np.einsum(triple, f * w, e, e) / (T_y * T_z)
    ) / 3  # fmt: skip
    at = np.arange(arms)
    covariance[:, at, at] = variance
    covariance[at, at, :] = covariance[at, :, at] = 0.0
    # Of the sums over y: pairs that share no arm are uncorrelated.
    row = covariance.sum(axis=2)
    sums = covariance.sum(axis=0) - row - row.T + np.where(np.eye(arms, dtype=bool), 0.0, variance)
    sums[at, at] = covariance.sum(axis=(1, 2))
    mean = np.log(C / T).sum(axis=1) / arms
    against = np.column_stack([np.ones(arms - 1), -np.eye(arms - 1)])
    found_cov = against @ (sums / arms**2) @ against.T
    size = np.linalg.eigvalsh(found_cov)
    if size[0] <= _SINGULAR * size[-1]:
        raise ValueError(f"the studies of the design {part.name} are too sparse: the covariance of their odds "
                         "ratios is not that of anything; expected more events")  # fmt: skip
    return against @ mean, found_cov


def _refuse_one_sided(found: Arms, part: _Design, C: Floats) -> None:
    never = np.argwhere((C == 0) & ~np.eye(len(C), dtype=bool))
    if len(never):
        one, two = (found.treatments[part.treat[place]] for place in never[0])
        raise ValueError(f"no study of the design {part.name} has an event of {one!r} and a non-event of {two!r}: "
                         "their odds ratio is infinite or not defined; expected one that has")  # fmt: skip
