"""How hard a text is to read: the grade of Flesch and Kincaid, with syllables counted by vowels."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[.!?]+(?:\s|$)")
_WORD = re.compile(r"[A-Za-z’']+|\d+")
_VOWELS = re.compile(r"[aeiouy]+")
#: Ends that are written and not said.
_SILENT = re.compile(r"(?:[^laeiouy]es|[^aeiouytd]ed|[^laeiouy]e)$")


def grade(text: str) -> float:
    """Give 0.39 words a sentence and 11.8 syllables a word, less 15.59.

    Kincaid JP, Fishburne RP, Rogers RL, Chissom BS. Derivation of new readability formulas. Naval Technical
    Training Command, Research Branch Report 8-75, 1975.
    """
    sentences = [each for each in _SENTENCE.split(text) if _WORD.search(each)]
    words = _WORD.findall(text)
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word: str) -> int:
    """Count the groups of vowels of a word, those at its end that are not said left out; a number is three."""
    if word.isdigit():
        return 3
    said = re.sub(r"[^a-z]", "", word.lower())
    # A vowel that two letters would hide: i before o or a, as in radio.
    count = len(_VOWELS.findall(said)) + len(re.findall(r"i[ao](?!us|n)", said))
    return max(1, count - bool(_SILENT.search(said)))
