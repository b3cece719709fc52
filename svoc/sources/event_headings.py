"""The columns of a list of life events: svoc's names, the headings they are known by, and the words in them."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from svoc.sources.tables import fold_heading
from svoc.words.events import EventAction, EventKind, Evidence
from svoc.words.informants import InformantRole
from svoc.words.services import SERVICES

__all__ = ["ACTIONS", "CONTACT", "EVENT_COLUMNS", "EVIDENCES", "GROUPS", "KINDS", "TELL"]

CONTACT: Mapping[InformantRole, str] = MappingProxyType({role: role.value.replace("-", "_") for role in InformantRole})
"""How the columns of each living person that a row names begin."""

SAID_OF_CONTACTS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "organisation": ("organisation", "company"),
        "title": ("title",),
        "forenames": ("forenames", "forename", "first names", "first name"),
        "surname": ("surname", "last name", "family name"),
        "relationship": ("relationship",),
        "address_1": ("address line 1", "address 1", "address", "address house number"),
        "address_2": ("address line 2", "address 2", "address road"),
        "address_3": ("address line 3", "address 3", "address town"),
        "address_4": ("address line 4", "address 4", "address county"),
        "postcode": ("postcode", "address postcode"),
        "phone": ("phone", "telephone", "contact number"),
        "email": ("email", "contact email"),
        "deals_with_estate": ("deals with estate", "deal estate"),
        "may_be_contacted": ("may be contacted", "contact"),
        "language": ("language",),
    }
)
OTHER_WORDS = {
    InformantRole.INFORMANT: ("informer",),
    InformantRole.EXECUTOR: ("person dealing with estate", "personal representative"),
    InformantRole.SPOUSE: ("surviving spouse", "civil partner"),
    InformantRole.NEXT_OF_KIN: (),
}

TELL = "tell_"
"""How the column of a service begins that holds a yes where the service may be told."""


def _of_contacts() -> Iterator[tuple[str, tuple[str, ...]]]:
    for role, prefix in CONTACT.items():
        words = (prefix.replace("_", " "), *OTHER_WORDS[role])
        for part, named in SAID_OF_CONTACTS.items():
            yield f"{prefix}_{part}", tuple(f"{word} {name}" for word in words for name in named)


def _of_services() -> Iterator[tuple[str, tuple[str, ...]]]:
    for service, others in SERVICES.items():
        words = [word.replace("_", " ") for word in (service, *others)]
        yield TELL + service, (*(f"tell {word}" for word in words), *words)


EVENT_COLUMNS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "kind": ("kind", "event", "event type", "life event", "type of event"),
        "action": ("action", "status", "change type", "record type"),
        "reference": (
            *("reference", "registration number", "registration no", "registration id", "registration reference"),
            *("entry number", "entry no", "tuo reference", "notification id", "notification reference", "event id"),
        ),
        "sender": ("sender", "channel", "informant organisation"),
        "recorded_at": ("recorded at", "date of registration", "registration date", "date registered", "received"),
        "verification": ("verification level", "verification"),
        "evidence": ("evidence", "source of notification", "evidence type"),
        "person": ("person id", "person"),
        "name": ("name", "full name", "name of deceased", "deceased name", "deceased"),
        "title": ("title", "deceased title"),
        "forenames": (
            *("forenames", "forename", "forename(s)", "first names", "first name", "given names"),
            *("deceased forenames", "deceased forename", "deceased first name", "deceased first names"),
        ),
        "middle_names": ("middle names", "middle name", "other names", "deceased middle names"),
        "surname": ("surname", "last name", "family name", "deceased surname", "deceased last name"),
        "previous_surname": ("maiden name", "maiden surname", "previous surname", "former surname", "birth surname"),
        "aliases": ("alias", "aliases", "also known as", "aka", "known as"),
        "dob": ("date of birth", "dob", "birth date", "deceased date of birth", "deceased dob"),
        "date": (
            *("date of death", "dod", "death date", "deceased date of death", "date of move", "moving date"),
            *("move date", "date moved", "date of event", "event date", "date of change", "effective date", "date"),
        ),
        "date_day": ("date day", "date of death day"),
        "date_month": ("date month", "date of death month"),
        "date_year": ("date year", "date of death year"),
        "address_1": ("address line 1", "address 1", "addr1", "address", "usual address", "deceased address"),
        "address_2": ("address line 2", "address 2", "addr2"),
        "address_3": ("address line 3", "address 3", "addr3"),
        "address_4": ("address line 4", "address 4", "addr4"),
        "address_5": ("address line 5", "address 5", "addr5"),
        "address_6": ("address line 6", "address 6", "addr6"),
        "postcode": ("postcode", "post code", "deceased postcode", "old postcode"),
        "uprn": ("uprn", "property uprn", "old uprn"),
        "new_title": ("new title",),
        "new_forenames": ("new forenames", "new forename", "new first name"),
        "new_surname": ("new surname", "new last name"),
        "new_dob": ("new date of birth", "new dob", "correct date of birth"),
        "new_address_1": ("new address line 1", "new address 1", "new address", "forwarding address"),
        "new_address_2": ("new address line 2", "new address 2"),
        "new_address_3": ("new address line 3", "new address 3"),
        "new_address_4": ("new address line 4", "new address 4"),
        "new_postcode": ("new postcode", "new post code", "forwarding postcode"),
        "new_uprn": ("new uprn",),
        "new_phone": ("new phone", "new telephone", "new telephone number", "new phone number", "new mobile"),
        "new_email": ("new email", "new email address", "new e-mail"),
        "parent": ("parent", "mother", "name of mother", "mother name", "parent 1", "name of parent"),
        "other_parent": ("other parent", "father", "name of father", "father name", "parent 2", "name of other parent"),
        "others": ("others", "also moving", "moving with", "who else moves"),
        "household": ("household", "household reference", "moving together"),
        "consents": ("consents", "services", "services to tell", "services to notify", "consent given for"),
        "adults_left": (
            "adults left",
            "adults now resident",
            "over 18s now resident",
            "adults remaining",
            "council tax 18",
        ),
        "blue_badge": ("blue badge number", "blue badge reference"),
        **dict(_of_contacts()),
        **dict(_of_services()),
    }
)
"""svoc's name for each column, and the headings by which it is recognised unaided."""

GROUPS = {"address": "address_1", "new_address": "new_address_1"}

KINDS: Mapping[str, EventKind] = MappingProxyType(
    {
        **{kind.value: kind for kind in EventKind},
        **dict.fromkeys(("deceased", "deathregistered"), EventKind.DEATH),
        **dict.fromkeys(("changeofaddress", "moved", "movein", "moveout", "newaddress"), EventKind.MOVE),
        **dict.fromkeys(("newborn", "birthregistered"), EventKind.BIRTH),
        **dict.fromkeys(("changeofname", "namechange", "marriage", "newname"), EventKind.NAME),
        **dict.fromkeys(("rectification", "amendment"), EventKind.CORRECTION),
        **dict.fromkeys(("contactdetails", "newcontact", "newcontactdetails", "changeofcontact"), EventKind.CONTACT),
    }
)
ACTIONS: Mapping[str, EventAction] = MappingProxyType(
    {
        **{action.value: action for action in EventAction},
        **dict.fromkeys(("n", "a", "new", "add", "added", "registered", "reinstated"), EventAction.ASSERTED),
        **dict.fromkeys(("c", "m", "u", "amended", "amend", "updated", "update", "correction", "modified"),
                        EventAction.CORRECTED),
        **dict.fromkeys(("d", "x", "cancelled", "cancel", "withdrawn", "deleted", "retract", "void"),
                        EventAction.RETRACTED),
    }
)  # fmt: skip
EVIDENCES: Mapping[str, Evidence] = MappingProxyType(
    {
        **{fold_heading(each.value): each for each in Evidence},
        **dict.fromkeys(("gro", "deathregistration"), Evidence.GRO_NOTIFICATION),
        **dict.fromkeys(("certificate", "deathcert"), Evidence.DEATH_CERTIFICATE),
        **dict.fromkeys(("registrar", "registrars", "registeroffice"), Evidence.REGISTRAR_NOTIFICATION),
        **dict.fromkeys(("hospital", "police"), Evidence.HOSPITAL_OR_POLICE),
        **dict.fromkeys(("council", "counciltax"), Evidence.COUNCIL_RECORDS),
        **dict.fromkeys(("canvass",), Evidence.CANVASS_RETURN),
        **dict.fromkeys(("carehome",), Evidence.CARE_HOME_MANAGER),
        **dict.fromkeys(("relative", "nextofkin", "family", "spouse"), Evidence.CLOSE_RELATIVE),
        **dict.fromkeys(("tuo",), Evidence.TELL_US_ONCE),
        **dict.fromkeys(("resident", "person"), Evidence.SELF),
    }
)
"""Words for kinds, actions and evidence, folded as headings are; other words are refused with the nearest."""
