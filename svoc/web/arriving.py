"""Whom a request comes from: a system by its key, or somebody whom a trusted proxy vouches for."""

import copy
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

from fastapi import Request

from svoc.council import Council
from svoc.errors import SvocError
from svoc.keys import KeyRefused, known_key
from svoc.web.house import house_of, session_of, sitting
from svoc.web.who import Identity, purposes_of
from svoc.words.audit import Kind
from svoc.words.roles import Role

__all__ = ["KEY", "Spoofed", "by_key", "by_proxy", "first_purpose", "identified", "seen_by", "signed_in_by_proxy"]

KEY, PROXY = "key", "proxy"
BEARER = "bearer "


class Spoofed(SvocError):
    """Says that a request claims what only a trusted proxy may say, and does not come from one."""

    exit_code = 2


def identified(council: Council, actor: str, groups: Collection[str], *, how: str) -> Identity:
    """Give an identity to who showed who they are: roles by their groups, or by `[actors]` where no groups give any."""
    given = council.settings.sign_in
    named = given.roles_of(list(groups)) if given.roles else council.policy.actors.get(actor, frozenset[Role]())
    return _identity(council, actor, frozenset(str(role) for role in named) - {Role.BATCH.value}, how)


def by_key(request: Request) -> Identity | None:
    """Give the system whose key a request bears, None where it bears none; raise `KeyRefused` for any that is none."""
    said = request.headers.getlist("authorization")
    if not said:
        return None
    if len(said) > 1 or not said[0].lower().startswith(BEARER):
        raise KeyRefused("expected one key, as Authorization: Bearer svoc_...")
    council = house_of(request).council
    kept = known_key(council, said[0][len(BEARER) :].strip())
    whole = _identity(council, kept.name, frozenset(kept.roles), KEY)
    return replace(whole, purposes=tuple(code for code in whole.purposes if code in kept.purposes))


def by_proxy(request: Request) -> Identity | None:
    """Give whom a trusted proxy vouches for, None where there is no such proxy or it names nobody.

    Raises `Spoofed` where its headers come from anywhere else, or come twice.
    """
    council = house_of(request).council
    proxy = council.settings.sign_in.proxy
    if proxy is None:
        return None
    actors, groups = request.headers.getlist(proxy.actor), request.headers.getlist(proxy.groups)
    if not proxy.believes(request.client.host if request.client else ""):
        if actors or groups:
            raise Spoofed("who somebody is can be said by the council's own proxy alone")
        return None
    if not actors:
        return None
    actor = actors[0].strip()
    if len(actors) > 1 or len(groups) > 1 or not 0 < len(actor) <= 100 or not actor.isprintable():
        raise Spoofed("expected who somebody is once, and nothing beside it")
    theirs = [group.strip() for group in groups[0].split(",")] if groups else []
    return identified(council, actor, theirs, how=PROXY)


def signed_in_by_proxy(request: Request) -> None:
    """Let the session of a request be that of whom the council's proxy vouches for now, and of nobody it does not."""
    house, vouched = house_of(request), by_proxy(request)
    session = session_of(request)
    known = session.identity if session else None
    if vouched is None:
        if session and known and known.how == PROXY:
            house.sessions.end(session)
            request.state.session = None
    elif known != vouched:
        house.council.audit.note(Kind.SIGN, actor=vouched.actor, about={"how": PROXY, "stage": "in"})
        purpose = first_purpose(house.council, vouched)
        request.state.session = house.sessions.sign_in(sitting(request), vouched, purpose)


def first_purpose(council: Council, identity: Identity) -> str:
    """Give the purpose that one works for until one chooses: the council's own, where one may."""
    own = council.settings.council.purpose
    return own if own in identity.purposes else next(iter(identity.purposes), "")


def seen_by(council: Council, identity: Identity) -> Council:
    """Give the council as one identity may use it: its roles count, and no other's."""
    mine = copy.copy(council)
    roles = frozenset(Role(role) for role in identity.roles)
    mine.policy = replace(council.policy, actors={identity.actor: roles})
    return mine


def _identity(council: Council, actor: str, roles: frozenset[str], how: str) -> Identity:
    bare = Identity(actor, roles, (), how)
    policy = seen_by(council, bare).policy
    return replace(bare, purposes=purposes_of(actor, policy, on=datetime.now(UTC).date()))
