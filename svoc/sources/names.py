"""Joint names in one field, taken apart: `SMITH,MR J & MRS A` names two people, `ACME LTD` none.

Whole words decide, never parts of words: BRENT, LAURENT, DECKER and OWNERS are people's names. What cannot be known
stays open: `MR & MRS J SMITH` names a second person without a forename. The word lists are `svoc/defaults/names`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from svoc.sources.clean import folded, text
from svoc.sources.name_pieces import Piece, pieces
from svoc.sources.name_surnames import share_surnames
from svoc.sources.name_words import Words, words

__all__ = ["PARTIES", "Party", "parse", "parties", "printed"]

PARTIES: dict[str, pl.DataType] = {
    "party": pl.Int16(),
    "kind": pl.String(),
    "title": pl.String(),
    "forename": pl.String(),
    "middle_names": pl.String(),
    "surname": pl.String(),
    "previous_surname": pl.String(),
    "deceased": pl.Boolean(),
}
"""Columns that `parties` adds to the distinct names."""


@dataclass(frozen=True, slots=True)
class Party:
    """One party named in a field. `kind` is person, organisation, executor or void.

    Capitals, accents gone; a forename may be an initial. An executor's names are those of the person who died.
    """

    kind: str = "person"
    title: str | None = None
    forename: str | None = None
    middle_names: str | None = None
    surname: str | None = None
    previous_surname: str | None = None
    deceased: bool = False


NOBODY = Party(kind="void")


def parse(name: str | None, *, surname_first: bool | None = None) -> tuple[Party, ...]:
    """Name the parties of one field, in the order in which it names them; a field that names nobody gives one void.

    `surname_first` settles SMITH JOHN in systems known to write so; otherwise common forenames settle it, and then
    the usual order. Any text is taken; nothing raises.

    >>> [(p.title, p.forename, p.surname) for p in parse("SMITH,MR J & MRS A")]
    [('MR', 'J', 'SMITH'), ('MRS', 'A', 'SMITH')]
    >>> [(p.title, p.forename, p.surname) for p in parse("Mr & Mrs J Smith")]
    [('MR', 'J', 'SMITH'), ('MRS', None, 'SMITH')]
    """
    plain = pl.select(folded(text(pl.lit(name, dtype=pl.String)))).item()
    return _parsed(plain or "", surname_first)


def parties(names: pl.Series, *, surname_first: bool | None = None) -> pl.DataFrame:
    """Parse every distinct name once, for joining back.

    Gives a frame of `name` (String, as in `names`; null is one) and the columns of `PARTIES`, one row for each party,
    sorted by name and party.

    >>> parties(pl.Series(["A KHAN & B LEE", "A KHAN & B LEE"])).select("party", "surname").rows()
    [(1, 'KHAN'), (2, 'LEE')]
    """
    distinct = pl.DataFrame({"name": names.unique()}, schema={"name": pl.String}).sort("name")
    plain = distinct.select(folded(text(pl.col("name"))).fill_null("")).to_series().to_list()
    rows = [
        (at, ordinal, p.kind, p.title, p.forename, p.middle_names, p.surname, p.previous_surname, p.deceased)
        for at, each in enumerate(plain)
        for ordinal, p in enumerate(_parsed(each, surname_first), 1)
    ]
    parsed = pl.DataFrame(rows, schema={"at": pl.UInt32(), **PARTIES}, orient="row")
    return parsed.select(distinct["name"].gather(parsed["at"]), *PARTIES)


def printed(parties: Sequence[Party]) -> str:
    """Write parties in one field, so plainly that `parse` gives them back.

    >>> printed(parse("MR JOHN & MRS ANN SMITH DECD"))
    'SMITH,MR JOHN & DECD SMITH,MRS ANN'
    """
    return " & ".join(_printed(party) for party in parties)


def _printed(party: Party) -> str:
    if party.kind in ("organisation", "void"):
        return party.surname or ("VOID" if party.kind == "void" else "LTD")
    before = {"executor": "EXORS OF "}.get(party.kind, "DECD " if party.deceased else "")
    given = " ".join(filter(None, (party.title, party.forename, party.middle_names)))
    previous = f" NEE {party.previous_surname}" if party.previous_surname else ""
    return f"{before}{party.surname or ''},{given}{previous}"


# --- pieces to parties


def _parsed(plain: str, surname_first: bool | None) -> tuple[Party, ...]:
    found = _estates_joined(pieces(plain))
    named = tuple(_party(piece, words()) for piece in share_surnames(found, surname_first))
    return named if any(party != NOBODY for party in named) else (NOBODY,)


def _estates_joined(found: list[Piece]) -> list[Piece]:
    """Make EXORS OF MR & MRS J SMITH one party that acts for both."""
    kept: list[Piece] = []
    for piece in found:
        before = kept[-1] if kept else None
        if (
            before
            and before.kind == "executor"
            and not before.names
            and not before.surname
            and before.titles
            and piece.titles
        ):
            kept.pop()
            piece.kind, piece.deceased, piece.titles = "executor", True, before.titles or piece.titles
        kept.append(piece)
    return kept


# --- a piece to a party


def _party(piece: Piece, known: Words) -> Party:
    if piece.kind in ("organisation", "void"):
        return Party(kind=piece.kind)
    titles, given = list(piece.titles), list(piece.names)
    while given and given[0] in known.titles and (piece.surname or len(given) > 1):
        titles.append(given.pop(0))
    if not piece.surname and not given:
        return _of_titles(titles, piece, known)
    return Party(
        kind=piece.kind,
        title=known.titles[titles[0]] if titles else None,
        forename=given[0] if given else None,
        middle_names=" ".join(given[1:]) or None,
        surname=_glued(piece.surname) or None,
        previous_surname=piece.previous,
        deceased=piece.deceased,
    )


def _of_titles(titles: list[str], piece: Piece, known: Words) -> Party:
    """Read LORD alone as a surname, MR alone as nobody."""
    names = [title for title in titles if title not in known.titles_anywhere]
    if piece.kind == "executor":
        return Party(kind="executor", deceased=True)
    return Party(surname=names[-1], deceased=piece.deceased) if names else NOBODY


def _glued(surname: list[str]) -> str:
    """Write O NEILL as O'NEILL and MC DONALD as MCDONALD."""
    glued: list[str] = []
    for word in surname:
        if glued and glued[-1] in ("O", "MC", "MAC"):
            glued[-1] += f"'{word}" if glued[-1] == "O" else word
        else:
            glued.append(word)
    return " ".join(glued)
