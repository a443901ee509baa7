"""From a dossier of published evidence to a brief in which every number is traceable.

One direction of flow: ``dossier`` → ``synthesis``, ``safety``, ``mechanism`` → ``decision`` →
``brief``, ``app``, ``cli``. Importing this package loads none of them.
"""

from glabella._version import __version__

__all__ = ["__version__"]
