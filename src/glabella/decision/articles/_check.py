"""Mark what an article claims."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from glabella._reading import Block
from glabella.decision.articles._patterns import Lexicon, Reading, Span
from glabella.decision.articles._stance import Denials, Modality, Stance
from glabella.decision.articles._text import Sentence, Words, sentences_of

if TYPE_CHECKING:
    from glabella.dossier import Frames

#: Words that make up a third or more of running English and a tenth or less of its neighbours.
_ENGLISH = re.compile(
    r"""(?:the|of|and|to|in|is|that|it|for|was|on|with|as|are|be|this|have|has|had|not|by|from|at|or|you|they|which|who
    |but|their|than|what|my|your|can|will|would|there|been|were|when|do|does|did|if|how|so|an|a|i|he|she|we|his|her
    |our|its|them|more|some|any|no|other|about|into|after|only|also|may|could|should|because|while|these|those)""",
    re.VERBOSE,
)
_LEAST_ENGLISH, _LEAST_WORDS = 0.25, 20
#: What follows one of these in a clause is supposed or asked, not claimed, unless a pattern begins with the word.
_SUPPOSES = frozenset({"whether", "if", "unless", "suppose", "imagine", "provided"})
#: Nobody says a thing in more words; what is longer has lost its stops and is not read.
_MOST_WORDS = 150
#: A clause that says no to the one before it.
_ANSWERS_NO = frozenset(
    tuple(each.split())
    for each in (
        "no",
        "nope",
        "false",
        "untrue",
        "wrong",
        "myth",
        "nonsense",
        "not really",
        "not yet",
        "not true",
        "not proven",
    )
)
_JOINT = re.compile(r" ([&+-]) ")
_SUBJECT, _ELSEWHERE, _LOOKS, _OUTCOME = " subject", " elsewhere", " looks", " outcome "


@dataclass(frozen=True, slots=True)
class Mark:
    """A claim that a sentence makes.

    Attributes
    ----------
    claim : str
        Its id.
    stance : {"asserts", "denies"}
    modality : {"plain", "hedged", "attributed"}
    fired : tuple of str
        The words by which it was recognised.
    """

    claim: str
    stance: Stance
    modality: Modality
    fired: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence with what it claims.

    Attributes
    ----------
    sentence : Sentence
    marks : tuple of Mark
        Empty where nothing was recognised.
    looks : bool
        Whether it looks like a claim about the treatment that no frame recognises, or whose stance is not sure.
    """

    sentence: Sentence
    marks: tuple[Mark, ...]
    looks: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """An article, read.

    Attributes
    ----------
    sentences : tuple of Marked
        Every sentence in order.
    about : bool
        Whether the treatment is named at all.
    english : bool
        Whether it seems to be in English; of another language nothing is marked.
    """

    sentences: tuple[Marked, ...]
    about: bool
    english: bool


def check(blocks: Iterable[Block], frames: Frames) -> Checked:
    """Mark every sentence of an article that makes a known claim.

    A frame fires where the patterns of one of its conditions stand in one clause; where several frames could fire,
    those that outrank others silence them. Headings and questions are not claims. Where the stance cannot be told
    nothing is marked, and the sentence is listed.

    Parameters
    ----------
    blocks : iterable of Block
        Of the article.
    frames : Frames
        Of a dossier.

    Returns
    -------
    Checked

    Examples
    --------
    >>> from glabella.dossier import Frames
    >>> frames = Frames.model_validate({
    ...     "language": "en", "subject": ["tea"], "concepts": {"colds": ["cold|colds"]},
    ...     "frames": [{"claim": "c", "when": ["cure* & <colds>"]}],
    ... })
    >>> found = check([Block("paragraph", "Tea is a plant. It does not cure colds, doctors say.")], frames)
    >>> [(mark.claim, mark.stance, mark.modality) for each in found.sentences for mark in each.marks]
    [('c', 'denies', 'attributed')]
    """
    sentences = sentences_of(blocks)
    english = is_english(" ".join(each.text for each in sentences))
    known = _known(_Held(frames))
    readings = [known.lexicon.read(each.words.words[:_MOST_WORDS]) for each in sentences]
    named = [bool(each.spans(_SUBJECT)) for each in readings]
    about = any(named)
    if not (english and about):
        return Checked(tuple(Marked(each, (), looks=False) for each in sentences), about, english)
    out: list[Marked] = []
    above: list[Reading] = []
    for each, reading, here in zip(sentences, readings, named, strict=True):
        if each.kind == "heading":
            above = [reading]
        elif each.kind != "item" and each.text.endswith(":"):
            above = [*above[:1], reading]
        elif each.kind != "item":
            above = above[:1]
        if each.kind == "heading" or each.question:
            out.append(Marked(each, (), looks=False))
            continue
        marks, unsure = _marks(each, reading, above, known)
        if len(each.words.words) > _MOST_WORDS:
            marks, unsure = (), True
        looks = not marks and (unsure or (here and bool(reading.spans(_LOOKS))))
        out.append(Marked(each, marks, looks=looks))
    return Checked(tuple(out), about, english)


def is_english(text: str) -> bool:
    """Tell whether a text seems to be English; one of a few words is taken for it.

    >>> is_english("Das Mittel hilft gegen die Erkältung, sagen die Leute, und es wirkt schnell, auch wenn man "
    ...            "es nur einmal spritzt und danach nichts weiter tut.")
    False
    """
    words = Words.of(text).words
    if len(words) < _LEAST_WORDS:
        return True
    return sum(_ENGLISH.fullmatch(word) is not None for word in words) >= _LEAST_ENGLISH * len(words)


def outcomes_named(text: str, frames: Frames) -> frozenset[str]:
    """Give the outcomes that a text names, of those whose words the dossier lists."""
    reading = _known(_Held(frames)).lexicon.read(Words.of(text).words[:_MOST_WORDS])
    return frozenset(name for name in frames.outcomes if reading.spans(f"{_OUTCOME}{name}"))


@dataclass(frozen=True, slots=True)
class _Condition:
    """Names of patterns: the first, those in its clause, in its sentence or above it, those barred from it."""

    focus: str
    beside: tuple[str, ...]
    around: tuple[str, ...]
    barred: tuple[str, ...]
    base: Stance


@dataclass(frozen=True, slots=True)
class _Frame:
    claim: str
    conditions: tuple[_Condition, ...]
    own: str
    unless: str
    over: tuple[str, ...]
    mirror: str | None


@dataclass(frozen=True, slots=True)
class _Fired:
    """How a condition fires: the stance, by which words, and whether these hold a word of denial."""

    stance: Stance
    words: tuple[str, ...]
    denial: bool


@dataclass(frozen=True, slots=True)
class _Known:
    lexicon: Lexicon
    frames: tuple[_Frame, ...]


class _Held:
    """Frames, the same only as themselves: a dossier's are made ready once."""

    def __init__(self, frames: Frames) -> None:
        self.frames = frames

    def __hash__(self) -> int:
        return id(self.frames)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and self.frames is other.frames


@lru_cache(maxsize=4)
def _known(held: _Held) -> _Known:
    """Make a dossier's frames ready: each pattern is a concept of its own, named by itself."""
    frames = held.frames
    concepts: dict[str, tuple[str, ...]] = dict(frames.concepts)
    concepts |= {_SUBJECT: frames.subject, _ELSEWHERE: frames.elsewhere, _LOOKS: frames.looks_like}
    concepts |= {f"{_OUTCOME}{name}": patterns for name, patterns in frames.outcomes.items()}

    def condition(text: str, base: Stance) -> _Condition:
        focus, *rest = _JOINT.split(text)
        pairs = list(zip(rest[::2], rest[1::2], strict=True))
        for each in (focus, *(pattern for _, pattern in pairs)):
            concepts[f" {each}"] = (each,)
        return _Condition(
            f" {focus}",
            tuple(f" {pattern}" for mark, pattern in pairs if mark == "&"),
            tuple(f" {pattern}" for mark, pattern in pairs if mark == "+"),
            tuple(f" {pattern}" for mark, pattern in pairs if mark == "-"),
            base,
        )

    out = []
    for frame in frames.frames:
        conditions = (
            *(condition(each, "asserts") for each in frame.when),
            *(condition(each, "denies") for each in frame.denies),
        )
        own, unless = f" own {frame.claim}", f" unless {frame.claim}"
        concepts |= {own: frame.own, unless: frame.unless}
        out.append(_Frame(frame.claim, conditions, own, unless, frame.over, frame.mirror))
    return _Known(Lexicon(concepts), tuple(out))


def _marks(
    sentence: Sentence, reading: Reading, above: Iterable[Reading], known: _Known
) -> tuple[tuple[Mark, ...], bool]:
    """Give the marks of a sentence, and whether a frame fired whose stance is not sure."""
    found: dict[str, Mark] = {}
    unsure = False
    denials = Denials(reading.words)
    modality = denials.modality()
    clauses = [each for each in sentence.clauses if _about(each, reading)]
    for frame in known.frames:
        if reading.spans(frame.unless):
            continue
        fired = list(_fired(frame, clauses, reading, above, denials))
        # What is sure counts; said both ways, what holds a word of denial itself is the more special. If that does
        # not settle it either, which the sentence means is not told.
        sure = [each for each in fired if each.stance != "unsure"]
        if len({each.stance for each in sure}) > 1:
            sure = [each for each in sure if each.denial]
        if len({each.stance for each in sure}) == 1:
            found[frame.claim] = Mark(frame.claim, sure[0].stance, modality, sure[0].words)
        elif fired:
            unsure = True
    for frame in known.frames:
        mark = found.get(frame.claim)
        if frame.mirror is not None and mark is not None and mark.stance == "denies" and frame.mirror not in found:
            found[frame.mirror] = Mark(frame.mirror, "asserts", mark.modality, mark.fired)
    silent = {claim for frame in known.frames if frame.claim in found for claim in frame.over}
    return tuple(mark for claim, mark in found.items() if claim not in silent), unsure


def _fired(
    frame: _Frame, clauses: Sequence[Span], reading: Reading, above: Iterable[Reading], denials: Denials
) -> Iterator[_Fired]:
    """Give how a frame fires in the clauses of a sentence, and by which words."""
    answers: dict[int, tuple[str, ...]] = {}
    for condition in frame.conditions:
        focuses = reading.spans(condition.focus)
        if not focuses:
            continue
        if any(
            not reading.spans(name) and not any(each.spans(name) for each in above) for name in condition.around
        ):
            continue
        answers = answers or {start: tuple(reading.words[start:end]) for start, end in clauses}
        for clause in clauses:
            focus = _within(condition.focus, clause, reading)
            if focus is None:
                continue
            beside = [_within(name, clause, reading) for name in condition.beside]
            if any(each is None for each in beside):
                continue
            if any(_within(name, clause, reading) is not None for name in condition.barred):
                continue
            if not _SUPPOSES.isdisjoint(reading.words[clause[0] : focus[0]]):
                continue
            spans = [focus, *(each for each in beside if each is not None)]
            words = tuple(" ".join(reading.words[start:end]) for start, end in spans)
            stance = denials.stance(clause, spans, reading.spans(frame.own), condition.base)
            if answers.get(clause[1]) in _ANSWERS_NO:
                stance = "denies" if stance == "asserts" else "unsure"
            yield _Fired(stance, words, denials.within(focus))


def _within(name: str, clause: Span, reading: Reading) -> Span | None:
    """Give the shortest place of a concept in a clause, the first of several."""
    inside = (each for each in reading.spans(name) if clause[0] <= each[0] and each[1] <= clause[1])
    return min(inside, key=lambda each: each[1] - each[0], default=None)


def _about(clause: Span, reading: Reading) -> bool:
    """Whether a clause is about the treatment: not where something else is named and it is not."""
    return _within(_ELSEWHERE, clause, reading) is None or _within(_SUBJECT, clause, reading) is not None
