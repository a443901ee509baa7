"""Whether a number stands in words in the dossier's prose: a count that nobody could trace to a source.

A digit in a sentence is a fault because it would be a number without a source; *half of them* and *four trials* are
the same number with other letters. Such a word is named ``{like_this}`` and given a value and a source, or it is no
result (*half-hour*, *at most every …*, *two groups* where a design is described), and then its phrase stands under
``number_words`` in ``dossier.yaml`` with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from glabella.dossier._check import MOST_NAMES, said_in
from glabella.dossier._faults import Fault
from glabella.dossier._load import Reading
from glabella.dossier._parts import Parts, path_of
from glabella.dossier._schema import PLACEHOLDER

#: Words that say how many, or what share. Not among them, each with its reason:
#: one (mostly an article or a pronoun: one trial, no one), first and second (an order), both, all, every, none and
#: no (they count nothing that is not named beside them), some, few, many, several (no number).
_WORDS = (
    r"two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|"
    r"(?:thir|for|fif|six|seven|eigh|nine)ty|hundreds?|thousands?|millions?|billions?|dozens?|half|halves|halved?|"
    r"thirds|quarters?|most|majority|minority|twice|thrice|doubled?|doubles|tripled?|triples"
)
#: A third of them is a share; the third week is an order.
NUMBER_WORD = re.compile(rf"\b(?:{_WORDS}|(?:a|one)[ -](?:third|fourth|fifth|tenth))\b", re.IGNORECASE)
#: Terms of every field of medicine, in which the word is no number of anything.
_TERMS = re.compile(r"\b(?:double[- ](?:blind|dummy)|half-li(?:fe|ves))", re.IGNORECASE)


def number_word(text: str, phrases: Iterable[str] = ()) -> str | None:
    """Find the first number in words outside placeholders and reviewed phrases.

    >>> number_word("Half of {n} people"), number_word("a double-blind trial")
    ('Half', None)
    >>> number_word("in two groups", ["two groups"])
    """
    if not NUMBER_WORD.search(text):
        return None
    rest = _TERMS.sub(" ", text)
    for phrase in phrases:
        rest = re.sub(rf"(?<!\w){re.escape(phrase)}(?!\w)", " . ", rest, flags=re.IGNORECASE)
    found = NUMBER_WORD.search(PLACEHOLDER.sub("{}", rest))
    return found.group() if found else None


def check_number_words(reading: Reading, models: Parts) -> Iterator[Fault]:
    """Check every sentence of the dossier, and that every phrase that was reviewed needed it.

    A phrase that no sentence says any more is no fault: a dossier without one of its parts is still sound.
    """
    dossier = reading.parts.get("dossier.yaml")
    if dossier is None:
        return
    where, reviewed = reading.documents["dossier.yaml"], _reviewed(dossier.number_words)
    if len(reviewed) > MOST_NAMES:
        message = f"{len(reviewed):,} phrases with a number in words, expected at most {MOST_NAMES:,}"
        yield Fault("dossier.yaml", where.line(("number_words",)), message)
        return
    for phrase in reviewed:
        if not NUMBER_WORD.search(phrase):
            message = f"{phrase!r} holds no number in words; it needs no exception"
            yield Fault("dossier.yaml", where.line(("number_words", phrase)), message)
    for file, place, field, text in said_in(models):
        if found := number_word(text, reviewed):
            mend = "name it {like_this} and give its source" if field == "text" else "say it without the number"
            message = f"{field} holds the number {found!r} in words; {mend}, or, where it is no result, list the " \
                      "phrase with its reason under number_words in dossier.yaml"  # fmt: skip
            yield Fault(file, reading.documents[file].line((*path_of(place), field)), message)


def _reviewed(phrases: Mapping[str, str]) -> list[str]:
    """Give the phrases, the longest first, so that one within another does not break it."""
    return sorted(phrases, key=len, reverse=True)
