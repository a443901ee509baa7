"""From an article's blocks to sentences, and from a sentence to words and clauses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from glabella._reading import Block, Kind

#: Words that end in a full stop within a sentence.
_SHORT = re.compile(
    r"(?:dr|mr|mrs|ms|prof|st|vs|etc|e\.g|i\.e|cf|approx|no|fig|al|inc|ltd|jr|sr|u\.s|u\.k|dept|est|ca|ph\.d|m\.d)"
)
#: Never begun within a run of marks, so that a long run is read once.
_END = re.compile(r"""(?<![.!?…])[.!?…]+(?:["'”’)\]]*)(?=\s|$)""")
_QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "„": '"', "‐": "-", "‑": "-", "‒": "-", "–": "-",
                         "—": "-", "―": "-", "−": "-", "\u00ad": ""})  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:[.,][0-9]+)*(?:'[^\W_]+)?%?|%")
#: What ends a clause: marks, and words that begin another; a comma before a joining word too.
_SPLIT = re.compile(
    r"""[;:()\[\]—…?!]|(?<=\bno)\.(?=\s)|(?<=\s)[-–]+(?=\s)|\.\.\.
    |,(?=\s+(?:and|but|yet|so|or|nor|while|although|though|which|who|whereas|because|since|as|with|if|unlike|not|then)\b)
    |,(?=\s+(?:it|this|they|he|she|we|you|i|there)(?:\s|'))
    |,(?=\s+(?:\w+\s){1,3}(?:won't|isn't|aren't|wasn't|doesn't|don't|didn't|can't|hasn't|haven't|cannot)\b)
    |\s(?=and\s(?:does|do|did|is|are|was|were|has|have|had|can|cannot|can't|won't|will|would|should|isn't|aren't|wasn't
        |doesn't|don't|didn't|it|they|he|she|we|you|i|there|nobody)\b)
    |\s(?=(?:but|while|although|though|whereas|because|whether|yet(?!\s(?:that|to|been)\b))\b)""",
    re.VERBOSE | re.IGNORECASE,
)
#: How far a full stop looks back and ahead.
_NEAR = 40
_NOT = {"won't": "will not", "can't": "can not", "cannot": "can not", "ain't": "is not", "shan't": "shall not"}


@dataclass(frozen=True)
class Words:
    """The words of a text, made alike, and where each stands in it.

    Attributes
    ----------
    words : tuple of str
    spans : tuple of (int, int)
        Of each word in the original text.
    """

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str) -> Words:
        """Read the words of a text.

        >>> " ".join(Words.of("It’s FDA-approved: 52.5 % can’t…").words)
        'it is fda approved 52.5 % can not'
        """
        found: list[str] = []
        spans: list[tuple[int, int]] = []
        for match in _WORD.finditer(text.translate(_QUOTES)):
            for word in _apart(unicodedata.normalize("NFKC", match.group()).lower()):
                found.append(word)
                spans.append(match.span())
        return cls(tuple(found), tuple(spans))


def _apart(word: str) -> list[str]:
    """Write a shortened word in full.

    >>> _apart("doesn't"), _apart("it's"), _apart("52%")
    (['does', 'not'], ['it', 'is'], ['52', '%'])
    """
    if word in _NOT:
        return _NOT[word].split()
    if word.endswith("n't"):
        return [word[:-3], "not"]
    head, mark, tail = word.partition("'")
    if mark:
        whole = {"s": "is", "re": "are", "ve": "have", "ll": "will", "d": "would", "m": "am"}.get(tail)
        # A possessive and a shortened verb look alike before a noun; only after these words is it a verb.
        if whole and (tail != "s" or head in ("it", "that", "there", "what", "he", "she", "who", "here", "this")):
            return [head, whole]
        return [head]
    if word.endswith("%") and len(word) > 1:
        return [word[:-1], "%"]
    return [word]


@dataclass(frozen=True)
class Sentence:
    """A sentence of an article.

    Attributes
    ----------
    text : str
        As it stands there.
    kind : {"heading", "paragraph", "item", "quote"}
        Of its block.
    block : int
        The place of its block.
    """

    text: str
    kind: Kind
    block: int

    @property
    def question(self) -> bool:
        """Whether it asks."""
        return self.text.rstrip("\"'”’)] ").endswith("?")

    @cached_property
    def clauses(self) -> tuple[tuple[int, int], ...]:
        """Of its clauses, in order, the first word and the one past the last; none of what asks."""
        ends = [mark.start() for mark in _SPLIT.finditer(self.text)]
        found, start, place = [], 0, 0
        spans = self.words.spans
        for end in (*ends, len(self.text)):
            while place < len(spans) and spans[place][0] < end:
                place += 1
            if place > start and self.text[end : end + 1] != "?":
                found.append((start, place))
            start = place
        return tuple(found)

    @cached_property
    def words(self) -> Words:
        """All its words."""
        return Words.of(self.text)


def sentences_of(blocks: Iterable[Block]) -> tuple[Sentence, ...]:
    """Give the sentences of blocks, in order.

    Examples
    --------
    >>> said = Block("paragraph", "Dr. Lee saw 3.7. Why? “No idea.” He left.")
    >>> [each.text for each in sentences_of([said])]
    ['Dr. Lee saw 3.7.', 'Why?', '“No idea.”', 'He left.']
    """
    return tuple(
        Sentence(text, block.kind, place) for place, block in enumerate(blocks) for text in _sentences(block.text)
    )


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for found in _END.finditer(text):
        if _goes_on(text, start, found):
            continue
        if said := text[start : found.end()].strip():
            yield said
        start = found.end()
    if rest := text[start:].strip():
        yield rest


def _goes_on(text: str, start: int, found: re.Match[str]) -> bool:
    """Whether a full stop ends an abbreviation, or a lower-case word follows."""
    after = text[found.end() : found.end() + _NEAR].lstrip()
    if not after:
        return False
    if after[0].islower():
        return True
    if not found.group().startswith(".") or found.group().startswith(".."):
        return False
    before = text[max(start, found.start() - _NEAR) : found.start()].split()
    last = before[-1].lower().lstrip("(\"'“‘") if before else ""
    return _SHORT.fullmatch(last) is not None or (len(last) == 1 and last.isalpha() and last != "i")
