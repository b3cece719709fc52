"""What undoes and what stops a night: rollbacks, notices taken back, refused plans and their approvals."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("restores", sa.Integer(), nullable=True))
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("acknowledged", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("retracts", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_by", sa.Integer(), nullable=True))
    for name, more in {"refused_plan": ("figures", "taken"), "approval": ()}.items():
        op.create_table(
            name,
            sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
            sa.Column("plan", sa.String(), nullable=False),
            sa.Column("run", sa.Integer(), nullable=False),
            sa.Column("at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("actor", sa.String(), nullable=False),
            sa.Column("reasons", sa.JSON(), nullable=False),
            *(sa.Column(column, sa.JSON(), nullable=False) for column in more),
            *([] if more else [sa.Column("because", sa.Text(), nullable=False)]),
            sa.PrimaryKeyConstraint("id"),
        )
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{name}_plan"), ["plan"], unique=False)


def downgrade() -> None:
    """Go back to the version before."""
    for name in ("approval", "refused_plan"):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{name}_plan"))
        op.drop_table(name)
    with op.batch_alter_table("notice", schema=None) as batch_op:
        for column in ("withdrawn_by", "retracts", "acknowledged"):
            batch_op.drop_column(column)
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_column("restores")
