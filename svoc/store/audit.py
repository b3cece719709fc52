"""The audit trail: who read or did what, when, for which purpose and why, in a chain that shows every tampering.

It lies in a database of its own, so that a reader waits for no night and a night for no reader. An event holds no
personal data: of a person it holds a hash under a random key of that person's own, made anew with each event's number
of its own, so that two events cannot be laid beside each other either. Whoever has the key can ask who saw the person;
once the key is erased nobody can, and the chain still holds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from svoc.errors import SettingsError, StoreUnavailable, SvocError, said_of
from svoc.store.audit_anchors import CUT_OFF, Loss, holds, losses, missing, own_up
from svoc.store.audit_asking import ALL, Asked, Noted, concerning, events, forget, prune
from svoc.store.audit_chain import Head, appended, broken, head_of
from svoc.store.audit_tables import AUDIT, SCHEMA, make_tables, tables_are_there
from svoc.store.audit_turning import Leaf, Wanted, turned
from svoc.store.known_as import KnownAs
from svoc.store.opening import open_engine, told_plainly, writing
from svoc.words.audit import Kind, refuse_undeclared

__all__ = ["Audit"]

UNWRITTEN = "the audit trail cannot be written, and what is not written there is neither given nor done: {}"
NOTHING: Mapping[str, Any] = {}

LastHead = tuple[int, Head] | None
"""A night, and the event with which it saw the trail end."""


class Audit:
    """The audit trail of one council; its database is opened when it is first needed.

    >>> audit = Audit("sqlite://", Path())
    >>> audit.note(Kind.VIEW, actor="j.okafor", purpose="council-tax", persons=["7F3K-92QD-M"], fields=["surname"]).seq
    1
    """

    def __init__(
        self,
        url: str,
        folder: Path,
        known_as: Callable[[str], KnownAs] = KnownAs,
        last_head: Callable[[], LastHead] = lambda: None,
    ) -> None:
        self._url = url
        self._folder = folder
        self._known_as = known_as
        self._last_head = last_head
        self._engine: Engine | None = None
        self._is_whole = False

    @classmethod
    def beside(
        cls,
        database: str,
        own: str,
        folder: Path,
        known_as: Callable[[str], KnownAs] = KnownAs,
        last_head: Callable[[], LastHead] = lambda: None,
    ) -> "Audit":
        """Give the trail of a council: in the database that `[audit] database` names, or beside the council's.

        `svoc.db` has `svoc-audit.db` beside it; on PostgreSQL it is the schema `svoc_audit` of the same database.
        `known_as`: tells under which identifiers a person was known; `last_head`: with which event the last night saw
        the trail end, without which nothing is noted, read or erased there.
        """
        if own and own == database and own.startswith("sqlite:"):
            raise SettingsError("[audit] database: expected another file than the council's, which a night writes to")
        return cls(own or derived(database), folder, known_as, last_head)

    @property
    def engine(self) -> Engine:
        """Give the database, opened and made; raise `StoreUnavailable` or `SettingsError`."""
        if self._engine is None:
            engine = _opened(self._url, self._folder)
            with told_plainly():
                if not tables_are_there(engine):
                    make_tables(engine)
            self._engine = engine
        return self._engine

    @property
    def whole(self) -> Engine:
        """Give the database, where it holds the end that the last night saw; raise `StoreUnavailable` otherwise.

        A trail that is gone would be begun anew and an older one written on, and nobody would know what is missing.
        """
        engine = self.engine
        if not self._is_whole and (last := self._last_head()):
            with told_plainly(), engine.connect() as connection:
                if missing(connection, dict([last])):
                    raise StoreUnavailable(CUT_OFF.format(last[1].seq, last[0]))
        self._is_whole = True
        return engine

    def close(self) -> None:
        """Let the database go."""
        if self._engine is not None:
            self._engine.dispose()

    def note(
        self,
        kind: Kind,
        *,
        actor: str,
        purpose: str | None = None,
        because: str | None = None,
        persons: Iterable[str] = (),
        fields: Iterable[str] = (),
        counts: Mapping[str, float] = NOTHING,
        run: int | None = None,
        lane: str | None = None,
        about: Mapping[str, str] = NOTHING,
        payload: str | None = None,
    ) -> Head:
        """Append an event, and give its number and hash; once this returns, it is on the disk.

        `because`: the reason in somebody's own words, kept apart; `persons`: whom it concerns, by identifier;
        `fields`: names of what was seen; `counts` and `about`: numbers and words that `svoc.words.audit` declares;
        `payload`: what was sent of the first of `persons`, of which a keyed hash is kept.

        Raises `StoreUnavailable` where it cannot be written: then the read is not to be given, nor the act done. Raises
        `ValueError` for anything that is not declared.
        """
        names = sorted(set(fields))
        said: dict[str, Any] = {
            "purpose": purpose, "because": because, "persons": sorted(set(persons)), "fields": names, "run": run,
            "lane": lane,
        }  # fmt: skip
        given = {name: value for name, value in said.items() if value not in (None, "", [])}
        refuse_undeclared(kind, holds=given, counts=counts, about=about, fields=names)
        more = {"counts": dict(counts), "about": dict(about)}
        body = {**given, **{k: v for k, v in more.items() if v}, "actor": _actor(actor), "kind": kind.value}
        try:
            engine = self.engine if kind is Kind.VERIFY else self.whole
            with told_plainly(), writing(engine, AUDIT) as connection:
                return appended(connection, body, payload)
        except SvocError as fault:
            raise StoreUnavailable(UNWRITTEN.format(said_of(fault))) from None

    @contextmanager
    def acting(self, kind: Kind, **said: Any) -> Iterator[Head]:
        """Note what is about to be done, and, where it then fails, that it was not done.

        Nothing is done that is not noted; what a dead process noted last may not have been done.
        """
        noted = self.note(kind, **said)
        try:
            yield noted
        except BaseException:
            about = {"kind": kind.value}
            with suppress(SvocError):  # what went wrong first is what has to be told
                self.note(Kind.FAILED, actor=said["actor"], counts={"event": noted.seq}, about=about)
            raise

    def head(self) -> Head:
        """Give the last event's number and hash; number 0 where there is none."""
        with told_plainly(), self.engine.connect() as connection:
            return head_of(connection)

    def events(self, asked: Asked = ALL) -> Iterator[Noted]:
        """Give the events that are asked for, in their order."""
        with told_plainly(), self.whole.connect() as connection:
            yield from events(connection, asked)

    def of_person(self, person: str, asked: Asked = ALL) -> list[Noted]:
        """Give the events that concern a person, under whichever identifier, in their order.

        An event that names nobody because it is about everybody of a lane, as an export is, concerns each of them.
        What was erased (`forget`) concerns nobody any more.
        """
        known_as = self._known_as(person)
        with told_plainly(), self.whole.connect() as connection:
            return list(concerning(connection, known_as, asked))

    def turned(self, wanted: Wanted, *, before: int | None = None, most: int = 50) -> Leaf:
        """Give a page of the events that are looked for, the newest first; `before`: of those of a lower number."""
        with told_plainly(), self.whole.connect() as connection:
            return turned(connection, wanted, before=before, most=most)

    def forget(self, person: str) -> int:
        """Erase the keys of a person, and the reasons given for events that concern them; give how many events.

        Nobody can tell of these events any more whom they concern, and the chain holds. The keys of identifiers that
        lead to the person go too. Raises `StoreUnavailable` where a reader keeps the old pages from being cleared.
        """
        known_as = self._known_as(person)
        with told_plainly():
            return forget(self.whole, known_as)

    def prune(self, before: datetime, *, actor: str) -> int:
        """Let go of events from before a moment, under a seal from which the rest still verifies; give how many."""
        with told_plainly():
            return prune(self.whole, before, actor=_actor(actor))

    def own_up(self, heads: Mapping[int, Head], *, actor: str, because: str) -> int:
        """Take down which of these ends of the trail, by night, are lost for good; give how many. For a human to say.

        They are told as lost ever after (`losses`), and the trail is written on.
        """
        with told_plainly(), self.engine.connect() as connection:
            lost = missing(connection, heads)
        return own_up(self.engine, sorted(lost.items()), actor=_actor(actor), because=because)

    def losses(self) -> list[Loss]:
        """Give the ends of the trail that are lost, as somebody owned up to."""
        with told_plainly(), self.engine.connect() as connection:
            return losses(connection)

    def holds(self, head: Head) -> bool:
        """Say whether the trail holds an event as somebody wrote it down elsewhere."""
        with told_plainly(), self.engine.connect() as connection:
            return holds(connection, head)

    def broken(self, kept: Mapping[str, Head] = NOTHING) -> tuple[int, list[str]]:
        """Count the events looked at, and name each place that was tampered with (`svoc.store.audit_chain.broken`)."""
        with told_plainly(), self.engine.connect() as connection:
            return broken(connection, kept)


def derived(database: str) -> str:
    """Name the database of the audit trail where a council names none.

    >>> derived("sqlite:///barchester.db")
    'sqlite:///barchester-audit.db'
    """
    try:
        address = make_url(database)
    except ArgumentError:
        return database  # the store, which is opened first, has said what is wrong with it
    if address.get_backend_name() != "sqlite" or address.database in {None, "", ":memory:"}:
        return database
    file = Path(str(address.database))
    name = file.with_name(f"{file.stem}-audit{file.suffix}")
    return address.set(database=name.as_posix()).render_as_string(hide_password=False)


def _actor(actor: str) -> str:
    if not actor.strip() or len(actor) > 200 or not actor.isprintable():
        raise SettingsError("[council] actor, or --actor: say who reads, in one line")
    return actor


def _opened(url: str, folder: Path) -> Engine:
    try:
        engine = open_engine(url, folder)
    except SettingsError as fault:
        raise SettingsError(str(fault).replace("[council.database]", "[audit] database")) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA secure_delete = ON"))
        return engine
    return engine.execution_options(schema_translate_map={None: SCHEMA})
