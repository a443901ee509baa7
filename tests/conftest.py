"""Timings are never tests: Hypothesis sets no deadline."""

from hypothesis import settings

settings.register_profile("glabella", deadline=None)
settings.load_profile("glabella")
