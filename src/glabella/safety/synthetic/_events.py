"""The events of each content, drawn drug by drug from the planted rates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glabella.safety.synthetic._blocks import blocks, gather, mapped, starts
from glabella.safety.synthetic._data import read, stream
from glabella.safety.synthetic._rates import Mixture, event_probabilities, planted_rates
from glabella.safety.synthetic._vocabulary import Vocabulary

Floats = NDArray[np.float64]


def draw_events(
    suspect: NDArray[np.uint16], words: Vocabulary, mixture: Mixture, seed: int
) -> tuple[NDArray[np.int32], NDArray[np.uint16], Floats]:
    """Draw the distinct events of every content, given its primary suspect.

    All events of a drug come from one cumulated distribution at once, so the only loop is over drugs. Events that
    a report draws twice count once.

    Returns
    -------
    start : ndarray of shape (contents + 1,)
    events : ndarray of uint16
        Ascending within a content.
    margin : ndarray of shape (all events,)
        Mean of the drugs' distributions of events, weighted by their reports.
    """
    shape = read("shape")["events"]
    wanted = np.concatenate(
        [
            np.minimum(
                stream(seed, "events", 0, a).geometric(1 / shape["mean_per_report"], b - a),
                shape["most_per_report"],
            ).astype(np.uint8)
            for a, b in blocks(len(suspect))
        ]
    )
    start = starts(wanted)
    events = np.empty(start[-1], np.uint16)
    groups = suspects(suspect, len(words.substances))

    def one_drug(group: tuple[int, NDArray[np.int64]]) -> Floats:
        drug, contents = group
        probability = event_probabilities(planted_rates(seed, mixture, words, drug)[0], words)
        random = stream(seed, "events", 1, drug)
        where, _ = gather(start, contents)
        # The last entry is one up to rounding; without it every number below one finds an event.
        cumulated = np.cumsum(probability)[:-1]
        events[where] = np.searchsorted(cumulated, random.random(len(where)), side="right")
        return probability * (len(contents) / len(suspect))

    margin = np.zeros(len(words.events))
    for share in mapped(one_drug, groups):
        margin += share
    return (*_distinct(start, events), margin)


def suspects(suspect: NDArray[np.uint16], drugs: int) -> list[tuple[int, NDArray[np.int64]]]:
    """Group contents by primary suspect; drugs without any are left out."""
    order = np.argsort(suspect, kind="stable")
    edge = np.searchsorted(suspect[order], np.arange(drugs + 1))
    return [(d, order[edge[d] : edge[d + 1]]) for d in range(drugs) if edge[d] < edge[d + 1]]


def _distinct(start: NDArray[np.int32], events: NDArray[np.uint16]) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
    def distinct(block: tuple[int, int]) -> tuple[NDArray[np.uint8], NDArray[np.uint16]]:
        a, b = block
        length = np.diff(start[a : b + 1])
        key = np.repeat(np.arange(b - a), length) << 16 | events[start[a] : start[b]]
        key.sort()
        key = key[np.concatenate([[True], key[1:] != key[:-1]])]
        return np.bincount(key >> 16, minlength=b - a).astype(np.uint8), (key & 0xFFFF).astype(np.uint16)

    counts, kept = zip(*mapped(distinct, blocks(len(start) - 1)), strict=True)
    return starts(np.concatenate(counts)), np.concatenate(kept)
