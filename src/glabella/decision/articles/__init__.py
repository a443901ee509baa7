"""What an article claims, sentence by sentence: marked where a known claim is recognised, left alone where not.

A claim is recognised by its *frame*, which a dossier holds as data: the concepts that must and must not occur in
a clause, and the claim's own cues of denial. Nothing here knows a treatment, and nothing learns: the words that
made a mark can be shown beside it. General words of English (not, may, according to) are known here.
"""

from glabella.decision.articles._check import Checked, Mark, Marked, check, is_english
from glabella.decision.articles._text import Sentence, sentences_of

__all__ = [
    "Checked", "Mark", "Marked", "Sentence", "check", "is_english",
    "sentences_of",
]  # fmt: skip
