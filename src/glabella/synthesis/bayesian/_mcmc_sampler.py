"""The sampler: No-U-Turn Hamiltonian Monte Carlo from BlackJAX, many chains and many data sets in one program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Data = dict[str, Any]
#: Log density of one position, given arrays. Its identity keys the compiled program: make it once per model.
LogDensity = Callable[[Any, Any], Any]

#: Acceptance for which step sizes are tuned, and what is tried once more where trajectories diverge at the first.
#: Above the usual 0.8, as hierarchical models bend more the nearer τ is to zero.
ACCEPTANCE = (0.9, 0.99)

#: The compiler's first level compiles in two thirds of the time, and what it makes is as fast.
_COMPILER = {"xla_backend_optimization_level": 1}


@dataclass(frozen=True)
class Draws:
    """What a sampler gave, for each of a batch of data sets.

    Attributes
    ----------
    position : ndarray of shape (batch, chains, draws, parameters)
        On the unbounded scale on which it was sampled.
    divergent : ndarray of shape (batch,)
        Trajectories that left what the step size can follow.
    steps : ndarray of shape (batch,)
        Mean number of gradients a draw.
    """

    position: Floats
    divergent: NDArray[np.int_]
    steps: Floats


def libraries() -> tuple[Any, Any]:
    """Give JAX and BlackJAX.

    Raises
    ------
    ImportError
        If the extra ``glabella[bayes]`` is not installed.
    """
    try:
        import blackjax  # type: ignore[import-untyped]
        import jax
    except ImportError as error:
        raise ImportError("models that need a sampler are run by BlackJAX: install glabella[bayes]") from error
    return jax, blackjax


def diagnostics() -> Any:
    """Give ArviZ's statistics on arrays.

    Raises
    ------
    ImportError
        If the extra ``glabella[bayes]`` is not installed.
    """
    try:
        from arviz_stats.base.array import array_stats
    except ImportError as error:
        raise ImportError("chains are judged by arviz-stats: install glabella[bayes]") from error
    return array_stats


def sample(
    log_density: LogDensity, start: Floats, data: Data, *, draws: int, tune: int, seed: int, acceptance: float
) -> Draws:
    """Draw from a batch of posteriors of one shape.

    Parameters
    ----------
    log_density : callable
        Of a position of shape (parameters,) and one data set's arrays.
    start : ndarray of shape (batch, chains, parameters)
        Where chains start.
    data : dict of ndarray
        Arrays with a leading axis for the batch.
    draws, tune : int
        Draws that are kept of each chain, and those before in which step size and scales are found.
    seed : int
        The same one gives the same draws.
    acceptance : float
        For which the step size is tuned.
    """
    jax, _ = libraries()
    batch, chains, _ = start.shape
    # Doubles are asked for here alone: another user of JAX in this process keeps what they set.
    with jax.enable_x64(True):
        keys = jax.random.split(jax.random.key(seed), (batch, chains))
        position, divergent, steps = _program(log_density, draws, tune)(keys, start, data, acceptance)
    return Draws(
        np.asarray(position, dtype=float),
        np.asarray(divergent).sum(axis=(1, 2)),
        np.asarray(steps, dtype=float).mean(axis=(1, 2)),
    )


@lru_cache(maxsize=64)
def _program(log_density: LogDensity, draws: int, tune: int) -> Any:
    """Compile once a model and number of draws; JAX compiles anew only for other shapes of data."""
    jax, blackjax = libraries()

    def chain(key: Any, start: Any, data: Data, acceptance: Any) -> Any:
        def target(position: Any) -> Any:
            return log_density(position, data)

        tuning, drawing = jax.random.split(key)
        adaptation = blackjax.window_adaptation(blackjax.nuts, target, target_acceptance_rate=acceptance)
        (state, found), _ = adaptation.run(tuning, start, tune)
        kernel = blackjax.nuts(target, **found).step

        def step(state: Any, key: Any) -> Any:
            state, info = kernel(key, state)
            return state, (state.position, info.is_divergent, info.num_integration_steps)

        return jax.lax.scan(step, state, jax.random.split(drawing, draws))[1]

    chains = jax.vmap(chain, (0, 0, None, None))
    return jax.jit(jax.vmap(chains, (0, 0, 0, None)), compiler_options=_COMPILER)
