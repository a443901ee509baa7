"""The toxin among other treatments: what netmeta gives, closed forms, and what must move the place and how."""

import json
import math
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from glabella.decision import Alternatives
from glabella.decision._alternatives import alternatives
from glabella.decision._joined import Joined
from glabella.decision._links import contrast_columns, links_of
from glabella.decision._shifts import _own_spread
from glabella.dossier import Evidence, load, read_table, shipped
from glabella.shown import Claim
from glabella.synthesis import Network, arrays, contrasts, network, pool

SYNTHESIS = Path(__file__).parents[1] / "synthesis"
REFERENCE = json.loads((SYNTHESIS / "reference" / "joined.json").read_text(encoding="utf-8"))
TOXIN = "botulinum toxin"


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return load()


@pytest.fixture(scope="module")
def found(evidence: Evidence) -> Alternatives:
    them = alternatives(evidence, lambda claim: claim)
    assert them is not None
    return them


@pytest.fixture(scope="module")
def joined(evidence: Evidence) -> Joined:
    assert evidence.comparators is not None
    assert evidence.network is not None
    columns = contrast_columns(evidence.network, evidence.comparators.measure)
    return Joined(evidence, evidence.comparators, columns, "very low", lambda claim: claim)


def edited(folder: Path, file: str, old: str, new: str) -> Evidence:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return load(folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(shipped(), tmp_path / "dossier")
    return tmp_path / "dossier"


def fitted(joined: Joined, method: str) -> Network:
    node = joined.comparators.joined.node
    return joined.fit(links_of(joined.evidence, joined.evidence.dossier.analyses["response_saline"], node), method)


def test_the_joined_network_is_netmetas(joined: Joined) -> None:
    fit = fitted(joined, "DL")
    assert fit.tau2 == pytest.approx(REFERENCE["tau2"], rel=1e-8)
    row = fit.treatments.index(TOXIN)
    for ours, theirs in (
        (fit.te_common, "te_common"), (fit.se_common, "se_common"),
        (fit.te_random, "te_random"), (fit.se_random, "se_random"),
    ):  # fmt: skip
        known = [REFERENCE[theirs][name] for name in fit.treatments]
        np.testing.assert_allclose(ours[row], known, rtol=1e-8, atol=1e-12)
    for name, score in joined.scores(fit).items():
        assert score == pytest.approx(REFERENCE["p_score"][name], rel=1e-8)


def test_the_joined_effect_is_that_of_the_trials_alone_at_the_networks_variance(joined: Joined) -> None:
    """On an edge of its own a treatment borrows nothing but the variance: inverse-variance weights, by hand."""
    fit = fitted(joined, "REML")
    analysis = joined.evidence.dossier.analyses["response_saline"]
    yi, vi = arrays(contrasts(joined.evidence, analysis).effects)
    weight = 1 / (vi + fit.tau2)
    at = fit.treatments.index(TOXIN), fit.treatments.index("Placebo")
    assert fit.te_random[at] == pytest.approx((weight * yi).sum() / weight.sum(), rel=1e-10)
    assert fit.se_random[at] == pytest.approx(weight.sum() ** -0.5, rel=1e-10)


def test_a_treatment_on_an_edge_of_its_own_says_nothing_of_inconsistency(joined: Joined) -> None:
    alone = network(*joined.columns, method="DL", reference="Placebo")
    fit = fitted(joined, "DL")
    assert fit.q_between == pytest.approx(alone.q_between, rel=1e-9)
    assert fit.q_between_df == alone.q_between_df


def test_scores_become_odds_with_the_sign_of_response(joined: Joined) -> None:
    analysis = joined.evidence.dossier.analyses["scores_all"]
    links = links_of(joined.evidence, analysis, "Placebo")
    effects = contrasts(joined.evidence, analysis).effects
    for link, effect in zip(links.links, effects, strict=True):
        assert link.te == pytest.approx(-effect.yi * math.pi / math.sqrt(3), rel=1e-12)
        assert link.se == pytest.approx(math.sqrt(effect.vi) * math.pi / math.sqrt(3), rel=1e-12)
    assert {link.study for link in links.links} >= {"brin2020/u30_v_placebo", "brin2020/u50_v_placebo"}


def test_both_dose_groups_of_the_largest_trial_have_a_placebo_of_their_own(evidence: Evidence) -> None:
    """So that neither is counted twice, and there is no correlation to carry into the network."""
    study = evidence.studies["brin2020"]
    assert len({comparison.versus for comparison in study.comparisons.values()}) == len(study.comparisons)


def test_own_spread_gives_the_interval_of_the_trials_alone(joined: Joined) -> None:
    analysis = joined.evidence.dossier.analyses["scores_with_other_site"]
    links = links_of(joined.evidence, analysis, "Placebo")
    fit = joined.fit(_own_spread(joined, links))
    at = fit.treatments.index(TOXIN), fit.treatments.index("Placebo")
    alone = pool([link.te for link in links.links], [link.se**2 for link in links.links])
    assert fit.te_random[at] == pytest.approx(alone.estimate, rel=1e-10)
    assert 1.959963984540054 * fit.se_random[at] == pytest.approx((alone.ci_high - alone.ci_low) / 2, rel=1e-6)


def test_the_placebo_of_the_network_takes_its_factor_off_the_odds_ratio(found: Alternatives) -> None:
    odds_there, odds_here = 651 / (1656 - 651), 8 / (75 - 8)
    assert found.bias is not None
    assert found.bias.value == pytest.approx(odds_there / odds_here, rel=1e-12)
    shift = next(each for each in found.shifts if each.what == "placebo response")
    assert shift.effect.value == pytest.approx(found.joins[0].first.value / found.bias.value, rel=1e-8)  # type: ignore[operator]


def test_the_place_is_shown_with_all_that_moves_it(found: Alternatives, evidence: Evidence) -> None:
    assert found.certainty == "very low"
    assert not found.checkable
    assert found.options.value == 23
    assert len(found.alternatives) == 22
    assert found.joins[0].label == evidence.dossier.analyses["response_saline"].label
    what = {each.what for each in found.shifts}
    assert what >= {"without one trial", "spread between trials", "placebo response", "bias taken off each trial"}
    labels = [each.option for each in found.shifts if each.what == "without one trial"]
    assert labels == ["Wollmer 2012", "Finzi 2014", "Magid 2014"]
    values = [claim.value for claim in (*(j.first for j in found.joins), *(s.effect for s in found.shifts))]
    assert found.range.low == min(values)  # type: ignore[type-var]
    assert found.range.high == max(values)  # type: ignore[type-var]
    assert found.range.low < 1 < found.range.high  # type: ignore[operator]


def test_alternatives_stand_in_the_order_of_the_plot(found: Alternatives) -> None:
    effects = [each.effect.value for each in found.alternatives]
    assert effects == sorted(effects, reverse=True)  # type: ignore[type-var]
    link = next(each for each in found.alternatives if each.id == "Placebo")
    assert (link.control.value, link.control.low, link.control.high) == (1.0, 1.0, 1.0)


def test_leaving_a_trial_out_is_the_dossier_without_it(folder: Path, found: Alternatives) -> None:
    less = edited(folder, "dossier.yaml", """    outcome: response
    measure: OR
    time: 6
    comparisons:
    - wollmer2012/toxin_v_placebo
""", """    outcome: response
    measure: OR
    time: 6
    comparisons:
""")  # fmt: skip
    them = alternatives(less, lambda claim: claim)
    assert them is not None
    shift = next(each for each in found.shifts if each.option == "Wollmer 2012")
    assert them.joins[0].first.value == pytest.approx(shift.effect.value, rel=1e-10)


def test_a_prior_moves_effects_by_its_mean_and_names_its_source(found: Alternatives, evidence: Evidence) -> None:
    shift = next(each for each in found.shifts if each.option == "raters who know the treatment")
    assert {source.reference for source in shift.effect.sources} >= {"HRO13", "LIN16"}
    assert dict(shift.effect.inputs)["priors.yaml"] == evidence.digests["priors.yaml"]
    others = next(each for each in found.shifts if each.what == "without one trial")
    assert "priors.yaml" not in dict(others.effect.inputs)
    assert shift.effect.value < found.joins[0].first.value  # type: ignore[operator]


def test_combinations_are_those_of_the_network_beside_sums(found: Alternatives, joined: Joined) -> None:
    them = found.combined
    assert [each.label for each in them.combinations] == [
        "CBT with an SSRI", "problem-solving with an SSRI", "interpersonal with an SSRI",
    ]  # fmt: skip
    assert them.additivity is not None
    from glabella.synthesis import component_network

    study, one, other, te, se = joined.columns
    sums = component_network(study, one, other, te, se, inactive="Placebo")
    assert them.additivity.value == pytest.approx(sums.q_difference_p, rel=1e-9)
    for each, name in zip(them.combinations, ("CBT", "PST", "interpsy"), strict=True):
        told = sums.effect(f"Face-to-face {name} + SSRI", "Placebo")
        assert each.additive.value == pytest.approx(math.exp(told.estimate), rel=1e-9)


def test_no_trial_can_tell_a_combination_from_the_toxin_alone(found: Alternatives) -> None:
    them = found.combined
    assert (them.tested.value, them.verdict) == (0, "untested")
    assert [(each.trials.value, each.comparisons.value) for each in them.added] == [(2, 2), (1, 2), (4, 2)]


def test_a_trial_of_toxin_with_and_without_something_changes_the_verdict(evidence: Evidence) -> None:
    study = evidence.studies["onadep2024"]
    told = {key: one.model_copy(update={"control": "drug"}) for key, one in study.comparisons.items()}
    studies = {**evidence.studies, study.id: study.model_copy(update={"comparisons": told})}
    them = alternatives(replace(evidence, studies=studies), lambda claim: claim)
    assert them is not None
    assert (them.combined.tested.value, them.combined.verdict) == (1, "tested")


def test_a_dossier_without_a_network_has_no_such_answer(evidence: Evidence) -> None:
    assert alternatives(replace(evidence, comparators=None, network=None), lambda claim: claim) is None


def test_a_table_of_arms_joins_as_its_contrasts_do(tmp_path: Path) -> None:
    file = tmp_path / "arms.csv"
    file.write_text(
        "study,treatment,events,n\na,x,20,50\na,y,10,50\na,z,12,50\nb,x,9,30\nb,y,4,31\n", encoding="utf-8"
    )
    study, one, other, te, se = contrast_columns(read_table(file, "arms.csv", "arms", "OR"), "OR")
    assert list(zip(study, one, other, strict=True)) == [
        ("a", "x", "y"), ("a", "x", "z"), ("a", "y", "z"), ("b", "x", "y"),
    ]  # fmt: skip
    assert te[0] == pytest.approx(math.log(20 * 40 / (30 * 10)))
    assert se[0] == pytest.approx(math.sqrt(1 / 20 + 1 / 30 + 1 / 10 + 1 / 40))


def test_a_network_in_two_parts_is_an_error_that_names_them(folder: Path) -> None:
    path = folder / "tables" / "linde2016.csv"
    text = re.sub(r"^\d+[^\n]*,(?:NRI|Face-to-face psychodyn),[^\n]*\n", "", path.read_text(encoding="utf-8"),
                  flags=re.MULTILINE)  # fmt: skip
    path.write_text(text + "900,NRI,Face-to-face psychodyn,0.1,0.2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="falls into 2 parts"):
        alternatives(load(folder), lambda claim: claim)


def test_every_claim_has_a_name_of_its_own(evidence: Evidence) -> None:
    made: list[Claim] = []

    def keep(claim: Claim) -> Claim:
        made.append(claim)
        return claim

    alternatives(evidence, keep)
    assert len({claim.id for claim in made}) == len(made)
    assert all(claim.sources and claim.inputs for claim in made)
