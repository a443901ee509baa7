"""An analysis that cannot be pooled is said not to be computed, and stops nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from glabella.brief.results import Results
from glabella.brief.sections import effect
from glabella.dossier import Evidence, load, write_starter
from glabella.shown import Items, Ledger, blocks_of, inlines_of, plain


def twins(folder: Path, headline: str) -> Evidence:
    """Write two trials that found exactly the same, which have no Knapp-Hartung interval. They are made up."""
    write_starter(folder)
    study = folder / "studies" / "example2020.yaml"
    data = yaml.safe_load(study.read_text(encoding="utf-8"))
    (folder / "studies" / "twin2020.yaml").write_text(yaml.safe_dump(data | {"id": "twin2020"}), encoding="utf-8")
    plan = yaml.safe_load((folder / "dossier.yaml").read_text(encoding="utf-8"))
    first = plan["analyses"][plan["headline"]]
    comparison = first["comparisons"][0]
    both = [comparison, comparison.replace("example2020", "twin2020")]
    plan["analyses"]["twins"] = first | {"label": "the twins", "comparisons": both}
    plan["headline"] = headline
    (folder / "dossier.yaml").write_text(yaml.safe_dump(plan), encoding="utf-8")
    return load(folder)


def test_two_trials_without_a_prior_are_shown_and_not_pooled(tmp_path: Path) -> None:
    section = effect.report(Results(twins(tmp_path / "made", "response_all")), Ledger())
    text = [plain(piece) for piece in inlines_of((section,)) if not isinstance(piece, str) or piece.strip()]
    words = " ".join(text)
    assert "Not pooled:  the twins" in words
    assert (
        "no prior of the spread between trials is declared. Each comparison by itself; above one favours" in words
    )
    items = [plain(item) for block in blocks_of((section,)) if isinstance(block, Items) for item in block.items]
    assert sum(item.startswith("Example 2020: odds ratio ") for item in items) == 2


def test_a_headline_that_cannot_be_pooled_says_why(tmp_path: Path) -> None:
    results = Results(twins(tmp_path / "made", "twins"))
    with pytest.raises(ValueError, match="headline analysis 'twins' cannot be pooled: two trials do not tell"):
        effect.report(results, Ledger())
