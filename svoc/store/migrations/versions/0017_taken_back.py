"""What was taken back is counted at every read, however long the ledger is."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    op.create_index("ix_decision_undone_at", "decision", ["undone_at"])


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_index("ix_decision_undone_at", table_name="decision")
