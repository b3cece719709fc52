"""Erases a person, or one of their records (UK GDPR, Article 17): out of the store, and out of all that lies beside it.

First the records are withheld and what stands is worked out without them, which a night that comes between would do
too. Then everything that was ever said of them goes, then what is kept beside the database, then the pages that held
it. What is interrupted is finished by `finish`, which every erasure begins with.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import select, update

from svoc.accounts.erasing import Erased, erase_rows
from svoc.accounts.handed_out import handed_out
from svoc.accounts.restriction import emptied_by, plan_without, refuse_unready
from svoc.accounts.settling import measured
from svoc.accounts.subject import subject_of
from svoc.accounts.telling import tell_of_right
from svoc.council import Council
from svoc.errors import SettingsError
from svoc.notices.batches import out_of_batches
from svoc.store import tables
from svoc.store.acts import act, acts_of
from svoc.store.opening import LEDGER, ROWS, told_plainly
from svoc.store.scrubbing import erasing, scrub, scrub_cache
from svoc.store.standing import of_table
from svoc.withholding import signs_for
from svoc.words.audit import Kind
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.notices import ERASED
from svoc.words.plan import Plan
from svoc.words.rights import ActKind

__all__ = ["ACCOUNTS", "Erasure", "clear_outbox", "erase", "finish"]

ACT = of_table(tables.ActRow)
ACCOUNTS = "accounts"
"""The folder beside council.toml where accounts are left for their subjects, unless another is named."""

NAMED = "the reason stays, and must name nobody: say what was asked for, and its reference"


@dataclass(slots=True)
class Erasure:
    """What was erased: numbers, and whom the council has to tell.

    `records`: how many records; `rows`: by table; `files`: that lay beside the database; `sources`: whose owners must
    erase theirs too, for svoc reads extracts and writes none; `told`: systems that had been told of the person, and of
    how many changes; `notices`: how many notices of the erasure wait for these (UK GDPR, Article 19), and `by_hand`:
    who gets none and is for the officer to tell; `exports`: what was handed out in files (`svoc.accounts.handed_out`);
    `also_named`: records of others that hold a name
    of the person in full, for somebody to look at; `clean`: whether the database's log is empty of them already.
    """

    records: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    sources: list[str] = field(default_factory=list)
    told: dict[str, int] = field(default_factory=dict)
    notices: int = 0
    by_hand: list[str] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)
    also_named: list[str] = field(default_factory=list)
    clean: bool = True

    def figures(self) -> dict[str, Any]:
        """Give it as values that JSON can hold."""
        return {name: getattr(self, name) for name in self.__slots__}

    def words(self) -> str:
        """Tell it in lines."""
        lines = [f"{self.records} records are erased: {sum(self.rows.values())} rows, {self.files} files"]
        lines += [f"their sources hold them still, and must erase them too: {', '.join(self.sources)}"] * bool(
            self.sources
        )
        lines += [f"had been told of this person: {n} ({c})" for n, c in self.told.items()]
        lines += [f"{self.notices} notices of the erasure wait for those who had"] * bool(self.notices)
        lines += [f"is to be told of the erasure by hand: {name}" for name in self.by_hand]
        lines += [f"was handed out, and may name this person: {export}" for export in self.exports]
        lines += [f"records of others that name this person: {', '.join(self.also_named)}"] * bool(self.also_named)
        lines += ["somebody reads an older state: run svoc account finish once they are done"] * (not self.clean)
        return "\n".join(lines)


def erase(
    council: Council,
    person: str,
    *,
    actor: str,
    because: str,
    purpose: str,
    record: str | None = None,
    untold: str = "",
) -> Erasure:
    """Erase a person, or of their records the one whose mention key is `record`; nothing of it comes back.

    `purpose` names the lane by whose identifier the person is known. The reason is kept, and must name nobody. Whoever
    was sent a notice of a person of whom nothing is left is told by another, unless `untold` says why that would be
    impossible or disproportionate (UK GDPR, Article 19); it is kept with the reason. Raises
    `SettingsError` where there is no such person, record or secret; holds the night's lock.
    """
    refuse_unready(council, because)
    with council.night():
        finish(council)
        subject = subject_of(council, person, purpose=purpose, actor=actor, because=because)
        rows = subject.rows(council)
        keys = subject.chosen(record)
        because = f"{because}; recipients are not told: {untold}" if untold else because
        _refuse_names(rows, because)
        mine = rows.filter(pl.col("mention").is_in(keys))
        policy = council.policy
        signs = signs_for(mine, key=policy.key, renumbered=policy.renumbered, emptied=emptied_by(council, mine))
        plan = plan_without(council, keys, signs, actor=actor, purpose=purpose)
        exports = handed_out(council, subject.person)
        with council.audit.acting(
            Kind.ERASE, actor=actor, purpose=purpose, because=because, persons=[subject.person],
            counts={"records": len(keys)},
        ):  # fmt: skip
            act(
                council.store, ActKind.ERASE, actor=actor, because=because, person=subject.person, lane=subject.lane,
                mentions=keys, signs=signs, counts={"untold": 1} if untold else {},
            )  # fmt: skip
            done = finish(council, plan=plan)
    by_hand = [] if untold else done.by_hand
    return replace(done, by_hand=by_hand, exports=exports, sources=sorted(set(mine["source"]) - {EVENTS_SOURCE}))


def finish(council: Council, *, plan: Plan | None = None) -> Erasure:
    """Finish every erasure that was begun; where there is none, nothing is done.

    `plan`: what stands without them, where it was worked out already. Raises `GuardRefused` where a guard holds against
    what else a settling would change; the next night that is committed leaves the records out too.
    """
    done = Erasure()
    with council.night():
        begun = acts_of(council.store, kind=ActKind.ERASE).filter(pl.col("done").is_null())
        if begun.is_empty():
            return done
        keys = sorted(set(begun["mentions"].explode().drop_nulls()))
        if council.store.yesterday().mentions.filter(pl.col("mention").is_in(keys)).height:
            council.commit(plan or _planned(council))
        took = _erased(council, begun["act"].to_list(), keys)
        done.records, done.rows, done.told = len(keys), took.rows, dict(sorted(took.recipients.items()))
        done.files, done.also_named = took.files, _also_named(council, took)
        done.notices, done.by_hand = len(took.out), sorted(took.recipients.keys() - set(took.out))
        done.clean = scrub(council.store.engine, [*took.rows, "act"])
        if done.clean:
            with told_plainly(), council.store.working(LEDGER) as connection:
                of = ACT.c.act.in_(begun["act"].to_list())
                connection.execute(update(ACT).where(of).values(done=datetime.now(UTC)))
    return done


def _planned(council: Council) -> Plan:
    yesterday = council.store.yesterday()
    return measured(council, council.settle(yesterday), yesterday)


def _erased(council: Council, acts: list[int], keys: list[str]) -> Erased:
    """Erase the rows; files and the audit's keys go first, so that what is interrupted is met again."""
    with told_plainly(), council.store.working(LEDGER, ROWS) as connection:
        erasing(connection)
        took = erase_rows(connection, keys)
        took.files = _files(council, took)
        for person in sorted(took.persons):
            council.audit.forget(person)
        scrub_cache(council.store.cache)
        if not any(connection.scalars(select(ACT.c.counts["untold"].as_integer()).where(ACT.c.act.in_(acts)))):
            whole = [notice for notice in took.heard if notice["person"] in took.persons]
            tell_of_right(connection, ERASED, whole, nameless=True)
            took.out = [notice["recipient"] for notice in whole]
        nothing: dict[str, Any] = {"mentions": [], "person": None, "lane": None}
        connection.execute(update(ACT).where(ACT.c.act.in_(acts)).values(**nothing))
    return took


def _refuse_names(rows: pl.DataFrame, because: str) -> None:
    said = set(re.findall(r"\w+", because.casefold()))
    names = {str(n).casefold() for c in ("forename", "surname", "record") for n in rows[c].drop_nulls() if len(n) > 1}
    if said & names:
        raise SettingsError(NAMED)


def _also_named(council: Council, took: Erased) -> list[str]:
    """Find records of others that hold a name of the person in full, in whatever field."""
    names = [word for word in took.words if " " in word]
    if not names:
        return []
    texts = pl.concat_str(["name", "address", "forwarding_address"], separator="\n", ignore_nulls=True)
    left = council.store.yesterday().mentions.with_columns(texts=texts.str.to_lowercase())
    found = pl.col("texts").str.contains_any([name.lower() for name in names])
    return left.filter(found)["mention"].to_list()


def _files(council: Council, took: Erased) -> int:
    """Remove the notices that were left for systems, and reports and accounts that name the person; count them."""
    folders = council.settings
    cleared, gone = clear_outbox(council, took), list[Path]()
    words = [*(word for word in took.words if "/" in word or " " in word or "@" in word), *took.persons]
    for folder in (folders.at(folders.reports.folder), folders.at(ACCOUNTS)):
        gone += [file for file in folder.rglob("*") if file.is_file() and _names(file, words)]
    for file in gone:
        file.unlink()
    return cleared + len(gone)


def clear_outbox(council: Council, took: Erased) -> int:
    """Take out of the outbox's folder what was left of the notices that were taken out; count the files."""
    outbox = council.settings.at(council.settings.notices.folder)
    gone = [file for file in outbox.rglob("*.json") if file.stem in took.notices]
    for file in gone:
        file.unlink()
    return len(gone) + out_of_batches(outbox, took.notices)


def _names(file: Path, words: Iterable[str]) -> bool:
    text = html.unescape(file.read_text(encoding="utf-8", errors="replace")).casefold()
    return any(word.casefold() in text for word in words)
