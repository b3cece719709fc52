"""What one process has open for all its pages: the council, the sessions, the texts, the look."""

from dataclasses import dataclass
from pathlib import Path

from fastapi import Request

from svoc.council import Council
from svoc.desk import Shared
from svoc.errors import SettingsError
from svoc.settings import CouncilSettings
from svoc.web.oidc import Provider
from svoc.web.sessions import Session, Sessions
from svoc.web.texts import Texts

__all__ = ["House", "house_of", "session_of", "sitting"]


@dataclass(frozen=True, slots=True)
class House:
    """What all pages share.

    One `Council` serves every thread: its engines are pools of connections, each taken for one transaction, and all
    else in it is read and not written once it is open. `logo`: the council's mark, if it has one; `provider`: where
    people sign in, if they do so at one.
    """

    council: Council
    sessions: Sessions
    texts: Texts
    development: bool
    shared: Shared
    logo: bytes | None = None
    provider: Provider | None = None

    @property
    def settings(self) -> CouncilSettings:
        """Give the council's settings."""
        return self.council.settings

    @classmethod
    def open(cls, path: Path, *, development: bool, sessions: Sessions | None = None) -> "House":
        """Open what council.toml names; raise `SettingsError` or `StoreUnavailable`."""
        council = Council.open(path)
        try:
            _ = council.audit.whole  # opened once, before threads could do it side by side
            logo = _logo_of(council.settings)
        except BaseException:
            council.close()
            raise
        return cls(
            council,
            sessions or Sessions(),
            Texts.of("en"),
            development,
            Shared(council),
            logo,
            _provider_of(council.settings),
        )


def _provider_of(settings: CouncilSettings) -> Provider | None:
    given = settings.sign_in
    return Provider(given, given.oidc) if given.oidc else None


def _logo_of(settings: CouncilSettings) -> bytes | None:
    if not settings.branding.logo:
        return None
    file = settings.at(settings.branding.logo)
    try:
        return file.read_bytes()
    except OSError as fault:
        raise SettingsError(f"[branding] logo: {file.name} cannot be read ({fault.strerror})") from None


def house_of(request: Request) -> House:
    """Give what the application has open."""
    house: House = request.app.state.house
    return house


def session_of(request: Request) -> Session | None:
    """Give the session of a request, whoever it is of, if it has one."""
    found: Session | None = request.state.session
    return found


def sitting(request: Request) -> Session:
    """Give the session of a request, or begin one."""
    if request.state.session is None:
        request.state.session = house_of(request).sessions.begin()
    session: Session = request.state.session
    return session
