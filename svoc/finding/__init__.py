"""Finding persons by what somebody says on the telephone: what was said, who may be meant, who is likeliest."""

from svoc.finding.ranking import found
from svoc.finding.said import Said
from svoc.finding.vocabulary import Vocabulary, vocabulary_of

__all__ = ["Said", "Vocabulary", "found", "vocabulary_of"]
