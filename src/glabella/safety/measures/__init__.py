"""Measures of disproportionality on arrays of counts: nothing here touches a file or knows a drug's name."""

from glabella.safety.measures._disproportionality import disproportionality, ema, evans
from glabella.safety.measures._exact import exact_ror
from glabella.safety.measures._gps import GPS, fit_gps
from glabella.safety.measures._information_component import InformationComponent, information_component

__all__ = [
    "GPS",
    "InformationComponent",
    "disproportionality",
    "ema",
    "evans",
    "exact_ror",
    "fit_gps",
    "information_component",
]
