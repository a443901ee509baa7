"""Read and validate what is known.

Here live the schema of a dossier, the reader of its folder, the check that lists every fault with file and
line, the JSON Schema that editors use, the starter of a new dossier, and what brings an older one along. No
statistics, no presentation.
"""

from glabella.dossier._check import check, notes
from glabella.dossier._check_fitted import fit_inputs
from glabella.dossier._comparators import Comparators, Difference, NetworkMeasure, Treatment
from glabella.dossier._faults import DossierError, Fault, Note
from glabella.dossier._fitted import Fitted
from glabella.dossier._frames import Frame, Frames
from glabella.dossier._json_schema import json_schema
from glabella.dossier._load import Evidence, load, shipped
from glabella.dossier._mechanism import Explanation, Link, Mechanism, Parameter, ParameterPrior
from glabella.dossier._mechanism_words import MechanismWords
from glabella.dossier._migrate import Migrated, migrate
from glabella.dossier._number import Number
from glabella.dossier._observations import (
    MoodObservation,
    MuscleObservation,
    NerveObservation,
    Observations,
    Share,
    TimeObservation,
)
from glabella.dossier._priors import Prior, Priors
from glabella.dossier._problem import (
    Criterion,
    GuardRail,
    PreferenceSaid,
    Problem,
    ProblemCell,
    ProblemFile,
    ProblemOption,
    load_problem,
)
from glabella.dossier._questions import Questions
from glabella.dossier._report_lists import ListFolder, list_folder
from glabella.dossier._reports import ReportQuestion, ReportRow, Reports, ReportSide, ReportStudy
from glabella.dossier._schema import (
    Analysis,
    Arm,
    ArmPair,
    ArmResult,
    Between,
    ClaimPart,
    Comparison,
    Conflict,
    Dossier,
    Exclusion,
    Flow,
    Harm,
    Look,
    Option,
    Outcome,
    Points,
    PopularClaim,
    Product,
    Reason,
    Reference,
    Result,
    RiskOfBias,
    Scale,
    Search,
    Signal,
    Sought,
    Statement,
    Study,
    Target,
    UsualRisk,
)
from glabella.dossier._starter import write_starter
from glabella.dossier._table import NetworkTable, read_table
from glabella.dossier._words import CoTreatment, Words

__all__ = [
    "Analysis",
    "Arm",
    "ArmPair",
    "ArmResult",
    "Between",
    "ClaimPart",
    "CoTreatment",
    "Comparators",
    "Comparison",
    "Conflict",
    "Criterion",
    "Difference",
    "Dossier",
    "DossierError",
    "Evidence",
    "Exclusion",
    "Explanation",
    "Fault",
    "Fitted",
    "Flow",
    "Frame",
    "Frames",
    "GuardRail",
    "Harm",
    "Link",
    "ListFolder",
    "Look",
    "Mechanism",
    "MechanismWords",
    "Migrated",
    "MoodObservation",
    "MuscleObservation",
    "NerveObservation",
    "NetworkMeasure",
    "NetworkTable",
    "Note",
    "Number",
    "Observations",
    "Option",
    "Outcome",
    "Parameter",
    "ParameterPrior",
    "Points",
    "PopularClaim",
    "PreferenceSaid",
    "Prior",
    "Priors",
    "Problem",
    "ProblemCell",
    "ProblemFile",
    "ProblemOption",
    "Product",
    "Questions",
    "Reason",
    "Reference",
    "ReportQuestion",
    "ReportRow",
    "ReportSide",
    "ReportStudy",
    "Reports",
    "Result",
    "RiskOfBias",
    "Scale",
    "Search",
    "Share",
    "Signal",
    "Sought",
    "Statement",
    "Study",
    "Target",
    "TimeObservation",
    "Treatment",
    "UsualRisk",
    "Words",
    "check",
    "fit_inputs",
    "json_schema",
    "list_folder",
    "load",
    "load_problem",
    "migrate",
    "notes",
    "read_table",
    "shipped",
    "write_starter",
]
