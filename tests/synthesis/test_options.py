"""What an analysis takes from trials under other options."""

from __future__ import annotations

import pytest

from glabella.dossier import Evidence, Option, load
from glabella.synthesis import contrasts, contrasts_of_each


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return load()


def found(evidence: Evidence, **options: object) -> dict[str, tuple[float | None, str | None]]:
    """Give time and scale of each effect of all placebo-controlled comparisons, with other options."""
    analysis = evidence.dossier.analyses["scores_with_other_site"].choosing(Option.model_validate(options))
    return {f"{e.study}/{e.comparison}": (e.time, e.scale) for e in contrasts(evidence, analysis).effects}


def test_options_choose_the_time(evidence: Evidence) -> None:
    assert {time for time, _ in found(evidence).values()} == {6}
    assert found(evidence, when="first")["brin2020/u30_v_placebo"] == (3, "madrs")
    last = found(evidence, when="last")
    assert last["brin2020/u30_v_placebo"] == (9, "madrs")
    assert last["wollmer2012/toxin_v_placebo"] == (16, "ham_d17")
    # The higher dose borrows its spread from the other one at the same time, whatever time that one shows.
    assert last["brin2020/u50_v_placebo"] == (6, "madrs")


def test_a_borrowed_spread_is_of_the_same_time(evidence: Evidence) -> None:
    named = evidence.dossier.analyses["scores_all"]
    # Together, so that what one computed could be taken for the other.
    both = contrasts_of_each(evidence, [named, named.choosing(Option(when="last"))])
    (one,), (two,) = ([e for e in each.effects if e.comparison == "u50_v_placebo"] for each in both)
    assert (one.yi, one.vi) == (two.yi, two.vi)


def test_analyses_computed_together_are_those_computed_alone(evidence: Evidence) -> None:
    named = evidence.dossier.analyses["scores_with_other_site"]
    options = [
        Option(), Option(when="first"), Option(when="last"), Option(uses=("response",)), Option(raters=("self",)),
        Option(raters=("self", "clinician")), Option(not_from=("AGN17",)), Option(controls=("placebo",)),
        Option(without=("brin2020/u30_v_placebo",)),
    ]  # fmt: skip
    analyses = [named.choosing(each) for each in options]
    assert contrasts_of_each(evidence, analyses) == [contrasts(evidence, each) for each in analyses]


def test_options_choose_who_rates(evidence: Evidence) -> None:
    assert found(evidence)["magid2014/toxin_v_placebo"][1] == "hdrs21"
    first = found(evidence, raters=("self", "clinician"))
    assert first["magid2014/toxin_v_placebo"][1] == "bdi"
    assert first["finzi2014/toxin_v_placebo"][1] == "madrs"
    assert list(found(evidence, raters=("self",))) == ["magid2014/toxin_v_placebo"]


def test_options_keep_kinds_of_trials(evidence: Evidence) -> None:
    assert list(found(evidence, co_treatment=("adjunct",))) == [
        "wollmer2012/toxin_v_placebo",
        "onadep2024/glabella_v_crows_feet",
    ]
    assert found(evidence, co_treatment=("mixed",)) == {}
    assert "onadep2024/glabella_v_crows_feet" not in found(evidence, controls=("placebo",))
    analysis = evidence.dossier.analyses["scores_all"].choosing(Option(blinding=("double",)))
    reasons = {each.study: each.reason for each in contrasts(evidence, analysis).not_computed}
    assert reasons["zamanian2017"] == "blinding is unknown, not double"


def test_numbers_of_a_source_can_be_left_out(evidence: Evidence) -> None:
    without = found(evidence, not_from=("AGN17",))
    assert "brin2020/u30_v_placebo" in without
    assert "brin2020/u50_v_placebo" not in without


def test_response_alone_has_the_sign_of_a_score(evidence: Evidence) -> None:
    analysis = evidence.dossier.analyses["scores_all"].choosing(Option(uses=("response",)))
    effects = contrasts(evidence, analysis).effects
    assert len(effects) == 3
    assert all(effect.yi < 0 and effect.route == "response odds" for effect in effects)
