"""What a council writes in council.toml, checked whole before anything is read.

Every value can be overridden by an environment variable: `SVOC_COUNCIL__DATABASE` sets `database` in `[council]`.
"""

import os
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from svoc.errors import SettingsError, nearest
from svoc.held_back import held_back
from svoc.page_settings import BrandingSettings, DeskSettings
from svoc.signing_in import SignInSettings

__all__ = [
    "CouncilSettings",
    "EventKeySettings",
    "GuardSettings",
    "LifeEventSettings",
    "RetentionSettings",
    "SourceSettings",
]

PREFIX = "SVOC_"
RESERVED = "life_events"
NAME = re.compile(r"[^./\\\s][^/\\\x00-\x1f]*")
HighRisk = Literal["doubtful-death", "death", "move", "birth", "name", "contact", "correction"]
Share = Annotated[float, Field(ge=0, le=1)]


class Section(BaseModel):
    """A table of council.toml; a name it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CouncilSection(Section):
    """`[council]`: who runs the night, where it is kept and for which purpose it reads.

    `cache` names the folder of what is only there to save time and may be deleted at any time; "" for none.
    `open_register_only`: no lane uses a register beyond what is open; `benefits_and_nino`: columns of benefits and of
    National Insurance numbers may be mapped.
    """

    name: str
    database: str = "sqlite:///svoc.db"
    purpose: str = "canvass-match"
    actor: str = "nightly"
    cache: str = "cache"
    key: str = Field(default="", repr=False, description="secret of the keyed hash behind identifiers")
    open_register_only: bool = False
    benefits_and_nino: bool = False


class GazetteerSection(Section):
    """`[gazetteer]`: the property gazetteer, one file or several (a full supply and its changes).

    `tuning` names the figures to place by where they are not the shipped ones, `feedback` a CSV of placements that
    people confirmed, and `wanted` how certain an answer must be that is not to be held back.
    """

    path: str | list[str] = ""
    tuning: str = ""
    feedback: str = ""
    wanted: float | None = Field(default=None, ge=0, lt=1)
    columns: dict[str, str] = Field(default_factory=dict)


class DistrictGazetteer(Section):
    """One `[[gazetteers]]`: the gazetteer of one of the councils that become one, where there are several."""

    council: str
    path: str | list[str]
    columns: dict[str, str] = Field(default_factory=dict)


class SourceSettings(Section):
    """One `[[sources]]`: where an extract lies, what kind it is and how its columns are called.

    `columns` maps svoc's name for a column to the council's, or to a list of theirs in order; `tables` names the
    files of a layout that has several (academy); `markers` overrides the meaning of register markers; `council` says
    whose it is, where several councils become one; `keeps_under_16`: the registration officer's own register keeps its
    entries of children, which only a lane with `under_16s` uses; `service`: which service it is, as routes name them.
    """

    name: str
    kind: str
    council: str = ""
    path: str = ""
    layout: str = "columns"
    mode: Literal["full", "update"] = "full"
    columns: dict[str, str | list[str]] = Field(default_factory=dict)
    tables: dict[str, str] = Field(default_factory=dict)
    markers: dict[str, str] = Field(default_factory=dict)
    content_date: date | None = None
    lists_once: bool | None = None
    open_register_only: bool = False
    withdrawn_days: int | None = Field(default=None, ge=1)
    keeps_under_16: bool = False
    service: str = ""


class EventKeySettings(Section):
    """`[life_events.keys]`: `jwks`, the file of public keys that signed events are verified by.

    `issuers` and `audience`: who must have sent them, and to whom, where they are set; `days`: how old one may be.
    """

    jwks: str = ""
    issuers: list[str] = Field(default_factory=list)
    audience: str = ""
    days: int = Field(default=60, ge=1)


class LifeEventSettings(Section):
    """`[life_events]`: files of deaths and other events, read each night; `columns` maps a CSV's own names.

    `signed`: events in GOV.UK's JSON are taken only where they are signed by one of `keys`.
    `two_people`: the kinds of event that count only once two different people have confirmed them; a doubtful death is
    one that is verified below level 3, or of which it is not plain who is meant. `inferred`: what is asked about though
    nobody told it (`svoc.steps.infer`).
    """

    path: str = ""
    columns: dict[str, str] = Field(default_factory=dict)
    signed: bool = False
    keys: EventKeySettings = EventKeySettings()
    two_people: list[HighRisk] = ["doubtful-death"]
    inferred: list[Literal["class-f", "account-moved", "elector-deleted"]] = Field(default_factory=list)


class GuardSettings(Section):
    """`[guards]`: what a plan may not do; shares are 0 to 1, and docs/running.md says of what.

    `filled` and `reshaped` are how far a column may drift from the last night; `minutes` and `memory` (a share of the
    machine's) what planning may take.
    """

    lost: Share = 0.05
    merged: Share = 0.02
    split: Share = 0.02
    shrunk: Share = 0.6
    largest_person: int = Field(default=60, ge=1)
    placed: Share = 0.5
    filled: Share = 0.2
    reshaped: Share = 0.5
    cases: Share = 0.02
    minutes: float = Field(default=360, gt=0)
    memory: Share = 0.9


class MatchingSettings(Section):
    """`[matching]`: the model and how sure the machine must be (bits) before it joins; `svoc thresholds` helps.

    `margin`: what any other reading of a household must lose; `join`: the weight of a pair at two places that is
    joined; `ask`: the weight from which a steward is asked. Each is the model's, or the shipped one, unless set.
    `certainty`: a file of what evidence has meant; the shipped one unless set.
    """

    model: str = ""
    margin: float | None = None
    join: float | None = None
    ask: float | None = None
    certainty: str = ""


class NoticeSettings(Section):
    """`[notices]`: where files for the systems that are told are left, and how each is told.

    `routes`: the council's own table of who is told what; `recipients`: see `svoc.notices.recipients`; `mail`: the
    server by which e-mail goes (`svoc.notices.email`); `minutes`: how long one delivery may take.
    """

    folder: str = "outbox"
    routes: str = ""
    minutes: float = Field(default=15, gt=0)
    recipients: dict[str, Any] = Field(default_factory=dict)
    mail: dict[str, Any] = Field(default_factory=dict)


class ReportSettings(Section):
    """`[reports]`: where each night's report is written."""

    folder: str = "reports"


class LoggingSettings(Section):
    """`[logging]`: how log lines look on standard error and which are written.

    `format`: `plain` for people, `json` for machines (one object a line), `auto` for plain on a terminal, else JSON.
    """

    format: Literal["auto", "plain", "json"] = "auto"
    level: Literal["debug", "info", "warning", "error"] = "info"


class MetricsSettings(Section):
    """`[metrics]`: the file that each night leaves for Prometheus' textfile collector; none unless named."""

    path: str = ""


class RetentionSettings(Section):
    """`[retention]`: for how many days what is past is kept; 0 keeps it for good.

    `history_days`: what later nights replaced, and what each night changed, which `svoc as-of`, `svoc history` and
    going back to a night need; `withdrawn_days`: records that no source lists any more, at least as long as history;
    `reports_days`: the nights' reports; `notices_days`: the facts in notices that were sent; `taken_days`: by what the
    extracts that were taken are known again (their names and hashes: nothing personal); `audit_days`: the events of the
    audit trail, of which the rest still verifies; `informants_days`: those who told of life events.
    """

    history_days: int = Field(default=400, ge=0)
    withdrawn_days: int = Field(default=730, ge=0)
    reports_days: int = Field(default=400, ge=0)
    notices_days: int = Field(default=400, ge=0)
    taken_days: int = Field(default=0, ge=0)
    audit_days: int = Field(default=0, ge=0)
    informants_days: int = Field(default=180, ge=0)


class AuditSettings(Section):
    """`[audit]`: `database`, where the audit trail lies; beside the council's unless set (`svoc.store.audit`)."""

    database: str = ""


class ProtectionSettings(Section):
    """`[protection]`: `places`, UPRNs of refuges and the like, where everybody is under protection."""

    places: list[int] = Field(default_factory=list)


class CouncilSettings(Section):
    """All of council.toml. Relative paths count from the folder that the file lies in."""

    council: CouncilSection
    gazetteer: GazetteerSection = GazetteerSection()
    sources: list[SourceSettings] = Field(min_length=1)
    life_events: LifeEventSettings = LifeEventSettings()
    guards: GuardSettings = GuardSettings()
    matching: MatchingSettings = MatchingSettings()
    notices: NoticeSettings = NoticeSettings()
    reports: ReportSettings = ReportSettings()
    retention: RetentionSettings = RetentionSettings()
    audit: AuditSettings = AuditSettings()
    protection: ProtectionSettings = ProtectionSettings()
    logging: LoggingSettings = LoggingSettings()
    metrics: MetricsSettings = MetricsSettings()
    branding: BrandingSettings = BrandingSettings()
    desk: DeskSettings = DeskSettings()
    sign_in: SignInSettings = SignInSettings()
    survivorship: dict[str, Any] = Field(default_factory=dict)
    purposes: dict[str, Any] = Field(default_factory=dict)
    lanes: dict[str, Any] = Field(default_factory=dict)
    actors: dict[str, str | list[str]] = Field(default_factory=dict)
    households: dict[str, Any] = Field(default_factory=dict)
    gazetteers: list[DistrictGazetteer] = Field(default_factory=list)
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
        except ValidationError as found:
            faults = [*_misfits(found, data, cls), *_no_gazetteer(data), *_wrong_names(data)]
            raise SettingsError(_told(file, faults)) from None
        wrong = [*_wrong_names(data), *_wrong_gazetteers(settings), *held_back(data)]
        if wrong:
            raise SettingsError(_told(file, wrong))
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


def _told(file: Path, faults: list[str]) -> str:
    return "\n".join(f"{file.name}: {fault}" for fault in faults)


def _wrong_names(data: dict[str, Any]) -> list[str]:
    """Say which sources cannot be called what they are called: names are keys, and folders in the outbox."""
    sources = data.get("sources")
    tables = [s for s in sources if isinstance(s, dict)] if isinstance(sources, list) else []
    names = [s["name"] for s in tables if isinstance(s.get("name"), str)]
    twice = sorted({n for n in names if names.count(n) > 1})
    faults = [
        f"[[sources]] {n}: expected each source to have a name of its own; this one is there twice" for n in twice
    ]
    faults += [
        f"[[sources]] {n}: expected a name without slashes that does not begin with a point or a space"
        for n in names
        if not NAME.fullmatch(n)
    ]
    told = "life events are no source of records: name their files in [life_events] path"
    return faults + [
        f"[[sources]] {s.get('name', '')}: {told}" for s in tables if RESERVED in (s.get("name"), s.get("kind"))
    ]


def _no_gazetteer(data: dict[str, Any]) -> list[str]:
    return [] if "gazetteer" in data or "gazetteers" in data else ["[gazetteer] is missing"]


def _wrong_gazetteers(settings: "CouncilSettings") -> list[str]:
    """Say where there is no gazetteer, or not one for each council that a source names."""
    councils = [each.council for each in settings.gazetteers]
    if not councils:
        return [] if settings.gazetteer.path else ["[gazetteer] path is missing"]
    faults = ["[gazetteer] path: expected none, for [[gazetteers]] name the files"] if settings.gazetteer.path else []
    faults += [
        f"[[gazetteers]] {name}: expected each council once, under a name without slashes"
        for name in sorted(set(councils))
        if councils.count(name) > 1 or not NAME.fullmatch(name)
    ]
    for source in settings.sources:
        if source.council and source.council not in councils:
            hint = nearest(source.council, councils) or ", ".join(councils)
            faults.append(f"[[sources]] {source.name}: council {source.council} has no gazetteer; did you mean {hint}?")
    return faults


def _misfits(found: ValidationError, data: dict[str, Any], model: type[BaseModel]) -> list[str]:
    """Say what does not fit, once for each place, however many types a value might have had."""
    faults: dict[str, str] = {}
    for error in found.errors():
        where = _where(error["loc"], data)
        faults.setdefault(where, _one(where, dict(error), model))
    return list(faults.values())


def _where(location: tuple[int | str, ...], data: dict[str, Any]) -> str:
    """Name a place as people write it: `[council] database`, `[[sources]] council_tax: kind`."""
    parts = list(location)
    if len(parts) > 2 and (parts[-1] == "str" or str(parts[-1]).startswith("list[")):
        parts.pop()
    if parts[0] == "sources" and len(parts) > 1 and isinstance(parts[1], int):
        table = data["sources"][parts[1]]
        name = table.get("name") if isinstance(table, dict) else None
        return f"[[sources]] {name or f'number {parts[1] + 1}'}: {'.'.join(map(str, parts[2:]))}".removesuffix(": ")
    return f"[{parts[0]}] {'.'.join(map(str, parts[1:]))}".strip()


def _one(where: str, error: dict[str, Any], model: type[BaseModel]) -> str:
    if error["type"] == "extra_forbidden":
        known = _known(error["loc"][:-1], model)
        hint = nearest(str(error["loc"][-1]), known)
        return f"{where} is not a setting" + (
            f"; did you mean {hint}?" if hint else f"; expected one of {', '.join(known)}"
        )
    if error["type"] == "missing":
        return f"{where} is missing"
    if error["type"] == "literal_error":
        hint = nearest(str(error["input"]), re.findall(r"'([^']+)'", error["ctx"]["expected"]))
        return f"{where} should be {error['ctx']['expected']}" + (f"; did you mean {hint}?" if hint else "")
    return f"{where}: {error['msg'][0].lower()}{error['msg'][1:]}"


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
