"""The command line: every verb says what it does, shows an example, and ends with an exit code that a scheduler knows.

0 done; 1 unexpected; 2 wrong usage, settings, a column or path that is not there; 3 the input has faults; 4 a guard
refused the plan; 5 busy, the database away or out of room. Whatever it ends with, it says so in a sentence.
"""

from svoc.cli.start import app, main

__all__ = ["app", "main"]
