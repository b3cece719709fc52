"""Takes a written address apart by British habits and by the words that the gazetteer itself knows.

In flows a text as somebody wrote it, with the gazetteer's lexicon; out flows a `Parsed`. Each part has a room of its
own (`gazetteer.parsing`, and `units`, `relations`, `overseas` beside it); the order in which they are asked is here.
"""

import re

from gazetteer.address import Address
from gazetteer.lexicon import EMPTY, Lexicon
from gazetteer.overseas import country_of
from gazetteer.parsing import Line, Parsed
from gazetteer.parsing.lines import read_lines
from gazetteer.parsing.mending import glued_ordinal, house_after_flat
from gazetteer.parsing.places import take_places
from gazetteer.parsing.trouble import trouble_of
from gazetteer.relations import take_relation
from gazetteer.shorthand import mended, spelt_out
from gazetteer.tidy import postcode_of, take_postcode, tidy, whole_words
from gazetteer.units import take_units

_TO_UNIT = r"\b(?:FLAT|FLT|APARTMENT|APT|MAISONETTE|UNIT|ROOM|BASEMENT|GROUND FLOOR|FIRST FLOOR|TOP FLOOR)\b"
_RECIPIENT = re.compile(
    rf"(?:^|(?<=, ))(?:(?:C/O|CARE OF|FAO|ATTN)\b[^,\d]*?(?=,|\d|$|{_TO_UNIT})"
    rf"|(?:MR|MRS|MISS|MS|MX|PROF|REV)\b[^,\d]*?(?=,|\d|{_TO_UNIT}))(?:, )?"
)
# As in TM1 1A, where the last letter was lost.
_CUT_POSTCODE = re.compile(r"(?<=[A-Z]{3})[ ,]+[A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]?$")


def parse(text: str | None, lexicon: Lexicon = EMPTY, *, postcode: str | None = None) -> Address:
    """Takes a written address apart; a lexicon of the gazetteer's words makes it surer.

    >>> print(parse("gff, 12a King St, Barchester ba11aa"))
    GROUND FLOOR FLAT, 12A KING STREET, BARCHESTER, BA1 1AA
    """
    return take_apart(text, lexicon, postcode).address()


def take_apart(text: str | None, lexicon: Lexicon = EMPTY, postcode: str | None = None) -> Parsed:
    """Takes a written address apart as far as matching needs it; never fails, whatever the text."""
    tidied = tidy(mended(text or ""))
    written, rest = take_postcode(tidied)
    given, postcode = postcode, (postcode_of(postcode) if postcode else None) or written
    trouble = trouble_of(tidied, rest, postcode)
    country = country_of(tidied, given, lexicon) if trouble in ("", "po_box") else None
    if trouble or country:
        trouble = "overseas" if country else trouble
        return Parsed([], [], "", "", [], postcode, trouble=trouble, country=country)
    if rest[:1] in "CMPRFA" or ", C/O" in rest:
        rest = _RECIPIENT.sub("", rest)
    if postcode is None:
        rest = _CUT_POSTCODE.sub("", rest)
    relation, rest = take_relation(spelt_out(rest))
    units, rest, runs_on = take_units(rest)
    lines = [glued_ordinal(line, lexicon) for line in _lines(rest)]
    places = take_places(lines, lexicon)
    parsed = Parsed(units, [], "", "", places, postcode, relation)
    read_lines(parsed, lines, lexicon)
    if runs_on and not parsed.number and not relation:
        house_after_flat(parsed, lexicon)
    if relation and parsed.street and not (parsed.number or parsed.names):
        parsed.names.append(relation)
    if not (parsed.units or parsed.names or parsed.number or parsed.street):
        parsed.trouble = "postcode_only" if postcode and not places else "place_only" if places else "junk"
    return parsed


def _lines(text: str) -> list[Line]:
    return list(dict.fromkeys(whole_words(line) for line in text.split(", ") if line))
