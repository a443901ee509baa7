"""Text of files is text, no markup of the terminal, of Markdown, or of HTML; SYNTHETIC reports."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import Result

from glabella.brief import Results, as_json, changed, document, html, markdown, verified
from glabella.brief.documents import Kind
from glabella.brief.render import document_of_json
from glabella.brief.verification import written
from glabella.brief.written import Form
from glabella.dossier import load
from glabella.shown import Document, inlines_of, plain
from tests.edges.files import report, run, store_of
from tests.made_up import write_fuller

MARKUP = ["[/x]", "[narrow]", "[link=http://evil.example]here[/link]", "[bold red]loud", "[/]", "\\[x]", ":smile:"]
CRLF_FREE = re.compile(r"\s+")


def flat(shown: Result) -> str:
    """Give an output without white space, for tables fold what is long."""
    assert shown.exit_code == 0, f"{shown.output!r} {shown.exception!r}"
    return CRLF_FREE.sub("", shown.output)


def dry(text: str) -> str:
    return CRLF_FREE.sub("", text)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store in which each piece of markup stands in a drug and in an event of 5 reports."""
    kinds = [(f"drug {text}", f"Event {text}") for text in MARKUP for _ in range(5)] + [("ASPIRIN", "Nausea")] * 20
    reports = [report(10_000_001 + i, drugs=[drug], events=[event]) for i, (drug, event) in enumerate(kinds)]
    return store_of(tmp_path_factory.mktemp("markup"), reports)


def names(store: Path) -> list[tuple[str, str]]:
    """Give drugs and events as the store spells them."""
    from glabella.safety import open_store

    with open_store(store) as opened:
        return opened.signals(role="any", ebgm=False).select("drug", "event").rows()


def test_signals_print_text_as_it_is(store: Path) -> None:
    found = names(store)
    assert len(found) >= len(MARKUP)
    shown = flat(run("safety", "signals", store, "--top", 100))
    # A long name is folded within its cell: its words are whole, with other cells between them.
    missed = [pair for pair in found if any(dry(word) not in shown for word in pair[1].split())]
    assert missed == []


@pytest.mark.parametrize("place", range(len(MARKUP)))
def test_a_chosen_drug_and_event_are_printed_as_they_are(store: Path, place: int) -> None:
    text = MARKUP[place].upper()
    (drug, event) = next(pair for pair in names(store) if dry(f"EVENT {text}") == dry(pair[1]))
    for command in ("signals", "trend"):
        shown = flat(run("safety", command, store, "--drug", drug, "--event", event))
        assert all(word in shown for word in (*event.split(), *drug.split())), command


SPEC = """\
schema_version: 1
id: one
title: {text}
question: {text}
rationale: {text}
exposed: [ASPIRIN]
arms: [{{id: a, label: {text}, comparators: everything else,
  printed: {{ror: 1.5, status: seen, source: {text}, note: {text}}}}}]
events: {{primary: Nausea}}
"""


@pytest.mark.parametrize("text", MARKUP)
def test_a_cohort_prints_its_file_as_it_is(store: Path, tmp_path: Path, text: str) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(SPEC.format(text=json.dumps(f"A {text} z")), encoding="utf-8")
    shown = flat(run("safety", "cohort", store, spec))
    # Title, label of the arm, source and note of what was printed.
    assert shown.count(dry(f"A {text} z")) >= 4


@pytest.mark.parametrize("text", ["[/x]", "[red]", "[/]"])
def test_messages_name_odd_files_as_they_are(tmp_path: Path, text: str) -> None:
    folder = tmp_path / text.replace("/", "")
    for words in (("safety", "describe", folder), ("safety", "signals", folder), ("brief", folder)):
        shown = run(*words)
        assert shown.exit_code == 2, repr(shown.exception)
        assert folder.name in shown.output


# ------------------------------------------------------------------------------------------------ documents

SCRIPTS = [
    "<script>alert(x)</script>", "<img src=x onerror=alert(x)>", "<svg/onload=alert(x)>", "<!-- hidden",
    "</details>",
    "[click](javascript:alert(x))", "![x](javascript:alert(x))", "<javascript:alert(x)>", "<a href='x'>y</a>",
]  # fmt: skip
BREAKS = ["a | b", "a|b|c", "line\none", "p \\| q"]
RAW = re.compile(r"(?<!\\)<(?=[a-zA-Z/!?])")
LINK = re.compile(r"(?<!\\)\]\(\s*javascript:", re.IGNORECASE)


def example(folder: Path, text: str) -> Path:
    """Write the starter, its texts replaced by a hostile one."""
    place = folder / "dossier"
    write_fuller(place)
    quoted = json.dumps(text)
    for file, old in (
        ("dossier.yaml", "title: My treatment in my condition (example, made-up numbers)"),
        ("dossier.yaml", "title: Does my treatment help in my condition?"),
        ("dossier.yaml", "label: all trials"),
        ("dossier.yaml", "label: response"),
        ("studies/example2020.yaml", "label: Example 2020"),
        ("studies/example2020.yaml", "label: my drug"),
        ("products.yaml", "label: my drug"),
        ("claims.yaml", "claim: It works."),
        # In a statement brackets name a number.
        *([] if "{" in text else [("claims.yaml", "text: This example holds no evidence.")]),
    ):
        path = place / file
        whole = path.read_text(encoding="utf-8")
        assert old in whole
        path.write_text(whole.replace(old, f"{old.partition(':')[0]}: {quoted}", 1), encoding="utf-8")
    plan = place / "dossier.yaml"
    names = dict.fromkeys(("treatment", "short", "condition", "people", "control", "given"), text)
    plan.write_text(f"{plan.read_text(encoding='utf-8')}\nwords: {json.dumps(names)}\n", encoding="utf-8")
    unknown = [] if "{" in text else [{"text": text, "status": "missing"}]
    summary = {"asked": text, "unknown": unknown, "claims": {"a": text}}
    (place / "summary.yaml").write_text(json.dumps(summary), encoding="utf-8")
    return place


@pytest.fixture(params=["brief", "report"])
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


def built(folder: Path, text: str, kind: Kind) -> Document:
    made = document(Results(load(example(folder, text))), kind)
    said = " ".join(text.split())
    assert sum(said in " ".join(words.split()) for words in texts_of(made)) > 3, "the text stands in it"
    return made


def texts_of(made: Document) -> list[str]:
    """Give every text that a document says."""
    flat = [piece if isinstance(piece, str) else plain(piece) for piece in inlines_of(made.body)]
    return [*flat, made.title, *(claim.label for claim in made.claims)]


@pytest.mark.parametrize("text", SCRIPTS)
def test_markdown_carries_no_html_of_the_dossier(tmp_path: Path, text: str, kind: Kind) -> None:
    page = markdown(built(tmp_path, text, kind))
    # Addresses of references are set in brackets by ourselves.
    code = re.sub(r"`[^`\n]*`|<https://[^<>\s]*>", "", page)
    assert not RAW.search(code), RAW.findall(code)
    assert not LINK.search(code)


@pytest.mark.parametrize("text", BREAKS)
def test_a_table_in_markdown_keeps_its_columns(tmp_path: Path, text: str, kind: Kind) -> None:
    page = markdown(built(tmp_path, text, kind))
    tables = [block for block in re.split(r"\n\n+", page) if block.startswith("|")]
    assert tables
    for table in tables:
        rows = table.splitlines()
        assert all(row.startswith("|") for row in rows), rows
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1, rows


@pytest.mark.parametrize("text", ["line\n\n# Verdict: proven", "x\n\n```\n"])
def test_a_text_makes_no_heading_and_no_fence_in_markdown(tmp_path: Path, text: str, kind: Kind) -> None:
    page = markdown(built(tmp_path, text, kind))
    assert not re.search(r"^#+ Verdict: proven", page, re.MULTILINE)
    assert not re.search(r"^```", page, re.MULTILINE)


@pytest.mark.parametrize("text", [*SCRIPTS, *BREAKS, "{x}", "}{", "{!r}", "%s", "$x"])
def test_data_hold_a_text_as_it_is(tmp_path: Path, text: str, kind: Kind) -> None:
    made = built(tmp_path, text, kind)
    again = document_of_json(as_json(made))
    assert again.title == made.title
    assert texts_of(again) == texts_of(made)


@pytest.mark.parametrize("text", SCRIPTS)
def test_a_checklist_carries_no_html_of_its_file(store: Path, tmp_path: Path, text: str) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(SPEC.format(text=json.dumps(f"A {text} z")), encoding="utf-8")
    shown = run("safety", "cohort", store, spec, "--checklist", tmp_path / "c.md")
    assert shown.exit_code == 0, repr(shown.exception)
    page = (tmp_path / "c.md").read_text(encoding="utf-8")
    code = re.sub(r"`[^`\n]*`", "", page)
    assert not RAW.search(code)
    assert not LINK.search(code)


class _Page(HTMLParser):
    """Collects elements, their attributes, and the text outside of scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.handlers: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "xlink:href")]


PAGES = [
    "<!--<script>",
    "</script><script>alert(x)</script>",
    "<!--",
    "]]>",
    "</style>",
    "\u2028x",
    "</ScRiPt >",
    "&lt;b&gt;",
]


@pytest.mark.parametrize("text", PAGES)
def test_a_page_and_its_claims_stand_whatever_the_dossier_says(tmp_path: Path, text: str, kind: Kind) -> None:
    made = built(tmp_path, text, kind)
    page = html(made)
    # In a script element a parser ends at "</script", and after "<!--" no longer: with neither inside, the block is
    # what was written.
    blocks = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL | re.IGNORECASE)
    assert len(blocks) == 1
    assert not re.search(r"<!--|</", blocks[0])
    json.loads(blocks[0])
    holds_nothing_foreign(page)
    assert changed(page, as_json(made)) == []


@pytest.mark.parametrize("text", SCRIPTS)
def test_a_page_runs_nothing_of_the_dossier(tmp_path: Path, text: str, kind: Kind) -> None:
    holds_nothing_foreign(html(built(tmp_path, text, kind)))


def holds_nothing_foreign(page: str) -> None:
    parsed = _Page()
    parsed.feed(page)
    assert parsed.tags.count("script") == 1
    assert parsed.tags.count("style") == 1
    assert parsed.tags.count("img") == 0
    assert parsed.handlers == []
    assert all(link.startswith(("#", "https://")) for link in parsed.links), parsed.links


@pytest.mark.parametrize("text", ["</script><script>alert(x)</script>", "a | b", "`x`\n# y", "[/x]"])
@pytest.mark.parametrize("form", ["html", "md", "json"])
def test_a_hostile_document_is_verified_like_any_other(tmp_path: Path, text: str, form: Form, kind: Kind) -> None:
    made = built(tmp_path, text, kind)
    evidence = load(tmp_path / "dossier")
    written_ = written(made, form)
    assert verified(written_, evidence).lines == ()
    other = written_.replace("It works", "It cures") if "It works" in written_ else written_ + " "
    lines = verified(other, evidence).lines
    assert lines
    assert all("\n" not in line for line in lines)
