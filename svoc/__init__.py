"""One golden record per resident, under an identifier that never breaks."""

from typing import TYPE_CHECKING

from svoc.offering import offered

if TYPE_CHECKING:
    from svoc.council import Council
    from svoc.desk import Desk
    from svoc.words.persons import Person
    from svoc.words.plan import Plan
    from svoc.words.telling import Death

__all__ = ["Council", "Death", "Desk", "Person", "Plan"]

__getattr__ = offered(
    {
        "Council": "svoc.council",
        "Death": "svoc.words.telling",
        "Desk": "svoc.desk",
        "Person": "svoc.words.persons",
        "Plan": "svoc.words.plan",
    }
)
