"""The model: what is compared, which pairs are looked at, and what has been learned; one JSON file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from matchers.blocking import Block, LinkType, block_from
from matchers.comparisons.base import Comparison
from matchers.comparisons.catalogue import described, revived
from matchers.errors import ModelFault, NotTrained
from matchers.evidence import APART, KIN, TOGETHER, Learned, Levels, Rarity, columns_of
from matchers.prepared import Records
from matchers.train import Training, learn

FORMAT, VERSION = "matchers model", 1


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the answers change, in millibits of weight: `same` and above is one person, below `ask` two, between
    them a question.

    As shipped: 0.999 and 0.5, assumed until they are calibrated.
    """

    same: int = 9964
    ask: int = 0


@dataclass(frozen=True, slots=True)
class Model:
    """Says what is compared, which pairs are looked at, and how much each agreement is worth.

    `place` names a column: pairs whose two values there are equal are scored in the context "together", all others
    "apart"; or, where their names conflict, against being kin who lived together ("kin"), if that explains them better.

    `household` names columns that people of one household share, such as postcode and address, where no column is
    a place for certain. Two records may then agree by chance or because they are kin, and are weighed against
    whichever explains them better: in the context "apart" or "kin".

    >>> from matchers import Same, block_on
    >>> model = Model(comparisons=[Same("dob")], blocks=[block_on("dob")])
    >>> Model.from_json(model.to_json()) == model
    True
    """

    comparisons: Sequence[Comparison]
    blocks: Sequence[Block]
    place: str | None = None
    thresholds: Thresholds = Thresholds()
    learned: Learned | None = None
    household: Sequence[str] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "comparisons", tuple(self.comparisons))
        object.__setattr__(self, "blocks", tuple(self.blocks))
        object.__setattr__(self, "household", tuple(self.household))
        if self.place and self.household:
            raise ModelFault("a model knows either the place of its records or what a household shares, not both")
        names = [comparison.name for comparison in self.comparisons]
        twice = sorted({name for name in names if names.count(name) > 1})
        if not names:
            raise ModelFault("a model needs at least one comparison")
        if twice:
            raise ModelFault(f"two comparisons are called {', '.join(twice)}; a model may have one of each name")
        if self.learned is not None:
            others = [TOGETHER] if self.place else []
            others += [KIN] if self.household or KIN in self.learned.prior else []
            _check(self.comparisons, self.learned, [APART, *others])

    @property
    def columns(self) -> list[str]:
        """Every column that scoring reads."""
        return columns_of(self.comparisons, self.place)

    @property
    def knowledge(self) -> Learned:
        """What training found out; `NotTrained` before it."""
        if self.learned is None:
            raise NotTrained(
                "this model has no weights yet: train it with model.trained_on(records), or read one with Model.read"
            )
        return self.learned

    def trained_on(
        self,
        records: Records,
        *,
        id: str = "id",  # noqa: A002
        seed: int = 1,
        source: str | None = None,
        link_type: LinkType = "both",
        lists_once: Sequence[str] = (),
        stay: tuple[str, str] | None = None,
        different: pl.DataFrame | None = None,
        certain: Sequence[Block] = (),
        recall: float = 0.9,
        outside: Mapping[str, pl.DataFrame] | None = None,
    ) -> "Model":
        """Return this model with weights learned from records, no labels needed; `matchers.train.Training` explains
        the arguments.
        """
        training = Training(
            seed, source, link_type, tuple(lists_once), stay, different, tuple(certain), recall, outside or {}
        )
        learned = learn(
            self.comparisons, self.blocks, records, training, id=id, place=self.place, household=self.household
        )
        return replace(self, learned=learned)

    def to_json(self) -> str:
        """Write the model as text: the same model always gives the same bytes."""
        learned = self.learned
        contents: dict[str, Any] = {
            "format": FORMAT,
            "version": VERSION,
            "place": self.place,
            **({"household": list(self.household)} if self.household else {}),
            "thresholds": asdict(self.thresholds),
            "comparisons": [described(c) | _learned_of(c, learned) for c in self.comparisons],
            "blocks": [asdict(block) for block in self.blocks],
            "prior": dict(learned.prior) if learned else None,
            "facts": dict(learned.facts) if learned else None,
        }
        return json.dumps(contents, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Model":
        """Read a model that `to_json` wrote; anything else is a `ModelFault`."""
        try:
            contents = json.loads(text)
        except json.JSONDecodeError as fault:
            raise ModelFault(f"the model is not JSON: line {fault.lineno}, column {fault.colno}") from fault
        if not isinstance(contents, dict) or contents.get("format") != FORMAT or contents.get("version") != VERSION:
            raise ModelFault(f"the file is not a {FORMAT!r} of version {VERSION}")
        try:
            return cls._revived(contents)
        except (KeyError, TypeError, AttributeError) as fault:
            raise ModelFault(f"the model file is incomplete or of the wrong shape near {fault}") from fault

    @classmethod
    def _revived(cls, contents: dict[str, Any]) -> "Model":
        kept = contents["comparisons"]
        comparisons = [revived(each["kind"], each["arguments"]) for each in kept]
        learned = None
        if contents["prior"] is not None:
            levels = {c.name: _levels(each["levels"]) for c, each in zip(comparisons, kept, strict=True)}
            rarity = {c.name: _rarity(each["rarity"]) for c, each in zip(comparisons, kept, strict=True)}
            learned = Learned(contents["prior"], levels, rarity, contents["facts"])
        blocks = [block_from(each) for each in contents["blocks"]]
        thresholds, household = Thresholds(**contents["thresholds"]), contents.get("household", [])
        return cls(comparisons, blocks, contents["place"], thresholds, learned, household)

    def write(self, path: str | Path) -> None:
        """Write the model to a file."""
        Path(path).write_text(self.to_json(), encoding="utf-8", newline="\n")

    @classmethod
    def read(cls, path: str | Path) -> "Model":
        """Read a model from a file."""
        return cls.from_json(Path(path).read_text(encoding="utf-8"))


def _check(comparisons: Sequence[Comparison], learned: Learned, contexts: list[str]) -> None:
    """Refuse weights that do not fit what is compared; all that do not are named at once."""
    wrong = [
        f"{c.name}, {context}"
        for c in comparisons
        for context in contexts
        if (found := learned.levels.get(c.name, {}).get(context)) is None
        or not len(found.m) == len(found.u) == len(c.levels)
        or set(learned.rarity.get(c.name, {})) != {column for columns in c.rarity.values() for column in columns}
    ]
    if wrong or not set(contexts) <= set(learned.prior):
        raise ModelFault(f"the weights do not fit the comparisons: {'; '.join(wrong) or 'there is no prior'}")


def _learned_of(comparison: Comparison, learned: Learned | None) -> dict[str, Any]:
    if learned is None:
        return {}
    return {
        "levels": {
            context: [
                {"level": level, "m": m, "u": u, "millibits": bits}
                for level, m, u, bits in zip(comparison.levels, levels.m, levels.u, levels.bits, strict=True)
            ]
            for context, levels in learned.levels[comparison.name].items()
        },
        "rarity": {
            column: {"floor": rarity.floor, "common": dict(sorted(rarity.common.items()))}
            for column, rarity in learned.rarity[comparison.name].items()
        },
    }


def _levels(kept: dict[str, Any]) -> dict[str, Levels]:
    return {
        context: Levels(tuple(float(row["m"]) for row in rows), tuple(float(row["u"]) for row in rows))
        for context, rows in kept.items()
    }


def _rarity(kept: dict[str, Any]) -> dict[str, Rarity]:
    return {column: Rarity(each["common"], each["floor"]) for column, each in kept.items()}
