"""How the treatment compares and combines: what must move its place and how, and every sentence of both."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glabella.brief.compared import Compared, contrast_columns, indirect_certainty
from glabella.brief.results import Results
from glabella.brief.sections import combinations, indirect
from glabella.dossier import Evidence, load, read_table
from glabella.shown import (
    Block,
    Claim,
    Details,
    Drawn,
    Figure,
    Heading,
    Items,
    Ledger,
    Paragraph,
    Section,
    Table,
    blocks_of,
    claims_of,
    plain,
)
from glabella.synthesis import LogT, arrays, bayes, component_network, contrasts, effect_size, network, pool
from tests.brief.made_up_network import Counts, direct, made_up, number, statement

#: Made-up trials in which the drug does well, as well as the others, and badly.
WELL: dict[str, Counts] = {"a": (18, 20, 2, 20), "b": (27, 30, 4, 30), "c": (17, 20, 3, 20)}
ALIKE: dict[str, Counts] = {"a": (10, 20, 5, 20), "b": (15, 30, 9, 30), "c": (8, 20, 7, 20)}
#: Made-up counts of a network's controls.
COUNTED = {"control_response": {"events": number(40), "n": number(60)}}
BADLY: dict[str, Counts] = {"a": (2, 20, 18, 20), "b": (4, 30, 27, 30), "c": (3, 20, 17, 20)}


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return load()


@pytest.fixture(scope="module")
def results(evidence: Evidence) -> Results:
    return Results(evidence)


@pytest.fixture(scope="module")
def compared(results: Results) -> Compared:
    assert results.compared is not None
    return results.compared


@pytest.fixture(scope="module")
def claims(results: Results) -> dict[str, Claim]:
    book = Ledger()
    indirect.report(results, book)
    combinations.report(results, book)
    return book.claims


@pytest.fixture(scope="module")
def compare(results: Results) -> Section:
    return report(indirect.report, results)


@pytest.fixture(scope="module")
def combine(results: Results) -> Section:
    return report(combinations.report, results)


def report(make: Any, results: Results) -> Section:
    section = make(results, Ledger())
    assert isinstance(section, Section)
    return section


def tables(section: Section) -> list[Table]:
    return [block for block in blocks_of(section.content) if isinstance(block, Table)]


def table(section: Section, caption: str) -> Table:
    """Give the one table whose caption has these words."""
    (found,) = [each for each in tables(section) if caption in plain(each.caption)]
    return found


def cells(found: Table, column: int) -> list[str]:
    return [plain(row.cells[column]) for row in found.rows]


def text(section: Section) -> str:
    """Give all that is written, paragraph by paragraph."""
    return "\n".join(line for block in blocks_of(section.content) for line in _lines(block))


def _lines(block: Block) -> list[str]:
    match block:
        case Paragraph(content):
            return [plain(content)]
        case Heading(title):
            return [plain(title)]
        case Items(items):
            return [plain(item) for item in items]
        case Table():
            heads = [plain(column.head) for column in block.columns]
            rows = [" | ".join(plain(cell) for cell in row.cells) for row in block.rows]
            return [plain(block.caption), *heads, *rows, plain(block.note)]
        case Figure():
            return [block.alt, plain(block.caption)]
        case Details(summary):
            return [plain(summary)]
    return []


def compared_text(evidence: Evidence) -> str:
    return text(report(indirect.report, Results(evidence)))


def value(claim: Claim) -> float:
    assert claim.value is not None
    return claim.value


# --- the shipped dossier's numbers --------------------------------------------------------------------------


def test_the_joined_trials_are_those_that_netmeta_was_given(compared: Compared) -> None:
    """The counts of make_joined.R, with which the network is compared with netmeta."""
    known = effect_size("OR", ai=[9, 17, 6], n1i=[15, 33, 11], ci=[2, 6, 0], n2i=[15, 41, 19])
    trials = compared.ways[0].trials
    np.testing.assert_allclose(trials.te, known.yi, rtol=1e-12)
    np.testing.assert_allclose(trials.se, np.sqrt(known.vi), rtol=1e-12)
    assert set(trials.node) == {"Placebo"}


def test_scores_become_odds_with_the_sign_of_response(compared: Compared) -> None:
    way = next(way for way in compared.ways if way.key == "scores_all")
    factor = math.pi / math.sqrt(3)
    np.testing.assert_allclose(way.trials.te, [-factor * effect.yi for effect in way.effects], rtol=1e-12)
    np.testing.assert_allclose(way.trials.se, [factor * math.sqrt(effect.vi) for effect in way.effects], rtol=1e-12)
    assert {"brin2020/u30_v_placebo", "brin2020/u50_v_placebo"} <= set(way.trials.study)


def test_both_dose_groups_of_the_largest_trial_have_a_control_of_their_own(evidence: Evidence) -> None:
    """So that neither is counted twice, and there is no correlation to carry into the network."""
    study = evidence.studies["brin2020"]
    assert len({comparison.versus for comparison in study.comparisons.values()}) == len(study.comparisons)


def test_own_spread_gives_the_interval_of_the_trials_alone(compared: Compared) -> None:
    way = next(way for way in compared.ways if way.key == "scores_all")
    own = next(each for each in compared.shifts if each.kind == "spread" and each.what == way.label)
    (study, one, other, te, se), trials = compared.columns, own.way.trials
    fit = network(
        [*study, *trials.study],
        [*one, compared.name],
        [*other, *trials.node],
        [*te, *trials.te],
        [*se, *trials.se],
    )
    at = fit.treatments.index(compared.name), fit.treatments.index("Placebo")
    alone = pool(way.trials.te, np.square(way.trials.se), test="adhoc")
    assert fit.te_random[at] == pytest.approx(alone.estimate, rel=1e-10)
    assert 1.959963984540054 * fit.se_random[at] == pytest.approx((alone.ci_high - alone.ci_low) / 2, rel=1e-6)


def test_the_controls_of_the_network_take_their_factor_off_the_odds_ratio(
    compared: Compared, claims: dict[str, Claim]
) -> None:
    odds_there, odds_here = 651 / (1656 - 651), 8 / (75 - 8)
    assert claims["with.bias"].value == pytest.approx(odds_there / odds_here, rel=1e-9)
    (moved,) = [each for each in compared.shifts if each.kind == "control"]
    expected = value(claims["with.join.declared.first"]) / value(claims["with.bias"])
    assert claims[f"with.shift.{moved.place}.effect"].value == pytest.approx(expected, rel=1e-8)


def test_the_place_is_shown_with_all_that_moves_it(compared: Compared, claims: dict[str, Claim]) -> None:
    assert compared.certainty == "very low"
    assert claims["with.options"].value == 23
    assert {each.kind for each in compared.shifts} == {
        "trial",
        "estimator",
        "node",
        "control",
        "bias",
        "spread",
        "declared",
    }
    left_out = [each.option for each in compared.shifts if each.kind == "trial"]
    assert left_out == ["Wollmer 2012", "Finzi 2014", "Magid 2014"]
    first = re.compile(r"with\.(join\.\w+\.first|shift\.\d+\.effect)")
    values = [value(claim) for name, claim in claims.items() if first.fullmatch(name)]
    ranks = [value(claim) for name, claim in claims.items() if re.fullmatch(r"with\.(join|shift).*\.rank", name)]
    assert (claims["with.range"].low, claims["with.range"].high) == (min(values), max(values))
    assert (claims["with.ranks"].low, claims["with.ranks"].high) == (min(ranks), max(ranks))
    assert min(values) < 1 < max(values)


def test_leaving_a_trial_out_is_the_dossier_without_it(evidence: Evidence, compared: Compared) -> None:
    key = compared.ways[0].key
    analysis = evidence.dossier.analyses[key]
    less = analysis.model_copy(
        update={"comparisons": tuple(name for name in analysis.comparisons if not name.startswith("wollmer2012/"))}
    )
    dossier = evidence.dossier.model_copy(update={"analyses": {**evidence.dossier.analyses, key: less}})
    book = Ledger()
    indirect.report(Results(replace(evidence, dossier=dossier)), book)
    shift = next(each for each in compared.shifts if each.option == "Wollmer 2012")
    expected = math.exp(shift.found.estimate)
    assert value(book.claims["with.join.declared.first"]) == pytest.approx(expected, rel=1e-9)


def test_a_prior_moves_effects_by_its_mean_and_names_its_source(
    compared: Compared, claims: dict[str, Claim], evidence: Evidence
) -> None:
    shift = next(each for each in compared.shifts if each.option == "raters who know the treatment")
    claim = claims[f"with.shift.{shift.place}.effect"]
    assert {source.reference for source in claim.sources} >= {"HRO13", "LIN16"}
    assert dict(claim.inputs)["priors.yaml"] == evidence.digests["priors.yaml"]
    assert evidence.priors is not None
    prior = evidence.priors.bias["observer"]
    factor = math.pi / math.sqrt(3)
    trials = compared.ways[0].trials
    np.testing.assert_allclose(shift.way.trials.te, np.add(trials.te, factor * prior.value("mean")), rtol=1e-12)
    np.testing.assert_allclose(shift.way.trials.se, np.hypot(trials.se, factor * prior.value("sd")), rtol=1e-12)
    other = next(each for each in compared.shifts if each.kind == "trial")
    assert "priors.yaml" not in dict(claims[f"with.shift.{other.place}.effect"].inputs)
    assert value(claim) < value(claims["with.join.declared.first"])


def test_every_claim_has_sources_and_inputs(claims: dict[str, Claim]) -> None:
    assert len(claims) > 250
    assert all(claim.sources and claim.inputs for claim in claims.values())


# --- the shipped dossier's sections -------------------------------------------------------------------------


def test_direct_comparisons_lead_and_certainty_stands_before_any_odds_ratio(compare: Section) -> None:
    first = compare.content[0]
    assert isinstance(first, Paragraph)
    assert first.look == "lead"
    said = plain(first.content)
    assert said.startswith(
        "Against an antidepressant no clear difference was found, but these comparisons are weak."
    )
    assert "with.range" not in {claim.id for claim in claims_of((first,))}
    answer = next(
        block for block in compare.content if isinstance(block, Paragraph) and "with.range" in
        {claim.id for claim in claims_of((block,))}
    )  # fmt: skip
    said = plain(answer.content)
    assert said.startswith("We cannot tell whether botulinum toxin works better than SSRIs: over all the ways")
    assert "the odds ratio of response reaches from 0.71 to 8.75, where one means no difference." in said
    assert said.endswith("Certainty: very low.")
    said = text(compare)
    assert said.count("Against an antidepressant no clear difference was found") == 1
    assert said.index("these comparisons are weak") < said.index("over all the ways to compare them the odds ratio")


def test_direct_trials_stand_before_the_indirect_comparison(compare: Section, evidence: Evidence) -> None:
    titles = [plain(block.text) for block in compare.content if isinstance(block, Heading)]
    assert titles == [
        "Trials that set them side by side",
        "Indirect comparison, through placebo",
        "Why the trials may not be comparable",
    ]
    said = text(compare)
    assert said.index("With sertraline (52 v 24 people") < said.index(
        "Zhang 2021 (v sertraline): against sertraline"
    )
    assert "Zhang 2021 (v sertraline): against sertraline; not clearly randomised, blinding not known." in said
    assert "Zhu 2025 (Parkinson): against citalopram; randomised, open-label." in said
    # A trial of which no sentence of the dossier speaks brings its own.
    assert "not randomised, open-label. 58 v 39 people. 64.3 per cent improved" in said
    # The randomised one comes first, with its numbers.
    assert (
        "Zhu 2025 (Parkinson): against citalopram; randomised, open-label. 47 v 47 people. Improved, week 8: 75.6 v"
        in (said)
    )
    assert said.index("Zhu 2025 (Parkinson): against") < said.index("Zhang 2021 (v sertraline): against")
    assert "52 v 24 people." in said
    assert "No trial of this dossier" not in said
    assert "None of these trials enters the indirect comparison below." in said
    with_control = {
        study.id
        for study in evidence.studies.values()
        if any(one.control == "drug" for one in study.comparisons.values())
    }
    assert {study.id for study, _ in indirect.direct_trials(evidence)} == with_control


def test_the_way_with_most_comparisons_comes_first(compare: Section) -> None:
    joins = table(compare, "Odds ratio of response against SSRIs; above one favours botulinum toxin")
    assert cells(joins, 0) == [
        "every placebo-controlled comparison",
        "trial with another injection site added",
        "small trials against placebo",
    ]
    assert cells(joins, 1) == ["5", "4", "3"]
    # Their own spread first, then the control as in the network, then the network's narrow interval.
    assert [cells(joins, column)[0] for column in (2, 3, 4)] == [
        "2.1 (0.4 to 11.9)",
        "not possible",
        "1.2 (0.7 to 1.9)",
    ]
    assert [cells(joins, column)[2] for column in (3, 4)] == ["0.9 (0.4 to 2.3)", "4.9 (1.9 to 12.4)"]
    assert plain(joins.caption).endswith("Certainty of each: very low.")
    each = table(compare, "Botulinum toxin against each alternative")
    assert "joined through small trials against placebo: odds ratio" in plain(each.caption)


def test_no_indirect_number_stands_without_the_corrected_one(compared: Compared, claims: dict[str, Claim]) -> None:
    factor = value(claims["with.bias"])
    for name in ("control", "first"):
        plainly, mended = (value(claims[f"with.join.declared.{part}{name}"]) for part in ("", "corrected."))
        assert mended == pytest.approx(plainly / factor, rel=1e-8)
    for place in range(1, len(compared.comparators.treatments) + 1):
        mended = value(claims[f"with.each.{place}.corrected"])
        assert mended == pytest.approx(value(claims[f"with.each.{place}.effect"]) / factor, rel=1e-8)


def test_the_narrow_interval_is_explained_where_it_stands(compare: Section) -> None:
    note = plain(table(compare, "against SSRIs; above one favours botulinum toxin").note)
    assert note.startswith(
        "Intervals are narrower here than where the same trials are pooled by themselves, and estimates"
    )
    assert "one spread between trials (standard deviation 0.13), which its other trials mostly decide." in note
    assert (
        "The column that stands first gives the joined trials the spread that they have among themselves." in note
    )
    assert note.endswith("The risk on placebo can be moved only where every joined trial counted the event.")


def test_alternatives_are_drawn_in_the_order_of_the_effect(compare: Section) -> None:
    found = table(compare, "against each alternative")
    drawn = [value(cell.claim) for row in found.rows for cell in row.cells if isinstance(cell, Drawn)]
    assert len(drawn) == 22
    assert drawn == sorted(drawn, reverse=True)
    assert found.axis is not None
    assert (found.axis.left, found.axis.right) == ("favours the alternative", "favours botulinum toxin")
    assert (found.axis.null, found.axis.ratio) == (1.0, True)
    assert len(found.columns) <= 5


def test_titles_and_heads_say_what_stands_below(compare: Section, combine: Section) -> None:
    assert (compare.id, plain(compare.title)) == ("compare", "How does it compare with other treatments?")
    assert (combine.id, plain(combine.title)) == ("combine", "Does it work better together with other treatment?")
    folds = [plain(block.summary) for block in compare.content if isinstance(block, Details)]
    assert folds == ["Ranks, scores and new trials", "How far the comparison moves with each choice"]
    assert [plain(block.text) for block in combine.content if isinstance(block, Heading)] == [
        "Combinations of other treatments"
    ]
    found = {plain(each.caption): [plain(column.head) for column in each.columns] for each in tables(compare)}
    assert found == {
        **{
            f"Odds ratio of response against {other}; above one favours botulinum toxin. "
            "Certainty of each: very low.": [
                "joined through",
                "comparisons",
                "with the joined trials’ own spread",
                "placebo as in the network’s trials",
                "with the network’s spread",
            ]
            for other in ("placebo", "SSRIs")
        },
        "Botulinum toxin against each alternative, joined through small trials against placebo: odds ratio. "
        "Certainty of each: very low.": [
            "alternative",
            "trials",
            "botulinum toxin against it, placebo as in the network’s trials",
            "",
        ],
        "Ranks of botulinum toxin; rank one is the best.": [
            "joined through",
            "median rank (in most draws)",
            "ranked first, of a hundred draws",
            "P-score",
            "against SSRIs, expected in a new trial",
        ],
        "Each alternative, joined through small trials against placebo: odds ratio.": [
            "alternative",
            "itself against placebo",
            "botulinum toxin against it, placebo as in the network’s trials",
            "botulinum toxin against it",
            "expected in a new trial",
        ],
        "Where the network’s trials and those of botulinum toxin differ.": [
            "what",
            "in the network",
            "in the trials of botulinum toxin",
            "could turn the result",
        ],
        "Botulinum toxin against SSRIs, one choice changed at a time; rank by P-score.": [
            "choice",
            "against SSRIs",
            "",
            "rank",
        ],
    }
    found = {plain(each.caption): [plain(column.head) for column in each.columns] for each in tables(combine)}
    assert list(found.values()) == [
        ["other treatment", "trials", "comparisons with an effect", "pooled standardised mean difference"],
        ["combination", "trials", "as found", "if the parts add up"],
    ]
    added, together = found
    assert "by what else people had, in both groups alike. They differ in much else, so the rows" in added
    assert together == "Odds ratio against placebo."


def test_no_table_is_too_wide_for_paper(compare: Section, combine: Section) -> None:
    for each in (*tables(compare), *tables(combine)):
        assert len(each.columns) <= 5, plain(each.caption)


def test_the_rest_of_each_alternative_is_folded(compare: Section) -> None:
    (fold,) = [block for block in compare.content if isinstance(block, Details) and "Ranks" in plain(block.summary)]
    ranks, each, words = fold.content
    assert isinstance(ranks, Table)
    assert isinstance(each, Table)
    assert isinstance(words, Paragraph)
    assert cells(ranks, 1) == ["8 (2 to 18)", "2 (1 to 3)", "2 (1 to 3)"]
    assert cells(ranks, 4)[0] == "0.6 to 2.1"
    assert "joined through small trials against placebo" in plain(each.caption)
    assert cells(each, 1)[0] == "the link"
    assert [cells(each, column)[0] for column in (2, 3)] == ["1.5 (0.6 to 3.9)", "8 (3 to 21)"]
    assert "Test of inconsistency between the network’s designs: p = 0.09." in plain(words.content)
    assert "A treatment with few trials can rank first by luck." in plain(words.content)


def test_differences_between_the_trials_are_listed(compare: Section, evidence: Evidence) -> None:
    assert evidence.comparators is not None
    found = table(compare, "Where the network’s trials and those of botulinum toxin differ")
    assert len(found.rows) == len(evidence.comparators.transitivity)
    assert set(cells(found, 3)) == {"yes", "less likely"}
    assert "651 of 1,656 people in the placebo arms responded." in cells(found, 1)
    assert "unjustifiable" in text(compare)
    assert "data set of netmeta" in text(compare)


def test_how_the_comparison_is_made_and_how_far_it_moves_is_said(compare: Section) -> None:
    said = text(compare)
    for sentence in (
        "The trials of botulinum toxin compared it with ",
        "In published trials of depression in primary care other treatments were compared with each other",
        "as that placebo links the two. Certainty: very low. Why: the comparison is indirect; the trials differ in",
        "Its place is fragile. Over all the ways to compare it, it ranks from 2 to 18 among 23 treatments in 96",
        "on placebo were 5.43 (2.59 to 11.37) times as high in the network’s trials as in those of botulinum toxin",
        "Only placebo ties botulinum toxin to the network, so no direct evidence can confirm or refute the ",
        "Small trials against placebo: placebo is inert",
    ):
        assert sentence in said
    shifts = table(compare, "one choice changed at a time")
    assert {
        "without one trial, Finzi 2014",
        "estimate of the spread between trials, DerSimonian and Laird",
        "what the trials’ control is taken for, usual care",
        "how often the outcome comes on placebo, as in the network’s trials",
        "bias taken off each trial, raters who know the treatment",
        "spread between trials: every placebo-controlled comparison, the joined trials’ own",
        "every placebo-controlled comparison: scale, patient's first",
    } <= set(cells(shifts, 0))
    each = table(compare, "Botulinum toxin against each alternative")
    assert "SSRIs, selective serotonin reuptake inhibitors" in cells(each, 0)
    assert plain(shifts.note) == ""


def test_the_network_is_drawn_and_described(compare: Section) -> None:
    (figure,) = [block for block in compare.content if isinstance(block, Figure)]
    assert "only placebo ties botulinum toxin to the others" in figure.alt
    assert "only placebo ties botulinum toxin to the others" in plain(figure.caption)
    assert figure.picture is not None


def test_combinations_are_those_of_the_network_beside_sums(claims: dict[str, Claim], compared: Compared) -> None:
    labels = [claims[f"with.combination.{place}.trials"].label for place in (1, 2, 3)]
    assert labels == [
        "trials of CBT with an SSRI",
        "trials of problem-solving with an SSRI",
        "trials of interpersonal with an SSRI",
    ]
    study, one, other, te, se = compared.columns
    sums = component_network(study, one, other, te, se, inactive="Placebo")
    assert claims["with.combination.additivity"].value == pytest.approx(sums.q_difference_p, rel=1e-9)
    for place, name in enumerate(("CBT", "PST", "interpsy"), 1):
        told = sums.effect(f"Face-to-face {name} + SSRI", "Placebo")
        known = math.exp(told.estimate)
        assert claims[f"with.combination.{place}.component_network"].value == pytest.approx(known, rel=1e-9)


def test_no_trial_can_tell_a_combination_from_the_treatment_alone(combine: Section, results: Results) -> None:
    said = text(combine)
    lead = combine.content[0]
    assert isinstance(lead, Paragraph)
    assert plain(lead.content).startswith("0 randomised trials gave ")
    assert plain(lead.content).endswith(
        "Whether it works better together with something else than alone is untested."
    )
    added = table(combine, "by what else people had, in both groups alike")
    assert (cells(added, 1), cells(added, 2)) == (["2", "1", "4"], ["2", "2", "2"])
    assert plain(added.columns[3].head) == "pooled standardised mean difference"
    assert "This does not show that the combination works better." in said
    # What trials against a drug found stands with the comparisons.
    assert "With sertraline" not in said
    assert "No treatment of the network is a combination with botulinum toxin, and what one would do is not" in said
    assert "was tested over all of them: p = 0.08. With so few trials, it is neither shown nor" in said
    spoken = combinations.computed(results, Ledger())
    assert spoken is not None
    assert plain(spoken).startswith("Computed here: 0 randomised trials can tell a combination from ")
    assert plain(spoken).endswith("That it is better in combination is untested; see how it combines.")


def test_a_trial_of_the_treatment_with_and_without_something_changes_the_verdict(evidence: Evidence) -> None:
    study = evidence.studies["onadep2024"]
    told = {key: one.model_copy(update={"control": "drug"}) for key, one in study.comparisons.items()}
    studies = {**evidence.studies, study.id: study.model_copy(update={"comparisons": told})}
    changed = Results(replace(evidence, studies=studies))
    said = text(report(combinations.report, changed))
    assert "1 randomised trials gave" in said
    assert ": a combination was tested against the treatment alone." in said
    # Both groups got the treatment: it was not set beside another one.
    assert study.label not in text(report(indirect.report, changed))
    spoken = combinations.computed(changed, Ledger())
    assert spoken is not None
    assert "That it is better in combination is tested;" in plain(spoken)


# --- made-up dossiers: what the shipped one does not reach ----------------------------------------------------


def test_a_dossier_without_other_treatments_has_neither_section(tmp_path: Path) -> None:
    results = Results(made_up(tmp_path / "d", ALIKE, network=None))
    assert indirect.report(results, Ledger()) is None
    assert combinations.report(results, Ledger()) is None
    assert combinations.computed(results, Ledger()) is None
    assert results.compared is None


@pytest.mark.parametrize(
    ("trials", "serious", "said"),
    [
        (
            ALIKE,
            0,
            "We cannot tell whether my drug works better than a tablet: over all the ways to compare them the",
        ),
        (ALIKE, 0, "Certainty: moderate."),
        (WELL, 0, "My drug probably works better than a tablet: over all the ways to compare them the odds ratio"),
        (WELL, 1, "My drug may work better than a tablet: over all the ways"),
        (
            WELL,
            2,
            "We cannot tell whether my drug works better than a tablet, although every way to compare them says",
        ),
        (BADLY, 0, "A tablet probably works better than my drug: over all the ways"),
        (BADLY, 3, "We cannot tell whether a tablet works better than my drug, although every way"),
    ],
)
def test_the_answer_says_no_more_than_range_and_certainty_allow(
    tmp_path: Path, trials: dict[str, Counts], serious: int, said: str
) -> None:
    section = report(indirect.report, Results(made_up(tmp_path / "d", trials, serious=serious)))
    lead = section.content[0]
    assert isinstance(lead, Paragraph)
    assert said in plain(lead.content)


def test_certainty_falls_once_for_being_indirect_and_once_for_each_difference() -> None:
    assert indirect_certainty([]) == ("moderate", ("the comparison is indirect",))
    word, reasons = indirect_certainty(["one", "two", "three"])
    assert (word, reasons[1]) == ("very low", "the trials differ in one, two and three")
    assert indirect_certainty(["one"]) == ("low", ("the comparison is indirect", "the trials differ in one"))


def test_without_direct_trials_the_section_says_so(tmp_path: Path) -> None:
    said = compared_text(made_up(tmp_path / "d", ALIKE))
    assert "No trial of this dossier sets my drug beside another treatment." in said
    assert "None of these trials" not in said


def test_direct_trials_stand_without_a_network_too(tmp_path: Path) -> None:
    trials = {**ALIKE, "d": ALIKE["a"], "e": ALIKE["a"]}
    products = {
        "combination": [statement("Of the pill, in {n} people.", source="DIRECT", n=40), statement("Of both.")]
    }
    changed = {"d": direct("d", randomised="unclear", blinding="double"), "e": direct("e", randomised="no")}
    of: dict[str, Any] = {
        "through": {"all": list(ALIKE)},
        "network": None,
        "studies": changed,
        "products": products,
    }
    results = Results(made_up(tmp_path / "d", trials, **of))
    section = report(indirect.report, results)
    lead = section.content[0]
    assert isinstance(lead, Paragraph)
    assert plain(lead.content).startswith("Of the pill, in 40 people.")
    said = text(section)
    assert said.count("Of the pill, in 40 people.") == 1
    assert "d, directly: against a white pill; not clearly randomised, double-blind." in said
    assert "e, directly: against a white pill; not randomised, open-label." in said
    assert "In 40 per cent" not in said
    assert len([block for block in section.content if isinstance(block, Heading)]) == 1
    together = report(combinations.report, results)
    assert [type(block) for block in together.content] == [Paragraph, Items]
    assert "Of both." in text(together)
    assert "Of the pill" not in text(together)
    changed["d"] = direct("d")
    surer = made_up(tmp_path / "e", trials, **{**of, "products": {}})
    said = compared_text(surer)
    assert said.startswith(
        "The trials below compared my drug with another treatment. At least one of them is randomised."
    )
    assert (
        "d, directly: against a white pill; randomised, open-label. 20 v 20 people. People who were made up. In 40 "
        "per cent"
    ) in said
    changed["d"] = direct("d", randomised="unclear")
    said = compared_text(made_up(tmp_path / "f", trials, **{**of, "products": {}}))
    assert "None of them is clearly randomised." in said


def test_a_direct_trial_that_is_joined_as_well_is_not_said_to_stay_outside(tmp_path: Path) -> None:
    """One trial of three groups: the drug, the pill and placebo."""
    both = made_up(
        tmp_path / "d",
        {**ALIKE, "d": ALIKE["a"]},
        through={"all": list(ALIKE)},
        studies={"d": direct("d")},
        products={"harms": []},
    )
    arms = {**both.studies["d"].arms, **{f"also_{key}": arm for key, arm in both.studies["a"].arms.items()}}
    comparisons = {**both.studies["a"].comparisons, **both.studies["d"].comparisons}
    arms |= both.studies["a"].arms
    third = both.studies["a"].model_copy(update={"arms": arms, "comparisons": comparisons})
    said = compared_text(replace(both, studies={**both.studies, "a": third}))
    assert "Trial a: against a white pill" in said
    assert "None of these trials" not in said


def test_a_rank_that_never_moves_is_not_called_fragile(tmp_path: Path) -> None:
    said = compared_text(made_up(tmp_path / "d", WELL))
    assert "In all the ways to compare it, it ranks 1 among 5 treatments in 8 trials; rank one is the best." in said
    assert "fragile" not in said
    assert "Its place is fragile." in compared_text(made_up(tmp_path / "e", ALIKE))


def test_nothing_is_said_of_controls_that_nobody_counted(tmp_path: Path) -> None:
    assert "times as high" not in compared_text(made_up(tmp_path / "d", ALIKE))
    said = compared_text(made_up(tmp_path / "e", ALIKE, comparators=COUNTED))
    assert "The odds of response on sugar were 4.67 (" in said
    assert (
        "a difference between the controls, not between the treatments, that by itself multiplies the odds" in said
    )
    assert "how often the outcome comes on sugar, as in the network’s trials" in said
    everybody = {"control_response": {"events": number(40), "n": number(40)}}
    assert "times as high" not in compared_text(made_up(tmp_path / "f", ALIKE, comparators=everybody))


def against(section: Section) -> Table:
    return table(section, "against a tablet; above one favours my drug")


def test_one_trial_has_no_spread_of_its_own(tmp_path: Path) -> None:
    section = report(indirect.report, Results(made_up(tmp_path / "d", {"a": ALIKE["a"]})))
    joins = against(section)
    assert len(joins.columns) == 3
    assert plain(joins.note) == ""
    assert "without one trial" not in text(section)


def test_two_trials_have_none_either(tmp_path: Path) -> None:
    section = report(indirect.report, Results(made_up(tmp_path / "d", {name: ALIKE[name] for name in ("a", "b")})))
    assert len(against(section).columns) == 3


def test_a_spread_that_cannot_be_had_is_said_to_be_so(tmp_path: Path) -> None:
    """Of trials that are equal it is not known; that of trials which are alike is less than the network's."""
    trials: dict[str, Counts] = {"a": (10, 20, 5, 20), "b": (10, 20, 5, 20), "c": (11, 20, 5, 20)}
    trials["e"] = (10, 20, 5, 20)
    ways = {"equal": ["a", "b", "e"], "alike": ["a", "b", "c", "e"]}
    apart = "study,treat1,treat2,te,se\n1,tablet,placebo,2,0.1\n2,tablet,placebo,-1,0.1\n3,talk,placebo,0.6,0.1\n"
    network = f"{apart}4,both,talk,0.5,0.1\n"
    section = report(indirect.report, Results(made_up(tmp_path / "d", trials, through=ways, network=network)))
    assert len(against(section).columns) == 3
    ways["other"] = ["a", "b", "d"]
    trials["d"] = (39, 40, 1, 40)
    section = report(indirect.report, Results(made_up(tmp_path / "e", trials, through=ways, network=network)))
    joins = against(section)
    own = dict(zip(cells(joins, 0), cells(joins, 2), strict=True))
    assert own["the analysis of equal"] == own["the analysis of alike"] == "not possible"
    assert own["the analysis of other"] != "not possible"


def test_intervals_are_called_narrow_only_where_they_are(tmp_path: Path) -> None:
    """Trials so few that their own interval is always the wider one."""
    trials: dict[str, Counts] = {"a": (10, 20, 5, 20), "b": (15, 30, 7, 30), "c": (12, 40, 11, 40)}
    ways = {"few": ["a", "b"], "many": ["a", "b", "c"]}
    section = report(indirect.report, Results(made_up(tmp_path / "d", trials, through={"few": ["a", "b"]})))
    assert plain(against(section).note) == ""
    section = report(indirect.report, Results(made_up(tmp_path / "e", trials, through=ways)))
    assert plain(against(section).note).startswith("Intervals are narrower here")


def test_the_larger_way_leads_whichever_is_declared(tmp_path: Path) -> None:
    ways = {"few": ["a", "b"], "many": ["a", "b", "c"]}
    section = report(indirect.report, Results(made_up(tmp_path / "d", ALIKE, through=ways)))
    assert "joined through the analysis of many" in plain(
        table(section, "My drug against each alternative").caption
    )
    rest = table(section, "Each alternative, joined through the analysis of few")
    assert [plain(column.head) for column in rest.columns][2] == "my drug against it"
    turned = dict(reversed(ways.items()))
    section = report(indirect.report, Results(made_up(tmp_path / "e", ALIKE, through=turned)))
    assert "joined through the analysis of many" in plain(
        table(section, "My drug against each alternative").caption
    )
    assert len(table(section, "Each alternative, joined through the analysis of many").columns) == 3


def test_differences_that_should_be_low_are_said_and_drawn_so(tmp_path: Path) -> None:
    network = (
        "study,treat1,treat2,te,se\n1,tablet,placebo,-0.1,0.05\n2,tablet,placebo,-0.2,0.06\n"
        "3,talk,placebo,-0.1,0.05\n4,tablet,talk,0.02,0.08\n5,both,talk,-0.1,0.1\n"
    )
    evidence = made_up(tmp_path / "d", BADLY, measure="RD", better="lower", network=network, comparators=COUNTED)
    section = report(indirect.report, Results(evidence))
    said = text(section)
    assert (
        "My drug probably works better than a tablet: over all the ways to compare them the risk difference of"
        in said
    )
    assert "where zero means no difference" in said
    # Odds of the controls say nothing of differences.
    assert "times as high" not in said
    note = plain(table(section, "against a tablet; below zero favours my drug").note)
    assert note.startswith("Intervals are narrower here")
    each = table(section, "My drug against each alternative")
    assert each.axis is not None
    assert (each.axis.left, each.axis.right) == ("favours my drug", "favours the alternative")
    assert (each.axis.null, each.axis.ratio) == (0.0, False)
    drawn = [value(cell.claim) for row in each.rows for cell in row.cells if isinstance(cell, Drawn)]
    assert drawn == sorted(drawn)


def test_a_choice_that_cannot_be_fitted_is_named_and_leaves_the_others(tmp_path: Path) -> None:
    prior: dict[str, Any] = {
        "label": "a wild guess",
        "of": "bias",
        "measure": "OR",
        "applies_to": "nothing",
        "family": "normal",
        "parameters": {"mean": number(0.1), "sd": number(1e60)},
        "why": [statement("A guess.")],
    }
    mild = prior | {"label": "a mild guess", "parameters": {"mean": number(0.1), "sd": number(0.2)}}
    flat = prior | {"family": "uniform", "parameters": {"low": number(0.1), "high": number(0.2)}}
    others = {"points": prior | {"measure": "MD"}, "flat": flat}
    evidence = made_up(tmp_path / "d", ALIKE, priors={"wild": prior, "mild": mild, **others})
    found = table(report(indirect.report, Results(evidence)), "one choice changed at a time")
    assert plain(found.note).startswith("Not possible: bias taken off each trial, a wild guess: an effect beyond")
    assert "bias taken off each trial, a mild guess" in cells(found, 0)
    assert not any("a wild guess" in cell for cell in cells(found, 0))


def test_of_a_network_of_one_trial_what_nobody_can_know_is_named(tmp_path: Path) -> None:
    """Two joined trials and one other tell how trials differ; with one less nothing does."""
    two = {name: ALIKE[name] for name in ("a", "b")}
    network = (
        "study,treat1,treat2,te,se\n1,tablet,placebo,0.5,0.2\n2,talk,placebo,0.5,0.2\n3,both,placebo,0.5,0.2\n"
    )
    section = report(indirect.report, Results(made_up(tmp_path / "d", two, network=network)))
    note = plain(table(section, "one choice changed at a time").note)
    assert note.startswith("Not possible: without one trial, Trial a: no degree of freedom left")
    assert "The network has no loop of designs in which inconsistency could show." in text(section)
    assert "p = " not in text(section)
    assert len(against(section).columns) == 3


def test_a_declared_analysis_without_effects_is_no_way_to_join(tmp_path: Path) -> None:
    evidence = made_up(tmp_path / "d", ALIKE, through={"all": ["a"], "more": ["a", "b"]})
    empty = evidence.studies["a"].model_copy(update={"results": ()})
    results = Results(replace(evidence, studies={**evidence.studies, "a": empty}))
    assert results.compared is not None
    assert results.compared.ways == ()
    assert (results.compared.shifts, results.compared.bias) == ((), None)
    assert indirect.report(results, Ledger()) is None
    assert "Combinations of other" not in text(report(combinations.report, results))


def test_another_way_without_effects_is_left_out(tmp_path: Path) -> None:
    evidence = made_up(tmp_path / "d", ALIKE, through={"all": ["a", "b"], "more": ["c"]})
    empty = evidence.studies["c"].model_copy(update={"results": ()})
    section = report(indirect.report, Results(replace(evidence, studies={**evidence.studies, "c": empty})))
    assert cells(against(section), 0) == ["the analysis of all"]


def test_a_network_without_combinations_has_none_to_show(tmp_path: Path) -> None:
    section = report(combinations.report, Results(made_up(tmp_path / "d", ALIKE)))
    assert "No treatment of the network is a combination with my drug, and what one would do is not" in text(
        section
    )
    assert tables(section) == []
    section = report(combinations.report, Results(made_up(tmp_path / "e", ALIKE, components=True)))
    found = table(section, "Odds ratio against sugar")
    assert cells(found, 0) == ["tablet and talking"]


def test_trials_are_sorted_by_what_else_people_took(tmp_path: Path) -> None:
    """One trial stands for itself; without an effect none is possible."""
    studies: dict[str, dict[str, Any]] = {
        "a": {"co_treatment": "mixed"},
        "b": {"co_treatment": "monotherapy"},
        "c": {"co_treatment": "unknown"},
    }
    evidence = made_up(tmp_path / "d", ALIKE, studies=studies, comparators={"together": "all"})
    empty = evidence.studies["b"].model_copy(update={"results": ()})
    section = report(combinations.report, Results(replace(evidence, studies={**evidence.studies, "b": empty})))
    added = table(section, "by what else people had")
    assert cells(added, 0) == ["nobody had other treatment", "some had other treatment too", "not known"]
    assert cells(added, 3)[0] == "not possible"
    own = next(
        effect for effect in contrasts(evidence, evidence.dossier.analyses["all"]).effects if effect.study == "a"
    )
    assert cells(added, 3)[1].startswith(f"{math.exp(own.yi):.1f} (")
    assert plain(added.columns[3].head) == "pooled odds ratio"
    assert plain(added.note).startswith("One trial stands for itself, its comparisons taken as one")


def test_who_had_other_treatment_and_when_it_was_measured_is_said_in_the_dossiers_words(
    results: Results, claims: dict[str, Claim], tmp_path: Path
) -> None:
    assert claims["with.added.adjunct.trials"].label == (
        "trials of botulinum toxin; other treatment: everybody also took an antidepressant"
    )
    assert claims["with.tested"].label == (
        "randomised trials that gave botulinum toxin to both groups and something else to one"
    )
    assert results.evidence.comparators is not None
    assert {claims[name].time_span for name in ("with.tau", "with.combination.additivity")} == {
        results.evidence.comparators.time_span
    }
    book = Ledger()
    indirect.report(Results(made_up(tmp_path / "d", ALIKE)), book)
    assert book.claims["with.tau"].time_span == "as in the network’s trials"


def test_a_choice_is_called_alike_in_its_row_and_in_its_claims(compare: Section, claims: dict[str, Claim]) -> None:
    labels = [claim.label for name, claim in claims.items() if name.startswith("with.shift.") and "effect" in name]
    rows = [plain(row.cells[0]) for row in table(compare, "one choice changed at a time").rows]
    assert [label.partition(": ")[2] for label in labels] == rows


def test_what_else_people_took_is_pooled_apart(results: Results, claims: dict[str, Claim]) -> None:
    evidence = results.evidence
    assert evidence.comparators is not None
    key = evidence.comparators.together
    assert key is not None
    effects = contrasts(evidence, evidence.dossier.analyses[key]).effects
    added = tuple(effect for effect in effects if evidence.studies[effect.study].co_treatment == "adjunct")
    assert len({effect.study for effect in added}) == 2
    fit = bayes(*arrays(added), tau_prior=LogT.of_tau2(-2.99, 2.16, 5))
    claim = claims["with.added.adjunct.pooled"]
    assert claim.value == pytest.approx(fit.mu.median, rel=1e-9)
    assert (claim.low, claim.high) == pytest.approx(fit.mu.interval(kind="central"), rel=1e-8)
    assert claim.interval == "95 % credible interval"
    assert dict(claim.inputs)["priors.yaml"] == evidence.digests["priors.yaml"]
    assert "RHO15" in {source.reference for source in claim.sources}


def test_the_two_doses_of_one_trial_are_one_effect(results: Results, claims: dict[str, Claim]) -> None:
    """Not random effects of two comparisons, whose interval says nothing."""
    one = results.pooled["scores_industry"]
    claim = claims["with.added.monotherapy.pooled"]
    weights = [1 / effect.vi for effect in one.effects]
    mean = sum(weight * effect.yi for weight, effect in zip(weights, one.effects, strict=True)) / sum(weights)
    half = 1.959963984540054 / math.sqrt(sum(weights))
    assert (claim.value, claim.low, claim.high) == pytest.approx((mean, mean - half, mean + half), rel=1e-8)


def test_two_trials_without_a_prior_are_not_pooled(results: Results) -> None:
    evidence = replace(results.evidence, priors=None)
    added = table(report(combinations.report, Results(evidence)), "by what else people had")
    assert cells(added, 3)[0].startswith("not pooled: two trials do not tell how trials differ")


def test_a_table_of_arms_joins_as_its_contrasts_do(tmp_path: Path) -> None:
    file = tmp_path / "arms.csv"
    file.write_text(
        "study,treatment,events,n\na,x,20,50\na,y,10,50\na,z,12,50\nb,x,9,30\nb,y,4,31\n", encoding="utf-8"
    )
    study, one, other, te, se = contrast_columns(read_table(file, "arms.csv", "arms", "OR"), "OR")
    assert list(zip(study, one, other, strict=True)) == [
        ("a", "x", "y"),
        ("a", "x", "z"),
        ("a", "y", "z"),
        ("b", "x", "y"),
    ]
    assert te[0] == pytest.approx(math.log(20 * 40 / (30 * 10)))
    assert se[0] == pytest.approx(math.sqrt(1 / 20 + 1 / 30 + 1 / 10 + 1 / 40))


def test_a_network_in_two_parts_is_an_error_that_names_them(tmp_path: Path) -> None:
    network = "study,treat1,treat2,te,se\n1,tablet,placebo,0.5,0.2\n2,tablet,placebo,0.4,0.2\n3,talk,both,0.1,0.2\n"
    evidence = made_up(tmp_path / "d", ALIKE, network=network)
    with pytest.raises(ValueError, match="falls into 2 parts"):
        indirect.report(Results(evidence), Ledger())
