"""Takes mentions out of every table, room by room."""

from collections.abc import Collection

from sqlalchemy import Connection, insert

from svoc.accounts.erasing.beside import erase_beside, mask_texts
from svoc.accounts.erasing.erased import Erased, held_by, mentions_of, words_of
from svoc.accounts.erasing.identifiers import entomb_identifiers
from svoc.accounts.erasing.persons import erase_from_changes, erase_from_persons
from svoc.accounts.erasing.records import erase_notices, erase_records
from svoc.accounts.telling import heard_of
from svoc.store import tables
from svoc.store.standing import of_table

__all__ = ["erase_rows"]

FORGOTTEN = of_table(tables.Forgotten)


def erase_rows(connection: Connection, mentions: Collection[str], *, by_right: bool = True) -> Erased:
    """Take mentions, and all that was ever said of them, out of every table; the caller's transaction holds it whole.

    They stand in the published run no more. Unless it is done `by_right` of the person, but because it is long ago, the
    keys stay as those that are never given again, and what people wrote of the person stays. Nothing is said here of
    pages or files (`svoc.store.scrubbing`).
    """
    done, keys = Erased(), sorted(mentions)
    held = held_by(connection, keys)
    rows = mentions_of(connection, keys)
    done.words = words_of(rows, keys)
    done.heard = heard_of(connection, held)
    erase_notices(connection, held, rows, done)
    erase_from_persons(connection, held, keys, done)
    erase_from_changes(connection, held, set(keys), done, by_right=by_right)
    erase_records(connection, rows, keys, done)
    entomb_identifiers(connection, held, done)
    erase_beside(connection, keys, done)
    if by_right:
        mask_texts(connection, done)
    elif keys:
        connection.execute(insert(FORGOTTEN), [{"mention": key} for key in keys])
    return done
