"""Patterns of words, as a dossier's ``frames.yaml`` writes them, found in the words of a sentence.

A matcher of its own and not a regular expression: a concept is looked for once in a sentence wherever it is named,
an index tells which patterns a word may begin, and no text makes it try the same place twice.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

Span = tuple[int, int]

#: How many words may stand between two parts, and how many where the gap is written wide.
GAPS = {"~": 0, "..": 4, "...": 9}
#: Words that a gap may not hold: what stands on either side of them may be denied.
NEGATORS = frozenset({
    "not", "no", "never", "none", "nobody", "nothing", "neither", "nor", "without", "hardly", "barely", "scarcely",
    "nowhere", "unlikely", "fail", "fails", "failed", "lack", "lacks", "lacked", "true", "untrue", "false", "myth",
    "evidence", "proof", "nonsense",
})  # fmt: skip
_NUMBER = re.compile(
    r"[0-9][0-9.,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty"
    r"|sixty|seventy|eighty|ninety|hundred"
)

_Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Phrases of which any will do, sorted so that a word of a text tells at once which may begin there.

    Attributes
    ----------
    phrases : tuple of tuple of str
        As written.
    words : frozenset of str
        Phrases of one word.
    heads : tuple of str
        Beginnings of phrases of one word that may go on.
    longer : dict of str to tuple
        Phrases of several words, by the first.
    others : tuple
        Phrases that begin with a concept, a number or an open word.
    """

    phrases: tuple[_Phrase, ...]
    words: frozenset[str]
    heads: tuple[str, ...]
    longer: Mapping[str, tuple[_Phrase, ...]]
    others: tuple[_Phrase, ...]

    @classmethod
    def of(cls, text: str) -> Alternatives:
        """Sort phrases.

        >>> one = Alternatives.of("cold*|is good|<ill>|fine")
        >>> one.words, one.heads, dict(one.longer), one.others
        (frozenset({'fine'}), ('cold',), {'is': (('is', 'good'),)}, (('<ill>',),))
        """
        phrases = tuple(tuple(phrase.split()) for phrase in text.split("|"))
        words, heads, others = set(), [], []
        longer: dict[str, tuple[_Phrase, ...]] = {}
        for phrase in phrases:
            first, single = phrase[0], len(phrase) == 1
            if first.startswith("<") or first == "@" or (first.endswith("*") and not single):
                others.append(phrase)
            elif not single:
                longer[first] = (*longer.get(first, ()), phrase)
            elif first.endswith("*"):
                heads.append(first[:-1])
            else:
                words.add(first)
        return cls(phrases, frozenset(words), tuple(heads), longer, tuple(others))


_NOWHERE: list[Span] = []


#: A part is a gap (how many words at most) or alternatives.
_Part = int | Alternatives


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern, taken apart.

    Attributes
    ----------
    parts : tuple
        Gaps and alternatives in turn, alternatives first.
    """

    parts: tuple[_Part, ...]

    @classmethod
    def of(cls, text: str) -> Pattern:
        """Take a pattern apart.

        >>> first, gap, second = Pattern.of("helps|is good .. cold*").parts
        >>> first.phrases, gap, second.phrases
        ((('helps',), ('is', 'good')), 4, (('cold*',),))
        """
        parts: list[_Part] = []
        for piece in re.split(r" (~|\.{2,3}) ", text):
            if piece in GAPS:
                parts.append(GAPS[piece])
            else:
                parts.append(Alternatives.of(piece))
        return cls(tuple(parts))

    def firsts(self) -> Iterable[str]:
        """Give the words that may begin it."""
        first = self.parts[0]
        assert not isinstance(first, int)
        return {phrase[0] for phrase in first.phrases}


class Lexicon:
    """Concepts by name, ready to be found.

    Examples
    --------
    >>> lexicon = Lexicon({"low": ["sad*|tears"], "good": ["helps .. <low>"]})
    >>> lexicon.read(["it", "helps", "with", "sadness"]).spans("good")
    [(1, 4)]
    """

    def __init__(self, concepts: Mapping[str, Iterable[str]]) -> None:
        self._exact: dict[str, list[tuple[str, Pattern]]] = defaultdict(list)
        self._open: list[tuple[str, str, Pattern]] = []
        self._numbered: list[tuple[str, Pattern]] = []
        #: Patterns that begin with another concept, by their own concept's name.
        self._led: dict[str, list[tuple[str, Pattern]]] = defaultdict(list)
        self._known: dict[str, list[tuple[str, Pattern]]] = {}
        for name, patterns in concepts.items():
            for text in patterns:
                self._add(name, Pattern.of(text))

    def _add(self, name: str, pattern: Pattern) -> None:
        for first in pattern.firsts():
            if first.startswith("<"):
                self._led[name].append((first[1:-1], pattern))
            elif first == "@":
                self._numbered.append((name, pattern))
            elif first.endswith("*"):
                self._open.append((first[:-1], name, pattern))
            else:
                self._exact[first].append((name, pattern))

    @cached_property
    def led(self) -> frozenset[str]:
        """Concepts a pattern of which begins with another."""
        return frozenset(self._led)

    def begun_by(self, word: str) -> list[tuple[str, Pattern]]:
        """Give the patterns that a word may begin, each with its concept's name."""
        known = self._known.get(word)
        if known is None:
            known = [*self._exact.get(word, ())]
            known += [(name, pattern) for head, name, pattern in self._open if word.startswith(head)]
            known += self._numbered if _NUMBER.fullmatch(word) else []
            self._known[word] = known
        return known

    def led_by(self, name: str) -> list[tuple[str, Pattern]]:
        """Give the patterns of a concept that begin with another, each with that other's name."""
        return self._led.get(name, [])

    def read(self, words: Sequence[str]) -> Reading:
        """Take words to find concepts in."""
        return Reading(self, words)


class Reading:
    """The words of a sentence, and where concepts stand in it, found as they are asked for."""

    def __init__(self, lexicon: Lexicon, words: Sequence[str]) -> None:
        self.words = words
        self._lexicon = lexicon
        self._begun: dict[str, list[tuple[int, Pattern]]] = defaultdict(list)
        for place, word in enumerate(words):
            for name, pattern in lexicon.begun_by(word):
                self._begun[name].append((place, pattern))
        #: What may stand in it at all; most concepts may not, and are not looked for.
        self._possible = self._begun.keys() | lexicon.led
        self._found: dict[str, list[Span]] = {}
        self._from: dict[str, dict[int, list[int]]] = {}

    def spans(self, name: str) -> list[Span]:
        """Give every place of a concept, by its start and then its end (past the last word)."""
        if name not in self._possible:
            return _NOWHERE
        found = self._found.get(name)
        if found is None:
            begun, led = self._begun.get(name, ()), self._lexicon.led_by(name)
            found = self._found[name] = []
            if not begun and not led:
                return found
            hits: set[Span] = set()
            for place, pattern in begun:
                hits.update((place, end) for end in self._ends(pattern, place))
            for leader, pattern in led:
                for place in {start for start, _ in self.spans(leader)}:
                    hits.update((place, end) for end in self._ends(pattern, place))
            found = self._found[name] = sorted(hits)
        return found

    def _ends(self, pattern: Pattern, place: int) -> set[int]:
        places = {place}
        for part in pattern.parts:
            if isinstance(part, int):
                places = {far for near in places for far in self._over(near, part)}
            else:
                places = self._past(part, places)
            if not places:
                break
        return places

    def _over(self, place: int, gap: int) -> Iterable[int]:
        yield place
        for far in range(place, min(place + gap, len(self.words) - 1)):
            if self.words[far] in NEGATORS:
                return
            yield far + 1

    def _past(self, part: Alternatives, places: set[int]) -> set[int]:
        """Give where phrases end that begin at some places."""
        ends: set[int] = set()
        for place in places:
            if place < len(self.words):
                word = self.words[place]
                if word in part.words or word.startswith(part.heads):
                    ends.add(place + 1)
                for phrase in part.longer.get(word, ()):
                    ends |= self._phrase(phrase, place)
            for phrase in part.others:
                ends |= self._phrase(phrase, place)
        return ends

    def _phrase(self, phrase: _Phrase, place: int) -> set[int]:
        places = {place}
        for token in phrase:
            if token.startswith("<"):
                ends = self._ends_of(token[1:-1])
                places = {end for near in places for end in ends.get(near, ())}
            else:
                places = {near + 1 for near in places if near < len(self.words) and _fits(token, self.words[near])}
            if not places:
                break
        return places

    def _ends_of(self, name: str) -> dict[int, list[int]]:
        known = self._from.get(name)
        if known is None:
            known = defaultdict(list)
            for start, end in self.spans(name):
                known[start].append(end)
            self._from[name] = known
        return known


@lru_cache(maxsize=65536)
def _fits(token: str, word: str) -> bool:
    if token == "@":
        return _NUMBER.fullmatch(word) is not None
    return word.startswith(token[:-1]) if token.endswith("*") else word == token
