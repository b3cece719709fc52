"""Households: who lives in which, every identifier ever given to one, and where the retired lead."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    _make(
        "household",
        sa.Column("person", sa.String(), nullable=False, index=True),
        sa.Column("household", sa.String(), nullable=False, index=True),
        sa.Column("place", sa.BigInteger(), nullable=True),
    )
    _make(
        "household_founded",
        sa.Column("household", sa.String(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("came_from", sa.Text(), nullable=True),
    )
    _make(
        "household_forward",
        sa.Column("retired", sa.String(), nullable=False, index=True),
        sa.Column("current", sa.String(), nullable=True),
    )


def _make(name: str, *columns: sa.Column[Any]) -> None:
    """Make a table whose rows carry their lane, the run that wrote them and the run that replaced them."""
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, primary_key=True),
        sa.Column("from_run", sa.Integer(), nullable=False),
        sa.Column("to_run", sa.Integer(), nullable=True),
        sa.Column("lane", sa.String(), nullable=False),
        *columns,
    )


def downgrade() -> None:
    """Go back to the version before."""
    for name in ("household", "household_founded", "household_forward"):
        op.drop_table(name)
