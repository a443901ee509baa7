"""How it works over time: models as data, simulated for one person or many, fitted to time courses and compared.

A model is SBML or Antimony text; its equations are run by libRoadRunner for one person and on arrays for many.
Nothing here reads a file, and no constant of a treatment stands in this code: models, parameters and observations
are data of a dossier or of the user. libRoadRunner, libSBML and Antimony come with ``glabella[mechanism]``.
"""

from glabella.mechanism._analysis import analyse
from glabella.mechanism._answers import Interval, Landmarks, ResponseCourse, course, duration_of_each, landmarks
from glabella.mechanism._checks import Replicated, check, replicate
from glabella.mechanism._compare import Compared, Explained, MoodData, compare, mood_data
from glabella.mechanism._edges import check_arrows, edges
from glabella.mechanism._engine import simulate
from glabella.mechanism._export import with_constants, with_injections, with_notes
from glabella.mechanism._fit import Fit, fit
from glabella.mechanism._gap import Gap, gap, speed_for_gap
from glabella.mechanism._likelihood import MuscleData, muscle_data
from glabella.mechanism._model import Model, Quantity, load
from glabella.mechanism._needed import Needed, amounts_needed
from glabella.mechanism._observations import mood_rows, muscle_rows, muscle_unknowns
from glabella.mechanism._population import Population, simulate_population
from glabella.mechanism._predict import Predicted, leave_one_out, predict
from glabella.mechanism._profile import Profile, profile
from glabella.mechanism._repeated import Lost, Scheduled, Spread, Yearly, schedules
from glabella.mechanism._responders import responders
from glabella.mechanism._schedule import Course, Rule, simulate_rule
from glabella.mechanism._sensitivity import Sobol, Tornado, quantile, sobol, tornado
from glabella.mechanism._unknowns import Unknown
from glabella.mechanism._virtual import VirtualPeople, virtual_people

__all__ = [
    "Compared",
    "Course",
    "Explained",
    "Fit",
    "Gap",
    "Interval",
    "Landmarks",
    "Lost",
    "Model",
    "MoodData",
    "MuscleData",
    "Needed",
    "Population",
    "Predicted",
    "Profile",
    "Quantity",
    "Replicated",
    "ResponseCourse",
    "Rule",
    "Scheduled",
    "Sobol",
    "Spread",
    "Tornado",
    "Unknown",
    "VirtualPeople",
    "Yearly",
    "amounts_needed",
    "analyse",
    "check",
    "check_arrows",
    "compare",
    "course",
    "duration_of_each",
    "edges",
    "fit",
    "gap",
    "landmarks",
    "leave_one_out",
    "load",
    "mood_data",
    "mood_rows",
    "muscle_data",
    "muscle_rows",
    "muscle_unknowns",
    "predict",
    "profile",
    "quantile",
    "replicate",
    "responders",
    "schedules",
    "simulate",
    "simulate_population",
    "simulate_rule",
    "sobol",
    "speed_for_gap",
    "tornado",
    "virtual_people",
    "with_constants",
    "with_injections",
    "with_notes",
]
