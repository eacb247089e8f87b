"""People, chats, and what is made there: watchlists, quiet hours, mutes, digests."""

from __future__ import annotations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do yet."""
