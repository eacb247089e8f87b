"""Cases of every group of the shared hostile server, all at once, through the real command (`hostile_rounds.py` has all)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile_rounds import Tally, play

pytestmark = pytest.mark.shared

CASES = (
    "/size/gzip-bomb", "/size/endless-fast", "/slow/drip", "/redirect/loop", "/ssrf/to-decoy", "/ssrf/to-decimal",
    "/ssrf/credentials", "/broken/truncated-gzip", "/charset/lies-utf8", "/html/deep-tags", "/feed/billion-laughs",
    "/text/markup-injection", "/text/log-injection", "/cache/unconditional-304", "/status/429-absurd",
    "/ok-feed#robots-to-decoy",
)  # fmt: skip


@pytest.fixture(scope="module")
def tally(shared: Path) -> Tally:
    pytest.importorskip("aiohttp", reason="the strict Bot API server needs aiohttp")
    told, left_out = play(shared, CASES)
    assert not left_out
    return told


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_source_is_recorded_as_its_row_says(tally: Tally, case: str) -> None:
    """How long each took is told by `hostile_rounds --all`: a machine that runs tests has other work, too."""
    (row,) = [row for row in tally.rows if row.key == case]
    assert [wrong for wrong in row.wrong if not wrong.startswith("took ")] == [], row.outcomes


def test_hostile_sources_harm_nothing_beside_them(tally: Tally) -> None:
    """Neighbours are polled, the decoy stays unhit, memory small, every message is accepted, nothing odd reaches the log."""
    assert tally.wrong == []
