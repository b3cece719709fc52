"""Lists that whoever keeps the gazetteer works from: what it lacks, what disagrees with it, what is billed or is not.

They are read for the purpose `address-maintenance` and are about addresses. No name of a person, no account number
and no other reference but that of a property stands in them; lines of an address that name a recipient are taken out
(`svoc.reports.custodian.nameless`). A record under protection adds to no row and to no count, and its own property
looks to the lists as any other that is in order.
"""

from svoc.reports.custodian.lists import LISTS, Lists, custodian_lists
from svoc.reports.custodian.page import write_lists
from svoc.reports.custodian.uses import PURPOSE, USES, uses_of, uses_of_file

__all__ = ["LISTS", "PURPOSE", "USES", "Lists", "custodian_lists", "uses_of", "uses_of_file", "write_lists"]
