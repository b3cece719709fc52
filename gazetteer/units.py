"""Finds the flat, floor, room or pitch within an address, wherever it stands and however it is written."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from gazetteer.wordlists import alternation, mapping, rows, words

_KINDS = mapping("unit_words", "word", "kind")
_FLOORS = mapping("floor_words", "written", "floor")
_CODES = mapping("floor_codes", "written", "floor")
# A strong word makes a unit anywhere, a weak one at the start of a line, a "numbered" one there and with a number only
# (THE LODGE is a house), a "whole" one by itself and never with the number that follows.
_BY_STRENGTH = {
    strength: {row["word"] for row in rows("unit_words") if row["strength"] == strength}
    for strength in ("strong", "weak", "numbered", "whole")
}
_POSITIONS = {
    "LEFT": "L",
    "RIGHT": "R",
    "FRONT": "F",
    "REAR": "B",
    "BACK": "B",
    "MIDDLE": "M",
    "CENTRE": "M",
    "L": "L",
    "R": "R",
    "F": "F",
    "B": "B",
    "M": "M",
}
_COUNTED = ("ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE", "TEN", "ELEVEN", "TWELVE")
_NUMBER_WORDS = {word: str(number) for number, word in enumerate(_COUNTED, start=1)}
_FLOOR_NAMES = {
    "B": "BASEMENT",
    "0": "GROUND FLOOR",
    "1": "FIRST FLOOR",
    "2": "SECOND FLOOR",
    "3": "THIRD FLOOR",
    "4": "FOURTH FLOOR",
    "5": "FIFTH FLOOR",
    "6": "SIXTH FLOOR",
    "7": "SEVENTH FLOOR",
    "8": "EIGHTH FLOOR",
    "9": "NINTH FLOOR",
    "10": "TENTH FLOOR",
    "T": "TOP FLOOR",
}
# Flats, shops and pitches may be called by one another's words; a room is never a flat, nor a garage a house.
_APART = frozenset({"ROOM", "GARAGE", "PARKING", "ANNEXE", "BERTH"})


@dataclass(frozen=True, slots=True)
class Unit:
    """One part of a building: its kind (FLAT, UNIT, ROOM, PITCH, ..., or "" where no word said), floor and door.

    Floors are B, 0, 1, 2, ... or T (top), or two of them (1-2) for a part on both; a door is a number, a letter, or
    L, R, F, B, M for its side. `paired` tells that both came as a pair (2/1, 2F1): such a door counts from one on each
    floor, so it is no flat's number.

    >>> str(Unit("FLAT", "0", "")), str(Unit("FLAT", "2", "1")), Unit("FLAT", "", "3").code
    ('GROUND FLOOR FLAT', 'FLAT 2/1', '3')
    """

    kind: str
    floor: str
    door: str
    paired: bool = field(default=False, repr=False, compare=False)

    def __str__(self) -> str:
        if self.floor and not self.door:
            floors = " AND ".join(_FLOOR_NAMES.get(floor, floor) for floor in self.floor.split("-"))
            return f"{floors} {self.kind or 'FLAT'}"
        door = f"{self.floor}/{self.door}" if self.floor else self.door
        return f"{self.kind} {door}".strip()

    @property
    def code(self) -> str:
        """What two ways of writing the same part share: "3", "2/1", "0/" for the ground floor, "*" for "the flat"."""
        place = f"{self.floor}/{self.door}" if self.floor else self.door
        if self.kind in _APART and not (self.kind == "ROOM" and self.paired):
            return f"{self.kind}:{place}"
        return place or "*"


_STRONG_WORDS = alternation(_BY_STRENGTH["strong"])
_WEAK_WORDS = alternation(_BY_STRENGTH["weak"] | _BY_STRENGTH["numbered"])
_LONE_WORDS = alternation(_BY_STRENGTH["strong"] | _BY_STRENGTH["weak"])
_WHOLE_WORDS = alternation(_BY_STRENGTH["whole"])
_KIND = rf"(?P<kind>(?:\b(?:{_STRONG_WORDS})|(?:(?<=^)|(?<=, )|(?<=,))(?:{_WEAK_WORDS})))\b"
_FLOOR = rf"(?P<floor>{alternation(set(_FLOORS))})"
_POSITION = r"(?:LEFT|RIGHT|FRONT|REAR|BACK|MIDDLE|CENTRE|[LRFBM])(?! OF\b)(?![A-Z0-9])"
_SIDE = r"(?:LEFT|RIGHT|FRONT|REAR|BACK|MIDDLE|CENTRE)(?! OF\b)(?![A-Z0-9])"
_ID = rf"[A-Z]?\d+[A-Z]?(?:-[A-Z]?\d+[A-Z]?)?(?![A-Z0-9/])|[A-Z](?![A-Z0-9/])|(?:{'|'.join(_NUMBER_WORDS)})\b"
_ENDS = r"(?= *(?:,|$|\d))"
# Not the 5 of 5TH AVENUE.
_HOUSE_NUMBER = r"\d+(?!\d|ST\b|ND\b|RD\b|TH\b)"
_TAIL_ID = rf"(?:[A-Z]?\d+[A-Z]?|[A-Z])(?![A-Z0-9/])(?= *,| *$| +{_HOUSE_NUMBER})"
_BESIDE = r"ABOVE|OVER|ABV|AT|BELOW|BEHIND|BESIDE|ADJOINING|TO REAR OF|REAR OF|TO|OF|ABOVE SHOP AT"
_ANY_KIND = alternation(words("unit_words", "word"))
_HAS_FLOORS = alternation({word for word, kind in _KINDS.items() if kind in {"FLAT", "UNIT", "ROOM"}})

_STUDIO_FLAT = re.compile(
    r"\bSTUDIO (?=FLAT|APARTMENT)|\bSELF CONTAINED (?=FLAT|UNIT)|\bUPSTAIRS (?=FLAT)|^THE (?=FLAT)"
)
_ABOVE = re.compile(r"^(?=(?:ABOVE|OVER) (?:\d|NO\b))")
_FLOOR_SIDE = re.compile(r"\b([1-9]|G)F (LEFT|RIGHT)\b")
_LEADING_ZEROS = re.compile(r"^0+(?=\d)")
_LONE_THE = re.compile(r"(?:^|(?<=, ))THE(?=,|$)")
_FLAT_LETTER = re.compile(r"^FL (?=[A-Z],)")
_SLASH_FLOOR = re.compile(r"\b([GLBTF\d])/F(?:(?:/F|LAT)?\b(?!/)|(?=\d))|\bL/G(?:/F)?\b")
_TENEMENT = re.compile(
    rf"(?:\b(?P<kind>{_ANY_KIND}) +)?(?<![A-Z0-9/-])(?:"
    rf"(?P<f1>\d{{1,2}}|G|B|P|T)F(?:/|[ /]{{1,3}}(?=\d{{1,2}}(?:,| ) *\d|[LRM]\b))?(?P<d1>\d{{1,2}}|[LRM])"
    rf"|(?P<f2>\d{{1,2}}|G|B|T)/(?P<d2>\d{{1,2}}|[LRFBM])"
    rf"|(?P<f3>\d{{1,2}})-(?P<d3>\d{{1,2}})(?=,? *(?:{_HOUSE_NUMBER}|[A-Z]+ HOUSE)))(?![A-Z0-9/-])"
)
_WORD_FOLLOWS = re.compile(r" +[A-Z]{2}")
_NUMBER_FOLLOWS = re.compile(r",? *\d|[ ,]*$")
_CODE = re.compile(
    rf"(?:\b(?P<kind>{_ANY_KIND}) +)?\b(?P<code>{alternation(set(_CODES))})\b"
    rf"(?: (?P<door>{_POSITION}))?(?: (?P<kind2>{_ANY_KIND})\b(?! ?{_ID}))?"
)
_FLOOR_PHRASE = re.compile(
    rf"\b(?:THE +)?(?:(?<![A-Z] )(?P<kind>{_ANY_KIND})[ ,]+)?(?:(?P<before>{_SIDE}) +)?"
    rf"{_FLOOR} +(?:FLOOR|FLOR|FLR|FL)\b"
    rf"(?:[ ,]+(?P<side>{_SIDE}))?(?:[ ,]+(?P<kind2>{_ANY_KIND})\b)?"
    rf"(?: +(?P<door>{_SIDE}|{_TAIL_ID}))?"
)
# As in FIRST AND SECOND FLOOR FLAT.
_TWO_FLOORS = re.compile(
    rf"\b(?:THE +)?(?:(?P<kind>{_ANY_KIND})[ ,]+)?"
    rf"(?P<low>{alternation(set(_FLOORS))})(?: +(?:FLOORS?|FLR))?(?: +(?:AND|TO) +|[/-])"
    rf"(?P<high>{alternation(set(_FLOORS))}) +(?:FLOORS?|FLRS?|FL)\b(?: +(?P<kind2>{_ANY_KIND})\b(?! ?{_ID}))?"
)
_STOREY = re.compile(rf"\b(?:THE +)?(?P<door>UPPER|LOWER) +(?:FLOORS?|FLRS?)\b(?: +(?P<kind>{_HAS_FLOORS})\b)?")
# As in TOP LEFT, and in 1L, GR or FFL for a floor and a side.
_FLOOR_AND_SIDE = re.compile(
    rf"(?:^|(?<=, ))(?:THE +)?{_FLOOR} +(?P<side>{_SIDE})(?P<door>)(?: +(?P<kind>{_HAS_FLOORS})\b)?{_ENDS}"
)
_SIDE_CODE = re.compile(
    r"(?:\b(?P<kind>FLAT|FLT|APARTMENT|APT) +|(?:^|(?<=, )))"
    r"(?:(?P<storey>[1-9])(?=[LR](?:,| +\d|$))|(?P<code>[GT]|[FS](?=F))F?)(?P<door>[LR])(?= *,| +\d|$)"
)
_SIDE_FLOORS = {"G": "0", "F": "1", "S": "2", "T": "T"}
_HAND = re.compile(
    rf"(?<![A-Z0-9])((?:FLOOR|FLOR|FLR|FL|{alternation(set(_FLOORS))}),? +)"
    r"(?:(L/?H|LHS|LT)|(?:R/?H|RHS|RT))(?![A-Z0-9/])"
)
_LEFT_HAND = re.compile(r"\b(LEFT|RIGHT) HAND(?: SIDE)?\b")
_FLAT_SIDE = re.compile(
    rf"\b(?P<kind>{alternation({word for word, kind in _KINDS.items() if kind == 'FLAT'})}),? +"
    r"(?P<door>UPPER|LOWER|LEFT|RIGHT|FRONT|REAR|BACK|MIDDLE)(?= *,| +\d|$)"
)
_FLOOR_FLAT = re.compile(
    rf"\b(?:THE +)?{_FLOOR} +(?P<side>{_SIDE} +)?(?P<kind>{_HAS_FLOORS})\b(?: +(?P<door>{_SIDE}|{_TAIL_ID}))?"
)
_FLAT_FLOOR = re.compile(rf"\b(?P<kind>{_ANY_KIND})[ ]+{_FLOOR}\b(?P<side>)(?P<door>){_ENDS}")
_LONE_FLOOR = re.compile(
    r"(?:^|(?<=, ))(?P<kind>)(?P<floor>BASEMENT|BSMT|LOWER GROUND|GROUND|TOP)(?P<side>)(?P<door>)" + _ENDS
)
_ADJECTIVE = re.compile(
    rf"\b(?:THE +)?(?P<door>GRANNY|GARDEN|UPPER|LOWER|LEFT|RIGHT|FRONT|REAR|BACK|MIDDLE) +"
    rf"(?P<kind>{alternation({word for word, kind in _KINDS.items() if kind in {'FLAT', 'ANNEXE'}})})\b"
    rf"(?: +(?:{_BESIDE})\b)?"
)
_NUMBERED = re.compile(rf"{_KIND} *(?P<id>{_ID})(?P<on> (?=[A-Z]|\d+(?:ST|ND|RD|TH)\b))?")
_BARE = re.compile(
    rf"(?:^|(?<=, ))(?:THE +)?(?P<kind>{_LONE_WORDS})(?: +(?:{_BESIDE})\b(?: +THE\b)?| *(?=,|$|\d))"
    rf"|\b(?P<kind2>FLAT|MAISONETTE|APARTMENT|ANNEXE?) +(?:ABOVE|OVER|ABV|AT)\b"
    rf"|(?P<kind3>\bANNEXE?)\b"
)
_WHOLE = re.compile(rf"\b(?P<kind>{_WHOLE_WORDS})\b(?! \d+[A-Z]?(?:,|$))(?: +(?:{_BESIDE})\b(?: +THE\b)?)?")
# What shows that a unit is told elsewhere, so that 7/9 or 7-9 is not another.
_TOLD = re.compile(
    rf"{_KIND} *(?:{_ID})|\b(?:{alternation(set(_FLOORS))}) +(?:FLOOR|FLOR|FLR|FL|{_HAS_FLOORS})\b"
    rf"|\b(?:{alternation(set(_CODES))})\b|\b(?:{_WHOLE_WORDS})\b|^(?:\d{{1,4}}[A-Z]?|[A-Z]), [A-Z]"
)
_HINT = re.compile(
    rf"\b(?:{_ANY_KIND}|{alternation(set(_CODES))}|BASEMENT|FLOOR|FLR|FL|ABOVE|OVER|GROUND,|TOP,)(?![A-Z])"
    rf"|\d/|/\d|[A-Z]/|\d-\d|[\dGBPTFS]F ?[\dLRM]|(?:^|, )[1-9GT][LR]\b|\b(?:{alternation(set(_FLOORS))}) +{_SIDE}"
)


class _Taker:
    """Collects the units that the patterns cut out of one address."""

    __slots__ = ("runs_on", "units")

    def __init__(self) -> None:
        self.units: list[Unit] = []
        self.runs_on = False

    def add(self, kind: str | None, floor: str, door: str, *, paired: bool = False) -> str:
        self.units.append(Unit(_KINDS.get(kind or "", ""), floor, door, paired))
        return ", "

    def tenement(self, found: re.Match[str]) -> str:
        floor = found["f1"] or found["f2"] or found["f3"]
        door = found["d1"] or found["d2"] or found["d3"]
        rising = floor.isdigit() and door.isdigit() and 0 < int(floor) < int(door)
        if found["f3"] and found["kind"] != "FLAT" and rising and (found["kind"] or len(floor + door) > 2):
            return found[0]
        if rising and not (found["kind"] or found["f1"]) and _is_range(found):
            return f"{floor}-{door}"
        return self.add(found["kind"] or "FLAT", {"G": "0", "P": "0"}.get(floor, floor), door, paired=True)

    def code(self, found: re.Match[str]) -> str:
        door = _POSITIONS.get(found["door"] or "", "")
        return self.add(found["kind"] or found["kind2"] or "FLAT", _CODES[found["code"]], door)

    def floor(self, found: re.Match[str]) -> str:
        kind = found["kind"] or found.groupdict().get("kind2") or "FLAT"
        door = (found["door"] or found["side"] or found.groupdict().get("before") or "").strip()
        return self.add(kind, _FLOORS[found["floor"]], _POSITIONS.get(door, door))

    def floors(self, found: re.Match[str]) -> str:
        return self.add(
            found["kind"] or found["kind2"] or "FLAT", f"{_FLOORS[found['low']]}-{_FLOORS[found['high']]}", ""
        )

    def storey(self, found: re.Match[str]) -> str:
        return self.add(found["kind"] or "FLAT", "", found["door"])

    def side_code(self, found: re.Match[str]) -> str:
        return self.add("FLAT", found["storey"] or _SIDE_FLOORS[found["code"]], found["door"])

    def adjective(self, found: re.Match[str]) -> str:
        if found["door"] == "GRANNY" or _KINDS[found["kind"]] == "ANNEXE":
            return self.add("ANNEXE", "", "")
        return self.add(found["kind"], "", _POSITIONS.get(found["door"], found["door"]))

    def numbered(self, found: re.Match[str]) -> str:
        self.runs_on = bool(found["on"])
        return self.add(found["kind"], "", _NUMBER_WORDS.get(found["id"], _LEADING_ZEROS.sub("", found["id"])))

    def whole(self, found: re.Match[str]) -> str:
        return self.add(found["kind"], "", "")

    def bare(self, found: re.Match[str]) -> str:
        return self.add(found["kind"] or found["kind2"] or found["kind3"], "", "")


def _is_range(found: re.Match[str]) -> bool:
    """Tells whether a rising pair is a range of houses: a street follows it, or the unit is told elsewhere."""
    if found["f2"] and _WORD_FOLLOWS.match(found.string, found.end()):
        return True
    return bool(_TOLD.search(found.string)) and not _NUMBER_FOLLOWS.match(found.string, found.end())


def _slash_floor(found: re.Match[str]) -> str:
    if found.string[found.end() : found.end() + 1].isdigit():
        return f"{found[1]}F"
    return "LGF" if found[1] in (None, "L") else f"{found[1]}FF" if found[1] in "FT123" else f"{found[1]}F"


def take_units(text: str) -> tuple[list[Unit], str, bool]:
    """Cuts every unit out of a tidied address.

    Gives the units as they stand, what remains, and whether the last numbered one runs straight on into words (as in
    FLAT 14 KING STREET, where 14 may well be the house).

    >>> take_units("GFF, 14 KING ST")
    ([Unit(kind='FLAT', floor='0', door='')], '14 KING ST', False)
    """
    if not _HINT.search(text):
        return [], text, False
    taker = _Taker()
    text = _SLASH_FLOOR.sub(_slash_floor, _STUDIO_FLAT.sub("", text))
    text = _FLOOR_SIDE.sub(lambda found: f"{found[1]}F{found[2][0]}", text)
    text = _FLAT_LETTER.sub("FLAT ", _ABOVE.sub("FLAT ", text))
    text = _HAND.sub(lambda found: f"{found[1]}{'LEFT' if found[2] else 'RIGHT'}", _LEFT_HAND.sub(r"\1", text))
    for pattern, take in (
        (_SIDE_CODE, taker.side_code),
        (_TENEMENT, taker.tenement),
        (_TWO_FLOORS, taker.floors),
        (_FLOOR_PHRASE, taker.floor),
        (_FLOOR_AND_SIDE, taker.floor),
        (_STOREY, taker.storey),
        (_FLOOR_FLAT, taker.floor),
        (_FLAT_FLOOR, taker.floor),
        (_LONE_FLOOR, taker.floor),
        (_CODE, taker.code),
        (_WHOLE, taker.whole),
        (_ADJECTIVE, taker.adjective),
        (_FLAT_SIDE, taker.adjective),
        (_NUMBERED, taker.numbered),
        (_BARE, taker.bare),
    ):
        text = pattern.sub(take, text)
    return (
        _merged(taker.units),
        _EMPTY_LINES.sub(", ", _LONE_THE.sub("", _EMPTY_LINES.sub(", ", text).strip(" ,"))).strip(" ,"),
        taker.runs_on,
    )


_EMPTY_LINES = re.compile(r" *,[ ,]*")


def _merged(units: list[Unit]) -> list[Unit]:
    """Joins what was said of one unit in two places: FLAT 2 and FIRST FLOOR become FLAT 1/2."""
    units = list(dict.fromkeys(units))
    if len(units) == 2:
        floor = next((unit for unit in units if unit.floor and not unit.door), None)
        door = next((unit for unit in units if not unit.floor and unit.kind not in _APART), None)
        if floor and door:
            return [Unit(door.kind or floor.kind, floor.floor, door.door)]
    return [unit for unit in units if len(units) == 1 or unit.code != "*"] or units[:1]


def unit_code(units: list[Unit]) -> str:
    """Writes nested units as one code, the outer first: ROOM 5, FLAT 22 is "22+ROOM:5"."""
    if len(units) < 2:
        return units[0].code if units else ""
    return "+".join(sorted((unit.code for unit in units), key=lambda code: (code.split(":")[0] in _APART, code)))


@lru_cache(maxsize=50_000)
def unit_parts(code: str) -> tuple[str, str]:
    """Gives the floor and the door of a unit's code; nested units have neither of their own.

    >>> unit_parts("2/1"), unit_parts("0/"), unit_parts("3")
    (('2', '1'), ('0', ''), ('', '3'))
    """
    if "+" in code:
        return "", ""
    floor, slash, door = code.partition("/")
    return (floor, door) if slash else ("", "" if code == "*" else code)
