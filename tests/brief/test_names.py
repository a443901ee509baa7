"""The names of a dossier stand where sentences need them, and nowhere does the program have names of its own."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from glabella.brief import Results, document
from glabella.brief.documents import Kind
from glabella.brief.render import pieces
from glabella.dossier import load, shipped

pytestmark = pytest.mark.xdist_group("brief")

#: What the shipped dossier's names become; no other word begins so.
NAMES = {
    "treatment": "zqtreatment",
    "short": "zqshort",
    "condition": "zqcondition",
    "people": "zqpeople",
    "control": "zqcontrol",
    "session": "zqsession",
    "visit": "zqvisit",
}


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("names") / "dossier"
    shutil.copytree(shipped(), folder)
    file = folder / "dossier.yaml"
    text = file.read_text(encoding="utf-8")
    for name, word in NAMES.items():
        text, found = re.subn(rf"(?m)^  {name}: .+$", f"  {name}: {word}", text, count=1)
        assert found, name
    file.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("kind", ["brief", "report"])
def test_other_names_change_just_the_places_where_names_stand(other: Path, kind: Kind) -> None:
    ours, theirs = (Results(load(folder)) for folder in (shipped(), other))
    words = ours.evidence.words
    back = {word: getattr(words, name) for name, word in NAMES.items()}
    back |= {f"{NAMES['session']}s": words.sessions, f"{NAMES['visit']}s": words.visits}
    back |= {word[:1].upper() + word[1:]: name[:1].upper() + name[1:] for word, name in back.items()}
    pattern = re.compile("|".join(sorted(map(re.escape, back), key=len, reverse=True)))
    met: set[str] = set()

    def named(text: str) -> str:
        met.update(found.lower() for found in pattern.findall(text))
        return pattern.sub(lambda found: back[found[0]], text)

    before, after = (pieces(document(results, kind)) for results in (ours, theirs))
    assert len(before) == len(after)
    for one, other_one in zip(before, after, strict=True):
        assert (named(other_one.where), other_one.kind, named(other_one.text)) == (one.where, one.kind, one.text)
    assert {NAMES["treatment"], NAMES["short"], NAMES["control"], NAMES["session"], NAMES["visit"]} <= met
