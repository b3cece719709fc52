"""The house rules that a machine can hold: who may import whom, what importing costs, what must be said."""

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
PACKAGES = ("gazetteer", "matchers", "svoc")

FLOORS: tuple[frozenset[str], ...] = (
    frozenset(
        {
            "errors",
            "formulas",
            "held_back",
            "memory",
            "offering",
            "page_settings",
            "side_by_side",
            "signing_in",
            "whole_files",
        }
    ),
    frozenset({"settings"}),
    frozenset({"words", "defaults"}),
    frozenset({"sources", "survivorship", "notices", "store"}),
    frozenset({"steps"}),
    frozenset({"person_model", "finding", "certainty", "raising"}),
    frozenset({"policy"}),
    frozenset({"splicing"}),
    frozenset({"solving"}),
    frozenset({"sheltering"}),
    frozenset({"night"}),
    frozenset({"guards", "explaining", "naming", "protecting"}),
    frozenset({"districts"}),
    frozenset({"binding", "inferring", "noting", "told"}),
    frozenset({"amending", "delivering", "indexed", "reconciling", "repeats", "withholding"}),
    frozenset({"reading"}),
    frozenset({"confirming"}),
    frozenset({"council"}),
    frozenset(
        {
            "rehearsal",
            "auditing",
            "canvass",
            "insight",
            "exporting",
            "exchanging",
            "evaluating",
            "households",
            "keys",
            "checking",
            "choosing",
            "passing",
            "rollback",
            "verifying",
        }
    ),
    frozenset({"beginning", "desk", "accounts", "reports", "training", "reviewing", "operating"}),
    frozenset({"accountability", "by_file", "running", "showing"}),
    frozenset({"answering", "canvassing", "demo", "measuring", "migration", "surveying", "undoing"}),
    frozenset({"web"}),
    frozenset({"cli"}),
    frozenset({"__main__"}),
)
"""The ladder of `svoc`: a room may import only rooms of lower floors, and its own."""


def modules(package: str) -> Iterator[tuple[str, Path]]:
    for file in sorted((TOP / package).rglob("*.py")):
        parts = file.relative_to(TOP).with_suffix("").parts
        if "versions" in parts or file.name == "env.py":
            continue
        yield ".".join(parts).removesuffix(".__init__"), file


def imported(file: Path) -> set[str]:
    """Name every module that a file imports, inside functions and under TYPE_CHECKING too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


NAMES = [name for package in PACKAGES for name, _ in modules(package)]


@cache
def graph() -> dict[str, set[str]]:
    """Give every module with what it imports: read where a test asks, and not wherever the tests are only counted."""
    return {name: imported(file) for package in PACKAGES for name, file in modules(package)}


def floor(room: str) -> int:
    for number, rooms in enumerate(FLOORS):
        if room in rooms:
            return number
    raise AssertionError(f"svoc.{room} has no floor: give it one in FLOORS, and say why in the pull request")


def test_gazetteer_and_matchers_know_nobody() -> None:
    for name, imports in graph().items():
        own = name.split(".")[0]
        if own == "svoc":
            continue
        others = {i.split(".")[0] for i in imports} & (set(PACKAGES) - {own})
        assert not others, f"{name} imports {others}"


def test_imports_go_down_only() -> None:
    wrong = []
    for name, imports in graph().items():
        if not name.startswith("svoc."):
            continue
        room = name.split(".")[1]
        for target in imports:
            if not target.startswith("svoc."):
                continue
            below = target.split(".")[1]
            if below != room and floor(below) >= floor(room):
                wrong.append(f"{name} imports {target}")
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_steps_touch_neither_store_nor_clock_nor_files() -> None:
    barred = ("svoc.store", "os", "pathlib", "time", "random", "sqlalchemy", "sqlmodel")
    for name, imports in graph().items():
        if name.startswith("svoc.steps.") or name == "svoc.night":
            found = [i for i in imports if i in barred or i.startswith("svoc.store")]
            assert not found, f"{name} imports {found}"


def test_there_is_no_circle() -> None:
    state: dict[str, str] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert state.get(name) != "open", "circle: " + " -> ".join([*path, name])
        if state.get(name) == "done":
            return
        state[name] = "open"
        for target in sorted(graph()[name]):
            if target in graph() and target != name and not name.startswith(f"{target}."):
                visit(target, (*path, name))
        state[name] = "done"

    for name in graph():
        visit(name, ())


@pytest.mark.parametrize(
    "package", [n for n, f in ((n, f) for p in PACKAGES for n, f in modules(p)) if f.name == "__init__.py"]
)
def test_a_package_defines_nothing_and_lists_what_it_offers(package: str) -> None:
    file = TOP.joinpath(*package.split(".")) / "__init__.py"
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{package} has no docstring"
    defined = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)]
    assert not defined, f"{package} defines something"
    module = importlib.import_module(package)
    assert isinstance(module.__all__, list)
    for name in module.__all__:
        assert hasattr(module, name), f"{package}.__all__ names {name}, which is not there"


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_a_package_is_light(package: str) -> None:
    heavy = "{'pandas', 'sklearn', 'recordlinkage', 'fastapi', 'starlette', 'flask', 'usaddress', 'scipy'}"
    code = f"import sys, {package}; print(sorted({heavy} & {{m.split('.')[0] for m in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        n for p in PACKAGES for n, f in modules(p) if not ast.get_docstring(ast.parse(f.read_text(encoding="utf-8")))
    ]
    assert not silent


def test_nothing_that_is_committed_names_a_folder_of_this_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=TOP, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    for name in listed.stdout.splitlines():
        file = TOP / name
        if file.is_file() and file.suffix in {".py", ".md", ".toml", ".csv", ".json", ".txt"}:
            text = file.read_text(encoding="utf-8", errors="replace")
            assert "/work" + "/" not in text, name
