"""What the evidence means: pooled answers, absolute terms for people, and how far to trust them.

Everything that leaves this package as a number is a Claim. Here are no pages and no files.
"""

from glabella.decision._answer import Answer, Pooling, Reproduction, Row, answer
from glabella.decision._certainty import certainty
from glabella.decision._reports import ReportLine, ReportTable
from glabella.decision._sure import ByOption, Specification, Sure, sure
from glabella.decision._words import Piece, quote, say

__all__ = [
    "Answer",
    "ByOption",
    "Piece",
    "Pooling",
    "ReportLine",
    "ReportTable",
    "Reproduction",
    "Row",
    "Specification",
    "Sure",
    "answer",
    "certainty",
    "quote",
    "say",
    "sure",
]
