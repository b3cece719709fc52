"""The words of which the town's places are made, read from `data/place_words.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """Hold the word lists of the town's streets, houses, blocks and businesses, all in capitals."""

    custodian: int
    council: str
    county: str
    towns: tuple[str, ...]
    localities: tuple[str, ...]
    wards: tuple[str, ...]
    street_words: tuple[str, ...]
    whole_streets: tuple[str, ...]
    welsh_streets: Mapping[str, str]
    house_names: tuple[str, ...]
    block_words: tuple[str, ...]
    block_types: tuple[str, ...]
    shop_names: tuple[str, ...]
    pub_names: tuple[str, ...]
    care_names: tuple[str, ...]
    care_types: tuple[str, ...]
    hall_names: tuple[str, ...]
    site_names: tuple[str, ...]


@cache
def place_words() -> PlaceWords:
    """Read the word lists that come with the package.

    >>> place_words().towns[0]
    'BARCHESTER'
    """
    text = files("svoc.rehearsal").joinpath("data/place_words.toml").read_text("utf-8")
    raw: dict[str, Any] = tomllib.loads(text)
    lists: dict[str, Any] = {key: tuple(value) for key, value in raw.items() if isinstance(value, list)}
    return PlaceWords(**{**raw, **lists})
