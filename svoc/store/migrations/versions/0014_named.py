"""Whom a record and a claim named when a life event was judged, so that no answer is taken for one about another."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    op.add_column("decision", sa.Column("named", sa.String(), nullable=True))


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_column("decision", "named")
