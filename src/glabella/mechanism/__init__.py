"""How it works over time: models as data, simulated for one person or many, fitted to time courses and compared.

A model is SBML or Antimony text; its equations are run by libRoadRunner for one person and on arrays for many.
Nothing here reads a file, and no constant of a treatment stands in this code: models, parameters and observations
are data of a dossier or of the user. libRoadRunner, libSBML and Antimony come with ``glabella[mechanism]``.
"""

from glabella.mechanism._analysis import analyse
from glabella.mechanism._compare import Compared, Explained, MoodData, compare, mood_data
from glabella.mechanism._course_fit import CourseFit, fit_course
from glabella.mechanism._course_rows import course_rows
from glabella.mechanism._course_scores import PredictedRow, Scores, predict_row, scores
from glabella.mechanism._edges import check_arrows, edges
from glabella.mechanism._engine import simulate
from glabella.mechanism._export import with_constants, with_injections, with_notes
from glabella.mechanism._fit import Fit, fit
from glabella.mechanism._likelihood import MuscleData, muscle_data
from glabella.mechanism._model import Model, Quantity, load
from glabella.mechanism._observations import mood_rows, muscle_unknowns
from glabella.mechanism._population import Population, simulate_population
from glabella.mechanism._responders import responders
from glabella.mechanism._rows import Row, Rows
from glabella.mechanism._schedule import Course, Rule, simulate_rule
from glabella.mechanism._time_to_loss import TimeToLoss
from glabella.mechanism._unknowns import Unknown

__all__ = [
    "Compared",
    "Course",
    "CourseFit",
    "Explained",
    "Fit",
    "Model",
    "MoodData",
    "MuscleData",
    "Population",
    "PredictedRow",
    "Quantity",
    "Row",
    "Rows",
    "Rule",
    "Scores",
    "TimeToLoss",
    "Unknown",
    "analyse",
    "check_arrows",
    "compare",
    "course_rows",
    "edges",
    "fit",
    "fit_course",
    "load",
    "mood_data",
    "mood_rows",
    "muscle_data",
    "muscle_unknowns",
    "predict_row",
    "responders",
    "scores",
    "simulate",
    "simulate_population",
    "simulate_rule",
    "with_constants",
    "with_injections",
    "with_notes",
]
