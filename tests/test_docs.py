"""What is written down is true: links lead somewhere, examples run, commands and options exist, exit codes hold.

The Python blocks of a document run in order, in one namespace and in one folder, where the five properties of
`tests/docs/barchester` lie and the settings that README.md shows. A `text` block that follows one is what it prints,
`...` standing for anything.
"""

import doctest
import importlib
import inspect
import re
import runpy
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
import typer.main
from typer.testing import CliRunner

import svoc.errors
from svoc.cli import app

TOP = Path(__file__).resolve().parent.parent
EXAMPLE = TOP / "tests" / "docs" / "barchester"
PAGES = sorted(p for p in [*TOP.glob("*.md"), *TOP.glob("docs/**/*.md")] if p.is_file())
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]

README = (TOP / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (TOP / "CONTRIBUTING.md").read_text(encoding="utf-8")
EVERYDAY = {"--help", "--json", "--version"}


def ids(pages: list[Path]) -> list[str]:
    return [page.relative_to(TOP).as_posix() for page in pages]


def blocks(text: str) -> list[tuple[str, str]]:
    return [(found[1], found[2]) for found in BLOCK.finditer(text)]


# --- links and names


def _slug(heading: str) -> str:
    """Make the anchor that a heading gets where Markdown is shown."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=ids(PAGES))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(BLOCK.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"(https?|mailto):", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), f"{page.name}: {target}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in map(_slug, headings), f"{page.name}: {target}"


FOLDERS = "svoc|matchers|gazetteer|tests|examples|benchmarks|scripts|requirements|docs"


def _named(text: str) -> Iterator[str]:
    yield from re.findall(rf"`((?:{FOLDERS})/[^`\s]*)`", text)


@pytest.mark.parametrize("page", PAGES, ids=ids(PAGES))
def test_every_file_that_is_named_is_there(page: Path) -> None:
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    for name in _named(text):
        made_later = re.search(r"[A-Z]{4}", name)  # as in results/DATE-towns.json
        file = str(Path(name).parent) if made_later else name.partition("::")[0]
        assert (TOP / file).exists(), f"{page.name} names {name}"


@pytest.mark.parametrize("page", PAGES, ids=ids(PAGES))
def test_every_python_name_is_there(page: Path) -> None:
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    for name in re.findall(r"`((?:svoc|matchers|gazetteer)(?:\.\w+)+)`", text):
        assert _found(name), f"{page.name} names {name}"


def _found(name: str) -> bool:
    """Say whether a dotted name is a module, or something in one."""
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        module, _, last = name.rpartition(".")
        return bool(module) and _found(module) and hasattr(importlib.import_module(module), last)
    return True


# --- the README's promises


def test_the_two_commands_stand_at_the_top() -> None:
    first = blocks(README)[0][1]
    assert [line.split()[0] for line in first.splitlines()] == ["scripts/demo", "scripts/test"]
    assert README.index(first) < 300
    assert all((TOP / name).is_file() for name in ("scripts/demo", "scripts/test"))


def _used(text: str) -> Iterator[tuple[str, list[str]]]:
    """Give each command of svoc that a page shows, with the options that it is given."""
    shown = [line for kind, block in blocks(text) if kind in {"sh", ""} for line in block.splitlines()]
    inline = re.findall(r"`(svoc [^`]+)`", BLOCK.sub("", text))
    for line in [*shown, *inline]:
        for command in re.findall(r"\bsvoc ([a-z]+(?:-[a-z]+)*)((?: [^`#\n]*)?)", line):
            yield command[0], re.findall(r"--[a-z][a-z-]*", command[1])


@pytest.mark.parametrize("page", PAGES, ids=ids(PAGES))
def test_every_command_and_option_that_is_shown_exists(page: Path) -> None:
    for command, options in _used(page.read_text(encoding="utf-8")):
        assert command in COMMANDS, f"{page.name}: svoc {command}"
        known = {name for parameter in COMMANDS[command].params for name in parameter.opts}
        assert set(options) <= known | EVERYDAY, f"{page.name}: svoc {command} {options}"


def test_every_command_is_in_the_readme() -> None:
    assert {command for command, _ in _used(README)} == set(COMMANDS)


def test_every_command_shows_an_example_that_its_options_fit() -> None:
    for name, command in COMMANDS.items():
        found = re.search(rf"Example: svoc {name}\b(.*)", command.help or "", re.DOTALL)
        assert found, f"svoc {name} --help has no example"
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[a-z][a-z-]*", found[1])) <= known, name


def test_the_table_of_exit_codes_holds_those_that_errors_have() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d) \|", README, re.MULTILINE)}
    errors = [e for _, e in inspect.getmembers(svoc.errors, inspect.isclass) if issubclass(e, svoc.errors.SvocError)]
    assert told == {0, *(error.exit_code for error in errors)}


def _readme_settings() -> str:
    (found,) = (block for kind, block in blocks(README) if kind == "toml")
    return found


def test_the_settings_that_the_readme_shows_are_understood() -> None:
    from svoc.settings import CouncilSettings

    told = tomllib.loads(_readme_settings())
    assert CouncilSettings.model_validate(told).council.name == "Barchester"
    for name in re.findall(r"`\[([a-z_]+)[\].]", README):
        assert name in CouncilSettings.model_fields, f"README.md names [{name}]"


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay out what the examples work on: the small Barchester, and a frame of people."""
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "barchester.toml").write_text(_readme_settings(), encoding="utf-8")
    people = runpy.run_path(str(TOP / "examples" / "01_link_a_frame.py"))["made_up_people"]()
    people.write_parquet(tmp_path / "people.parquet")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_the_examples_run_and_print_what_is_shown(
    name: str, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    namespace: dict[str, object] = {"__name__": name.removesuffix(".md").lower()}
    text = (TOP / name).read_text(encoding="utf-8")
    told = blocks(text)
    ran = 0
    for at, (kind, block) in enumerate(told):
        if kind != "python":
            continue
        line = text[: text.index(block)].count("\n")
        exec(compile("\n" * line + block, name, "exec"), namespace)
        printed = capsys.readouterr().out
        ran += 1
        if at + 1 < len(told) and told[at + 1][0] == "text":
            wanted = told[at + 1][1]
            same = doctest.OutputChecker().check_output(wanted, printed, doctest.ELLIPSIS)
            assert same, f"{name}, line {line}: shown\n{wanted}\nprinted\n{printed}"
    assert ran >= 5
    council = namespace.get("council")
    if hasattr(council, "close"):
        council.close()


@pytest.fixture
def quiet_logs() -> Iterator[None]:
    """Give logs back to whoever had them: commands send them to a stream that ends with the test."""
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("quiet_logs")
def test_the_tour_of_the_command_line_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line of the README's tour ends with 0, on a smaller town."""
    (tour,) = (block for kind, block in blocks(README) if kind == "sh" and "svoc rehearse" in block)
    monkeypatch.chdir(tmp_path)
    for line in tour.replace("--dwellings 300", "--dwellings 40").splitlines():
        done = CliRunner().invoke(app, line.split()[1:])
        assert done.exit_code == 0, f"{line}\n{done.output}"
    written = (tmp_path / "town" / "out" / "members.csv").read_text(encoding="utf-8")
    assert written.startswith("source,record,party,person_id,uprn,outcome,rung\n")


def test_the_ladder_that_is_shown_is_the_one_that_holds() -> None:
    (ladder,) = (block for kind, block in blocks(CONTRIBUTING) if kind == "ladder")
    floors = runpy.run_path(str(TOP / "tests" / "test_house.py"))["FLOORS"]
    assert [set(line.split()) for line in ladder.splitlines()] == [set(floor) for floor in floors]


def test_the_road_that_is_shown_is_the_nights() -> None:
    """The steps stand in the order in which `svoc/night.py`, and of each lane `svoc/solving.py`, takes them."""
    shown = re.findall(r"^\| `svoc/steps/(\w+)\.py`", CONTRIBUTING, re.MULTILINE)
    rooms = [(TOP / "svoc" / name).read_text(encoding="utf-8") for name in ("night.py", "solving.py")]
    taken = [step for room in rooms for step in re.findall(r'timed\(\s*"(\w+)"', room)]
    assert shown == [step for step in taken if (TOP / "svoc" / "steps" / f"{step}.py").exists()]


# --- changelog and decisions


def test_the_changelog_tells_of_this_version() -> None:
    version = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    headings = re.findall(r"^## (\S+)", (TOP / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == version


DECISIONS = sorted((TOP / "docs" / "adr").glob("[0-9]*.md"))


@pytest.mark.parametrize("decision", DECISIONS, ids=ids(DECISIONS))
def test_a_decision_says_why_what_and_what_follows(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    assert text.startswith(f"# {decision.name[:4]}: ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_decisions_are_numbered_without_a_gap_and_listed() -> None:
    assert [int(d.name[:4]) for d in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    listed = LINK.findall((TOP / "docs" / "adr" / "README.md").read_text(encoding="utf-8"))
    assert listed == [d.name for d in DECISIONS]


# --- nothing of where it was made

MACHINES = re.compile(r"/(?:home|Users|root|opt|srv)/\w|[A-Z]:\\Users\\")
REGISTRIES = re.compile("|".join([r"pypi\.(?:org|python)", r"pythonhosted\.org", r"npmjs\.(?:org|com)"]))


def test_no_file_names_a_registry_or_a_folder_of_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=TOP, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    wrong = []
    for name in listed.stdout.splitlines():
        file = TOP / name
        text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
        found = REGISTRIES.search(text) or MACHINES.search(text)
        if found and file != Path(__file__).resolve():
            wrong.append(f"{name}: {found[0]}")
    assert not wrong
