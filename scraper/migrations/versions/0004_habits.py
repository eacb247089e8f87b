"""What a source does by habit, how well it is, and where a gap may be."""

from __future__ import annotations

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do yet."""
