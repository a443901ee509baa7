"""What a file says otherwise than its dossier gives: found and named, whatever was changed, in any format."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glabella.brief import Results, document, verified
from glabella.brief.verification import differences, written
from glabella.brief.written import Form
from glabella.dossier import Evidence, load
from glabella.plot import in_turn
from glabella.shown import Document
from tests import dossiers_made
from tests.brief import made_up
from tests.brief.conftest import Made

BRIEF, REPORT = made_up.brief(beside="made-up-report.html"), made_up.report(beside="made-up.html")
FORMS: tuple[Form, ...] = ("html", "md", "json")
PAGES: dict[str, str] = {
    f"{kind} {form}": written(it, form) for kind, it in (("brief", BRIEF), ("report", REPORT)) for form in FORMS
}


def found(name: str, old: str, new: str) -> tuple[str, ...]:
    """Name what differs in a file in which one text stands where another did."""
    assert old in PAGES[name], old
    return differences(PAGES[name].replace(old, new, 1), PAGES[name])


TELL, TABLETS = "Five sentences for the patient", "Do not stop your tablets."
SURE, TOLD, BENEFIT = "How sure: very low", "What does it do for nothing?", "Benefit, some weeks after one session"
LEAD = "We cannot tell. The trials give {} (−1.66 to 0.24). Certainty: {}."
#: Name of a file; what was changed to what; the line for each difference.
CHANGES: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    # --- numbers
    "number of a brief": (
        "brief html", ">−12.4 <i>", ">−9.4 <i>",
        (f"{BENEFIT}: a number says 'effect.small: −9.4 (−21.8 to −3.1)', "
         "made again 'effect.small: −12.4 (−21.8 to −3.1)'",
         f"{BENEFIT}: a cell says '−9.4 (−21.8 to −3.1)', made again '−12.4 (−21.8 to −3.1)'"),
    ),
    "number of a report": (
        "report html", ">−0.71 <i>", ">−0.91 <i>",
        (f"{TOLD}: a number says 'pooled: −0.91 (−1.66 to 0.24)', made again 'pooled: −0.71 (−1.66 to 0.24)'",
         f"{TOLD}: a sentence says {LEAD.format('−0.91', 'very low')!r}, "
         f"made again {LEAD.format('−0.71', 'very low')!r}"),
    ),
    "number in Markdown": (
        "report md", "give −0.71", "give −0.91",
        (f"{TOLD}: a line says {LEAD.format('−0.91', 'very low').replace(').', ') [1–4].')!r}, "
         f"made again {LEAD.format('−0.71', 'very low').replace(').', ') [1–4].')!r}",),
    ),
    "number in a list": (
        "report html", ">2.12 (0.38 to 11.94)</b>", ">1.12 (0.38 to 11.94)</b>",
        ("Every number: an item says 'odds ratio through the network: 1.12 (0.38 to 11.94) back', "
         "made again 'odds ratio through the network: 2.12 (0.38 to 11.94) back'",
         "Every number: a number says 'network: 1.12 (0.38 to 11.94)', made again 'network: 2.12 (0.38 to 11.94)'"),
    ),
    "number in a box": (
        "brief html", 'id="p2v">−12.4 ', 'id="p2v">−9.4 ',
        ("Where the numbers come from: an item says '−9.4 (−21.8 to −3.1)', made again '−12.4 (−21.8 to −3.1)'",),
    ),
    "claim kept in a page": (
        "brief html", '"effect.small",1,-12.4', '"effect.small",1,-9.4',
        ("effect.small: value is -9.4, made again -12.4",),
    ),
    "label kept in a page": (
        "brief html", '["points on the scale, with it minus without, three small trials"]', '["points"]',
        ("effect.small: label is 'points', made again 'points on the scale, with it minus without, three small "
         "trials'",),
    ),
    "digest kept in a page": (
        "report html", '"nobody2001","abab', '"nobody2001","baba',
        tuple(f"trial.{at}.{name}: inputs is (('nobody2001', 'baba" for at in range(6)
              for name in ("effect", "n1", "n2", "weight"))
        + tuple(f"{name}: inputs is (('nobody2001', 'baba" for name in ("i2", "network", "next", "pooled")),
    ),
    "claim that is gone": (
        "brief html", '["effect.small",', '["effect.little",',
        ("effect.little: in the file, but not in the document made again", "effect.small: missing from the file"),
    ),
    "text of a claim in JSON": (
        "report json", '"text": "−0.71 (−1.66 to 0.24)"', '"text": "−0.91 (−1.66 to 0.24)"',
        ("pooled: what its numbers give is '−0.91 (−1.66 to 0.24)', made again '−0.71 (−1.66 to 0.24)'",),
    ),
    # --- words with a sign before them
    "verdict of a brief": (
        "brief html", "</svg>contradicted<", "</svg>supported<",
        ("claims: a verdict says 'supported', made again 'contradicted'",
         "claims: a cell says 'supported', made again 'contradicted'"),
    ),
    "verdict in Markdown": (
        "brief md", "| contradicted |", "| supported |",
        ("What nobody knows: a line says '| It blocks something | supported |', "
         "made again '| It blocks something | contradicted |'",),
    ),
    "verdict in JSON": (
        "brief json", '"word": "contradicted"', '"word": "supported"',
        ("claims: a verdict says 'supported', made again 'contradicted'",
         "claims: a cell says 'supported', made again 'contradicted'"),
    ),
    "certainty": (
        "report html", "</svg>very low<", "</svg>high<",
        (f"{TOLD}: a certainty says 'high', made again 'very low'",
         f"{TOLD}: a sentence says {LEAD.format('−0.71', 'high')!r}, "
         f"made again {LEAD.format('−0.71', 'very low')!r}"),
    ),
    "certainty in a heading": (
        "brief json", '"word": "very low"', '"word": "high"',
        (f"{SURE}: a certainty says 'high', made again 'very low'",
         f"{SURE}: a heading says 'How sure: high', made again {SURE!r}"),
    ),
    "certainty in Markdown": (
        "brief md", "## How sure: very low", "## How sure: high",
        (f"{SURE}: a line says '## How sure: high', made again '## {SURE}'",),
    ),
    "circles of a certainty": (
        "brief html", 'cx="18" cy="6" r="4.4" fill="#fff"', 'cx="18" cy="6" r="4.4" fill="#17212b"',
        (f"{SURE}: the drawing “very low” is drawn otherwise",),
    ),
    # --- words
    "sentence": (
        "brief html", "Do not stop your tablets.", "Stop your tablets.",
        (f"{TELL}: an item says 'Stop your tablets.', made again {TABLETS!r}",),
    ),
    "sentence in Markdown": (
        "brief md", "Do not stop your tablets.", "Stop your tablets.",
        ("Five sentences for the patient: a line says '3. Stop your tablets.', "
         "made again '3. Do not stop your tablets.'",),
    ),
    "sentence in JSON": (
        "brief json", "Do not stop your tablets.", "Stop your tablets.",
        (f"{TELL}: an item says 'Stop your tablets.', made again {TABLETS!r}",),
    ),
    "caption": (
        "report html", "<caption>Score, ", "<caption>Cure, ",
        (f"{TOLD}: a caption says 'Cure, week six: with it against saline', "
         "made again 'Score, week six: with it against saline'",),
    ),
    "caption of a figure": (
        "report html", "<figcaption>Made up; ", "<figcaption>Proven; ",
        (f"{TOLD}: a caption says 'Proven; through the network 2.12 (0.38 to 11.94).', "
         "made again 'Made up; through the network 2.12 (0.38 to 11.94).'",),
    ),
    "heading": (
        "report html", '<h2 id="h-harm">Harm<', '<h2 id="h-harm">No harm<',
        ("Harm: a heading says 'No harm', made again 'Harm'",),
    ),
    "heading in Markdown": (
        "report md", "\n## Harm\n", "\n## No harm\n",
        ("Harm: a line says '## No harm', made again '## Harm'",),
    ),
    "heading in JSON": (
        "report json", '"title": "Harm"', '"title": "No harm"',
        ("outside of sections: a link says '#harm: No harm', made again '#harm: Harm'",
         "outside of sections: an item says 'No harm', made again 'Harm'",
         "Harm: a heading says 'No harm', made again 'Harm'",
         "Every number: the title of a fold says 'No harm (4)', made again 'Harm (4)'"),
    ),
    "title": (
        "brief json", '"title": "Nothing injected for nothing, H2O"', '"title": "Gold for everything"',
        ("outside of sections: the title says 'Gold for everything: evidence brief', "
         "made again 'Nothing injected for nothing, H2O: evidence brief'",
         "outside of sections: the title says 'Gold for everything', "
         "made again 'Nothing injected for nothing, H2O'"),
    ),
    "heads on a phone": (
        "brief html", "--b:'With it'", "--b:'Without it'",
        ("harms: the heads of columns says 'Without it · Saline', made again 'With it · Saline'",),
    ),
    "words in no block": (
        "brief html", '<main id="main">', '<main id="main"><div>It <i>cures</i>.</div>',
        ("outside of sections: a text was added: 'It cures.'",),
    ),
    "paragraph that was added": (
        "report html", "<p>Larger than nothing.</p>", "<p>Larger than nothing.</p><p>It cures.</p>",
        ("How large must it be to matter?: a sentence was added: 'It cures.'",),
    ),
    "paragraph that was added in Markdown": (
        "report md", "Larger than nothing.\n", "Larger than nothing.\n\nIt cures.\n",
        ("How large must it be to matter?: a line was added: 'It cures.'",),
    ),
    "paragraph that was taken out": (
        "report html", "<p>Larger than nothing.</p>", "",
        ("How large must it be to matter?: a sentence is missing: 'Larger than nothing.'",),
    ),
    "section that was added": (
        "brief html", '<section id="benefit"', '<section id="new"><h2>News</h2><p>It cures.</p></section>'
        '<section id="benefit"',
        ("section “News” was added: 'It cures.'",),
    ),
    # --- pictures
    "text for those who do not see a picture": (
        "report html", "A line that rises", "A line that falls",
        (f"{TOLD}: the text for those who do not see a picture says "
         "'A line that falls from the left to the right.', made again "
         "'A line that rises from the left to the right.'",),
    ),
    "what a picture shows in Markdown": (
        "report md", "*A line that rises", "*A line that falls",
        ("Every comparison with saline: a line says '*A line that falls from the left to the right.*', made again "
         "'*A line that rises from the left to the right.*'",),
    ),
    "what a picture shows in JSON": (
        "report json", '"alt": "A line that rises', '"alt": "A line that falls',
        (f"{TOLD}: the text for those who do not see a picture says "
         "'A line that falls from the left to the right.', made again "
         "'A line that rises from the left to the right.'",),
    ),
    "path of a figure": (
        "report html", 'd="M10.1,50L310.5,10"', 'd="M10.1,10L310.5,50"',
        (f"{TOLD}: the drawing “A line that rises from the left to the right.” is drawn otherwise",),
    ),
    "words in a drawing": (
        "brief html", 'text-anchor="middle">−20</text>', 'text-anchor="middle">−2</text>',
        (f"{BENEFIT}: a drawing is drawn otherwise",),
    ),
    "interval as drawn": (
        "brief html", 'x1="7.33%" x2="69.67%"', 'x1="57.33%" x2="69.67%"',
        (f"{BENEFIT}: the drawing “Small trials, 134 people: −12.4 (−21.8 to −3.1)” is drawn otherwise",),
    ),
    "drawing that was added": (
        "brief html", "</svg>contradicted<", "</svg><svg/></svg>contradicted<",
        ("claims: the drawing “contradicted” was added",),
    ),
    # --- links
    "where a link leads": (
        "brief html", 'href="https://doi.org/10.1234/nothing.2"', 'href="https://doi.org/10.1234/other"',
        ("outside of sections: a link says 'https://doi.org/10.1234/other: doi:10.1234/nothing.2', "
         "made again 'https://doi.org/10.1234/nothing.2: doi:10.1234/nothing.2'",),
    ),
    "where a link leads in Markdown": (
        "brief md", "<https://doi.org/10.1234/nothing.2>", "<https://doi.org/10.1234/other>",
        ("Sources: a line says '2. Nobody 2002 · <https://doi.org/10.1234/other>', "
         "made again '2. Nobody 2002 · <https://doi.org/10.1234/nothing.2>'",),
    ),
    "where a link leads in JSON": (
        "report json", '"section": "effect",', '"section": "harm",',
        ("Harm: a link says '#harm: the effect', made again '#effect: the effect'",),
    ),
    "which sources a mark names": (
        "report html", "[1–4]</a>. Certainty", "[1]</a>. Certainty",
        (f"{TOLD}: a mark of sources says '[1]', made again '[1–4]'",),
    ),
    # --- nothing that is read
    "style": (
        "brief html", "<style>\n", "<style>\n.verd{display:none}",
        ("its style was changed: what is seen, where and how large may not be what was made",),
    ),
    "markup": (
        "brief html", '<section id="sure"', '<section hidden id="sure"',
        ("the words and numbers are as made again, but the file was changed in its markup, first in line",),
    ),
    "markup in Markdown": (
        "report md", "Larger than nothing.\n", "Larger than nothing.  \n",
        ("the words and numbers are as made again, but the file was changed in its markup, first in line",),
    ),
    "markup in JSON": (
        "report json", '"look": "lead"', '"look": "note"',
        ("the words and numbers are as made again, but the file was changed in its markup, first in line",),
    ),
    "how a table is drawn in JSON": (
        "report json", '"high": 1.5', '"high": 3.5',
        ("the words and numbers are as made again, but the file was changed in its markup, first in line",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_found_and_named(change: str) -> None:
    name, old, new, lines = CHANGES[change]
    named = found(name, old, new)
    missing = [line for line in lines if not any(each.startswith(line) for each in named)]
    assert missing == [], named
    more = [each for each in named if not any(each.startswith(line) for line in lines)]
    assert more == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_named_of_a_file_as_it_was_written(name: str) -> None:
    assert differences(PAGES[name], PAGES[name]) == ()


# --- whole sections -----------------------------------------------------------------------------------------


def cut(name: str, id_: str, title: str) -> tuple[str, str]:
    """Give a whole section as it stands in a file, and the rest of the file with a sign in its place."""
    page = PAGES[name]
    if name.endswith("html"):
        start = page.index(f'<section id="{id_}"')
        end = page.index("</section>", start) + len("</section>")
    else:
        start = page.index(f"\n## {title}\n")
        end = page.index("\n## ", start + 1)
    return page[start:end], page[:start] + "§" + page[end:]


def sections(data: dict[str, Any]) -> list[Any]:
    found: list[Any] = data["sections"]
    return found


def edited(name: str, edit: Callable[[dict[str, Any]], object]) -> tuple[str, ...]:
    """Name what differs in a document of which the data were changed."""
    data = json.loads(PAGES[name])
    edit(data)
    return differences(json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n", PAGES[name])


@pytest.mark.parametrize("name", ["brief html", "brief md"])
def test_a_section_that_was_taken_out_is_named(name: str) -> None:
    _, rest = cut(name, "benefit", BENEFIT)
    assert differences(rest.replace("§", ""), PAGES[name]) == (f"section “{BENEFIT}” is missing",)


@pytest.mark.parametrize("name", ["brief html", "brief md"])
def test_sections_that_changed_places_are_named(name: str) -> None:
    benefit, rest = cut(name, "benefit", BENEFIT)
    sure, _ = cut(name, "sure", SURE)
    moved = rest.replace(sure, benefit, 1).replace("§", sure)
    (line,) = differences(moved, PAGES[name])
    assert line == f"section “{SURE}” stands elsewhere: after “{BENEFIT}”, made again after “The bottom line”"


def test_sections_of_data_are_named_too() -> None:
    assert edited("brief json", lambda data: sections(data).pop(2))[0] == f"section “{BENEFIT}” is missing"
    assert edited("brief json", lambda data: sections(data).insert(1, sections(data).pop(2))) == (
        f"section “{SURE}” stands elsewhere: after “{BENEFIT}”, made again after “The bottom line”",
    )
    paragraph = {"kind": "paragraph", "content": "It cures."}
    news = {"kind": "section", "id": "new", "title": "News", "content": [paragraph]}
    assert edited("brief json", lambda data: sections(data).append(news)) == (
        "section “News” was added: 'It cures.'",
    )
    assert edited("brief json", lambda data: sections(data)[0]["content"].append(paragraph)) == (
        "The bottom line: a sentence was added: 'It cures.'",
    )


def test_the_order_of_a_report_is_named() -> None:
    other = replace(REPORT, sections=REPORT.sections[::-1])
    lines = differences(written(other, "html"), PAGES["report html"])
    assert "section “Harm” stands elsewhere: first, made again after “How large must it be to matter?”" in lines


def test_a_drawing_that_is_missing_or_beyond_is_named() -> None:
    page = PAGES["brief html"]
    start = page.index("<svg", page.index('class="verd"'))
    icon = page[start : page.index("</svg>", start) + len("</svg>")]
    assert differences(page.replace(icon, "", 1), page) == ("claims: the drawing “supported” is missing",)
    assert differences(page.replace(icon, icon + icon, 1), page) == ("claims: the drawing “supported” was added",)


def test_of_long_texts_the_place_of_the_difference_is_shown() -> None:
    long = " ".join(["So it goes on and on"] * 30)
    made = replace(BRIEF, title=f"{long}, and helps")
    (line,) = differences(written(made, "md").replace("helps", "cures", 1), written(made, "md"))
    assert "and cures'" in line
    assert "and helps'" in line
    assert len(line) < 300


def test_of_very_many_differences_some_are_named() -> None:
    one, other = (written(replace(REPORT, footer=REPORT.footer * times), "html") for times in (1, 400))
    lines = differences(other, one)
    assert len(lines) == 201
    assert lines[-1] == "more than 200 differences of words; the rest is not listed"


# --- whole dossiers -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bcg(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    return load(dossiers_made.bcg(tmp_path_factory.mktemp("dossier") / "bcg"))


@pytest.fixture(scope="module")
def documents(bcg: Evidence) -> dict[str, Document]:
    results = Results(bcg)
    return {
        "brief": document(results, "brief", beside="bcg-tuberculosis-report.html"),
        "report": document(results, "report"),
    }


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["brief", "report"])
def test_a_file_is_as_its_dossier_gives_it_or_not(
    bcg: Evidence, documents: dict[str, Document], kind: str, form: Form
) -> None:
    made = documents[kind]
    if form != "html":
        made = replace(made, beside=None)
    text = written(made, form, in_turn)
    sound = verified(text, bcg, draw=in_turn)
    assert sound.lines == ()
    assert sound.claims == len(made.claims)
    assert sound.pieces > sound.claims
    altered = text.replace("0.49", "0.39", 1)
    assert any("0.39" in line and "0.49" in line for line in verified(altered, bcg, draw=in_turn).lines)


def test_another_dossier_gives_another_document(tmp_path: Path, documents: dict[str, Document]) -> None:
    walking = load(dossiers_made.walking(tmp_path / "walking"))
    lines = verified(written(documents["brief"], "md"), walking).lines
    assert any("breathing course" in line for line in lines)


@pytest.mark.xdist_group("brief")
def test_the_shipped_documents_say_what_was_changed_in_them(brief: Made, report: Made) -> None:
    """The whole of it, as large as it is: one word of the longest document is found and named by its section."""
    for made, old, new in ((brief, "off-label", "approved"), (report, "not medical advice", "medical advice")):
        assert old in made.page
        lines = differences(made.page.replace(old, new, 1), made.page)
        assert len(lines) <= 2
        assert all(new in line and old in line for line in lines)
