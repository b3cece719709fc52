"""The unit files and the task that are shown for schedulers say what their systems understand, and run a night.

The facts relied on. systemd (systemd.service(5), systemd.timer(5), systemd.unit(5)): `RestartForceExitStatus` starts a
service again for a code whatever `Restart` says, and is refused for `Type=oneshot`; `systemd-analyze verify` loads a
unit as the manager does and fails where it is refused. Windows (Task Scheduler schema 1.2): the parts of a task, of its
settings, principal and action stand in any order (`xs:all`); those of a trigger in one (`xs:sequence`), Enabled,
StartBoundary, EndBoundary, Repetition, ExecutionTimeLimit, and then its schedule.
"""

import configparser
import re
import shlex
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
import typer.main
from typer.testing import CliRunner

import svoc.errors
from svoc.cli import app
from svoc.rehearsal.town import rehearse

OPERATION = Path(__file__).resolve().parents[2] / "docs" / "operation"
UNITS = sorted(p for p in OPERATION.iterdir() if p.suffix in {".service", ".timer"})
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
DIRECTIVES = {
    "Unit": {"Description", "Documentation", "After", "Wants", "OnFailure", "StartLimitIntervalSec", "StartLimitBurst"},
    "Service": {
        "Type", "User", "WorkingDirectory", "EnvironmentFile", "ExecStart", "Restart", "RestartForceExitStatus",
        "RestartSec", "RuntimeMaxSec", "UMask", "NoNewPrivileges", "PrivateTmp", "ProtectSystem", "ProtectHome",
        "ReadWritePaths", "Nice",
    },
    "Timer": {"OnCalendar", "RandomizedDelaySec", "Persistent", "Unit"},
    "Install": {"WantedBy"},
}  # fmt: skip
"""The directives in use, by section, as the manual pages name them."""


def unit(name: str) -> configparser.ConfigParser:
    read = configparser.ConfigParser(interpolation=None, strict=True)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string((OPERATION / name).read_text(encoding="utf-8"))
    return read


def systemd_command() -> list[str]:
    return shlex.split(unit("svoc-night.service")["Service"]["ExecStart"])


def windows_command() -> list[str]:
    """Give the command of svoc within the task's loop."""
    arguments = ET.parse(OPERATION / "svoc-night.xml").findtext(f".//{TASK}Arguments") or ""
    found = re.search(r"& (\S+svoc\.exe [^;]*?) 2>>", arguments)
    assert found, arguments
    return found[1].split()


COMMANDS = {"systemd": systemd_command, "windows": windows_command}


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_every_directive_is_one_that_systemd_has(path: Path) -> None:
    read = unit(path.name)
    assert {(s, d) for s in read.sections() for d in read[s]} <= {
        (s, d) for s, known in DIRECTIVES.items() for d in known
    }


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not there to verify units")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """The programs that a unit starts are not on this machine: they are replaced by one that is."""
    for path in UNITS:
        text = re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", path.read_text(encoding="utf-8"))
        (tmp_path / path.name).write_text(re.sub(r"(?m)^Documentation=.*$", "", text), encoding="utf-8")
    command = ["systemd-analyze", "verify", *(str(tmp_path / path.name) for path in UNITS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_exit_codes_are_mapped() -> None:
    night, told = unit("svoc-night.service"), unit("svoc-night.service")["Unit"]["OnFailure"]
    service = night["Service"]
    assert service["Type"] != "oneshot", "of which RestartForceExitStatus is refused"
    assert int(service["RestartForceExitStatus"]) == svoc.errors.TryAgain.exit_code
    assert service["Restart"] == "no", "4 must be looked at by someone, 2 and 3 mended: neither is tried again"
    assert told == "svoc-tell-someone@%n.service"
    assert (OPERATION / "svoc-tell-someone@.service").is_file()
    arguments = ET.parse(OPERATION / "svoc-night.xml").findtext(f".//{TASK}Arguments") or ""
    assert f"if ($LASTEXITCODE -ne {svoc.errors.TryAgain.exit_code}) {{ break }}" in arguments
    assert arguments.endswith('exit $LASTEXITCODE"')
    assert unit("svoc-night.timer")["Timer"]["Unit"] == "svoc-night.service"


def test_the_task_keeps_to_its_schema() -> None:
    text = (OPERATION / "svoc-night.xml").read_bytes()
    assert text.isascii(), "so that it is read alike however its system guesses the encoding"
    task = ET.fromstring(text)
    assert task.tag == f"{TASK}Task"
    names = [part.tag.removeprefix(TASK) for part in task]
    assert sorted(names) == ["Actions", "Principals", "RegistrationInfo", "Settings", "Triggers"]
    (trigger,) = task.findall(f"{TASK}Triggers/{TASK}CalendarTrigger")
    order = ["Enabled", "StartBoundary", "EndBoundary", "Repetition", "ExecutionTimeLimit", "ScheduleByDay"]
    told = [order.index(part.tag.removeprefix(TASK)) for part in trigger]
    assert told == sorted(told)
    principal, actions = task.find(f".//{TASK}Principal"), task.find(f"{TASK}Actions")
    assert principal is not None
    assert actions is not None
    assert actions.get("Context") == principal.get("id")
    settings = {part.tag.removeprefix(TASK): part.text for part in task.find(f"{TASK}Settings") or ()}
    assert settings["MultipleInstancesPolicy"] == "IgnoreNew"
    assert re.fullmatch(r"PT\d+H", settings["ExecutionTimeLimit"] or "")


@pytest.fixture(scope="module")
def small_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a town of one night."""
    return rehearse(tmp_path_factory.mktemp("operation") / "town", dwellings=30, seed=3, nights=1).folder


@pytest.fixture
def quiet_logs() -> Iterator[None]:
    """Give logs back to whoever had them."""
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("quiet_logs")
@pytest.mark.parametrize("system", COMMANDS)
def test_the_command_runs_a_night_as_it_stands(
    system: str, small_town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the paths are replaced."""
    program, *arguments = COMMANDS[system]()
    assert re.fullmatch(r".*[/\\]svoc(\.exe)?", program)
    town = Path(shutil.copytree(small_town, tmp_path / "town"))
    told = [re.sub(r"^.*[/\\](council\.toml)$", lambda found: str(town / found[1]), a) for a in arguments]
    assert str(town / "council.toml") in told
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, told)
    assert done.exit_code == 0, done.output
    assert (town / "reports" / "night_0001.html").is_file()


def test_every_option_in_use_is_one_of_the_command() -> None:
    known = {name for p in typer.main.get_command(app).commands["night"].params for name in p.opts}  # type: ignore[attr-defined]
    for command in COMMANDS.values():
        assert {a for a in command() if a.startswith("--")} <= known
