"""Takes a written address apart by British habits and by the words that the gazetteer itself knows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gazetteer.address import Address
from gazetteer.lexicon import EMPTY, Lexicon
from gazetteer.overseas import country_of
from gazetteer.relations import take_relation
from gazetteer.shorthand import mended, spelt_out
from gazetteer.tidy import PARTS, company, is_street_type, postcode_of, street_core, take_postcode, tidy, whole_words
from gazetteer.units import Unit, take_units, unit_code
from gazetteer.wordlists import mapping, words

_COUNTIES = words("counties", "county") | words("home_countries", "country")
_NO_PLACE = mapping("no_place", "phrase", "rung")
_NO_FIXED_PLACE = re.compile(r"^(?:OF )?(?:NFA|N F A)\b|\b(?:NO FIXED (?:ABODE|ADDRESS)|DECLARATION OF LOCAL)\b")
_PO_BOX = re.compile(r"\b(?:P ?O|POST OFFICE) ?BOX\b|^BOX \d+(?:,|$)")
_FORCES = re.compile(r"\bB ?F ?P ?O\b")
_TO_UNIT = r"\b(?:FLAT|FLT|APARTMENT|APT|MAISONETTE|UNIT|ROOM|BASEMENT|GROUND FLOOR|FIRST FLOOR|TOP FLOOR)\b"
_RECIPIENT = re.compile(
    rf"(?:^|(?<=, ))(?:(?:C/O|CARE OF|FAO|ATTN)\b[^,\d]*?(?=,|\d|$|{_TO_UNIT})"
    rf"|(?:MR|MRS|MISS|MS|MX|PROF|REV)\b[^,\d]*?(?=,|\d|{_TO_UNIT}))(?:, )?"
)
# As in TM1 1A, where the last letter was lost.
_CUT_POSTCODE = re.compile(r"(?<=[A-Z]{3})[ ,]+[A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]?$")
NUMBER = re.compile(r"(\d{1,5})(HALF|[A-Z])?(?:-(\d{1,5})([A-Z])?)?")
# Y is an article in Welsh: Y BWTHYN is a cottage.
_LONE_UNIT = re.compile(r"\d{1,4}[A-Z]?|(?!Y$)[A-Z](?:\d{1,3}[A-Z]?)?")
_BLOCK = re.compile(r"BLOCK (?:[A-Z]|\d{1,2}) (?=[A-Z]{2})")
_GLUED_ORDINAL = re.compile(r"(\d{1,5})(ST|ND|RD|TH|HALF)")
_PAIRED_UNIT = re.compile(r"\d{1,2}-\d{1,2}")
_COMPASS = {"N": "NORTH", "E": "EAST", "S": "SOUTH", "W": "WEST"}
_BUILDING_ENDS = (" COURT", " HOUSE", " LODGE", " MEWS", " PARK", " WHARF", " BUILDINGS", " ESTATE", " MANSIONS")
# What a boat is says no more of which one it is than HOUSE does of a house.
BOAT = re.compile(r"^(?:HOUSE ?BOAT|NARROW ?BOAT|CANAL BOAT|BOAT|BARGE|N/?B|M/?V) (?=(?:THE )?[A-Z]{2})")
# What is let, lived in or kept beside a house, and is another property than the house that it is named after.
_PART = re.compile(rf"(?:THE )?((?:[A-Z]+ )*(?:{'|'.join(sorted(PARTS))}))")
_WORTHLESS = re.compile(r"(?:SEE NOTES|ADDRESS WITHHELD|PRIVATE ADDRESS)\b|[X0\-/ ,]*$")

# Numbers of the same parity that lie no further apart are a range.
_RANGE = 8
Line = tuple[str, ...]


@dataclass(slots=True)
class Parsed:
    """What one text was found to say; the parts are as in Address, but still many-valued, and with codes for matching.

    `names` are building, organisation and unexplained lines before the street, `places` those after it; `trouble` names
    the rung of an address that cannot be placed at all (junk, overseas, ...), and `country` the country then.
    """

    units: list[Unit]
    names: list[str]
    number: str
    street: str
    places: list[str]
    postcode: str | None
    relation: str = ""
    known_street: bool = False
    trouble: str = ""
    country: str | None = None

    @property
    def part(self) -> str:
        """A barn, cottage or the like that stands first among several names, and is no unit that a word tells."""
        found = _PART.fullmatch(self.names[0]) if len(self.names) > 1 and not self.units else None
        return found[1] if found else ""

    @property
    def pair(self) -> tuple[str, str]:
        """Both numbers of 3/14 or 14/3, which is a flat and its house, unless it may as well be a range."""
        low, dash, high = self.number.partition("-")
        if not dash or self.unit not in ("", "*") or not (low + high).isdigit():
            return "", ""
        apart = int(high) - int(low)
        return ("", "") if 0 < apart <= _RANGE and apart % 2 == 0 else (low, high)

    @property
    def unit(self) -> str:
        """The code under which the index holds the units."""
        return unit_code(self.units)

    def address(self) -> Address:
        """Gives the parts as an Address, for people."""
        return Address(
            unit=", ".join(map(str, self.units)),
            building=", ".join(self.names),
            number=self.number,
            street=self.street,
            locality=self.places[-2] if len(self.places) > 1 else "",
            town=self.places[-1] if self.places else "",
            postcode=self.postcode or "",
            relation=self.relation,
        )


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
    trouble = _trouble(tidied, rest, postcode)
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
    lines = [_glued_ordinal(line, lexicon) for line in _lines(rest)]
    places = _take_places(lines, lexicon)
    parsed = Parsed(units, [], "", "", places, postcode, relation)
    _read_lines(parsed, lines, lexicon)
    if runs_on and not parsed.number and not relation:
        _house_after_flat(parsed, lexicon)
    if relation and parsed.street and not (parsed.number or parsed.names):
        parsed.names.append(relation)
    if not (parsed.units or parsed.names or parsed.number or parsed.street):
        parsed.trouble = "postcode_only" if postcode and not places else "place_only" if places else "junk"
    return parsed


def _trouble(tidied: str, rest: str, postcode: str | None) -> str:
    """Names what makes an address unplaceable from the start, wherever it lies."""
    trouble = _NO_PLACE.get(rest, "")
    if not rest:
        trouble = "postcode_only" if postcode else "empty" if not tidied else "junk"
    elif _NO_FIXED_PLACE.search(rest) or _NO_PLACE.get(rest.partition(", ")[0]) == "no_fixed_abode":
        trouble = "no_fixed_abode"
    elif _PO_BOX.search(rest):
        trouble = "po_box"
    elif _FORCES.search(rest):
        trouble = "forces"
    elif _WORTHLESS.match(rest):
        trouble = "junk"
    return trouble


def _lines(text: str) -> list[Line]:
    return list(dict.fromkeys(whole_words(line) for line in text.split(", ") if line))


def _glued_ordinal(line: Line, lexicon: Lexicon) -> Line:
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


def _take_places(lines: list[Line], lexicon: Lexicon) -> list[str]:
    """Takes towns, localities, counties and the home country off the end; gives the places, the widest last."""
    places: list[str] = []
    while lines:
        line = " ".join(lines[-1])
        known = line in lexicon.places
        if (known or line in _COUNTIES) and _is_enough(lines[:-1], lexicon):
            lines.pop()
            if known:
                places.insert(0, line)
            continue
        cut = _place_at_end(lines[-1], lexicon)
        if not cut:
            break
        place = " ".join(lines[-1][cut:])
        lines[-1] = lines[-1][:cut]
        if place in lexicon.places:
            places.insert(0, place)
    return places


def _is_enough(lines: list[Line], lexicon: Lexicon) -> bool:
    """Tells whether something other than numbers remains; else the "place" is itself the street or the building."""
    return any(len(word) > 1 and not word[0].isdigit() for line in lines for word in line) or not lines


def _place_at_end(line: Line, lexicon: Lexicon) -> int:
    """Finds where a place begins at the end of a line that holds a street or building before it; 0 where none does."""
    if line[-1] not in _COUNTIES and line[-1] not in lexicon.place_ends:
        return 0
    if any(" ".join(line[start:]) in lexicon.streets for start in range(len(line))):
        return 0
    for size in range(min(4, len(line) - 1), 0, -1):
        cut = len(line) - size
        place = " ".join(line[cut:])
        if (place in lexicon.places or place in _COUNTIES) and _is_whole(line[:cut], lexicon):
            return cut
    return 0


def _is_whole(line: Line, lexicon: Lexicon) -> bool:
    """Tells whether a line ends where a name ends: a kind of street, a known street or building, or another place."""
    if is_street_type(line[-1]):
        return True
    endings = [" ".join(line[start:]) for start in range(max(0, len(line) - 6), len(line))]
    known = (lexicon.streets, lexicon.buildings, lexicon.places, _COUNTIES)
    return any(ending in names for ending in endings for names in known)


def _read_lines(parsed: Parsed, lines: list[Line], lexicon: Lexicon) -> None:
    """Finds the street among the lines; what stands before it names the building, what follows the place."""
    found = _known_street(lines, lexicon) if lexicon.streets else None
    parsed.known_street = found is not None
    found = found or _likely_street(lines, lexicon)
    if found and not parsed.known_street and " ".join(lines[found[0]][found[1] : found[2]]) in lexicon.places:
        _read_place_for_street(parsed, lines, found[0], found[1])
        return
    if found is None:
        for line in lines:
            _read_name(parsed, line)
        return
    at, start, end = found
    parsed.street = " ".join(lines[at][start:end])
    after = [" ".join(lines[at][end:]), *(" ".join(line) for line in lines[at + 1 :])]
    _name_street(parsed, after, lexicon)
    if not parsed.units:
        parsed.units.extend(Unit("", "", text) for text in after if _LONE_UNIT.fullmatch(text))
    head = list(lines[at][:start])
    lone = [text for text in after if NUMBER.fullmatch(text)]
    told = bool(parsed.units and parsed.units[0].kind)
    if told and parsed.known_street and not at and not head and len(lone) == 1:
        # As in KING STREET 14, FLAT 3.
        parsed.number = lone[0]
    parsed.names += [text for text in after if text in lexicon.buildings and text not in lexicon.places]
    parsed.places[:0] = [
        text
        for text in after
        if text and text not in _COUNTIES and text not in parsed.names and not _LONE_UNIT.fullmatch(text)
    ]
    if head and NUMBER.fullmatch(head[-1]):
        parsed.number = head.pop()
        if not parsed.units:
            # As in 31 KING STREET, (3-2): the house has its number, so the pair is the floor and the door.
            parsed.units.extend(Unit("", "", text) for text in after if _PAIRED_UNIT.fullmatch(text))
            parsed.places[:] = [place for place in parsed.places if not _PAIRED_UNIT.fullmatch(place)]
        _part_glued_letter(parsed, lexicon)
    before = lines[:at]
    if not parsed.number and not head and before and len(before[-1]) == 1 and NUMBER.fullmatch(before[-1][0]):
        parsed.number = before.pop()[0]
    for line in (*before, tuple(head)):
        if not (parsed.number and _is_person(line, lexicon)):
            _read_name(parsed, line)
    _pair_for_house(parsed)


def _is_person(line: Line, lexicon: Lexicon) -> bool:
    """Tells whether a line before a house's number is an initial and a surname, as in J SMITH."""
    initial, name = line[:1], " ".join(line[1:])
    alone = len(line) == 2 and len(line[0]) == 1 and line[0].isalpha() and initial != ("Y",) and name.isalpha()
    return alone and f" {name}" not in _BUILDING_ENDS and name not in lexicon.buildings


def _pair_for_house(parsed: Parsed) -> None:
    """Reads 14/3 KING STREET as a pair of house and flat, either of which may stand first, where no house is told."""
    pair = parsed.units[0] if len(parsed.units) == 1 else None
    digits = pair and pair.paired and (pair.floor + pair.door).isdigit() and max(int(pair.floor), int(pair.door)) > 9
    if pair and digits and parsed.known_street and not (parsed.number or parsed.names):
        parsed.number = f"{pair.floor}-{pair.door}"
        parsed.units.clear()


def _name_street(parsed: Parsed, after: list[str], lexicon: Lexicon) -> None:
    """Gives a street the name that the gazetteer has: NORTH STREET EAST for its E, THE GREEN for GREEN."""
    whole = f"{parsed.street} {_COMPASS.get(after[0])}"
    if whole in lexicon.streets:
        parsed.street, after[0] = whole, ""
    short = parsed.street.removeprefix("THE ")
    if not parsed.known_street:
        for name in (short, f"THE {short}"):
            if name in lexicon.streets:
                parsed.street, parsed.known_street = name, True


def _part_glued_letter(parsed: Parsed, lexicon: Lexicon) -> None:
    """Reads 2AMILL LANE as 2A where there is a MILL LANE, which is another house than number 2."""
    letter, street = parsed.street[:1], parsed.street[1:]
    if not parsed.known_street and parsed.number.isdigit() and letter.isalpha() and street in lexicon.streets:
        parsed.number, parsed.street, parsed.known_street = parsed.number + letter, street, True


def _read_place_for_street(parsed: Parsed, lines: list[Line], at: int, start: int) -> None:
    """Reads 7 ORCHARD ESTATE: the estate or village stands where the street should, and tells nothing of it."""
    parsed.places.insert(0, " ".join(lines[at][start:]))
    head = list(lines[at][:start])
    if head and NUMBER.fullmatch(head[-1]):
        parsed.number = head.pop()
    for line in (*lines[:at], tuple(head), *lines[at + 1 :]):
        _read_name(parsed, line)


def _known_street(lines: list[Line], lexicon: Lexicon) -> tuple[int, int, int] | None:
    """Finds the gazetteer's own street: after a number rather than not, then the longest, then the last."""
    best: tuple[tuple[int, int, int], tuple[int, int, int]] | None = None
    for at, line in enumerate(lines):
        for start, word in enumerate(line):
            if word not in lexicon.openings:
                continue
            for end in range(min(len(line), start + lexicon.longest), start, -1):
                if " ".join(line[start:end]) in lexicon.streets:
                    numbered = _numbered(lines, at, start)
                    if start and not numbered and not _stands_alone(line, start, end):
                        continue
                    rank = (numbered, end - start, at)
                    if best is None or rank > best[0]:
                        best = rank, (at, start, end)
                    break
    return best[1] if best else None


def _numbered(lines: list[Line], at: int, start: int) -> int:
    before = lines[at][start - 1] if start else (lines[at - 1][-1] if at and len(lines[at - 1]) == 1 else "")
    return 1 if before and NUMBER.fullmatch(before) else 0


def _stands_alone(line: Line, start: int, end: int) -> bool:
    """A known street in the middle of a line counts only where a building's name seems to end before it."""
    return end == len(line) and end - start > 1


def _likely_street(lines: list[Line], lexicon: Lexicon) -> tuple[int, int, int] | None:
    """Guesses the street by its form: a number and words, or words that end in a kind of street."""
    numbered: list[tuple[bool, int, tuple[int, int, int]]] = []
    typed: list[tuple[int, int, int]] = []
    for at, line in enumerate(lines):
        if " ".join(line) in lexicon.buildings:
            continue
        end = _type_end(line)
        number = max((i for i, word in enumerate(line[:-1]) if NUMBER.fullmatch(word)), default=-1)
        if number >= 0 and not _begins_name(line, number, lexicon):
            stop = end if end > number + 1 else len(line)
            numbered.append((end > number + 1, at, (at, number + 1, stop)))
        elif end and number < 0:
            start = 0 if end == len(line) or end < 3 else end - 2
            if not (start and " ".join(line[:end]) in lexicon.buildings):
                typed.append((at, start, end))
    if numbered:
        best = max(numbered)
        later = [span for span in typed if span[0] > best[1]]
        if later and best[0] and " ".join(lines[best[1]][best[2][1] : best[2][2]]) in lexicon.buildings:
            return later[-1]
        return best[2]
    return typed[-1] if typed else None


def _begins_name(line: Line, number: int, lexicon: Lexicon) -> bool:
    return " ".join(line[number + 1 :]) in lexicon.buildings


def _type_end(line: Line) -> int:
    """The position after the last kind of street in a line, or 0; a Welsh kind in front makes it the line's end."""
    name = line[1:] if NUMBER.fullmatch(line[0]) else line
    if len(name) > 1 and street_core(" ".join(name))[0] == " ".join(name[1:]):
        return len(line)
    return max((place + 1 for place, word in enumerate(line) if place and is_street_type(word)), default=0)


def _read_name(parsed: Parsed, line: Line) -> None:
    """Reads a line that is not the street: a building's name, with or without the number of a part of it."""
    if not line:
        return
    bare = not parsed.units
    if len(line) == 1 and _LONE_UNIT.fullmatch(line[0]) and bare:
        parsed.units.append(Unit("", "", line[0].lstrip("0") or "0"))
    elif len(line) > 1 and bare and _LONE_UNIT.fullmatch(line[0]) and line[1] != "AND" and _has_words(line[1:]):
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


def _house_after_flat(parsed: Parsed, lexicon: Lexicon) -> None:
    """Reads FLAT 14 KING STREET as the flat at number 14, unless what follows is a building's name."""
    last = parsed.units[-1]
    a_building = parsed.street in lexicon.buildings or (
        not parsed.known_street and parsed.street.endswith(_BUILDING_ENDS)
    )
    numbered_apart = last.kind in ("PLOT", "PITCH", "BERTH")
    if parsed.street and not (parsed.names or a_building or numbered_apart) and NUMBER.fullmatch(last.door):
        parsed.number = last.door
        parsed.units[-1] = Unit(last.kind, last.floor, "")
