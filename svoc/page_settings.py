"""`[branding]` and `[desk]`: how a council's pages look, and how its stewards work with them."""

import re
from pathlib import PurePath
from typing import Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

__all__ = ["BrandingSettings", "DeskSettings", "contrast_with_white"]

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
LINK = re.compile(r"https://[^\s{}<>\"']+\{record\}[^\s{}<>\"']*")
MARKS = {".svg": "image/svg+xml", ".png": "image/png"}
"""What a council's mark may be, and how it is sent."""
READABLE = 4.5
"""The contrast that WCAG 2.2, 1.4.3, asks between text and what it stands on."""


def contrast_with_white(colour: str) -> float:
    """Give the contrast of a colour with white, as WCAG 2.2 defines it: from 1, the same, to 21, black.

    >>> round(contrast_with_white("#000000"), 1), round(contrast_with_white("#1d70b8"), 1)
    (21.0, 5.2)
    """
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


class BrandingSettings(BaseModel):
    """`[branding]`: whose pages they look like.

    `name` stands at the head of every page, the council's own unless set; `logo`: an SVG or PNG file to stand there in
    its place; `colour`: what white letters stand on, as #1d70b8.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = ""
    logo: str = ""
    colour: str = "#1d70b8"

    @field_validator("colour")
    @classmethod
    def _readable(cls, colour: str) -> str:
        if not COLOUR.fullmatch(colour):
            raise PydanticCustomError("colour", "expected a colour as #1d70b8")
        if contrast_with_white(colour) < READABLE:
            raise PydanticCustomError("colour", "expected a darker colour: white letters must be readable on it")
        return colour

    @field_validator("logo")
    @classmethod
    def _drawn(cls, logo: str) -> str:
        if logo and PurePath(logo).suffix.lower() not in MARKS:
            raise PydanticCustomError("logo", "expected a file that ends in .svg or .png")
        return logo

    @property
    def media_type(self) -> str:
        """Give as what the logo is sent."""
        return MARKS[PurePath(self.logo).suffix.lower()]


class DeskSettings(BaseModel):
    """`[desk]`: how stewards work.

    `blind`: the kinds of case of which a steward sees what the machine made of them only once they have decided;
    `minutes`: for how long a case that somebody opened is theirs alone; `links`: by a source's name, where one of its
    records is found in its own system, `{record}` standing for the reference.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    blind: list[Literal["household", "possible_move", "looks_wrong", "succession"]] = []
    minutes: int = Field(default=15, ge=1, le=240)
    links: dict[str, str] = {}

    @field_validator("links")
    @classmethod
    def _leads_somewhere(cls, links: dict[str, str]) -> dict[str, str]:
        for source, link in links.items():
            if not LINK.fullmatch(link):
                raise PydanticCustomError(
                    "link",
                    f"{source}: expected an address with the reference's place, as https://tax.example/{{record}}",
                )
        return links

    def link_to(self, source: str, record: str | None) -> str:
        """Give where a record stands in its own system, "" where that is not known.

        >>> DeskSettings(links={"library": "https://lib.example/card/{record}"}).link_to("library", "24/7")
        'https://lib.example/card/24%2F7'
        """
        return self.links[source].replace("{record}", quote(record, safe="")) if record and source in self.links else ""
