"""The steward's desk: the next doubtful case, its evidence in words, a decision that holds, and a way back."""

from svoc.desk.case import Case
from svoc.desk.desk import Desk
from svoc.desk.preview import Preview
from svoc.desk.shared import Shared

__all__ = ["Case", "Desk", "Preview", "Shared"]
