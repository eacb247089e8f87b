"""Parsing happens in processes that can be killed, and that never outlive, enter or hold up the service."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import ParseError
from scraper.model import ArticleRules, Item, Page, Select, Source
from scraper.parsers import job
from scraper.parsers.workers import MIB, ParsePool

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads the process tree from /proc")

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
FEED = Source(
    id="s",
    kind="feed",
    url="https://news.example/feed",
    headers={"Authorization": "Bearer canary"},
    proxy="http://canary@p",
)
# A feed that only the slow reader takes, and that keeps it busy for longer than any limit set here.
SLOW = (
    "<rss version='2.0'><channel>"
    + "".join(f"<item><title>A {i}</title><description>{'<b>x</i> ' * 400}</description></item>" for i in range(1_000))
).encode()


def page(body: bytes) -> Page:
    return Page(url="https://news.example/feed", asked="", body=body, fetched_at=NOW)


def rss(count: int = 1) -> bytes:
    items = "".join(f"<item><title>T{i}</title><guid>{i}</guid></item>" for i in range(count))
    return f"<rss version='2.0'><channel><title>F</title>{items}</channel></rss>".encode()


def children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return found + [grandchild for child in found for grandchild in children(child)]
    return []


def is_alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    return False


def family() -> list[int]:
    """The nursery of this test and its workers."""
    return [
        pid for pid in children(os.getpid())
        if b"scraper.parsers.nursery" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]  # fmt: skip


def wait_until_gone(pids: list[int]) -> bool:
    end = time.monotonic() + 10
    while any(is_alive(pid) for pid in pids):
        if time.monotonic() > end:
            return False
        os.sched_yield()
    return True


async def failure(pool: ParsePool, body: bytes) -> ParseError:
    with pytest.raises(ParseError) as caught:
        await pool.listed(page(body), FEED)
    return caught.value


@pytest.fixture
async def pool() -> AsyncIterator[ParsePool]:
    made = ParsePool(1)
    yield made
    await made.aclose()


@pytest.fixture
async def hasty() -> AsyncIterator[ParsePool]:
    """A pool of one slot that gives a page one second."""
    made = ParsePool(1, seconds=1)
    yield made
    await made.aclose()


async def test_a_page_is_parsed_in_another_process(pool: ParsePool) -> None:
    found = await pool.listed(page(rss(3)), FEED)
    assert [item.title for item in found.items] == ["T0", "T1", "T2"]
    assert found.title == "F"
    assert len(family()) == 2


async def test_nothing_is_started_before_the_first_page(pool: ParsePool) -> None:
    assert family() == []


async def test_errors_come_back_as_what_they_are(pool: ParsePool) -> None:
    assert (await failure(pool, b"")).outcome == "empty"
    assert (await failure(pool, b"<html><title>Wall</title></html>")).outcome == "suspect"


async def test_a_parse_that_does_not_end_is_killed_and_the_slot_lives_on(hasty: ParsePool) -> None:
    await hasty.listed(page(rss()), FEED)
    before = family()
    error = await failure(hasty, SLOW)
    assert error.outcome == "too_complex"
    # Its own limit of time at work, or ours of time by the clock on a busy machine.
    assert "not parsed within" in error.detail or "was not done within" in error.detail
    assert len((await hasty.listed(page(rss(2)), FEED)).items) == 2
    assert wait_until_gone(before[1:])


async def test_a_cancelled_wait_frees_the_slot(hasty: ParsePool) -> None:
    await hasty.listed(page(rss()), FEED)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(hasty.listed(page(SLOW), FEED), 0.1)
    assert len((await hasty.listed(page(rss()), FEED)).items) == 1


async def test_the_loop_stays_free_while_a_page_is_parsed(hasty: ParsePool) -> None:
    task = asyncio.create_task(hasty.listed(page(SLOW), FEED))
    turns = 0
    while not task.done():
        await asyncio.sleep(0)
        turns += 1
    assert isinstance(task.exception(), ParseError)
    assert turns > 100


async def test_a_page_that_takes_all_memory_is_too_complex() -> None:
    small = ParsePool(1, memory=8 * MIB)
    try:
        assert (await failure(small, rss(200_000))).outcome == "too_complex"
    finally:
        await small.aclose()


async def test_a_worker_killed_from_outside_is_replaced(pool: ParsePool) -> None:
    await pool.listed(page(rss()), FEED)
    nursery, worker = family()
    os.kill(worker, signal.SIGKILL)
    assert wait_until_gone([worker])
    await asyncio.sleep(0)
    with contextlib.suppress(ParseError):  # the loop may not have heard of it yet
        await pool.listed(page(rss()), FEED)
    assert len((await pool.listed(page(rss()), FEED)).items) == 1
    assert family()[0] == nursery


async def test_a_nursery_killed_from_outside_takes_its_workers_and_is_replaced(pool: ParsePool) -> None:
    await pool.listed(page(rss()), FEED)
    nursery, worker = family()
    os.kill(nursery, signal.SIGKILL)
    assert wait_until_gone([nursery, worker])
    with contextlib.suppress(ParseError):
        await pool.listed(page(rss()), FEED)
    assert len((await pool.listed(page(rss()), FEED)).items) == 1


async def test_signals_to_the_group_leave_the_workers_to_the_service(pool: ParsePool) -> None:
    await pool.listed(page(rss()), FEED)
    before = family()
    for pid in before:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(pid, number)
    await pool.listed(page(rss()), FEED)
    assert family() == before


async def test_a_worker_is_replaced_after_its_share_of_pages() -> None:
    made = ParsePool(1, jobs=2)
    try:
        seen = set()
        for _ in range(4):
            await made.listed(page(rss()), FEED)
            seen.update(family()[1:])
        assert len(seen) == 2
    finally:
        await made.aclose()


async def test_closing_leaves_no_process() -> None:
    made = ParsePool(2)
    await asyncio.gather(*(made.listed(page(rss()), FEED) for _ in range(4)))
    pids = family()
    await made.aclose()
    assert len(pids) == 3
    assert not any(is_alive(pid) for pid in pids)
    with pytest.raises(ParseError):
        await made.listed(page(rss()), FEED)


def test_no_process_outlives_a_service_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "service.py"
    script.write_text(
        "import asyncio, sys\n"
        f"sys.path[:] = {sys.path!r}\n"
        "from tests.test_workers import FEED, SLOW, page, rss\n"
        "from scraper.parsers.workers import ParsePool\n"
        "async def main():\n"
        "    pool = ParsePool(3, seconds=60)\n"
        "    await pool.listed(page(rss()), FEED)\n"
        "    print('ready', flush=True)\n"
        "    part = SLOW[:600_000]\n"  # a large page is parsed alone, and three workers are to be seen
        "    await asyncio.gather(*(pool.listed(page(part), FEED) for _ in range(500)))\n"
        "asyncio.run(main())\n"
    )
    root = Path(__file__).parent.parent
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, cwd=root, env={"PYTHONPATH": str(root)}
    ) as service:
        assert service.stdout is not None
        assert service.stdout.readline() == b"ready\n"
        while len(pids := children(service.pid)) < 3:
            assert service.poll() is None
        service.kill()
        service.wait()
    assert wait_until_gone(pids)


async def test_secrets_stay_at_home(pool: ParsePool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAYAN_TEST_TOKEN", "canary")
    assert b"canary" not in job.question("listed", page(rss()), FEED)
    await pool.listed(page(rss()), FEED)
    for pid in family():
        assert b"canary" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_a_question_carries_the_rules_of_its_source() -> None:
    source = Source(
        id="s", kind="listing", url="https://a.example/", language="ar", timezone="Asia/Baghdad",
        select=Select(item="article", link="a@href"), article=ArticleRules(body="main", remove=("aside",)),
    )  # fmt: skip
    line = job.question("article", page(b"\n\x00body"), source)[job.LENGTH :]
    verb, asked, rules = job._asked(json.loads(line), b"\n\x00body")
    assert (verb, asked, rules) == ("article", page(b"\n\x00body"), source)


@given(st.binary(max_size=200))
def test_an_answer_that_is_not_understood_is_a_parse_error(answer: bytes) -> None:
    for read in (job.read_listed, job.read_article):
        with pytest.raises(ParseError):
            read(answer)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_an_item_of_wrong_types_is_refused(value: object) -> None:
    head = json.dumps(
        {"title": "", "left_out": 0, "partial": False, "next_page": None, "passed_over": 0, "sitemaps": []}
    )
    row = dict.fromkeys(("guid", "url", "title", "summary", "text", "published", "author", "language"), value)
    with pytest.raises(ParseError) as caught:
        job.read_listed(f"{head}\n{json.dumps(row)}\n".encode())
    assert caught.value.outcome == "parse_error"


@given(st.text(), st.none() | st.text())
def test_an_item_comes_back_as_it_went(title: str, text: str | None) -> None:
    item = Item(guid=None, url="https://a.example/", title=title.encode("utf-8", "replace").decode(), text=None)
    head = {"title": text or "", "left_out": 3, "partial": True, "next_page": None, "passed_over": 0, "sitemaps": []}
    answer = job._lines(head, job.item_row(item))
    found = job.read_listed(answer)
    assert (found.items, found.left_out, found.partial) == ((item,), 3, True)


async def test_a_page_that_needs_more_than_most_gets_all_of_its_time() -> None:
    """It is tried with a small part of it, and again in the line of the heavy; from then on it goes there at once."""
    # A sixth of the time of a page is next to nothing here, and all of it is more than any page takes.
    one = ParsePool(1, seconds=60)
    one._light = 0.02
    try:
        rows = 30_000
        found = await one.listed(page(rss(rows)), FEED)
        assert len(found.items) + found.left_out == rows
        assert one.started == 2
        await one.listed(page(rss(rows)), FEED)
        assert one.started == 3
        await one.listed(page(rss()), FEED)  # light again: its next page is taken for light
        await one.listed(page(rss()), FEED)
        await one.listed(page(rss()), FEED)
        assert one.started == 5
    finally:
        await one.aclose()


async def test_sources_with_heavy_pages_leave_a_worker_to_the_others() -> None:
    two = ParsePool(2, seconds=1)
    try:
        heavy = [replace(FEED, id=f"heavy-{number}") for number in range(3)]
        await asyncio.gather(*(two.listed(page(SLOW), one) for one in heavy), return_exceptions=True)
        again = [asyncio.create_task(two.listed(page(SLOW), one)) for one in heavy]
        await asyncio.sleep(0)
        assert len((await two.listed(page(rss()), FEED)).items) == 1
        assert sum(not task.done() for task in again) >= 2  # it did not wait for them
        await asyncio.gather(*again, return_exceptions=True)
    finally:
        await two.aclose()
