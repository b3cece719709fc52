"""Persons are found by name and by postcode.

The lane comes late in both: an index that begins with it would be taken for whatever is asked of one lane.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    op.create_index("ix_person_name", "person", ["surname", "forename", "lane", "person"])
    op.create_index("ix_person_postcode", "person", ["postcode", "lane"])


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_index("ix_person_postcode", table_name="person")
    op.drop_index("ix_person_name", table_name="person")
