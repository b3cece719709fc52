"""Takes towns, localities, counties and the home country off the end of an address.

In flow its lines, of which the last are shortened or taken away, and the gazetteer's lexicon; out flow the places that
the lexicon knows. Lines that are nothing but a place stay where else there would be nothing to find a property by.
"""

from gazetteer.lexicon import Lexicon
from gazetteer.parsing.forms import Line
from gazetteer.tidy import is_misspelt_street_type, is_street_type
from gazetteer.wordlists import words

COUNTIES = words("counties", "county") | words("home_countries", "country")


def take_places(lines: list[Line], lexicon: Lexicon) -> list[str]:
    """Takes towns, localities, counties and the home country off the end; gives the places, the widest last."""
    places: list[str] = []
    while lines:
        line = " ".join(lines[-1])
        known = line in lexicon.places
        if (known or line in COUNTIES) and _is_enough(lines[:-1], lexicon):
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
    if line[-1] not in COUNTIES and line[-1] not in lexicon.place_ends:
        return 0
    if any(" ".join(line[start:]) in lexicon.streets for start in range(len(line))):
        return 0
    for size in range(min(4, len(line) - 1), 0, -1):
        cut = len(line) - size
        place = " ".join(line[cut:])
        if (place in lexicon.places or place in COUNTIES) and _is_whole(line[:cut], lexicon):
            return cut
    return 0


def _is_whole(line: Line, lexicon: Lexicon) -> bool:
    """Tells whether a line ends where a name ends: a kind of street, a known street or building, or another place."""
    if is_street_type(line[-1]) or is_misspelt_street_type(line[-1]):
        return True
    endings = [" ".join(line[start:]) for start in range(max(0, len(line) - 6), len(line))]
    known = (lexicon.streets, lexicon.buildings, lexicon.places, COUNTIES)
    return any(ending in names for ending in endings for names in known)
