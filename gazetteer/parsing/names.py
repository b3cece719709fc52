"""Reads a line that is not the street: a building's or an organisation's name, and a unit's number beside it.

In flows one line at a time; the names, and a unit or a house's number where the line has one, flow into the `Parsed`.
The street must be there before, as some systems write it after the building's name as well.
"""

import re
from collections.abc import Sequence

from gazetteer.parsing.forms import BOAT, LONE_UNIT, NUMBER, Line
from gazetteer.parsing.parsed import Parsed
from gazetteer.tidy import company
from gazetteer.units import Unit

_BLOCK = re.compile(r"BLOCK (?:[A-Z]|\d{1,2}) (?=[A-Z]{2})")


def read_name(parsed: Parsed, line: Line) -> None:
    """Reads a line that is not the street: a building's name, with or without the number of a part of it."""
    if not line:
        return
    bare = not parsed.units
    if len(line) == 1 and LONE_UNIT.fullmatch(line[0]) and bare:
        parsed.units.append(Unit("", "", line[0].lstrip("0") or "0"))
    elif len(line) > 1 and bare and LONE_UNIT.fullmatch(line[0]) and line[1] != "AND" and _has_words(line[1:]):
        parsed.units.append(Unit("", "", line[0].lstrip("0") or "0"))
        _keep_name(parsed, line[1:])
    elif len(line) > 1 and bare and line[-1][0].isdigit() and NUMBER.fullmatch(line[-1]):
        parsed.units.append(Unit("", "", line[-1]))
        _keep_name(parsed, line[:-1])
    elif len(line) > 1 and not parsed.number and NUMBER.fullmatch(line[-1]):
        # As in ZEBRA HOUSE 25 FLAT 45: the flat is told, so the other number is the house's.
        parsed.number = line[-1]
        _keep_name(parsed, line[:-1])
    else:
        _keep_name(parsed, BOAT.sub("", " ".join(line)).split())


def _has_words(line: Line) -> bool:
    return any(len(word) > 1 and word.isalpha() for word in line)


def _keep_name(parsed: Parsed, line: Sequence[str]) -> None:
    """Keeps a name, without the street that some systems write after it as well."""
    name = company(" ".join(line))
    if len(name) == 1 and name.isalpha() and any(unit.paired for unit in parsed.units):
        # As in A 1.4, TRINITY HALL.
        name = f"BLOCK {name}"
    elif parsed.units and (found := _BLOCK.match(name)):
        parsed.names.append(found[0].strip())
        name = name[found.end() :]
    parsed.names.append(name.removesuffix(f" {parsed.street}") if parsed.street else name)
