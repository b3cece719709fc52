"""Who has which case before them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    op.create_table(
        "lease",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("steward", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case"),
    )


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_table("lease")
