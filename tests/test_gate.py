"""Politeness: one host's queue, the rest between two requests to it, and places that nobody holds while merely waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest

from scraper.errors import FetchError
from scraper.net.gate import Gate


class Hours(asyncio.SelectorEventLoop):
    """An event loop in which waiting takes no time: when nothing is ready, its clock jumps to the next timer."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        select = self._selector.select  # type: ignore[attr-defined]

        def skip(timeout: float | None) -> Any:
            self._now += timeout or 0.0
            return select(0)

        self._selector.select = skip  # type: ignore[attr-defined]

    def time(self) -> float:
        return self._now


def in_no_time(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    with asyncio.Runner(loop_factory=Hours) as runner:
        runner.run(test())


def gate(concurrency: int = 8, per_host: int = 1, delay: float = 2.0, **more: Any) -> Gate:
    return Gate(concurrency, per_host, timedelta(seconds=delay), **more)


async def visit(
    at: Gate, host: str, log: list[tuple[str, float]], seconds: float = 0.0, delay: float | None = None
) -> None:
    async with at.turn(host, None if delay is None else timedelta(seconds=delay)):
        log.append((host, asyncio.get_running_loop().time()))
        await asyncio.sleep(seconds)


def test_two_requests_to_one_host_are_apart_and_in_order() -> None:
    async def test() -> None:
        log: list[tuple[str, float]] = []
        at = gate()
        await asyncio.gather(*(visit(at, "a", log) for _ in range(3)))
        assert [time for _, time in log] == pytest.approx([0, 2, 4])

    in_no_time(test)


def test_different_hosts_do_not_wait_for_each_other() -> None:
    async def test() -> None:
        log: list[tuple[str, float]] = []
        at = gate()
        await asyncio.gather(*(visit(at, host, log) for host in "abcd"))
        assert log == [("a", 0), ("b", 0), ("c", 0), ("d", 0)]

    in_no_time(test)


def test_no_more_requests_than_allowed_are_under_way() -> None:
    async def test() -> None:
        log: list[tuple[str, float]] = []
        at = gate(concurrency=2)
        await asyncio.gather(*(visit(at, host, log, seconds=10) for host in "abcde"))
        assert [time for _, time in log] == pytest.approx([0, 0, 10, 10, 20])

    in_no_time(test)


def test_one_host_gets_no_more_at_once_than_its_share() -> None:
    async def test() -> None:
        log: list[tuple[str, float]] = []
        at = gate(per_host=2, delay=1)
        await asyncio.gather(*(visit(at, "a", log, seconds=10) for _ in range(3)))
        assert [time for _, time in log] == pytest.approx([0, 1, 10])

    in_no_time(test)


def test_a_hundred_requests_to_one_host_hold_up_nobody_else() -> None:
    async def test() -> None:
        log: list[tuple[str, float]] = []
        at = gate(concurrency=2)
        crowd = [asyncio.create_task(visit(at, "slow", log)) for _ in range(100)]
        await asyncio.sleep(1)
        await visit(at, "quick", log)
        assert log[-1][0] == "quick" and log[-1][1] == pytest.approx(1)
        await asyncio.gather(*crowd)

    in_no_time(test)


def test_a_longer_delay_of_the_sites_own_counts_and_a_shorter_one_does_not() -> None:
    async def test() -> None:
        log: list[tuple[str, float]] = []
        at = gate()
        for delay in (10, 0.5, None):
            await visit(at, "a", log, delay=delay)
        assert [time for _, time in log] == pytest.approx([0, 10, 12])

    in_no_time(test)


def test_whoever_waits_too_long_gives_up_and_lets_the_next_one_through() -> None:
    async def test() -> None:
        log: list[tuple[str, float]] = []
        at = gate(max_wait=timedelta(seconds=30))
        first = asyncio.create_task(visit(at, "a", log, seconds=60))
        await asyncio.sleep(1)
        with pytest.raises(FetchError) as caught:
            await visit(at, "a", log)
        assert caught.value.outcome == "timeout"
        await first
        await visit(at, "a", log)
        assert [time for _, time in log] == pytest.approx([0, 60])

    in_no_time(test)


def test_a_request_that_is_cancelled_or_fails_gives_its_places_back() -> None:
    async def test() -> None:
        log: list[tuple[str, float]] = []
        at = gate(concurrency=1)
        for _ in range(3):
            running = asyncio.create_task(visit(at, "a", log, seconds=100))
            waiting = asyncio.create_task(visit(at, "a", log))
            elsewhere = asyncio.create_task(visit(at, "b", log))
            await asyncio.sleep(5)
            for task in (waiting, elsewhere, running):
                task.cancel()
            await asyncio.gather(running, waiting, elsewhere, return_exceptions=True)
            with pytest.raises(ZeroDivisionError):
                async with at.turn("a"):
                    raise ZeroDivisionError
        await visit(at, "b", log)
        assert log[-1][0] == "b"

    in_no_time(test)


def test_hosts_that_nobody_asks_for_any_more_are_forgotten() -> None:
    async def test() -> None:
        log: list[tuple[str, float]] = []
        at = gate(delay=1)
        for n in range(5_000):
            await visit(at, f"host-{n}", log)
            await asyncio.sleep(1)
        assert len(at._hosts) <= 1_024

    in_no_time(test)
