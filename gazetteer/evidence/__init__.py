"""Weighs an address against a property: what both bring, the level of each piece of evidence, and what they weigh."""

from gazetteer.evidence.columns import ALONE, OURS, THEIRS, other_forms, postcode_parts, purpose, standing
from gazetteer.evidence.weighing import steps, weighed

__all__ = ["ALONE", "OURS", "THEIRS", "other_forms", "postcode_parts", "purpose", "standing", "steps", "weighed"]
