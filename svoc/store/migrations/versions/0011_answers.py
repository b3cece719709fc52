"""What whoever judged a life event was shown, and how many people its answer takes."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    op.add_column("decision", sa.Column("shown", sa.Text(), nullable=True))
    op.add_column("decision", sa.Column("people", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_column("decision", "people")
    op.drop_column("decision", "shown")
