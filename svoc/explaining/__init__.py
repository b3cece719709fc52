"""Why two mentions are, or are not, one person: what decided, in bits and in words, and what would turn it."""

from svoc.explaining.explainer import Explainer
from svoc.explaining.explanation import EXPLANATION, Explanation, Reason

__all__ = ["EXPLANATION", "Explainer", "Explanation", "Reason"]
