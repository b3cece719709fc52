"""Write the lists of the canvass: a CSV each for the supplier's import, and one page for the officer."""

from pathlib import Path

from svoc.canvass import PURPOSE, Canvass
from svoc.reports.beside import write_beside
from svoc.reports.custodian.lists import ListKind
from svoc.reports.custodian.page import SHOWN, shown
from svoc.reports.night_report import environment

__all__ = ["LISTS", "write_canvass"]

LISTS = (
    ListKind(
        "properties",
        "Properties and their routes",
        "Each dwelling, how many of its electors are borne out, and the route that follows: 1 where all are and nobody "
        "else is known there, 3 where one person answers for all, 2 for every other.",
        "Import the routes; look at those where others are known who are not on the register.",
    ),
    ListKind(
        "electors",
        "Electors, matched or not",
        "Each entry of the register, the level at which it is borne out, and the records that do so.",
        "A level below form_of_name is an opinion about a household and not a record of this elector.",
    ),
    ListKind(
        "new_residents",
        "People who are not on the register where they live",
        "People whom a system names at a property today and whom the register does not have there.",
        "Invite those who are not registered elsewhere. Whoever is may own two homes, or have moved.",
    ),
    ListKind(
        "deletions",
        "Entries to look at for deletion",
        "Entries against which a confirmed death speaks, or two systems each by itself.",
        "A registration officer reads the evidence and decides; nothing here deletes anybody.",
    ),
)
"""The lists in their order."""


def write_canvass(made: Canvass, folder: Path, *, whose: str, as_of: str) -> Path:
    """Write each list as a CSV and canvass.html beside them; give the path of the page.

    Each file appears whole or not at all and is readable by its owner only. Raises `SettingsError` where the folder
    cannot be used, `StoreUnavailable` where the disk is full.
    """
    final, frames = folder / "canvass.html", made.frames
    told = [{"kind": kind, "rows": frames[kind.name].height, "kinds": {}, **shown(frames[kind.name])} for kind in LISTS]
    text = (
        environment()
        .get_template("canvass.html")
        .render(whose=whose, as_of=as_of, purpose=PURPOSE, lists=told, figures=made.figures(), shown=SHOWN)
    )
    return write_beside(frames, final, text, called="lists")
