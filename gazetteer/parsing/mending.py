"""Mends what the lexicon shows to be cut in the wrong place: a number glued to a street, a flat that is the house.

In flows one line, or a `Parsed` whose street is found; out flows the line in its own words, and into the `Parsed` the
street's name, the house's number and the flat as the gazetteer would part them.
"""

import re

from gazetteer.lexicon import Lexicon
from gazetteer.parsing.forms import BUILDING_ENDS, NUMBER, Line
from gazetteer.parsing.parsed import Parsed
from gazetteer.tidy import whole_words
from gazetteer.units import Unit

_GLUED_ORDINAL = re.compile(r"(\d{1,5})(ST|ND|RD|TH|HALF)")
_COMPASS = {"N": "NORTH", "E": "EAST", "S": "SOUTH", "W": "WEST"}


def glued_ordinal(line: Line, lexicon: Lexicon) -> Line:
    """Parts 103RD AVENUE, which no gazetteer has, into number 10 of a THIRD AVENUE that this one has.

    So too 33ST PETROCS ROAD, and 32HALF MOON YARD.
    """
    found = _GLUED_ORDINAL.fullmatch(line[0]) if line else None
    if not found or line[0] in lexicon.openings:
        return line
    digits, ending = found.groups()
    for cut in range(len(digits), max(len(digits) - 3, 0), -1):
        street = whole_words(" ".join((digits[cut:] + ending, *line[1:])))
        if any(" ".join(street[:end]) in lexicon.streets for end in range(2, len(street) + 1)):
            return (digits[:cut], *street)
    return line


def name_street(parsed: Parsed, after: list[str], lexicon: Lexicon) -> None:
    """Gives a street the name that the gazetteer has: NORTH STREET EAST for its E, THE GREEN for GREEN."""
    whole = f"{parsed.street} {_COMPASS.get(after[0])}"
    if whole in lexicon.streets:
        parsed.street, after[0] = whole, ""
    short = parsed.street.removeprefix("THE ")
    if not parsed.known_street:
        for name in (short, f"THE {short}"):
            if name in lexicon.streets:
                parsed.street, parsed.known_street = name, True


def part_glued_letter(parsed: Parsed, lexicon: Lexicon) -> None:
    """Reads 2AMILL LANE as 2A where there is a MILL LANE, which is another house than number 2."""
    letter, street = parsed.street[:1], parsed.street[1:]
    if not parsed.known_street and parsed.number.isdigit() and letter.isalpha() and street in lexicon.streets:
        parsed.number, parsed.street, parsed.known_street = parsed.number + letter, street, True


def pair_for_house(parsed: Parsed) -> None:
    """Reads 14/3 KING STREET as a pair of house and flat, either of which may stand first, where no house is told."""
    pair = parsed.units[0] if len(parsed.units) == 1 else None
    digits = pair and pair.paired and (pair.floor + pair.door).isdigit() and max(int(pair.floor), int(pair.door)) > 9
    if pair and digits and parsed.known_street and not (parsed.number or parsed.names):
        parsed.number = f"{pair.floor}-{pair.door}"
        parsed.units.clear()


def house_after_flat(parsed: Parsed, lexicon: Lexicon) -> None:
    """Reads FLAT 14 KING STREET as the flat at number 14, unless what follows is a building's name."""
    last = parsed.units[-1]
    a_building = parsed.street in lexicon.buildings or (
        not parsed.known_street and parsed.street.endswith(BUILDING_ENDS)
    )
    numbered_apart = last.kind in ("PLOT", "PITCH", "BERTH")
    if parsed.street and not (parsed.names or a_building or numbered_apart) and NUMBER.fullmatch(last.door):
        parsed.number = last.door
        parsed.units[-1] = Unit(last.kind, last.floor, "")
