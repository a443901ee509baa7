"""The text of REAC, OUTC and RPSR: what happened, how it ended, and where the report came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from glabella.safety.synthetic._blocks import gather
from glabella.safety.synthetic._drugs import apostrophes
from glabella.safety.synthetic._page import Page, Words, constant, numbers, text_shape, when

if TYPE_CHECKING:
    import polars as pl


def reac(page: Page, words: Words) -> dict[str, pl.Series]:
    """Write REAC; superseded versions may lack the last reaction of the latest."""
    history, draw = page.draw.history, page.draw
    where, count = gather(draw.event_start, page.content)
    kept = np.ones(len(where), bool)
    kept[(np.cumsum(count) - 1)[history.shortened[page.rows] & (count > 1)]] = False
    report = np.repeat(page.rows, count)[kept]
    text = apostrophes(page, "reac", words.events[page.legacy].gather(draw.events[where[kept]]))
    doubled = page.random("reac").random(len(text)) < page.share("double_space")
    doubled &= text.str.contains(" ", literal=True).to_numpy()
    page.plant("reac", white_space=doubled)
    text = when(doubled, text.str.replace(" ", "  ", literal=True), text)
    return {
        "primaryid": numbers(history.primaryid[report]),
        "caseid": numbers(history.caseid[report]),
        "pt": text,
        "drug_rec_act": constant(None, len(text)),
    }


def outc(page: Page) -> dict[str, pl.Series]:
    """Write OUTC: one outcome, sometimes two."""
    return _codes(page, "outc", "outc_cod", text_shape()["serious"], text_shape()["outcomes"])


def rpsr(page: Page) -> dict[str, pl.Series]:
    """Write RPSR: one source, sometimes two."""
    return _codes(page, "rpsr", "rpsr_cod", text_shape()["sourced"], text_shape()["sources"])


def _codes(page: Page, table: str, column: str, share: float, shares: dict[str, float]) -> dict[str, pl.Series]:
    import polars as pl

    random, history, size = page.random(table), page.draw.history, len(page.rows)
    first = np.searchsorted(np.cumsum(list(shares.values()))[:-1], random.random(size), side="right")
    count = (random.random(size) < share).astype(np.int64)
    count += (count > 0) & (random.random(size) < 0.2)
    at = np.repeat(np.arange(size), count)
    second = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
    return {
        "primaryid": numbers(history.primaryid[page.rows[at]]),
        "caseid": numbers(history.caseid[page.rows[at]]),
        column: pl.Series(list(shares)).gather((first[at] + second) % len(shares)),
    }
