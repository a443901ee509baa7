"""Whether a clause asserts a claim or denies it, and how firmly: general words of English."""

from __future__ import annotations

import re
from typing import Literal

from glabella.decision.articles._patterns import Patterns, compiled, every, found_in

Stance = Literal["asserts", "denies", "unsure"]
Modality = Literal["plain", "hedged", "attributed"]

#: Words of denial.
_DENIALS: Patterns = (
    "not|no|never|none|nobody|nothing|neither|nor|without|nowhere|hardly|barely|scarcely|zero|absence of",
    "fail*|lack|lacks|lacked|lacking|unlikely|unproven|untested|unsupported|baseless|impossible|untrue",
    "myth*|false|falsely|wrong|wrongly|nonsense|mistaken*|misleading|hype|overhyped|fantasy|premature*",
    "debunk*|dismiss*|reject*|deny|denies|denied|denying|doubt*|dispute*|refut*|disprov*|disagree*|overstate*",
    "exaggerat*|sceptical|skeptical|cast doubt|ruled out|rule out|rules out|far from|rather than|instead of",
    "little evidence|little proof|little reason|little sign|too early to|too soon to|no more than",
    "stop short of|stops short of|stopped short of",
)
#: What holds a word of denial and denies nothing.
_NEUTRAL: Patterns = (
    "not only", "not just", "not merely", "not simply", "no doubt", "no wonder", "no surprise", "not surprising*",
    "no longer", "do not forget", "no matter", "whether or not", "or not", "if not", "not to mention", "why not",
    "not long ago", "nothing short of", "not least", "no small", "can not help but", "not uncommon*", "not unusual",
    "not rare", "without a doubt", "without doubt", "undoubt*", "not a doubt",
)  # fmt: skip
#: Of a denial after what it denies, the words that stand before it.
_AFTER = re.compile(
    r"(?: (?:is|are|was|were|has|have|had|does|do|did|can|could|will|would|remains?|stays?|seems?)) $"
)
#: How many words before what is claimed a word of denial reaches, and how many after.
_BEFORE, _BEHIND = 12, 6
_HEDGES: Patterns = (
    "may|might|could|would|possibly|perhaps|maybe|probably|likely|seem*|appear*|suggest*|potential*|promis*",
    "hint*|some evidence|can sometimes|in theory|thought to|believed to|said to|apparently|preliminary|hope*",
    "chance|reckon*|suppos*|candidate*|tend|tends|tended|sort of|kind of",
)
_ATTRIBUTIONS: Patterns = (
    "says|said|say|saying|claim|claims|claimed|claiming|believe*|think|thinks|thought|argue*|report",
    "reported|reports|according to|insist*|explain*|found|finds|show|showed|shows|shown|conclude*|study|studies",
    "trial|trials|review*|researcher*|scientist*|meta analys*|analysis|paper*|told|swear*|expert*",
    "theory|hypothesis|author*|wrote|writes|note|notes|noted|tell|tells|team|warn*|observ*|describe*|announced|my|i|me",
    "psychiatrist*|dermatologist*|doctor*|professor*|psychologist*",
)
_BREAKS = re.compile(r" (?:and|but|then|so|plus|yet) ")


def stance_of(clause: str, focus: tuple[int, int], sentence: str, denies: Patterns, asserts: Patterns) -> Stance:
    """Tell whether a clause asserts what stands at a place of it.

    Parameters
    ----------
    clause, sentence : str
        Words between single spaces.
    focus : (int, int)
        Where in the clause that stands which is asserted or denied.
    denies, asserts : tuple of str
        The claim's own cues.

    Returns
    -------
    {"asserts", "denies", "unsure"}
        Unsure where words of denial stand near and what they deny cannot be told.

    Examples
    --------
    >>> stance_of(" it does not cure anyone ", (13, 18), " it does not cure anyone ", (), ())
    'denies'
    >>> stance_of(" it is not only a cure ", (18, 23), " it is not only a cure ", (), ())
    'asserts'
    """
    if found_in(asserts, sentence):
        return "denies" if found_in(denies, _blank(sentence, asserts)) else "asserts"
    if found_in(denies, sentence):
        return "denies"
    text = _blank(clause, _NEUTRAL)
    # What is claimed may hold the word itself, as "unproven" does; that is the claim's own affair.
    before = [found for found in every(_DENIALS, text) if found.end() <= focus[0] + 1]
    after = [found for found in every(_DENIALS, text) if found.start() >= focus[1] - 1]
    near = [each for each in before if text.count(" ", each.end(), focus[0]) < _BEFORE]
    inside = [each for each in near if not _BREAKS.search(text, each.end() - 1, focus[0] + 1)]
    following = [each for each in after if text.count(" ", focus[1], each.start()) < _BEHIND]
    behind = [each for each in following if not _BREAKS.search(text, focus[1] - 1, each.start() + 1)]
    if len(inside) + len(behind) > 1:
        return "unsure"
    if inside:
        return "denies"
    if behind:
        return "denies" if _AFTER.search(text[: behind[0].start()]) else "unsure"
    return "unsure" if near else "asserts"


def modality_of(sentence: str) -> Modality:
    """Tell how firmly a sentence speaks.

    >>> [modality_of(f" {each} ") for each in ("it works", "it may work", "she says it may work")]
    ['plain', 'hedged', 'attributed']
    """
    if found_in(_ATTRIBUTIONS, sentence):
        return "attributed"
    return "hedged" if found_in(_HEDGES, sentence) else "plain"


def _blank(text: str, patterns: Patterns) -> str:
    """Write other words over what some patterns find, as long as what stood there."""
    expression = compiled(patterns)
    if expression is None:
        return text
    return expression.sub(lambda found: re.sub(r"\S", "_", found.group()), text)
