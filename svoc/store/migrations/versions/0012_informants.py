"""Those who tell of life events, apart from every record."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = ("organisation", "title", "forenames", "surname", "relationship", "postcode", "phone", "email", "language")


def upgrade() -> None:
    """Go to this version."""
    op.create_table(
        "informant",
        sa.Column("id", KEY, nullable=False),
        sa.Column("informant", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=True) for name in WORDS),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("deals_with_estate", sa.Boolean(), nullable=True),
        sa.Column("may_be_contacted", sa.Boolean(), nullable=True),
        sa.Column("told", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_informant_informant", "informant", ["informant"], unique=True)
    op.create_index("ix_informant_reference", "informant", ["reference"])


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_index("ix_informant_reference", table_name="informant")
    op.drop_index("ix_informant_informant", table_name="informant")
    op.drop_table("informant")
