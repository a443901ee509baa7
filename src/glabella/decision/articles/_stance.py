"""Whether a clause asserts a claim or denies it, and how firmly: general words of English."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from glabella.decision.articles._patterns import Lexicon, Reading, Span

Stance = Literal["asserts", "denies", "unsure"]
Modality = Literal["plain", "hedged", "attributed"]

_GENERAL = Lexicon({
    # Words of denial.
    "denial": (
        "not|no|never|none|nobody|nothing|neither|nor|without|nowhere|hardly|barely|scarcely|zero|absence of",
        "neither ... nor",
        "fail*|lack|lacks|lacked|lacking|unlikely|unproven|untested|unsupported|baseless|impossible|untrue",
        "myth*|false|falsely|wrong|wrongly|nonsense|mistaken*|misleading|hype|overhyped|fantasy|premature*|rubbish",
        "debunk*|dismiss*|reject*|deny|denies|denied|denying|doubt*|dispute*|refut*|disprov*|disagree*|overstate*",
        "exaggerat*|sceptical|skeptical|sceptic*|skeptic*|cast doubt|ruled out|rule out|rules out|far from",
        "rather than|instead of|bogus|fiction|wishful|fanciful|guesswork|speculati*|discredit*|abandon*",
        "contradict*|unfounded",
        "little|few ~ evidence|proof|reason|sign|support|data|studies",
        "too early to|too soon to|no more than|stop short of|stops short of|stopped short of|my foot|as if",
        "bollocks|bunk|baloney|bull|bs",
        "scant|weak|thin|thinner ~ evidence|proof|data", "little ~ to show|to suggest|to support",
        "evidence|proof|data .. scant|thin|missing|lacking|weak",
        "stop ~ saying|telling|claiming", "gives|give|gave ~ the lie",
        "no ~ evidence|proof|reason|sign|support|data",
        "not yet|not been|not be|not have|not ever|never ever",
        "do not ~ think|believe|expect|buy|accept",
        "no ~ trial|study|one ~ has|have", "nobody has",
        "not ~ show|prove|shown|proven|proved",
        "remains to be", "open question", "questionable", "invent*|made up|making it up|uncertain|unclear|unknown",
        "stretch|leap|oversold|overblown|rarely|seldom|never mind|anything but|the opposite|jury is",
        "could not|can not|would not|will not|does not|do not|did not|is not|are not|was not|were not",
    ),
    # What holds a word of denial and denies nothing.
    "neutral": (
        "not ~ only|just|merely|simply|least|surprising*|to mention|long ago|unlike",
        "no doubt",
        "no ~ wonder|surprise|matter|longer|small", "do not ~ forget|worry", "whether or not", "or not", "if not",
        "why not", "nothing short of", "can not help but", "without a doubt|without doubt", "undoubt*",
        "not a doubt",
        "nothing new", "no ~ joke|lie|kidding|less than", "no fewer than", "not everyone", "believe it or not",
        "do not ~ doubt|deny|dispute", "not ~ mention|mentions|mentioned|point out", "none .. mentioned",
        "fails|failed ~ to mention", "worse than", "like it or not", "not for nothing", "no one size",
        "can not wait", "no brainer",
    ),
    # A word of denial after what it denies, by what stands before it.
    "after": (
        "is|are|was|were|has|have|had|does|do|did|can|could|will|would|remain|remains|stay|stays|seems|looks",
        "is|are|was|were ~ a|an|just|pure|complete|total|sheer|utter|only",
    ),
    # What takes back, later in the sentence, what was said before.
    "taken_back": (
        "selling something|selling you something|pinch of salt|grain of salt|scaremongering|bunkum|irresponsible",
        "i|we|experts|scientists|critics|they ~ do not|did not|never ~ buy|bought|believe|accept|think so",
        "not|have not|never .. convincing|convinced|convincing data",
        "not|never .. been ~ confirmed|repeated|replicated|shown|demonstrated|established|proven|proved|seen",
        "nobody|no one|none ~ has|have|had|of them ~ shown|showed|proved|proven|demonstrated|confirmed",
        "nobody|no one|none|not|never .. shown ~ that|it|this", "no bearing",
        "forget about|forget that|not so|not true|is untrue|is false|is wrong|is rubbish|is a myth|is nonsense",
    ),
    # What bears on all that follows in the sentence.
    "outer": (
        "<denial> .. that", "not ~ true|so|proven|proved|shown ~ that", "<denial> .. notion|idea|claim|view|belief",
        "would|should ~ like|love ~ to tell|say|claim|believe", "claims that",
        "anyone|anybody|whoever|those|websites|people ~ who|that ~ tell|tells|say|says|claim|claims|promises",
        "to call it",
    ),
    # What turns what follows it into something about somebody, not about the claim.
    "relative": ("who|whom|whose|when|where|if|because|since|which|unless|anyone|those",),
    # What turns what follows into something about somebody, or into a condition.
    "somebody": ("who|whom|whose|whoever|unless|so long as|as long as|until",),
    "hedge": (
        "may|might|could|would|possibl*|perhaps|maybe|probabl*|likely|seem*|appear*|suggest*|potential*|promis*",
        "hint*|some evidence|can sometimes|in theory|thought to|believed to|said to|apparently|preliminary|hope*",
        "chance|reckon*|suppos*|candidate*|tend|tends|tended|sort of|kind of|plausibl*|presumably|conceivabl*",
    ),
    "attribution": (
        "say|says|said|saying|claim|claims|claimed|claiming|believe|believes|believed|think|thinks|thought|argue*",
        "report|reported|reports|according to|insist*|explain*|found|finds|show|showed|shows|shown|conclude*",
        "study|studies|trial|trials|review*|researcher*|scientist*|meta analys*|analysis|paper|papers|told|swear*",
        "expert*|theory|hypothesis|author*|wrote|writes|note|notes|noted|tell|tells|team|warn*|observ*|describe*",
        "announced|my|i|me|psychiatrist*|dermatologist*|professor*|psychologist*|confirmed|added|adds|promised",
    ),
})  # fmt: skip
#: Words of denial that bear on the noun behind them.
_OF_A_NOUN = frozenset({"no", "without", "nor", "neither", "zero"})
_OF_WHAT_FOLLOWS = _OF_A_NOUN | {"hardly", "barely", "scarcely", "rarely", "seldom", "rather", "instead"}
#: What is not there where a claim does not hold: "no effect", "no evidence".
_FINDINGS = frozenset({
    "effect", "effects", "difference", "evidence", "proof", "benefit", "benefits", "advantage", "link", "role",
    "sign", "change", "sense", "truth", "basis", "support", "data", "reason", "part", "such",
})  # fmt: skip
_JOINING = frozenset({"and", "or", "but", "nor"})
#: How many words before what is claimed a word of denial reaches.
_BEFORE = 14
#: How many words before a word of denial a relative may stand that makes it about something else.
_RELATIVE = 4


class Denials:
    """The words of denial of a sentence.

    Parameters
    ----------
    words : sequence of str
        Of the sentence.
    """

    def __init__(self, words: Sequence[str]) -> None:
        reading = _GENERAL.read(words)
        neutral = reading.spans("neutral")
        self._reading: Reading = reading
        self._words = words
        singles = reading.spans("denial")
        self._denials = [each for each in _merged(singles) if not any(_meet(each, other) for other in neutral)]
        #: Of each, the shortest word or words of denial in it.
        self._cores = {
            each: min((one for one in singles if _holds(each, one)), key=lambda one: one[1] - one[0])
            for each in self._denials
        }
        self._relative = [start for start, _ in reading.spans("relative")]
        self._somebody = [start for start, _ in reading.spans("somebody")]
        self._outer = [each for each in reading.spans("outer") if not any(_meet(each, n) for n in neutral)]
        self._after = {end for _, end in reading.spans("after")}
        self._taken_back = [start for start, _ in reading.spans("taken_back")]

    def within(self, span: Span) -> bool:
        """Whether a span holds one."""
        return any(_holds(span, core) for core in self._cores.values())

    def stance(self, clause: Span, fired: Sequence[Span], own: Sequence[Span], base: Stance) -> Stance:
        """Tell whether a clause asserts what fired in it.

        Parameters
        ----------
        clause : (int, int)
            Its place in the sentence.
        fired : sequence of (int, int)
            What made the claim out, first that which is asserted or denied; words of denial in it are its own.
        own : sequence of (int, int)
            Other words of denial that are the claim's own.
        base : {"asserts", "denies"}
            What is said where there is no word of denial beside.

        Returns
        -------
        {"asserts", "denies", "unsure"}
            Unsure where what a word of denial bears on cannot be told.

        Examples
        --------
        >>> Denials("it does not cure anyone".split()).stance((0, 5), [(3, 4)], [], "asserts")
        'denies'
        >>> Denials("it is not only a cure".split()).stance((0, 6), [(5, 6)], [], "asserts")
        'asserts'
        """
        here = [
            each
            for each in self._denials
            if clause[0] <= each[0] < clause[1] and not any(_holds(one, self._cores[each]) for one in fired)
        ]
        focus = fired[0]
        if any(end <= clause[0] for _, end in self._outer):
            return "unsure"
        outer = [
            each
            for each in self._outer
            if clause[0] <= each[0] and each[1] <= focus[0] and not any(_meet(each, one) for one in fired)
        ]
        if outer:
            # A claim's own word of denial, denied from without, is denied twice.
            inner = [each for each in here if not any(_meet(each, one) for one in outer)]
            return "unsure" if base == "denies" or inner or len(_merged(outer)) > 1 else "denies"
        near = [each for each in here if not any(_holds(one, self._cores[each]) for one in own)]
        before = [each for each in near if each[1] <= focus[0]]
        if self.within(focus):
            # In a row of such, "no cuts, no stitches", each bears on its own.
            before = [each for each in before if self._first(each) not in _OF_A_NOUN]
        behind = [each for each in near if each[1] > focus[0] and self._bears_back(each, clause)]
        if not before and not behind:
            return "unsure" if any(place >= focus[1] for place in self._taken_back) else base
        if base == "denies":
            return "unsure"
        if not before:
            return "denies" if all(each[0] in self._after and each[0] >= focus[1] for each in behind) else "unsure"
        (denial, *others) = before
        far = focus[0] - denial[1] >= _BEFORE or self._of_another(denial, clause)
        return "unsure" if others or far else "denies"

    def _first(self, denial: Span) -> str:
        return self._words[self._cores[denial][0]]

    def _of_another(self, denial: Span, clause: Span) -> bool:
        """Whether a relative before a word of denial makes it about something else."""
        return any(clause[0] <= place < denial[0] and denial[0] - place <= _RELATIVE for place in self._relative)

    def _bears_back(self, denial: Span, clause: Span) -> bool:
        """Whether a word of denial behind what is claimed may bear on it, and not on what follows alone."""
        if denial[0] in self._after:
            return True
        start, end = self._cores[denial]
        if not _FINDINGS.isdisjoint(self._words[end : end + 2]):
            return True
        joined = start > 0 and self._words[start - 1] in _JOINING
        of_somebody = any(clause[0] <= place < denial[0] <= place + _RELATIVE for place in self._somebody)
        return not (joined or of_somebody or self._first(denial) in _OF_WHAT_FOLLOWS)

    def modality(self) -> Modality:
        """Tell how firmly the sentence speaks.

        >>> [Denials(each.split()).modality() for each in ("it works", "it may work", "she says it may work")]
        ['plain', 'hedged', 'attributed']
        """
        if self._reading.spans("attribution"):
            return "attributed"
        return "hedged" if self._reading.spans("hedge") else "plain"


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _holds(outer: Span, inner: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Join spans that overlap.

    >>> _merged([(0, 1), (0, 3), (2, 4), (4, 5)])
    [(0, 4), (4, 5)]
    """
    out: list[Span] = []
    for span in sorted(spans):
        if out and span[0] < out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], span[1]))
        else:
            out.append(span)
    return out
