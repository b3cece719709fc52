"""Lay the account of a person out as one page, to be read or printed by the person."""

from collections.abc import Mapping
from typing import Any

from svoc.reports.night_report import environment

__all__ = ["account_page"]


def account_page(told: Mapping[str, Any], *, council: str) -> str:
    """Give an account (`svoc.accounts.access`) as one HTML page that needs no other file, no network and no script."""
    return environment().get_template("account.html").render(told=told, council=council)
