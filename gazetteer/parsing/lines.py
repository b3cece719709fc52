"""Reads the lines of an address around its street: what stands before it names the building, what follows the place.

In flow the lines that taking off places left, and a `Parsed` with its units and places; into that flow the street, the
house's number, names, further places, and a unit that stands alone.
"""

from gazetteer.lexicon import Lexicon
from gazetteer.parsing.forms import BUILDING_ENDS, LONE_UNIT, NUMBER, PAIRED_UNIT, Line
from gazetteer.parsing.mending import name_street, pair_for_house, part_glued_letter
from gazetteer.parsing.names import read_name
from gazetteer.parsing.parsed import Parsed
from gazetteer.parsing.places import COUNTIES
from gazetteer.parsing.streets import find_street
from gazetteer.units import Unit


def read_lines(parsed: Parsed, lines: list[Line], lexicon: Lexicon) -> None:
    """Finds the street among the lines and reads the others by where they stand."""
    street, parsed.known_street = find_street(lines, lexicon)
    if street is None:
        for line in lines:
            read_name(parsed, line)
        return
    at, start, end = street
    written = " ".join(lines[at][start:end])
    if not parsed.known_street and written in lexicon.places:
        _read_place_for_street(parsed, lines, at, start)
        return
    parsed.street = written
    before, head = lines[:at], list(lines[at][:start])
    after = [" ".join(lines[at][end:]), *(" ".join(line) for line in lines[at + 1 :])]
    name_street(parsed, after, lexicon)
    _read_after(parsed, after, lexicon, leads=not before and not head)
    _read_number(parsed, before, head, after, lexicon)
    for line in (*before, tuple(head)):
        if not (parsed.number and _is_person(line, lexicon)):
            read_name(parsed, line)
    pair_for_house(parsed)


def _read_after(parsed: Parsed, after: list[str], lexicon: Lexicon, *, leads: bool) -> None:
    """Reads what follows the street, which `leads` where nothing stands before it."""
    if not parsed.units:
        parsed.units.extend(Unit("", "", text) for text in after if LONE_UNIT.fullmatch(text))
    lone = [text for text in after if NUMBER.fullmatch(text)]
    told = bool(parsed.units and parsed.units[0].kind)
    if told and parsed.known_street and leads and len(lone) == 1:
        # As in KING STREET 14, FLAT 3.
        parsed.number = lone[0]
    parsed.names += [text for text in after if text in lexicon.buildings and text not in lexicon.places]
    parsed.places[:0] = [
        text
        for text in after
        if text and text not in COUNTIES and text not in parsed.names and not LONE_UNIT.fullmatch(text)
    ]


def _read_number(parsed: Parsed, before: list[Line], head: list[str], after: list[str], lexicon: Lexicon) -> None:
    """Takes the house's number off the words before the street, or off the line before it where that is all it has."""
    if head and NUMBER.fullmatch(head[-1]):
        parsed.number = head.pop()
        if not parsed.units:
            # As in 31 KING STREET, (3-2): the house has its number, so the pair is the floor and the door.
            parsed.units.extend(Unit("", "", text) for text in after if PAIRED_UNIT.fullmatch(text))
            parsed.places[:] = [place for place in parsed.places if not PAIRED_UNIT.fullmatch(place)]
        part_glued_letter(parsed, lexicon)
    if not parsed.number and not head and before and len(before[-1]) == 1 and NUMBER.fullmatch(before[-1][0]):
        parsed.number = before.pop()[0]


def _read_place_for_street(parsed: Parsed, lines: list[Line], at: int, start: int) -> None:
    """Reads 7 ORCHARD ESTATE: the estate or village stands where the street should, and tells nothing of it."""
    parsed.places.insert(0, " ".join(lines[at][start:]))
    head = list(lines[at][:start])
    if head and NUMBER.fullmatch(head[-1]):
        parsed.number = head.pop()
    for line in (*lines[:at], tuple(head), *lines[at + 1 :]):
        read_name(parsed, line)


def _is_person(line: Line, lexicon: Lexicon) -> bool:
    """Tells whether a line before a house's number is an initial and a surname, as in J SMITH."""
    initial, name = line[:1], " ".join(line[1:])
    alone = len(line) == 2 and len(line[0]) == 1 and line[0].isalpha() and initial != ("Y",) and name.isalpha()
    return alone and f" {name}" not in BUILDING_ENDS and name not in lexicon.buildings
