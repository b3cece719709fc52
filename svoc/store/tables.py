"""Every table, and nothing else knows one.

Rows of state carry the run that wrote them and the run that replaced them, so that any night can be shown again. What a
reader sees is what the published run sees: `from_run <= run and (to_run is null or to_run > run)`. A night stages
its rows first, which nobody sees, and publishes them by moving one pointer.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, DateTime, Index, Integer, MetaData, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

__all__ = [
    "METADATA",
    "ActRow",
    "AnsweredOnce",
    "ApiKeyRow",
    "Approval",
    "CaseRow",
    "ChangeRow",
    "Decision",
    "DoubtRow",
    "EventRow",
    "Forgotten",
    "ForwardRow",
    "FoundedRow",
    "Horizon",
    "HouseholdForwardRow",
    "HouseholdFoundedRow",
    "HouseholdRow",
    "InformantRow",
    "LeaseRow",
    "LinkRow",
    "MemberRow",
    "MentionRow",
    "NoticeRow",
    "PersonRow",
    "ProtectionRow",
    "Published",
    "RefusedPlan",
    "Run",
    "Taken",
    "Versioned",
    "WithheldRow",
]

KEY_TYPE = BigInteger().with_variant(Integer(), "sqlite")


def _key() -> Any:
    return Field(default=None, primary_key=True, sa_type=KEY_TYPE)


def _big() -> Any:
    return Field(default=None, sa_type=BigInteger)


def _text() -> Any:
    return Field(default=None, sa_type=Text)


class Table(SQLModel):
    """Keeps svoc's tables apart from any other SQLModel tables of the process that imports it."""

    metadata = MetaData()


class Run(Table, table=True):
    """One night: what it read, what it made of it, whether it is published; or a rollback, and the run it restores."""

    run: int = Field(primary_key=True)
    state: str
    as_of: date | None = None
    started: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    finished: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    summary: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    manifest: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    restores: int | None = None


class Published(Table, table=True):
    """The one pointer that a commit moves."""

    only: int = Field(default=1, primary_key=True)
    run: int


class Horizon(Table, table=True):
    """The oldest run that can still be shown whole."""

    only: int = Field(default=1, primary_key=True)
    run: int


class Forgotten(Table, table=True):
    """The key of a mention of which nothing else is kept, so that it is never given again."""

    mention: str = Field(primary_key=True)


class Taken(Table, table=True):
    """An extract that a night has taken, known again by its content."""

    taken: int | None = _key()
    run: int = Field(index=True)
    source: str
    file: str
    sha256: str
    content_date: date | None = None
    rows: int


class Versioned(Table):
    """What every row of state carries.

    There is an index only where a query finds single rows by it: a night reads and writes whole tables, and each
    index more makes it longer.
    """

    id: int | None = _key()
    from_run: int
    to_run: int | None = None


class MentionRow(Versioned, table=True):
    """A record's party as last read, and where it was placed."""

    __tablename__ = "mention"
    __table_args__ = (Index("ix_mention_to_run", "to_run"),)
    mention: str = Field(index=True)
    source: str
    record: str
    party: int
    party_reference: str | None = None
    role: str | None = None
    kind: str
    name: str | None = _text()
    title: str | None = None
    forename: str | None = None
    middle_names: str | None = None
    surname: str | None = None
    previous_surname: str | None = None
    dob: date | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = _text()
    postcode: str | None = None
    supplied_uprn: int | None = _big()
    property_reference: str | None = None
    forwarding_address: str | None = _text()
    forwarding_postcode: str | None = None
    since: date | None = None
    until: date | None = None
    deceased: bool | None = None
    died: date | None = None
    markers: str | None = _text()
    open_register: bool | None = None
    content: str
    outcome: str | None = None
    uprn: int | None = _big()
    rung: str | None = None
    certainty: float | None = None
    rivals: str | None = _text()
    reason: str | None = _text()
    matched: str | None = _text()
    place: int | None = _big()
    forwarding_place: int | None = _big()


class MemberRow(Versioned, table=True):
    """Which person of a lane a mention belongs to."""

    __tablename__ = "member"
    __table_args__ = (Index("ix_member_to_run", "to_run"),)
    lane: str
    mention: str = Field(index=True)
    person: str = Field(index=True)


class PersonRow(Versioned, table=True):
    """A golden record."""

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_name", "surname", "forename", "lane", "person"),
        Index("ix_person_postcode", "postcode", "lane"),
    )
    lane: str
    person: str = Field(index=True)
    title: str | None = None
    forename: str | None = None
    middle_names: str | None = None
    surname: str | None = None
    previous_surname: str | None = None
    dob: date | None = None
    address: str | None = _text()
    postcode: str | None = None
    uprn: int | None = _big()
    phone: str | None = None
    email: str | None = None
    deceased: bool | None = None
    died: date | None = None
    records: int
    provenance: str | None = _text()


class FoundedRow(Versioned, table=True):
    """Every identifier ever given, and the run that gave it; never deleted, never given again."""

    __tablename__ = "founded"
    lane: str
    person: str
    run: int


class ForwardRow(Versioned, table=True):
    """Where a retired identifier leads today."""

    __tablename__ = "forward"
    lane: str
    retired: str = Field(index=True)
    current: str | None = None


class HouseholdRow(Versioned, table=True):
    """In which household of a lane a person lives, and where that is."""

    __tablename__ = "household"
    lane: str
    person: str = Field(index=True)
    household: str = Field(index=True)
    place: int | None = _big()


class HouseholdFoundedRow(Versioned, table=True):
    """Every identifier ever given to a household, the run that gave it, and where its first persons came from."""

    __tablename__ = "household_founded"
    lane: str
    household: str
    run: int
    came_from: str | None = _text()


class HouseholdForwardRow(Versioned, table=True):
    """Where a retired identifier of a household leads today."""

    __tablename__ = "household_forward"
    lane: str
    retired: str = Field(index=True)
    current: str | None = None


class DoubtRow(Table, table=True):
    """An entry of a new register and one of the old that it may be: append-only."""

    __tablename__ = "doubt"
    id: int | None = _key()
    run: int
    mention: str
    may_be: str


class CaseRow(Versioned, table=True):
    """A question for a steward."""

    __tablename__ = "open_case"
    lane: str
    case: str = Field(index=True)
    kind: str
    place: int | None = _big()
    mentions: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    weight: int | None = None


class LinkRow(Versioned, table=True):
    """A pair that was joined, or that may be one person and was not."""

    __tablename__ = "link"
    lane: str
    left: str = Field(index=True)
    right: str
    weight: int | None = None
    margin: int | None = None
    answer: str


class Decision(Table, table=True):
    """A steward's answer: append-only."""

    decision: int | None = _key()
    verdict: str
    left: str = Field(index=True)
    right: str = Field(index=True)
    steward: str
    because: str = Field(sa_type=Text)
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    expires: date | None = None
    superseded_by: int | None = _big()
    case: str | None = None
    undone_by: str | None = None
    undone_because: str | None = _text()
    undone_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True), index=True))
    seen: str | None = None
    origin: str | None = Field(default=None, index=True, unique=True)
    brought_by: str | None = None
    brought_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    shown: str | None = _text()
    people: int | None = None
    named: str | None = None


class ChangeRow(Table, table=True):
    """What one night changed."""

    __tablename__ = "change"
    id: int | None = _key()
    run: int = Field(index=True)
    lane: str
    person: str = Field(index=True)
    kind: str
    field: str | None = None
    before: str | None = _text()
    after: str | None = _text()
    cause: str
    source: str | None = None
    mention: str | None = None


class NoticeRow(Table, table=True):
    """The outbox: written in the transaction of the change that it tells of.

    It waits until it is sent, or until a rollback withdraws it; the recipient may acknowledge it, act on it or reject
    it, `reason` saying why. `retracts` names the notice that it takes back, or, where its kind is that notice's own,
    tells again. `tries` failed so far, the next is made at `next_try`; after too many it is `dead`, `reason` saying
    what went wrong. Its state follows from the moments (`svoc.store.outbox`).
    """

    __tablename__ = "notice"
    id: int | None = _key()
    notice: str = Field(index=True)
    run: int = Field(index=True)
    lane: str
    person: str = Field(index=True)
    kind: str
    recipient: str
    reference: str | None = None
    party: str | None = None
    payload: str = Field(sa_type=Text)
    purpose: str | None = None
    basis: str = Field(sa_type=Text)
    because: str | None = None
    channel: str | None = None
    acknowledge_within: int | None = None
    due: date | None = None
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    next_try: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    sent: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    acknowledged: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    actioned: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    rejected: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    dead: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    escalated: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    reason: str | None = _text()
    retracts: str | None = None
    withdrawn_by: int | None = None


class ProtectionRow(Table, table=True):
    """What was said of the protection of a mention (`svoc.words.protection`): append-only."""

    __tablename__ = "protection"
    id: int | None = _key()
    number: int = Field(sa_type=BigInteger)
    act: str
    kind: str
    mention: str
    actor: str
    because: str = Field(sa_type=Text)
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    until: date | None = None
    about: int | None = _big()


class EventRow(Table, table=True):
    """A life event as it was told: append-only, known again by its identifier."""

    __tablename__ = "event"
    id: int | None = _key()
    event: str = Field(index=True, unique=True)
    told: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    by: str
    statement: str = Field(sa_type=Text)


class InformantRow(Table, table=True):
    """Somebody living who told of a life event (`svoc.words.informants`): no mention, and not kept for long."""

    __tablename__ = "informant"
    id: int | None = _key()
    informant: str = Field(index=True, unique=True)
    sender: str
    reference: str = Field(index=True)
    role: str
    organisation: str | None = None
    title: str | None = None
    forenames: str | None = None
    surname: str | None = None
    relationship: str | None = None
    address: str | None = _text()
    postcode: str | None = None
    phone: str | None = None
    email: str | None = None
    deals_with_estate: bool | None = None
    may_be_contacted: bool | None = None
    language: str | None = None
    told: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    by: str


class RefusedPlan(Table, table=True):
    """A plan that guards refused: by what it is known, and why; the plan itself can be worked out again."""

    __tablename__ = "refused_plan"
    id: int | None = _key()
    plan: str = Field(index=True)
    run: int
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    actor: str
    reasons: list[str] = Field(sa_column=Column(JSON, nullable=False))
    figures: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    taken: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))


class Approval(Table, table=True):
    """Somebody's word that one refused plan is right after all: append-only."""

    id: int | None = _key()
    plan: str = Field(index=True)
    run: int
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    actor: str
    reasons: list[str] = Field(sa_column=Column(JSON, nullable=False))
    because: str = Field(sa_type=Text)


class ActRow(Table, table=True):
    """What somebody did for a person's rights: append-only, ended and never deleted.

    Of an erasure neither person nor mentions stay once it is done.
    """

    __tablename__ = "act"
    act: int | None = _key()
    kind: str
    actor: str
    because: str = Field(sa_type=Text)
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    person: str | None = Field(default=None, index=True)
    lane: str | None = None
    mentions: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    purpose: str | None = None
    outcome: str | None = None
    counts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    done: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    ended_by: str | None = None
    ended_because: str | None = _text()
    ended_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class WithheldRow(Table, table=True):
    """By what a party of a record that no night may use is known again: keyed hashes, and nothing else."""

    __tablename__ = "withheld"
    id: int | None = _key()
    act: int = Field(index=True)
    gate: str
    party: str
    kind: str
    sign: str


class ApiKeyRow(Table, table=True):
    """A key by which another system asks: a keyed hash of its secret, never the secret, and what it may be used for."""

    __tablename__ = "api_key"
    id: int | None = _key()
    prefix: str = Field(index=True, unique=True)
    salt: str
    digest: str
    name: str
    roles: list[str] = Field(sa_column=Column(JSON, nullable=False))
    purposes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    made: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    made_by: str
    because: str = Field(sa_type=Text)
    until: date
    last_used: date | None = None
    revoked: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    revoked_by: str | None = None
    revoked_because: str | None = _text()


class AnsweredOnce(Table, table=True):
    """What was asked under an idempotency key, as a hash, and what was answered; no answer while it is worked on."""

    __tablename__ = "answered_once"
    __table_args__ = (UniqueConstraint("actor", "key", name="uq_answered_once"),)
    id: int | None = _key()
    actor: str
    key: str
    asked: str
    status: int | None = None
    answer: str | None = _text()
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class LeaseRow(Table, table=True):
    """A case that a steward has before them: nobody else decides it until it is let go of, or the time is up."""

    __tablename__ = "lease"
    case: str = Field(primary_key=True)
    steward: str
    until: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


METADATA = Table.metadata
