"""From what council.toml names to the things themselves: policy, gazetteer, tonight's extracts."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import repeat
from pathlib import Path
from types import MappingProxyType

import polars as pl

from gazetteer import Gazetteer, Tuning, read_feedback
from gazetteer.districts import of_district
from gazetteer.errors import FormatError, GazetteerError
from matchers import Model
from matchers.engines.local import LocalEngine
from matchers.errors import MatchersError
from svoc.districts import paths_of, read_districts
from svoc.errors import Fault, InputFaults, SettingsError
from svoc.notices.recipients import Recipients
from svoc.notices.routes import read_routes
from svoc.person_model import known_by, read_model
from svoc.policy import Policy
from svoc.settings import CouncilSettings, MatchingSettings, SourceSettings
from svoc.sources.base import Extract
from svoc.sources.catalogue import SOURCES, read_extract
from svoc.sources.rows import Rows
from svoc.sources.taking import NONE_ASIDE, Waiting, fingerprint, latest_taken, next_night, waiting
from svoc.steps.group import Thresholds
from svoc.survivorship.policy import Survivorship
from svoc.words.households import Communal
from svoc.words.plan import TAKEN
from svoc.words.purposes import Purposes
from svoc.words.roles import read_roles

__all__ = [
    "NOTHING_GIVEN",
    "Complaints",
    "Given",
    "all_waiting",
    "as_faults",
    "equip",
    "equipped",
    "gazetteer_files",
    "policy_codes",
    "policy_of",
    "read_each",
    "read_extracts",
    "read_gazetteer",
]


def policy_of(settings: CouncilSettings) -> Policy:
    """Bring together all that a council has settled; raise `SettingsError` where something is not there."""
    try:
        model = read_model(settings.at(settings.matching.model) if settings.matching.model else None)
    except MatchersError as fault:
        raise SettingsError(f"[matching] model: {fault}") from None
    kinds = {s.name: SOURCES[s.kind] for s in settings.sources if s.kind in SOURCES}
    named = {name: kind.kind for name, kind in kinds.items()}
    whole = Purposes.in_force(settings.purposes, settings.lanes, open_register_only=settings.council.open_register_only)
    purposes = whole.of_sources(named, SOURCES)
    recipients, routes = Recipients.of(settings), settings.notices.routes
    return Policy(
        purposes=purposes,
        survivorship=Survivorship.in_force(settings.survivorship),
        routes=read_routes(settings.at(routes) if routes else None, recipients=recipients.names(SOURCES)),
        recipients=recipients,
        thresholds=_thresholds(model, settings.matching),
        model=model,
        engine=LocalEngine(),
        lane=purposes.named(settings.council.purpose).lane,
        key=settings.council.key or settings.council.name,
        kinds=named,
        lists_once={
            s.name: kinds[s.name].lists_once if s.lists_once is None else s.lists_once
            for s in settings.sources
            if s.name in kinds
        },
        renumbered=frozenset(name for name, kind in kinds.items() if kind.renumbered),
        codes=policy_codes(settings),
        communal=Communal.in_force(settings.households),
        refuges=frozenset(settings.protection.places),
        actors=read_roles(settings.actors, batch=settings.council.actor),
        fingerprint=known_by(model),
        gazetteer=_placing_known_by(settings),
    )


def _thresholds(model: Model, told: MatchingSettings) -> Thresholds:
    """Give the thresholds that the model brings, but for those that the council has chosen."""
    chosen = {"margin": told.margin, "join": told.join, "ask": told.ask}
    brought = Thresholds.of(model)
    millibits = {name: round(bits * 1000) for name, bits in chosen.items() if bits is not None}
    in_force = replace(brought, **millibits)
    if in_force.margin < 1 or in_force.ask > in_force.join:
        raise SettingsError(
            f"[matching] margin is more than nothing, and ask no more than join; here margin is "
            f"{in_force.margin / 1000:g}, ask {in_force.ask / 1000:g} and join {in_force.join / 1000:g}"
        )
    return in_force


def policy_codes(settings: CouncilSettings) -> dict[str, str]:
    """Give, for each source whose kind has one, the gazetteer's cross-reference code.

    Where several councils' gazetteers are one, a source's references are looked up among its own council's alone; those
    of a source that belongs to none of them are looked up nowhere.
    """
    whose = {s.name: s.council for s in settings.sources if settings.gazetteers and s.council}
    kinds = {s.name: SOURCES[s.kind] for s in settings.sources if s.kind in SOURCES}
    codes = {name: kind.reference_codes[0] for name, kind in kinds.items() if kind.reference_codes}
    return {name: of_district(whose[name], code) if name in whose else code for name, code in codes.items()}


def read_gazetteer(settings: CouncilSettings) -> Gazetteer:
    """Read the council's gazetteer; every fault of its files is told together."""
    try:
        if settings.gazetteers:
            gazetteer = Gazetteer.from_tables(read_districts(settings).tables)
        else:
            named = paths_of(settings, settings.gazetteer.path)
            gazetteer = Gazetteer.read(named, columns=settings.gazetteer.columns or None)
        return equip(gazetteer, settings)
    except FormatError as fault:
        raise InputFaults(as_faults(fault)) from None
    except GazetteerError as fault:
        raise SettingsError(f"[gazetteer] {fault}") from None


def equip(gazetteer: Gazetteer, settings: CouncilSettings) -> Gazetteer:
    """Give a gazetteer with what the council's settings name beside it; see `equipped`."""
    return equipped(gazetteer, *_equipment(settings), settings.gazetteer.wanted)


def equipped(gazetteer: Gazetteer, tuning: Path | None, feedback: Path | None, wanted: float | None) -> Gazetteer:
    """Give a gazetteer with the figures to place by, what people confirmed, and how certain an answer must be.

    What is None stays as the gazetteer has it. Raises the gazetteer's own errors for files that will not do.
    """
    figures = Tuning.load(tuning) if tuning else gazetteer.tuning
    figures = figures if wanted is None else (figures or Tuning.shipped()).wanting(wanted)
    return replace(gazetteer, tuning=figures, confirmed=read_feedback(feedback) if feedback else gazetteer.confirmed)


def _equipment(settings: CouncilSettings) -> tuple[Path | None, Path | None]:
    """Give the council's tuning and feedback, where it names them."""
    named = settings.gazetteer.tuning, settings.gazetteer.feedback
    tuning, feedback = (settings.at(name) if name else None for name in named)
    return tuning, feedback


def _placing_known_by(settings: CouncilSettings) -> str:
    """Give one fingerprint of all that placements follow from: a change of any of it means to place everybody anew."""
    beside = [file for file in _equipment(settings) if file]
    missing = [file.name for file in beside if not file.is_file()]
    if missing:
        raise SettingsError(f"[gazetteer] tuning, feedback: no such file: {', '.join(missing)}")
    files = fingerprint([*gazetteer_files(settings), *beside])
    councils = [g.council for g in settings.gazetteers]
    told = f"{files} {councils or ''}{settings.gazetteer.wanted} {Tuning.shipped().to_json()}"
    return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Given:
    """What the sources give a night: extracts, the frame of `TAKEN` for them, and what was set aside and why.

    `late`: the hashes of the extracts that came too late and lie there still.
    """

    extracts: list[Extract]
    taken: pl.DataFrame
    warnings: tuple[str, ...] = ()
    late: tuple[str, ...] = ()


NOTHING_GIVEN = Given([], pl.DataFrame(schema=TAKEN))


def read_extracts(
    settings: CouncilSettings,
    taken: pl.DataFrame,
    before: Mapping[str, Rows] = MappingProxyType({}),
    *,
    aside: pl.DataFrame = NONE_ASIDE,
    warned: Collection[str] = (),
) -> Given:
    """Read what the coming night takes; nothing is written. What a rollback has set `aside` is not read.

    Of a source whose rows as of the extract `before` are given (by its name), only what is new is read where it can be.

    An extract that is older than one which its source gave before is set aside with a warning, whether its name or its
    content tells its day; of those whose hash is among the `warned` it is not said again. What is wrong with any
    extract is told together: `SettingsError` where a path or column is not there, else `InputFaults`.
    """
    found = Complaints()
    left = all_waiting(settings, taken, found, aside)
    late = [w for _, extracts in left for w in extracts if w.after]
    while True:
        chosen = next_night(left, taken)
        extracts = read_each(settings, chosen, found, before)
        found.tell()
        overdue = [w for w in map(_by_content, chosen, extracts, repeat(latest_taken(taken))) if w.after]
        if not overdue:
            break
        late += overdue
        paths = {w.path for w in overdue}
        left = [(source, [w for w in each if w.path not in paths]) for source, each in left]
    told = tuple(_set_aside(w) for w in late if w.sha256 not in warned)
    return Given(extracts, _taken(chosen, extracts), told, tuple(w.sha256 for w in late))


def _by_content(waiting: Waiting, extract: Extract, latest: Mapping[str, date]) -> Waiting:
    """Mark an extract as late where its content says of what day it is; a day that was worked out proves nothing."""
    on = extract.content_date if extract.stated else None
    after = latest.get(waiting.source)
    return replace(waiting, dated=on, after=after) if on and after and on < after else waiting


def _set_aside(late: Waiting) -> str:
    told = (
        f"an extract of {late.source} of {late.after} or later, as one of that day has been taken; "
        f"this one is of {late.dated} and is set aside"
    )
    return str(Fault(late.name, expected=told))


def all_waiting(
    settings: CouncilSettings, taken: pl.DataFrame, found: "Complaints", aside: pl.DataFrame = NONE_ASIDE
) -> list[tuple[SourceSettings, list[Waiting]]]:
    """Give each source with its extracts that no night has taken."""
    each = []
    for source in settings.sources:
        with found.gathered():
            each.append((source, waiting(source, settings.folder, taken, aside=aside)))
    return each


def read_each(
    settings: CouncilSettings,
    chosen: Sequence[Waiting],
    found: "Complaints",
    before: Mapping[str, Rows] = MappingProxyType({}),
) -> list[Extract]:
    """Read extracts, gathering what is wrong with them; see `read_extracts`."""
    of = {source.name: source for source in settings.sources}
    extracts = []
    for extract in chosen:
        with found.gathered():
            extracts.append(read_extract(of[extract.source], extract.path, before.get(extract.source)))
    return extracts


@dataclass(slots=True)
class Complaints:
    """What is wrong in several places, gathered so that it can be told at once.

    >>> found = Complaints()
    >>> with found.gathered():
    ...     raise SettingsError("council_tax.csv: no such file")
    >>> found.tell()
    Traceback (most recent call last):
    svoc.errors.SettingsError: council_tax.csv: no such file
    """

    settings: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Keep what goes wrong within, and go on."""
        try:
            yield
        except InputFaults as found:
            self.faults += found.faults
        except SettingsError as found:
            self.settings.append(str(found))

    def tell(self) -> None:
        """Raise `SettingsError` where a setting, path or column is wrong, else `InputFaults` where an input is."""
        if self.settings:
            raise SettingsError("\n".join([*self.settings, *([str(InputFaults(self.faults))] if self.faults else [])]))
        if self.faults:
            raise InputFaults(self.faults)


def _taken(chosen: Sequence[Waiting], extracts: list[Extract]) -> pl.DataFrame:
    rows = [
        (w.source, w.name, w.sha256, e.content_date or w.dated, e.size) for w, e in zip(chosen, extracts, strict=True)
    ]
    return pl.DataFrame(rows, schema=TAKEN, orient="row")


def gazetteer_files(settings: CouncilSettings) -> list[Path]:
    """Give the gazetteers' files, those of a folder by name; raise `SettingsError` where one is not there."""
    files: list[Path] = []
    named = [g.path for g in settings.gazetteers] or [settings.gazetteer.path]
    for path in (path for each in named for path in paths_of(settings, each)):
        files += sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
    missing = [f.name for f in files if not f.is_file()]
    if missing:
        raise SettingsError(f"[gazetteer] path: no such file: {', '.join(missing)}")
    return files


def as_faults(fault: FormatError) -> list[Fault]:
    """Tell the faults of a gazetteer as svoc tells its own."""
    return [
        Fault(
            file=one.file or fault.file,
            line=one.line,
            column=one.column,
            expected=one.expected or one.message,
            nearest=one.nearest,
        )
        for one in fault.faults
    ]
