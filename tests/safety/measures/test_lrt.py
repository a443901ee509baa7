"""The likelihood-ratio test: exact null distributions, a slow twin, pvLRT's statistics, how often it errs."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.stats import binom, poisson

from glabella.safety.measures import _lrt
from glabella.safety.measures._lrt import LikelihoodRatioTest, Null, likelihood_ratio_test
from tests.safety.data import DATA

Floats = NDArray[np.float64]
#: Greatest ratio of each drug in pvLRT 0.5.1, by its two parametrisations; the last drug stands for all others.
PVLRT: dict[Null, list[tuple[str, float]]] = {
    "multinomial": [
        ("Myalgia", 8472.11526377301),
        ("Myalgia", 792.724385768874),
        ("Drug Hypersensitivity", 330.298953024852),
        ("Myalgia", 1778.5706412672),
        ("Myalgia", 3680.79224977153),
        ("Myalgia", 5826.67131853133),
    ],
    "pvlrt": [
        ("Myalgia", 8387.94192092339),
        ("Myalgia", 779.847325070286),
        ("Drug Hypersensitivity", 323.547795521769),
        ("Myalgia", 1756.88804296167),
        ("Myalgia", 3649.53801302051),
        ("Myalgia", 5759.37332194721),
    ],
}
#: Standard errors of a simulated P value that the fixed seeds of these tests stay within.
ERRORS = 4.0


def of_pairs(n: Any, **options: Any) -> LikelihoodRatioTest:
    """Test a whole table with its own margins."""
    n = np.asarray(n)
    return likelihood_ratio_test(n, n.sum(1), n.sum(0), n.sum(), **options)


def near(found: float, exact: float, draws: int) -> bool:
    return bool(abs(found - exact) <= ERRORS * np.sqrt(exact * (1 - exact) / draws) + 1 / draws)


def raw_ratio(n: int, m: int, event: int, total: int) -> float:
    """Give the logarithm of the published ratio of likelihoods, from its three powers."""
    if n * total <= m * event:
        return 0.0

    def power(count: int, share: float) -> float:
        return count * np.log(share) if count else 0.0

    return (
        power(n, n / event) + power(m - n, (m - n) / (total - event) if total > event else 1) - power(m, m / total)
    )


@given(st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3), min_size=2, max_size=5).filter(np.any))
@settings(max_examples=50)
def test_ratio_is_the_published_one(rows: list[list[int]]) -> None:
    n = np.array(rows)
    found = of_pairs(n, draws=1)
    for drug, event, ratio in zip(found.drug, found.event, found.llr, strict=True):
        expected = raw_ratio(int(n[drug, event]), int(n[drug].sum()), int(n[:, event].sum()), int(n.sum()))
        assert ratio == pytest.approx(expected, abs=1e-9)
    assert len(found.n) == np.count_nonzero(n)


@pytest.mark.parametrize("few", [0.0, 1e9])
def test_two_events_have_a_binomial_null(monkeypatch: pytest.MonkeyPatch, few: float) -> None:
    monkeypatch.setattr(_lrt, "FEW", few)
    n, draws = np.array([[14, 16], [86, 184]]), 20_000
    found = of_pairs(n, draws=draws)
    m, share = 30, 100 / 300
    chance = 0.0
    for count in range(m + 1):
        ratio = max(raw_ratio(count, m, 100, 300), raw_ratio(m - count, m, 200, 300))
        chance += binom.pmf(count, m, share) * (ratio >= found.llr[0] - 1e-12)
    assert near(found.p_value[0], chance, draws)
    assert found.p_value[1] == 1


@pytest.mark.parametrize("few", [0.0, 1e9])
@pytest.mark.parametrize("null", ["poisson", "pvlrt"])
def test_independent_events_have_a_product_as_null(monkeypatch: pytest.MonkeyPatch, null: Null, few: float) -> None:
    monkeypatch.setattr(_lrt, "FEW", few)
    random, draws = np.random.default_rng(3), 5_000
    event = random.integers(50, 900, size=40)
    n = random.poisson(np.array([[60], [500]]) * event / event.sum())
    n[:, :12] = 0
    n[0, 20] += 6
    drug, total = np.array([70, 560]), round(1.1 * event.sum())
    found = likelihood_ratio_test(n, drug, event, total, null=null, draws=draws)
    for d in (0, 1):
        expected = drug[d] * event / total
        share = found.zero_inflation[d]
        assert (share > 0.05) == (null == "pvlrt")
        missing = np.where(n[d] == 0, share / (share + (1 - share) * np.exp(-expected)), 0)
        counts = np.arange(2000)[:, None]
        ratio = np.where(
            counts > expected, counts * np.log(np.maximum(counts, 1) / expected) - counts + expected, 0
        )
        pairs = np.flatnonzero((found.drug == d) & (found.llr > 0))
        pairs = pairs[np.argsort(-found.llr[pairs])]
        below = np.array([(ratio < found.llr[pair] - 1e-9).sum(0) - 1 for pair in pairs])
        none = missing + (1 - missing) * poisson.cdf(below, expected)
        stepdown = 0.0
        for rank, pair in enumerate(pairs[:12]):
            left = np.setdiff1d(np.arange(40), found.event[pairs[:rank]])
            stepdown = max(stepdown, 1 - none[rank, left].prod())
            assert near(found.p_value[pair], 1 - none[rank].prod(), draws)
            assert near(found.p_stepdown[pair], stepdown, draws)


def test_share_of_impossible_events_by_pvlrt_is_the_most_likely_one_of_its_model() -> None:
    random = np.random.default_rng(5)
    event = random.integers(100, 400, size=300)
    possible = random.random(300) > 0.3
    n = random.poisson(600 * event / event.sum()) * possible
    found = likelihood_ratio_test([n], [n.sum()], event, event.sum(), null="pvlrt", draws=1)
    expected = n.sum() * event / event.sum()
    grid = np.linspace(0, 0.999, 9991)[:, None]
    empty = n == 0
    likelihood = np.log(grid + (1 - grid) * np.exp(-expected[empty])).sum(1) + (~empty).sum() * np.log1p(
        -grid[:, 0]
    )
    assert found.zero_inflation[0] == pytest.approx(grid[likelihood.argmax(), 0], abs=1e-4)


def null_table(random: np.random.Generator, shape: tuple[int, int], mean: float, share: float) -> NDArray[np.int64]:
    """Draw independent counts of uneven drugs and events, a share of the cells being impossible."""
    rates = np.outer(random.gamma(1, size=shape[0]) + 0.05, random.gamma(0.7, size=shape[1]) + 0.02)
    n = random.poisson(rates / rates.mean() * mean * (random.random(shape) >= share))
    return np.asarray(n[n.sum(1) > 0][:, n.sum(0) > 0])


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5])
@pytest.mark.parametrize(("drugs", "events", "mean"), [(15, 12, 40), (30, 60, 3), (5, 40, 30)])
def test_null_tables_with_impossible_events_are_flagged_no_more_often_than_asked(
    drugs: int, events: int, mean: float, share: float
) -> None:
    """Of 150 drugs without a signal at most 7.5 on average; more than 17 has a chance of one in 1000."""
    flagged, shares = 0, []
    for table in range(150 // drugs):
        n = null_table(np.random.default_rng([drugs, table]), (drugs, events), mean, share)
        found = of_pairs(n, null="zip", draws=99)
        flagged += len(np.unique(found.drug[found.p_value <= 0.05]))
        shares.append(found.zero_inflation)
    assert flagged <= 17
    assert np.concatenate(shares).mean() == pytest.approx(share, abs=0.05)


def test_half_impossible_events_are_estimated_as_a_half() -> None:
    """With the margins' expected counts it comes out as 0.41: they are half of what a possible event has."""
    shares, slipped = [], []
    for table in range(4):
        n = null_table(np.random.default_rng([9, table]), (60, 60), 3, 0.5)
        shares.append(of_pairs(n, null="zip", draws=1).zero_inflation)
        slipped.append(of_pairs(n, null="pvlrt", draws=1).zero_inflation)
    assert np.concatenate(shares).mean() == pytest.approx(0.5, abs=0.03)
    assert np.concatenate(slipped).mean() < 0.4


def test_counts_that_are_independent_but_for_their_holes_are_all_expected() -> None:
    """Activities 100 to 400 times rates 1 to 5 give each count; no cell of such a mean is empty by chance."""
    n = np.outer([100, 200, 400, 300], [1, 2, 3, 4, 5])
    n[[0, 0, 1, 2, 3], [0, 3, 2, 4, 1]] = 0
    found = of_pairs(n, null="zip", draws=99)
    np.testing.assert_allclose(found.expected, found.n, rtol=1e-3)
    np.testing.assert_allclose(found.zero_inflation, [0.4, 0.2, 0.2, 0.2], atol=1e-6)
    assert found.llr.max() < 1e-3
    # The margins say otherwise.
    drug, event = n.sum(1)[0], n.sum(0)[1]
    poisson_null = of_pairs(n, null="poisson", draws=99)
    assert poisson_null.expected[0] == pytest.approx(drug * event / n.sum())
    assert poisson_null.expected[0] < 0.7 * n[0, 1]


def test_zip_has_the_greatest_likelihood_and_an_exact_product_as_null() -> None:
    """The likelihood written out cell by cell and climbed by a general optimiser; the null is a product."""
    n = np.array(
        [[9, 0, 2, 4, 0, 1], [3, 5, 0, 0, 2, 8], [0, 12, 6, 9, 0, 0], [7, 0, 5, 12, 4, 0], [2, 4, 1, 3, 0, 3]]
    )
    rows = len(n)

    def parts(x: Floats) -> tuple[Floats, Floats, Floats]:
        return 1 / (1 + np.exp(-x[:rows, None])), np.exp(x[rows : 2 * rows, None]), np.exp(x[2 * rows :])

    def minus(x: Floats) -> float:
        share, activity, rate = parts(x)
        chance = poisson.pmf(n, activity * rate) * (1 - share) + share * (n == 0)
        return -float(np.log(chance).sum())

    start = np.concatenate([np.full(rows, -1.0), np.log(n.sum(1) / n.sum()), np.log(n.sum(0))])
    best = min((minimize(minus, start + d, options={"maxiter": 5000}) for d in (0, 0.3)), key=lambda fit: fit.fun)
    share, activity, rate = parts(best.x)
    draws = 20_000
    found = of_pairs(n, null="zip", draws=draws)
    np.testing.assert_allclose(found.zero_inflation, share[:, 0], atol=2e-3)
    missing = np.where(n == 0, share / (share + (1 - share) * np.exp(-activity * rate)), 0)
    can = activity * (1 - missing)
    for drug in range(rows):
        expected = n.sum(0) * activity[drug, 0] / (can.sum(0) - can[drug] + activity[drug, 0])
        own = np.flatnonzero(found.drug == drug)
        np.testing.assert_allclose(found.expected[own], expected[found.event[own]], rtol=3e-3)
        counts = np.arange(300)[:, None]
        ratio = np.where(
            counts > expected, counts * np.log(np.maximum(counts, 1) / expected) - counts + expected, 0
        )
        for pair in own[found.llr[own] > 1e-3]:
            at = ratio[n[drug, found.event[pair]], found.event[pair]]
            assert found.llr[pair] == pytest.approx(at, rel=0.02)
            below = (ratio < at - 1e-9).sum(0) - 1
            none = missing[drug] + (1 - missing[drug]) * poisson.cdf(below, expected)
            assert near(found.p_value[pair], 1 - none.prod(), draws)


def test_what_only_one_drug_is_reported_with_is_a_signal_and_not_impossible_for_the_others() -> None:
    """That 29 drugs lack an event, each with a chance of a fifth, is no explanation; that four do may be one."""
    for drugs, signal in ((30, True), (5, False)):
        n = null_table(np.random.default_rng(4), (drugs, 60), 5, 0.2)
        n[:, 0] = 0
        n[1, 0] = 200
        found = of_pairs(n, null="zip", draws=199)
        at = (found.drug == 1) & (found.event == 0)
        assert bool((found.p_value[at] <= 0.05).all()) == signal


def test_drugs_left_out_count_as_one_that_can_have_every_event() -> None:
    n = np.outer([100, 200, 400, 300], [1, 2, 3, 4, 5])
    n[0, [1, 4]] = 0
    alone = likelihood_ratio_test(n[[0]], n[[0]].sum(1), n.sum(0), n.sum(), null="zip", draws=99)
    np.testing.assert_allclose(alone.expected, alone.n, rtol=1e-3)
    assert alone.zero_inflation[0] == pytest.approx(0.4, abs=1e-6)


def slow(n: NDArray[np.int64], drug: int, draws: int, seed: int) -> tuple[Floats, Floats]:
    """Test one drug event by event and table by table, to be compared with: P values and those stepped down."""
    events, total, m = n.sum(0), int(n.sum()), int(n[drug].sum())
    own = np.array([raw_ratio(int(count), m, int(e), total) for count, e in zip(n[drug], events, strict=True)])
    order = np.argsort(-own)
    single, left = np.zeros(len(own)), np.zeros(len(own))
    random = np.random.default_rng(seed)
    for _ in range(draws):
        table = np.bincount(random.choice(len(events), size=m, p=events / total), minlength=len(events))
        null = np.array([raw_ratio(int(count), m, int(e), total) for count, e in zip(table, events, strict=True)])
        single += null.max() >= own - 1e-9
        for rank, event in enumerate(order):
            left[event] += null[order[rank:]].max() >= own[event] - 1e-9
    stepdown = (left + 1) / (draws + 1)
    stepdown[order] = np.maximum.accumulate(stepdown[order])
    return (single + 1) / (draws + 1), stepdown


@pytest.mark.parametrize("few", [0.0, 1e9])
def test_a_slow_twin_agrees(monkeypatch: pytest.MonkeyPatch, few: float) -> None:
    monkeypatch.setattr(_lrt, "FEW", few)
    n = np.array([[9, 2, 7, 1, 0, 3], [20, 30, 25, 14, 6, 40], [10, 40, 30, 60, 9, 80]])
    found = of_pairs(n, draws=20_000)
    for drug in (0, 1):
        single, stepdown = slow(n, drug, 1500, 11)
        for pair in np.flatnonzero((found.drug == drug) & (found.llr > 0)):
            assert near(single[found.event[pair]], found.p_value[pair], 1500)
            assert near(stepdown[found.event[pair]], found.p_stepdown[pair], 1500)


def test_a_drug_without_signals_is_flagged_as_seldom_as_asked() -> None:
    """Of 400 tables without a signal about 20 are flagged; more than 34 would be a chance of one in 1000."""
    random = np.random.default_rng(7)
    share = random.dirichlet(np.full(30, 0.7))
    others = random.multinomial(5000, share)
    flagged = {"p_value": 0, "p_stepdown": 0}
    for _ in range(400):
        drug = random.multinomial(80, share)
        table = np.vstack([drug, others])
        found = likelihood_ratio_test(table[:1], [80], table.sum(0), table.sum(), draws=199)
        for name in flagged:
            flagged[name] += bool((getattr(found, name) <= 0.05).any())
    assert 6 <= flagged["p_value"] <= 34
    assert flagged["p_stepdown"] == flagged["p_value"]


TABLES = (
    st.lists(st.lists(st.integers(0, 25), min_size=6, max_size=6), min_size=2, max_size=4)
    .map(np.array)
    .filter(np.any)
)


@given(TABLES, st.sampled_from(["multinomial", "poisson", "zip", "pvlrt"]))
@settings(max_examples=30)
def test_p_values_critical_values_and_ranks_hang_together(n: NDArray[np.int64], null: Null) -> None:
    found = of_pairs(n, draws=199, null=null)
    assert ((found.p_stepdown <= found.p_value) & (found.p_stepdown >= 1 / 200)).all()
    assert (found.p_value[found.llr == 0] == 1).all()
    np.testing.assert_array_equal(found.llr >= found.critical[found.drug], found.p_value <= 0.05)
    for drug in range(len(n)):
        own = np.flatnonzero(found.drug == drug)
        rank = own[np.argsort(-found.llr[own], kind="stable")]
        assert (np.diff(found.p_value[rank]) >= 0).all()
        assert (np.diff(found.p_stepdown[rank]) >= 0).all()
        if len(own) and found.llr[rank[0]] > 0:
            assert found.p_stepdown[rank[0]] == found.p_value[rank[0]]


@given(TABLES, st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_names_carry_no_meaning(n: NDArray[np.int64], random: Any) -> None:
    drugs, events = list(range(n.shape[0])), list(range(n.shape[1]))
    random.shuffle(drugs)
    random.shuffle(events)
    one, two = of_pairs(n, draws=99), of_pairs(n[drugs][:, events], draws=99)
    values = {(int(d), int(e)): p for d, e, p in zip(one.drug, one.event, one.p_value, strict=True)}
    for d, e, p in zip(two.drug, two.event, two.p_value, strict=True):
        assert p == values[drugs[d], events[e]]


def test_a_drug_is_tested_alike_alone_and_among_others() -> None:
    n = np.random.default_rng(2).poisson(3, size=(5, 20))
    whole = of_pairs(n, draws=99)
    alone = likelihood_ratio_test(csr_array(n[[3]]), n[[3]].sum(1), n.sum(0), n.sum(), draws=99)
    np.testing.assert_array_equal(alone.p_value, whole.p_value[whole.drug == 3])
    np.testing.assert_array_equal(alone.p_stepdown, whole.p_stepdown[whole.drug == 3])
    assert alone.critical[0] == whole.critical[3]


def test_blocks_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_lrt, "FEW", 0.0)
    n = np.random.default_rng(2).poisson(3, size=(3, 20))
    whole = of_pairs(n, draws=100)
    monkeypatch.setattr(_lrt, "BLOCK", 150)
    np.testing.assert_array_equal(whole.p_stepdown, of_pairs(n, draws=100).p_stepdown)


def test_statins_have_the_statistics_of_pvlrt() -> None:
    """Greatest ratio a drug and share of impossible events, as pvLRT 0.5.1 gives them for the same table."""
    table = pl.read_csv(DATA / "statins.csv.gz")
    n = table.drop("AE").to_numpy().T
    for null, greatest in PVLRT.items():
        found = of_pairs(n, draws=99, null=null)
        for drug, (event, ratio) in enumerate(greatest):
            own = np.flatnonzero(found.drug == drug)
            best = own[found.llr[own].argmax()]
            assert table["AE"][int(found.event[best])] == event
            assert found.llr[best] == pytest.approx(ratio, rel=1e-10)
            assert found.p_value[best] == 0.01
    # pvLRT's search for the share stops early for simvastatin and at zero for two other drugs.
    assert found.zero_inflation[[1, 2, 3]] == pytest.approx([0.3698981, 0.2719256, 0.1781045], abs=1e-6)


def test_what_cannot_be_is_refused() -> None:
    n = [[3, 1], [2, 4]]
    with pytest.raises(
        ValueError, match=r"n_drug\[1\] is 7, expected the sum of its row of n: the multinomial null"
    ):
        likelihood_ratio_test(n, [4, 7], [5, 5], 10)
    with pytest.raises(ValueError, match="n_total is 9, expected 10, the sum of n_event"):
        likelihood_ratio_test(n, [4, 6], [5, 5], 9)
    with pytest.raises(ValueError, match=r"n\[0, 0\] is 3, expected at most n_event\[0\], which is 2"):
        likelihood_ratio_test(n, [4, 6], [2, 5], 10, null="poisson")
    with pytest.raises(ValueError, match=r"n is of shape \(2, 2\), n_drug \(3,\)"):
        likelihood_ratio_test(n, [4, 6, 1], [5, 5], 10)
    with pytest.raises(ValueError, match="n_total is 0, expected more than 0"):
        of_pairs([[0, 0]])
    with pytest.raises(ValueError, match="draws is 0"):
        of_pairs(n, draws=0)
    with pytest.raises(ValueError, match="unknown null 'none'"):
        of_pairs(n, null="none")


def test_too_few_draws_make_no_critical_value() -> None:
    found = of_pairs([[9, 1], [1, 9]], draws=9)
    assert np.isinf(found.critical).all()
