"""What to extract next: which values are missing, what each could move, in which order. Trials are made up."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glabella.decision.to_extract import KINDS, to_extract
from glabella.dossier import Evidence, load, shipped
from glabella.synthesis import arrays, contrasts, pool
from tests.brief.made_up_trials import Trial, counted, made_up, number, scored
from tests.brief.sections import changed

SCORED = [
    scored("Able 2001", 14.0, 5.0, 40, (10.0, 5.0, 40)),
    scored("Baker 2002", 13.0, 5.0, 40, (9.5, 5.0, 40)),
    scored("Cole 2003", 12.0, 5.0, 40, (9.0, 5.0, 40)),
]
#: Of its groups only the people were seen.
UNSEEN = Trial("Dale 2004", {}, {}, more={
    "results": [],
    "arms": {
        "drug": {"label": "my drug", "treatment": "my_drug", "role": "active", "n_randomised": number(30)},
        "placebo": {"label": "placebo", "treatment": "placebo", "role": "control", "n_randomised": number(50)},
    },
})  # fmt: skip


def kinds(evidence: Evidence) -> list[tuple[str, str]]:
    return [(one.study, one.kind) for one in to_extract(evidence)]


def of(evidence: Evidence, kind: str) -> list[Any]:
    return [one for one in to_extract(evidence) if one.kind == kind]


def test_means_and_counts_that_were_seen_are_not_missing(tmp_path: Path) -> None:
    scores = made_up(tmp_path / "scores", "SMD", "higher", SCORED)
    assert of(scores, "scores") == []
    counts = made_up(tmp_path / "counts", "OR", "higher", [counted("Able 2001", 10, 20, 5, 20)])
    assert of(counts, "response") == []


def test_a_trial_without_an_effect_is_put_in_at_the_ends_of_the_others(tmp_path: Path) -> None:
    evidence = made_up(tmp_path / "d", "SMD", "higher", [*SCORED, UNSEEN])
    (one,) = of(evidence, "scores")
    assert (one.study, one.comparison, one.analysis) == ("dale2004", "drug_v_placebo", "response_all")
    yi, vi = arrays(contrasts(evidence, evidence.dossier.analyses["response_all"]).effects)
    variance = sorted(v * 20 for v in vi)[1] * 80 / (30 * 50)
    for end, effect in zip(one.if_known.ends, (0.0, max(yi)), strict=True):
        by_hand = pool([*yi, effect], [*vi, variance], test="adhoc")
        assert end == pytest.approx((by_hand.estimate, by_hand.ci_low, by_hand.ci_high))


def test_a_trial_of_unknown_size_has_half_its_people_on_each_side_or_those_of_the_middle_trial(
    tmp_path: Path,
) -> None:
    sized = made_up(tmp_path / "d", "SMD", "higher", [*SCORED, UNSEEN])

    def with_sizes(total: float | None) -> Evidence:
        study = sized.studies["dale2004"]
        arms = {key: arm.model_dump(mode="json") for key, arm in study.arms.items()}
        for arm in arms.values():
            arm["n_randomised"] = {"value": None, "status": "missing"}
        n = number(total) if total is not None else {"value": None, "status": "missing"}
        study = changed(study, n_randomised=n, arms=arms)
        return replace(sized, studies={**sized.studies, study.id: study})

    ends = {total: sum(of(with_sizes(total), "scores")[0].if_known.ends, ()) for total in (None, 80, 800)}
    assert ends[None] == pytest.approx(ends[80])  # forty on each side, as in the others
    assert ends[800] != pytest.approx(ends[80])


def test_a_comparison_that_an_analysis_does_not_want_is_not_missing(tmp_path: Path) -> None:
    def double_only(plan: dict[str, Any]) -> None:
        plan["analyses"]["response_all"]["blinding"] = ["double"]

    trial = replace(
        UNSEEN, more={**UNSEEN.more, "design": {"type": "parallel", "randomised": "yes", "blinding": "open"}}
    )
    assert of(made_up(tmp_path / "a", "SMD", "higher", [*SCORED, trial], change=double_only), "scores") == []
    assert len(of(made_up(tmp_path / "b", "SMD", "higher", [*SCORED, trial]), "scores")) == 1


def test_where_nothing_can_be_pooled_only_what_needs_no_pool_is_listed(tmp_path: Path) -> None:
    evidence = made_up(tmp_path / "d", "SMD", "higher", [UNSEEN])
    assert kinds(evidence) == [("dale2004", "harms")]


def test_judgements_and_guess_tests_move_the_certainty_of_all_trials_together(tmp_path: Path) -> None:
    judged = [replace(trial, judgement="low") for trial in SCORED[:2]]
    evidence = made_up(tmp_path / "d", "SMD", "higher", [*judged, SCORED[2]])
    (bias,) = of(evidence, "risk_of_bias")
    assert (bias.study, bias.reasons, bias.if_known) == ("cole2003", 1, None)
    assert {one.study for one in of(evidence, "guesses")} == {"able2001", "baker2002", "cole2003"}
    seen = [replace(trial, judgement="low", guessed=True) for trial in SCORED]
    assert of(made_up(tmp_path / "e", "SMD", "higher", seen), "guesses") == []


def test_a_judgement_that_is_bad_stays_whatever_else_is_known(tmp_path: Path) -> None:
    trials = [replace(SCORED[0], judgement="high"), *SCORED[1:]]
    assert {one.reasons for one in of(made_up(tmp_path / "d", "SMD", "higher", trials), "risk_of_bias")} == {0}


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return load(shipped())


def test_what_could_turn_an_answer_stands_first_then_what_moves_most(evidence: Evidence) -> None:
    found = to_extract(evidence)
    leads = [one.turns and one.analysis == evidence.dossier.headline for one in found]
    order = [(not first, not one.turns, -round(one.moved, 6), -one.reasons)
             for first, one in zip(leads, found, strict=True)]  # fmt: skip
    assert leads[0]
    assert sum(one.turns for one in found) > sum(leads)
    assert order == sorted(order)
    assert {one.kind for one in found} == KINDS.keys()


def test_counts_of_a_trial_with_scores_lie_where_its_scores_lay(evidence: Evidence) -> None:
    dossier = evidence.dossier
    headline = contrasts(evidence, dossier.analyses[dossier.headline])
    score = next(each for each in headline.effects if each.comparison == "u50_v_placebo")
    found = next(
        one for one in to_extract(evidence)
        if (one.comparison, one.analysis) == ("u50_v_placebo", "response_saline")
    )  # fmt: skip
    effects = contrasts(evidence, dossier.analyses["response_saline"]).effects
    yi, vi = arrays(effects)
    each = sorted(v * e.n1 * e.n2 / (e.n1 + e.n2) for v, e in zip(vi, effects, strict=True))
    variance = each[len(each) // 2] * (score.n1 + score.n2) / (score.n1 * score.n2)
    for end, side in zip(found.if_known.ends if found.if_known else (), (-1, 1), strict=True):
        # Lower scores are better, more responders are.
        odds = -(score.yi + side * 1.959963984540054 * math.sqrt(score.vi)) * math.pi / math.sqrt(3)
        by_hand = pool([*yi, odds], [*vi, variance], test="adhoc")
        assert end == pytest.approx((by_hand.estimate, by_hand.ci_low, by_hand.ci_high))


def test_an_effect_moves_as_far_as_it_was_made_indirectly(evidence: Evidence) -> None:
    found = {
        (one.study, one.comparison): one
        for one in to_extract(evidence)
        if one.kind == "scores" and one.analysis == evidence.dossier.headline
    }
    # From a printed statistic; with a borrowed spread; from counts of response.
    still, borrowed = (found["brin2020", f"{dose}_v_placebo"].moved for dose in ("u30", "u50"))
    assert 0 == still < borrowed < found["magid2014", "toxin_v_placebo"].moved


def test_what_is_sought_stands_where_the_dossier_says_and_in_its_reports(evidence: Evidence) -> None:
    found = next(one for one in to_extract(evidence) if (one.study, one.kind) == ("finzi2014", "scores"))
    study = evidence.studies["finzi2014"]
    assert found.where[0] == study.look_in["scores"]
    assert study.registration in found.where
    assert f"PMID {evidence.references['FIN14'].PMID}" in found.where
    harms = next(one for one in to_extract(evidence) if (one.study, one.kind) == ("magid2014", "harms"))
    assert study.registration not in harms.where
    # A registry number that the dossier's words name stands once.
    assert sum("NCT01392963" in text for text in harms.where) == 1


def test_harm_is_missing_of_every_randomised_trial_of_the_question_without_counts(evidence: Evidence) -> None:
    named = {one.study for one in to_extract(evidence) if one.kind == "harms"}
    assert "onadep2024" in named
    assert "hexsel2013" not in named
    people = [one.people for one in to_extract(evidence) if one.kind == "harms"]
    assert people == sorted(people, key=lambda n: -(n or 0))
