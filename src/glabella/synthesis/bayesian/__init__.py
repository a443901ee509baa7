"""Bayesian synthesis: the normal hierarchical model by quadrature, what is built on it, and sampled models.

Heterogeneity is integrated numerically on a grid that adapts to each posterior; given it everything else is normal
and exact, and nothing is random. Only the modules named ``_mcmc_*`` draw, with ``glabella[bayes]``, whose sampler
is loaded when it is used.
"""
