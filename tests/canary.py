"""A town in which whatever is somebody's can be told from everything else, and the command line with ears.

Every word of a name, a street or a steward's reason begins with `MARK`; postcodes, telephones, mail addresses and
dates of birth are of kinds that nothing else is. So a token that turns up anywhere is a leak, and says of what.

References (accounts, elector numbers, card numbers, UPRNs, identifiers) are personal data too, and are no tokens here:
a fault has to name a record, or nobody could mend it, and mention keys are how decisions, explanations and guards
name it. Where they have no business, in logs, metrics, file names and what is kept of a run, `REFERENCE` finds them.
"""

import os
import re
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

import structlog
import typer
from typer.testing import CliRunner

from svoc.cli.start import VERBS
from svoc.cli.verbs import told
from svoc.rehearsal.town import rehearse

__all__ = ["MARK", "SECRETS", "Ears", "Heard", "canary_town", "leaks", "outside", "references"]

MARK = "Zyx"
SECRETS = ("lighthouse-keeper-7431", "quartz-umbrella-9902")
"""The key of identifiers, and the password of a database: nowhere but in council.toml and the environment."""

TOKENS = re.compile(
    rf"(?i){MARK}\w*|\bZ[QY]\d ?\d[A-Z]{{2}}\b|(?<![\d.])01632 ?\d{{6}}|reader\d+@"
    r"|\b(?:19[2-9]|200|201[01])\d-?\d\d-?\d\d\b|\b\d\d/\d\d/(?:19[2-9]|200|201[01])\d\b|" + "|".join(SECRETS)
)
REFERENCE = re.compile(r"\b6010\d{4}\b|\bA[A-Z]1-\d+\b|\b99\d{9,10}\b|\b24\d{5}\b|\b51\d{7}\b|\b\w{4}-\w{4}-[0-9A-Z]\b")

GAZETTEER_ROWS_OF_PLACES = {"15", "24", "28"}


def leaks(text: str) -> list[str]:
    """Find the tokens in a text, a few words around each left out: the test's own output must not hold more."""
    return sorted({found[0] for found in TOKENS.finditer(text)})


def references(text: str) -> list[str]:
    """Find references of records in a text."""
    return sorted({found[0] for found in REFERENCE.finditer(text)})


def canary_town(folder: Path, *, nights: int = 3) -> Path:
    """Make the town; give its council.toml, which logs everything and writes metrics."""
    rehearse(folder, dwellings=24, seed=4, nights=nights, library=True)
    for file in [*folder.glob("extracts/*.csv"), *folder.glob("*truth*.csv"), folder / "people.csv"]:
        head, _, body = file.read_text(encoding="utf-8").partition("\n")
        file.write_text(f"{head}\n{_marked(body)}", encoding="utf-8")
    for file in folder.glob("life_events/*"):
        head, _, body = file.read_text(encoding="utf-8").partition("\n")
        file.write_text(f"{head}\n{_marked(body) if file.suffix == '.csv' else _marked_values(body)}", encoding="utf-8")
    for file in folder.glob("llpg*.csv"):
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        marked = (_marked(e) if e[:2] in GAZETTEER_ROWS_OF_PLACES else e for e in lines)
        file.write_text("".join(marked), encoding="utf-8")
    settings = folder / "council.toml"
    more = '[logging]\nlevel = "debug"\nformat = "json"\n[metrics]\npath = "svoc.prom"\n[life_events]'
    words = settings.read_text(encoding="utf-8").replace("a rehearsal has no secrets", SECRETS[0])
    settings.write_text(words.replace("[life_events]", more), encoding="utf-8")
    return settings


KEPT = {"Move", "Death", "Change", "address", "name", "Birth", "Correction", "MISS", "Miss", "council_tax", "library"}


def _marked(text: str) -> str:
    """Put the mark before every word that is neither a code nor a title."""
    words = r"(?<![\w@.])[^\W\d_]{4,}(?![\w@])"
    return re.sub(words, lambda word: word[0] if word[0] in KEPT else f"{MARK}{word[0]}", text)


def _marked_values(text: str) -> str:
    """Put the mark before the words of names and addresses in XML and JSON."""
    named = r"(?i)((?:name|surname|forename|address|line|street|town|locality)[^<>:{}\[\]]*(?:>|\": \"))([^<\"]+)"
    return re.sub(named, lambda found: found[1] + _marked(found[2]), text)


@dataclass(frozen=True, slots=True)
class Heard:
    """All that one command said: `out` and `err` whole (a library's own words in another language too).

    `trace` is what a developer would see where nothing catches an error: messages, causes and all that was raised on
    the way to them. `shows`: why it is meant to show people, where it is.
    """

    verb: str
    args: tuple[str, ...]
    code: int
    expected: int
    out: str
    err: str
    trace: str
    shows: str

    @property
    def name(self) -> str:
        """Give the command in short."""
        return " ".join([self.verb, *(Path(arg).name for arg in self.args)])[:120]


@dataclass
class Ears:
    """Runs commands as `python -m svoc` does, in this process, and keeps all that they say."""

    heard: list[Heard] = field(default_factory=list)
    raised: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the command line as `svoc.cli.start` does, but with an ear at each verb."""
        self.app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
        for verb in VERBS:
            self.app.command()(told(self._listened(verb)))

    def _listened(self, verb: Callable[..., None]) -> Callable[..., None]:
        @wraps(verb)
        def listened(*args: Any, **kwargs: Any) -> None:
            try:
                verb(*args, **kwargs)
            except BaseException as fault:
                self.raised.append(fault)
                raise

        return listened

    def __call__(self, *args: str | Path, code: int = 0, shows: str = "", env: dict[str, str] | None = None) -> None:
        """Run a command that should end with `code`, and keep what it said."""
        verb, *rest = map(str, args)
        self.raised.clear()
        with _low_voices() as low:
            done = CliRunner().invoke(self.app, [verb, *rest], env=env)
        structlog.reset_defaults()
        faults = [*self.raised, *([done.exception] if done.exception else [])]
        trace = "\n".join("".join(traceback.format_exception(fault)) for fault in faults)
        err = done.stderr + low.read_text("utf-8", errors="replace")
        low.unlink()
        self.heard.append(Heard(verb, tuple(rest), done.exit_code, code, done.stdout, err, trace, shows))


@contextmanager
def _low_voices() -> Iterator[Path]:
    """Keep what is written to the two streams themselves, past Python: a library of Rust or C speaks there."""
    number, name = tempfile.mkstemp()
    sys.stdout.flush(), sys.stderr.flush()
    kept = [os.dup(stream) for stream in (1, 2)]
    try:
        for stream in (1, 2):
            os.dup2(number, stream)
        yield Path(name)
    finally:
        for stream, before in zip((1, 2), kept, strict=True):
            os.dup2(before, stream)
            os.close(before)
        os.close(number)


@contextmanager
def outside(folder: Path) -> Iterator[None]:
    """Give home and temporary files a place of their own; and no mask, so that every mode is one that was meant."""
    for name in ("tmp", "home"):
        (folder / name).mkdir()
    places = {"TMPDIR": "tmp", "TEMP": "tmp", "TMP": "tmp", "HOME": "home", "XDG_CACHE_HOME": "home"}
    before = {name: os.environ.get(name) for name in places}
    os.environ.update({name: str(folder / place) for name, place in places.items()})
    at, tempdir, mask = Path.cwd(), tempfile.tempdir, os.umask(0)
    tempfile.tempdir = str(folder / "tmp")
    os.chdir(folder / "home")
    try:
        yield
    finally:
        os.chdir(at)
        os.umask(mask)
        tempfile.tempdir = tempdir
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def copied(folder: Path, to: Path) -> Path:
    """Copy a town, to be spoilt."""
    return Path(shutil.copytree(folder, to)) / "council.toml"
