"""Did it arrive? What systems were told, held against the extracts that they send."""

from svoc.reconciling.arrivals import Reading, Told, Version, arrivals
from svoc.reconciling.by_service import by_service
from svoc.reconciling.gathering import arrivals_of
from svoc.reconciling.verdicts import verdict

__all__ = ["Reading", "Told", "Version", "arrivals", "arrivals_of", "by_service", "verdict"]
