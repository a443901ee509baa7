"""Of which outcome a share in a sentence is, by the words that a dossier lists for its outcomes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glabella.decision.articles._check import outcomes_named
from glabella.decision.shares import StatedShare, shares_in

if TYPE_CHECKING:
    from glabella.dossier import Frames

#: What stands between the shares of a sentence.
_APART = re.compile(r"[,;:()]\s|\s(?=(?:and|but|while|whereas|against|versus|compared)\s)")


def shares_of_outcomes(text: str, frames: Frames) -> tuple[tuple[StatedShare, frozenset[str]], ...]:
    """Find the shares that a sentence states, each with the outcomes that it may be of.

    Parameters
    ----------
    text : str
        A sentence.
    frames : Frames
        Of a dossier.

    Returns
    -------
    tuple of (StatedShare, frozenset of str)
        One outcome where the sentence tells it, none where it names none, several where it cannot be told.

    Examples
    --------
    >>> from glabella.dossier import Frames
    >>> frames = Frames.model_validate({"language": "en", "subject": ["tea"], "concepts": {"c": ["c"]},
    ...     "outcomes": {"eased": ["eased"], "cured": ["cured"]}, "frames": []})
    >>> def told(text):
    ...     return [(share.words, sorted(outcomes)) for share, outcomes in shares_of_outcomes(text, frames)]
    >>> told("Of all, 45% were eased and 20% cured, against 5% with water.")
    [('45%', ['eased']), ('20%', ['cured']), ('5%', ['cured'])]
    >>> told("The eased and the cured were 45% and 20%."), told("It did good to 45%.")
    ([('45%', ['cured', 'eased']), ('20%', ['cured', 'eased'])], [('45%', [])])
    """
    shares = shares_in(text)
    everywhere = outcomes_named(text, frames)
    if len(everywhere) < 2:
        return tuple((share, everywhere) for share in shares)
    parts = [(part, shares_in(part)) for part in _APART.split(text)]
    found: list[tuple[StatedShare, frozenset[str]]] = []
    told, last = set[str](), everywhere
    for part, inside in parts:
        here = outcomes_named(part, frames)
        if inside:
            told |= here
            last = here or last
        found += [(share, last) for share in inside]
    # An outcome that stands apart from every share may be that of any of them.
    if told != everywhere or [share for share, _ in found] != list(shares):
        return tuple((share, everywhere) for share in shares)
    return tuple(found)
