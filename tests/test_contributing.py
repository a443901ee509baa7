"""What CONTRIBUTING shows is what stands in the code."""

from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_section_that_it_shows_is_the_real_one() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    brief = ROOT / "src" / "glabella" / "brief"
    assert f"```python\n{(brief / 'sections' / 'given.py').read_text(encoding='utf-8')}```" in text
    line = "Beside(((warnings.brief,), (given.brief,), (next_steps.brief,)), (1, 1, 1)),\n"
    assert line.rstrip(",\n") in text
    assert f"    {line}" in (brief / "documents.py").read_text(encoding="utf-8")
