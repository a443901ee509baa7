"""Every measure: against metafor's numbers, against formulas written anew, and what must hold for any data."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import scipy.special  # noqa: F401 - loaded now, or the first example would miss its deadline
from hypothesis import given
from hypothesis import strategies as st

from glabella.synthesis import effect_size
from glabella.synthesis._effect_size import Measure, correction
from tests.synthesis.records import files, read

OWN = Path(__file__).parent / "reference"
RELATIVE = 1e-8
#: The reference files keep 15 decimals at most; below this a number of order one is rounding.
ABSOLUTE = 1e-14

COUNTS = ("OR", "RR", "RD", "AS", "PETO")
RATES = ("IRR", "IRD")
MEANS = ("MD", "SMD", "SMDH", "ROM")
PROPORTIONS = ("PR", "PLN", "PLO", "PAS", "PFT")
CORRELATIONS = ("COR", "ZCOR")
CHANGES = ("MC", "SMCC", "SMCR")
BY_KIND = {"2x2": COUNTS, "means": MEANS, "rates": RATES, "prop": PROPORTIONS, "cor": CORRELATIONS}
#: Of the data sets those that give more than effects.
COUNTED = [reference for reference in map(read, files("metafor")) if reference["kind"] in BY_KIND]

TABLE: dict[str, list[float]] = {"ai": [4, 9], "bi": [6, 3], "ci": [2, 7], "di": [8, 5]}
RATE: dict[str, list[float]] = {"x1i": [4, 9], "t1i": [60, 31], "x2i": [2, 7], "t2i": [80, 5]}
MEAN: dict[str, list[float]] = {
    "m1i": [4, 9], "sd1i": [1, 3], "n1i": [20, 17], "m2i": [2, 7], "sd2i": [1.5, 2], "n2i": [18, 25],
}  # fmt: skip
PROPORTION: dict[str, list[float]] = {"xi": [4, 9], "ni": [10, 12]}
CORRELATION: dict[str, list[float]] = {"ri": [0.4, -0.9], "ni": [10, 12]}
CHANGE: dict[str, list[float]] = {
    "m1i": [4, 9], "sd1i": [1, 3], "m2i": [2, 7], "sd2i": [1.5, 2], "ni": [20, 17], "ri": [0.5, 0.9],
}  # fmt: skip
RAW = (
    dict.fromkeys(COUNTS, TABLE)
    | dict.fromkeys(RATES, RATE)
    | dict.fromkeys(MEANS, MEAN)
    | dict.fromkeys(PROPORTIONS, PROPORTION)
    | dict.fromkeys(CORRELATIONS, CORRELATION)
    | dict.fromkeys(CHANGES, CHANGE)
)


def assert_same(found: Any, expected: list[Any], what: str) -> None:
    """Compare with a column of R's JSON, where a value that is not defined is no number."""
    theirs = [float(x) if isinstance(x, int | float) else math.nan for x in expected]
    for row, (a, b) in enumerate(zip(found, theirs, strict=True), start=1):
        same = math.isnan(a) if math.isnan(b) else math.isclose(a, b, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
        assert same, f"{what} in row {row}: {a} and {b}"


# --- metafor's numbers ------------------------------------------------------------------------------------


def asked(reference: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, str]]]:
    for name in reference["effects"]:
        measure, _, rule = name.partition("_to_")
        if rule:
            yield name, measure, {"to": rule}
        elif name == "SMD_UB":
            yield name, "SMD", {"vtype": "UB"}
        elif name in get_args(Measure):
            yield name, name, {}


@pytest.mark.parametrize("reference", COUNTED, ids=lambda reference: reference["dataset"])
def test_metafor_on_its_data_sets(reference: dict[str, Any]) -> None:
    compared = set()
    for name, measure, options in asked(reference):
        found = effect_size(measure, drop00=False, **options, **reference["raw"])  # type: ignore[arg-type]
        assert_same(found.yi, reference["effects"][name]["yi"], f"{name} yi")
        assert_same(found.vi, reference["effects"][name]["vi"], f"{name} vi")
        compared.add(name)
    wanted = set(BY_KIND[reference["kind"]])
    if reference["kind"] == "2x2":
        wanted |= {"OR_to_all", "OR_to_if0all", "OR_to_none"}
    elif reference["kind"] == "means":
        wanted |= {"SMD_UB"}
    assert compared == wanted


CASES = json.loads((OWN / "escalc_cases.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize(
    "case", CASES, ids=lambda c: "-".join([c["measure"], *map(str, dict(c["options"]).values())])
)
def test_metafor_on_empty_cells_and_other_variances(case: Any) -> None:
    found = effect_size(case["measure"], drop00=False, **dict(case["options"]), **case["raw"])
    assert_same(found.yi, case["yi"], "yi")
    assert_same(found.vi, case["vi"], "vi")


@pytest.mark.parametrize("measure", CHANGES)
def test_metafor_on_changes(measure: Any) -> None:
    reference = json.loads((OWN / "pre_post.json").read_text(encoding="utf-8"))
    found = effect_size(measure, **reference["raw"])
    assert_same(found.yi, reference["effects"][measure]["yi"], "yi")
    assert_same(found.vi, reference["effects"][measure]["vi"], "vi")


# --- formulas written anew --------------------------------------------------------------------------------


def gamma_ratio(m: int) -> float:
    """J for an even number of degrees of freedom, as a product instead of gamma functions."""
    logs = (math.log(i / (i - 0.5)) for i in range(1, m // 2))
    return math.exp(math.fsum(logs)) / math.sqrt(math.pi * m / 2)


@pytest.mark.parametrize("m", [2, 4, 10, 100, 1000, 18_000, 20_002, 20_004, 400_000])
def test_the_correction_is_exact_for_few_and_for_many_degrees_of_freedom(m: int) -> None:
    assert float(correction(m)) == pytest.approx(gamma_ratio(m), rel=2e-11)


@given(
    st.tuples(st.floats(-50, 50), st.floats(-50, 50)),
    st.tuples(st.floats(0.5, 20), st.floats(0.5, 20)),
    st.integers(2, 200),
    st.floats(-0.95, 0.95),
)
def test_changes_follow_becker_and_morris(m: Any, sd: Any, half: int, r: float) -> None:
    n = 2 * half + 1
    j = gamma_ratio(n - 1)
    columns: Any = {"m1i": [m[0]], "sd1i": [sd[0]], "m2i": [m[1]], "sd2i": [sd[1]], "ni": [n], "ri": [r]}
    difference, of_change = m[0] - m[1], sd[0] ** 2 + sd[1] ** 2 - 2 * r * sd[0] * sd[1]
    mc, smcc, smcr = (effect_size(name, **columns) for name in ("MC", "SMCC", "SMCR"))
    assert (mc.yi[0], mc.vi[0]) == pytest.approx((difference, of_change / n), rel=1e-10)
    g = j * difference / math.sqrt(of_change)
    assert (smcc.yi[0], smcc.vi[0]) == pytest.approx((g, 1 / n + g**2 / (2 * n)), rel=1e-10)
    g = j * difference / sd[0]
    assert (smcr.yi[0], smcr.vi[0]) == pytest.approx((g, 2 * (1 - r) / n + g**2 / (2 * n)), rel=1e-10)


def test_the_variance_of_a_proportion_with_ub_is_unbiased() -> None:
    n, p = 7, 0.3
    x = np.arange(n + 1)
    chance = np.array([math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in x])
    found = effect_size("PR", xi=x, ni=np.full(n + 1, n), vtype="UB", to="none")
    assert chance @ found.vi == pytest.approx(p * (1 - p) / n, rel=1e-12)


# --- what must hold for any data --------------------------------------------------------------------------

SIZES = st.integers(5, 300)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[float]]:
    n1, n2 = draw(SIZES), draw(SIZES)
    return {"ai": [draw(st.integers(0, n1))], "n1i": [n1], "ci": [draw(st.integers(0, n2))], "n2i": [n2]}


@st.composite
def rates(draw: st.DrawFn) -> dict[str, list[float]]:
    events, time = st.integers(0, 500), st.floats(0.5, 1e4)
    return {"x1i": [draw(events)], "t1i": [draw(time)], "x2i": [draw(events)], "t2i": [draw(time)]}


@st.composite
def groups(draw: st.DrawFn, least: float = -50) -> dict[str, list[float]]:
    mean, sd = st.floats(least, 50), st.floats(0.5, 20)
    return {
        "m1i": [draw(mean)], "sd1i": [draw(sd)], "n1i": [draw(SIZES)],
        "m2i": [draw(mean)], "sd2i": [draw(sd)], "n2i": [draw(SIZES)],
    }  # fmt: skip


def swapped(columns: dict[str, list[float]]) -> dict[str, Any]:
    other = {"ai": "ci", "ci": "ai"} | {
        f"{a}{b}i": f"{a}{3 - b}i" for a in ("m", "sd", "n", "x", "t") for b in (1, 2)
    }
    return {other[name]: column for name, column in columns.items()}


def flips(measure: Any, columns: dict[str, Any], **options: Any) -> None:
    one = effect_size(measure, **options, **columns)
    two = effect_size(measure, **options, **swapped(columns))
    assert one.yi == pytest.approx(-two.yi, rel=1e-9, abs=1e-12)
    assert one.vi == pytest.approx(two.vi, rel=1e-9)
    assert one.vi[0] > 0


@given(tables(), st.sampled_from(COUNTS))
def test_swapping_groups_flips_the_sign_of_counts(columns: Any, measure: str) -> None:
    flips(measure, columns, drop00=False)


@given(rates(), st.sampled_from(RATES))
def test_swapping_groups_flips_the_sign_of_rates(columns: Any, measure: str) -> None:
    flips(measure, columns, drop00=False)


@given(
    groups(least=0.5), st.sampled_from([(m, "LS") for m in MEANS] + [("SMD", "UB"), ("MD", "HO"), ("ROM", "HO")])
)
def test_swapping_groups_flips_the_sign_of_means(columns: Any, asked: tuple[str, str]) -> None:
    flips(asked[0], columns, vtype=asked[1])


@given(tables(), st.sampled_from(["OR", "RD", "AS", "PETO"]))
def test_counting_the_other_outcome_flips_the_sign(columns: Any, measure: Any) -> None:
    rest = {
        "ai": [columns["n1i"][0] - columns["ai"][0]],
        "ci": [columns["n2i"][0] - columns["ci"][0]],
        "n1i": columns["n1i"],
        "n2i": columns["n2i"],
    }
    for drop00 in (True, False):
        one, two = (effect_size(measure, drop00=drop00, **each) for each in (columns, rest))
        assert one.yi == pytest.approx(-two.yi, rel=1e-9, abs=1e-12, nan_ok=drop00)
        assert one.vi == pytest.approx(two.vi, rel=1e-9, nan_ok=drop00)


@given(st.integers(0, 40), st.integers(1, 40), st.sampled_from(["PR", "PLO", "PAS", "PFT"]))
def test_a_proportion_and_its_rest_mirror_each_other(x: int, rest: int, measure: Any) -> None:
    one = effect_size(measure, xi=[x], mi=[rest])
    two = effect_size(measure, xi=[rest], ni=[x + rest])
    total = {"PR": 1, "PLO": 0, "PAS": math.pi / 2, "PFT": math.pi / 2}[measure]
    assert one.yi + two.yi == pytest.approx(total, abs=1e-12)
    assert one.vi == pytest.approx(two.vi)


@given(groups(), st.floats(0.1, 10), st.floats(-100, 100), st.sampled_from(["SMD", "SMDH"]))
def test_standardised_differences_do_not_depend_on_units(
    columns: Any, factor: float, shift: float, measure: Any
) -> None:
    moved: dict[str, Any] = {
        name: column if name[0] == "n" else [x * factor + (shift if name[0] == "m" else 0) for x in column]
        for name, column in columns.items()
    }
    one, two = effect_size(measure, **columns), effect_size(measure, **moved)
    # The shift costs the difference of the means up to 1e-14 of a hundred.
    assert one.yi == pytest.approx(two.yi, rel=1e-9, abs=1e-10)
    assert one.vi == pytest.approx(two.vi, rel=1e-9, abs=1e-10)


@given(groups(least=0.5), st.floats(0.01, 1000), st.sampled_from(["LS", "HO"]))
def test_ratios_of_means_do_not_depend_on_scale(columns: Any, factor: float, vtype: Any) -> None:
    for sign in (1, -1):
        moved: dict[str, Any] = {
            name: column if name[0] == "n" else [x * factor * (sign if name[0] == "m" else 1) for x in column]
            for name, column in columns.items()
        }
        one, two = effect_size("ROM", vtype=vtype, **columns), effect_size("ROM", vtype=vtype, **moved)
        assert one.yi == pytest.approx(two.yi, rel=1e-9, abs=1e-12)
        assert one.vi == pytest.approx(two.vi, rel=1e-9)


@given(rates(), st.floats(0.01, 100))
def test_rates_follow_the_unit_of_time(columns: Any, unit: float) -> None:
    moved: dict[str, Any] = {
        name: [x * unit for x in column] if name[0] == "t" else column for name, column in columns.items()
    }
    one, two = effect_size("IRR", drop00=False, **columns), effect_size("IRR", drop00=False, **moved)
    assert one.yi == pytest.approx(two.yi, rel=1e-9, abs=1e-12)
    assert one.vi == pytest.approx(two.vi)
    one, two = effect_size("IRD", **columns), effect_size("IRD", **moved)
    assert one.yi / unit == pytest.approx(two.yi, rel=1e-9, abs=1e-12 / unit)
    assert one.vi / unit**2 == pytest.approx(two.vi)


@given(st.floats(-0.999, 0.999), st.integers(4, 10_000))
def test_fishers_z_is_the_inverse_tanh_of_the_correlation(r: float, n: int) -> None:
    cor, z = effect_size("COR", ri=[r], ni=[n]), effect_size("ZCOR", ri=[r], ni=[n])
    assert cor.yi[0] == r
    assert z.yi[0] == pytest.approx(math.atanh(r), rel=1e-12)
    assert z.vi[0] == pytest.approx(1 / (n - 3))
    # The delta method takes one variance to the other, but for n - 1 and n - 3.
    assert cor.vi[0] / (1 - r**2) ** 2 * (n - 1) == pytest.approx(z.vi[0] * (n - 3))


@given(st.floats(0.02, 0.98), st.floats(0.02, 0.98))
def test_in_large_groups_counts_are_the_contrasts_of_their_risks(p: float, q: float) -> None:
    n = 1e10
    expected = {
        "OR": math.log(p / (1 - p)) - math.log(q / (1 - q)), "RR": math.log(p / q), "RD": p - q,
        "AS": math.asin(math.sqrt(p)) - math.asin(math.sqrt(q)),
    }  # fmt: skip
    for measure, value in expected.items():
        found = effect_size(measure, ai=[p * n], n1i=[n], ci=[q * n], n2i=[n], to="all")  # type: ignore[arg-type]
        assert found.yi[0] == pytest.approx(value, rel=1e-6, abs=1e-7)
        assert 0 < found.vi[0] < 1e-7
    found = effect_size("PFT", xi=[p * n], ni=[n])
    assert found.yi == pytest.approx(effect_size("PAS", xi=[p * n], ni=[n]).yi, rel=1e-8)
    assert found.vi == pytest.approx(effect_size("PAS", xi=[p * n], ni=[n]).vi, rel=1e-8)


@given(st.floats(0.05, 0.95), st.floats(-1e-4, 1e-4))
def test_petos_odds_ratio_is_the_odds_ratio_where_there_is_little_effect(p: float, effect: float) -> None:
    n = 1e12
    odds = p / (1 - p) * math.exp(effect)
    table: Any = {"ai": [n * odds / (1 + odds)], "n1i": [n], "ci": [n * p], "n2i": [n]}
    peto, exact = effect_size("PETO", **table), effect_size("OR", **table)
    assert peto.yi == pytest.approx(exact.yi, rel=1e-3, abs=1e-9)
    assert peto.vi == pytest.approx(exact.vi, rel=1e-3)


@given(groups())
def test_in_large_groups_standardisation_needs_no_correction(columns: Any) -> None:
    large = columns | {"n1i": [1e9], "n2i": [1e9]}
    difference = columns["m1i"][0] - columns["m2i"][0]
    spread = math.sqrt((columns["sd1i"][0] ** 2 + columns["sd2i"][0] ** 2) / 2)
    for measure in ("SMD", "SMDH"):
        found = effect_size(measure, **large)
        assert found.yi[0] == pytest.approx(difference / spread, rel=1e-8, abs=1e-12)
        assert 0 < found.vi[0] < 1e-4


@given(groups(), st.floats(0.5, 20))
def test_equal_sds_leave_nothing_to_choose_for_a_mean_difference(columns: Any, sd: float) -> None:
    same = columns | {"sd1i": [sd], "sd2i": [sd]}
    assert effect_size("MD", **same).vi == pytest.approx(effect_size("MD", vtype="HO", **same).vi)
    assert effect_size("SMD", **same).yi == pytest.approx(effect_size("SMDH", **same).yi)


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(0.5, 20), st.integers(4, 300))
def test_a_correlation_of_a_half_makes_both_standardised_changes_one(
    m1: float, m2: float, sd: float, n: int
) -> None:
    """With equal SDs the change then has the SD of the scores (Morris and DeShon 2002)."""
    columns: Any = {"m1i": [m1], "sd1i": [sd], "m2i": [m2], "sd2i": [sd], "ni": [n], "ri": [0.5]}
    smcc, smcr = effect_size("SMCC", **columns), effect_size("SMCR", **columns)
    assert smcc.yi == pytest.approx(smcr.yi, rel=1e-12)
    assert smcc.vi == pytest.approx(smcr.vi, rel=1e-12)


@pytest.mark.parametrize("measure", get_args(Measure))
def test_each_study_is_computed_by_itself(measure: Any) -> None:
    columns: Any = RAW[measure]
    both = effect_size(measure, **columns)
    for row in (0, 1):
        alone = effect_size(measure, **{name: column[row] for name, column in columns.items()})
        assert (alone.yi[0], alone.vi[0]) == (both.yi[row], both.vi[row])
    nothing: Any = {name: [] for name in columns}
    empty = effect_size(measure, **nothing)
    assert empty.yi.shape == empty.vi.shape == (0,)


def test_without_a_correction_an_undefined_effect_is_nan_in_both() -> None:
    found = effect_size("PETO", ai=[0, 1], bi=[5, 5], ci=[0, 1], di=[5, 5], to="none")
    assert np.isnan([found.yi[0], found.vi[0]]).all()
    assert found.yi[1] == 0
    found = effect_size("PLO", xi=[0, 5], ni=[5, 5], add=0)
    assert np.isnan(found.yi).all()
    assert np.isnan(found.vi).all()


def test_the_input_is_left_as_it_was() -> None:
    for measure, columns in RAW.items():
        arrays: Any = {name: np.array(column, dtype=float) for name, column in columns.items()}
        found = effect_size(measure, to="all", **arrays)  # type: ignore[arg-type]
        found.yi[:] = 99.0
        for name, column in columns.items():
            assert arrays[name].tolist() == column, measure


# --- bad input --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "columns", "says"),
    [
        ("XYZ", {}, "unknown measure 'XYZ'; expected one of .*'SMCC'"),
        ("SMD", MEAN | {"vtype": "HO"}, "vtype is 'HO', expected for SMD LS or UB"),
        ("OR", TABLE | {"vtype": "UB"}, "vtype is 'UB', expected for OR LS"),
        ("OR", TABLE | {"to": "some"}, "unknown to 'some'"),
        ("IRR", RATE | {"add": -1}, "add is -1, expected 0 or more"),
        ("PR", PROPORTION | {"add": math.nan}, "add is nan, expected 0 or more"),
        ("OR", TABLE | {"ai": [1, math.nan]}, "ai is nan in row 2, expected a finite number"),
        ("OR", TABLE | {"ai": [1, None]}, "ai is nan in row 2, expected a finite number"),
        ("MD", MEAN | {"m1i": [math.inf, 1]}, "m1i is inf in row 1, expected a finite number"),
        ("OR", TABLE | {"ai": ["a", "b"]}, "column 'ai' is not a list of numbers"),
        ("OR", TABLE | {"ai": [[1, 2]]}, "columns differ in shape"),
        ("PR", {"xi": [[1, 2]], "ni": [[3, 4]]}, "columns differ in shape"),
        ("OR", TABLE | {"ci": [1, -2]}, "ci is -2 in row 2, expected 0 or more"),
        ("OR", TABLE | {"di": [-1, 2]}, "di is -1 in row 1, expected 0 or more"),
        ("RD", TABLE | {"n1i": [10, 13]}, r"n1i is 13 in row 2, expected ai \+ bi"),
        ("RR", {"ai": [0], "n1i": [0], "ci": [1], "n2i": [3]}, "n1i is 0 in row 1, expected more than 0"),
        ("RR", TABLE | {"ci": [2, 0], "di": [8, 0]}, r"ci \+ di is 0 in row 2, expected more than 0"),
        (
            "PETO",
            {"ai": [1, 9], "n1i": [5, 8], "ci": [1, 1], "n2i": [5, 5]},
            "ai is 9 in row 2, expected at most n1i",
        ),
        ("AS", {"ai": [1], "bi": [1], "n2i": [5]}, "column 'ci' is missing"),
        ("IRD", RATE | {"t2i": [1, 0]}, "t2i is 0 in row 2, expected more than 0"),
        ("IRR", RATE | {"x1i": [-1, 0]}, "x1i is -1 in row 1, expected 0 or more"),
        ("IRR", RATE | {"n1i": [1, 2]}, "unknown column 'n1i'"),
        ("SMDH", MEAN | {"sd2i": [1, 0]}, "sd2i is 0 in row 2, expected more than 0"),
        ("SMDH", MEAN | {"n1i": [1, 5]}, "n1i is 1 in row 1, expected 2 or more"),
        ("MD", MEAN | {"n1i": [0.5, 5]}, "n1i is 0.5 in row 1, expected 1 or more"),
        ("SMD", MEAN | {"n1i": [5, 1], "n2i": [5, 2]}, r"n1i \+ n2i is 3 in row 2, expected 4 or more"),
        ("MD", MEAN | {"n1i": [5, 1], "n2i": [5, 1], "vtype": "HO"}, r"n1i \+ n2i is 2 in row 2, expected 3 or"),
        ("ROM", MEAN | {"m1i": [1, 0]}, "m1i is 0 in row 2, expected a mean other than 0"),
        ("ROM", MEAN | {"m2i": [-1, 1]}, "m2i is -1 in row 1, expected the sign of m1i"),
        ("PLO", PROPORTION | {"xi": [1, 13]}, "xi is 13 in row 2, expected at most ni"),
        ("PFT", {"xi": [1]}, "column 'mi' or 'ni' is missing"),
        ("COR", CORRELATION | {"ri": [0.1, 1]}, "ri is 1 in row 2, expected between -1 and 1"),
        ("ZCOR", CORRELATION | {"ri": [-1.2, 0]}, "ri is -1.2 in row 1, expected between -1 and 1"),
        ("ZCOR", CORRELATION | {"ni": [9, 3]}, "ni is 3 in row 2, expected 4 or more"),
        ("MC", CHANGE | {"ri": [-1, 0]}, "ri is -1 in row 1, expected between -1 and 1"),
        ("SMCR", CHANGE | {"sd1i": [0, 1]}, "sd1i is 0 in row 1, expected more than 0"),
        ("SMCC", CHANGE | {"ni": [2, 3]}, "ni is 2 in row 1, expected 3 or more"),
        ("MC", CHANGE | {"ni": [2, 1]}, "ni is 1 in row 2, expected 2 or more"),
        ("SMCC", {"m1i": [1], "sd1i": [1], "m2i": [1], "sd2i": [1], "ni": [5]}, "column 'ri' is missing"),
    ],
)
def test_bad_input_is_named(measure: Any, columns: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        effect_size(measure, **columns)


# --- how it is shown --------------------------------------------------------------------------------------


def test_a_table_has_one_row_a_study() -> None:
    found = effect_size("OR", **TABLE)  # type: ignore[arg-type]
    table = found.table()
    assert table.columns == ["study", "yi", "vi", "se"]
    assert table["study"].to_list() == [1, 2]
    assert table["se"].to_list() == pytest.approx(np.sqrt(found.vi).tolist())


def test_printing_names_the_measure_and_stops_after_twenty_studies() -> None:
    found = effect_size("COR", ri=np.linspace(-0.9, 0.9, 25), ni=np.full(25, 30))
    lines = str(found).splitlines()
    assert lines[0] == "Correlation (COR), k = 25"
    assert lines[3].split() == ["1", "-0.9000", "0.001245"]
    assert len(lines) == 3 + 20 + 1
    assert lines[-1] == "... and 5 more"
