"""Shows why an address was placed where it was: the evidence in bits, the runner-up, and what would have changed it."""

from dataclasses import dataclass

import polars as pl

from gazetteer.candidates import candidates
from gazetteer.changes import changes
from gazetteer.find import Found, Suggestion, find
from gazetteer.index import Gazetteer
from gazetteer.ladder import climb
from gazetteer.parse import take_apart
from gazetteer.rungs import BY_NAME
from gazetteer.tuning import Tuning

# So many of the changes that would have changed the answer are told in words.
_TOLD = 3


def explain(
    text: str, gazetteer: Gazetteer, *, postcode: str | None = None, limit: int = 5, tuning: Tuning | None = None
) -> pl.DataFrame:
    """Lists the evidence for each of the likeliest properties, the likeliest first.

    Columns: uprn Int64, text String, evidence String (number, unit, street, name, postcode, place, kind, standing,
    purpose), level String, bits Float64, total Float64. `tuning` is as in `resolve`.

    >>> from gazetteer.examples import barchester
    >>> explain("12 kinng st, ba1 1aa", barchester()).filter(pl.col("evidence") == "street").row(0)[3:5]
    ('close', 6.0)
    """
    figures = gazetteer.tuned(tuning)
    parsed = take_apart(text, gazetteer.lexicon, postcode)
    pairs = next(candidates({0: parsed}, gazetteer, figures)).sort(
        ["bits", "v_uprn", "variant"], descending=[True, False, False]
    )
    pairs = pairs.clear() if parsed.trouble else pairs
    best = pairs.unique("v_uprn", keep="first", maintain_order=True).head(limit).with_row_index("place_in")
    texts = gazetteer.variants.select("text", variant=pl.col("variant").cast(pl.Int64))
    best = best.join(texts, on="variant", how="left", maintain_order="left")
    kinds = list(figures.weights)
    long = best.select("place_in", "text", *kinds, uprn="v_uprn", total="bits").unpivot(
        kinds, index=["place_in", "uprn", "text", "total"], variable_name="evidence", value_name="level"
    )
    weights = pl.DataFrame(
        [(kind, level, value) for kind, levels in figures.weights.items() for level, value in levels.items()],
        schema={"evidence": pl.String, "level": pl.String, "bits": pl.Float64},
        orient="row",
    )
    order = pl.DataFrame({"evidence": kinds, "order": range(len(kinds))})
    told = long.join(weights, on=["evidence", "level"], how="left").join(order, on="evidence")
    told = told.with_columns(pl.col("bits").fill_null(0.0)).sort("place_in", "order")
    return told.select("uprn", "text", "evidence", "level", "bits", "total")


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one address got its answer; printed, it is that in words.

    `found` is the answer; `evidence` the frame of `explain`; `runner_up` the property that comes next (where none was
    chosen, the second likeliest); `changes` what one changed part would have made of the address, a frame with the
    columns of `changes.CHANGES`.
    """

    found: Found
    evidence: pl.DataFrame
    runner_up: Suggestion | None
    changes: pl.DataFrame

    def __str__(self) -> str:
        return "\n".join([*self._answer(), *self._weights(), *self._next(), *self._otherwise()])

    def _answer(self) -> list[str]:
        found = self.found
        property_ = f" {found.uprn}" if found.uprn is not None else ""
        sure = f"; certainty {found.certainty:.4g}" if found.uprn is not None else ""
        lines = [str(found.address) or "nothing that could be read"]
        lines.append(f"{found.outcome}{property_} by {found.rung}: {BY_NAME[found.rung].meaning}{sure}")
        return lines + ([f"  {found.matched}"] if found.matched else [])

    def _weights(self) -> list[str]:
        first = self.found.uprn if self.found.uprn is not None else self.evidence["uprn"].first()
        told = self.evidence.filter(pl.col("uprn").eq_missing(pl.lit(first, pl.Int64)) & (pl.col("level") != "missing"))
        told = told.filter((pl.col("bits") != 0) | ~pl.col("level").is_in(["none", "current", "ordinary"]))
        if told.is_empty():
            return []
        each = [f"{row['evidence']} {row['level']} {row['bits']:+.1f}" for row in told.iter_rows(named=True)]
        whose = "evidence" if self.found.uprn is not None else f"evidence for {told['uprn'][0]}"
        return [f"{whose}, in bits: {', '.join(each)}; together {told['total'][0]:.1f}"]

    def _next(self) -> list[str]:
        one = self.runner_up
        return [f"next: {one.uprn}, {one.bits:.1f} bits: {one.text}"] if one else ["next: no other property"]

    def _otherwise(self) -> list[str]:
        lines = []
        for part, written, instead, outcome, uprn, rung in (
            self.changes.select("part", "written", "instead", "outcome", "uprn", "rung").head(_TOLD).iter_rows()
        ):
            change = f"without {written}" if instead is None else f"with the {part} {instead}"
            lines.append(f"{change} it would be {outcome}{f' {uprn}' if uprn is not None else ''} by {rung}")
        return lines


def explanation(
    text: str, gazetteer: Gazetteer, *, postcode: str | None = None, tuning: Tuning | None = None
) -> Explanation:
    """Explains the answer to one address; `tuning` is as in `resolve`.

    >>> from gazetteer.examples import barchester
    >>> print(explanation("flat 9, 14 king st, ba1 1aa", barchester()))  # doctest: +ELLIPSIS
    FLAT 9, 14 KING STREET, BA1 1AA
    building 14000 by unit_absent: the building is there, the unit is not; certainty ...
    """
    figures = gazetteer.tuned(tuning)
    found = find(text, gazetteer, postcode=postcode, limit=8, tuning=tuning)
    parsed = take_apart(text, gazetteer.lexicon, postcode)
    answer = climb({0: parsed}, gazetteer, figures)[0]
    others = [one for one in found.suggestions if one.uprn != found.uprn][0 if found.uprn is not None else 1 :]
    return Explanation(
        found=found,
        evidence=explain(text, gazetteer, postcode=postcode, tuning=tuning),
        runner_up=others[0] if others else None,
        changes=changes(parsed, answer, [one.uprn for one in found.suggestions], gazetteer, figures),
    )
