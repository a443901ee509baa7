"""The chain made to last as long as the course says: one constant, that of loss, is found for each person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.mechanism._model import Model
from glabella.mechanism._population import simulate_population
from glabella.mechanism._reduce import reduced

Floats = NDArray[np.float64]
#: How many times slower and quicker the loss is tried, and the days on which weakness is looked at.
TRIED = np.geomspace(0.2, 8.0, 25)
FOLLOWED = np.concatenate([np.arange(0.0, 30.0), np.arange(30.0, 735.0, 5.0)])


def loss_lasting(
    model: Model, constants: Mapping[str, ArrayLike], name: str, threshold: ArrayLike, days: ArrayLike
) -> Floats:
    """Give the constant of loss with which each person loses the response on a day.

    Parameters
    ----------
    model : Model
        Computes ``weakness``.
    constants : mapping of str to float or array_like of shape (n,)
        Of the people, ``name`` among them.
    name : str
        The constant that is sought; the larger, the sooner is the response lost.
    threshold : array_like of shape (n,)
        Weakness that counts as a response.
    days : array_like of shape (n,)

    Returns
    -------
    ndarray of shape (n,)
        Within the range that is tried; what it was for people who never respond.
    """
    wanted, limit = np.atleast_1d(np.asarray(days, dtype=float)), np.atleast_1d(np.asarray(threshold, dtype=float))
    n, tries = len(wanted), len(TRIED)
    own = {key: np.broadcast_to(np.asarray(value, dtype=float), (n,)) for key, value in constants.items()}
    everybody: dict[str, Any] = {key: np.repeat(value, tries) for key, value in own.items()}
    everybody[name] = everybody[name] * np.tile(TRIED, n)
    run = simulate_population(reduced(model, "weakness"), FOLLOWED, everybody, names=["weakness"])
    lost = _lost(run.values["weakness"], np.repeat(limit, tries)).reshape(n, tries)
    found = own[name].copy()
    for person in range(n):
        good = np.isfinite(lost[person]) & (lost[person] > 0)
        if good.any():
            # Days fall as the loss quickens: turned round they rise.
            factor = np.interp(-wanted[person], -lost[person][good], np.log(TRIED[good]))
            found[person] *= np.exp(factor)
    return np.asarray(found)


def _lost(weakness: Floats, limit: Floats) -> Floats:
    """Give the day on which each row last falls below its limit; 0 where it never reaches it."""
    above = weakness >= limit[:, None]
    last = weakness.shape[1] - 1 - above[:, ::-1].argmax(axis=1)
    rows, after = np.arange(len(weakness)), np.minimum(last + 1, weakness.shape[1] - 1)
    fall = weakness[rows, last] - weakness[rows, after]
    part = np.where(fall > 0, (weakness[rows, last] - limit) / np.where(fall > 0, fall, 1.0), 0.0)
    day = FOLLOWED[last] + part * (FOLLOWED[after] - FOLLOWED[last])
    return np.where(above.any(axis=1), day, 0.0)
