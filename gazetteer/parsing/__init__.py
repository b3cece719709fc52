"""The rooms of the parser: what each takes out of a written address; `gazetteer.parse` leads through them in order."""

from gazetteer.parsing.forms import BOAT, NUMBER, Line
from gazetteer.parsing.parsed import Parsed

__all__ = ["BOAT", "NUMBER", "Line", "Parsed"]
