"""What was forgotten: how far back nights can still be shown, and the keys that are never given again."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    op.create_table(
        "horizon",
        sa.Column("only", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("only"),
    )
    op.create_table(
        "forgotten",
        sa.Column("mention", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("mention"),
    )
