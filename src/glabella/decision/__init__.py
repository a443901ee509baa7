"""What the evidence means: pooled answers, absolute terms for people, and how far to trust them.

Everything that leaves this package as a number is a Claim. Here are no pages and no files.
"""

from glabella.decision._alternatives import Alternative, Alternatives, Join
from glabella.decision._answer import Answer, Pooling, Reproduction, Row, answer
from glabella.decision._bias import Assumed, UnderBias
from glabella.decision._carried import Account, Carried, Repeat
from glabella.decision._certainty import certainty
from glabella.decision._combinations import AddedTo, Combination, Combined, combined
from glabella.decision._constants import Constants
from glabella.decision._course import Course, Timed, Treated
from glabella.decision._reports import ReportLine, ReportTable
from glabella.decision._shifts import Shift
from glabella.decision._sure import ByOption, Specification, Sure, sure
from glabella.decision._words import Piece, quote, say

__all__ = [
    "Account",
    "AddedTo",
    "Alternative",
    "Alternatives",
    "Answer",
    "Assumed",
    "ByOption",
    "Carried",
    "Combination",
    "Combined",
    "Constants",
    "Course",
    "Join",
    "Piece",
    "Pooling",
    "Repeat",
    "ReportLine",
    "ReportTable",
    "Reproduction",
    "Row",
    "Shift",
    "Specification",
    "Sure",
    "Timed",
    "Treated",
    "UnderBias",
    "answer",
    "certainty",
    "combined",
    "quote",
    "say",
    "sure",
]
