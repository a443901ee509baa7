"""The sections effect and absolute: what they say of differences and ratios, whichever side is better."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from glabella.brief.measure import axis, favours, sides
from glabella.brief.results import Results
from glabella.brief.sections import absolute, effect
from glabella.dossier import load
from glabella.shown import Claim, Details, Drawn, Ledger, Section, Table, blocks_of, claims_of, plain
from tests.brief.made_up_trials import (
    Data,
    Trial,
    bare_digits,
    counted,
    lead,
    made_up,
    number,
    said,
    scored,
    tables,
)

#: No sentence of a section may know what is treated, nor with what.
FOREIGN = re.compile(r"toxin|botul|frown|brow|wrinkle|depress|madrs|mood|cosmetic|saline|muscle|inject|women", re.I)
FEWER = [counted("Able 2001", 10, 100, 20, 100), counted("Baker 2002", 15, 150, 32, 150),
         counted("Cole 2003", 8, 80, 15, 80)]  # fmt: skip
POINTS = [scored("Able 2001", 14.0, 5.0, 40, (10.0, 5.0, 40)), scored("Baker 2002", 13.0, 5.0, 40, (9.5, 5.0, 40)),
          scored("Cole 2003", 12.0, 5.0, 40, (9.0, 5.0, 40))]  # fmt: skip


@pytest.fixture(scope="module")
def results() -> Results:
    return Results(load())


@pytest.fixture(scope="module")
def shipped(results: Results) -> tuple[Section, Ledger]:
    book = Ledger()
    return effect.report(results, book), book


def section(folder: Path, measure: str, better: str, trials: list[Trial], **more: object) -> Section:
    evidence = made_up(folder / "dossier", measure, better, trials, **more)  # type: ignore[arg-type]
    found = effect.report(Results(evidence), Ledger())
    assert not FOREIGN.search(said(found)), said(found)
    assert bare_digits(found) == []
    return found


def absolutes(folder: Path, measure: str, better: str, trials: list[Trial]) -> Section | None:
    evidence = made_up(folder / "dossier", measure, better, trials)
    found = absolute.report(Results(evidence), Ledger())
    assert found is None or (not FOREIGN.search(said(found)) and bare_digits(found) == [])
    return found


# --- the shipped dossier ------------------------------------------------------------------------------------


def test_the_headline_leads_in_words(shipped: tuple[Section, Ledger]) -> None:
    found, book = shipped
    estimate, k, trials, n = (book.claims[f"scores_all.{name}"].text for name in ("estimate", "k", "trials", "n"))
    assert (trials, k) == ("4", "5")
    first = lead(found)
    start = f"Pooled over {trials} trials ({k} comparisons) and {n} people the standardised mean difference in "
    assert f"{start}depression score is {estimate}; below zero favours " in first
    assert (
        "; the interval includes zero. It blends scores and counts: the counts of Finzi 2014, Magid 2014 were "
        "turned into differences of scores. The standard error of Brin 2020, higher dose is borrowed from the same "
        "trial’s other comparison. In MADRS points that is −8 (−18 to 2), at a standard deviation of 10.6. "
        "Certainty: very low. Why: the trials disagree: in a new trial the effect may lie from −24 to 8 points, "
        "which includes a harm that matters (spread between trials assumed); too few people: 389 of 392 needed; "
        "no trial is known to be at low risk of bias; blinding is doubtful: people can see or feel the effect, and "
        "how many guessed is not known; indirect evidence: almost only women."
    ) in first


def test_a_prediction_interval_is_not_taken_at_its_word(shipped: tuple[Section, Ledger]) -> None:
    found, book = shipped
    assert (
        f"from {book.claims['scores_all.prediction'].limits} (prediction interval). Fewer than five trials cannot "
        "tell how trials differ; it rests on a prior: mental health, a drug against placebo, standardised "
        "differences."
    ) in said(found)


def test_the_largest_trial_stands_by_itself_as_printed(shipped: tuple[Section, Ledger]) -> None:
    found, _ = shipped
    assert (
        "The largest trial by itself. Brin 2020, lower dose: −3.7 MADRS points, p = 0.053; Brin 2020, higher dose: "
        "1.3 MADRS points; together: −1.1 points (−3.7 to 1.5), the standard error of one of them borrowed from "
        "the other. Below zero favours the toxin. The sponsor named 3 main comparisons, each dose with its placebo "
        "and both together, and the printed p is of one of them. (reported by another source) Small trials: −12 "
        "points (−23 to −2).\n"
    ) in said(found)


def test_every_declared_analysis_has_its_forest(results: Results, shipped: tuple[Section, Ledger]) -> None:
    found, book = shipped
    drawn = {cell.claim.id: (cell.look, row.look) for table in tables(found) for row in table.rows
             for cell in row.cells if isinstance(cell, Drawn)}  # fmt: skip
    for key, one in results.pooled.items():
        assert drawn[f"{key}.estimate"][0] == "pooled"
        predicted = book.claims[f"{key}.prediction"].limits is not None
        assert drawn.get(f"{key}.prediction") == (("prediction", "") if predicted else None)
        for each in one.effects:
            assert drawn[f"{key}.{each.study}.{each.comparison}.effect"] == ("trial", "")
    first = next(table for table in tables(found) if table.axis)
    assert [row.look for row in first.rows] == [""] * 5 + ["pooled", ""]
    assert (first.axis.null, first.axis.ratio) == (0, False) if first.axis else False
    weights = [cell.weight for row in first.rows for cell in row.cells if isinstance(cell, Drawn)][:5]
    assert sum(weights) == pytest.approx(1)
    assert {"scores_all.i2", "scores_all.tau2"} <= book.claims.keys()
    assert f"(I²): {book.claims['scores_all.i2'].text}; variance of true effects between trials (τ²): " in plain(
        first.note
    )


def test_claims_are_called_by_the_terms_of_the_field(shipped: tuple[Section, Ledger]) -> None:
    claims, whole = shipped[1].claims, "every placebo-controlled comparison, depression score"
    assert {name: claims[f"scores_all.{name}"].label for name in ("estimate", "prediction", "i2", "tau2")} == {
        "estimate": f"pooled effect: {whole}",
        "prediction": f"a new trial’s true effect: {whole}",
        "i2": f"variability between trials beyond chance (I²): {whole}",
        "tau2": f"variance of true effects between trials (τ²): {whole}",
    }
    read = [
        claim.label
        for name, claim in claims.items()
        if name.startswith("scores_all.wollmer2012.")
        if ".step0." in name
    ]
    assert [label.partition(":")[0] for label in read] == [
        "F", "error degrees of freedom", "people with treatment", "people in the control",
    ]  # fmt: skip
    assert claims["largest.brin2020.u30_v_placebo.p"].label == "p: Brin 2020, lower dose"


def test_counts_stand_where_an_effect_was_made_from_them(shipped: tuple[Section, Ledger]) -> None:
    first = next(table for table in tables(shipped[0]) if table.axis)
    cells = {plain(row.cells[0]): (plain(row.cells[1]), plain(row.cells[2])) for row in first.rows}
    assert cells["Wollmer 2012 HAM-D17, F statistic"] == ("15", "15")
    assert cells["Finzi 2014 MADRS, response odds"] == ("17 / 33", "6 / 41")
    assert "Where no events stand, the effect was computed from scores." in plain(first.note)
    assert "events / people, or people" in plain(first.columns[1].head)


def test_what_is_not_in_it_is_named_by_its_label(shipped: tuple[Section, Ledger]) -> None:
    text = said(shipped[0])
    assert "Left out, and why:\nZamanian 2017: the number analysed in each arm was not seen" in text
    assert "zamanian2017/" not in text


def test_how_an_effect_was_made_is_told_once(shipped: tuple[Section, Ledger]) -> None:
    text = said(shipped[0])
    assert (
        text.count(
            "Wollmer 2012: d from the printed F, corrected for small samples (F 12.3, error degrees of freedom 28, "
        )
        == 1
    )
    folds = [block for block in blocks_of((shipped[0],)) if isinstance(block, Details)]
    assert sum("How each effect was computed" in plain(fold.summary) for fold in folds) == 8


def test_other_choices_of_trials_stand_beside_the_headline(shipped: tuple[Section, Ledger]) -> None:
    text = said(shipped[0])
    assert (
        "\nOther choices of trials\nStandardised mean difference in depression score, week 6; below zero favours"
        in text
    )
    assert "\nResponse\nOdds ratio of response, week 6; above one favours" in text
    assert (
        "\nThe trials: remission, small trials against placebo\nPooled over 3 trials and 134 people the odds ratio"
        in text
    )
    assert bare_digits(shipped[0]) == []


def test_how_large_a_difference_matters(shipped: tuple[Section, Ledger]) -> None:
    assert "How large a difference matters?\nA MADRS difference of 1.6 to 1.9 points matters" in said(shipped[0])


def test_every_claim_has_a_source(shipped: tuple[Section, Ledger]) -> None:
    for claim in shipped[1].claims.values():
        assert claim.value is None or claim.sources, claim.id


# --- made-up dossiers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "better", "trials", "words"),
    [
        ("RR", "lower", FEWER, "the risk ratio of response is 0.49 (0.21 to 1.15); below one favours my "
         "drug; the interval includes one."),
        ("RR", "higher", FEWER, "above one favours my drug; the interval includes one."),
        ("OR", "lower", FEWER, "the odds ratio of response is 0.44 (0.16 to 1.17); below one favours"),
        ("RD", "lower", FEWER, "the risk difference of response is −0.10 (−0.22 to 0.02); below zero favours"),
        ("MD", "higher", POINTS, "the mean difference in response is 3.5 (0.7 to 6.3); above zero favours my "
         "drug; the interval excludes zero."),
        ("SMD", "higher", POINTS, "the standardised mean difference in response is 0.7 (0.1 to 1.3); above"),
    ],
)  # fmt: skip
def test_the_answer_names_measure_and_direction(
    tmp_path: Path, measure: str, better: str, trials: list[Trial], words: str
) -> None:
    found = section(tmp_path, measure, better, trials)
    assert words in lead(found)
    assert re.match(r"Pooled over 3 trials and \d+ people the ", lead(found))
    (table,) = tables(found)
    assert table.axis is not None
    null, ratio = (1, True) if measure in ("OR", "RR") else (0, False)
    assert (table.axis.null, table.axis.ratio) == (null, ratio)
    ours, theirs = "favours my drug", "favours the control"
    assert (table.axis.left, table.axis.right) == ((ours, theirs) if better == "lower" else (theirs, ours))
    assert table.axis.low < null < table.axis.high


def test_an_axis_holds_estimates_and_cuts_far_ends() -> None:
    def claim(value: float, low: float, high: float) -> Claim:
        return Claim("x", "x", value, "", "", "", "low", "x", "1", (), (), low, high)

    found = axis("RR", "lower", "it", (claim(0.5, 0.4, 0.6), claim(2.0, 0.01, 400.0)))
    assert found.low <= 0.5
    assert 2.0 <= found.high < 400
    assert math.log10(found.high) % 1 == pytest.approx(0) or found.high / 10 ** math.floor(
        math.log10(found.high)
    ) in (2, 5)
    found = axis("MD", "higher", "it", (claim(3, 2, 4),), important=6.0)
    assert found.low < 0
    assert found.high >= 6
    assert found.important == 6
    assert axis("SMD", "lower", "it", (claim(0, 0, 0),)).high > 0
    assert axis("OR", "lower", "it", (claim(1.0, 0.0, math.inf),)).ratio


def test_directions_are_said_for_every_measure() -> None:
    assert favours("RD", "higher", "the drug") == "above zero favours the drug"
    assert favours("RR", "lower", "the drug") == "below one favours the drug"
    assert sides("lower", "the drug") == ("favours the drug", "favours the control")


def test_one_trial_stands_for_itself(tmp_path: Path) -> None:
    found = section(tmp_path, "OR", "higher", [counted("Able 2001", 30, 100, 15, 100)])
    assert lead(found).startswith(
        "In the one trial with 200 people the odds ratio of response is 2.4 (1.2 to 4.9); above"
    )
    text = said(found)
    assert "In a new trial" not in text
    assert "A new trial" not in text
    assert "Pooled" not in text
    assert "Variability" not in text
    assert "The largest trial" not in text
    assert "Left out" not in text
    assert "How large a difference matters?" not in text
    assert "Other choices of trials" not in text


#: A made-up prior of the spread between trials.
SPREAD: Data = {
    "heterogeneity": {
        "known": {
            "label": "a made-up spread", "of": "tau", "measure": "any", "applies_to": "anything",
            "family": "half_normal", "parameters": {"scale": number(0.3)}, "usual": True,
            "why": [{"text": "It is made up.", "status": "seen", "source": "EXAMPLE"}],
        }
    }
}  # fmt: skip


def test_two_trials_are_pooled_under_the_prior_and_said_to_be(tmp_path: Path) -> None:
    found = section(tmp_path, "RR", "lower", FEWER[:2], priors=SPREAD)
    assert lead(found).startswith("Pooled over 2 trials and ")
    text = said(found)
    assert "it rests on a prior: a made-up spread." in text
    (table,) = tables(found)
    assert plain(table.rows[2].cells[0]).startswith("Pooled under a prior, ")
    claim = claims_of((found,))
    (estimate,) = (each for each in claim if each.id == "response_all.estimate")
    assert estimate.interval == "95 % credible interval"
    assert "priors.yaml" in dict(estimate.inputs)
    assert "Variability between trials" not in plain(table.note)


def test_below_five_trials_without_a_prior_no_new_one_is_told(tmp_path: Path) -> None:
    text = said(section(tmp_path, "RR", "lower", FEWER))
    assert "Fewer than five trials do not tell how trials differ, and no prior of that is declared" in text
    assert "A new trial" not in text


def test_five_trials_tell_of_a_new_one_by_themselves(tmp_path: Path) -> None:
    trials = [counted(f"Able {2001 + at}", 20 + 3 * at, 200, 40, 200) for at in range(5)]
    text = said(section(tmp_path, "RR", "lower", trials, priors=SPREAD))
    assert "(prediction interval; with few trials it is often too narrow)." in text


def test_an_interval_that_had_to_be_widened_is_said_to_be(tmp_path: Path) -> None:
    words = "These trials lie closer together than chance has them, so the interval rests on the usual error."
    (table,) = tables(section(tmp_path, "RR", "lower", FEWER))
    assert words in plain(table.note)
    apart = [counted(f"Able {2001 + at}", 10 + 30 * at, 200, 40, 200) for at in range(3)]
    assert words not in plain(tables(section(tmp_path / "apart", "RR", "lower", apart))[0].note)


def test_the_largest_trial_alone_is_one_trial(shipped: tuple[Section, Ledger]) -> None:
    text = said(shipped[0])
    assert "In the one trial, its comparisons taken as one effect, with 255 people" in text
    assert "Together, as one trial, 255 people" in text


def test_certainty_without_a_reason_says_no_more(tmp_path: Path) -> None:
    sure = {"judgement": "low", "guessed": True}
    trials = [counted(f"Able {2001 + at}", 20 + at, 200, 40, 200, **sure) for at in range(5)]
    undeclared = ". Why: rated as any benefit: no smallest difference that matters is declared."
    assert lead(section(tmp_path, "RR", "lower", trials)).endswith(f"Certainty: high{undeclared}")

    def important(plan: Data) -> None:
        plan["outcomes"]["response"]["important"] = number(0.9)

    assert lead(section(tmp_path / "sure", "RR", "lower", trials, change=important)).endswith("Certainty: high.")


def test_the_largest_trial_has_its_effect_where_no_difference_is_printed(tmp_path: Path) -> None:
    trials = [*FEWER, counted("Dunn 2004", 400, 4000, 420, 4000, largest=True)]
    assert "The largest trial by itself. Dunn 2004: risk ratio 0.95 (0.84 to 1.08). Below one favours my drug." in (
        said(section(tmp_path, "RR", "lower", trials))
    )


def test_a_largest_trial_without_an_effect_is_not_told(tmp_path: Path) -> None:
    trials = [*FEWER, counted("Dunn 2004", 4, 40, 9, 40, largest=True, more={"results": []})]
    found = said(section(tmp_path, "RR", "lower", trials))
    assert "The largest trial" not in found
    assert "Left out, and why:\nDunn 2004: no result for this outcome at this week was seen" in found


def test_a_p_that_is_a_bound_is_no_equation(tmp_path: Path) -> None:
    between = {"difference": number(4.0), "p": number(0.001, bound="<"), "favours": "arm"}
    trials = [*POINTS, scored("Dunn 2004", 14.0, 5.0, 90, (10.0, 5.0, 90), between=between, largest=True)]
    assert "Dunn 2004: 4 my scale points, p < 0.001. Above zero" in said(section(tmp_path, "MD", "higher", trials))


def test_people_stand_where_there_are_no_events(tmp_path: Path) -> None:
    (table,) = tables(section(tmp_path, "MD", "higher", POINTS))
    assert plain(table.columns[1].head) == "my drug people"
    assert plain(table.rows[0].cells[1]) == "40"
    assert "Where no events stand" not in plain(table.note)


def test_a_shared_control_is_said_to_be_shared(tmp_path: Path) -> None:
    def second_arm(plan: Data) -> None:
        plan["analyses"]["response_all"]["comparisons"].append("able2001/more_v_placebo")

    one = FEWER[0]
    arms = {"drug": "low dose", "more": "high dose", "placebo": "placebo"}
    roles = {"drug": "active", "more": "active", "placebo": "control"}
    treatments = {"drug": "my_drug", "more": "my_drug", "placebo": "placebo"}
    shown = {"drug": (10, 100), "more": (12, 100), "placebo": (20, 100)}
    more = {
        "n_randomised": number(300),
        "arms": {key: {"label": arms[key], "role": roles[key], "treatment": treatments[key],
                       "n_randomised": number(100)} for key in arms},
        "comparisons": {f"{key}_v_placebo": {"arm": key, "versus": "placebo", "control": "placebo"}
                        for key in ("drug", "more")},
        "results": [{"outcome": "response", "time": 6,
                     "arms": {key: {"events": number(a), "n": number(b)} for key, (a, b) in shown.items()}}],
    }  # fmt: skip
    trial = Trial(one.name, one.arm, one.control, more=more)
    found = section(tmp_path, "RR", "lower", [trial, *FEWER[1:]], change=second_arm)
    assert lead(found).startswith("Pooled over 3 trials (4 comparisons) and ")
    (table,) = tables(found)
    assert "A control that serves several comparisons is shared out" in plain(table.note)
    rows = {plain(row.cells[0]): plain(row.cells[2]) for row in table.rows}
    assert rows["Able 2001, low dose counts"] == "20 / 100"
    assert "shared out" not in plain(tables(section(tmp_path / "none", "RR", "lower", FEWER))[0].note)


@pytest.mark.parametrize(
    ("measure", "better", "least", "more", "drawn"),
    [
        ("MD", "higher", 2, {}, 2.0),
        ("MD", "lower", 2, {}, -2.0),
        ("SMD", "lower", 2, {"points": {"scale": "my_scale", "sd": number(5, unit="points")}}, -0.4),
        ("SMD", "lower", 2, {}, None),
        ("RR", "lower", 0.8, {}, 0.8),
        ("RR", "higher", 0.8, {}, 1.25),
        ("RD", "lower", 0.02, {}, -0.02),
        ("MD", "higher", None, {}, None),
    ],
)
def test_the_smallest_important_difference_is_drawn_on_the_side_of_benefit(
    tmp_path: Path, measure: str, better: str, least: float | None, more: Data, drawn: float | None
) -> None:
    def important(plan: Data) -> None:
        plan["outcomes"]["response"] |= more | ({} if least is None else {"important": number(least)})

    trials = POINTS if measure in ("MD", "SMD") else FEWER
    (table,) = tables(section(tmp_path, measure, better, trials, change=important))
    assert table.axis is not None
    assert table.axis.important == pytest.approx(drawn)
    assert ("Dashed line: the smallest difference that matters" in plain(table.note)) == (drawn is not None)


def test_how_large_a_difference_matters_is_told_as_the_dossier_tells_it(tmp_path: Path) -> None:
    def important(plan: Data) -> None:
        plan["outcomes"]["response"]["minimal_important_difference"] = [
            {
                "text": "On my scale {low} to {high} points matter.",
                "status": "seen",
                "source": "EXAMPLE",
                "values": {"low": number(2, unit="points"), "high": number(3, unit="points")},
            }
        ]

    found = said(section(tmp_path, "MD", "higher", POINTS, change=important))
    assert "How large a difference matters?\nOn my scale 2 to 3 points matter." in found


def test_without_a_time_the_main_result_of_the_largest_trial_is_told(tmp_path: Path) -> None:
    def no_time(plan: Data) -> None:
        del plan["analyses"]["response_all"]["time"]

    between = {"difference": number(4.0), "p": number(0.02), "favours": "arm"}
    trials = [*POINTS, scored("Dunn 2004", 14.0, 5.0, 90, (10.0, 5.0, 90), between=between, largest=True)]
    found = said(section(tmp_path, "MD", "higher", trials, change=no_time))
    assert (
        "The largest trial by itself. Dunn 2004: 4 my scale points, p = 0.02. Above zero favours my drug." in found
    )
    assert "Response, as in each trial: all trials." in found


def test_analyses_of_one_outcome_stand_together(tmp_path: Path) -> None:
    few = {"label": "Able alone", "comparisons": ["able2001/drug_v_placebo"]}
    ratio = {"label": "as odds", "measure": "OR"}
    found = section(tmp_path, "RR", "lower", FEWER, analyses={"few": few, "odds": ratio})
    text = said(found)
    assert "Other choices of trials\nRisk ratio of response, week 6; below one favours my drug." in text
    assert "\nResponse\nOdds ratio of response, week 6; below one favours my drug." in text
    assert "The trials: response, Able alone\nIn the one trial with 200 people" in text
    beside = next(table for table in tables(found) if len(table.columns) == 8)
    assert [plain(row.cells[0]) for row in beside.rows] == [
        "all trials the only trial of the example", "Able alone the only trial of the example",
    ]  # fmt: skip


# --- of how many people -------------------------------------------------------------------------------------


def test_the_shipped_absolutes_say_that_the_largest_trial_is_not_in_them(results: Results) -> None:
    found = absolute.report(results, Ledger())
    assert found is not None
    assert found.title == "Of a hundred people"
    assert re.match(
        r"Small trials against placebo, the largest left out: response, of a hundred people, 11 without .*, "
        r"50 \(12 to 88\) with it \(more is better\)\.",
        lead(found),
    )
    (table,) = tables(found)
    assert [plain(row.cells[0]) for row in table.rows][2] == (
        "small trials against placebo: remission leaves out Brin 2020, lower dose; Brin 2020, higher dose"
    )
    assert "The largest trial is in no row" in plain(table.caption)
    assert "where people are computed from scores, numbers differ." in plain(table.note)
    assert bare_digits(found) == []


@pytest.mark.parametrize(
    ("measure", "without", "with_"),
    [("OR", "20", "10 (4 to 23)"), ("RR", "20", "10 (4 to 23)"), ("RD", "20", "10 (0 to 22)")],
)
def test_ratios_and_differences_of_risks_have_a_row(tmp_path: Path, measure: str, without: str, with_: str) -> None:
    found = absolutes(tmp_path, measure, "lower", FEWER)
    assert found is not None
    (table,) = tables(found)
    assert [plain(cell) for cell in table.rows[0].cells] == ["all trials: response", without, with_, "low"]
    said = f"response, of a hundred people, {without} without my drug, {with_} with it (fewer is better)."
    assert lead(found) == f"All trials: {said}"
    assert "computed from scores" not in plain(table.note)
    assert "The largest trial" not in plain((table.caption, table.note))


@pytest.mark.parametrize(
    ("times", "people", "without"),
    [(20, "a thousand", "10"), (100, "a thousand", "2"), (1000, "ten thousand", "2")],
)
def test_rare_events_are_told_of_more_people(tmp_path: Path, times: int, people: str, without: str) -> None:
    rare = [counted(trial.name, int(trial.arm["events"]), int(trial.arm["n"]) * times, int(trial.control["events"]),
                    int(trial.control["n"]) * times) for trial in FEWER]  # fmt: skip
    found = absolutes(tmp_path, "RR", "lower", rare)
    assert found is not None
    assert found.title == f"Of {people} people"
    assert lead(found).startswith(f"All trials: response, of {people} people, {without} without")


def test_a_largest_trial_that_is_in_some_rows_is_missed_in_the_others(tmp_path: Path) -> None:
    trials = [*FEWER, counted("Dunn 2004", 400, 4000, 420, 4000, largest=True)]
    few = {"label": "small trials", "comparisons": [f"{trial.id}/drug_v_placebo" for trial in FEWER]}
    found = absolute.report(
        Results(made_up(tmp_path / "d", "RR", "lower", trials, analyses={"few": few})), Ledger()
    )
    assert found is not None
    (table,) = tables(found)
    assert [plain(row.cells[0]) for row in table.rows] == [
        "all trials: response",
        "small trials: response leaves out Dunn 2004",
    ]
    assert "The largest trial" not in plain((table.caption, table.note))


def test_scores_and_risks_of_nobody_have_no_row(tmp_path: Path) -> None:
    assert absolutes(tmp_path / "scores", "MD", "higher", POINTS) is None
    nobody = [counted(f"Able {2001 + at}", 5 + at, 50, 0, 50) for at in range(3)]
    assert absolutes(tmp_path / "ratio", "RR", "higher", nobody) is None
    found = absolutes(tmp_path / "difference", "RD", "higher", nobody)
    assert found is not None
    assert lead(found).startswith(
        "All trials: response, of a hundred people, 0 without my drug, 12 (0 to 24) with it"
    )


def test_a_table_of_a_section_is_drawn_on_an_axis(shipped: tuple[Section, Ledger]) -> None:
    for table in tables(shipped[0]):
        assert isinstance(table, Table)
        assert table.axis is not None
