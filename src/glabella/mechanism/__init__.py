"""How it works over time: models as data, simulated for one person or many, fitted to time courses and compared.

A model is SBML or Antimony text; its equations are run by libRoadRunner for one person and on arrays for many.
Nothing here reads a file, and no constant of a treatment stands in this code: models, parameters and observations
are data of a dossier or of the user. libRoadRunner, libSBML and Antimony come with ``glabella[mechanism]``.
"""

from glabella.mechanism._engine import simulate
from glabella.mechanism._model import Model, Quantity, load
from glabella.mechanism._population import Population, simulate_population
from glabella.mechanism._schedule import Course, Rule, simulate_rule

__all__ = [
    "Course",
    "Model",
    "Population",
    "Quantity",
    "Rule",
    "load",
    "simulate",
    "simulate_population",
    "simulate_rule",
]
