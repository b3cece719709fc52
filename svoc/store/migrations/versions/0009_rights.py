"""Acts for people's rights, and by what records that no night may use are known again."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go to this version."""
    op.create_table(
        "act",
        sa.Column("act", KEY, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("lane", sa.String(), nullable=True),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("done", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("act"),
    )
    op.create_index("ix_act_person", "act", ["person"])
    op.create_table(
        "withheld",
        sa.Column("id", KEY, nullable=False),
        sa.Column("act", sa.Integer(), nullable=False),
        sa.Column("gate", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sign", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_withheld_act", "withheld", ["act"])


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_index("ix_withheld_act", table_name="withheld")
    op.drop_table("withheld")
    op.drop_index("ix_act_person", table_name="act")
    op.drop_table("act")
