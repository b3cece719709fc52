"""Places every address on the Local Land and Property Gazetteer; knows no people and no database."""

from gazetteer.address import Address, Property
from gazetteer.errors import BadTuning, Fault, FormatError, GazetteerError, MissingInput, UnknownFormat, UnreadableIndex
from gazetteer.explain import Explanation, explain, explanation
from gazetteer.feedback import Feedback, Label, read_feedback
from gazetteer.find import Found, Suggestion, find
from gazetteer.index import Gazetteer
from gazetteer.overseas import Overseas, overseas
from gazetteer.parse import parse
from gazetteer.resolve import resolve
from gazetteer.rungs import OUTCOMES, RUNGS, Rung
from gazetteer.tuning import Fitted, Tuning
from gazetteer.uprns import check_uprns

__all__ = [
    "OUTCOMES",
    "RUNGS",
    "Address",
    "BadTuning",
    "Explanation",
    "Fault",
    "Feedback",
    "Fitted",
    "FormatError",
    "Found",
    "Gazetteer",
    "GazetteerError",
    "Label",
    "MissingInput",
    "Overseas",
    "Property",
    "Rung",
    "Suggestion",
    "Tuning",
    "UnknownFormat",
    "UnreadableIndex",
    "check_uprns",
    "explain",
    "explanation",
    "find",
    "overseas",
    "parse",
    "read_feedback",
    "resolve",
]
