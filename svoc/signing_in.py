"""`[sign_in]`: how people show who they are, and which roles what is said of them gives."""

import ipaddress
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

__all__ = ["OidcSettings", "ProxySettings", "SignInSettings"]

LOCAL = ("localhost", "127.0.0.1", "::1")
PersonsRole = Literal["steward", "second-checker", "officer", "auditor", "administrator"]


def is_safe(address: str) -> bool:
    """Say whether an address may carry secrets: over HTTPS, or on this computer.

    >>> is_safe("https://login.example/tenant"), is_safe("http://127.0.0.1:9000"), is_safe("http://login.example")
    (True, True, False)
    """
    try:
        parts = urlsplit(address)
        here = parts.scheme == "http" and parts.hostname in LOCAL
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or here)


class OidcSettings(BaseModel):
    """`[sign_in.oidc]`: the provider of OpenID Connect at which people sign in.

    `issuer`, `client`: the provider, and what it calls this svoc; `address`: where browsers reach this svoc; `actor`:
    the claim that names somebody in the audit trail, which nobody may be able to change for themselves; `groups`: the
    claim that `[sign_in.roles]` speaks of; `scopes`: what is asked for. Its secret is `[sign_in] secret`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str
    client: str
    address: str
    actor: str = "sub"
    groups: str = "roles"
    scopes: list[str] = ["openid", "profile"]

    @field_validator("issuer", "address")
    @classmethod
    def _safe(cls, address: str) -> str:
        if not is_safe(address):
            raise PydanticCustomError("address", "expected an address that begins with https://")
        return address


class ProxySettings(BaseModel):
    """`[sign_in.proxy]`: a proxy before svoc that has checked who somebody is, and says so in headers.

    `addresses`: of the proxies that are believed, as 10.0.0.5 or 10.0.0.0/28, and of nobody else; `actor`, `groups`:
    the headers that name somebody and their groups, these with commas between.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    addresses: list[str] = Field(min_length=1)
    actor: str = "X-Remote-User"
    groups: str = "X-Remote-Groups"

    @field_validator("addresses")
    @classmethod
    def _addresses(cls, addresses: list[str]) -> list[str]:
        for address in addresses:
            try:
                ipaddress.ip_network(address)
            except ValueError:
                raise PydanticCustomError("address", "expected addresses as 10.0.0.5 or 10.0.0.0/28") from None
        return addresses

    def believes(self, address: str) -> bool:
        """Say whether a request that comes from an address was sent by one of the proxies.

        >>> proxy = ProxySettings(addresses=["10.0.0.0/30"])
        >>> proxy.believes("10.0.0.2"), proxy.believes("10.0.0.5"), proxy.believes("testclient")
        (True, False, False)
        """
        try:
            there = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(there in ipaddress.ip_network(each) for each in self.addresses)


class SignInSettings(BaseModel):
    """`[sign_in]`: with neither `oidc` nor `proxy` nobody checks who signs in, and only this computer may ask.

    `secret`: what the provider gave this svoc; `roles`: for each role the groups, as the provider or the proxy calls
    them, whose members have it; where none is told, `[actors]` says who has which. `a_minute`: so many requests one
    person or system may make of the staff API.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    secret: str = Field(default="", repr=False)
    a_minute: Annotated[int, Field(ge=1)] = 600
    oidc: OidcSettings | None = None
    proxy: ProxySettings | None = None
    roles: dict[PersonsRole, list[str]] = Field(default_factory=dict)

    @property
    def is_checked(self) -> bool:
        """Say whether anybody checks who signs in."""
        return self.oidc is not None or self.proxy is not None

    def roles_of(self, groups: list[str]) -> frozenset[str]:
        """Give the roles that groups give.

        >>> SignInSettings(roles={"steward": ["svoc-stewards"]}).roles_of(["svoc-stewards", "all-staff"])
        frozenset({'steward'})
        """
        return frozenset(role for role, theirs in self.roles.items() if not set(theirs).isdisjoint(groups))
