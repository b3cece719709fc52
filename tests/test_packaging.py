"""What is handed over: a wheel that holds the three packages whole and nothing else, and a lock that fits pyproject."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = TOP / "requirements" / "dev.txt"
PACKAGES = ("gazetteer", "matchers", "svoc")
NOT_SHIPPED = {"__pycache__"}

DATA = (
    "gazetteer/data/flat_columns.csv",
    "gazetteer/words/street_types.csv",
    "matchers/data/nicknames.csv",
    "svoc/defaults/person_model.json",
    "svoc/defaults/purposes.toml",
    "svoc/defaults/names/words.toml",
    "svoc/rehearsal/data/surnames.csv",
    "svoc/reports/templates/night_report.html",
    "svoc/store/migrations/versions/0001_first_tables.py",
)
"""One file of each kind that is not code a caller imports, but without which the code cannot work."""

READS_ITS_DATA = """
from pathlib import Path
import gazetteer, matchers, svoc
import polars as pl
from gazetteer.examples import barchester
from svoc.person_model import read_model
from svoc.store.store import Store
from svoc.words.purposes import Purposes

assert gazetteer.find("12 kinng street ba1 1aa", barchester()).uprn == 12000
names = [pl.DataFrame({"forename": [n], "middle_names": [None], "surname": ["OKORO"]}) for n in ("WILLIAM", "BILL")]
assert matchers.PersonName().grade(*names).item() > 0
assert read_model().learned is not None
assert Purposes.in_force().lanes
assert Store.open("sqlite://", Path()).yesterday().run == 0
print(*sorted(Path(m.__file__).parent.parent.name for m in (gazetteer, matchers, svoc)))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with what is installed, asking nobody else for anything."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=TOP, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def held(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode("utf-8"))


def test_the_wheel_owns_the_three_packages_and_nothing_else(held: set[str]) -> None:
    own = f"svoc-{PROJECT['version']}.dist-info"
    assert {name.split("/")[0] for name in held} == {*PACKAGES, own}


def test_the_wheel_holds_every_file_of_the_packages(held: set[str]) -> None:
    files = {
        file.relative_to(TOP).as_posix()
        for package in PACKAGES
        for file in (TOP / package).rglob("*")
        if file.is_file() and not NOT_SHIPPED & set(file.parts)
    }
    assert {name for name in held if ".dist-info/" not in name} == files


@pytest.mark.parametrize("name", DATA)
def test_the_wheel_holds_what_the_code_reads(held: set[str], name: str) -> None:
    assert name in held


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_says_that_it_is_typed(held: set[str], package: str) -> None:
    assert f"{package}/py.typed" in held


def test_the_wheel_holds_no_tests(held: set[str]) -> None:
    assert not [name for name in held if re.search(r"(^|/)(tests?/|conftest\.py|test_[^/]*\.py)", name)]


def test_the_metadata_names_licence_version_and_python(metadata: Message, held: set[str]) -> None:
    assert metadata["License-Expression"] == "MIT"
    assert any(name.endswith("/licenses/LICENSE") for name in held)
    assert metadata["Version"] == PROJECT["version"]
    assert metadata["Requires-Python"] == PROJECT["requires-python"]


def test_the_wheel_brings_the_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith("entry_points.txt"))
        assert "svoc = svoc.cli:main" in archive.read(name).decode("utf-8")


def test_what_the_wheel_holds_finds_its_data_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "unpacked")
    done = subprocess.run(
        [sys.executable, "-c", READS_ITS_DATA],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path / "unpacked")}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["unpacked"] * 3


# --- the lock


def _locked() -> dict[str, list[tuple[str, str]]]:
    """Read the lock: each name's versions (several where systems or Pythons differ), and what follows each."""
    text = LOCK.read_text(encoding="utf-8").replace("\\\n", " ")
    locked: dict[str, list[tuple[str, str]]] = {}
    for line in text.splitlines():
        found = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;]+)(.*)", line)
        if found:
            locked.setdefault(canonicalize_name(found[1]), []).append((found[2], found[3]))
    return locked


def _asked() -> list[str]:
    typed = (TOP / "requirements" / "dev.in").read_text(encoding="utf-8").splitlines()
    tools = [line for line in typed if line.strip() and not line.startswith("#")]
    extras = PROJECT["optional-dependencies"]
    return [*PROJECT["dependencies"], *extras["dev"], *extras["postgres"], *tools]


@pytest.mark.parametrize("dependency", _asked())
def test_the_lock_pins_every_dependency_to_a_version_that_pyproject_allows(dependency: str) -> None:
    asked = Requirement(dependency)
    pinned = _locked().get(canonicalize_name(asked.name))
    assert pinned, f"{asked.name} is not in requirements/dev.txt: run scripts/lock"
    for version, _ in pinned:
        assert asked.specifier.contains(version), f"{asked.name} {version}: run scripts/lock"


def test_everything_that_is_locked_has_a_hash() -> None:
    bare = [name for name, pins in _locked().items() for _, rest in pins if "--hash=sha256:" not in rest]
    assert not bare


def test_the_lock_says_nothing_of_where_it_was_made() -> None:
    assert not re.findall(r"^\s*(?:--(?:extra-)?index-url|--find-links|-i |-f ).*", LOCK.read_text("utf-8"), re.M)
    assert "://" not in LOCK.read_text(encoding="utf-8")


def test_what_is_locked_lacks_nothing() -> None:
    """Whoever installs takes the lock at its word and looks for nothing beside it."""
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
