"""What the bot answered is kept, whenever the program is killed: three kills while an admin types. `tests/bot_kills.py` has more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot_kills import kills

pytestmark = pytest.mark.shared


def test_every_change_that_was_answered_is_there_after_kills_at_random_moments(shared: Path, tmp_path: Path) -> None:
    kept = kills(shared, tmp_path, count=3, seed=4)
    assert kept.answered >= 3, kept.shown()
    assert not kept.lost, kept.shown()
    assert not kept.silent, kept.shown()
