"""The rehearsal town's council.toml."""

from collections.abc import Mapping, Sequence

from svoc.rehearsal.council_tax_files import ACADEMY_TABLES
from svoc.rehearsal.register_files import REGISTER_LAYOUTS

HEAD = """\
[council]
name = "Barchester"
database = "sqlite:///barchester.db"
purpose = "canvass-match"
actor = "nightly"
key = "a rehearsal has no secrets"
"""

COUNCIL_TAX_COLUMNS = """
[sources.columns]
account_reference = "account_ref"
liable_parties = "liable_party"
address = ["address_1", "address_2", "address_3", "address_4"]
postcode = "postcode"
uprn = "uprn"
property_reference = "property_ref"
liability_start = "liability_start"
liability_end = "liability_end"
forwarding_address = ["forwarding_1", "forwarding_2", "forwarding_3", "forwarding_4"]
forwarding_postcode = "forwarding_postcode"
"""

REGISTER_COLUMNS = """
[sources.columns]
elector = "ElectorKey"
title = "ElectorTitle"
surname = "ElectorSurname"
forename = "ElectorForename"
middle_names = "ElectorMiddleName"
dob = "ElectorDOB"
markers = "Markers"
address = ["Address1", "Address2", "Address3", "Address4", "Address5", "Address6"]
postcode = "Postcode"
uprn = "UPRN"
"""

LIBRARY = """
[[sources]]
name = "library"
kind = "generic"
path = "extracts/library_*.csv"
layout = "columns"
mode = "full"

[sources.columns]
record = "CardNo"
title = "Title"
forename = "Forename"
middle_names = "MiddleNames"
surname = "Surname"
dob = "DateOfBirth"
address = ["Address1", "Address2", "Address3", "Address4", "Address5"]
postcode = "Postcode"
uprn = "UPRN"
phone = "Phone"
email = "Email"
"""

LIFE_EVENTS = """
[life_events]
path = "life_events/*"
"""

COLUMNS = {"council_tax": COUNCIL_TAX_COLUMNS, "electoral_register": REGISTER_COLUMNS}


def council_toml(layouts: Mapping[str, str], gazetteer: Sequence[str], *, library: bool = False) -> str:
    """Write the settings of a town whose sources are in the given layouts and whose gazetteer is in these files.

    >>> 'layout = "columns"' in council_toml({"electoral_register": "columns"}, ["llpg.csv"])
    True
    """
    listed = ", ".join(f'"{name}"' for name in gazetteer)
    path = listed if len(gazetteer) == 1 else f"[{listed}]"
    return (
        f"{HEAD}\n[gazetteer]\npath = {path}\n"
        + "".join(_source(name, layout) for name, layout in layouts.items())
        + (LIBRARY if library else "")
        + LIFE_EVENTS
    )


def _source(name: str, layout: str) -> str:
    tables = layout == "academy"
    path = f"extracts/{name}_*" if tables else f"extracts/{name}_*.csv"
    called = REGISTER_LAYOUTS[layout].layout if name == "electoral_register" else layout
    head = f'\n[[sources]]\nname = "{name}"\nkind = "{name}"\npath = "{path}"\nlayout = "{called}"\nmode = "full"\n'
    listed = "".join(f'{table} = "{table}.csv"\n' for table in ACADEMY_TABLES)
    return head + (COLUMNS[name] if layout == "columns" else f"\n[sources.tables]\n{listed}" if tables else "")
