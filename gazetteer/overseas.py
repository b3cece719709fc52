"""Recognises addresses abroad, which no gazetteer of ours can hold, and takes those in the United States apart."""

import re
from dataclasses import dataclass

from gazetteer.tidy import tidy
from gazetteer.wordlists import alternation, mapping, rows

_COUNTRIES = mapping("countries", "written", "country")
_COUNTRY_LINE = re.compile(rf"(?:^|, ?)(?P<country>{alternation(set(_COUNTRIES))})$")
_COUNTRY_TAIL = re.compile(
    r" (?P<country>AUSTRALIA|NEW ZEALAND|UNITED STATES|USA|U S A|SPAIN|PORTUGAL|GERMANY|SOUTH AFRICA|UAE)$"
)
_BRITISH = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")
_CROWN_DEPENDENCY = {"JE": "Jersey", "GY": "Guernsey", "IM": "Isle of Man"}
_STATES = frozenset(row["code"] for row in rows("us_states"))
_STATE_AND_ZIP = re.compile(r"\b(?P<state>[A-Z]{2}),? (?P<zip>\d{5})(?:-\d{4})?$")


@dataclass(frozen=True, slots=True)
class Overseas:
    """An address abroad: its country and, where it lies in the United States, its labelled parts by usaddress.

    `parts` holds pairs of usaddress label and text, such as ("PlaceName", "SPRINGFIELD").
    """

    country: str
    parts: tuple[tuple[str, str], ...] = ()


def country_of(tidied: str) -> str | None:
    """Names the foreign country of a tidied address, or None where it may be British.

    A British postcode settles it, save those of Jersey, Guernsey and the Isle of Man.

    >>> country_of("CALLE MAYOR 3, MADRID, SPAIN"), country_of("3 SPAIN LANE, BATH")
    ('Spain', None)
    """
    found = _COUNTRY_LINE.search(tidied) or _COUNTRY_TAIL.search(tidied)
    british = _BRITISH.search(tidied)
    if british:
        return _CROWN_DEPENDENCY.get(british[0][:2]) if british[0][2:3].isdigit() else None
    if found:
        return _COUNTRIES[found["country"]] if found.start() else None
    state = _STATE_AND_ZIP.search(tidied)
    return "United States" if state and state["state"] in _STATES else None


def overseas(text: str) -> Overseas | None:
    """Takes an address abroad apart, or gives None where the address may be British.

    usaddress knows only American addresses, so other countries' addresses keep their text whole.

    >>> overseas("40 Elm Ave Apt 5B, Springfield, IL 62701, USA").country
    'United States'
    """
    country = country_of(tidy(text))
    if country is None:
        return None
    return Overseas(country, _american(text) if country == "United States" else ())


def _american(text: str) -> tuple[tuple[str, str], ...]:
    import usaddress

    try:
        labelled, _ = usaddress.tag(text)
    except usaddress.RepeatedLabelError as error:
        return tuple((label, part) for part, label in error.parsed_string)
    return tuple(labelled.items())
