"""Keeps out of a night what nobody may use: records that were erased, and those whose use is restricted."""

from svoc.withholding.of_a_plan import not_of_the_world, without_objectors
from svoc.withholding.own_words import own_words
from svoc.withholding.signs import signs_for
from svoc.withholding.withheld import Withheld

__all__ = ["Withheld", "not_of_the_world", "own_words", "signs_for", "without_objectors"]
