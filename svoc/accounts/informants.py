"""Shows and erases those who told of life events: living people, of whom nothing is kept but what they said."""

import polars as pl

from svoc.council import Council
from svoc.errors import SettingsError
from svoc.store.informants import forget_informants, informants_of
from svoc.store.scrubbing import scrub
from svoc.words.audit import Kind

__all__ = ["forget", "informants"]


def informants(council: Council, reference: str, *, actor: str, because: str, purpose: str) -> pl.DataFrame:
    """Give who told of the event with a sender's reference, as a frame of `INFORMANTS`; the read is noted."""
    reader = council.reader(purpose, actor=actor, because=because)
    found = informants_of(council.store.engine, reference)
    reader.note(Kind.LIST, counts={"records": found.height})
    return found


def forget(council: Council, reference: str, *, actor: str, because: str, role: str | None = None) -> int:
    """Erase who told of an event, or whoever of them has a role; the event itself stays. Give how many went.

    Raises `SettingsError` where nobody told of an event of that reference, or no reason is given.
    """
    if not because.strip():
        raise SettingsError("say why: the reason is kept")
    there = informants_of(council.store.engine, reference)
    there = there.filter(pl.col("role") == role) if role else there
    if there.is_empty():
        raise SettingsError("nobody is kept who told of an event with this reference")
    with council.audit.acting(Kind.ERASE, actor=actor, because=because, counts={"records": there.height}):
        went = forget_informants(council.store.engine, reference, role=role)
        scrub(council.store.engine, ["informant"])
    return went
