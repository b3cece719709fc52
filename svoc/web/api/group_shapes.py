"""What is taken and given where records change hands: groups, a move, and the records of a person as they stand."""

from typing import Annotated

from pydantic import Field

from svoc.web.api.shapes import Asked, Given, Key, PersonId, Text

__all__ = ["GroupingGiven", "Groups", "Move"]

MOST = 100
Records = Annotated[list[Key], Field(min_length=1, max_length=MOST)]


class GroupingGiven(Given):
    """The records of a person that can be put into groups or moved; life events go with the record they rest on."""

    person: str
    mentions: list[str]
    seen: str = Field(description="What the records say and what is decided about them, as a hash")


class Groups(Asked):
    """Who is who: records of one group are one person, those of different groups different people."""

    groups: Annotated[list[Records], Field(min_length=1, max_length=MOST)] = Field(
        description="Every record in one group, and none that is not there"
    )
    because: Text


class Move(Asked):
    """Records that are not this person's but another's."""

    mentions: Records
    into: PersonId = Field(description="Whose they are")
    because: Text
