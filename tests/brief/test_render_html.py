"""A made-up brief and report as pages: every number opens its chain, nothing is asked of the network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import pytest
from lxml import html as lxml_html

from glabella.brief.render import html
from glabella.brief.render.claims import ID, unpacked
from glabella.brief.render.numbers import MOST, box_of
from glabella.brief.render.setting import setting_of
from glabella.shown import (
    Axis,
    Cite,
    Claim,
    Column,
    Document,
    Drawable,
    Drawn,
    Figure,
    Icon,
    Items,
    Ledger,
    Link,
    Name,
    Paragraph,
    Reference,
    Row,
    Section,
    Shown,
    Source,
    Table,
    claims_of,
)
from tests.brief import made_up

BRIEF, REPORT = made_up.brief(), made_up.report()
BESIDE = made_up.brief(beside="made-up.report.html")
BOTH = pytest.mark.parametrize("document", [BRIEF, BESIDE, REPORT], ids=["brief", "beside", "report"])
HOSTILE = "</p><script>alert(1)</script><b title=\"x' onload='y\">&amp; <!-- 'x' \\ {a}"


def root(document: Document) -> Any:
    return lxml_html.document_fromstring(html(document))


def document(*blocks: Any, kind: Any = "brief", claims: tuple[Claim, ...] = (), **more: Any) -> Document:
    """Make a document of one section up."""
    found = claims or claims_of(blocks)
    references = tuple(Reference(f"S{n}", f"Source {n}", short=f"S {n}") for n in range(1, 30))
    section = Section("only", "Only", blocks, claims=found)
    return Document(kind, "x", "X", "2026-01-02", (), (section,), (), references, found, **more)


def claim(value: float | None = 1.5, *, name: str = "one", sources: Iterable[str] = ("S1",), **more: Any) -> Claim:
    fields: dict[str, Any] = {
        "population": "people", "time_span": "week 1", "certainty": "low", "function": "f", "version": "1",
        "inputs": (), "sources": tuple(Source(key, "seen", "abstract") for key in sources),
    }  # fmt: skip
    return Ledger()(name, "a label", value, **{**fields, **more})


@BOTH
def test_a_page_is_the_same_when_made_twice(document: Document) -> None:
    assert html(document) == html(document)


@BOTH
def test_a_page_runs_nothing_and_asks_nothing_of_the_network(document: Document) -> None:
    page = root(document)
    assert [it.get("type") for it in page.iter("script")] == ["application/json"]
    assert not page.xpath("//link | //iframe | //object | //img | //@src | //*[@onclick]")
    assert "url(" not in html(document)
    assert "@import" not in html(document)


@BOTH
def test_every_address_within_a_page_is_there(document: Document) -> None:
    page = root(document)
    names = page.xpath("//@id")
    assert len(names) == len(set(names))
    wanted = {it[1:] for it in page.xpath("//@href") if it.startswith("#")}
    assert wanted | set(page.xpath("//@popovertarget | //@aria-labelledby")) <= set(names)


@BOTH
def test_headings_follow_on_each_other(document: Document) -> None:
    levels = [int(it.tag[1]) for it in root(document).xpath("//h1 | //h2 | //h3 | //h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_number_of_a_brief_opens_its_box_and_has_only_one() -> None:
    page = root(BRIEF)
    buttons = page.xpath("//main//button[@data-claim]")
    boxes = page.xpath("//div[@popover]/@id")
    assert len(boxes) == len(set(boxes)) == len({it.get("popovertarget") for it in buttons})
    assert len(buttons) > len(boxes)  # some claims stand twice
    assert {it.get("data-claim") for it in buttons} == {it.id for it in claims_of(BRIEF.body)}


def test_a_number_of_a_report_leads_to_its_line_and_back() -> None:
    page = root(REPORT)
    for it in page.xpath("//main//a[@class='n']"):
        (value,) = page.xpath(f"//li/b[@id='{it.get('href')[1:]}']")
        back = value.xpath("following-sibling::a[1]/@href")
        assert len(back) == 1
        assert page.get_element_by_id(back[0][1:]).get("href") == it.get("href")
    assert len(page.xpath("//li/b[starts-with(@id, 'n-')]")) == len(REPORT.claims)


def test_a_box_says_where_its_number_comes_from() -> None:
    page = root(BESIDE)
    (button,) = page.xpath("//button[@data-claim='effect.small'][1]")[:1]
    box = page.get_element_by_id(button.get("popovertarget"))
    said = " ".join(box.text_content().split())
    for words in ("−12.4 (−21.8 to −3.1)", "three small trials", "95 % confidence interval", "adults with nothing",
                  "week 6", "very low", "Nobody 2002, Nobody 2003, Nobody 2004 (abstract)"):  # fmt: skip
        assert words in said
    assert box.xpath("a/@href") == ["made-up.report.html#n-effect.small"]


def test_a_brief_alone_has_no_dead_link() -> None:
    page = root(BRIEF)
    assert not page.xpath("//div[@popover]//a[starts-with(@href, 'made')]")
    assert all(it.startswith(("#", "https://doi.org/")) for it in page.xpath("//@href"))
    assert page.xpath("//a[text()='More']/@href") == ["#harms"]
    assert not page.xpath("//a[text()='Full report']")
    assert root(BESIDE).xpath("//a[text()='Full report']/@href") == ["made-up.report.html#all"]


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        (("S1",), "S 1 (abstract)"),
        (tuple(f"S{n}" for n in range(1, 17)), "S 1, S 2"),
        (tuple(f"S{n}" for n in range(1, 30)), "[1–29]"),
    ],
)
def test_a_box_names_its_sources_as_shortly_as_it_must(sources: tuple[str, ...], words: str) -> None:
    one = claim(sources=sources)
    box = box_of(one, setting_of(document(Paragraph(one))))
    assert words in dict(box.lines)["Source" if len(sources) == 1 else "Sources"]
    assert box.words <= MOST


@pytest.mark.parametrize("length", [5, 30, 55, 100, 400])
@pytest.mark.parametrize("people", [2, 30, 80])
def test_a_box_is_never_too_long_and_says_what_it_cut(length: int, people: int) -> None:
    one = replace(claim(), label=" ".join(["word"] * length), population=" ".join(["people"] * people),
                  interval="95 % confidence interval", low=1, high=2)  # fmt: skip
    box = box_of(one, setting_of(document(Paragraph(one))))
    assert box.words <= MOST
    assert ("…" in box.what) == (box.what.count("ord") < length)
    assert box.what.endswith("95 % confidence interval.")


def test_what_a_source_did_not_say_is_not_repeated() -> None:
    one = claim(population="as in the source", time_span="as in the source", certainty="as printed", sources=())
    assert box_of(one, setting_of(document(Paragraph(one)))).lines == ()


def bare(page: Any) -> Iterator[str]:
    """Give texts with a digit that is no claim's and no name's."""
    allowed = " or ".join(
        (
            "@data-claim",
            "@popover",
            "contains(concat(' ', @class, ' '), ' id ')",
            "@class='ref'",
            "contains(concat(' ', @class, ' '), ' n ')",
            "starts-with(@class, 'cite')",
            "self::script",
            "self::style",
            "self::svg",
            "self::li[b[starts-with(@id, 'n-')]]",
        )
    )
    allowed = f"ancestor-or-self::*[{allowed}]"
    for it in page.xpath(f"//body//text()[not(parent::*[{allowed}])]"):
        if re.search(r"\d", it):
            yield it


@BOTH
def test_no_digit_stands_outside_a_claim(document: Document) -> None:
    assert list(bare(root(document))) == []


def test_the_test_for_bare_digits_can_fail() -> None:
    assert list(bare(root(document(Paragraph("It helps 7 of 10."))))) == ["It helps 7 of 10."]


@BOTH
def test_claims_for_programs_are_those_of_the_document(document: Document) -> None:
    (data,) = root(document).xpath(f"//script[@id='{ID}']/text()")
    assert tuple(unpacked(json.loads(data))) == document.claims


def test_whatever_is_said_stays_text() -> None:
    """Words of others hold marks of HTML in every place that takes words."""
    one = replace(claim(), label=HOSTILE, population=HOSTILE, unit=HOSTILE)
    it = replace(
        document(
            Paragraph((HOSTILE, one, Name(HOSTILE), Link(HOSTILE, HOSTILE), Icon("verdict", HOSTILE))),
            Table(HOSTILE, (Column(HOSTILE), Column(HOSTILE)), (Row((HOSTILE, HOSTILE)),), note=HOSTILE),
            Table("", (Column("a"), Column("", "drawn")), (Row((HOSTILE, Drawn(one))),),
                  Axis(0, 3, 1, left=HOSTILE, right=HOSTILE)),
            Figure(HOSTILE, "<svg></svg>", HOSTILE, HOSTILE),
            claims=(one,),
        ),
        title=HOSTILE, edition=HOSTILE, beside="r.html",
        references=(Reference("S1", HOSTILE, "https://x/" + HOSTILE, HOSTILE, HOSTILE),),
    )  # fmt: skip
    for kind in ("brief", "report"):
        page = root(replace(it, kind=kind))
        assert [each.get("type") for each in page.iter("script")] == ["application/json"]
        assert not page.xpath("//@onload")
        assert not page.xpath("//comment()")
        assert "alert(1)" in page.xpath("//h1")[0].text_content()
        assert not re.search(r"[{;]\s*onload", page.xpath("//table/@style")[0])


def test_a_citation_that_only_repeats_its_numbers_is_for_screens() -> None:
    one = claim(sources=("S1", "S2"))
    page = root(document(Items((("a ", one, " b", Cite(("S2",))), ("c ", one, Cite(("S3",)))))))
    assert page.xpath("//li[contains(., 'a ')]/a[starts-with(@class, 'cite')]/@class") == ["cite scr"]
    assert page.xpath("//li[contains(., 'c ')]/a[starts-with(@class, 'cite')]/@class") == ["cite"]


def test_of_numbers_that_lean_on_the_same_the_last_carries_the_mark() -> None:
    one, other = claim(sources=("S1",)), claim(name="other", sources=("S2",))
    line = ("a ", one, " b ", one, " c ", other, " d ", one, " e", Cite(("S1",)))
    page = root(
        document(Paragraph(line), Table("", (Column("x"), Column("y"), Column("z")), (Row((one, one, other)),)))
    )
    assert [(it.get("class"), it.text) for it in page.xpath("//p/a[starts-with(@href, '#s')]")] == [
        ("ref", "[1]"), ("ref", "[2]"), ("cite", "[1]"),
    ]  # fmt: skip
    assert [it.xpath("string(a)") for it in page.xpath("//tbody/tr/*")] == ["", "[1]", "[2]"]


def test_many_sources_get_a_letter_that_the_list_explains() -> None:
    one = claim(sources=[f"S{n}" for n in (1, 3, 5, 7, 9, 11)])
    page = root(document(Paragraph((Cite(("S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9")), one))))
    assert page.xpath("//p/a[@class='ref']/text()") == ["[A]"]
    assert " ".join(page.get_element_by_id("sA").text_content().split()) == "[A] 1,3,5,7,9,10"


def test_a_source_that_is_not_listed_is_an_error() -> None:
    with pytest.raises(ValueError, match="a source is called 'S99', expected one of the document's references"):
        html(document(Paragraph(claim(sources=("S99",)))))


def test_numbers_stand_right_and_intervals_left() -> None:
    plain, spread = claim(name="plain"), claim(name="spread", low=1, high=2)
    table = Table("t", (Column("a"), Column("b", "number"), Column("c", "number"), Column("d", "wide")),
                  (Row(("x", Shown(plain, "number"), spread, "w")),))  # fmt: skip
    assert root(document(table)).xpath("//td/@class") == ["r", "num", "wide"]


def test_a_number_alone_in_its_form_stands_right_though_it_has_an_interval() -> None:
    spread = claim(low=1, high=2)
    table = Table("t", (Column("a"), Column("b", "number")), (Row(("x", Shown(spread, "number"))),))
    assert root(document(table)).xpath("//td/@class") == ["r"]


def test_squares_are_as_large_as_their_weight() -> None:
    rows = tuple(Row((f"t{weight}", Drawn(claim(low=1, high=2), weight=weight))) for weight in (40.0, 10.0, 0.0))
    table = Table("t", (Column("a"), Column("", "drawn")), rows, Axis(0, 3, 1))
    sides = [float(it) for it in root(document(table, claims=(claim(low=1, high=2),))).xpath("//rect/@width")]
    assert sides == [12, 6, 4]  # the last the smallest that is seen


@pytest.mark.parametrize(("rows", "few"), [(4, True), (5, False)])
def test_few_rows_have_their_axis_in_the_head_and_many_at_the_foot(rows: int, few: bool) -> None:
    one = claim(low=1, high=2)
    table = Table("t", (Column("a"), Column("", "drawn")), (Row(("x", Drawn(one))),) * rows, Axis(0, 3, 1))
    page = root(document(table, claims=(one,)))
    assert bool(page.xpath("//thead//svg")) is few
    assert bool(page.xpath("//tfoot//svg")) is not few
    assert len(page.xpath("//tbody//svg[@class='ax']")) == (rows if few else 0)


def test_a_claim_that_is_only_drawn_says_its_number_to_those_who_do_not_see_it() -> None:
    one = claim(low=1, high=2)
    table = Table("t", (Column("a"), Column("", "drawn")), (Row(("x", Drawn(one))),), Axis(0, 3, 1))
    page = root(document(table, claims=(one,), kind="report"))
    assert page.xpath("//svg[@role='img']/@aria-label") == ["x: 1.50 (1.00 to 2.00)"]
    # There is no place in the text to come back to, only its section.
    assert page.xpath("//b[@id='n-one']/following-sibling::a[1]/@href") == ["#only"]


def test_a_claim_outside_of_any_section_is_listed_too() -> None:
    one, other = claim(), claim(name="other")
    page = root(document(Paragraph(one), kind="report", claims=(one,)))
    assert [it.text_content() for it in page.xpath("//section[@id='every-number']//summary")] == ["Only (1)"]
    whole = replace(document(Paragraph(one), kind="report", claims=(one,)), claims=(one, other))
    page = root(whole)
    assert [it.text_content() for it in page.xpath("//section[@id='every-number']//summary")] == [
        "Only (1)", "Elsewhere (1)",
    ]  # fmt: skip
    assert page.xpath("//b[@id='n-other']/following-sibling::a[1]/@href") == ["#main"]


@dataclass(frozen=True)
class Told:
    """A description that draws itself, for tests."""

    spec: dict[str, Any]

    def svg(self) -> str:
        return f"<svg><desc>{self.spec['n']}</desc></svg>"


def test_plots_are_drawn_in_one_batch_or_each_by_itself() -> None:
    asked: list[list[Drawable]] = []

    def draw(plots: Iterable[Drawable]) -> Iterator[str]:
        asked.append(list(plots))
        return (f"<svg><desc>batch {it.spec['n']}</desc></svg>" for it in asked[-1])

    it = document(
        *(Figure(f"f{n}", Told({"n": n}) if n != 1 else "<svg><desc>own</desc></svg>", "x") for n in range(3))
    )
    assert re.findall(r"<desc>([^<]*)</desc>", html(it, draw)) == ["batch 0", "own", "batch 2"]
    assert len(asked) == 1
    assert re.findall(r"<desc>([^<]*)</desc>", html(it)) == ["0", "own", "2"]


def test_the_embedded_claims_of_a_large_report_are_small() -> None:
    """As many claims as the shipped report holds, made up, each shown and listed."""
    book = Ledger()
    blocks = []
    for n in range(400):
        rows = tuple(
            Row((f"a row of words as long as they are, {arm}", book.keep(
                claim(n + 0.123456789, name=f"part.{n}.some_comparison.{arm}", low=n - 1.2345, high=n + 9.8765,
                      interval="95 % confidence interval", population=f"people of trial {n}, as analysed",
                      sources=[f"S{k}" for k in range(1 + n % 9, 12 + n % 17)]))))
            for arm in ("first", "second", "third", "fourth")
        )  # fmt: skip
        blocks.append(
            Table(f"Table of a comparison {Name('x').text}", (Column("what"), Column("n", "number")), rows)
        )
    made = document(*blocks, kind="report", claims=tuple(book.claims.values()))
    page = html(made)
    assert len(made.claims) == 1600
    assert len(page.encode()) < 1_100_000  # leaves as much for words and drawings


def test_a_brief_of_two_hundred_claims_is_small() -> None:
    book = Ledger()
    claims = [book.keep(claim(float(n), name=f"a.long.name.of.a.claim.{n}", low=n - 1.0, high=n + 1.0,
                              interval="95 % confidence interval")) for n in range(200)]  # fmt: skip
    page = html(document(Items(tuple(("A sentence with a number: ", it, ".") for it in claims))))
    assert len(page.encode()) < 250_000
