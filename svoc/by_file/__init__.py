"""Work on files alone, no council needed: give addresses their UPRN, find which records are the same.

What it finds out by itself: CSV, TSV or Parquet, an electoral system's list of properties, and the columns that it
needs by their well-known headings. What it used and what it did without is told among the counts.
"""

from svoc.by_file.linking import link_files
from svoc.by_file.placing import place_file
from svoc.by_file.refitting import refit_file

__all__ = ["link_files", "place_file", "refit_file"]
