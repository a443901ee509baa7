"""``glabella check`` and ``glabella claims``: articles of every kind, hostile ones in a line; claims."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from glabella._reading import read_article
from glabella._reading._article_file import LARGEST_ARTICLE
from glabella.cli import main
from glabella.dossier import load, shipped
from tests import dossiers_made


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def bcg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dossiers_made.bcg_claimed(tmp_path_factory.mktemp("dossier") / "bcg")


def pdf_of(stream: bytes, filters: bytes = b"") -> bytes:
    """Write a PDF of one page whose content is a stream."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d%s>>stream\n%s\nendstream" % (len(stream), filters, stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer<</Size 6/Root 1 0 R>>\n"
    return out + b"startxref\n%d\n%%%%EOF\n" % start


SAID = "BCG prevents tuberculosis. BCG is cheap, they say."
ARTICLES = {
    "plain.txt": SAID.encode(),
    "marked.md": f"# What it does\n\n{SAID}\n".encode(),
    "page.html": f"<!doctype html><title>T</title><script>alert(1)</script><h1>What it does</h1><p>{SAID}".encode(),
    "page.pdf": pdf_of(f"BT /F 12 Tf 50 700 Td ({SAID}) Tj ET".encode()),
    "utf16.txt": SAID.encode("utf-16"),
}


@pytest.mark.parametrize("name", ARTICLES)
def test_text_markdown_html_and_pdf_are_read_alike(tmp_path: Path, bcg: Path, name: str) -> None:
    article = tmp_path / name
    article.write_bytes(ARTICLES[name])
    done = run("check", article, "--dossier", bcg, "--to", tmp_path / "out", "--format", "md")
    assert done.exit_code == 0, done.output
    target = tmp_path / "out" / f"{article.name}-checked.md"
    assert done.output == (
        "Known claims found: 2 (one that several sentences make counts for each). The evidence cannot tell: 1; "
        "not judged here: 1.\nSentences, without headings: 2. Of these: with a known claim, 2.\n"
        f"written: {target}\n"
    )
    assert "“BCG prevents tuberculosis.”" in target.read_text(encoding="utf-8")
    checked = run("check", "verify", target, "--article", article, "--dossier", bcg)
    assert (checked.exit_code, "all as stated" in checked.output) == (0, True)


@pytest.mark.parametrize("form", ["html", "md", "json"])
def test_a_changed_document_and_a_changed_article_are_found(tmp_path: Path, bcg: Path, form: str) -> None:
    article = tmp_path / "a.txt"
    article.write_text(SAID, encoding="utf-8")
    assert run("check", "write", article, "--dossier", bcg, "--to", tmp_path, "--format", form).exit_code == 0
    target = tmp_path / f"a.txt-checked.{form}"
    first = target.read_bytes()
    assert run("check", article, "--dossier", bcg, "--to", tmp_path, "--format", form).exit_code == 0
    assert target.read_bytes() == first
    article.write_text("BCG prevents tuberculosis.", encoding="utf-8")
    assert run("check", "verify", target, "--article", article, "--dossier", bcg).exit_code == 1
    article.write_text(SAID, encoding="utf-8")
    target.write_text(target.read_text(encoding="utf-8").replace("cannot tell", "agrees"), encoding="utf-8")
    assert run("check", "verify", target, "--article", article, "--dossier", bcg).exit_code == 1
    target.write_text("no document", encoding="utf-8")
    wrong = run("check", "verify", target, "--article", article, "--dossier", bcg)
    assert (wrong.exit_code, len(wrong.stderr.splitlines())) == (2, 1)


def test_articles_of_one_name_and_several_kinds_write_pages_of_their_own(tmp_path: Path, bcg: Path) -> None:
    for kind in ("txt", "md", "html"):
        article = tmp_path / f"a.{kind}"
        article.write_text(f"<p>{SAID}" if kind == "html" else SAID, encoding="utf-8")
        assert run("check", article, "--dossier", bcg, "--to", tmp_path / "out").exit_code == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "a.txt-checked.html", "a.md-checked.html", "a.html-checked.html"
    }  # fmt: skip


#: Each holds a sentence that must be read as one, and of which kind its file is.
READ = {
    "a tag at the beginning": ("txt", f"<p align=center>\n{SAID}\n\nMore."),
    "a division in Markdown": ("md", f"<div align='center'><img src=x.png></div>\n\n{SAID}\n\nMore."),
    "a title that no tag ends": ("md", f"<h1>BCG\n\n{SAID}\n"),
    "a part that no tag ends": ("txt", f"<article>\n<aside>\n{SAID}\n"),
    "a comment": ("md", f"<!-- of the\n\nauthor --> {SAID}"),
    "a tag within": ("txt", SAID.replace("BCG prevents", "BCG <b>prevents</b>")),
    "a line without a stop": ("txt", "BCG prevents tuberculosis"),
    "lines without a stop": ("md", "BCG prevents tuberculosis\n\nBCG is cheap, they say\n\nSo it is"),
    "a last line without a stop": ("txt", "About BCG\n\nA word on it.\n\nBCG prevents tuberculosis"),
    "one above another": ("txt", "About BCG\n\nA word.\n\nBCG prevents tuberculosis\n\nIts cost\n\nIt is cheap."),
    "a word with a sign": ("md", "A word on BCG.\n\n#BCG prevents tuberculosis."),
    "a page with another name": ("txt", f"<!doctype html><title>T</title><p>{SAID}"),
    "text that is named a page": ("html", f"See: {SAID}"),
    "a page without ends": ("html", f"<html><head><title>T</title><nav><ul><li>Home<li>News</nav><h1>T<p>{SAID}"),
    "a page whose part has no end": ("html", f"<html><body><form>Search <p>{SAID}"),
    "a page with an aside": ("html", f"<div><aside><p>Other<p>things</aside><p>{SAID}</div>"),
}


@pytest.mark.parametrize("name", READ)
def test_no_tag_and_no_missing_stop_loses_a_sentence(tmp_path: Path, name: str) -> None:
    kind, text = READ[name]
    article = tmp_path / f"a.{kind}"
    article.write_text(text, encoding="utf-8")
    blocks = [(each.kind, each.text) for each in read_article(article)]
    assert [text for kind, text in blocks if kind != "heading" and "BCG prevents tuberculosis" in text], blocks
    assert not [text for _, text in blocks if "<" in text or "-->" in text]
    left_out = ("Home", "Other", "of the")
    assert not [text for _, text in blocks if text.startswith(left_out)]


def test_what_stands_above_a_text_or_opens_one_is_a_heading(tmp_path: Path) -> None:
    article = tmp_path / "a.txt"
    article.write_text("A title\n\nBy me\n\nA word.\n\nIts cost\n\nIt is <5 and x > 3.\n", encoding="utf-8")
    assert [(each.kind, each.text) for each in read_article(article)] == [
        ("heading", "A title"), ("heading", "By me"), ("paragraph", "A word."), ("heading", "Its cost"),
        ("paragraph", "It is <5 and x > 3."),
    ]  # fmt: skip


def large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(LARGEST_ARTICLE * 4)


def bomb(path: Path) -> None:
    squeezed = zlib.compressobj(9)
    data = b"".join(squeezed.compress(b"\0" * 10_000_000) for _ in range(60)) + squeezed.flush()
    path.write_bytes(pdf_of(data, b"/Filter/FlateDecode"))


REFUSED = {
    "large.txt": (large, "larger than 25 MB"),
    "bomb.pdf": (bomb, ""),
    "binary.txt": (lambda path: path.write_bytes(bytes(range(256)) * 50), ""),
    "word.docx": (lambda path: path.write_bytes(b"PK\x03\x04" + bytes(100)), "a zipped file"),
    "picture.png": (lambda path: path.write_bytes(b"\x89PNG\r\n" + bytes(100)), "a picture"),
    "broken.pdf": (lambda path: path.write_bytes(b"%PDF-1.7\n" + bytes(100)), "a broken PDF"),
    "scan.pdf": (lambda path: path.write_bytes(pdf_of(b"0 0 10 10 re f")), "holds no text"),
    "empty.txt": (lambda path: path.write_bytes(b" \n"), "empty, expected an article"),
    "scripts.html": (lambda path: path.write_bytes(b"<html><script>BCG prevents TB</script>"), "holds no text"),
    "missing.txt": (lambda _: None, "cannot be read"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_article_is_refused_in_a_line_and_nothing_is_written(
    tmp_path: Path, bcg: Path, name: str
) -> None:
    make, words = REFUSED[name]
    article = tmp_path / name
    make(article)
    before = sorted(tmp_path.iterdir())
    done = run("check", article, "--dossier", bcg, "--to", tmp_path)
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(f"{article}: ")
    assert words in done.stderr
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path, bcg: Path) -> None:
    article = tmp_path / "a.txt"
    article.write_text(SAID, encoding="utf-8")
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = run("check", article, "--dossier", bcg, "--to", tmp_path / "file")
    assert (done.exit_code, done.stderr.startswith("cannot write ")) == (2, True)


def test_a_dossier_without_frames_is_said(tmp_path: Path) -> None:
    article = tmp_path / "a.txt"
    article.write_text(SAID, encoding="utf-8")
    done = run("check", article, "--dossier", dossiers_made.bcg(tmp_path / "bcg"), "--to", tmp_path)
    assert done.exit_code == 2
    assert "no frames.yaml" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_text_in_another_language_is_said_and_not_marked(tmp_path: Path) -> None:
    article = tmp_path / "a.txt"
    article.write_text(
        "Das Mittel hilft gegen die Depression, sagen die Leute, und es wirkt schnell, auch wenn man es nur einmal "
        "spritzt und danach nichts weiter tut. In der Studie war Botox besser als Kochsalz.",
        encoding="utf-8",
    )
    done = run("check", article, "--to", tmp_path)
    assert done.exit_code == 0
    assert done.output.startswith("The text does not seem to be English.")


def test_an_article_of_two_thousand_words_takes_seconds(tmp_path: Path) -> None:
    """Under two seconds on a quiet machine; here only that it is not many, since a busy one takes longer."""
    article = tmp_path / "a.txt"
    sentences = (
        "Botox is approved by the FDA for depression. Many people with depression wait for years. In trials half "
        "of the patients responded. The injection is not a cure, doctors say, and side effects are mild. "
    )
    article.write_text(
        "Botox and depression\n\n" + sentences * (2000 // len(sentences.split()) + 1), encoding="utf-8"
    )
    started, before = time.monotonic(), os.times()
    done = subprocess.run(
        [sys.executable, "-m", "glabella", "check", str(article), "--to", str(tmp_path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    taken, after = time.monotonic() - started, os.times()
    assert done.returncode == 0, done.stderr
    busy = after.children_user - before.children_user + after.children_system - before.children_system
    assert min(taken, busy) < 6


# --- claims --------------------------------------------------------------------------------------------------


def test_claims_stand_with_verdict_rule_what_decided_and_sources(bcg: Path) -> None:
    done = run("claims", bcg)
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert lines[0] == "contradicted  alike  BCG protects alike all over the world."
    assert lines[1:4] == [
        "    decided: what was seen: against it",
        "    rule: contradicted if a source against it (Colditz GA 1994) was seen, inconclusive if only reported, "
        "else untested",
        "    sources: COL94",
    ]
    assert "    in children: untested" in lines
    assert "        decided: no study with population children" in lines
    assert lines[-2:] == ["not judged    price  BCG is cheap.", "    No price of it was seen."]


def test_claims_as_json_hold_the_same(bcg: Path) -> None:
    rows = {row["id"]: row for row in json.loads(run("claims", bcg, "--json").output)}
    assert list(rows) == ["alike", "lowers", "all", "known", "price"]
    assert [row["verdict"] for row in rows.values()] == [
        "contradicted", "inconclusive", "supported", "in parts", "not judged",
    ]  # fmt: skip
    assert rows["price"]["looked_for"] == "No price of it was seen."
    assert "rule" not in rows["price"]
    tested, children = rows["known"]["parts"]
    assert (tested["id"], tested["verdict"], tested["decided"]) == (
        "tested",
        "supported",
        "13 counted, at least 10 asked",
    )
    assert (children["id"], children["verdict"]) == ("children", "untested")
    assert rows["known"]["sources"] == ["COL94"]


def test_every_shipped_claim_has_a_rule_or_is_not_judged() -> None:
    rows = json.loads(run("claims", "--json").output)
    assert [row["id"] for row in rows] == [claim.id for claim in load(shipped()).claims.claims]
    assert len(rows) >= 38
    for row in rows:
        ruled = row["parts"] or [row]
        assert all("rule" in each for each in ruled) != ("looked_for" in row), row["id"]


def test_a_dossier_without_claims_lists_none(tmp_path: Path) -> None:
    done = run("claims", dossiers_made.walking(tmp_path / "walking"))
    assert (done.exit_code, done.output) == (0, "")
    assert run("claims", tmp_path / "nothing").exit_code == 2
