"""All lists of the canvass at once."""

from dataclasses import dataclass

import polars as pl

from svoc.canvass.electors import electors_of
from svoc.canvass.material import Material
from svoc.canvass.properties import properties_of
from svoc.canvass.residents import deletions_of, new_residents_of

__all__ = ["PURPOSE", "Canvass", "canvass"]

PURPOSE = "canvass-match"
"""What the lists are read for, and nothing else."""


@dataclass(frozen=True, slots=True)
class Canvass:
    """The lists: frames of `ELECTORS`, `PROPERTIES`, `NEW_RESIDENTS` and `DELETIONS`."""

    electors: pl.DataFrame
    properties: pl.DataFrame
    new_residents: pl.DataFrame
    deletions: pl.DataFrame

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """Give the lists by name."""
        return {name: getattr(self, name) for name in ("electors", "properties", "new_residents", "deletions")}

    def figures(self) -> dict[str, int]:
        """Count the electors, those matched, and the properties on each route."""
        routes = {f"route_{n}": self.properties.filter(pl.col("route") == n).height for n in (1, 2, 3)}
        counts = {name: frame.height for name, frame in self.frames.items()}
        return {**counts, "matched": int(self.electors["matched"].sum()), **routes}


def canvass(material: Material, *, vouching: bool = False) -> Canvass:
    """Prepare the canvass of what stands in the lane.

    `vouching`: whether an elector whom no other system names is matched by an elector of the same surname at the
    property who is (`svoc.canvass.electors.LEVELS`).
    """
    electors = electors_of(material, vouching=vouching)
    new = new_residents_of(material)
    return Canvass(electors, properties_of(material, electors, new), new, deletions_of(material, electors))
