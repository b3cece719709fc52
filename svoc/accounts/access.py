"""Gives a person an account of all that is held of them (UK GDPR, Article 15): records, golden facts, links with
reasons, decisions, history, notices and to whom, who read, what protects them, and what for.

Nobody else is in it: neither by name, nor by a reference or a number that would tell that there is anybody. So a
record is called by a number of the account's own, a name is told as supplied only where it is the person's alone, and
a fact, wherever it stands, only where a record of theirs says so. The same sentences stand in every account, whether
or not something was left out.

As a mapping, and as JSON, an account has these parts:

- `account`: `format` (1), `person`, `made`, `night`, `as_of`; `said`, the sentences of every account
- `records`: `label`, `source`, `reference`, `stands`, `withheld`, `held` (what the record says), `place`
- `persons`: for each lane `lane`, `person`, and `facts`: `fact`, `value`, `record`, `source`, `since`, `rule`
- `links`: pairs of `records`, `answer`, `why`, and the comparisons that were made, each with its `bits`
- `decisions`: `at`, `verdict`, `records`, `because`, `state`; and `questions`: `kind`, `records`
- `history`: `night`, `as_of`, `lane`, `kind`, `fact`, `before`, `after`, `cause`
- `notices`: `to`, `kind`, `sent`, `acknowledged`, `basis`, `facts`, `reference`; `recipients`: the systems told
- `reads`: `at`, `kind`, `words`, `purpose`, `fields`; `protections` and `acts`, each with `kind` and `at`
- `purposes`: what the lanes are read for: `purpose`, `words`, `power`; `sources`; `kept`: for how many days
"""

from datetime import UTC, datetime
from typing import Any

from svoc.accounts.happened import (
    acts_about,
    decisions_of,
    history_of,
    notices_of,
    protections_of,
    questions_of,
    reads_of,
)
from svoc.accounts.held import golden_of, links_of, purposes_of, records_of
from svoc.accounts.sight import persons_of, plainly, sight_of
from svoc.accounts.subject import subject_of
from svoc.council import Council
from svoc.errors import SettingsError
from svoc.words.audit import Kind

__all__ = ["account"]

FORMAT = 1

SAID = (
    "This is an account of what is held of you, and of nobody else.",
    "What is about another person too is left out, whether or not there is any.",
    "A record is called by a number that this account alone knows it by.",
    "Who of the council's staff read or decided is not named; what for, and when, is.",
    "You may ask that what is wrong is put right, that it is erased, or that its use is restricted; you may object; "
    + "and you may complain to the Information Commissioner.",
)
"""What every account says."""


def account(
    council: Council, person: str, *, actor: str, because: str, purpose: str = "subject-access"
) -> dict[str, Any]:
    """Give the account of a person; see the module for its shape. The reading is noted before anything is given.

    `purpose` names the lane by whose identifier the person is known; what every lane holds of the person's records is
    told. Raises `SettingsError` where there is no such person, or no reason.
    """
    if not because.strip():
        raise SettingsError("say why the account is given: the request, or its reference")
    subject = subject_of(council, person, purpose=purpose, actor=actor, because=because)
    sight = sight_of(council, subject)
    council.audit.note(
        Kind.ACCOUNT, actor=actor, purpose=purpose, because=because, persons=[subject.person],
        counts={"records": sight.rows.height},
    )  # fmt: skip
    yesterday = sight.yesterday
    notices = notices_of(sight)
    return {
        "account": {
            "format": FORMAT, "person": subject.person, "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "night": yesterday.run, "as_of": plainly(yesterday.as_of), "said": list(SAID),
        },
        "records": records_of(sight),
        "persons": [golden_of(sight, lane, row) for lane, row in persons_of(sight)],
        "links": links_of(sight, purpose),
        "decisions": decisions_of(sight),
        "questions": questions_of(sight),
        "history": history_of(sight),
        "notices": notices,
        "recipients": sorted({notice["to"] for notice in notices if notice["sent"]}),
        "reads": reads_of(sight),
        "protections": protections_of(sight),
        "acts": acts_about(sight),
        "purposes": purposes_of(council),
        "sources": sorted(set(sight.rows["source"])),
        "kept": council.settings.retention.model_dump(),
    }  # fmt: skip
