"""Networks at their edges: scale and order of what is printed, treatments without events, strange numbers."""

import math
import re
from typing import Any

import numpy as np
import pytest

from glabella.synthesis import component_network, network, network_mh, network_peto, pairwise, pool_peto
from glabella.synthesis.networks._fit import best_first

ROWS: Any = (list("1234"), list("AABA"), list("BCCB"), [-0.5, -0.9, 0.3, -0.7], [0.2, 0.1, 0.15, 0.1])
COLUMNS: tuple[Any, Any, Any] = ROWS[:3]


# --- What is printed ---------------------------------------------------------------------------------------------


def numbers(line: str) -> list[float]:
    return [float(each) for each in re.findall(r"-?\d+\.\d+", line)]


def test_a_report_shows_ratios_and_ranks_as_asked() -> None:
    fit = network(*ROWS, reference="C")
    said = fit.report(small_values="bad", scale="exp", measure="HR").splitlines()
    assert said[3] == "Effects: hazard ratio; P-scores: small values are bad"
    line = next(each for each in said if each.startswith("A  "))
    low, high = fit.limits()
    wanted = [math.exp(each[0, 2]) for each in (fit.te_random, low, high)]
    assert numbers(line)[:3] == pytest.approx(wanted, abs=6e-5)
    assert numbers(line)[-1] == pytest.approx(1 - fit.p_score[0], abs=6e-5)
    assert str(fit) == fit.report()


def test_splits_are_shown_as_ratios_and_ratios_of_ratios() -> None:
    split = network(*ROWS).node_split()
    line = split.report(scale="exp").splitlines()[3]
    wanted = [math.exp(each[0]) for each in (split.te, split.direct, split.indirect, split.difference)]
    assert numbers(line)[1:5] == pytest.approx(wanted, abs=6e-5)
    assert "ratio" in split.report(scale="exp").splitlines()[2]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"scale": "exp", "measure": "MD"}, "the measure is MD, a mean difference"),
        ({"scale": "log"}, "unknown scale 'log'"),
        ({"measure": "XX"}, "unknown measure 'XX'"),
        ({"small_values": "ugly"}, "unknown small_values 'ugly'"),
    ],
)
def test_a_report_refuses_what_it_cannot_show(options: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        network(*ROWS).report(**options)


# --- What hangs on the last digit --------------------------------------------------------------------------------


def test_scores_that_differ_by_rounding_stay_in_the_order_of_names() -> None:
    third = 1 / 3
    for shift in (-2e-16, 0.0, 2e-16):
        assert best_first(np.array([third, third + shift, 0.5, 0.5 - shift])).tolist() == [2, 3, 0, 1]


def test_without_a_degree_of_freedom_there_is_no_inconsistency_at_all() -> None:
    """A tree: each design has parameters of its own, so that Q between them is nothing but rounding."""
    fit = network(
        list("12345"), list("AABBC"), list("BBCCD"), [0.1, 0.7, 0.3, 0.2, 1 / 3], [0.1, 0.3, 0.7, 0.2, 0.9]
    )
    assert (fit.q_between, fit.q_between_df) == (0.0, 0)
    designs = fit.design_by_treatment()
    assert (designs.q_between, designs.q_random) == (0.0, 0.0)


def test_no_zero_has_a_sign() -> None:
    """Two trials that cancel: the estimate is zero but for rounding, on either side of it."""
    for one in (0.1 + 0.2, 0.3):
        fit = network(["1", "2"], ["A", "B"], ["B", "A"], [one, 0.3], [0.1, 0.1])
        for said in (str(fit), str(fit.league())):
            assert not re.search(r"-0\.0+(?!\d)", said)


# --- Treatments without events -----------------------------------------------------------------------------------


def test_a_placebo_without_events_has_petos_odds_ratio_in_every_trial() -> None:
    """Two treatments each against a placebo without events: a tree, and each comparison is that of two arms."""
    fit = network_peto(
        [1, 1, 2, 2, 3, 3], ["P", "X"] * 2 + ["P", "Y"], [0, 3, 0, 5, 0, 4], [20, 22, 40, 41, 30, 28]
    )
    tables: Any
    for name, tables in (("X", {"ai": [3, 5], "n1i": [22, 41], "ci": [0, 0], "n2i": [20, 40]}),
                         ("Y", {"ai": [4], "n1i": [28], "ci": [0], "n2i": [30]})):  # fmt: skip
        pair = pool_peto(**tables)
        at = fit.treatments.index(name), fit.treatments.index("P")
        assert fit.te_common[at] == pytest.approx(pair.estimate)
        assert fit.se_common[at] == pytest.approx(pair.se)


def test_a_treatment_with_events_in_everybody_has_one_too() -> None:
    """By hand: O - E = 20 - 35/2, V = 35 x 5 x 20 x 20 / (40² x 39)."""
    fit = network_peto([1, 1], ["A", "B"], [20, 15], [20, 20])
    assert fit.te_common[0, 1] == pytest.approx(2.5 / (35 * 5 / (4 * 39)))


def test_a_trial_without_events_is_left_out_and_said() -> None:
    fit = network_peto([1, 1, 2, 2], list("ABAB"), [0, 5, 0, 0], [20, 20, 30, 25])
    alone = network_peto([1, 1], list("AB"), [0, 5], [20, 20])
    assert fit.te_common == pytest.approx(alone.te_common)
    assert fit.k == 1
    assert "dropped, no event in any arm: 2" in str(fit)


def test_where_nothing_informs_that_is_said() -> None:
    with pytest.raises(ValueError, match="no study informs the odds ratio: dropped, no event in any arm: 1, 2"):
        network_peto([1, 1, 2, 2], list("ABAC"), [0] * 4, [9] * 4)
    with pytest.raises(ValueError, match=r"without '2' do not connect all treatments \(A, B; C\)"):
        network_peto([1, 1, 2, 2], list("ABAC"), [1, 2, 0, 0], [9] * 4)


def test_mantel_and_haenszel_name_peto_where_their_own_ratio_is_infinite() -> None:
    with pytest.raises(ValueError, match=r"treatment 'C' has no event in all its studies \('2'\).*network_peto"):
        network_mh([1, 1, 2, 2], list("ABAC"), [1, 2, 3, 0], [9] * 4)
    with pytest.raises(ValueError, match=r"treatment 'C' has the event in everybody in all its studies \('2'\)"):
        network_mh([1, 1, 2, 2], list("ABAC"), [1, 2, 3, 9], [9] * 4)


# --- Names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["B+A", "A + B", "A +B"])
def test_a_combination_spelled_twice_is_refused(other: str) -> None:
    with pytest.raises(ValueError, match=r"A\+B.*expected one spelling"):
        component_network(list("1234"), ["A", "B", "A+B", other], ["P"] * 4, [0.2, 0.3, 0.6, 0.3], [0.1] * 4)


def test_components_that_look_alike_are_refused() -> None:
    with pytest.raises(ValueError, match=r"components differ only in case or spaces \('A' and 'a'"):
        component_network(list("123"), ["A", "B", "a+B"], ["P"] * 3, [0.2, 0.3, 0.6], [0.1] * 3)


def test_a_reference_is_read_as_the_treatments_are() -> None:
    assert network(["1", "2"], [1, 1], [2, 2], [0.3, 0.2], [0.1, 0.1], reference=2).reference == "2"  # type: ignore[arg-type]
    assert network_peto([1, 1], [1, 2], [1, 2], [9, 9], reference=2).reference == "2"  # type: ignore[arg-type]


# --- Strange numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("te", "se"), [(1e300, 1), (1e153, 1e153), (1, 1e-100), (1e-150, 1e-150), (1, 1e150)])
@pytest.mark.parametrize("method", ["REML", "DL", "ML", "common"])
def test_numbers_beyond_arithmetic_are_refused(te: float, se: float, method: Any) -> None:
    with pytest.raises(ValueError, match=r"beyond 1e\+40.*study '1'.*expected another unit"):
        network(*COLUMNS, np.multiply(ROWS[3], te), np.multiply(ROWS[4], se), method=method)


@pytest.mark.parametrize("unit", [1e-39, 1e-20, 1e5, 1e20, 1e39])
def test_another_unit_changes_nothing_but_the_unit(unit: float) -> None:
    fit, other = network(*ROWS), network(*COLUMNS, np.multiply(ROWS[3], unit), np.multiply(ROWS[4], unit))
    assert other.te_random / unit == pytest.approx(fit.te_random, rel=1e-6)
    assert other.q_p == pytest.approx(fit.q_p, rel=1e-9)


def test_a_row_beyond_arithmetic_leaves_the_others_of_its_batch_alone() -> None:
    te = np.array([ROWS[3], np.multiply(ROWS[3], 1e300)])
    fit = network(*COLUMNS, te, [ROWS[4]] * 2)
    assert fit.te_random[0] == pytest.approx(network(*ROWS).te_random)
    assert fit.reason[1].startswith("an effect beyond 1e+40")


@pytest.mark.parametrize(
    ("measure", "columns", "says"),
    [
        ("OR", {"events": [1, 2, 3, 4], "n": [1e300] * 4}, "n is 1e.300 in study '1'"),
        ("MD", {"mean": [1e300, 1, 1, 2], "sd": [1] * 4, "n": [3] * 4}, "mean is 1e.300 in study '1'"),
        ("SMD", {"mean": [1, 2, 1, 2], "sd": [1e-200, 1, 1, 1], "n": [3] * 4}, "sd is 1e-200 in study '1'"),
        ("ROM", {"mean": [1e-300, 1, 1, 2], "sd": [1] * 4, "n": [3] * 4}, "mean is 1e-300 in study '1'"),
        ("IRR", {"events": [1, 2, 3, 4], "time": [1e-300, 1, 1, 1]}, "time is 1e-300 in study '1'"),
    ],
)
def test_arms_beyond_arithmetic_are_named(measure: Any, columns: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        pairwise([1, 1, 2, 2], list("ABAB"), measure=measure, **columns)


@pytest.mark.parametrize("options", [{"draws": 1.5}, {"draws": "x"}, {"seed": -1}, {"seed": "x"}], ids=str)
def test_draws_and_seeds_are_whole_numbers(options: Any) -> None:
    with pytest.raises(ValueError, match="expected a whole number"):
        network(*ROWS).rank_probabilities(**options)


@pytest.mark.parametrize("order", ["ABC", 3, ["A", 2, "B"], ["A", "B"], ["A", "B", "B"]], ids=str)
def test_an_order_names_every_treatment_once(order: Any) -> None:
    fit = network(*ROWS)
    for call in (fit.funnel, lambda given: fit.league(order=given)):
        with pytest.raises(ValueError, match="order"):
            call(order)
