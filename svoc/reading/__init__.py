"""The one gate for every read: a purpose picks the lane, its fields mask what is given, and the audit notes it."""

from svoc.reading.frames import exported, people_of
from svoc.reading.masking import masked, masked_past
from svoc.reading.reader import Reader
from svoc.reading.standing import Standing

__all__ = ["Reader", "Standing", "exported", "masked", "masked_past", "people_of"]
