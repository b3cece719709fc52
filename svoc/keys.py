"""Keys by which other systems ask (`svoc key`): made once, shown once, for some purposes and roles, until a day.

A key reads `svoc_PREFIX_SECRET`. The prefix is open and finds the key; of the secret, which is as long as chance can
make it unguessable, a hash is kept that is keyed by a salt of the key's own and by the council's secret. So whoever
reads the database has no key, and nobody who has no key learns from how long a refusal takes whether a prefix exists.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b, sha256

from svoc.council import Council
from svoc.errors import SettingsError, SvocError, nearest
from svoc.store.api_keys import KeptKey, keep_key, kept_keys, key_by_prefix, mark_used, revoke
from svoc.words.audit import Kind
from svoc.words.purposes import Purpose
from svoc.words.roles import Role, known_role

__all__ = ["LONGEST", "KeyRefused", "NewKey", "known_key", "list_keys", "make_key", "revoke_key"]

LONGEST = timedelta(days=400)
"""For so long a key may hold: a year, and time to change it."""
SHAPE = re.compile(r"svoc_([a-z2-7]{10})_([A-Za-z0-9_-]{43})")
NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,59}")
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
NOBODY = KeptKey("", secrets.token_hex(16), secrets.token_hex(32), "", (), (), date.min, datetime.now(UTC), "")
"""What a secret is held against where nobody has the prefix: it costs the same."""


class KeyRefused(SvocError):
    """Says that a key is not one that holds; never which of its parts, or why."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made: `text` is all of it, and is kept nowhere."""

    text: str
    prefix: str
    name: str
    until: date


def make_key(
    council: Council, name: str, *, purposes: list[str], roles: list[str], until: date, by: str, because: str
) -> NewKey:
    """Make a key for a system, for purposes and roles, that holds until the end of a day.

    Raises `SettingsError` for a name, a purpose, a role or a day that cannot be, and where none of the roles may ask
    for one of the purposes; `StoreUnavailable` where it cannot be noted or kept.
    """
    _refuse(name, until, because)
    parts = {known_role(role, "--roles") for role in roles}
    if not parts or not purposes:
        raise SettingsError("a key needs --purposes and --roles: what it may be used for, and as whom")
    if unfit := parts & {Role.BATCH, Role.SECOND_CHECKER}:
        raise SettingsError(f"--roles {sorted(unfit)[0]}: no system is the night, nor a second pair of eyes")
    for code in purposes:
        _refuse_unasked(council.policy.purposes.purpose(code, on=_today()), parts)
    prefix, secret = "".join(secrets.choice(LETTERS) for _ in range(10)), secrets.token_urlsafe(32)
    salt = secrets.token_hex(16)
    digest = _digest(council, salt, secret)
    asked, playing = tuple(sorted({*purposes})), tuple(sorted(parts))
    kept = KeptKey(prefix, salt, digest, name, playing, asked, until, datetime.now(UTC), by)
    with council.audit.acting(Kind.KEY, actor=by, because=because, about={"key": prefix, "stage": "made"}):
        keep_key(council.store.engine, kept, because=because)
    return NewKey(f"svoc_{prefix}_{secret}", prefix, name, until)


def revoke_key(council: Council, prefix: str, *, by: str, because: str) -> None:
    """Revoke a key for good; raise `SettingsError` where there is none of that prefix, or it was revoked before."""
    if not because.strip():
        raise SettingsError("--because: say why the key is revoked; it stays with it")
    kept = key_by_prefix(council.store.engine, prefix)
    if kept is None or kept.revoked:
        there = [key.prefix for key in kept_keys(council.store.engine) if not key.revoked]
        hint = nearest(prefix, there)
        raise SettingsError("there is no key of that prefix to revoke" + (f"; did you mean {hint}?" if hint else ""))
    with council.audit.acting(Kind.KEY, actor=by, because=because, about={"key": prefix, "stage": "revoked"}):
        revoke(council.store.engine, prefix, by=by, because=because)


def list_keys(council: Council, *, by: str) -> list[tuple[KeptKey, str]]:
    """Give every key, the oldest first, and how it stands: holds, expired or revoked; that it was asked is noted."""
    found = [(key, state_of(key, _today())) for key in kept_keys(council.store.engine)]
    council.audit.note(Kind.LIST, actor=by, counts={"rows": len(found)}, about={"list": "keys"})
    return found


def known_key(council: Council, text: str, *, today: date | None = None) -> KeptKey:
    """Give the key that a text is, where it holds; note the day on which it was used.

    Raises `KeyRefused`, always in the same words. A refusal of one that there is is noted, with its ground; one of
    which nobody has the prefix is not, or whoever guesses could fill the trail.
    """
    day, found = today or _today(), SHAPE.fullmatch(text)
    prefix, secret = found.groups() if found else ("", "")
    kept = key_by_prefix(council.store.engine, prefix)
    asked = kept or NOBODY
    same = hmac.compare_digest(_digest(council, asked.salt, secret), asked.digest)
    if kept is None:
        raise KeyRefused(REFUSED)
    if not same or (state := state_of(kept, day)) != "holds":
        about = {"kind": "key", "ground": state if same else "secret"}
        council.audit.note(Kind.DENIED, actor=kept.name, about=about)
        raise KeyRefused(REFUSED)
    if kept.last_used != day:
        mark_used(council.store.engine, prefix, day)
    return kept


REFUSED = "this is no key that holds"


def state_of(key: KeptKey, on: date) -> str:
    """Say in one word how a key stands on a day: holds, expired or revoked."""
    return "revoked" if key.revoked else "expired" if key.until < on else "holds"


def _digest(council: Council, salt: str, secret: str) -> str:
    pepper = blake2b(council.settings.council.key.encode(), person=b"svoc-api-keys").digest()
    return hmac.new(pepper + bytes.fromhex(salt), secret.encode(), sha256).hexdigest()


def _refuse(name: str, until: date, because: str) -> None:
    if not NAME.fullmatch(name):
        raise SettingsError("--for: expected the name of a system, in small letters, digits, points and hyphens")
    if not because.strip():
        raise SettingsError("--because: say why the key is made; it stays with it")
    last = _today() + LONGEST
    if not _today() <= until <= last:
        raise SettingsError(f"--until: expected a day from today to {last.isoformat()}: every key ends")


def _refuse_unasked(purpose: Purpose, roles: set[Role]) -> None:
    if purpose.roles and roles.isdisjoint(purpose.roles):
        raise SettingsError(f"--purposes {purpose.code}: only {', '.join(purpose.roles)} may ask for it")


def _today() -> date:
    return datetime.now(UTC).date()
