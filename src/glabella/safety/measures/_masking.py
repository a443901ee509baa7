"""Masking: one drug's many reports of an event hide the same event under other drugs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.safety.measures._check import counts, within

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Unmasked:
    """Drug-event pairs after one drug's reports are taken away.

    Attributes
    ----------
    n, n_drug, n_event, n_total : ndarray
        Counts of what is left, ready for every other measure.
    rrr, prr, ror : ndarray
        Relative, proportional and odds ratios of what is left; infinite where only the denominator is zero, as
        where no other report has the event, nan where both parts are.
    rrr_ratio, prr_ratio, ror_ratio : ndarray
        Each over its value before: the masking ratio of the pair. Above 1, the drug taken away was masking.
    """

    n: Floats
    n_drug: Floats
    n_event: Floats
    n_total: Floats
    rrr: Floats
    prr: Floats
    ror: Floats
    rrr_ratio: Floats
    prr_ratio: Floats
    ror_ratio: Floats


@dataclass(frozen=True, slots=True)
class WithoutDrug:
    """Counts of a database from which the reports of one drug are taken away.

    Attributes
    ----------
    n : csr_array of shape (drugs, events)
        Reports with drug and event.
    n_drug : ndarray of shape (drugs,)
        Reports with the drug; 0 for the drug taken away.
    n_event : ndarray of shape (events,)
        Reports with the event.
    n_total : int
        Reports left.
    """

    n: csr_array
    n_drug: Floats
    n_event: Floats
    n_total: int


def masking_ratio(n: ArrayLike, n_drug: ArrayLike, n_event: ArrayLike, n_total: ArrayLike) -> Floats:
    """Give by how much a pair's drug masks the pair's event for the other drugs.

    Parameters
    ----------
    n, n_drug, n_event, n_total : array_like, broadcast together
        Reports with the masking drug and the event, with the masking drug, with the event, and at all.

    Returns
    -------
    ndarray
        By what the relative reporting ratio of another drug with this event is multiplied when the masking
        drug's reports are taken away; nan where no other report has the event. Above 1 exactly where the masking
        drug's own ratio with the event is above 1.

    Raises
    ------
    ValueError
        If a count is negative or not finite, ``n`` exceeds a margin, or a margin exceeds ``n_total``.

    Notes
    -----
    (n_event / n_total) / ((n_event - n) / (n_total - n_drug)), which does not depend on the other drug. It is
    exact for the relative reporting ratio of a drug with which the masking drug is never reported, and close for
    the proportional and odds ratios of a drug with few of the event's reports; :func:`unmasked` is exact for all
    three and needs the reports that name both drugs. It equals the PRR of the masking drug over its RRR.

    References
    ----------
    Maignen F, Hauben M, Hung E, Van Holle L, Dogné JM. Pharmacoepidemiol Drug Saf 2014;23:208-217 (the ratio of
    the measure without to the measure with the masking drug). Juhlin K, Ye X, Star K, Norén GN. Pharmacoepidemiol
    Drug Saf 2013;22:1119-1129 (taking outlying drugs away).

    Examples
    --------
    >>> print(masking_ratio(n=500, n_drug=2_000, n_event=1_000, n_total=100_000))
    1.96
    """
    pair, drug, event, total = _pairs(n, n_drug, n_event, n_total)
    return _divide(event * (total - drug), total * (event - pair))


def unmasked(
    n: ArrayLike,
    n_drug: ArrayLike,
    n_event: ArrayLike,
    n_total: ArrayLike,
    *,
    n_masking: ArrayLike,
    n_masking_event: ArrayLike,
    n_both: ArrayLike,
    n_both_event: ArrayLike,
) -> Unmasked:
    """Take one drug's reports away and measure the pairs again.

    Parameters
    ----------
    n, n_drug, n_event, n_total : array_like, broadcast together
        Counts of the pairs, as for every measure.
    n_masking, n_masking_event : array_like
        Reports with the masking drug, and those of them with the pair's event.
    n_both, n_both_event : array_like
        Reports with the masking drug and the pair's drug, and those of them with the event. Passing 0 says that
        the two are never reported together; with a pair's own drug as the masking one nothing is left.

    Returns
    -------
    Unmasked
        Counts, ratios and masking ratios.

    Raises
    ------
    ValueError
        If a count is negative or not finite, or counts contradict each other (a part greater than its whole).

    Notes
    -----
    Inclusion and exclusion: every one of the four counts loses its part with the masking drug. Nothing is
    approximated, provided all counts are of distinct reports.

    References
    ----------
    Maignen F et al. Pharmacoepidemiol Drug Saf 2014;23:208-217. Maignen F, Hauben M, Dogné JM. Ther Adv Drug Saf
    2017;8:231-244.

    Examples
    --------
    >>> found = unmasked(
    ...     20, 1_000, 1_000, 100_000, n_masking=2_000, n_masking_event=500, n_both=10, n_both_event=2
    ... )
    >>> print(found.prr_ratio.round(3), found.prr.round(3))
    1.811 3.659
    """
    pair, drug, event, total = _pairs(n, n_drug, n_event, n_total)
    masking, masking_event, both, both_event = counts(
        n_masking=n_masking, n_masking_event=n_masking_event, n_both=n_both, n_both_event=n_both_event
    )
    for part, whole, names in (
        (masking, total, ("n_masking", "n_total")),
        (masking_event, event, ("n_masking_event", "n_event")),
        (masking_event, masking, ("n_masking_event", "n_masking")),
        (both, drug, ("n_both", "n_drug")),
        (both, masking, ("n_both", "n_masking")),
        (both_event, pair, ("n_both_event", "n")),
        (both_event, both, ("n_both_event", "n_both")),
        (both_event, masking_event, ("n_both_event", "n_masking_event")),
    ):
        within(part, whole, *names)
    left = (pair - both_event, drug - both, event - masking_event, total - masking)
    for part, whole, names in (
        (left[0], left[1], ("n without the masking drug", "n_drug without it")),
        (left[0], left[2], ("n without the masking drug", "n_event without it")),
        (left[1], left[3], ("n_drug without the masking drug", "n_total without it")),
        (left[2], left[3], ("n_event without the masking drug", "n_total without it")),
    ):
        within(part, whole, *names)
    before, after = _ratios(pair, drug, event, total), _ratios(*left)
    with np.errstate(invalid="ignore"):  # one infinite ratio over another says nothing
        changes = {f"{name}_ratio": _divide(after[name], before[name]) for name in after}
    shape = np.broadcast(*left).shape
    n_left, drug_left, event_left, total_left = (np.broadcast_to(column, shape) for column in left)
    return Unmasked(n=n_left, n_drug=drug_left, n_event=event_left, n_total=total_left, **after, **changes)


def without_drug(reports_by_drug: Any, reports_by_event: Any, drug: int) -> WithoutDrug:
    """Count all pairs again without the reports of one drug.

    Parameters
    ----------
    reports_by_drug : sparse or dense array of shape (reports, drugs)
        1 where a report names a drug, else 0.
    reports_by_event : sparse or dense array of shape (reports, events)
        1 where a report names an event, else 0.
    drug : int
        Column of the drug to leave out.

    Returns
    -------
    WithoutDrug
        Exact counts, with whatever is reported together.

    Raises
    ------
    ValueError
        If the two differ in reports, or there is no such drug.

    References
    ----------
    Juhlin K, Ye X, Star K, Norén GN. Pharmacoepidemiol Drug Saf 2013;22:1119-1129.

    Examples
    --------
    >>> left = without_drug([[1, 0], [1, 1], [0, 1]], [[1], [0], [1]], 0)
    >>> left.n_total, left.n_drug.tolist(), left.n.toarray().tolist()
    (1, [0.0, 1.0], [[0.0], [1.0]])
    """
    from scipy.sparse import csr_array

    drugs, events = (csr_array(found, dtype=float) for found in (reports_by_drug, reports_by_event))
    if drugs.shape[0] != events.shape[0]:
        raise ValueError(
            f"reports_by_event has {events.shape[0]} reports, expected {drugs.shape[0]} as reports_by_drug"
        )
    if not 0 <= drug < drugs.shape[1]:
        raise ValueError(f"drug is {drug}, expected 0 to {drugs.shape[1] - 1}")
    named = np.zeros(drugs.shape[0], dtype=bool)
    named[drugs[:, [drug]].nonzero()[0]] = True
    drugs, events = drugs[~named], events[~named]
    return WithoutDrug(
        n=csr_array(drugs.T @ events),
        n_drug=np.asarray(drugs.sum(axis=0)).ravel(),
        n_event=np.asarray(events.sum(axis=0)).ravel(),
        n_total=int((~named).sum()),
    )


def _pairs(n: ArrayLike, n_drug: ArrayLike, n_event: ArrayLike, n_total: ArrayLike) -> list[Floats]:
    found = counts(n=n, n_drug=n_drug, n_event=n_event, n_total=n_total)
    pair, drug, event, total = found
    within(pair, drug, "n", "n_drug")
    within(pair, event, "n", "n_event")
    within(drug, total, "n_drug", "n_total")
    within(event, total, "n_event", "n_total")
    return found


def _ratios(n: Floats, n_drug: Floats, n_event: Floats, n_total: Floats) -> dict[str, Floats]:
    rest, others = n_event - n, n_total - n_drug
    return {
        "rrr": _divide(n * n_total, n_drug * n_event),
        "prr": _ratio(n * others, n_drug * rest),
        "ror": _ratio(n * (others - rest), (n_drug - n) * rest),
    }


def _divide(up: Floats, down: Floats) -> Floats:
    """Divide, nan where the denominator is zero."""
    return np.asarray(np.divide(up, down, out=np.full(np.broadcast(up, down).shape, np.nan), where=down > 0))


def _ratio(up: Floats, down: Floats) -> Floats:
    """Divide counts; infinite where only the denominator is zero, nan where both are."""
    return np.where((down == 0) & (up > 0), np.inf, _divide(up, down))
