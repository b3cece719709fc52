"""How far a notice has come: for which purpose, by which channel, how often tried, and what its recipient said."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WORDS = ("party", "purpose", "channel")
MOMENTS = ("next_try", "actioned", "rejected", "dead", "escalated")


def upgrade() -> None:
    """Go to this version."""
    with op.batch_alter_table("notice", schema=None) as batch_op:
        for name in WORDS:
            batch_op.add_column(sa.Column(name, sa.String(), nullable=True))
        batch_op.add_column(sa.Column("acknowledge_within", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("due", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("reason", sa.Text(), nullable=True))
        for name in MOMENTS:
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Go back to the version before."""
    with op.batch_alter_table("notice", schema=None) as batch_op:
        for name in (*MOMENTS, "reason", "tries", "due", "acknowledge_within", *WORDS):
            batch_op.drop_column(name)
