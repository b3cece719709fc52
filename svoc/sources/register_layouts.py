"""How suppliers of electoral management systems lay a register out, as data.

What is known of each comes from public importers and sample exports; none of the suppliers publishes a specification.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["CHANGES", "COLUMNS", "LAYOUTS", "REGISTER_COLUMNS", "RegisterLayout"]

ADDRESS_LINES = tuple(f"address_{n}" for n in range(1, 10))


def _lines(*spellings: str) -> dict[str, tuple[str, ...]]:
    return {f"address_{n}": tuple(f"{spelling} {n}" for spelling in spellings) for n in range(1, 10)}


REGISTER_COLUMNS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "elector": ("elector key", "elector number", "full elector number", "elector no", "electoral number"),
        "prefix": ("elector number prefix", "elector prefix", "pd", "pd code", "polling district", "district ref"),
        "number": ("elector number", "eno", "roll no", "elector no", "number"),
        "suffix": ("elector number suffix", "elector suffix"),
        "party_reference": ("elector id", "elector urn", "person reference"),
        "title": ("elector title", "title"),
        "name": ("elector name", "name", "full name"),
        "surname": ("elector surname", "surname", "last name"),
        "forename": ("elector forename", "first name(s)", "first name", "forename", "forenames", "first names"),
        "middle_names": ("elector middle name", "elector middle names", "middle name", "middle names", "other names"),
        "initials": ("initials",),
        "name_suffix": ("suffix",),
        "previous_surname": ("previous surname", "former surname", "prev elector surname"),
        "dob": ("elector dob", "attainers dob", "dob", "date of birth", "elector date of birth"),
        "attainment": ("date of attainment", "attainment date"),
        "markers": (
            "elector markers",
            "markers",
            "franchise marker",
            "franchise flag",
            "markers register text",
            "flags",
        ),
        "opt_out": ("opt out flag", "opt out", "edited register opt out", "open register opt out"),
        "open_register": ("open register", "on open register"),
        "status": ("status", "change type id", "change type"),
        **_lines("address", "registered address", "property address", "elector address", "address line"),
        "postcode": ("post code", "property post code", "elector post code"),
        "uprn": ("uprn", "property urn", "property uprn"),
        "property_reference": ("property reference", "property id", "property ref"),
        "since": ("date registered", "registration date", "date added"),
        "until": ("date removed",),
    }
)
"""svoc's name for each column of a register, and the headings by which it is recognised.

`elector` is a whole elector number, or whatever key the source has; `name` begins with the surname, as registers print
it; `dob` and `attainment` are given of attainers only.
"""

CHANGES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "created": ("elector created month", "created month"),
        "changed": ("elector changed month", "changed month"),
        "deleted": ("elector deleted month", "deleted month"),
        "signed": ("operation",),
    }
)
"""The further columns of updates: months as numbers, or a sign and a month (+Jan)."""


@dataclass(frozen=True, slots=True)
class RegisterLayout:
    """One supplier's layout.

    `headings`: svoc's names and the headings that stand for them; `orders`: svoc's names in the order of the columns,
    for files without a header (each of a width of its own; names that begin with an underscore are not read);
    `required`: what must be there for a file to be of this layout; `banner`: rows that only head a part of the file;
    `change`: how an update says what it does: months, signed or status; `roll`: the number is a decimal with the
    suffix in three places; `shows_opt_out`: whoever is not marked as opted out is in the open register.
    """

    name: str
    words: str
    headings: Mapping[str, Sequence[str]]
    orders: tuple[tuple[str, ...], ...] = ()
    required: tuple[str, ...] = ()
    banner: str | None = None
    change: str | None = None
    roll: bool = False
    shows_opt_out: bool = False

    @property
    def known(self) -> list[str]:
        """List every heading by which a header of this layout is recognised."""
        return [heading for each in self.headings.values() for heading in each]


def _some(*names: str, **own: Sequence[str]) -> dict[str, Sequence[str]]:
    """Take the usual headings of some columns, with a layout's own in place of the usual."""
    return {**{name: REGISTER_COLUMNS[name] for name in names if name not in own}, **own}


XPRESS_KEY = ("prefix", "number", "suffix")
SIX, NINE = ADDRESS_LINES[:6], ADDRESS_LINES

XPRESS = RegisterLayout(
    "xpress",
    "Civica Xpress full register, 13 columns with the elector's name in one or 14 with surname and forename",
    _some(*XPRESS_KEY, "markers", "dob", "name", "surname", "forename", "postcode", *SIX, "uprn", "opt_out"),
    (
        (*XPRESS_KEY, "markers", "dob", "name", "postcode", *SIX),
        (*XPRESS_KEY, "markers", "dob", "surname", "forename", "postcode", *SIX),
    ),
    required=("prefix", "number", "postcode"),
)
XPRESS_UPDATE = RegisterLayout(
    "xpress_update",
    "Civica Xpress monthly update, 23 columns with the months in which an elector was created, changed and deleted",
    {
        **_some("number", "forename", "surname", "dob", "markers", "status", *SIX[:5], "postcode"),
        "prefix": ("district ref",),
        **CHANGES,
    },
    (
        (
            *("_company", "_company_code", "prefix", "_street", *SIX[:5], "postcode", "_house_prefix", "_house_number"),
            *("number", "forename", "surname", "dob", "created", "changed", "deleted", "markers"),
            *("_count", "_total", "_month"),
        ),
    ),
    required=("number", "surname"),
    change="months",
)
IDOX_TAIL = (
    "surname",
    "forename",
    *ADDRESS_LINES[:8],
    "_house",
    "_house_prefix",
    "_street",
    "_18",
    "_19",
    "_20",
    "_21",
)
IDOX = RegisterLayout(
    "idox",
    "Idox full register, 22 columns by position, (z) before the surname of those who opted out",
    _some("attainment", "markers", *ADDRESS_LINES[:8], prefix=("pd",), number=("eno",), surname=("surname",),
          forename=("forenames", "forename"), postcode=("post code",)),
    (("prefix", "number", "markers", "attainment", *IDOX_TAIL, "postcode"),),
    required=("prefix", "number", "surname"),
    shows_opt_out=True,
)  # fmt: skip
IDOX_UPDATE = RegisterLayout(
    "idox_update",
    "Idox monthly update, 23 columns by position, +Jan =Jan -Jan in the third",
    {**IDOX.headings, "signed": ("operation",)},
    (("prefix", "number", "signed", "markers", "attainment", *IDOX_TAIL, "postcode"),),
    required=("prefix", "number", "surname", "signed"),
    change="signed",
    shows_opt_out=True,
)
EROS_NAMES = ("title", "forename", "initials", "surname", "name_suffix", "attainment", "markers")
EROS_HEADINGS = _some(*EROS_NAMES, *NINE, "postcode", "uprn", "opt_out", "status", prefix=("pd",), number=("eno",))
EROS = RegisterLayout(
    "eros",
    "Eros full register (pp50), with or without a status, the last column either UPRN or opt-out flag",
    EROS_HEADINGS,
    (
        ("prefix", "number", "status", *EROS_NAMES, *NINE, "postcode", "flag_or_uprn"),
        ("prefix", "number", "status", *EROS_NAMES, *NINE, "postcode"),
        ("prefix", "number", *EROS_NAMES, *NINE, "postcode"),
    ),
    required=("prefix", "number", "surname"),
)
EROS_UPDATE = RegisterLayout(
    "eros_update",
    "Eros monthly update, 23 columns with a status A, M or D, and heading lines between",
    {**EROS_HEADINGS, "_register": ("register code",), "_clerical": ("clerical error",)},
    (("prefix", "number", "status", *EROS_NAMES, *NINE, "postcode", "_register", "_clerical", "opt_out"),),
    required=("prefix", "number", "status", "surname"),
    banner=r"^\s*Ref\s*:|\bMonthly (?:Additions|Alterations|Amendments|Changes|Deletions)\b",
    change="status",
)
PDCODE_NAMES = ("prefix", "number", "title", "surname", "forename", "middle_names")
PDCODE_TAIL = (*SIX, "postcode", "_euro", "_parl", "_county", "_ward", "_sub_house", "_house")
PDCODE = RegisterLayout(
    "pdcode",
    "full register with PDCode and RollNo, older (dates of birth) and newer (dates of attainment, elector id, UPRN)",
    _some(*PDCODE_NAMES[2:], "dob", "attainment", "markers", *SIX, "postcode", "uprn", "party_reference", "opt_out",
          prefix=("pd code",), number=("roll no",)),
    ((*PDCODE_NAMES, "dob", "markers", *PDCODE_TAIL),),
    required=("prefix", "number", "surname"),
    roll=True,
)  # fmt: skip
PDCODE_UPDATE = RegisterLayout(
    "pdcode_update",
    "monthly update with ChangeTypeID N, M or D before PDCode and RollNo, under a line that begins Accession",
    {**PDCODE.headings, "status": ("change type id", "change type")},
    (("status", *PDCODE_NAMES, "dob", "markers", *PDCODE_TAIL),),
    required=("prefix", "number", "surname", "status"),
    banner=r"^\s*Accession\b",
    change="status",
    roll=True,
)
COLUMNS = RegisterLayout(
    "columns", "any register, its columns named in council.toml", REGISTER_COLUMNS, change="status"
)

LAYOUTS: tuple[RegisterLayout, ...] = (
    *(COLUMNS, XPRESS, XPRESS_UPDATE, IDOX, IDOX_UPDATE),
    *(EROS, EROS_UPDATE, PDCODE, PDCODE_UPDATE),
)
"""Every layout of the electoral register that svoc reads."""
