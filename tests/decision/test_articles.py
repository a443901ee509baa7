"""What an article claims: on labelled articles, under changes that must or must not matter, and at the edges."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import cache

import pytest

from glabella._reading import Block
from glabella._reading._article import Kind
from glabella.decision.articles import Mark, check, is_english, sentences_of
from glabella.dossier import Frames
from tests.decision.article_sets import SETS, Count, count, frames, labelled

ABOUT = Block("paragraph", "This is about Botox for depression.")


def said(text: str) -> tuple[Mark, ...]:
    """Give the marks of a text that follows a sentence about the treatment."""
    found = check([ABOUT, Block("paragraph", text)], frames())
    return tuple(mark for each in found.sentences[1:] for mark in each.marks)


def stances(text: str) -> set[tuple[str, str]]:
    return {(mark.claim, mark.stance) for mark in said(text)}


@cache
def marked_alone() -> tuple[str, ...]:
    """Give labelled sentences that are marked rightly when they stand alone: of every sixteen one is tried."""
    out = []
    for each in labelled("develop")[::16]:
        one = len(sentences_of([Block("paragraph", each.text)])) == 1
        if each.kind == "statement" and one and stances(each.text) and stances(each.text) <= set(each.due.items()):
            out.append(each.text)
    return tuple(out)


def lowered(text: str) -> str:
    """Begin with a small letter, where the word is no name."""
    first = text.split(maxsplit=1)[0]
    return text if first.isupper() and len(first) > 1 else text[0].lower() + text[1:]


@pytest.fixture(scope="module", params=SETS)
def counted(request: pytest.FixtureRequest) -> tuple[str, Count]:
    return request.param, count(labelled(request.param))


#: At most so much wrong, at least so much found; for each set a little worse than what was reached.
FLOORS = {
    "develop": {"wrong": 0.05, "recall": 0.66, "stance": 0.98, "claimless": 0.011, "denied": 9},
    "unseen": {"wrong": 0.145, "recall": 0.56, "stance": 0.97, "claimless": 0.031, "denied": 2},
    "frozen": {"wrong": 0.195, "recall": 0.49, "stance": 0.95, "claimless": 0.032, "denied": 3},
}


def test_labelled_articles_are_marked_as_well_as_before(counted: tuple[str, Count]) -> None:
    name, found = counted
    floor = FLOORS[name]
    assert found.wrong <= floor["wrong"]
    assert found.recall >= floor["recall"]
    assert found.stance_right >= floor["stance"]
    assert found.claimless_wrong <= floor["claimless"]
    assert found.denied_as_asserted <= floor["denied"]


# What must matter, and what must not.


@pytest.mark.parametrize(
    "outer",
    ["It is not true that {}", "There is no evidence that {}", "It is a myth that {}", "Nobody has shown that {}"],
)
def test_a_negated_sentence_never_keeps_its_stance(outer: str) -> None:
    kept = {}
    for text in marked_alone():
        both = stances(text) & stances(outer.format(lowered(text)))
        if both:
            kept[text] = both
    assert not kept


def test_a_not_put_in_never_keeps_the_stance() -> None:
    verb = re.compile(
        r"\b(is|are|was|were|can|may|will|has|have|does|did|could|should|would)\b(?! not|n['’]t|['’])"
    )
    kept = {}
    for text in marked_alone():
        sentence = sentences_of([Block("paragraph", text)])[0]
        # A second word of denial takes back the first.
        denied = re.search(r"\b(no|not|never|nobody|nothing|hardly|rarely|without)\b|n['’]t\b", text.lower())
        if not denied and " only" not in text and len(sentence.clauses) == 1 and len(verb.findall(text)) == 1:
            negated = verb.sub(r"\1 not", text)
            if both := stances(text) & stances(negated):
                kept[negated] = both
    assert not kept


@pytest.mark.parametrize(
    ("outer", "modality"),
    [("Possibly {}", "hedged"), ("Perhaps {}", "hedged"), ("Her sister says that {}", "attributed")],
)
def test_hedging_and_attributing_change_only_the_modality(outer: str, modality: str) -> None:
    for text in marked_alone():
        before, after = said(text), said(outer.format(lowered(text)))
        assert {(mark.claim, mark.stance) for mark in after} == {(mark.claim, mark.stance) for mark in before}, text
        wanted = "attributed" if "attributed" in {mark.modality for mark in before} else modality
        assert {mark.modality for mark in after} == {wanted}, text


def test_who_asks_claims_nothing() -> None:
    for text in marked_alone():
        assert not said(text.rstrip(".!…\"'”’)") + "?")


def test_the_order_of_clauses_does_not_matter() -> None:
    moved = 0
    for text in marked_alone():
        halves = text.rstrip(".").split("; ")
        if len(halves) == 2:
            moved += 1
            assert stances(f"{halves[1]}; {halves[0]}.") == stances(text)
    assert moved


@pytest.mark.parametrize("name", ["Dysport", "Xeomin", "botulinum toxin", "onabotulinumtoxinA", "the neurotoxin"])
def test_the_name_of_the_product_does_not_matter(name: str) -> None:
    for text in marked_alone():
        if re.search(r"\bBotox\b", text):
            assert stances(re.sub(r"\bBotox\b", name, text)) == stances(text), text


@pytest.mark.parametrize(
    "change", [str.upper, str.lower, lambda text: text.replace("-", "–"), lambda text: text.replace("'", "’")]
)
def test_case_dashes_and_quotes_do_not_matter(change: Callable[[str], str]) -> None:
    for text in marked_alone():
        # A small letter behind a full stop goes on with its sentence, a capital one begins another.
        if len(sentences_of([Block("paragraph", change(text))])) > 1:
            continue
        assert stances(change(text)) == stances(text), text


# The edges.

SMALL = Frames.model_validate(
    {
        "language": "en",
        "subject": ["tea|teas"],
        "elsewhere": ["coffee"],
        "concepts": {"colds": ["cold|colds|sniffles"], "ending": ["cure*|end|ends"]},
        "looks_like": ["<colds>"],
        "frames": [
            {
                "claim": "cures",
                "when": ["<ending> .. <colds>"],
                "denies": ["useless & <colds>"],
                "unless": ["feet"],
                "mirror": "vain",
            },
            {"claim": "helps", "when": ["helps + <colds>", "soothes - throat"], "own": ["not much"]},
            {"claim": "best", "when": ["best @ teas"], "over": ["helps"]},
        ],
    }
)


def small(*texts: str, kind: Kind = "paragraph") -> list[tuple[str, str, str]]:
    found = check([Block(kind, each) for each in texts], SMALL)
    return [(mark.claim, mark.stance, mark.modality) for each in found.sentences for mark in each.marks]


@pytest.mark.parametrize("text", ["", " ", "Tea", "tea", ".", "...", "?!", "“”", "-", "’", "½ ² ™", "\u200b"])
def test_nothing_is_claimed_by_next_to_nothing(text: str) -> None:
    assert small(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tea cures colds", [("cures", "asserts", "plain")]),
        ("Tea cures almost all of the sniffles.", [("cures", "asserts", "plain")]),
        ("Tea cures one of the five most common colds.", []),
        ("Tea does not cure colds.", [("cures", "denies", "plain"), ("vain", "asserts", "plain")]),
        ("Tea is useless for colds.", [("cures", "denies", "plain"), ("vain", "asserts", "plain")]),
        ("It is not true that tea is useless for colds.", []),
        ("Tea cures no colds.", []),
        ("Tea cures people who never had colds.", []),
        ("Tea cures not only colds.", []),
        ("Not only does tea cure colds.", [("cures", "asserts", "plain")]),
        ("A cure of colds by tea is a myth.", [("cures", "denies", "plain"), ("vain", "asserts", "plain")]),
        ("Tea cures colds, but it does not cure colds.", []),
        ("Tea cures colds and cold feet.", []),
        ("Coffee cures colds.", []),
        ("Coffee is nice, but tea cures colds.", [("cures", "asserts", "plain")]),
        ("If tea cures colds, drink it.", []),
        ("Whether tea cures colds is open.", []),
        ("Does tea cure colds? nobody says.", []),
        ("Tea may cure colds.", [("cures", "asserts", "hedged")]),
        ("My aunt says tea may cure colds.", [("cures", "asserts", "attributed")]),
        ("“My aunt said ‘tea cures colds’ to me.”", [("cures", "asserts", "attributed")]),
        ("Tea helps; with colds, that is.", [("helps", "asserts", "plain")]),
        ("Tea soothes.", [("helps", "asserts", "plain")]),
        ("Tea soothes a throat.", []),
        ("Tea helps, if not much, with a cold.", [("helps", "asserts", "plain")]),
        ("Of the best 12 teas each helps with a cold.", [("best", "asserts", "plain")]),
        ("Dr. Lee of St. Mary's says, e.g., that tea cures colds.", [("cures", "asserts", "attributed")]),
    ],
)
def test_sentences_of_every_shape(text: str, expected: list[tuple[str, str, str]]) -> None:
    if "Tea" not in text and "tea" not in text:
        text = f"Tea is a plant. {text}"
    assert small(text) == expected


def test_what_leads_to_a_list_is_said_with_each_of_its_items() -> None:
    lead = Block("paragraph", "What tea does for colds:")
    items = [Block("item", "it helps"), Block("item", "it tastes")]
    found = check([Block("heading", "Tea"), lead, *items, Block("paragraph", "It helps.")], SMALL)
    assert [len(each.marks) for each in found.sentences] == [0, 0, 1, 0, 0]
    under = check([Block("heading", "Tea and colds"), Block("paragraph", "It helps.")], SMALL)
    assert [len(each.marks) for each in under.sentences] == [0, 1]


def test_what_is_said_of_miracle_cures_in_general_is_not_of_the_treatment() -> None:
    assert said("I have seen plenty of miracle cures fizzle, people say.") == ()
    assert {mark.claim for mark in said("It is a miracle cure for depression.")} == {"m_cure"}


def test_headings_claim_nothing_and_an_article_of_something_else_neither() -> None:
    assert small("Tea cures colds", kind="heading") == []
    found = check([Block("paragraph", "Soup cures colds.")], SMALL)
    assert not found.about
    assert not found.sentences[0].marks


def test_what_looks_like_a_claim_is_listed() -> None:
    found = check([Block("paragraph", "Tea and colds go together. Tea cures no colds. Tea is warm.")], SMALL)
    assert [each.looks for each in found.sentences] == [True, True, False]


def test_the_words_that_made_a_mark_are_shown() -> None:
    (mark,) = check([Block("paragraph", "Tea Ends the common Cold.")], SMALL).sentences[0].marks
    assert mark.fired == ("ends the common cold",)


@pytest.mark.parametrize(
    "text",
    [
        "Das Mittel hilft gegen die Depression, sagen die Leute, und es wirkt schnell, auch wenn man es nur einmal "
        "spritzt und danach nichts weiter tut. In der Studie war Botox besser als Kochsalz.",
        "Le Botox aide contre la dépression, disent les médecins, et il agit vite, même si on ne l'injecte "
        "qu'une seule fois dans le front. Les études sont petites et les résultats sont contestés par plusieurs "
        "chercheurs.",
        "El Botox ayuda contra la depresión, dicen los médicos, y actúa rápido, aunque solo se inyecte una vez "
        "en la frente. Los estudios son pequeños y los resultados son discutidos por varios investigadores.",
        "肉毒杆菌毒素 Botox 可以治疗抑郁症。 " * 12,
    ],
)
def test_another_language_is_said_to_be_so(text: str) -> None:
    found = check([Block("paragraph", text)], frames())
    assert not found.english
    assert not any(each.marks for each in found.sentences)


def test_english_is_taken_for_english() -> None:
    assert is_english(" ".join(each.text for each in labelled("develop")))
    assert is_english("Botox")
    assert is_english("")


def test_an_article_is_read_in_no_time() -> None:
    text = " ".join(each.text for each in labelled("develop"))
    words = text.split()[:2000]
    start = time.process_time()
    check([Block("paragraph", " ".join(words))], frames())
    assert time.process_time() - start < 3


HOSTILE = {
    "one word": "a" * 1_000_000,
    "stops": "." * 1_000_000,
    "stops and letters": "a. " * 330_000,
    "stops without end": "." * 500_000 + "a" + ".a" * 250_000,
    "quotes": '."' * 500_000,
    "spaces": " " * 1_000_000,
    "commas": ", " * 500_000,
    "dashes": "- " * 500_000,
    "denials": "not " * 250_000,
    "words without a stop": "botox helps depression and " * 37_000,
    "sentences": "Botox does not help depression. " * 31_000,
    "apostrophes": "'" * 1_000_000,
    "numbers": "1,2.3" * 200_000,
    "brackets": "(" * 1_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_takes_more_than_its_length(name: str) -> None:
    """Ten times the text takes about ten times as long, not a hundred."""
    text = "Botox. " + HOSTILE[name]
    times = []
    for length in (len(text) // 10, len(text)):
        start = time.process_time()
        check([Block("paragraph", text[:length])], SMALL if name == "sentences" else frames())
        times.append(time.process_time() - start)
    assert times[1] < 30 * times[0] + 5
    assert times[1] < 60
