"""The records themselves: each a function from what is known to sections, and a line in `RECORDS`.

What is known is stated; what only the council can say stands as a question to the officer (`ASK`), so that nobody takes
a draft for an answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from svoc.accountability import tables
from svoc.accountability.fairness import FEWEST, few
from svoc.accountability.known import Known
from svoc.accountability.tables import ASK

__all__ = ["ASK", "RECORDS", "Record", "Section"]

DRAFT = (
    "Drafted from council.toml and the last night, for the officer to complete. It names nobody, and counts of people "
    f"below {FEWEST} are not told. Nothing here is legal advice."
)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, what is said under it (a field and its words), and a table where there is one."""

    heading: str
    said: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A record: the name of its files, its title, what it is, and its sections."""

    name: str
    title: str
    lead: str
    sections: tuple[Section, ...]

    @property
    def open(self) -> list[str]:
        """Give the fields that wait for the officer."""
        return [field for section in self.sections for field, words in section.said if words.startswith(ASK)]


def transparency(known: Known) -> Record:
    """Draft the Algorithmic Transparency Recording Standard's record, tiers 1 and 2."""
    council = known.settings.council.name
    return Record(
        "transparency",
        f"Algorithmic transparency record: {council}",
        f"After the fields of the Algorithmic Transparency Recording Standard, tiers 1 and 2. {DRAFT}",
        (
            Section(
                "Tier 1: summary",
                (
                    ("Name", "svoc, a single view of the resident"),
                    (
                        "Description",
                        _what(known),
                    ),
                    ("Website", f"{ASK}where the public can read about it"),
                    ("Contact email", f"{ASK}a monitored address"),
                ),
            ),
            Section(
                "Tier 2, 1: owner and responsibility",
                (
                    ("Organisation and team", f"{council}; {ASK.lower()}the team"),
                    ("Senior responsible owner", f"{ASK}the role, not a name"),
                    (
                        "External supplier involvement",
                        f"{ASK}whether the council runs it itself; who supplies what",
                    ),
                    ("Supplier's role, procurement and access to data", f"{ASK}or that there is none"),
                ),
            ),
            Section(
                "Tier 2, 2: description and rationale",
                (
                    ("Detailed description", _how()),
                    ("Scope", f"{len(known.in_force)} purposes, listed below; no other use is possible in the tool"),
                    ("Benefit", f"{ASK}what the council expects of it, and how that is measured"),
                    ("Previous process", f"{ASK}how the same was done before"),
                    ("Alternatives considered", f"{ASK}what else was looked at, and why not"),
                ),
                *tables.purposes(known),
            ),
            Section("Tier 2, 3: decision-making process", _decisions(known)),
            Section("Tier 2, 4: tool specification", _tool(known)),
            Section("Tier 2, 4: data", _data(), *tables.sources(known)),
            Section("Tier 2, 5: risks, mitigations and impact assessments", _assessed(), *tables.risks()),
            _fared(known),
        ),
    )


def impact(known: Known) -> Record:
    """Draft an annex to a data protection impact assessment."""
    return Record(
        "impact",
        f"Annex to the data protection impact assessment: {known.settings.council.name}",
        f"What the tool does with personal data, for the assessment that the council makes. {DRAFT}",
        (
            Section(
                "Need and proportion",
                (
                    ("Why the processing is needed", f"{ASK}for each purpose, and why less would not do"),
                    ("Consultation", f"{ASK}whom the council asked: residents, data protection officer, unions"),
                    ("Reference of the assessment", f"{ASK}its number and date, and when it is looked at again"),
                ),
            ),
            Section("Nature of the processing", (("What is done", _how()), *_decisions(known))),
            Section("Which data", _data(), *tables.sources(known)),
            Section("Purposes and powers", (), *tables.purposes(known)),
            Section("What may be used together", (), *tables.lanes(known)),
            Section("Who is told", (), *tables.recipients(known)),
            Section("How long", (), *tables.retention(known)),
            Section("Risks and what is done about them", _assessed(), *tables.risks()),
            _fared(known),
        ),
    )


def processing(known: Known) -> Record:
    """Draft the record of processing activities (UK GDPR, Article 30)."""
    return Record(
        "processing",
        f"Record of processing activities: {known.settings.council.name}",
        f"After UK GDPR, Article 30(1). {DRAFT}",
        (
            Section(
                "Controller",
                (
                    ("Controller", known.settings.council.name),
                    ("Contact, data protection officer, joint controllers", f"{ASK}names and contact details"),
                    ("Transfers to other countries", f"{ASK}none by the tool itself; say where it is hosted"),
                ),
            ),
            Section("Purposes", (), *tables.purposes(known)),
            Section(
                "Data subjects and categories of data",
                (("Data subjects", "residents and others named in these sources; those whose life events are told"),),
                *tables.sources(known),
            ),
            Section("Recipients", (), *tables.recipients(known)),
            Section("Time limits for erasure", (), *tables.retention(known)),
            Section(
                "Security measures",
                (
                    (
                        "In the tool",
                        "docs/governance.md of this release: each measure, with the test that proves it",
                    ),
                    ("Around it", f"{ASK}who may log in, disk encryption, backups and how long they are kept"),
                ),
            ),
        ),
    )


def fairness(known: Known) -> Record:
    """Show how people fare by how their name is built."""
    return Record(
        "fairness",
        f"How people fare by how their name is built: {known.settings.council.name}",
        "A group that is linked or placed less often than the others gets less of the service, or more letters; one "
        "that waits more often at the desk gets more of stewards' eyes. Groups are of the structure of a name alone: "
        f"nothing guesses an origin, and a group may overlap with others. {DRAFT}",
        (_fared(known),),
    )


RECORDS: Mapping[str, Callable[[Known], Record]] = MappingProxyType(
    {"transparency": transparency, "impact": impact, "processing": processing, "fairness": fairness}
)
"""Each record by the name of its files."""


def _what(known: Known) -> str:
    return (
        f"{known.settings.council.name} holds the same resident in several systems. Each night the tool reads "
        f"{len(known.kinds)} of their lists, finds each address on the property gazetteer, proposes which records are "
        "one person, and keeps one record of each, so that a change told once reaches the systems that may know it. "
        "People decide the doubtful cases."
    )


def _how() -> str:
    return (
        "Addresses are placed on the gazetteer by named rules. Pairs of records are weighed by a Fellegi-Sunter model: "
        "each agreement and disagreement of name, place, date of birth and contact adds or takes bits. Within a home "
        "all readings of who is who are compared; apart, a pair must reach a threshold. What is doubtful is joined by "
        "nobody but a steward. Each join, and each fact kept, says why."
    )


def _decisions(known: Known) -> tuple[tuple[str, str], ...]:
    waiting = ", ".join(f"{kind.replace('_', ' ')}: {few(count)}" for kind, count in sorted(known.waiting.items()))
    decided = ", ".join(f"{verdict}: {few(count)}" for verdict, count in sorted(known.decided.items()))
    scale = (
        f"{len(known.purposes)} purposes are declared; night {known.run['run']}, as of {known.run['as_of']}, holds "
        f"{few(known.people)} persons in the lane of the batch"
    )
    human = (
        "no notice of a death goes out before a human has confirmed whose it is; a plan that guards refuse needs a "
        f"named person's approval. Waiting now: {waiting or 'nothing'}. Decided so far: {decided or 'nothing'}"
    )
    return (
        ("Process integration", f"{ASK}which decisions of the council rest on it, and at which step"),
        (
            "Provided information",
            "records side by side, the bits for and against, and what would turn the answer",
        ),
        ("Frequency and scale of use", scale),
        ("Human decisions and review", human),
        ("Required training", f"{ASK}what stewards and approvers must have learned"),
        ("Appeals and review", f"{ASK}how a resident asks, objects or complains, and who answers"),
    )


def _tool(known: Known) -> tuple[tuple[str, str], ...]:
    limits, versions = known.thresholds, known.run["manifest"].get("versions", {})
    return (
        ("System architecture", "one program and one database on the council's machine; it calls no other service"),
        ("Phase", f"{ASK}idea, design, development, beta or production, pilot, retired"),
        (
            "Maintenance",
            f"{ASK}who updates it and how often; version {versions.get('svoc', 'unknown')} ran last",
        ),
        (
            "Model",
            f"Fellegi-Sunter with frequencies of names, {known.model[:16]}; it does not learn by itself",
        ),
        (
            "Thresholds",
            f"in bits: join {limits.join / 1000:g}, ask {limits.ask / 1000:g}, margin at home {limits.margin / 1000:g}",
        ),
        ("Model performance", f"{ASK}the answer of svoc evaluate on a sample that stewards judged (svoc review)"),
        (
            "Datasets for development",
            "made-up towns; with svoc train, the council's own records, without labels",
        ),
    )


def _data() -> tuple[tuple[str, str], ...]:
    return (
        ("Sensitive attributes", "none is used to match; nothing infers an origin, a belief or health from a name"),
        ("Data quality", "faults of a file stop the night and are told by line and column; see each night's report"),
        (
            "Access and storage",
            f"files are their owner's alone; {ASK.lower()}who has that account, and where",
        ),
        ("Data sharing agreements", f"{ASK}for each source that is not the council's own"),
    )


def _assessed() -> tuple[tuple[str, str], ...]:
    return (
        ("Impact assessments", f"{ASK}names, dates and where they can be read: data protection, equality"),
        ("Residual risk", f"{ASK}what remains, and who has accepted it"),
    )


def _fared(known: Known) -> Section:
    said = (("What stands out, and why", f"{ASK}a reading of the table by somebody who knows the town"),)
    return Section("Fairness by how a name is built", said, *tables.fairness(known))
