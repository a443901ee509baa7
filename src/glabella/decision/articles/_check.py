"""Mark what an article claims."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glabella._reading import Block
from glabella.decision.articles._patterns import found_in
from glabella.decision.articles._stance import Modality, Stance, modality_of, stance_of
from glabella.decision.articles._text import Sentence, Words, sentences_of

if TYPE_CHECKING:
    from glabella.dossier import Frame, Frames

#: How many sentences back the treatment may have been named.
_BACK = 4
#: Words that make up a third or more of running English and a tenth or less of its neighbours.
_ENGLISH = re.compile(
    r"""(?:the|of|and|to|in|is|that|it|for|was|on|with|as|are|be|this|have|has|had|not|by|from|at|or|you|they|which|who
    |but|their|than|what|my|your|can|will|would|there|been|were|when|do|does|did|if|how|so|an|a|i|he|she|we|his|her
    |our|its|them|more|some|any|no|other|about|into|after|only|also|may|could|should|because|while|these|those)""",
    re.VERBOSE,
)
_LEAST_ENGLISH, _LEAST_WORDS = 0.25, 20
#: A clause that begins so supposes or asks, and claims nothing.
_SUPPOSES = re.compile(r" (?:whether|if|unless|suppose|imagine|let us|provided|should it) ")


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

    A frame fires where all concepts of one of its sets stand in one clause, or, where a clause holds the first of
    them, in the sentence; where several could fire, those that outrank others silence them. Headings and questions
    are not claims. Where the stance cannot be told nothing is marked, and the sentence is listed.

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
    ...     "language": "en", "subject": ["tea"], "concepts": {"cures": ["cure*"], "colds": ["cold|colds"]},
    ...     "frames": [{"claim": "c", "when": [["cures", "colds"]]}],
    ... })
    >>> found = check([Block("paragraph", "Tea is a plant. It does not cure colds, doctors say.")], frames)
    >>> [(mark.claim, mark.stance, mark.modality) for each in found.sentences for mark in each.marks]
    [('c', 'denies', 'attributed')]
    """
    sentences = sentences_of(blocks)
    english = is_english(" ".join(each.text for each in sentences))
    named = [found_in(frames.subject, each.words.text) is not None for each in sentences]
    about = any(named)
    if not (english and about):
        return Checked(tuple(Marked(each, (), looks=False) for each in sentences), about, english)
    out, last = [], -_BACK - 1
    for place, each in enumerate(sentences):
        last = place if named[place] else last
        near = place - last <= _BACK
        if each.kind == "heading" or each.question or not near:
            out.append(Marked(each, (), looks=False))
            continue
        marks, unsure = _marks(each, frames)
        looks = not marks and (unsure or _looks(each, frames, named[place]))
        out.append(Marked(each, marks, looks=looks))
    return Checked(tuple(out), about, english)


def is_english(text: str) -> bool:
    """Tell whether a text seems to be English; one of a few words is taken for it.

    >>> is_english("Das Mittel hilft gegen die Depression, sagen die Leute, und es wirkt schnell, auch wenn man "
    ...            "es nur einmal spritzt und danach nichts weiter tut.")
    False
    """
    words = Words.of(text).text.split()
    if len(words) < _LEAST_WORDS:
        return True
    return sum(_ENGLISH.fullmatch(word) is not None for word in words) >= _LEAST_ENGLISH * len(words)


def _marks(sentence: Sentence, frames: Frames) -> tuple[tuple[Mark, ...], bool]:
    """Give the marks of a sentence, and whether a frame fired whose stance is not sure."""
    whole, found, unsure = sentence.words.text, {}, False
    modality = modality_of(whole)
    for frame in frames.frames:
        for stance, fired in _fired(sentence, frame, frames):
            if stance == "unsure":
                unsure = True
            elif frame.claim not in found:
                found[frame.claim] = Mark(frame.claim, stance, modality, fired)
            elif found[frame.claim].stance != stance:
                # Said both ways in one sentence: which it means is not told.
                del found[frame.claim]
                unsure = True
                break
    for frame in frames.frames:
        mark = found.get(frame.claim)
        if frame.mirror is not None and mark is not None and mark.stance == "denies" and frame.mirror not in found:
            found[frame.mirror] = Mark(frame.mirror, "asserts", mark.modality, mark.fired)
    silent = {claim for frame in frames.frames if frame.claim in found for claim in frame.over}
    return tuple(mark for claim, mark in found.items() if claim not in silent), unsure


def _fired(sentence: Sentence, frame: Frame, frames: Frames) -> Iterator[tuple[Stance, tuple[str, ...]]]:
    """Give how a frame fires in each clause of a sentence."""
    whole = sentence.words.text
    for clause in sentence.clauses:
        text = clause.text
        if _SUPPOSES.match(text) or _elsewhere(text, frames) or _barred(frame, frames, text):
            continue
        for needed in frame.when:
            focus = found_in(frames.concepts[needed[0]], text)
            if focus is None:
                continue
            rest = [
                found_in(frames.concepts[name], text) or found_in(frames.concepts[name], whole)
                for name in needed[1:]
            ]
            if any(each is None for each in rest) or _barred(frame, frames, whole):
                continue
            fired = tuple(each.group().strip() for each in (focus, *rest) if each is not None)
            yield stance_of(text, focus.span(), whole, frame.denies, frame.asserts), fired
            break


def _barred(frame: Frame, frames: Frames, text: str) -> bool:
    return any(found_in(frames.concepts[name], text) for name in frame.unless)


def _elsewhere(clause: str, frames: Frames) -> bool:
    """Whether a clause is about something else: that is named in it, and the treatment is not."""
    return found_in(frames.elsewhere, clause) is not None and found_in(frames.subject, clause) is None


def _looks(sentence: Sentence, frames: Frames, named: bool) -> bool:
    text = sentence.words.text
    return named and any(found_in(frames.concepts[name], text) for name in frames.looks_like)
