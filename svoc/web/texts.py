"""What the pages say, as a catalogue for each language: `texts/en.toml` is whole, another may be begun beside it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["Texts"]


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language, by their names.

    >>> Texts.of("en")("sign_in.heading")
    'Sign in'
    """

    language: str
    said: Mapping[str, str]

    @classmethod
    @cache
    def of(cls, language: str) -> "Texts":
        """Read a catalogue."""
        text = files("svoc.web").joinpath("texts", f"{language}.toml").read_text(encoding="utf-8")
        return cls(language, dict(_flat(tomllib.loads(text))))

    def __call__(self, name: str, /, **values: object) -> str:
        """Give a text, with its places in braces filled; `KeyError` where there is none of that name."""
        return self.said[name].format(**values) if values else self.said[name]

    def has(self, name: str) -> bool:
        """Say whether there is a text of that name."""
        return name in self.said


def _flat(table: Mapping[str, Any], before: str = "") -> Any:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", str(value)
