"""The brief of the shipped dossier: nothing bare, everything recomputable, the same bytes each time."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from pkgutil import resolve_name

import pytest
from lxml import etree
from lxml import html as lxml_html

import glabella
from glabella.brief import Brief, as_json, build, changed, embedded, html, markdown, verify
from glabella.brief._plot import pooling_forest
from glabella.dossier import load, shipped, write_starter
from glabella.plot import Plot
from glabella.shown import Claim, written

# The brief and its page are made once for all.
pytestmark = pytest.mark.xdist_group("brief")


def bare_digits(page: str, brief: Brief) -> list[str]:
    """Texts with a digit that is neither a claim, nor an identifier, a date, a citation or a tick of a scale."""
    tree = lxml_html.fromstring(page)
    for claim in tree.xpath("//a[@class='claim']"):
        known = brief.claims[claim.get("data-claim")]
        assert claim.text_content() in known.texts, f"{known.id} is shown as {claim.text_content()!r}"
    allowed = (
        "//a[@class='claim'] | //*[contains(concat(' ', @class, ' '), ' id ')] | //time | //cite | //code"
        " | //style | //script"
        " | //*[contains(@class, 'role-axis-label')] | //*[contains(@class, 'role-legend-label')]"
    )
    for element in tree.xpath(allowed):
        element.drop_tree()
    names = [*brief.evidence.dossier.names, *(study.label for study in brief.evidence.studies.values())]
    found = []
    for text in tree.xpath("//body//text()"):
        rest = str(text)
        for name in sorted(names, key=len, reverse=True):
            rest = rest.replace(name, "")
        if re.search(r"\d", rest):
            found.append(str(text).strip())
    return found


def test_no_digit_stands_outside_a_claim(page: str, brief: Brief) -> None:
    assert bare_digits(page, brief) == []


def test_what_made_a_claim_can_be_imported(brief: Brief) -> None:
    assert {
        claim.function for claim in brief.claims.values() if not callable(resolve_name(claim.function))
    } == set()


def test_what_would_make_a_claim_can_be_imported() -> None:
    """Of a brief with a store as well: every dotted name that the program writes as text."""
    named = {
        name
        for folder in ("decision", "brief")
        for file in (Path(glabella.__file__).parent / folder).glob("*.py")
        for name in re.findall(r'"(glabella(?:\.\w+)+)"', file.read_text(encoding="utf-8"))
    }
    assert len(named) > 5
    assert {name for name in named if not callable(resolve_name(name))} == set()


def test_the_test_for_bare_digits_can_fail(page: str, brief: Brief) -> None:
    assert bare_digits(page.replace("<h2>What harm?", "<p>It helps 7 of 10.</p><h2>What harm?"), brief)
    with pytest.raises(AssertionError, match="is shown as"):
        bare_digits(page.replace(">−0.71 (−1.66 to 0.23)<", ">−0.99 (−1.66 to 0.23)<", 1), brief)


def test_the_first_screen_shows_how_uncertain_it_is(page: str, brief: Brief) -> None:
    first = lxml_html.fromstring(page).xpath("//section[@id='answer']")[0].text_content()
    answer = brief.answer
    assert f"Certainty: {answer.headline.certainty}." in first
    assert answer.headline.prediction.limits is not None
    assert answer.headline.prediction.limits in first
    assert len(answer.largest) == 2
    for _, shown, _ in answer.largest:
        assert shown.text in first


def test_every_claim_leads_to_its_sources(page: str, brief: Brief) -> None:
    tree = lxml_html.fromstring(page)
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = {href[1:] for href in tree.xpath("//a/@href") if href.startswith("#")}
    assert targets <= set(ids)
    for claim in brief.claims.values():
        remembered = claim.certainty == "from memory; source not checked"
        assert claim.value is None or claim.sources or remembered, f"{claim.id} has no source"
        for source in claim.sources:
            assert source.reference in brief.evidence.references


def test_the_page_asks_nothing_of_the_network(page: str) -> None:
    tree = lxml_html.fromstring(page)
    assert tree.xpath("//link | //img | //iframe | //script[@src]") == []
    assert "@import" not in page
    assert "url(" not in page.replace("url(#", "")


def test_figures_are_well_formed_and_described(page: str) -> None:
    figures = lxml_html.fromstring(page).xpath("//figure")
    assert len(figures) >= 5
    for figure in figures:
        kinds = (
            "Forest plot", "Specification curve", "Network graph", "Effect left", "Diagram of the mechanism",
            "Time course", "Tornado",
        )  # fmt: skip
        assert figure.get("aria-label", "").startswith(kinds)
        etree.fromstring(etree.tostring(figure.xpath(".//*[local-name()='svg']")[0]))


def test_plots_follow_the_grammar_that_altair_knows(brief: Brief) -> None:
    import altair
    from jsonschema import ValidationError

    for pooling in brief.answer.poolings:
        assert isinstance(pooling_forest(pooling).altair(), altair.LayerChart)
    wrong = Plot(pooling_forest(brief.answer.headline).spec | {"layer": [{"mark": "no such mark"}]})
    with pytest.raises(ValidationError):
        wrong.altair()


def test_the_same_dossier_gives_the_same_bytes(page: str, brief: Brief) -> None:
    again = build(load())
    assert html(again) == page
    assert as_json(again) == as_json(brief)


def test_a_written_brief_verifies_and_a_changed_one_does_not(page: str, brief: Brief) -> None:
    assert verify(page, brief) == []
    assert verify(as_json(brief), brief) == []
    altered = page.replace(">−0.71 (−1.66 to 0.23)<", ">−0.91 (−1.66 to 0.23)<", 1)
    assert any("shown as '−0.91" in line for line in verify(altered, brief))
    data = json.loads(as_json(brief))
    data["claims"][0]["value"] = 9.9
    assert any("value is 9.9" in line for line in verify(json.dumps(data), brief))
    with pytest.raises(ValueError, match="no claims found"):
        embedded("<p>nothing</p>")


def test_diff_names_the_study_that_moved_a_claim(tmp_path: Path, page: str) -> None:
    folder = tmp_path / "dossier"
    shutil.copytree(shipped(), folder)
    study = folder / "studies" / "wollmer2012.yaml"
    text = study.read_text(encoding="utf-8")
    assert "value: 12.3," in text
    study.write_text(text.replace("value: 12.3,", "value: 4.3,", 1), encoding="utf-8")
    moved = changed(page, html(build(load(folder))))
    assert any(
        line.startswith("scores_all.estimate: −0.71") and line.endswith("moved by wollmer2012") for line in moved
    )
    assert not any(line.startswith("scores_industry.estimate") for line in moved)
    assert changed(page, page) == []


def test_markdown_says_the_same_numbers(brief: Brief) -> None:
    text = markdown(brief)
    assert brief.answer.headline.estimate.text in text
    assert all(verdict.claim in text for verdict in brief.verdicts)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (-1.245, 2, "−1.25"),
        (-0.001, 2, "0.00"),
        (1234567, 0, "1,234,567"),
        (0.5, 0, "1"),
        (float("nan"), 1, "not known"),
    ],
)
def test_numbers_are_written_as_people_do(value: float, decimals: int, text: str) -> None:
    assert written(value, decimals) == text


def test_a_claim_is_frozen(brief: Brief) -> None:
    claim = next(iter(brief.claims.values()))
    assert isinstance(claim, Claim)
    with pytest.raises(AttributeError):
        claim.value = 1.0  # type: ignore[misc]


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "glabella", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


def test_the_command_writes_verifies_and_compares(tmp_path: Path) -> None:
    made = run("brief", "--to", "made", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "prediction interval" in made.stdout
    file = "made/botulinum-depression.html"
    assert run("brief", "verify", file, cwd=tmp_path).returncode == 0
    assert "no claim moved" in run("brief", "diff", file, file, cwd=tmp_path).stdout
    assert run("brief", "verify", "nowhere.html", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("studies/example2020.yaml", b"label: Example 2020", b"label:\tExample\n\tother: 1",
         r"example2020.yaml:\d+: not valid YAML: a tab"),
        ("studies/example2020.yaml", b"events: {value: 10,",
         b"sd: {value: -2, status: seen, source: EXAMPLE}\n        events: {value: 10,",
         r"example2020.yaml:\d+: .*sd is -2, expected more than 0"),
        ("studies/example2020.yaml", b"label: Example 2020", b"label: Ex\xe4mple 2020",
         r"example2020.yaml:\d+: .*UTF-8"),
        ("references.json", b'"id": "EXAMPLE"', b'"id": "ANOTHER"',
         r"\d+: reference 'EXAMPLE' is not in references"),
    ],
)  # fmt: skip
def test_bad_files_give_their_line_and_no_brief(
    tmp_path: Path, file: str, old: bytes, new: bytes, says: str
) -> None:
    write_starter(tmp_path / "mine")
    path = tmp_path / "mine" / file
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    done = run("brief", "mine", "--to", "made", cwd=tmp_path)
    assert done.returncode == 2
    assert re.search(says, done.stderr), done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "made").exists()


def test_no_events_in_either_arm_is_an_error_that_says_why(tmp_path: Path) -> None:
    write_starter(tmp_path / "mine")
    path = tmp_path / "mine" / "studies" / "example2020.yaml"
    text = path.read_text(encoding="utf-8")
    text, changes = re.subn(r"events: \{value: \d+,", "events: {value: 0,", text)
    assert changes == 2
    path.write_text(text, encoding="utf-8")
    done = run("brief", "mine", "--to", "made", cwd=tmp_path)
    assert done.returncode == 2
    assert re.search(r"example2020.yaml:\d+: no events in drug nor in placebo", done.stderr)
    assert not (tmp_path / "made").exists()


def test_a_bad_dossier_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run("brief", "empty", "--to", "made", cwd=tmp_path)
    assert done.returncode == 2
    assert "no dossier.yaml here" in done.stderr
    assert not (tmp_path / "made").exists()


def test_how_sure_counts_defensible_analyses(brief: Brief, page: str) -> None:
    held = brief.answer.sure
    assert held is not None
    assert held.total.value == len(held.specifications)
    excluding = [s for s in held.specifications if s.effect.high < 0 or s.effect.low > 0]  # type: ignore[operator]
    assert held.excluding.value == len(excluding)
    assert len(held.without) == len(brief.answer.headline.rows)
    section = lxml_html.fromstring(page).xpath("//section[@id='sure']")[0]
    text = section.text_content()
    for claim in held.claims:
        assert section.xpath(f".//a[@data-claim='{claim.id}']"), claim.id
    assert "With so few trials" in text
    assert "no published judgement of it was seen" in text
    assert json.loads(as_json(brief))["specifications"][0]["trials"]


def test_the_place_among_other_treatments_is_shown_as_fragile(brief: Brief, page: str) -> None:
    them = brief.answer.alternatives
    assert them is not None
    section = lxml_html.fromstring(page).xpath("//section[@id='with']")[0]
    text = section.text_content()
    assert "Certainty: very low." in text
    assert "That place is fragile." in text
    assert "no direct evidence can confirm or refute its place" in text
    shown = set(section.xpath(".//a[@class='claim']/@data-claim"))
    for each in them.alternatives:
        assert each.effect.id in shown
        assert each.other is not None
        assert each.other.id in shown
    assert {claim.id for shift in them.shifts for claim in (shift.effect, shift.rank)} <= shown
    rows = section.xpath(".//table[contains(., 'could turn the result')]/tbody/tr")
    assert len(rows) == len(brief.contrasts) >= 8
    assert "Network graph" in " ".join(section.xpath(".//figure/@aria-label"))
    verdicts = lxml_html.fromstring(page).xpath("//section[@id='claims']")[0].text_content()
    assert "“Particularly in combination” is untested" in verdicts
    written = markdown(brief)
    assert them.range.limits is not None
    assert them.range.limits in written
    assert "In combination: untested." in written


def test_a_dossier_without_a_network_says_so(tmp_path: Path) -> None:
    write_starter(tmp_path / "mine")
    brief = build(load(tmp_path / "mine"))
    assert brief.answer.alternatives is None
    assert "The dossier holds no network of other treatments." in html(brief)
    assert "How does it compare" not in markdown(brief)


def test_a_year_is_written_as_one(page: str) -> None:
    assert ">1971</a>" in page
    assert "1,971" not in page


def test_a_prediction_interval_is_not_taken_at_its_word(page: str, brief: Brief) -> None:
    tree = lxml_html.fromstring(page)
    assert "with few trials often too narrow" in tree.xpath("//section[@id='answer']")[0].text_content()
    assert "docs/coverage.md" in tree.xpath("//section[@id='methods']")[0].text_content()
    assert "with few trials often too narrow" in markdown(brief)


def test_a_ratio_of_reports_is_computed_only_where_every_count_was_seen(brief: Brief) -> None:
    lines = {(table.id, line.label): line for table in brief.answer.reports for line in table.lines}

    american, quarter = lines["faers_2020", "migraine"], lines["quarter_2022", "depression"]

    assert american.printed is not None
    assert american.printed.certainty == "from memory; source not checked"
    assert american.computed is None
    assert quarter.computed is not None
    assert quarter.computed.text == "0.29 (0.04 to 2.05)"


def test_the_counts_of_the_real_quarter_are_those_of_the_table() -> None:
    """Counts distinct reports again, in the table; the family's names are those of the shipped dictionary."""
    import polars as pl

    from tests.safety.data import suspects

    rows = suspects()
    toxins = [
        "BOTOX", "BOTOX COSMETIC", "DYSPORT", "XEOMIN", "BOTULINUM TOXIN TYPE A", "BOTULINUM TOXIN NOS", "JEUVEAU",
        "MYOBLOC", "NEUROBLOC", "RIMABOTULINUMTOXINB",
    ]  # fmt: skip
    exposed = set(rows.filter(pl.col("DRUG").str.to_uppercase().is_in(toxins))["CASEID"])
    everyone = set(rows["CASEID"])
    reports = load().reports
    assert reports is not None
    for key, row in reports.studies["quarter_2022"].rows.items():
        events = set(rows.filter(pl.col("AE").str.to_lowercase() == key)["CASEID"])
        told = [row.arm.events, row.arm.reports, row.versus.events, row.versus.reports]
        counted = [len(events & exposed), len(exposed), len(events - exposed), len(everyone - exposed)]
        assert [number.value for number in told if number] == counted, key
