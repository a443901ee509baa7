"""DuMouchel's gamma-Poisson shrinker."""


class GPS:
    """Follows shortly."""


def fit_gps() -> None:
    """Follow shortly."""
