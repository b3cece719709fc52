"""Columns that no source may be read by unless the council says so: benefits and National Insurance numbers.

To disclose what was got for social security is an offence unless a law allows it, so these stay out until somebody
has looked: `[council] benefits_and_nino = true` says that it was done.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["held_back", "is_held_back"]

BARRED = re.compile(
    r"\b(nino|ni ?(no|num|number|code)|nat(ional)? ?ins(urance)?( ?(no|num|number))?|dwp|hb|hbclaim|benefits?|"
    r"housing ?benefits?|universal ?credit|pension ?credit|income ?support)\b"
)


def is_held_back(heading: str) -> bool:
    """Say whether a column's name is one of benefits or of National Insurance.

    >>> [is_held_back(name) for name in ("NI_Number", "hb-claim ref", "NationalInsuranceNo", "uni")]
    [True, True, True, False]
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    return BARRED.search(re.sub(r"[^a-z0-9]+", " ", spaced.casefold())) is not None


def held_back(data: Mapping[str, Any]) -> list[str]:
    """Say of council.toml's tables which columns they map that are held back; nothing where the council allows them."""
    council = data.get("council")
    if isinstance(council, dict) and council.get("benefits_and_nino") in {True, "true"}:
        return []
    sources = data.get("sources")
    tables = [s for s in sources if isinstance(s, dict)] if isinstance(sources, list) else []
    events = data.get("life_events")
    tables = [*tables, {"name": "life_events", **events}] if isinstance(events, dict) else tables
    return [
        f"[[sources]] {table.get('name', '')}: columns: {name} is of benefits or National Insurance, which are held "
        "back; [council] benefits_and_nino = true lets them in, once it is lawful"
        for table in tables
        for name in _mapped(table.get("columns"))
        if is_held_back(name)
    ]


def _mapped(columns: Any) -> Iterator[str]:
    """Give every name of a column map, svoc's and the council's."""
    for name, theirs in columns.items() if isinstance(columns, dict) else ():
        yield from (str(each) for each in [name, *(theirs if isinstance(theirs, list) else [theirs])])
