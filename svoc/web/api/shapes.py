"""What the staff API takes and gives: models of its own, so that nothing inside can change them by accident."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from svoc.words.events import Evidence
from svoc.words.telling import Birth, Correction, Death, Move, NewContact, NewName, Told

__all__ = [
    "Answered", "Asked", "Candidate", "CaseGiven", "Cases", "Decided", "Decision", "Event", "Given", "HistoryGiven",
    "Line", "Match", "Matches", "NoticeAnswer", "NoticeGiven", "Notices", "PersonGiven", "PersonId", "Persons",
    "PlaceAsked", "PlaceGiven", "RecordGiven", "RecordsGiven", "Said", "Standing", "Text",
]  # fmt: skip


def _written(text: object) -> object:
    """Refuse what is no text, before anything could be made of a number."""
    if not isinstance(text, str) or len(text) != 10:
        raise ValueError("expected a day as 2026-11-02")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("expected more than spaces")
    return text


Line = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"), AfterValidator(_not_blank)
]
"""One line that somebody typed."""
Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$"),
    AfterValidator(_not_blank),
]
Day = Annotated[date, BeforeValidator(_written)]
PersonId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]$")]
Key = Annotated[str, StringConstraints(min_length=3, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Uprn = Annotated[int, Field(strict=True, ge=1, le=999_999_999_999)]


class Asked(BaseModel):
    """What is taken: a name that is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Given(BaseModel):
    """What is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# ---------------------------------------------------------------- persons


class Find(Asked):
    """Whom one looks for: a name as one hears it, and where."""

    text: Line = Field(description="A name, whatever its spelling; a postcode may stand in it", examples=["jon smith"])
    near: Line | None = Field(default=None, description="A postcode, or part of an address", examples=["PL4 8AA"])
    most: Annotated[int, Field(strict=True, ge=1, le=50)] = 10


class PersonGiven(Given):
    """One golden record as far as the purpose may see it; a fact that it may not see is null, as if it were unknown."""

    id: str
    title: str | None = None
    forename: str | None = None
    middle_names: str | None = None
    surname: str | None = None
    previous_surname: str | None = None
    dob: date | None = None
    address: str | None = None
    postcode: str | None = None
    uprn: int | None = None
    phone: str | None = None
    email: str | None = None
    deceased: bool | None = None
    died: date | None = None
    records: int = Field(description="How many records stand behind it")
    provenance: dict[str, dict[str, Any]] = Field(
        description="For each fact: its source, its record, since when, by which rule"
    )


class Persons(Given):
    """The likeliest, best first."""

    persons: list[PersonGiven]


class RecordGiven(Given):
    """One record of one source."""

    mention: str | None
    source: str
    record: str | None
    party: int | None
    role: str | None
    name: str | None
    title: str | None
    forename: str | None
    middle_names: str | None
    surname: str | None
    previous_surname: str | None
    dob: date | None
    phone: str | None
    email: str | None
    address: str | None
    postcode: str | None
    uprn: int | None
    outcome: str | None
    since: date | None
    until: date | None
    forwarding_address: str | None
    forwarding_postcode: str | None
    deceased: bool | None
    died: date | None


class RecordsGiven(Given):
    """One page of records; `next` is the cursor of the next, if there is one."""

    records: list[RecordGiven]
    next: str | None = None


class Past(Given):
    """One thing that a night changed."""

    run: int
    as_of: date | None
    kind: str
    field: str | None
    before: str | None
    after: str | None
    cause: str
    source: str | None
    mention: str | None


class HistoryGiven(Given):
    """One page of what happened, the oldest first."""

    changes: list[Past]
    next: str | None = None


# ---------------------------------------------------------------- what is told


class Event(Asked):
    """What every event says: whom it is about, and on what evidence."""

    person: PersonId
    evidence: Evidence = Evidence.SELF
    reference: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9/.-]{1,60}$")] | None = Field(
        default=None, description="The council's own, where it has one: told again under it, it is told once"
    )

    def usual(self) -> dict[str, Any]:
        """Give what is told in the same way of every kind."""
        return {"evidence": self.evidence.value, "reference": self.reference or ""}


class DeathTold(Event):
    """Somebody has died."""

    kind: Literal["death"]
    on: Day
    evidence: Evidence = Evidence.UNSTATED

    def event(self) -> Told:
        """Give what `council.tell` takes."""
        return Death(self.person, on=self.on, **self.usual())


class MoveTold(Event):
    """Somebody, and whoever moves along, lives elsewhere from a day on."""

    kind: Literal["move"]
    on: Day
    address: Line
    postcode: Line | None = None
    uprn: Uprn | None = None
    along: list[PersonId] = Field(default_factory=list, max_length=12)

    def event(self) -> Told:
        """Give what `council.tell` takes."""
        where = {"address": self.address, "postcode": self.postcode, "uprn": self.uprn, "along": tuple(self.along)}
        return Move(self.person, on=self.on, **where, **self.usual())  # type: ignore[arg-type]


class BirthTold(Event):
    """A child was born to somebody."""

    kind: Literal["birth"]
    on: Day
    forename: Line | None = None
    surname: Line | None = None
    along: list[PersonId] = Field(default_factory=list, max_length=12)

    def event(self) -> Told:
        """Give what `council.tell` takes."""
        along = tuple(self.along)
        return Birth(self.person, on=self.on, forename=self.forename, surname=self.surname, along=along, **self.usual())


class NameTold(Event):
    """Somebody bears another name from a day on."""

    kind: Literal["name"]
    on: Day
    title: Line | None = None
    forename: Line | None = None
    middle_names: Line | None = None
    surname: Line | None = None

    def event(self) -> Told:
        """Give what `council.tell` takes."""
        parts = {name: getattr(self, name) for name in ("title", "forename", "middle_names", "surname")}
        return NewName(self.person, on=self.on, **parts, **self.usual())


class CorrectionTold(Event):
    """What was always wrong of somebody."""

    kind: Literal["correction"]
    title: Line | None = None
    forename: Line | None = None
    middle_names: Line | None = None
    surname: Line | None = None
    dob: Day | None = None

    def event(self) -> Told:
        """Give what `council.tell` takes."""
        parts = {name: getattr(self, name) for name in ("title", "forename", "middle_names", "surname", "dob")}
        return Correction(self.person, **parts, **self.usual())


class ContactTold(Event):
    """By which telephone or e-mail address somebody is reached from now on."""

    kind: Literal["contact"]
    phone: Line | None = None
    email: Line | None = None

    def event(self) -> Told:
        """Give what `council.tell` takes."""
        return NewContact(self.person, phone=self.phone, email=self.email, **self.usual())


Said = Annotated[
    DeathTold | MoveTold | BirthTold | NameTold | CorrectionTold | ContactTold, Field(discriminator="kind")
]


class Standing(Given):
    """What was told stands: the claim's key, and that the next night settles it."""

    event: str
    settled: Literal["by the next night"] = "by the next night"


# ---------------------------------------------------------------- notices


class NoticeGiven(Given):
    """How far a notice has come; nothing of the person."""

    notice: str
    recipient: str
    kind: str
    state: str
    run: int
    tries: int
    sent_at: datetime | None
    due: date | None


class Notices(Given):
    """One page of notices, the oldest first."""

    notices: list[NoticeGiven]
    next: str | None = None


class NoticeAnswer(Asked):
    """What a recipient said of a notice, in another way than by its channel."""

    state: Literal["acknowledged", "actioned", "rejected"]
    because: Text


class Answered(Given):
    """Of how many notices it was taken down."""

    answered: int


# ---------------------------------------------------------------- cases


class CaseGiven(Given):
    """A question for a steward; `evidence` is given of one case and not in a list."""

    id: str
    kind: str
    reason: str
    mentions: list[str] | None = Field(description="Keys of the records that it is about")
    weight: int | None = Field(default=None, description="Thousandths of a bit: what was too little to be sure")
    evidence: str = ""


class Cases(Given):
    """One page of what waits, the most pressing first."""

    cases: list[CaseGiven]
    next: str | None = None


class Decision(Asked):
    """An answer to a case."""

    verdict: Literal["same", "different", "unsure", "confirmed", "rejected"]
    because: Text
    pair: Annotated[list[Key], Field(min_length=2, max_length=2)] | None = Field(
        default=None, description="The two mentions that the answer is about, where the case is about several"
    )
    expires: Day | None = Field(default=None, description="The answer holds before this day")


class Decided(Given):
    """The numbers of the decisions: by these they are taken back."""

    decisions: list[int]


# ---------------------------------------------------------------- places and single records


class PlaceAsked(Asked):
    """An address as one types it."""

    address: Line
    postcode: Line | None = None


class Suggestion(Given):
    """A property that an address may mean."""

    uprn: int
    address: str
    bits: float


class PlaceGiven(Given):
    """Where an address lies."""

    outcome: str
    uprn: int | None
    rung: str
    certainty: float = Field(description="0 to 1")
    reason: str | None
    suggestions: list[Suggestion]


class Match(Asked):
    """A record that a system is about to make: whose may it be?"""

    forename: Line | None = None
    surname: Line
    dob: Day | None = None
    address: Line | None = None
    postcode: Line | None = None
    phone: Line | None = None
    email: Line | None = None
    most: Annotated[int, Field(strict=True, ge=1, le=20)] = 5


class Candidate(Given):
    """Somebody whose the record may be, and what of it agrees and does not, of what the purpose may see."""

    person: PersonGiven
    agrees: list[str]
    differs: list[str]


class Matches(Given):
    """The likeliest, best first; that there is one does not say that it is the same person."""

    candidates: list[Candidate]
