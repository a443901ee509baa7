"""What the program says of any treatment stands in the program; the words of one stand in its dossier."""

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "glabella"
WORDS = re.compile("toxin|botul|frown|brow|wrinkle|depress|MADRS|cosmetic|saline|serotonin", re.IGNORECASE)

#: Files that hold such a word for another reason than one treatment or condition.
OTHERWISE = {
    "safety/data/products.csv": "a general dictionary: names of drugs, and makers called Brown",
    "safety/data/products.md": "names the lists of antidepressants that rows of the dictionary are from",
    "safety/data/substances.csv": "classes of drugs, of which antidepressants are one",
    "safety/data/name_cleaning.yaml": "saline or antitoxin in a name say that it is not what was given",
    "safety/data/event_groups/suicide_self_injury.yaml": "a report term of suicide has the word in it",
    "safety/measures/_lasso.py": "an author is called Brown",
}
#: Parts in which words of one treatment still stand.
NOT_YET = {"brief", "decision", "dossier", "mechanism", "plot"}
PARTS = sorted({path.relative_to(PACKAGE).parts[0] for path in PACKAGE.rglob("*") if path.is_file()})


def files(part: str) -> list[Path]:
    place = PACKAGE / part
    every = [place] if place.is_file() else sorted(place.rglob("*"))
    return [path for path in every if path.is_file() and "__pycache__" not in path.parts]


@pytest.mark.parametrize("part", [part for part in PARTS if part not in {"dossiers", "__pycache__", *NOT_YET}])
def test_no_word_of_one_treatment_stands_outside_its_dossier(part: str) -> None:
    for path in files(part):
        name = path.relative_to(PACKAGE).as_posix()
        found = sorted({one.lower() for one in WORDS.findall(name + path.read_text(encoding="utf-8"))})
        if name in OTHERWISE:
            assert found, f"{name} needs no exception any more"
        else:
            assert not found, f"{name} holds {found}"


@pytest.mark.parametrize("part", sorted(NOT_YET))
def test_a_part_that_is_left_out_still_needs_it(part: str) -> None:
    assert any(WORDS.search(path.read_text(encoding="utf-8")) for path in files(part)), (
        f"{part} is done: take it out"
    )
