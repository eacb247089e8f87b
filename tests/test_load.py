"""What all answers together hold in memory: bounded, given back on every path, and never a reason to wait for ever."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.errors import FetchError
from scraper.model import Page, Source
from scraper.net.ask import _room
from scraper.net.fetch import Fetcher
from scraper.net.load import LARGE_PART, LEAST, SMALL, STEP, Load, Visit, limit_for
from scraper.net.robots import MemoryShelf
from scraper.settings import FetchSettings
from tests.street import eventually

MIB = 1024 * 1024
LIMIT = 4 * MIB
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def hold(load: Load, size: int) -> AsyncExitStack:
    """A visit that holds a body of `size` bytes, until the stack is closed."""
    stack = AsyncExitStack()
    visit = stack.enter_context(load.visit())
    visit.begin()
    assert visit.fits(size)
    visit.finish(size)
    return stack


async def read(load: Load, size: int, done: asyncio.Event | None = None) -> int:
    """A visit whose one body grows to `size` bytes, and that then lasts until `done`."""
    with load.visit() as visit:
        visit.begin()
        for so_far in range(STEP, size + 1, STEP):
            if not visit.fits(so_far):
                await visit.wait(so_far)
            await asyncio.sleep(0)
        visit.finish(size)
        if done is not None:
            await done.wait()
        return visit.held


async def test_bodies_that_come_at_once_stay_within_the_limit() -> None:
    load, most = Load(LIMIT), 0
    tasks = [asyncio.create_task(read(load, MIB)) for _ in range(50)]
    while not all(task.done() for task in tasks):
        most = max(most, load.used)
        await asyncio.sleep(0)
    assert [task.result() for task in tasks] == [MIB] * 50
    assert (load.used, most <= LIMIT + MIB + 50 * SMALL) == (0, True)  # the small parts of those that wait count apart


async def test_a_small_body_never_waits_for_large_ones() -> None:
    load, done = Load(LIMIT), asyncio.Event()
    large = [asyncio.create_task(read(load, MIB, done)) for _ in range(20)]
    for _ in range(100):
        await asyncio.sleep(0)
    assert load.used >= LIMIT * LARGE_PART - STEP
    with load.visit() as visit:
        visit.begin()
        assert visit.fits(SMALL)
    done.set()
    await asyncio.gather(*large)
    assert load.used == 0


async def test_a_body_that_is_larger_than_all_the_room_is_read_all_the_same() -> None:
    load = Load(LIMIT)
    assert await read(load, 3 * LIMIT) == 3 * LIMIT
    assert load.used == 0


async def test_who_waits_and_is_cancelled_leaves_nothing_behind() -> None:
    load = Load(LIMIT)
    async with await hold(load, 2 * MIB), await hold(load, MIB):
        waiting = asyncio.create_task(read(load, 2 * MIB))
        behind = asyncio.create_task(read(load, 2 * MIB))
        await asyncio.sleep(0.01)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        assert not behind.done()
    assert await behind == 2 * MIB
    assert load.used == 0


async def test_where_nothing_moves_the_one_that_waited_longest_goes_on() -> None:
    """Two visits may wait for each other in ways that the load cannot see: for a host's turn, for one."""
    load = Load(LIMIT, standstill=0.05)
    async with await hold(load, 2 * MIB), await hold(load, MIB):
        async with asyncio.timeout(30):
            assert await read(load, MIB) == MIB
    assert load.used == 0


async def test_of_the_pages_behind_the_first_only_what_is_kept_counts() -> None:
    load = Load(LIMIT)
    with load.visit(further=MIB // 2) as visit:
        for _ in range(10):
            visit.begin()
            assert visit.fits(MIB)
            visit.finish(MIB)
            assert load.used == visit.held <= 2 * MIB + MIB // 2
    assert load.used == 0


async def test_a_visit_that_ended_counts_nothing_more() -> None:
    """A task that a visit began, and that outlives it, has a visit of its own."""
    load = Load(LIMIT)
    ended = asyncio.Event()

    async def later() -> bool:
        await ended.wait()
        with load.here() as own:
            return own is not visit

    with load.visit() as visit:
        task = asyncio.create_task(later())
    ended.set()
    assert await task


def test_there_is_room_for_some_of_the_largest_bodies() -> None:
    assert limit_for(10 * MIB) == 40 * MIB
    assert limit_for(1) == LEAST


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 3 * MIB), st.sampled_from(["reads", "fails", "is cancelled", "reads twice"])),
        max_size=12,
    ),
    st.integers(0, 40),
)
def test_however_visits_end_all_room_is_given_back(visits: list[tuple[int, str]], turns: int) -> None:
    async def visit(load: Load, size: int, how: str) -> None:
        with load.visit(further=MIB) as mine:
            for _ in range(2 if how == "reads twice" else 1):
                mine.begin()
                for so_far in (size // 3, size // 2, size):
                    if not mine.fits(so_far):
                        await mine.wait(so_far)
                    await asyncio.sleep(0)
                if how == "fails":
                    raise ValueError
                mine.finish(size)
            await asyncio.sleep(0)

    async def all_of_them() -> None:
        load = Load(LIMIT)
        tasks = [asyncio.create_task(visit(load, size, how)) for size, how in visits]
        for _ in range(turns):
            await asyncio.sleep(0)
        for task, (_, how) in zip(tasks, visits, strict=True):
            if how == "is cancelled":
                task.cancel()
        async with asyncio.timeout(30):
            await asyncio.gather(*tasks, return_exceptions=True)
        assert load.used == 0
        assert load.take(Visit(load, 0), LIMIT)  # nobody is left who holds or waits

    asyncio.run(all_of_them())


async def test_time_spent_waiting_for_room_is_not_the_time_of_a_site() -> None:
    load, aside = Load(LIMIT), []

    @asynccontextmanager
    async def stepping_aside() -> AsyncIterator[None]:
        aside.append("left")
        yield
        aside.append("back")

    with load.visit() as visit:
        visit.begin()
        async with asyncio.timeout(60) as deadline:
            room = _room(visit, stepping_aside, deadline)
            async with await hold(load, 2 * MIB), await hold(load, MIB):
                waiting = room(MIB)
                assert waiting is not None
                task = asyncio.ensure_future(waiting)
                await eventually(lambda: aside == ["left"])
                assert deadline.when() is None
            await task
            assert aside == ["left", "back"]
            assert deadline.when() is not None


# ------------------------------------------------------------------------------------------------ over the wire


def answer(body: bytes, *headers: str, length: int | None = None) -> bytes:
    lines = (
        "HTTP/1.1 200 OK",
        "Connection: close",
        f"Content-Length: {len(body) if length is None else length}",
        *headers,
    )
    return "\r\n".join((*lines, "", "")).encode() + body


@asynccontextmanager
async def sites(**pages: bytes) -> AsyncIterator[str]:
    """A server that answers `/NAME` with the bytes of that name; gives its origin."""

    async def told(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            asked = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode().strip("/")
            writer.write(pages.get(asked, b"HTTP/1.1 404 x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(told, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def fetcher() -> Fetcher:
    settings = FetchSettings(
        user_agent="test (a@example.org)", per_host_delay=timedelta(), per_host_concurrency=50, max_bytes=4 * MIB
    )
    return Fetcher(settings, MemoryShelf())


async def fetched(by: Fetcher, url: str) -> Page:
    page = await by.fetch(Source(id="s", kind="feed", url=url, allow_private=True), url, clock=lambda: NOW)
    assert isinstance(page, Page)
    return page


async def test_pages_that_wait_for_a_parser_count_until_their_visit_ends() -> None:
    by, parsed = fetcher(), asyncio.Event()

    async def visit(url: str) -> int:
        with by.visit():
            body = (await fetched(by, url)).body
            await parsed.wait()
            return len(body)

    async with sites(large=answer(b" " * 3 * MIB), small=answer(b"<rss/>")) as origin:
        tasks = [asyncio.create_task(visit(f"{origin}/large")) for _ in range(16)]
        await eventually(lambda: len(by.load._waiting) >= 8)
        assert by.load.used <= by.load.limit + 4 * MIB
        # Those that wait have left their places: there are eight of them, and all would be taken.
        assert (await fetched(by, f"{origin}/small")).body == b"<rss/>"
        parsed.set()
        assert await asyncio.gather(*tasks) == [3 * MIB] * 16
    assert by.load.used == 0


PACKED = gzip.compress(b" " * 9 * MIB)


@pytest.mark.parametrize(
    "bad",
    [
        answer(PACKED, "Content-Encoding: gzip"),
        answer(PACKED[:3_000], "Content-Encoding: gzip"),
        answer(PACKED[:3_000] + b"rubbish" * 99, "Content-Encoding: gzip"),
        answer(b" " * MIB, length=2 * MIB),
    ],
    ids=["a bomb", "a bomb that is cut", "a damaged one", "a page that is cut"],
)
async def test_a_body_that_fails_gives_its_room_back(bad: bytes) -> None:
    by = fetcher()
    async with sites(bad=bad) as origin:
        with by.visit() as visit:
            with pytest.raises(FetchError):
                await fetched(by, f"{origin}/bad")
            assert not visit.held
    assert by.load.used == 0
