"""The end of API keys."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keys may end by themselves."""
    op.add_column("api_keys", sa.Column("expires_at", sa.String(32)))


def downgrade() -> None:
    """Keys have no end."""
    op.drop_column("api_keys", "expires_at")
