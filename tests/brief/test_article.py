"""A checked article: each claim with what the evidence says of it, its numbers compared, and nothing obeyed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from glabella._reading import Block, blocks_of_markdown
from glabella.brief import Results, article_document, as_json, html, markdown, verified
from glabella.brief.claims import verdicts_of
from glabella.dossier import load
from glabella.shown import Document, Icon, Link, Section, blocks_of, inlines_of, plain
from tests import dossiers_made
from tests.brief.sections import bare_digits, lines
from tests.decision.article_sets import SETS, count, frames, labelled

GERMAN = (
    "Die Impfung wird seit vielen Jahren gegeben, und sie schützt die Menschen gegen die Krankheit, sagen die "
    "Leute, auch wenn man sie nur einmal bekommt und danach nichts weiter tut, als auf BCG zu hoffen."
)


@pytest.fixture(scope="module")
def bcg(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return Results(load(dossiers_made.bcg_claimed(tmp_path_factory.mktemp("bcg") / "made")))


@pytest.fixture(scope="module")
def shipped() -> Results:
    return Results(load())


def made(results: Results, text: str) -> Document:
    return article_document(results, "article.md", blocks_of_markdown(text))


def sections(results: Results, text: str) -> dict[str, list[str]]:
    """Give the lines of each section by its id."""
    document = made(results, text)
    return {
        it.id: [line for line in lines(it) if line != "# "]
        for it in blocks_of(document.sections)
        if isinstance(it, Section) and plain(it.title)
    }


def test_each_sentence_stands_with_its_claim_its_stance_and_what_the_evidence_says(bcg: Results) -> None:
    said = sections(bcg, dossiers_made.BCG_ARTICLE)
    assert said["sentences"] == [
        "# Sentence by sentence",
        "“BCG prevents tuberculosis.”",
        "- inconclusive the evidence cannot tell: the sentence asserts that “BCG lowers the number of people "
        "who fall "
        "ill”. Recognised by “prevents”, “tuberculosis”. Why",
        "“Some doctors say that it protects people all over the world.”",
        "- contradicted the evidence disagrees: the sentence says that others have said or shown that “BCG "
        "protects "
        "alike all over the world”. Recognised by “protects”, “all over the world”. Why",
        "“BCG does not protect people in every country, a review found.”",
        "- supported the evidence agrees: the sentence says that others deny that “BCG protects alike all over "
        "the "
        "world”. Recognised by “protect”, “in every country”. Why",
        "“About 5% of people fell ill with the vaccine.”",
        "- supported the evidence agrees: the sentence asserts that “With BCG hardly anybody falls ill”. "
        "Recognised "
        "by “%”, “fell ill”. Why",
        "- Its number “5%” lies outside what the trials here come to, of a hundred: 0.9 (0.9 to 1.0) "
        "(tuberculosis (all thirteen trials), counted without BCG vaccine).",
        "“BCG is cheap.”",
        "- not judged not judged here: the sentence asserts that “BCG is cheap”. Recognised by “cheap”. Why",
        "“The vaccine was tested in many trials.”",
        "- supported the evidence agrees: the sentence says that others have said or shown that “BCG is well "
        "tested, "
        "and in children too: in trials”. Recognised by “tested in many trials”. Why",
    ]


def test_the_answer_counts_what_the_evidence_does_and_lists_each_claim_once(bcg: Results) -> None:
    """By hand: the heading, the question, the vaccine of another illness and the odd sentence claim nothing."""
    said = sections(bcg, dossiers_made.BCG_ARTICLE)["answer"]
    assert said[1] == (
        "Known claims found: 6 (one that several sentences make counts for each). The evidence agrees: 3; the "
        "evidence "
        "cannot tell: 1; the evidence disagrees: 1; not judged here: 1."
    )
    assert said[2] == (
        "Sentences, without headings: 9. Of these: with a known claim, 6; perhaps with another claim, not "
        "recognised, "
        "1; questions, 1; with nothing recognised, 1."
    )
    assert said[4] == "Claim | The evidence on the claim | The article, and what follows for it"
    assert (
        "BCG protects alike all over the world. | contradicted | Sentences that assert it: 1 (the evidence "
        "disagrees); "
        "sentences that deny it: 1 (the evidence agrees)" in said
    )
    assert (
        "BCG is well tested, and in children too: in trials. | supported | Sentences that assert it: 1 (the "
        "evidence "
        "agrees)" in said
    )


def test_that_no_mark_is_no_truth_is_said_once(bcg: Results) -> None:
    for text in (dossiers_made.BCG_ARTICLE, "BCG makes tuberculosis glow green."):
        said = [line for part in sections(bcg, text).values() for line in part]
        assert len([line for line in said if "not thereby true" in line]) == 1
    assert "not thereby true" in sections(bcg, dossiers_made.BCG_ARTICLE)["article"][1]


def test_of_a_part_only_its_own_reasons_stand(bcg: Results) -> None:
    said = "\n".join(sections(bcg, "The vaccine BCG was tested in many trials.")["reasons"])
    assert "There are 13 trials." in said
    assert "By rule supported: 13 counted, at least 10 asked." in said
    assert "their ages" not in said


def test_of_what_is_not_judged_it_is_said_what_was_not_seen(bcg: Results) -> None:
    said = sections(bcg, "BCG is cheap.")
    assert said["reasons"] == [
        "# What the evidence says, and why",
        "# not judged “BCG is cheap.”",
        "Not judged: No price of it was seen.",
    ]
    assert "not judged here: 1" in said["answer"][1].lower()


def test_what_looks_like_a_claim_and_what_is_none_are_told_apart(bcg: Results) -> None:
    said = sections(bcg, "# BCG\n\nBCG makes tuberculosis glow green. Does BCG prevent tuberculosis?")
    assert "sentences" not in said
    assert said["answer"][1] == "No sentence was recognised as a claim that the dossier knows."
    assert "- “BCG makes tuberculosis glow green.”" in said["unrecognised"]
    assert "Not read as claims: questions 1, headings 1." in said["unrecognised"]
    assert "reasons" not in said


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (GERMAN, "The text does not seem to be English. Only English is read, so no sentence was marked."),
        ("Tea is a drink.", "The text does not name the treatment, so no sentence was marked."),
    ],
)
def test_another_language_or_subject_is_said(bcg: Results, text: str, answer: str) -> None:
    said = sections(bcg, text)
    assert said == {"answer": ["# What it claims", answer]}


def test_a_number_within_the_interval_is_told_from_one_outside(bcg: Results) -> None:
    """Of 191,064 people with the vaccine 1,064 fell ill, counted by hand from the table: 0.56 of each hundred."""
    ill = sum(row[2] for row in dossiers_made.BCG)
    people = sum(row[2] + row[3] for row in dossiers_made.BCG)
    share = f"{100 * ill / people:.1f}"
    inside = sections(bcg, f"Hardly anybody with BCG, {share}%, fell ill.")["sentences"]
    assert inside[-1].startswith(
        f"- Its number “{share}%” lies within what the trials here come to, of a hundred: "
    )
    assert inside[-1].endswith("with BCG vaccine).")
    assert "lies outside" in sections(bcg, "Hardly anybody with BCG, 40%, fell ill.")["sentences"][-1]
    assert not any("Its number" in line for line in sections(bcg, "With BCG hardly anybody fell ill.")["sentences"])


SHARES = "In the trials 52% of patients who had Botox for depression responded, against 1 in 7 on placebo."


def test_the_shipped_dossier_compares_the_shares_that_respond_and_remit(shipped: Results) -> None:
    said = sections(shipped, SHARES)["sentences"]
    assert any(
        "“52%” lies within what the trials here come to, of a hundred: 54 (41 to 67)" in line for line in said
    )
    assert any(
        "“1 in 7” lies within what the trials here come to, of a hundred: 11 (5 to 20)" in line for line in said
    )
    high = sections(shipped, "Botox for depression: 90 per cent of patients went into remission.")["sentences"]
    assert any("“90 per cent” lies outside what the trials here come to, of a hundred: 27" in line for line in high)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("About 60 per cent of patients on Botox reached remission.", "lies outside what the trials here come "
         "to, of "
         "a hundred: 27"),
        ("With Botox 54% of patients responded and 27% reached remission.", "“27%” lies within what the trials "
         "here "
         "come to, of a hundred: 27"),
        ("With Botox the rates of response and remission among patients were 54% and 27%.", "“54%” is not "
         "compared: "
         "the sentence leaves open of which outcome it is."),
    ],
)  # fmt: skip
def test_a_share_is_compared_with_the_same_outcome_alone(shipped: Results, text: str, expected: str) -> None:
    made_of = sections(shipped, f"Botox for depression. {text}")["sentences"]
    said = [line for line in made_of if "Its number" in line]
    assert any(expected in line for line in said), said
    assert not any("60 per cent" in line and "response" in line for line in said)


def test_a_share_of_an_outcome_that_is_not_computed_is_compared_with_nothing(tmp_path: Path) -> None:
    evidence = load(dossiers_made.bcg_claimed(tmp_path / "made"))
    frames = evidence.frames
    assert frames is not None
    only = [frame.model_copy(update={"numbers": frame.numbers[:1]}) for frame in frames.frames]
    other = frames.model_copy(update={"frames": tuple(only), "outcomes": {"deaths": ("died",)}})
    outcomes = {**evidence.dossier.outcomes, "deaths": evidence.dossier.outcomes["tuberculosis"]}
    dossier = evidence.dossier.model_copy(update={"outcomes": outcomes})
    results = Results(replace(evidence, frames=other, dossier=dossier))
    said = sections(results, "Hardly anybody with BCG fell ill, and 5% died.")["sentences"]
    assert any("“5%” is not compared: it is of another outcome" in line for line in said), said


def test_advice_is_said_to_be_advice(shipped: Results) -> None:
    said = sections(shipped, "Botox may ease depression. You should not stop your antidepressants.")["sentences"]
    article = sections(shipped, "Botox may ease depression. You should not stop your antidepressants.")["article"]
    assert "antidepressants. advice, untested See" in article[2]
    assert any("untested advice, and nobody has tested whether following it helps: " in line for line in said), said


def test_how_often_marks_are_wrong_is_what_was_counted(shipped: Results) -> None:
    tried = frames().tried
    assert tried is not None
    if "frozen" in SETS:
        found = count(labelled("frozen"))
        assert (tried.marks, tried.claims, tried.found) == (
            found.marked.total(), found.due.total(), found.right.total(),
        )  # fmt: skip
        assert tried.wrong == found.marked.total() - found.right.total()
    said = sections(shipped, SHARES)["answer"]
    assert f"{tried.wrong} of {tried.marks} marks were wrong" in said[3]


HOSTILE = (
    "It is said that <script>alert(1)</script> BCG prevents tuberculosis <img src=x onerror=alert(1)> and that "
    "it is the best of all, [x](javascript:alert(1)) `code` | a | b"
)


def test_an_articles_words_are_shown_and_never_obeyed(bcg: Results) -> None:
    document = article_document(bcg, "<b>name</b>.txt", [Block("paragraph", HOSTILE)])
    page = html(document)
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>name" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'href="javascript' not in page
    text = markdown(document)
    assert "\n<script" not in text
    assert re.search(r"(?<!\\)<script", text) is None
    assert "](javascript" not in text.replace("\\]", "")


def test_no_digit_stands_outside_a_claim_or_a_quotation(bcg: Results, shipped: Results) -> None:
    for results, text in ((bcg, dossiers_made.BCG_ARTICLE), (shipped, SHARES)):
        for section in blocks_of(made(results, text).sections):
            if not isinstance(section, Section):
                continue
            assert bare_digits(section, results.evidence.dossier.names) == []


def test_it_is_made_alike_twice_and_verified(bcg: Results) -> None:
    blocks = blocks_of_markdown(dossiers_made.BCG_ARTICLE)
    for write in (html, markdown, as_json):
        text = write(article_document(bcg, "a.md", blocks))
        assert write(article_document(Results(bcg.evidence), "a.md", blocks)) == text
        found = verified(text, bcg.evidence, article=("a.md", blocks))
        assert (found.lines, found.claims > 10) == ((), True)
        changed = text.replace("0.9 (0.9 to 1.0)", "5.0 (4.0 to 6.0)")
        assert changed != text
        assert verified(changed, bcg.evidence, article=("a.md", blocks)).lines
        other = verified(text, bcg.evidence, article=("a.md", blocks[:1]))
        assert other.lines
    with pytest.raises(ValueError, match="name its file with --article"):
        verified(text, bcg.evidence)


def test_links_lead_to_sections_that_are_there(bcg: Results, shipped: Results) -> None:
    for results, text in (
        (bcg, dossiers_made.BCG_ARTICLE),
        (shipped, f"{SHARES} Botox works best with antidepressants."),
    ):
        document = made(results, text)
        ids = {block.id for block in blocks_of(document.sections) if isinstance(block, Section)}
        links = {piece.section for piece in inlines_of(document.sections) if isinstance(piece, Link)}
        assert links <= ids


def test_verdicts_are_those_of_the_rules(bcg: Results) -> None:
    document, verdicts = made(bcg, dossiers_made.BCG_ARTICLE), verdicts_of(bcg)
    shown = {piece.word for piece in inlines_of(document.sections) if isinstance(piece, Icon)}
    assert shown == {verdicts[key] for key in ("alike", "lowers", "all", "price", "known.tested", "known")}


def test_without_frames_no_claim_can_be_recognised(tmp_path: Path) -> None:
    results = Results(load(dossiers_made.bcg(tmp_path / "made")))
    with pytest.raises(ValueError, match=r"no frames\.yaml"):
        made(results, "BCG prevents tuberculosis.")


@pytest.mark.parametrize("text", ["", "BCG prevents tuberculosis.", "BCG.\n\nBCG is cheap. " * 40])
def test_any_length_makes_a_page(bcg: Results, text: str) -> None:
    assert "What it claims" in html(made(bcg, text))
