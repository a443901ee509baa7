"""Component networks: R's netcomb and discomb, dense algebra, and what must hold of any components."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from glabella.synthesis import network
from glabella.synthesis.networks._component_network import ComponentNetwork, Model
from glabella.synthesis.networks._components import component_network

FILE = Path(__file__).parents[1] / "reference" / "netmeta_components.json"
REFERENCE: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
CASES = [name for name in REFERENCE if name != "versions"]
CLOSED = 1e-8

EFFECTS = ("te_common", "se_common", "te_random", "se_random")
TESTS = ("q", "q_df", "q_p", "q_standard", "q_standard_df", "q_difference", "q_difference_df", "q_difference_p")


def columns(data: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(data[name] for name in ("studlab", "treat1", "treat2", "te", "se"))


def fitted(case: str, **more: Any) -> ComponentNetwork:
    given_ = REFERENCE[case]
    return component_network(*columns(given_["data"]), inactive=given_["inactive"],
                             interactions=given_["interactions"], **{"method": "DL", **more})  # fmt: skip


def by_name(found: ComponentNetwork, expected: dict[str, Any]) -> list[int]:
    """Place of the reference's components; a name of two is the same either way round."""
    place = {frozenset(name.split("*")): at for at, name in enumerate(found.components)}
    return [place[frozenset(name.split("*"))] for name in expected["components"]]


@pytest.mark.parametrize("case", CASES)
def test_agrees_with_netcomb_and_discomb(case: str) -> None:
    found, expected = fitted(case), REFERENCE[case]["found"]
    place = by_name(found, expected)
    assert sorted(place) == list(range(len(found.components)))
    known = ~np.isnan(found.te_common[place])
    for name in EFFECTS:
        assert getattr(found, name)[place][known] == pytest.approx(np.array(expected[name])[known], rel=CLOSED)
    assert found.tau2 == pytest.approx(expected["tau2"], rel=CLOSED, abs=1e-12)
    assert found.i2 / 100 == pytest.approx(expected["i2"], rel=CLOSED, abs=1e-12)
    for name in TESTS:
        theirs = expected[name]
        ours = getattr(found, {"q": "q_additive"}.get(name, name))
        if theirs is None:
            # A test without degrees of freedom; or of a disconnected network, which discomb does not compare.
            assert np.isnan(ours) or len(found.subnetworks) > 1
        else:
            assert ours == pytest.approx(theirs, rel=CLOSED, abs=1e-10), name


@pytest.mark.parametrize("case", CASES)
def test_combinations_agree(case: str) -> None:
    found, expected = fitted(case), REFERENCE[case]["found"]
    models: tuple[Model, ...] = ("common", "random")
    for model in models:
        table = found.combinations(model=model)
        ours = {row["combination"]: row for row in table.iter_rows(named=True)}
        for name, te in zip(expected["treatments"], expected[f"combination_{model}"], strict=True):
            # Sums of effects: what cancels in the reference's pseudo-inverse leaves 1e-14 beside effects of one.
            assert ours[name]["estimate"] == pytest.approx(te, rel=CLOSED, abs=1e-12), name
    for name, se in zip(expected["treatments"], expected["combination_se"], strict=True):
        assert ours[name]["se"] == pytest.approx(se, rel=CLOSED, abs=1e-12), name


def test_what_the_data_do_not_tell_is_named_where_the_reference_shows_a_pseudo_inverse() -> None:
    found, expected = fitted("not_identified"), REFERENCE["not_identified"]["found"]
    assert found.not_identified == ("A", "B")
    assert found.identified_sums == ("A + B",)
    assert np.isnan(found.te_random[:2]).all()
    assert np.isnan(found.se_common[:2]).all()
    # The reference halves the sum and calls each half a component, with a standard error.
    assert expected["te_random"][:2] == pytest.approx([found.effect("A + B").estimate / 2] * 2)
    assert expected["not_identified"] == []
    message = r"the data do not tell 'A' from 'P': not identified are A, B; of them they tell A \+ B"
    with pytest.raises(ValueError, match=message):
        found.effect("A")
    assert found.effect("A + B + C", "C").estimate == pytest.approx(found.effect("A + B").estimate)
    text = str(found)
    assert "A          not identified" in text
    assert "identified are only A + B" in text
    assert "2 parts that only common components connect" in text


def test_all_interactions_leave_the_ordinary_network() -> None:
    found = fitted("saturated")
    whole = network(*columns(REFERENCE["saturated"]["data"]), method="DL", reference="Placebo")
    place = whole.structure.index("Placebo")
    table = found.combinations()
    assert table["combination"].to_list() == list(whole.treatments)
    assert table["estimate"].to_numpy() == pytest.approx(whole.te_random[:, place], rel=1e-9, abs=1e-11)
    assert table["se"].to_numpy() == pytest.approx(whole.se_random[:, place], rel=1e-9)
    assert (found.q_difference, found.q_difference_df) == (0.0, 0)
    assert np.isnan(found.q_difference_p)


def test_parts_of_a_network_are_compared_with_their_own_networks() -> None:
    found, data = fitted("disconnected"), REFERENCE["disconnected"]["data"]
    assert len(found.subnetworks) == 2
    q, df = 0.0, 0
    for part in found.subnetworks:
        own = network(*(np.array(column)[part.rows] for column in columns(data)), method="common")
        q, df = q + own.q, df + own.q_df
    assert found.q_standard == pytest.approx(q)
    assert found.q_standard_df == df
    assert found.q_difference == pytest.approx(found.q_additive - q)
    assert found.q_difference_df == found.q_df - df


@st.composite
def arms(draw: st.DrawFn, names: tuple[str, ...]) -> dict[str, Any]:
    """Studies of two or three arms, one of each with the first, whose contrasts are differences of noisy arms."""
    sets = [[names[0], name] for name in names[1:]]
    sets += draw(st.lists(st.lists(st.sampled_from(names), min_size=2, max_size=3, unique=True), min_size=2,
                          max_size=6))  # fmt: skip
    data: dict[str, Any] = {name: [] for name in ("studlab", "treat1", "treat2", "te", "se")}
    for study, each in enumerate(sets):
        effect = [draw(st.floats(-2, 2)) for _ in each]
        variance = [draw(st.floats(0.05, 1)) for _ in each]
        for i in range(len(each)):
            for j in range(i + 1, len(each)):
                values = (str(study), each[i], each[j], effect[i] - effect[j], np.sqrt(variance[i] + variance[j]))
                for name, value in zip(data, values, strict=True):
                    data[name].append(value)
    return data


PLAIN = ("P", "A", "B", "C")
MIXED = ("P", "A", "B", "A + B", "B + C")


@given(arms(PLAIN), st.sampled_from(["DL", "REML", "ML", "common"]))
def test_treatments_that_are_their_own_components_are_a_network(data: dict[str, Any], method: Any) -> None:
    found = component_network(*columns(data), inactive="P", method=method)
    whole = network(*columns(data), method=method, reference="P")
    place = [whole.treatments.index(name) for name in found.components]
    against = whole.treatments.index("P")
    for name in EFFECTS:
        assert getattr(found, name) == pytest.approx(getattr(whole, name)[place, against], rel=1e-7, abs=1e-8)
    assert found.tau2 == pytest.approx(whole.tau2, rel=1e-7, abs=1e-9)
    assert found.q_additive == pytest.approx(whole.q, rel=1e-8, abs=1e-9)
    assert found.q_df == whole.q_df
    assert found.q_difference_df == 0


def dense(data: dict[str, Any], C: dict[str, list[float]]) -> tuple[np.ndarray, ...]:
    """First arm versus the others of each study: effects, columns, covariance, and that of a variance of one."""
    y, x, blocks, between = [], [], [], []
    for study in dict.fromkeys(data["studlab"]):
        rows = [row for row, name in enumerate(data["studlab"]) if name == study]
        first = data["treat1"][rows[0]]
        own = [row for row in rows if data["treat1"][row] == first]
        square = {(data["treat1"][row], data["treat2"][row]): data["se"][row] ** 2 for row in rows}
        square |= {(b, a): value for (a, b), value in square.items()}
        others = [data["treat2"][row] for row in own]
        y += [data["te"][row] for row in own]
        x += [np.array(C[first]) - np.array(C[name]) for name in others]
        blocks.append([[(square[first, a] + square[first, b] - (square[a, b] if a != b else 0)) / 2 for b in others]
                       for a in others])  # fmt: skip
        between.append((np.eye(len(others)) + 1) / 2)
    from scipy.linalg import block_diag

    return np.array(y), np.array(x), block_diag(*blocks), block_diag(*between)


ADDITIVE = {"P": [0.0] * 3, "A": [1.0, 0, 0], "B": [0, 1.0, 0], "A + B": [1.0, 1, 0], "B + C": [0, 1.0, 1]}
TOGETHER = {name: [*row, float(name == "A + B")] for name, row in ADDITIVE.items()}


@given(arms(MIXED), st.booleans())
def test_least_squares_and_dl_by_dense_matrices(data: dict[str, Any], interact: bool) -> None:
    found = component_network(
        *columns(data), inactive="P", method="DL", interactions=[("B", "A")] if interact else []
    )
    assert found.components == ("A", "B", "C") + (("A*B",) if interact else ())
    y, x, v, t = dense(data, TOGETHER if interact else ADDITIVE)
    w = np.linalg.inv(v)
    cov = np.linalg.inv(x.T @ w @ x)
    projection = w - w @ x @ cov @ x.T @ w
    q, df = y @ projection @ y, len(y) - x.shape[1]
    tau2 = max(0.0, (q - df) / np.trace(projection @ t))
    assert found.q_additive == pytest.approx(q, rel=1e-8, abs=1e-9)
    assert found.q_df == df
    assert found.tau2 == pytest.approx(tau2, rel=1e-7, abs=1e-9)
    for model, more in (("common", 0.0), ("random", found.tau2)):
        w = np.linalg.inv(v + more * t)
        cov = np.linalg.inv(x.T @ w @ x)
        assert getattr(found, f"te_{model}") == pytest.approx(cov @ x.T @ w @ y, rel=1e-7, abs=1e-8)
        assert getattr(found, f"se_{model}") == pytest.approx(np.sqrt(np.diag(cov)), rel=1e-8)


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_likelihood_is_highest_at_tau2(method: Any) -> None:
    # As it stands the network has no variance between studies by full likelihood: smaller errors leave it some.
    data = REFERENCE["disconnected"]["data"]
    data = data | {"se": [0.7 * se for se in data["se"]]}
    found = component_network(*columns(data), inactive="Placebo", method=method)
    C = {name: found.combined.row(name).tolist() for name in found.treatments}
    y, x, v, t = dense(data, C)

    def loss(tau2: float) -> float:
        sigma = v + tau2 * t
        w = np.linalg.inv(sigma)
        gram = x.T @ w @ x
        residual = y - x @ np.linalg.solve(gram, x.T @ w @ y)
        value = np.linalg.slogdet(sigma)[1] + residual @ w @ residual
        return float(value + (np.linalg.slogdet(gram)[1] if method == "REML" else 0.0))

    best = minimize_scalar(loss, bounds=(0, 1), method="bounded", options={"xatol": 1e-10})
    assert found.tau2 > 0
    # Near its maximum a likelihood tells τ² to the root of its own rounding.
    assert found.tau2 == pytest.approx(best.x, abs=1e-6)
    assert loss(found.tau2) <= best.fun + 1e-11


@given(arms(MIXED), st.randoms(use_true_random=False))
def test_order_direction_and_names_do_not_matter(data: dict[str, Any], random: Any) -> None:
    once = component_network(*columns(data), inactive="P", method="DL")
    order = list(range(len(data["te"])))
    random.shuffle(order)
    shuffled = {name: [values[place] for place in order] for name, values in data.items()}
    for place in range(len(order)):
        if random.random() < 0.5:
            shuffled["treat1"][place], shuffled["treat2"][place] = (
                shuffled["treat2"][place],
                shuffled["treat1"][place],
            )
            shuffled["te"][place] = -shuffled["te"][place]
    names = {"P": "0", "A": "z", "B": "y", "C": "x"}
    for side in ("treat1", "treat2"):
        # Spaces and the order of components are no matter either.
        shuffled[side] = [
            "&".join(reversed([names[part] for part in name.split(" + ")])) for name in shuffled[side]
        ]
    again = component_network(*columns(shuffled), inactive="0", sep="&", method="DL")
    assert again.components == ("x", "y", "z")
    for name in EFFECTS:
        assert getattr(again, name)[::-1] == pytest.approx(getattr(once, name), rel=1e-7, abs=1e-9)
    assert again.q_additive == pytest.approx(once.q_additive, rel=1e-8, abs=1e-9)
    assert again.q_difference_df == once.q_difference_df


@given(arms(MIXED))
def test_effects_add_up(data: dict[str, Any]) -> None:
    found = component_network(*columns(data), inactive="P", method="DL")
    one = {name: found.effect(name).estimate for name in ("A", "B", "C", "A + B + C", "C + A")}
    assert one["A + B + C"] == pytest.approx(one["A"] + one["B"] + one["C"], abs=1e-9)
    assert one["C + A"] == pytest.approx(one["A"] + one["C"], abs=1e-9)
    there, back = found.effect("A + C", "B"), found.effect("B", "A + C")
    assert there.estimate == pytest.approx(-back.estimate)
    assert (there.ci_low, there.ci_high) == pytest.approx((-back.ci_high, -back.ci_low))
    assert found.effect("A + P", "A").estimate == found.effect("P").estimate == 0.0


def test_a_made_up_sum_is_found_again() -> None:
    truth = {"P": 0.0, "A": 1.0, "B": -0.5, "A + B": 0.75}
    pairs = [("A", "P"), ("B", "P"), ("A + B", "P"), ("A + B", "B")]
    te = [truth[a] - truth[b] for a, b in pairs]
    one, two = [a for a, _ in pairs], [b for _, b in pairs]
    found = component_network(range(4), one, two, te, [0.1] * 4, inactive="P", interactions=[("A", "B")])
    assert found.components == ("A", "B", "A*B")
    assert found.te_random == pytest.approx([1.0, -0.5, 0.25], abs=1e-12)
    assert found.effect("B + A").estimate == pytest.approx(0.75)
    assert found.q_additive == pytest.approx(0.0, abs=1e-20)


def test_without_an_inactive_component_only_contrasts_are_told() -> None:
    data = {"studlab": [1, 2, 3, 4], "treat1": ["A", "B", "A + B", "A"], "treat2": ["P", "P", "P", "B"],
            "te": [0.2, 0.3, 0.6, 0.0], "se": [0.1] * 4}  # fmt: skip
    found = component_network(*columns(data), method="DL")
    assert found.not_identified == ()  # A + B against P tells what P is
    less = component_network(*(column[:2] for column in columns(data)), method="common")
    assert less.not_identified == ("A", "B", "P")
    assert less.identified_sums == ("A - P", "B - P")
    assert less.effect("A", "B", model="common").estimate == pytest.approx(-0.1)
    with pytest.raises(ValueError, match="no component is inactive: expected versus"):
        less.effect("A")
    with pytest.raises(ValueError, match=r"do not tell 'A \+ B' from 'P'.*of them they tell A - P, B - P"):
        less.effect("A + B", "P")
    table = less.combinations("P", model="common")
    assert table["estimate"].to_list() == pytest.approx([0.2, 0.3, 0.0])
    assert np.isnan(less.table(model="common")["estimate"].to_numpy()).all()


GOOD = {"studlab": ["1", "2", "3"], "treat1": ["A", "B", "A + B"], "treat2": ["P", "P", "P"], "te": [0.2, 0.3, 0.6],
        "se": [0.1, 0.1, 0.1]}  # fmt: skip

BAD: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {"inactive": "Q"}, "inactive is 'Q', expected a component: A, B, P"),
    ({}, {"sep": ""}, "sep is '', expected what stands"),
    ({}, {"interactions": [("A", "C")]}, r"interaction 'A\*C': expected two or more different components of A, B"),
    ({}, {"interactions": [("A", "P")]}, r"interaction 'A\*P': expected two or more different components of A, B"),
    ({}, {"interactions": [("A",)]}, "interaction 'A': expected two or more"),
    ({}, {"interactions": [("A", "B"), ("B", "A")]}, r"interactions name one twice: A\*B, A\*B"),
    (
        {"treat1": ["A", "B", "A"]},
        {"interactions": [("A", "B")]},
        r"interaction 'A\*B': no treatment has",
    ),
    ({"treat1": ["A", "B", "A + A"]}, {}, r"treatment 'A \+ A' names a component twice"),
    ({"treat1": ["A", "B", "A +"]}, {}, r"treatment 'A \+' has an empty component"),
    ({"treat1": ["A", "A", "A"]}, {"sep": "-", "inactive": None, "method": "PM"}, "unknown method 'PM'"),
    ({"treat1": ["P + A"] * 3, "treat2": ["A"] * 3}, {}, r"compared \(A, P \+ A\) do not differ in an active"),
    ({"te": [0.2, 0.3]}, {}, r"te has shape \(2,\) and se \(3,\), expected both \(3,\)"),
    (
        {"se": [0.1, 0.0, 0.1]},
        {},
        r"not above 0 \(study '2', 'B' versus 'P': te 0\.3, se 0\)",
    ),
    ({"studlab": ["1", "1", "2"]}, {}, r"a contrast is missing \(study '1': 'A' and 'B'\)"),
    ({"treat1": ["P", "B", "A"]}, {}, r"a treatment is compared with itself \(study '1': 'P'\)"),
    ({}, {"level": 95}, "level is 95"),
    ({}, {"interactions": [("A", "B")]}, r"no degree of freedom left .* \(3 independent contrasts and as many"),
]


@pytest.mark.parametrize(("data", "more", "message"), BAD)
def test_bad_requests_are_named(data: dict[str, Any], more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        component_network(*columns(GOOD | data), **{"inactive": "P", **more})


def test_questions_that_cannot_be_answered_are_named() -> None:
    found = component_network(*columns(GOOD), inactive="P")
    with pytest.raises(ValueError, match=r"component 'C' of 'A \+ C' is not in the network; it has A, B"):
        found.effect("A + C")
    with pytest.raises(ValueError, match="unknown model 'fixed'; expected random or common"):
        found.effect("A", model="fixed")  # type: ignore[arg-type]


def test_prints_and_tabulates() -> None:
    found = fitted("interactions", method="REML")
    text = str(found)
    assert text.startswith("Component network (k = 93, 124 contrasts of 22 combinations of 18 active components; "
                           "inactive Placebo; REML)")  # fmt: skip
    assert f"tau^2 {found.tau2:.4f}" in text
    assert f"Difference           Q(1) = {found.q_difference:.4f}, p {found.q_difference_p:.4f}" in text
    table = found.table()
    assert table["component"].to_list()[-2:] == ["Face-to-face PST*SSRI", "Face-to-face interpsy*SSRI"]
    row = table.row(0, named=True)
    assert row["ci_low"] == pytest.approx(row["estimate"] - 1.959963984540054 * row["se"])
