"""How Council Tax accounts change night by night: closed, opened, a party taken off, a name changed or put right."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, field, fields, replace

import polars as pl

from svoc.rehearsal.place_schema import night_date

Party = tuple[int | None, str, str | None, str | None]
"""person, kind, text, and how the name is written: null as ever, full, married or decd."""


@dataclass(frozen=True, slots=True)
class _Version:
    """One version of one account."""

    account: int
    version: int
    from_night: int
    household: int | None
    dwelling: int
    start: object
    end: object
    forwarding: str | None
    forwarding_dwelling: int | None
    owner: str | None


@dataclass(slots=True)
class _Ledger:
    """The accounts that something happens to, as they stand while the nights pass."""

    current: dict[int, _Version]
    parties: dict[int, list[Party]]
    of_household: dict[int, int]
    of_empty: dict[int, int]
    next_account: int
    versions: list[_Version] = field(default_factory=list)
    named: list[tuple[int, int, int, int | None, str, str | None, str | None]] = field(default_factory=list)

    def amend(self, changed: _Version, parties: list[Party]) -> None:
        """Write the next version of an account; two changes of one night make one version."""
        if (
            self.versions
            and self.versions[-1].account == changed.account
            and self.versions[-1].from_night == changed.from_night
        ):
            return
        self.current[changed.account], self.parties[changed.account] = changed, parties
        self.versions.append(changed)
        rows = (
            (changed.account, changed.version, order, person, kind, text, how)
            for order, (person, kind, text, how) in enumerate(parties, start=1)
        )
        self.named.extend(rows)

    def close(self, account: int, night: int, forwarding: str | None, dwelling: int | None) -> None:
        old = self.current[account]
        closed = replace(
            old, version=old.version + 1, from_night=night, end=night_date(night),
            forwarding=forwarding or old.forwarding,
            forwarding_dwelling=old.forwarding_dwelling if dwelling is None else dwelling,
        )  # fmt: skip
        self.amend(closed, self.parties[account])

    def open(self, household: int | None, dwelling: int, night: int, parties: list[Party], owner: str | None) -> None:
        account, self.next_account = self.next_account, self.next_account + 1
        opened = _Version(account, 1, night, household, dwelling, night_date(night), None, None, None, owner)
        if household is not None:
            self.of_household[household] = account
        else:
            self.of_empty[dwelling] = account
        self.amend(opened, parties)

    def rewrite(self, account: int, night: int, parties: list[Party]) -> None:
        old = self.current[account]
        self.amend(replace(old, version=old.version + 1, from_night=night), parties)


def _ledger(accounts: pl.DataFrame, parties: pl.DataFrame, events: pl.DataFrame) -> _Ledger:
    """Take up the accounts of the households and dwellings that something happens to."""
    households = events["household"].drop_nulls().implode()
    places = pl.concat([events["dwelling"], events["to_dwelling"]]).drop_nulls().implode()
    live = accounts.filter(
        pl.col("end").is_null(), pl.col("household").is_in(households) | pl.col("dwelling").is_in(places)
    )
    names = ["account", "household", "dwelling", "start", "end", "forwarding", "forwarding_dwelling", "owner"]
    current = {
        row[0]: _Version(row[0], 1, 0, row[1], row[2], row[3], row[4], row[5], row[6], row[7])
        for row in live.select(names).iter_rows()
    }
    held: dict[int, list[Party]] = {account: [] for account in current}
    mine = parties.join(live.select("account"), on="account", how="semi").sort("account", "party")
    for account, person, kind, text in mine.select("account", "person", "kind", "text").iter_rows():
        held[account].append((person, kind, text, None))
    of_household = {one.household: one.account for one in current.values() if one.household is not None}
    of_empty = {one.dwelling: one.account for one in current.values() if one.household is None}
    next_account = int(accounts["account"].max() or 0) + 1  # type: ignore[arg-type]
    return _Ledger(current, held, of_household, of_empty, next_account)


def _leave(ledger: _Ledger, household: int, night: int, dwelling: int, to: int | None) -> None:
    account = ledger.of_household.get(household)
    if account is not None:
        away = "uk" if account % 3 else None
        ledger.close(account, night, "dwelling" if to is not None else away, to)
    if to is None and account is not None and account % 2:
        ledger.open(None, dwelling, night, [(None, "void", "THE OCCUPIER", None)], "occupier")


def _take_up(ledger: _Ledger, household: int, night: int, dwelling: int, liable: list[int]) -> None:
    before = ledger.of_empty.pop(dwelling, None)
    if before is not None:
        ledger.close(before, night, None, None)
    if liable:
        ledger.open(household, dwelling, night, [(person, "person", None, None) for person in liable], None)


def _die(ledger: _Ledger, account: int, night: int, person: int, name: str) -> None:
    held = ledger.parties[account]
    if person not in [party[0] for party in held]:
        return
    others = [party for party in held if party[0] != person]
    if others:
        ledger.rewrite(account, night, others)
    elif account % 2:
        ledger.rewrite(account, night, [(person, "person", None, "decd")])
    else:
        ledger.rewrite(account, night, [(None, "executor", f"EXORS OF {name.upper()}", None)])


def _say(ledger: _Ledger, account: int, night: int, person: int | None, how: str) -> None:
    held = ledger.parties[account]
    about = {person} if person is not None else {held[0][0]} if held else set()
    if about & {party[0] for party in held} - {None}:
        ledger.rewrite(account, night, [(*party[:3], how) if party[0] in about else party for party in held])


def change_accounts(
    accounts: pl.DataFrame, parties: pl.DataFrame, events: pl.DataFrame, people: pl.DataFrame, nights: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Carry the town's events into Council Tax: every version of every account, and who each names.

    `people` needs person, household, slot, role, and name (title, forename and surname, as executors are written).
    Council Tax learns of a death on the next night, of everything else at once.
    """
    ledger = _ledger(accounts, parties, events)
    touched = people.filter(pl.col("household").is_in(events["household"].drop_nulls().implode()))
    names = dict(touched.select("person", "name").iter_rows())
    named = touched.filter(pl.col("role").is_in(["head", "partner"])).sort("household", "slot")
    liable = dict(named.group_by("household", maintain_order=True).agg("person").iter_rows())
    for night, kind, household, person, dwelling, to in _as_council_tax_learns(events, nights):
        account = ledger.of_household.get(household, -1)
        if kind in ("move", "rehouse"):
            same = [party[0] for party in ledger.parties.get(account, []) if party[0] is not None]
            _leave(ledger, household, night, dwelling, to)
            _take_up(ledger, household, night, to, same or liable.get(household, []))
        elif kind == "leave":
            _leave(ledger, household, night, dwelling, None)
        elif kind == "arrive":
            _take_up(ledger, household, night, to, liable.get(household, []))
        elif kind == "death" and account >= 0:
            _die(ledger, account, night, person, names.get(person, ""))
        elif kind in ("marriage", "correction") and account >= 0:
            _say(ledger, account, night, person, "married" if kind == "marriage" else "full")
    return _with_versions(accounts, parties, ledger)


def _as_council_tax_learns(events: pl.DataFrame, nights: int) -> Iterable[tuple[int, str, int, int, int, int]]:
    late = (pl.col("kind") == "death").cast(pl.Int8)
    known = events.with_columns(pl.col("night") + late).filter(pl.col("night") < nights)
    return known.sort("night", maintain_order=True).iter_rows()


def _with_versions(accounts: pl.DataFrame, parties: pl.DataFrame, ledger: _Ledger) -> tuple[pl.DataFrame, pl.DataFrame]:
    columns = [column.name for column in fields(_Version)]
    first = accounts.with_columns(version=pl.lit(1, pl.Int64), from_night=pl.lit(0, pl.Int64)).select(columns)
    later = pl.DataFrame([astuple(version) for version in ledger.versions], schema=first.schema, orient="row")
    named = ["account", "version", "party", "person", "kind", "text", "how"]
    once = parties.with_columns(version=pl.lit(1, pl.Int64), how=pl.lit(None, pl.String)).select(named)
    return (
        pl.concat([first, later]).sort("account", "version"),
        pl.concat([once, pl.DataFrame(ledger.named, schema=once.schema, orient="row")]).sort(
            "account", "version", "party"
        ),
    )
