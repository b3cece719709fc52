"""The kinds of hard case: each writes addresses of an invented town, and says which answer is wanted."""

from benchmarks.hard_cases.kinds import absent, names, numbers, sites, units, writing
from benchmarks.hard_cases.kinds.base import KINDS, Kind, rows

__all__ = ["KINDS", "Kind", "absent", "names", "numbers", "rows", "sites", "units", "writing"]
