"""One golden record per resident, under an identifier that never breaks."""

from typing import TYPE_CHECKING

from svoc.offering import offered

if TYPE_CHECKING:
    from svoc.council import Council
    from svoc.desk import Desk
    from svoc.words.persons import Person
    from svoc.words.plan import Plan
    from svoc.words.telling import Birth, Correction, Death, Move, NewContact, NewName

__all__ = [
    "Birth",
    "Correction",
    "Council",
    "Death",
    "Desk",
    "Move",
    "NewContact",
    "NewName",
    "Person",
    "Plan",
]

__getattr__ = offered(
    {
        "Birth": "svoc.words.telling",
        "Correction": "svoc.words.telling",
        "Council": "svoc.council",
        "Death": "svoc.words.telling",
        "Desk": "svoc.desk",
        "Move": "svoc.words.telling",
        "NewContact": "svoc.words.telling",
        "NewName": "svoc.words.telling",
        "Person": "svoc.words.persons",
        "Plan": "svoc.words.plan",
    }
)
