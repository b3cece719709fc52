"""Indexes by which a night that solves only what a change touches finds its rows, and those that ended."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INDEXES = (("link", "left"), ("mention", "to_run"), ("member", "to_run"))


def upgrade() -> None:
    """Go to this version."""
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    """Go back to the version before."""
    for table, column in INDEXES:
        op.drop_index(f"ix_{table}_{column}", table)
