"""What an article claims, sentence by sentence: marked where a known claim is recognised, left alone where not.

A claim is recognised by its *frame*, which a dossier holds as data: the concepts that must and must not occur in
a clause, and the claim's own cues of denial. Nothing here knows a treatment, and nothing learns: the words that
made a mark can be shown beside it. General words of English (not, may, according to) are known here.
"""

from glabella.decision.articles._check import Checked, Mark, Marked, check, is_english
from glabella.decision.articles._outcomes import shares_of_outcomes
from glabella.decision.articles._text import Sentence, sentences_of
from glabella.decision.articles._written import as_values, of_values

__all__ = [
    "Checked", "Mark", "Marked", "Sentence", "as_values", "check", "is_english", "of_values", "sentences_of",
    "shares_of_outcomes",
]  # fmt: skip
