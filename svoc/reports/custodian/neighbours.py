"""The nearest numbers of a street, and the nearest units of a building, to one that the gazetteer lacks."""

import re
from bisect import bisect_left
from collections import defaultdict

from gazetteer import Gazetteer
from svoc.reports.custodian.standing import Standing

__all__ = ["Neighbours"]

LIVE = (1, 6)

Key = tuple[tuple[int, str], ...]


class Neighbours:
    """Finds what stands before and after a place, as "UPRN text"; None where nothing does."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        self._streets: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
        self._units: dict[int, list[tuple[Key, int]]] = defaultdict(list)
        gazetteer: Gazetteer = standing.gazetteer
        rows = standing.properties.filter(standing.properties["status"].is_in(LIVE))
        unit_of = {}
        for uprn, unit, number, street, postcode in rows.select(
            "uprn", "unit", "number", "street", "postcode"
        ).iter_rows():
            unit_of[uprn] = unit
            if unit == "" and street and (low := _low(number)) is not None:
                self._streets[street].append((low, postcode or "", uprn))
        for whole, part in gazetteer.parts.select("uprn", "part").iter_rows():
            if part in unit_of:
                self._units[whole].append((_natural(unit_of[part]), part))
        for several in self._streets.values():
            several.sort()
        for units in self._units.values():
            units.sort()

    def in_street(self, street: str, number: str, postcode: str) -> tuple[str | None, str | None]:
        """Give the nearest numbers; of streets of one name, those of the postcode's district are meant if there are."""
        low, every = _low(number), self._streets.get(street, [])
        near = [one for one in every if postcode and one[1].partition(" ")[0] == postcode.partition(" ")[0]] or every
        if low is None:
            return None, None
        at = bisect_left(near, (low,))
        after = next((one for one in near[at:] if one[0] > low), None)
        return self._told(near[at - 1][2] if at else None), self._told(after[2] if after else None)

    def in_building(self, uprn: int, unit: str) -> tuple[str | None, str | None]:
        """Give the nearest units of a building, by their natural order."""
        units = self._units.get(uprn, [])
        at = bisect_left(units, (_natural(unit),))
        before, after = (units[at - 1][1] if at else None), (units[at][1] if at < len(units) else None)
        return self._told(before), self._told(after)

    def _told(self, uprn: int | None) -> str | None:
        return None if uprn is None else self.standing.shown([uprn])


def _low(number: str) -> int | None:
    found = re.match(r"\d+", number)
    return int(found[0]) if found else None


def _natural(unit: str) -> Key:
    """Order units as people do: FLAT 9 before FLAT 10, 10A after 10."""
    return tuple(
        (int(digits or 0), letters) for digits, letters in re.findall(r"(\d*)(\D*)", unit) if digits or letters
    )
