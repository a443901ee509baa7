"""Trials of a new treatment joined to a network of others: indirect comparisons, and what moves them.

The trials compare the new treatment with one control each. What that control is taken for in the network is a
choice, like every other one here; :func:`glabella.synthesis.indirect_sensitivity` compares again with each of them
made otherwise.
"""
