"""What a council writes in council.toml, checked whole before anything is read.

Every value can be overridden by an environment variable: `SVOC_COUNCIL__DATABASE` sets `database` in `[council]`.
"""

import os
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from svoc.errors import SettingsError, nearest

__all__ = ["CouncilSettings", "GuardSettings", "LifeEventSettings", "SourceSettings"]

PREFIX = "SVOC_"


class Section(BaseModel):
    """A table of council.toml; a name it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CouncilSection(Section):
    """`[council]`: who runs the night, where it is kept and for which purpose it reads."""

    name: str
    database: str = "sqlite:///svoc.db"
    purpose: str = "canvass-match"
    actor: str = "nightly"
    key: str = Field(default="", repr=False, description="secret of the keyed hash behind identifiers")


class GazetteerSection(Section):
    """`[gazetteer]`: the property gazetteer, one file or several (a full supply and its changes)."""

    path: str | list[str]
    columns: dict[str, str] = Field(default_factory=dict)


class SourceSettings(Section):
    """One `[[sources]]`: where an extract lies, what kind it is and how its columns are called.

    `columns` maps svoc's name for a column to the council's, or to a list of theirs in order; `tables` names the
    files of a layout that has several (academy); `markers` overrides the meaning of register markers.
    """

    name: str
    kind: str
    path: str = ""
    layout: str = "columns"
    mode: Literal["full", "update"] = "full"
    columns: dict[str, str | list[str]] = Field(default_factory=dict)
    tables: dict[str, str] = Field(default_factory=dict)
    markers: dict[str, str] = Field(default_factory=dict)
    content_date: date | None = None
    lists_once: bool | None = None
    open_register_only: bool = False


class LifeEventSettings(Section):
    """`[life_events]`: files of deaths and other events, read each night; `columns` maps a CSV's own names."""

    path: str = ""
    columns: dict[str, str] = Field(default_factory=dict)


class GuardSettings(Section):
    """`[guards]`: what a plan may not do; shares are of yesterday's persons (0 to 1)."""

    lost: float = 0.05
    merged: float = 0.02
    split: float = 0.02
    shrunk: float = 0.5
    largest_person: int = 60
    placed: float = 0.5


class MatchingSettings(Section):
    """`[matching]`: the model and how sure the machine must be (bits) before it joins."""

    model: str = ""
    margin: float | None = None


class NoticeSettings(Section):
    """`[notices]`: where the file drop leaves notices for the systems that are told."""

    folder: str = "outbox"
    routes: str = ""


class ReportSettings(Section):
    """`[reports]`: where each night's report is written."""

    folder: str = "reports"


class CouncilSettings(Section):
    """All of council.toml. Relative paths count from the folder that the file lies in."""

    council: CouncilSection
    gazetteer: GazetteerSection
    sources: list[SourceSettings] = Field(min_length=1)
    life_events: LifeEventSettings = LifeEventSettings()
    guards: GuardSettings = GuardSettings()
    matching: MatchingSettings = MatchingSettings()
    notices: NoticeSettings = NoticeSettings()
    reports: ReportSettings = ReportSettings()
    survivorship: dict[str, Any] = Field(default_factory=dict)
    purposes: dict[str, Any] = Field(default_factory=dict)
    lanes: dict[str, Any] = Field(default_factory=dict)
    folder: Path = Path()

    @classmethod
    def read(cls, path: Path | str) -> Self:
        """Read council.toml; raise `SettingsError` with every fault of the file at once."""
        file = Path(path)
        try:
            data = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            raise SettingsError(_no_file(file)) from None
        except (OSError, UnicodeDecodeError) as fault:
            raise SettingsError(f"{file.name}: cannot be read ({type(fault).__name__})") from None
        except tomllib.TOMLDecodeError as fault:
            raise SettingsError(f"{file.name}: is not TOML: {fault}") from None
        _override(data, dict(os.environ))
        try:
            settings = cls.model_validate({**data, "folder": file.resolve().parent})
        except ValidationError as faults:
            raise SettingsError(_told(file, faults, cls)) from None
        _check_names(file, settings.sources)
        return settings

    def at(self, path: str | Path) -> Path:
        """Give the place that a path in council.toml means."""
        return self.folder / path


def _override(data: dict[str, Any], environment: dict[str, str]) -> None:
    for name, value in environment.items():
        section, _, key = name.removeprefix(PREFIX).casefold().partition("__")
        if name.startswith(PREFIX) and key and isinstance(data.get(section, {}), dict):
            data.setdefault(section, {})[key] = value


def _no_file(file: Path) -> str:
    folder = file.parent
    there = [p.name for p in folder.glob("*.toml")] if folder.is_dir() else []
    hint = nearest(file.name, there) or (there[0] if there else None)
    return f"{file.name}: no such file" + (f"; did you mean {hint}?" if hint else "")


def _check_names(file: Path, sources: list[SourceSettings]) -> None:
    names = [s.name for s in sources]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise SettingsError(f"{file.name}: expected each source to have a name of its own; twice: {', '.join(twice)}")


def _told(file: Path, faults: ValidationError, model: type[BaseModel]) -> str:
    lines = [f"{file.name}: {_one(dict(error), model)}" for error in faults.errors()]
    return "\n".join(lines)


def _one(error: dict[str, Any], model: type[BaseModel]) -> str:
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        known = _known(error["loc"][:-1], model)
        hint = nearest(str(error["loc"][-1]), known)
        return f"[{where}] is not a setting" + (
            f"; did you mean {hint}?" if hint else f"; expected one of {', '.join(known)}"
        )
    if error["type"] == "missing":
        return f"[{where}] is missing"
    return f"[{where}] {error['msg'][0].lower()}{error['msg'][1:]}"


def _known(location: tuple[Any, ...], model: type[BaseModel]) -> list[str]:
    current: type[BaseModel] = model
    for part in location:
        if isinstance(part, int):
            continue
        annotation: Any = current.model_fields[part].annotation
        inner = [a for a in (annotation, *getattr(annotation, "__args__", ())) if isinstance(a, type)]
        models = [a for a in inner if issubclass(a, BaseModel)]
        if not models:
            return []
        current = models[0]
    return [name for name in current.model_fields if name != "folder"]
