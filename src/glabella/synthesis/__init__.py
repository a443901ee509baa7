"""Benefits: effect sizes, what can be derived from a report, and pooling.

Array mathematics that a user's own data can call alone (:func:`effect_size`, :func:`pool`), and the way from
a dossier's studies to effects (:func:`contrasts`). Nothing here reads a file or knows how a number is shown.
"""

from glabella.synthesis._contrasts import Contrasts, Effect, NotComputed, Step, arrays, contrasts
from glabella.synthesis._design import Design, design
from glabella.synthesis._effect_size import EffectSizes, effect_size
from glabella.synthesis._pool import Pooled, pool

__all__ = [
    "Contrasts",
    "Design",
    "Effect",
    "EffectSizes",
    "NotComputed",
    "Pooled",
    "Step",
    "arrays",
    "contrasts",
    "design",
    "effect_size",
    "pool",
]
