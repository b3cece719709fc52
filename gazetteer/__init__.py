"""Places every address on the Local Land and Property Gazetteer; knows no people and no database."""

from gazetteer.address import Address, Property
from gazetteer.errors import Fault, FormatError, GazetteerError, MissingInput, UnknownFormat, UnreadableIndex
from gazetteer.explain import explain
from gazetteer.find import Found, Suggestion, find
from gazetteer.index import Gazetteer
from gazetteer.overseas import Overseas, overseas
from gazetteer.parse import parse
from gazetteer.resolve import resolve
from gazetteer.rungs import OUTCOMES, RUNGS, Rung

__all__ = [
    "OUTCOMES",
    "RUNGS",
    "Address",
    "Fault",
    "FormatError",
    "Found",
    "Gazetteer",
    "GazetteerError",
    "MissingInput",
    "Overseas",
    "Property",
    "Rung",
    "Suggestion",
    "UnknownFormat",
    "UnreadableIndex",
    "explain",
    "find",
    "overseas",
    "parse",
    "resolve",
]
