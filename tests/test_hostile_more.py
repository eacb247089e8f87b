"""Cases of our own through the judge of the shared hostile server: some of every chapter of `hostile_more.py`, end to end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile_more import BATCHES
from tests.hostile_rounds import Tally, play

pytestmark = pytest.mark.shared

CHAPTERS = " ".join(BATCHES)
CASES = (
    "/size/bomb-in-a-refusal", "/size/empty-members", "/size/continue-flood", "/size/bomb-as-article", "/slow/trailers",
    "/slow/after-the-end", "/redirect/until-a-cookie", "/redirect/two-locations", "/ssrf/to-long-s", "/ssrf/to-own-name",
    "/ssrf/article-redirects", "/ssrf/feed-moved", "/broken/length-of-a-superscript", "/broken/underscore-in-chunk-size",
    "/charset/label-16-body-8", "/charset/bytes-surrogates", "/feed/endless-reference", "/feed/json-long-number", "/feed/odd-dates",
    "/feed/odd-dates-again-0", "/feed/doubles-in-one", "/text/more-links", "/text/more-unseen", "/text/more-look-alikes",
    "/cache/etag-8-bit", "/cache/empty-when-asked-again", "/status/429-digits", "/status/then-login", "/status/then-feed-cut",
)  # fmt: skip


@pytest.fixture(scope="module")
def tally(shared: Path) -> Tally:
    pytest.importorskip("aiohttp", reason="the strict Bot API server needs aiohttp")
    told, left_out = play(shared, CASES, chapters=CHAPTERS)
    assert not left_out
    return told


@pytest.mark.parametrize("case", CASES)
def test_a_case_of_our_own_is_recorded_as_its_row_says(tally: Tally, case: str) -> None:
    """How long each took is told by `hostile_rounds --more`: a machine that runs tests has other work, too."""
    (row,) = [row for row in tally.rows if row.key == case]
    assert [wrong for wrong in row.wrong if not wrong.startswith("took ")] == [], row.outcomes


def test_cases_of_our_own_harm_nothing_beside_them(tally: Tally) -> None:
    assert tally.wrong == []
