"""An analysis that cannot be pooled is said not to be computed, and stops nothing else."""

from __future__ import annotations

from pathlib import Path

import yaml

from glabella.brief import document, markdown
from glabella.brief.results import Results
from glabella.brief.sections import benefit, effect
from glabella.dossier import Evidence, load, write_starter
from glabella.shown import Items, Ledger, Paragraph, Table, blocks_of, inlines_of, plain


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


def test_a_headline_of_two_trials_without_a_prior_leads_with_both(tmp_path: Path) -> None:
    results = Results(twins(tmp_path / "made", "twins"))
    for kind in ("brief", "report"):
        shown = document(results, kind)
        words = " ".join(plain(piece) for piece in inlines_of(shown.sections))
        assert ": two trials tell too little of how trials differ to be pooled." in words
        assert "The trials could not be pooled." in words
        assert "nan" not in markdown(shown).split()
    section = effect.report(results, Ledger())
    first = next(block for block in blocks_of((section,)) if isinstance(block, Paragraph))
    assert plain(first.content).startswith(
        "Not pooled: two trials do not tell how trials differ, and no prior of the"
    )
    assert "Each trial’s odds ratio of response stands below; above one favours" in plain(first.content)
    table = next(block for block in blocks_of((section,)) if isinstance(block, Table))
    assert [plain(row.cells[0]) for row in table.rows] == ["Example 2020 counts"] * 2
    (row, *_) = next(
        block for block in blocks_of((benefit.brief(results, Ledger()),)) if isinstance(block, Table)
    ).rows
    assert plain(row.cells[1]) == "not pooled"
