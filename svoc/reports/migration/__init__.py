"""What the councils that become one have in common, before and after their records are brought together.

It is read for the purpose `migration`, or another that council.toml has. Nobody is named: rows hold identifiers, the
systems' own references and UPRNs, for whoever puts a row right looks it up in the system that it stands in. A record
under protection is in no row.
"""

from svoc.reports.migration.lists import LISTS, PURPOSE, Material, migration_lists
from svoc.reports.migration.page import write_migration

__all__ = ["LISTS", "PURPOSE", "Material", "migration_lists", "write_migration"]
