"""The annual canvass prepared: who on the register is borne out by other records, and which way each property goes.

Pure: what stands in the lane goes in, frames come out. It proposes; a registration officer decides.
"""

from svoc.canvass.lists import PURPOSE, Canvass, canvass
from svoc.canvass.schemas import DELETIONS, ELECTORS, NEW_RESIDENTS, PROPERTIES

__all__ = ["DELETIONS", "ELECTORS", "NEW_RESIDENTS", "PROPERTIES", "PURPOSE", "Canvass", "canvass"]
