"""All that a council has settled beforehand, and that a night follows from besides its records."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib import metadata

import polars as pl

from matchers import Model
from matchers.engines.base import Engine
from svoc.errors import SettingsError, nearest
from svoc.notices.recipients import Recipients
from svoc.notices.routes import Route
from svoc.steps.group import Thresholds
from svoc.survivorship.policy import Survivorship
from svoc.words.households import Communal
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.purposes import Purpose, Purposes
from svoc.words.roles import Role, may_ask

__all__ = ["Policy"]


@dataclass(frozen=True, slots=True)
class Policy:
    """All that a council has settled beforehand.

    `lane`: the lane that the batch's purpose reads; `key`: the secret behind identifiers; `kinds`, `lists_once`,
    `codes`: for each source its kind, whether it names a person once at a place, and the gazetteer's code for its
    property references; `fingerprint` and `gazetteer`: what the model and the gazetteer's files are known by;
    `renumbered`: the sources whose references are allotted anew from time to time; `communal`: what is no household;
    `refuges`: UPRNs where everybody is under protection; `actors`: who has which role, where the council says;
    `recipients`: who can be told of a change.
    Raises `SettingsError` for a route or a lane that names what there is not.
    """

    purposes: Purposes
    survivorship: Survivorship
    routes: tuple[Route, ...]
    thresholds: Thresholds
    model: Model
    engine: Engine
    lane: str
    key: str
    kinds: Mapping[str, str]
    lists_once: Mapping[str, bool]
    codes: Mapping[str, str]
    fingerprint: str
    gazetteer: str
    renumbered: frozenset[str] = frozenset()
    communal: Communal = field(default_factory=Communal.in_force)
    refuges: frozenset[int] = frozenset()
    actors: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    recipients: Recipients = field(default_factory=Recipients)

    def __post_init__(self) -> None:
        for route in self.routes:
            self.purposes.named(route.purpose)
        for lane in self.purposes.lanes.values():
            for source in {*lane.without_sources, *lane.keeps_sources} - set(self.kinds) - {EVENTS_SOURCE}:
                hint = nearest(source, self.kinds) or ", ".join(sorted(self.kinds))
                raise SettingsError(
                    f"[lanes.{lane.name}] names no source that there is: {source}; did you mean {hint}?"
                )

    def asked_for(self, code: str, *, actor: str, on: date) -> Purpose:
        """Give a purpose to an actor; `PurposeRefused` for one that is unknown, has expired or is not theirs to ask."""
        purpose = self.purposes.purpose(code, on=on)
        may_ask(actor, purpose.roles, self.actors, purpose=code)
        return purpose

    @property
    def version(self) -> str:
        """Give the model and the rules of survivorship as one hash: a night that finds another has a new policy."""
        rests_on = (self.fingerprint, self.survivorship.trust, sorted(self.survivorship.facts.items()))
        return hashlib.sha256(repr(rests_on).encode()).hexdigest()

    @property
    def rests_on(self) -> str:
        """Give all that an answer follows from besides records, gazetteer and decisions as one hash."""
        settled = (
            self.version, self.thresholds, sorted(self.purposes.lanes.items()), sorted(self.kinds.items()),
            sorted(self.lists_once.items()), sorted(self.codes.items()), sorted(self.renumbered), repr(self.engine),
            metadata.version("svoc"), pl.__version__,
        )  # fmt: skip
        return hashlib.sha256(repr(settled).encode()).hexdigest()
