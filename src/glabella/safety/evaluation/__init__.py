"""How well signals are found: measures against pairs whose truth is known.

``evaluate`` is the area under the ROC curve of any score, ``reference_set`` gives published controls with their
names mapped to substances and report terms, and ``evaluate_store`` scores these controls in a store.
"""

from glabella.safety.evaluation._area import Area, AreaDifference, evaluate, evaluate_difference
from glabella.safety.evaluation._reference import REFERENCE_SETS, ReferenceSet, reference_set
from glabella.safety.evaluation._rule import RuleQuality, evaluate_rule
from glabella.safety.evaluation._scores import SCORES, rank_scores, threshold_rules
from glabella.safety.evaluation._store import StoreEvaluation, evaluate_store

__all__ = [
    "REFERENCE_SETS",
    "SCORES",
    "Area",
    "AreaDifference",
    "ReferenceSet",
    "RuleQuality",
    "StoreEvaluation",
    "evaluate",
    "evaluate_difference",
    "evaluate_rule",
    "evaluate_store",
    "rank_scores",
    "reference_set",
    "threshold_rules",
]
