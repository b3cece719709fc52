"""Figures of a council's people for those who plan services, told in tens so that nobody is singled out."""

from svoc.insight.classes import PURPOSE, Area, areas_of
from svoc.insight.figures import Insight, insight
from svoc.insight.tens import at_least, lowered, whole_at_least

__all__ = ["PURPOSE", "Area", "Insight", "areas_of", "at_least", "insight", "lowered", "whole_at_least"]
