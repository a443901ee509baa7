"""Contrasts between arms: R's meta and netmeta, and what must hold of any arms."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from glabella.synthesis import effect_size
from glabella.synthesis.networks._pairwise import Pairwise, pairwise
from tests.synthesis.records import outputs

HERE = Path(__file__).parents[1] / "reference"
REFERENCE = json.loads((HERE / "netmeta_bin.json").read_text(encoding="utf-8"))
RELATIVE = 1e-11

MEASURES: dict[str, Any] = {"ASD": "AS"}


def columns(data: dict[str, Any], measure: str) -> dict[str, Any]:
    if "mean" in data:
        return {name: data[name] for name in ("mean", "sd", "n")}
    return {"events": data["events"], ("time" if measure == "IRR" else "n"): data["n"]}


def both_ways(found: Pairwise) -> dict[tuple[str, str, str], tuple[float, float]]:
    out = {}
    for study, one, two, te, se in zip(found.studlab, found.treat1, found.treat2, found.te, found.se, strict=True):
        out[str(study), str(one), str(two)] = (float(te), float(se))
        out[str(study), str(two), str(one)] = (-float(te), float(se))
    return out


def without(data: dict[str, Any], *treatments: str) -> dict[str, Any]:
    """Leave out all studies of some treatments."""
    gone = {study for study, one in zip(data["study"], data["treatment"], strict=True) if one in treatments}
    keep = [place for place, study in enumerate(data["study"]) if study not in gone]
    return {name: [values[place] for place in keep] for name, values in data.items()}


def theirs(reference: dict[str, Any]) -> list[tuple[str, str, str, float, float]]:
    return list(zip(reference["studlab"], reference["treat1"], reference["treat2"], reference["TE"],
                    reference["seTE"], strict=True))  # fmt: skip


def data_of(name: str) -> dict[str, Any]:
    data = REFERENCE["arms"][name]
    return without(data, "Antithrombin III", "Solvent detergent plasma") if name == "gurusamy2011" else data


PLAIN = [(name, measure) for name, measures in REFERENCE["contrasts"].items() for measure in measures
         if measure in ("OR", "ASD", "IRR", "MD")]  # fmt: skip


@pytest.mark.parametrize(("name", "measure"), PLAIN)
def test_contrasts_are_those_of_meta(name: str, measure: str) -> None:
    data = data_of(name)
    found = pairwise(data["study"], data["treatment"], measure=MEASURES.get(measure, measure),
                     **columns(data, measure))  # fmt: skip
    ours, gone = both_ways(found), {one.study for one in found.dropped}
    there = set(data["study"])
    compared = 0
    for study, one, two, te, se in theirs(REFERENCE["contrasts"][name][measure]):
        if study in gone or study not in there:
            continue  # meta keeps rates without an event; test_a_study_without_an_event_is_dropped_and_named
        assert ours[study, one, two] == pytest.approx((te, se), rel=RELATIVE, abs=1e-14), (study, one, two)
        compared += 1
    # meta has no OR of two arms without an event even where a third arm had one; netmeta then refuses the study.
    extra = {("dong2013", "OR"): 4}.get((name, measure), 0)
    assert compared + extra == len(found.te)


@pytest.mark.parametrize("name", ["dogliotti2014", "dong2013", "hasselblad1998", "linde2015"])
def test_risk_ratios_are_those_of_meta_but_for_what_an_empty_cell_adds_to_a_group(name: str) -> None:
    data = data_of(name)
    found = pairwise(data["study"], data["treatment"], measure="RR", **columns(data, "RR"))
    ours, cells = both_ways(found), {}
    for study, one, events, n in zip(*(data[key] for key in ("study", "treatment", "events", "n")), strict=True):
        cells[study, one] = (events, n)
    empty = {study for (study, _), (events, n) in cells.items() if events in (0, n)}
    for study, one, two, te, se in theirs(REFERENCE["contrasts"][name]["RR"]):
        if study not in empty:
            assert ours[study, one, two] == pytest.approx((te, se), rel=RELATIVE)
            continue
        # meta adds a half to the events and a half to the people, we a half to both cells: one to the people.
        (a, n), (c, m) = cells[study, one], cells[study, two]
        for people, expected in ((0.5, (te, se)), (1.0, ours[study, one, two])):
            value = np.log((a + 0.5) / (n + people)) - np.log((c + 0.5) / (m + people))
            variance = 1 / (a + 0.5) - 1 / (n + people) + 1 / (c + 0.5) - 1 / (m + people)
            assert (value, np.sqrt(variance)) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("name", ["senn2013", "stowe2010"])
def test_standardised_differences_are_those_of_meta_with_hedges_correction(name: str) -> None:
    data = data_of(name)
    ours = both_ways(pairwise(data["study"], data["treatment"], measure="SMD", **columns(data, "SMD")))
    n = {(study, one): n for study, one, n in zip(data["study"], data["treatment"], data["n"], strict=True)}
    everybody: dict[str, float] = {}
    arms: dict[str, int] = {}
    for (study, _), people in n.items():
        everybody[study] = everybody.get(study, 0) + people
        arms[study] = arms.get(study, 0) + 1
    from scipy.special import gammaln

    compared = 0
    for study, one, two, te, se in theirs(REFERENCE["contrasts"][name]["SMD"]):
        m = everybody[study] - arms[study]
        j = np.exp(gammaln(m / 2) - gammaln((m - 1) / 2)) / np.sqrt(m / 2)
        g = j * te
        variance = se**2 - (te**2 - g**2) / (2 * everybody[study])
        assert ours[study, one, two] == pytest.approx((g, np.sqrt(variance)), rel=1e-9)
        compared += 1
    assert compared == len(ours) / 2


def test_log_ratios_of_means_are_those_of_meta() -> None:
    data = data_of("stowe2010")
    expected = theirs(REFERENCE["contrasts"]["stowe2010"]["ROM"])
    there = {study for study, *_ in expected}
    keep = [place for place, study in enumerate(data["study"]) if study in there]
    data = {name: [values[place] for place in keep] for name, values in data.items()}
    ours = both_ways(pairwise(data["study"], data["treatment"], measure="ROM", **columns(data, "ROM")))
    assert len(ours) == 2 * len(expected)
    for study, one, two, te, se in expected:
        assert ours[study, one, two] == pytest.approx((te, se), rel=RELATIVE)


def test_a_ratio_of_means_of_two_signs_names_the_arm() -> None:
    data = data_of("stowe2010")
    with pytest.raises(ValueError, match=r"mean is 0\.3 in study 'DA\(B\) Germany', treatment 'Placebo'; expected"):
        pairwise(data["study"], data["treatment"], measure="ROM", **columns(data, "ROM"))


@pytest.mark.parametrize(
    ("file", "name", "measure"),
    [("Linde2015", "linde2015", "OR"), ("Dogliotti2014", "dogliotti2014", "OR"), ("Stowe2010", "stowe2010", "MD"),
     ("smokingcessation", "hasselblad1998", "OR")],
)  # fmt: skip
def test_reference_networks_come_from_their_arms(file: str, name: str, measure: Any) -> None:
    expected = outputs("netmeta", file)["contrasts"]
    data = data_of(name)
    found = pairwise(data["study"], data["treatment"], measure=measure, **columns(data, measure))
    # Names and signs may differ: contrasts are put in order by size, equal ones by their standard error.
    ours = sorted((round(abs(te), 9), se) for te, se in zip(found.te, found.se, strict=True))
    reference = sorted((round(abs(te), 9), se) for te, se in zip(expected["TE"], expected["seTE"], strict=True))
    assert np.asarray(ours) == pytest.approx(np.asarray(reference), rel=1e-10)


@st.composite
def studies(draw: st.DrawFn) -> dict[str, Any]:
    rows: dict[str, Any] = {name: [] for name in ("study", "treatment", "events", "n", "mean", "sd")}
    for study in range(draw(st.integers(1, 4))):
        for treatment in draw(st.lists(st.sampled_from("ABCDE"), min_size=2, max_size=4, unique=True)):
            n = draw(st.integers(3, 60))
            values = (str(study), treatment, draw(st.integers(0, n)), n, draw(st.floats(-5, 5)),
                      draw(st.floats(0.1, 5)))  # fmt: skip
            for name, value in zip(rows, values, strict=True):
                rows[name].append(value)
    return rows


CASES = st.sampled_from(["OR", "RR", "RD", "AS", "IRR", "IRD", "MD", "SMD"])


def attempt(data: dict[str, Any], measure: str, **more: Any) -> Pairwise:
    """Give contrasts, where there are any."""
    names = {"time": "n"} if measure in ("IRR", "IRD") else {}
    needed = {"MD": ("mean", "sd", "n"), "SMD": ("mean", "sd", "n")}.get(
        measure, ("events", "time" if names else "n")
    )
    try:
        return pairwise(data["study"], data["treatment"], measure=measure,  # type: ignore[arg-type]
                        **{name: data[names.get(name, name)] for name in needed}, **more)  # fmt: skip
    except ValueError as error:
        assume("has" not in str(error) and "no study" not in str(error))
        raise


@given(studies(), CASES)
def test_the_contrasts_of_a_study_are_those_of_one_set_of_arms(data: dict[str, Any], measure: str) -> None:
    found = attempt(data, measure)
    ours = both_ways(found)
    for study in set(found.studlab.tolist()):
        there = sorted({one for s, one, _ in ours if s == study})
        if len(there) < 3:
            continue
        for a in there:
            for b in there:
                for c in there:
                    if len({a, b, c}) == 3:
                        assert ours[study, a, b][0] + ours[study, b, c][0] == pytest.approx(
                            ours[study, a, c][0], abs=1e-12
                        )
        # V_ij are squared distances of vectors: the covariance of contrasts with the first arm is positive.
        squares = {(a, b): ours[study, a, b][1] ** 2 for a in there for b in there if a != b}
        first, others = there[0], there[1:]
        block = [[(squares[first, a] + squares[first, b] - (squares[a, b] if a != b else 0)) / 2 for b in others]
                 for a in others]  # fmt: skip
        assert np.linalg.eigvalsh(np.array(block)).min() > 0


@given(studies(), CASES, st.randoms(use_true_random=False))
def test_order_and_names_do_not_matter(data: dict[str, Any], measure: str, random: Any) -> None:
    once = both_ways(attempt(data, measure))
    order = list(range(len(data["study"])))
    random.shuffle(order)
    shuffled = {name: [values[place] for place in order] for name, values in data.items()}
    renamed = shuffled | {"treatment": [f"z{one}" for one in shuffled["treatment"]]}
    again = both_ways(attempt(renamed, measure))
    assert {(s, a[1:], b[1:]) for s, a, b in again} == set(once)
    for (s, a, b), value in again.items():
        assert value == pytest.approx(once[s, a[1:], b[1:]], rel=1e-12, abs=1e-13)


@given(studies(), CASES, st.sampled_from(["only0", "all", "if0all"]))
def test_two_arms_are_what_effect_size_gives(data: dict[str, Any], measure: Any, to: Any) -> None:
    first = {study: place for place, study in reversed(list(enumerate(data["study"])))}
    keep = sorted(place for start in first.values() for place in (start, start + 1))
    data = {name: [values[place] for place in keep] for name, values in data.items()}
    found = attempt(data, measure, to=to)
    letters = {"events": ("ai", "ci"), "n": ("n1i", "n2i"), "mean": ("m1i", "m2i"), "sd": ("sd1i", "sd2i")}
    if measure in ("IRR", "IRD"):
        letters = {"events": ("x1i", "x2i"), "n": ("t1i", "t2i")}
    needed = ("mean", "sd", "n") if measure in ("MD", "SMD") else ("events", "n")
    given_: dict[str, Any] = {}
    for name in needed:
        for side, letter in enumerate(letters[name]):
            given_[letter] = [data[name][place] for place in range(side, len(keep), 2)]
    expected = effect_size(measure, to=to, **given_)
    gone = {one.study for one in found.dropped}
    kept = [data["study"][place] not in gone for place in range(0, len(keep), 2)]
    assert found.te == pytest.approx(expected.yi[kept], rel=1e-12, abs=1e-13)
    assert found.se**2 == pytest.approx(expected.vi[kept], rel=1e-12)


def test_an_empty_cell_is_filled_in_all_arms() -> None:
    found = pairwise(["s"] * 3 + ["t"] * 2, ["A", "B", "C", "A", "B"], measure="OR",
                     events=[0, 3, 5, 4, 2], n=[20, 20, 20, 30, 30])  # fmt: skip
    expected = np.log(3.5 / 17.5) - np.log(5.5 / 15.5)
    assert both_ways(found)["s", "B", "C"][0] == pytest.approx(expected, rel=1e-12)
    assert both_ways(found)["t", "A", "B"][0] == pytest.approx(np.log(4 / 26) - np.log(2 / 28), rel=1e-12)


@pytest.mark.parametrize(("measure", "rest"), [("OR", "n"), ("RR", "n"), ("IRR", "time")])
def test_a_study_without_an_event_is_dropped_and_named(measure: Any, rest: str) -> None:
    given_ = {"events": [1, 2, 0, 0, 3, 1], rest: [10, 10, 8, 9, 7, 7]}
    found = pairwise(list("aabbcc"), list("ABABAC"), measure=measure, **given_)  # type: ignore[arg-type]
    assert found.dropped == (("b", ("A", "B"), "no event in any arm"),)
    assert sorted(found.studlab.tolist()) == ["a", "c"]
    assert "dropped, no event in any arm: b" in str(found)


def test_a_study_with_events_only_is_dropped_and_named() -> None:
    found = pairwise(list("aabb"), list("ABAB"), measure="OR", events=[1, 2, 8, 9], n=[10, 10, 8, 9])
    assert found.dropped == (("b", ("A", "B"), "the event in everybody of every arm"),)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"events": [1, 2, 0, 0], "n": [9, 9, 9, 9]}, r"treatment 'C' has no event in all its studies \('b'\)"),
    ({"events": [1, 2, 3, 9], "n": [9, 9, 9, 9]}, r"treatment 'C' has the event in everybody in all its studies"),
    ({"events": [1, 10, 3, 1], "n": [9, 9, 9, 9]}, "events is 10 in study 'a', treatment 'B'; expected at most n"),
    ({"events": [1, -1, 3, 1], "n": [9, 9, 9, 9]}, "events is -1 in study 'a', treatment 'B'; expected 0 or more"),
    ({"events": [1, 1, 0, 1], "n": [9, 9, 0, 9]}, "n is 0 in study 'b', treatment 'A'; expected 1 or more"),
    (
        {"events": [1, 1, float("nan"), 1], "n": [9] * 4},
        "events is nan in study 'b', treatment 'A'; expected a",
    ),
    ({"events": [1, 1, 1], "n": [9] * 4}, r"events has shape \(3,\), expected \(4,\)"),
    ({"events": [1, 1, 1, 1]}, "OR needs the columns events, n; missing: 'n'"),
    ({"events": [1, 1, 1, 1], "n": [9] * 4, "mean": [1] * 4}, "OR needs the columns events, n; unknown: 'mean'"),
]


@pytest.mark.parametrize(("given_", "message"), BAD)
def test_bad_counts_are_named(given_: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pairwise(list("aabb"), list("ABAC"), measure="OR", **given_)


@pytest.mark.parametrize(
    ("study", "treat", "message"),
    [
        ("aab", "ABC", "study 'b' has one arm, expected two or more"),
        ("aabb", "ABCC", "study 'b', treatment 'C' is given more than once"),
        ("aab", "AB", r"studlab has shape \(3,\) and treat \(2,\)"),
        ("", "", "no arm was given"),
    ],
)
def test_bad_arms_are_named(study: str, treat: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pairwise(list(study), list(treat), measure="OR", events=[1] * len(study), n=[9] * len(study))


def test_other_bad_requests_are_named() -> None:
    arms: dict[str, Any] = {"studlab": list("aabb"), "treat": list("ABAB")}
    counts: dict[str, Any] = {"events": [1, 2, 0, 3], "n": [9] * 4}
    with pytest.raises(ValueError, match="unknown measure 'HR'"):
        pairwise(**arms, **counts, measure="HR")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="OR of 'A' and 'B' in study 'b' is not defined or has no variance"):
        pairwise(**arms, **counts, measure="OR", to="none")
    with pytest.raises(ValueError, match="unknown to 'some'"):
        pairwise(**arms, **counts, measure="OR", to="some")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="add is -1, expected 0 or more"):
        pairwise(**arms, **counts, measure="OR", add=-1)
    with pytest.raises(ValueError, match="no study carries information on OR"):
        pairwise(**arms, measure="OR", events=[0, 0, 9, 9], n=[9] * 4)
    with pytest.raises(ValueError, match="study 'a' has 3 people, expected two more than arms"):
        pairwise(**arms, measure="SMD", mean=[1, 2, 3, 4], sd=[1] * 4, n=[1, 2, 5, 5])
    with pytest.raises(ValueError, match="time is 0 in study 'b', treatment 'B'; expected more than 0"):
        pairwise(**arms, measure="IRD", events=[1] * 4, time=[1, 1, 1, 0])
    with pytest.raises(ValueError, match="sd is 0 in study 'a', treatment 'A'; expected more than 0"):
        pairwise(**arms, measure="MD", mean=[1, 2, 3, 4], sd=[0, 1, 1, 1], n=[5] * 4)


def test_prints_and_tabulates() -> None:
    data = data_of("dong2013")
    found = pairwise(data["study"], data["treatment"], measure="OR", **columns(data, "OR"))
    text, table = str(found), found.table()
    assert text.splitlines()[0] == f"OR: {len(found.te)} contrasts of {len(set(found.studlab))} studies"
    assert "... and" in text
    assert "dropped, no event in any arm: 5, " in text
    assert table.columns == ["studlab", "treat1", "treat2", "te", "se"]
    assert table["te"].to_list() == found.te.tolist()


def test_what_was_added_to_which_studies_is_said() -> None:
    """One study has an empty cell, one has none, and one carries no information."""
    data: Any = {"events": [0, 3, 4, 5, 0, 0], "n": [9] * 6}
    for measure in ("OR", "RR", "RD"):
        found = pairwise(list("aabbcc"), list("ABABAB"), measure=measure, **data)
        assert found.added == (("a", "c") if measure == "RD" else ("a",))
        assert f"added to every cell of each arm of {', '.join(found.added)}: 0.5" in str(found)
    assert pairwise(list("aabb"), list("ABAB"), measure="OR", events=[1, 3, 4, 5], n=[9] * 4).added == ()
    assert pairwise(list("aabb"), list("ABAB"), measure="AS", events=[0, 3, 4, 5], n=[9] * 4).added == ()
