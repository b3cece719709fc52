"""Who can be told: the sources, by the service that each is, and services that svoc does not read.

A source tells which service it is by `service` in `[[sources]]` or in `[notices.recipients.NAME]`. A name there that no
source bears is a service that svoc does not read: it is told only where the teller agreed to it by name, and looks for
the person itself.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from pydantic import Field, ValidationError

from svoc.errors import SettingsError, nearest
from svoc.notices.names import CHANNELS, USUAL
from svoc.settings import CouncilSettings, Section
from svoc.words.services import SERVICES, service_of

__all__ = ["Recipient", "Recipients"]

NAME = re.compile(r"[^./\\\s][^/\\\x00-\x1f]*")

HTTPS = r"https://[^\s/?#@]+([/?][^\s#]*)?"


class Recipient(Section):
    """`[notices.recipients.NAME]`: which service a recipient is, and by which channel it is told.

    `url`, `secret`, `ca`: of a webhook its address, the secret that it is signed by (better in the environment, as
    `SVOC_NOTICE_SECRET_NAME`) and a file of the authorities that vouch for it, where the machine's own do not;
    `states`: where it can be asked what has become of notices;
    `timeout`: seconds for one try; `tries`: after so many a notice is a dead letter; `to`: of e-mail the addresses;
    `facts`: an e-mail holds the facts too, and not their references alone.
    """

    service: str = ""
    channel: str = USUAL
    url: str = ""
    states: str = ""
    secret: str = Field(default="", repr=False)
    ca: str = ""
    timeout: float = Field(default=10, gt=0, le=120)
    tries: int = Field(default=12, ge=1, le=100)
    to: str | list[str] = ""
    facts: bool = False


@dataclass(frozen=True, slots=True)
class Recipients:
    """All that may be told.

    `services`: source -> the service that it is, its kind where it is none; `unread`: the name of a service that svoc
    does not read -> the service that it is; `settings`: name -> what the council wrote of it.
    """

    services: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Recipient] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: CouncilSettings) -> Self:
        """Read them from council.toml; raise `SettingsError` with every fault at once."""
        faults: list[str] = []
        written = {name: _read(name, table, faults) for name, table in settings.notices.recipients.items()}
        sources = {source.name: source for source in settings.sources}
        services = {}
        for name, source in sources.items():
            said = source.service or (written[name].service if name in written else "")
            services[name] = _service(f"[[sources]] {name}", said, faults) or source.kind
        unread = {
            name: _service(f"[notices.recipients.{name}]", each.service, faults) or service_of(name)
            for name, each in written.items()
            if name not in sources
        }
        if faults:
            raise SettingsError("\n".join(faults))
        return cls(services, unread, written)

    def names(self, kinds: Iterable[str]) -> set[str]:
        """Give all that a route may name; `kinds`: of sources."""
        return {*self.services, *self.unread, *SERVICES, *kinds}

    def one(self, name: str) -> Recipient:
        """Give what the council wrote of a recipient, or what goes without saying."""
        return self.settings.get(name) or Recipient()


def _read(name: str, table: Any, faults: list[str]) -> Recipient:
    where = f"[notices.recipients.{name}]"
    if not NAME.fullmatch(name):
        faults.append(f"{where}: expected a name without slashes that does not begin with a point or a space")
    try:
        read = Recipient.model_validate(table)
    except ValidationError as found:
        faults += [_misfit(where, error) for error in map(dict, found.errors())]
        return Recipient()
    if read.channel not in CHANNELS:
        faults.append(_unknown(f"{where} channel", read.channel, CHANNELS))
    elif (read.channel == "webhook" or read.url) and not re.fullmatch(HTTPS, read.url):
        faults.append(f"{where} url: a webhook wants an address that begins with https://")
    elif read.states and not re.fullmatch(HTTPS, read.states):
        faults.append(f"{where} states: expected an address that begins with https://")
    elif read.channel == "email" and not _addresses(read.to):
        faults.append(f"{where} to: an e-mail wants an address, or a list of them")
    return read


def _misfit(where: str, error: Mapping[str, Any]) -> str:
    named = ".".join(str(part) for part in error["loc"] if part not in {"str", "list[str]"})
    if error["type"] == "extra_forbidden":
        return _unknown(where, named, Recipient.model_fields)
    return f"{where} {named}: {error['msg'][0].lower()}{error['msg'][1:]}".replace(" :", ":")


def _unknown(where: str, name: str, choices: Iterable[str]) -> str:
    hint = nearest(name, choices) or ", ".join(sorted(choices))
    return f"{where}: there is no {name}; did you mean {hint}?"


def _service(where: str, said: str, faults: list[str]) -> str:
    service = service_of(said) if said else ""
    if service and service not in SERVICES:
        faults.append(_unknown(f"{where} service", said, SERVICES))
    return service


def _addresses(to: str | list[str]) -> list[str]:
    given = [to] if isinstance(to, str) else to
    return given if given and all(re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+", each) for each in given) else []
