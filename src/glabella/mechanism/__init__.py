"""How it works over time: models as data, simulated for one person or many, fitted to time courses and compared.

A model is SBML or Antimony text; its equations are run by libRoadRunner for one person and on arrays for many.
Nothing here reads a file, and no constant of a treatment stands in this code: models, parameters and observations
are data of a dossier or of the user. libRoadRunner, libSBML and Antimony come with ``glabella[mechanism]``.
"""

from glabella.mechanism._analysis import analyse
from glabella.mechanism._answers import Interval
from glabella.mechanism._compare import Compared, Explained, MoodData, compare, mood_data
from glabella.mechanism._course_fit import CourseFit, fit_course
from glabella.mechanism._course_rows import course_rows
from glabella.mechanism._course_scores import PredictedRow, Scores, predict_row, scores
from glabella.mechanism._edges import check_arrows, edges
from glabella.mechanism._engine import simulate
from glabella.mechanism._export import with_constants, with_injections, with_notes
from glabella.mechanism._fit import Fit, fit
from glabella.mechanism._gap import Gap, gap, speed_for_gap
from glabella.mechanism._likelihood import MuscleData, muscle_data
from glabella.mechanism._model import Model, Quantity, load
from glabella.mechanism._observations import mood_rows, muscle_unknowns
from glabella.mechanism._population import Population, simulate_population
from glabella.mechanism._repeated import Lost, Scheduled, Spread, Yearly, schedules
from glabella.mechanism._responders import responders
from glabella.mechanism._rows import Row, Rows
from glabella.mechanism._schedule import Course, Rule, simulate_rule
from glabella.mechanism._sensitivity import Tornado, quantile, tornado
from glabella.mechanism._time_to_loss import TimeToLoss
from glabella.mechanism._unknowns import Unknown
from glabella.mechanism._virtual import VirtualPeople, virtual_people

__all__ = [
    "Compared",
    "Course",
    "CourseFit",
    "Explained",
    "Fit",
    "Gap",
    "Interval",
    "Lost",
    "Model",
    "MoodData",
    "MuscleData",
    "Population",
    "PredictedRow",
    "Quantity",
    "Row",
    "Rows",
    "Rule",
    "Scheduled",
    "Scores",
    "Spread",
    "TimeToLoss",
    "Tornado",
    "Unknown",
    "VirtualPeople",
    "Yearly",
    "analyse",
    "check_arrows",
    "compare",
    "course_rows",
    "edges",
    "fit",
    "fit_course",
    "gap",
    "load",
    "mood_data",
    "mood_rows",
    "muscle_data",
    "muscle_unknowns",
    "predict_row",
    "quantile",
    "responders",
    "schedules",
    "scores",
    "simulate",
    "simulate_population",
    "simulate_rule",
    "speed_for_gap",
    "tornado",
    "virtual_people",
    "with_constants",
    "with_injections",
    "with_notes",
]
