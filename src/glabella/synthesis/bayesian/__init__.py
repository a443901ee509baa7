"""Bayesian synthesis by deterministic quadrature: the normal hierarchical model and what is built on it.

Heterogeneity is integrated numerically on a grid that adapts to each posterior; given it everything else is normal
and exact. Nothing here draws random numbers; models that need a sampler stand apart.
"""
