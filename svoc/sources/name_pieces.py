"""A name field cut into pieces, one for each party: its titles, its names, and what is said beside the name."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from svoc.sources.name_words import Words, words

__all__ = ["Piece", "pieces"]

TOKEN = re.compile(r"[^\W_]+(?:['-][^\W_]+)*|[&+;/|\\,]")
JOINERS = frozenset("&+;/|\\") | {"AND"}
BRACKETS = re.compile(r"[(\[{]([^)\]}]*)[)\]}]?")
LOOSE_HYPHEN = re.compile(r"([^\W_]+)(?: -|- | - )([^\W_]+)")
LOOSE_APOSTROPHE = re.compile(r"\b([OD])' (?=\w)")
DIGIT = re.compile(r"\d")
SOFT_SUFFIXES = frozenset({"SENIOR", "JUNIOR"})
FIRM = frozenset({"CO", "SON", "SONS", "COMPANY", "PARTNERS"})
TRUNCATED = (31, 32)
"""Lengths of a field that was cut at 32 characters, a space at the end lost."""
TITLE_BEGINS = frozenset({"M", "MI", "MIS", "MR", "D"})

Tokens = list[str]


@dataclass(slots=True)
class Piece:
    """What one stretch of a field says of one party, before it is set beside the others.

    `surname` is filled where a comma or a title in the midst tells which words it is; otherwise `names` holds given
    names, or given names and surname in either order. `told`: the field itself sets the surname apart; `cut`: it may be
    cut off within this piece.
    """

    titles: Tokens = field(default_factory=list)
    names: Tokens = field(default_factory=list)
    surname: Tokens = field(default_factory=list)
    kind: str = "person"
    deceased: bool = False
    previous: str | None = None
    given_only: bool = False
    told: bool = False
    cut: bool = False


def pieces(text: str) -> list[Piece]:
    """Cut a field (capitals, accents gone) into pieces in the order of naming; empty where it names nobody."""
    known = words()
    tokens = _tokens(text, known)
    if known.noise.isdisjoint(tokens):
        found = [piece for group in _split(tokens, "&") if set(group) - {","} for piece in _parted(group, known)]
    elif _names_nobody(tokens, known):
        return []
    else:
        found = [piece for group in _groups(tokens, known) for piece in _of_group(group, known)]
    if len(text) in TRUNCATED and len(found) > 1:
        _mend_end(found[-1])
    return found


def _mend_end(last: Piece) -> None:
    """Take what is left of a title at the end of a cut field for what it is: somebody, more is not known."""
    last.cut = True
    if not last.surname and last.names == [] and last.titles == ["MR"]:
        last.titles = []
    elif not last.titles and not last.surname and len(last.names) == 1 and last.names[0] in TITLE_BEGINS:
        last.names = []


# --- text to tokens


def _tokens(text: str, known: Words) -> Tokens:
    plain = text.replace("&AMP;", " & ")
    if known.cut.search(plain):
        plain = known.cut.sub(" ", plain) if known.cut.sub("", plain).strip() else known.cut_words.sub(" ", plain)
    if "(" in plain or "[" in plain or "{" in plain:
        plain = BRACKETS.sub(lambda found: _unbracketed(found[1], known), plain)
    if " -" in plain or "- " in plain:
        plain = LOOSE_HYPHEN.sub(lambda found: _hyphenated(found[1], found[2], known), plain)
    if "' " in plain:
        plain = LOOSE_APOSTROPHE.sub(r"\1'", plain)
    found = TOKEN.findall(DIGIT.sub("", plain) if DIGIT.search(plain) else plain)
    return ["&" if word in JOINERS else word for word in found]


def _unbracketed(inside: str, known: Words) -> str:
    """Keep of a bracket what says something of the party: DECD, EXORS, a title, NEE JONES."""
    tokens = TOKEN.findall(inside)
    kept = known.said_beside | known.titles.keys() | {"OF", "THE"}
    telling = tokens and (tokens[0] in known.previously or all(t in kept for t in tokens))
    return f" {inside} " if telling or _phrase_at(tokens, known) is not None else " "


def _hyphenated(left: str, right: str, known: Words) -> str:
    apart = known.said_beside | known.titles.keys() | known.void
    return f"{left} {right}" if left in apart or right in apart else f"{left}-{right}"


def _names_nobody(tokens: Tokens, known: Words) -> bool:
    """Tell whether all words are of the kind of THE OWNER OR OCCUPIER."""
    found = {word for word in tokens if word not in "&,"}
    if not found:
        return True
    core = known.void | (known.void_after_the if "THE" in found else frozenset())
    return not found.isdisjoint(core) and found <= core | known.void_words | known.void_after_the


# --- tokens to groups, one between two joiners; companies keep theirs


def _groups(tokens: Tokens, known: Words) -> list[Tokens]:
    groups = [g for g in _split(tokens, "&") if any(t != "," for t in g)]
    named = [g for at, g in enumerate(groups) if at == 0 or not known.unnamed.issuperset(g)]
    return _firms_joined(named, known) if len(named) > 1 else named


def _firms_joined(groups: list[Tokens], known: Words) -> list[Tokens]:
    """Put together again what a joiner inside a company's name took apart: SMITH & JONES LTD."""
    joined: list[Tokens] = []
    for each in groups:
        group, firm = each, _is_firm(each, known) or each[0] in FIRM
        while (
            firm and joined and (_may_be_firm(joined[-1], known) or (group[0] in FIRM and _untitled(joined[-1], known)))
        ):
            group = [*joined.pop(), "&", *group]
        if joined and len(group) == 1 and group[0] in FIRM:
            continue
        if joined and not firm and _is_firm(joined[-1], known) and _may_be_firm(group, known):
            joined[-1] += ["&", *group]
        else:
            joined.append(group)
    return joined


def _is_firm(group: Tokens, known: Words) -> bool:
    if "&" in group:
        return True
    if not known.organisations.isdisjoint(group):
        return not _speaks_for_estate(group, known)
    weak = not known.organisations_unless_named.isdisjoint(group) or (group[0] in FIRM and len(group) == 1)
    the = group[0] == "THE" and len(group) > 2 and group[1] != "LATE"
    return (weak or the) and len(group) > 1 and not _named(group, known) and not _speaks_for_estate(group, known)


def _named(group: Tokens, known: Words) -> bool:
    """Tell whether a group looks like a person: a title, a comma or an initial."""
    titled = not known.titles_anywhere.isdisjoint(group) or group[0] in known.titles
    return titled or "," in group[:-1] or any(len(word) == 1 and word != "," for word in group)


def _untitled(group: Tokens, known: Words) -> bool:
    return known.titles.keys().isdisjoint(group) and "," not in group


def _may_be_firm(group: Tokens, known: Words) -> bool:
    person = _named(group, known) or (len(group) > 1 and group[0] in known.forenames)
    return not person and not _speaks_for_estate(group, known) and known.deceased.isdisjoint(group)


# --- what is said beside a name


def _phrase_at(tokens: Tokens, known: Words) -> int | None:
    return next((at for at in range(len(tokens) - 1) if tuple(tokens[at : at + 2]) in known.executor_phrases), None)


def _speaks_for_estate(group: Tokens, known: Words) -> bool:
    return not known.executors.isdisjoint(group) or _phrase_at(group, known) is not None


def _of_group(group: Tokens, known: Words) -> list[Piece]:
    if _names_nobody(group, known):
        return [Piece(kind="void")]
    if _is_firm(group, known):
        return [Piece(kind="organisation", names=[t for t in group if t != ","])]
    kind = "executor" if _speaks_for_estate(group, known) else "person"
    tokens = _without_executor(group, known) if kind == "executor" else group
    tokens, deceased = _without_deceased(tokens, known)
    tokens, previous = _without_previous(tokens, known)
    tokens = _without_suffixes(tokens, known)
    found = _parted(tokens, known) or [Piece(kind="void" if kind == "person" else kind)]
    for piece in found:
        piece.kind = kind if piece.kind == "person" else piece.kind
    found[-1].deceased, found[-1].previous = deceased or kind == "executor", previous
    return found[-1:] if kind == "executor" else found


def _without_executor(group: Tokens, known: Words) -> Tokens:
    kept, at = [], 0
    while at < len(group):
        word = group[at]
        if tuple(group[at : at + 2]) in known.executor_phrases:
            at += 2 if group[at + 1] not in known.titles else 1
            continue
        if word in known.executors:
            kept += [title for title in ("MRS", "MISS", "MR", "MS") if word.endswith(title)][:1]
        elif word not in ("OF", "THE", "LATE"):
            kept.append(word)
        at += 1
    return _no_loose_comma(kept, group)


def _no_loose_comma(kept: Tokens, before: Tokens) -> Tokens:
    """Drop a comma that stood only before the words taken away: SMITH J, DECD."""
    return kept[:-1] if kept and kept[-1] == "," and before[-1] != "," else kept


def _without_deceased(tokens: Tokens, known: Words) -> tuple[Tokens, bool]:
    late = tokens[:2] == ["THE", "LATE"] or (tokens[:1] == ["LATE"] and len(tokens) > 2 and tokens[1] != ",")
    rest = tokens[1 + (tokens[0] == "THE") :] if late else tokens
    rest = rest[1:] if rest[:1] == ["THE"] and len(rest) > 1 and rest[1] != "," else rest
    kept = [word for word in rest if word not in known.deceased]
    if kept and kept[-1] in known.deceased_at_end and len(_plain_names(kept[:-1], known)) > 1:
        kept = kept[:-1]
        return _no_loose_comma(kept, rest), True
    return _no_loose_comma(kept, rest), late or len(kept) < len(rest)


def _plain_names(tokens: Tokens, known: Words) -> Tokens:
    return [word for word in tokens if word != "," and word not in known.titles]


def _without_previous(tokens: Tokens, known: Words) -> tuple[Tokens, str | None]:
    at = next((i for i, word in enumerate(tokens) if i and word in known.previously), None)
    if at is None:
        return tokens, None
    after = tokens[at + 1 :]
    until = after.index(",") if "," in after else len(after)
    names = [word for word in after[:until] if word not in known.titles]
    return tokens[:at] + after[until:], " ".join(names) or None


def _without_suffixes(tokens: Tokens, known: Words) -> Tokens:
    if known.after_name.isdisjoint(tokens):
        return tokens
    others = sum(t not in known.after_name for t in _plain_names(tokens, known))
    kept = [
        t
        for at, t in enumerate(tokens)
        if at == 0 or t not in known.after_name or others < (2 if t in SOFT_SUFFIXES else 1)
    ]
    return _no_loose_comma(kept, tokens)


# --- one group to pieces


def _parted(tokens: Tokens, known: Words) -> list[Piece]:
    """Read a group by its commas, or by its titles where it has none."""
    parts = _split(tokens, ",")
    head = parts[0]
    if len(parts) == 1:
        return _by_titles(head, known)
    titles, surname = _led(head, known.titles_anywhere)
    full_names = len(titles) > 0 and len(surname) > 1 and parts[1][:1] != [] and parts[1][0] in known.titles
    if full_names:
        return [piece for part in parts for piece in _by_titles(part, known)]
    if not surname and head:
        return _by_titles([word for word in tokens if word != ","], known)
    return _by_commas(titles, surname, parts[1:], known)


def _split(tokens: Tokens, mark: str) -> list[Tokens]:
    parts: list[Tokens] = [[]]
    for word in tokens:
        if word == mark:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _by_commas(titles: Tokens, surname: Tokens, parts: list[Tokens], known: Words) -> list[Piece]:
    """Read SURNAME,TITLE GIVEN with whatever follows: a new title begins a new party of the same surname."""
    first = Piece(titles=titles, surname=surname, given_only=not surname)
    found = [first]
    for part in parts:
        for piece in _by_titles(part, known):
            last = found[-1]
            if last.names and piece.titles and piece.names:
                found.append(piece)
                continue
            last.titles += piece.titles
            last.names += piece.surname + piece.names
    return found


def _by_titles(tokens: Tokens, known: Words) -> list[Piece]:
    """Read MR J SMITH, SMITH MR J, SMITH J MR, and MR J SMITH MRS A SMITH with no joiner between."""
    titles, names = _led(tokens, known.titles.keys())
    piece = Piece(titles=titles)
    found = [piece]
    for at, word in enumerate(names):
        more = any(t not in known.titles_anywhere for t in names[at + 1 :])
        if word not in known.titles_anywhere:
            piece.names.append(word)
        elif not piece.names or not more:
            piece.titles.append(word)
        elif piece.titles:
            piece = Piece(titles=[word])
            found.append(piece)
        else:
            piece.surname, piece.names, piece.titles = piece.names, [], [word]
    return [p for p in found if p.names or p.titles]


def _led(tokens: Tokens, titles: Collection[str]) -> tuple[Tokens, Tokens]:
    at = 0
    while at < len(tokens) and tokens[at] in titles:
        at += 1
    return tokens[:at], tokens[at:]
