"""Did it arrive? What systems were told, held against the extracts that they send."""

from svoc.reconciling.arrivals import Reading, Told, Version, arrivals
from svoc.reconciling.by_service import BY_SERVICE, by_service, waiting
from svoc.reconciling.gathering import arrivals_of, arrived_with
from svoc.reconciling.verdicts import verdict

__all__ = [
    "BY_SERVICE",
    "Reading",
    "Told",
    "Version",
    "arrivals",
    "arrivals_of",
    "arrived_with",
    "by_service",
    "verdict",
    "waiting",
]
