"""Restricts the use of a person's records (UK GDPR, Article 18), and frees them: kept meanwhile, and left unused."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl
from sqlalchemy import Connection

from svoc.accounts.erasing.erased import held_by
from svoc.accounts.settling import measured, refuse_guarded, refuse_too_many
from svoc.accounts.subject import subject_of
from svoc.accounts.telling import heard_of, tell_of_right
from svoc.binding import NOTHING_GIVEN
from svoc.council import Council
from svoc.errors import SettingsError
from svoc.sources.base import Extract
from svoc.store.acts import act, acts_of, end
from svoc.store.opening import told_plainly, writing
from svoc.store.past import last_seen
from svoc.withholding import Withheld, not_of_the_world, own_words, signs_for
from svoc.words.audit import Kind
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.notices import FREED, RESTRICTED
from svoc.words.plan import Plan
from svoc.words.records import SORTED_BY, conform
from svoc.words.rights import ActKind

__all__ = ["emptied_by", "free", "plan_without", "refuse_unready", "restrict"]

RECORD = ["source", "record"]
WITHHOLDING = [ActKind.ERASE.value, ActKind.RESTRICT.value]
UNKEYED = (
    "nobody can be erased or restricted without a secret, for what no night may use is known again by keyed hashes: "
    "set SVOC_COUNCIL__KEY, and keep it with the backups"
)


def restrict(
    council: Council,
    person: str,
    *,
    actor: str,
    because: str,
    purpose: str,
    record: str | None = None,
    untold: str = "",
) -> int:
    """Leave a person's records, or one of them, out of everything until they are freed; give the act's number.

    They are kept as they are, and retention lets go of none: nobody is matched with them, told of them or shown them,
    but for an account to the person. `purpose` names the lane by whose identifier the person is known. Whoever was sent
    a notice of the person is told by another, unless one record alone is restricted, or `untold` says why that would be
    impossible or disproportionate (UK GDPR, Article 19). Raises
    `SettingsError` where there is no such person or record, or no reason.
    """
    refuse_unready(council, because)
    with council.night():
        subject = subject_of(council, person, purpose=purpose, actor=actor, because=because)
        keys = subject.chosen(record)
        rows = subject.rows(council).filter(pl.col("mention").is_in(keys))
        policy = council.policy
        signs = signs_for(rows, key=policy.key, renumbered=policy.renumbered, emptied=emptied_by(council, rows))
        plan = plan_without(council, keys, signs, actor=actor, purpose=purpose)
        because = f"{because}; recipients are not told: {untold}" if untold else because

        def told(connection: Connection) -> None:
            if record is None and not untold:
                tell_of_right(connection, RESTRICTED, heard_of(connection, held_by(connection, keys)))

        with council.audit.acting(
            Kind.RESTRICT, actor=actor, purpose=purpose, because=because, persons=[subject.person],
            counts={"records": len(keys)}, about={"stage": "begun"},
        ):  # fmt: skip
            number = act(
                council.store, ActKind.RESTRICT, actor=actor, because=because, person=subject.person,
                lane=subject.lane, mentions=keys, signs=signs, beside=told,
            )  # fmt: skip
            if plan:
                council.commit(plan)
    return number


def free(council: Council, number: int, *, actor: str, because: str) -> int:
    """End a restriction: the records are used again, as they were when it began; give how many there are.

    What their sources say meanwhile comes with the next extract. Raises `SettingsError` where there is no such act.
    """
    refuse_unready(council, because)
    with council.night():
        held = acts_of(council.store, kind=ActKind.RESTRICT).filter(pl.col("act") == number)
        if held.is_empty():
            raise SettingsError(f"there is no restriction {number} that holds")
        row = held.row(0, named=True)
        plan = _bringing_back(council, number, row["mentions"])
        refuse_guarded(council, plan, actor=actor, purpose=None)
        with council.audit.acting(
            Kind.RESTRICT, actor=actor, because=because, persons=[row["person"]] if row["person"] else [],
            counts={"records": len(row["mentions"])}, about={"stage": "ended"},
        ):  # fmt: skip
            end(council.store, number, actor=actor, because=because)
            council.commit(plan)
            with told_plainly(), writing(council.store.engine) as connection:
                heard = heard_of(connection, held_by(connection, row["mentions"]), of=RESTRICTED)
                tell_of_right(connection, FREED, heard)
    return len(row["mentions"])


def plan_without(
    council: Council, keys: Sequence[str], signs: pl.DataFrame, *, actor: str, purpose: str | None
) -> Plan | None:
    """Plan what stands without these records; nothing where none of them stands.

    Raises `GuardRefused` where they are more than one person's can be, or a guard holds against whatever else would
    change; then nothing has been done.
    """
    refuse_too_many(council, len(keys))
    yesterday = council.store.yesterday()
    if yesterday.mentions.filter(pl.col("mention").is_in(keys)).is_empty():
        return None
    supposed = Withheld.by(council.store, council.policy).and_also(keys, signs)
    plan = measured(council, council.settle(yesterday, withheld=supposed), yesterday)
    return refuse_guarded(council, plan, actor=actor, purpose=purpose)


def _bringing_back(council: Council, number: int, keys: Sequence[str]) -> Plan:
    yesterday = council.store.yesterday()
    others = acts_of(council.store).filter(pl.col("act") != number, pl.col("kind").is_in(WITHHOLDING))
    alone = set(keys).difference(others["mentions"].explode().drop_nulls())
    withheld = Withheld.by(council.store, council.policy).but_for(number, alone)
    away = set(keys) - set(yesterday.mentions["mention"]) - withheld.mentions
    rows = last_seen(council.store, away).filter(pl.col("source") != EVENTS_SOURCE)
    beside = yesterday.mentions.join(rows, on=RECORD, how="semi")
    nth = pl.int_range(1, pl.len() + 1).over(RECORD).cast(pl.Int16)
    parties = pl.concat([rows.select(beside.columns), beside]).sort(*RECORD, "mention").with_columns(party=nth)
    records = own_words(conform(parties))
    extracts = [
        Extract(str(source), "", (), said.sort(SORTED_BY), mode="update")
        for (source,), said in records.group_by("source", maintain_order=True)
    ]
    plan = council.settle(yesterday, given=replace(NOTHING_GIVEN, extracts=extracts), withheld=withheld)
    return measured(council, not_of_the_world(plan, yesterday, away), yesterday)


def emptied_by(council: Council, rows: pl.DataFrame) -> pl.DataFrame:
    """Give the records in which nobody is left once these mentions go: `source`, `record`."""
    left = council.store.yesterday().mentions.join(rows.select("mention"), on="mention", how="anti")
    return rows.select(RECORD).unique().join(left, on=RECORD, how="anti")


def refuse_unready(council: Council, because: str) -> None:
    """Raise `SettingsError` where there is no reason, or no secret to know the records by."""
    if not because.strip():
        raise SettingsError("say why: the reason is kept")
    if not council.settings.council.key:
        raise SettingsError(UNKEYED)
