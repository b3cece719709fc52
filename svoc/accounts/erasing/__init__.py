"""Takes records out of the store for good: out of every run, change, case, link, notice, event, decision and reason.

What stays is what others are: a person who had held an erased record stands, in the runs in which it did, without what
that record said; an identifier that nobody is left behind is a tombstone in every run since it was given, so that no
run that is shown or gone back to holds the person again.
"""

from svoc.accounts.erasing.erased import Erased
from svoc.accounts.erasing.rows import erase_rows

__all__ = ["Erased", "erase_rows"]
