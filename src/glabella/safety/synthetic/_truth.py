"""The planted truth: what a signal detector ought to find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glabella.safety.synthetic._blocks import gather
from glabella.safety.synthetic._draw import Draw
from glabella.safety.synthetic._events import suspects
from glabella.safety.synthetic._rates import event_probabilities, planted_rates

if TYPE_CHECKING:
    import polars as pl


def planted_truth(draw: Draw, *, floor: float = 0.5) -> pl.DataFrame:
    """List pairs of primary suspect and event with the rate that was planted.

    Counts are of contents: cases without their follow-ups and second copies, deleted ones among them. They differ
    from what a store counts by exactly those.

    Parameters
    ----------
    draw : Draw
        From :func:`draw`.
    floor : float
        Pairs that were not drawn are listed where at least so many reports were expected.

    Returns
    -------
    polars.DataFrame
        By drug and event: ``drug``, ``event`` (names), ``drug_id``, ``event_id``; ``lambda``, the rate from the
        mixture; ``component``, 1 signal, 2 background, 0 set by hand; ``n``, ``n_drug``, ``n_event`` and
        ``expected``, n_drug · n_event / contents; ``ratio``, the true relative reporting ratio.

    Notes
    -----
    **Positive means ``ratio`` of 2 or more**, among pairs with n of 1 or more (with ``expected`` of 0.1 or more
    where all pairs of a fixed set are wanted). ``lambda`` is not quite the target of a disproportionality
    statistic: rates are normalised within a drug, and the reports of all drugs make the margin of the event.
    ``ratio`` is P(event | drug) over the mean of P(event | drug) weighted by reports, which is what n / expected
    estimates. The component says less: most rates of the signal component are near zero.
    """
    import polars as pl

    if not floor > 0:
        raise ValueError(f"floor is {floor}, expected more than 0")
    words = draw.words
    groups = suspects(draw.medication.suspect, len(words.substances))
    n_event = np.bincount(draw.events, minlength=len(words.events))
    margin = np.zeros(len(words.events))
    for drug, contents in groups:
        margin += len(contents) / draw.contents * event_probabilities(_rates(draw, drug)[0], words)
    parts = [_pairs(draw, drug, contents, n_event, margin, floor) for drug, contents in groups]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    names = {
        "drug": pl.Series(words.substances).gather(columns["drug_id"]),
        "event": pl.Series(words.events).gather(columns["event_id"]),
    }
    return pl.DataFrame({**names, **columns})


def _rates(draw: Draw, drug: int) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    return planted_rates(draw.seed, draw.mixture, draw.words, drug)


def _pairs(
    draw: Draw,
    drug: int,
    contents: NDArray[np.int64],
    n_event: NDArray[np.int64],
    margin: NDArray[np.float64],
    floor: float,
) -> dict[str, NDArray[np.generic]]:
    rates, component = _rates(draw, drug)
    where, _ = gather(draw.event_start, contents)
    n = np.bincount(draw.events[where], minlength=len(n_event))
    expected = len(contents) / draw.contents * n_event
    kept = np.flatnonzero((n > 0) | (expected >= floor))
    ratio = event_probabilities(rates, draw.words)[kept] / margin[kept]
    return {
        "drug_id": np.full(len(kept), drug, np.int32),
        "event_id": kept.astype(np.int32),
        "lambda": rates[kept],
        "component": component[kept],
        "n": n[kept].astype(np.int32),
        "n_drug": np.full(len(kept), len(contents), np.int32),
        "n_event": n_event[kept].astype(np.int32),
        "expected": expected[kept],
        "ratio": ratio,
    }
