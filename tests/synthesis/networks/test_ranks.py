"""Rank probabilities: counted by hand, P-scores in the limit, and ranks that share evidence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glabella.synthesis import network
from glabella.synthesis.networks._ranks import network_ranks, rank_probabilities
from tests.synthesis.networks.looks import networks


def test_ranks_are_counted() -> None:
    draws = [[1, 2, 3], [1, 3, 2], [2, 1, 3], [1, 2, 3]]
    found = rank_probabilities(draws, treatments=["a", "b", "c"])
    assert found.probability.tolist() == [[0.75, 0.25, 0], [0.25, 0.5, 0.25], [0, 0.25, 0.75]]
    assert found.mean_rank.tolist() == [1.25, 2, 2.75]
    assert found.sucra.tolist() == [0.875, 0.5, 0.125]
    assert found.median_rank.tolist() == [1, 2, 3]
    assert found.cumulative[:, -1].tolist() == [1, 1, 1]
    assert found.table()["treatment"].to_list() == ["a", "b", "c"]
    assert "0.8750   0.7500       1.25" in str(found)


def test_large_values_may_be_the_good_ones() -> None:
    found = rank_probabilities([[1, 2, 3], [1, 3, 2]], small_values="bad")
    assert found.treatments == ("1", "2", "3")
    assert found.probability.tolist() == [[0, 0, 1], [0.5, 0.5, 0], [0.5, 0.5, 0]]


def test_equal_options_share_their_ranks() -> None:
    found = rank_probabilities([[0, 0, 1, 1], [0, 1, 1, 1]])
    third = 0.5 / 3
    expected = [[0.75, 0.25, 0, 0], [0.25, 0.25 + third, third, third], [0, third, 0.25 + third, 0.25 + third],
                [0, third, 0.25 + third, 0.25 + third]]  # fmt: skip
    assert found.probability == pytest.approx(np.array(expected), abs=1e-15)


@given(st.integers(2, 6), st.integers(1, 40), st.integers(0, 1000), st.integers(1, 9))
@settings(max_examples=60)
def test_rows_and_columns_sum_to_one_and_turning_effects_turns_ranks(n: int, k: int, seed: int, steps: int) -> None:
    draws = np.random.default_rng(seed).integers(0, steps, (k, n)).astype(float)
    found = rank_probabilities(draws)
    assert found.probability.sum(axis=0) == pytest.approx(1)
    assert found.probability.sum(axis=1) == pytest.approx(1)
    assert found.sucra.mean() == pytest.approx(0.5)
    turned = rank_probabilities(-draws)
    assert turned.probability == pytest.approx(found.probability[:, ::-1])
    assert rank_probabilities(-draws, small_values="bad").probability == pytest.approx(found.probability)


@given(networks())
@settings(max_examples=15)
def test_sucra_is_the_p_score_in_the_limit(
    given_: tuple[list[str], list[str], list[str], list[float], list[float]],
) -> None:
    fit = network(*given_, method="DL")
    for small in ("good", "bad"):
        found = network_ranks(fit, small_values=small, draws=40_000)
        # A mean over 40,000 draws: its standard error is at most 0.0025, and five of them are rare.
        assert found.sucra == pytest.approx(fit.p_scores(small_values=small), abs=0.0125)


def test_draws_keep_the_correlation_of_shared_evidence() -> None:
    # B and C are far from A and known to be equal but for a little; A versus both is uncertain.
    fit = network(["1", "2"], ["A", "B"], ["B", "C"], [0.0, -0.01], [2.0, 0.001], method="common")
    found = network_ranks(fit, model="common", draws=20_000)
    # Either A is before both or after both: never between.
    assert found.probability[0] == pytest.approx([0.5, 0, 0.5], abs=0.02)
    assert found.probability[0, 1] < 0.01


def test_the_same_seed_gives_the_same_ranks_and_blocks_do_not_show() -> None:
    fit = network(
        ["1", "2", "3"], ["A", "B", "A"], ["B", "C", "C"], [0.1, 0.2, 0.4], [0.2, 0.2, 0.3], method="common"
    )
    one, two = (network_ranks(fit, model="common", draws=20_000, seed=7) for _ in range(2))
    assert np.array_equal(one.probability, two.probability)
    assert not np.array_equal(one.probability, network_ranks(fit, model="common", draws=20_000, seed=8).probability)
    assert one.draws == 20_000
    draws = np.random.default_rng(0).normal(size=(40_000, 3))
    halves = [rank_probabilities(draws[part]).probability for part in (slice(None, 20_000), slice(20_000, None))]
    assert rank_probabilities(draws).probability == pytest.approx(np.mean(halves, axis=0), abs=1e-15)


@pytest.mark.parametrize(
    ("draws", "more", "says"),
    [
        ([1.0, 2.0], {}, r"draws has shape \(2,\), expected \(samples, options\)"),
        ([[1.0]], {}, r"shape \(1, 1\)"),
        (np.empty((0, 3)), {}, r"shape \(0, 3\)"),
        ([[1.0, 2.0], [np.nan, 1.0]], {"treatments": ["a", "b"]}, "draw 2 of a is nan, expected a number"),
        ([[1.0, 2.0]], {"treatments": ["a"]}, "treatments has 1 names, expected 2"),
        ([[1.0, 2.0]], {"small_values": "best"}, "unknown small_values 'best'; expected good or bad"),
    ],
)
def test_bad_draws_are_named(draws: object, more: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        rank_probabilities(draws, **more)  # type: ignore[arg-type]


def test_a_batch_or_a_wrong_model_is_named() -> None:
    given_ = (["1", "2"], ["A", "B"], ["B", "C"])
    with pytest.raises(ValueError, match="the fit is a batch of 2 networks, expected a single one"):
        network_ranks(network(*given_, np.ones((2, 2)), np.ones((2, 2)), method="common"))
    fit = network(*given_, [1, 1], [1, 1], method="common")
    with pytest.raises(ValueError, match="unknown model 'fixed'; expected random or common"):
        network_ranks(fit, model="fixed")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="draws is 0, expected a whole number of 1 to"):
        network_ranks(fit, draws=0)
