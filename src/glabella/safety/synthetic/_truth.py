"""The planted truth: what a signal detector ought to find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glabella.safety.synthetic._blocks import gather, mapped
from glabella.safety.synthetic._draw import Draw
from glabella.safety.synthetic._events import suspects
from glabella.safety.synthetic._rates import event_probabilities, planted_rates

if TYPE_CHECKING:
    import polars as pl

#: A pair is a signal from this true ratio on, and scored where its rate brings this many reports on average:
#: three is the least that published thresholds ask for (Evans 2001).
SIGNAL, ENOUGH = 2.0, 3.0


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
        ``expected``, n_drug · n_event / contents; ``ratio``, the true relative reporting ratio; ``positive``,
        the label for an area under the curve, null where a pair is not to be scored.

    Notes
    -----
    ``ratio`` is P(event | drug) over its mean weighted by reports, which is what n / expected estimates.
    ``lambda`` is not quite that: rates are normalised within a drug, and the reports of all drugs make the margin.
    The component says less: most rates of the signal component are near zero.

    ``positive`` is true from a ratio of 2 on when the planted rate brings at least 3 reports on average
    (ratio · expected), false below a ratio of 2, and null between: a signal so rare that its few reports could be
    any pair's. Score observed pairs, n of 1 or more, counted for primary suspects. The choice matters and belongs
    beside every result: with the rare signals as positives the lower bounds EB05 and IC025, which ask how sure and
    not how large, rank no better than a plain PRR, while EBGM does.
    """
    import polars as pl

    if not floor > 0:
        raise ValueError(f"floor is {floor}, expected more than 0")
    words = draw.words
    groups = suspects(draw.medication.suspect, len(words.substances))
    n_event = np.bincount(draw.events, minlength=len(words.events))
    parts = list(mapped(lambda group: _pairs(draw, *group, n_event, floor), groups))
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    names = {
        "drug": pl.Series(words.substances).gather(columns["drug_id"]),
        "event": pl.Series(words.events).gather(columns["event_id"]),
    }
    enough = pl.col("ratio") * pl.col("expected") >= ENOUGH
    positive = pl.when(pl.col("ratio") < SIGNAL).then(False).when(enough).then(True)
    return pl.DataFrame({**names, **columns}).with_columns(positive=positive)


def _pairs(
    draw: Draw,
    drug: int,
    contents: NDArray[np.int64],
    n_event: NDArray[np.int64],
    floor: float,
) -> dict[str, NDArray[np.generic]]:
    rates, component = planted_rates(draw.seed, draw.mixture, draw.words, drug)
    where, _ = gather(draw.event_start, contents)
    n = np.bincount(draw.events[where], minlength=len(n_event))
    expected = len(contents) / draw.contents * n_event
    kept = np.flatnonzero((n > 0) | (expected >= floor))
    ratio = event_probabilities(rates, draw.words)[kept] / draw.margin[kept]
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
