"""The made-up articles, read and marked, and what of the marks is right."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml

from glabella._reading import Block, blocks_of_html, blocks_of_markdown
from glabella.decision.articles import Checked, Mark, check
from glabella.dossier import Frames

SHIPPED = Path(str(files("glabella"))) / "dossiers" / "botulinum-depression"
#: What the dossier calls claims that have another id in the labels.
IDS = {"f": "f.alone", "f2": "f.together", "g": "g.mood", "k": "k_looks", "l": "l_mild", "m": "m_cure"}
ARTICLES = Path(__file__).parent / "articles"
SETS = tuple(name for name in ("develop", "unseen", "frozen") if (ARTICLES / f"{name}.jsonl").is_file())


@cache
def frames() -> Frames:
    return Frames.model_validate(yaml.safe_load((SHIPPED / "frames.yaml").read_text(encoding="utf-8")))


def blocks_of(path: Path) -> tuple[Block, ...]:
    text = path.read_text(encoding="utf-8")
    return blocks_of_html(text) if path.suffix == ".html" else blocks_of_markdown(text)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence, what it says of each claim, and what was marked."""

    text: str
    kind: str
    due: dict[str, str]
    marks: tuple[Mark, ...]


@cache
def labelled(name: str) -> tuple[Labelled, ...]:
    """Give the sentences of a set; the sentences found are those that were labelled."""
    rows = defaultdict(list)
    for line in (ARTICLES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows[row["article"]].append(row)
    out = []
    for path in sorted((ARTICLES / name).iterdir()):
        found: Checked = check(blocks_of(path), frames())
        assert [each.sentence.text for each in found.sentences] == [row["text"] for row in rows[path.name]], (
            path.name
        )
        for row, each in zip(rows[path.name], found.sentences, strict=True):
            due = {IDS.get(claim, claim): stance for claim, stance, *_ in map(str.split, row["labels"])}
            out.append(Labelled(row["text"], row["kind"], due, each.marks))
    return tuple(out)


@dataclass
class Count:
    """What was marked of a set."""

    due: Counter[str] = field(default_factory=Counter)
    marked: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    stance: int = 0
    denied_as_asserted: int = 0
    claimless: int = 0
    claimless_marked: int = 0

    @property
    def wrong(self) -> float:
        return 1 - self.right.total() / self.marked.total()

    @property
    def recall(self) -> float:
        return self.right.total() / self.due.total()

    @property
    def stance_right(self) -> float:
        return self.stance / self.right.total()

    @property
    def claimless_wrong(self) -> float:
        return self.claimless_marked / self.claimless


def count(sentences: tuple[Labelled, ...]) -> Count:
    out = Count()
    for each in sentences:
        out.due.update(each.due.keys())
        out.claimless += not each.due
        out.claimless_marked += not each.due and bool(each.marks)
        for mark in each.marks:
            out.marked[mark.claim] += 1
            said = each.due.get(mark.claim)
            if said is not None:
                out.right[mark.claim] += 1
                out.stance += mark.stance == said
                out.denied_as_asserted += (said, mark.stance) == ("denies", "asserts")
    return out
