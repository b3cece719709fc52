"""What an operator sees of the nights: log lines, the metrics file, what each night was made of."""

from svoc.operating.manifest import manifest_of
from svoc.operating.record import NightRecord, recorded
from svoc.operating.runs import one_run, runs_of

__all__ = ["NightRecord", "manifest_of", "one_run", "recorded", "runs_of"]
