"""Floods that are held, statements that are gone, and what a revision is."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do yet."""
