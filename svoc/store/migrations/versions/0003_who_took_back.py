"""Who took a decision back, what its records said, and whence it came.

Revision ID: 0003
Revises: 0002
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEW: dict[str, sa.types.TypeEngine[Any]] = {
    "undone_by": sa.String(),
    "undone_because": sa.Text(),
    "undone_at": sa.DateTime(timezone=True),
    "seen": sa.String(),
    "origin": sa.String(),
    "brought_by": sa.String(),
    "brought_at": sa.DateTime(timezone=True),
}


def upgrade() -> None:
    """Let the ledger say more; what was taken back before nobody can be asked about."""
    with op.batch_alter_table("decision") as table:
        for name, dtype in NEW.items():
            table.add_column(sa.Column(name, dtype, nullable=True))
        table.create_index("ix_decision_origin", ["origin"], unique=True)


def downgrade() -> None:
    """Go back to the version before."""
    with op.batch_alter_table("decision") as table:
        table.drop_index("ix_decision_origin")
        for name in NEW:
            table.drop_column(name)
