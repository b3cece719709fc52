"""The tables of the records: headings and rows, of what council.toml and the last night say."""

from svoc.accountability.fairness import few
from svoc.accountability.known import Known

__all__ = ["ASK", "fairness", "lanes", "purposes", "recipients", "retention", "risks", "sources"]

ASK = "For the officer to complete: "
Table = tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]


def purposes(known: Known) -> Table:
    """List purposes with power, lane, facts and end."""
    rows = (
        (
            purpose.words,
            purpose.code,
            purpose.power,
            purpose.lane,
            "all facts" if purpose.fields is None else ", ".join(purpose.fields) or "none",
            "expired" if purpose not in known.in_force else str(purpose.expires or "no end set"),
        )
        for purpose in known.purposes.values()
    )
    return ("Purpose", "Code", "Power, as declared", "Lane", "Facts", "Until"), tuple(rows)


def lanes(known: Known) -> Table:
    """List lanes with what they may use together."""
    rows = (
        (
            lane.words,
            name,
            ", ".join(known.admitted[name]),
            "open entries" if lane.open_register_only else "whole",
        )
        for name, lane in known.lanes.items()
    )
    return ("Lane", "Code", "Sources", "The register"), tuple(rows)


def sources(known: Known) -> Table:
    """List sources with what is read of each."""
    counts = known.run["manifest"].get("counts", {})
    read = {
        source.name: ", ".join(name.replace("_", " ") for name in source.columns)
        or f"as layout {source.layout} has them"
        for source in known.settings.sources
    }
    rows = (
        (name, words, read.get(name, ""), few(counts.get(name, {}).get("persons")))
        for name, words in known.kinds.items()
    )
    return ("Source", "What it is", "What is read of it", "People named, last night"), tuple(rows)


def recipients(known: Known) -> Table:
    """List who is told of what."""
    rows = (
        (route.recipient.replace("_", " "), route.kind, ", ".join(route.fields), route.purpose, route.basis)
        for route in known.routes
    )
    return ("Who is told", "Of what", "Which facts", "Purpose", "Basis, as declared"), tuple(rows)


def retention(known: Known) -> Table:
    """List what is kept for how long."""
    keep = known.settings.retention
    told = {
        "what later nights replaced": keep.history_days,
        "records that no source lists any more": keep.withdrawn_days,
        "the nights' reports": keep.reports_days,
        "the facts in notices that were sent": keep.notices_days,
        "names and hashes of extracts": keep.taken_days,
    }
    rows = [(words, f"{days:,} days" if days else "for good") for words, days in told.items()]
    rows += [("what stands", "as long as a source lists it"), ("backups", f"{ASK}how long they are kept")]
    return ("What", "How long"), tuple(rows)


def risks() -> Table:
    """List risks with what the tool does about them."""
    rows = (
        (
            "two people are joined as one",
            "joined only far above doubt; fathers and sons ask; a join can be undone",
        ),
        ("one person stays two", "possible links are kept and counted; fairness is measured below"),
        ("data serve a purpose that may not use them", "lanes are solved apart; a purpose sees its own fields alone"),
        ("a person at risk is found", "protection follows the person; it is lifted by two people; places are hidden"),
        ("a wrong file changes thousands", "guards refuse the night; a named person approves, or it is undone"),
        ("a false death is acted upon", "a human confirms each; one that is taken back is told as such"),
        ("a file is lost or stolen", "files are their owner's alone; the disk's encryption is the council's to set"),
    )
    return ("Risk", "What is done about it"), rows


def fairness(known: Known) -> Table:
    """Compare people by how their name is built."""

    def share(value: float | None) -> str:
        return "not told" if value is None else f"{value:.0%}"

    rows = (
        (row["trait"], row["group"], few(row["mentions"]), *(share(row[n]) for n in ("linked", "placed", "waiting")))
        for row in known.fairness.iter_rows(named=True)
    )
    columns = ("Part of the name", "Group", "Records", "Linked to another", "Surely placed", "Waits for a steward")
    return columns, tuple(rows)
