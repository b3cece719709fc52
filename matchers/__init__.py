"""Decides which records are the same; knows columns, not people."""

from matchers.assign import Assignment, assign
from matchers.average import by_average
from matchers.blocking import BlockReport, Candidates, affordable, block_on, candidates, counts_before
from matchers.calibrate import Calibration, calibrate
from matchers.card import card
from matchers.cluster import Clusters, cluster
from matchers.company import company
from matchers.comparisons.base import Comparison
from matchers.comparisons.contacts import Email, Phone
from matchers.comparisons.dates import BirthDate, Overlap, SameDate
from matchers.comparisons.exact import Close, Same, Trait
from matchers.comparisons.forenames import forms_of
from matchers.comparisons.garbled import GarbledName
from matchers.comparisons.handover import Handover
from matchers.comparisons.identifiers import Identifier
from matchers.comparisons.names import MiddleNames, PersonName
from matchers.comparisons.places import Forwarding, Home, Postcode
from matchers.comparisons.titles import Title
from matchers.engines.base import Engine
from matchers.engines.local import LocalEngine
from matchers.errors import ColumnFault, MatchersError, ModelFault, NotTrained, PairFault
from matchers.evaluate import Evaluation, by_subgroup, evaluate
from matchers.explain import changes, explain, flip, waterfall
from matchers.kernel import score
from matchers.keys import any_of, first_letters, last_letters, sounds_like
from matchers.labels import Lesson, learned_from
from matchers.link import link, score_pairs
from matchers.model import Model, Thresholds
from matchers.prepared import Prepared, prepare
from matchers.structure import name_structures
from matchers.suggest import Suggestion, suggest_blocks
from matchers.thresholds import LearnedThresholds, thresholds_from

__all__ = [
    "Assignment",
    "BirthDate",
    "BlockReport",
    "Calibration",
    "Candidates",
    "Close",
    "Clusters",
    "ColumnFault",
    "Comparison",
    "Email",
    "Engine",
    "Evaluation",
    "Forwarding",
    "GarbledName",
    "Handover",
    "Home",
    "Identifier",
    "LearnedThresholds",
    "Lesson",
    "LocalEngine",
    "MatchersError",
    "MiddleNames",
    "Model",
    "ModelFault",
    "NotTrained",
    "Overlap",
    "PairFault",
    "PersonName",
    "Phone",
    "Postcode",
    "Prepared",
    "Same",
    "SameDate",
    "Suggestion",
    "Thresholds",
    "Title",
    "Trait",
    "affordable",
    "any_of",
    "assign",
    "block_on",
    "by_average",
    "by_subgroup",
    "calibrate",
    "candidates",
    "card",
    "changes",
    "cluster",
    "company",
    "counts_before",
    "evaluate",
    "explain",
    "first_letters",
    "flip",
    "forms_of",
    "last_letters",
    "learned_from",
    "link",
    "name_structures",
    "prepare",
    "score",
    "score_pairs",
    "sounds_like",
    "suggest_blocks",
    "thresholds_from",
    "waterfall",
]
