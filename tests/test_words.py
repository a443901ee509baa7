"""What the program says of any treatment stands in the program; the words of one stand in its dossier."""

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "glabella"
#: A browser is no brow.
WORDS = re.compile("toxin|botul|frown|brow(?!ser)|wrinkle|depress|MADRS|cosmetic|saline|serotonin", re.IGNORECASE)

#: Files that hold such a word, and why.
EXCEPTIONS = {
    "dossier/_migrate.py": "says what an older dossier calls by such words, to bring it along",
    "safety/data/products.csv": "a general dictionary: names of drugs, and makers called Brown",
    "safety/data/products.md": "names the lists of antidepressants that rows of the dictionary are from",
    "safety/data/substances.csv": "classes of drugs, of which antidepressants are one",
    "safety/data/name_cleaning.yaml": "saline or antitoxin in a name say that it is not what was given",
    "safety/data/event_groups/suicide_self_injury.yaml": "a report term of suicide has the word in it",
    "safety/measures/_lasso.py": "an author is called Brown",
    "brief/difference.py": "says what claims of older documents were called",
}
FILES = {
    path.relative_to(PACKAGE).as_posix(): path
    for path in sorted(PACKAGE.rglob("*"))
    if path.is_file() and not {"__pycache__", "dossiers"} & set(path.relative_to(PACKAGE).parts)
}


def found(name: str) -> list[str]:
    text = name + FILES[name].read_text(encoding="utf-8", errors="replace")
    return sorted({one.lower() for one in WORDS.findall(text)})


def test_no_word_of_one_treatment_stands_outside_its_dossier() -> None:
    assert len(FILES) > 300
    assert {name: words for name in FILES if name not in EXCEPTIONS and (words := found(name))} == {}


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_an_exception_is_needed(name: str) -> None:
    assert name in FILES, f"{name} is no more: take it out"
    assert found(name), f"{name} is done: take it out"
