"""A conditional random field that labels the words of a British address, learned from a council's own gazetteer.

On trial: `benchmarks/tagger.py` measures it, `docs/adr` says what came of that. It has usaddress's tokens and features,
British ones beside them, and the gazetteer's dictionaries. Training rows are the gazetteer's own addresses, spoiled.
"""

import random
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl
import pycrfsuite
import usaddress

from gazetteer.formats.base import Tables
from gazetteer.lexicon import Lexicon
from gazetteer.parse import take_apart
from gazetteer.parsing import NUMBER, Parsed
from gazetteer.relations import take_relation
from gazetteer.tidy import is_street_type, take_postcode, tidy, whole_words
from gazetteer.units import Unit, take_units
from gazetteer.variants import number_text
from gazetteer.wordlists import rows, words

LABELS = ("UNIT", "BUILDING", "NUMBER", "STREET", "LOCALITY", "TOWN", "ORGANISATION", "RECIPIENT", "OTHER")
COUNTIES = words("counties", "county") | words("home_countries", "country")
UNIT_WORDS = frozenset(row["word"] for row in rows("unit_words"))
_LISTS = pl.read_csv(Path(__file__).with_name("tagger_words.csv"))


def _list(kind: str) -> list[str]:
    chosen: list[str] = _LISTS.filter(kind=kind)["words"].to_list()
    return chosen


BUILDING_WORDS, TITLES, COMPANY_WORDS = (frozenset(_list(kind)) for kind in ("building", "recipient", "company"))
# Invented, for the spoiling only.
FORENAMES, SURNAMES, TRADES, OTHERS = (_list(kind) for kind in ("forename", "surname", "trade", "other"))

Row = tuple[list[str], list[str], frozenset[str]]
Names = frozenset[str]


def parts_of(tables: Tables) -> list[tuple[int, dict[str, str]]]:
    """Give each usable address of a gazetteer: its UPRN and its parts; a single line is parted by the parser."""
    sao = pl.concat_str([pl.col("sao_text").fill_null(""), number_text("sao_start", "sao_end")], separator=" ")
    told = tables.addresses.filter(pl.col("status").fill_null(1).is_in([1, 3, 6, 8])).select(
        "uprn",
        "text",
        ORGANISATION=pl.col("organisation"),
        UNIT=sao.str.strip_chars(),
        BUILDING=pl.col("pao_text"),
        NUMBER=number_text("pao_start", "pao_end"),
        STREET=pl.coalesce("dependent_street", "street"),
        LOCALITY=pl.col("locality"),
        TOWN=pl.col("town"),
    )
    found = []
    for row in told.iter_rows(named=True):
        uprn, text = row.pop("uprn"), row.pop("text")
        if text and not row["STREET"]:
            read = take_apart(text)
            unit = " ".join(map(str, read.units))
            row |= {"UNIT": unit, "BUILDING": " ".join(read.names), "NUMBER": read.number, "STREET": read.street}
            row |= {"LOCALITY": " ".join(read.places[:-1]), "TOWN": read.places[-1] if read.places else ""}
        found.append((uprn, {label: tidy(value or "") for label, value in row.items()}))
    return found


def spoiled(chance: random.Random, parts: dict[str, str]) -> list[tuple[str, str]]:
    """Write an address in BS 7666 order and spoil it as people do: (label, text) for each part, in order."""
    kept = {label: text for label, text in parts.items() if text}
    for label, share in (("LOCALITY", 0.4), ("TOWN", 0.25), ("ORGANISATION", 0.3), ("BUILDING", 0.1)):
        if label in kept and chance.random() < share and len(kept) > 2:
            del kept[label]
    if "BUILDING" in kept and "NUMBER" in kept and chance.random() < 0.2:
        del kept["NUMBER"]
    order = list(kept)
    if "UNIT" in kept and chance.random() < 0.15:
        order.remove("UNIT")
        order.insert(min(len(order), order.index("STREET") + 1 if "STREET" in order else 1), "UNIT")
    line = [(label, _abbreviated(chance, kept[label]) if label == "STREET" else kept[label]) for label in order]
    if chance.random() < 0.2:
        person = f"{chance.choice(FORENAMES)} {chance.choice(SURNAMES)}"
        front = chance.choice(("MR ", "MRS ", "C/O ", "C/O MR ", "", ""))
        line.insert(0, ("RECIPIENT", front + person))
    if "ORGANISATION" not in kept and chance.random() < 0.2:
        owner = chance.choice((*SURNAMES, chance.choice(SURNAMES) + " AND " + chance.choice(SURNAMES)))
        after_unit = int(line[0][0] == "UNIT" and chance.random() < 0.5)
        line.insert(after_unit, ("ORGANISATION", f"{owner} {chance.choice(TRADES)}"))
    if chance.random() < 0.1:
        line.append(("OTHER", chance.choice(OTHERS)))
    return line


SHORT = {"ROAD": "RD", "STREET": "ST", "LANE": "LN", "AVENUE": "AVE", "CLOSE": "CL", "DRIVE": "DR", "CRESCENT": "CRES"}


def _abbreviated(chance: random.Random, street: str) -> str:
    head, _, last = street.rpartition(" ")
    if head and chance.random() < 0.3:
        return head if chance.random() < 0.2 else f"{head} {SHORT.get(last, last)}"
    return street


def labelled(chance: random.Random, parts: dict[str, str]) -> Row:
    """Give an address as tokens, labels, and the names that are to be hidden from the dictionaries.

    Names are hidden in half of the rows, so that what the dictionaries do not know is learned as well.
    """
    written = spoiled(chance, parts)
    commas = 1.0 if chance.random() < 0.7 else 0.25
    tokens: list[str] = []
    labels: list[str] = []
    for label, text in written:
        own = usaddress.tokenize(text)
        tokens += own
        labels += [label] * len(own)
        if own and label != "NUMBER" and chance.random() < commas:
            tokens[-1] = tokens[-1].rstrip(",") + ","
    hidden = frozenset(" ".join(whole_words(text.replace(",", ""))) for _, text in written if chance.random() < 0.5)
    return tokens, labels, hidden


def _lines(tokens: list[str]) -> Iterator[list[str]]:
    line: list[str] = []
    for token in tokens:
        line.append(token.rstrip(",") or token)
        if token.endswith(","):
            yield line
            line = []
    if line:
        yield line


def _spans(told: list[str], names: Names, hidden: Names, longest: int) -> list[str]:
    """Say of each word whether it begins (B) or goes on (I) a known name, the longest first."""
    marks = [""] * len(told)
    at = 0
    while at < len(told):
        for end in range(min(len(told), at + longest), at, -1):
            name = " ".join(told[at:end])
            if name in names and name not in hidden:
                marks[at:end] = ["B", *["I"] * (end - at - 1)]
                at = end - 1
                break
        at += 1
    return marks


def features(tokens: list[str], lexicon: Lexicon, hidden: Names = frozenset()) -> list[dict[str, Any]]:
    """Give usaddress's features of the tokens, with British ones and the dictionaries' beside them."""
    found: list[dict[str, Any]] = usaddress.tokens2features(tokens)
    told: list[str] = []
    starts: set[int] = set()
    own: list[dict[str, Any]] = []
    for number, line in enumerate(_lines(tokens)):
        starts.add(len(told))
        whole = list(whole_words(" ".join(line)))
        told += whole if len(whole) == len(line) else line
        marks = {
            "in street": _spans(whole, lexicon.streets, hidden, lexicon.longest),
            "in place": _spans(whole, lexicon.places, hidden, 4),
            "in building": _spans(whole, lexicon.buildings, hidden, 5),
            "in county": _spans(whole, COUNTIES, frozenset(), 3),
        }
        own += [
            {name: mark[at] for name, mark in marks.items() if mark[at]} | {"line": str(min(number, 3))}
            for at in range(len(line))
        ]
    for at, word in enumerate(told):
        own[at] |= {
            "street kind": is_street_type(word),
            "unit word": word in UNIT_WORDS,
            "building word": word in BUILDING_WORDS,
            "title": word in TITLES,
            "company": word in COMPANY_WORDS,
            "number": bool(NUMBER.fullmatch(word)),
            "letter": len(word) == 1,
            "line begins": at in starts,
            "from end": str(min(len(told) - at, 4)),
        }
    # What a name hidden from the dictionaries is made of must not be known by heart either.
    heads = {word for name in hidden for word in name.split() if not is_street_type(word)}
    for at, word in enumerate(told):
        if word in heads:
            own[at]["word"] = False
    for at, one in enumerate(found):
        for side, beside in (("previous", at - 1), ("next", at + 1)):
            if side in one and 0 <= beside < len(own):
                one[side] = one[side] | own[beside]
        one.update(own[at])
    return found


class Tagger:
    """Labels the words of addresses. Make one by `trained`; `file` is what a saved gazetteer would keep."""

    def __init__(self, file: Path, lexicon: Lexicon) -> None:
        self.file, self.lexicon = file, lexicon
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open(str(file))

    @classmethod
    def trained(cls, parts: list[dict[str, str]], lexicon: Lexicon, file: Path, *, seed: int = 1) -> "Tagger":
        """Learn from the parts of a gazetteer's own addresses, 20,000 at most; the seed decides all."""
        chance = random.Random(seed)
        chosen = chance.sample(parts, min(20_000, len(parts)))
        trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
        trainer.set_params({"c1": 0.1, "c2": 0.01, "max_iterations": 60, "feature.minfreq": 3})
        for one in chosen:
            tokens, labels, hidden = labelled(chance, one)
            if tokens:
                trainer.append(pycrfsuite.ItemSequence(features(tokens, lexicon, hidden)), labels)
        trainer.train(str(file))
        return cls(file, lexicon)

    def tag(self, tokens: list[str]) -> list[str]:
        """Label tokens."""
        labels: list[str] = self._tagger.tag(pycrfsuite.ItemSequence(features(tokens, self.lexicon)))
        return labels

    def read(self, text: str | None, parsed: Parsed) -> Parsed:
        """Read an address again that the parser read as `parsed`: its units and postcode stay, the rest is tagged."""
        _, rest = take_relation(take_postcode(tidy(text or ""))[1])
        tokens = usaddress.tokenize(rest)
        if not tokens:
            return parsed
        parts = segments(tokens, self.tag(tokens))
        by_label: dict[str, list[str]] = {}
        for label, part in parts:
            by_label.setdefault(label, []).append(part)
        units = parsed.units or _units(by_label.get("UNIT", []))
        number = next((one for one in by_label.get("NUMBER", []) if NUMBER.fullmatch(one)), "")
        street = max(by_label.get("STREET", []), key=len, default="")
        again = Parsed(
            units=units,
            names=[*by_label.get("ORGANISATION", []), *by_label.get("BUILDING", [])],
            number=number or ("" if street != parsed.street else parsed.number),
            street=street,
            places=[part for label, part in parts if label in ("LOCALITY", "TOWN")],
            postcode=parsed.postcode,
            relation=parsed.relation,
            known_street=street in self.lexicon.streets,
        )
        return again if again.units or again.names or again.number or again.street else parsed


def by_dictionary(text: str | None, parsed: Parsed, lexicon: Lexicon) -> Parsed:
    """Read an address again without any training: keep the words that the dictionaries know, wherever they stand.

    The control of the trial. A street that they do not know is what stands between the number and the first place.
    """
    _, rest = take_relation(take_postcode(tidy(text or ""))[1])
    _, rest, _ = take_units(rest)
    told = [word for line in rest.split(", ") for word in whole_words(line)]
    streets, places = _found(told, lexicon.streets, lexicon.longest), _found(told, lexicon.places, 4)
    numbered = [at for at, word in enumerate(told) if NUMBER.fullmatch(word)]
    first_place = min((start for start, _ in places if start), default=len(told))
    unknown = [(at + 1, first_place) for at in numbered if at + 1 < first_place]
    best = max(streets, key=lambda span: (span[0] - 1 in numbered, span[1] - span[0], span[0]), default=None)
    start, end = best or (unknown[-1] if unknown else (len(told), len(told)))
    number = told[start - 1] if start - 1 in numbered else ""
    names = [" ".join(told[a:b]) for a, b in _found(told[:start], lexicon.buildings, 5)]
    street = " ".join(told[start:end])
    if not (street or names):
        return parsed
    after = [" ".join(told[a:b]) for a, b in places if a >= end]
    known = street in lexicon.streets
    return Parsed(parsed.units, names, number, street, after, parsed.postcode, parsed.relation, known_street=known)


def _found(told: list[str], names: Names, longest: int) -> list[tuple[int, int]]:
    marks = [*_spans(told, names, frozenset(), longest), "B"]
    starts = [at for at, mark in enumerate(marks[:-1]) if mark == "B"]
    return [(at, next(end for end in range(at + 1, len(marks)) if marks[end] != "I")) for at in starts]


def segments(tokens: list[str], labels: list[str]) -> list[tuple[str, str]]:
    """Join tokens of one label that stand together: (label, text as the index writes it)."""
    found = []
    for label, group in groupby(zip(tokens, labels, strict=True), key=lambda one: one[1]):
        text = " ".join(token.rstrip(",") for token, _ in group)
        found.append((label, " ".join(whole_words(text))))
    return found


def _units(texts: list[str]) -> list[Unit]:
    units: list[Unit] = []
    for text in texts:
        read, rest, _ = take_units(text)
        units += read or ([Unit("", "", rest)] if re.fullmatch(r"\d{1,4}[A-Z]?|[A-Z]\d{0,3}", rest) else [])
    return units


def unexplained(parsed: Parsed, lexicon: Lexicon, organisations: Names = frozenset()) -> int:
    """Count the words of an address that the dictionaries do not explain: strange names, streets and places."""
    known = lexicon.buildings | organisations
    strange = [name for name in parsed.names if name not in known and name != parsed.relation]
    strange += [place for place in parsed.places if place not in lexicon.places]
    strange += [parsed.street] if parsed.street and not parsed.known_street else []
    return sum(len(name.split()) for name in strange)
