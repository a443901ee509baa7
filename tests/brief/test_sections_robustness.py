"""The section robustness: every declared choice, without each trial, and by the size of trials."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from glabella.brief.results import Results
from glabella.brief.sections import robustness
from glabella.dossier import load
from glabella.shown import Claim, Ledger, Section, plain
from glabella.synthesis import HalfNormal, arrays, bayes, pool
from tests.brief.made_up_trials import (
    Data,
    Trial,
    bare_digits,
    counted,
    figure_of,
    lead,
    made_up,
    number,
    said,
    scored,
    tables,
)

#: Fewer events in every trial, and the more of them the smaller it is.
SMALLER_FIND_MORE = [counted(f"Trial {2001 + at}", 5 + 12 * at, 40 + 60 * at, 16 + 14 * at, 40 + 60 * at)
                     for at in range(6)]  # fmt: skip
ALIKE = [counted("Able 2001", 10, 100, 20, 100), counted("Baker 2002", 15, 150, 32, 150),
         counted("Cole 2003", 8, 80, 15, 80)]  # fmt: skip


@pytest.fixture(scope="module")
def shipped() -> tuple[Results, Section, Ledger]:
    results, book = Results(load()), Ledger()
    found = robustness.report(results, book)
    assert found is not None
    return results, found, book


def section(folder: Path, measure: str, better: str, trials: list[Trial], **more: object) -> Section | None:
    evidence = made_up(folder / "dossier", measure, better, trials, **more)  # type: ignore[arg-type]
    return robustness.report(Results(evidence), Ledger())


def asserted(folder: Path, measure: str, better: str, trials: list[Trial], **more: object) -> Section:
    found = section(folder, measure, better, trials, **more)
    assert found is not None
    assert bare_digits(found) == []
    return found


def value(claim: Claim) -> float:
    assert claim.value is not None
    return claim.value


# --- the shipped dossier ------------------------------------------------------------------------------------


def test_the_answer_counts_analyses_that_exclude_zero(shipped: tuple[Results, Section, Ledger]) -> None:
    _, found, book = shipped
    excluding, total, reach = (book.claims[f"sure.{name}"] for name in ("excluding", "total", "range"))
    assert re.fullmatch(
        f"In {excluding.text} of {total.text} different analyses of these trials the whole interval lies on the "
        f"side of .*; otherwise it includes zero\\. The estimates of all analyses reach from {reach.limits}\\.",
        lead(found),
    )
    assert "they agree or disagree together and are not so many answers" in said(found)
    assert "not a probability that the treatment works" in said(found)


def test_every_combination_is_counted_once_or_said_why_not(shipped: tuple[Results, Section, Ledger]) -> None:
    _, found, book = shipped
    parts = {name: value(claim) for name, claim in book.claims.items()}
    not_possible = sum(parts[name] for name in parts if name.startswith("sure.flagged."))
    assert parts["sure.combinations"] == parts["sure.total"] + parts["sure.repeated"] + not_possible
    text = said(found)
    for name in ("combinations", "repeated", "choices"):
        assert f"{book.claims[f'sure.{name}'].text} " in text
    for name in (name for name in parts if name.startswith("sure.flagged.")):
        reason = book.claims[name].label.removeprefix("combinations not possible: ")
        assert f"{book.claims[name].text} are not possible ({reason})." in text
    assert "(fewer than two effects)" in text
    assert "pool the same effects in the same way as another and are not counted again." in text


def test_each_option_has_its_line(shipped: tuple[Results, Section, Ledger]) -> None:
    results, found, book = shipped
    table = tables(found)[0]
    lines = {plain(row.cells[0]) + ": " + plain(row.cells[1]): [plain(cell) for cell in row.cells[2:]]
             for row in table.rows}  # fmt: skip
    for choice, options in results.evidence.dossier.choices.items():
        for option in options:
            assert f"{choice}: {option}" in lines
    assert lines["scale: patient's only"] == ["0", "0", "not possible"]
    (paule,) = (claim for claim in book.claims.values()
                if claim.label == "analyses with this option: estimator, Paule and Mandel")  # fmt: skip
    assert lines["estimator: Paule and Mandel"][0] == paule.text
    assert plain(table.columns[3].head) == "interval excludes zero"
    assert "One analysis stands in several lines" in plain(table.note)


def test_the_curve_holds_every_analysis(shipped: tuple[Results, Section, Ledger]) -> None:
    _, found, book = shipped
    figure, spec = figure_of(found, "specifications")
    rows = spec["vconcat"][0]["data"]["values"]
    assert len(rows) == value(book.claims["sure.total"])
    assert sum(row["high"] < 0 or row["low"] > 0 for row in rows) == value(book.claims["sure.excluding"])
    assert (min(row["estimate"] for row in rows), max(row["estimate"] for row in rows)) == (
        book.claims["sure.range"].low, book.claims["sure.range"].high,
    )  # fmt: skip
    assert figure.alt.startswith("Specification curve")
    assert "whether the interval excludes zero" in figure.alt


def test_the_headline_is_among_them(shipped: tuple[Results, Section, Ledger]) -> None:
    results, found, _ = shipped
    _, spec = figure_of(found, "specifications")
    fit = results.headline.fit
    assert any(
        (row["estimate"], row["low"], row["high"])
        == pytest.approx((fit.estimate, fit.ci_low, fit.ci_high), rel=1e-9)
        for row in spec["vconcat"][0]["data"]["values"]
    )


def test_each_trial_is_left_out_once_with_all_its_comparisons(shipped: tuple[Results, Section, Ledger]) -> None:
    results, found, book = shipped
    table = tables(found)[1]
    one = results.headline
    assert [plain(row.cells[0]) for row in table.rows] == [study.label for study in one.trials]
    assert plain(table.rows[3].cells[2]) == book.claims["sure.without.brin2020"].text
    rest = tuple(effect for effect in one.effects if effect.study != "brin2020")
    fit = pool(*arrays(rest), test="adhoc")
    claim = book.claims["sure.without.brin2020"]
    assert (claim.value, claim.low, claim.high) == pytest.approx((fit.estimate, fit.ci_low, fit.ci_high), rel=1e-8)
    assert table.axis is not None
    assert "below zero favours" in plain(table.caption)


def test_small_trials_are_few_and_drawn_without_a_test(shipped: tuple[Results, Section, Ledger]) -> None:
    results, found, book = shipped
    text = said(found)
    assert "sure.egger" not in book.claims
    assert "Fewer than ten trials were pooled: a test would say little, and none is made." in text
    assert "it can neither show nor rule out that trials are missing" in text.replace("few trials it", "it")
    _, spec = figure_of(found, "funnel")
    drawn = [
        row for layer in spec["layer"] for row in layer["data"].get("values", ()) if "kind" in row or "se" in row
    ]
    assert len(drawn) >= len(results.headline.effects)
    assert "No published judgement of risk of bias was seen for any of these trials." in text
    assert bare_digits(found) == []


def test_a_choice_goes_by_signals_that_are_declared_serious(shipped: tuple[Results, Section, Ledger]) -> None:
    results, found, _ = shipped
    serious = [study.label for study in results.evidence.studies.values() if study.serious]
    pooled = [study.label for study in results.headline.studies if study.serious]
    assert pooled
    assert set(pooled) < set(serious)
    said_so = "One choice goes by signals that this dossier declares serious, which is its own reading: "
    assert f"{said_so}{', '.join(pooled)}." in said(found)
    assert "Risk of bias is not among these choices" not in said(found)


# --- made-up dossiers ---------------------------------------------------------------------------------------


def test_one_trial_cannot_be_asked(tmp_path: Path) -> None:
    assert section(tmp_path, "RR", "lower", ALIKE[:1]) is None


@pytest.mark.parametrize(
    ("better", "side"),
    [("lower", "on the side of my drug; "), ("higher", "on the side of the control; ")],
)
def test_ratios_exclude_one_on_a_side(tmp_path: Path, better: str, side: str) -> None:
    found = asserted(tmp_path, "RR", better, ALIKE)
    assert re.match(
        r"In (\d+) of (\d+) different analyses of these trials the whole interval lies "
        rf"{side}otherwise it includes one\. The estimates",
        lead(found),
    )
    assert "interval excludes one" in said(found)
    figure, spec = figure_of(found, "specifications")
    assert "excludes one" in figure.alt
    upper = spec["vconcat"][0]
    assert upper["layer"][0]["data"]["values"] == [{"null": 1.0}]


@pytest.mark.parametrize(("measure", "null"), [("RR", "one"), ("RD", "zero")])
def test_claims_name_the_value_of_no_difference_by_measure(tmp_path: Path, measure: str, null: str) -> None:
    book = Ledger()
    robustness.report(Results(made_up(tmp_path / "d", measure, "lower", ALIKE)), book)
    assert book.claims["sure.excluding"].label == f"analyses whose interval excludes {null}"
    options = [
        claim.label for name, claim in book.claims.items() if name.endswith(".excluding") and "option" in name
    ]
    assert options
    assert all(label.startswith(f"analyses with this option whose interval excludes {null}: ") for label in options)


def test_no_side_is_named_where_no_interval_excludes(tmp_path: Path) -> None:
    trials = [scored(f"Able {2001 + at}", 10 + at, 8.0, 12, (11.0, 8.0, 12)) for at in range(3)]
    found = asserted(tmp_path, "MD", "higher", trials)
    assert re.match(
        r"In 0 of \d+ different analyses of these trials the whole interval lies on one side of zero; otherwise it "
        r"includes zero\. The estimates",
        lead(found),
    )


def test_both_sides_are_named_where_analyses_disagree(tmp_path: Path) -> None:
    trials = [
        scored(f"Able {2001 + at}", mean, 2.0, 60, (10.0, 2.0, 60)) for at, mean in enumerate((12, 12.2, 12.4))
    ]
    against = [scored(f"Bond {2001 + at}", mean, 2.0, 60, (10.0, 2.0, 60)) for at, mean in enumerate((8, 7.8, 7.6))]
    names = [[f"{trial.id}/drug_v_placebo" for trial in each] for each in (trials, against)]

    def two_questions(plan: Data) -> None:
        plan["analyses"]["response_all"]["comparisons"] = names[0]

    other = {"label": "others", "comparisons": names[1]}
    found = asserted(
        tmp_path, "MD", "higher", [*trials, *against], analyses={"against": other}, change=two_questions
    )
    assert "lies on one side of zero, in some below it and in some above; otherwise it includes zero." in lead(
        found
    )


def test_without_choices_those_of_method_are_made(tmp_path: Path) -> None:
    found = asserted(tmp_path, "RR", "lower", ALIKE, change=lambda plan: plan.pop("choices"))
    choices = dict.fromkeys(plain(row.cells[0]) for row in tables(found)[0].rows)
    assert list(choices) == ["trials", "estimator", "interval"]


def test_a_judgement_of_one_trial_ends_the_sentence_that_there_is_none(tmp_path: Path) -> None:
    judged = [*ALIKE[:2], counted("Cole 2003", 8, 80, 15, 80, judgement="low")]
    assert "Risk of bias is not among" not in said(asserted(tmp_path, "RR", "lower", judged))


def test_only_ten_trials_are_tested_for_small_study_effects(tmp_path: Path) -> None:
    many = [counted(f"Able {2001 + at}", 10 + at % 3, 100 + 7 * at, 20, 100 + 7 * at) for at in range(10)]
    text = said(asserted(tmp_path / "many", "RR", "lower", many))
    assert "Egger’s test asks whether small trials show larger effects" in text
    assert "Small and large trials differ" not in text
    assert "Fewer than ten trials" not in text
    text = said(asserted(tmp_path / "nine", "RR", "lower", many[:9]))
    assert "Egger" not in text
    assert "Fewer than ten trials were pooled" in text


def test_ten_trials_that_differ_by_size_are_said_to(tmp_path: Path) -> None:
    more = [
        counted(f"Trial {2001 + at}", 5 + 12 * at, 40 + 60 * at, 16 + 14 * at, 40 + 60 * at) for at in range(10)
    ]
    assert "Small and large trials differ here." in said(asserted(tmp_path, "RR", "lower", more))


def test_time_is_as_chosen_where_there_are_choices(tmp_path: Path) -> None:
    book = Ledger()
    robustness.report(Results(made_up(tmp_path / "d", "RR", "lower", ALIKE)), book)
    assert book.claims["sure.total"].time_span == "week 6, or as chosen"
    book = Ledger()
    robustness.report(
        Results(made_up(tmp_path / "e", "RR", "lower", ALIKE, change=lambda p: p.pop("choices"))), book
    )
    assert book.claims["sure.total"].time_span == "week 6"


def test_trials_of_one_precision_are_not_asked(tmp_path: Path) -> None:
    trials = [scored(f"Able {2001 + at}", 12 + at, 2.0, 60, (10.0, 2.0, 60)) for at in range(10)]
    text = said(asserted(tmp_path, "MD", "higher", trials))
    assert "No test can be made: these trials are equally precise" in text
    assert "Egger" not in text


def test_two_trials_that_are_left_need_a_prior(tmp_path: Path) -> None:
    found = asserted(tmp_path / "none", "RR", "lower", ALIKE)
    for row, trial in zip(tables(found)[1].rows, ALIKE, strict=True):
        assert plain(row.cells[0]) == trial.name
        assert plain(row.cells[1]) == ""
        assert plain(row.cells[2]).startswith("not known: two trials do not tell how trials differ, and no prior")


def test_two_trials_that_are_left_are_pooled_under_the_prior(tmp_path: Path) -> None:
    spread = {
        "label": "made up", "of": "tau", "measure": "any", "applies_to": "anything", "family": "half_normal",
        "parameters": {"scale": number(0.3)}, "usual": True,
        "why": [{"text": "It is made up.", "status": "seen", "source": "EXAMPLE"}],
    }  # fmt: skip
    evidence = made_up(tmp_path / "d", "RR", "lower", ALIKE, priors={"heterogeneity": {"known": spread}})
    results, book = Results(evidence), Ledger()
    found = robustness.report(results, book)
    assert found is not None
    claim = book.claims["sure.without.able2001"]
    fit = bayes(*arrays(results.headline.effects[1:]), tau_prior=HalfNormal(0.3))
    ends = (fit.mu.median, *fit.mu.interval(kind="central"))
    assert (claim.value, claim.low, claim.high) == pytest.approx(np.exp(ends), rel=1e-8)
    assert claim.interval == "95 % credible interval"
    assert dict(claim.inputs)["priors.yaml"] == evidence.digests["priors.yaml"]
    assert "(credible interval)" in plain(tables(found)[1].rows[0].cells[2])
