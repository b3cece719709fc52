"""Files of life events: the GRO's death extract (XML), GOV.UK life events (JSON), and a registrar's list (CSV)."""

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import polars as pl

from svoc.rehearsal.place_schema import night_date

GRO = "http://www.ons.gov.uk/gro/OGDDeathExtractDWP"
PERSON = "http://www.govtalk.gov.uk/people/PersonDescriptives"
GRO_ADDRESS = "http://www.ons.gov.uk/gro/people/GROAddressDescriptives"
GRO_PERSON = "http://www.ons.gov.uk/gro/people/GROPersonDescriptives"
GOVUK = "https://vocab.account.gov.uk/v1/deathRegistered"

REGISTRAR_COLUMNS = (
    *("Event", "Entry No", "Title", "Forenames", "Surname", "Maiden Name", "Date of Birth", "Date of Event"),
    *("Address 1", "Address 2", "Address 3", "Address 4", "Postcode", "New Surname"),
    *("New Address 1", "New Address 2", "New Address 3", "New Address 4", "New Postcode"),
)

Row = Mapping[str, Any]


def write_life_events(notifications: pl.DataFrame, addresses: pl.DataFrame, folder: Path) -> list[Path]:
    """Write one file a night and channel; gives the paths.

    `notifications` as `svoc.rehearsal.notifications` gives them; `addresses` needs dwelling, address_1 to address_6
    and postcode, one row a dwelling.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = pl.concat_list(pl.col(f"address_{line}") for line in range(1, 7)).list.drop_nulls()
    where = addresses.select("dwelling", "postcode", lines=lines)
    rows = notifications.join(where, on="dwelling", how="left", maintain_order="left").join(
        where.select(to_dwelling="dwelling", new_postcode="postcode", new_lines="lines"),
        on="to_dwelling",
        how="left",
        maintain_order="left",
    )
    written = []
    for (night, channel), group in rows.partition_by("night", "channel", as_dict=True, maintain_order=True).items():
        name, write = _WRITERS[str(channel)]
        day = night_date(int(night))
        path = folder / name.format(day=day.isoformat())
        write(path, group.rows(named=True), day)
        written.append(path)
    return sorted(written)


def _given(row: Row) -> list[str]:
    return [row["forename"], *(row["middle_names"] or "").split()]


def _tag(name: str, value: object, indent: int) -> str:
    return f"{' ' * indent}<{name}>{escape(str(value))}</{name}>"


def _gro_registration(row: Row, day: date) -> list[str]:
    recorded = datetime.combine(day, time(9, 30)).isoformat()
    out = ["    <DeathRegistration>", _tag("RegistrationID", row["reference"], 8)]
    if row["update"]:
        out += [_tag("RecordUpdateDateTime", recorded, 8), _tag("RecordUpdateReason", row["update"], 8)]
    else:
        out += [_tag("RecordLockedDateTime", recorded, 8)]
    out += ["        <DeceasedName>", _tag("ns4:PersonNameTitle", row["title"], 12)]
    out += [_tag("ns4:PersonGivenName", name, 12) for name in _given(row)]
    out += [_tag("ns4:PersonFamilyName", row["surname"].upper(), 12), "        </DeceasedName>"]
    if row["earlier_surname"]:
        out += [_tag("DeceasedMaidenName", row["earlier_surname"].upper(), 8)]
    out += [
        _tag("DeceasedGender", 2 if row["sex"] == "F" else 1, 8),
        "        <DeceasedDeathDate>",
        _tag("ns1:PersonDeathDate", row["happened"], 12),
        _tag("ns1:VerificationLevel", "03", 12),
        "        </DeceasedDeathDate>",
        "        <DeceasedBirthDate>",
        _tag("ns1:PersonBirthDate", row["dob"], 12),
        "        </DeceasedBirthDate>",
    ]
    if row["lines"]:
        out += ["        <DeceasedAddress>", *(_tag("ns3:Line", line, 12) for line in row["lines"])]
        out += [_tag("ns3:Postcode", row["postcode"], 12)] if row["postcode"] else []
        out += ["        </DeceasedAddress>"]
    return [*out, "    </DeathRegistration>"]


def _write_gro(path: Path, rows: Sequence[Row], day: date) -> None:
    spaces = f'xmlns="{GRO}" xmlns:ns1="{PERSON}" xmlns:ns3="{GRO_ADDRESS}" xmlns:ns4="{GRO_PERSON}"'
    body = [line for row in rows for line in _gro_registration(row, day)]
    text = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<DeathRegistrationGroup {spaces}>",
        *body,
        "</DeathRegistrationGroup>",
    ]
    path.write_text("\n".join(text) + "\n", encoding="utf-8")


def _govuk_event(row: Row, day: date) -> dict[str, Any]:
    name = [{"type": "GivenName", "value": part} for part in _given(row)]
    recorded = datetime.combine(day, time(9, 30), tzinfo=UTC)
    address = {"addressLocality": ", ".join(row["lines"] or []), "postalCode": row["postcode"]}
    return {
        "iss": "https://life-events.example/",
        "iat": int(recorded.timestamp()),
        "jti": f"event-{row['reference']}",
        "events": {
            GOVUK: {
                "deathRegistrationID": int(row["reference"]),
                "deathRegistrationTime": {"value": recorded.replace(tzinfo=None).isoformat()},
                "deathDate": {"value": row["happened"].isoformat()},
                "subject": {
                    "name": [{"nameParts": [*name, {"type": "FamilyName", "value": row["surname"]}]}],
                    "birthDate": [{"value": row["dob"].isoformat()}],
                    "sex": ["Female" if row["sex"] == "F" else "Male"],
                    "address": [address] if row["lines"] else [],
                },
            }
        },
    }


def _write_govuk(path: Path, rows: Sequence[Row], day: date) -> None:
    events = [_govuk_event(row, day) for row in rows]
    path.write_text(json.dumps(events, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _four(lines: Sequence[str] | None) -> list[str]:
    given = list(lines or [])
    return [*given[:3], ", ".join(given[3:]), *[""] * 4][:4]


def _write_registrar(path: Path, rows: Sequence[Row], day: date) -> None:
    words = {"death": "Death", "name": "Change of name", "move": "Change of address"}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(REGISTRAR_COLUMNS)
        for row in rows:
            born, happened = (row[name].strftime("%d/%m/%Y") for name in ("dob", "happened"))
            who = [words[row["kind"]], row["reference"], row["title"], " ".join(_given(row)), row["surname"].upper()]
            what = [row["earlier_surname"], born, happened, *_four(row["lines"]), row["postcode"]]
            new = [row["new_surname"], *_four(row["new_lines"]), row["new_postcode"]]
            writer.writerow([*who, *what, *new])


_WRITERS = {
    "gro": ("deaths_{day}.xml", _write_gro),
    "govuk": ("deaths_{day}.json", _write_govuk),
    "registrar": ("registrar_{day}.csv", _write_registrar),
}
