"""Q by designs and net heat: netmeta's and metafor's numbers, regressions by dense matrices, and what must hold."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from glabella.synthesis import network, pool
from glabella.synthesis.networks._designs import design_by_treatment, net_heat, tau2_within
from tests.synthesis.networks.looks import LOOKS, contrasts, fitted, networks, renamed

Given = tuple[list[str], list[str], list[str], list[float], list[float]]


def ours(name: str) -> str:
    """Sort a design's treatments as we do; netmeta sorts by the rules of a language."""
    return ":".join(sorted(name.split(":")))


@pytest.mark.parametrize("name", LOOKS)
def test_detached_designs_agree_with_netmeta(name: str) -> None:
    expected, found = LOOKS[name]["detached"], design_by_treatment(fitted(name))
    # What the network needs to hang together cannot be detached, and netmeta leaves it out.
    there = {d: i for i, d in enumerate(found.designs) if not np.isnan(found.detached_q[i])}
    assert sorted(there) == sorted(map(ours, expected["design"]))
    place = [there[ours(design)] for design in expected["design"]]
    assert found.detached_q[place] == pytest.approx(expected["Q"], rel=1e-8)
    assert found.detached_df[place].tolist() == expected["df"]
    p = [np.nan if value is None else value for value in expected["pval"]]
    assert found.detached_p[place] == pytest.approx(p, rel=1e-8, nan_ok=True)


@pytest.mark.parametrize("model", ["common", "random"])
@pytest.mark.parametrize("name", LOOKS)
def test_net_heat_agrees_with_netmeta(name: str, model: Any) -> None:
    expected, found = LOOKS[name][f"heat_{model}"], net_heat(fitted(name), model=model)
    designs, comparisons = expected["change"]["rows"], expected["hat"]["rows"]
    labels = [ours(c) if c == d else f"{ours(c)} ({ours(d)})" for c, d in zip(comparisons, designs, strict=True)]
    place = [found.labels.index(label) for label in labels]
    change, hat = (np.array(expected[part]["values"], dtype=float) for part in ("change", "hat"))
    assert found.change[np.ix_(place, place)] == pytest.approx(change, rel=1e-8, abs=1e-12)
    sign = np.array([1 if c == ours(c) else -1 for c in comparisons])
    assert found.hat[np.ix_(place, place)] * np.outer(sign, sign) == pytest.approx(hat, rel=1e-8, abs=1e-12)
    # Nothing else could be shown, and our order of rows is a clustering like netmeta's: ties may turn.
    assert sorted(found.order) == sorted(place)


@pytest.mark.parametrize("name", LOOKS)
def test_the_full_model_by_reml_agrees_with_metafor(name: str) -> None:
    expected, found = LOOKS[name]["full_reml"], design_by_treatment(fitted(name, "REML"))
    assert found.method == "REML"
    assert found.tau2_within == pytest.approx(expected["tau2"], rel=1e-6)
    assert found.q_between_df == expected["df"]
    assert found.q_random == pytest.approx(expected["q"], rel=1e-6)


@given(networks())
@settings(max_examples=40)
def test_parts_add_up_and_are_those_of_the_fit(given_: Given) -> None:
    fit = network(*given_, method="DL")
    found = design_by_treatment(fit)
    assert found.q == pytest.approx(fit.q, rel=1e-9, abs=1e-10)
    assert found.q_within == pytest.approx(fit.q_within, rel=1e-9, abs=1e-10)
    assert (found.q_df, found.q_within_df, found.q_between_df) == (fit.q_df, fit.q_within_df, fit.q_between_df)
    assert found.q_p == pytest.approx(fit.q_p, rel=1e-7, abs=1e-12, nan_ok=True)
    assert found.design_q.sum() == pytest.approx(found.q_within)
    assert found.studies.sum() == fit.k
    # Parameters of one's own can only explain more.
    left = found.detached_q[~np.isnan(found.detached_q)]
    assert (left <= found.q_between + 1e-9).all()
    assert (found.detached_df[~np.isnan(found.detached_q)] >= 0).all()


@given(networks())
@settings(max_examples=25)
def test_names_order_and_reference_do_not_matter(given_: Given) -> None:
    names = dict(zip("ABCDE", "VZXYW", strict=True))
    one = design_by_treatment(network(*given_, method="DL"))
    two = design_by_treatment(network(*renamed(given_, names), method="DL", reference="Y"))
    for part in ("q", "q_within", "q_between", "q_random", "tau2_within"):
        assert getattr(two, part) == pytest.approx(getattr(one, part), rel=1e-8, abs=1e-10, nan_ok=True)
    back = {v: k for k, v in names.items()}
    place = [one.designs.index(":".join(sorted(back[t] for t in d.split(":")))) for d in two.designs]
    assert two.detached_q == pytest.approx(one.detached_q[place], rel=1e-7, abs=1e-9, nan_ok=True)
    assert two.design_q == pytest.approx(one.design_q[place], rel=1e-7, abs=1e-9)


@given(networks())
@settings(max_examples=25)
def test_net_heat_sums_up_to_the_designs(given_: Given) -> None:
    fit = network(*given_, method="DL")
    heat, parts = net_heat(fit), design_by_treatment(fit)
    assert heat.inconsistency.sum() == pytest.approx(parts.q_between, rel=1e-8, abs=1e-10)
    # A column's changes together are what detaching its design does to Q between designs.
    lowered = heat.change.sum(axis=0)
    expected = parts.q_between - parts.detached_q[heat.design]
    assert lowered == pytest.approx(expected, rel=1e-7, abs=1e-8, nan_ok=True)
    # The hat matrix projects on the network.
    assert heat.hat @ heat.hat == pytest.approx(heat.hat, abs=1e-8)
    assert np.trace(heat.hat) == pytest.approx(len(fit.treatments) - 1)


@given(networks())
@settings(max_examples=15)
def test_a_detached_design_has_parameters_of_its_own(given_: Given) -> None:
    """The same by dense matrices: a dummy for each contrast of the design's studies."""
    fit = network(*given_, method="DL")
    found, of = design_by_treatment(fit), fit.structure
    te, weights = fit.given.te[0], np.diag(fit.common.weights[0])

    def q(x: np.ndarray) -> float:
        left = te - x @ np.linalg.pinv(x.T @ weights @ x, hermitian=True) @ x.T @ weights @ te
        return float(left @ weights @ left)

    for place, arms in enumerate(of.design_arms):
        if np.isnan(found.detached_q[place]):
            continue
        own = of.design[of.study] == place
        extra = np.where(own[:, None], of.incidence[:, arms[1:]], 0.0)
        less_within = q(np.column_stack([of.incidence, extra])) - found.q_within
        assert found.detached_q[place] == pytest.approx(less_within, rel=1e-7, abs=1e-8)


def test_two_designs_of_a_loop_and_one_comparison_are_pairwise_meta_analyses() -> None:
    te, se = [0.1, 0.4, 0.9, 0.3, 0.2], [0.2, 0.3, 0.2, 0.25, 0.3]
    fit = network(list("12345"), ["A", "A", "A", "B", "A"], ["B", "B", "B", "C", "C"], te, se, method="DL")
    found = design_by_treatment(fit)
    pooled: Any = pool(te[:3], np.square(se[:3]), method="DL", test="z")
    place = found.designs.index("A:B")
    assert found.design_q[place] == pytest.approx(pooled.q)
    assert found.tau2_within == pytest.approx(pooled.tau2)
    # One loop: the difference between A:B and A:C less B:C, squared over its variance.
    direct: Any = pool(te[:3], np.square(se[:3]), method="common", test="z")
    z2 = (direct.estimate - (te[4] - te[3])) ** 2 / (direct.se**2 + se[3] ** 2 + se[4] ** 2)
    assert found.q_between == pytest.approx(z2)
    # Any of its three designs may go, and nothing is left.
    assert found.detached_q == pytest.approx(np.zeros(3), abs=1e-12)
    assert found.detached_df.tolist() == [0, 0, 0]
    assert np.isnan(found.detached_p).all()
    assert "Between designs, random" in str(found)
    assert found.table().height == 3


def test_a_design_that_holds_the_network_together_is_not_detached() -> None:
    fit = network(
        list("1234"), ["A", "A", "B", "A"], ["B", "C", "C", "D"], [0.1, 0.5, 0.1, 0.3], [0.2] * 4, method="DL"
    )
    found, heat = design_by_treatment(fit), net_heat(fit)
    bridge = found.designs.index("A:D")
    assert np.isnan(found.detached_q).tolist() == [place == bridge for place in range(4)]
    assert np.isnan(heat.change[:, heat.design == bridge]).all()
    assert bridge not in heat.order
    assert len(heat.order) == 3
    assert np.isnan(found.tau2_within)
    assert np.isnan(found.q_random)
    assert np.isnan(found.q_within_p)


def test_without_studies_to_spare_there_is_no_random_net_heat() -> None:
    fit = network(list("123"), ["A", "A", "B"], ["B", "C", "C"], [0.1, 0.5, 0.1], [0.2] * 3, method="DL")
    assert np.isnan(tau2_within(fit, "DL"))
    with pytest.raises(ValueError, match="no design has studies to spare"):
        net_heat(fit, model="random")


def test_common_effects_take_dl_within_designs() -> None:
    rng = np.random.default_rng(4)
    given_ = contrasts(["AB", "AB", "BC", "AC", "ABC", "ABC"], {"A": 0, "B": 0.4, "C": 1}, rng, tau=0.8)
    assert design_by_treatment(network(*given_, method="common")).method == "DL"
    for method in ("REML", "ML", "DL"):
        assert design_by_treatment(network(*given_, method=method)).method == method


def test_wrong_words_are_named() -> None:
    fit = network(list("123"), ["A", "A", "B"], ["B", "C", "C"], [0.1, 0.5, 0.1], [0.2] * 3, method="common")
    with pytest.raises(ValueError, match="unknown method 'PM'; expected one of REML, DL, ML"):
        design_by_treatment(fit, method="PM")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="unknown model 'fixed'"):
        net_heat(fit, model="fixed")  # type: ignore[arg-type]
    batch = network(list("12"), ["A", "A"], ["B", "C"], np.ones((3, 2)), np.ones((3, 2)), method="common")
    with pytest.raises(ValueError, match="batch of 3 networks"):
        design_by_treatment(batch)
