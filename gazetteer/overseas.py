"""Recognises addresses abroad, which no gazetteer of ours can hold, and takes those in the United States apart.

Jersey, Guernsey and the Isle of Man are abroad: they write British postcodes, but no council of Great Britain has their
properties. What may be British is never called foreign: a place of the council's own named EGYPT is that place, and
where only a town or a state is named (PARIS, GEORGIA, CALIFORNIA) nothing is said.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from gazetteer.lexicon import EMPTY, Lexicon
from gazetteer.tidy import name_of, tidy
from gazetteer.wordlists import alternation, mapping, words

_COUNTRIES = mapping("countries", "written", "country")
# Codes that no British postcode is like: American and German, Canadian, Irish, Dutch, Polish.
_CODE = r"(?:\d{4,6}(?:-\d{4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]\d[\dW] ?[A-Z][A-Z\d]{3}|\d{4} ?[A-Z]{2}|\d{2}-\d{3})"
_COUNTRY_LINE = re.compile(rf"(?:^|, ?)(?P<country>{alternation(set(_COUNTRIES))})(?:,? {_CODE})?$")
# At the end of a line, after a town or its code: THE SPAIN and 4 SPAIN are in a street in England.
_COUNTRY_TAIL = re.compile(
    r"\b(?!THE )(?:[A-Z]{2,}|\d{4,6}) "
    r"(?P<country>AUSTRALIA|NEW ZEALAND|UNITED STATES|USA|U S A|SPAIN|PORTUGAL|GERMANY|SOUTH AFRICA|UAE|CANADA)$"
)
_WORD = re.compile(r"[A-Z]{2}")
_BRITISH = re.compile(r"\b(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|B ?F ?P ?O)\b")
_CROWN_DEPENDENCY = {"JE": "Jersey", "GY": "Guernsey", "IM": "Isle of Man"}
_NORTHERN = re.compile(r"\b(?:ANTRIM|ARMAGH|BELFAST|CO(?:UNTY)? DOWN|FERMANAGH|LONDONDERRY|TYRONE)\b")
_STATES = alternation(words("us_states", "code") | words("us_states", "name"))
_COUNTIES_OF_IRELAND = alternation(words("irish_counties", "county"))
# A state, province or county with a code of its country's own kind names the country where no word does.
_BY_CODE = {
    "United States": re.compile(rf"\b(?:{_STATES}),? \d{{5}}(?:(?:-|, ?)\d{{4}})?$"),
    "Canada": re.compile(r"\b(?:AB|BC|MB|NB|NL|NS|NT|NU|ON|PE|QC|SK|YT),? [A-Z]\d[A-Z],? ?\d[A-Z]\d$"),
    "Australia": re.compile(r"\b(?:NSW|QLD|VIC|TAS),? \d{4}$"),
    # Three letters and a digit are parted by `tidy`.
    "Ireland": re.compile(rf"\b(?:{_COUNTIES_OF_IRELAND})(?: \d+)?,? [A-Z]\d[\dW] ?[A-Z] ?[A-Z\d] ?[A-Z\d] ?[A-Z\d]$"),
}


@dataclass(frozen=True, slots=True)
class Overseas:
    """An address abroad: its country and, where it lies in the United States, its labelled parts by usaddress.

    `parts` holds pairs of usaddress label and text, such as ("PlaceName", "SPRINGFIELD").
    """

    country: str
    parts: tuple[tuple[str, str], ...] = ()


def country_of(tidied: str, postcode: str | None = None, lexicon: Lexicon = EMPTY) -> str | None:
    """Names the foreign country of a tidied address, or None where it may be British.

    A British postcode settles it, in the address or beside it, or one of the forces; save those of Jersey, Guernsey and
    the Isle of Man. One that has to be mended first does not, as M5V 1A1 is Canadian. Next come the gazetteer's own
    places.

    >>> country_of("CALLE MAYOR 3, MADRID, SPAIN"), country_of("3 SPAIN LANE, BATH")
    ('Spain', None)
    >>> country_of("4 RUE HAUTE, ST HELIER", "JE2 3AB")
    'Jersey'
    """
    code = _tidied_code(postcode) if postcode else ""
    if british := _BRITISH.search(code) or _BRITISH.search(tidied):
        return _CROWN_DEPENDENCY.get(british[0][:2]) if british[0][2:3].isdigit() else None
    found = _COUNTRY_LINE.search(tidied) or _COUNTRY_TAIL.search(tidied)
    if found:
        return _named(tidied, found, lexicon)
    coded = f"{tidied}, {code}" if code else tidied
    return next((country for country, pattern in _BY_CODE.items() if pattern.search(coded)), None)


@lru_cache(maxsize=50_000)
def _tidied_code(postcode: str) -> str:
    """Tidies a postcode once for all its addresses."""
    return tidy(postcode)


def _named(tidied: str, found: re.Match[str], lexicon: Lexicon) -> str | None:
    """Names the country that ends an address, unless no other word was written, or it is the gazetteer's own."""
    country = _COUNTRIES[found["country"]]
    at_home = country == "Ireland" and _NORTHERN.search(tidied)
    last = name_of(tidied.rpartition(", ")[2])
    known = {last, found["country"]} & (lexicon.places | lexicon.streets | lexicon.buildings)
    return country if _WORD.search(tidied[: found.start("country")]) and not (at_home or known) else None


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
