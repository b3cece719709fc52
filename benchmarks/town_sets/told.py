"""What several towns say together, and what is wanted of them, as tables for a reader."""

from collections.abc import Mapping, Sequence
from typing import Any

from town_sets.counted import SCOPES, pooled, precision, recall
from town_sets.peer import best_of
from town_sets.regrouped import beside_the_oracle

Towns = Sequence[Mapping[str, Any]]

PRECISION, RECALL = 0.999, 0.95
CASES_A_HOUSEHOLD = 0.03
JOINED_OF_10000 = 1.0
OF_THE_ORACLE = 0.97


def pooled_over(towns: Towns) -> dict[str, Any]:
    """Pool towns of one noise: pairs, households, sets, the oracle, Splink."""
    counts = pooled(town["counts"] for town in towns)
    shares = {
        scope: {"precision": precision(counts, scope), "recall": recall(counts, scope), **counts[scope]}
        for scope in SCOPES
    }
    home = [town["at_home"] for town in towns]
    sums = {name: sum(each[name] for each in home) for name in ("people", "households", "joined", "cases")}
    rates = {
        "joined_of_10000": 10_000 * sums["joined"] / sums["people"],
        "cases_a_household": sums["cases"] / sums["households"],
    }
    oracle = beside_the_oracle([town["counts"] for town in towns], [town["oracle"]["grid"] for town in towns])
    splink = {}
    if all("splink" in town for town in towns):
        splink = {way: best_of([town["splink"] for town in towns], way) for way in ("connected", "one-to-one")}
    return {
        "seeds": [town["seed"] for town in towns],
        "pairs": shares,
        **sums,
        **rates,
        "sets": _sets([each["sets"] for each in home]),
        "oracle": dict(oracle),
        "splink": splink,
    }


def _sets(of_towns: Sequence[Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    rows = []
    for same in zip(*of_towns, strict=True):
        names = ("pairs", "apart", "joined", "asked", "true", "found")
        row: dict[str, Any] = {"set": same[0]["set"], **{name: sum(each[name] for each in same) for name in names}}
        rows.append({**row, "recall": row["found"] / row["true"] if row["true"] else None})
    return rows


def summary(found: Mapping[str, Any]) -> str:
    """Write the pooled figures: ours, the oracle's, Splink's, then people who live together and are called alike."""
    lines = [f"{'':38} {'precision':>9} {'recall':>7}"]
    lines += [_line(f"svoc, {scope}", found["pairs"][scope]) for scope in SCOPES]
    if found["oracle"]["recall"] is not None:
        lines.append(_line("the oracle, as precise at the least", found["oracle"]))
    for way, told in found["splink"].items():
        between = {name: told["best"][f"{name}_between"] for name in ("precision", "recall")}
        lines.append(_line(f"Splink, {way}, at {told['best']['threshold']:g}", told["best"]))
        lines.append(_line("  the same, between sources", between))
        if told["billing_safe"]:
            lines.append(_line(f"  at {told['billing_safe']['threshold']:g}", told["billing_safe"]))
    lines.append(
        f"{'one household, called alike':38} {'pairs':>9} {'apart':>7} {'joined':>7} {'asked':>7} {'recall':>7}"
    )
    lines += [
        f"{row['set']:38} {row['pairs']:9} {row['apart']:7} {row['joined']:7} {row['asked']:7} {_share(row['recall'])}"
        for row in found["sets"]
    ]
    return "\n".join(lines)


def _share(value: float | None) -> str:
    return f"{'-':>7}" if value is None else f"{value:7.4f}"


def _line(name: str, measures: Mapping[str, float]) -> str:
    return f"{name:38} {measures['precision']:9.4f} {measures['recall']:7.4f}"


def wanted(found: Mapping[str, Any], noise: float) -> str:
    """Write what is wanted of a noise beside what was found; a doubled noise owes precision and the oracle's recall."""
    pairs, ratio = found["pairs"]["all"], found["oracle"]["ratio"]
    rows = [("precision", pairs["precision"], PRECISION, pairs["precision"] >= PRECISION)]
    if noise <= 1:
        rows += [
            ("recall", pairs["recall"], RECALL, pairs["recall"] >= RECALL),
            ("cases a household, at most", found["cases_a_household"], CASES_A_HOUSEHOLD,
             found["cases_a_household"] <= CASES_A_HOUSEHOLD),
            ("joined of 10,000 people, at most", found["joined_of_10000"], JOINED_OF_10000,
             found["joined_of_10000"] <= JOINED_OF_10000),
        ]  # fmt: skip
    if ratio is not None:
        rows.append(("recall, of the oracle's", ratio, OF_THE_ORACLE, ratio >= OF_THE_ORACLE))
    head = f"{'wanted':38} {'found':>9} {'wanted':>7}"
    return "\n".join([head, *(f"{name:38} {value:9.4f} {want:7.4f}  {_met(met)}" for name, value, want, met in rows)])


def _met(met: bool) -> str:
    return "met" if met else "MISSED"


def weights_told(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write our weights beside the oracle's, in bits: what is compared, context, level, m and u of both, the gap."""
    head = (
        f"{'comparison':11} {'context':9} {'level':59} {'m':>9} {'true m':>9} {'u':>9} {'true u':>9} {'bits':>7} "
        f"{'true':>7} {'gap':>7}"
    )
    return "\n".join([head, *(_weight(row) for row in rows)])


def _weight(row: Mapping[str, Any]) -> str:
    shares = " ".join(f"{'' if row[n] is None else format(row[n], '.2e'):>9}" for n in ("m", "m_true", "u", "u_true"))
    bits = " ".join(f"{row[name]:7.2f}" for name in ("bits", "bits_true", "gap"))
    return f"{row['comparison']:11} {row['context']:9} {row['level']:59} {shares} {bits}"
