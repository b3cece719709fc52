"""What somebody is told about a life: a death, a move, a birth, a new name, a correction, new contact details.

A life event is a claim, never a fact: it says who told it, on what evidence and how sure that makes it, it may be
corrected or taken back, and it attaches to at most one person.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import polars as pl

__all__ = [
    "ALIVE",
    "DECEASED",
    "EMPTY_LIFE_EVENTS",
    "EVIDENCE",
    "INFERRED",
    "LIFE_EVENTS",
    "STEWARD",
    "TOLD_EVENTS",
    "Claim",
    "EventAction",
    "EventKind",
    "Evidence",
    "Precision",
]

STEWARD = "steward"
"""The sender of what is put right: of the facts that it tells no other record is heard (`svoc.steps.merge`)."""

INFERRED = "inferred"
"""The sender of what nobody told: it follows from extracts (`svoc.steps.infer`), and no batch confirms it."""


ALIVE, DECEASED = "alive", "deceased"
"""The reason of a steward's correction that puts right whether somebody has died."""


class EventKind(StrEnum):
    """What happened."""

    DEATH = "death"
    MOVE = "move"
    BIRTH = "birth"
    NAME = "name"
    CORRECTION = "correction"
    CONTACT = "contact"


class EventAction(StrEnum):
    """What the sender does with the claim."""

    ASSERTED = "asserted"
    CORRECTED = "corrected"
    RETRACTED = "retracted"


class Claim(StrEnum):
    """How far a claim has come before anybody is told of it; what becomes of its notices is the outbox's to say."""

    RECEIVED = "received"  # told, and nobody on record is known to fit
    CANDIDATES = "candidates"  # one person fits or several do; a human has to say who, or whether at all
    CONFIRMED = "confirmed"  # by as many people as it takes: it counts, and whoever may know is told
    RETRACTED = "retracted"  # its sender took it back
    REJECTED = "rejected"  # it is nobody's of those that may be meant, or not true


class Precision(StrEnum):
    """How much of a date is known; `text` is a date in words that no calendar holds."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    TEXT = "text"


class Evidence(StrEnum):
    """What a claim rests on: the kinds that Electoral Commission guidance accepts, and those that feeds bring."""

    GRO_NOTIFICATION = "gro-notification"
    DEATH_CERTIFICATE = "death-certificate"
    REGISTRAR_NOTIFICATION = "registrar-notification"
    CORONER = "coroner"
    HOSPITAL_OR_POLICE = "hospital-or-police"
    COUNCIL_RECORDS = "council-records"
    CANVASS_RETURN = "canvass-return"
    SERVICE_PROVIDER = "service-provider"
    CARE_HOME_MANAGER = "care-home-manager"
    CLOSE_RELATIVE = "close-relative"
    TELL_US_ONCE = "tell-us-once"
    SELF = "self"
    UNSTATED = "unstated"


EVIDENCE: Mapping[Evidence, int] = MappingProxyType(
    {
        Evidence.GRO_NOTIFICATION: 3,
        Evidence.DEATH_CERTIFICATE: 3,
        Evidence.REGISTRAR_NOTIFICATION: 3,
        Evidence.CORONER: 2,
        Evidence.HOSPITAL_OR_POLICE: 1,
        Evidence.COUNCIL_RECORDS: 0,
        Evidence.CANVASS_RETURN: 0,
        Evidence.SERVICE_PROVIDER: 0,
        Evidence.CARE_HOME_MANAGER: 0,
        Evidence.CLOSE_RELATIVE: 0,
        Evidence.TELL_US_ONCE: 0,
        Evidence.SELF: 0,
        Evidence.UNSTATED: 0,
    }
)
"""The verification level (0 to 3) that evidence brings where the sender states none.

The levels are those of the UK Government Data Standards Catalogue, as the NHS Data Dictionary quotes them: 0 not
verified, 1 hospital or police, 2 coroner or court, 3 death certificate or General Register Office. That a
registrar's own list counts as 3 and Tell Us Once as 0 (its informer is not checked by us) is svoc's reading.
"""

LIFE_EVENTS: dict[str, pl.DataType] = {
    # the claim
    "event": pl.String(),  # the same statement read twice has the same id
    "kind": pl.String(),  # of EventKind
    "action": pl.String(),  # of EventAction
    "sender": pl.String(),  # gro, govuk, registrar, ... or what the file says
    "reference": pl.String(),  # the sender's own, the same for all statements about one event
    "update_reason": pl.String(),  # the sender's, in words: typographical, cancelled, ...
    "recorded_at": pl.Datetime("us"),  # when the sender recorded it, by the sender's clock
    "verification": pl.Int8(),  # 0 to 3, see EVIDENCE
    "evidence": pl.String(),  # of Evidence
    "person": pl.String(),  # person id, where the sender knows it
    "household": pl.String(),  # the sender's mark of events that belong together: those who move as one household
    "consents": pl.List(pl.String()),  # services that the informant agreed may be told; null where it is not said
    # whom it is about
    "name": pl.String(),  # as supplied
    "title": pl.String(),
    "forename": pl.String(),
    "middle_names": pl.String(),
    "surname": pl.String(),
    "previous_surnames": pl.List(pl.String()),  # maiden names and earlier surnames
    "aliases": pl.List(pl.String()),  # other names in full, FORENAMES SURNAME
    "dob": pl.Date(),  # null unless known to the day
    "dob_precision": pl.String(),  # of Precision
    "dob_text": pl.String(),  # 1971-04-24, 1971-04, 1971 or words
    "address": pl.String(),  # lines joined by ", "
    "postcode": pl.String(),
    "supplied_uprn": pl.Int64(),
    # what happened
    "happened": pl.Date(),  # null unless known to the day
    "happened_precision": pl.String(),
    "happened_text": pl.String(),
    "happened_earliest": pl.Date(),  # first and last day that it can have been
    "happened_latest": pl.Date(),
    # what is so from now on: a move's address, a new or corrected name, a corrected date of birth
    "new_title": pl.String(),
    "new_forename": pl.String(),
    "new_middle_names": pl.String(),
    "new_surname": pl.String(),
    "new_dob": pl.Date(),
    "new_address": pl.String(),
    "new_postcode": pl.String(),
    "new_uprn": pl.Int64(),
    "new_phone": pl.String(),
    "new_email": pl.String(),
    # who else it is about, and what else was told of it
    "others": pl.List(pl.String()),  # SURNAME, FORENAMES: the other parent, those who move along
    "adults_left": pl.Int16(),  # how many adults live there now, after a death
    "blue_badge": pl.String(),  # the number of a badge to return
    "token": pl.String(),  # of a signed event: the issuer's name of it, and a hash of what it said
    "line": pl.Int64(),  # where it stands in the file, for messages
}
"""Columns and dtypes of a frame of life events, sorted by sender, reference, recorded_at and line.

Statements are stored with the columns of their day: one that was told before a column came has null there.
"""

TOLD_EVENTS: dict[str, pl.DataType] = {
    **LIFE_EVENTS,
    "told": pl.Datetime("us", "UTC"),  # when svoc was told
    "by": pl.String(),  # who told svoc
}
"""Columns and dtypes of the ledger of life events, in the order in which they were told."""

EMPTY_LIFE_EVENTS = pl.DataFrame(schema=LIFE_EVENTS)
