"""Trials joined to a network: the fit with rows added by hand, netmeta, closed forms, and what must not matter."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glabella.dossier import load
from glabella.synthesis import (
    IndirectComparison,
    JoinedTrials,
    control_bias,
    effect_size,
    indirect_comparison,
    indirect_sensitivity,
    join_network,
    joined_trials,
    log_odds_from_smd,
    network,
    own_spread,
    pool,
)

REFERENCE = json.loads((Path(__file__).parent / "reference" / "joined.json").read_text(encoding="utf-8"))
#: A made-up network of three treatments and placebo, with a trial of three arms.
THERE: tuple[list[str], list[str], list[str], list[float], list[float]] = (
    ["1", "2", "3", "4", "5", "5", "5"],
    ["a", "b", "c", "a", "a", "a", "b"],
    ["placebo", "placebo", "placebo", "b", "b", "placebo", "placebo"],
    [0.5, 0.2, 0.9, 0.4, 0.1, 0.6, 0.5],
    [0.2, 0.2, 0.3, 0.25, 0.3, 0.3, 0.3],
)
NEW = joined_trials(["A", "B", "C"], te=[1.4, 0.1, 0.5], se=[0.4, 0.3, 0.5], node="placebo")


def by_hand(way: JoinedTrials, **more: Any) -> Any:
    """Fit the network with the rows added by hand."""
    study, one, other, te, se = THERE
    return network(
        [*study, *way.study],
        [*one, *["new"] * len(way)],
        [*other, *way.node],
        [*te, *way.te],
        [*se, *way.se],
        **more,
    )


def same(one: IndirectComparison, other: IndirectComparison) -> bool:
    numbers = ("estimate", "se", "ci_low", "ci_high", "pi_low", "pi_high", "p_score", "tau2")
    close = [
        getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-9, abs=1e-12, nan_ok=True)
        for name in numbers
    ]
    return all(close) and (one.rank, one.treatment, one.against) == (other.rank, other.treatment, other.against)


@pytest.mark.parametrize("method", ["REML", "DL", "ML", "common"])
def test_joined_trials_are_rows_of_the_network(method: Any) -> None:
    fit = join_network(*THERE, trials=NEW, treatment="new", method=method, reference="placebo")
    known = by_hand(NEW, method=method, reference="placebo")
    assert fit.treatments == ("a", "b", "c", "new", "placebo")
    np.testing.assert_array_equal(fit.te_random, known.te_random)
    np.testing.assert_array_equal(fit.se_random, known.se_random)
    assert fit.reference == "placebo"


@pytest.mark.parametrize("small_values", ["good", "bad"])
def test_a_comparison_is_read_off_the_fit(small_values: Any) -> None:
    fit = by_hand(NEW)
    found = indirect_comparison(fit, "new", "a", small_values=small_values)
    at = fit.treatments.index("new"), fit.treatments.index("a")
    low, high = fit.limits()
    assert (found.estimate, found.se) == (fit.te_random[at], fit.se_random[at])
    assert (found.ci_low, found.ci_high) == (low[at], high[at])
    assert (found.pi_low, found.pi_high) == (fit.pi_low[at], fit.pi_high[at])
    scores = fit.p_scores(small_values=small_values)
    assert found.p_score == pytest.approx(scores[at[0]])
    assert found.rank == sorted(scores, reverse=True).index(scores[at[0]]) + 1
    assert (found.tau2, found.reason) == (fit.tau2, "")
    assert str(found).startswith(f"new versus a: {found.estimate:.4f} (CI {found.ci_low:.4f} to ")
    assert str(found).endswith(f"rank {found.rank}, P-score {found.p_score:.4f}")


@pytest.mark.parametrize("method", ["REML", "DL", "ML", "common"])
def test_many_ways_at_once_are_each_way_alone(method: Any) -> None:
    ways = [
        NEW,
        *(NEW.without(name) for name in NEW.study),
        NEW.at("b"),
        NEW.less_bias(0.3, sd=0.2),
        own_spread(NEW, 0.02),
        JoinedTrials(("A", "B"), (0.1, 0.2), (0.2, 0.3), ("a", "placebo")),
    ]
    found = indirect_sensitivity(*THERE, ways=ways, treatment="new", against="a", method=method, small_values="bad")
    assert found.labels == ("1", "2", "3", "4", "5", "6", "7", "8")
    for way, each in zip(ways, found.comparisons, strict=True):
        alone = indirect_comparison(by_hand(way, method=method), "new", "a", small_values="bad")
        assert same(each, alone)
    estimates, ranks = [each.estimate for each in found.comparisons], [each.rank for each in found.comparisons]
    assert found.estimates == (min(estimates), max(estimates))
    assert found.ranks == (min(ranks), max(ranks))


def test_the_joined_network_is_netmetas() -> None:
    """With three trials whose counts stand in make_joined.R."""
    evidence = load(fitted=False)
    assert evidence.network is not None
    table = evidence.network
    columns = (
        table.names("study"),
        table.names("treat1"),
        table.names("treat2"),
        table.numbers("te"),
        table.numbers("se"),
    )
    sizes = effect_size("OR", ai=[9, 17, 6], n1i=[15, 33, 11], ci=[2, 6, 0], n2i=[15, 41, 19])
    new = joined_trials(["wollmer2012", "finzi2014", "magid2014"], sizes.yi, np.sqrt(sizes.vi), "Placebo")
    name = "botulinum toxin"
    fit = join_network(*columns, trials=new, treatment=name, method="DL", reference="Placebo")
    assert fit.tau2 == pytest.approx(REFERENCE["tau2"], rel=1e-8)
    row = fit.treatments.index(name)
    for ours in ("te_common", "se_common", "te_random", "se_random"):
        known = [REFERENCE[ours][other] for other in fit.treatments]
        np.testing.assert_allclose(getattr(fit, ours)[row], known, rtol=1e-8, atol=1e-12)
    for other, score in zip(fit.treatments, fit.p_scores(small_values="bad"), strict=True):
        assert score == pytest.approx(REFERENCE["p_score"][other], rel=1e-8)


def test_on_an_edge_of_its_own_a_treatment_borrows_the_variance_alone() -> None:
    """Inverse-variance weights, by hand."""
    fit = join_network(*THERE, trials=NEW, treatment="new")
    weight = 1 / (np.square(NEW.se) + fit.tau2)
    found = indirect_comparison(fit, "new", "placebo")
    assert found.estimate == pytest.approx((weight * NEW.te).sum() / weight.sum(), rel=1e-10)
    assert found.se == pytest.approx(weight.sum() ** -0.5, rel=1e-10)
    alone = network(*THERE)
    assert fit.q_between == pytest.approx(alone.q_between, rel=1e-9)


numbers = st.floats(-2, 2, allow_nan=False)
errors = st.floats(0.05, 1.5, allow_nan=False)
trials = st.lists(st.tuples(numbers, errors), min_size=1, max_size=4).map(
    lambda rows: joined_trials(
        [f"T{at}" for at in range(len(rows))], [te for te, _ in rows], [se for _, se in rows], "placebo"
    )
)


@settings(max_examples=40, deadline=None)
@given(trials, numbers)
def test_a_bias_moves_the_comparison_by_as_much_as_every_trial(new: JoinedTrials, bias: float) -> None:
    ways = [new, new.less_bias(bias)]
    one, other = indirect_sensitivity(*THERE, ways=ways, treatment="new", against="a").comparisons
    assert other.estimate == pytest.approx(one.estimate - bias, abs=1e-9)
    assert other.se == pytest.approx(one.se, rel=1e-7)
    assert (other.rank <= one.rank) if bias >= 0 else (other.rank >= one.rank)


@settings(max_examples=40, deadline=None)
@given(trials)
def test_signs_order_and_names_do_not_matter(new: JoinedTrials) -> None:
    study, one, other, te, se = THERE
    found = indirect_sensitivity(*THERE, ways=[new], treatment="new", against="b").comparisons[0]
    turned = JoinedTrials(new.study, tuple(-each for each in new.te), new.se, new.node)
    mirrored = indirect_sensitivity(
        study,
        one,
        other,
        [-each for each in te],
        se,
        ways=[turned],
        treatment="new",
        against="b",
        small_values="bad",
    ).comparisons[0]
    assert mirrored.estimate == pytest.approx(-found.estimate, abs=1e-9)
    assert mirrored.rank == found.rank
    assert mirrored.p_score == pytest.approx(found.p_score, abs=1e-9)
    backwards = JoinedTrials(new.study[::-1], new.te[::-1], new.se[::-1], new.node)
    renamed = JoinedTrials(tuple(f"{name} again" for name in new.study), new.te, new.se, new.node)
    for each in indirect_sensitivity(*THERE, ways=[backwards, renamed], treatment="new", against="b").comparisons:
        assert each.estimate == pytest.approx(found.estimate, abs=1e-9)
        assert each.se == pytest.approx(found.se, rel=1e-7)


def test_a_trial_is_left_out_or_kept_with_all_that_belongs_to_it() -> None:
    assert NEW.only("B") == JoinedTrials(("B",), (0.1,), (0.3,), ("placebo",))
    assert NEW.without("B") == JoinedTrials(("A", "C"), (1.4, 0.5), (0.4, 0.5), ("placebo", "placebo"))
    assert (len(NEW), len(NEW.only("B"))) == (3, 1)


def test_a_doubt_widens_each_trial() -> None:
    moved = NEW.less_bias(0.2, sd=0.3)
    assert moved.te == pytest.approx([each - 0.2 for each in NEW.te])
    assert moved.se == pytest.approx([math.sqrt(each**2 + 0.09) for each in NEW.se])
    assert (moved.study, moved.node) == (NEW.study, NEW.node)


def test_controls_moved_to_the_networks_risk_take_their_ratio_off_the_odds() -> None:
    """By hand: the same people with the treatment, against controls with the network's odds."""
    bias = control_bias(60, 100, 20, 100)
    assert bias.ratio == pytest.approx((60 / 40) / (20 / 80), rel=1e-12)
    assert bias.log == pytest.approx(math.log(bias.ratio), rel=1e-12)
    treated, control = 50 / 50, 20 / 80
    new = joined_trials(["A"], [math.log(treated / control)], [0.3], "placebo")
    assert new.move_control(bias).te[0] == pytest.approx(math.log(treated / (60 / 40)), rel=1e-12)
    assert new.move_control(bias).se == new.se


@settings(max_examples=40, deadline=None)
@given(*[st.tuples(st.integers(1, 400), st.integers(1, 400))] * 2)
def test_bias_of_controls_is_an_odds_ratio_with_woolfs_interval(
    here: tuple[int, int], there: tuple[int, int]
) -> None:
    bias = control_bias(there[0], sum(there), here[0], sum(here), level=0.9)
    known = effect_size("OR", ai=[there[0]], bi=[there[1]], ci=[here[0]], di=[here[1]])
    half = 1.6448536269514722 * math.sqrt(known.vi[0])
    assert bias.log == pytest.approx(known.yi[0], abs=1e-12)
    assert bias.se == pytest.approx(math.sqrt(known.vi[0]), rel=1e-12)
    assert (bias.ci_low, bias.ci_high) == pytest.approx(tuple(np.exp([known.yi[0] - half, known.yi[0] + half])))
    turned = control_bias(here[0], sum(here), there[0], sum(there), level=0.9)
    assert turned.ratio == pytest.approx(1 / bias.ratio, rel=1e-12)
    assert f"OR {bias.ratio:.4f} (90% CI {bias.ci_low:.4f}" in str(bias)


def test_own_spread_gives_the_interval_of_the_trials_alone() -> None:
    tau2 = network(*THERE).tau2
    way = own_spread(NEW, tau2)
    found = indirect_sensitivity(*THERE, ways=[way], treatment="new", against="placebo").comparisons[0]
    alone = pool(NEW.te, np.square(NEW.se), test="adhoc")
    assert found.estimate == pytest.approx(alone.estimate, rel=1e-10)
    assert (found.ci_low, found.ci_high) == pytest.approx((alone.ci_low, alone.ci_high), rel=1e-6)
    assert (way.study, way.node) == (("A + B + C",), ("placebo",))


def test_scores_become_odds_with_the_sign_of_response() -> None:
    te, se = log_odds_from_smd([-0.5, 0.2], [0.1, 0.3], better="lower")
    np.testing.assert_allclose(te, [0.5 * math.pi / math.sqrt(3), -0.2 * math.pi / math.sqrt(3)], rtol=1e-12)
    np.testing.assert_allclose(se, np.array([0.1, 0.3]) * math.pi / math.sqrt(3), rtol=1e-12)
    np.testing.assert_allclose(log_odds_from_smd([-0.5, 0.2], [0.1, 0.3])[0], -te, rtol=1e-12)


def test_a_way_that_cannot_be_fitted_says_why_and_leaves_the_others_alone() -> None:
    ways = [NEW, NEW.less_bias(0.0, sd=1e50)]
    found = indirect_sensitivity(*THERE, ways=ways, treatment="new", against="a", labels=["as is", "in doubt"])
    assert same(found.comparisons[0], indirect_comparison(by_hand(NEW), "new", "a"))
    lost = found.comparisons[1]
    assert "standard error" in lost.reason
    assert lost.rank == 0
    assert math.isnan(lost.estimate)
    assert found.estimates == (found.comparisons[0].estimate,) * 2
    assert "in doubt" in str(found)
    assert str(lost) == f"new versus a: {lost.reason}"
    assert lost.reason in str(found)
    table = found.table()
    assert table["way"].to_list() == ["as is", "in doubt"]
    assert table["reason"].to_list() == ["", lost.reason]
    only = indirect_sensitivity(*THERE, ways=ways[1:], treatment="new", against="a")
    assert only.ranks == (0, 0)
    assert all(map(math.isnan, only.estimates))


def test_without_a_degree_of_freedom_the_reason_says_so() -> None:
    pair: tuple[Any, ...] = (["1"], ["a"], ["placebo"], [0.5], [0.2])
    one = joined_trials(["A"], [0.3], [0.2], "placebo")
    found = indirect_sensitivity(*pair, ways=[one], treatment="new", against="a").comparisons[0]
    assert "no degree of freedom" in found.reason
    found = indirect_sensitivity(*pair, ways=[one], treatment="new", against="a", method="common").comparisons[0]
    assert found.estimate == pytest.approx(-0.2)
    assert math.isnan(found.pi_low)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"study": []}, "no trial was given"),
        ({"te": [1.0]}, r"te the shape \(1,\)"),
        ({"node": ["placebo"]}, "node 1 names"),
        ({"study": ["A", "A"]}, "study 'A' is given twice"),
        ({"study": ["A", None]}, "study is missing in row 2"),
        ({"te": [0.1, math.nan]}, "te of 'B' is nan"),
        ({"se": [0.1, 0.0]}, "se of 'B' is 0"),
    ],
)
def test_trials_that_cannot_be_are_refused(change: dict[str, Any], message: str) -> None:
    given_: dict[str, Any] = {"study": ["A", "B"], "te": [0.1, 0.2], "se": [0.1, 0.2], "node": "placebo"} | change
    with pytest.raises(ValueError, match=message):
        joined_trials(**given_)


def test_what_does_not_fit_the_network_is_refused() -> None:
    with pytest.raises(ValueError, match="study '1' is one of the network's"):
        join_network(*THERE, trials=joined_trials(["1"], [0.1], [0.2], "placebo"), treatment="new")
    with pytest.raises(ValueError, match="differ only in case"):
        join_network(*THERE, trials=joined_trials(["x", "X"], [0.1, 0.2], [0.2, 0.2], "placebo"), treatment="new")
    with pytest.raises(ValueError, match="node 'sugar' is no treatment of the network"):
        join_network(*THERE, trials=NEW.at("sugar"), treatment="new")
    with pytest.raises(ValueError, match="no way to join"):
        indirect_sensitivity(*THERE, ways=[], treatment="new", against="a")
    with pytest.raises(ValueError, match="labels has 1 names, expected 2"):
        indirect_sensitivity(*THERE, ways=[NEW, NEW], labels=["x"], treatment="new", against="a")
    with pytest.raises(ValueError, match="'x' is not in the network"):
        indirect_sensitivity(*THERE, ways=[NEW], treatment="new", against="x")
    with pytest.raises(ValueError, match="te has shape"):
        join_network(*THERE[:3], [THERE[3]], THERE[4], trials=NEW, treatment="new")
    batch = network(*THERE[:3], [THERE[3]] * 2, [THERE[4]] * 2)
    with pytest.raises(ValueError, match="batch of 2 networks"):
        indirect_comparison(batch, "a", "b")


def test_what_cannot_be_left_out_moved_or_spread_is_refused() -> None:
    for part in (NEW.without, NEW.only):
        with pytest.raises(ValueError, match="no trial 'Z'"):
            part("Z")
    one = joined_trials(["A"], [0.1], [0.2], "placebo")
    with pytest.raises(ValueError, match="nothing is left"):
        one.without("A")
    for few in (one, joined_trials(["A", "B"], [0.1, 0.2], [0.2, 0.2], "placebo")):
        with pytest.raises(ValueError, match="expected 3 or more"):
            own_spread(few, 0.1)
    with pytest.raises(ValueError, match="expected one node"):
        own_spread(joined_trials(["A", "B", "C"], [0.1, 0.2, 0.3], [0.2, 0.2, 0.2], ["a", "a", "b"]), 0.1)
    with pytest.raises(ValueError, match="in every trial"):
        own_spread(joined_trials(["A", "B", "C"], [0.1, 0.1, 0.1], [0.2, 0.3, 0.2], "a"), 0.1)
    alike = joined_trials(["A", "B", "C"], [0.5, 0.5001, 0.4999], [0.2, 0.2, 0.2], "placebo")
    with pytest.raises(ValueError, match="less than the variance of the pooled trials"):
        own_spread(alike, 1.0)
    with pytest.raises(ValueError, match="tau2 is -1"):
        own_spread(NEW, -1.0)
    with pytest.raises(ValueError, match="some with and some without"):
        control_bias(40, 100, 0, 19)
    with pytest.raises(ValueError, match="better is 'up'"):
        log_odds_from_smd([0.1], [0.1], better="up")  # type: ignore[arg-type]
