"""Counts of what a dossier holds, such as how many of its studies show something."""

from __future__ import annotations

from collections.abc import Iterable

from glabella._version import __version__
from glabella.brief.results import Results
from glabella.shown import Claim, Ledger, Source


def count(
    results: Results,
    book: Ledger,
    name: str,
    label: str,
    value: int,
    *,
    files: Iterable[str],
    sources: Iterable[str],
) -> Claim:
    """Make a claim of a count.

    Parameters
    ----------
    results : Results
        Of the dossier.
    book : Ledger
        Keeps the claim.
    name, label : str
        Its id and what is counted.
    value : int
        How many.
    files : iterable of str
        The dossier's files that were looked through.
    sources : iterable of str
        References of what was counted through.

    Returns
    -------
    Claim
    """
    digests = results.evidence.digests
    return book(
        name,
        label,
        value,
        population="what this dossier holds",
        time_span="any",
        certainty="not rated",
        function=count,
        version=__version__,
        inputs=tuple((file, digests[file]) for file in dict.fromkeys(files)),
        sources=tuple(Source(key, "derived") for key in dict.fromkeys(sources)),
        decimals=0,
    )
