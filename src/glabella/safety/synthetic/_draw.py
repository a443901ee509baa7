"""Draw synthetic reports as arrays: who took what, what happened, and in which version of which case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from glabella.safety.synthetic._events import draw_events
from glabella.safety.synthetic._history import History, day_axis, histories
from glabella.safety.synthetic._medication import Medication, draw_medication
from glabella.safety.synthetic._people import People, draw_people
from glabella.safety.synthetic._quarters import parse_quarters
from glabella.safety.synthetic._rates import Mixture, default_mixture
from glabella.safety.synthetic._vocabulary import Vocabulary, vocabulary


@dataclass(frozen=True, slots=True)
class Draw:
    """Synthetic reports.

    What a case tells is a *content*; its versions and its second copies, numbered in ``history``, point to it.

    Attributes
    ----------
    seed : int
        Of all random numbers.
    quarters : tuple of str
        In order.
    mixture : Mixture
        Of the planted rates.
    words : Vocabulary
        The names behind every id.
    history : History
        The reports, in the order of ``report_id``.
    medication : Medication
        The drugs of each content.
    event_start : ndarray of shape (contents + 1,)
        Where the events of each content stand in ``events``.
    events : ndarray
        Ids of distinct events, ascending in each content.
    margin : ndarray of shape (all events,)
        True share of each event among all drawn, before repeated ones are merged.
    people : People
        Sex, age, country, reporter and event date of each content.
    """

    seed: int
    quarters: tuple[str, ...]
    mixture: Mixture
    words: Vocabulary
    history: History
    medication: Medication
    event_start: NDArray[np.int32]
    events: NDArray[np.uint16]
    margin: NDArray[np.float64]
    people: People

    @property
    def reports(self) -> int:
        """Report versions."""
        return len(self.history.content)

    @property
    def contents(self) -> int:
        """Cases without second copies."""
        return len(self.event_start) - 1

    def __str__(self) -> str:
        flags = self.history.flags
        return (
            f"SYNTHETIC draw: {self.reports:,} report versions of {self.contents:,} cases, "
            f"{self.quarters[0]} to {self.quarters[-1]}, seed {self.seed}\n"
            f"{np.count_nonzero(flags & 1):,} superseded, {np.count_nonzero(flags & 2):,} deleted, "
            f"{np.count_nonzero(flags & 4):,} second copies\n"
            f"{len(self.medication.substance):,} drugs of {len(self.words.substances):,} and "
            f"{len(self.events):,} events of {len(self.words.events):,}"
        )


def draw(
    reports: int,
    *,
    drugs: int | None = None,
    events: int | None = None,
    quarters: str | Sequence[str] = "2004Q1..2026Q2",
    seed: int = 0,
    truth: Mixture | None = None,
    dossier: Path | str | None = None,
) -> Draw:
    """Draw synthetic reports with known relative rates.

    The event of a report given its primary suspect d has probability proportional to q_e λ_de, with Zipf-like
    base shares q and rates λ from a mixture of two gammas. Companions change nothing about the events, so a pair
    that stands out only through them is confounded by co-medication.

    Parameters
    ----------
    reports : int
        Report versions, follow-ups and second copies among them.
    drugs, events : int, optional
        Sizes of the vocabularies; 5,000 and 12,000 from a million reports on, fewer in smaller draws.
    quarters : str or sequence of str
        Such as ``"2004Q1..2026Q2"`` or ``["2004Q1", "2014Q3"]``.
    seed : int
        The same seed and arguments give the same draw, on any number of cores.
    truth : Mixture, optional
        Of the rates; that of the real quarter 2022Q3 otherwise.
    dossier : path or str, optional
        Whose real names stand among the made-up ones, see :func:`glabella.safety.load_lists`; the shipped
        dossier's otherwise.

    Returns
    -------
    Draw

    Raises
    ------
    ValueError
        For fewer than 100 reports or more than 100 million, a negative seed, quarters that are none, or
        vocabularies smaller than the real names in them; and for a dossier that is none, or whose names are wrong.

    Examples
    --------
    >>> len(draw(1000, quarters="2013Q1", seed=1).history.primaryid)
    1000
    """
    if not 100 <= reports <= 100_000_000:
        raise ValueError(f"reports is {reports}, expected 100 to 100,000,000")
    if seed < 0:
        raise ValueError(f"seed is {seed}, expected 0 or more")
    names = parse_quarters(quarters)
    mixture = truth or default_mixture()
    words = vocabulary(reports, seed, drugs, events, dossier)
    history = histories(reports, names, seed)
    contents = len(history.first_day)
    medication = draw_medication(contents, words, seed)
    start, drawn, margin = draw_events(medication.suspect, words, mixture, seed)
    people = draw_people(history.first_day, history.complete, day_axis(names), seed)
    return Draw(seed, names, mixture, words, history, medication, start, drawn, margin, people)
