"""One direction of flow: a package imports only from those before it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "glabella"

#: What each part may import. `shown`, `_front_door`, `_reading`, `_version` and `_writing` stand below everything.
MAY_IMPORT = {
    "shown": set(),
    "_version": set(),
    "_reading": set(),
    "_writing": set(),
    "_front_door": set(),
    "__main__": {"cli"},
    "dossier": set(),
    "synthesis": {"dossier"},
    "safety": {"dossier"},
    "mechanism": {"dossier"},
    "decision": {"dossier", "synthesis", "safety", "mechanism"},
    "plot": {"synthesis", "safety", "mechanism"},
    "brief": {"dossier", "synthesis", "safety", "mechanism", "decision", "plot"},
    "app": {"dossier", "synthesis", "safety", "mechanism", "decision", "plot", "brief"},
    "cli": {"dossier", "synthesis", "safety", "mechanism", "decision", "plot", "brief", "app"},
}
BELOW_ALL = {"shown", "_front_door", "_reading", "_version", "_writing"}
PARTS = sorted(
    p.stem
    for p in PACKAGE.iterdir()
    if (p.is_dir() and p.name not in ("__pycache__", "dossiers")) or (p.suffix == ".py" and p.name != "__init__.py")
)


def imported_parts(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports hide the direction of flow"
            if node.module == "glabella":
                found |= {alias.name for alias in node.names if alias.name != "__version__"}
            elif node.module and node.module.startswith("glabella."):
                found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("glabella.")}
    return found


@pytest.mark.parametrize("part", PARTS)
def test_a_part_imports_only_from_those_before_it(part: str) -> None:
    assert part in MAY_IMPORT, f"a new part {part!r}: say here what it may import"
    place = PACKAGE / part
    files = sorted(place.rglob("*.py")) if place.is_dir() else [PACKAGE / f"{part}.py"]
    for file in files:
        wrong = imported_parts(file) - MAY_IMPORT[part] - BELOW_ALL - {part}
        assert not wrong, f"{file.relative_to(PACKAGE)} imports {sorted(wrong)}"


#: Within `safety`, readers and statistics stand apart: what each folder may import of the others.
SAFETY = {
    "measures": set(),
    "faers": set(),
    "synthetic": set(),
    "store": {"faers", "measures"},
    "cohort": {"store", "measures"},
    "evaluation": {"store", "measures"},
}


@pytest.mark.parametrize(
    "folder", sorted(p.name for p in (PACKAGE / "safety").iterdir() if (p / "__init__.py").exists())
)
def test_a_folder_of_safety_imports_only_from_those_before_it(folder: str) -> None:
    assert folder in SAFETY, f"a new folder {folder!r}: say here what it may import"
    for file in sorted((PACKAGE / "safety" / folder).rglob("*.py")):
        modules = {
            node.module
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and node.module
        }
        assert "glabella.safety" not in modules, f"{file} imports through the front door it stands behind"
        found = {name.split(".")[2] for name in modules if name.startswith("glabella.safety.")}
        wrong = found - SAFETY[folder] - {folder}
        assert not wrong, f"{file.relative_to(PACKAGE)} imports {sorted(wrong)}"


#: Within `brief`, sections know no format and renderers no section: what each may import of the package.
BRIEF: dict[str, set[str] | None] = {
    "sections": {"render", "documents", "verification", "difference", "written"},
    "render": None,
}


def test_sections_know_no_format_and_renderers_no_section() -> None:
    for folder, forbidden in BRIEF.items():
        for file in sorted((PACKAGE / "brief" / folder).rglob("*.py")):
            modules = {
                node.module
                for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
                if isinstance(node, ast.ImportFrom) and node.module
            }
            found = {name.split(".")[2] for name in modules if name.startswith("glabella.brief.")}
            wrong = found - {"render"} if forbidden is None else found & forbidden
            assert not wrong, f"{file.relative_to(PACKAGE)} imports {sorted(wrong)}"


def test_statistics_never_read_files() -> None:
    for part in ("synthesis", "safety/measures", "mechanism", "decision/preferences"):
        for file in sorted((PACKAGE / part).rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            assert "pathlib" not in text, f"{file} knows about files"
            assert "open(" not in text, f"{file} knows about files"


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import glabella", {"numpy", "pydantic", "yaml", "scipy", "polars", "altair"}),
        ("import glabella.cli", {"numpy", "pydantic", "scipy", "polars", "altair", "jinja2", "rich"}),
        ("import glabella.dossier", {"numpy", "scipy", "polars", "altair"}),
    ],
)
def test_importing_loads_nothing_heavy(statement: str, unwanted: set[str]) -> None:
    code = f"import sys; {statement}; print(*sorted(set(sys.modules) & {unwanted!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("package", ["glabella.synthesis", "glabella.safety"])
def test_a_front_door_gives_every_name_and_imports_none_before(package: str) -> None:
    code = (
        f"import sys, {package} as p; before = [m for m in sys.modules if m.startswith('{package}.')];"
        "missing = [n for n in p.__all__ if not hasattr(p, n) or n not in dir(p)]; print(before, missing)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "[]"]


@pytest.mark.parametrize("package", ["synthesis", "safety"])
def test_a_front_door_names_for_type_checkers_what_it_gives(package: str) -> None:
    door = ast.parse((PACKAGE / package / "__init__.py").read_text(encoding="utf-8"))
    (branch,) = (node for node in door.body if isinstance(node, ast.If))
    typed = {
        (str(node.module).removeprefix(f"glabella.{package}."), alias.name)
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    (homes,) = (node for part in branch.orelse for node in ast.walk(part) if isinstance(node, ast.Dict))
    given = {(home, name) for home, names in ast.literal_eval(homes).items() for name in names}
    assert given == typed
    (listed,) = (node.value for node in door.body if isinstance(node, ast.Assign))
    assert sorted(ast.literal_eval(listed)) == sorted(name for _, name in given)


def test_a_front_door_refuses_a_name_that_it_does_not_have() -> None:
    import glabella.safety

    with pytest.raises(AttributeError, match=r"'glabella\.safety' has no attribute 'nothing'"):
        _ = glabella.safety.nothing  # type: ignore[attr-defined]
