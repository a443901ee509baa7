"""Synthetic reports shaped like FAERS, with known relative rates.

Everything written says that it is synthetic: names, members, columns and metadata.
"""

from glabella.safety.synthetic._draw import Draw, draw
from glabella.safety.synthetic._index import write_index_tables
from glabella.safety.synthetic._names import RealNames, real_names
from glabella.safety.synthetic._rates import Mixture, default_mixture
from glabella.safety.synthetic._synthesise import Synthesis, synthesise
from glabella.safety.synthetic._truth import planted_truth

__all__ = [
    "Draw",
    "Mixture",
    "RealNames",
    "Synthesis",
    "default_mixture",
    "draw",
    "planted_truth",
    "real_names",
    "synthesise",
    "write_index_tables",
]
