"""Which surname each piece of a name field has: its own, its neighbour's, or the one that stands in front for all."""

from svoc.sources.name_pieces import Piece
from svoc.sources.name_words import Words, words

__all__ = ["share_surnames"]


def share_surnames(found: list[Piece], surname_first: bool | None) -> list[Piece]:
    """Part names from surnames in all pieces of one field; pieces that only gave another its forename go."""
    people = [piece for piece in found if _speaks_of_somebody(piece)]
    for piece in people:
        piece.told = bool(piece.surname)
    if any(piece.titles[:1] == ["MESSRS"] for piece in people):
        for piece in people:
            piece.titles = piece.titles or ["MR"]
    _close(people, surname_first, words())
    _lend(people, words())
    gone = _pair_titles(people)
    return [piece for piece in found if not any(piece is each for each in gone)]


def _speaks_of_somebody(piece: Piece) -> bool:
    named = bool(piece.titles or piece.names or piece.surname)
    return (named and piece.kind in ("person", "executor")) or (piece.cut and piece.kind == "person")


def _close(people: list[Piece], surname_first: bool | None, known: Words) -> None:
    """Find the surname of each piece that has one of its own, or follows a surname that stands in front."""
    front: list[str] = []
    comma = False
    for at, piece in enumerate(people):
        following = people[at + 1] if at + 1 < len(people) else None
        if piece.surname or piece.given_only:
            front, comma = piece.surname, True
        elif front and not comma and _leads_again(piece, known):
            front = _take_front(piece, known)
        elif front and piece.names:
            _close_behind(piece, front, known)
        elif len(piece.names) > 1:
            if _lends_forward(piece, following, known):
                continue
            if _surname_leads(piece, people, surname_first, known):
                front, comma = _take_front(piece, known), False
            else:
                _take_back(piece, known)
        elif surname_first and piece.names and not piece.titles and len(people) > 1 and following is not None:
            front = piece.surname = piece.names
            piece.names, comma = [], False


def _leads_again(piece: Piece, known: Words) -> bool:
    """Tell whether JONES K in SMITH J & JONES K has a surname of its own."""
    if len(piece.names) < 2 or piece.titles or piece.names[0] in known.forenames or len(piece.names[0]) == 1:
        return False
    return len(piece.names[-1]) == 1 or piece.names[-1] in known.forenames


def _close_behind(piece: Piece, front: list[str], known: Words) -> None:
    """Read MRS A in SMITH,MR J & MRS A as Mrs A Smith, but MRS A JONES by itself."""
    last, first = piece.names[-1], piece.names[0]
    if len(piece.names) > len(front) and piece.names[-len(front) :] == front:
        piece.names = piece.names[: -len(front)]
    elif piece.names == [last] and piece.titles and last in known.surnames and last not in known.forenames:
        return _take_back(piece, known)
    elif len(piece.names) > 1 and len(last) > 1 and last not in known.forenames:
        own = (len(first) == 1 and len(piece.names) == 2) or last in known.surnames
        if own:
            return _take_back(piece, known)
    piece.surname = front
    return None


def _lends_forward(piece: Piece, following: Piece | None, known: Words) -> bool:
    """Tell whether JOHN PAUL in MR JOHN PAUL & MRS ANN SMITH are both given names."""
    if following is None or following.surname or len(following.names) < 2 or len(following.names[-1]) == 1:
        return False
    first, last = piece.names[0], piece.names[-1]
    if all(len(name) == 1 for name in piece.names[1:]):
        return len(first) == 1 or first in known.forenames or (bool(piece.titles) and first not in known.surnames)
    given = len(first) > 1 and all(len(name) == 1 or name in known.forenames for name in piece.names)
    return given and (len(last) == 1 or last not in known.surnames)


def _surname_leads(piece: Piece, people: list[Piece], told: bool | None, known: Words) -> bool:
    first, last = piece.names[0], piece.names[-1]
    if told is not None and not piece.titles:
        return told
    if len(last) == 1:
        return len(first) > 1 or first in known.particles_after_forename
    if piece.titles or len(first) == 1:
        return False
    return _leads_in_full(piece, people, known)


def _leads_in_full(piece: Piece, people: list[Piece], known: Words) -> bool:
    """Settle SMITH JOHN or JOHN SMITH by what others repeat, then by common forenames, then as is usual."""
    first, last = piece.names[0], piece.names[-1]
    if any(name in known.particles or name in known.particles_after_forename for name in piece.names[1:-1]):
        return first in known.particles
    others = [other.names for other in people if other is not piece and len(other.names) > 1]
    if any(names[-1] == last for names in others):
        return False
    repeated = any(names[0] == first for names in others)
    particle = first in known.particles and len(piece.names) > 2
    given_last = last in known.forenames and first not in known.forenames
    return repeated or particle or (given_last and (last not in known.surnames or first in known.surnames))


def _take_front(piece: Piece, known: Words) -> list[str]:
    at, names = 0, piece.names
    particles = known.particles | known.particles_after_forename
    while at < len(names) - 1 and names[at] in particles and len(names[at + 1]) > 1:
        at += 1
    piece.surname, piece.names = names[: at + 1], names[at + 1 :]
    return piece.surname


def _take_back(piece: Piece, known: Words) -> None:
    names = piece.names
    at = len(names) - 1
    while at > 0 and (taken := _belonging(names, at, known)):
        at -= taken
    piece.surname, piece.names = names[at:], names[:at]


def _belonging(names: list[str], at: int, known: Words) -> int:
    """Count the words before this one that belong to the surname with it: O NEILL, VAN DER BERG, GARCIA Y LOPEZ."""
    before = names[at - 1]
    if before == "Y":
        return 2 if at > 2 else 0
    if before == "O" and names[at] not in known.after_o:
        return 0
    return int(before in known.particles or (at > 1 and before in known.particles_after_forename))


def _lend(people: list[Piece], known: Words) -> None:
    """Give single names their neighbours' surname, or let them be surnames themselves."""
    for at, piece in enumerate(people):
        if piece.surname or not piece.names or piece.given_only:
            continue
        after = next((other for other in people[at + 1 :] if other.surname), None)
        before = next((other for other in reversed(people[:at]) if other.surname), None)
        lender = _lender(piece, before, after, known)
        if lender is not None:
            piece.surname = lender.surname
        elif len(piece.names) > 1:
            _take_back(piece, known)
        elif len(piece.names[0]) > 1:
            piece.surname, piece.names = piece.names, []


def _lender(piece: Piece, before: Piece | None, after: Piece | None, known: Words) -> Piece | None:
    word = piece.names[0]
    if len(piece.names) > 1 or len(word) == 1:
        return after or before
    surname = word in known.surnames
    common = word in known.forenames or (piece.cut and any(name.startswith(word) for name in known.forenames))
    if after is not None and after.names:
        in_full = len(after.names[0]) > 1
        given = common or (not surname and (in_full or not piece.titles))
        return after if given else None
    given = (common or not surname) if not piece.titles else (common and not surname)
    return before if given else None


def _pair_titles(people: list[Piece]) -> list[Piece]:
    """Read MR & MRS J SMITH as Mr J Smith and Mrs Smith, and MR & MRS J & A SMITH as both; give the pieces used up."""
    gone: list[Piece] = []
    at = 0
    while at < len(people):
        end = at
        while end < len(people) and _bare(people[end]):
            end += 1
        bare, holder = people[at:end], people[end] if end < len(people) else None
        if bare and holder is not None and holder.titles and _one_house(bare, holder):
            gone += _shared(bare, holder, people[end + 1 : end + 1 + len(bare)])
        else:
            _follow(bare, people[:at])
        at = end + 1
    return gone


def _bare(piece: Piece) -> bool:
    """Tell whether a piece is a title alone, or somebody of whom even that is cut off."""
    return not piece.names and (not piece.surname or (piece.told and bool(piece.titles)))


def _one_house(bare: list[Piece], holder: Piece) -> bool:
    if holder.told and any(piece.told for piece in bare):
        return False
    return bool(holder.surname) and all(not piece.surname or piece.surname == holder.surname for piece in bare)


def _shared(bare: list[Piece], holder: Piece, more: list[Piece]) -> list[Piece]:
    for piece in bare:
        piece.surname = holder.surname
    paired = len(more) == len(bare) and all(m.names and not m.titles and m.surname == holder.surname for m in more)
    if paired and holder.names:
        everyone = [*bare, holder]
        for piece, named in zip(everyone, [holder.names, *(m.names for m in more)], strict=True):
            piece.names = named
        holder.deceased = holder.deceased or more[-1].deceased
        return more
    if holder.names:
        bare[0].names, holder.names = holder.names, []
        bare[0].deceased, holder.deceased = holder.deceased, holder.kind == "executor"
    return []


def _follow(bare: list[Piece], before: list[Piece]) -> None:
    surname = next((piece.surname for piece in reversed(before) if piece.surname), [])
    for piece in bare:
        surname = piece.surname = piece.surname or surname
